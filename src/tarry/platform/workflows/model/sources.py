"""Where values come from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wire:
    """A value that comes from the end that defines this id."""

    id: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that stands in the document, in its lexical form."""

    text: str


Source = Wire | Constant
"""Where an input gets its value from."""
