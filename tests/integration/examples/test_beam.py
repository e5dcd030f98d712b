"""The functions of the beam, called as functions: no service is needed."""

import asyncio
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from tests.fakes.examples import EXAMPLES

from tarry.service import Failure, Run
from tarry.service.model.page import media_type_of


@pytest.fixture(scope="module")
def beam() -> Iterator[ModuleType]:
    """The module."""
    spec = importlib.util.spec_from_file_location("beam", EXAMPLES / "functions" / "beam.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["beam"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["beam"]


def test_the_deflection_is_that_of_the_textbook(beam: ModuleType) -> None:
    # F·l³ / (3·E·I) = 100·500³ / (3·210000·20⁴/12)
    assert asyncio.run(beam.deflect(100, 500)) == pytest.approx(1.488095, abs=1e-6)
    assert asyncio.run(beam.deflect(100, 500, material=beam.Material.OAK)) == pytest.approx(
        1.488095 * 210 / 12, rel=1e-6
    )
    with pytest.raises(Failure, match="is a block"):
        asyncio.run(beam.deflect(100, 5))


def test_without_tolerance_nothing_scatters(beam: ModuleType, tmp_path: Path) -> None:
    run = Run.local(tmp_path)
    found = beam.scatter(run, 100, 500, tolerance=0, samples=2_000)

    assert found.mean == pytest.approx(1.488095, abs=1e-6)
    assert (found.spread, found.samples, run.percent) == (0, 2_000, 100)
    picture = (tmp_path / ".tarry/pictures/0").read_bytes()
    assert media_type_of(picture[:1024], picture[-64:]) == "image/svg+xml"


def test_enough_is_enough(beam: ModuleType) -> None:
    with Run.local() as run:
        run.send("enough")
        assert beam.scatter(run, 100, 500, samples=50_000).samples == 1_000
        run.abort()
        assert beam.scatter(run, 100, 500, samples=50_000).samples == 1_000
