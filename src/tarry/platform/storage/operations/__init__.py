"""The verbs of the storage: upload, store, read, grant; make and list folders."""

from tarry.platform.storage.operations.files import Files, info, read, store, upload
from tarry.platform.storage.operations.folders import (
    Folder,
    list_folder,
    make_folder,
    new_folder,
)
from tarry.platform.storage.operations.grants import grant

__all__ = [
    "Files",
    "Folder",
    "grant",
    "info",
    "list_folder",
    "make_folder",
    "new_folder",
    "read",
    "store",
    "upload",
]
