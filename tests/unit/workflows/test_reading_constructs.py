"""Branches, loops and all that is ours are read as the format page says."""

from datetime import timedelta

import pytest

from tarry.contract.ports import PortType
from tarry.platform.workflows.errors import DocumentUnreadable
from tarry.platform.workflows.model import (
    Branch,
    Carried,
    Compare,
    Comparison,
    Condition,
    Constant,
    Document,
    ForEach,
    Gathered,
    Literal,
    Merge,
    Merged,
    Nested,
    Node,
    Parallel,
    Repeat,
    Sequence,
    Spot,
    Step,
    Variable,
    Wire,
    branches_of_merges,
    numbered,
)
from tarry.platform.workflows.xml import read, write

URI = "http://company/workflow/Name.owl#Name"
ASYNC = "http://company/async/x.owl#start_Service"
SYNC = "http://company/sync/y.owl#check_Service"
END_IF = "http://www.cloudifacturing.eu/sync/DFKI/EndIf.owl#EndIf_Service"
INNER = "http://company/workflow/Inner.owl#Inner"


def document(body: str, head: str = "") -> bytes:
    services = f"<services><sequence>{body}</sequence></services>"
    return (
        f'<workflow URI="{URI}" xmlns:t="urn:tarry:workflow:1">{head}{services}</workflow>'.encode()
    )


def node(body: str, head: str = "") -> Node:
    """The only node of a document."""
    [found] = read(document(body, head)).body.nodes
    return found


def more_than(end: str, number: str) -> Condition:
    return Compare(Comparison.GREATER, Variable(end), Literal(number, PortType.INTEGER))


def step(key: str, service: str = SYNC, **outputs: str) -> Step:
    return Step(key=key, service=service, outputs=outputs)


# As an editor of the field writes a branch whose result goes on, and a loop.
FIELD = f"""<workflow URI="{URI}">
  <input URI="#sessionToken" ID="sessionToken"/>
  <input URI="#limit" ID="main_input2"/>
  <output URI="#best" ID="s4io3"/>
  <services><sequence>
    <service URI="{SYNC}"><output URI="http://company/sync/y.owl#error" ID="s1io1"/></service>
    <if>
      <condition>greaterThan(s1io1, 5)</condition>
      <then><sequence>
        <service URI="{ASYNC}"><output URI="#mesh" ID="s2io1"/></service>
      </sequence></then>
      <else>
        <service URI="{SYNC}"><output URI="#mesh" ID="s3io1"/></service>
      </else>
    </if>
    <service URI="{END_IF}">
      <input URI="http://www.cloudifacturing.eu/sync/DFKI/EndIf.owl#Then_Out" ID="s2io1"/>
      <input URI="http://www.cloudifacturing.eu/sync/DFKI/EndIf.owl#Else_Out" ID="s3io1"/>
      <output URI="http://www.cloudifacturing.eu/sync/DFKI/EndIf.owl#ITE_Out" ID="s4io3"/>
    </service>
    <repeat-until>
      <sequence><service URI="{SYNC}"><output URI="#n" ID="s5io1"/></service></sequence>
      <condition>lessThan(s5io1, 3)</condition>
    </repeat-until>
  </sequence></services>
</workflow>"""


def test_branches_and_loops_of_the_field_are_read() -> None:
    found = read(FIELD.encode())

    assert found.body.nodes == (
        step("s1", error="s1io1"),
        Branch(
            key="i1",
            condition=more_than("s1io1", "5"),
            then=Sequence(key="i1/then", nodes=(step("i1/then/s1", ASYNC, mesh="s2io1"),)),
            otherwise=Sequence(key="i1/else", nodes=(step("i1/else/s1", mesh="s3io1"),)),
        ),
        Merge(key="s2", service=END_IF, then=Wire("s2io1"), otherwise=Wire("s3io1"), id="s4io3"),
        Repeat(
            key="r1",
            body=Sequence(key="r1", nodes=(step("r1/s1", n="s5io1"),)),
            condition=Compare(Comparison.LESS, Variable("s5io1"), Literal("3", PortType.INTEGER)),
        ),
    )
    assert branches_of_merges(found.body) == {"s2": "i1"}
    assert found.unknown == ()


def test_a_document_of_the_field_is_rewritten_without_anything_of_ours() -> None:
    found = read(FIELD.encode())

    assert read(write(found)) == found
    assert b"tarry" not in write(found)


def test_generated_ids_count_every_service_element_of_the_document() -> None:
    found = read(FIELD.encode())

    # the field numbers inputs of the workflow with those that the platform fills in; we do not
    assert list(numbered(found).steps) == [*found.steps]
    assert numbered(found).outputs == found.outputs


@pytest.mark.parametrize("said", ["error", "http://company/sync/y.owl#error", "#error", "s1io1"])
def test_a_variable_is_an_id_or_the_fragment_of_a_uri(said: str) -> None:
    found = read(FIELD.replace("greaterThan(s1io1", f"greaterThan({said}").encode())

    branch = found.body.nodes[1]
    assert isinstance(branch, Branch)
    assert branch.condition == more_than("s1io1", "5")


def test_a_fragment_means_the_last_end_that_has_it_so_far() -> None:
    one, other = (
        f'<service URI="{SYNC}"><output URI="#n" ID="{end}"/></service>' for end in ("a", "b")
    )
    asked = "<if><condition>equalTo(n, 1)</condition></if>"

    first, second = (
        found
        for found in read(document(one + asked + other + asked)).body.nodes
        if isinstance(found, Branch)
    )

    assert first.condition == Compare(
        Comparison.EQUAL, Variable("a"), Literal("1", PortType.INTEGER)
    )
    assert second.condition == Compare(
        Comparison.EQUAL, Variable("b"), Literal("1", PortType.INTEGER)
    )


def test_an_end_that_only_a_condition_means_gets_an_id() -> None:
    head = '<input URI="#limit" ID=""/>'
    service = f'<service URI="{SYNC}"><output URI="#n" ID=""/></service>'
    asked = "<if><t:condition>greaterThan(n, limit)</t:condition></if>"

    found = read(document(service + asked, head))

    assert found.inputs[0].id == "inputs/limit"
    assert found.steps[0].outputs == {"n": "s1/n"}
    branch = found.body.nodes[1]
    assert isinstance(branch, Branch)
    assert branch.condition == Compare(
        Comparison.GREATER, Variable("s1/n"), Variable("inputs/limit")
    )
    assert read(write(found)) == found


def test_the_condition_of_a_loop_may_stand_before_its_body() -> None:
    service = f'<service URI="{SYNC}"><output URI="#n" ID="x"/></service>'
    condition = "<condition>greaterThan(n, 3)</condition>"

    before = node(f"<repeat-until>{condition}{service}</repeat-until>")
    after = node(f"<repeat-until><sequence>{service}</sequence>{condition}</repeat-until>")

    assert before == after
    assert isinstance(before, Repeat)
    assert before.condition == more_than("x", "3")


def test_a_step_may_say_how_it_is_tried() -> None:
    found = node(
        f'<service URI="{ASYNC}" t:name="Mesh" t:note="slow" t:time-out="90.5" t:retries="3" '
        f't:retry-pause="1" t:repeatable="true"><t:on-failure>'
        '<t:output URI="#result" t:value="none"/></t:on-failure></service>'
    )

    assert found == Step(
        key="s1",
        service=ASYNC,
        name="Mesh",
        note="slow",
        time_out=timedelta(seconds=90, milliseconds=500),
        retries=3,
        retry_pause=timedelta(seconds=1),
        on_failure={"result": "none"},
        repeatable=True,
    )


def test_going_on_without_defaults_is_not_stopping() -> None:
    found = node(f'<service URI="{ASYNC}"><t:on-failure/></service>')

    assert isinstance(found, Step)
    assert found.on_failure == {}


def test_parallel_sequences_are_read() -> None:
    service = f'<service URI="{SYNC}"/>'
    found = node(
        f"<t:parallel t:name='both'><sequence>{service}</sequence><sequence/></t:parallel>"
    )

    assert found == Parallel(
        key="p1",
        name="both",
        branches=(Sequence(key="p1/b1", nodes=(step("p1/b1/s1"),)), Sequence(key="p1/b2")),
    )


def test_what_a_branch_merges_is_read() -> None:
    found = node(
        '<if><t:condition>isTrue(x)</t:condition><t:merged ID="m"><t:then ID="a"/>'
        '<t:else t:value="5"/></t:merged><t:merged ID="k"/></if>'
    )

    assert isinstance(found, Branch)
    assert found.merged == (
        Merged(id="m", then=Wire("a"), otherwise=Constant("5")),
        Merged(id="k"),
    )


def test_a_loop_may_ask_first_and_carry_values() -> None:
    found = node(
        '<t:while t:most="20"><t:carried ID="n"><t:first t:value="0"/><t:next ID="m"/></t:carried>'
        f'<condition>lessThan(n, 9)</condition><sequence><service URI="{SYNC}"/></sequence>'
        "</t:while>"
    )

    assert found == Repeat(
        key="r1",
        first=True,
        most=20,
        carried=(Carried(id="n", first=Constant("0"), next=Wire("m")),),
        condition=Compare(Comparison.LESS, Variable("n"), Literal("9", PortType.INTEGER)),
        body=Sequence(key="r1", nodes=(step("r1/s1"),)),
    )


def test_a_for_each_is_read() -> None:
    found = node(
        '<t:for-each t:width="3"><t:over t:value="[1, 2]"/><t:item ID="i"/>'
        f'<service URI="{SYNC}"/><t:gathered ID="g"><t:each ID="x"/></t:gathered></t:for-each>'
    )

    assert found == ForEach(
        key="f1",
        over=Constant("[1, 2]"),
        item="i",
        width=3,
        body=Sequence(key="f1", nodes=(step("f1/s1"),)),
        gathered=(Gathered(id="g", source=Wire("x")),),
    )


def test_a_workflow_may_stand_in_the_place_of_a_service() -> None:
    ports = '<input URI="#n" ID="a"/><output URI="#out" ID="b"/>'

    by_uri = node(f'<service URI="{INNER}" t:name="Inner">{ports}</service>')
    by_word = node(f'<service URI="urn:inner" t:workflow="true">{ports}</service>')
    service = node(f'<service URI="{INNER}" t:workflow="false">{ports}</service>')

    assert by_uri == Nested(
        key="n1", workflow=INNER, inputs={"n": Wire("a")}, outputs={"out": "b"}, name="Inner"
    )
    assert isinstance(by_word, Nested)
    assert isinstance(service, Step)


def test_other_ports_of_an_end_if_are_kept_as_they_are() -> None:
    found = read(document(f'<service URI="{END_IF}"><input URI="#Also" ID="x"/></service>'))

    [piece] = found.unknown
    assert (piece.place, piece.name) == ("s1", "input")
    assert read(write(found)) == found


def test_what_an_editor_says_of_its_canvas_is_kept() -> None:
    found = read(
        document(
            f'<service URI="{SYNC}" t:x="10" t:y="-2.5"/><if t:x="1" t:y="2">'
            "<condition>equalTo(a, 1)</condition></if>"
            '<sequence t:x="3" t:y="many"/>',
            head='<input URI="#n" ID="n" t:x="0" t:y="7"/>',
        )
    )

    assert found.canvas == {"s1": Spot(10, -2.5), "i1": Spot(1, 2), "inputs/n": Spot(0, 7)}
    assert {(piece.place, piece.name) for piece in found.unknown} == {
        ("q1", "@{urn:tarry:workflow:1}x"),
        ("q1", "@{urn:tarry:workflow:1}y"),
    }
    assert read(write(found)) == found


def test_a_merge_belongs_to_the_branch_that_defines_what_it_takes() -> None:
    def side(end: str) -> str:
        return f'<service URI="{SYNC}"><output URI="#n" ID="{end}"/></service>'

    def branch(end: str) -> str:
        return f"<if><condition>equalTo(x, 1)</condition><then>{side(end)}</then></if>"

    def merge(end: str) -> str:
        return f'<service URI="{END_IF}"><input URI="#Then_Out" ID="{end}"/></service>'

    body = read(document(merge("a") + branch("a") + branch("b") + merge("a") + merge("x"))).body

    assert branches_of_merges(body) == {"s2": "i1", "s3": "i2"}


@pytest.mark.parametrize(
    ("body", "place", "code"),
    [
        ("<if/>", "i1", "missing-condition"),
        ("<repeat-until/>", "r1", "missing-condition"),
        ("<if><condition>isTrue(x)</condition>" * 1 + "<then/><then/></if>", "i1", "then-twice"),
        ("<if>" + "<condition>isTrue(x)</condition>" * 2 + "</if>", "i1", "condition-twice"),
        (f'<service URI="{SYNC}" t:retries="-1"/>', "s1", "setting"),
        (f'<service URI="{SYNC}" t:time-out="soon"/>', "s1", "setting"),
        (f'<service URI="{SYNC}" t:repeatable="maybe"/>', "s1", "setting"),
        (
            f'<service URI="{SYNC}"><t:on-failure><t:output URI="#x"/></t:on-failure></service>',
            "s1/x",
            "missing-value",
        ),
        (
            "<if><condition>isTrue(x)</condition><t:merged><t:then ID='a'/></t:merged></if>",
            "i1",
            "missing-id",
        ),
        (
            (
                "<t:while><condition>isTrue(x)</condition>"
                "<t:carried ID='c'><t:first ID='a'/></t:carried></t:while>"
            ),
            "r1/c",
            "missing-source",
        ),
        ("<t:for-each><t:item ID='i'/></t:for-each>", "f1", "one-needed"),
        ("<t:for-each><t:over/><t:item ID='i'/></t:for-each>", "f1", "missing-source"),
        (
            "<t:for-each><t:over ID='a' t:value='[]'/><t:item ID='i'/></t:for-each>",
            "f1/over",
            "two-sources",
        ),
    ],
)
def test_what_leaves_open_what_is_meant_is_an_error(body: str, place: str, code: str) -> None:
    with pytest.raises(DocumentUnreadable) as caught:
        read(document(body))

    assert [(one.place, one.code) for one in caught.value.problems] == [(place, code)]


def test_deep_documents_are_read_or_refused_but_never_too_much() -> None:
    def nested(levels: int) -> Document:
        condition = "<condition>equalTo(x, 1)</condition>"
        opening = f"<if>{condition}<then>" * levels
        return read(document(opening + "</then></if>" * levels))

    assert nested(32).body.nodes
    for levels in (33, 80, 400):
        with pytest.raises(DocumentUnreadable):
            nested(levels)
