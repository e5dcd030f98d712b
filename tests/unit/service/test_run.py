"""Runs: their names, records and states."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.contract.errors import InvalidValue
from tarry.contract.ids import MAX_SERVICE_ID, ServiceId
from tarry.service.errors import ENDINGS
from tarry.service.model.run import (
    NEXT,
    Intent,
    Outcome,
    Owner,
    Request,
    RunState,
    Secrets,
    digest_of,
    read_intent,
    read_outcome,
    read_request,
    read_secrets,
    run_name,
    write_record,
)

ANN = Owner(user="ann", project="p")
BOB = Owner(user="bob", project="p")
NOW = datetime(2026, 11, 24, 6, 0, 0, 123, tzinfo=UTC)


@given(st.text(min_size=1, max_size=300))
def test_whatever_the_id_is_its_name_is_one_plain_name_of_a_file(service_id: str) -> None:
    name = run_name(ANN, service_id)
    assert name.isascii()
    assert name.replace("-", "").replace("_", "").isalnum()
    assert len(name) < 100


def test_owners_with_the_same_id_have_different_runs() -> None:
    assert run_name(ANN, "1") != run_name(BOB, "1")
    assert run_name(Owner(user="a", project="bc"), "1") != run_name(
        Owner(user="ab", project="c"), "1"
    )


@pytest.mark.parametrize("service_id", ["", "x" * (MAX_SERVICE_ID + 1)])
def test_an_empty_or_endless_id_is_refused(service_id: str) -> None:
    with pytest.raises(InvalidValue, match="serviceID"):
        run_name(ANN, service_id)


def test_an_id_of_10_kilobytes_is_fine() -> None:
    assert run_name(ANN, "長" * 10_000) != run_name(ANN, "長" * 10_001)


def test_calls_that_differ_have_different_digests() -> None:
    digests = {
        digest_of("s", "o", {"a": "1", "b": "2"}),
        digest_of("s", "o", {"a": "1", "b": "3"}),
        digest_of("s", "o", {"a": "1"}),
        digest_of("s", "p", {"a": "1"}),
        digest_of("t", "o", {"a": "1"}),
    }
    assert len(digests) == 5
    assert digest_of("s", "o", {"a": "1", "b": "2"}) == digest_of("s", "o", {"b": "2", "a": "1"})


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_records_are_read_as_they_were_written(text: str) -> None:
    intent = Intent(
        service_id=ServiceId(text),
        service="s",
        operation="o",
        owner=ANN,
        digest="d",
        created_at=NOW,
        boot="b",
    )
    request = Request(
        operation="o", inputs={"a": text}, program="d", here=text, created_at=NOW, synchronous=True
    )
    secrets = Secrets(session_token=text, push="p")
    outcome = Outcome(
        state=RunState.FAILED, ended_at=NOW, code="lost", reason=text, exit_code=3, log=(text,)
    )
    assert read_intent(write_record(intent)) == intent
    assert read_request(write_record(request)) == request
    assert read_secrets(write_record(secrets)) == secrets
    assert read_outcome(write_record(outcome)) == outcome


def test_secrets_do_not_print() -> None:
    assert "hush" not in repr(Secrets(session_token="hush", push="hush"))


def test_a_final_state_never_changes() -> None:
    final = {state for state, following in NEXT.items() if not following}
    assert final == {RunState.SUCCEEDED, RunState.FAILED, RunState.ABORTED, RunState.LOST}


@pytest.mark.parametrize("code", sorted(ENDINGS))
def test_a_bad_end_is_told_with_its_code_its_reason_and_the_log(code: str) -> None:
    error = Outcome(
        state=RunState.FAILED, ended_at=NOW, code=code, reason="It broke", log=("a", "b")
    ).error()
    assert error.code == code
    assert str(error) == "It broke\n\nThe last lines of its log:\na\nb"
