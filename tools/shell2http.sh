#!/bin/sh
# An environment of its own for Flask-Shell2HTTP, a peer of the benchmark: sh tools/shell2http.sh FOLDER
# It runs commands as web jobs, as Tarry does; docs/explanation/performance.md says why this one.
set -eu

folder=$1
echo "Installing Flask-Shell2HTTP into $folder (once) …"
[ -x "$folder/bin/python" ] || "${PYTHON:-python3}" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
    'flask-shell2http==1.9.1' 'flask-executor==1.0.0' 'flask>=3,<4' 'gunicorn>=22' || {
    echo "That failed: what compares Tarry with it is skipped."
    exit 0
}
touch "$folder/stamp"
