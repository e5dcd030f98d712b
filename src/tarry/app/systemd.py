"""The systemd unit that brings the platform back after a reboot."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

UNIT_NAME = "tarry.service"
KEPT_VARIABLES = ("XDG_DATA_HOME", "CONTEXT_ROOT")
"""Variables beside `TARRY_…` that the unit takes over from the environment it is written in."""


def unit(
    arguments: Sequence[str], *, user: str | None, environment: Mapping[str, str], folder: Path
) -> str:
    """Write the unit file.

    Programs outlive the platform, so systemd may stop only its main process (`KillMode=process`);
    the service processes end by themselves when the platform is gone.

    Args:
        arguments: what follows `tarry`: `platform`, `demo`, or `up` with program files.
        user: whom the platform runs as; `None` in a user's own unit.
        environment: variables to keep; never a password.
        folder: the working directory.
    """
    words = (sys.executable, "-m", "tarry", *arguments)
    # "$" is expanded in commands and nowhere else, "%" everywhere.
    command = " ".join(_quoted(word.replace("$", "$$")) for word in words)
    kept = [
        f"Environment={_quoted(f'{name}={value}')}"
        for name, value in sorted(environment.items())
        if _is_ours(name) and not is_left_out(name, value)
    ]
    lines = [
        "[Unit]",
        "Description=Tarry: programs worth waiting for",
        "After=network-online.target",
        "Wants=network-online.target",
        "",
        "[Service]",
        "Type=exec",
        *([f"User={user}"] if user else []),
        f"WorkingDirectory={str(folder).replace('%', '%%')}",
        f"ExecStart={command}",
        *kept,
        "Environment=PYTHONUNBUFFERED=1",
        "Restart=always",
        "RestartSec=2",
        "TimeoutStopSec=20",
        "# Programs that run go on when the platform stops, and are found again.",
        "KillMode=process",
        "",
        "[Install]",
        f"WantedBy={'multi-user.target' if user else 'default.target'}",
    ]
    return "\n".join(lines) + "\n"


def place(*, for_system: bool, environment: Mapping[str, str]) -> Path:
    """Tell where systemd looks for the unit."""
    if for_system:
        return Path("/etc/systemd/system") / UNIT_NAME
    base = environment.get("XDG_CONFIG_HOME")
    config = Path(base) if base else Path.home() / ".config"
    return config / "systemd" / "user" / UNIT_NAME


def next_steps(*, for_system: bool, login: str) -> tuple[str, ...]:
    """Say what the user types to start it now and at every boot."""
    if for_system:
        return ("systemctl daemon-reload", f"systemctl enable --now {UNIT_NAME}")
    return (
        "systemctl --user daemon-reload",
        f"systemctl --user enable --now {UNIT_NAME}",
        # Without it systemd starts a user's units at log-in and stops them at log-out.
        f"loginctl enable-linger {login}",
    )


def is_left_out(name: str, value: str) -> bool:
    """Tell whether one of our variables must not stand in a unit, as every user can read it."""
    secret = any(word in name for word in ("PASSWORD", "TOKEN", "SECRET"))
    return _is_ours(name) and (secret or bool(re.search(r"://[^/@]*:[^/@]*@", value)))


def _is_ours(name: str) -> bool:
    return name.startswith("TARRY_") or name in KEPT_VARIABLES


def _quoted(text: str) -> str:
    """Quote a word as systemd.syntax(7) wants it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"' if set(escaped) - _PLAIN or not escaped else escaped


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-=:%$@+,")


def owner() -> str:
    """Name the user who runs this process, for a unit of the system."""
    import pwd  # noqa: PLC0415 - not on every system that can import this module

    return pwd.getpwuid(os.getuid()).pw_name
