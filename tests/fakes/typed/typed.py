"""Uses every type of port once, so that tests see each arrive as it was given."""

import hashlib
import json
import os
import stat
import sys
import time
from pathlib import Path

work, password, case, part, note, hold, *sizes = sys.argv[1:]
secret = Path(password)
report = {
    "digest": hashlib.sha256(secret.read_bytes()).hexdigest(),
    "mode": oct(stat.S_IMODE(secret.stat().st_mode)),
    "outside": not secret.is_relative_to(work),
    "case": {
        file.relative_to(case).as_posix(): file.read_text()
        for file in sorted(Path(case).rglob("*"))
        if file.is_file()
    },
    "part": Path(part).read_text(),
    "note": note,
    "sizes": sizes,
    "doubled": [str(2 * float(size)) for size in sizes],
}
results = Path(work) / "results"
(results / "deep").mkdir(parents=True)
(results / "summary.txt").write_text("done\n")
(results / "deep" / "er.txt").write_text(note)
for number, size in enumerate(sizes):
    (Path(work) / f"piece-{number}.txt").write_text(size)
(Path(work) / "report.json").write_text(json.dumps(report))
print("environment:", sorted(os.environ))
while Path(hold).exists():
    time.sleep(0.05)
