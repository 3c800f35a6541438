#!/bin/sh
# Fill the virtual environment $1 with exactly what requirements-dev.lock names: by uv where it works, else by venv and pip.
set -eu
cd "$(dirname "$0")/.."
venv=$1
lock=requirements-dev.lock

supported() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }

find_python() {
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
        if supported "$name"; then
            echo "$name"
            return
        fi
    done
    echo "Python 3.11, 3.12 or 3.13 is needed and was not found; install one, or name it: make run PYTHON=/path/to/python3.11" >&2
    exit 1
}

if [ -x "$venv/bin/python" ] && ! supported "$venv/bin/python"; then
    echo "$venv does not hold a Python from 3.11 to 3.13; remove it and try again" >&2
    exit 1
fi

if [ -z "${NO_UV:-}" ] && uv --version >/dev/null 2>&1; then
    echo "installing into $venv with uv"
    [ -x "$venv/bin/python" ] || uv venv --quiet ${PYTHON:+--python "$PYTHON"} "$venv"
    uv pip install --quiet --compile-bytecode --python "$venv/bin/python" --require-hashes -r "$lock"
else
    python=$(find_python)
    echo "installing into $venv with pip and $("$python" --version)"
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        "$python" -m venv "$venv" || { echo "on Debian: apt install python3-venv" >&2; exit 1; }
    fi
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
fi
touch "$venv/.installed"
