"""The data folder: that it is on a disk we can trust, that it is ours, and its secrets."""

import fcntl
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Self

from tarry.platform.kernel.errors import InvalidSetting

NETWORK_FILE_SYSTEMS = frozenset(
    {"9p", "afs", "beegfs", "ceph", "cifs", "drvfs", "gfs2", "glusterfs", "gpfs", "lustre"}
    | {"ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "panfs", "smb2", "smb3", "smbfs", "virtiofs"}
    | {"fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.ceph", "fuse.davfs2"}
)
"""Types of file systems, as the kernel names them, that hold locks or fsync only by hearsay."""

SECRET_BYTES = 32


class DataFolder:
    """The platform's data folder, locked for as long as this object is open.

    With the database in it, it belongs to one process alone. With the database elsewhere, the
    processes of one platform share it, and it may lie on a network file system.

    Attributes:
        alone: nobody else has it open.
    """

    def __init__(self, path: Path, lock: int, *, alone: bool = True) -> None:
        self.path = path
        self.alone = alone
        self._lock = lock

    @classmethod
    def open(cls, path: Path, *, shared: bool = False, mounts: str | None = None) -> Self:
        """Make the folder if need be, check where it lies, and lock it.

        Args:
            path: of the folder.
            shared: further processes may open it, if all of them share it.
            mounts: the text of `/proc/self/mounts`.

        Raises:
            InvalidSetting: a network file system, no right to write, or another platform in it.
        """
        path = path.expanduser().absolute()
        kind = file_system(path, _mounts() if mounts is None else mounts)
        if kind in NETWORK_FILE_SYSTEMS and not shared:
            raise InvalidSetting(
                setting="TARRY_DATA",
                reason=f"{path} is on a network file system ({kind}), where the database's locks "
                "and writes cannot be relied on; choose a folder on a local disk",
            )
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise unwritable(path, error) from error
        try:
            fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(lock, 20).decode("ascii", "replace").strip()
            os.close(lock)
            raise InvalidSetting(
                setting="TARRY_DATA",
                reason=f"another platform{f' (process {holder})' if holder else ''} uses {path}; "
                "end it, or choose another folder",
            ) from error
        try:
            os.ftruncate(lock, 0)
            if not shared:
                os.pwrite(lock, f"{os.getpid()}\n".encode("ascii"), 0)
        except OSError as error:
            os.close(lock)
            raise unwritable(path, error) from error
        return cls(path, lock, alone=not shared)

    def close(self) -> None:
        """Let others have the folder."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def secret(self) -> bytes:
        """Give the platform's secret, from which tokens and capabilities are derived.

        Raises:
            InvalidSetting: the file is damaged. Nothing makes a new one then: every running
                execution's token would die with the old one.
        """
        text = self.private_text("secret", secrets.token_hex(SECRET_BYTES))
        try:
            secret = bytes.fromhex(text)
        except ValueError:
            secret = b""
        if len(secret) != SECRET_BYTES:
            raise InvalidSetting(
                setting="TARRY_DATA",
                reason=f"{self.path / 'secret'} is damaged; bring it back from a backup, or "
                "delete it (everybody is logged out then, and runs that go on lose their access)",
            )
        return secret

    def private_text(self, name: str, fresh: str | None = None) -> str:
        """Read a file that only its owner may read; write it first if it is missing.

        The file is written beside its place first, so it is there whole or not at all.
        """
        file = self.path / name
        if not file.exists() and fresh is not None:
            self.write_private(name, fresh, replace=False)
        try:
            return file.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""

    def write_private(self, name: str, text: str, *, replace: bool = True) -> None:
        """Write a file with mode 0600, whole and durable.

        Args:
            name: of the file.
            text: what it shall hold.
            replace: else a file that is there, maybe of another process just now, stays as it is.

        Raises:
            InvalidSetting: the disk does not take it.
        """
        try:
            self._write_private(name, text, replace=replace)
        except OSError as error:
            raise unwritable(self.path / name, error) from error

    def _write_private(self, name: str, text: str, *, replace: bool) -> None:
        draft = self.path / f".{name}.{os.getpid()}.new"
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        if replace:
            draft.rename(self.path / name)
        else:
            with suppress(FileExistsError):
                os.link(draft, self.path / name)
            draft.unlink()
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def forget(self, name: str) -> None:
        """Delete a private file, if it is there."""
        (self.path / name).unlink(missing_ok=True)


def unwritable(path: Path, error: OSError) -> InvalidSetting:
    """Say that the data folder does not take a file."""
    reason = f"{path} cannot be written: {error.strerror or error}"
    return InvalidSetting(setting="TARRY_DATA", reason=reason)


def file_system(path: Path, mounts: str) -> str:
    """Name the type of the file system that a path lies on, or will lie on.

    Args:
        path: absolute; it need not exist.
        mounts: the text of `/proc/self/mounts`; later lines cover earlier ones.
    """
    resolved = path.resolve()
    best, kind = -1, ""
    for line in mounts.splitlines():
        columns = line.split(" ")
        if len(columns) < 3:
            continue
        place = Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), columns[1]))
        if resolved.is_relative_to(place) and len(place.parts) >= best:
            best, kind = len(place.parts), columns[2]
    return kind


def _mounts() -> str:
    try:
        return Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
