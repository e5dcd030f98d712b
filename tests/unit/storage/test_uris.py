"""Storage URIs: one name for one file, and never a way out."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tarry.platform.storage.errors import BadUri
from tarry.platform.storage.model.uris import LONGEST_NAME, parse_uri, safe_name

TEXTS = st.text(alphabet=st.characters(), max_size=60)
SEGMENTS = st.text(
    alphabet=st.sampled_from("abcXYZ019._-+ %#?&=äß☃/\\\0\n\u202e\ud800"), max_size=300
)


@pytest.mark.parametrize(
    ("text", "project", "path"),
    [
        ("local://mill/a.txt", "mill", ("a.txt",)),
        ("local://mill/runs/0f/1/mesh/mesh.msh", "mill", ("runs", "0f", "1", "mesh", "mesh.msh")),
        ("local://mill//a/./b//c", "mill", ("a", "b", "c")),
        ("local://Mill.2/Träger (alt).step", "Mill.2", ("Träger (alt).step",)),
        ("local://mill/%2e%2e/a", "mill", ("%2e%2e", "a")),
        ("local://mill/a?b#c", "mill", ("a?b#c",)),
        ("local://mill/.../..a/a..", "mill", ("...", "..a", "a..")),
        ("local://mill/e\u0301", "mill", ("\u00e9",)),
    ],
)
def test_a_uri_names_a_file_in_a_project(text: str, project: str, path: tuple[str, ...]) -> None:
    uri = parse_uri(text)

    assert (uri.back_end, uri.project, uri.path) == ("local", project, path)
    assert uri.name == path[-1]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "does not look like"),
        ("mill/a", "does not look like"),
        ("/etc/passwd", "does not look like"),
        ("file:///etc/passwd", "no storage back end 'file'"),
        ("gss://mill/a", "no storage back end 'gss'"),
        ("LOCAL://mill/a", "does not look like"),
        ("local:///a", "names no project"),
        ("local://../a", "names no project"),
        ("local://.incoming/a", "names no project"),
        ("local://.", "names no project"),
        ("local://mill", "no file in it"),
        ("local://mill/", "no file in it"),
        ("local://mill/./", "no file in it"),
        ("local://mill/a/", "names a folder"),
        ("local://mill/a/.", "names a folder"),
        ("local://mill/..", "leads out"),
        ("local://mill/../other/a", "leads out"),
        ("local://mill/a/../../other/a", "leads out"),
        ("local://mill/a/..", "leads out"),
        ("local://mill/a\\..\\b", "backslash"),
        ("local://mill/a\0", "cannot be printed"),
        ("local://mill/a\nb", "cannot be printed"),
        ("local://mill/txt.\u202eexe", "cannot be printed"),
        ("local://mill/\ud800", "cannot be printed"),
        ("local://mill/ a", "space"),
        ("local://mill/a /b", "space"),
        ("local://mill/" + "a" * 256, "longer than 255 bytes"),
        ("local://mill/" + "ä" * 128, "longer than 255 bytes"),
        ("local://mill/" + "a/" * 64 + "a", "deeper than 64"),
        ("local://m ill/a", "names no project"),
        ("local://" + "m" * 65 + "/a", "names no project"),
    ],
)
def test_anything_else_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(BadUri, match=why):
        parse_uri(text)


def test_a_refusal_shows_the_beginning_of_a_long_text_only() -> None:
    with pytest.raises(BadUri) as caught:
        parse_uri("x" * 100_000)

    assert len(str(caught.value)) < 400


@given(TEXTS | SEGMENTS.map(lambda rest: f"local://mill/{rest}"))
@example("local://mill/a/../b")
def test_what_is_taken_stays_beneath_its_project_and_is_one_name_for_one_file(text: str) -> None:
    try:
        uri = parse_uri(text)
    except BadUri:
        return

    assert uri.project
    for segment in (uri.project, *uri.path):
        assert segment not in {"", ".", ".."}
        assert not set(segment) & set("/\\\0\n\r")
        assert len(segment.encode()) <= 255
    assert parse_uri(str(uri)) == uri


@given(st.text(max_size=300))
@example("../../etc/passwd")
@example("C:\\Users\\anna\\Part 1.STEP")
@example("-o.step")
@example(".bashrc")
@example("a" * 500 + ".step")
@example("☃" * 200 + ".msh")
def test_any_name_becomes_a_safe_one(wanted: str) -> None:
    name = safe_name(wanted)

    uri = parse_uri(f"local://mill/uploads/0/{name}")
    assert uri.name == name, "one segment, taken as it is"
    assert not name.startswith((".", "-", "+"))
    assert len(name) <= LONGEST_NAME
    assert not set(name) & set(" /\\\0\n'\"`$;&|<>*?()")


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("bracket.step", "bracket.step"),
        ("Träger 2 (alt).STEP", "Träger_2_alt_.STEP"),
        ("C:\\Users\\anna\\part.stl", "part.stl"),
        ("/home/anna/part.stl", "part.stl"),
        ("../../part.stl", "part.stl"),
        (".stl", "stl"),
        ("", "file"),
        ("...", "file"),
        ("---", "file"),
        ("case.tar.gz", "case.tar.gz"),
    ],
)
def test_a_name_stays_as_it_was_as_far_as_it_can(wanted: str, name: str) -> None:
    assert safe_name(wanted) == name


@pytest.mark.parametrize("ending", [".step", ".STEP", ".msh"])
def test_a_long_name_keeps_its_ending(ending: str) -> None:
    assert safe_name("a" * 500 + ending).endswith(ending)
