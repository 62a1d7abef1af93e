"""Is the process alive, and can it take callbacks?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis
import structlog
from flask import Blueprint, Response, jsonify
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.exc import SQLAlchemyError

from models.base import Database
from models.schema import SchemaOutOfDate, pending

log = structlog.get_logger()

OUT_OF_DATE = "out of date: run `resolutionflow migrate`"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at database and broker found."""

    database: str
    """`ok`, or what is wrong."""
    broker: str
    """`ok` or `away`. Callbacks are stored either way, so it does not decide."""

    @property
    def ready(self) -> bool:
        return self.database == "ok"


class Readiness:
    """Looks at database and broker; what it found holds for `keep_s` seconds, so that being asked costs little.

    The schema's version, which takes longer to find out, is looked at again each `schema_s` seconds.
    """

    def __init__(
        self,
        database: Database,
        broker_url: str,
        *,
        keep_s: float = 0.3,
        schema_s: float = 30.0,
        patience_s: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Who asks while another looks waits at most `patience_s` seconds for what it finds."""
        self._database, self._clock = database, clock
        self._keep_s, self._schema_s, self._patience_s = keep_s, schema_s, patience_s
        self._broker = redis.Redis.from_url(
            broker_url, socket_connect_timeout=0.3, socket_timeout=0.3, retry=Retry(NoBackoff(), 0)
        )
        self._looking = threading.Lock()
        self._found = Finding("not looked at yet", "away")
        self._looked_at = self._newest_at = float("-inf")

    def look(self) -> Finding:
        """Return the state now, or as it was less than `keep_s` seconds ago. Raises nothing."""
        if self._clock() - self._looked_at < self._keep_s:
            return self._found
        if not self._looking.acquire(timeout=self._patience_s):
            return Finding("does not answer", self._found.broker)
        try:
            if self._clock() - self._looked_at >= self._keep_s:
                self._found = Finding(self._look_at_database(), self._look_at_broker())
                self._looked_at = self._clock()
            return self._found
        finally:
            self._looking.release()

    def _look_at_database(self) -> str:
        try:
            self._database.ping()
            if self._clock() - self._newest_at >= self._schema_s:
                if pending(self._database.url.render_as_string(hide_password=False)):
                    return OUT_OF_DATE
                self._newest_at = self._clock()
        except SchemaOutOfDate as error:
            return str(error)
        except SQLAlchemyError as error:
            log.error("database_unreachable", error=type(error).__name__)
            self._newest_at = float("-inf")  # it may come back as another
            return "unreachable"
        return "ok"

    def _look_at_broker(self) -> str:
        try:
            self._broker.ping()
        except (redis.RedisError, OSError):
            return "away"
        return "ok"


def blueprint(readiness: Readiness) -> Blueprint:
    """Return `/healthz` and `/readyz`."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def alive() -> Response:
        """Say that the process answers; looks at nothing else."""
        return jsonify(status="alive")

    @routes.get("/readyz")
    def ready() -> tuple[Response, int]:
        """Say whether callbacks can be stored: the database answers and is of our version."""
        found = readiness.look()
        status = "ready" if found.ready else "not ready"
        return jsonify(status=status, database=found.database, broker=found.broker), 200 if found.ready else 503

    return routes
