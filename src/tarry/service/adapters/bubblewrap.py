"""Boxes made by bubblewrap: namespaces of the kernel's own, for root and for everybody.

What a program in a box finds: its working folder (to read and write, at its usual path), `/tmp` and
`/dev/shm` of its own beside it, the system's programs and libraries, the folder of its program
file, and the Python that Tarry runs on. All else is not there: no home, no data of the service or
of another run, no secret, no device, no process outside, no network.

The box dies with its parent, which is the job's shim and not the service: programs in a box outlive
the service like all others, but not what tells their end. An abort asks the program alone, as
bubblewrap's own two processes end with it; killing them kills every process in the box.
"""

import re
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import tarry
from tarry.service.errors import BoxUnavailable
from tarry.service.model.box import Box
from tarry.service.model.files import INPUTS_FILE, MESSAGES_FILE
from tarry.service.model.program import ProgramFile

_BWRAP = "bwrap"
_PACKAGE = "bubblewrap"
_SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/opt",
    "/nix/store",
    "/gnu/store",
    "/sys/devices/system",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/group",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/timezone",
)
_NETWORK = (
    "/etc/ca-certificates",
    "/etc/gai.conf",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/pki",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl",
)
_KEPT_IN = (
    "--unshare-user",
    "--unshare-ipc",
    "--unshare-pid",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--die-with-parent",
    "--cap-drop",
    "ALL",
    "--hostname",
    "box",
)
_TRIAL_TIME = 30.0

Mount = tuple[str, ...]


class Bubblewrap:
    """Keeps programs in boxes; see `Boxes`.

    Args:
        data: the folder of all runs, which is hidden.
        python: where the Python lies that stands for `{python}`.
    """

    def __init__(self, data: Path, *, python: Collection[str] | None = None) -> None:
        self._data = data
        self._python = _python() if python is None else python

    def enclose(
        self, box: Box, command: tuple[str, ...], *, folder: Path, here: str
    ) -> tuple[str, ...]:
        """Give the command that runs another one in a box."""
        work, scratch = folder / "work", folder / "tmp"
        for made in (scratch, scratch / "shm"):
            made.mkdir(mode=0o700, parents=True, exist_ok=True)
        mounts = [
            ("--proc", "/proc"),
            ("--dev", "/dev"),
            ("--bind", str(scratch / "shm"), "/dev/shm"),  # noqa: S108 - of the box
            ("--bind", str(scratch), "/tmp"),  # noqa: S108 - of the box
            *_read_only(_SYSTEM),
            *(_read_only(_NETWORK) if box.network else ()),
            *_read_only(self._python),
            *_read_only(path.replace("{here}", here) for path in box.read),
            *_read_only([here]),
            *_veil(Path(here) / "env"),
            ("--tmpfs", str(self._data)),
            ("--bind", str(work), str(work)),
            *_read_only(map(str, _shown(folder))),
        ]
        # What lies deeper is laid over what lies higher, and a veil over what it hides.
        mounts.sort(key=lambda mount: (len(Path(mount[-1]).parts), mount[0] != "--ro-bind-try"))
        return (
            _BWRAP,
            *_KEPT_IN,
            *(() if box.network else ("--unshare-net",)),
            *(("--disable-userns",) if _can_forbid_namespaces() else ()),
            *(part for mount in mounts for part in mount),
            *("--remount-ro", "/dev", "--remount-ro", str(self._data), "--remount-ro", "/"),
            *("--setenv", "HOME", str(work), "--setenv", "TMPDIR", "/tmp"),  # noqa: S108
            *("--chdir", str(work), "--"),
            *command,
        )


def check_boxes(programs: Iterable[ProgramFile]) -> None:
    """See that the boxes that program files ask for can be made here.

    Raises:
        BoxUnavailable: they cannot, and why.
    """
    for program in programs:
        for operation in program.operations:
            if operation.box is not None and (needs := _trouble()):
                raise BoxUnavailable(program=program.name, operation=operation.name, needs=needs)


def _trouble() -> str:
    """Make a box and say what is wrong with it; empty if nothing is."""
    with TemporaryDirectory(prefix="tarry-box-") as folder:
        data = Path(folder).resolve()
        (data / "run" / "work").mkdir(parents=True)
        command = Bubblewrap(data).enclose(
            Box(), (sys.executable, "-c", ""), folder=data / "run", here=str(data)
        )
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=_TRIAL_TIME)
        except FileNotFoundError:
            return f"the package {_PACKAGE}: sudo apt install {_PACKAGE}"
        except subprocess.CalledProcessError as error:
            said = error.stderr.strip() or f"exit code {error.returncode}"
            return f"the package {_PACKAGE}, which does not work here (user namespaces?): {said}"
        except subprocess.TimeoutExpired:
            return f"the package {_PACKAGE}, which does not answer here"
    return ""


@cache
def _can_forbid_namespaces() -> bool:
    """Whether this bubblewrap can keep a program from making namespaces in its box."""
    try:
        found = subprocess.run([_BWRAP, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    version = re.search(r"(\d+)\.(\d+)", found.stdout)
    return version is not None and (int(version[1]), int(version[2])) >= (0, 8)


def _read_only(paths: Iterable[str]) -> Iterator[Mount]:
    for path in paths:
        yield ("--ro-bind-try", path, path)


def _python() -> set[str]:
    """Where the Python that Tarry runs on lies, and Tarry itself."""
    places = {
        Path(sys.prefix),
        Path(sys.base_prefix),
        Path(sys.executable).resolve().parent.parent,
        *(Path(path) for path in tarry.__path__),
    }
    return {str(place) for place in places if len(place.parts) > 2}


def _veil(file: Path) -> Iterator[Mount]:
    """Hide a file with settings of the service, which may be secret."""
    if file.exists():
        yield ("--ro-bind", "/dev/null", str(file))


def _shown(folder: Path) -> Iterator[Path]:
    """What a program may read of the rest of its run's folder."""
    yield folder / MESSAGES_FILE
    yield folder / INPUTS_FILE
    yield folder / "control" / "secrets"
