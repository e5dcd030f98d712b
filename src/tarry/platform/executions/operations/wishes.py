"""Holding against what can be done who wants to be told about a run."""

from collections.abc import Sequence

from tarry.platform.executions.errors import CannotTell
from tarry.platform.executions.interfaces import Wish
from tarry.platform.executions.model.telling import Channel
from tarry.platform.executions.operations.room import Room
from tarry.platform.kernel.model import Caller

MOST_WISHES = 10
LONGEST_ADDRESS = 2000


async def refuse_wishes(room: Room, caller: Caller, wishes: Sequence[Wish]) -> None:
    """Refuse wishes that cannot be fulfilled, before anything is begun.

    Mail goes to whoever asks, and to nobody else: the platform is no way to write to strangers.

    Raises:
        CannotTell: it names the wish, counted from 0, and says why.
    """
    for number, wish in enumerate(wishes):
        if reason := await _why_not(room, caller, wish, number):
            raise CannotTell(number=number, channel=wish.channel, reason=reason)


async def _why_not(room: Room, caller: Caller, wish: Wish, number: int) -> str:
    if number >= MOST_WISHES:
        return f"no more than {MOST_WISHES} can be told of one run"
    if len(wish.address) > LONGEST_ADDRESS:
        return f"the address is longer than {LONGEST_ADDRESS} characters"
    if wish.channel is Channel.MAIL:
        if not caller.email:
            return f"{caller.user_name} has no e-mail address: set one first"
        if wish.address != caller.email:
            return "mail goes to your own address only"
    return await room.reach.why_not(wish.channel, wish.address)
