#!/bin/sh
# Back up the database into a folder while everything runs: backup.sh FOLDER. Keeps the newest 14. Prints the file.
# The settings are read as the program reads them. SECRET_KEYS are not in it: keep them elsewhere,
# since without them the stored ConnectWise keys cannot be opened.
set -eu
umask 077
folder=${1:?give a folder}
here=$(dirname "$0")
python=$here/../.venv/bin/python
[ -x "$python" ] || python=python3
place=$("$python" "$here/database_place.py")
mkdir -p "$folder"
# What an earlier one could not finish is no backup: it takes room, and would push out those that are.
rm -f "$folder"/resolutionflow-2*.part*
file=$folder/resolutionflow-$(date -u +%Y%m%dT%H%M%SZ)
trap 'rm -f "$file.part"*' EXIT
trap 'exit 1' HUP INT TERM
case $place in
  postgresql:*)
    file=$file.dump
    # Row-level security holds for the owner too: dump as a role that may bypass it, else pg_dump refuses.
    pg_dump --format=custom --file="$file.part" --dbname="$place"
    ;;
  *)
    file=$file.db
    "$python" - "$place" "$file.part" <<'PY'
import pathlib, sqlite3, sys
try:
    source = sqlite3.connect(pathlib.Path(sys.argv[1]).absolute().as_uri() + "?mode=ro", uri=True, timeout=60)
    with sqlite3.connect(sys.argv[2]) as copy:
        source.backup(copy)
        if copy.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            sys.exit("the copy is damaged")
        copy.execute("SELECT version_num FROM alembic_version")
except sqlite3.Error as error:
    sys.exit(f"no backup of {sys.argv[1]}: {error}")
PY
    ;;
esac
mv "$file.part" "$file"
ls -1t "$folder"/resolutionflow-2* 2>/dev/null | tail -n +15 | while read -r old; do rm -f "$old"; done
echo "$file"
