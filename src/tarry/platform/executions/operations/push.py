"""What a service says without being asked: look now."""

from tarry.platform.executions.errors import BadCapability
from tarry.platform.executions.interfaces import ExecutionStore
from tarry.platform.executions.model.letters import Letter, Pushed
from tarry.platform.executions.operations.room import Room
from tarry.platform.kernel.model import StepRunId, execution_of


async def push(room: Room, capability: str) -> None:
    """Have the manager look at a step run now. It carries no result and can do no harm twice.

    Raises:
        BadCapability: we did not give it.
    """
    step = room.capabilities.pushed_step_run(capability)
    if step is None:
        raise BadCapability
    if room.bell.look_now(step):
        # The manager of this process has heard it. Should it die before it looks, then its
        # recovery looks at everything that runs, so there is nothing to keep.
        return

    def work(store: ExecutionStore) -> None:
        store.post(Letter(execution_of(step), Pushed(StepRunId(step))))

    await room.store.write(work)
    room.bell.ring_manager()
