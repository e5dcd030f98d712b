#!/bin/sh
# An environment of its own for Prefect, a peer of the benchmark: sh tools/prefect.sh FOLDER
# It runs workflows of Python functions, and remembers each step in a database, as Tarry does.
set -eu

folder=$1
echo "Installing Prefect into $folder (once; takes a minute) …"
[ -x "$folder/bin/python" ] || "${PYTHON:-python3}" -m venv "$folder"
# Newer FastAPI no longer takes an argument that this Prefect gives it.
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
    'prefect==3.8.8' 'fastapi>=0.139,<0.142' || {
    echo "That failed: what compares Tarry with it is skipped."
    exit 0
}
touch "$folder/stamp"
