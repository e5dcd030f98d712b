"""Written by `tools/async_client.py` out of `tarry.client.runs`: change that."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from tarry.client.answers import Event, Run
from tarry.client.asynchronous.door import AsyncDoor as Door
from tarry.client.display import shown
from tarry.client.paths import LONGEST_PAGE, part, plain, run_filter, wishes
from tarry.client.runs import Changes, Values


class AsyncRunCalls:
    """One method for each thing that can be done with runs."""

    _door: Door

    if TYPE_CHECKING:

        def events(self, run: str) -> AsyncIterator[Event]:
            """Follow a run until it is over."""
            ...

    async def start_run(
        self,
        workflow: str,
        inputs: Values,
        *,
        version: int | str | None = None,
        tell: Sequence[str] = (),
        key: str | None = None,
    ) -> Run:
        """Start a run. If the answer is lost it is asked for again, and begins only once.

        Args:
            workflow: its name.
            inputs: values by name.
            version: try this version of it, published or not; `newest` for what was saved last. By
                default it is the one that is published.
            tell: who is told when the run has ended or waits for somebody: addresses of webhooks,
                and `mail` for our own mailbox.
            key: names this request; a caller that repeats it later, even from another process,
                gets the same run for 24 hours. By default each call is a request of its own.
        """
        asked: dict[str, Any] = {"workflow": workflow, "inputs": plain(inputs)}
        asked |= {"tell": wishes(tell)} | ({} if version is None else {"version": version})
        return Run.read(await self._door.once("POST", "/runs", json=asked, key=key))

    async def try_service(
        self, service: str, inputs: Values, *, tell: Sequence[str] = (), key: str | None = None
    ) -> Run:
        """Start a run that does nothing but use a service, to try it out.

        Args:
            service: its name or URI.
            inputs: values by name, of its own inputs.
            tell: as `start_run`.
            key: as `start_run`.
        """
        asked = {"service": service, "inputs": plain(inputs), "tell": wishes(tell)}
        return Run.read(await self._door.once("POST", "/runs", json=asked, key=key))

    async def resume(
        self,
        run: str,
        changes: Changes | None = None,
        *,
        tell: Sequence[str] = (),
        key: str | None = None,
    ) -> Run:
        """Start a run that goes on where one that failed or was aborted has ended.

        Args:
            run: that one.
            changes: inputs that differ; secrets have to be given again.
            tell: as `start_run`.
            key: as `start_run`.
        """
        asked = {"inputs": plain(changes or {}), "tell": wishes(tell)}
        path = f"/runs/{part(run)}/resume"
        return Run.read(await self._door.once("POST", path, json=asked, key=key))

    async def rerun(
        self,
        run: str,
        changes: Changes | None = None,
        *,
        tell: Sequence[str] = (),
        key: str | None = None,
    ) -> Run:
        """Start a run that does all of another one again; arguments are those of `resume`."""
        asked = {"inputs": plain(changes or {}), "tell": wishes(tell)}
        path = f"/runs/{part(run)}/rerun"
        return Run.read(await self._door.once("POST", path, json=asked, key=key))

    async def runs(self, state: str | None = None, *, limit: int = 50, **wanted: Any) -> list[Run]:
        """List runs, newest first.

        Args:
            state: only those in this state.
            limit: at most so many; they are asked for in pages.
            wanted: only those: `workflow`, `owner` (`me` for our own), `since` and `until` (ISO
                8601 with a time zone), `text`, `asking=True` (a person has to answer).
        """
        found: list[Run] = []
        after = ""
        while len(found) < limit:
            params = run_filter(state, wanted, after, min(limit - len(found), LONGEST_PAGE))
            page = await self._door.json("GET", "/runs", params=params)
            found += [Run.read(item) for item in page["items"]]
            after = str(page.get("next") or "")
            if not after:
                break
        return found

    async def all_runs(self, state: str | None = None, **wanted: Any) -> AsyncIterator[Run]:
        """Give all runs, newest first, however many there are; arguments as those of `runs`."""
        after = ""
        while True:
            params = run_filter(state, wanted, after, LONGEST_PAGE)
            page = await self._door.json("GET", "/runs", params=params)
            for item in page["items"]:
                yield Run.read(item)
            after = str(page.get("next") or "")
            if not after:
                return

    async def run(self, run: str) -> Run:
        """Show one run with its steps."""
        return Run.read(await self._door.json("GET", f"/runs/{part(run)}"))

    async def wait(self, run: str, *, progress: bool = False) -> Run:
        """Wait until a run is over, however long that takes, and give it with its outputs.

        Args:
            run: which one.
            progress: show how far its steps are, in a terminal or a notebook.
        """
        with shown(progress) as display:
            async for event in self.events(run):
                display.tell(event)
        return await self.run(run)

    async def abort(self, run: str) -> None:
        """Ask for a run to be stopped; watch its state to see when it is."""
        (await self._door.once("POST", f"/runs/{part(run)}/abort"))

    async def decide(self, run: str, step: int, decision: str) -> None:
        """Decide about a step whose outcome is unknown: `again` or `give-up`."""
        path = f"/runs/{part(run)}/steps/{step}/decision"
        (await self._door.once("POST", path, json={"decision": decision}))

    async def tell(self, run: str, step: int, message: str) -> str:
        """Send a message to the program of a running step, and give what its service says to it.

        It is sent once: when it is refused nothing has arrived; when nobody knows whether it has,
        the error's code is `message-lost`, and the run keeps the message without an answer.
        """
        path = f"/runs/{part(run)}/steps/{step}/messages"
        answer = await self._door.once("POST", path, json={"message": message})
        return str(answer["answer"])

    async def page(self, run: str, step: int) -> bytes:
        """Give the newest status page of a step. It was written by a service: do not trust it."""
        return await self._door.content("GET", f"/runs/{part(run)}/steps/{step}/page")
