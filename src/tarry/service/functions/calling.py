"""Calling a function with values from the wire, and writing what it returns."""

from collections.abc import Mapping
from typing import Any

from tarry.service.functions.kit import Declared, Failure
from tarry.service.functions.run import Run
from tarry.service.functions.signature import RESULT


def arguments_of(
    declared: Declared, values: Mapping[str, str], run: Run | None = None
) -> dict[str, object]:
    """Make the arguments of a function.

    Args:
        declared: the function.
        values: the inputs in lexical form, by name; files as local paths.
        run: for a function that asks for one.
    """
    found: dict[str, object] = {}
    for name, port in declared.signature.inputs.items():
        if name in values:
            found[name] = port.hint.read(values[name])
        elif not port.has_default:
            found[name] = None
    if declared.signature.run:
        found[declared.signature.run] = run
    return found


def result_of(declared: Declared, arguments: Mapping[str, object]) -> Any:
    """Call a function of either sort."""
    if declared.signature.asynchronous:
        import asyncio  # noqa: PLC0415 - takes its time, and few need it

        return asyncio.run(declared.function(**arguments))
    return declared.function(**arguments)


def lexical_outputs(declared: Declared, returned: object) -> dict[str, object]:
    """Write what a function returned; an output that is `None` is absent.

    Raises:
        Failure: it is not what the function promised.
    """
    found: dict[str, object] = {}
    if not declared.signature.returns:
        return found
    for name, port in declared.signature.outputs.items():
        value = getattr(returned, name) if declared.signature.record else returned
        if value is None and port.hint.optional:
            continue
        try:
            found[name] = port.hint.write(value)
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            what = RESULT if name == RESULT else f"the output {name}"
            raise Failure(
                f"{declared.name} promised {port.hint.type} as {what}, and gave {value!r}: {error}"
            ) from error
    return found
