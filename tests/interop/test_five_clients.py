"""One suite for the five clients of the field: suds, zeep, wsimport's Java, gSOAP's C++, node."""

import asyncio
import base64
import time
from collections.abc import Iterator

import pytest
from tests.fakes.foreign_clients import ECHO, DeclaredFault, ForeignClient, client_of, listed
from tests.fakes.tarry_service import CALCULATOR, PATIENCE, WAITER, ServiceProcess, end_programs

# The compilers of other languages take their time on a busy machine.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def wsdls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The WSDLs of a process that serves waiter, calculator and echo."""
    data = tmp_path_factory.mktemp("services")
    service = ServiceProcess(data, WAITER, CALCULATOR, ECHO)
    yield service.start()
    assert service.stop() == 0
    asyncio.run(end_programs(data))


@pytest.fixture(scope="module", params=["suds", "zeep", "java", "gsoap", "node"])
def kind(request: pytest.FixtureRequest) -> str:
    """Whose client it is."""
    return str(request.param)


@pytest.fixture(scope="module")
def client(
    kind: str, wsdls: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ForeignClient]:
    """A client, made once."""
    with client_of(kind, wsdls, tmp_path_factory.mktemp(kind)) as made:
        yield made


def refusal(client: ForeignClient, operation: str, **inputs: str) -> DeclaredFault:
    with pytest.raises(DeclaredFault) as caught:
        client.call(operation, **inputs)
    return caught.value


def test_a_run_gives_pages_until_it_is_completed_with_its_result(
    client: ForeignClient, kind: str
) -> None:
    names = {"serviceID": f"{kind} ☃ <1> & 'more'", "sessionToken": "token"}
    answer = client.call("startWaiter", secondsToWait="1", **names)
    pages = 0
    give_up = time.monotonic() + PATIENCE
    while answer["status_base64"] != "COMPLETED":
        assert b"<html" in base64.b64decode(answer["status_base64"], validate=True)
        assert answer["result"] == "UNSET"
        assert time.monotonic() < give_up
        pages += 1
        answer = client.call("getServiceStatus", **names)
    assert answer["result"] == "FINISHED"
    assert pages > 0


def test_a_left_out_number_is_the_default_and_an_aborted_run_says_so(
    client: ForeignClient, kind: str
) -> None:
    names = {"serviceID": f"{kind}-2", "sessionToken": "token"}
    assert client.call("startWaiter", **names)["result"] == "UNSET"
    # the same call with the default written out is the same call
    client.call("startWaiter", secondsToWait="300", **names)
    assert refusal(client, "startWaiter", secondsToWait="299", **names).code == "service-id-used"
    give_up = time.monotonic() + PATIENCE
    while "true" not in client.call("abortService", **names).values():
        assert time.monotonic() < give_up
    fault = refusal(client, "getServiceStatus", **names)
    assert fault.code == "aborted"
    assert "The run was aborted" in str(fault)


@pytest.mark.parametrize(
    ("operation", "inputs", "code", "words"),
    [
        (
            "startWaiter",
            {"serviceID": "x", "sessionToken": "t", "secondsToWait": "0"},
            "invalid-value",
            "secondsToWait: '0' is below the minimum of 1 s",
        ),
        ("startWaiter", {"serviceID": "", "sessionToken": "t"}, "invalid-value", "serviceID"),
        (
            "getServiceStatus",
            {"serviceID": "no <such> run", "sessionToken": "t"},
            "unknown-run",
            "you have no run 'no <such> run'",
        ),
        ("divide", {"a": "1", "b": "0"}, "program-failed", "cannot be divided"),
        ("say", {"words": "-x", "count": "11"}, "invalid-value", "count: '11' is above"),
    ],
    ids=["below-the-minimum", "empty-id", "unknown-run", "failed-program", "above-the-maximum"],
)
def test_a_fault_is_the_declared_one_with_its_code(
    client: ForeignClient, operation: str, inputs: dict[str, str], code: str, words: str
) -> None:
    fault = refusal(client, operation, **inputs)
    assert fault.code == code
    assert words in str(fault)


def test_decimals_come_and_go(client: ForeignClient) -> None:
    assert client.call("divide", a="-1.5", b="12", sessionToken="t")["result"] == "-0.125"


TEXTS = {
    "plain": "words",
    "unicode": "Grüße ☃ 你好 𝄞 e\u0301",
    "markup": "a & <b class=\"c\">'d'</b> ]]> <!-- e --> <![CDATA[f]]>",
    "lines": "one\ntwo\tthree\n\nfour",
}


@pytest.mark.parametrize("text", TEXTS)
def test_texts_arrive_as_they_were_sent(client: ForeignClient, text: str) -> None:
    answer = client.call("say", words=TEXTS[text], more=TEXTS[text][::-1], mood="glad")
    assert answer["said"] == TEXTS[text]
    assert answer["more"] == TEXTS[text][::-1]
    assert answer["rest"] == "|0.5|glad|"


def test_a_choice_may_hold_markup(client: ForeignClient) -> None:
    answer = client.call("say", words="x", mood="sad-ish", tone="<soft> & low")
    assert answer["rest"] == "|0.5|sad-ish|<soft> & low"


def test_an_empty_text_is_a_text_and_what_is_left_out_does_not_come_back(
    client: ForeignClient, kind: str
) -> None:
    answer = client.call("say", words="")
    assert answer.pop("rest") == "|0.5||"
    # these two hand an empty element to their callers as `None`
    assert answer == ({} if kind in {"suds", "zeep"} else {"said": ""})


def test_optional_values_of_every_type_arrive(client: ForeignClient) -> None:
    answer = client.call("say", words="x", loud="true", count="-10", ratio="2.50")
    assert answer["loud"] == "true"
    assert answer["rest"] == "-10|2.50||"
    assert "more" not in answer


@pytest.mark.parametrize("items", [[], ["one"], ["a b", "<&> 'ü' ☃", "a b"]], ids=len)
def test_lists_go_in_and_come_out_and_a_secret_arrives(
    client: ForeignClient, items: list[str]
) -> None:
    sent = {"items": listed(*items)} if items else {}
    answer = client.call("gather", password="sesame ☃", sizes=listed("0.5", "12"), **sent)
    assert answer["all"] == listed("0.5", "12", *items)
    assert answer["opened"] == "10"


def test_what_is_wrong_in_a_list_is_the_declared_fault_and_a_secret_is_never_told(
    client: ForeignClient,
) -> None:
    fault = refusal(client, "gather", password="sesame", sizes=listed("1", "-2"))
    assert fault.code == "invalid-value"
    assert "sizes: '-2' is below the minimum of 0" in str(fault)
    assert "sesame" not in str(fault)
