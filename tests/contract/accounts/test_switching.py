"""Going on in another project without logging in again."""

import pytest
from tests.fakes.account_world import World

from tarry.platform.accounts.operations import caller_of, switch_project
from tarry.platform.kernel.errors import NotFound, NotLoggedIn


async def test_whoever_works_in_another_project_goes_on_there_and_the_old_token_ends(
    world: World,
) -> None:
    await world.add("anna", "bridge")
    old = await world.log_in("anna", project="mill")
    new = await switch_project(world.accounts, old.caller, old.token, "bridge", clock=world.clock)
    assert new.caller.project_name == "bridge"
    assert new.expires_at == old.expires_at
    known = await caller_of(world.accounts, new.token, keys=world.keys, clock=world.clock)
    assert known.project_name == "bridge"
    with pytest.raises(NotLoggedIn):
        await caller_of(world.accounts, old.token, keys=world.keys, clock=world.clock)


async def test_nobody_goes_on_in_a_project_of_others_and_stays_logged_in(world: World) -> None:
    await world.add("bert", "tower")
    anna = await world.log_in("anna", project="mill")
    for place in ("tower", "no such project"):
        with pytest.raises(NotFound):
            await switch_project(world.accounts, anna.caller, anna.token, place, clock=world.clock)
    known = await caller_of(world.accounts, anna.token, keys=world.keys, clock=world.clock)
    assert known.project_name == "mill"
