"""How often a log-in may be tried."""

from datetime import UTC, datetime, timedelta

from tarry.platform.accounts.model.attempts import MOST_NAMES, Attempts

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_after_so_many_failures_the_next_attempt_waits_until_the_first_is_old() -> None:
    attempts = Attempts(most=3, window=5 * MINUTE)
    for n in range(3):
        assert attempts.wait("anna", START + n * MINUTE) is None
        attempts.begin("anna", START + n * MINUTE)

    assert attempts.wait("anna", START + 3 * MINUTE) == 2 * MINUTE
    assert attempts.wait("anna", START + 5 * MINUTE) is None
    attempts.begin("anna", START + 5 * MINUTE)
    assert attempts.wait("anna", START + 5 * MINUTE) == MINUTE


def test_attempts_that_are_still_being_checked_count() -> None:
    attempts = Attempts(most=2)
    attempts.begin("anna", START)
    attempts.begin("anna", START)

    assert attempts.wait("anna", START) is not None


def test_a_success_forgets_the_failures() -> None:
    attempts = Attempts(most=2)
    attempts.begin("anna", START)
    attempts.begin("anna", START)
    attempts.succeeded("anna")

    assert attempts.wait("anna", START) is None


def test_one_user_does_not_hold_up_another() -> None:
    attempts = Attempts(most=1)
    attempts.begin("anna", START)

    assert attempts.wait("berta", START) is None


def test_a_flood_of_names_does_not_fill_the_memory() -> None:
    attempts = Attempts()
    for n in range(MOST_NAMES + 100):
        attempts.begin(f"nobody{n}", START)

    assert attempts.names == MOST_NAMES
