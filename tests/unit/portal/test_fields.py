"""An error that is about a field of a request names it."""

import pkgutil
from importlib import import_module

import pytest

import tarry.platform
from tarry.contract.errors import InvalidValue, Sort, TarryError
from tarry.platform.accounts.errors import BadPassword
from tarry.platform.executions.errors import CannotTell
from tarry.platform.portal.api.fields import FIELDS, fields_not_understood, fields_of
from tarry.platform.workflows.errors import WorkflowInvalid

ELSEWHERE = {
    "bad-address-rule",  # settings
    "invalid-setting",
    "unstorable-value",  # the database knows no field
    "not-comparable",  # conditions of running workflows
    "malformed-message",  # SOAP
    "file-cut-short",  # the connection
    "document-not-writable",  # what was stored
    "limits-unreadable",
}


def every_error() -> dict[str, type[TarryError]]:
    for module in pkgutil.walk_packages(tarry.platform.__path__, "tarry.platform."):
        if module.name.endswith(("errors", "model.conditions")) or ".portal.api." in module.name:
            import_module(module.name)
    import_module("tarry.soap.errors")
    found: dict[str, type[TarryError]] = {}
    ahead = [TarryError]
    while ahead:
        for kind in ahead.pop().__subclasses__():
            found[kind.code] = kind
            ahead.append(kind)
    return found


def test_every_refusal_of_what_was_sent_says_with_which_field() -> None:
    wrong = {
        code
        for code, kind in every_error().items()
        if kind.sort is Sort.INVALID
        and kind.__module__.startswith(("tarry.platform", "tarry.contract"))
    }
    assert wrong - set(FIELDS) - ELSEWHERE - {TarryError.code} == set()  # that: a base of others
    assert set(FIELDS) - set(every_error()) == set()


@pytest.mark.parametrize(
    ("error", "path", "field"),
    [
        (InvalidValue(port="size", got="'x'", rule="is no number"), "/runs", "inputs.size"),
        (InvalidValue(port="m", got="'x'", rule="is long"), "/runs/1/steps/1/messages", "message"),
        (CannotTell(number=2, channel="webhook", reason="no"), "/runs", "tell.2.webhook"),
        (WorkflowInvalid(workflow="W", problems=()), "/api/v1/workflows", "body"),
        (WorkflowInvalid(workflow="W", problems=()), "/api/v1/runs", "workflow"),
        (WorkflowInvalid(workflow="W", problems=()), "/api/v1/workflows/W/publish", "version"),
        (BadPassword(reason="it is short"), "/users", "password"),
        (BadPassword(reason="it is short"), "/api/v1/me/password", "new"),
    ],
)
def test_a_field_is_called_as_the_request_calls_it(
    error: TarryError, path: str, field: str
) -> None:
    assert fields_of(error, path) == {field: str(error)}


def test_what_is_not_understood_is_told_field_by_field() -> None:
    missing = {"type": "missing", "loc": ("body", "tell", 0, "webhook"), "msg": "Field required"}
    other = {"type": "int_parsing", "loc": ("query", "limit"), "msg": "no integer"}
    assert fields_not_understood([missing, other, other]) == {
        "tell.0.webhook": "Field required",
        "limit": "no integer; no integer",
    }


def test_a_body_that_is_no_json_is_no_field_of_that_number() -> None:
    broken = {
        "type": "json_invalid",
        "loc": ("body", 12),
        "msg": "JSON decode error",
        "ctx": {"error": "Expecting value"},
    }
    assert fields_not_understood([broken]) == {
        "body": "JSON decode error after 12 signs: Expecting value"
    }
