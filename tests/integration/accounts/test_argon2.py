"""Passwords by the real library, with settings that are quick enough for tests."""

import asyncio
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from tarry.platform.accounts.adapters.argon2 import Argon2Passwords

QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture
def passwords() -> Iterator[Argon2Passwords]:
    made = Argon2Passwords(QUICK)
    yield made
    made.close()


@pytest.mark.parametrize("password", ["correct horse", "pässwörd ☃", "half \ud800", "", "x\0y"])
async def test_a_password_matches_its_own_hash_only(
    passwords: Argon2Passwords, password: str
) -> None:
    hashed = await passwords.hash(password)

    assert hashed.startswith("$argon2id$")
    assert await passwords.matches(password, hashed)
    assert not await passwords.matches(password + "x", hashed)


async def test_the_same_password_has_many_hashes(passwords: Argon2Passwords) -> None:
    assert await passwords.hash("same") != await passwords.hash("same")


async def test_without_a_hash_nothing_matches(passwords: Argon2Passwords) -> None:
    assert not await passwords.matches("anything", None)


@pytest.mark.parametrize("broken", ["", "plain", "$argon2id$v=19$m=64", "$2b$12$abc"])
async def test_a_hash_that_cannot_be_read_matches_nothing(
    passwords: Argon2Passwords, broken: str
) -> None:
    assert not await passwords.matches("anything", broken)


async def test_a_hash_with_weaker_settings_is_told(passwords: Argon2Passwords) -> None:
    weak = await passwords.hash("same")
    strong = Argon2Passwords(PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))

    assert strong.is_outdated(weak)
    assert not passwords.is_outdated(weak)
    strong.close()


async def test_the_settings_in_use_are_those_of_the_library_and_not_ours() -> None:
    passwords = Argon2Passwords()
    hashed = await passwords.hash("slow")
    passwords.close()

    assert not PasswordHasher().check_needs_rehash(hashed)


async def test_the_event_loop_goes_on_while_passwords_are_hashed() -> None:
    passwords = Argon2Passwords()
    hashing = asyncio.gather(*(passwords.hash("slow") for _ in range(4)))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0)
        turns += 1
    passwords.close()

    assert turns > 10
