"""The age of results: what clocks say does not matter as long as the machine is up."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tarry.service.model.age import MOST_ACROSS_BOOTS, Passed, read_passed, write_passed

NOW = datetime(2026, 11, 24, tzinfo=UTC)
START = Passed(boot="one", since_boot=100.0, clock=NOW)


def test_while_the_machine_is_up_only_the_time_since_its_boot_counts() -> None:
    ahead = START.at(boot="one", since_boot=160.0, clock=NOW + timedelta(days=3_650))
    back = ahead.at(boot="one", since_boot=200.0, clock=NOW - timedelta(days=3_650))
    assert (ahead.total, back.total) == (60.0, 100.0)


def test_across_a_boot_the_clock_counts_up_to_a_day() -> None:
    hour = START.at(boot="two", since_boot=5.0, clock=NOW + timedelta(hours=1))
    years = START.at(boot="two", since_boot=5.0, clock=NOW + timedelta(days=3_650))
    back = START.at(boot="two", since_boot=5.0, clock=NOW - timedelta(days=3_650))
    assert hour.total == 3_600.0
    assert years.total == MOST_ACROSS_BOOTS.total_seconds()
    assert back.total == 0.0


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.floats(0, 1e9), st.timedeltas(timedelta(-9_999))),
        max_size=20,
    )
)
def test_time_never_goes_back_and_is_read_as_it_was_written(
    looks: list[tuple[str, float, timedelta]],
) -> None:
    passed = START
    for boot, since_boot, shift in looks:
        clock = NOW + min(shift, timedelta(days=9_999))
        later = passed.at(boot=boot, since_boot=since_boot, clock=clock)
        assert later.total >= passed.total
        assert read_passed(write_passed(later)) == later
        passed = later
