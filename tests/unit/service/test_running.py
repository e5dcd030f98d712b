"""How a program is run, as program files say it: limits, box, shell, and after a restart."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.jobs.model import Usage
from tarry.service.errors import ProgramFileInvalid
from tarry.service.model import program_file
from tarry.service.model.box import Box
from tarry.service.model.command import Argument
from tarry.service.model.limits import Again, Fail, Limits, Resume, size_words
from tarry.service.model.program import Operation
from tarry.service.model.run import RunName
from tarry.service.operations.turns import Ticket, Turns

LINE = ("Service", "run")


def operation(rest: str, *, command: str = 'command = ["solve"]') -> Operation:
    """Read an operation."""
    text = f'name = "Service"\n[operations.run]\n{command}\n{rest}'
    return program_file.read(text).operations[0]


def refused(rest: str, *, command: str = 'command = ["solve"]') -> str:
    """Say why an operation cannot be used."""
    with pytest.raises(ProgramFileInvalid) as raised:
        operation(rest, command=command)
    return str(raised.value)


def test_limits_are_read_with_their_units() -> None:
    limits = """
    wall_time = "2 h"
    memory = "1.5 GiB"
    output_size = "500 MB"
    runs_at_once = 3
    free_disk = "0 B"
    """
    assert operation(f"[operations.run.limits]{limits}").limits == Limits(
        wall_time=timedelta(hours=2),
        memory=1_610_612_736,
        output_size=500_000_000,
        runs_at_once=3,
        free_disk=0,
    )


def test_what_is_not_said_is_not_limited_but_some_disk_must_be_free() -> None:
    found = operation("")
    assert found.limits == Limits()
    assert not found.limits.bound
    assert found.limits.free_disk == 64 * 1024 * 1024
    assert (found.box, found.shell, found.after_restart) == (None, False, Fail())


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("limits = { memory = '4' }", "limits.memory: must be a size such as"),
        ("limits = { memory = 4000000 }", "limits.memory: must be a text"),
        ("limits = { memory = '4 mb' }", "limits.memory: must be a size such as"),
        ("limits = { memory = '1 kB' }", "limits.memory: is too little"),
        ("limits = { runs_at_once = 0 }", "limits.runs_at_once: must be a whole number from 1"),
        ("limits = { wall_time = 10 }", "limits.wall_time: must be a time span"),
        ("limits = { wall_time = '0 s' }", "limits.wall_time: must be more than nothing"),
        ("limits = { walltime = '1 s' }", "limits.walltime: is not known here: did you mean"),
        ("kind = 'synchronous'\nlimits = { wall_time = '1 s' }", "a call has time_limit"),
        ("after_restart = 'maybe'", 'must be "fail", "again" or a command'),
        ("after_restart = ['solve', '{deck}']", "{deck} is no input"),
        ("kind = 'synchronous'\nafter_restart = 'again'", "is for asynchronous operations only"),
        ("box = 'yes'", "box: must be true, false, or a table"),
        ("box = { networks = true }", "box.networks: is not known here: did you mean network"),
        ("box = { read = ['data'] }", "box.read: must hold absolute paths"),
        ("box = { read = ['/x/../etc'] }", "box.read: must not hold '..'"),
        ("box = { read = ['{work}/x'] }", "box.read: must hold absolute paths"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_key(rest: str, message: str) -> None:
    assert message in refused(rest)


def test_after_a_restart_it_fails_begins_again_or_resumes() -> None:
    assert operation("after_restart = 'fail'").after_restart == Fail()
    assert operation("after_restart = 'again'").after_restart == Again()
    resumes = operation("after_restart = ['solve', '--resume']").after_restart
    assert resumes == Resume((Argument(("solve",)), Argument(("--resume",))))


def test_a_box_is_closed_unless_the_author_opens_it() -> None:
    assert operation("box = false").box is None
    assert operation("box = true").box == Box()
    assert operation("box = { network = true, read = ['/data', '{here}/x'] }").box == Box(
        network=True, read=("/data", "{here}/x")
    )


def test_a_line_of_shell_is_taken_only_where_it_is_asked_for() -> None:
    line = "command = 'a {b} | c'"
    found = operation("shell = true", command=line)
    assert found.shell
    assert [argument.literal for argument in found.command] == ["/bin/sh", "-c", "a {b} | c"]
    assert "a line of shell needs shell = true" in refused("", command=line)
    assert "must be a text, as shell = true" in refused("shell = true")


def test_the_first_limit_that_is_passed_is_named_and_what_was_written_is_looked_at_last() -> None:
    def never() -> int:
        raise AssertionError("nobody had to look")

    limits = Limits(wall_time=timedelta(seconds=10), memory=1000, output_size=50)
    late = Usage(elapsed=timedelta(seconds=11), memory=2000)
    fat = Usage(elapsed=timedelta(seconds=9), memory=1001)
    fine = Usage(elapsed=timedelta(seconds=10), memory=1000)
    codes = [
        found.code if (found := limits.exceeded(usage, size)) else ""
        for usage, size in [(late, never), (fat, never), (fine, lambda: 51), (fine, lambda: 50)]
    ]
    assert codes == ["time-limit", "memory-limit", "output-limit", ""]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1500, "1.5 kB"),
        (999_999, "1 MB"),
        (20 * 10**9, "20 GB"),
        (999 * 10**12, "999 TB"),
        (10**16, "10000 TB"),
    ],
)
def test_sizes_are_said_as_people_read_them(size: int, words: str) -> None:
    assert size_words(size) == words


def joined(turns: Turns, number: int, places: dict[int, int] | None = None) -> Ticket:
    """Join the line under one's number."""

    def moved(place: int) -> None:
        if places is not None:
            places[number] = place

    return turns.join(LINE, RunName(str(number)), number=number, moved=moved)


def test_places_are_told_and_move_up() -> None:
    turns, places = Turns(), dict[int, int]()
    turns.set_limit(LINE, 1)
    tickets = [joined(turns, number, places) for number in range(4)]
    assert places == {1: 1, 2: 2, 3: 3}
    turns.leave(LINE, RunName("2"))
    assert places == {1: 1, 2: 2, 3: 2}
    turns.leave(LINE, RunName("0"))
    assert [ticket.called.is_set() for ticket in tickets] == [True, True, False, False]
    assert places[3] == 1


def test_nobody_is_called_before_it_is_known_who_runs_already() -> None:
    turns = Turns()
    turns.set_limit(LINE, 1)
    turns.close()
    waiting = joined(turns, 2)
    turns.occupy(LINE, RunName("1"))
    turns.open()
    assert not waiting.called.is_set()
    turns.leave(LINE, RunName("1"))
    assert waiting.called.is_set()


@given(
    limit=st.integers(1, 4),
    acts=st.lists(st.tuples(st.booleans(), st.integers(0, 11)), max_size=80),
)
def test_never_more_than_allowed_have_their_turn_and_none_before_a_lower_number(
    limit: int, acts: list[tuple[bool, int]]
) -> None:
    turns = Turns()
    turns.set_limit(LINE, limit)
    tickets: dict[int, Ticket] = {}
    for joins, number in acts:
        if joins and number not in tickets:
            tickets[number] = joined(turns, number)
        elif not joins and number in tickets:
            turns.leave(LINE, RunName(str(number)))
            del tickets[number]
        inside = {number for number, ticket in tickets.items() if ticket.called.is_set()}
        assert len(inside) == min(limit, len(tickets))


def test_operations_do_not_wait_for_each_other() -> None:
    turns = Turns()
    turns.set_limit(LINE, 1)
    joined(turns, 1)
    other = turns.join(("Service", "other"), RunName("2"), number=2, moved=lambda _: None)
    assert other.called.is_set()
