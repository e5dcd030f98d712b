"""Heat in a square plate, by Jacobi's method: python3 heat.py POINTS HOT TOLERANCE RESULT PICTURE

POINTS    points of the grid along an edge, 8 to 200
HOT       temperature of the upper edge, in °C; the other edges are kept at 0 °C
TOLERANCE the largest change of an iteration, in °C, at which it stops
RESULT    a JSON file: the temperature in the middle, and how many iterations it took
PICTURE   an SVG file with the temperatures, rewritten now and then

It knows nothing of Tarry. It prints each iteration's largest change, as solvers do.
"""

import json
import sys
from pathlib import Path

SHADES = ("#2c3e6b", "#3f6aa0", "#6ba3c4", "#b5d3d9", "#f0e3b8", "#f2b872", "#e07b4c", "#b5372f")
MOST_ITERATIONS = 20_000


def write_whole(path: str, text: str) -> None:
    """Write a file so that nobody ever sees half of it."""
    draft = Path(f"{path}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def picture_of(plate: list[list[float]], hot: float) -> str:
    """Draw the plate as squares of colour, coarsely where it is fine."""
    step = max(1, len(plate) // 50)
    rows = plate[::step]
    squares = []
    for y, row in enumerate(rows):
        for x, temperature in enumerate(row[::step]):
            part = temperature / hot if hot else 0.0
            shade = SHADES[min(len(SHADES) - 1, max(0, int(part * len(SHADES))))]
            squares.append(f'<rect x="{x}" y="{y}" width="1.02" height="1.02" fill="{shade}"/>')
    size = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="360" '
        f'height="360">{"".join(squares)}</svg>\n'
    )


def solve(points: int, hot: float, tolerance: float, picture: str) -> tuple[list[list[float]], int]:
    """Iterate until nothing changes by more than the tolerance."""
    plate = [[hot] * points] + [[0.0] * points for _ in range(points - 1)]
    for iteration in range(1, MOST_ITERATIONS + 1):
        change = 0.0
        following = [plate[0]]
        for y in range(1, points - 1):
            above, row, below = plate[y - 1], plate[y], plate[y + 1]
            new = [0.0] * points
            for x in range(1, points - 1):
                new[x] = 0.25 * (above[x] + below[x] + row[x - 1] + row[x + 1])
                change = max(change, abs(new[x] - row[x]))
            following.append(new)
        following.append(plate[-1])
        plate = following
        print(f"Iteration {iteration}: largest change {change:.6e}", flush=True)
        if iteration % 25 == 1 or change <= tolerance:
            write_whole(picture, picture_of(plate, hot))
        if change <= tolerance:
            return plate, iteration
    sys.exit(f"It did not converge within {MOST_ITERATIONS} iterations")


def main() -> None:
    """Solve, and leave result and picture behind."""
    points, hot, tolerance = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    result, picture = sys.argv[4], sys.argv[5]
    plate, iterations = solve(points, hot, tolerance, picture)
    middle = plate[points // 2][points // 2]
    write_whole(result, json.dumps({"middle": round(middle, 6), "iterations": iterations}))


if __name__ == "__main__":
    main()
