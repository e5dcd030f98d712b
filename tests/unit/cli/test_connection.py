"""Which platform is meant, and how log-ins are kept."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tarry.cli.connection import Login, Logins, platform_url

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ANN = Login(
    url="http://a",
    user="ann",
    project="wing",
    token="secret",
    expires_at=(NOW + timedelta(hours=1)).isoformat(),
)


@pytest.fixture
def logins(tmp_path: Path) -> Logins:
    return Logins.of({"XDG_CONFIG_HOME": str(tmp_path / "config")})


def test_a_log_in_is_found_again_and_readable_by_its_owner_only(
    logins: Logins, tmp_path: Path
) -> None:
    logins.keep(ANN)
    file = tmp_path / "config" / "tarry" / "logins.json"
    assert logins.find("http://a") == ANN
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_log_ins_at_several_platforms_stay_apart(logins: Logins) -> None:
    ben = Login(url="http://b", user="ben", project="keel", token="other")
    logins.keep(ANN)
    logins.keep(ben)
    logins.forget("http://b")
    assert logins.find("http://a") == ANN
    assert logins.find("http://b") is None


def test_a_token_is_not_shown_where_a_log_in_is_printed() -> None:
    assert "secret" not in repr(ANN)


def test_a_log_in_is_good_until_its_token_expires() -> None:
    assert ANN.is_good(NOW)
    assert not ANN.is_good(NOW + timedelta(hours=2))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"logins": {"http://a": {"user": 1}}}'])
def test_a_damaged_file_means_not_logged_in(tmp_path: Path, text: str) -> None:
    file = tmp_path / "logins.json"
    file.write_text(text, encoding="utf-8")
    assert Logins(file).find("http://a") is None


def test_the_platform_is_the_named_one_else_the_last_one_else_the_one_here(logins: Logins) -> None:
    assert platform_url({}, logins) == "http://localhost:8080"
    assert platform_url({"TARRY_PORT": "81"}, logins) == "http://localhost:81"
    logins.keep(ANN)
    assert platform_url({}, logins) == "http://a"
    assert platform_url({"TARRY_URL": "https://c/"}, logins) == "https://c"
    assert platform_url({"TARRY_URL": "c:81"}, logins) == "http://c:81"
