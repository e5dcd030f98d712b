#!/bin/sh
# An environment of its own for spyne, the server library of the field: sh tools/spyne.sh FOLDER
# The interop tests and the benchmark run the tutorial's service on it. spyne 2.14 does not import
# on Python 3.12 or newer: where there is no 3.11, those tests say so and are skipped.
set -eu

folder=$1
for python in "${PYTHON:-python3}" python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
        echo "Installing spyne into $folder (once) …"
        [ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
        "$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
            'spyne==2.14.0' 'gunicorn>=22' 'lxml>=5.2' 'suds>=1.1'
        touch "$folder/stamp"
        exit 0
    fi
done
echo "No Python 3.11 found: what compares Tarry with spyne is skipped."
