"""Answers with megabytes in one element: libxml2 alone would refuse them."""

import pytest

from tarry.soap import xml

LARGE = "QUJD" * 2_600_000  # more than 10 million characters
DOCTYPE = '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>'


def test_a_text_of_any_length_comes_whole() -> None:
    raw = f'<a xmlns="urn:a"><!-- no --><b c="1">{LARGE}</b><d/>e</a>'.encode()

    root = xml.parse_answer(raw)

    assert [root.tag, *(child.tag for child in root)] == ["{urn:a}a", "{urn:a}b", "{urn:a}d"]
    assert root[0].text == LARGE
    assert (root[0].get("c"), root[1].tail) == ("1", "e")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (f"{DOCTYPE}<a>{LARGE}</a>".encode(), "DOCTYPE"),
        (f'<?xml version="1.0" encoding="utf-16"?>{DOCTYPE}<a>{LARGE}</a>'.encode("utf-16"), "DOC"),
        (f"<a>{LARGE}&b;</a>".encode(), "malformed"),
        (f"<a>{LARGE}</b>".encode(), "malformed"),
        (("<a>" * 300 + LARGE + "</a>" * 300).encode(), "nested deeper than 256"),
        (f"<a>{'<b/>' * 250_000}{LARGE}</a>".encode(), "more than 250,000 tags"),
    ],
    ids=["doctype", "hidden doctype", "entity", "not closed", "deep", "long-winded"],
)
def test_what_is_refused_in_small_answers_is_refused_in_large_ones(raw: bytes, why: str) -> None:
    with pytest.raises(xml.UnsafeXml, match=why):
        xml.parse_answer(raw)
