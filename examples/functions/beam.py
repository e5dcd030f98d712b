"""Bends a cantilever beam: a formula at once, or its scatter by many samples.

A service of plain Python functions. `tarry serve beam.py` serves it.
"""

import random
from collections import Counter
from enum import Enum
from typing import Annotated, NamedTuple

from tarry.service import Failure, Run, Service, port

service = Service("Beam", path="beam/Beam", title="Cantilever beam")

Force = Annotated[float, port(unit="N", minimum=0.1, maximum=100_000)]
Length = Annotated[float, port(unit="mm", minimum=1, maximum=10_000)]


class Material(Enum):
    """What the beam is made of."""

    STEEL = "steel"
    ALUMINIUM = "aluminium"
    OAK = "oak"


MODULUS = {Material.STEEL: 210_000, Material.ALUMINIUM: 70_000, Material.OAK: 12_000}  # N/mm²


class Scatter(NamedTuple):
    """How the tip comes down.

    Attributes:
        mean: of all samples.
        spread: their standard deviation.
        samples: how many were drawn; fewer than asked for after the message "enough".
    """

    mean: Annotated[float, port(unit="mm")]
    spread: Annotated[float, port(unit="mm")]
    samples: int


def tip(force: float, length: float, width: float, modulus: float) -> float:
    """Bend a square bar that is held at one end: F·l³ / (3·E·I), in mm."""
    return force * length**3 / (3 * modulus * width**4 / 12)


@service.synchronous(repeatable=True)
async def deflect(
    force: Force, length: Length, width: Length = 20.0, material: Material = Material.STEEL
) -> Annotated[float, port(unit="mm")]:
    """Tell how far the tip of a beam comes down.

    Args:
        force: at the tip.
        length: of the beam.
        width: of its square section.
        material: what it is made of.

    Returns:
        How far the tip comes down.
    """
    if width > length:
        raise Failure(f"A beam of {width:g} mm width and {length:g} mm length is a block")
    return round(tip(force, length, width, MODULUS[material]), 6)


@service.asynchronous(repeatable=True)
def scatter(
    run: Run,
    force: Force,
    length: Length,
    width: Length = 20.0,
    *,
    tolerance: Annotated[float, port(unit="percent", minimum=0, maximum=10)] = 2.0,
    samples: Annotated[int, port(minimum=100, maximum=10_000_000)] = 100_000,
) -> Scatter:
    """Tell how much the tip scatters if width and modulus do.

    Send it the message "enough" and it gives what it has.

    Args:
        run: this run.
        force: at the tip.
        length: of the beam.
        width: of its square section.
        tolerance: standard deviation of width and modulus.
        samples: how many beams to bend.
    """
    chance = random.Random(1)
    bars: Counter[int] = Counter()
    middle = tip(force, length, width, MODULUS[Material.STEEL])
    total = squares = 0.0
    done = 0
    for done in range(1, samples + 1):
        factor = [chance.gauss(1, tolerance / 100) for _ in range(2)]
        found = tip(force, length, width * factor[0], MODULUS[Material.STEEL] * factor[1])
        total, squares = total + found, squares + found**2
        bars[round(20 * (found / middle - 1) / max(tolerance / 10, 0.01))] += 1
        if done % 1_000 == 0:
            run.progress(done, samples)
            run.log(f"{done} beams, {total / done:.6g} mm on average")
            run.picture(histogram(bars))
            if "enough" in run.messages() or run.aborted.is_set():
                break
    mean = total / done
    return Scatter(round(mean, 6), round(max(0.0, squares / done - mean**2) ** 0.5, 6), done)


def histogram(bars: "Counter[int]") -> bytes:
    """Draw how often each deflection came."""
    low, high, top = min(bars), max(bars), max(bars.values())
    width = 400 / (high - low + 1)
    drawn = "".join(
        f'<rect x="{(place - low) * width:.2f}" y="{150 - 150 * count / top:.2f}" '
        f'width="{width:.2f}" height="{150 * count / top:.2f}" fill="#3572b0"/>'
        for place, count in sorted(bars.items())
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 150" width="400" height="150" '
        f'role="img"><title>How often each deflection came</title>{drawn}</svg>'
    ).encode()
