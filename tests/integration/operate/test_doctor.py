"""The doctor says what is wrong, line by line."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.databases import Databases
from tests.fakes.estate import free_tcp_port

from tarry.app.doctor import Finding, examine
from tarry.app.first_user import ensure_first_user
from tarry.app.folder import DataFolder
from tarry.app.platform import DATABASE_FILE, build
from tarry.app.rescue import rescue
from tarry.app.settings import Settings


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[None]:
    folder = DataFolder.open(settings.data, shared=bool(settings.database))
    platform = await build(settings, folder)
    await ensure_first_user(
        platform.accounts, platform.passwords, folder, user="me", project="mine"
    )
    try:
        yield
    finally:
        await platform.close()
        folder.close()


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """A platform that was started once, and in which all is well."""
    made = Settings(data=tmp_path / "data", tcp_port=free_tcp_port())
    async with running(made):
        pass
    return made


async def look(settings: Settings) -> dict[str, Finding]:
    return {it.check: it for it in await examine(settings)}


def wrong(found: dict[str, Finding]) -> list[str]:
    return [it.check for it in found.values() if it.verdict == "wrong"]


async def test_where_all_is_well_nothing_is_wrong(settings: Settings) -> None:
    found = await look(settings)

    assert wrong(found) == []
    for check in ("data folder", "secret", "database", "administrators", "allowed addresses"):
        assert found[check].verdict == "ok", found[check]
    assert found["door"].verdict == "note", "nobody answers"


async def test_postgresql_is_asked_for_its_clock_too(databases: Databases, tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path / "data",
        database=databases.empty_url("postgresql"),
        tcp_port=free_tcp_port(),
    )
    async with running(settings):
        found = await look(settings)

    assert wrong(found) == []
    assert (found["database"].verdict, found["clock"].verdict) == ("ok", "ok")
    assert "only-for-this-test" not in str(found), "no password is shown"


async def test_a_database_that_is_away_is_wrong(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://tarry:hidden@127.0.0.1:{free_tcp_port()}/tarry"
    found = await look(Settings(data=tmp_path, database=url, tcp_port=free_tcp_port()))

    assert wrong(found) == ["database"]
    assert "hidden" not in str(found)


@pytest.mark.parametrize(
    ("revision", "words"), [("0004", "tarry admin migrate"), ("future", "newer version")]
)
async def test_a_database_of_another_revision_is_wrong(
    settings: Settings, revision: str, words: str
) -> None:
    with closing(sqlite3.connect(settings.data / DATABASE_FILE)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    found = await look(settings)

    assert wrong(found) == ["database"]
    assert words in found["database"].text


async def test_a_damaged_database_is_wrong(settings: Settings) -> None:
    (settings.data / DATABASE_FILE).write_bytes(b"nonsense" * 1000)

    assert wrong(await look(settings)) == ["database"]


async def test_a_secret_that_others_can_read_or_that_is_damaged_is_wrong(
    settings: Settings,
) -> None:
    secret = settings.data / "secret"
    secret.chmod(0o644)
    found = await look(settings)
    assert wrong(found) == ["secret"]
    assert "chmod 600" in found["secret"].text
    secret.chmod(0o600)
    secret.write_text("short")
    assert wrong(await look(settings)) == ["secret"]


async def test_a_platform_without_an_administrator_is_wrong_until_one_is_rescued(
    settings: Settings,
) -> None:
    with closing(sqlite3.connect(settings.data / DATABASE_FILE)) as database, database:
        database.execute("UPDATE users SET administrator = 0")
    found = await look(settings)
    assert wrong(found) == ["administrators"]
    assert "tarry admin rescue" in found["administrators"].text
    await rescue(settings, "me")
    assert wrong(await look(settings)) == []


async def test_a_clock_that_was_set_back_is_wrong(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.data / DATABASE_FILE)) as database, database:
        database.execute(
            "INSERT INTO audit_trail (at, user_name, project_id, project_name, api_token, action,"
            " subject, address, facts)"
            " VALUES ('2999-01-01 00:00:00.000000', '', '', '', '', 'x', '', '', '{}')"
        )

    assert wrong(await look(settings)) == ["time"]


async def test_rules_for_addresses_that_cannot_be_read_are_wrong_and_any_is_noted(
    settings: Settings,
) -> None:
    bad = await look(replace(settings, allowed_addresses=("http://x",)))
    assert wrong(bad) == ["allowed addresses"]
    anywhere = await look(replace(settings, allowed_addresses=("any",)))
    assert anywhere["allowed addresses"].verdict == "note"
