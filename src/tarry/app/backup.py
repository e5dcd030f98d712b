"""Back-ups of a platform that goes on meanwhile, and their way back.

What is in the database must not name what is not there. So its copy is made before the files are:
a file is there before the database speaks of it. The secrets of runs are copied before and after.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tarry.app.database_tools import (
    check_sqlite,
    copy_sqlite,
    dump_postgresql,
    is_empty,
    restore_postgresql,
)
from tarry.app.platform import DATABASE_FILE, FILES_FOLDER, VAULT_FOLDER
from tarry.app.schema import revision_of
from tarry.app.settings import Settings
from tarry.contract.errors import Sort, TarryError
from tarry.platform.kernel.adapters.engines import open_engine, shown
from tarry.platform.kernel.errors import InvalidSetting
from tarry.platform.storage.adapters.local import INCOMING

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
_LEFT_OUT = ("lock", DATABASE_FILE)
_PIECE = 1 << 20


class PlaceTaken(TarryError):
    """A back-up or a platform would be written over."""

    code = "place-taken"
    sort = Sort.CONFLICT
    message = "{place} is not empty: {what} is never written over what is there"


class BackupDamaged(TarryError):
    """A back-up is not what was written."""

    code = "backup-damaged"
    sort = Sort.INVALID
    message = "The back-up {backup} cannot be used: {reason}"


class NothingToBackUp(TarryError):
    """There is no platform."""

    code = "nothing-to-back-up"
    sort = Sort.NOT_FOUND
    message = "There is no platform in {place}: no database and no secret"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a back-up holds.

    Attributes:
        database: `sqlite` or `postgresql`.
        revision: of the database's schema.
        files: SHA-256 of each file, by path within the back-up.
        folders: paths of all folders; some may be empty.
    """

    made_at: str
    tarry: str
    database: str
    revision: str
    files: Mapping[str, str]
    folders: Sequence[str]
    format: int = FORMAT


def back_up(settings: Settings, target: Path) -> Manifest:
    """Write a back-up into a folder that does not exist yet; the platform may go on meanwhile.

    Raises:
        PlaceTaken: the folder exists.
        NothingToBackUp: there is no platform.
        ToolFailed, ToolMissing: the database cannot be copied.
        InvalidSetting: something cannot be read or written.
    """
    data, target = settings.data.expanduser(), target.expanduser().absolute()
    if target.exists():
        raise PlaceTaken(place=target, what="a back-up")
    database = data / DATABASE_FILE
    if not (data / "secret").is_file() or not (settings.database or database.is_file()):
        raise NothingToBackUp(place=data)
    with _draft(target) as draft:
        _copy_folder(data / VAULT_FOLDER, draft / VAULT_FOLDER)
        if settings.database:
            revision = _revision(settings.database)
            dump_postgresql(settings.database, draft / DUMP)
        else:
            revision = copy_sqlite(database, draft / DATABASE_FILE)
        _copy_folder(data / VAULT_FOLDER, draft / VAULT_FOLDER)
        _copy_folder(data / FILES_FOLDER, draft / FILES_FOLDER, but=INCOMING)
        for file in data.iterdir():
            if _is_kept(file):
                _copy(file, draft / file.name)
        manifest = Manifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            tarry=version("tarry"),
            database="postgresql" if settings.database else "sqlite",
            revision=revision,
            folders=sorted(_folders(draft)),
            files={name: _digest(draft / name) for name in _walk(draft)},
        )
        _write(draft / MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest


def read_manifest(backup: Path) -> Manifest:
    """Read what a back-up says of itself.

    Raises:
        BackupDamaged: it is none, or of a newer format.
    """
    try:
        data: Any = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackupDamaged(backup=backup, reason=f"{MANIFEST}: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        reason = "it is of another format than this version of Tarry reads"
        raise BackupDamaged(backup=backup, reason=reason)
    try:
        return Manifest(**data)
    except TypeError as error:
        raise BackupDamaged(backup=backup, reason=f"{MANIFEST}: {error}") from error


def verify(backup: Path) -> Manifest:
    """Check that a back-up is complete, and each file as it was written.

    Raises:
        BackupDamaged: it is not.
    """
    manifest = read_manifest(backup)
    there = set(_walk(backup)) - {MANIFEST}
    for name in sorted(set(manifest.files) | there):
        if name not in there:
            raise BackupDamaged(backup=backup, reason=f"{name} is missing")
        if name not in manifest.files:
            raise BackupDamaged(backup=backup, reason=f"{name} does not belong to it")
        if _digest(backup / name) != manifest.files[name]:
            raise BackupDamaged(backup=backup, reason=f"{name} was changed or is damaged")
    if manifest.database == "sqlite":
        check_sqlite(backup / DATABASE_FILE)
    return manifest


def restore(backup: Path, settings: Settings) -> Manifest:
    """Bring a back-up to where the settings say, which has to be empty, and check it.

    Raises:
        BackupDamaged: it is not complete, or not as it was written.
        PlaceTaken: there is a platform, or something else.
        InvalidSetting: the settings name another kind of database than the back-up is of.
        ToolFailed, ToolMissing: the database cannot be brought back.
    """
    backup = backup.expanduser().absolute()
    manifest = verify(backup)
    data = settings.data.expanduser().absolute()
    if data.exists() and any(data.iterdir()):
        raise PlaceTaken(place=data, what="a platform")
    if (manifest.database == "postgresql") != bool(settings.database):
        wanted = "names the database" if manifest.database == "postgresql" else "is empty"
        reason = f"the back-up is of {manifest.database}: bring it back where this setting {wanted}"
        raise InvalidSetting(setting="TARRY_DATABASE", reason=reason)
    if settings.database:
        _refuse_tables(settings.database)
    with _draft(data) as draft:
        for name in manifest.folders:
            _make(draft / name)
        for name in manifest.files:
            if name != DUMP:
                _copy(backup / name, draft / name)
        damaged = [it for it in _walk(draft) if _digest(draft / it) != manifest.files[it]]
        if damaged:
            reason = f"{damaged[0]} did not arrive as it is in the back-up"
            raise BackupDamaged(backup=backup, reason=reason)
        if settings.database:
            # Last: if it fails the folder is not there either, and all can be done again.
            restore_postgresql(backup / DUMP, settings.database)
    return manifest


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """Give a folder that becomes `target` when all is well: it is there whole or not at all."""
    draft = target.with_name(f".{target.name}.new")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        yield draft
        os.sync()
        if target.exists():
            target.rmdir()  # only if it is empty
        draft.rename(target)
    except OSError as error:
        reason = f"{error.filename or target}: {error.strerror or error}"
        raise InvalidSetting(setting=str(target), reason=reason) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _revision(url: str) -> str:
    engine = open_engine(url)
    try:
        return revision_of(engine) or ""
    finally:
        engine.dispose()


def _refuse_tables(url: str) -> None:
    engine = open_engine(url)
    try:
        if not is_empty(engine):
            raise PlaceTaken(place=shown(url), what="a platform")
    finally:
        engine.dispose()


def _is_kept(file: Path) -> bool:
    name = file.name
    side = name.startswith((DATABASE_FILE, ".")) or ".log" in name
    return file.is_file() and not file.is_symlink() and name not in _LEFT_OUT and not side


def _walk(folder: Path) -> Iterator[str]:
    """Give the files beneath a folder, by their path within it; nothing is followed."""
    for place, _, files in os.walk(folder):
        here = Path(place)
        for name in sorted(files):
            if (here / name).is_file() and not (here / name).is_symlink():
                yield (here / name).relative_to(folder).as_posix()


def _folders(folder: Path) -> Iterator[str]:
    for place, folders, _ in os.walk(folder):
        for name in folders:
            yield (Path(place) / name).relative_to(folder).as_posix()


def _copy_folder(source: Path, target: Path, *, but: str = "") -> None:
    """Copy all that is beneath a folder, but for one folder in it."""
    for name in _folders(source):
        if not but or name.partition("/")[0] != but:
            _make(target / name)
    for name in _walk(source):
        if not but or name.partition("/")[0] != but:
            _copy(source / name, target / name)


def _make(folder: Path) -> None:
    """Make a folder and those above it, each for its owner alone."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700)


def _copy(source: Path, target: Path) -> None:
    _make(target.parent)
    try:
        with source.open("rb") as stream:
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as copy:
                shutil.copyfileobj(stream, copy, _PIECE)
    except FileNotFoundError:
        target.unlink(missing_ok=True)  # it was removed meanwhile: nothing speaks of it any more


def _write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text + "\n")


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
