"""The start form: what was typed, held against the ports, with each error beside its field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tarry.contract.errors import InvalidValue, MissingValue, TarryError
from tarry.contract.ports import NUMBERS, Port, PortType, check

ABSENT = ""
"""What a browser sends for a field that was left empty."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of the form.

    Attributes:
        text: what stands in it now.
        error: why that cannot be taken; empty if it can.
    """

    port: Port
    text: str
    error: str = ""

    @property
    def id(self) -> str:
        """The id of the field's control in the page."""
        return f"input-{self.port.name}"

    @property
    def label(self) -> str:
        """What the field is called."""
        return self.port.title or self.port.name

    @property
    def hint(self) -> str:
        """The rule of the port, in words."""
        return _hint(self.port)


@dataclass(frozen=True, kw_only=True)
class Form:
    """All fields, and the values if every field can be taken."""

    fields: tuple[Field, ...]
    values: Mapping[str, str]

    @property
    def errors(self) -> tuple[Field, ...]:
        """The fields that cannot be taken."""
        return tuple(field for field in self.fields if field.error)


def empty_form(ports: Iterable[Port], earlier: Mapping[str, str] | None = None) -> Form:
    """Give the form as it is first shown: with the defaults, or with values of an earlier run."""
    known = earlier or {}
    fields = tuple(
        Field(port=port, text=known.get(port.name, port.default or "")) for port in ports
    )
    return Form(fields=fields, values={})


def read_form(ports: Iterable[Port], typed: Mapping[str, str]) -> Form:
    """Read what a browser sent, field by field.

    A checkbox that is not ticked sends nothing: that is `false`. Browsers end lines with CR LF:
    a text keeps only LF.
    """
    fields: list[Field] = []
    values: dict[str, str] = {}
    for port in ports:
        text = typed.get(port.name, ABSENT)
        if port.type is PortType.BOOLEAN:
            text = "true" if text else "false"
        text = text.replace("\r\n", "\n")
        if port.type in NUMBERS:
            text = text.strip()
        given = {} if text == "" and not _may_be_empty(port) else {port.name: text}
        try:
            values.update(check([port], given))
        except TarryError as error:
            fields.append(Field(port=port, text=text, error=_in_words(error)))
        else:
            fields.append(Field(port=port, text=text))
    return Form(fields=tuple(fields), values=values)


def with_error(form: Form, port: str, message: str) -> Form:
    """Put an error that was found later, by somebody else, beside its field."""
    fields = tuple(
        Field(port=field.port, text=field.text, error=message) if field.port.name == port else field
        for field in form.fields
    )
    return Form(fields=fields, values=form.values)


def _may_be_empty(port: Port) -> bool:
    # An empty text is a value; but a field that was empty from the start was left out.
    return port.type in {PortType.STRING, PortType.TEXT} and bool(port.default)


def _in_words(error: TarryError) -> str:
    match error:
        case MissingValue():
            return "A value is needed here."
        case InvalidValue():
            return f"{error.facts['got']} {error.facts['rule']}."
        case _:
            return str(error)


def _hint(port: Port) -> str:
    unit = f"\u202f{port.unit}" if port.unit else ""
    match port.minimum, port.maximum:
        case None, None:
            words = ""
        case low, None:
            words = f"{low}{unit} or more"
        case None, high:
            words = f"{high}{unit} or less"
        case low, high:
            words = f"{low} to {high}{unit}"
    if port.type is PortType.FILE and port.accept:
        words = f"Files: {', '.join(port.accept)}"
    if port.type is PortType.DATE_TIME:
        words = "Date and time"
    return words
