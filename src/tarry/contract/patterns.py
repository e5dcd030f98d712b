r"""Patterns of ports, matched in a time that grows with the text and no faster.

A pattern comes from whoever described a service, and Python's `re` may take years for one like
`(a+)+b`; meanwhile nothing else would run. So what a regular expression of the plain kind says is
walked through as an automaton: all ways at once, one sign after the other. Source: Thompson,
*Regular expression search algorithm*, 1968.

What is beyond that kind (back references, looking around, flags) has no such automaton. One thing
of it is known: `(?=(?:A)(?![\s\S]))B`, which says that a text is A and B.
"""

import re
import re._constants as names  # type: ignore[import-not-found]
import re._parser as grammar  # type: ignore[import-not-found]
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

_MOST_STATES = 5_000
_MOST_STEPS_KEPT = 20_000

_Sign = Callable[[str], bool]
_Nodes = Sequence[tuple[Any, Any]]
_CATEGORIES: dict[Any, _Sign] = {
    names.CATEGORY_DIGIT: str.isdecimal,
    names.CATEGORY_NOT_DIGIT: lambda sign: not sign.isdecimal(),
    names.CATEGORY_SPACE: str.isspace,
    names.CATEGORY_NOT_SPACE: lambda sign: not sign.isspace(),
    names.CATEGORY_WORD: lambda sign: sign.isalnum() or sign == "_",
    names.CATEGORY_NOT_WORD: lambda sign: not (sign.isalnum() or sign == "_"),
}
_BEGINNINGS = [(names.AT, names.AT_BEGINNING), (names.AT, names.AT_BEGINNING_STRING)]
_ENDS = [(names.AT, names.AT_END), (names.AT, names.AT_END_STRING)]
_NOTHING_FOLLOWS = repr(grammar.parse(r"(?![\s\S])"))


class _BeyondUs(Exception):
    """The pattern is not of the plain kind."""


def is_plain(pattern: str) -> bool:
    """Tell whether a pattern can be matched in a time that grows with the text and no faster."""
    return _automata(pattern) is not None


def matches(pattern: str, text: str) -> bool:
    """Tell whether a whole text matches a pattern, as `re.fullmatch` would."""
    found = _automata(pattern)
    if found is None:
        return re.fullmatch(pattern, text) is not None
    return all(one.accepts(text) for one in found)


@lru_cache(maxsize=512)
def _automata(pattern: str) -> "tuple[_Automaton, ...] | None":
    try:
        parsed = grammar.parse(pattern)
        if parsed.state.flags & ~re.UNICODE:
            return None
        return tuple(_Automaton(nodes) for nodes in _conditions(_inner(list(parsed))))
    except (_BeyondUs, re.error, RecursionError, OverflowError):
        return None


def _inner(nodes: _Nodes) -> _Nodes:
    """Leave out `^` in front and `$` behind: a whole text is matched anyhow."""
    begin, end = 0, len(nodes)
    while begin < end and nodes[begin] in _BEGINNINGS:
        begin += 1
    while begin < end and nodes[end - 1] in _ENDS:
        end -= 1
    return nodes[begin:end]


def _conditions(nodes: _Nodes) -> list[_Nodes]:
    """Give all that a whole text has to match."""
    if nodes and nodes[0][0] is names.ASSERT and nodes[0][1][0] == 1:
        inner = list(nodes[0][1][1])
        if repr(inner[-1:]) == _NOTHING_FOLLOWS:
            return [*_conditions(inner[:-1]), *_conditions(nodes[1:])]
    return [nodes]


class _Automaton:
    """States are numbers: each takes a sign and goes on, or goes on to others without one."""

    def __init__(self, nodes: _Nodes) -> None:
        self._signs: list[_Sign | None] = [None]
        self._next: list[tuple[int, ...]] = [()]  # state 0 is the end
        self._begin = self._sequence(nodes, 0)
        self._steps: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def accepts(self, text: str) -> bool:
        """Walk through a text."""
        at = self._reached([self._begin])
        for sign in text:
            at = self._step(at, sign)
            if not at:
                return False
        return 0 in at

    def _step(self, at: frozenset[int], sign: str) -> frozenset[int]:
        known = self._steps.get((at, sign))
        if known is not None:
            return known
        ahead = [
            then
            for state in at
            if (takes := self._signs[state]) and takes(sign)
            for then in self._next[state]
        ]
        found = self._reached(ahead)
        if len(self._steps) < _MOST_STEPS_KEPT:
            self._steps[at, sign] = found
        return found

    def _reached(self, states: Iterable[int]) -> frozenset[int]:
        """Give the states that take a sign, and the end, that can be reached without any sign."""
        seen: set[int] = set()
        ahead = list(states)
        while ahead:
            state = ahead.pop()
            if state not in seen:
                seen.add(state)
                if self._signs[state] is None:
                    ahead += self._next[state]
        return frozenset(state for state in seen if self._signs[state] or state == 0)

    def _state(self, sign: _Sign | None, *then: int) -> int:
        if len(self._signs) >= _MOST_STATES:
            raise _BeyondUs
        self._signs.append(sign)
        self._next.append(then)
        return len(self._signs) - 1

    def _sequence(self, nodes: _Nodes, end: int) -> int:
        """Build what a sequence begins with, from its end to its beginning."""
        for node in reversed(nodes):
            end = self._node(*node, end)
        return end

    def _node(self, kind: Any, what: Any, end: int) -> int:
        if kind is names.SUBPATTERN:
            _, flags, no_flags, inner = what
            if flags or no_flags:
                raise _BeyondUs
            return self._sequence(list(inner), end)
        if kind is names.BRANCH:
            return self._state(None, *(self._sequence(list(way), end) for way in what[1]))
        if kind in {names.MAX_REPEAT, names.MIN_REPEAT}:
            least, most, inner = what
            return self._repeat(least, most, list(inner), end)
        return self._state(_sign(kind, what), end)

    def _repeat(self, least: int, most: Any, nodes: _Nodes, end: int) -> int:
        if most is names.MAXREPEAT:
            again = self._state(None)
            self._next[again] = (self._sequence(nodes, again), end)
            end = again
        else:
            if most > _MOST_STATES:
                raise _BeyondUs
            after = end
            for _ in range(most - least):
                end = self._state(None, self._sequence(nodes, end), after)
        if least > _MOST_STATES:
            raise _BeyondUs
        for _ in range(least):
            end = self._sequence(nodes, end)
        return end


def _sign(kind: Any, what: Any) -> _Sign:
    """Give what tells whether a sign fits a part of a pattern that stands for one."""
    if kind is names.LITERAL:
        return chr(what).__eq__
    if kind is names.NOT_LITERAL:
        return chr(what).__ne__
    if kind is names.ANY:
        return "\n".__ne__
    if kind is names.CATEGORY and what in _CATEGORIES:
        return _CATEGORIES[what]
    if kind is names.RANGE:
        low, high = what
        return lambda sign: low <= ord(sign) <= high
    if kind is names.IN:
        negated = what[0][0] is names.NEGATE
        parts = [_sign(*part) for part in (what[1:] if negated else what)]
        return lambda sign: any(part(sign) for part in parts) is not negated
    raise _BeyondUs
