"""What a program in a box gets to see of the machine."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A program that is kept in: it sees and writes its own folder, and little else.

    Attributes:
        network: whether it may use the network.
        read: further files and folders that it may read; `{here}` is always one.
    """

    network: bool = False
    read: tuple[str, ...] = ()
