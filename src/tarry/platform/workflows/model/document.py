"""The workflow document as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tarry.platform.workflows.model.nodes import Sequence, Step
from tarry.platform.workflows.model.walking import steps_of


@dataclass(frozen=True, kw_only=True)
class DocumentInput:
    """An input of the workflow; it defines an id. Its type follows from what is wired to it."""

    name: str
    id: str


@dataclass(frozen=True, kw_only=True)
class DocumentOutput:
    """An output of the workflow; it repeats the id of what it shows. An empty id is unwired."""

    name: str
    id: str


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """A piece of a document that means nothing to us; it is kept where it stood, and reported.

    Attributes:
        place: as in `Problem`; `services` is the element of that name.
        name: the name of the element or, with a leading `@`, of the attribute.
        text: the element as XML, or the attribute's value.
    """

    place: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an editor shows something: a point of its canvas, in units of the editor's own."""

    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Document:
    """A workflow: what goes in, what is done, what comes out.

    Attributes:
        uri: names the workflow; its fragment is the name that people use.
        inputs: what somebody gives at the start.
        filled: workflow inputs that nobody gives (`sessionToken`, `extraParameters`, `serviceID`):
            the manager knows them. Their ids may be wired to ports of other names.
        unknown: what was not understood, in the order of the document.
        canvas: where an editor shows things, by place (as in `Problem`). It means nothing to a run.
    """

    uri: str
    inputs: tuple[DocumentInput, ...] = ()
    outputs: tuple[DocumentOutput, ...] = ()
    body: Sequence = field(default_factory=Sequence)
    filled: tuple[DocumentInput, ...] = ()
    title: str = ""
    description: str = ""
    unknown: tuple[Unknown, ...] = ()
    canvas: Mapping[str, Spot] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name that people use, unique in a project."""
        return name_of(self.uri)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in the order of the document."""
        return tuple(steps_of(self.body))


def name_of(uri: str) -> str:
    """Give the name in a URI: its fragment; if it has none, the last piece of its path."""
    _, hash_sign, fragment = uri.rpartition("#")
    if hash_sign:
        return fragment
    return uri.rstrip("/").rpartition("/")[2].removesuffix(".owl")
