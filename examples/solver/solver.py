"""Solves ordinary differential equations that a deck describes; see README.md for its language.

    python solver.py INPUTS.json      where INPUTS.json holds the deck: {"deck": "let g = 9.81 …"}

The expressions of a deck are Python, and they are simply executed: as with the user routines of
many a solver, who writes a deck writes a program. Nothing here keeps it from doing what it likes.
The box does (`box = true` in solver.toml).
"""

import json
import math
import sys
from pathlib import Path

KNOWN = {name: getattr(math, name) for name in dir(math) if not name.startswith("_")}


class DeckError(Exception):
    """A deck says something that cannot be understood."""


class Deck:
    """What a deck describes: constants, the state at the beginning, and how fast it changes."""

    def __init__(self, text):
        self.names = dict(KNOWN)
        self.state = {}
        self.rates = {}
        self.step, self.until = 0.01, 1.0
        for number, line in enumerate(text.splitlines(), 1):
            statement = line.partition("#")[0].strip()
            if statement:
                try:
                    self.read(statement)
                except Exception as error:
                    raise DeckError(f"line {number}: {statement}: {error}") from error
        if set(self.rates) != set(self.state) or not self.state:
            raise DeckError("each 'state' needs one 'rate', and there must be one at least")

    def read(self, statement):
        word, _, rest = statement.partition(" ")
        name, _, expression = (part.strip() for part in rest.partition("="))
        if word == "let":
            self.names[name] = eval(expression, self.names)
        elif word == "state":
            self.state[name] = float(eval(expression, self.names))
        elif word == "rate":
            self.rates[name] = compile(expression, "deck", "eval")
        elif word in {"step", "until"}:
            setattr(self, word, float(eval(rest, self.names)))
        else:
            raise DeckError(f"no statement begins with {word!r}")

    def slopes(self, time, state):
        names = {**self.names, **state, "t": time}
        return {name: eval(rate, names) for name, rate in self.rates.items()}


def moved(state, slopes, by):
    return {name: value + by * slopes[name] for name, value in state.items()}


def solve(deck):
    """Integrate by the classical Runge-Kutta rule; gives time and state after each step."""
    state, h = dict(deck.state), deck.step
    steps = round(deck.until / h)
    yield 0.0, state
    for number in range(steps):
        t = number * h
        k1 = deck.slopes(t, state)
        k2 = deck.slopes(t + h / 2, moved(state, k1, h / 2))
        k3 = deck.slopes(t + h / 2, moved(state, k2, h / 2))
        k4 = deck.slopes(t + h, moved(state, k3, h))
        state = {
            name: value + h / 6 * (k1[name] + 2 * k2[name] + 2 * k3[name] + k4[name])
            for name, value in state.items()
        }
        if (number + 1) % max(1, steps // 20) == 0:
            print(f"step {number + 1} of {steps}", flush=True)
        yield (number + 1) * h, state


def main():
    deck = Deck(json.loads(Path(sys.argv[1]).read_text("utf-8"))["deck"])
    with Path("table.csv").open("w", encoding="utf-8") as table:
        print("t", *deck.state, sep=",", file=table)
        for time, state in solve(deck):
            print(f"{time:g}", *(f"{value:.10g}" for value in state.values()), sep=",", file=table)
    Path("final.json").write_text(json.dumps({"time": time, "state": state}), "utf-8")
    Path("final.txt").write_text(
        "".join(f"{name} = {value:.10g}\n" for name, value in state.items()), "utf-8"
    )


if __name__ == "__main__":
    try:
        main()
    except DeckError as error:
        sys.exit(f"The deck cannot be used: {error}")
