"""Names and passwords: which are taken, and why the others are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.platform.accounts.errors import BadName, BadPassword
from tarry.platform.accounts.model.people import checked_name, checked_password, password_from


@pytest.mark.parametrize("name", ["a", "demo", "Anna.Schmidt", "x-1_2", "0", "n" * 64])
def test_a_plain_name_is_taken(name: str) -> None:
    assert checked_name("user", name) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".hidden", "-o", "a b", "a/b", "ä", "a\n", "n" * 65, "a:b", "a\0"]
)
def test_a_name_that_could_be_a_path_or_an_option_is_refused(name: str) -> None:
    with pytest.raises(BadName, match="letter or digit"):
        checked_name("user", name)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "at least 8"),
        ("x" * 1001, "more than 1000"),
        ("Anna-Lena", "the user's name"),
        ("tab\there.", "control"),
        ("surrogate\ud800", "control"),
    ],
)
def test_a_password_is_refused_with_its_reason_and_not_shown(password: str, why: str) -> None:
    with pytest.raises(BadPassword, match=why) as caught:
        checked_password(password, user_name="anna-lena")

    assert password not in str(caught.value)


@pytest.mark.parametrize("password", ["12345678", "pässwörd", "a phrase with spaces", "🔑" * 8])
def test_any_other_password_is_taken(password: str) -> None:
    assert checked_password(password, user_name="anna") == password


@given(st.binary(min_size=32, max_size=32))
def test_a_generated_password_can_be_read_aloud_and_is_taken(randomness: bytes) -> None:
    password = password_from(randomness)

    assert [len(group) for group in password.split("-")] == [4, 4, 4, 4]
    assert not set(password) & set("aeiou01lIO"), "nothing that looks like something else"
    assert checked_password(password, user_name="demo") == password


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=2, unique_by=lambda b: b[-10:]))
def test_generated_passwords_differ(randomness: list[bytes]) -> None:
    assert len({password_from(each) for each in randomness}) == len(randomness)
