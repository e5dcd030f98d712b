"""Patterns say what Python's own would say, and never take longer than the text is long."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tarry.contract.errors import InvalidValue
from tarry.contract.patterns import is_plain, matches
from tarry.contract.ports import Port, parse
from tarry.platform.workflows.validation.fits import _patterns

_ATOMS = some.sampled_from(
    ["a", "b", ".", r"\d", r"\w", r"\s", r"\D", "[ab]", "[^a]", "[a-c0]", r"[\d_]", "é", r"\.", "-"]
)
_PATTERNS = some.recursive(
    _ATOMS,
    lambda inner: some.one_of(
        some.tuples(inner, inner).map("".join),
        some.tuples(inner, inner).map("|".join),
        some.tuples(
            inner.map("(?:{})".format),
            some.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?", "+?", ""]),
        ).map("".join),
        inner.map("({})".format),
    ),
    max_leaves=8,
)


@given(_PATTERNS, some.text("ab0_é .-\n", max_size=8))
def test_a_plain_pattern_matches_what_it_does_in_python(pattern: str, text: str) -> None:
    assert is_plain(pattern)
    assert matches(pattern, text) is (re.fullmatch(pattern, text) is not None)


@given(_PATTERNS, some.text("ab0_é .-\n", max_size=6))
def test_a_plain_pattern_may_say_where_the_text_begins_and_ends(pattern: str, text: str) -> None:
    for whole in (f"^(?:{pattern})$", rf"\A(?:{pattern})\Z", f"^^(?:{pattern})", f"(?:{pattern})$"):
        assert is_plain(whole)
        assert matches(whole, text) is (re.fullmatch(whole, text) is not None)


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?=a)a", "(?i)a", "a{9999}", "(?<!b)a", r"\ba"])
def test_what_is_beyond_the_plain_kind_is_left_to_python(pattern: str) -> None:
    assert not is_plain(pattern)
    for text in ("", "a", "aa", "A"):
        assert matches(pattern, text) is (re.fullmatch(pattern, text) is not None)


@given(_PATTERNS, _PATTERNS, _PATTERNS, some.text("ab0_", max_size=5))
def test_a_text_can_be_held_to_several_patterns(
    one: str, other: str, third: str, text: str
) -> None:
    both = _patterns(_patterns(one, other), third)
    assert is_plain(both)
    assert matches(both, text) is all(re.fullmatch(it, text) for it in (one, other, third))


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|a)*b", "(a*)*b", "(.*a){12}b", "(a?){30}a{30}b", ".*.*.*.*.*b"]
)
def test_no_pattern_of_a_service_keeps_everybody_waiting(pattern: str) -> None:
    # Python would take longer for these than anybody lives.
    with pytest.raises(InvalidValue, match="pattern"):
        parse(Port(name="word", pattern=pattern), "a" * 5_000)
