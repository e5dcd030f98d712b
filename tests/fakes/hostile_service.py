"""A service whose status page tries whatever a page can try, and a place that it lures to."""

import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.fakes.uvicorn_server import serving

from tarry.contract.ports import Port, PortType
from tarry.soap.schema import Interface, Operation, WireValue, elements
from tarry.soap.server import Call, Endpoint

WORKFLOW = b"""<workflow URI="http://test/workflow/Hostile.owl#Hostile">
  <services><sequence>
    <service URI="http://test/async/Hostile.owl#start_Service"/>
  </sequence></services>
</workflow>"""
URI = "http://test/async/Hostile.owl#start_Service"

_OUTPUTS = elements(Port(name="status_base64", type=PortType.TEXT), Port(name="result"))
_INPUTS = elements(Port(name="serviceID"), Port(name="sessionToken"))
_INTERFACE = Interface(
    name="Hostile",
    namespace="urn:tarry:test:hostile",
    operations=(
        Operation(name="start", inputs=_INPUTS, outputs=_OUTPUTS),
        Operation(name="getServiceStatus", inputs=_INPUTS, outputs=_OUTPUTS),
        Operation(
            name="abortService",
            inputs=_INPUTS,
            outputs=elements(Port(name="success", type=PortType.BOOLEAN)),
        ),
    ),
)

# `found` says of each attempt what it gave, or that it was refused.
PAGE = """<!doctype html><meta charset="utf-8"><title>Hostile</title>
<style>body { background: url(LURE/background) }</style><link rel="prefetch" href="LURE/prefetch">
<link rel="stylesheet" href="LURE/style"><script src="LURE/script"></script>
<img src="LURE/image" alt=""><iframe src="LURE/frame"></iframe><object data="LURE/object"></object>
<form id="out" action="LURE/form" method="post" target="_top"></form>
<form id="leave" action="PORTAL/logout" method="post" target="_top"></form>
<p id="verdict">trying</p>
<script>
const outside = window.top, found = {};
function attempt(name, act) {
  try { const got = act(); found[name] = `got ${got}`; }
  catch (error) { found[name] = `refused: ${error.name}`; }
}
async function send(name, act) {
  try { const answer = await act(); found[name] = `got ${answer.status} ${answer.type}`; }
  catch (error) { found[name] = `refused: ${error.name}`; }
}
function hear(name, speaker) {
  return new Promise((done) => {
    speaker.onopen = speaker.onmessage = () => { found[name] = 'got through'; done(); };
    speaker.onerror = () => { found[name] = 'refused: error'; done(); };
  });
}
(async () => {
  attempt('cookies', () => document.cookie);
  attempt('storage', () => localStorage.length);
  attempt('session storage', () => sessionStorage.length);
  attempt('databases', () => indexedDB.open('mine'));
  attempt('caches', () => caches.keys());
  attempt('portal document', () => outside.document.title);
  attempt('portal frame', () => { if (!window.frameElement) throw new DOMException('', 'none'); });
  attempt('portal address', () => outside.location.href);
  if (outside !== self) {  // a page may leave itself
    attempt('leading the portal away', () => { outside.location.href = 'LURE/top'; });
    document.getElementById('out').submit();
    document.getElementById('leave').submit();
  }
  attempt('window', () => { if (!open('LURE/window')) throw new DOMException('', 'none'); });
  attempt('alert', () => { if (!confirm('Log in again')) throw new DOMException('', 'none'); });
  await send('request elsewhere', () => fetch('LURE/fetch'));
  await send('silent request elsewhere', () => fetch('LURE/silent', { mode: 'no-cors' }));
  await send('runs', () => fetch('PORTAL/api/v1/runs', { credentials: 'include' }));
  await send('page of another run', () => fetch('PORTAL/pages/0123_1?cap=x'));
  new Image().src = 'LURE/picture';
  const silently = { method: 'POST', mode: 'no-cors', credentials: 'include' };
  await send('silent log-out', () => fetch('PORTAL/logout', silently));
  navigator.sendBeacon('LURE/beacon', 'x');
  try { await hear('web socket', new WebSocket('LURE/socket'.replace('http', 'ws'))); }
  catch (error) { found['web socket'] = `refused: ${error.name}`; }
  try { await hear('event stream', new EventSource('LURE/events')); }
  catch (error) { found['event stream'] = `refused: ${error.name}`; }
  outside.postMessage({ tarry: 'height', needed: 1e9, given: 0 }, '*');
  document.getElementById('verdict').textContent = 'done';
})();
</script>"""


@dataclass
class Lure:
    """A place that no page of a service may reach.

    Attributes:
        requests: the paths that were asked for.
    """

    url: str = ""
    requests: list[str] = field(default_factory=list)


@contextmanager
def lure() -> Iterator[Lure]:
    """Listen for whoever is lured."""
    place = Lure()

    class Taker(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place.requests.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - its name there

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Keep silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    place.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield place
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def hostile_service(page: str) -> Iterator[str]:
    """Serve a service that shows a page for ever; gives its WSDL's address."""
    status = b64encode(page.encode()).decode()

    async def show(call: Call) -> Mapping[str, WireValue]:
        return {"status_base64": status, "result": "UNSET"}

    async def abort(call: Call) -> Mapping[str, WireValue]:
        return {"success": "true"}

    handlers = {"start": show, "getServiceStatus": show, "abortService": abort}
    with serving(Endpoint(_INTERFACE, handlers, path="/Hostile")) as url:
        yield f"{url}/Hostile?wsdl"
