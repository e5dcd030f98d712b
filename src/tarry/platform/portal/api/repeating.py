"""Requests that may be sent again, because their answer was lost.

Source: draft-ietf-httpapi-idempotency-key-header.
"""

import re
from hashlib import sha256
from secrets import token_hex
from typing import Annotated

from fastapi import Depends, Header
from fastapi import Request as HttpRequest

from tarry.contract.errors import Sort, TarryError
from tarry.platform.kernel.model import Request
from tarry.platform.portal.api.door import Door, TheDoor

_KEY = re.compile(r'"?([!#-\[\]-~]{1,255})"?', re.ASCII)
"""Anything that can be printed, but for spaces, quotes and backslashes."""

KEY_HEADER = "Idempotency-Key"
SAID_OF_KEYS = (
    "Names this request, such as by a UUID. Sent again within 24 hours under the same name it does "
    "nothing, and is answered as it was the first time; another request under that name is refused "
    "with 422, and one that comes while the first is still being answered with 409. A request that "
    "was refused leaves its name free."
)
Key = Annotated[
    str | None,
    Header(
        alias=KEY_HEADER,
        description="Names this request, such as by a UUID. Sent again within 24 hours under the "
        "same name it begins nothing, and is answered with the run of the first time; another "
        "request under that name is refused with 422, and one that comes while the first is still "
        "being answered with 409. A request that was refused leaves its name free.",
    ),
]


class BadKey(TarryError):
    """The name of a request is none."""

    code = "bad-idempotency-key"
    sort = Sort.INVALID
    message = "Idempotency-Key: give 1 to 255 letters, digits and signs, such as a UUID"


def named(door: Door, http: HttpRequest, key: str, body: bytes) -> Request:
    """Tell how the sender names the request, and what tells it from others.

    Raises:
        BadKey: the name cannot be used.
    """
    found = _KEY.fullmatch(key.strip())
    if found is None:
        raise BadKey
    asked = f"{http.method} {http.url.path}{'?' * bool(http.url.query)}{http.url.query}"
    digest = door.keys.request_digest(f"{asked} {sha256(body).hexdigest()}")
    return Request(key=found[1], digest=digest, attempt=token_hex(16))


async def request_of(http: HttpRequest, door: TheDoor, key: Key = None) -> Request | None:
    """Tell how the sender names a request for a run.

    Raises:
        BadKey: the name cannot be used.
    """
    return None if key is None else named(door, http, key, await http.body())


TheRequest = Annotated[Request | None, Depends(request_of)]
