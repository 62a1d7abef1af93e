"""Runbooks of an account for whoever asks: read, saved in versions, approved by a senior; knows nothing of HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from escalation.runbook.contents import MOST_LINES, NothingFixedIt, markdown, of_episode, read
from models.database.sessions import Database
from models.handoff import endings, handoffs
from models.handoff import resolution_notes as notes
from models.memory import runbooks
from models.memory.runbooks import Kept
from webhooks.authorization import Pass, require_engineer_or_admin, require_member
from webhooks.claims.claiming import NoSuchHandoff


class NoSuchRunbook(LookupError):
    """This account has no such runbook, or not in this version."""


class Keeping:
    """What members do with runbooks. Each raises `TakenBack`, `NotAllowed` and SQLAlchemy's errors."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    def every(self, who: Pass) -> list[dict[str, Any]]:
        """Return all of them, each in the version that is offered, else its newest."""
        with self._database.account(who.account_id, reading=True) as session:
            require_member(session, who)
            return [_told(one) for one in runbooks.every(session, who.account_id, now=self._clock())]

    def look(self, who: Pass, runbook_id: int, *, version: int | None = None) -> dict[str, Any]:
        """Return one with its Markdown. Raises `NoSuchRunbook`."""
        with self._database.account(who.account_id, reading=True) as session:
            require_member(session, who)
            return _in_full(self._kept(session, who, runbook_id, version))

    def propose(self, who: Pass, handoff_id: int) -> dict[str, Any]:
        """Return a first wording from how an episode ended, and whether there is reason for one.

        Raises `NoSuchHandoff` and `NothingFixedIt`.
        """
        with self._database.account(who.account_id, reading=True) as session:
            require_member(session, who)
            handoff = handoffs.get(session, who.account_id, handoff_id)
            if handoff is None:
                raise NoSuchHandoff(f"handoff {handoff_id}")
            draft = notes.draft_of(session, who.account_id, handoff)
            if draft is None:
                raise NothingFixedIt("the ticket has not been read yet")
            alike, kept_as = came_before(session, who.account_id, handoff_id)
            book = of_episode(draft).to_json()
        book["tickets"] = [*book["tickets"], *alike][:MOST_LINES]
        return {"runbook": book, "came_before": alike, "kept_as": kept_as, "wanted": bool(alike) and kept_as is None}

    def save_first(self, who: Pass, handoff_id: int) -> dict[str, Any]:
        """Store the first wording and return it. Raises what `propose` and `save` do."""
        return self.save(who, self.propose(who, handoff_id)["runbook"])

    def save(self, who: Pass, body: Any) -> dict[str, Any]:
        """Store a wording and return it. Raises `NoRunbook`."""
        book = read(body)
        with self._database.account(who.account_id) as session:
            viewer = require_member(session, who)
            number, version = runbooks.save(session, who.account_id, book, by=viewer.login, now=self._clock())
            return _in_full(self._kept(session, who, number, version))

    def approve(self, who: Pass, runbook_id: int, *, version: int) -> dict[str, Any]:
        """Have a version offered from now on. Raises `NoSuchRunbook`; `NotSenior` for a technician."""
        now = self._clock()
        with self._database.account(who.account_id) as session:
            viewer = require_engineer_or_admin(session, who)
            runbooks.approve(session, who.account_id, runbook_id, version=version, by=viewer.login, now=now)
            return _in_full(self._kept(session, who, runbook_id, version))

    def _kept(self, session: Session, who: Pass, runbook_id: int, version: int | None) -> Kept:
        found = runbooks.get(session, who.account_id, runbook_id, version=version, now=self._clock())
        if found is None:
            raise NoSuchRunbook(f"runbook {runbook_id}" + (f", version {version}" if version else ""))
        return found


def came_before(session: Session, account_id: int, handoff_id: int) -> tuple[list[int], int | None]:
    """Return the earlier tickets that the same thing mended as an episode, and the runbook that has it."""
    kept = endings.get(session, account_id, handoff_id)
    return ([one["ticket_id"] for one in kept.alike], kept.runbook_id) if kept is not None else ([], None)


def _told(one: Kept) -> dict[str, Any]:
    return {
        "id": one.id, "version": one.version, "newest": one.newest, "approved_version": one.approved_version,
        "title": one.contents.title, "made_by": one.made_by, "made_at": one.made_at, "approved_by": one.approved_by,
        "approved_at": one.approved_at, **asdict(one.worth),
    }  # fmt: skip


def _in_full(one: Kept) -> dict[str, Any]:
    return {**_told(one), "runbook": one.contents.to_json(), "markdown": markdown(one.contents, head=one.head)}
