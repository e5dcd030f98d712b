"""A tank that empties through a hole: python3 tank.py LEVEL RATIO END_TIME PACE

LEVEL     of the water at the beginning, in m
RATIO     how many times the tank's section is that of the hole
END_TIME  when to stop at the latest, in s
PACE      how many seconds of the tank pass in one of ours; 0 is as many as can be

It knows nothing of Tarry, and writes no file. Like most simulations it prints how far it is, in a
line for people.
"""

import sys
import time

GRAVITY = 9.81  # m/s²
STEP = 0.05  # s
SHOWN_EVERY = 20  # steps


def fall(level: float, ratio: float) -> float:
    """Tell how fast the level falls (Torricelli)."""
    return (2 * GRAVITY * max(level, 0.0)) ** 0.5 / ratio


def main() -> None:
    """Let the water out."""
    level, ratio, end_time, pace = (float(argument) for argument in sys.argv[1:5])
    print(f"A tank with {level:g} m of water, and a hole of 1/{ratio:g} of its section")
    steps = round(end_time / STEP)
    now = 0.0
    for number in range(1, steps + 1):
        middle = level - fall(level, ratio) * STEP / 2
        level = max(0.0, level - fall(middle, ratio) * STEP) if middle > 0 else 0.0
        now = number * STEP
        if number % SHOWN_EVERY == 0 or not level or number == steps:
            speed = 1000 * fall(level, ratio)
            print(f"t = {now:.2f} of {end_time:g} s: level {level:.6f} m, {speed:.3f} mm/s")
            if pace:
                time.sleep(SHOWN_EVERY * STEP / pace)
        if not level:
            print(f"Empty after {now:.2f} s")
            break
    print(f"Final level {level:.6f} m")


if __name__ == "__main__":
    main()
