"""The web application: callbacks in, health out. Built once for each process by `create_app`."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import text

from models.accounts import Sealer
from models.base import Database
from psa.callbacks import LARGEST_BODY, Verifier
from webhooks import callbacks, health
from webhooks.answers import speak_plainly
from webhooks.directory import Directory
from webhooks.health import Readiness
from webhooks.passage import Passage
from webhooks.ringing import Ringer
from webhooks.strangers import Strangers
from worker.app import Bell, make
from worker.logs import set_up
from worker.settings import Settings

STATEMENT_S = 2.0
"""Less than elsewhere: ConnectWise gives up after five seconds, and a refusal within them is repeated."""
KEY_FETCH_S = 1.0
"""The same again; a callback whose key takes longer is stored unverified, and the worker asks for the key."""


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application, wired for this installation. Raises `SettingsError` listing what is wrong.

    It has threads and connections: make it in the process that serves (gunicorn without `--preload`).
    """
    settings = settings or Settings.read()
    set_up(settings.log_level)
    app = Flask(__name__)
    # One more than allowed: without a Content-Length, werkzeug cuts the body here and says nothing.
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY + 1
    database = Database(settings.database_url, statement_timeout_s=STATEMENT_S)
    app.extensions["resolutionflow"] = database
    speak_plainly(app)
    receiver = callbacks.Receiver(
        database=database,
        directory=Directory(database, Sealer(settings.secret_keys)),
        verifier=Verifier(deadline=KEY_FETCH_S),
        bell=Ringer(Bell(make(settings))),
        clock=lambda: datetime.now(UTC),
    )
    app.register_blueprint(callbacks.blueprint(receiver, Passage(lambda: _writable(database)), Strangers()))
    app.register_blueprint(health.blueprint(Readiness(database, settings.redis_client_url)))
    return app


def _writable(database: Database) -> None:
    """Ask for a sign of life that a writer would get: SQLite lets others read while one of them writes."""
    with database.system() as system:
        system.execute(text("SELECT 1"))
