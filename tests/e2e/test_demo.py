"""`tarry demo`: the story whole, with a real mesher, a kill and an upgrade in the middle."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.conftest import READY, ROOT, TARRY, Home, Running, free_tcp_port, wait_for

BRACKET = ROOT / "examples" / "mesher" / "bracket.step"
needs_gmsh = pytest.mark.skipif(shutil.which("gmsh") is None, reason="gmsh is not installed")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A demo that goes on, with somebody logged in, for those who only use it."""
    home = Home(folder=tmp_path_factory.mktemp("demo"), tcp_port=free_tcp_port())
    running = home.start("demo")
    running.wait_for_text(READY)
    log_in(home, running)
    yield running
    running.close()


def start(home: Home, started: list[Running]) -> Running:
    running = home.start("demo")
    started.append(running)
    running.wait_for_text(READY)
    return running


def log_in(home: Home, running: Running) -> None:
    password = running.wait_for_text(r"password: (\S+)")[1]
    home.tarry("login", "--user", "demo", more={"TARRY_PASSWORD": password})


@needs_gmsh
def test_a_colleague_starts_a_run_leaves_and_finds_her_mesh_although_the_server_was_killed(
    home: Home, started: list[Running]
) -> None:
    running = start(home, started)
    log_in(home, running)
    run = home.tarry("run", "Demo_Mesh", f"geometry=@{BRACKET}", "size=4", "--detach").stdout
    run = run.strip()
    wait_for(lambda: "step 1" in home.tarry("show", run).stdout, "the mesher to be started")
    running.kill()

    start(home, started)
    wait_for(lambda: "succeeded" in home.tarry("runs", "--limit", "1").stdout, "the run to succeed")
    shown = json.loads(home.tarry("show", run, "--json").stdout)
    assert [step["attempt"] for step in shown["steps"]] == [1, 1]
    assert int(shown["outputs"]["elements"]) > 1_000
    got = home.tarry("get", run, "mesh", "--to", str(home.folder)).stdout
    mesh = home.folder / "mesh.msh"
    assert str(mesh) in got
    assert mesh.read_bytes().startswith(b"$MeshFormat")


@needs_gmsh
def test_a_script_is_not_taken_for_a_geometry(demo: Running) -> None:
    home = demo.home
    script = home.folder / "script.geo"
    script.write_text("SystemCall 'touch /tmp/harm';\n", encoding="utf-8")
    refused = home.tarry("run", "Demo_Mesh", f"geometry=@{script}", expect=2)
    assert ".step" in refused.stderr
    disguised = home.folder / "script.step"
    disguised.write_bytes(script.read_bytes())
    failed = home.tarry("run", "Demo_Mesh", f"geometry=@{disguised}", expect=1)
    assert "Demo_Mesh" in failed.stderr


def test_the_demo_can_be_tried_by_copying_what_it_prints(demo: Running) -> None:
    home = demo.home
    commands = re.findall(r"tarry (run Demo_(?:Waiter|Calculator) .*)", demo.text)
    assert len(commands) == 2
    for command in commands:
        words = command.strip().replace("seconds=20", "seconds=1").split()
        home.tarry(*words)
    calculated = home.tarry("run", "Demo_Calculator", "a=12", "b=-4").stdout.splitlines()
    assert calculated == ['sum = "8"', 'difference = "16"', 'product = "-48"', 'quotient = "-3"']


def test_a_step_that_fails_is_named_with_its_service_and_the_reason(demo: Running) -> None:
    home = demo.home
    failed = home.tarry("run", "Demo_Calculator", "a=1", "b=0", expect=1)
    for named in ("Demo_Calculator", "Divide", "divided by 0"):
        assert named in failed.stderr
    (newest,) = json.loads(home.tarry("runs", "--json", "--limit", "1").stdout)
    assert newest["state"] == "failed"


def test_where_gmsh_is_missing_the_demo_starts_without_it_and_names_the_package(
    home: Home, started: list[Running]
) -> None:
    bare = home.folder / "bin"
    bare.mkdir()
    (bare / "sh").symlink_to("/bin/sh")
    (bare / "python3").symlink_to(TARRY[0])
    home.more["PATH"] = str(bare)
    if (Path(TARRY[0]).parent / "gmsh").exists():
        pytest.skip("gmsh is part of this environment")
    running = start(home, started)
    assert "sudo apt install gmsh" in running.text
    assert "run Demo_Mesh" not in running.text
    assert "run Demo_Waiter" in running.text


def test_a_second_start_finds_its_data_again(home: Home, started: list[Running]) -> None:
    first = start(home, started)
    log_in(home, first)
    home.tarry("run", "Demo_Waiter", "seconds=1")
    before = home.tarry("runs").stdout
    assert first.interrupt() == 0
    start(home, started)
    assert home.tarry("runs").stdout == before
    listed = json.loads(home.tarry("workflows", "list", "--json").stdout)
    assert {workflow["version"] for workflow in listed} == {1}
