"""The start form keeps what was typed and says beside each field what is wrong with it."""

from decimal import Decimal

import pytest

from tarry.contract.ports import Port, PortType
from tarry.platform.portal.model.start_form import empty_form, read_form, with_error

SIZE = Port(
    name="size",
    type=PortType.DECIMAL,
    title="Element size",
    unit="mm",
    minimum=Decimal("0.1"),
    maximum=Decimal(50),
)
NOTE = Port(name="note", type=PortType.TEXT, required=False)
FAST = Port(name="fast", type=PortType.BOOLEAN, default="true")


def test_a_form_begins_with_the_defaults() -> None:
    form = empty_form([SIZE, FAST])
    assert [(field.label, field.text) for field in form.fields] == [
        ("Element size", ""),
        ("fast", "true"),
    ]


def test_a_form_may_begin_with_the_values_of_an_earlier_run() -> None:
    form = empty_form([SIZE, FAST], {"size": "3", "gone": "x"})
    assert [field.text for field in form.fields] == ["3", "true"]


def test_every_wrong_field_is_told_at_once_and_keeps_what_was_typed() -> None:
    other = Port(name="n", type=PortType.INTEGER)
    form = read_form([SIZE, other], {"size": "70", "n": "many"})
    assert [(field.text, field.error) for field in form.fields] == [
        ("70", "'70' is above the maximum of 50 mm."),
        ("many", "'many' is not a whole number."),
    ]
    assert form.errors == form.fields


def test_values_that_can_be_taken_are_taken_in_their_lexical_form() -> None:
    form = read_form([SIZE, NOTE, FAST], {"size": " 2.50 ", "note": "a\r\nb", "fast": "true"})
    assert form.values == {"size": "2.50", "note": "a\nb", "fast": "true"}
    assert form.errors == ()


def test_a_box_that_is_not_ticked_is_false_even_if_the_default_is_true() -> None:
    assert read_form([FAST], {}).values == {"fast": "false"}


@pytest.mark.parametrize("type_", [PortType.STRING, PortType.TEXT, PortType.FILE, PortType.CHOICE])
def test_a_required_field_left_empty_is_told(type_: PortType) -> None:
    form = read_form([Port(name="x", type=type_, choices=("a",))], {"x": ""})
    assert form.fields[0].error == "A value is needed here."


def test_an_optional_field_left_empty_is_absent() -> None:
    assert read_form([NOTE], {"note": ""}).values == {}


def test_a_text_with_a_default_may_be_emptied() -> None:
    port = Port(name="x", default="something")
    assert read_form([port], {"x": ""}).values == {"x": ""}


def test_fields_that_no_port_knows_are_ignored() -> None:
    assert read_form([NOTE], {"note": "n", "evil": "x"}).values == {"note": "n"}


def test_an_error_that_is_found_later_stands_beside_its_field() -> None:
    form = with_error(read_form([SIZE, NOTE], {"size": "1"}), "size", "no such file")
    assert [field.error for field in form.fields] == ["no such file", ""]


@pytest.mark.parametrize(
    ("port", "hint"),
    [
        (SIZE, "0.1 to 50\u202fmm"),
        (Port(name="n", type=PortType.INTEGER, minimum=Decimal(1)), "1 or more"),
        (Port(name="n", type=PortType.INTEGER, maximum=Decimal(9)), "9 or less"),
        (Port(name="f", type=PortType.FILE, accept=(".stp", ".step")), "Files: .stp, .step"),
        (Port(name="s"), ""),
    ],
)
def test_the_rule_of_a_field_is_told_before_it_is_broken(port: Port, hint: str) -> None:
    assert empty_form([port]).fields[0].hint == hint
