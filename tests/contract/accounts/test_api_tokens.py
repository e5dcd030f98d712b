"""The tokens that users make for their programs, on every store."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.account_world import RUN, World

from tarry.platform.accounts.errors import BadExpiry, BadName
from tarry.platform.accounts.model.roles import Role
from tarry.platform.accounts.operations import (
    MadeToken,
    change_user,
    list_api_tokens,
    make_api_token,
    open_run_token,
    read_trail,
    reset_password,
    revoke_api_token,
    see_users,
    set_roles,
)
from tarry.platform.kernel.errors import Exists, NotAllowed, NotFound, NotLoggedIn
from tarry.platform.kernel.model import Caller, Right

DAY = timedelta(days=1)


async def anna(world: World) -> Caller:
    return (await world.log_in()).caller


async def operator(world: World) -> Caller:
    return await world.administrator("root", "mill")


async def make(world: World, caller: Caller, *scopes: Right, name: str = "ci") -> MadeToken:
    return await make_api_token(world.accounts, caller, name=name, scopes=scopes, clock=world.clock)


async def test_a_token_speaks_for_its_user_within_its_scopes(world: World) -> None:
    made = await make(world, await anna(world), Right.RUN)

    caller = await world.caller_of(made.text)
    assert (caller.user_name, caller.project_name) == ("anna", "mill")
    assert caller.rights == {Right.READ, Right.RUN}
    assert caller.api_token == made.kept.id


async def test_the_scope_operate_is_enough_to_manage_the_platform(world: World) -> None:
    made = await make(world, await operator(world), Right.OPERATE)
    program = await world.caller_of(made.text)

    assert [user.name for user in await see_users(world.accounts, program)] == ["anna", "root"]
    assert await list_api_tokens(world.accounts, program, of_all=True)
    assert await read_trail(world.accounts, program, everywhere=True)
    assert not program.may(Right.RUN)


async def test_a_token_has_only_letters_and_is_stored_nowhere(world: World) -> None:
    made = await make(world, await anna(world), Right.READ)

    assert made.text.isalpha()
    assert made.text not in repr(made)
    kept = await world.accounts.read(lambda store: store.api_tokens())
    assert made.text not in repr(kept)
    assert all(made.text != token.token_hash for token in kept)


async def test_a_token_loses_what_its_user_loses(world: World) -> None:
    made = await make(world, await anna(world), Right.DEVELOP)
    await set_roles(
        world.accounts,
        await operator(world),
        "anna",
        "mill",
        add=[Role.VIEWER],
        withdraw=[Role.USER, Role.DEVELOPER],
    )

    assert (await world.caller_of(made.text)).rights == {Right.READ}


async def test_a_token_of_somebody_who_was_deactivated_is_not_valid(world: World) -> None:
    made = await make(world, await anna(world), Right.READ)
    await change_user(world.accounts, await operator(world), "anna", active=False)

    with pytest.raises(NotLoggedIn):
        await world.caller_of(made.text)


async def test_nobody_makes_a_token_that_may_do_more_than_they(world: World) -> None:
    with pytest.raises(NotAllowed, match="scope 'admin'"):
        await make(world, await anna(world), Right.READ, Right.ADMIN)
    with pytest.raises(NotAllowed, match="no scope"):
        await make(world, await anna(world))


async def test_programs_and_runs_make_no_tokens(world: World) -> None:
    caller = await anna(world)
    made = await make(world, caller, Right.READ)
    of_run = await open_run_token(world.accounts, RUN, caller, keys=world.keys)

    for token, words in ((made.text, "An API token may not"), (of_run, "A run may not")):
        with pytest.raises(NotAllowed, match=words):
            await make(world, await world.caller_of(token), Right.READ, name="more")


async def test_names_are_checked_and_taken_once_per_user(world: World) -> None:
    await make(world, await anna(world), Right.READ)
    await make(world, await operator(world), Right.READ)

    with pytest.raises(Exists, match="API token ci"):
        await make(world, await anna(world), Right.READ)
    with pytest.raises(BadName, match="token"):
        await make(world, await anna(world), Right.READ, name="a b")


async def test_a_token_expires_when_it_was_said(world: World) -> None:
    caller = await anna(world)
    made = await make_api_token(
        world.accounts,
        caller,
        name="short",
        scopes=[Right.READ],
        expires_at=world.now + DAY,
        clock=world.clock,
    )
    lasting = await make(world, caller, Right.READ)
    world.now += DAY

    with pytest.raises(NotLoggedIn, match="expired"):
        await world.caller_of(made.text)
    world.now += 400 * DAY
    assert (await world.caller_of(lasting.text)).user_name == "anna"
    with pytest.raises(BadExpiry):
        await make_api_token(
            world.accounts,
            caller,
            name="late",
            scopes=[Right.READ],
            expires_at=world.now,
            clock=world.clock,
        )


async def test_the_last_use_is_kept_to_the_minute(world: World) -> None:
    made = await make(world, await anna(world), Right.READ)

    async def last_used() -> object:
        (listed,) = await list_api_tokens(world.accounts, await anna(world))
        return listed.kept.last_used_at

    assert await last_used() is None
    first = world.now
    await world.caller_of(made.text)
    world.now += timedelta(seconds=59)
    await world.caller_of(made.text)
    assert await last_used() == first
    world.now += timedelta(seconds=1)
    await world.caller_of(made.text)
    assert await last_used() == world.now


async def test_a_revoked_token_is_worthless_at_once(world: World) -> None:
    caller = await anna(world)
    made = await make(world, caller, Right.READ)
    callers = world.callers()
    await callers.of(made.text)

    await revoke_api_token(world.accounts, caller, "ci", clock=world.clock)
    callers.forget_user(caller.user)
    with pytest.raises(NotLoggedIn):
        await callers.of(made.text)
    with pytest.raises(NotFound):
        await revoke_api_token(world.accounts, caller, "ci", clock=world.clock)


async def test_others_tokens_are_seen_and_revoked_by_who_manages_the_project(
    world: World,
) -> None:
    await world.add("berta", "mill")
    made = await make(world, await anna(world), Right.READ)
    berta = (await world.log_in("berta")).caller
    admin = replace(berta, rights=berta.rights | {Right.ADMIN})

    assert await list_api_tokens(world.accounts, berta) == []
    with pytest.raises(NotAllowed, match="tokens of others"):
        await list_api_tokens(world.accounts, berta, of_all=True)
    with pytest.raises(NotFound):
        await revoke_api_token(world.accounts, berta, made.kept.id)
    (seen,) = await list_api_tokens(world.accounts, admin, of_all=True)
    assert (seen.user_name, seen.project_name) == ("anna", "mill")
    await revoke_api_token(world.accounts, admin, made.kept.id)


async def test_an_admin_of_one_project_does_not_reach_into_another(world: World) -> None:
    await world.add("berta", "wing")
    made = await make(world, await anna(world), Right.READ)
    berta = (await world.log_in("berta")).caller
    admin = replace(berta, rights=berta.rights | {Right.ADMIN})

    assert await list_api_tokens(world.accounts, admin, of_all=True) == []
    with pytest.raises(NotFound):
        await revoke_api_token(world.accounts, admin, made.kept.id)


async def test_a_program_may_revoke_its_own_token_only(world: World) -> None:
    caller = await anna(world)
    own, other = (
        await make(world, caller, Right.READ),
        await make(world, caller, Right.READ, name="b"),
    )
    program = await world.caller_of(own.text)

    with pytest.raises(NotFound):
        await revoke_api_token(world.accounts, program, other.kept.id)
    await revoke_api_token(world.accounts, program, own.kept.id)


async def test_a_reset_password_revokes_all_tokens(world: World) -> None:
    made = await make(world, await anna(world), Right.READ)
    await reset_password(world.accounts, await operator(world), "anna", passwords=world.passwords)

    with pytest.raises(NotLoggedIn):
        await world.caller_of(made.text)


async def test_making_and_revoking_stand_in_the_trail_without_the_token(world: World) -> None:
    made = await make(world, await anna(world), Right.READ)
    await revoke_api_token(world.accounts, await anna(world), "ci", clock=world.clock)

    trail = await read_trail(world.accounts, await operator(world), action="token.")
    assert [entry.action for entry in trail] == ["token.revoked", "token.made"]
    assert trail[1].facts == {"scopes": "read", "id": made.kept.id}
    assert made.text not in repr(trail)
