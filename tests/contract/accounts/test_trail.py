"""Log-ins that fail, and the audit trail, on every store."""

from datetime import timedelta
from typing import Any

import pytest
from tests.fakes.account_world import PASSWORD, World

from tarry.platform.accounts.api.sweeping import Sweeping
from tarry.platform.accounts.errors import LogInFailed, TooManyAttempts
from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.model.audit import entry_of
from tarry.platform.accounts.model.roles import Role
from tarry.platform.accounts.operations import (
    change_password,
    change_user,
    read_trail,
    set_roles,
)
from tarry.platform.kernel.errors import NotAllowed


async def fail(world: World, user: str = "anna", address: str = "192.0.2.7") -> None:
    with pytest.raises(LogInFailed):
        await world.log_in(user, "a-secret-guess", address=address)


async def test_failures_are_remembered_by_the_store_and_not_by_the_process(world: World) -> None:
    for _ in range(3):
        await fail(world)
    after_a_restart = World(world.accounts, now=world.now)

    with pytest.raises(TooManyAttempts):
        await after_a_restart.log_in()


async def test_one_address_cannot_try_name_after_name(world: World) -> None:
    world.attempts = Attempts(most=3, most_from=5)
    for n in range(5):
        await fail(world, f"nobody{n}")

    with pytest.raises(TooManyAttempts):
        await world.log_in(address="192.0.2.7")
    await world.log_in(address="192.0.2.8")
    world.now += timedelta(minutes=5)
    await world.log_in(address="192.0.2.7")


async def test_a_log_in_forgets_the_failures_of_its_user(world: World) -> None:
    for _ in range(2):
        await fail(world)
    await world.log_in()
    for _ in range(3):
        await fail(world)


async def test_old_attempts_do_not_pile_up(world: World) -> None:
    for n in range(5):
        await fail(world, f"nobody{n}")
    world.now += timedelta(days=1)
    await fail(world)

    long_ago = world.now - timedelta(days=30)
    kept = await world.accounts.read(lambda store: store.attempts_from("192.0.2.7", long_ago))
    assert len(kept) == 1


async def test_who_has_found_a_session_cannot_guess_its_password(world: World) -> None:
    caller = (await world.log_in()).caller

    async def guess(old: str) -> None:
        await change_password(
            world.accounts,
            caller,
            old=old,
            new="something else",
            passwords=world.passwords,
            attempts=world.attempts,
            clock=world.clock,
        )

    for n in range(3):
        with pytest.raises(LogInFailed):
            await guess(f"guess {n}")
    with pytest.raises(TooManyAttempts):
        await guess(PASSWORD)


async def test_log_ins_and_failed_ones_are_written_down_with_time_and_place(world: World) -> None:
    root = await world.administrator("root", "office")
    await fail(world)
    await fail(world, "my-password-by-mistake")
    world.now += timedelta(seconds=1)
    await world.log_in(address="192.0.2.9")

    trail = await read_trail(world.accounts, root, everywhere=True, action="session.")
    assert [(each.action, each.subject, each.address) for each in trail[:3]] == [
        ("session.opened", "anna", "192.0.2.9"),
        ("session.refused", "", "192.0.2.7"),
        ("session.refused", "anna", "192.0.2.7"),
    ]
    assert trail[0].at == world.now
    assert "a-secret-guess" not in repr(trail)
    assert "my-password-by-mistake" not in repr(trail)


async def test_changes_are_written_down_with_what_was_and_is(world: World) -> None:
    root = await world.administrator("root", "office")
    await set_roles(world.accounts, root, "anna", "mill", add=[Role.ADMIN])
    await change_user(world.accounts, root, "anna", email="anna@example.org", active=False)

    changed, roles = (await read_trail(world.accounts, root, everywhere=True))[:2]
    assert (changed.action, changed.subject, changed.user) == ("user.changed", "anna", "root")
    assert changed.facts == {"email": "anna@example.org", "active": "false"}
    assert roles.facts == {
        "project": "mill",
        "before": "developer user",
        "now": "admin developer user",
    }


async def test_the_trail_is_read_page_by_page_and_by_who_may(world: World) -> None:
    root = await world.administrator("root", "mill")
    anna = (await world.log_in()).caller

    def work(store: Accounts) -> None:
        for n in range(5):
            store.add_entry(entry_of(anna, "run.started", f"run {n}", {"workflow": "w"}, world.now))

    await world.accounts.write(work)

    first = await read_trail(world.accounts, root, limit=2, user="anna", action="run.")
    second = await read_trail(
        world.accounts, root, limit=9, user="anna", action="run.started", before=first[-1].id
    )
    assert [each.subject for each in first] == ["run 4", "run 3"]
    assert [each.subject for each in second] == ["run 2", "run 1", "run 0"]
    assert second[0].facts == {"workflow": "w"}
    assert await read_trail(world.accounts, root, action="run_") == ()
    assert await read_trail(world.accounts, root, user="an\0na") == ()
    with pytest.raises(NotAllowed, match="audit trail"):
        await read_trail(world.accounts, anna)


async def test_an_admin_reads_the_trail_of_their_project_only(world: World) -> None:
    root = await world.administrator("root", "office")
    await world.add("berta", "wing")
    await set_roles(world.accounts, root, "berta", "wing", add=[Role.ADMIN])
    berta = (await world.log_in("berta")).caller
    entry = entry_of((await world.log_in()).caller, "run.started", "x", {}, world.now)
    await world.accounts.write(lambda store: store.add_entry(entry))

    seen = await read_trail(world.accounts, berta)
    assert {each.project_name for each in seen} == {"wing"}
    with pytest.raises(NotAllowed):
        await read_trail(world.accounts, berta, everywhere=True)


async def test_lines_are_forgotten_when_they_are_old_a_portion_at_a_time(world: World) -> None:
    root = await world.administrator("root", "office")
    began = world.now
    anna = (await world.log_in()).caller
    known = len(await read_trail(world.accounts, root, everywhere=True))

    def work(store: Accounts) -> None:
        for n in range(25):
            day = began + timedelta(days=n)
            store.add_entry(entry_of(anna, "run.started", f"run {n}", {}, day))

    await world.accounts.write(work)
    portions: list[int] = []

    class Counted:
        async def write(self, work: Any) -> Any:
            portions.append(await world.accounts.write(work))
            return portions[-1]

        read = world.accounts.read

    sweeping = Sweeping(
        accounts=Counted(),
        keep_trail=timedelta(days=400),
        at_once=10,
        clock=lambda: began + timedelta(days=410),
    )
    assert await sweeping.forget_old() == known + 10
    assert max(portions) <= 10
    left = await read_trail(world.accounts, root, everywhere=True, limit=100)
    assert [each.subject for each in left] == [f"run {n}" for n in range(24, 9, -1)]
    assert await sweeping.forget_old() == 0


async def test_without_a_rule_lines_are_kept_for_ever(world: World) -> None:
    root = await world.administrator("root", "office")
    later = lambda: world.now + timedelta(days=36_500)  # noqa: E731
    assert await Sweeping(accounts=world.accounts, keep_trail=None, clock=later).forget_old() == 0
    assert await read_trail(world.accounts, root, everywhere=True)
