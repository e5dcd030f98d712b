"""`<ServiceOutputs>` in base64."""

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.contract.errors import InvalidValue, MalformedMessage
from tarry.contract.ports import Port
from tarry.soap.outputs import lexical_values, read_outputs, wire_values, write_outputs

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


def test_it_is_written_as_the_contract_has_it() -> None:
    written = b64decode(write_outputs({"answer": "a < b", "list": ["1", "2"]}))
    assert written == (
        b"<ServiceOutputs><answer>a &lt; b</answer><list>1</list><list>2</list></ServiceOutputs>"
    )


@given(st.dictionaries(st.sampled_from(["a", "b", "c_1"]), TEXTS))
def test_what_is_written_can_be_read(outputs: dict[str, str]) -> None:
    assert read_outputs(write_outputs(outputs)) == outputs


def test_any_root_and_line_breaks_in_the_base64_are_taken() -> None:
    text = b64encode(b"<x:Any xmlns:x='urn:x'>\n <x:a>1</x:a><b/></x:Any>").decode()
    assert read_outputs(f"{text[:10]}\r\n{text[10:]}\n") == {"a": "1", "b": ""}


@pytest.mark.parametrize(
    "raw",
    [b"", b"<a>", b"<a><b><c/></b></a>", b"<!DOCTYPE a [<!ENTITY e 'x'>]><a><b>&e;</b></a>"],
)
def test_what_is_no_such_document_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedMessage):
        read_outputs(b64encode(raw).decode())
    with pytest.raises(MalformedMessage):
        read_outputs("no base64!")


ONE, MANY = Port(name="one"), Port(name="many", many=True)


def test_a_repeated_element_is_a_list_where_there_is_a_port_for_one() -> None:
    given = {"one": "1", "many": ["a", "b"], "other": "x"}
    assert lexical_values((ONE, MANY), given) == {"one": "1", "many": '["a", "b"]'}
    assert lexical_values((MANY,), {"many": "a"}) == {"many": '["a"]'}
    assert lexical_values((MANY,), {"many": ""}) == {"many": ""}
    assert lexical_values((MANY,), {"many": ["", ""]}) == {"many": '["", ""]'}
    assert wire_values((ONE, MANY), {"one": "1", "many": '["a", "b"]'}) == {
        "one": "1",
        "many": ["a", "b"],
    }


def test_several_values_of_a_port_that_takes_one_are_refused() -> None:
    with pytest.raises(InvalidValue, match="one: 2 values are too many"):
        lexical_values((ONE,), {"one": ["1", "2"]})
