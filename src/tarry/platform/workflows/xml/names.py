"""Names in a workflow document."""

import re

from lxml import etree

from tarry.platform.workflows.model import name_of
from tarry.soap.xml import local_name

NAMESPACE = "urn:tarry:workflow:1"
"""What this project adds to the old format stands in this namespace and nowhere else."""
PREFIX = "t"

WORKFLOW = "workflow"
SERVICES = "services"
SEQUENCE = "sequence"
SERVICE = "service"
INPUT = "input"
OUTPUT = "output"
URI = "URI"
ID = "ID"

VALUE = f"{{{NAMESPACE}}}value"
NAME = f"{{{NAMESPACE}}}name"
TITLE = f"{{{NAMESPACE}}}title"
DESCRIPTION = f"{{{NAMESPACE}}}description"

CONSTRUCTS = frozenset(
    {"if", "else", "repeat-until", "repeat", "while", "until", "parallel", "for-each", "foreach"}
    | {"for", "switch", "choice"}
)
"""Elements that steer what runs; lower case."""

_WORKFLOW_URI = re.compile(r"[a-z][a-z0-9+.-]*://[^/#]*/workflow/", re.IGNORECASE)


def local(element: etree._Element) -> str:
    """Give an element's local name."""
    return local_name(str(element.tag))


def namespace(element: etree._Element) -> str:
    """Give an element's namespace; empty for none."""
    space, brace, _ = str(element.tag).partition("}")
    return space[1:] if brace else ""


def construct_of(uri: str) -> str | None:
    """Name the construct that a service URI stands for, if it is not a service at all."""
    if name_of(uri) == "EndIf_Service":
        return "EndIf"
    if _WORKFLOW_URI.match(uri):
        return f"the nested workflow {uri}"
    return None
