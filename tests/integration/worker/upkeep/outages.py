"""A shop with an operator, and the outages that each kind of alert tells of, with their cures; each can happen again."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable

from models.account import accounts
from models.handoff import claims
from models.handoff import resolution_notes as notes
from models.work import canaries, inbox, jobs, wishes
from models.work.alert_kinds import Kind
from psa.port import Forbidden, PsaError, Refused, Unauthorized, VisibleNote
from tests.fakes import ESCALATED, NEW, FakePsa
from tests.integration.worker.conftest import Shop
from worker.account.members import renew_members
from worker.account.onboarding import account_named, unfreeze
from worker.figures import weekly
from worker.handoff import notify, publish, refresh, resolution, triage, visible, wish
from worker.handoff.preview import replay
from worker.mail.smtp_answers import MailError
from worker.response import settle
from worker.upkeep import auditor, callback_check, poller, sweeper

OPERATOR = "duty@northgate.example"
MAJA = 2


F403, U401 = Forbidden("POST: 403", status=403), Unauthorized("POST: 401", status=401)
R400 = Refused("POST: 400", status=400)
GONE, NO_RELAY = MailError("550 no such user", permanent=True), MailError("550 relaying denied", operator=True)


class Scene:
    """A shop with an operator, and what can happen there more than once."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.services, self.account_id = shop.services, shop.account_id
        shop.services.settings = dataclasses.replace(shop.services.settings, operator_email=OPERATOR)
        self.tickets = itertools.count(60_001)
        shop.services.not_rung_lately = lambda *_: True  # type: ignore[method-assign]  # which goes by the machine's clock
        self.ids: list[int] = []
        """Of what the last outage left waiting."""
        sweeper.sweep(shop.services)

    def refuse(self, call: str, error: PsaError) -> None:
        def fail() -> None:
            raise error

        self.shop.psa.before[call] = fail

    def heal(self) -> None:
        self.shop.psa.before.clear()
        self.shop.mailer.fails.clear()

    def poll(self) -> None:
        poller.poll(self.services, account_id=self.account_id)

    def posted(self) -> int:
        """Let a new ticket be escalated and its brief posted, if it can be."""
        ticket = next(self.tickets)
        self.shop.psa.add(ticket, status=ESCALATED)
        (handoff_id,) = self.shop.triage(ticket)
        self.shop.publish(handoff_id)
        self.ids = [handoff_id]
        return handoff_id

    def live(self, *, minutes: float, step_s: float = 200) -> None:
        """Let time pass, with all that waits tried when it is due, polls that go well, and audits."""
        for _ in range(int(minutes * 60 / step_s)):
            self.shop.clock.advance(step_s)
            self.poll()
            sweeper.sweep(self.services)
            for task, do in DUE.items():
                for ids in self.shop.bell.take(task):
                    do(self.services, **ids)
            auditor.audit(self.services)

    def row(self, **columns: object) -> None:
        with self.shop.database.account(self.account_id) as session:
            accounts.set_account(session, self.account_id, **columns)

    def told(self, kind: str) -> int:
        """Return how often the operator was told of a kind."""
        for _ in range(2):  # the first after a silence judges nothing
            auditor.audit(self.services)
        mails = [mail for mail in self.shop.mailer.sent if mail["To"] == OPERATOR]
        return sum(mail.get_body(("plain",)).get_content().count(f"{kind}: ") for mail in mails)  # type: ignore[union-attr]

    def open(self, kind: str) -> list[str]:
        with self.shop.database.system(reading=True) as system:
            return [alert.subject for alert in jobs.open_alerts(system) if alert.kind == kind]


DUE: dict[str, Callable[..., object]] = {
    "triage": triage.triage, "look_again": triage.triage, "refresh": refresh.refresh, "resolve": resolution.post,
    "take_away": visible.take_away,
    "grant": wish.grant, "settle": settle.settle, "deliver": notify.deliver, "publish": publish.publish,
}  # fmt: skip


# How each kind comes, and what cures it.


def note_visible(it: Scene) -> None:
    it.shop.psa.after["post_internal_note"] = lambda: (_ for _ in ()).throw(VisibleNote("note 7 is visible", note_id=7))
    it.posted()
    it.shop.psa.after.clear()


def note_stays(it: Scene) -> None:
    it.refuse("delete_note", F403)
    it.refuse("edit_note", R400)
    note_visible(it)
    it.live(minutes=10)


def note_gone(it: Scene) -> None:
    it.heal()
    it.live(minutes=10)
    unfrozen(it)


def unfrozen(it: Scene) -> None:
    with it.shop.database.account(it.account_id) as session:
        unfreeze(session, it.account_id, now=it.shop.clock())


def edit_refused(error: PsaError) -> Callable[[Scene], None]:
    def provoke(it: Scene) -> None:
        if not it.ids:
            it.posted()
        ticket = it.shop.psa.tickets and max(it.shop.psa.tickets)
        it.refuse("edit_note", error)
        it.shop.psa.note(ticket, f"Swapped cable {len(it.shop.psa.calls)}, no change.")
        it.shop.psa.change(ticket)
        it.shop.triage(ticket)
        it.live(minutes=40)

    return provoke


def edited(it: Scene) -> None:
    it.heal()
    ticket = max(it.shop.psa.tickets)
    it.shop.psa.note(ticket, f"Rebooted switch {len(it.shop.psa.calls)}, no change.")
    it.shop.psa.change(ticket)
    it.shop.triage(ticket)
    it.live(minutes=100)


def post_refused(error: PsaError) -> Callable[[Scene], None]:
    def provoke(it: Scene) -> None:
        it.refuse("post_internal_note", error)
        it.posted()
        it.live(minutes=20)

    return provoke


def healed(it: Scene) -> None:
    it.heal()
    replayed(it)
    it.live(minutes=10)


def owner_refused(error: PsaError) -> Callable[[Scene], None]:
    def provoke(it: Scene) -> None:
        if not it.ids:
            it.posted()
        it.shop.psa.change(max(it.shop.psa.tickets), owner=None)
        it.refuse("assign_owner", error)
        claimed(it)
        it.live(minutes=30)

    return provoke


def claimed(it: Scene) -> None:
    with it.shop.database.account(it.account_id) as session:
        here = {"member_id": MAJA, "now": it.shop.clock()}
        claims.release_claim(session, it.account_id, it.ids[0], **here, why="given back")  # type: ignore[arg-type]
        assert claims.claim(session, it.account_id, it.ids[0], **here, kind="link", actor="msvensson")  # type: ignore[arg-type]


def owner_set(it: Scene) -> None:
    it.heal()
    claimed(it)
    it.live(minutes=90)


def nobody_publishes(it: Scene) -> None:
    ticket = next(it.tickets)
    it.shop.psa.add(ticket, status=ESCALATED)
    it.ids = it.shop.triage(ticket)
    it.shop.clock.advance(301)


def somebody_publishes(it: Scene) -> None:
    it.shop.publish(it.ids[0])


def nobody_reads(it: Scene) -> None:
    it.shop.psa.add(status=NEW)
    it.ids = [it.shop.ring_in()]
    it.shop.clock.advance(301)


def somebody_reads(it: Scene) -> None:
    triage.triage(it.services, account_id=it.account_id, inbox_id=it.ids[0])


def mail_fails(error: MailError, times: int) -> Callable[[Scene], None]:
    def provoke(it: Scene) -> None:
        handoff_id = it.posted()
        it.ids = notify.notify(it.services, account_id=it.account_id, handoff_id=handoff_id)
        for _ in range(times):
            it.shop.mailer.fails = [error]
            deliver(it)
            it.shop.clock.advance(600)

    return provoke


def deliver(it: Scene) -> None:
    notify.deliver(it.services, account_id=it.account_id, delivery_id=it.ids[0])


def another_mail(it: Scene) -> None:
    it.heal()
    deliver(it)
    it.shop.tell(it.posted())


def nobody_polls(it: Scene) -> None:
    it.shop.clock.advance(11 * 60)


def no_sweep(it: Scene) -> None:
    it.shop.clock.advance(70)


def swept(it: Scene) -> None:
    sweeper.sweep(it.services)


def canary_lost(it: Scene) -> None:
    with it.shop.database.account(it.account_id) as session:
        made = canaries.note(session, it.account_id, ticket_id=None, now=it.shop.clock())
        canaries.answered(session, it.account_id, made.id, failure="it answered 502", now=it.shop.clock())
    it.shop.clock.advance(120)


def canary_ends(it: Scene) -> None:
    with it.shop.database.account(it.account_id) as session:
        made = canaries.note(session, it.account_id, ticket_id=None, now=it.shop.clock())
        canaries.end(session, made, now=it.shop.clock())


def callback_kills(it: Scene) -> None:
    it.shop.psa.add(status=NEW)
    it.ids = it.ids or [it.shop.ring_in()]
    for _ in range(it.services.settings.intervals.attempts):
        with it.shop.database.account(it.account_id) as session:
            assert inbox.take(session, it.account_id, it.ids[0], now=it.shop.clock(), lease_s=1)
        it.shop.clock.advance(2)
    somebody_reads(it)


def replayed(it: Scene) -> None:
    replay(it.services, since=None, only=it.account_id)


def poll_refused(error: PsaError) -> Callable[[Scene], None]:
    def provoke(it: Scene) -> None:
        it.refuse("tickets_updated_since", error)
        it.live(minutes=20)

    return provoke


def members_refused(it: Scene) -> None:
    it.refuse("members", Forbidden("GET members: 403", status=403))
    it.live(minutes=20)


def resolution_refused(it: Scene) -> None:
    handoff_id = it.posted()
    it.refuse("post_internal_note", Forbidden("POST notes: 403", status=403))
    with it.shop.database.account(it.account_id) as session:
        made = notes.ask(
            session, it.account_id, handoff_id, form="internal", text="**What fixed it:** a fan [n2]", member_id=MAJA,
            member="msvensson", now=it.shop.clock(),
        )  # fmt: skip
    assert made
    it.live(minutes=120)


def status_refused(it: Scene) -> None:
    ticket = next(it.tickets)
    it.shop.psa.add(ticket, status=NEW)
    it.refuse("escalate", Forbidden("PATCH: 403", status=403))
    with it.shop.database.account(it.account_id) as session:
        assert wishes.ask(session, it.account_id, ticket, member_id=1, member="jlind", now=it.shop.clock())
    it.live(minutes=40)


def entry_off(it: Scene) -> None:
    off, *rest = it.shop.psa.registered
    it.shop.psa.registered = [dataclasses.replace(off, inactive=True), *rest]
    checked(it)


def checked(it: Scene) -> None:
    callback_check.check_callbacks(it.services, account_id=it.account_id)


def entries_refused(it: Scene) -> None:
    it.refuse("register_callback", Refused("POST callbacks: 400, a matching entry exists", status=400))
    it.shop.psa.registered.clear()
    for _ in range(4):
        it.shop.clock.advance(300)
        checked(it)


def entries_back(it: Scene) -> None:
    it.heal()
    checked(it)  # brings them back, which is told of too
    checked(it)


def callbacks_refused(it: Scene) -> None:
    with it.shop.database.account(it.account_id) as session:
        jobs.raise_alert(
            session, it.account_id, kind=Kind.CALLBACKS_REFUSED, subject="northgate", detail="3 in a row", now=it.shop.clock()
        )


def callback_accepted(it: Scene) -> None:
    with it.shop.database.account(it.account_id) as session:
        jobs.clear_alert(session, it.account_id, kind=Kind.CALLBACKS_REFUSED, subject="northgate", now=it.shop.clock())


def other_key(it: Scene) -> None:
    it.shop.clock.advance(3700)  # a new address at most once an hour
    with it.shop.database.account(it.account_id) as session:
        jobs.raise_alert(
            session, it.account_id, kind=Kind.OTHER_KEY, subject="northgate", detail="3 in a row", now=it.shop.clock()
        )


def status_lost(it: Scene) -> None:
    there = [dataclasses.replace(b, statuses=tuple(s for s in b.statuses if s.id != ESCALATED)) for b in it.shop.psa.boards()]
    it.shop.psa.boards = lambda names=None: there  # type: ignore[method-assign,assignment]
    checked(it)


def status_back(it: Scene) -> None:
    it.shop.psa.boards = FakePsa.boards.__get__(it.shop.psa)  # type: ignore[method-assign]
    checked(it)


def nobody_told(it: Scene) -> None:
    handoff_id = it.posted()
    with it.shop.database.account(it.account_id) as session:
        accounts.import_members(session, it.account_id, [])
    notify.notify(it.services, account_id=it.account_id, handoff_id=handoff_id)


def members_back(it: Scene) -> None:
    renew_members(it.services, account_named(it.services, "northgate"), it.shop.psa)


def nobody_in_dry_run(it: Scene) -> None:
    it.row(dry_run_to="whoever")
    members_back(it)
    notify.notify(it.services, account_id=it.account_id, handoff_id=it.posted())


def live_again(it: Scene) -> None:
    it.row(dry_run_to=None)
    members_back(it)


def one_in_dry_run(it: Scene) -> None:
    it.row(dry_run_to="tobrien")
    members_back(it)


def week(it: Scene) -> None:
    with it.shop.database.account(it.account_id) as session:
        weekly.make_rows(
            session, it.services, account_named(it.services, "northgate"), period=f"w{next(it.tickets)}",
            letter={"scorecard": {"measures_version": 1}}, now=it.shop.clock(),
        )  # fmt: skip


def nobody_reports(it: Scene) -> None:
    it.row(owner=None)
    members_back(it)
    week(it)


def somebody_reports(it: Scene) -> None:
    it.row(owner="msvensson")
    members_back(it)
    week(it)
