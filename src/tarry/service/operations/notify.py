"""Sending a message to the program of a run."""

import asyncio

from tarry.contract.errors import InvalidValue
from tarry.contract.kinds import MESSAGE
from tarry.service.errors import MessageTooLong, RunIsOver, TooManyMessages
from tarry.service.operations.take_up import shown_id
from tarry.service.operations.workshop import Run, Workshop, log

MAX_MESSAGE = 64 * 1024
"""Bytes of one message."""
MAX_MESSAGES = 4 * 1024 * 1024
"""Bytes of all messages of a run."""

RECEIVED = "OK"
"""What the sender is answered."""


async def notify(workshop: Workshop, run: Run, message: str) -> str:
    """Append a message as one line to the file in which the program of a run reads them.

    A line break in a message is refused and not escaped: the program reads what was sent, and
    nobody has to agree with anybody on how to write a backslash.

    Raises:
        InvalidValue: the message is more than one line.
        MessageTooLong: it is longer than messages may be.
        TooManyMessages: the run has got all that it may get.
        RunIsOver: nobody would read it.
    """
    if "\n" in message or "\r" in message:
        raise InvalidValue(port=MESSAGE, got="the message", rule="must be a single line")
    size = len(message.encode("utf-8", "replace"))
    if size > MAX_MESSAGE:
        raise MessageTooLong(size=size, limit=MAX_MESSAGE)
    if run.outcome is not None:
        raise RunIsOver(id=shown_id(run.request.service_id))
    async with workshop.lock(run.name):
        fits = await asyncio.to_thread(
            workshop.runs.add_message, run.name, message, limit=MAX_MESSAGES
        )
    if not fits:
        raise TooManyMessages(limit=MAX_MESSAGES)
    log.info("run.notified", run=run.name, size=size)
    return RECEIVED
