"""The start form: what was typed, held against the ports, with each error beside its field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tarry.contract.errors import InvalidValue, MissingValue, TarryError
from tarry.contract.lists import entries, write_entries, write_list
from tarry.contract.ports import NUMBERS, Port, PortType, check, items
from tarry.contract.words import rule_words

ABSENT = ""
"""What a browser sends for a field that was left empty."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of the form.

    Attributes:
        text: what stands in it now; of a list, one item on each line.
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
    def entries(self) -> list[str]:
        """The items of a list that stand in it now."""
        return entries(self.text)

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
    def advanced(self) -> tuple[Field, ...]:
        """The fields that most people leave alone."""
        return tuple(field for field in self.fields if field.port.advanced)

    @property
    def errors(self) -> tuple[Field, ...]:
        """The fields that cannot be taken."""
        return tuple(field for field in self.fields if field.error)


def empty_form(ports: Iterable[Port], earlier: Mapping[str, str] | None = None) -> Form:
    """Give the form as it is first shown: with the defaults, or with values of an earlier run."""
    known = earlier or {}
    fields = tuple(
        Field(port=port, text=_shown(port, known.get(port.name, port.default or "")))
        for port in ports
    )
    return Form(fields=fields, values={})


def read_form(ports: Iterable[Port], typed: Mapping[str, str]) -> Form:
    """Read what a browser sent, field by field.

    A checkbox that is not ticked sends nothing: that is `false`. Browsers end lines with CR LF:
    a text keeps only LF. A secret is not sent back to the page, whatever is wrong elsewhere.
    """
    fields: list[Field] = []
    values: dict[str, str] = {}
    for port in ports:
        text = typed.get(port.name, ABSENT)
        if port.type is PortType.BOOLEAN and not port.many:
            text = "true" if text else "false"
        text = _typed(port, text)
        given = {} if text == "" and not _may_be_empty(port) else {port.name: text}
        error = ""
        try:
            values.update(check([port], given))
        except TarryError as refused:
            error = _in_words(refused)
        fields.append(Field(port=port, text=_shown(port, text), error=error))
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
    return not port.many and port.type in {PortType.STRING, PortType.TEXT} and bool(port.default)


def _in_words(error: TarryError) -> str:
    match error:
        case MissingValue():
            return "A value is needed here."
        case InvalidValue():
            return f"{error.facts['got']} {error.facts['rule']}."
        case _:
            return str(error)


def _hint(port: Port) -> str:
    rules = rule_words(replace(port, default=None))
    if port.type is PortType.DATE_TIME and not port.many:
        return "Date and time"
    if port.type is PortType.SECRET:
        return "Never shown, and forgotten when the run is over"
    if not port.many or port.type in {PortType.FILE, PortType.CHOICE}:
        return rules
    how = "a line --- between two" if port.type is PortType.TEXT else "one on each line"
    return f"{rules}; {how}"


def _shown(port: Port, text: str) -> str:
    """Give a value as it stands in its field: a list as lines, a secret not at all."""
    if port.type is PortType.SECRET:
        return ""
    if not port.many or not text:
        return text
    try:
        return write_entries(items(port, text), blocks=port.type is PortType.TEXT)
    except TarryError:
        return text


def _typed(port: Port, text: str) -> str:
    """Give the lexical form of what stands in a field."""
    text = text.replace("\r\n", "\n")
    if port.many:
        found = entries(text, blocks=port.type is PortType.TEXT)
        return write_list(found) if found else ABSENT
    return text.strip() if port.type in NUMBERS else text
