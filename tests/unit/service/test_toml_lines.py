"""Lines of keys in TOML texts."""

import pytest

from tarry.service.model.toml_lines import line_of

TEXT = '''# [a]
name = "x # no comment"
[a] # a comment with [brackets]
b.c = 1
list = [
  "d = 1", # e = 2
  'f',
]
"quoted key" = 3
[a."dotted.key".x]
many = """
not = "a key"
[nor.a.table]
"""
inline = { g = 1 }
[[items]]
h = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 2),
        (("a",), 3),
        (("a", "b"), 4),
        (("a", "b", "c"), 4),
        (("a", "list"), 5),
        (("a", "quoted key"), 9),
        (("a", "dotted.key", "x"), 10),
        (("a", "dotted.key", "x", "many"), 11),
        (("a", "dotted.key", "x", "inline"), 15),
        (("a", "dotted.key", "x", "inline", "g"), 15),
        (("a", "missing"), 3),
        (("items", "h"), 17),
    ],
)
def test_a_key_is_found_or_else_the_nearest_table_around_it(
    path: tuple[str, ...], line: int
) -> None:
    assert line_of(TEXT, path) == line


def test_what_is_nowhere_has_no_line() -> None:
    assert line_of(TEXT, ("nowhere",)) is None
