"""A platform for services to be configured with: AuthManager, files and the manager's bell."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.fakes.uvicorn_server import serving

from tarry.contract.errors import Sort, TarryError
from tarry.contract.ports import Port
from tarry.soap.schema import Element, Interface, Operation, Record, WireValue
from tarry.soap.server import Call, Endpoint, Message, Receive, Scope, Send

AUTH_PATH = "/authManager/AuthManager"
_TEXTS = tuple(Element(port=Port(name=name)) for name in ("description", "id", "name"))
_PROJECT = Record(name="projectInfo", fields=_TEXTS)
_USER = Record(name="userInfo", fields=_TEXTS)
_INFO = Record(
    name="tokenInfo",
    fields=(
        Element(port=Port(name="project"), record=_PROJECT),
        Element(port=Port(name="user"), record=_USER),
    ),
)
_INTERFACE = Interface(
    name="AuthManager",
    namespace="http://authmanager.sintef.no/",
    qualified_outputs=False,
    operations=(
        Operation(
            name="getTokenInfo",
            inputs=(Element(port=Port(name="sessionToken")),),
            outputs=(Element(port=Port(name="return"), record=_INFO),),
        ),
    ),
)


class BadToken(TarryError):
    """As the platform in the field says it."""

    code = "bad-token"
    sort = Sort.DENIED
    message = "Couldn't validate token"


class Broken(TarryError):
    """The manager has trouble of its own."""

    code = "broken"
    sort = Sort.INTERNAL
    message = "The database is down"


@dataclass
class FakePlatform:
    """Answers as a platform does, and remembers what it was asked.

    Attributes:
        users: user and project by token.
        files: content by storage URI.
        pushes: capability and time of every ring of the bell.
        away: HTTP status with which the storage answers instead; 0 if it is there.
        auth_broken: the manager answers every question with a fault.
        public_url: what the WSDL of the manager names, as behind a proxy.
    """

    users: dict[str, tuple[str, str]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    pushes: list[tuple[str, float]] = field(default_factory=list)
    stored_with: list[str] = field(default_factory=list)
    questions: int = 0
    away: int = 0
    storage_asked: int = 0
    auth_broken: bool = False
    public_url: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        self._auth = Endpoint(
            _INTERFACE,
            {"getTokenInfo": self._token_info},
            path=AUTH_PATH,
            base_url=self.public_url or None,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["path"]
        if path == AUTH_PATH:
            await self._auth(scope, receive, send)
            return
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        body = await _body(receive)
        if path == "/push":
            self.pushes.append((headers.get("tarry-push", ""), time.monotonic()))
            await _answer(send, 204, b"")
        elif path == "/api/v1/files":
            query = {k: v[0] for k, v in parse_qs(scope["query_string"].decode()).items()}
            await self._files(scope["method"], query, headers, body, send)
        elif path == "/api/v1/folders":
            query = {k: v[0] for k, v in parse_qs(scope["query_string"].decode()).items()}
            await self._folders(scope["method"], query, headers, send)
        else:
            await _answer(send, 404, b"")

    async def _folders(
        self, method: str, query: Mapping[str, str], headers: Mapping[str, str], send: Send
    ) -> None:
        token = headers.get("x-auth-token", "")
        if token not in self.users:
            await _answer(send, 401, json.dumps({"detail": "Log in first"}).encode())
        elif method == "GET":
            uri = query["uri"]
            paths = [file.removeprefix(uri) for file in sorted(self.files) if file.startswith(uri)]
            listing = {"items": [{"path": path} for path in paths]}
            await _answer(send, 200 if paths else 404, json.dumps(listing).encode())
        else:
            uri = query.get("uri") or f"local://{self.users[token][1]}/uploads/{query['name']}/"
            await _answer(send, 201, json.dumps({"uri": uri}).encode())

    async def _token_info(self, call: Call) -> Mapping[str, WireValue]:
        self.questions += 1
        if self.auth_broken:
            raise Broken
        known = self.users.get(call.text("sessionToken"))
        if known is None:
            raise BadToken
        user, project = known
        return {
            "return": {
                "project": {"description": "", "id": f"id-{project}", "name": project},
                "user": {"description": "", "id": f"id-{user}", "name": user},
            }
        }

    async def _files(
        self,
        method: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
        send: Send,
    ) -> None:
        self.storage_asked += 1
        token = headers.get("x-auth-token", "")
        if self.away:
            await _answer(send, self.away, b"")
        elif token not in self.users:
            await _answer(send, 401, json.dumps({"detail": "Log in first"}).encode())
        elif method == "GET" and query["uri"] in self.files:
            await _answer(send, 200, self.files[query["uri"]])
        elif method == "GET":
            await _answer(send, 404, json.dumps({"detail": "There is no such file"}).encode())
        else:
            uri = query.get("uri") or f"local://{self.users[token][1]}/uploads/{query['name']}"
            self.files[uri] = body
            self.stored_with.append(token)
            await _answer(send, 201, json.dumps({"uri": uri}).encode())


@contextmanager
def platform(*, public_url: str = "") -> Iterator[FakePlatform]:
    """Serve a platform with the users Ann and Bob of the project Demo."""
    users = {"anns": ("ann", "Demo"), "bobs": ("bob", "Demo")}
    fake = FakePlatform(users=users, public_url=public_url)
    with serving(fake) as url:
        fake.url = url
        yield fake


async def _body(receive: Receive) -> bytes:
    pieces = []
    while True:
        message: Message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode())] if status != 204 else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
