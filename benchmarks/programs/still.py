"""The same for the peer that runs Python programs: python still.py SECONDS STATUS_FILE RESULT_FILE.

It says 0 and becomes `sleep`, so that a thousand of them fit into any machine.
"""

import os
import sys
from pathlib import Path

seconds, status_file = sys.argv[1], Path(sys.argv[2])
new = status_file.with_suffix(".new")
new.write_text("0")
new.replace(status_file)
os.execv("/bin/sleep", ["sleep", seconds])
