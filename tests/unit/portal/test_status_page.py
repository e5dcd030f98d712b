"""Status pages are hostile: what is put into them is little, and cannot be misused."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.platform.portal.model.status_page import charset_of, headers, prepare

PARENT = {"WFM": "http://h/soap", "serviceID": "r_1", "sessionToken": "rbcd"}


def test_a_page_that_asks_for_nothing_only_tells_how_tall_it_is_and_which_one() -> None:
    made = prepare(b"<!DOCTYPE html><p>37 %</p>", PARENT, tag="5e1f")
    assert re.fullmatch(rb"<!DOCTYPE html><script>[^<]*</script><p>37 %</p>", made)
    assert b"tarry: 'height'" in made
    assert b'tag: "5e1f"}' in made
    assert b"notify" not in made
    assert b"rbcd" not in made


@pytest.mark.parametrize(
    "page",
    [
        b"<!doctype html><script>x(parent.WFM)</script>",
        b"<!DOCTYPE html>\n<script>window.parent.serviceID</script>",
        b"<!DOCTYPE html><script>parent['sessionToken']</script>",
        b"<!DOCTYPE html><script>const { WFM } = parent;</script>",
        b"<!DOCTYPE html><script>const w = window.parent\n</script>",
    ],
)
def test_a_page_that_reads_its_parent_gets_it_behind_its_doctype(page: bytes) -> None:
    doctype, _, rest = page.partition(b">")
    made = prepare(page, PARENT)
    assert made.startswith(doctype + b"><script>(function (portal)")
    assert made.count(b"window.parent = {") == 1
    assert made.endswith(rest)


def test_the_page_of_an_application_gets_it_however_it_asks() -> None:
    page = b"<!DOCTYPE html><script>const here = self['par' + 'ent']</script>"
    assert b"window.parent = {" not in prepare(page, PARENT)
    assert b"window.parent = {" in prepare(page, PARENT, application=True)


def test_a_page_without_a_doctype_stays_without_one() -> None:
    assert prepare(b"<p>parent.WFM", PARENT).startswith(b"<script>(function (portal)")


def test_a_byte_order_mark_and_comments_may_stand_before_the_doctype() -> None:
    start = b"\xef\xbb\xbf <!-- a --> <!-- b > -->\n<!DOCTYPE HTML>"
    assert prepare(start + b"<i>parent.WFM", PARENT).startswith(start + b"<script>")


def test_a_million_comments_do_not_keep_us_busy() -> None:
    prepare(b"<!-- -->" * 200_000 + b"<p>parent.WFM", PARENT)


def test_the_messages_to_the_job_go_to_the_real_parent() -> None:
    made = prepare(b"<!DOCTYPE html><a onclick=notify_running_job('x')>parent.WFM", PARENT)
    kept, replaced = made.index(b"notify_running_job = "), made.index(b"window.parent = {")
    assert kept < replaced


@given(st.dictionaries(st.text(), st.text()))
def test_no_value_can_end_the_script_that_it_stands_in(parent: dict[str, str]) -> None:
    made = prepare(b"<!DOCTYPE html><p>parent.x", parent).decode()
    script = re.search(r"window\.parent = (.*?);</script>", made, re.DOTALL)
    assert script is not None
    assert not set("<>&") & set(script.group(1))
    assert json.loads(script.group(1)) == parent


def test_a_services_name_of_a_page_cannot_end_the_script_either() -> None:
    made = prepare(b"<!DOCTYPE html><p>", PARENT, tag='"</script><b>')
    assert b"<b>" not in made


def test_a_plain_text_becomes_a_page_that_shows_it() -> None:
    made = prepare(b"3 < 4 & parent.WFM", PARENT, tag="5e1f")
    assert b"<pre>3 &lt; 4 &amp; parent.WFM</pre>" in made
    assert b'tag: "5e1f"}' in made
    assert b"rbcd" not in made


@pytest.mark.parametrize(
    ("page", "charset"),
    [
        (b"<p>x", "utf-8"),
        (b'<meta charset="ISO-8859-1">', "iso-8859-1"),
        (b"<META http-equiv=x content='text/html; charset=windows-1252'>", "windows-1252"),
        (b'<meta charset="a\r\nSet-Cookie: x">', "utf-8"),
        (b" " * 5000 + b"<meta charset=latin1>", "utf-8"),
    ],
)
def test_a_page_keeps_its_own_encoding(page: bytes, charset: str) -> None:
    assert charset_of(page) == charset


def test_the_headers_are_those_that_were_proven_in_a_browser() -> None:
    assert headers("http://h:8080/soap") == {
        "Content-Security-Policy": (
            "sandbox allow-scripts allow-forms; default-src 'none'; script-src 'unsafe-inline'; "
            "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; media-src data:; "
            "connect-src http://h:8080/soap; form-action 'none'; base-uri 'none'; "
            "frame-ancestors 'self'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-DNS-Prefetch-Control": "off",
    }


def test_a_page_frames_only_the_sites_that_the_operator_names() -> None:
    named = ("https://viewer.example.org", "https://*.acme.org")
    rules = headers("http://h/soap", named)["Content-Security-Policy"].split("; ")
    assert f"frame-src {' '.join(named)}" in rules
    assert "frame-src" not in headers("http://h/soap")["Content-Security-Policy"]
    assert {"default-src 'none'", "sandbox allow-scripts allow-forms"} <= set(rules)
