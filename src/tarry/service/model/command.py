"""From a command with placeholders and checked values to the arguments of a program.

There is no shell. A placeholder fills one argument or a part of one, so a value can never become
two arguments; the rules below see to it that it can neither become an option, an executable, an
environment variable nor a path outside the run's folder.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tarry.contract.errors import InvalidValue
from tarry.contract.ports import NUMBERS, STORED, Port, PortType, items, parse

HERE, WORK, PYTHON = "here", "work", "python"
MESSAGES, INPUTS = "messages", "inputs"
RESERVED = frozenset({HERE, WORK, PYTHON, MESSAGES, INPUTS})
"""Placeholders that the service fills in; no input may have their names."""

MAX_ARGUMENT = 128 * 1024 - 1
"""Bytes that Linux takes in one argument (MAX_ARG_STRLEN less the closing zero byte)."""
MAX_ARGUMENTS = 1024 * 1024
"""Bytes of all arguments: half of what Linux takes of them and the environment together."""
_COST_OF_ONE = 9

_PIECES = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}|[{}]|[^{}]+")
# Blanks within a line only: each line begins anew, and empty ones must not be read again and again.
_ELSEWHERE = re.compile(r"(?:^|[=:,;@])[^\S\n]*[/~\\]", re.MULTILINE)
_UPWARDS = re.compile(r"(?:^|[/\\=:,;@])\.\.(?:$|[/\\])", re.MULTILINE)
_FREE_TEXT = frozenset({PortType.STRING, PortType.TEXT})
_LOCAL = STORED | {PortType.SECRET}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name in braces, to be filled in."""

    name: str


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: texts and placeholders in their order."""

    pieces: tuple[str | Placeholder, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The placeholders in it."""
        return tuple(piece.name for piece in self.pieces if isinstance(piece, Placeholder))

    @property
    def literal(self) -> str | None:
        """The argument itself if nothing in it is to be filled in."""
        return None if self.names else "".join(str(piece) for piece in self.pieces)


def read_argument(text: str) -> Argument:
    """Read an argument of a program file; `{{` and `}}` are braces.

    Raises:
        ValueError: a brace without its partner, or a placeholder without a name.
    """
    pieces: list[str | Placeholder] = []
    for found in _PIECES.finditer(text):
        match found.group(0):
            case "{{" | "}}" as doubled:
                pieces.append(doubled[0])
            case "{" | "}" as alone:
                raise ValueError(f"a single '{alone}': write '{alone * 2}' for a brace itself")
            case other if found.group("name") is None:
                pieces.append(other)
            case _:
                name = found.group("name").strip()
                if not name:
                    raise ValueError("{} names no input")
                pieces.append(Placeholder(name))
    return Argument(tuple(pieces))


def problems(command: Sequence[Argument], inputs: Sequence[Port]) -> str | None:
    """Say what is wrong with a command, or `None`; held against it when the file is read."""
    if not command:
        return "needs at least the program to run"
    for name in command[0].names:
        if name not in {HERE, PYTHON}:
            return f"the program itself may use {{here}} and {{python}} only, not {{{name}}}"
    ports = {port.name: port for port in inputs}
    known = RESERVED | ports.keys()
    for argument in command:
        for name in argument.names:
            if name not in known:
                return f"{{{name}}} is no input; there are: {', '.join(sorted(known))}"
            if name in ports and ports[name].many and len(argument.pieces) > 1:
                return (
                    f"{{{name}}} is a list: it must be an argument of its own, "
                    "and becomes one for each item"
                )
        if problem := _open_option(argument, ports):
            return problem
    return None


def _open_option(argument: Argument, ports: Mapping[str, Port]) -> str | None:
    """Say what is wrong with an option whose very name would be a caller's text."""
    match argument.pieces:
        case ("-" | "--" as dashes, Placeholder(name), *_) if name in ports:
            port = ports[name]
            if port.type in _FREE_TEXT and not port.pattern:
                return (
                    f"{dashes}{{{name}}} lets callers choose the option: give {name} the type "
                    "'choice', or a pattern"
                )
    return None


def fill(
    command: Sequence[Argument],
    ports: Sequence[Port],
    values: Mapping[str, str],
    places: Mapping[str, str],
) -> tuple[str, ...]:
    """Give the arguments of the program; an absent optional value is an empty text.

    A list becomes one argument for each of its items, and none if it is absent.

    Args:
        command: as the program file has it.
        ports: the operation's inputs.
        values: checked values in lexical form; for files, folders and secrets local paths, made by
            the service.
        places: what stands for the reserved placeholders.

    Raises:
        InvalidValue: a value would become something else than a value.
    """
    by_name = {port.name: port for port in ports}
    filled: list[str] = []
    options_are_over = False
    size = 0
    for argument in command:
        for texts in _texts(argument, by_name, values, places):
            whole = "".join(texts)
            _hold_back(argument, texts, by_name, options_are_over=options_are_over)
            length = len(whole.encode())
            size += length + _COST_OF_ONE
            if length > MAX_ARGUMENT or size > MAX_ARGUMENTS:
                raise InvalidValue(
                    port=", ".join(argument.names),
                    got="the value",
                    rule="is too long for a program",
                )
            filled.append(whole)
        options_are_over = options_are_over or argument.literal == "--"
    return tuple(filled)


def _texts(
    argument: Argument,
    ports: Mapping[str, Port],
    values: Mapping[str, str],
    places: Mapping[str, str],
) -> Iterator[list[str]]:
    """Give the texts that the pieces of an argument become, for each argument that it becomes."""
    match argument.pieces:
        case (Placeholder(name),) if name in ports and ports[name].many:
            if (text := values.get(name)) is not None:
                for item in items(ports[name], text):
                    yield [_value(ports[name], item)]
            return
        case _:
            pass
    texts: list[str] = []
    for piece in argument.pieces:
        if isinstance(piece, str):
            texts.append(piece)
        elif piece.name in RESERVED:
            texts.append(places[piece.name])
        else:
            texts.append(_value(ports[piece.name], values.get(piece.name)))
    yield texts


def fill_environment(
    environment: Mapping[str, Argument], places: Mapping[str, str]
) -> dict[str, str]:
    """Give the variables that the program file adds; no value of a caller can be among them."""
    return {
        name: "".join(
            piece if isinstance(piece, str) else places[piece.name] for piece in argument.pieces
        )
        for name, argument in environment.items()
    }


def _value(port: Port, text: str | None) -> str:
    if text is None:
        return ""
    if "\0" in text:
        raise InvalidValue(port=port.name, got=_shown(text), rule="holds a zero byte")
    if port.type in _LOCAL:
        return text
    if port.type in _FREE_TEXT and not port.pattern:
        if _ELSEWHERE.search(text):
            raise InvalidValue(port=port.name, got=_shown(text), rule="must not be a path")
        if _UPWARDS.search(text):
            raise InvalidValue(port=port.name, got=_shown(text), rule="must not hold '..'")
    return canonical(port, text)


def canonical(port: Port, text: str) -> str:
    """Write a value in the one way that programs can rely on: no blanks, no `+`, no other digits.

    Raises:
        InvalidValue: the text is no value of the port.
    """
    match port.type:
        case PortType.INTEGER | PortType.DECIMAL:
            return str(parse(port, text))
        case PortType.BOOLEAN:
            return "true" if parse(port, text) else "false"
        case PortType.DATE_TIME:
            return text.strip()
        case (
            PortType.STRING
            | PortType.TEXT
            | PortType.CHOICE
            | PortType.FILE
            | PortType.FOLDER
            | PortType.SECRET
        ):
            return text


def _hold_back(
    argument: Argument, texts: list[str], ports: Mapping[str, Port], *, options_are_over: bool
) -> None:
    """Refuse an argument that begins with a caller's value and looks like an option.

    An argument that begins with what the author wrote is what the author meant. So is a choice,
    whose values the author wrote, and a negative number where the port allows one.
    """
    whole = "".join(texts)
    for piece, text in zip(argument.pieces, texts, strict=True):
        if isinstance(piece, str) or piece.name in RESERVED:
            if text:
                return
            continue
        port = ports[piece.name]
        if not text:
            continue
        if port.type is PortType.CHOICE:
            return
        negative = port.type in NUMBERS and port.minimum is not None and port.minimum < 0
        if whole.startswith("-") and not negative and not options_are_over:
            raise InvalidValue(
                port=port.name, got=_shown(text), rule="must not begin with '-' as an option does"
            )
        if whole.startswith("@") and not port.pattern:
            raise InvalidValue(
                port=port.name, got=_shown(text), rule="must not begin with '@' as a file list does"
            )
        return


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")
