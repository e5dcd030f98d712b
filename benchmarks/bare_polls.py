"""What a manager cannot do without: the calls. Bare aiohttp makes them at the same pace.

python -m benchmarks.bare_polls TCP_PORT RUNS SECONDS: asks for each run's status every so many
seconds until it is terminated, and does nothing with the answers.
"""

import asyncio
import sys

import aiohttp
import uvloop

from benchmarks.soap_calls import envelope
from benchmarks.waiting_service import NAMESPACE, PATH, TAG

_HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""', "Tarry-Page": TAG}


class _Polls:
    """A timer for each run, and a task for each call."""

    def __init__(self, session: aiohttp.ClientSession, url: str, pause: float) -> None:
        self._session, self._url, self._pause = session, url, pause
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()

    def later(self, body: bytes, pause: float) -> None:
        """Ask so many seconds from now, and again and again."""
        self._loop.call_later(pause, self._ask, body)

    def _ask(self, body: bytes) -> None:
        task = self._loop.create_task(self._call(body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _call(self, body: bytes) -> None:
        async with self._session.post(self._url, data=body, headers=_HEADERS) as answer:
            await answer.read()
        self.later(body, self._pause)


async def ask(tcp_port: int, runs: int, pause: float) -> None:
    """Ask for ever."""
    async with aiohttp.ClientSession() as session:
        polls = _Polls(session, f"http://127.0.0.1:{tcp_port}{PATH}", pause)
        for number in range(runs):
            who = {"serviceID": f"{number:032x}_1", "sessionToken": "t" * 80}
            body = envelope(NAMESPACE, "getServiceStatus", who)
            polls.later(body, pause * number / runs)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as the platform has it
        runner.run(ask(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
