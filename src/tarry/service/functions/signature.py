"""What a function says of itself: its inputs and outputs, by type hints and docstring."""

import dataclasses
import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, get_args, get_origin, get_type_hints

from tarry.contract.kinds import Kind
from tarry.service.errors import ProgramFileInvalid
from tarry.service.functions.docstrings import Docstring, read_docstring
from tarry.service.functions.hints import Hint, read_hint
from tarry.service.functions.run import Run

Function = Callable[..., Any]

_YIELDING = (typing.get_origin(typing.Iterator[str]), typing.get_origin(typing.Iterable[str]))
_GENERATOR = typing.get_origin(typing.Generator[str, None, None])
RESULT = "result"
"""How an output is called that is the only one and has no name."""


@dataclass(frozen=True, kw_only=True)
class Input:
    """A parameter of the function."""

    hint: Hint
    description: str
    default: object = None
    has_default: bool = False


@dataclass(frozen=True, kw_only=True)
class Signature:
    """What goes into a function and what comes out of it.

    Attributes:
        run: name of the parameter that takes the `Run`, if one does.
        record: what it returns has its outputs as attributes, else it is the one output.
        asynchronous: it is an `async def`.
        yields: it yields its page.
        returns: it returns its outputs; else its page reports them.
        docstring: of the function.
    """

    inputs: Mapping[str, Input]
    outputs: Mapping[str, Input]
    run: str = ""
    record: bool = False
    asynchronous: bool = False
    yields: bool = False
    returns: bool = True
    docstring: Docstring = field(default_factory=Docstring)


def describe(function: Function, kind: Kind, *, outputs: object = None) -> Signature:
    """Read what a function takes and gives.

    Args:
        function: as its author wrote it.
        kind: of the operation that it becomes.
        outputs: of an application: what its page answers, if the function does not return it.

    Raises:
        ProgramFileInvalid: it names function and parameter, and what would be right.
    """
    hints = _hints(function)
    said = read_docstring(function.__doc__)
    inputs: dict[str, Input] = {}
    run = ""
    for parameter in inspect.signature(function).parameters.values():
        hint = hints.get(parameter.name)
        if hint is Run:
            run = parameter.name
        else:
            inputs[parameter.name] = _input(function, parameter, hint, said)
    is_async = inspect.iscoroutinefunction(function)
    _check_async(function, kind, inputs, run, is_async=is_async)
    returned = hints.get("return", inspect.Signature.empty)
    yields, returns = False, True
    if kind is Kind.APPLICATION:
        returned, yields, returns = _application(function, returned, outputs)
    found, record = _outputs(function, returned, said)
    if is_async and any(output.hint.is_path for output in found.values()):
        fail(function, None, "files come from a plain 'def', which runs in a process of its own")
    return Signature(
        inputs=inputs,
        outputs=found,
        run=run,
        record=record,
        asynchronous=is_async,
        yields=yields,
        returns=returns,
        docstring=said,
    )


def fail(function: Function, parameter: str | None, reason: str) -> NoReturn:
    """Raise an error that names file, line, function and parameter.

    Raises:
        ProgramFileInvalid: always.
    """
    code = getattr(inspect.unwrap(function), "__code__", None)
    where = f"{code.co_filename}:{code.co_firstlineno}: " if code is not None else ""
    name = getattr(function, "__name__", str(function))
    raise ProgramFileInvalid(where=f"{where}{name}({parameter or ''})", reason=reason)


def _hints(function: Function) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except NameError as error:
        fail(
            function,
            None,
            f"a type hint names {error.name!r}, which is not known where the function is defined",
        )
    except (TypeError, SyntaxError) as error:
        fail(function, None, f"a type hint cannot be read: {error}")


def _input(
    function: Function, parameter: inspect.Parameter, hint: object, said: Docstring
) -> Input:
    name = parameter.name
    if parameter.kind not in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}:
        fail(function, name, "each input needs a name: no *, ** or positional-only parameters")
    if hint is None:
        fail(function, name, "needs a type hint, such as 'str' or 'Decimal'")
    try:
        read = read_hint(hint)
    except ValueError as error:
        fail(function, name, str(error))
    has_default = parameter.default is not parameter.empty
    if has_default and parameter.default is None and not read.optional:
        fail(function, name, "a default of None needs the hint '… | None'")
    return Input(
        hint=read,
        description=said.names.get(name, ""),
        default=parameter.default if has_default else None,
        has_default=has_default,
    )


def _check_async(
    function: Function, kind: Kind, inputs: Mapping[str, Input], run: str, *, is_async: bool
) -> None:
    if not is_async:
        if inspect.isasyncgenfunction(function):
            fail(function, None, "an async generator cannot be an operation")
        return
    if kind is not Kind.SYNCHRONOUS:
        fail(
            function,
            None,
            f"{kind.value} operations run in a process of their own: write 'def', not 'async def'",
        )
    if run:
        fail(function, run, "an 'async def' runs in the service itself and has no Run: write 'def'")
    for name, found in inputs.items():
        if found.hint.is_path or found.hint.type == "secret":
            fail(
                function,
                name,
                "files and secrets go to a plain 'def', which runs in a process of its own",
            )


def _application(
    function: Function, returned: object, outputs: object
) -> tuple[object, bool, bool]:
    """Tell the outputs, whether the function yields its page, and whether it returns outputs."""
    origin, arguments = get_origin(returned), get_args(returned)
    if returned is str:
        return outputs, False, False
    if origin in _YIELDING and arguments[:1] == (str,):
        return outputs, True, False
    if origin is _GENERATOR and arguments[:1] == (str,):
        given = arguments[2] if len(arguments) > 2 else None
        if given in {None, type(None)}:
            return outputs, True, False
        if outputs is not None:
            fail(function, None, "gives outputs by its return type: leave 'outputs' out")
        return given, True, True
    fail(
        function,
        None,
        "an application returns its page, '-> str', or yields it, '-> Iterator[str]' or "
        "'-> Generator[str, None, Outputs]'",
    )


def _outputs(
    function: Function, returned: object, said: Docstring
) -> tuple[dict[str, Input], bool]:
    if returned is inspect.Signature.empty:
        fail(function, None, "needs the type of what it returns; '-> None' for nothing")
    if returned in {None, type(None)}:
        return {}, False
    if isinstance(returned, type) and (_is_named_tuple(returned) or _is_dataclass(returned)):
        return dict(_fields(function, returned)), True
    if get_origin(returned) is tuple or returned is tuple:
        fail(function, None, "several outputs need names: return a NamedTuple or a dataclass")
    try:
        hint = read_hint(returned)
    except ValueError as error:
        fail(function, None, f"what it returns: {error}")
    return {RESULT: Input(hint=hint, description=said.returns)}, False


def _fields(function: Function, record: type) -> Iterator[tuple[str, Input]]:
    said = read_docstring(record.__doc__)
    try:
        hints = get_type_hints(record, include_extras=True)
    except NameError as error:
        fail(
            function, None, f"{record.__name__}: a type hint names {error.name!r}, not known there"
        )
    names = (
        [field.name for field in dataclasses.fields(record)]
        if dataclasses.is_dataclass(record)
        else record._fields  # type: ignore[attr-defined]
    )
    for name in names:
        try:
            yield name, Input(hint=read_hint(hints[name]), description=said.names.get(name, ""))
        except ValueError as error:
            fail(function, None, f"{record.__name__}.{name}: {error}")


def _is_named_tuple(found: type) -> bool:
    return issubclass(found, tuple) and hasattr(found, "_fields")


def _is_dataclass(found: type) -> bool:
    return dataclasses.is_dataclass(found)
