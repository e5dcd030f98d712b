"""Asking again for something of which the answer was lost. Pure."""

from collections.abc import Callable
from datetime import timedelta

from tarry.client.errors import NotThePlatform, PlatformError, Unreachable

KEY_HEADER = "Idempotency-Key"
IN_FLIGHT = "request-in-flight"
PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each further attempt; after the last one we give up."""
OF_PROXIES = frozenset({"502", "504"})
"""What a proxy says when the platform behind it has not answered."""

Refusal = PlatformError | Unreachable | NotThePlatform


class Insistence:
    """How often, and how long, one request was asked again."""

    def __init__(self) -> None:
        self._pauses = iter(PAUSES)
        self._lost: Refusal | None = None

    def pause_after(self, error: Refusal) -> float:
        """Give the seconds to the next attempt.

        Raises:
            PlatformError: the platform has refused; it would again.
            NotThePlatform: something else answered.
            Unreachable: the request never went out, so that the caller may see to that first; or
                there was no answer for long.
        """
        if isinstance(error, PlatformError) and error.code != IN_FLIGHT:
            raise error
        if isinstance(error, Unreachable):
            if not error.sent and self._lost is None:
                raise error
            self._lost = error
        if isinstance(error, NotThePlatform):
            if error.facts["status"] not in OF_PROXIES:
                raise error
            self._lost = error
        pause = next(self._pauses, None)
        if pause is None:
            raise self._lost or error
        return pause


class Following:
    """How long an event stream has been lost at a stretch, and when it is tried again."""

    def __init__(self, patience: timedelta, clock: Callable[[], float]) -> None:
        self._patience = patience.total_seconds()
        self._clock = clock
        self.heard()

    def heard(self) -> None:
        """Take note that it is there."""
        self._pause = 0.25
        self._lost_at: float | None = None

    def pause_after(self, lost: Unreachable) -> float:
        """Give the seconds to the next attempt.

        Raises:
            Unreachable: it has been away for too long.
        """
        now = self._clock()
        if self._lost_at is None:
            self._lost_at = now
        if now - self._lost_at > self._patience:
            raise lost
        pause, self._pause = self._pause, min(2 * self._pause, 5.0)
        return pause
