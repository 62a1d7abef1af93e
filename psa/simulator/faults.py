"""What can be made to go wrong: rules that match requests, a hidden rate limit, and settings of the whole PSA."""

from __future__ import annotations

import random
import re
import threading
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

KINDS: Final = (
    "latency",
    "status",
    "throttle",
    "hang",
    "reset",
    "truncate",
    "html",
    "empty",
    "forbidden",
    "visible",
)
HTML: Final = (
    "<!DOCTYPE html><html><head><title>{status}</title></head><body><h1>We will be right back</h1>"
    "<p>The service is temporarily unavailable.</p></body></html>"
)


class BadFault(ValueError):
    """A rule cannot be read; the message says why."""


@dataclass(slots=True)
class Rule:
    """One rule: which requests it meets, how often, and what happens to them.

    kind: latency (wait `ms` before the request is looked at), status (answer `status`), throttle (429, `retry_after`
    seconds, or `retry_after_date` for an HTTP date, or neither), hang (no answer for `seconds`, then closed), reset,
    truncate (half the body), html (`status` with a web page), empty (`status`, nothing in it), forbidden (403),
    visible (a posted note comes back as Discussion).
    applied: the request takes effect first, and then its answer is spoilt.
    """

    kind: str
    method: str = ""
    path: str = ""
    company: str = ""
    count: int | None = None
    probability: float = 1.0
    ms: float = 0
    status: int = 503
    retry_after: str | int | None = None
    retry_after_date: float | None = None
    seconds: float = 60
    applied: bool = False
    id: int = 0
    hits: int = 0
    pattern: re.Pattern[str] = field(default=re.compile(""), repr=False)

    def meets(self, method: str, target: str, company: str) -> bool:
        """Return whether the rule is about this request."""
        if (self.method and self.method != method) or (self.company and self.company != company):
            return False
        return self.pattern.search(target) is not None

    def wait_header(self) -> str | None:
        """Return the Retry-After to send, if any."""
        if self.retry_after_date is not None:
            return format_datetime(datetime.now(UTC) + timedelta(seconds=self.retry_after_date), usegmt=True)
        return None if self.retry_after is None else str(self.retry_after)

    def shown(self) -> dict[str, Any]:
        """Return the rule as the control endpoint shows it."""
        return {name: value for name, value in asdict(self).items() if name != "pattern"}


class Faults:
    """The rules in force. Safe to use from several threads; chance is seeded, so a run can be repeated."""

    def __init__(self, seed: int = 1, latency_ms: float = 0) -> None:
        self._guard = threading.Lock()
        self._seed = seed
        self._next = 1
        self.rules: list[Rule] = []
        self.latency_ms = latency_ms
        self._random = random.Random(seed)
        self.cleared = threading.Event()

    def add(self, wanted: dict[str, Any]) -> Rule:
        """Add a rule; raise BadFault."""
        known = {"kind", "method", "path", "company", "count", "probability", "ms", "status", "retry_after",
                 "retry_after_date", "seconds", "applied"}  # fmt: skip
        if unknown := set(wanted) - known:
            raise BadFault(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
        if wanted.get("kind") not in KINDS:
            raise BadFault(f"kind is one of {', '.join(KINDS)}")
        try:
            pattern = re.compile(wanted.get("path") or "")
        except re.error as error:
            raise BadFault(f"path is no regular expression: {error}") from None
        with self._guard:
            rule = Rule(**wanted, id=self._next, pattern=pattern)
            rule.method = rule.method.upper()
            self._next += 1
            self.rules.append(rule)
        return rule

    def clear(self, rule_id: int | None = None) -> None:
        """Take one rule away, or all; whatever hangs is let go."""
        with self._guard:
            self.rules = [rule for rule in self.rules if rule_id is not None and rule.id != rule_id]
            self.cleared.set()
            self.cleared = threading.Event()

    def restart(self) -> None:
        """Take all rules away and begin chance anew."""
        self.clear()
        self._random.seed(self._seed)

    def match(self, method: str, target: str, company: str = "") -> tuple[float, Rule | None]:
        """Return the seconds to wait first, and the rule that spoils this request, if one does."""
        wait = self.latency_ms
        if not self.rules:
            return wait / 1000, None
        spoiling: Rule | None = None
        with self._guard:
            for rule in self.rules:
                if not rule.meets(method, target, company) or (
                    rule.kind != "latency" and spoiling is not None
                ):
                    continue
                if rule.count is not None and rule.hits >= rule.count:
                    continue
                if rule.probability < 1 and self._random.random() >= rule.probability:
                    continue
                rule.hits += 1
                if rule.kind == "latency":
                    wait += rule.ms
                else:
                    spoiling = rule
        return wait / 1000, spoiling


class RateLimit:
    """A hidden limit: `per_second` requests, refilled evenly; None is no limit."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self.per_second: float | None = None
        self.burst: float = 0
        self.retry_after: int | None = 1
        self._level = 0.0
        self._at = 0.0
        self.refused = 0

    def set(self, per_second: float | None, burst: float | None = None, retry_after: int | None = 1) -> None:
        """Change the limit; the bucket starts full."""
        with self._guard:
            self.per_second = per_second
            self.burst = burst if burst is not None else (per_second or 0)
            self.retry_after = retry_after
            self._level, self._at, self.refused = self.burst, time.monotonic(), 0

    def allows(self) -> bool:
        """Take one request out of the bucket; False when it is empty."""
        if self.per_second is None:
            return True
        with self._guard:
            now = time.monotonic()
            self._level = min(self.burst, self._level + (now - self._at) * self.per_second)
            self._at = now
            if self._level < 1:
                self.refused += 1
                return False
            self._level -= 1
            return True
