"""Names in a workflow document."""

import re

from lxml import etree

from tarry.platform.workflows.model import name_of
from tarry.soap.xml import local_name

NAMESPACE = "urn:tarry:workflow:1"
"""What this project adds to the old format stands in this namespace and nowhere else."""
PREFIX = "t"


def ours(local: str) -> str:
    """Give a name in our namespace, as lxml writes it."""
    return f"{{{NAMESPACE}}}{local}"


# Elements and attributes of the old format
WORKFLOW = "workflow"
SERVICES = "services"
SEQUENCE = "sequence"
SERVICE = "service"
INPUT = "input"
OUTPUT = "output"
IF, CONDITION, THEN, ELSE = "if", "condition", "then", "else"
REPEAT_UNTIL = "repeat-until"
URI = "URI"
ID = "ID"
THEN_OUT, ELSE_OUT, ITE_OUT = "Then_Out", "Else_Out", "ITE_Out"
"""Ports of `EndIf`."""

# Elements of ours
PARALLEL = ours("parallel")
TYPED_CONDITION = ours("condition")
MERGED, FROM_THEN, FROM_ELSE = ours("merged"), ours("then"), ours("else")
WHILE = ours("while")
CARRIED, FIRST, NEXT = ours("carried"), ours("first"), ours("next")
FOR_EACH, OVER, ITEM = ours("for-each"), ours("over"), ours("item")
GATHERED, EACH = ours("gathered"), ours("each")
ON_FAILURE, DEFAULT = ours("on-failure"), ours("output")

# Attributes of ours
VALUE = ours("value")
NAME, NOTE = ours("name"), ours("note")
TITLE, DESCRIPTION = ours("title"), ours("description")
X, Y = ours("x"), ours("y")
MOST, WIDTH = ours("most"), ours("width")
TIME_OUT, RETRIES, RETRY_PAUSE = ours("time-out"), ours("retries"), ours("retry-pause")
REPEATABLE = ours("repeatable")
IS_WORKFLOW = ours("workflow")

NODES = frozenset({SERVICE, SEQUENCE, IF, REPEAT_UNTIL, PARALLEL, WHILE, FOR_EACH})
"""What may stand in a sequence."""

CONSTRUCTS = frozenset(
    {"if", "then", "else", "repeat-until", "repeat", "while", "until", "parallel"}
    | {"for-each", "foreach", "for", "switch", "choice"}
)
"""Elements that steer what runs, whoever wrote them; lower case."""

_WORKFLOW_URI = re.compile(r"[a-z][a-z0-9+.-]*://[^/#]*/workflow/", re.IGNORECASE)


def local(element: etree._Element) -> str:
    """Give an element's local name."""
    return local_name(str(element.tag))


def namespace(element: etree._Element) -> str:
    """Give an element's namespace; empty for none."""
    space, brace, _ = str(element.tag).partition("}")
    return space[1:] if brace else ""


def is_end_if(uri: str) -> bool:
    """Tell whether a service URI stands for the field's `EndIf`."""
    return name_of(uri) == "EndIf_Service"


def is_workflow(uri: str) -> bool:
    """Tell whether a service URI looks like that of a workflow."""
    return _WORKFLOW_URI.match(uri) is not None


def construct_of(uri: str) -> str | None:
    """Name the construct that a service URI stands for, if it is not a service at all."""
    if is_end_if(uri):
        return "EndIf"
    if is_workflow(uri):
        return f"the nested workflow {uri}"
    return None
