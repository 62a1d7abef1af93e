"""The API's routes about runbooks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from apiflask import Schema
from apiflask.fields import Boolean, Integer, List, Nested, String
from apiflask.validators import Length, Range

from escalation.runbook.contents import (
    LONGEST,
    LONGEST_TITLE,
    MOST_LINES,
    MOST_STEPS,
    NoRunbook,
    NothingFixedIt,
)
from webhooks.api.answers import GONE, Routes, known, says
from webhooks.api.schemas import LARGEST_ID, in_lines, moment
from webhooks.authorization import Viewer, senior
from webhooks.claims.keeping import Keeping, NoSuchRunbook

NONE_SUCH = says(404, "This account has no such runbook, or not in this version.")
NOTHING = says(409, "The ticket does not say what fixed it, so there is nothing to write down yet.")
_WORDS: list[Callable[[str], object]] = [Length(min=1, max=LONGEST), in_lines]


class BookStep(Schema):
    """One thing to do."""

    do = String(required=True, validate=_WORDS)
    check = String(
        load_default="", validate=[Length(max=LONGEST), in_lines], metadata={"description": "How one sees that it worked."}
    )


class Book(Schema):
    """One wording of a runbook."""

    title = String(required=True, validate=[Length(min=1, max=LONGEST_TITLE), in_lines])
    applies = String(required=True, validate=_WORDS, metadata={"description": "When it is the right one."})
    steps = List(Nested(BookStep), required=True, validate=Length(min=1, max=MOST_STEPS))
    did_not_work = List(String(validate=_WORDS), load_default=list, validate=Length(max=MOST_LINES))
    rollback = List(String(validate=_WORDS), load_default=list, validate=Length(max=MOST_LINES))
    tickets = List(Integer(validate=Range(min=1, max=LARGEST_ID)), load_default=list, validate=Length(max=MOST_LINES))


class RunbookListed(Schema):
    """A runbook, in the version that is offered, else its newest."""

    id = Integer()
    version = Integer()
    newest = Integer(metadata={"description": "Its newest version."})
    approved_version = Integer(allow_none=True, metadata={"description": "The one that briefs offer; null: none yet."})
    title = String()
    made_by = String()
    made_at = moment("By our clock.", nullable=False)
    approved_by = String(allow_none=True)
    approved_at = moment("By our clock.")
    offered = Integer(metadata={"description": "In how many briefs."})
    worked = Integer(metadata={"description": "In how many of those it was what mended the ticket."})
    something_else = Integer(metadata={"description": "In how many something else was."})
    stale = String(allow_none=True, metadata={"description": "Why it should be looked at before it is trusted."})


class RunbookInFull(RunbookListed):
    """A runbook with what it says."""

    runbook = Nested(Book)
    markdown = String()


class RunbookList(Schema):
    """All of an account, by title."""

    runbooks = List(Nested(RunbookListed))


class Proposal(Schema):
    """A first wording from how an episode ended."""

    runbook = Nested(Book)
    came_before = List(Integer(), metadata={"description": "Earlier tickets that the same thing mended."})
    kept_as = Integer(allow_none=True, metadata={"description": "The runbook that has it already."})
    wanted = Boolean(metadata={"description": "True where it came before and no runbook has it."})


class VersionQuery(Schema):
    """Which version."""

    version = Integer(validate=Range(min=1, max=2**31 - 1), metadata={"description": "Default: the newest."})


class VersionToApprove(Schema):
    """Which version is to be offered."""

    version = Integer(required=True, strict=True, validate=Range(min=1, max=2**31 - 1))


def add(routes: Routes, keeping: Keeping) -> None:
    """Add the routes."""
    tagged = partial(routes.add, tag="Runbooks")

    @tagged("GET", "/runbooks", RunbookList, "The account's runbooks")
    def list_runbooks(who: Viewer) -> dict[str, Any]:
        return {"runbooks": keeping.every(who)}

    @tagged(
        "GET", "/runbooks/<int:runbook_id>", RunbookInFull, "One runbook in one version, also as Markdown",
        query=VersionQuery, refuses=NONE_SUCH,
    )  # fmt: skip
    def one_runbook(who: Viewer, runbook_id: int, query: dict[str, Any]) -> dict[str, Any]:
        return keeping.look(who, _number(runbook_id), version=query.get("version"))

    @tagged(
        "GET", "/handoffs/<int:handoff_id>/runbook", Proposal, "A first wording of a runbook from how it ended",
        refuses=GONE | NOTHING,
    )  # fmt: skip
    def proposal(who: Viewer, handoff_id: int) -> dict[str, Any]:
        return keeping.propose(who, known(handoff_id))

    @tagged(
        "POST", "/runbooks", RunbookInFull, "Save a wording", body=Book,
        gives="It is kept: a new runbook, or the next version of the one with this title.",
    )  # fmt: skip
    def save_runbook(who: Viewer, body: dict[str, Any]) -> dict[str, Any]:
        return keeping.save(who, body)

    @tagged(
        "POST", "/runbooks/<int:runbook_id>/approve", RunbookInFull, "Approve a version, as an engineer, admin or owner",
        body=VersionToApprove, gives="Briefs offer this version from now on.", refuses=NONE_SUCH,
    )  # fmt: skip
    def approve_runbook(who: Viewer, runbook_id: int, body: dict[str, Any]) -> dict[str, Any]:
        return keeping.approve(senior(who), _number(runbook_id), version=body["version"])

    routes.refuse(404, NoSuchRunbook, detail="{}: this account has none such")
    routes.refuse(409, NothingFixedIt)
    routes.refuse(422, NoRunbook)


def _number(runbook_id: int) -> int:
    if runbook_id > LARGEST_ID:
        raise NoSuchRunbook(f"runbook {runbook_id}")
    return runbook_id
