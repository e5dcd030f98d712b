"""The verbs of the storage: upload, store, read, grant."""

from tarry.platform.storage.operations.files import Files, info, read, store, upload
from tarry.platform.storage.operations.grants import grant

__all__ = ["Files", "grant", "info", "read", "store", "upload"]
