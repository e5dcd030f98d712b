#!/bin/sh
# npm's `soap`, for the interop tests: sh tools/node_soap.sh FOLDER
# One version exactly, so that a new release cannot fail a test that passed the day before: the
# newest of major 1 that the Node of the machine takes (Debian 12 has Node 18, Debian 13 has 20).
# Its dependencies run no scripts of their own here.
set -eu

folder=$1
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    echo "No Node.js with npm found: the interop test with node's soap is skipped."
    exit 0
fi
version=1.13.0
node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' || version=1.6.1
echo "Installing node's soap $version into $folder (once) …"
mkdir -p "$folder"
npm install --prefix "$folder" --no-save --no-audit --no-fund --ignore-scripts --silent \
    "soap@$version" || {
    echo "That failed: the interop test with node's soap is skipped."
    exit 0
}
touch "$folder/stamp"
