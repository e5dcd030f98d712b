"""Tokens of runs: the same on every store."""

from datetime import timedelta

import pytest
from tests.fakes.account_world import OTHER_RUN, PASSWORD, RUN, World

from tarry.platform.accounts.errors import (
    RunTokenTaken,
)
from tarry.platform.accounts.operations import (
    change_password,
    close_run_token,
    open_run_token,
    own_run_token,
)
from tarry.platform.kernel.errors import NotAllowed, NotFound, NotLoggedIn


async def test_the_token_of_a_run_is_good_until_the_run_ends_however_long(world: World) -> None:
    caller = (await world.log_in()).caller
    token = await open_run_token(world.accounts, RUN, caller, keys=world.keys, clock=world.clock)
    world.now += timedelta(days=400)

    found = await world.caller_of(token)
    assert (found.user, found.project, found.execution) == (caller.user, caller.project, RUN)
    assert await close_run_token(world.accounts, RUN, clock=world.clock)
    assert not await close_run_token(world.accounts, RUN, clock=world.clock)
    with pytest.raises(NotLoggedIn, match="over"):
        await world.caller_of(token)


async def test_opening_the_token_of_a_run_again_gives_the_same_and_revives_nothing(
    world: World,
) -> None:
    caller = (await world.log_in()).caller
    token = await open_run_token(world.accounts, RUN, caller, keys=world.keys)
    assert await open_run_token(world.accounts, RUN, caller, keys=world.keys) == token
    await close_run_token(world.accounts, RUN)

    await open_run_token(world.accounts, RUN, caller, keys=world.keys)
    with pytest.raises(NotLoggedIn):
        await world.caller_of(token)


async def test_the_token_of_a_run_belongs_to_who_started_it(world: World) -> None:
    await world.add("berta", "mill")
    anna, berta = (await world.log_in()).caller, (await world.log_in("berta")).caller
    token = await open_run_token(world.accounts, RUN, anna, keys=world.keys)

    with pytest.raises(RunTokenTaken):
        await open_run_token(world.accounts, RUN, berta, keys=world.keys)
    with pytest.raises(NotFound):
        await own_run_token(world.accounts, RUN, berta, keys=world.keys)
    assert await own_run_token(world.accounts, RUN, anna, keys=world.keys) == token


@pytest.mark.parametrize("execution", ["", "x", OTHER_RUN, "../" + RUN])
async def test_there_is_no_token_for_a_run_that_is_not(world: World, execution: str) -> None:
    caller = (await world.log_in()).caller

    with pytest.raises(NotFound):
        await own_run_token(world.accounts, execution, caller, keys=world.keys)


async def test_the_token_of_a_run_is_not_good_for_another_run(world: World) -> None:
    caller = (await world.log_in()).caller
    token = await open_run_token(world.accounts, RUN, caller, keys=world.keys)
    await open_run_token(world.accounts, OTHER_RUN, caller, keys=world.keys)
    run = await world.caller_of(token)

    assert await own_run_token(world.accounts, RUN, run, keys=world.keys) == token
    with pytest.raises(NotFound):
        await own_run_token(world.accounts, OTHER_RUN, run, keys=world.keys)


async def test_a_run_changes_no_password(world: World) -> None:
    caller = (await world.log_in()).caller
    run = await world.caller_of(await open_run_token(world.accounts, RUN, caller, keys=world.keys))

    with pytest.raises(NotAllowed):
        await change_password(
            world.accounts,
            run,
            old=PASSWORD,
            new="something else",
            passwords=world.passwords,
            attempts=world.attempts,
        )
