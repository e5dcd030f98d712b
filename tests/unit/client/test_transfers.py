"""A downloaded file is whole or not there, and its name never leaves its folder."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.client import TransferFailed
from tarry.client.transfers import name_in, save


def test_a_file_that_arrives_whole_is_there_and_nothing_else(tmp_path: Path) -> None:
    save(iter([b"ab", b"c"]), tmp_path / "mesh.msh", 3, None)
    assert [found.name for found in tmp_path.iterdir()] == ["mesh.msh"]
    assert (tmp_path / "mesh.msh").read_bytes() == b"abc"


def test_a_file_that_was_cut_short_leaves_nothing_and_keeps_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "mesh.msh").write_bytes(b"old")
    with pytest.raises(TransferFailed, match="only 2 of 3 bytes"):
        save(iter([b"ab"]), tmp_path / "mesh.msh", 3, None)
    assert [found.name for found in tmp_path.iterdir()] == ["mesh.msh"]
    assert (tmp_path / "mesh.msh").read_bytes() == b"old"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("attachment; filename=\"b_.txt\"; filename*=UTF-8''b%C3%BC.txt", "bü.txt"),
        ('attachment; filename="a.txt"', "a.txt"),
        ("attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", "passwd"),
        ('attachment; filename=".."', "download"),
        ("attachment; filename*=UTF-8''a%00b", "download"),
        ("", "download"),
    ],
)
def test_the_name_is_the_servers_but_never_a_path(disposition: str, name: str) -> None:
    assert name_in(disposition) == name


@given(st.text())
def test_no_header_makes_a_name_that_is_a_path(disposition: str) -> None:
    name = name_in(disposition)
    assert name not in {"", ".", ".."}
    assert "/" not in name
    assert "\0" not in name
