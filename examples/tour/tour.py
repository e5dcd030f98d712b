"""The shortest round trip, by exchanges: python3 tour.py POINTS ROUNDS SEED MESSAGES RESULT PICTURE

POINTS    how many places there are; they lie in a square of 1 km
ROUNDS    how many exchanges are tried
SEED      of the random numbers
MESSAGES  a file to which somebody may append lines meanwhile:
              finish        take the best trip so far, and end
              rounds 50000  try so many exchanges in all
RESULT    a JSON file: the length in km, the rounds that were tried, the order of the places
PICTURE   an SVG file with the best trip so far, rewritten now and then

If $TARRY_PROGRESS_FD names a descriptor, it says there how far it is, in lines of JSON.
"""

import json
import math
import os
import random
import sys
import time
from pathlib import Path

LOOK_EVERY = 500  # rounds between two looks for messages
COOLED_IN = 50_000  # rounds until only what is shorter is taken; then it is warmed up again
SHOW_EVERY = 0.5  # seconds between two pictures


class Messages:
    """The lines of a file that grows; each is given once."""

    def __init__(self, path: str) -> None:
        self.file = Path(path).open(encoding="utf-8", errors="replace")  # noqa: SIM115 - for life
        self.rest = ""

    def new(self) -> list[str]:
        """Give the lines that were written since the last call."""
        *lines, self.rest = (self.rest + self.file.read()).split("\n")
        return lines


def tell(**said: object) -> None:
    """Say how far it is, if anybody wants to know."""
    if descriptor := os.environ.get("TARRY_PROGRESS_FD"):
        os.write(int(descriptor), json.dumps(said).encode() + b"\n")


def write_whole(path: str, text: str) -> None:
    """Write a file so that nobody ever sees half of it."""
    draft = Path(f"{path}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def length_of(places: list[tuple[float, float]], order: list[int]) -> float:
    """Add up the way around."""
    return sum(math.dist(places[order[i - 1]], places[order[i]]) for i in range(len(order)))


def draw(path: str, places: list[tuple[float, float]], order: list[int]) -> None:
    """Draw the trip."""
    corners = " ".join(f"{360 * places[i][0]:.1f},{360 * places[i][1]:.1f}" for i in order)
    write_whole(
        path,
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-6 -6 372 372" width="360" height="360">'
        f'<polygon points="{corners}" fill="#dcebf5" stroke="#2f7fb5" stroke-width="2"/></svg>\n',
    )


def told(message: str, done: int, rounds: int) -> int:
    """Do what a message says; gives how many rounds are to be tried in all."""
    match message.split():
        case ["finish"]:
            rounds = done
        case ["rounds", number] if number.isdecimal() and len(number) < 12:
            rounds = max(done, int(number))
        case _:
            print(f"Not understood: {message!r}", flush=True)
            return rounds
    print(f"Told after {done} rounds to try {rounds}", flush=True)
    return rounds


def main() -> None:
    """Search, and leave result and picture behind."""
    points, rounds, seed = (int(argument) for argument in sys.argv[1:4])
    messages, (result, picture) = Messages(sys.argv[4]), sys.argv[5:7]
    chance = random.Random(seed)
    places = [(chance.random(), chance.random()) for _ in range(points)]
    order = list(range(points))
    length = length_of(places, order)
    best, shortest = list(order), length
    done, shown_at = 0, 0.0
    while done < rounds:
        done += 1
        i, j = sorted(chance.sample(range(points), 2))
        before, first, last, after = (places[order[k % points]] for k in (i - 1, i, j, j + 1))
        longer = 0.0
        if (i, j) != (0, points - 1):
            longer = math.dist(before, last) + math.dist(first, after)
            longer -= math.dist(before, first) + math.dist(last, after)
        warmth = 0.1 * (1 - done % COOLED_IN / COOLED_IN) ** 3 + 1e-9
        if longer <= 0 or chance.random() < math.exp(-longer / warmth):
            order[i : j + 1] = reversed(order[i : j + 1])
            length += longer
            if length < shortest - 1e-12:
                best, shortest = list(order), length
        if done % LOOK_EVERY:
            continue
        for message in messages.new():
            rounds = told(message, done, rounds)
        tell(step=done, total=rounds, message=f"{shortest:.4f} km after {done:,} exchanges")
        if time.monotonic() - shown_at > SHOW_EVERY:
            shown_at = time.monotonic()
            print(f"Round {done}: {shortest:.6f} km", flush=True)
            draw(picture, places, best)
    draw(picture, places, best)
    found = {"length": round(length_of(places, best), 9), "rounds": done, "order": best}
    write_whole(result, json.dumps(found))


if __name__ == "__main__":
    main()
