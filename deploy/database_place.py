"""Print where the database is, for backup.sh and restore.sh: the file of SQLite, or an address as PostgreSQL's tools read it.

With `--stopped` it is told only where no `resolutionflow run` works on it.

The settings are read as the program reads them, so that both speak of the same database.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from models.database.sessions import UnknownDatabase, normalise_url
from worker.process.embedded import CannotStart, only_one
from worker.settings import Settings, SettingsError

try:
    settings = Settings.read(begin=False)
    address = normalise_url(os.environ.get("BACKUP_URL", "").strip() or settings.database_url).set(drivername="postgresql")
    if "--stopped" in sys.argv:
        with only_one(settings.var):
            pass
except (SettingsError, UnknownDatabase, CannotStart) as error:
    sys.exit(f"resolutionflow: {error}")
print(settings.database_file or address.render_as_string(hide_password=False))  # noqa: T201 - for the shell
