"""A synchronous service written by hand on spyne, which looks at its requests or does not.

It runs in an environment of its own (spyne 2.14 imports only up to Python 3.11):

    python calculator.py PORT strict|careless
"""

import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import spyne
from spyne.application import Application
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication


class Calculator(spyne.Service):
    @spyne.srpc(
        spyne.Unicode,
        spyne.Decimal,
        spyne.Decimal,
        spyne.Enum("add", "multiply", type_name="Kind"),
        _returns=spyne.Decimal,
        _out_variable_name="result",
    )
    def calculate(sessionToken, a, b, kind):
        return a + b if kind == "add" else a * b


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


if __name__ == "__main__":
    validator = {"strict": "lxml", "careless": None}[sys.argv[2]]
    application = WsgiApplication(
        Application(
            [Calculator],
            "urn:field:calculator",
            name="Calculator",
            in_protocol=Soap11(validator=validator),
            out_protocol=Soap11(),
        )
    )
    server = make_server("127.0.0.1", int(sys.argv[1]), application, handler_class=Quiet)
    print("listening", flush=True)
    server.serve_forever()
