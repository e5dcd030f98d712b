"""`tarry try`: what the author saves is what is served."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.e2e.conftest import Home

from tarry.app.trying import fingerprint
from tarry.cli.main import tarry
from tarry.client import Platform


@pytest.fixture
def program(tmp_path: Path) -> Path:
    folder = tmp_path / "solver"
    done = CliRunner().invoke(tarry, ["new", "Solver", "--folder", str(folder), "--yes"])
    assert done.exit_code == 0, done.output
    return folder / "solver.toml"


def default_of_steps(home: Home) -> str | None:
    password = (home.folder / "data" / "password-me").read_text().strip()
    with Platform(home.url) as platform:
        platform.log_in("me", password)
        (service,) = platform.services()
        (port,) = service.inputs
        return port.default


def test_a_saved_file_is_served_anew_and_a_broken_one_is_said_to_be(
    home: Home, program: Path
) -> None:
    data = str(home.folder / "data")
    running = home.start("try", str(program), "--data", data)
    try:
        running.wait_for_text("is served as it is then")
        assert default_of_steps(home) == "10"

        program.write_text(program.read_text().replace("default = 10", "default = 7"))
        running.wait_for_text("Saved, and served as it is now")
        assert default_of_steps(home) == "7"

        program.write_text(program.read_text().replace('"integer"', '"intger"'))
        running.wait_for_text(r"steps\.type(?s:.*)The service goes on as it was")
        assert default_of_steps(home) == "7"

        assert running.interrupt() == 0
    finally:
        running.close()


def test_a_file_that_is_saved_by_replacing_it_is_seen(program: Path) -> None:
    before = fingerprint(program)
    draft = program.with_suffix(".new")
    draft.write_text(program.read_text())
    assert fingerprint(program) == before

    draft.replace(program)
    assert fingerprint(program) != before
