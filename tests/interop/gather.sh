#!/bin/sh
# Leaves what it was given, a line for each, and of a secret (in a file) the length.
wc -c <"$1" | tr -d ' ' >opened
shift
for item; do printf '%s\n' "$item"; done >all
