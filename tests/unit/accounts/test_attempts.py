"""How often a log-in may be tried."""

from datetime import UTC, datetime, timedelta

from tarry.platform.accounts.model.attempts import Attempts

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_after_so_many_failures_the_next_attempt_waits_until_the_first_is_old() -> None:
    attempts = Attempts(most=3, window=5 * MINUTE)
    made = [START, START + MINUTE, START + 2 * MINUTE]

    assert attempts.wait(made[:2], (), START + 2 * MINUTE) is None
    assert attempts.wait(made, (), START + 3 * MINUTE) == 2 * MINUTE
    assert attempts.wait(made, (), START + 5 * MINUTE) is None
    assert attempts.wait([*made, START + 5 * MINUTE], (), START + 5 * MINUTE) == MINUTE


def test_one_address_may_fail_more_often_than_one_name_but_not_for_ever() -> None:
    attempts = Attempts(most=2, most_from=3, window=5 * MINUTE)

    assert attempts.wait((), [START] * 2, START) is None
    assert attempts.wait((), [START] * 3, START + MINUTE) == 4 * MINUTE


def test_the_longer_of_two_waits_counts() -> None:
    attempts = Attempts(most=1, most_from=1, window=5 * MINUTE)

    assert attempts.wait([START], [START + MINUTE], START + MINUTE) == 5 * MINUTE


def test_a_clock_that_was_set_back_locks_nobody_out_for_long() -> None:
    attempts = Attempts(most=1, window=5 * MINUTE)
    ahead = START + timedelta(days=400)

    assert attempts.wait([ahead], (), START) is None
    assert attempts.wait([START + MINUTE], (), START) == 5 * MINUTE
