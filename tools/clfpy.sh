#!/bin/sh
# An environment of its own for clfpy 1.3.2, the field's client library, unmodified, and suds, on
# which it is built: sh tools/clfpy.sh FOLDER
# The interop tests drive its library and its command line. It asks for `suds-jurko`, which installs
# nowhere any more: so what it needs is installed one by one, suds in its stead, and nothing else.
set -eu

folder=$1
python=${PYTHON:-python3}
echo "Installing clfpy into $folder (once) …"
[ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    'clfpy==1.3.2' 'suds>=1.1' 'future>=1.0' 'future-fstrings>=1.2' \
    requests urllib3 certifi idna charset-normalizer
touch "$folder/stamp"
