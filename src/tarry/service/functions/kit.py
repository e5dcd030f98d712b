"""`Service`: what an author writes above functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar, overload

from tarry.contract.kinds import Kind
from tarry.service.functions.signature import Function, Signature, describe, fail

Written = TypeVar("Written", bound=Function)


class Failure(Exception):
    """Ends a run, or a synchronous call, with a message that its caller reads.

    The message of any other error stays between the service and its log.
    """


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A function as an operation.

    Attributes:
        settings: further keys of the operation in a program file.
    """

    name: str
    kind: Kind
    function: Function
    signature: Signature
    settings: Mapping[str, object] = field(default_factory=dict)


class Service:
    """A service whose operations are Python functions.

        service = Service("Heat")

        @service.asynchronous
        def solve(size: Annotated[Decimal, port(unit="mm", minimum=1)], run: Run) -> Heat:
            '''Solve the heat equation.'''

    `tarry serve heat.py` serves it. The functions stay functions: call them in tests.

    Args:
        name: of the service in its WSDL: letters, digits and `_`.
        path: where it is found below the context root; else its name.
        title: for people.
        description: for people; else the docstring of the module.
        namespace: of the WSDL.
        keep_for: how long the folder of a run that is over is kept.
    """

    def __init__(
        self,
        name: str,
        *,
        path: str | None = None,
        title: str | None = None,
        description: str | None = None,
        namespace: str | None = None,
        keep_for: timedelta | str | None = None,
    ) -> None:
        self.name = name
        given = {
            "path": path,
            "title": title,
            "description": description,
            "namespace": namespace,
            "keep_for": keep_for,
        }
        self.settings = {key: value for key, value in given.items() if value is not None}
        self.operations: dict[str, Declared] = {}

    @overload
    def asynchronous(self, function: Written, /) -> Written: ...
    @overload
    def asynchronous(
        self, /, *, name: str | None = None, **settings: object
    ) -> Callable[[Written], Written]: ...
    def asynchronous(
        self, function: Function | None = None, /, *, name: str | None = None, **settings: object
    ) -> object:
        """Make a function an operation that is started, then polled.

        It runs in a process of its own, which outlives the service.

        Args:
            function: takes the inputs, and the `Run` if it asks for one; gives the outputs.
            name: of the operation, if not the function's.
            **settings: further keys of an operation in a program file, such as `repeatable=True`,
                `grace="30 s"` or `page={"log_lines": 40}`.
        """
        return self._declare(Kind.ASYNCHRONOUS, function, name, settings)

    @overload
    def synchronous(self, function: Written, /) -> Written: ...
    @overload
    def synchronous(
        self, /, *, name: str | None = None, **settings: object
    ) -> Callable[[Written], Written]: ...
    def synchronous(
        self, function: Function | None = None, /, *, name: str | None = None, **settings: object
    ) -> object:
        """Make a function an operation whose caller waits for the outputs.

        An `async def` runs in the service itself, beside all other calls: it must not compute or
        block. A plain `def` runs in a process of its own.

        Args:
            function: takes the inputs and gives the outputs.
            name: of the operation, if not the function's.
            **settings: further keys of an operation in a program file, such as `time_limit="5 s"`.
        """
        return self._declare(Kind.SYNCHRONOUS, function, name, settings)

    @overload
    def application(self, function: Written, /) -> Written: ...
    @overload
    def application(
        self, /, *, name: str | None = None, outputs: object = None, **settings: object
    ) -> Callable[[Written], Written]: ...
    def application(
        self,
        function: Function | None = None,
        /,
        *,
        name: str | None = None,
        outputs: object = None,
        **settings: object,
    ) -> object:
        """Make a function an operation that shows its user a page.

        The function returns the page, whose script then reports the outputs to the workflow
        manager by `serviceExecutionFinished`; or it yields the page, goes on, and returns the
        outputs, which the service then reports.

        Args:
            function: takes the inputs, and gives or yields HTML.
            name: of the operation, if not the function's.
            outputs: what the page reports: a type, a NamedTuple or a dataclass.
            **settings: further keys of an operation in a program file.
        """
        return self._declare(Kind.APPLICATION, function, name, settings, outputs=outputs)

    def _declare(
        self,
        kind: Kind,
        function: Function | None,
        name: str | None,
        settings: Mapping[str, object],
        *,
        outputs: object = None,
    ) -> object:
        def declare(written: Written) -> Written:
            called = name or written.__name__
            if called in self.operations:
                fail(written, None, f"the service {self.name} has an operation {called} already")
            self.operations[called] = Declared(
                name=called,
                kind=kind,
                function=written,
                signature=describe(written, kind, outputs=outputs),
                settings=settings,
            )
            return written

        return declare if function is None else declare(function)
