"""What an operator wants to know of a platform's machine, line by line."""

import asyncio
import fcntl
import os
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine, text

from tarry.app.folder import NETWORK_FILE_SYSTEMS, file_system
from tarry.app.platform import DATABASE_FILE
from tarry.app.schema import newest_revision, revision_of
from tarry.app.settings import Settings
from tarry.contract.errors import TarryError
from tarry.platform.accounts.adapters.sql import SqlAccounts
from tarry.platform.catalogue.adapters.sql import SqlCatalogue
from tarry.platform.kernel.adapters.engines import open_engine, shown, sqlite_url
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient

Verdict = Literal["ok", "note", "wrong"]

LITTLE_SPACE = 1 << 30
NO_SPACE = 300 << 20
CLOCKS_AGREE = timedelta(seconds=5)
ANSWERS_WITHIN = timedelta(seconds=10)
MOST_SERVICES = 200
AT_ONCE = 8


@dataclass(frozen=True)
class Finding:
    """What was found: `ok`, a `note` that one should read, or `wrong`."""

    check: str
    verdict: Verdict
    text: str


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; what cannot be looked at because of something else is left out."""
    data = settings.data.expanduser()
    found = [
        Finding("settings", "ok", f"data in {data}, address {settings.url}"),
        *_addresses(settings),
        *await asyncio.to_thread(_folder, data, bool(settings.database)),
        *await asyncio.to_thread(_door, settings),
    ]
    if not settings.database and not (data / DATABASE_FILE).is_file():
        found.append(Finding("database", "note", "none yet: the first start makes it"))
        return found
    url = settings.database or sqlite_url(data / DATABASE_FILE)
    try:
        engine = open_engine(url)
    except TarryError as error:
        return [*found, Finding("database", "wrong", str(error))]
    try:
        found += await asyncio.to_thread(_database, engine)
        if found[-1].verdict != "wrong":
            found += await asyncio.to_thread(_contents, engine)
            found += await _services(settings, engine)
    finally:
        engine.dispose()
    return found


def _addresses(settings: Settings) -> Iterator[Finding]:
    try:
        allowed = AllowedAddresses.parse(settings.allowed_addresses)
    except TarryError as error:
        yield Finding("allowed addresses", "wrong", str(error))
        return
    rules = ", ".join(settings.allowed_addresses) or "none"
    if allowed.anywhere:
        said = "any: whoever registers a service can make the platform call every address"
        yield Finding("allowed addresses", "note", said)
    else:
        yield Finding("allowed addresses", "ok", rules)


def _folder(data: Path, shared: bool) -> Iterator[Finding]:
    if not data.is_dir():
        yield Finding("data folder", "note", f"{data} is not there yet: the first start makes it")
        return
    kind = file_system(data.absolute(), Path("/proc/self/mounts").read_text(encoding="utf-8"))
    mode = data.stat().st_mode & 0o777
    if kind in NETWORK_FILE_SYSTEMS and not shared:
        yield Finding("data folder", "wrong", f"{data} is on a network file system ({kind})")
    elif not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("data folder", "wrong", f"{data} cannot be written by this user")
    elif mode & 0o077:
        yield Finding("data folder", "note", f"{data} is open to others (mode {mode:o}): chmod 700")
    else:
        yield Finding("data folder", "ok", f"{data} on {kind or 'a local disk'}")
    yield _lock(data / "lock")
    yield _secret(data / "secret")
    yield _space(data)


def _lock(file: Path) -> Finding:
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return Finding("platform", "note", "it was never started here")
    except OSError as error:
        return Finding("platform", "wrong", f"{file} cannot be opened: {error.strerror}")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
        return Finding("platform", "ok", f"running{f' as process {holder}' if holder else ''}")
    finally:
        os.close(descriptor)
    return Finding("platform", "note", "not running, or one of several that share the folder")


def _secret(file: Path) -> Finding:
    try:
        content, mode = file.read_text(encoding="ascii").strip(), file.stat().st_mode & 0o777
    except FileNotFoundError:
        return Finding("secret", "note", "none yet: the first start makes it")
    except (OSError, ValueError) as error:
        return Finding("secret", "wrong", f"{file} cannot be read: {error}")
    if not re.fullmatch(r"[0-9a-f]{64}", content):
        return Finding("secret", "wrong", f"{file} is damaged: bring it back from a back-up")
    if mode & 0o077:
        said = f"others can read {file} (mode {mode:o}): chmod 600"
        return Finding("secret", "wrong", said)
    return Finding("secret", "ok", "whole, and only its owner can read it")


def _space(data: Path) -> Finding:
    free = shutil.disk_usage(data).free
    said = f"{free / (1 << 30):.1f} GiB free"
    if free < NO_SPACE:
        return Finding("disk", "wrong", f"{said}: no more files are taken")
    return Finding("disk", "note" if free < LITTLE_SPACE else "ok", said)


def _door(settings: Settings) -> Iterator[Finding]:
    """Ask the platform itself, here and at its public address."""
    yield _health("door", settings.loopback_url)
    if settings.public_url:
        yield _health("public address", settings.url)


def _health(check: str, url: str) -> Finding:
    # It has to be our own platform that answers, and no proxy of the environment.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/healthz", timeout=ANSWERS_WITHIN.total_seconds()) as answer:
            there = answer.headers.get("Date", "")
    except urllib.error.HTTPError as error:
        return Finding(check, "wrong", f"{url} answers with HTTP {error.code}: is it the platform?")
    except (OSError, ValueError) as error:
        return Finding(check, "note", f"nothing answers at {url}: {error}")
    return Finding(check, "ok", f"{url} answers{f', its clock says {there}' if there else ''}")


def _database(engine: Engine) -> Iterator[Finding]:
    where = shown(engine.url)
    try:
        revision = revision_of(engine)
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                sound = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
                if sound != "ok":
                    yield Finding("database", "wrong", f"{where} is damaged: {sound}")
                    return
            else:
                there = connection.execute(text("SELECT now()")).scalar_one()
                yield _clock(there)
    except Exception as error:  # noqa: BLE001 - whatever it is, the operator must know
        reason = " ".join(str(error).split())[:300]
        yield Finding("database", "wrong", f"{where}: {reason}")
        return
    newest = newest_revision()
    if revision == newest:
        yield Finding("database", "ok", f"{where} at revision {revision}")
    elif revision is None or revision < newest:
        said = f"{where} is at revision {revision or 'none'}, not {newest}: tarry admin migrate"
        yield Finding("database", "wrong", said)
    else:
        said = f"{where} is at revision {revision}: a newer version of Tarry has used it"
        yield Finding("database", "wrong", said)


def _clock(there: datetime) -> Finding:
    apart = abs(there - datetime.now(UTC))
    said = f"{apart.total_seconds():.1f} s from the database's"
    return Finding("clock", "ok" if apart < CLOCKS_AGREE else "wrong", said)


def _contents(engine: Engine) -> Iterator[Finding]:
    with _reading(engine) as read:
        users = read(lambda connection: SqlAccounts(connection).users())
        newest = read(lambda connection: SqlAccounts(connection).entries(limit=1))
    administrators = [user.name for user in users if user.administrator and user.active]
    if administrators:
        yield Finding("administrators", "ok", ", ".join(administrators[:10]))
    elif users:
        said = "nobody can manage the platform: tarry admin rescue USER"
        yield Finding("administrators", "wrong", said)
    else:
        yield Finding("administrators", "note", "there is no user yet")
    if newest and newest[0].at > datetime.now(UTC) + CLOCKS_AGREE:
        said = f"it was {newest[0].at:%Y-%m-%d %H:%M:%S} UTC before: the clock was set back"
        yield Finding("time", "wrong", said)
    else:
        yield Finding("time", "ok", f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")


async def _services(settings: Settings, engine: Engine) -> list[Finding]:
    """Read the WSDL of each service that is registered."""
    with _reading(engine) as read:
        entries = read(lambda connection: SqlCatalogue(connection).services())
    by_url: dict[str, str] = {}
    for entry in entries:
        by_url.setdefault(entry.wsdl_url, entry.name)
    turns = asyncio.Semaphore(AT_ONCE)
    try:
        allowed = AllowedAddresses.parse(settings.allowed_addresses)
    except TarryError:
        return []
    async with SoapClient(allowed, timeout=ANSWERS_WITHIN) as client:

        async def look(url: str, name: str) -> Finding:
            async with turns:
                try:
                    await client.read_wsdl(url)
                except TarryError as error:
                    return Finding(f"service {name}", "note", str(error))
            return Finding(f"service {name}", "ok", url)

        looked = list(by_url.items())[:MOST_SERVICES]
        found = list(await asyncio.gather(*(look(url, name) for url, name in looked)))
    if len(by_url) > MOST_SERVICES:
        said = f"only {MOST_SERVICES} of {len(by_url)} were asked"
        found.append(Finding("services", "note", said))
    return found


@contextmanager
def _reading(engine: Engine) -> Iterator[Callable[..., list]]:  # type: ignore[type-arg]
    with engine.connect() as connection, connection.begin():
        yield lambda work: list(work(connection))
