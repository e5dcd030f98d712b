"""The two ends of every wire of a document, and where each has a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tarry.contract.ports import Port
from tarry.platform.workflows.model import Source
from tarry.platform.workflows.model.conditions import Operand


class Shape(StrEnum):
    """How a value that is passed on differs from where it comes from."""

    SAME = "same"
    ITEM = "item"  # one of a list
    LIST = "list"  # a list of such


@dataclass(frozen=True, kw_only=True)
class Passed:
    """What is behind an id that a construct defines: it passes on what others define.

    Attributes:
        sources: any of them may be behind it.
        shape: of the id's value, seen from the sources.
    """

    sources: tuple[Source, ...]
    shape: Shape = Shape.SAME


@dataclass(frozen=True, kw_only=True)
class Definition:
    """An end that a value comes from.

    Attributes:
        key: of the node that defines it; empty for an input of the workflow.
        port: none for a workflow input, whose rules follow from its uses, for what is passed on,
            and for what is unknown.
        given: name of the workflow input that it is; empty for anything else.
        passed: set if a construct passes it on.
        inside: it is known inside of its node only.
    """

    id: str
    place: str
    key: str = ""
    port: Port | None = None
    given: str = ""
    passed: Passed | None = None
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an id in a place.

    Attributes:
        unsure: why it may have no value here; empty: it has one.
    """

    unsure: str = ""


@dataclass(frozen=True, kw_only=True)
class Use:
    """An end that a value goes to.

    Attributes:
        key: of the node that uses it.
        port: the port that it goes to; none if it is unknown, or if it is passed on.
        needed: it has to have a value here.
        into: the id under which it is passed on, and how; empty: it is not.
        known: what is known of the id in this place; none: it is not seen here.
        like: set if a condition asks for it: what it is held against there.
    """

    id: str
    place: str
    key: str
    port: Port | None = None
    needed: bool = False
    into: str = ""
    shape: Shape = Shape.SAME
    known: Known | None = None
    like: Operand | None = None


@dataclass(frozen=True, kw_only=True)
class Ends:
    """All ends of a document, by id, in the order of the document.

    Attributes:
        statuses: ids that were given to a `status_base64`, with their places.
        final: what is known at the end of the document.
    """

    definitions: Mapping[str, Sequence[Definition]] = field(default_factory=dict)
    uses: Mapping[str, Sequence[Use]] = field(default_factory=dict)
    in_order: Sequence[Use] = ()
    statuses: Mapping[str, str] = field(default_factory=dict)
    final: Mapping[str, Known] = field(default_factory=dict)

    def source(self, end: str) -> Definition | None:
        """Give what defines an id; the first, if that is not clear."""
        found = self.definitions.get(end)
        return found[0] if found else None
