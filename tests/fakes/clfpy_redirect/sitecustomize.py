"""Leads one name to a TCP port of this machine; everything else of the process stays as it is.

Python imports this by itself when the folder is on PYTHONPATH. clfpy's addresses are fixed, and so
is its code: what is redirected is where their name resolves to.
"""

import os
import socket
from typing import Any

_NAME, _PORT = os.environ["REDIRECTED_NAME"], int(os.environ["REDIRECTED_TO"])
_resolve = socket.getaddrinfo


def _redirected(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
    if host == _NAME:
        host, port = "127.0.0.1", _PORT
    return _resolve(host, port, *rest, **more)


socket.getaddrinfo = _redirected
