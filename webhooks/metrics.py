"""`GET /metrics` in Prometheus' text format: counts and ages over all accounts, without any account's name."""

from __future__ import annotations

import hmac
import ipaddress
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from models.database.sessions import Database
from models.work.counts import Counts, count
from webhooks.bulkhead import Away
from webhooks.problems import problem

KEEP_S = 5.0
"""What was counted holds for so long, whoever asks how often."""
SHARE = 0.05
"""Counting takes at most this share of the time, however slow it becomes."""
PATIENCE_S = 1.0
QUANTILES = (0.5, 0.9, 0.99)
_PREFIX = "resolutionflow"
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


_Labels = TypeVar("_Labels", bound=tuple[str, ...])


class Meter:
    """Counts at most every few seconds."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        *,
        canary_late_s: float | None = 60.0,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._canary_late_s = canary_late_s
        self._database, self._clock, self._tick = database, clock, tick
        self._counting = threading.Lock()
        self._found: Counts | None = None
        self._good_until = float("-inf")

    def read(self) -> Counts:
        """Return the counts, a few seconds old at most. Raises `Away` and SQLAlchemy's errors."""
        if not self._counting.acquire(timeout=PATIENCE_S):
            raise Away("somebody else has been counting for too long")
        try:
            if self._found is None or self._tick() >= self._good_until:
                begun = self._tick()
                with self._database.system(reading=True) as system:
                    self._found = count(system, now=self._clock(), canary_late_s=self._canary_late_s)
                ended = self._tick()
                self._good_until = ended + max(KEEP_S, (ended - begun) / SHARE)
            return self._found
        finally:
            self._counting.release()


class _Snapshot:
    """One reading, as prometheus-client wants to collect it."""

    def __init__(self, found: Counts, now: datetime) -> None:
        self._found, self._now = found, now

    def collect(self) -> Iterator[Metric]:
        found = self._found
        yield _gauge("accounts", "Accounts of this installation.", {(): found.accounts})
        yield _gauge(
            "handoffs_newest", "The newest 10,000 handoffs by the state of the response.", _one_label(found.newest),
            ("response",),
        )  # fmt: skip
        yield _gauge("handoffs_seen_last_hour", "Handoffs opened within the last hour.", {(): found.seen_last_hour})
        yield _gauge("handoffs_live", "Handoffs that have not ended.", found.live, ("brief", "response"))
        yield _gauge(
            "brief_oldest_waiting_seconds", "Age of the handoff that has waited longest for its note; 0 if none waits.",
            {(): self._age(found.oldest_waiting_brief)},
        )  # fmt: skip
        yield _gauge("callbacks_waiting", "Stored callbacks not decided yet.", {(): found.callbacks_waiting})
        yield _gauge(
            "callback_oldest_waiting_seconds", "Age of the oldest of them; 0 if none waits.",
            {(): self._age(found.oldest_callback)},
        )  # fmt: skip
        numbers = {(kind,): number for kind, (number, _) in found.due.items()}
        yield _gauge("work_due", "Rows that are due now, by the kind of work.", numbers, ("work",))
        ages = {(kind,): self._age(since) for kind, (_, since) in found.due.items()}
        yield _gauge("work_overdue_seconds", "How long the oldest of them has been due.", ages, ("work",))
        yield _gauge(
            "deliveries_newest", "The newest 10,000 messages by status.", _one_label(found.deliveries), ("status",)
        )
        yield _gauge("alerts_open", "Open alerts.", _one_label(found.alerts), ("kind",))
        hearts = {(name,): self._age(at) for name, at in found.heartbeats.items()}
        yield _gauge("heartbeat_age_seconds", "Since the last sign of life.", hearts, ("name",))
        yield from self._canary()
        yield from self._latency()
        yield from self._model()

    def _canary(self) -> Iterator[Metric]:
        found = self._found
        yield _gauge("canaries_late", "Accounts whose canary did not come to its end in time.", {(): found.canaries_late})
        if found.canary_ended is not None:
            yield _gauge(
                "canary_age_seconds", "Since the last canary that came to its end was sent.",
                {(): self._age(found.canary_ended)},
            )  # fmt: skip
            yield _gauge(
                "canary_seconds", "How long that canary took for each part of its way.",
                _one_label(found.canary_seconds), ("part",),
            )  # fmt: skip

    def _latency(self) -> Iterator[Metric]:
        times = self._found.latencies
        yield _gauge("briefs_posted_last_hour", "Notes accepted within the last hour.", {(): len(times)})
        if times:
            # By rank, without interpolation: with few notes the 0.99 is the slowest.
            ranked = {(f"{q:g}",): times[min(len(times) - 1, int(q * len(times)))] for q in QUANTILES}
            yield _gauge(
                "brief_latency_last_hour_seconds", "From escalation to accepted note, of those notes.", ranked,
                ("quantile",),
            )  # fmt: skip

    def _model(self) -> Iterator[Metric]:
        found = self._found.model
        if not found.outcomes:
            return
        yield _gauge(
            "model_calls_newest", "The newest 10,000 questions to a model by outcome.", _one_label(found.outcomes),
            ("outcome",),
        )  # fmt: skip
        yield _gauge("model_tokens_newest", "Tokens of those.", _one_label(found.tokens), ("direction",))
        yield _gauge("model_cost_newest", "Their cost by AI_PRICE; 0 without it.", {(): found.cost})
        yield _gauge(
            "model_dropped_newest", "What of their answers did not stand in the ticket, by reason.",
            _one_label(found.dropped), ("reason",),
        )  # fmt: skip
        if times := found.seconds:
            ranked = {(f"{q:g}",): times[min(len(times) - 1, int(q * len(times)))] for q in QUANTILES}
            yield _gauge("model_last_hour_seconds", "How long those of the last hour took.", ranked, ("quantile",))

    def _age(self, since: datetime | None) -> float:
        return max(0.0, (self._now - since).total_seconds()) if since else 0.0


def _one_label(values: Mapping[str, float]) -> dict[tuple[str, ...], float]:
    return {(name,): number for name, number in values.items()}


def _gauge(
    name: str, text: str, values: Mapping[_Labels, float], labels: tuple[str, ...] = ()
) -> Metric:
    """Return a gauge: rows can go away with their account, so none of these is a counter."""
    metric = GaugeMetricFamily(f"{_PREFIX}_{name}", text, labels=labels)
    for label, value in values.items():
        metric.add_metric(label, value)
    return metric


def blueprint(meter: Meter, clock: Callable[[], datetime], *, token: str) -> Blueprint:
    """Return `/metrics`, which answers this machine, or whoever has `token` where one is set."""
    routes = Blueprint("metrics", __name__)

    @routes.get("/metrics")
    def metrics() -> Response:
        """Give the figures; 403 to strangers, 503 without a database."""
        if not _may_ask(token):
            what = "set METRICS_TOKEN and send it as a bearer token; without it only this machine may ask"
            return problem(403, what)
        try:
            found = meter.read()
        except (Away, SQLAlchemyError):
            return problem(503, "the database does not answer now", retry_after=5)
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Snapshot(found, clock()))
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return routes


def _may_ask(token: str) -> bool:
    if token:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
    if any(name in request.headers for name in FORWARDED):
        return False  # a proxy on this machine stands before somebody else
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
