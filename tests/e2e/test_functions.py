"""Python functions on a platform: from the module to the result, by `tarry up`."""

import json

import pytest
from tests.e2e.conftest import READY, ROOT, UNTIL, Home, Running, log_in

BEAM = str(ROOT / "examples" / "functions" / "beam.py")


@pytest.mark.parametrize(
    ("workflow", "outputs"),
    [
        ("Beam_deflect", {"result": "1.488095"}),
        ("Beam_scatter", {"mean": "1.488095", "spread": "0", "samples": "2000"}),
    ],
)
def test_functions_are_workflows_to_run(
    home: Home, started: list[Running], workflow: str, outputs: dict[str, str]
) -> None:
    running = home.start("up", BEAM)
    started.append(running)
    running.wait_for_text(READY)
    log_in(home, running)
    inputs = ["force=100", "length=500"]
    inputs += ["tolerance=0", "samples=2000"] if workflow == "Beam_scatter" else []
    run = home.start("run", workflow, *inputs)
    started.append(run)
    assert run.process.wait(UNTIL) == 0, run.text
    (shown,) = json.loads(home.tarry("runs", "--json").stdout)
    found = json.loads(home.tarry("show", shown["id"], "--json").stdout)["outputs"]
    assert {name: str(float(value)) for name, value in found.items()} == {
        name: str(float(value)) for name, value in outputs.items()
    }
