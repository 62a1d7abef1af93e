#!/bin/sh
# Put a backup back, with everything stopped: restore.sh FILE. What was there is kept beside it (SQLite) or must be empty
# (PostgreSQL: createdb first). Then brings it to this program's version, and has notes that were posted after the backup
# looked for before any is posted again.
set -eu
file=${1:?give a backup}
var=${RESOLUTIONFLOW_VAR:-var}
url=${DATABASE_URL:-sqlite:///$var/resolutionflow.db}
program=$(dirname "$0")/../.venv/bin/resolutionflow
[ -x "$program" ] || program=resolutionflow
case $url in
  sqlite:*)
    place=${url#sqlite:///}
    if [ -e "$place" ]; then
      kept=$place.before-restore-$(date -u +%Y%m%dT%H%M%SZ)
      mv "$place" "$kept"
      for more in wal shm; do if [ -e "$place-$more" ]; then mv "$place-$more" "$kept-$more"; fi; done
      echo "what was there is kept as $kept"
    fi
    mkdir -p "$(dirname "$place")"
    (umask 077 && cp "$file" "$place")
    ;;
  *)
    pg_restore --exit-on-error --dbname="$(echo "${BACKUP_URL:-$url}" | sed 's/^postgresql+psycopg:/postgresql:/')" "$file"
    ;;
esac
if [ -n "${OWNER_URL:-}" ]; then
  DATABASE_URL=$OWNER_URL "$program" migrate --app-role "${APP_ROLE:-resolutionflow}"
fi
"$program" migrate --restored
