"""What a type hint cannot say of a value: its unit, its range, how forms name it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

Number = int | float | Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Facets:
    """The keys of a port in a program file that are given beside its type; see `port`."""

    title: str | None = None
    description: str | None = None
    type: str | None = None
    unit: str | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    step: Number | None = None
    pattern: str | None = None
    accept: Sequence[str] | None = None
    advanced: bool | None = None
    unset: object = None

    def given(self) -> dict[str, object]:
        """Give what was said."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        if isinstance(self.accept, str):
            found["accept"] = [self.accept]
        return {name: value for name, value in found.items() if value is not None}


def port(
    *,
    title: str | None = None,
    description: str | None = None,
    type: str | None = None,  # noqa: A002 - the word of the program file
    unit: str | None = None,
    minimum: Number | None = None,
    maximum: Number | None = None,
    step: Number | None = None,
    pattern: str | None = None,
    accept: Sequence[str] | None = None,
    advanced: bool | None = None,
    unset: object = None,
) -> Facets:
    """Say more of an input or output than its type does.

    It stands beside the type: `width: Annotated[Decimal, port(unit="mm", minimum=1)]`.
    The words are those of program files; see docs/reference/program-file.md.

    Args:
        title: its name in forms.
        description: what people read; else what the docstring says.
        type: another type of port than the hint has by itself: `"text"` for a `str` of many lines,
            `"folder"` for a `Path`.
        unit: of a number.
        minimum: smallest number, inclusive.
        maximum: largest number, inclusive.
        step: between the numbers that a form offers.
        pattern: regular expression that the whole value must match.
        accept: endings of file names, such as `".step"`.
        advanced: for those who know; forms hide it at first.
        unset: of an output, what it says before the run is over.
    """
    return Facets(
        title=title,
        description=description,
        type=type,
        unit=unit,
        minimum=minimum,
        maximum=maximum,
        step=step,
        pattern=pattern,
        accept=accept,
        advanced=advanced,
        unset=unset,
    )
