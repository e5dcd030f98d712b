"""Waits: python waiter.py SECONDS STATUSFILE RESULTFILE.

Stands for any program that takes long. It knows nothing of services: it writes how far it is, a
whole number from 0 to 100, over its status file, and at the end a word into its result file.
"""

import sys
import time
from pathlib import Path


def main() -> None:
    seconds, statusfile, resultfile = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    start = time.monotonic()
    print(f"Waiting for {seconds} s", flush=True)
    passed = 0.0
    while passed < seconds:
        statusfile.write_text(str(round(100 * passed / seconds)))
        time.sleep(min(1.0, seconds / 100, seconds - passed))
        passed = time.monotonic() - start
    statusfile.write_text("100")
    resultfile.write_text("FINISHED")
    print("Done", flush=True)


if __name__ == "__main__":
    main()
