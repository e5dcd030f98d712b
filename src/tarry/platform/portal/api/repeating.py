"""Requests that may be sent again, because their answer was lost.

Source: draft-ietf-httpapi-idempotency-key-header.
"""

import re
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Header
from fastapi import Request as HttpRequest

from tarry.contract.errors import Sort, TarryError
from tarry.platform.executions.model.requests import Request
from tarry.platform.portal.api.door import TheDoor

_KEY = re.compile(r'"?([!#-\[\]-~]{1,255})"?', re.ASCII)
"""Anything that can be printed, but for spaces, quotes and backslashes."""

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
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


async def request_of(http: HttpRequest, door: TheDoor, key: Key = None) -> Request | None:
    """Tell how the sender names the request, and what tells it from others.

    Raises:
        BadKey: the name cannot be used.
    """
    if key is None:
        return None
    found = _KEY.fullmatch(key.strip())
    if found is None:
        raise BadKey
    body = sha256(await http.body()).hexdigest()
    digest = door.keys.request_digest(f"{http.method} {http.url.path} {body}")
    return Request(key=found[1], digest=digest)


TheRequest = Annotated[Request | None, Depends(request_of)]
