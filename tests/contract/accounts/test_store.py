"""The accounts' store keeps its promises, in memory and in both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.people import ApiToken, Project, RunToken, Session, User
from tarry.platform.kernel.errors import Exists
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import ExecutionId, ProjectId, Right, Stretch, UserId

NOW = datetime(2026, 11, 24, 12, 30, 15, 123456, tzinfo=UTC)
ANNA = User(
    id=UserId("u1"),
    name="anna",
    email="anna@example.org",
    description="Größe ☃",
    password_hash="hash",
    active=True,
    created_at=NOW,
)
BERTA = replace(ANNA, id=UserId("u2"), name="berta")
MILL = Project(id=ProjectId("p1"), name="mill", description="a mill", created_at=NOW)
WING = Project(id=ProjectId("p2"), name="wing", description="", created_at=NOW)
RUN = ExecutionId("0123456789abcdef0123456789abcdef")


def populate(store: Accounts) -> None:
    for project in (WING, MILL):
        store.add_project(project)
    for user in (BERTA, ANNA):
        store.add_user(user)


def session(name: str, user: User = ANNA, hours: int = 24) -> Session:
    return Session(
        token_hash=name,
        user=user.id,
        project=MILL.id,
        created_at=NOW,
        expires_at=NOW + timedelta(hours=hours),
    )


async def test_users_and_projects_come_back_as_they_were(
    accounts: Transactions[Accounts],
) -> None:
    await accounts.write(populate)

    def check(store: Accounts) -> None:
        assert store.user(ANNA.id) == store.user_named("anna") == ANNA
        assert store.project(MILL.id) == store.project_named("mill") == MILL
        assert store.users() == (ANNA, BERTA)
        assert store.projects() == (MILL, WING)

    await accounts.read(check)


async def test_what_does_not_exist_is_none(accounts: Transactions[Accounts]) -> None:
    def check(store: Accounts) -> None:
        assert store.user(ANNA.id) is store.user_named("anna") is None
        assert store.project(MILL.id) is store.project_named("mill") is None
        assert store.session("x") is None
        assert store.run_token(RUN) is None
        assert not store.is_member(ANNA.id, MILL.id)
        assert store.projects_of(ANNA.id) == ()
        assert store.roles(ANNA.id, MILL.id) == frozenset()

    await accounts.read(check)


@pytest.mark.parametrize("again", [ANNA, replace(ANNA, id=UserId("u9"))])
async def test_a_user_s_name_is_taken_once(accounts: Transactions[Accounts], again: User) -> None:
    await accounts.write(populate)

    with pytest.raises(Exists, match="user anna"):
        await accounts.write(lambda store: store.add_user(again))


async def test_a_project_s_name_is_taken_once(accounts: Transactions[Accounts]) -> None:
    await accounts.write(populate)
    again = replace(MILL, id=ProjectId("p9"))

    with pytest.raises(Exists, match="project mill"):
        await accounts.write(lambda store: store.add_project(again))


async def test_names_are_told_apart_by_case(accounts: Transactions[Accounts]) -> None:
    await accounts.write(populate)

    assert await accounts.read(lambda store: store.user_named("Anna")) is None


async def test_members_and_their_roles_are_kept_per_project(
    accounts: Transactions[Accounts],
) -> None:
    def join(store: Accounts) -> None:
        populate(store)
        for project in (WING, MILL):
            store.add_member(ANNA.id, project.id, NOW)
            store.add_member(ANNA.id, project.id, NOW)
        for role in ("user", "admin", "user"):
            store.grant_role(ANNA.id, MILL.id, role)

    await accounts.write(join)

    def check(store: Accounts) -> None:
        assert store.projects_of(ANNA.id) == (MILL, WING)
        assert store.is_member(ANNA.id, WING.id)
        assert not store.is_member(BERTA.id, WING.id)
        assert store.roles(ANNA.id, MILL.id) == {"user", "admin"}
        assert store.roles(ANNA.id, WING.id) == frozenset()

    await accounts.read(check)


async def test_a_password_is_replaced(accounts: Transactions[Accounts]) -> None:
    await accounts.write(populate)
    await accounts.write(lambda store: store.set_password(ANNA.id, "other"))

    found = await accounts.read(lambda store: store.users())
    assert found == (replace(ANNA, password_hash="other"), BERTA)


async def test_sessions_end_one_by_one_by_user_and_by_time(
    accounts: Transactions[Accounts],
) -> None:
    def open_sessions(store: Accounts) -> None:
        populate(store)
        for each in (
            session("a1"),
            session("a2"),
            session("a3"),
            session("b1", BERTA),
            session("b2", BERTA, hours=1),
        ):
            store.add_session(each)

    await accounts.write(open_sessions)

    async def left() -> set[str]:
        names = ("a1", "a2", "a3", "b1", "b2")
        return await accounts.read(lambda store: {name for name in names if store.session(name)})

    assert await accounts.read(lambda store: store.session("b2")) == session("b2", BERTA, hours=1)
    assert await accounts.write(lambda store: store.end_session("a1"))
    assert not await accounts.write(lambda store: store.end_session("a1"))
    assert await left() == {"a2", "a3", "b1", "b2"}
    await accounts.write(lambda store: store.end_sessions(ANNA.id, but="a3"))
    assert await left() == {"a3", "b1", "b2"}
    await accounts.write(lambda store: store.forget_expired(NOW + timedelta(hours=1)))
    assert await left() == {"a3", "b1"}
    await accounts.write(lambda store: store.end_sessions(ANNA.id))
    assert await left() == {"b1"}


async def test_a_run_s_token_is_kept_once_and_ends_once(accounts: Transactions[Accounts]) -> None:
    token = RunToken(execution=RUN, user=ANNA.id, project=MILL.id, opened_at=NOW)
    await accounts.write(populate)
    await accounts.write(lambda store: store.add_run_token(token))

    with pytest.raises(Exists, match=RUN):
        await accounts.write(lambda store: store.add_run_token(token))
    assert await accounts.read(lambda store: store.run_token(RUN)) == token
    later = NOW + timedelta(days=40)
    assert await accounts.write(lambda store: store.end_run_token(RUN, later))
    assert not await accounts.write(lambda store: store.end_run_token(RUN, NOW))
    ended = await accounts.read(lambda store: store.run_token(RUN))
    assert ended == replace(token, ended_at=later)


NAMES = ["anna", "Anna", "änne", "bert", "Zoe", "☃"]


def token(number: int, name: str) -> ApiToken:
    return ApiToken(
        id=f"t{number}",
        token_hash=f"hash {number}",
        name=name,
        user=UserId(f"u{number}"),
        project=MILL.id,
        scopes=frozenset({Right.READ}),
        created_at=NOW,
        expires_at=None,
        last_used_at=None,
    )


def crowd(store: Accounts) -> None:
    """Keep a project for each name, with a user of that name; all of them work in the mill."""
    store.add_project(MILL)
    for number, name in enumerate(NAMES):
        user = replace(ANNA, id=UserId(f"u{number}"), name=name)
        store.add_user(user)
        store.add_project(replace(WING, id=ProjectId(f"w{number}"), name=name))
        for project in (MILL.id, ProjectId(f"w{number}")):
            store.add_member(user.id, project, NOW)
        store.grant_role(user.id, MILL.id, f"role {number}")
        store.add_api_token(token(number, "one name"))


async def test_lists_come_in_pieces_in_one_order_everywhere(
    accounts: Transactions[Accounts],
) -> None:
    await accounts.write(crowd)

    def check(store: Accounts) -> None:
        piece = Stretch(after="anna", limit=2)
        assert [user.name for user in store.users(piece)] == ["bert", "änne"]
        assert [user.name for user in store.users()] == sorted(NAMES)
        members = store.members(MILL.id, piece)
        assert [(it.user.name, it.roles) for it in members] == [
            ("bert", frozenset({"role 3"})),
            ("änne", frozenset({"role 2"})),
        ]
        assert [it.name for it in store.projects(piece)] == ["bert", "mill"]
        assert [it.name for it in store.projects_of(UserId("u3"), piece)] == ["bert", "mill"]
        between = Stretch(after="one name", after_id="t1", limit=2)
        assert [it.id for it in store.api_tokens(stretch=between)] == ["t2", "t3"]
        of_one = store.api_tokens(user=UserId("u5"), project=MILL.id, stretch=between)
        assert [it.id for it in of_one] == ["t5"]

    await accounts.read(check)
