"""The control endpoint `/_control/…`: look into the simulated PSA, act as its members, make things go wrong.

Needs no credentials: it is a simulator. `?company=` chooses the company, the first one otherwise.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any, Final

from psa.simulator import acts
from psa.simulator.answers import Refused
from psa.simulator.callbacks import Trouble
from psa.simulator.door import Door, Office
from psa.simulator.faults import BadFault
from psa.simulator.wire import Reply, Request

_JSON: Final = {"Content-Type": "application/json"}
HELP: Final = """GET state, credentials, requests, deliveries, callbacks, faults, settings, notes/N, tickets/N, acts, history
POST act {"act":"change_status","ticket":48213,"status":"Escalated","member":"jlind"}   "member":"program:NAME" is none
POST faults {"kind":"throttle","path":"/notes$","method":"POST","count":1,"retry_after":2}   DELETE faults
POST callbacks {"drop_next":1}  {"repeat":3,"shuffle":true}  {"deactivate":26500}
POST clock {"advance_s":86400}   POST settings {"rate_limit":5}   POST reset   DELETE requests, deliveries
"""


class Control:
    """Answer the control endpoint."""

    def __init__(self, door: Door, reset: Callable[[], None], first: str) -> None:
        self._door = door
        self._reset = reset
        self._first = first

    def answer(self, request: Request) -> Reply:
        """Answer one request; what cannot be done is 400 with the reason."""
        try:
            company = request.query.get("company", self._first)
            office = self._door.offices.get(company.casefold())
            if office is None:
                raise LookupError(f"no company {company}")
            body = json.loads(request.body) if request.body else {}
            what = request.path.removeprefix("/_control").strip("/")
            return _reply(200, self._do(request.method, what, body, office))
        except Refused as refused:
            return _reply(refused.answer.status, refused.answer.body)
        except (LookupError, ValueError, TypeError) as error:
            return _reply(400, {"error": str(error) or type(error).__name__, "help": HELP.splitlines()})

    def _do(self, method: str, what: str, body: dict[str, Any], office: Office) -> Any:
        name, _, number = what.partition("/")
        found = getattr(self, f"_{method.lower()}_{name or 'help'}", None)
        if found is None:
            raise LookupError(f"cannot {method} {what}")
        return found(office, body, number)

    def _get_help(self, office: Office, body: dict[str, Any], number: str) -> Any:
        return {"help": HELP.splitlines()}

    def _get_state(self, office: Office, body: dict[str, Any], number: str) -> Any:
        world = office.world
        with world.lock:
            return {
                "company": world.tenant.company,
                "companies": list(self._door.offices),
                "now": world.stamp(),
                "tables": {name: list(rows.values()) for name, rows in world.tables.items()},
                "under": {
                    name: {str(k): list(v) for k, v in rows.items()} for name, rows in world.under.items()
                },
                "attached": {str(k): list(v) for k, v in world.attached.items()},
                "audit": {f"{kind}/{n}": list(rows) for (kind, n), rows in world.trail.items()},
                "keys": dict(world.keys),
            }

    def _get_credentials(self, office: Office, body: dict[str, Any], number: str) -> Any:
        tenant = office.world.tenant
        return {**asdict(tenant), "url": office.world.origin, "base": office.world.base}

    def _get_hash(self, office: Office, body: dict[str, Any], number: str) -> Any:
        office.world.member(number)
        return {"member": number, "hash": office.world.member_hash(number)}

    def _get_requests(self, office: Office, body: dict[str, Any], number: str) -> Any:
        return self._door.log.shown()

    def _delete_requests(self, office: Office, body: dict[str, Any], number: str) -> Any:
        self._door.log.clear()
        return {}

    def _get_deliveries(self, office: Office, body: dict[str, Any], number: str) -> Any:
        return {"deliveries": office.callbacks.shown(), "idle": office.callbacks.idle()}

    def _delete_deliveries(self, office: Office, body: dict[str, Any], number: str) -> Any:
        office.callbacks.clear_log()
        return {}

    def _get_notes(self, office: Office, body: dict[str, Any], number: str) -> Any:
        with office.world.lock:
            return [dict(note) for note in office.world.children("notes", office.world.ticket_id(number))]

    def _get_tickets(self, office: Office, body: dict[str, Any], number: str) -> Any:
        with office.world.lock:
            if not number:
                return [dict(ticket) for ticket in office.world.tables["tickets"].values()]
            return dict(office.world.get("tickets", office.world.ticket_id(number)))

    def _get_history(self, office: Office, body: dict[str, Any], number: str) -> Any:
        """Tell the truth of the made-up past: each escalation with when it was claimed and acted on."""
        with office.world.lock:
            return [dict(row) for row in office.world.history]

    def _get_acts(self, office: Office, body: dict[str, Any], number: str) -> Any:
        return {name: (act.__doc__ or "").strip() for name, act in acts.ACTS.items()}

    def _post_act(self, office: Office, body: dict[str, Any], number: str) -> Any:
        wanted = dict(body)
        act = acts.ACTS.get(str(wanted.pop("act", "")))
        if act is None:
            raise LookupError(f"act is one of {', '.join(acts.ACTS)}")
        with office.world.lock:
            if "member" in wanted:
                wanted["member"] = _who(office, str(wanted["member"]))
            at = time.monotonic()
            record = act(office.world, **wanted)
        return {"monotonic": at, "at": time.time(), "record": record}

    def _get_faults(self, office: Office, body: dict[str, Any], number: str) -> Any:
        return [rule.shown() for rule in self._door.faults.rules]

    def _post_faults(self, office: Office, body: dict[str, Any], number: str) -> Any:
        try:
            return self._door.faults.add(body).shown()
        except BadFault as error:
            raise ValueError(f"fault: {error}") from None

    def _delete_faults(self, office: Office, body: dict[str, Any], number: str) -> Any:
        self._door.faults.clear(int(number) if number else None)
        return {}

    def _get_callbacks(self, office: Office, body: dict[str, Any], number: str) -> Any:
        with office.world.lock:
            entries = [dict(entry) for entry in office.world.tables["callbacks"].values()]
        return {"trouble": asdict(office.callbacks.trouble), "entries": entries}

    def _post_callbacks(self, office: Office, body: dict[str, Any], number: str) -> Any:
        known = {one.name: one.type for one in fields(Trouble)}
        for name in ("deactivate", "activate"):
            if name in body:
                with office.world.lock:
                    office.world.get("callbacks", int(body[name]))["inactiveFlag"] = name == "deactivate"
        for name, value in body.items():
            if name in known:
                setattr(office.callbacks.trouble, name, type(getattr(office.callbacks.trouble, name))(value))
            elif name not in ("deactivate", "activate"):
                raise ValueError(f"unknown: {name}; known: {', '.join(known)}, deactivate, activate")
        return asdict(office.callbacks.trouble)

    def _post_clock(self, office: Office, body: dict[str, Any], number: str) -> Any:
        with office.world.lock:
            office.world.ahead += timedelta(seconds=float(body["advance_s"]))
        office.callbacks.switch_off()
        return {"now": office.world.stamp()}

    def _get_settings(self, office: Office, body: dict[str, Any], number: str) -> Any:
        limit = office.limit
        return {
            "latency_ms": self._door.faults.latency_ms,
            "rate_limit": limit.per_second,
            "rate_burst": limit.burst,
            "rate_refused": limit.refused,
            "note_lag_s": office.world.note_lag_s,
            "notes_touch_ticket": office.world.notes_touch_ticket,
            "revoked": [pattern.pattern for pattern in office.world.revoked],
            "expired_hashes": sorted(office.world.expired_hashes),
            "codebase": office.world.tenant.codebase,
        }

    def _post_settings(self, office: Office, body: dict[str, Any], number: str) -> Any:
        world, faults = office.world, self._door.faults
        unknown = set(body) - {"latency_ms", "rate_limit", "rate_burst", "rate_retry_after", "note_lag_s",
                               "notes_touch_ticket", "revoke", "codebase", "signing_key", "expire_hash"}  # fmt: skip
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        if "latency_ms" in body:
            faults.latency_ms = float(body["latency_ms"])
        if "rate_limit" in body:
            wanted = body["rate_limit"]
            office.limit.set(
                None if wanted is None else float(wanted),
                body.get("rate_burst"),
                body.get("rate_retry_after", 1),
            )
        with world.lock:
            world.note_lag_s = float(body.get("note_lag_s", world.note_lag_s))
            world.notes_touch_ticket = bool(body.get("notes_touch_ticket", world.notes_touch_ticket))
            if "revoke" in body:
                world.revoked = [re.compile(pattern) for pattern in body["revoke"]]
            if "codebase" in body:
                world.tenant.codebase = body["codebase"].strip("/") + "/"
                world.tenant.version = body["codebase"].strip("/").replace("_", ".")
            world.tenant.signing_key = body.get("signing_key", world.tenant.signing_key)
            if "expire_hash" in body:
                world.expired_hashes = {name.casefold() for name in body["expire_hash"]}
        return self._get_settings(office, {}, "")

    def _post_reset(self, office: Office, body: dict[str, Any], number: str) -> Any:
        self._reset()
        return {}


def _who(office: Office, named: str) -> str:
    """Return a member's login name; `program:NAME` is a rule, connector or system user that is on no list of members."""
    program = named.removeprefix("program:")
    return program if program != named else str(office.world.member(named)["identifier"])


def _reply(status: int, body: Any) -> Reply:
    return Reply(status, json.dumps(body, separators=(",", ":")).encode(), dict(_JSON))
