"""Users, projects and roles, as administrators and admins of projects manage them."""

import pytest
from tests.fakes.account_world import PASSWORD, RUN, World

from tarry.platform.accounts.errors import (
    BadEmail,
    LastAdministrator,
    LogInFailed,
    RunsGoOn,
)
from tarry.platform.accounts.model.roles import Role
from tarry.platform.accounts.operations import (
    Given,
    add_project,
    add_user,
    change_email,
    change_user,
    close_project,
    close_run_token,
    list_members,
    make_api_token,
    open_run_token,
    remove_member,
    remove_user,
    reset_password,
    roles_in,
    see_projects,
    see_users,
    set_roles,
)
from tarry.platform.kernel.errors import Exists, NotAllowed, NotFound, NotLoggedIn
from tarry.platform.kernel.model import Caller, Right


@pytest.fixture
async def root(world: World) -> Caller:
    """An administrator of the platform."""
    return await world.administrator("root", "office")


async def admin_of(world: World, name: str, project: str) -> Caller:
    """Make an admin of a project, and give them as a caller."""
    await world.add(name, project)
    root = await world.administrator("root", "office")
    await set_roles(world.accounts, root, name, project, add=[Role.ADMIN])
    return (await world.log_in(name, project=project)).caller


async def test_an_administrator_makes_a_user_who_can_log_in(world: World, root: Caller) -> None:
    given = Given(name="berta", email="berta@example.org")
    user, password = await add_user(
        world.accounts, root, given, project="mill", passwords=world.passwords
    )

    caller = (await world.log_in("berta", password)).caller
    assert (caller.user, caller.email, caller.roles) == (
        user.id,
        "berta@example.org",
        frozenset({"user"}),
    )
    assert caller.rights == {Right.READ, Right.RUN}


async def test_an_admin_makes_users_in_their_own_project_only(world: World) -> None:
    admin = await admin_of(world, "berta", "wing")
    await add_user(
        world.accounts, admin, Given(name="cleo"), project="wing", passwords=world.passwords
    )

    with pytest.raises(NotAllowed, match="not mill"):
        await add_user(
            world.accounts, admin, Given(name="dora"), project="mill", passwords=world.passwords
        )
    with pytest.raises(NotAllowed, match="administrator"):
        await add_user(
            world.accounts,
            admin,
            Given(name="dora", administrator=True),
            project="wing",
            passwords=world.passwords,
        )


async def test_who_is_no_admin_manages_nothing(world: World, root: Caller) -> None:
    anna = (await world.log_in()).caller
    store, passwords = world.accounts, world.passwords

    for attempt in (
        see_users(store, anna),
        add_user(store, anna, Given(name="x"), project="mill", passwords=passwords),
        change_user(store, anna, "anna", administrator=True),
        remove_user(store, anna, "root"),
        reset_password(store, anna, "root", passwords=passwords),
        add_project(store, anna, "new"),
        close_project(store, anna, "mill"),
        list_members(store, anna, "mill"),
        roles_in(store, anna, "root", "office"),
        set_roles(store, anna, "anna", "mill", add=[Role.ADMIN]),
        remove_member(store, anna, "anna", "mill"),
    ):
        with pytest.raises(NotAllowed):
            await attempt


async def test_an_admin_of_a_project_does_not_manage_the_platform(world: World) -> None:
    admin = await admin_of(world, "berta", "wing")
    store, passwords = world.accounts, world.passwords

    for attempt in (
        change_user(store, admin, "anna", active=False),
        remove_user(store, admin, "anna"),
        reset_password(store, admin, "anna", passwords=passwords),
        add_project(store, admin, "new"),
        close_project(store, admin, "wing"),
        list_members(store, admin, "mill"),
        set_roles(store, admin, "berta", "mill", add=[Role.VIEWER]),
    ):
        with pytest.raises(NotAllowed):
            await attempt


async def test_a_run_and_a_program_have_no_more_rights_than_were_given(
    world: World, root: Caller
) -> None:
    del root
    await world.administrator("root", "office")
    root = (await world.log_in("root")).caller
    of_run = await open_run_token(world.accounts, RUN, root, keys=world.keys)
    made = await make_api_token(
        world.accounts, root, name="ci", scopes=[Right.READ], clock=world.clock
    )

    for token in (of_run, made.text):
        caller = await world.caller_of(token)
        with pytest.raises(NotAllowed):
            await see_users(world.accounts, caller)
        assert [each.name for each in await see_projects(world.accounts, caller)] == ["office"]


async def test_users_are_seen_by_who_manages_them(world: World, root: Caller) -> None:
    admin = await admin_of(world, "berta", "wing")

    assert [user.name for user in await see_users(world.accounts, root)] == [
        "anna",
        "berta",
        "root",
    ]
    assert [user.name for user in await see_users(world.accounts, admin)] == ["berta"]


async def test_roles_are_given_and_taken(world: World, root: Caller) -> None:
    await world.add("berta", "wing")
    await set_roles(world.accounts, root, "berta", "mill", add=[Role.VIEWER, Role.ADMIN])
    await set_roles(world.accounts, root, "berta", "mill", withdraw=[Role.ADMIN, Role.USER])

    assert await roles_in(world.accounts, root, "berta", "mill") == {"viewer"}
    members = await list_members(world.accounts, root, "mill")
    assert [(each.user.name, each.roles) for each in members] == [
        ("anna", frozenset({"user", "developer"})),
        ("berta", frozenset({"viewer"})),
    ]
    berta = (await world.log_in("berta", project="mill")).caller
    assert await roles_in(world.accounts, berta, "berta", "mill") == {"viewer"}


async def test_who_was_removed_from_a_project_is_out_of_it(world: World, root: Caller) -> None:
    session = await world.log_in()
    await remove_member(world.accounts, root, "anna", "mill")

    with pytest.raises(NotLoggedIn):
        await world.caller_of(session.token)
    with pytest.raises(LogInFailed):
        await world.log_in()
    with pytest.raises(NotFound, match="member of mill"):
        await remove_member(world.accounts, root, "anna", "mill")


async def test_users_and_projects_go_by_id_or_name_and_the_unknown_are_told(
    world: World, root: Caller
) -> None:
    anna = (await world.log_in()).caller

    assert await roles_in(world.accounts, root, anna.user, anna.project) == anna.roles
    for user, project, words in (
        ("nobody", "mill", "user nobody"),
        ("anna", "nowhere", "project nowhere"),
        ("an\0na", "mill", "user an"),
        ("anna", "mi\0ll", "project mi"),
    ):
        with pytest.raises(NotFound, match=words):
            await roles_in(world.accounts, root, user, project)


async def test_who_is_deactivated_is_logged_out_and_stays_out(world: World, root: Caller) -> None:
    session = await world.log_in()
    await change_user(world.accounts, root, "anna", active=False)

    with pytest.raises(NotLoggedIn):
        await world.caller_of(session.token)
    with pytest.raises(LogInFailed):
        await world.log_in()
    await change_user(world.accounts, root, "anna", active=True)
    await world.log_in()


async def test_a_user_is_removed_with_everything_but_not_while_runs_go_on(
    world: World, root: Caller
) -> None:
    session = await world.log_in()
    await make_api_token(
        world.accounts, session.caller, name="ci", scopes=[Right.READ], clock=world.clock
    )
    await open_run_token(world.accounts, RUN, session.caller, keys=world.keys)
    with pytest.raises(RunsGoOn, match="anna has 1 runs"):
        await remove_user(world.accounts, root, "anna")
    await close_run_token(world.accounts, RUN)
    await remove_user(world.accounts, root, "anna")

    with pytest.raises(NotLoggedIn):
        await world.caller_of(session.token)
    with pytest.raises(LogInFailed):
        await world.log_in()
    _, password = await add_user(
        world.accounts, root, Given(name="anna"), project="mill", passwords=world.passwords
    )
    again = (await world.log_in(password=password)).caller
    assert again.user != session.caller.user, "another person of that name is another user"


async def test_the_last_administrator_stays(world: World, root: Caller) -> None:
    for attempt in (
        remove_user(world.accounts, root, "root"),
        change_user(world.accounts, root, "root", active=False),
        change_user(world.accounts, root, "root", administrator=False),
    ):
        with pytest.raises(LastAdministrator, match="root"):
            await attempt
    await change_user(world.accounts, root, "anna", administrator=True)
    await change_user(world.accounts, root, "root", administrator=False)


async def test_an_administrator_works_in_every_project(world: World, root: Caller) -> None:
    caller = (await world.log_in("root", project="mill")).caller

    assert caller.project_name == "mill"
    assert caller.rights == frozenset(Right)
    assert {each.name for each in await see_projects(world.accounts, root)} == {"mill", "office"}


async def test_a_closed_project_is_gone_but_its_name_stays_taken(
    world: World, root: Caller
) -> None:
    session = await world.log_in()
    await close_project(world.accounts, root, "mill")

    with pytest.raises(NotLoggedIn):
        await world.caller_of(session.token)
    with pytest.raises(LogInFailed, match="no project"):
        await world.log_in()
    with pytest.raises(Exists, match="project mill"):
        await add_project(world.accounts, root, "mill")
    assert [each.name for each in await see_projects(world.accounts, root)] == ["office"]
    name = await world.accounts.read(lambda store: store.name_of_project(session.caller.project))
    assert name == "mill"
    with pytest.raises(NotFound):
        await close_project(world.accounts, root, "mill")


async def test_a_reset_password_is_told_once_and_ends_all_sessions(
    world: World, root: Caller
) -> None:
    session = await world.log_in()
    password = await reset_password(world.accounts, root, "anna", passwords=world.passwords)

    with pytest.raises(NotLoggedIn):
        await world.caller_of(session.token)
    with pytest.raises(LogInFailed):
        await world.log_in(password=PASSWORD)
    await world.log_in(password=password)


async def test_everybody_changes_their_own_email(world: World) -> None:
    caller = (await world.log_in()).caller
    await change_email(world.accounts, caller, "anna@example.org")

    assert (await world.log_in()).caller.email == "anna@example.org"
    for wrong in ("anna", "@", "a b@c", "anna@", "a\n@b", "x" * 300 + "@b"):
        with pytest.raises(BadEmail):
            await change_email(world.accounts, caller, wrong)
