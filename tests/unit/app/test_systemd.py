"""The systemd unit: what it starts, what it keeps, and what must never stand in it."""

from pathlib import Path

import pytest

from tarry.app.systemd import is_left_out, next_steps, place, unit


def written(
    *arguments: str, user: str | None = None, environment: dict[str, str] | None = None
) -> list[str]:
    text = unit(arguments, user=user, environment=environment or {}, folder=Path("/home/ann"))
    return text.splitlines()


def test_it_comes_back_after_a_crash_and_a_reboot() -> None:
    lines = written("platform")
    assert "Restart=always" in lines
    assert "WantedBy=default.target" in lines


def test_a_stop_ends_the_platform_and_leaves_the_programs() -> None:
    assert "KillMode=process" in written("platform")


def test_a_unit_of_the_system_names_whom_it_runs_as() -> None:
    lines = written("platform", user="ann")
    assert "User=ann" in lines
    assert "WantedBy=multi-user.target" in lines


def test_words_with_spaces_and_signs_reach_the_command_as_they_are() -> None:
    (line,) = (x for x in written("up", '/a b/100%/"c"$d.toml') if x.startswith("ExecStart="))
    assert line.endswith(r' -m tarry up "/a b/100%%/\"c\"$$d.toml"')


def test_settings_are_kept_and_secrets_are_not() -> None:
    environment = {
        "TARRY_PORT": "81",
        "TARRY_DATA": "/a b",
        "TARRY_PASSWORD": "geheim",
        "TARRY_DATABASE": "postgresql://ann:geheim@db/tarry",
        "HOME": "/home/ann",
    }
    text = "\n".join(written("platform", environment=environment))
    assert "Environment=TARRY_PORT=81" in text
    assert 'Environment="TARRY_DATA=/a b"' in text
    assert "geheim" not in text
    assert "HOME=" not in text


@pytest.mark.parametrize(
    ("name", "value", "left_out"),
    [
        ("TARRY_PASSWORD", "x", True),
        ("TARRY_DATABASE", "postgresql://ann:x@db/tarry", True),
        ("TARRY_DATABASE", "postgresql://db/tarry", False),
        ("PGPASSWORD", "x", False),
    ],
)
def test_what_is_left_out_is_told(name: str, value: str, left_out: bool) -> None:
    assert is_left_out(name, value) is left_out


def test_it_is_written_where_systemd_looks() -> None:
    system = place(for_system=True, environment={})
    own = place(for_system=False, environment={"XDG_CONFIG_HOME": "/c"})
    assert system == Path("/etc/systemd/system/tarry.service")
    assert own == Path("/c/systemd/user/tarry.service")


def test_the_users_own_unit_needs_lingering_to_start_at_boot() -> None:
    assert "loginctl enable-linger ann" in next_steps(for_system=False, login="ann")
