"""The user that a platform of one's own begins with."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.accounts import MemoryAccounts, PlainPasswords
from tests.fakes.transactions import MemoryTransactions

from tarry.app.first_user import FirstUser, ensure_first_user
from tarry.app.folder import DataFolder


class House:
    """A platform's accounts and its data folder."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.accounts = MemoryTransactions(MemoryAccounts())
        self.passwords = PlainPasswords()

    async def begin(self) -> FirstUser:
        return await ensure_first_user(
            self.accounts,
            self.passwords,
            self.folder,
            user="demo",
            project="trials",
        )

    @property
    def store(self) -> MemoryAccounts:
        return self.accounts.store

    @property
    def file(self) -> Path:
        return self.folder.path / "password-demo"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    folder = DataFolder.open(tmp_path / "data")
    yield House(folder)
    folder.close()


async def test_a_user_is_made_whose_password_only_the_owner_of_the_folder_can_read(
    house: House,
) -> None:
    first = await house.begin()
    assert (first.caller.user_name, first.caller.project_name) == ("demo", "trials")
    assert stat.S_IMODE(house.file.stat().st_mode) == 0o600
    user = house.store.user_named("demo")
    assert user is not None
    assert await house.passwords.matches(first.password, user.password_hash)


async def test_the_password_is_told_again_at_every_start(house: House) -> None:
    first = await house.begin()
    assert await house.begin() == first


async def test_a_password_that_was_changed_is_forgotten(house: House) -> None:
    first = await house.begin()
    changed = await house.passwords.hash("of-my-own")
    house.store.set_password(first.caller.user, changed)
    assert (await house.begin()).password == ""
    assert not house.file.exists()
    assert (await house.begin()).password == ""


async def test_after_a_crash_before_the_user_was_made_the_kept_password_is_used(
    house: House,
) -> None:
    house.folder.write_private("password-demo", "kept-from-before")
    first = await house.begin()
    assert first.password == "kept-from-before"
    user = house.store.user_named("demo")
    assert user is not None
    assert await house.passwords.matches("kept-from-before", user.password_hash)


async def test_the_password_does_not_show_where_the_user_is_printed(house: House) -> None:
    first = await house.begin()
    assert first.password not in repr(first)
