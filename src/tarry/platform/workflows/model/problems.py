"""What is wrong with a document, or worth knowing about it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, order=True)
class Problem:
    """One thing that somebody has to mend, or should know.

    Attributes:
        place: `s1` (a step), `s1/size` (its port), `inputs/size` or `outputs/mesh` (of the
            workflow); empty: the document as a whole.
        code: says what sort of problem it is, and never changes.
        message: one sentence for people; it repeats the names but not the place.
    """

    place: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message
