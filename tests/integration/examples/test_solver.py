"""The solver example: it solves what its deck describes, and a hostile deck gets nowhere."""

import math
import shutil
import socket
from pathlib import Path

import pytest
from tests.fakes.tarry_service import ROOT, Caller, end_programs, serving

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap")

SOLVER = ROOT / "examples" / "solver" / "solver.toml"
GROWTH = """
let k = log(2)   # doubles in each unit of time
state x = 3
rate x = k * x
step 1 / 1000
until 2
"""
ENOUGH = "\nstate x = 0\nrate x = 0\n"
SECRET = "the-secret-of-another"


async def test_it_solves_what_the_deck_describes(tmp_path: Path) -> None:
    with serving(tmp_path, SOLVER) as url:
        async with Caller(f"{url}/solver/Solver?wsdl") as caller:
            await caller.call("solve", serviceID="1", deck=GROWTH)
            outputs = await caller.completed("1")
    name, _, value = outputs["final"].strip().partition(" = ")
    assert name == "x"
    assert math.isclose(float(value), 12, rel_tol=1e-9)
    assert float(outputs["time"]) == 2


async def test_the_pendulum_keeps_its_energy(tmp_path: Path) -> None:
    deck = (SOLVER.parent / "pendulum.deck").read_text()
    with serving(tmp_path, SOLVER) as url:
        async with Caller(f"{url}/solver/Solver?wsdl") as caller:
            await caller.call("solve", serviceID="1", deck=deck)
            final = (await caller.completed("1"))["final"]
    state = dict(line.split(" = ") for line in final.splitlines())
    energy = float(state["speed"]) ** 2 / 2 - 9.81 * math.cos(float(state["angle"]))
    assert math.isclose(energy, -9.81 * math.cos(1), rel_tol=1e-6)


@pytest.mark.parametrize(
    "attack",
    [
        'open("/etc/shadow").read()',
        'open("{secret}").read()',
        'open("{other}/work/result").read()',
        'open("{other}/secrets.json").read()',
        '__import__("os").listdir("{data}/ids")[0]',
        'open("{outside}/written", "w").write("x")',
        'open("/usr/written", "w").write("x")',
        'open("{here}/solver.py", "a").write("# mine now")',
        '__import__("socket").create_connection(("127.0.0.1", {port}), 3).send(b"x")',
        '__import__("subprocess").run(["kill", "-9", "1"], check=True) and open("/etc/hostname")',
        '[__import__("os").kill(pid, 9) for pid in range(100, 40000)]',
        '__import__("os").mknod("disk", 0o60600, 1 << 8)',
    ],
)
async def test_a_hostile_deck_reads_writes_sends_and_ends_nothing(
    tmp_path: Path, attack: str
) -> None:
    data, outside = tmp_path / "data", tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text(SECRET)
    other = data / "runs" / "of-another"
    (other / "work").mkdir(parents=True)
    (other / "work" / "result").write_text(SECRET)
    (other / "secrets.json").write_text("{}")
    before = (SOLVER.parent / "solver.py").read_bytes()
    with socket.create_server(("127.0.0.1", 0)) as server, serving(data, SOLVER) as url:
        deck = attack.format(
            secret=outside / "secret",
            other=other,
            data=data,
            outside=outside,
            here=SOLVER.parent,
            port=server.getsockname()[1],
        )
        async with Caller(f"{url}/solver/Solver?wsdl") as caller:
            await caller.call("solve", serviceID="1", deck=f"let x = {deck}{ENOUGH}")
            fault = await caller.failed("1")
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
    assert fault.detail_code == "program-failed"
    assert "The deck cannot be used: line 1" in fault.fault_string
    assert SECRET not in fault.fault_string
    assert not (outside / "written").exists()
    assert (SOLVER.parent / "solver.py").read_bytes() == before


async def test_a_deck_that_never_ends_or_eats_the_memory_is_ended(tmp_path: Path) -> None:
    program = tmp_path / "solver.toml"
    text = SOLVER.read_text().replace("{here}", str(SOLVER.parent)).replace("10 min", "1 s")
    text = text.replace("box = true", f'box.read = ["{SOLVER.parent}"]')
    program.write_text(text)
    try:
        with serving(tmp_path / "data", program) as url:
            async with Caller(f"{url}/solver/Solver?wsdl") as caller:
                endless = f"let x = [0 for _ in iter(int, 1)]{ENOUGH}"
                await caller.call("solve", serviceID="1", deck=endless)
                fault = await caller.failed("1")
    finally:
        await end_programs(tmp_path)
    assert fault.detail_code in {"time-limit", "memory-limit"}
