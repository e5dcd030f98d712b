"""What a workflow document says, whatever it was written in."""

from tarry.platform.workflows.model.document import (
    Document,
    DocumentInput,
    DocumentOutput,
    Unknown,
    name_of,
)
from tarry.platform.workflows.model.nodes import (
    Constant,
    Node,
    Sequence,
    Source,
    Step,
    Wire,
    steps_of,
)
from tarry.platform.workflows.model.numbering import numbered
from tarry.platform.workflows.model.problems import Problem

__all__ = [
    "Constant",
    "Document",
    "DocumentInput",
    "DocumentOutput",
    "Node",
    "Problem",
    "Sequence",
    "Source",
    "Step",
    "Unknown",
    "Wire",
    "name_of",
    "numbered",
    "steps_of",
]
