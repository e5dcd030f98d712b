"""Runs in clfpy's own environment: makes the calls that come in as lines of JSON.

A call is `[class, WSDL, method, arguments]`; its answer is one line: `{"value": …}`, or
`{"fault": text}` if clfpy gave a fault back, as it does instead of raising it.
"""

import json
import sys
from typing import Any

import clfpy  # type: ignore[import-not-found]
from suds.sudsobject import asdict


def plain(value: Any) -> Any:
    """Give what suds answered as JSON takes it."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if hasattr(value, "__keylist__"):
        return {name: plain(item) for name, item in asdict(value).items()}
    return value if value is None or isinstance(value, bool) else str(value)


clients: dict[tuple[str, str], Any] = {}
for line in sys.stdin:
    kind, wsdl, method, arguments = json.loads(line)
    if (kind, wsdl) not in clients:
        clients[kind, wsdl] = getattr(clfpy, kind)(wsdl)
    found = getattr(clients[kind, wsdl], method)(*arguments)
    answer = {"fault": str(found)} if isinstance(found, Exception) else {"value": plain(found)}
    print(json.dumps(answer), flush=True)
