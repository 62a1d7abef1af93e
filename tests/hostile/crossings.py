"""What one account may open, tried on another account's rows: routes, links, cookies, and sessions of the database."""

from __future__ import annotations

import base64
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from escalation.runbook.contents import Runbook, Step
from models.database.access import OF_ACCOUNT, SECRETS
from models.database.sessions import Database
from models.memory import runbooks
from models.tables import Alert, Canary, Job, Sighting, Watch, Wish
from models.tables.columns import Row as Table
from psa.simulator.remote import SimulatorRefused
from tests.hostile.knock import (
    Answer,
    Ask,
    Knocker,
    changed,
    escalated,
    handoffs_of,
    members_of,
    rows,
    settled,
    token_of,
)
from tests.hostile.row import Row
from tests.storm.rig import Msp, Rig
from webhooks.claims.page import COOKIE
from worker.process.tokens import Audience

OWN_WORK = (Job, Alert, Canary, Sighting, Watch, Wish)
"""What the worker writes by itself, whoever knocks; and wishes, since a number of theirs is a ticket that one has not."""
KEPT: tuple[type[Table], ...] = tuple(table for table in OF_ACCOUNT if table not in OWN_WORK)
BESIDE = ("/metrics", "/healthz", "/readyz", "/pages/plain.css", "/", "/claim", "/claim/", "/api/v1")


@dataclass(frozen=True, slots=True)
class Side:
    """One account: what it may open, and what is its own."""

    msp: Msp
    word: str
    """Stands in each of its summaries, and nowhere else."""
    token: str
    link: str
    """The token of a claim link of its own."""
    handoffs: tuple[int, ...]
    tickets: tuple[int, ...]
    books: tuple[int, ...]
    """Its runbooks."""
    cursor: str
    """The place of its newest handoff in its list."""
    session: int
    """One of its own, with a step of its word."""

    def names(self, body: str) -> bool:
        """Tell whether a text says anything of this account's."""
        return self.word in body or any(login in body for login in self.msp.engineers)


@dataclass(frozen=True, slots=True)
class Trespass:
    """Makes requests with `mine` that ask for what is `theirs`."""

    rig: Rig
    mine: Side
    theirs: Side
    operations: tuple[tuple[str, str], ...]
    chance: random.Random
    foreign: tuple[int, ...]
    """Numbers of their tickets under which one has none of one's own, so that a wish for one comes to nothing."""

    @property
    def target(self) -> int:
        return self.chance.choice(self.theirs.handoffs)

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.mine.token}"}

    def route(self) -> Ask:
        """Ask each operation of the OpenAPI document for a handoff, a ticket or a place of theirs."""
        method, template = self.chance.choice(self.operations)
        path = template.replace("{handoff_id}", str(self.target))
        path = path.replace("{session_id}", str(self.theirs.session))
        path = path.replace("{runbook_id}", str(self.chance.choice(self.theirs.books)))
        path = path.replace("{number}", "1" if "/sessions/" in path else str(self.chance.choice(self.foreign)))
        query = {
            "ticket": str(self.chance.choice(self.theirs.tickets)), "next": self.theirs.cursor, "limit": "200",
            "listing": "true", "account_id": str(self.theirs.msp.account_id), "account": self.theirs.msp.name,
            "handoff_id": str(self.target), "state": "open",
        }  # fmt: skip
        some = dict(self.chance.sample(sorted(query.items()), self.chance.randrange(4)))
        body = b""
        if method != "GET":
            said = {"reason": "not yours", "verdict": "wrong", "account_id": self.theirs.msp.account_id}
            step = {"steps": [{"text": "not yours"}], "text": "You said:\nrebooted it", "outcome": "worked"}
            body = json.dumps(said | step if "/sessions/" in path else said).encode()
        return Ask(method, f"{path}?{urlencode(some)}", body, {**self.bearer, "Content-Type": "application/json"})

    def told_account(self) -> Ask:
        """Say in headers that it is the other account."""
        ask = self.route()
        name, number = self.theirs.msp.name, str(self.theirs.msp.account_id)
        told = self.chance.choice([
            {"X-Account": name}, {"X-Account-Id": number}, {"X-Tenant": name}, {"X-Forwarded-User": self.theirs.msp.engineers[0]},
            {"Cookie": f"account={number}; {COOKIE}={self.theirs.link}"}, {"X-Original-URL": f"/claim/{self.mine.link}"},
            {"X-HTTP-Method-Override": "DELETE"}, {"resolutionflow.account": number}, {"Host": f"{name}.example"},
        ])  # fmt: skip
        return Ask(ask.method, ask.path, ask.body, {**ask.headers, **told})

    def bent_token(self) -> Ask:
        """Rewrite what the token says, and keep its signature; or use a pass for what it is not."""
        ask = self.route()
        services, mine, theirs = self.rig.stack.services, self.mine.msp.account_id, self.theirs.msp.account_id
        member = self.chance.choice(sorted(members_of(self.rig, self.theirs.msp).values()))
        head, claims, sign = self.mine.token.split(".")
        said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))) | {"account": theirs, "member": member}
        wanted = base64.urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode()).decode().rstrip("=")
        unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
        other = self.chance.choice([Audience.BROWSER, Audience.SIGN_IN])
        bent = self.chance.choice([
            f"{head}.{wanted}.{sign}", f"{unsigned}.{wanted}.", f"{unsigned}.{wanted}.{sign}", wanted, self.mine.link,
            services.passes.tokens.sign(other, account_id=theirs, member_id=member, epoch=1),
            services.passes.tokens.sign(Audience.POD, account_id=mine, member_id=member, epoch=1),
            services.passes.api_token(account_id=mine, member_id=member, epoch=1),
            services.passes.api_token(account_id=10**6, member_id=member, epoch=1),
            services.passes.api_token(account_id=0, member_id=member, epoch=1),
        ])  # fmt: skip
        return Ask(ask.method, ask.path, ask.body, {**ask.headers, "Authorization": f"Bearer {bent}"})

    def bent_link(self) -> Ask:
        """Rewrite what a claim link of one's own says; or one that names their handoff, rightly signed for us."""
        services, mine = self.rig.stack.services, self.mine.msp.account_id
        member = members_of(self.rig, self.mine.msp)[self.mine.msp.engineers[0]]
        wanted = base64.urlsafe_b64encode(
            json.dumps([self.theirs.msp.account_id, self.target, member, 1], separators=(",", ":")).encode()
        )
        signed = services.passes.claim_link("", account_id=mine, handoff_id=self.target, member_id=member, epoch=1)
        token = self.chance.choice([
            f"{wanted.decode().rstrip('=')}.{self.mine.link.partition('.')[2]}", signed.removeprefix("/claim/"),
            signed.removeprefix("/claim/"), self.mine.token, f"{self.mine.link}/{self.target}", f"..%2f{self.target}",
        ])  # fmt: skip
        return self._claim(token, form_for=token)

    def own_form(self) -> Ask:
        """Press the button of their page, whose address is known, with form and cookie of one's own page."""
        return self._claim(self.theirs.link, form_for=self.mine.link, always=True)

    def beside(self) -> Ask:
        """Ask what is no route of the API."""
        path = self.chance.choice([*BESIDE, f"/api/v1/accounts/{self.theirs.msp.account_id}",
                                   f"/api/v1/handoffs/{self.target}/../{self.target}", f"/static/..%2f{self.target}",
                                   f"/api/v1/handoffs/{quote('0 OR 1=1')}", f"//api/v1/handoffs/{self.target}"])  # fmt: skip
        return Ask(self.chance.choice(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]), path, headers=self.bearer)

    def page(self) -> Ask:
        """Open a page of theirs, or press on it: the pod, the queue, what is behind a figure, a deed on a handoff."""
        target, ticket = self.target, self.chance.choice(self.theirs.tickets)
        path = self.chance.choice([
            f"/escalations/{target}/brief", f"/escalations?open={target}", f"/escalations/content?open={target}",
            f"/escalations/cards?show=all&q={self.theirs.word}", f"/pod/ticket/content?ticket={ticket}",
            f"/pod/ticket?ticket={ticket}&episode=1", "/analytics/escalations/behind?open=clocks/total/business",
            "/analytics/escalations.csv", f"/analytics/escalations?account={self.theirs.msp.account_id}",
        ])  # fmt: skip
        if self.chance.random() < 0.5:
            return Ask("GET", path, headers=self.bearer)
        if self.chance.random() < 0.1:
            return Ask("POST", f"/pod/ticket/handoff?ticket={self.chance.choice(self.foreign)}", b"", self.bearer)
        deed = self.chance.choice(["claim", "release", "dismiss", "start"])
        where = self.chance.choice(["", "?as=pod", "?as=panel"])
        headers = {"Content-Type": "application/x-www-form-urlencoded", **self.bearer}
        return Ask("POST", f"/escalations/{target}/{deed}{where}", b"reason=not+yours&text=not+yours", headers)

    def _claim(self, token: str, *, form_for: str, always: bool = False) -> Ask:
        """Press either button, or open the page; of one's own pages form and cookie are right."""
        if not always and self.chance.random() < 0.3:
            return Ask("GET", f"/claim/{token}", headers=self.bearer)
        form = self.rig.stack.services.passes.form_token(link=form_for, browser="trespasser")
        body = urlencode({"form": form, "deed": self.chance.choice(["claim", "give back"])}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"{COOKIE}=trespasser", **self.bearer}
        return Ask("POST", f"/claim/{token}", body, headers)


KINDS: dict[str, Callable[[Trespass], Ask]] = {
    "other account: every route with a token": Trespass.route,
    "other account: named in headers": Trespass.told_account,
    "other account: tokens rewritten or of another use": Trespass.bent_token,
    "other account: claim links rewritten": Trespass.bent_link,
    "other account: form and cookie of one's own page": Trespass.own_form,
    "other account: other addresses": Trespass.beside,
    "other account: pod, queue and figures": Trespass.page,
}
WEIGHTS = (0, 0, 6, 1, 2, 3, 3, 4, 6, 5)
"""Of ten requests, these kinds."""


def crossing(rig: Rig, seed: int, count: int = 1000) -> list[Row]:
    """Try `count` times over HTTP to read or change another account's rows, in both directions; a row for each kind.

    Wrong is an answer with a word of theirs, a deed that is answered as done, 5xx, and each of their rows that changed.
    On PostgreSQL, more rows say what sessions of the database saw and changed; those are not part of `count`.
    """
    chance = random.Random(seed)
    knocker = Knocker(rig.stack.web_url)
    sides = sides_of(rig, knocker, seed)
    document: Any = json.loads(knocker.ask(Ask("GET", "/api/v1/openapi.json")).body)
    operations = tuple((method.upper(), path) for path, there in document["paths"].items() for method in there)
    ways = [
        Trespass(rig, mine, theirs, operations, chance, foreign(mine, theirs)) for mine, theirs in (sides, sides[::-1])
    ]
    settled(rig)  # a session's ticket is read, and its step goes into the brief
    before = [rows(rig, side.msp, KEPT) for side in sides]
    names = list(KINDS)
    planned: list[tuple[str, Trespass, Ask]] = []
    for number in range(count):
        name, way = names[WEIGHTS[number % len(WEIGHTS)]], ways[number // len(WEIGHTS) % 2]
        planned.append((name, way, KINDS[name](way)))
    answers = knocker.all([ask for *_, ask in planned])
    tried, wrong = Counter(name for name, *_ in planned), dict[str, list[str]]((name, []) for name in names)
    for (name, way, ask), answer in zip(planned, answers, strict=True):
        if _crossed(way, name, ask, answer):
            wrong[name].append(f"{ask.method} {ask.path}: {answer.status}")
    settled(rig)
    for side, was in zip(sides, before, strict=True):
        wrong[names[0]] += [f"row changed: {key}" for key in changed(was, rows(rig, side.msp, KEPT))]
    control(knocker, sides)
    found = [Row(name, tried[name], len(wrong[name]), "; ".join(wrong[name][:3])) for name in names]
    return found if rig.kind == "sqlite" else found + _sessions(rig)


def _crossed(way: Trespass, name: str, ask: Ask, answer: Answer) -> bool:
    theirs = way.theirs
    if answer.broken:
        return True
    if name == "other account: form and cookie of one's own page":
        return answer.status != 403  # whoever has the link may look, nobody may press
    deed = re.match(r"/(?:api/v1/handoffs|escalations)/(\d+)", ask.path)
    session = re.match(r"/api/v1/sessions/(\d+)", ask.path)
    if session and int(session[1]) == theirs.session and answer.status < 400:
        return True
    done = bool(deed) and int(deed[1]) in theirs.handoffs and answer.status < 400 and ask.method != "OPTIONS"  # type: ignore[index]
    book = re.match(r"/api/v1/runbooks/(\d+)", ask.path)
    done = done or (bool(book) and int(book[1]) in theirs.books and answer.status < 400)  # type: ignore[index]
    return done or theirs.names(answer.text)


def control(knocker: Knocker, sides: tuple[Side, Side]) -> None:
    """Check that each account reads its own, and that it would be noticed. Raises `AssertionError`."""
    for side in sides:
        answer = knocker.ask(Ask("GET", "/api/v1/handoffs?limit=200", headers={"Authorization": f"Bearer {side.token}"}))
        assert answer.status == 200, f"an account's own list was answered {answer.status}"
        assert side.names(answer.text), f"none of its words in an account's own list: {answer.text[:500]}"


def sides_of(rig: Rig, knocker: Knocker, seed: int) -> tuple[Side, Side]:
    words = {msp.name: f"heron{seed}x{number}z" for number, msp in enumerate(rig.msps)}
    made = escalated(rig, 3, lambda msp: words[msp.name])
    found = []
    for msp in rig.msps:
        tickets = tuple(one.ticket for one in made if one.msp is msp)
        ids = tuple(number for number, ticket in handoffs_of(rig, msp).items() if ticket in tickets)
        services = rig.stack.services
        link = services.passes.claim_link(
            "", account_id=msp.account_id, handoff_id=ids[0], member_id=members_of(rig, msp)[msp.engineers[0]],
            epoch=services.desk(msp.account_id).token_epoch,
        )  # fmt: skip
        token = token_of(rig, msp)
        headers = {"Authorization": f"Bearer {token}"}
        page: Any = json.loads(knocker.ask(Ask("GET", "/api/v1/handoffs?limit=1", headers=headers)).body)
        link = link.removeprefix("/claim/")
        talk = _session(knocker, headers, tickets[0], words[msp.name])
        book = Runbook(f"{words[msp.name]} drops", "when it drops", (Step(f"look at {words[msp.name]}"),))
        with services.database.account(msp.account_id) as session:
            number, _ = runbooks.save(session, msp.account_id, book, by="somebody", now=services.clock())
        found.append(Side(msp, words[msp.name], token, link, ids, tickets, (number,), page["next"], talk))
    first, second = found
    return first, second


def _session(knocker: Knocker, headers: dict[str, str], ticket: int, word: str) -> int:
    """Record a step with an account's word in a session of its own; return the session's number."""
    plain = {**headers, "Content-Type": "application/json"}
    made: Any = json.loads(knocker.ask(Ask("POST", "/api/v1/sessions", json.dumps({"ticket": ticket}).encode(), plain)).body)
    step = {"steps": [{"text": f"restarted {word}"}]}
    answer = knocker.ask(Ask("POST", f"/api/v1/sessions/{made['id']}/steps", json.dumps(step).encode(), plain))
    assert answer.status == 201, f"a step of one's own was answered {answer.status}"
    return int(made["id"])


def foreign(mine: Side, theirs: Side) -> tuple[int, ...]:
    """Return the numbers of their tickets that one has no ticket of, or else has escalated oneself."""

    def there(number: int) -> bool:
        try:
            mine.msp.simulator.ticket(number)
        except SimulatorRefused:
            return False
        return True

    return tuple(number for number in theirs.tickets if number in mine.tickets or not there(number)) or (2_000_000_000,)


def _sessions(rig: Rig) -> list[Row]:
    """Read, change and delete each other's rows in sessions of the application's role, past every filter of ours."""
    database, (a, b) = rig.stack.services.database, rig.msps
    found = []
    for what, statements in (
        ("PostgreSQL: reads of another account's rows", _reads),
        ("PostgreSQL: changes of another account's rows", _changes),
    ):
        tried = wrong = 0
        for ours, theirs in ((a.account_id, b.account_id), (b.account_id, a.account_id)):
            for statement in statements(theirs):
                tried += 1
                wrong += _reached(database, ours, statement)
        found.append(Row(what, tried, wrong))
    tried = wrong = 0
    for table, column in _tables():
        tried += 1
        with database.engine.begin() as connection:  # no account is set
            wrong += bool(connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {column} > 0")))
    found.append(Row("PostgreSQL: reads without an account", tried, wrong))
    return [*found, _narrow(database)]


def _tables() -> Iterator[tuple[str, str]]:
    yield "account", "id"
    for table in OF_ACCOUNT:
        yield table.__tablename__, "account_id"


def _reads(theirs: int) -> Iterator[str]:
    """Yield queries whose every row would be one of theirs."""
    for table, column in [*_tables(), ("notification_log", "account_id")]:
        yield f"SELECT {column} FROM {table} WHERE {column} = {theirs}"
        yield f"SELECT t.{column} FROM {table} t WHERE t.{column} <> {{ours}} OR t.{column} IS NULL"
        yield f"SELECT max({column}) FROM {table} HAVING max({column}) = {theirs} OR min({column}) = {theirs}"
        yield f"WITH x AS (SELECT * FROM {table}) SELECT 1 FROM x, handoff h WHERE x.{column} = {theirs}"
        yield f"SELECT t.{column} FROM handoff h RIGHT JOIN {table} t ON true WHERE t.{column} = {theirs} FOR SHARE OF t"


def _changes(theirs: int) -> Iterator[str]:
    for table, column in _tables():
        yield f"UPDATE {table} SET {column} = {column} WHERE {column} = {theirs}"
        yield f"DELETE FROM {table} WHERE {column} = {theirs}"
        yield f"DELETE FROM {table} t USING handoff h WHERE t.{column} = {theirs} RETURNING t.*"
        yield f"UPDATE {table} SET {column} = {theirs} WHERE {column} = {{ours}}"
        yield f"TRUNCATE {table} CASCADE"


def _reached(database: Database, ours: int, statement: str) -> bool:
    """Tell whether a statement reached a row, in a session of `ours` that is rolled back."""
    try:
        with database.account(ours) as session:
            count = session.execute(text(statement.replace("{ours}", str(ours)))).rowcount  # type: ignore[attr-defined]
            session.rollback()
    except DBAPIError as error:
        if not any(why in str(error.orig) for why in ("row-level security", "permission denied", "foreign key")):
            raise
        return False
    return bool(count)


def _narrow(database: Database) -> Row:
    """Try the role that looks across accounts on what it must not read or write."""
    statements = [f"SELECT {column} FROM account" for column in sorted(SECRETS)]
    words = (
        ("inbox", "raw"), ("handoff", "escalation_package_markdown"), ("handoff", "escalation_package"),
        ("handoff", "summary"), ("snapshot", "evidence"), ("member", "email"), ("delivery", "address"),
    )  # fmt: skip
    statements += [f"SELECT {column} FROM {table}" for table, column in words]
    statements += [f"DELETE FROM {table} WHERE {column} > 0" for table, column in _tables()]
    wrong = 0
    for statement in statements:
        try:
            with database.system() as system:
                system.execute(text(statement))
                system.rollback()
            wrong += 1
        except DBAPIError as error:
            if "permission denied" not in str(error.orig):
                raise
    return Row("PostgreSQL: the role across accounts", len(statements), wrong)

