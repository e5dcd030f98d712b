#!/bin/sh
# Makes the virtual environment that everything else runs in: sh tools/venv.sh FOLDER
# A fresh Debian has Python but not the package that makes environments; as root we install it.
set -eu

folder=$1
python=${PYTHON:-python3}

if ! command -v "$python" >/dev/null 2>&1; then
    echo "Tarry needs Python 3.11 or newer, and there is no '$python' here." >&2
    echo "Install it (Debian and Ubuntu: sudo apt install python3 python3-venv)," >&2
    echo "or name another one: make PYTHON=/path/to/python3.12 …" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Tarry needs Python 3.11 or newer; '$python' is $("$python" -V 2>&1)." >&2
    echo "Name another one: make PYTHON=/path/to/python3.12 …" >&2
    exit 1
fi
if [ -x "$folder/bin/python" ] && "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi

if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing $package (this Python cannot make virtual environments without it) …"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            "$package" >/dev/null
    else
        echo "This Python cannot make virtual environments yet. Install the package first:" >&2
        echo "    sudo apt install $package" >&2
        echo "and say 'make' again." >&2
        exit 1
    fi
fi

"$python" -m venv "$folder"
# Dependency groups (pip install --group) need pip 25.1.
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
