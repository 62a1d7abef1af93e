"""Briefs on request: printed without posting, built offline from a file, handed off by hand, or brought back."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from escalation.evidence import Evidence
from escalation.model_reading import assessing, opinion
from escalation.model_reading.answer import UnusableAnswer, check
from escalation.model_reading.reading import Reading
from escalation.package.build import build
from escalation.package.by_model import local_stands, places_of
from escalation.package.contents import Package
from escalation.package.contradicted import ruled_out_in, tried_in
from escalation.package.second_opinion import asked_about, with_opinion
from escalation.package.threads import MalformedThread, evidence_from_thread
from escalation.reading.weights import Learned
from escalation.redaction.redact import redact_evidence
from models.account import accounts
from models.handoff import briefs, handoffs
from models.work import inbox, jobs, ticket_watch
from models.work.alert_kinds import Kind
from worker.handoff import notify, publish, read
from worker.handoff.opening import open_episode
from worker.model_reading.model import Model, NotAnswered, fresh_request
from worker.wiring import Services


def package(services: Services, *, account_id: int, ticket_id: int) -> tuple[Package, Package]:
    """Gather and build, and store nothing; return the package as the ticket has it, and the local reader's.

    They differ where a model has read a handoff of this ticket. Raises `PsaError`.
    """
    now = services.clock()
    desk, psa = services.desk(account_id), services.psa(account_id)
    evidence = services.reader.everything(psa, ticket_id, desk.roster, now=now)
    with services.database.account(account_id, reading=True) as session:
        watch = ticket_watch.seen(session, account_id, ticket_id)
        known = handoffs.by_ticket(session, account_id, ticket_id)
    reading = read.reading_of(services, desk, known[-1].id) if known else None

    def by(reading: Reading | None) -> Package:
        return build(
            evidence,
            episode=watch.episode if watch and watch.episode else 1,
            escalated_at=evidence.ticket.last_updated or now,
            escalated_by=evidence.ticket.updated_by,
            as_of=now + desk.clock_ahead,
            time_zone=desk.time_zone,
            reading=reading,
            known=desk.known,
            explain=True,
        )

    local = by(None)
    return (by(reading) if reading else local), local


def package_of_file(
    path: Path, *, redact: bool, model: Model | None = None, known: Learned | None = None
) -> tuple[str, Package]:
    """Build the package of one thread file; return its id too. Raises `MalformedThread` naming file and field.

    Without `redact` every quotation stands literally in the file, secrets included. A `model` reads the redacted text
    only, so what it reads is redacted too. Raises `NotAnswered` and `UnusableAnswer` if it cannot be used.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        evidence = evidence_from_thread(record)
    except UnicodeDecodeError as error:
        raise MalformedThread(f"{path}: not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise MalformedThread(f"{path}: no JSON: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except MalformedThread as error:
        raise MalformedThread(f"{path}: {error}") from error
    evidence = redact_evidence(evidence) if redact or model is not None else evidence

    def by(reading: Reading | None) -> Package:
        return build(
            evidence, episode=1, escalated_at=evidence.read_at, escalated_by=None, as_of=evidence.read_at,
            reading=reading, known=known,
        )  # fmt: skip

    local = by(None)
    request = fresh_request(evidence.ticket.summary, places_of(evidence)) if model is not None else None
    if model is None or request is None:
        return str(record["id"]), local
    reading = check(model.ask(request).text, request.covered, reader=model.name).reading
    return str(record["id"]), _assessed(model, local if local_stands(local, reading) else by(reading), evidence)


def _assessed(model: Model, package: Package, evidence: Evidence) -> Package:
    """Return the package with the model's assessment; as it is where there is none that could be used."""
    places = asked_about(evidence, package.solved)
    request = fresh_request(evidence.ticket.summary, places, make=assessing.request_for)
    if request is None:
        return package
    try:
        answer = model.ask(request)
        found = opinion.check(
            answer.text, request.covered, tried=tried_in(package), ruled_out=ruled_out_in(package), made_by=model.name
        ).opinion
    except (NotAnswered, UnusableAnswer):
        return package
    return with_opinion(package, evidence, found) if found is not None else package


def hand_off(services: Services, *, account_id: int, ticket_id: int) -> int:
    """Hand a ticket off by hand, as if its status had been changed: note and messages, exactly like the others."""
    now = services.clock()
    desk, ticket = services.desk(account_id), services.psa(account_id).ticket(ticket_id)
    with services.database.account(account_id) as session:
        live = handoffs.open_for_ticket(session, account_id, ticket_id)
        if live is None:
            watch = ticket_watch.seen(session, account_id, ticket_id)
            episode = (watch.episode if watch else 0) + 1
            inside = desk.rules.is_escalation(ticket.board_id, ticket.status_id)
            mine = ticket_watch.record(
                session, account_id, ticket_id, expected_version=watch.version if watch else 0,
                board_id=ticket.board_id, status_id=ticket.status_id, in_escalation=inside, left_at=None,
                last_updated=ticket.last_updated, episode=episode, missing_since=None, absent_since=None,
            )  # fmt: skip
            if mine:
                live = open_episode(
                    session, services, desk, ticket=ticket, episode=episode, at=now + desk.clock_ahead, now=now,
                    why="handed off by hand", by_hand=True,
                )  # fmt: skip
    if live is None:
        print(f"resolutionflow: ticket {ticket_id} is being handed off by another process right now")  # noqa: T201
        return 1
    posted = publish.publish(services, account_id=account_id, handoff_id=live.id)
    if posted:
        for delivery_id in notify.notify(services, account_id=account_id, handoff_id=live.id):
            notify.deliver(services, account_id=account_id, delivery_id=delivery_id)
    with services.database.account(account_id, reading=True) as session:
        after = handoffs.get(session, account_id, live.id)
    state = after.brief_state if after else "gone"
    note = after.escalation_package_external_id if after else None
    print(f"ticket {ticket_id}, episode {live.episode}: brief {state}" + (f", note {note}" if note else ""))  # noqa: T201
    return 0 if state == "posted" else 1


def replay(services: Services, *, since: datetime | None, only: int | None) -> tuple[int, int]:
    """Make stored callbacks and parked briefs due again; return how many of each."""
    now = services.clock()
    with services.database.system(reading=True) as system:
        ids = [a.id for a in accounts.list_accounts(system) if only is None or a.id == only]
    callbacks = brought_back = 0
    for account_id in ids:
        with services.database.account(account_id) as session:
            callbacks += inbox.reset(session, account_id, since=since, now=now)
            for alert in jobs.open_alerts(session, account_id):
                if alert.kind == Kind.CALLBACK_PARKED and not inbox.is_parked(session, account_id, int(alert.subject)):
                    jobs.clear_alert(session, account_id, kind=alert.kind, subject=alert.subject, now=now)
            for handoff_id in briefs.parked(session, account_id):
                brought_back += briefs.unpark(session, account_id, handoff_id, now=now)
    return callbacks, brought_back
