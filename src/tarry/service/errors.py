"""What can go wrong with a service and with the runs of its programs."""

from tarry.contract.errors import Sort, TarryError


class ProgramFileInvalid(TarryError):
    """A program file says something that cannot be used."""

    code = "program-file-invalid"
    sort = Sort.INVALID
    message = "{where}: {reason}"


class InvalidServeSetting(TarryError):
    """A setting of `tarry serve` cannot be used."""

    code = "invalid-setting"
    sort = Sort.INVALID
    message = "{setting}: {reason}"


class DataFolderInUse(TarryError):
    """Another service already keeps its runs in this folder."""

    code = "data-folder-in-use"
    sort = Sort.CONFLICT
    message = (
        "Another service uses the data folder {folder}: stop it, or choose another with --data"
    )


class DataFolderUnusable(TarryError):
    """The runs cannot be kept where they should be."""

    code = "data-folder-unusable"
    sort = Sort.INTERNAL
    message = "The data folder {folder} cannot be used: {reason}"


class RecordUnreadable(TarryError):
    """A file that the service keeps of a run is there, and cannot be read."""

    code = "record-unreadable"
    sort = Sort.INTERNAL
    message = "What the service has kept of this run cannot be read; its log says which file it is"


class NotConfigured(TarryError):
    """The operator has not said whom to trust."""

    code = "authentication-not-configured"
    sort = Sort.UNAVAILABLE
    message = (
        "This service does not know whom to trust: its operator must start it with "
        "--auth WSDL (an authentication manager), --platform URL, or, for local trials, --no-auth"
    )


class StorageNotConfigured(TarryError):
    """A port of type file is used, and there is no storage."""

    code = "storage-not-configured"
    sort = Sort.UNAVAILABLE
    message = (
        "{port} is a file, and this service has no storage: its operator must start it with "
        "--platform URL"
    )


class TokenRefused(TarryError):
    """The authentication manager does not accept the session token."""

    code = "token-refused"
    sort = Sort.DENIED
    message = "sessionToken: the authentication manager does not accept it: {reason}"


class AuthenticationUnavailable(TarryError):
    """The authentication manager gave no answer that tells who calls."""

    code = "authentication-unavailable"
    sort = Sort.UNAVAILABLE
    message = "The authentication manager could not be asked who calls: {reason}"


class UnknownRun(TarryError):
    """No run of this caller has this id; others' runs are not told apart from none."""

    code = "unknown-run"
    sort = Sort.NOT_FOUND
    message = "serviceID: you have no run {id}"


class OtherInputs(TarryError):
    """The id has been used for another call."""

    code = "service-id-used"
    sort = Sort.CONFLICT
    message = (
        "serviceID: {id} was already used to start {operation} with other inputs; "
        "give a new run a new id"
    )


class RunCleaned(TarryError):
    """The run was here, and is over for so long that its folder was removed."""

    code = "run-cleaned"
    sort = Sort.NOT_FOUND
    message = "serviceID: the run {id} is over and its record was removed to save space"


class RunIsOver(TarryError):
    """Somebody sends a message to a run that nobody listens in any more."""

    code = "run-over"
    sort = Sort.CONFLICT
    message = "serviceID: the run {id} is over, its program reads no messages any more"


class MessageTooLong(TarryError):
    """One message is longer than messages may be."""

    code = "message-too-long"
    sort = Sort.TOO_LARGE
    message = "message: {size} bytes are more than the {limit} that a message may have"


class TooManyMessages(TarryError):
    """A run has got as many messages as it may."""

    code = "too-many-messages"
    sort = Sort.TOO_LARGE
    message = "message: this run has got {limit} bytes of messages, which is all that it may get"


class DiskFull(TarryError):
    """There is less room on the disk than a program needs to start."""

    code = "disk-full"
    sort = Sort.BUSY
    message = (
        "The disk of the service has {free} left, and {operation} needs {needed} to start: "
        "make room, or call again later"
    )


class BoxUnavailable(TarryError):
    """A program file asks for a box, and this machine has none."""

    code = "box-unavailable"
    sort = Sort.UNAVAILABLE
    message = "{program}: the operation {operation} is to run in a box, which needs {needs}"


class PathTaken(TarryError):
    """Two services of one process would have the same address."""

    code = "path-taken"
    sort = Sort.CONFLICT
    message = (
        "{path}: {first} and {second} would both be found there; "
        "give one of them another path in its program file"
    )


class RunEnded(TarryError):
    """A run is over without outputs. Its subclasses say how it ended."""

    message = "{reason}"


class ProgramFailed(RunEnded):
    """The program ended with an exit code that means failure."""

    code = "program-failed"


class OutputMissing(RunEnded):
    """The program ended well and left no such output."""

    code = "output-missing"


class OutputInvalid(RunEnded):
    """The program left an output that does not fit its port."""

    code = "output-invalid"


class InputUnavailable(RunEnded):
    """An input file could not be fetched from its storage."""

    code = "input-unavailable"


class OutputNotStored(RunEnded):
    """An output file could not be brought to the storage."""

    code = "output-not-stored"


class ProgramNotStarted(RunEnded):
    """The program could not be started at all."""

    code = "program-not-started"


class RunAborted(RunEnded):
    """Somebody ended the run."""

    code = "aborted"


class RunLost(RunEnded):
    """Nobody can say how the run ended: the machine went down, or its shim was killed."""

    code = "lost"


class TimeLimitReached(RunEnded):
    """The program ran longer than a run, or a synchronous call, may take."""

    code = "time-limit"
    sort = Sort.UNAVAILABLE


class MemoryLimitReached(RunEnded):
    """The program took more memory than a run may."""

    code = "memory-limit"


class OutputLimitReached(RunEnded):
    """The program wrote more than a run may."""

    code = "output-limit"


ENDINGS: dict[str, type[RunEnded]] = {
    ending.code: ending
    for ending in (
        ProgramFailed,
        OutputMissing,
        OutputInvalid,
        InputUnavailable,
        OutputNotStored,
        ProgramNotStarted,
        RunAborted,
        RunLost,
        TimeLimitReached,
        MemoryLimitReached,
        OutputLimitReached,
    )
}
"""How a run can end badly, by the code that its record on disk keeps."""


class ManagerNotConfigured(TarryError):
    """An application reports its outputs, and nobody said to whom."""

    code = "manager-not-configured"
    sort = Sort.UNAVAILABLE
    message = (
        "{operation} reports its outputs to a workflow manager, and this service knows none: its "
        "operator must start it with --platform URL or --manager WSDL"
    )


class ManagerAway(TarryError):
    """The workflow manager does not answer; the same request may succeed later."""

    code = "manager-away"
    sort = Sort.UNAVAILABLE
    message = "The workflow manager does not answer: {reason}"


class ManagerRefused(TarryError):
    """The workflow manager answered, and said no."""

    code = "manager-refused"
    sort = Sort.FORBIDDEN
    message = "The workflow manager refuses the outputs: {reason}"


class PageNotReady(TarryError):
    """An application has not shown its page in time; it goes on."""

    code = "page-not-ready"
    sort = Sort.UNAVAILABLE
    message = "The page of {operation} is not there after {seconds} s; ask for it again"


class FileRefused(TarryError):
    """A file of a run is not read: it is a link, no regular file, or too large."""

    code = "file-refused"
    sort = Sort.FORBIDDEN
    message = "{path} is not read: {reason}"


class StorageAway(TarryError):
    """The storage does not answer; the same request may succeed later."""

    code = "storage-away"
    sort = Sort.UNAVAILABLE
    message = "The storage does not answer: {reason}"


class StorageRefused(TarryError):
    """The storage answered, and said no."""

    code = "storage-refused"
    sort = Sort.FORBIDDEN
    message = "The storage refuses {what}: {reason}"
