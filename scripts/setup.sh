#!/bin/sh
# Make the virtual environment: Python 3.11 or later is all that has to be there.
# usage: setup.sh DIRECTORY [dev]              what `make` and the tests take
#        setup.sh DIRECTORY runtime [EXTRA…]   for production: what the product runs on, and extras (anthropic, mcp, openai)
set -eu
venv=$1
kind=${2:-dev}
if [ $# -ge 2 ]; then shift 2; else shift; fi
here=$(cd "$(dirname "$0")/.." && pwd)

case "$kind $#" in
  "dev 0")
    set -- -r "$here/requirements/dev.txt" -r "$here/requirements/models.txt" ;;
  "runtime "*)
    pins=$(sh "$here/scripts/extras.sh" "$@")
    # shellcheck disable=SC2086 # a word for each extra
    set -- -r "$here/requirements/runtime.txt" --constraint "$here/requirements/models.txt" $pins ;;
  *)
    sed -n 's/^# usage: /usage: /p; s/^#        /       /p' "$0" >&2
    exit 1 ;;
esac

python=
for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
  [ -n "$candidate" ] || continue
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Python 3.11 or later was not found. Install it, or name it: make PYTHON=/path/to/python3.11" >&2
  exit 1
fi

echo "[1/3] virtual environment in $venv ($("$python" --version))"
if ! "$python" -m venv --clear "$venv" 2>"$venv.log"; then
  cat "$venv.log" >&2
  echo "Python could not make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2
  rm -f "$venv.log"
  exit 1
fi
rm -f "$venv.log"

echo "[2/3] pinned packages, each checked against its hash"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$here/requirements/uv.txt"
"$venv/bin/uv" pip install --quiet --require-hashes --python "$venv/bin/python" "$@"

echo "[3/3] the project itself"
"$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation --python "$venv/bin/python" --editable "$here"
# `make` looks for this, and needs what development takes.
[ "$kind" = runtime ] || touch "$venv/.ready"
echo "ready."
