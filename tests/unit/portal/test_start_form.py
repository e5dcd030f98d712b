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


SIZES = Port(name="sizes", type=PortType.DECIMAL, many=True, minimum=Decimal(0))
PASSWORD = Port(name="password", type=PortType.SECRET)


def test_a_list_is_typed_line_by_line() -> None:
    form = read_form([SIZES], {"sizes": " 1\r\n\r\n2.50 \r\n"})
    assert form.values == {"sizes": '["1", "2.50"]'}
    assert form.fields[0].text == "1\n2.50"


def test_texts_of_many_lines_stand_apart_by_a_line_of_dashes() -> None:
    notes = Port(name="notes", type=PortType.TEXT, many=True)
    form = read_form([notes], {"notes": "a\r\nb\r\n---\r\nc"})
    assert form.values == {"notes": '["a\\nb", "c"]'}
    assert form.fields[0].text == "a\nb\n---\nc"


def test_a_list_begins_with_its_default_or_with_the_values_of_an_earlier_run() -> None:
    port = Port(name="sizes", type=PortType.DECIMAL, many=True, default='["1", "2"]')
    assert empty_form([port]).fields[0].text == "1\n2"
    assert empty_form([port], {"sizes": '["3"]'}).fields[0].text == "3"


def test_what_is_wrong_with_an_item_is_said_and_the_list_stays_as_it_was_typed() -> None:
    form = read_form([SIZES], {"sizes": "1\n-2"})
    assert form.fields[0].text == "1\n-2"
    assert form.fields[0].error == "'-2' is below the minimum of 0."
    assert read_form([SIZES], {"sizes": " \n"}).fields[0].error == "A value is needed here."


def test_a_secret_is_taken_and_never_sent_back() -> None:
    form = read_form([PASSWORD, SIZE], {"password": " hunter2 ", "size": "many"})
    assert form.values == {"password": " hunter2 "}
    assert [field.text for field in form.fields] == ["", "many"]
    assert empty_form([PASSWORD], {"password": "•••"}).fields[0].text == ""
    refused = read_form([PASSWORD], {"password": "hunter2\nx"})
    assert "hunter2" not in repr(refused.fields)


def test_fields_that_most_people_leave_alone_stand_apart() -> None:
    form = empty_form([SIZE, Port(name="solver", advanced=True)])
    assert [field.port.name for field in form.advanced] == ["solver"]
