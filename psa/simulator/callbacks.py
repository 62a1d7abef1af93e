"""Callbacks: which entries a change concerns, and their signed deliveries (ConnectWise developer guide, callbacks).

A delivery has 5 s. Only 404, 409, 419 and 429 are tried again, after 2 s and 4 s more; everything else is lost. An entry
that fails for three days is switched off.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from psa.simulator.answers import Record
from psa.simulator.crew import Crew
from psa.simulator.world import Change, World

RETRIED: Final = frozenset({404, 409, 419, 429})
RETRY_WAITS_S: Final = (2.0, 4.0)
TIMEOUT_S: Final = 5.0
KEPT: Final = 20_000
GIVES_UP_AFTER: Final = timedelta(days=3)
LEVELS: Final[dict[str, frozenset[str]]] = {
    "ticket": frozenset({"owner", "board", "phase", "project", "status", "ticket", "integratortag"}),
    "time": frozenset({"owner", "company", "time"}),
    "schedule": frozenset({"owner", "status", "type", "location", "member", "schedule"}),
    "company": frozenset({"owner", "status", "type", "territory", "company", "integratortag"}),
    "contact": frozenset({"owner", "type", "territory", "company", "contact"}),
    "configuration": frozenset({"owner", "type", "status", "configuration"}),
    "member": frozenset({"owner", "location", "securityrole", "member"}),
    "activity": frozenset({"owner", "status", "type", "company", "activity"}),
    "agreement": frozenset({"owner", "type", "company", "agreement"}),
    "project": frozenset({"owner", "status", "board", "project"}),
}


@dataclass(slots=True)
class Trouble:
    """What goes wrong with deliveries on demand."""

    drop_next: int = 0
    drop_ratio: float = 0.0
    repeat: int = 0
    repeat_ratio: float = 1.0
    shuffle: bool = False
    shuffle_within_s: float = 0.5
    delay_s: float = 0.0
    retry_scale: float = 1.0
    timeout_s: float = TIMEOUT_S


@dataclass(slots=True)
class Delivery:
    """One message to one entry and what became of it; times are monotonic seconds."""

    message_id: str
    callback_id: int
    url: str
    body: bytes
    signature: str
    type: str
    action: str
    record_id: int
    raised: float
    state: str = "waiting"
    attempts: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """Return the delivery as the control endpoint shows it."""
        names = (
            "message_id",
            "callback_id",
            "url",
            "signature",
            "type",
            "action",
            "record_id",
            "raised",
            "state",
        )
        return {name: getattr(self, name) for name in names} | {
            "attempts": list(self.attempts),
            "body": self.body.decode(),
        }


def matches(entry: Record, change: Change) -> bool:
    """Return whether a change concerns a callback entry."""
    if entry["inactiveFlag"] or entry["type"].lower() != change.kind:
        return False
    level, wanted, record = entry["level"].lower(), entry["objectId"], change.record
    if level == "owner":
        return True
    if level == change.kind:
        return bool(wanted == change.record_id)
    if level == "location":
        return bool(wanted == (record.get("location") or record.get("where") or {}).get("id"))
    return bool(wanted == (record.get(level) or {}).get("id"))


def sign(signing_key: str, body: bytes) -> str:
    """Return the signature: base64 of the HMAC-SHA256 of the raw body under the SHA-256 of the key."""
    key = hashlib.sha256(signing_key.encode()).digest()
    return base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()


def target(url: str, record_id: int, action: str) -> str:
    """Return where a delivery goes: the record's id is appended to the address, and then the action."""
    return f"{url}{record_id}{'&' if '?' in url else '?'}action={action}"


class Callbacks:
    """Send what a world tells. Different deliveries go out side by side, at once, on kept-alive connections."""

    def __init__(self, world: World, *, seed: int = 1) -> None:
        self.world = world
        self.trouble = Trouble()
        self.log: deque[Delivery] = deque(maxlen=KEPT)
        self.failing_since: dict[int, datetime] = {}
        self._random = random.Random(seed)
        self._guard = threading.Lock()
        self._crew = Crew(64)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("http://", HTTPAdapter(pool_connections=16, pool_maxsize=64))
        self._session.mount("https://", HTTPAdapter(pool_connections=16, pool_maxsize=64))
        self._busy = 0
        world.listeners.append(self.told)

    def stop(self) -> None:
        """Give up what still waits."""
        self._crew.stop()
        self._session.close()

    def clear_log(self) -> None:
        """Forget past deliveries."""
        with self._guard:
            self.log.clear()

    def shown(self) -> list[dict[str, Any]]:
        """Return all deliveries so far."""
        with self._guard:
            return [delivery.shown() for delivery in self.log]

    def idle(self) -> bool:
        """Return whether nothing is on its way."""
        with self._guard:
            return self._busy == 0

    def told(self, change: Change) -> None:
        """Send a change to each entry it concerns. The caller holds the world's lock."""
        by_number = self.world.tables["callbacks"]
        author = next(
            (m["id"] for m in self.world.tables["members"].values() if m["identifier"] == change.member), None
        )
        for entry in list(by_number.values()):
            if not matches(entry, change) or (entry["isSelfSuppressedFlag"] and entry["memberId"] == author):
                continue
            self._plan(self._delivery(entry, change))

    def _delivery(self, entry: Record, change: Change) -> Delivery:
        tenant, world = self.world.tenant, self.world
        entity = None if change.action == "deleted" else json.dumps(change.record, separators=(",", ":"))
        message = {
            "Action": change.action,
            "CallbackObjectRecId": entry["id"],
            "CompanyId": tenant.company,
            "Entity": entity,
            "FromUrl": urlsplit(world.origin).netloc,
            "ID": change.record_id,
            "MemberId": change.member,
            "MessageId": str(uuid.uuid4()),
            "Metadata": {
                "key_url": f"{world.base}//system/callbackkey/index.rails?companyName={tenant.company}&id={tenant.key_id}"
            },
            "PartnerId": None,
            "ProductInstanceId": None,
            "Type": change.kind,
        }
        body = json.dumps(message, separators=(",", ":")).encode()
        return Delivery(
            str(message["MessageId"]), entry["id"], target(entry["url"], change.record_id, change.action), body,
            sign(tenant.signing_key, body), change.kind, change.action, change.record_id, time.monotonic(),
        )  # fmt: skip

    def _plan(self, delivery: Delivery) -> None:
        """Drop, repeat, hold back or send."""
        trouble = self.trouble
        with self._guard:
            self.log.append(delivery)
            if trouble.drop_next > 0 or (trouble.drop_ratio and self._random.random() < trouble.drop_ratio):
                trouble.drop_next = max(0, trouble.drop_next - 1)
                delivery.state = "dropped"
                return
            copies = 1 + (trouble.repeat if self._random.random() < trouble.repeat_ratio else 0)
            waits = [
                trouble.delay_s + (self._random.random() * trouble.shuffle_within_s if trouble.shuffle else 0)
                for _ in range(copies)
            ]
            self._busy += copies
        for wait in waits:
            self._later(wait, delivery, 0)

    def _later(self, wait: float, delivery: Delivery, attempt: int) -> None:
        """Send after a wait, without keeping a thread of the crew for it. Counted in `_busy` by the caller."""
        if wait <= 0:
            self._crew.do(self._send, delivery, attempt)
            return
        timer = threading.Timer(wait, self._crew.do, (self._send, delivery, attempt))
        timer.daemon = True
        timer.start()

    def _done(self) -> None:
        with self._guard:
            self._busy -= 1

    def _send(self, delivery: Delivery, attempt: int) -> None:
        """Make one attempt, and plan the next where ConnectWise would."""
        try:
            status, error, began = self._post(delivery)
            ended = time.monotonic()
            again = status in RETRIED and attempt < len(RETRY_WAITS_S)
            with self._guard:
                delivery.attempts.append({"start": began, "end": ended, "status": status, "error": error})
                if delivery.state != "delivered":
                    good = status is not None and 200 <= status < 300
                    delivery.state = "delivered" if good else "retrying" if again else "failed"
                if again:
                    self._busy += 1
            if again:
                self._later(RETRY_WAITS_S[attempt] * self.trouble.retry_scale, delivery, attempt + 1)
            else:
                self._judge(delivery)
        finally:
            self._done()

    def _post(self, delivery: Delivery) -> tuple[int | None, str | None, float]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "x-content-signature": delivery.signature,
        }
        began = time.monotonic()
        try:
            answer = self._session.post(
                delivery.url,
                data=delivery.body,
                headers=headers,
                timeout=self.trouble.timeout_s,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return None, type(error).__name__, began
        return answer.status_code, None, began

    def _judge(self, delivery: Delivery) -> None:
        """Remember since when an entry fails."""
        with self.world.lock:
            if delivery.state == "delivered":
                self.failing_since.pop(delivery.callback_id, None)
            else:
                self.failing_since.setdefault(delivery.callback_id, self.world.now())
        self.switch_off()

    def switch_off(self) -> None:
        """Deactivate the entries that have failed for three days of the PSA's clock."""
        with self.world.lock:
            for number, since in list(self.failing_since.items()):
                entry = self.world.tables["callbacks"].get(number)
                if entry is not None and self.world.now() - since >= GIVES_UP_AFTER:
                    entry["inactiveFlag"] = True
