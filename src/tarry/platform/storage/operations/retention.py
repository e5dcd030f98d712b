"""Removing the files of runs that are no longer kept."""

from tarry.platform.kernel.model import ExecutionId
from tarry.platform.storage.model.rights import RUNS
from tarry.platform.storage.model.uris import LOCAL, StorageUri
from tarry.platform.storage.operations.files import Files


async def remove_run_files(files: Files, project_name: str, execution: ExecutionId) -> None:
    """Remove what a run has written, and what it was granted; twice does no harm.

    Raises:
        StorageFailed: the disk refuses.
    """
    folder = StorageUri(back_end=LOCAL, project=project_name, path=(RUNS, execution))
    await files.back_end.remove_folder(folder)
    await files.grants.write(lambda store: store.forget(execution))
