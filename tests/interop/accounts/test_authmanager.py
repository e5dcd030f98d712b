"""The AuthManager, called by the field's clients, unmodified."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import suds.client
import zeep
from lxml import etree
from tests.fakes.accounts import MemoryAccounts, PlainPasswords
from tests.fakes.transactions import MemoryTransactions
from tests.fakes.uvicorn_server import serving

from tarry.platform.accounts.api.authmanager import PATH, AuthManager, endpoint
from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.accounts.operations import (
    Callers,
    caller_of,
    close_run_token,
    ensure_user,
    open_run_token,
)
from tarry.platform.kernel.model import ExecutionId

RUN = ExecutionId("0123456789abcdef0123456789abcdef")
PASSWORD = "correct <horse> & ☃"
AUTH = "{http://authmanager.sintef.no/}"


class FlakyTransactions(MemoryTransactions[Accounts]):
    """A store whose database can be taken away."""

    gone = False

    async def read(self, work: Any) -> Any:
        """Run work, unless the database is away."""
        if self.gone:
            raise OSError("the database is away")
        return await super().read(work)


@dataclass
class Served:
    """An AuthManager on a real server."""

    url: str
    accounts: FlakyTransactions
    clock: "Clock"
    keys: Keys

    def suds(self) -> Any:
        return suds.client.Client(f"{self.url}?wsdl", cache=None).service

    def zeep(self) -> Any:
        return cast("Any", zeep).Client(f"{self.url}?wsdl").service

    def open_run(self, token: str) -> str:
        async def work() -> str:
            caller = await caller_of(self.accounts, token, keys=self.keys, clock=self.clock)
            return await open_run_token(self.accounts, RUN, caller, keys=self.keys)

        return asyncio.run(work())

    def post(self, body: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        envelope = (
            '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">'
            f"<e:Body>{body}</e:Body></e:Envelope>"
        )
        sent = {"Content-Type": "text/xml"} | (headers or {})
        request = Request(self.url, envelope.encode(), sent)
        try:
            with urlopen(request) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()


class Clock:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def served() -> Iterator[Served]:
    accounts = FlakyTransactions(MemoryAccounts())
    passwords, keys, clock = PlainPasswords(), Keys(b"k" * 32), Clock()
    asyncio.run(
        ensure_user(accounts, name="anna", project="mill", password=PASSWORD, passwords=passwords)
    )

    async def count_workflows() -> int:
        return 3

    manager = AuthManager(
        accounts=accounts,
        callers=Callers(accounts=accounts, keys=keys, clock=clock),
        passwords=passwords,
        attempts=Attempts(most=3),
        keys=keys,
        endpoints={"gss": "http://localhost/gss-0.1/FileUtilities?wsdl"},
        count_workflows=count_workflows,
        clock=clock,
    )
    with serving(endpoint(manager)) as url:
        yield Served(f"{url}{PATH}", accounts, clock, keys)


@pytest.fixture(params=["suds", "zeep"])
def client(request: pytest.FixtureRequest, served: Served) -> Any:
    return served.suds() if request.param == "suds" else served.zeep()


FAULTS: tuple[type[Exception], ...] = (suds.WebFault, zeep.exceptions.Fault)


def test_a_log_in_gives_a_token_that_clients_take_for_one(client: Any) -> None:
    token = client.getSessionToken("anna", PASSWORD, "mill")

    assert token.isalpha()
    assert client.validateSessionToken(token) is True


def test_the_project_may_be_left_empty_by_who_has_only_one(client: Any) -> None:
    assert client.getProject(client.getSessionToken("anna", PASSWORD, "")) == "mill"


@pytest.mark.parametrize(
    "arguments",
    [("anna", "wrong", "mill"), ("nobody", PASSWORD, "mill"), ("anna", PASSWORD, "wing")],
)
def test_a_wrong_log_in_is_a_fault_that_says_401(client: Any, arguments: tuple[str, ...]) -> None:
    with pytest.raises(FAULTS, match="401: Unauthorized"):
        client.getSessionToken(*arguments)


def test_too_many_wrong_log_ins_are_told_to_wait_in_the_same_words(client: Any) -> None:
    for _ in range(3):
        with pytest.raises(FAULTS, match="401: Unauthorized"):
            client.getSessionToken("anna", "wrong", "mill")

    with pytest.raises(FAULTS, match=r"401: Unauthorized.*try again in"):
        client.getSessionToken("anna", PASSWORD, "mill")


@pytest.mark.parametrize("token", ["", "x", "s" * 65, "line\nline", "☃", "r" + "b" * 64, "<a/>"])
def test_a_bad_token_is_answered_with_false_and_never_with_a_fault(client: Any, token: str) -> None:
    assert client.validateSessionToken(token) is False


def test_a_token_that_was_left_out_is_not_valid_either(served: Served) -> None:
    status, answer = served.post(
        '<v:validateSessionToken xmlns:v="http://authmanager.sintef.no/"/>'
    )

    assert (status, b"<return>false</return>" in answer) == (200, True)


def test_nothing_is_valid_while_the_database_is_away(client: Any, served: Served) -> None:
    token = client.getSessionToken("anna", PASSWORD, "mill")
    served.accounts.gone = True

    assert client.validateSessionToken(token) is False
    served.accounts.gone = False
    assert client.validateSessionToken(token) is True


def test_a_token_is_valid_for_24_hours(client: Any, served: Served) -> None:
    token = client.getSessionToken("anna", PASSWORD, "mill")
    served.clock.now += timedelta(hours=24) - timedelta(seconds=1)
    assert client.validateSessionToken(token) is True
    served.clock.now += timedelta(seconds=1)
    assert client.validateSessionToken(token) is False


@pytest.mark.parametrize(
    ("operation", "rest"),
    [
        ("getTokenInfo", ()),
        ("getTokenInfoComplete", ()),
        ("getUsername", ()),
        ("getProject", ()),
        ("getEmail", ()),
        ("getRoles", ()),
        ("getEndpoint", ("gss",)),
        ("getOpenStackToken", ()),
        ("createWorkflowToken", (RUN,)),
    ],
)
def test_a_bad_token_given_to_a_getter_is_a_fault_that_says_so(
    client: Any, operation: str, rest: tuple[str, ...]
) -> None:
    with pytest.raises(FAULTS, match="Couldn't validate token"):
        getattr(client, operation)("bad", *rest)


@pytest.mark.parametrize("operation", ["getTokenInfo", "getTokenInfoComplete"])
def test_a_token_tells_all_about_its_owner(client: Any, operation: str) -> None:
    token = client.getSessionToken("anna", PASSWORD, "mill")
    info = getattr(client, operation)(token)

    assert (info.project.name, info.user.name) == ("mill", "anna")
    assert info.project.id
    assert info.user.id
    assert [role.name for role in info.roles] == ["developer", "user"]
    assert all(role.id and role.description for role in info.roles)


def test_the_getters_answer_with_plain_texts_and_lists(client: Any) -> None:
    token = client.getSessionToken("anna", PASSWORD, "mill")

    assert client.getUsername(token) == "anna"
    assert client.getProject(token) == "mill"
    assert not client.getEmail(token), "she has none, and that is no fault"
    assert list(client.getRoles(token)) == ["developer", "user"]
    assert client.countWorkflows() == 3


def test_endpoints_are_known_by_component(client: Any) -> None:
    token = client.getSessionToken("anna", PASSWORD, "mill")

    assert client.getEndpoint(token, "gss") == "http://localhost/gss-0.1/FileUtilities?wsdl"
    with pytest.raises(FAULTS, match="no component 'hpc'"):
        client.getEndpoint(token, "hpc")


def test_open_stack_is_said_to_be_missing(client: Any) -> None:
    token = client.getSessionToken("anna", PASSWORD, "mill")

    with pytest.raises(FAULTS, match="OpenStack token: this platform does not offer it"):
        client.getOpenStackToken(token)


def test_the_token_of_a_run_is_given_to_its_owner_and_good_until_deleted(
    client: Any, served: Served
) -> None:
    token = client.getSessionToken("anna", PASSWORD, "mill")
    opened = served.open_run(token)
    of_run = client.createWorkflowToken(token, RUN)

    assert of_run == opened
    served.clock.now += timedelta(days=40)
    assert client.validateSessionToken(of_run) is True
    assert client.getUsername(of_run) == "anna"
    assert client.deleteWorkflowToken(of_run) is True
    assert client.deleteWorkflowToken(of_run) is False
    assert client.validateSessionToken(of_run) is False


def test_there_is_no_token_for_a_run_that_is_not_or_is_over(client: Any, served: Served) -> None:
    token = client.getSessionToken("anna", PASSWORD, "mill")
    with pytest.raises(FAULTS, match="There is no run of yours"):
        client.createWorkflowToken(token, RUN)
    served.open_run(token)
    asyncio.run(close_run_token(served.accounts, RUN))

    with pytest.raises(FAULTS, match="There is no run of yours"):
        client.createWorkflowToken(token, RUN)


def test_a_session_is_no_workflow_token_to_delete(client: Any) -> None:
    token = client.getSessionToken("anna", PASSWORD, "mill")

    assert client.deleteWorkflowToken(token) is False
    assert client.deleteWorkflowToken("garbage") is False
    assert client.validateSessionToken(token) is True


def test_the_outputs_are_unqualified_and_called_return(served: Served) -> None:
    token = served.suds().getSessionToken("anna", PASSWORD, "mill")
    _, answer = served.post(
        '<a:getTokenInfo xmlns:a="http://authmanager.sintef.no/">'
        f"<a:sessionToken>{token}</a:sessionToken></a:getTokenInfo>"
    )
    (body,) = etree.fromstring(answer)
    (response,) = body

    assert response.tag == f"{AUTH}getTokenInfoResponse"
    assert [child.tag for child in response] == ["return"]
    assert [child.tag for child in response[0]] == ["project", "roles", "roles", "user"]
    assert [child.tag for child in response[0][0]] == ["description", "id", "name"]
    assert [child.tag for child in response[0][3]] == ["description", "email", "id", "name"]


def test_a_page_that_writes_its_call_by_hand_is_understood(served: Served) -> None:
    token = served.suds().getSessionToken("anna", PASSWORD, "mill")
    unqualified = f"<sessionToken>{token}</sessionToken>"
    _, answer = served.post(
        f'<u:getUsername xmlns:u="http://an.older.namespace/">{unqualified}</u:getUsername>',
        {"SOAPAction": '""'},
    )

    assert b"<return>anna</return>" in answer


def test_the_description_lists_the_operations_with_arguments_in_order(served: Served) -> None:
    with urlopen(f"{served.url}?wsdl") as answer:
        wsdl = etree.fromstring(answer.read())
    schema = "{http://www.w3.org/2001/XMLSchema}"
    inputs = {
        element.get("name"): [each.get("name") for each in element.iter(f"{schema}element")][1:]
        for element in wsdl.iterfind(f".//{schema}schema/{schema}element")
        if not (element.get("name") or "").endswith("Response")
    }

    assert inputs["getSessionToken"] == ["username", "password", "project"]
    assert inputs["getEndpoint"] == ["sessionToken", "component"]
    assert inputs["createWorkflowToken"] == ["sessionToken", "workflowID"]
    assert inputs["countWorkflows"] == []
    assert wsdl.get("targetNamespace") == "http://authmanager.sintef.no/"


def test_no_answer_holds_a_password_or_a_token_of_others(served: Served) -> None:
    status, answer = served.post(
        '<a:getSessionToken xmlns:a="http://authmanager.sintef.no/"><username>anna</username>'
        "<password>my-own-secret</password><project>mill</project></a:getSessionToken>"
    )

    assert status == 500
    assert b"401: Unauthorized" in answer
    assert b"my-own-secret" not in answer
