"""Tokens have the properties that clients in the field rely on, and nobody can make one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.platform.accounts.model.tokens import Keys, is_session_token, session_token, token_hash
from tarry.platform.kernel.errors import InvalidSetting
from tarry.platform.kernel.model import ExecutionId, StepRunId

SECRETS = st.binary(min_size=32, max_size=64)
EXECUTIONS = st.binary(min_size=16, max_size=16).map(lambda b: ExecutionId(b.hex()))
STEP_RUNS = st.builds(
    lambda execution, n: StepRunId(f"{execution}_{n}"), EXECUTIONS, st.integers(1, 10**6)
)


@given(st.binary(min_size=32, max_size=32))
def test_a_session_token_holds_letters_only(randomness: bytes) -> None:
    token = session_token(randomness)

    assert token.isascii()
    assert token.isalpha(), "so it holds neither 401 nor a comma nor an equals sign"
    assert is_session_token(token)


@given(st.lists(st.binary(min_size=32, max_size=32), unique=True))
def test_no_randomness_is_lost_in_a_session_token(randomness: list[bytes]) -> None:
    assert len({session_token(each) for each in randomness}) == len(randomness)


@given(SECRETS, EXECUTIONS)
def test_the_token_of_a_run_holds_letters_only_and_names_its_run(
    secret: bytes, execution: ExecutionId
) -> None:
    token = Keys(secret).run_token(execution)

    assert token.isascii()
    assert token.isalpha()
    assert Keys(secret).run_of(token) == execution
    assert not is_session_token(token)


@given(SECRETS, SECRETS, EXECUTIONS)
def test_a_token_made_with_another_secret_is_none(
    ours: bytes, theirs: bytes, execution: ExecutionId
) -> None:
    if ours.rstrip(b"\0") != theirs.rstrip(b"\0"):  # HMAC fills short keys with zeros
        assert Keys(ours).run_of(Keys(theirs).run_token(execution)) is None


@given(EXECUTIONS, st.integers(0, 64), st.sampled_from("bcdfghjkmnpqrstv"))
def test_a_token_that_was_changed_anywhere_is_none(
    execution: ExecutionId, at: int, letter: str
) -> None:
    keys = Keys(b"s" * 32)
    token = keys.run_token(execution)
    changed = token[:at] + letter + token[at + 1 :]

    assert keys.run_of(changed) == (execution if changed == token else None)


@given(st.text())
def test_garbage_is_no_token(garbage: str) -> None:
    assert Keys(b"s" * 32).run_of(garbage) is None
    assert not is_session_token(garbage)
    token_hash(garbage)


@given(STEP_RUNS, STEP_RUNS)
def test_a_push_capability_is_good_for_its_step_run(mine: StepRunId, other: StepRunId) -> None:
    keys = Keys(b"s" * 32)
    capability = keys.push_capability(mine)

    assert keys.pushed_step_run(capability) == mine
    proof = capability.rpartition(".")[2]
    if mine != other:
        assert keys.pushed_step_run(f"{other}.{proof}") is None


@given(st.text())
def test_garbage_is_no_capability(garbage: str) -> None:
    keys = Keys(b"s" * 32)

    assert keys.pushed_step_run(garbage) is None
    assert not keys.opens_page(StepRunId("0" * 32 + "_1"), garbage)


@given(STEP_RUNS)
def test_a_capability_does_one_thing_only(step_run: StepRunId) -> None:
    keys = Keys(b"s" * 32)
    page = keys.page_capability(step_run)

    assert keys.opens_page(step_run, page)
    assert not keys.opens_page(step_run, keys.push_capability(step_run))
    assert keys.pushed_step_run(f"{step_run}.{page}") is None
    assert not keys.opens_page(StepRunId(f"{step_run}0"), page)
    answering = keys.answering_capability(step_run)
    assert keys.lets_answer(step_run, answering)
    assert not keys.lets_answer(step_run, page)
    assert not keys.opens_page(step_run, answering)
    assert not keys.lets_answer(StepRunId(f"{step_run}0"), answering)


def test_a_capability_can_stand_in_a_header_and_in_a_url() -> None:
    step_run = StepRunId("0123456789abcdef0123456789abcdef_12")
    keys = Keys(b"s" * 32)

    for capability in (keys.push_capability(step_run), keys.page_capability(step_run)):
        assert capability.replace("_", "").replace(".", "").isalnum()
        assert capability.isascii()


@pytest.mark.parametrize("execution", ["", "0" * 31, "0" * 33, "../x", "G" * 32, "0" * 32 + "\n"])
def test_only_the_id_of_a_run_gets_a_token(execution: str) -> None:
    with pytest.raises(ValueError, match="not the id of a run"):
        Keys(b"s" * 32).run_token(ExecutionId(execution))


def test_a_short_secret_is_refused_and_a_secret_is_never_shown() -> None:
    with pytest.raises(InvalidSetting, match="32 bytes"):
        Keys(b"short")
    assert "zzzz" not in repr(Keys(b"z" * 32))
