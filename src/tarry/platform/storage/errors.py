"""What can go wrong with files."""

from tarry.contract.errors import Sort, TarryError


class BadUri(TarryError):
    """A text is not a storage URI that this platform takes."""

    code = "bad-storage-uri"
    sort = Sort.INVALID
    message = "{uri} is no storage URI: {reason}"


class FileTooLarge(TarryError):
    """A file is larger than the platform takes."""

    code = "file-too-large"
    sort = Sort.TOO_LARGE
    message = "{uri} is larger than the {limit} bytes that are taken"


class FileCutShort(TarryError):
    """Fewer or more bytes came than were announced; nothing was kept."""

    code = "file-cut-short"
    sort = Sort.INVALID
    message = "{uri}: {announced} bytes were announced, {came} came; nothing was kept"


class DiskFull(TarryError):
    """The disk has no room for the file."""

    code = "disk-full"
    sort = Sort.UNAVAILABLE
    message = "There is no room for {uri}: the platform's disk is full; tell its operator"


class PathTaken(TarryError):
    """A folder stands where a file should go, or a file where a folder should."""

    code = "path-taken"
    sort = Sort.CONFLICT
    message = "{uri} cannot be written: {reason}"


class TooManyFiles(TarryError):
    """A folder holds more files than can be handed around as one value."""

    code = "too-many-files"
    sort = Sort.TOO_LARGE
    message = "{uri}/ holds more than the {limit} files that are taken"


class StorageFailed(TarryError):
    """The disk refuses; the log of the platform knows where."""

    code = "storage-failed"
    sort = Sort.UNAVAILABLE
    message = "The storage cannot {what} {uri}: {reason}"
