"""The web application: callbacks in, health out. Built once for each process by `create_app`."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from flask import Flask, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from models.accounts import Sealer
from models.base import Database
from models.schema import SchemaOutOfDate, pending
from psa.callbacks import Verifier
from webhooks.callbacks import LARGEST_BODY, Directory, blueprint
from worker.app import Bell, make
from worker.logs import set_up
from worker.settings import Settings

log = structlog.get_logger()


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application, wired for this installation. Raises `SettingsError` listing what is wrong."""
    settings = settings or Settings.read()
    set_up(settings.log_level)
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    database = Database(settings.database_url)
    app.extensions["resolutionflow"] = database
    bell = Bell(make(settings))
    bell.warm()
    sealer = Sealer(settings.secret_keys)
    app.register_blueprint(
        blueprint(
            database=database,
            directory=Directory(database, sealer),
            verifier=Verifier(),
            bell=bell,
            clock=lambda: datetime.now(UTC),
        )
    )

    @app.get("/healthz")
    def alive() -> Response:
        """Say that the process answers; looks at nothing else."""
        return jsonify(status="alive")

    @app.get("/readyz")
    def ready() -> tuple[Response, int]:
        """Say whether callbacks can be stored: the database answers and is of our version."""
        try:
            behind = pending(settings.database_url)
        except SchemaOutOfDate as error:
            return jsonify(status="not ready", database=str(error)), 503
        except SQLAlchemyError as error:
            log.error("database_unreachable", error=type(error).__name__)
            return jsonify(status="not ready", database="unreachable"), 503
        if behind:
            return jsonify(status="not ready", database="out of date: run `resolutionflow migrate`"), 503
        return jsonify(status="ready", database="ok"), 200

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[Response, int]:
        """Answer in a problem document without internals."""
        status = error.code or 500
        return jsonify(type="about:blank", title=error.name, status=status), status

    return app
