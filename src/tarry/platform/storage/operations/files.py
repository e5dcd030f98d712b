"""Store and read files, as far as the caller may."""

import secrets
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass

import structlog

from tarry.platform.kernel.errors import NotAllowed
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import Caller, Right
from tarry.platform.storage.interfaces import BackEnd, Content, FileInfo, Grants
from tarry.platform.storage.model.rights import UPLOADS, may_read, may_write
from tarry.platform.storage.model.uris import LOCAL, StorageUri, parse_uri, safe_name

log = structlog.get_logger()

LARGEST_FILE = 10 * 1024**3
"""The largest file that is taken unless the operator says otherwise, in bytes."""


@dataclass(frozen=True, kw_only=True)
class Files:
    """The files of the platform: where they live and who was granted what.

    Attributes:
        limit: the largest file that is taken, in bytes.
    """

    back_end: BackEnd
    grants: Transactions[Grants]
    limit: int = LARGEST_FILE


async def store(
    files: Files,
    caller: Caller,
    uri: str,
    chunks: AsyncIterable[bytes],
    *,
    announced: int | None = None,
) -> FileInfo:
    """Keep a file under a URI of the caller's choice, whole or not at all.

    If the number of bytes is known beforehand it is `announced`, so that a file that was cut off
    on its way is refused.

    Raises:
        BadUri: the URI cannot be used.
        NotAllowed: the caller may not write there.
        FileTooLarge: the file is larger than the platform takes.
        FileCutShort: not as many bytes came as were announced.
        DiskFull: there is no room.
        PathTaken: a folder stands there, or a file on the way.
        StorageFailed: the disk refuses.
    """
    parsed = parse_uri(uri)
    if not may_write(caller, parsed):
        raise not_allowed(caller, "write", parsed)
    kept = await files.back_end.write(parsed, chunks, limit=files.limit, announced=announced)
    log.info("file.stored", uri=uri, size=kept.size, user=caller.user_name)
    return kept


async def upload(
    files: Files,
    caller: Caller,
    name: str,
    chunks: AsyncIterable[bytes],
    *,
    announced: int | None = None,
    randomness: Callable[[int], bytes] = secrets.token_bytes,
) -> FileInfo:
    """Keep a file of a user under a new URI that ends with its name, made safe.

    Raises:
        What `store` raises.
    """
    folder = randomness(8).hex()
    uri = StorageUri(
        back_end=LOCAL, project=caller.project_name, path=(UPLOADS, folder, safe_name(name))
    )
    return await store(files, caller, str(uri), chunks, announced=announced)


async def read(files: Files, caller: Caller, uri: str) -> tuple[FileInfo, Content]:
    """Open a file; the caller reads the content to its end or closes it.

    Raises:
        BadUri: the URI cannot be used.
        NotAllowed: the caller may not read there.
        NotFound: there is no such file.
        StorageFailed: the disk refuses.
    """
    return await files.back_end.open(await _readable(files, caller, uri))


async def info(files: Files, caller: Caller, uri: str) -> FileInfo:
    """Tell what is known of a file.

    Raises:
        What `read` raises.
    """
    return await files.back_end.info(await _readable(files, caller, uri))


async def _readable(files: Files, caller: Caller, uri: str) -> StorageUri:
    parsed = parse_uri(uri)
    execution = caller.execution
    granted = execution is not None and await files.grants.read(
        lambda store: store.is_granted(execution, [str(parsed), *parsed.folders])
    )
    if not may_read(caller, parsed, granted=granted):
        raise not_allowed(caller, "read", parsed)
    return parsed


def not_allowed(caller: Caller, what: str, uri: StorageUri) -> NotAllowed:
    """Say why a caller may not do something with a file."""
    needed = Right.READ if what == "read" else Right.RUN
    if caller.execution is None and not caller.may(needed):
        reason = f"it takes the right '{needed}'"
    elif caller.execution is None:
        reason = f"the session is for project {caller.project_name}"
    else:
        reason = "a run has its own folder and the files that it was started with"
    who = caller.user_name if caller.execution is None else f"Run {caller.execution}"
    return NotAllowed(who=who, what=f"{what} {uri}", reason=reason)
