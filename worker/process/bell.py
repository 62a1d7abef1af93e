"""The Celery application and the bell.

The web rings through `Bell` and so needs neither tasks nor use cases; the worker loads `worker.tasks` through
Celery's own import.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, ClassVar

import structlog
from celery import Celery, signals
from kombu.entity import Exchange, Queue

import celeryconfig
from psa.outbound import redis_address
from worker.settings import Settings

log = structlog.get_logger()


def make(settings: Settings) -> Celery:
    """Return the application, set up for this installation."""
    broker, options = redis_address.for_celery(settings.broker_url)
    app = Celery("resolutionflow", broker=broker, include=["worker.tasks"])
    app.config_from_object(celeryconfig)
    app.conf.broker_transport_options = {**celeryconfig.broker_transport_options, **options}
    # Named in full: with the default exchange and key every queue would get every message.
    app.conf.task_queues = [Queue(name, Exchange(name), routing_key=name) for name in celeryconfig.QUEUES]
    app.conf.worker_concurrency = settings.pool_threads
    pokes = {
        "sweep": ("worker.tasks.sweep", settings.intervals.sweep),
        "audit": ("worker.tasks.audit", settings.intervals.audit),
    }
    if settings.canary_url:
        pokes["canary"] = ("worker.tasks.canary", settings.intervals.canary)
    # Beat only pokes: what is due is in rows, so two beats or a late one change nothing. No message has a moment at
    # which it expires: a worker whose clock is ahead of the sender's would throw every one of them away.
    app.conf.beat_schedule = {name: {"task": task, "schedule": every} for name, (task, every) in pokes.items()}
    return app


class Bell:
    """Ring for a row: send a task by its name, with ids only. Never raises: the sweeper rings again.

    A broker that did not answer is left alone for a few seconds, so that a frozen one holds up one caller now and
    then and not every callback. Takes an application of its own, and makes it impatient.
    """

    REST_S = 5.0
    IMPATIENT: ClassVar = {
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "socket_connect_timeout": 0.5,
        "socket_timeout": 1.0,
        "retry_on_timeout": False,
    }
    """ConnectWise waits five seconds for an answer to a callback, and the row is stored by then."""

    def __init__(self, app: Celery, *, clock: Callable[[], float] = time.monotonic) -> None:
        app.conf.broker_transport_options = {**app.conf.broker_transport_options, **self.IMPATIENT}
        self._app = app
        self._clock = clock
        self._silent_until = float("-inf")

    def warm(self) -> None:
        """Connect before the first ring has to: 0.15 s that would delay an escalation. Never raises."""
        try:
            with self._app.producer_or_acquire() as producer:
                producer.connection.connect()
                for queue in self._app.amqp.queues.values():
                    producer.maybe_declare(queue)
        except Exception as error:
            log.warning("broker_not_reached", error=type(error).__name__)

    def ring(self, task: str, **ids: Any) -> bool:
        """Send one task; return whether the broker took it."""
        if self._clock() < self._silent_until:
            return False
        try:
            self._app.send_task(f"worker.tasks.{task}", kwargs=ids)
        except Exception as error:
            # Whatever went wrong with the broker means the same: the sweeper will ring.
            self._silent_until = self._clock() + self.REST_S
            log.warning("bell_not_rung", task=task, error=type(error).__name__, **ids)
            return False
        return True


@signals.setup_logging.connect
def _our_own_logging(**_: Any) -> None:
    """Keep Celery from setting up logging its own way."""
    from worker.process.logs import set_up

    set_up(os.environ.get("LOG_LEVEL", "INFO"))


def celery_from_environment() -> Celery:
    """Return the application for `celery -A worker.celery_app`."""
    return make(Settings.read())
