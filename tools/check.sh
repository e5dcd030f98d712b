#!/bin/sh
# Every rule that a tool can hold, in one go; all of them run, so that one call shows all faults.
set -u

bin=.venv/bin
failed=""
run() { # run NAME COMMAND…
    name=$1
    shift
    echo "== $name"
    "$@" || failed="$failed, $name"
}

run "ruff check" "$bin/ruff" check .
run "ruff format" "$bin/ruff" format --check .
run "mypy" "$bin/mypy"
run "import contracts" "$bin/lint-imports"
run "lengths" "$bin/python" tools/lengths.py

[ -z "$failed" ] || {
    echo "make check failed: ${failed#, }" >&2
    exit 1
}
echo "make check: everything in order"
