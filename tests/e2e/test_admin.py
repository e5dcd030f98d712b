"""`tarry tokens` and `tarry admin`, as an operator uses them on a platform that runs."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.fakes.estate import PATIENCE, ROOT
from tests.fakes.tarry_up import USER, TarryUp, tarry_up


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TarryUp]:
    with tarry_up(tmp_path_factory.mktemp("admin")) as made:
        made.bring_up()
        made.publish_twice()
        yield made


def tarry(
    platform: TarryUp,
    *arguments: str,
    fails: bool = False,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command line as the platform's administrator."""
    done = subprocess.run(
        [sys.executable, "-m", "tarry", *arguments],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(platform.data.parent),
            "TARRY_URL": platform.url,
            "TARRY_USER": USER,
            "TARRY_PASSWORD": (platform.data / f"password-{USER}").read_text().strip(),
            "TARRY_DATA": str(platform.data),
            "TARRY_PORT": str(platform.tcp_port),
            **(environment or {}),
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert (done.returncode != 0) is fails, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_a_token_is_made_used_listed_and_revoked(platform: TarryUp) -> None:
    token = tarry(platform, "tokens", "create", "ci", "--scope", "run", "--days", "7").stdout
    token = token.strip()
    assert token.isalpha()
    nobody = {"TARRY_USER": "", "TARRY_PASSWORD": "", "TARRY_TOKEN": token}

    run = tarry(
        platform, "run", "Twice", "tag=of-a-token", "seconds=0", "--json", environment=nobody
    )
    assert json.loads(run.stdout)["state"] == "succeeded"
    refused = tarry(platform, "admin", "users", "list", fails=True, environment=nobody)
    assert "may not see the users" in refused.stderr
    listed = tarry(platform, "tokens", "list").stdout
    assert re.search(r"^ci .*mine .*run ", listed, re.MULTILINE)
    assert token not in listed
    tarry(platform, "tokens", "revoke", "ci")
    assert "log in first" in tarry(platform, "runs", fails=True, environment=nobody).stderr


def test_people_projects_and_roles_are_managed(platform: TarryUp) -> None:
    tarry(platform, "admin", "projects", "create", "bridges", "--description", "of steel")
    password = tarry(
        platform, "admin", "users", "create", "ada", "bridges", "--role", "developer"
    ).stdout.strip()
    ada = {"TARRY_USER": "ada", "TARRY_PASSWORD": password, "TARRY_PROJECT": "bridges"}
    assert "no project" not in tarry(platform, "services", environment=ada).stderr
    assert "ada" in tarry(platform, "admin", "users", "list").stdout
    assert "of steel" in tarry(platform, "admin", "projects", "list").stdout
    assert re.search(
        r"^ada +developer$",
        tarry(platform, "admin", "roles", "list", "bridges").stdout,
        re.MULTILINE,
    )
    assert "runs workflows" in tarry(platform, "admin", "roles", "list").stdout
    tarry(platform, "admin", "roles", "set", "ada", "bridges", "--role", "viewer")
    assert "may not" in tarry(platform, "register", "x", "y", fails=True, environment=ada).stderr
    tarry(platform, "admin", "roles", "remove", "ada", "bridges")
    again = tarry(platform, "admin", "users", "reset-password", "ada").stdout.strip()
    assert again != password
    tarry(platform, "admin", "users", "change", "ada", "--inactive")
    tarry(platform, "admin", "users", "remove", "ada")
    tarry(platform, "admin", "projects", "close", "bridges")
    last = tarry(platform, "admin", "users", "remove", USER, fails=True)
    assert "last administrator" in last.stderr

    trail = json.loads(tarry(platform, "admin", "audit", "--everywhere", "--json").stdout)
    done = {(entry["action"], entry["subject"]) for entry in trail}
    assert {("project.made", "bridges"), ("user.made", "ada"), ("roles.changed", "ada")} <= done
    assert {("password.reset", "ada"), ("user.removed", "ada"), ("member.removed", "ada")} <= done
    assert password not in json.dumps(trail)
    shown = tarry(platform, "admin", "audit", "--everywhere", "--action", "user.removed").stdout
    assert "ada" in shown


def test_the_doctor_finds_a_running_platform_in_order(platform: TarryUp) -> None:
    said = tarry(platform, "admin", "doctor").stdout

    assert "wrong" not in said
    for words in (
        rf"^ok +platform +running as process {platform.process.pid}$",
        r"^ok +secret",
        r"^ok +database .* at revision",
        r"^ok +door .* answers",
        rf"^ok +administrators +{USER}$",
        r"^ok +service ",
        r"^ok +allowed addresses +loopback$",
        r"^(ok|note) +disk .* GiB free",
    ):
        assert re.search(words, said, re.MULTILINE), f"{words}\n{said}"


def test_a_backup_of_a_running_platform_is_brought_back_elsewhere(
    platform: TarryUp, tmp_path: Path
) -> None:
    backup, elsewhere = tmp_path / "backup", tmp_path / "elsewhere"
    told = tarry(platform, "admin", "backup", str(backup)).stdout
    assert "Backed up" in told
    assert "is whole" in tarry(platform, "admin", "restore", str(backup), "--verify").stdout
    taken = tarry(platform, "admin", "restore", str(backup), fails=True)
    assert "never written over" in taken.stderr
    tarry(platform, "admin", "restore", str(backup), "--data", str(elsewhere))

    with tarry_up(tmp_path, data=elsewhere) as again:
        again.bring_up()
        assert [it.name for it in again.client.workflows() if it.name == "Twice"] == ["Twice"]
        known = {run.id for run in platform.client.runs()}
        assert known == {run.id for run in again.client.runs()}


def test_migrating_is_refused_while_the_platform_runs(platform: TarryUp) -> None:
    refused = tarry(platform, "admin", "migrate", fails=True)
    assert "another platform" in refused.stderr


def test_who_runs_the_machine_finds_a_way_in(platform: TarryUp) -> None:
    tarry(platform, "admin", "users", "create", "grace", "mine")
    password = tarry(platform, "admin", "rescue", "grace").stdout.strip()

    grace = {"TARRY_USER": "grace", "TARRY_PASSWORD": password, "TARRY_PROJECT": "mine"}
    listed = json.loads(
        tarry(platform, "admin", "users", "list", "--json", environment=grace).stdout
    )
    assert {it["name"]: it["administrator"] for it in listed}["grace"] is True
    assert "no user nobody" in tarry(platform, "admin", "rescue", "nobody", fails=True).stderr
