"""Does what its strings say: python puppet.py STRINGS NAME FACTOR [DATA].

STRINGS/NAME is a file that a test writes. Its first line is how far the program shall be, from 0 to
100; at 100 it ends, at "fail" it fails. What follows is printed, each time that it changes. If
nobody has let it end for ten minutes, the test is gone, and it goes too.
"""

import sys
import time
from pathlib import Path


def main() -> None:
    strings, factor = Path(sys.argv[1]) / sys.argv[2], int(sys.argv[3])
    data = Path(sys.argv[4]).read_bytes() if len(sys.argv) > 4 and sys.argv[4] else b""
    seen = None
    give_up = time.monotonic() + 600
    while time.monotonic() < give_up:
        pulled = strings.read_text(encoding="utf-8") if strings.exists() else "0"
        if pulled != seen:
            seen = pulled
            percent, _, words = pulled.partition("\n")
            print(f"progress {percent} %\n{words}", flush=True)
            if percent == "fail":
                sys.exit("a string has torn")
            if percent == "100":
                break
        time.sleep(0.05)
    Path("copy.bin").write_bytes(data * factor)
    print(f"size {len(data) * factor}", flush=True)


if __name__ == "__main__":
    main()
