"""The platform is killed with -9 at every single write of its journal, and comes back."""

from collections.abc import Callable
from typing import get_args

import pytest
from tests.fakes.crashes import Moment
from tests.fakes.estate import Estate, until

SECONDS = 0.3
FEWEST_WRITES = 6
"""A run of two steps cannot do with fewer: begun, and for each step accepted and over; settled."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("moment", get_args(Moment))
def test_killed_at_any_write_of_its_journal_the_platform_loses_nothing_and_repeats_nothing(
    moment: Moment, estates: Callable[[str], Estate]
) -> None:
    estate = estates("only")
    died, at = True, 0
    while died:
        at += 1
        tag = f"at{at}-"
        estate.doom(at, moment)
        run = estate.start_run(tag, SECONDS)
        died = dies(estate, run)
        if died:
            estate.start_platform()
        # Whoever got no answer looks first whether the run is there.
        run = run or estate.find_run(tag) or estate.sure_run(tag, SECONDS)
        seen = estate.end_of(run)
        assert (seen.state, seen.outputs) == ("succeeded", {"last": f"{tag}xx"}), f"write {at}"
        assert [step.attempt for step in seen.steps] == [1, 1]
    starts = estate.ledger().starts
    assert set(starts.values()) == {1}, f"a program was started twice: {starts}"
    assert len(starts) == 2 * at
    assert at > FEWEST_WRITES


def dies(estate: Estate, run: str | None) -> bool:
    """Wait for the platform's death, or for the end of all that it had to do."""
    doomed = estate.platform
    assert doomed is not None
    until(lambda: not doomed.alive or estate.is_settled(run), "a death, or the end of all")
    if estate.pardon():
        return False
    doomed.wait()
    return True
