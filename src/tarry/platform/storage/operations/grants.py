"""Let a run read the files that it was started with."""

from collections.abc import Iterable

from tarry.platform.kernel.interfaces import Clock, utc_now
from tarry.platform.kernel.model import Caller, ExecutionId
from tarry.platform.storage.operations.files import Files, info
from tarry.platform.storage.operations.folders import list_folder


async def grant(
    files: Files,
    caller: Caller,
    execution: ExecutionId,
    uris: Iterable[str],
    *,
    clock: Clock = utc_now,
) -> None:
    """Let a run read files and folders that the caller may read; all of them or none.

    Raises:
        BadUri: a URI cannot be used.
        NotAllowed: the caller may not read a file.
        NotFound: there is no such file or folder.
        TooManyFiles: a folder holds more than can be meant.
        StorageFailed: the disk refuses.
    """
    found = [await _readable(files, caller, uri) for uri in dict.fromkeys(uris)]
    now = clock()
    if found:
        await files.grants.write(lambda store: store.grant(execution, found, now))


async def _readable(files: Files, caller: Caller, uri: str) -> str:
    if uri.endswith("/"):
        return (await list_folder(files, caller, uri)).uri
    return str((await info(files, caller, uri)).uri)
