"""Status, extraParameters, ids, kinds and errors of the contract."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.contract.errors import CALLERS_FAULT, HTTP_STATUS, InvalidValue, MalformedMessage, Sort
from tarry.contract.extra_parameters import read_extra_parameters, write_extra_parameters
from tarry.contract.ids import folder_name
from tarry.contract.kinds import Kind, recognise
from tarry.contract.progress import progress_of
from tarry.contract.status import Completed, Page, Unchanged, read_status, tag_of, write_status


@given(st.binary())
def test_a_page_comes_back_as_it_was(content: bytes) -> None:
    # The words have nine letters, and base64 comes in fours: no page is mistaken for one.
    assert read_status(write_status(Page(content))) == Page(content)


def test_the_words_are_read_with_white_space_around_them() -> None:
    assert read_status(" COMPLETED\n") == Completed()
    assert read_status("UNCHANGED") == Unchanged()


def test_base64_broken_into_lines_is_read() -> None:
    assert read_status("PGh0\nbWw+\n") == Page(b"<html>")


@pytest.mark.parametrize("raw", ["<html>", "ABC", "100 %", "Führung"])
def test_what_is_no_status_is_refused_and_shown(raw: str) -> None:
    with pytest.raises(MalformedMessage, match="status_base64"):
        read_status(raw)


def test_pages_have_the_same_tag_only_if_they_are_the_same() -> None:
    assert tag_of(b"a") == tag_of(b"a") != tag_of(b"b")


def test_extra_parameters_are_written_with_a_trailing_comma() -> None:
    assert write_extra_parameters({"WFM": "http://a/b", "gss": "http://a/g?wsdl"}) == (
        "WFM=http://a/b,gss=http://a/g?wsdl,"
    )


def test_extra_parameters_of_old_clients_are_read_without_cutting_values() -> None:
    found = read_extra_parameters("WFM=http://a/b,url=http://c?x=1,junk,")
    assert found == {"WFM": "http://a/b", "url": "http://c?x=1"}


@pytest.mark.parametrize("value", ["a,b", "a=b"])
def test_values_that_clients_would_cut_are_not_written(value: str) -> None:
    with pytest.raises(MalformedMessage, match="comma"):
        write_extra_parameters({"key": value})


@given(st.lists(st.text(), min_size=1))
def test_a_folder_name_is_never_a_path(parts: list[str]) -> None:
    name = folder_name(*parts)
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    assert 0 < len(name) <= 80


def test_folder_names_tell_parts_apart_however_they_are_cut() -> None:
    names = {
        folder_name("a", "bc"),
        folder_name("ab", "c"),
        folder_name("abc"),
        folder_name("a", "b", "c"),
    }
    assert len(names) == 4


def test_a_lone_surrogate_in_an_id_is_no_crash() -> None:
    assert folder_name("\ud800")


@pytest.mark.parametrize(
    ("inputs", "outputs", "operations", "kind"),
    [
        ({"a"}, {"sum"}, {"add"}, Kind.SYNCHRONOUS),
        ({"serviceID", "n"}, {"status_base64"}, {"start", "getServiceStatus"}, Kind.ASYNCHRONOUS),
        ({"serviceID", "n"}, {"status_base64", "out"}, {"show"}, Kind.APPLICATION),
        ({"n"}, {"status_base64"}, {"start", "getServiceStatus"}, Kind.SYNCHRONOUS),
    ],
)
def test_the_kind_is_told_from_the_ports(
    inputs: set[str], outputs: set[str], operations: set[str], kind: Kind
) -> None:
    assert recognise(inputs, outputs, operations) is kind


@pytest.mark.parametrize(
    ("page", "percent"),
    [
        (b'<progress value="28" max="100">', 28.0),
        (b"<progress max='50' value='25'></progress>", 50.0),
        (b"<progress value=0.5>", 50.0),
        (b'<div role="progressbar" aria-valuenow="12.5">', 12.5),
        (b'<div style="width: 80%"><h1 style="margin-left: 20px">28%</h1></div>', 28.0),
        (b"<style>p{width:50%}</style><p>waiting</p>", None),
        (b"", None),
        (b'<progress value="." max="0">', None),
        (b"<p>250 %</p>", 100.0),
        (b"<STYLE>p{width:50%}</Style><p>7 %</p><script>9%", 7.0),
        (b"<PROGRESS VALUE=1 MAX=4>", 25.0),
    ],
)
def test_progress_is_read_off_a_page(page: bytes, percent: float | None) -> None:
    assert progress_of(page) == percent


@pytest.mark.parametrize(
    "piece", [b"<style>", b"<", b"<progress ", b"<progress value", b"value= ", b"<script ", b"1 "]
)
def test_no_page_is_slow_to_read(piece: bytes) -> None:
    started = time.process_time()
    progress_of(piece * 60_000)
    assert time.process_time() - started < 5  # a quadratic search takes minutes


@given(st.binary())
def test_no_page_makes_reading_progress_fail(page: bytes) -> None:
    found = progress_of(page)
    assert found is None or 0 <= found <= 100


def test_every_sort_of_error_has_a_status_and_a_side() -> None:
    assert set(HTTP_STATUS) == set(Sort)
    assert all(HTTP_STATUS[sort] < 500 for sort in CALLERS_FAULT)


def test_an_error_says_its_facts_and_a_forgotten_fact_is_noticed_at_once() -> None:
    error = InvalidValue(port="size", got="'abc'", rule="is not a decimal number")
    assert str(error) == "size: 'abc' is not a decimal number"
    with pytest.raises(KeyError):
        InvalidValue(port="size")
