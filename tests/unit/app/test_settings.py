"""Where settings come from, and what is said about wrong ones."""

from pathlib import Path
from typing import Any

import pytest

from tarry.app.settings import ENVIRONMENT, Role, Settings, load, mistyped
from tarry.platform.kernel.errors import InvalidSetting


def test_without_any_setting_only_this_machine_is_served_on_8080() -> None:
    settings = load({"HOME": "/home/x"})
    assert (settings.host, settings.tcp_port) == ("127.0.0.1", 8080)
    assert settings.url == "http://localhost:8080"
    assert settings.allowed_addresses == ("loopback",)


def test_the_data_folder_lies_where_the_desktop_standard_says() -> None:
    assert load({"XDG_DATA_HOME": "/x/data"}).data == Path("/x/data/tarry")
    assert load({}).data == Path.home() / ".local/share/tarry"


def test_an_option_comes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "tarry.toml"
    file.write_text('tcp_port = 1001\nhost = "127.0.0.2"\nupload_limit = 7\n', encoding="utf-8")
    environment = {"TARRY_PORT": "1002", "TARRY_HOST": "127.0.0.3"}
    settings = load(environment, file=file, tcp_port=1003, host=None)
    assert settings.tcp_port == 1003
    assert settings.host == "127.0.0.3"
    assert settings.upload_limit == 7


def test_the_environment_may_name_the_settings_file(tmp_path: Path) -> None:
    file = tmp_path / "tarry.toml"
    file.write_text('allowed_addresses = ["loopback", "10.0.0.0/8"]\n', encoding="utf-8")
    settings = load({"TARRY_SETTINGS": str(file)})
    assert settings.allowed_addresses == ("loopback", "10.0.0.0/8")


def test_lists_are_written_with_commas_in_the_environment() -> None:
    settings = load({"TARRY_HOST_NAMES": "mesh.example.org, mesh"})
    assert settings.host_names == ("mesh.example.org", "mesh")


@pytest.mark.parametrize("text", ["0", "65536", "-1", "eighty", "80.0", "٨٠"])
def test_a_tcp_port_that_is_none_is_refused_by_the_name_of_its_variable(text: str) -> None:
    with pytest.raises(InvalidSetting, match="TARRY_PORT"):
        load({"TARRY_PORT": text})


def test_an_unknown_key_of_the_file_is_named_with_those_that_exist(tmp_path: Path) -> None:
    file = tmp_path / "tarry.toml"
    file.write_text("tcp_prot = 1\n", encoding="utf-8")
    with pytest.raises(InvalidSetting, match=r"tcp_prot.*tcp_port"):
        load({}, file=file)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('public_url = "tarry.example.org"', "public_url: 'tarry.example.org' is no address"),
        ('public_url = "ftp://tarry"', "is no address"),
        ('public_url = "https://[1"', "is no address"),
        ('trusted_proxies = ["localhost"]', "trusted_proxies: 'localhost' is no IP address"),
        ("[data]\nx = 1", "data: it has to be a text"),
        ('data = ["a"]', "data: it has to be a text"),
        ("host = true", "host: it has to be a text"),
        ("host_names = [[1]]", "host_names: it has to be a list of texts"),
        ("upload_limit = 1.5", "upload_limit: '1.5' is not a whole number"),
    ],
)
def test_a_value_of_the_file_that_cannot_be_is_refused_by_the_name_of_its_key(
    tmp_path: Path, text: str, why: str
) -> None:
    file = tmp_path / "tarry.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidSetting) as caught:
        load({}, file=file)
    assert why in str(caught.value)


@pytest.mark.parametrize("text", ["a = ", '"'])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "tarry.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidSetting, match=r"tarry\.toml"):
        load({}, file=file)


@pytest.mark.parametrize(
    ("pairs", "why"),
    [("gss", "form key=value"), ("gss=http://a?b=c", "'=' in its value"), ("WFM=x", "itself")],
)
def test_parameters_that_services_could_not_read_are_refused(pairs: str, why: str) -> None:
    with pytest.raises(InvalidSetting, match=f"TARRY_EXTRA_PARAMETERS.*{why}"):
        load({"TARRY_EXTRA_PARAMETERS": f"auth2=http://a, {pairs}"})


def test_a_mistyped_variable_is_found_and_those_of_others_are_left_alone() -> None:
    environment = {
        "TARRY_ALOWED_ADDRESSES": "loopback",
        "TARRY_TRUSTED_PROXYS": "10.0.0.1",
        "TARRY_KEEPRUNS": "3",
        "TARRY_SERVE_PORT": "1",
        "TARRY_PORT": "2",
        "TARRY_HOSTS": "of tarry serve",
        "TARRY_PASSWORD": "x",
        "TARRY_BUILD_OF_SOMEBODY": "y",
        "HOST": "z",
    }
    assert mistyped(environment) == {
        "TARRY_ALOWED_ADDRESSES": "TARRY_ALLOWED_ADDRESSES",
        "TARRY_TRUSTED_PROXYS": "TARRY_TRUSTED_PROXIES",
        "TARRY_KEEPRUNS": "TARRY_KEEP_RUNS",
    }


def test_a_log_format_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="log_format"):
        load({"TARRY_LOG_FORMAT": "yaml"})


def test_every_setting_can_be_given_in_the_environment_and_is_documented() -> None:
    assert set(ENVIRONMENT) == set(Settings.__dataclass_fields__)
    for name, variable in ENVIRONMENT.items():
        assert f"{name}:" in (Settings.__doc__ or "")
        assert f"`{variable}`" in (Settings.__doc__ or "")


@pytest.mark.parametrize(
    ("host", "url", "loopback"),
    [
        ("127.0.0.1", "http://localhost:81", "http://127.0.0.1:81"),
        ("0.0.0.0", "http://localhost:81", "http://127.0.0.1:81"),
        ("::", "http://localhost:81", "http://[::1]:81"),
        ("192.0.2.7", "http://192.0.2.7:81", "http://192.0.2.7:81"),
        ("2001:db8::1", "http://[2001:db8::1]:81", "http://[2001:db8::1]:81"),
    ],
)
def test_addresses_follow_from_where_it_listens(host: str, url: str, loopback: str) -> None:
    settings = Settings(data=Path("/x"), host=host, tcp_port=81)
    assert (settings.url, settings.loopback_url) == (url, loopback)


def test_a_public_address_is_what_people_are_told() -> None:
    settings = Settings(data=Path("/x"), public_url="https://tarry.example.org/")
    assert settings.url == "https://tarry.example.org"
    assert settings.loopback_url == "http://127.0.0.1:8080"


def test_the_reference_page_names_every_setting() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "settings.md"
    for name, variable in ENVIRONMENT.items():
        assert f"| `{name}` | `{variable}` |" in page.read_text(encoding="utf-8")


def test_a_process_that_only_answers_needs_a_database_that_others_share() -> None:
    with pytest.raises(InvalidSetting, match="role: 'doors' needs TARRY_DATABASE"):
        load({"TARRY_ROLE": "doors"})
    shared = {"TARRY_ROLE": "doors", "TARRY_DATABASE": "postgresql+psycopg://db/tarry"}
    assert load(shared).role is Role.DOORS
    with pytest.raises(InvalidSetting, match="TARRY_ROLE: 'manager' is neither"):
        load({"TARRY_ROLE": "manager"})


@pytest.mark.parametrize(
    "options",
    [{"host": "0.0.0.0"}, {"host": "::"}, {"public_url": "https://tarry.example.org"}],
)
def test_what_serves_others_calls_nobody_unless_its_operator_says_so(
    options: dict[str, Any],
) -> None:
    settings = load({}, **options)
    assert settings.allowed_addresses == ()
    assert settings.calling_own().allowed_addresses == ("loopback",)
    told = load({"TARRY_ALLOWED_ADDRESSES": "loopback,10.0.0.0/8"}, **options)
    assert told.allowed_addresses == ("loopback", "10.0.0.0/8")
    assert told.calling_own() == told


def test_what_serves_only_this_machine_may_call_it() -> None:
    assert load({}, host="127.0.0.2").allowed_addresses == ("loopback",)


def test_sites_that_pages_may_frame_are_sites_and_nothing_else() -> None:
    good = (
        "https://viewer.example.org, http://localhost:9000, https://*.example.org, http://[::1]:8"
    )
    assert len(load({"TARRY_PAGE_FRAMES": good}).page_frames) == 4
    for bad in (
        "*",
        "viewer.example.org",
        "https://a.org/path",
        "https://a; script-src *",
        "data:",
    ):
        with pytest.raises(InvalidSetting, match="TARRY_PAGE_FRAMES"):
            load({"TARRY_PAGE_FRAMES": bad})
