"""All keys of a program file: what may stand in which table, in which form, and what it means.

The JSON Schema that editors complete from is made of this; a test holds it to what is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tarry.contract.kinds import COMPANIONS, FILLED_IN, STATUS, Kind
from tarry.contract.ports import PortType
from tarry.service.model.command import RESERVED

Form = Mapping[str, object]
"""A piece of JSON Schema (draft 7), as most editors know it."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table.

    Attributes:
        form: of its value.
        meaning: a line for people.
    """

    name: str
    form: Form
    meaning: str
    required: bool = False


def text(**rules: object) -> Form:
    """Give the form of a text in quotes."""
    return {"type": "string", **rules}


def texts(**rules: object) -> Form:
    """Give the form of a list of texts."""
    return {"type": "array", "items": {"type": "string", **rules}}


def table(name: str) -> Form:
    """Give the form of a table that is described by its own keys."""
    return {"$ref": f"#/definitions/{name}"}


def tables(name: str, *kept: str) -> Form:
    """Give the form of a table of tables with names of the author's choice, but the kept ones."""
    return {
        "type": "object",
        "propertyNames": {"pattern": NAME, "not": {"enum": sorted(kept)}},
        "additionalProperties": table(name),
    }


NAME = "^[A-Za-z_][A-Za-z0-9_]{0,99}$"
TRUTH: Form = {"type": "boolean"}
NUMBER: Form = {"type": "number"}
VALUE: Form = {"type": ["string", "number", "boolean"]}
VALUES: Form = {"type": ["string", "number", "boolean", "array"], "items": VALUE}
DURATION = text(pattern=r"^\s*\d{1,9}(\.\d{1,3})?\s*(s|min|h|d)\s*$", examples=["90 s", "30 d"])
SIZE = text(pattern=r"^\s*\d{1,12}(\.\d{1,3})?\s*([kKMGT]i?)?B\s*$", examples=["500 MB", "2 GiB"])
EXPRESSION = text(minLength=1)
PATH = text(minLength=1, pattern=r"^(?![/~])(?!.*(^|/)\.{0,2}(/|$)).*$")
PATHS: Form = {"anyOf": [PATH, {"type": "array", "items": PATH, "maxItems": 8}]}

_ABOUT = (
    Key("title", text(), "A name for people."),
    Key("description", text(), "What it does, for people."),
)
_PORT = (
    Key("type", text(enum=[kind.value for kind in PortType], default="string"), "What it is."),
    Key("many", TRUTH, "A list of such values."),
    *_ABOUT,
    Key("required", {**TRUTH, "default": True}, "false: it may be left out."),
    Key("minimum", NUMBER, "Smallest number, included."),
    Key("maximum", NUMBER, "Largest number, included."),
    Key("unit", text(examples=["mm", "N/mm^2"]), "Unit of a number; it must be a known one."),
    Key("choices", {**texts(), "minItems": 1}, "What a choice may be."),
    Key("pattern", EXPRESSION, "Regular expression that the whole value must match."),
    Key("accept", texts(pattern=r"^\.[A-Za-z0-9._-]+$"), "Endings of file names, with the dot."),
)

TABLES: Mapping[str, tuple[Key, ...]] = {
    "service": (
        Key("name", text(pattern=NAME), "Name of the service in its WSDL.", required=True),
        Key("path", text(examples=["waiter/Waiter"]), "Where it is found below the context root."),
        Key("namespace", text(), "The WSDL's namespace, a URI."),
        *_ABOUT,
        Key("keep_for", DURATION, "How long the folder of a run that is over is kept."),
        Key(
            "operations",
            {**tables("operation", *COMPANIONS), "minProperties": 1},
            "What can be asked of the program.",
            required=True,
        ),
    ),
    "operation": (
        Key("kind", text(enum=[kind.value for kind in Kind]), "How it is called."),
        Key(
            "command",
            {"type": ["array", "string"], "items": text(), "minItems": 1},
            "The program and its arguments, with {placeholders}; a text only if shell is true.",
        ),
        Key("shell", TRUTH, "The command is a line of shell; inputs come in its environment."),
        Key(
            "environment",
            {
                "type": "object",
                "propertyNames": {"pattern": "^(?!TARRY_)[A-Za-z_][A-Za-z0-9_]*$"},
                "additionalProperties": text(),
            },
            "Variables for the program.",
        ),
        Key(
            "inputs",
            tables("input", *FILLED_IN, STATUS, *RESERVED),
            "What goes in, in the order of the WSDL.",
        ),
        Key("outputs", tables("output", *FILLED_IN, STATUS), "What comes out."),
        Key("progress", table("progress"), "Where the progress of a run is read."),
        Key(
            "page",
            table("page"),
            "What the status page shows, or a page of your own; of an application, its page.",
        ),
        Key("repeatable", TRUTH, "Running it twice does no harm."),
        Key("time_limit", DURATION, "How long a call may take; not for asynchronous operations."),
        Key("grace", DURATION, "How long an aborted program may take to end by itself."),
        Key("limits", table("limits"), "How much a run may take."),
        Key(
            "after_restart",
            {"anyOf": [text(enum=["fail", "again"]), {**texts(), "minItems": 1}]},
            "What becomes of a run whose machine went down: fail, again, or a command.",
        ),
        Key("box", {"anyOf": [TRUTH, table("box")]}, "Whether the program is kept in a box."),
        *_ABOUT,
    ),
    "input": (
        *_PORT,
        Key("default", VALUES, "What the program gets if nothing is given."),
        Key("step", {**NUMBER, "exclusiveMinimum": 0}, "Numbers are multiples of it."),
        Key("advanced", TRUTH, "Most callers leave it alone; forms show it apart."),
    ),
    "output": (
        *_PORT,
        Key("from", table("from"), "Where the value comes from."),
        Key("unset", VALUES, "What it says until the run is over."),
    ),
    "from": (
        Key("text", PATH, "The content of a file; of a list, its lines."),
        Key("file", PATH, "A file, brought to the storage; of a list, all that fit a pattern."),
        Key("folder", PATH, "A folder with all files in it, brought to the storage."),
        Key("log", EXPRESSION, "Regular expression: the first group of its last match in the log."),
        Key("json", table("json"), "A value in a JSON file."),
        Key("exit_code", {"const": True}, "The exit code, which then is a result."),
    ),
    "json": (
        Key("file", PATH, "The file.", required=True),
        Key("field", text(), "Dots lead into objects and lists.", required=True),
    ),
    "progress": (
        Key("file", PATH, "A file with a whole number from 0 to 100."),
        Key("log", EXPRESSION, "Groups: percent, step and total, or time and end_time."),
        Key(
            "lines",
            {"const": True},
            "The program writes lines of JSON to the descriptor that TARRY_PROGRESS_FD names.",
        ),
    ),
    "page": (
        Key("picture", PATHS, "Pictures in the working folder: one, or a list."),
        Key("pictures", PATH, "A JSON file in which the program lists pictures with titles."),
        Key("plot", table("plot"), "Numbers in the log, drawn over each other."),
        Key(
            "log_lines",
            {"type": "integer", "minimum": 0, "maximum": 200},
            "How many of the log's last lines are shown.",
        ),
        Key("template", PATH, "A page of your own: a template, a file beside this one."),
        Key("html", PATH, "A page of your own: a file that the program writes."),
    ),
    "plot": (
        Key("log", EXPRESSION, "Named groups are lines; x is the abscissa.", required=True),
        Key("title", text(), "What stands above it."),
    ),
    "limits": (
        Key("wall_time", DURATION, "From the program's beginning to its end."),
        Key("memory", SIZE, "Of all processes of a run together."),
        Key("output_size", SIZE, "Of the working folder, the log and the reports together."),
        Key(
            "runs_at_once",
            {"type": "integer", "minimum": 1, "maximum": 100_000},
            "How many programs may run at an instant; others wait in a queue.",
        ),
        Key("free_disk", SIZE, "What must be free before a program starts."),
    ),
    "box": (
        Key("network", TRUTH, "Whether the program may use the network."),
        Key("read", texts(), "Further files and folders that it may read."),
    ),
}
"""The keys of each table."""
