"""Log in and out, know the caller, change a password: the same on every store."""

import asyncio
from datetime import timedelta

import pytest
from tests.fakes.account_world import PASSWORD, World

from tarry.platform.accounts.errors import (
    BadName,
    BadPassword,
    LogInFailed,
    ProjectNeeded,
    TooManyAttempts,
)
from tarry.platform.accounts.operations import (
    change_password,
    create_project,
    create_user,
    ensure_user,
    list_projects,
    list_users,
    log_out,
)
from tarry.platform.kernel.errors import Exists, NotLoggedIn


async def test_a_log_in_gives_a_token_that_tells_who_calls_for_24_hours(world: World) -> None:
    logged_in = await world.log_in()

    assert logged_in.caller.user_name == "anna"
    assert logged_in.caller.project_name == "mill"
    assert logged_in.caller.roles == {"user", "developer"}
    assert logged_in.expires_at == world.now + timedelta(hours=24)
    world.now += timedelta(hours=24) - timedelta(microseconds=1)
    assert await world.caller_of(logged_in.token) == logged_in.caller
    world.now += timedelta(microseconds=1)
    with pytest.raises(NotLoggedIn, match="expired"):
        await world.caller_of(logged_in.token)


async def test_the_store_does_not_know_the_token(world: World) -> None:
    logged_in = await world.log_in()

    found = await world.accounts.read(lambda store: store.session(logged_in.token))
    assert found is None
    assert logged_in.token not in repr(logged_in)


@pytest.mark.parametrize(
    ("user", "password", "project"),
    [
        ("anna", "wrong", None),
        ("anna", "", None),
        ("nobody", PASSWORD, None),
        ("", "", None),
        ("anna", PASSWORD, "wing"),
        ("anna", PASSWORD, "not there"),
        ("anna\0", PASSWORD, None),
        ("n" * 10_000, "p" * 10_000, "q" * 10_000),
    ],
)
async def test_a_wrong_user_password_or_project_fails(
    world: World, user: str, password: str, project: str | None
) -> None:
    await world.add("berta", "wing")

    with pytest.raises(LogInFailed):
        await world.log_in(user, password, project)


async def test_an_unknown_user_and_a_wrong_password_cannot_be_told_apart(world: World) -> None:
    failures = []
    for user in ("anna", "nobody"):
        with pytest.raises(LogInFailed) as caught:
            await world.log_in(user, "wrong")
        failures.append(str(caught.value))

    assert failures[0] == failures[1]
    assert world.passwords.compared == 2, "both cost the time of a comparison"


async def test_who_works_in_several_projects_names_one(world: World) -> None:
    await world.add("anna", "wing")

    with pytest.raises(ProjectNeeded, match="mill, wing"):
        await world.log_in()
    assert (await world.log_in(project="wing")).caller.project_name == "wing"
    assert (await world.log_in(project="mill")).caller.project_name == "mill"


async def test_after_too_many_failures_even_the_right_password_waits(world: World) -> None:
    for _ in range(3):
        with pytest.raises(LogInFailed):
            await world.log_in(password="wrong")

    with pytest.raises(TooManyAttempts, match="300 s"):
        await world.log_in()
    world.now += timedelta(minutes=5)
    await world.log_in()


async def test_guessing_in_parallel_gains_nothing(world: World) -> None:
    guesses = [world.log_in(password=f"guess {n}") for n in range(20)]
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)

    assert sum(isinstance(each, LogInFailed) for each in outcomes) == 3
    assert sum(isinstance(each, TooManyAttempts) for each in outcomes) == 17


async def test_a_hash_with_old_settings_is_renewed_at_log_in(world: World) -> None:
    world.passwords.version = "2"
    await world.log_in()

    (anna,) = await list_users(world.accounts)
    assert anna.password_hash.startswith("plain2:")
    await world.log_in()


async def test_logging_out_ends_the_session_and_no_other(world: World) -> None:
    first, second = await world.log_in(), await world.log_in()

    assert await log_out(world.accounts, first.token)
    assert not await log_out(world.accounts, first.token)
    with pytest.raises(NotLoggedIn):
        await world.caller_of(first.token)
    await world.caller_of(second.token)


@pytest.mark.parametrize("token", ["", "x", "s" * 65, "401", "r" + "b" * 64, "\0", "ä" * 65])
async def test_garbage_is_told_to_log_in(world: World, token: str) -> None:
    with pytest.raises(NotLoggedIn, match="log in first"):
        await world.caller_of(token)


async def test_callers_are_remembered_for_seconds_only(world: World) -> None:
    callers = world.callers()
    logged_in = await world.log_in()
    assert await callers.of(logged_in.token) == logged_in.caller
    await log_out(world.accounts, logged_in.token)  # elsewhere, as far as `callers` know

    world.now += timedelta(seconds=9)
    assert await callers.of(logged_in.token) == logged_in.caller
    world.now += timedelta(seconds=1)
    with pytest.raises(NotLoggedIn):
        await callers.of(logged_in.token)


async def test_a_clock_that_is_set_back_makes_no_memory_last(world: World) -> None:
    callers = world.callers()
    logged_in = await world.log_in()
    await callers.of(logged_in.token)
    await log_out(world.accounts, logged_in.token)

    world.now -= timedelta(hours=1)
    with pytest.raises(NotLoggedIn):
        await callers.of(logged_in.token)


async def test_memory_ends_with_the_session(world: World) -> None:
    callers = world.callers()
    logged_in = await world.log_in()
    world.now += timedelta(hours=24) - timedelta(seconds=1)
    await callers.of(logged_in.token)

    world.now += timedelta(seconds=1)
    with pytest.raises(NotLoggedIn):
        await callers.of(logged_in.token)


async def test_logging_out_here_works_at_once(world: World) -> None:
    callers = world.callers()
    logged_in = await world.log_in()
    await callers.of(logged_in.token)

    assert await callers.log_out(logged_in.token)
    with pytest.raises(NotLoggedIn):
        await callers.of(logged_in.token)


async def test_changing_the_password_ends_the_other_sessions(world: World) -> None:
    mine, other = await world.log_in(), await world.log_in()

    await change_password(
        world.accounts,
        mine.caller,
        old=PASSWORD,
        new="something else",
        passwords=world.passwords,
        attempts=world.attempts,
        token=mine.token,
    )

    await world.caller_of(mine.token)
    with pytest.raises(NotLoggedIn):
        await world.caller_of(other.token)
    with pytest.raises(LogInFailed):
        await world.log_in()
    await world.log_in(password="something else")


async def test_a_password_is_changed_by_who_knows_it_and_to_a_good_one(world: World) -> None:
    caller = (await world.log_in()).caller

    async def change(old: str, new: str) -> None:
        await change_password(
            world.accounts,
            caller,
            old=old,
            new=new,
            passwords=world.passwords,
            attempts=world.attempts,
        )

    with pytest.raises(LogInFailed, match="old password"):
        await change("wrong", "something else")
    with pytest.raises(BadPassword, match="at least 8"):
        await change(PASSWORD, "short")
    await world.log_in()


async def test_of_two_changes_at_once_one_wins_and_the_other_is_told(world: World) -> None:
    caller = (await world.log_in()).caller
    outcomes = await asyncio.gather(
        *(
            change_password(
                world.accounts,
                caller,
                old=PASSWORD,
                new=new,
                passwords=world.passwords,
                attempts=world.attempts,
            )
            for new in ("new password 1", "new password 2")
        ),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["LogInFailed", "NoneType"]


async def test_making_sure_of_a_user_who_exists_changes_nothing(world: World) -> None:
    before = await list_users(world.accounts)
    ensured = await ensure_user(
        world.accounts,
        name="anna",
        project="mill",
        password="another one",
        passwords=world.passwords,
    )

    assert ensured.password is None
    assert await list_users(world.accounts) == before
    assert [project.name for project in await list_projects(world.accounts)] == ["mill"]


async def test_a_user_without_a_password_gets_one_that_works(world: World) -> None:
    made = await ensure_user(
        world.accounts, name="carla", project="wing", passwords=world.passwords
    )

    assert made.password is not None
    assert made.password not in repr(made)
    assert (await world.log_in("carla", made.password)).caller.project_name == "wing"


async def test_users_and_projects_are_made_once_and_with_good_names(world: World) -> None:
    with pytest.raises(Exists):
        await create_project(world.accounts, "mill")
    with pytest.raises(BadName):
        await create_project(world.accounts, "../mill")
    project = await create_project(world.accounts, "wing", "a wing")
    with pytest.raises(Exists):
        await create_user(world.accounts, name="anna", project=project, passwords=world.passwords)
    with pytest.raises(BadName):
        await create_user(world.accounts, name="an na", project=project, passwords=world.passwords)
    anna = await world.accounts.read(lambda store: store.user_named("anna"))
    assert anna is not None
    assert not await world.accounts.read(lambda store: store.is_member(anna.id, project.id))
