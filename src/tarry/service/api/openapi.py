"""The description of a REST door: an OpenAPI 3.1 document made of the program file."""

from collections.abc import Iterable

from tarry.contract.kinds import MESSAGE, RESPONSE, SERVICE_ID, Kind
from tarry.contract.ports import MAX_ITEMS, Port, PortType
from tarry.service.api.json_values import Json, natural
from tarry.service.api.rest import LONGEST_WAIT
from tarry.service.model.program import Operation, ProgramFile
from tarry.service.model.run import RunState

_TYPES: dict[PortType, dict[str, Json]] = {
    PortType.STRING: {"type": "string"},
    PortType.TEXT: {"type": "string"},
    PortType.INTEGER: {"type": "integer"},
    PortType.DECIMAL: {"type": "number"},
    PortType.BOOLEAN: {"type": "boolean"},
    PortType.DATE_TIME: {"type": "string", "format": "date-time"},
    PortType.CHOICE: {"type": "string"},
    PortType.FILE: {"type": "string", "format": "uri"},
    PortType.FOLDER: {"type": "string", "format": "uri"},
    PortType.SECRET: {"type": "string", "format": "password"},
}
_PROBLEM: dict[str, Json] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Never changes."},
    },
}
_MESSAGE: dict[str, Json] = {
    "type": "object",
    "required": [MESSAGE],
    "properties": {MESSAGE: {"type": "string", "description": "One line."}},
}
_REFUSED: Json = {
    "description": "Refused, or failed.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_RUN_REF: Json = {"$ref": "#/components/schemas/Run"}
_ID: dict[str, Json] = {"type": "string", "minLength": 1}


def openapi(program: ProgramFile) -> dict[str, Json]:
    """Describe the REST door of a program. Its server is named relative to the document."""
    paths: dict[str, Json] = {f"/{op.name}": {"post": _start(op)} for op in program.operations}
    if started := [op for op in program.operations if op.kind is not Kind.SYNCHRONOUS]:
        paths |= _run_paths()
    schemas: dict[str, Json] = {"Problem": _PROBLEM}
    if started:
        schemas["Run"] = _run_schema(started)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": program.title or program.name,
            "description": program.description,
            "version": "1",
        },
        "servers": [{"url": "rest"}],
        "security": [{"bearer": []}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"},
            },
        },
    }


def port_schema(port: Port) -> dict[str, Json]:
    """Give the JSON Schema of the values of a port."""
    one = dict(_TYPES[port.type])
    if port.type is PortType.CHOICE:
        one["enum"] = port.choices
    if port.minimum is not None:
        one["minimum"] = port.minimum
    if port.maximum is not None:
        one["maximum"] = port.maximum
    if port.step is not None and not (port.minimum or 0) % port.step:
        one["multipleOf"] = port.step
    if port.pattern:
        one["pattern"] = f"^(?:{port.pattern})$"
    found = one
    if port.many:
        found = {"type": "array", "items": one, "maxItems": MAX_ITEMS}
    if port.title:
        found["title"] = port.title
    if port.description:
        found["description"] = port.description
    if port.default is not None and port.type is not PortType.SECRET:
        found["default"] = natural(port, port.default)
    if port.unit:
        found["x-unit"] = port.unit
    if port.advanced:
        found["x-advanced"] = True
    return found


def _object(ports: Iterable[Port], *, given: bool) -> dict[str, Json]:
    known = list(ports)
    required = [port.name for port in known if (port.must_be_given if given else port.required)]
    found: dict[str, Json] = {
        "type": "object",
        "properties": {port.name: port_schema(port) for port in known},
        "additionalProperties": False,
    }
    return {**found, "required": required} if required else found


def _start(operation: Operation) -> dict[str, Json]:
    synchronous = operation.kind is Kind.SYNCHRONOUS
    inputs = _object(operation.inputs, given=True)
    found: dict[str, Json] = {
        "operationId": operation.name,
        "summary": operation.shown_title,
        "description": operation.description,
        "requestBody": {"required": "required" in inputs, "content": _as_json(inputs)},
    }
    if synchronous:
        outputs = _object((output.port for output in operation.outputs), given=False)
        found["responses"] = _answers("200", "The outputs.", outputs)
        return found
    found["parameters"] = [
        {
            "name": SERVICE_ID,
            "in": "query",
            "schema": _ID,
            "description": "Your name for the run. The same one never starts a second program; "
            "without it the service makes one.",
        }
    ]
    location: Json = {
        "Location": {"description": "The run.", "schema": {"type": "string", "format": "uri"}}
    }
    found["responses"] = _answers("202", "The run was started.", _RUN_REF, headers=location)
    return found


def _run_paths() -> dict[str, Json]:
    named: list[Json] = [{"name": "id", "in": "path", "required": True, "schema": _ID}]
    page: dict[str, Json] = {
        "200": {"description": "HTML.", "content": {"text/html": {"schema": {"type": "string"}}}},
        "304": {"description": "The page of If-None-Match is the newest."},
        "default": _REFUSED,
    }
    over: Json = {"type": "object", "properties": {"success": {"type": "boolean"}}}
    told: Json = {"type": "object", "properties": {RESPONSE: {"type": "string"}}}
    ended = _answers("200", "Nothing of it goes on.", over)
    ended |= {"202": {"description": "It is being ended.", "content": _as_json(over)}}
    body: Json = {"required": True, "content": _as_json(_MESSAGE)}
    show: Json = {
        "operationId": "tarry.run",
        "summary": "How a run stands.",
        "parameters": [
            {
                "name": "wait",
                "in": "query",
                "schema": {"type": "number", "minimum": 0, "default": 0},
                "description": "Answer when the run is over, and after so many seconds "
                f"({LONGEST_WAIT} at most) as it stands then.",
            }
        ],
        "responses": _answers("200", "The run.", _RUN_REF),
    }
    tell: Json = {
        "operationId": "tarry.message",
        "summary": "Sends a line to the program of a run.",
        "requestBody": body,
        "responses": _answers("200", "The program can read it.", told),
    }
    look: Json = {"operationId": "tarry.page", "summary": "Its page.", "responses": page}
    end: Json = {"operationId": "tarry.abort", "summary": "Ends a run.", "responses": ended}
    return {
        "/runs/{id}": {"parameters": named, "get": show},
        "/runs/{id}/page": {"parameters": named, "get": look},
        "/runs/{id}/abort": {"parameters": named, "post": end},
        "/runs/{id}/messages": {"parameters": named, "post": tell},
    }


def _run_schema(operations: Iterable[Operation]) -> dict[str, Json]:
    outputs = [_object((o.port for o in op.outputs), given=False) for op in operations]
    instant: Json = {"type": "string", "format": "date-time"}
    return {
        "type": "object",
        "required": [SERVICE_ID, "operation", "state", "note", "page", "created"],
        "properties": {
            SERVICE_ID: _ID,
            "operation": {"enum": [operation.name for operation in operations]},
            "state": {"enum": [state.value for state in RunState]},
            "note": {"type": "string", "description": "What holds it up."},
            "progress": {
                "type": "number",
                "minimum": 0,
                "maximum": 100,
                "description": "In percent, if the program says it. It decides nothing.",
            },
            "page": {"type": "string", "format": "uri"},
            "created": instant,
            "ended": instant,
            "outputs": {"description": "Of a run that succeeded.", "anyOf": outputs},
            "problem": {"$ref": "#/components/schemas/Problem"},
        },
    }


def _answers(status: str, meaning: str, schema: Json, *, headers: Json = None) -> dict[str, Json]:
    good: dict[str, Json] = {"description": meaning, "content": _as_json(schema)}
    if headers is not None:
        good["headers"] = headers
    return {status: good, "default": _REFUSED}


def _as_json(schema: Json) -> dict[str, Json]:
    return {"application/json": {"schema": schema}}
