"""Folders: make one, and say what is in it. Its files are stored and read like any other."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from tarry.platform.kernel.model import Caller
from tarry.platform.storage.interfaces import FileInfo
from tarry.platform.storage.model.rights import UPLOADS, may_read, may_write
from tarry.platform.storage.model.uris import LOCAL, StorageUri, parse_folder, safe_name
from tarry.platform.storage.operations.files import Files, not_allowed

MOST_FILES = 100_000
"""Files that a folder may hold to be handed around as one value."""


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder and all files beneath it.

    Attributes:
        uri: ends in a slash.
        files: with their paths beneath the folder.
    """

    uri: str
    files: tuple[tuple[str, FileInfo], ...]


async def make_folder(files: Files, caller: Caller, uri: str) -> str:
    """Make a folder at a place of the caller's choice and give its URI; again is the same as once.

    Raises:
        BadUri: the URI cannot be used.
        NotAllowed: the caller may not write there.
        DiskFull: there is no room.
        PathTaken: a file stands there, or on the way.
        StorageFailed: the disk refuses.
    """
    parsed = parse_folder(uri)
    if not may_write(caller, parsed):
        raise not_allowed(caller, "write", parsed)
    await files.back_end.make_folder(parsed)
    return f"{parsed}/"


async def new_folder(
    files: Files,
    caller: Caller,
    name: str,
    *,
    randomness: Callable[[int], bytes] = secrets.token_bytes,
) -> str:
    """Make a folder of a user at a place of its own, and give its URI.

    Raises:
        What `make_folder` raises.
    """
    path = (UPLOADS, randomness(8).hex(), safe_name(name))
    uri = StorageUri(back_end=LOCAL, project=caller.project_name, path=path)
    return await make_folder(files, caller, f"{uri}/")


async def list_folder(files: Files, caller: Caller, uri: str) -> Folder:
    """Say which files are in a folder, also in folders of it.

    Raises:
        BadUri: the URI cannot be used.
        NotAllowed: the caller may not read there.
        NotFound: there is no such folder.
        TooManyFiles: it holds more than can be meant.
        StorageFailed: the disk refuses.
    """
    parsed = parse_folder(uri)
    execution = caller.execution
    granted = execution is not None and await files.grants.read(
        lambda store: store.is_granted(execution, [f"{parsed}/", *parsed.folders])
    )
    if not may_read(caller, parsed, granted=granted):
        raise not_allowed(caller, "read", parsed)
    found = await files.back_end.files_in(parsed, limit=MOST_FILES)
    depth = len(parsed.path)
    return Folder(
        uri=f"{parsed}/",
        files=tuple(("/".join(info.uri.path[depth:]), info) for info in found),
    )
