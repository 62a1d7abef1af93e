"""Runbooks of an account: saved in versions, approved, found by what a new ticket says, and counted by what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from escalation.memory.assess import clauses_of, outcome
from escalation.memory.rank import Candidate, Match, Terms, rank
from escalation.runbook.contents import NoRunbook, read, redacted
from escalation.runbook.contents import Runbook as Contents
from escalation.runbook.worth import Outcome, Use, Worth, worth
from models.database.compare_and_set import changed
from models.database.sessions import insert_or_ignore
from models.memory.resolved import statistics_of
from models.tables import Handoff, Resolution, Runbook, RunbookUse, RunbookVersion

MOST = 500
"""Runbooks of one account; more would be a knowledge base, which this is not."""


class TooMany(NoRunbook):
    """The account has as many runbooks as it may."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A runbook in one of its versions, with what is known of it."""

    id: int
    version: int
    newest: int
    approved_version: int | None
    contents: Contents
    made_by: str
    made_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    worth: Worth

    @property
    def head(self) -> str:
        """One line about version, approval and worth."""
        who = f"approved by {self.approved_by} on {self.approved_at:%Y-%m-%d}" if self.approved_at else "not approved yet"
        stale = f" **Stale:** {self.worth.stale}." if self.worth.stale else ""
        return f"Version {self.version}, {who}; {self.worth.in_words()}.{stale}"


def save(session: Session, account_id: int, contents: Contents, *, by: str, now: datetime) -> tuple[int, int]:
    """Store a wording without its secrets: a new runbook, or the next version of the one with this title; return both numbers.

    The same wording again is no new version. Episodes of its tickets that no runbook has are its own from now on: nobody
    has to be asked about them again. Raises `NoRunbook`, of which `TooMany` is one.
    """
    contents = redacted(contents)
    row = insert_or_ignore(session, Runbook).values(account_id=account_id, title=contents.title, made_at=now)
    session.scalar(row.returning(Runbook.id))
    mine = (Runbook.account_id == account_id, Runbook.title == contents.title)
    changed(session, update(Runbook).where(*mine).values(title=contents.title))  # whoever saves next waits for this
    number = session.scalar(select(Runbook.id).where(*mine))
    assert number is not None
    if (session.scalar(select(func.count()).select_from(Runbook).where(Runbook.account_id == account_id)) or 0) > MOST:
        raise TooMany(f"an account has {MOST} runbooks at most: save over one that is there, by its title")
    episodes = select(Handoff.id).where(Handoff.account_id == account_id, Handoff.ticket_id.in_(contents.tickets))
    unkept = (Resolution.account_id == account_id, Resolution.handoff_id.in_(episodes), Resolution.runbook_id.is_(None))
    session.execute(update(Resolution).where(*unkept).values(runbook_id=number))
    newest = _newest(session, account_id, number)
    if newest is not None and newest.body == contents.to_json():
        return number, newest.version
    version, terms = (newest.version + 1 if newest else 1), contents.terms()
    session.execute(insert(RunbookVersion).values(
        account_id=account_id, runbook_id=number, version=version, body=contents.to_json(),
        terms=terms.lines, made_by=by, made_at=now,
    ))  # fmt: skip
    return number, version


def approve(session: Session, account_id: int, runbook_id: int, *, version: int, by: str, now: datetime) -> bool:
    """Have a version offered from now on, in place of any other. False if there is none such."""
    one = (RunbookVersion.account_id == account_id, RunbookVersion.runbook_id == runbook_id, RunbookVersion.version == version)
    if not changed(session, update(RunbookVersion).where(*one).values(approved_by=by, approved_at=now)):
        return False
    mine = (Runbook.account_id == account_id, Runbook.id == runbook_id)
    return changed(session, update(Runbook).where(*mine).values(approved_version=version))


def get(session: Session, account_id: int, runbook_id: int, *, version: int | None = None, now: datetime) -> Kept | None:
    """Return a runbook in a version, by default its newest; None if there is none such."""
    row = session.scalar(select(Runbook).where(Runbook.account_id == account_id, Runbook.id == runbook_id))
    newest = _newest(session, account_id, runbook_id)
    if row is None or newest is None:
        return None
    found = newest if version is None else _version(session, account_id, runbook_id, version)
    return _kept(session, row, found, newest.version, now) if found is not None else None


def every(session: Session, account_id: int, *, now: datetime) -> list[Kept]:
    """Return all runbooks, each in the version that is offered, else its newest; by title."""
    rows = session.scalars(select(Runbook).where(Runbook.account_id == account_id).order_by(Runbook.title))
    kept = [(row, get(session, account_id, row.id, version=row.approved_version, now=now)) for row in rows]
    return [one for _, one in kept if one is not None]


def title_of(session: Session, account_id: int, runbook_id: int) -> str | None:
    """Return a runbook's title."""
    return session.scalar(select(Runbook.title).where(Runbook.account_id == account_id, Runbook.id == runbook_id))


def fitting(session: Session, account_id: int, query: Terms, *, now: datetime, most: int = 2) -> list[Kept]:
    """Return approved runbooks that fit a new ticket, the best first; none rather than a poor one."""
    rows = session.execute(
        select(RunbookVersion.runbook_id, RunbookVersion.terms, RunbookVersion.version)
        .join(Runbook, (Runbook.account_id == RunbookVersion.account_id) & (Runbook.id == RunbookVersion.runbook_id))
        .where(RunbookVersion.account_id == account_id, Runbook.approved_version == RunbookVersion.version)
    ).all()
    if not rows:
        return []
    versions = {number: version for number, _, version in rows}
    candidates = [Candidate(number, Terms.read(terms)) for number, terms, _ in rows]
    statistics = statistics_of(session, account_id, query.held)
    matches: list[Match] = [match for match in rank(query, candidates, statistics) if match.convincing][:most]
    found = [get(session, account_id, match.id, version=versions[match.id], now=now) for match in matches]
    return [one for one in found if one is not None]


def note_offered(session: Session, account_id: int, handoff_id: int, offers: Sequence[tuple[int, int]], *, now: datetime) -> None:
    """Store which runbooks, in which versions, an episode's brief offers; repeatable."""
    for number, version in offers:
        row = insert_or_ignore(session, RunbookUse).values(
            account_id=account_id, handoff_id=handoff_id, runbook_id=number, version=version, offered_at=now
        )
        session.execute(row)


def ended(session: Session, account_id: int, handoff_id: int, *, fix: str | None, now: datetime) -> int | None:
    """Store what came of the runbooks that were offered, and which runbook has what mended it; return that one's number."""
    offered = select(RunbookUse).where(RunbookUse.account_id == account_id, RunbookUse.handoff_id == handoff_id)
    uses = session.scalars(offered).all()
    has_it = _of_fix(session, account_id, fix)
    for use in uses:
        version = _version(session, account_id, use.runbook_id, use.version)
        came = _came(read(version.body), fix) if version is not None else "cannot tell"
        use.outcome, use.ended_at = came, now
    mine = (Resolution.account_id == account_id, Resolution.handoff_id == handoff_id)
    changed(session, update(Resolution).where(*mine).values(runbook_id=has_it))
    return has_it


def _came(contents: Contents, fix: str | None) -> Outcome:
    told = outcome([step.do for step in contents.steps], fix)
    return "worked" if told == "right" else "something else did" if told == "wrong" else "cannot tell"


def _of_fix(session: Session, account_id: int, fix: str | None) -> int | None:
    """Return the runbook whose steps are what mended something, approved ones first."""
    if not fix or not clauses_of(fix):
        return None
    rows = session.scalars(
        select(RunbookVersion)
        .where(RunbookVersion.account_id == account_id)
        .order_by(RunbookVersion.approved_at.is_(None), RunbookVersion.runbook_id, RunbookVersion.version.desc())
    )
    return next((row.runbook_id for row in rows if _came(read(row.body), fix) == "worked"), None)


def _kept(session: Session, row: Runbook, found: RunbookVersion, newest: int, now: datetime) -> Kept:
    uses = session.execute(
        select(RunbookUse.offered_at, RunbookUse.outcome)
        .where(RunbookUse.account_id == row.account_id, RunbookUse.runbook_id == row.id)
        .order_by(RunbookUse.offered_at)
    )
    counted = worth([Use(at, came) for at, came in uses], approved_at=found.approved_at, now=now)  # type: ignore[arg-type]
    return Kept(
        row.id, found.version, newest, row.approved_version, read(found.body), found.made_by, found.made_at, found.approved_by,
        found.approved_at, counted,
    )  # fmt: skip


def _newest(session: Session, account_id: int, runbook_id: int) -> RunbookVersion | None:
    query = select(RunbookVersion).where(RunbookVersion.account_id == account_id, RunbookVersion.runbook_id == runbook_id)
    return session.scalar(query.order_by(RunbookVersion.version.desc()).limit(1).execution_options(populate_existing=True))


def _version(session: Session, account_id: int, runbook_id: int, version: int) -> RunbookVersion | None:
    one = (RunbookVersion.account_id == account_id, RunbookVersion.runbook_id == runbook_id, RunbookVersion.version == version)
    return session.scalar(select(RunbookVersion).where(*one).execution_options(populate_existing=True))
