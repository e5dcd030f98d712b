"""Validation tells everything that is wrong, with its place."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.platform.workflows.interfaces import ServiceInterface
from tarry.platform.workflows.model import (
    Branch,
    Compare,
    Comparison,
    Constant,
    Document,
    DocumentInput,
    DocumentOutput,
    Literal,
    Merged,
    Node,
    Sequence,
    Source,
    Step,
    Unknown,
    Variable,
    Wire,
)
from tarry.platform.workflows.validation import infer_ports, notices, problems

MESH = "http://company/async/m.owl#mesh_Service"
QUALITY = "http://company/sync/q.owl#quality_Service"

SERVICES = {
    MESH: ServiceInterface(
        uri=MESH,
        kind=Kind.ASYNCHRONOUS,
        inputs=(
            Port(name="part", type=PortType.FILE, accept=(".step", ".STP")),
            Port(name="size", type=PortType.DECIMAL, unit="mm", minimum=Decimal("0.1")),
            Port(name="dimension", type=PortType.CHOICE, choices=("2", "3"), default="3"),
        ),
        outputs=(
            Port(name="mesh", type=PortType.FILE, accept=(".msh",)),
            Port(name="nodes", type=PortType.INTEGER),
        ),
    ),
    QUALITY: ServiceInterface(
        uri=QUALITY,
        kind=Kind.SYNCHRONOUS,
        inputs=(
            Port(name="mesh", type=PortType.FILE),
            Port(name="label", type=PortType.STRING, required=False),
        ),
        outputs=(Port(name="worst", type=PortType.DECIMAL, title="Worst element"),),
    ),
}

MESHING = Step(
    key="s1",
    service=MESH,
    inputs={"part": Wire("part"), "size": Wire("size")},
    outputs={"mesh": "mesh", "nodes": "nodes"},
)
RATING = Step(key="s2", service=QUALITY, inputs={"mesh": Wire("mesh")}, outputs={"worst": "worst"})
GOOD = Document(
    uri="http://company/workflow/Rate.owl#Rate",
    inputs=(DocumentInput(name="geometry", id="part"), DocumentInput(name="size", id="size")),
    outputs=(DocumentOutput(name="mesh", id="mesh"), DocumentOutput(name="worst", id="worst")),
    body=Sequence(nodes=(MESHING, RATING)),
    filled=(DocumentInput(name="sessionToken", id="sessionToken"),),
)


def body(*steps: Step) -> Document:
    return replace(GOOD, body=Sequence(nodes=steps))


def wired(step: Step, **sources: Source) -> Step:
    return replace(step, inputs={**step.inputs, **sources})


def found(document: Document) -> list[tuple[str, str]]:
    return [(problem.place, problem.code) for problem in problems(document, SERVICES)]


def test_a_valid_workflow_has_no_problems() -> None:
    assert problems(GOOD, SERVICES) == ()
    assert notices(GOOD, SERVICES) == ()


def test_every_problem_is_told_at_once() -> None:
    document = replace(
        GOOD,
        body=Sequence(
            nodes=(
                replace(MESHING, inputs={"size": Constant("0"), "colour": Constant("red")}),
                replace(RATING, inputs={"mesh": Wire("nowhere")}, outputs={"worst": "mesh"}),
                Step(key="s3", service="http://company/gone.owl#x"),
            )
        ),
        outputs=(*GOOD.outputs, DocumentOutput(name="extra", id="")),
    )

    assert found(document) == [
        ("s2/worst", "id-twice"),
        ("s1/colour", "unknown-port"),
        ("s1/part", "unwired-input"),
        ("s1/size", "constant"),
        ("s3", "unknown-service"),
        ("s2/mesh", "undefined-id"),
        ("outputs/worst", "undefined-id"),
        ("outputs/extra", "unwired-output"),
    ]


def test_an_empty_workflow_is_told() -> None:
    document = Document(uri="http://company/workflow/Empty.owl#Empty")

    assert found(document) == [("", "empty-workflow")]


@pytest.mark.parametrize("name", ["", "two words", "../x", ".hidden", "-x", "a" * 101, "ü"])
def test_a_name_that_cannot_stand_in_a_url_is_told(name: str) -> None:
    document = replace(GOOD, uri=f"http://company/workflow/x.owl#{name}")

    assert found(document) == [("", "name")]


def test_inputs_and_outputs_of_one_name_are_told() -> None:
    document = replace(
        GOOD,
        inputs=(*GOOD.inputs, DocumentInput(name="size", id="other")),
        outputs=(*GOOD.outputs, DocumentOutput(name="mesh", id="nodes")),
    )

    assert found(document) == [("inputs/size", "input-twice"), ("outputs/mesh", "output-twice")]


def test_an_id_that_is_defined_twice_is_told_with_both_places() -> None:
    document = replace(GOOD, inputs=(*GOOD.inputs, DocumentInput(name="again", id="part")))

    [problem] = problems(document, SERVICES)

    assert problem.place == "inputs/again"
    assert "inputs/geometry" in problem.message


def test_an_unknown_port_is_told_with_those_that_there_are() -> None:
    step = replace(RATING, outputs={"best": "best", "worst": "worst"})

    [problem] = problems(body(MESHING, step), SERVICES)

    assert (problem.place, problem.code) == ("s2/best", "unknown-port")
    assert "it has: worst" in problem.message


def test_an_input_with_a_default_or_that_is_optional_need_not_be_wired() -> None:
    assert "dimension" not in MESHING.inputs
    assert "label" not in RATING.inputs
    assert found(GOOD) == []


def test_a_wire_from_a_later_step_is_told() -> None:
    assert found(body(RATING, MESHING)) == [("s2/mesh", "later-step")]


def test_a_wire_from_a_step_to_itself_is_told() -> None:
    looped = wired(MESHING, size=Wire("nodes"))

    assert found(body(looped, RATING)) == [("s1/size", "later-step")]


def test_the_status_page_cannot_be_wired() -> None:
    meshing = replace(MESHING, status_id="page")

    assert found(body(meshing, wired(RATING, label=Wire("page")))) == [("s2/label", "status-wired")]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("size", "abc", "is not a decimal number"),
        ("size", "0.01", "below the minimum of 0.1 mm"),
        ("dimension", "4", "is none of: 2, 3"),
        ("part", "bracket.step", "is not a storage URI"),
        ("part", "local://p/bracket.geo", "is not one of the kinds taken"),
        ("size", "", "a value is required"),
    ],
)
def test_a_constant_that_breaks_the_rules_of_its_port_is_told(
    name: str, text: str, reason: str
) -> None:
    document = replace(
        body(wired(MESHING, **{name: Constant(text)}), RATING),
        inputs=tuple(one for one in GOOD.inputs if one.id != name),
    )

    [problem] = problems(document, SERVICES)

    assert (problem.place, problem.code) == (f"s1/{name}", "constant")
    assert reason in problem.message


def test_a_type_that_does_not_fit_is_told_with_both_ends() -> None:
    meshing_again = replace(MESHING, key="s3", outputs={}, inputs={**MESHING.inputs})
    document = body(MESHING, RATING, wired(meshing_again, size=Wire("mesh")))

    [problem] = problems(document, SERVICES)

    assert (problem.place, problem.code) == ("s3/size", "types")
    assert problem.message == "s1/mesh does not fit: a file does not fit a decimal"


def test_anything_fits_a_string_and_an_integer_fits_a_decimal() -> None:
    meshing_again = wired(replace(MESHING, key="s3", outputs={}), size=Wire("nodes"))

    assert found(body(MESHING, wired(RATING, label=Wire("nodes")), meshing_again)) == []


def test_the_token_may_be_wired_to_a_port_of_another_name() -> None:
    assert found(body(MESHING, wired(RATING, label=Wire("sessionToken")))) == []


def test_another_wire_to_the_token_is_ignored_and_noticed() -> None:
    rating = replace(RATING, filled={"sessionToken": "elsewhere"})

    assert found(body(MESHING, rating)) == []
    [notice] = notices(body(MESHING, rating), SERVICES)
    assert (notice.place, notice.code) == ("s2/sessionToken", "filled-in")


def test_something_else_may_be_wired_to_the_extra_parameters() -> None:
    assert found(body(MESHING, wired(RATING, extraParameters=Wire("mesh")))) == []


def test_an_application_may_stand_where_any_service_may() -> None:
    services = {**SERVICES, QUALITY: replace(SERVICES[QUALITY], kind=Kind.APPLICATION)}

    assert problems(GOOD, services) == ()


def test_ports_that_one_input_cannot_satisfy_are_told_at_the_input() -> None:
    document = body(wired(MESHING, size=Wire("part")), RATING)

    assert found(document) == [("inputs/geometry", "types")]


def test_what_has_no_effect_is_noticed_and_no_problem() -> None:
    document = replace(
        GOOD,
        inputs=(*GOOD.inputs, DocumentInput(name="idle", id="idle")),
        outputs=(*GOOD.outputs, DocumentOutput(name="echo", id="size")),
        unknown=(
            Unknown(place="s1", name="note", text="<note/>"),
            Unknown(place="", name="@colour", text="red"),
            Unknown(place="sequence", name="#text", text="hm"),
        ),
    )

    assert found(document) == []
    assert [(one.place, one.code) for one in notices(document, SERVICES)] == [
        ("s1", "unknown-piece"),
        ("", "unknown-piece"),
        ("sequence", "unknown-piece"),
        ("inputs/idle", "unused-input"),
        ("outputs/echo", "passed-on"),
    ]


def test_the_ports_of_a_workflow_follow_from_its_wires() -> None:
    ports = infer_ports(GOOD, SERVICES)

    part, size = SERVICES[MESH].inputs[:2]
    assert ports.inputs == (replace(part, name="geometry"), size)
    assert ports.outputs == (
        Port(name="mesh", type=PortType.FILE, accept=(".msh",)),
        Port(name="worst", type=PortType.DECIMAL, title="Worst element"),
    )


def test_an_input_that_is_wired_to_nothing_is_an_optional_string() -> None:
    document = replace(GOOD, inputs=(DocumentInput(name="idle", id=""),))

    assert infer_ports(document, SERVICES).inputs == (Port(name="idle", required=False),)


def test_an_output_that_shows_an_input_has_its_rules() -> None:
    document = replace(GOOD, outputs=(DocumentOutput(name="echo", id="size"),))

    assert infer_ports(document, SERVICES).outputs == (
        Port(name="echo", type=PortType.DECIMAL, unit="mm", minimum=Decimal("0.1")),
    )


def test_ports_of_an_invalid_workflow_are_guessed_as_far_as_possible() -> None:
    ports = infer_ports(GOOD, {QUALITY: SERVICES[QUALITY]})

    assert [port.name for port in ports.inputs] == ["geometry", "size"]
    assert [port.type for port in ports.outputs] == [PortType.STRING, PortType.DECIMAL]


LOG_IN = "http://company/async/l.owl#logIn_Service"
WITH_SECRET = {
    **SERVICES,
    LOG_IN: ServiceInterface(
        uri=LOG_IN,
        kind=Kind.SYNCHRONOUS,
        inputs=(Port(name="password", type=PortType.SECRET), Port(name="user", required=False)),
        outputs=(Port(name="greeting"),),
    ),
}


def log_in(**inputs: Wire | Constant) -> Document:
    step = Step(key="s1", service=LOG_IN, inputs=inputs, outputs={"greeting": "greeting"})
    return replace(
        GOOD,
        inputs=(DocumentInput(name="word", id="word"),),
        outputs=(DocumentOutput(name="greeting", id="greeting"),),
        body=Sequence(key="", nodes=(step,)),
    )


def test_a_secret_comes_from_an_input_of_the_workflow_which_is_a_secret_then() -> None:
    document = log_in(password=Wire("word"))

    assert problems(document, WITH_SECRET) == ()
    assert infer_ports(document, WITH_SECRET).inputs == (Port(name="word", type=PortType.SECRET),)


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (log_in(password=Constant("hunter2")), "s1/password"),
        (log_in(password=Wire("word"), user=Wire("word")), "inputs/word"),
        (
            replace(
                log_in(password=Wire("word")), outputs=(DocumentOutput(name="echo", id="word"),)
            ),
            "outputs/echo",
        ),
    ],
)
def test_a_secret_that_would_be_shown_is_a_problem(document: Document, place: str) -> None:
    found = [problem for problem in problems(document, WITH_SECRET) if problem.code == "secret"]

    assert [problem.place for problem in found] == [place]
    assert "hunter2" not in str(found)


def test_a_value_that_is_passed_on_by_many_merges_is_looked_at_once() -> None:
    label = "label"
    branches: list[Node] = []
    for number in range(1, 61):
        # Both sides take the same: ways double with every branch, and what is behind them does not.
        merged = Merged(id=f"m{number}", then=Wire(label), otherwise=Wire(label))
        key = f"i{number}"
        condition = Compare(Comparison.GREATER, Variable("size"), Literal("1", PortType.INTEGER))
        then, otherwise = Sequence(key=f"{key}/then"), Sequence(key=f"{key}/else")
        branch = Branch(
            key=key, condition=condition, then=then, otherwise=otherwise, merged=(merged,)
        )
        branches.append(branch)
        label = f"m{number}"
    document = replace(
        GOOD,
        inputs=(*GOOD.inputs, DocumentInput(name="label", id="label")),
        body=Sequence(nodes=(MESHING, *branches, wired(RATING, label=Wire(label)))),
    )

    assert found(document) == []
    assert infer_ports(document, SERVICES).inputs[-1] == Port(name="label", required=False)
