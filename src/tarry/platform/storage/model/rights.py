"""Who may read and write which file."""

from tarry.platform.kernel.model import Caller, ExecutionId, Right
from tarry.platform.storage.model.uris import StorageUri

RUNS = "runs"
UPLOADS = "uploads"


def folder_of_run(project: str, execution: ExecutionId) -> str:
    """Give the URI beneath which a run writes, with a slash at its end."""
    return f"local://{project}/{RUNS}/{execution}/"


def belongs_to_run(uri: StorageUri, project: str, execution: ExecutionId) -> bool:
    """Tell whether a file lies beneath the folder of a run."""
    return uri.project == project and uri.path[:2] == (RUNS, execution) and len(uri.path) > 2


def may_write(caller: Caller, uri: StorageUri) -> bool:
    """Tell whether a caller may write a file.

    A user who may run things writes in the project of the session; a run beneath its own folder
    only.
    """
    if caller.execution is not None:
        return belongs_to_run(uri, caller.project_name, caller.execution)
    return caller.may(Right.RUN) and uri.project == caller.project_name


def may_read(caller: Caller, uri: StorageUri, *, granted: bool) -> bool:
    """Tell whether a caller may read a file.

    A user reads in the project of the session; a run what it wrote and what it was granted.
    """
    if caller.execution is not None:
        return granted or belongs_to_run(uri, caller.project_name, caller.execution)
    return caller.may(Right.READ) and uri.project == caller.project_name
