"""The one table of roles, scopes and rights."""

from dataclasses import replace
from itertools import pairwise

import pytest

from tarry.platform.accounts.model.roles import RIGHTS, SCOPES, Role, rights_of, within
from tarry.platform.kernel.errors import NotAllowed
from tarry.platform.kernel.model import Caller, ExecutionId, ProjectId, Right, UserId

ANNA = Caller(user=UserId("u1"), user_name="anna", project=ProjectId("p1"), project_name="mill")


def test_each_role_includes_the_ones_before_it() -> None:
    order = [Role.VIEWER, Role.USER, Role.DEVELOPER, Role.ADMIN]
    rights = [RIGHTS[role] for role in order]

    assert all(less < more for less, more in pairwise(rights))


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        (Role.VIEWER, Right.READ, Right.RUN),
        (Role.USER, Right.RUN, Right.DEVELOP),
        (Role.DEVELOPER, Right.DEVELOP, Right.ADMIN),
        (Role.ADMIN, Right.ADMIN, Right.OPERATE),
    ],
)
def test_a_role_brings_its_own_right_and_not_the_next(
    role: Role, may: Right, may_not: Right
) -> None:
    assert may in rights_of([role])
    assert may_not not in rights_of([role])


def test_without_a_role_nothing_is_allowed_and_an_unknown_one_brings_nothing() -> None:
    assert rights_of([]) == rights_of(["emperor"]) == frozenset()


def test_an_administrator_needs_no_role() -> None:
    assert rights_of([], administrator=True) == frozenset(Right)


def test_a_token_never_lets_through_more_than_its_user_may() -> None:
    viewer = RIGHTS[Role.VIEWER]

    assert within(frozenset(Right), viewer) == viewer
    assert within([Right.ADMIN], RIGHTS[Role.DEVELOPER]) == {Right.READ}
    assert within([], frozenset(Right)) == frozenset()


def test_a_scope_lets_its_own_right_through_and_reading() -> None:
    assert all(lets == {scope, Right.READ} for scope, lets in SCOPES.items())


def test_a_refusal_says_who_wanted_what_and_what_was_missing() -> None:
    of_token = replace(ANNA, api_token="abc")
    of_run = replace(ANNA, execution=ExecutionId("0" * 32))

    for caller, words in (
        (ANNA, "anna may not start a run.*'run'.*mill"),
        (of_token, "the token or its user's role lacks it"),
        (of_run, "that of a run"),
    ):
        with pytest.raises(NotAllowed, match=words):
            caller.demand(Right.RUN, "start a run")
    replace(ANNA, rights=frozenset({Right.RUN})).demand(Right.RUN, "start a run")
