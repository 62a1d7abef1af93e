#!/bin/sh
# Put a backup back, with everything stopped: restore.sh FILE. What was there is kept beside it (SQLite) or must be empty
# (PostgreSQL: createdb first). Then brings it to this program's version, and has notes that were posted after the backup
# looked for before any is posted again.
set -eu
file=${1:?give a backup}
here=$(dirname "$0")
python=$here/../.venv/bin/python
[ -x "$python" ] || python=python3
program=$here/../.venv/bin/resolutionflow
[ -x "$program" ] || program=resolutionflow
# A copy that broke off, or another program's file, must not take the place of what is there.
case $file in *.part) echo "$file was not finished: give another" >&2; exit 1 ;; esac
place=$("$python" "$here/database_place.py" --stopped)
case $place in
  postgresql:*)
    pg_restore --exit-on-error --dbname="$place" "$file"
    ;;
  *)
    "$python" - "$file" <<'PY'
import pathlib, sqlite3, sys
try:
    given = sqlite3.connect(pathlib.Path(sys.argv[1]).absolute().as_uri() + "?mode=ro&immutable=1", uri=True)
    given.execute("SELECT version_num FROM alembic_version")
except sqlite3.Error as error:
    sys.exit(f"{sys.argv[1]} is no backup: {error}")
PY
    if [ -e "$place" ]; then
      kept=$place.before-restore-$(date -u +%Y%m%dT%H%M%SZ)
      mv "$place" "$kept"
      for more in wal shm; do if [ -e "$place-$more" ]; then mv "$place-$more" "$kept-$more"; fi; done
      echo "what was there is kept as $kept"
    fi
    mkdir -p "$(dirname "$place")"
    (umask 077 && cp "$file" "$place")
    ;;
esac
if [ -n "${OWNER_URL:-}" ]; then
  DATABASE_URL_FILE='' DATABASE_URL=$OWNER_URL "$program" migrate --app-role "${APP_ROLE:-resolutionflow}"
fi
"$program" migrate --restored
