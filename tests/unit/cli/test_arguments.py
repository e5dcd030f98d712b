"""`name=value` on the command line, and what is said about wrong ones."""

from pathlib import Path

import click
import pytest

from tarry.cli.arguments import as_mapping, files_to_upload, hold_names, lexical
from tarry.contract.ports import Port, PortType

GEOMETRY = Port(name="geometry", type=PortType.FILE, accept=(".step", ".stp"))
SIZE = Port(name="size", type=PortType.DECIMAL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1", {"a": "1"}),
        ("a=", {"a": ""}),
        ("a=b=c", {"a": "b=c"}),
        ("a=@x y.step", {"a": "@x y.step"}),
        ("a=-5", {"a": "-5"}),
    ],
)
def test_everything_after_the_first_equals_sign_is_the_value(
    text: str, expected: dict[str, str]
) -> None:
    assert as_mapping([text]) == expected


@pytest.mark.parametrize("text", ["a", "=1", " =1", ""])
def test_what_is_no_name_and_value_is_a_usage_error(text: str) -> None:
    with pytest.raises(click.UsageError, match="name=value"):
        as_mapping([text])


def test_a_name_given_twice_is_never_a_silent_choice() -> None:
    with pytest.raises(click.UsageError, match="size is given twice"):
        lexical(as_mapping(["size=1", "size=2"]), [SIZE])


def test_a_list_is_given_item_by_item() -> None:
    sizes = Port(name="sizes", type=PortType.DECIMAL, many=True)
    assert lexical(as_mapping(["sizes=1", "sizes=[2]"]), [sizes]) == {"sizes": '["1", "[2]"]'}
    assert lexical(as_mapping(["sizes=1"]), [sizes]) == {"sizes": '["1"]'}


PASSWORD = Port(name="password", type=PortType.SECRET)


def test_a_secret_cannot_stand_on_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="leave it out to be asked") as refused:
        lexical(as_mapping(["password=hunter2"]), [PASSWORD])
    assert "hunter2" not in str(refused.value)
    file = tmp_path / "password"
    file.write_text("hunter2 \n")
    assert lexical(as_mapping([f"password=@{file}"]), [PASSWORD]) == {"password": "hunter2 "}
    with pytest.raises(click.UsageError, match="cannot be read"):
        lexical(as_mapping([f"password=@{file}s"]), [PASSWORD])


def test_a_mistyped_name_is_answered_with_the_near_one() -> None:
    with pytest.raises(click.UsageError, match="'geometry'"):
        hold_names({"geomtry": "x"}, [GEOMETRY, SIZE])


def test_a_name_like_no_other_is_answered_with_all_there_are() -> None:
    with pytest.raises(click.UsageError, match="There are: geometry, size"):
        hold_names({"colour": "x"}, [GEOMETRY, SIZE])


def test_only_ports_of_type_file_upload_and_only_with_the_sign(tmp_path: Path) -> None:
    file = tmp_path / "Bracket.STEP"
    file.touch()
    values = as_mapping([f"geometry=@{file}", "size=@2"])
    assert files_to_upload(values, [GEOMETRY, SIZE]) == {"geometry": [file]}


def test_folders_and_lists_of_files_are_uploaded_and_uris_stay_among_them(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.touch()
    case = Port(name="case", type=PortType.FOLDER)
    parts = Port(name="parts", type=PortType.FILE, many=True)
    given = as_mapping([f"case=@{tmp_path}/", "parts=local://demo/b", f"parts=@{file}"])
    assert files_to_upload(given, [case, parts]) == {
        "case": [tmp_path],
        "parts": ["local://demo/b", file],
    }
    with pytest.raises(click.UsageError, match="there is no folder"):
        files_to_upload(as_mapping([f"case=@{file}"]), [case])


def test_a_storage_uri_is_passed_on_as_it_is() -> None:
    assert files_to_upload(as_mapping(["geometry=local://demo/a.step"]), [GEOMETRY]) == {}


def test_a_path_without_the_sign_is_answered_with_how_to_write_it() -> None:
    with pytest.raises(click.UsageError, match=r"geometry=@bracket\.step"):
        files_to_upload(as_mapping(["geometry=bracket.step"]), [GEOMETRY])


def test_a_file_that_is_not_there_is_found_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="there is no file"):
        files_to_upload(as_mapping([f"geometry=@{tmp_path / 'none.step'}"]), [GEOMETRY])


def test_a_file_of_a_kind_that_is_not_taken_is_found_before_anything_is_sent(
    tmp_path: Path,
) -> None:
    file = tmp_path / "script.geo"
    file.touch()
    with pytest.raises(click.UsageError, match=r"\.step, \.stp"):
        files_to_upload(as_mapping([f"geometry=@{file}"]), [GEOMETRY])
