#!/bin/sh
# Make .venv with a supported Python and install a lock file into it.
# Usage: install.sh LOCK_FILE
set -eu

supported='import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
complete='import ensurepip, venv'
version='import sys; print("%d.%d" % sys.version_info[:2])'

if ! [ -x .venv/bin/python ] || ! .venv/bin/python -c "$supported"; then
    python=
    incomplete=
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        "$candidate" -c "$supported" 2>/dev/null || continue
        if "$candidate" -c "$complete" 2>/dev/null; then
            python=$candidate
            break
        fi
        incomplete=${incomplete:-$("$candidate" -c "$version")}
    done
    if [ -z "$python" ] && [ -n "$incomplete" ]; then
        echo "Python $incomplete cannot make a virtual environment here (Debian: apt-get install python$incomplete-venv)." >&2
        exit 1
    fi
    if [ -z "$python" ]; then
        echo "Laurel needs Python 3.11, 3.12 or 3.13, and none was found: install one, or name it: make PYTHON=/path/to/python" >&2
        exit 1
    fi
    "$python" -m venv --clear .venv
fi

.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1"
