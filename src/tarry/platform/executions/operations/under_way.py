"""The requests that are being answered, so that one that arrives again meanwhile is noticed."""

from collections.abc import Iterator
from contextlib import contextmanager

from tarry.platform.executions.errors import RequestUnderWay

Name = tuple[str, str, str]


class UnderWay:
    """The requests that this process is answering just now."""

    def __init__(self) -> None:
        self._names: set[Name] = set()

    @contextmanager
    def only(self, name: Name, key: str) -> Iterator[None]:
        """Refuse a request while one of the same name is being answered.

        Raises:
            RequestUnderWay: there is one.
        """
        if name in self._names:
            raise RequestUnderWay(key=key)
        self._names.add(name)
        try:
            yield
        finally:
            self._names.remove(name)
