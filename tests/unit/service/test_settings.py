"""Settings: option before environment before the `env` file beside the program file."""

from pathlib import Path
from typing import Any

import pytest
from tests.fakes.tarry_service import WAITER

from tarry.service.api.settings import ServeSettings, read_env_file, read_settings
from tarry.service.errors import InvalidServeSetting


def settings(environ: dict[str, str] | None = None, **options: Any) -> ServeSettings:
    """Settings of the waiter."""
    return read_settings([WAITER], environ=environ or {}, **options)


def root(found: ServeSettings) -> str:
    """The context root of the only program."""
    return found.programs[0].context_root


def test_an_option_comes_before_the_environment_before_the_env_file() -> None:
    assert root(settings()) == "/sintef/docker_services"
    assert root(settings({"CONTEXT_ROOT": "/mycompany/myvm"})) == "/mycompany/myvm"
    assert root(settings({"CONTEXT_ROOT": "/a"}, context_root="b/")) == "/b"
    assert root(settings(context_root="")) == ""


def test_every_program_has_the_context_root_of_its_own_folder(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "p.toml").write_text(WAITER.read_text().replace("Waiter", name))
    (tmp_path / "a" / "env").write_text("CONTEXT_ROOT=/first\n")

    files = [tmp_path / "b" / "p.toml", tmp_path / "a" / "p.toml"]
    found = read_settings(files, environ={})
    assert [program.context_root for program in found.programs] == ["", "/first"]


def test_the_rest_of_the_settings_follows_the_same_order(tmp_path: Path) -> None:
    environ = {
        "TARRY_HOST": "::1",
        "TARRY_SERVE_PORT": "9000",
        "TARRY_SERVE_DATA": str(tmp_path),
        "TARRY_AUTH": "http://a.example/AuthManager?wsdl",
        "TARRY_PLATFORM": "http://p.example/",
    }
    found = settings(environ)
    assert (found.host, found.tcp_port, found.data) == ("::1", 9000, tmp_path)
    assert found.auth_url == "http://a.example/AuthManager?wsdl"
    assert found.files_url == "http://p.example/api/v1/files"
    assert found.push_url == "http://p.example/push"
    found = settings(environ, host="127.0.0.1", tcp_port=0, data=tmp_path / "x")
    assert (found.host, found.tcp_port, found.data) == ("127.0.0.1", 0, tmp_path / "x")


def test_a_platform_brings_its_authentication_manager() -> None:
    found = settings(platform="http://p.example:8080")
    assert found.auth_url == "http://p.example:8080/authManager/AuthManager?wsdl"


def test_whom_to_trust_is_said_in_one_place_only() -> None:
    environ = {"TARRY_AUTH": "http://a.example/x", "TARRY_PLATFORM": "http://p.example"}
    assert settings(environ, no_auth=True).auth_url is None
    assert settings(environ, auth="http://b.example/y").platform is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org"])
def test_no_auth_is_for_loopback_only(host: str) -> None:
    with pytest.raises(InvalidServeSetting, match="is for this machine only"):
        settings(no_auth=True, host=host)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_loopback_has_several_names(host: str) -> None:
    assert settings(no_auth=True, host=host).no_auth


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"no_auth": True, "platform": "http://p"}, "--no-auth: cannot be combined"),
        ({"auth": "AuthManager?wsdl"}, "--auth: must be an http or https URL"),
        ({"platform": "ftp://p"}, "--platform: must be"),
        ({"platform": "http://user:secret@p"}, "--platform: must be"),
        ({"base_url": "example.org"}, "--public-url: must be"),
        ({"context_root": "/a b"}, "CONTEXT_ROOT: must be a path"),
        ({"context_root": "/a/../b"}, "CONTEXT_ROOT: must be a path"),
        ({"environ": {"TARRY_SERVE_PORT": "http"}}, "TARRY_SERVE_PORT: is no TCP port"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidServeSetting, match=message) as raised:
        settings(**options)
    assert "secret" not in str(raised.value)


def test_a_program_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe9'")
    for name in ("latin.toml", "missing.toml"):
        with pytest.raises(InvalidServeSetting, match=name):
            read_settings([tmp_path / name], environ={})


def test_an_env_file_is_read_as_docker_does(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("# comment\nA=1\nexport B = 'two words' \n\nC=\"x=y\"\nnonsense\nD=\n")
    assert read_env_file(file) == {"A": "1", "B": "two words", "C": "x=y", "D": ""}
    assert read_env_file(tmp_path / "missing") == {}


def test_how_it_logs_is_said_by_option_or_environment() -> None:
    said = {"TARRY_LOG_FORMAT": "json", "TARRY_ACCESS_LOG": "1"}
    settings = read_settings([WAITER], environ=said)
    assert (settings.log_format, settings.access_log) == ("json", True)
    assert read_settings([WAITER], log_format="pretty", environ=said).log_format == "pretty"
    with pytest.raises(InvalidServeSetting, match="TARRY_LOG_FORMAT"):
        read_settings([WAITER], environ={"TARRY_LOG_FORMAT": "xml"})
