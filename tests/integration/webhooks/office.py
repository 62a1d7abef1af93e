"""An account with three seniors, a junior and one escalated ticket, and a web to ask about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import update
from werkzeug.routing import Rule

from models.account import accounts, people
from models.account.encryption import Cipher
from models.account.people import MemberRow
from models.database.sessions import Database
from models.handoff import deliveries, handoffs
from models.handoff.handoffs import Handoff
from tests.integration.models.places import account
from tests.integration.webhooks.conftest import environment_for
from webhooks.app import create_app
from worker.process.links import Passes
from worker.settings import Settings

MARIA, TOM, OWNER, JONAS, ROBOT = 103, 107, 101, 104, 150
PUBLIC = "https://handoff.example"
SENIORS = ("msvensson", "tobrien", "robot")
MEMBERS = [
    MemberRow(MARIA, "msvensson", "Maria Svensson", "maria@northgate.example"),
    MemberRow(TOM, "tobrien", "Tom O'Brien", "tom@northgate.example"),
    MemberRow(OWNER, "phall", "Petra Hall", "petra@northgate.example"),
    MemberRow(JONAS, "jlind", "Jonas Lind", "jonas@northgate.example"),
    MemberRow(ROBOT, "robot", "Robot", None, is_api=True),
]


@dataclass
class Office:
    """One account, and its web."""

    app: Flask
    database: Database
    passes: Passes
    account_id: int
    handoff_id: int
    cipher: Cipher | None = None
    links: dict[tuple[int, int, int], str] = field(default_factory=dict)

    def link(self, member_id: int = MARIA, *, handoff_id: int | None = None, epoch: int = 1) -> str:
        """Return the path of a claim link, the same each time: one made a second later would be another."""
        key = (member_id, handoff_id or self.handoff_id, epoch)
        if key not in self.links:
            self.links[key] = self.passes.claim_link(
                "", account_id=self.account_id, handoff_id=key[1], member_id=member_id, epoch=epoch
            )
        return self.links[key]

    def token(self, member_id: int = MARIA, *, epoch: int = 1) -> dict[str, str]:
        """Return the header of an API caller."""
        token = self.passes.api_token(account_id=self.account_id, member_id=member_id, epoch=epoch)
        return {"Authorization": f"Bearer {token}"}

    def browser(self) -> FlaskClient:
        """Return a browser of its own, with its own cookies."""
        return self.app.test_client()

    def api(self, method: str, path: str, member_id: int = MARIA, **given: Any) -> Any:
        given.setdefault("headers", self.token(member_id))
        return self.browser().open(f"/api/v1{path}", method=method, **given)

    def row(self, handoff_id: int | None = None) -> Handoff:
        with self.database.account(self.account_id, reading=True) as session:
            found = handoffs.get(session, self.account_id, handoff_id or self.handoff_id)
            assert found is not None
            return found

    def moves(self) -> int:
        with self.database.account(self.account_id, reading=True) as session:
            return len(handoffs.transitions(session, self.account_id, self.handoff_id))

    def set(self, **columns: Any) -> None:
        with self.database.account(self.account_id) as session:
            accounts.set_account(session, self.account_id, **columns)

    def set_handoff(self, handoff_id: int, **columns: Any) -> None:
        here = (Handoff.account_id == self.account_id, Handoff.id == handoff_id)
        with self.database.account(self.account_id) as session:
            session.execute(update(Handoff).where(*here).values(**columns))

    def people(self, members: list[MemberRow], *seniors: str) -> None:
        with self.database.account(self.account_id) as session:
            people.import_members(session, self.account_id, members, engineers=seniors, owner="phall")

    def escalate(self, ticket_id: int, *, minutes_ago: float = 12, **columns: Any) -> int:
        now = datetime.now(UTC)
        with self.database.account(self.account_id) as session:
            row = handoffs.open_handoff(
                session, account_id=self.account_id, ticket_id=ticket_id, episode=1,
                escalated_at=now - timedelta(minutes=minutes_ago), now=now, rule_version=1, **columns,
            )  # fmt: skip
            assert row is not None
            deliveries.create(session, row, people.recipients(session, self.account_id), now=now, message_domain="x.example")
            return row.id


class Compiled(BytecodeCache):
    """Templates that this process has compiled: each office's web has an environment of its own."""

    def __init__(self) -> None:
        self.codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.codes:
            bucket.bytecode_from_string(self.codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


def build_addresses_once() -> None:
    """Have what builds a rule's addresses compiled once in this process: two thirds of what a new web costs."""
    made: dict[Any, Any] = {}
    compile_one: Any = Rule._compile_builder

    def compiled(rule: Any, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), str(rule.defaults), append_unknown)
        if key not in made:
            made[key] = compile_one(rule, append_unknown)
        return made[key]

    Rule._compile_builder = compiled  # type: ignore[method-assign]


build_addresses_once()


def open_office(database: Database, folder: Path, **environment: str) -> Office:
    """Store an account with people and an escalated ticket, and start a web for it."""
    settings = Settings.read({**environment_for(database, folder), "PUBLIC_URL": PUBLIC, **environment})
    account_id = account(database, "northgate")
    app = create_app(settings)
    app.jinja_env.bytecode_cache = COMPILED
    office = Office(app, database, Passes(settings.secret_keys), account_id, 0, Cipher(settings.secret_keys))
    office.set(time_zone="Europe/London")
    office.people(MEMBERS, *SENIORS)
    office.handoff_id = office.escalate(
        48213, summary="VPN drops <b>every</b> 8 hours", company="Harbor & Sons", priority="Priority 2 - High",
        escalated_by="JLind", board="Help Desk", status="Escalated",
    )  # fmt: skip
    return office


def form_of(page: str) -> str:
    """Return the token in a page's form."""
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found, page
    return found[1]


def press(browser: FlaskClient, link: str, deed: str = "claim", **headers: str) -> Any:
    """Open a link and press a button on its page, as a browser does it."""
    form = form_of(browser.get(link).text)
    sent = {"Origin": "null", "Sec-Fetch-Site": "same-origin", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return browser.post(link, data={"form": form, "deed": deed}, headers=sent)
