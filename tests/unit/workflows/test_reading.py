"""Reading workflow documents: tolerant in form, strict in what they mean."""

import pytest

from tarry.platform.workflows.errors import DocumentUnreadable, ProblemsFound, UnsupportedConstruct
from tarry.platform.workflows.model import (
    Constant,
    DocumentInput,
    DocumentOutput,
    Sequence,
    Step,
    Wire,
    name_of,
)
from tarry.platform.workflows.xml import read

URI = "http://company/workflow/Name.owl#Name"
SERVICE = "http://company/async/x.owl#start_Service"
WORKFLOW = "http://company/workflow/Inner.owl#Inner"
END_IF = "http://www.cloudifacturing.eu/sync/DFKI/EndIf.owl#EndIf_Service"
OURS = 'xmlns:t="urn:tarry:workflow:1"'

# The example of CONTRACT §5, without the constructs that steer.
PLAIN = f"""<workflow URI="{URI}">
  <output URI="#out1" ID="s1io2"/>
  <input URI="#sessionToken" ID="sessionToken"/>
  <input URI="#extraParameters" ID="extraParameters"/>
  <input URI="#seconds" ID="main_input3"/>
  <services>
    <sequence>
      <service URI="{SERVICE}">
        <input URI="http://company/async/x.owl#serviceID" ID=""/>
        <input URI="http://company/async/x.owl#sessionToken" ID="sessionToken"/>
        <input URI="http://company/async/x.owl#secondsToWait" ID="main_input3"/>
        <output URI="http://company/async/x.owl#status_base64" ID="s1io1"/>
        <output URI="http://company/async/x.owl#result" ID="s1io2"/>
      </service>
    </sequence>
  </services>
</workflow>"""


def in_sequence(body: str, head: str = "") -> bytes:
    """A document with something in its sequence."""
    services = f"<services><sequence>{body}</sequence></services>"
    return f'<workflow URI="{URI}" {OURS}>{head}{services}</workflow>'.encode()


def one_input(attributes: str, content: str = "", head: str = "") -> bytes:
    """A document with one step that has one input, called n."""
    port = f'<input URI="http://company/async/x.owl#n" {attributes}>{content}</input>'
    return in_sequence(f'<service URI="{SERVICE}">{port}</service>', head)


def places(error: ProblemsFound) -> list[tuple[str, str]]:
    return [(problem.place, problem.code) for problem in error.problems]


def test_the_documents_of_the_field_are_read() -> None:
    document = read(PLAIN.encode())

    assert document.name == "Name"
    assert document.uri == URI
    assert document.inputs == (DocumentInput(name="seconds", id="main_input3"),)
    assert document.outputs == (DocumentOutput(name="out1", id="s1io2"),)
    assert [known.name for known in document.filled] == ["sessionToken", "extraParameters"]
    assert document.steps == (
        Step(
            key="s1",
            service=SERVICE,
            inputs={"secondsToWait": Wire("main_input3")},
            outputs={"result": "s1io2"},
            filled={"serviceID": "", "sessionToken": "sessionToken"},
            status_id="s1io1",
        ),
    )
    assert document.unknown == ()


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("http://company/workflow/Name.owl#Name", "Name"),
        ("#seconds", "seconds"),
        ("seconds", "seconds"),
        ("http://company/workflow/Name.owl", "Name"),
        ("http://company/async/x.owl#start_Service", "start_Service"),
        ("", ""),
    ],
)
def test_the_fragment_of_a_uri_is_the_name(uri: str, name: str) -> None:
    assert name_of(uri) == name


def test_an_empty_or_missing_id_is_unwired() -> None:
    ports = '<input URI="#a" ID=""/><input URI="#b"/><output URI="#c" ID=""/><output URI="#d"/>'
    head = '<input URI="#in"/><output URI="#out"/>'

    document = read(in_sequence(f'<service URI="{SERVICE}">{ports}</service>', head))

    assert document.steps[0].inputs == {}
    assert document.steps[0].outputs == {}
    assert document.inputs == (DocumentInput(name="in", id=""),)
    assert document.outputs == (DocumentOutput(name="out", id=""),)


def test_a_wire_to_service_id_is_accepted_and_ignored() -> None:
    head = '<input URI="#serviceID" ID="serviceID"/>'
    port = '<input URI="#serviceID" ID="serviceID"/>'

    document = read(in_sequence(f'<service URI="{SERVICE}">{port}</service>', head))

    assert document.inputs == ()
    assert document.steps[0].inputs == {}


@pytest.mark.parametrize("wired", ['ID="main_input1"', 'ID="sessionToken"', 'ID=""', "", 'ID="x"'])
def test_the_session_token_is_always_filled_in(wired: str) -> None:
    head = '<input URI="#sessionToken" ID="main_input1"/>'
    port = f'<input URI="#sessionToken" {wired}/>'

    document = read(in_sequence(f'<service URI="{SERVICE}">{port}</service>', head))

    assert document.steps[0].inputs == {}
    assert list(document.steps[0].filled) == ["sessionToken"]


def test_a_constant_for_what_is_filled_in_is_kept_as_unknown() -> None:
    port = '<input URI="#sessionToken" t:value="secret"/>'

    document = read(in_sequence(f'<service URI="{SERVICE}">{port}</service>'))

    assert document.steps[0].inputs == {}
    assert [piece.place for piece in document.unknown] == ["s1/sessionToken"]


def test_extra_parameters_are_filled_in_unless_something_else_is_wired_to_them() -> None:
    head = '<input URI="#extraParameters" ID="main_input1"/>'
    for wired, inputs in {"main_input1": {}, "s1io3": {"extraParameters": Wire("s1io3")}}.items():
        port = f'<input URI="#extraParameters" ID="{wired}"/>'

        document = read(in_sequence(f'<service URI="{SERVICE}">{port}</service>', head))

        assert document.steps[0].inputs == inputs


@pytest.mark.parametrize(
    ("attributes", "content"),
    [
        ('ID="" t:value="300"', ""),
        ('t:value="300"', ""),
        ('ID="" value="300"', ""),
        ('VALUE="300"', ""),
        ("", "<value>300</value>"),
        ('ID=""', " 300\n"),
    ],
)
def test_a_constant_is_read_in_our_form_and_in_those_seen_elsewhere(
    attributes: str, content: str
) -> None:
    document = read(one_input(attributes, content))

    assert document.steps[0].inputs == {"n": Constant("300")}
    assert document.unknown == ()


def test_a_constant_may_be_empty_or_have_many_lines() -> None:
    assert read(one_input('t:value=""')).steps[0].inputs == {"n": Constant("")}
    many = read(one_input('t:value=" a&#10;b&#9;&quot;&#13;"')).steps[0].inputs
    assert many == {"n": Constant(' a\nb\t"\r')}


def test_an_input_cannot_have_both_an_id_and_a_value() -> None:
    with pytest.raises(DocumentUnreadable) as caught:
        read(one_input('ID="x" t:value="3"'))

    assert places(caught.value) == [("s1/n", "two-sources")]


def test_a_wired_input_keeps_what_might_be_a_constant_elsewhere_as_unknown() -> None:
    document = read(one_input('ID="x" value="3"', "<value>4</value>"))

    assert document.steps[0].inputs == {"n": Wire("x")}
    assert [piece.name for piece in document.unknown] == ["@value", "value"]


@pytest.mark.parametrize(
    ("body", "construct"),
    [
        ("<while><sequence/></while>", "while"),
        ("<else/>", "else"),
        ("<If/>", "If"),
        ("<parallel/>", "parallel"),
        ("<t:teleport/>", "t:teleport"),
        ("<t:condition/>", "t:condition"),
        (f'<wrapper><inner><service URI="{SERVICE}"/></inner></wrapper>', "wrapper"),
        (f'<service URI="{SERVICE}" t:colour="3"/>', "t:colour"),
        (f'<service URI="{SERVICE}"><t:merged ID="x"/></service>', "t:merged"),
        (f'<service URI="{WORKFLOW}" t:retries="3"/>', "t:retries"),
        (f'<service URI="{END_IF}" t:time-out="3"/>', "t:time-out"),
        (f'<service URI="{SERVICE}"><t:on-failure t:z="1"/></service>', "t:z"),
        (f'<sequence t:width="3"><service URI="{SERVICE}"/></sequence>', "t:width"),
    ],
)
def test_what_would_change_a_run_and_is_not_known_is_refused_by_name(
    body: str, construct: str
) -> None:
    with pytest.raises(UnsupportedConstruct, match=f"{construct}.* is not supported yet"):
        read(in_sequence(body))


def test_every_construct_that_is_not_supported_is_told_at_once() -> None:
    with pytest.raises(UnsupportedConstruct) as caught:
        read(in_sequence(f'<while/><service URI="{SERVICE}" t:x2="1"/><parallel/>'))

    assert [problem.place for problem in caught.value.problems] == ["sequence", "s1", "sequence"]


def test_control_constructs_are_refused_wherever_services_stand() -> None:
    for inside in ("<parallel/>", f'<x><service URI="{SERVICE}"/></x>'):
        for services in (inside, f"{inside}<sequence/>", f"<sequence/>{inside}"):
            data = f'<workflow URI="{URI}"><services>{services}</services></workflow>'
            with pytest.raises(UnsupportedConstruct):
                read(data.encode())


def test_unknown_elements_attributes_and_texts_are_kept_where_they_stood() -> None:
    data = PLAIN.replace("<services>", '<layout x="1"/><services who="me">').replace(
        "<sequence>", "<note>careful</note><sequence>then<hint/>"
    )
    found = read(data.encode()).unknown

    assert {(piece.place, piece.name, piece.text) for piece in found} == {
        ("", "layout", '<layout x="1"></layout>'),
        ("services", "@who", "me"),
        ("services", "note", "<note>careful</note>"),
        ("sequence", "#text", "then"),
        ("sequence", "hint", "<hint></hint>"),
    }


def test_a_sequence_in_a_sequence_is_read() -> None:
    step = f'<service URI="{SERVICE}"/>'

    body = read(in_sequence(f"{step}<sequence>{step}{step}</sequence>{step}")).body

    inner = Sequence(
        key="q1",
        nodes=(Step(key="q1/s1", service=SERVICE), Step(key="q1/s2", service=SERVICE)),
    )
    first, last = Step(key="s1", service=SERVICE), Step(key="s2", service=SERVICE)
    assert body == Sequence(nodes=(first, inner, last))


def test_services_without_a_sequence_run_in_their_order() -> None:
    step = f'<service URI="{SERVICE}"/>'

    document = read(f'<workflow URI="{URI}"><services>{step}{step}</services></workflow>'.encode())

    assert [step.key for step in document.steps] == ["s1", "s2"]


def test_the_old_elements_may_stand_in_a_namespace_of_their_own() -> None:
    document = read(PLAIN.replace("<workflow ", '<workflow xmlns="urn:old" ').encode())

    assert [step.service for step in document.steps] == [SERVICE]
    assert document.unknown == ()


def test_comments_and_processing_instructions_mean_nothing() -> None:
    data = PLAIN.replace("<sequence>", "<!-- <if/> --><sequence><?editor x?>")

    assert read(data.encode()) == read(PLAIN.encode())


def test_other_encodings_are_read() -> None:
    data = '<?xml version="1.0" encoding="ISO-8859-1"?><workflow URI="#Grün"/>'

    assert read(data.encode("latin-1")).uri == "#Grün"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "XML"),
        (b"not xml", "XML"),
        (b"<workflow URI='#x'>", "XML"),
        (b"<flow URI='#x'/>", "outermost element is flow"),
        (b"<!DOCTYPE workflow><workflow URI='#x'/>", "DOCTYPE"),
        (
            b"<!DOCTYPE w [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><workflow URI='&e;'/>",
            "DOCTYPE",
        ),
        (b"<a>" * 100_000, "XML"),
        (b" " * (4 * 1024 * 1024 + 1), "larger than"),
        (b"<workflow/>", "no URI"),
    ],
)
def test_what_is_no_workflow_document_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentUnreadable, match=reason):
        read(data)


def test_everything_that_is_unreadable_is_told_at_once() -> None:
    port = '<input URI="#n" ID="a"/>'
    body = f'<service>{port}{port}<output ID="b"/></service>'

    with pytest.raises(DocumentUnreadable) as caught:
        read(in_sequence(body, head='<input ID="c"/>'))

    assert places(caught.value) == [
        ("", "missing-uri"),
        ("s1", "missing-uri"),
        ("s1/n", "port-twice"),
        ("s1", "missing-uri"),
    ]
