"""Is the process alive, and can it take callbacks?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import redis
import structlog
from flask import Blueprint, Response, jsonify
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.exc import SQLAlchemyError

from models.database.access import SystemRoleMissing
from models.database.schema import SchemaOutOfDate, pending
from models.database.sessions import Database
from models.work import canaries
from psa.outbound import redis_address

log = structlog.get_logger()

OUT_OF_DATE = "out of date: run `resolutionflow migrate`"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at database and broker found."""

    database: str
    """`ok`, or what is wrong."""
    broker: str
    """`ok` or `away`. Callbacks are stored either way, so it does not decide."""
    canary: str = "off"
    """`ok`, `late`, `off` or `unknown`. Nor does this: a web that was taken out of service for it would lose callbacks."""

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
        canary_late_s: float | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Who asks while another looks waits at most `patience_s` seconds for what it finds.

        `canary_late_s` is when a canary is late; None: none are sent.
        """
        self._database, self._clock = database, clock
        self._canary_late_s, self._now = canary_late_s, now
        self._keep_s, self._schema_s, self._patience_s = keep_s, schema_s, patience_s
        self._broker = redis_address.client(
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
            return Finding("does not answer", self._found.broker, self._found.canary)
        try:
            if self._clock() - self._looked_at >= self._keep_s:
                database = self._look_at_database()
                self._found = Finding(database, self._look_at_broker(), self._look_at_canary(database))
                self._looked_at = self._clock()
            return self._found
        finally:
            self._looking.release()

    def _look_at_database(self) -> str:
        try:
            self._database.ping()
            if self._clock() - self._newest_at >= self._schema_s:
                try:
                    if pending(self._database.url.render_as_string(hide_password=False)):
                        return OUT_OF_DATE
                except SchemaOutOfDate as error:
                    # An upgrade: the schema first, the web last. Taken out of service now, it would lose callbacks.
                    log.warning("database_is_newer", reason=str(error))
                self._newest_at = self._clock()
        except SQLAlchemyError as error:
            log.error("database_unreachable", error=type(error).__name__)
            self._newest_at = float("-inf")  # it may come back as another
            return "unreachable"
        return "ok"

    def _look_at_canary(self, database: str) -> str:
        if self._canary_late_s is None or database != "ok":
            return "off" if self._canary_late_s is None else "unknown"
        try:
            with self._database.system(reading=True) as system:
                return "late" if canaries.late(system, now=self._now(), within_s=self._canary_late_s) else "ok"
        except (SQLAlchemyError, SystemRoleMissing):
            return "unknown"

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
        said = jsonify(status=status, database=found.database, broker=found.broker, canary=found.canary)
        return said, 200 if found.ready else 503

    return routes
