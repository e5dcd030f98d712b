"""The JSON Schema of program files, for editors: made of the table of keys.

It says what each key is and which go together. What only the whole file can tell (a placeholder
without its input, a default that breaks its own rule) is for the reader to say.
"""

from collections.abc import Mapping

from tarry.contract.kinds import Kind
from tarry.contract.ports import NUMBERS, PortType
from tarry.service.model.program_file.keys import TABLES, Form, Key
from tarry.service.model.program_file.outputs import SOURCES
from tarry.service.model.program_file.progress import SOURCES as PROGRESS_SOURCES

Schema = dict[str, object]


def json_schema() -> Schema:
    """Give the JSON Schema (draft 7) of program files."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Program file of Tarry",
        "description": "How a program becomes a web service.",
        **_table(TABLES["service"]),
        "definitions": {
            name: {**_table(keys), **_together(name)}
            for name, keys in TABLES.items()
            if name != "service"
        },
    }


def _table(keys: tuple[Key, ...]) -> Schema:
    found: Schema = {
        "type": "object",
        "properties": {key.name: {"description": key.meaning, **_beside(key)} for key in keys},
        "additionalProperties": False,
    }
    if required := [key.name for key in keys if key.required]:
        found["required"] = required
    return found


def _beside(key: Key) -> Form:
    """Give a form as draft 7 wants it: nothing counts beside a reference."""
    return {"allOf": [key.form]} if "$ref" in key.form else key.form


def _together(name: str) -> Schema:
    """Say which keys of a table go together."""
    match name:
        case "operation":
            return {"allOf": [*_OPERATION]}
        case "input":
            return {"allOf": [*_PORT, _if(_is("type", PortType.SECRET), _never("many", "default"))]}
        case "output":
            return {"allOf": [*_PORT, *_OUTPUT]}
        case "from":
            return {"oneOf": [{"required": [source]} for source in SOURCES]}
        case "progress":
            return {"oneOf": [{"required": [source]} for source in PROGRESS_SOURCES]}
        case "page":
            return {"not": {"required": ["template", "html"]}}
        case _:
            return {}


def _if(condition: Schema, then: Schema, otherwise: Schema | None = None) -> Schema:
    found: Schema = {"if": condition, "then": then}
    return found if otherwise is None else {**found, "else": otherwise}


def _is(key: str, *values: str) -> Schema:
    """The key is given and is one of these."""
    wanted: Schema = {"enum": [str(value) for value in values]}
    return {"properties": {key: wanted}, "required": [key]}


def _has(*keys: str) -> Schema:
    return {"required": list(keys)}


def _never(*keys: str) -> Schema:
    return {"properties": dict.fromkeys(keys, False)}


def _in_from(source: str) -> Schema:
    return {"properties": {"from": _has(source)}, "required": ["from"]}


_LISTS: Mapping[str, object] = {"type": "array"}
_PORT: tuple[Schema, ...] = (
    _if(_is("type", *sorted(NUMBERS)), {}, _never("minimum", "maximum", "step", "unit")),
    _if(_is("type", PortType.CHOICE), _has("choices"), _never("choices")),
    _if(_is("type", PortType.FILE), {}, _never("accept")),
    _if(
        {"properties": {"many": {"const": True}}, "required": ["many"]},
        {"properties": {"default": _LISTS, "unset": _LISTS}},
        {"properties": {"default": {"not": _LISTS}, "unset": {"not": _LISTS}}},
    ),
)
_OUTPUT: tuple[Schema, ...] = (
    {"not": _is("type", PortType.SECRET)},
    *(
        _if(_is("type", kind), _if(_has("from"), _in_from(kind)), {"not": _in_from(kind)})
        for kind in (PortType.FILE, PortType.FOLDER)
    ),
    _if(
        {"anyOf": [_in_from("exit_code"), _in_from("folder")]},
        {"properties": {"many": {"const": False}}},
    ),
)
_APPLICATION, _SYNCHRONOUS = _is("kind", Kind.APPLICATION), _is("kind", Kind.SYNCHRONOUS)
_OUTPUTS_FROM: Schema = {
    "properties": {"outputs": {"additionalProperties": _has("from")}},
}
_OPERATION: tuple[Schema, ...] = (
    _if(_APPLICATION, _has("page"), {"allOf": [_has("command"), _OUTPUTS_FROM]}),
    _if(
        _APPLICATION,
        {
            **_never("progress", "repeatable"),
            "allOf": [
                {
                    "properties": {
                        "page": {
                            **_never("picture", "pictures", "plot", "log_lines"),
                            "oneOf": [_has("template"), _has("html")],
                        }
                    }
                }
            ],
        },
    ),
    _if(_SYNCHRONOUS, _never("progress", "page", "after_restart")),
    _if(
        _SYNCHRONOUS,
        {"properties": {"limits": _never("wall_time")}},
        _if(_APPLICATION, {}, _never("time_limit")),
    ),
    _if(_has("command"), {}, _never("limits", "after_restart", "box", "shell")),
    _if(
        {"properties": {"shell": {"const": True}}, "required": ["shell"]},
        {"properties": {"command": {"type": "string"}}},
        {"properties": {"command": {"type": "array"}}},
    ),
)
