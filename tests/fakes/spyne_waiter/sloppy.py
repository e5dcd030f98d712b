"""Waits as badly as it can: python sloppy.py SECONDS STATUSFILE RESULTFILE.

Its status file comes late, is cut short before each number is written into it, and says 100 a
second before there is a result (CONTRACT, section 2, defects 1 and 2). Each start adds a line to
the file that WAITER_LEDGER names.
"""

import os
import sys
import time

seconds, statusfile, resultfile = int(sys.argv[1]), sys.argv[2], sys.argv[3]
with open(os.environ["WAITER_LEDGER"], "a") as ledger:
    ledger.write(statusfile + "\n")
time.sleep(0.6)
for turn in range(10 * seconds):
    with open(statusfile, "w") as status:
        time.sleep(0.04)
        status.write(str(10 * turn // seconds))
        status.flush()
        time.sleep(0.06)
with open(statusfile, "w") as status:
    status.write("100")
time.sleep(1)
with open(resultfile, "w") as result:
    result.write("FINISHED")
