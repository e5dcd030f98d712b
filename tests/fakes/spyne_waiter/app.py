"""A waiter written by hand on spyne, the way the tutorial teaches it, faults and all.

It runs in an environment of its own (spyne 2.14 imports only up to Python 3.11):

    python app.py PORT                      one threaded server, for the interop tests
    gunicorn --chdir DIR 'app:application'  as it was deployed, for the benchmark

With AUTH_WSDL in the environment each call asks that authentication manager whether its token is
valid, as the field's services do; CACHE_TOKENS=1 makes it remember the answer. Its defects are
those of the original on purpose: completion is read off a number in a file that is rewritten in
place, the first polls fault, and a second start with the same id runs a second program.

Tests let it die in a start call: WAITER_DEATH names a file that says "before" or "after" the start
of the program.
"""

import base64
import os
import signal
import subprocess
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import spyne
from spyne.application import Application
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication

FOLDER = os.environ.get("WAITER_LOG_FOLDER", "/tmp/spyne-waiter")
ROOT = os.environ.get("CONTEXT_ROOT", "/sintef/docker_services").strip("/")
AUTH_WSDL = os.environ.get("AUTH_WSDL", "")
CACHE_TOKENS = os.environ.get("CACHE_TOKENS", "") == "1"
PROGRAM = os.environ.get("WAITER_PROGRAM", "")
DEATH = os.environ.get("WAITER_DEATH", "")

known_tokens = set()
auth_client = None


def page(percent):
    return (
        "<html><head><title>Waiter status</title></head><body><h1>Waiter status</h1>"
        f'<div style="width: 800px"><div style="width: {8 * percent}px">{percent}%</div></div>'
        "</body></html>"
    ).encode()


def check_token(token):
    """Ask the authentication manager, on each call unless answers are to be remembered."""
    global auth_client
    if not AUTH_WSDL or token in known_tokens:
        return
    from suds.client import Client

    if auth_client is None:
        auth_client = Client(AUTH_WSDL, cache=None)
    if not auth_client.service.validateSessionToken(token):
        raise spyne.error.InvalidCredentialsError("the token is not valid")
    if CACHE_TOKENS:
        known_tokens.add(token)


def die_if_told(moment):
    """Die in the middle of a start call if a file says so: its answer is lost."""
    if DEATH and os.path.exists(DEATH):
        with open(DEATH) as f:
            told = f.read().strip()
        if told == moment:
            os.unlink(DEATH)
            os.kill(os.getpid(), signal.SIGKILL)


def files_of(service_id):
    folder = os.path.join(FOLDER, service_id)
    return folder, os.path.join(folder, "status.txt"), os.path.join(folder, "result.txt")


class WaiterService(spyne.Service):
    @spyne.srpc(
        spyne.Unicode,
        spyne.Unicode,
        spyne.Integer,
        _returns=(spyne.Unicode, spyne.Unicode),
        _out_variable_names=("status_base64", "result"),
    )
    def startWaiter(serviceID, sessionToken, secondsToWait=300):
        check_token(sessionToken)
        folder, status_file, result_file = files_of(serviceID)
        os.makedirs(folder, exist_ok=True)
        command = [sys.executable, PROGRAM, str(secondsToWait), status_file, result_file]
        die_if_told("before")
        subprocess.Popen(command)
        die_if_told("after")
        return base64.b64encode(page(0)).decode(), "UNSET"

    @spyne.srpc(
        spyne.Unicode,
        spyne.Unicode,
        _returns=(spyne.Unicode, spyne.Unicode),
        _out_variable_names=("status_base64", "result"),
    )
    def getServiceStatus(serviceID, sessionToken):
        check_token(sessionToken)
        _, status_file, result_file = files_of(serviceID)
        with open(status_file) as f:
            current = f.read()
        if current == "100":
            if not os.path.exists(result_file):
                return "COMPLETED", "UNSET"
            with open(result_file) as f:
                return "COMPLETED", f.read()
        return base64.b64encode(page(int(current))).decode(), "UNSET"


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


waiter = WsgiApplication(
    Application(
        [WaiterService],
        "http://sintef.no/waiter",
        in_protocol=Soap11(validator="lxml"),
        out_protocol=Soap11(),
        name="Waiter",
    )
)
PATH = f"/{ROOT}/waiter/Waiter"


def application(environ, start_response):
    """Mount the waiter at its deployment path."""
    if environ["PATH_INFO"] != PATH:
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"not here"]
    environ["SCRIPT_NAME"], environ["PATH_INFO"] = PATH, ""
    return waiter(environ, start_response)


if __name__ == "__main__":
    with make_server("127.0.0.1", int(sys.argv[1]), application, Server, Quiet) as server:
        print(f"listening on {server.server_port}", flush=True)
        server.serve_forever()
