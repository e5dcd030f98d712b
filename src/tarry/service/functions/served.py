"""A module of functions as the service needs it: a program file, and what runs in its process."""

from collections.abc import Mapping
from pathlib import Path

from tarry.contract.kinds import Kind
from tarry.contract.lists import write_list
from tarry.service.errors import ProgramFailed
from tarry.service.functions.calling import arguments_of, lexical_outputs
from tarry.service.functions.kit import Declared, Failure
from tarry.service.functions.loading import load_service
from tarry.service.functions.translate import program_of
from tarry.service.model.program import ProgramFile


class CalledFunction:
    """An `async def` that answers calls in the process of the service."""

    def __init__(self, declared: Declared) -> None:
        self._declared = declared

    async def __call__(self, inputs: Mapping[str, str]) -> Mapping[str, str]:
        """Give the outputs; see `Function`."""
        declared = self._declared
        try:
            returned = await declared.function(**arguments_of(declared, inputs))
            outputs = lexical_outputs(declared, returned)
        except Failure as failure:
            raise ProgramFailed(reason=str(failure)) from failure
        return {
            name: write_list(value) if isinstance(value, list) else str(value)
            for name, value in outputs.items()
        }


def load_functions(file: Path) -> tuple[ProgramFile, dict[str, CalledFunction]]:
    """Load a module, and give its program file and the functions that run in this process.

    Raises:
        ProgramFileInvalid: it cannot be used; the message names file, function and parameter.
    """
    service, description = load_service(file)
    functions = {
        name: CalledFunction(declared)
        for name, declared in service.operations.items()
        if declared.kind is Kind.SYNCHRONOUS and declared.signature.asynchronous
    }
    return program_of(service, file, description=description), functions
