#!/bin/sh
# Back up the database into a folder while everything runs: backup.sh FOLDER. Keeps the newest 14. Prints the file.
# DATABASE_URL and RESOLUTIONFLOW_VAR are read as the program reads them. SECRET_KEYS are not in it: keep them elsewhere,
# since without them the stored ConnectWise keys cannot be opened.
set -eu
umask 077
folder=${1:?give a folder}
var=${RESOLUTIONFLOW_VAR:-var}
url=${DATABASE_URL:-sqlite:///$var/resolutionflow.db}
stamp=$(date -u +%Y%m%dT%H%M%SZ)
mkdir -p "$folder"
case $url in
  sqlite:*)
    file=$folder/resolutionflow-$stamp.db
    python=$(dirname "$0")/../.venv/bin/python
    [ -x "$python" ] || python=python3
    "$python" - "${url#sqlite:///}" "$file.part" <<'PY'
import sqlite3, sys
source = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=60)
with sqlite3.connect(sys.argv[2]) as copy:
    source.backup(copy)
    if copy.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        sys.exit("the copy is damaged")
PY
    ;;
  *)
    file=$folder/resolutionflow-$stamp.dump
    # Row-level security holds for the owner too: dump as a role that may bypass it, else pg_dump refuses.
    pg_dump --format=custom --file="$file.part" --dbname="$(echo "${BACKUP_URL:-$url}" | sed 's/^postgresql+psycopg:/postgresql:/')"
    ;;
esac
mv "$file.part" "$file"
ls -1t "$folder"/resolutionflow-2* 2>/dev/null | tail -n +15 | while read -r old; do rm -f "$old"; done
echo "$file"
