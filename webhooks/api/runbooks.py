"""The API's routes about runbooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint, HTTPTokenAuth, Schema
from apiflask.fields import Boolean, Integer, List, Nested, String
from apiflask.validators import Length, Range
from flask import Response

from escalation.runbook.contents import (
    LONGEST,
    LONGEST_TITLE,
    MOST_LINES,
    MOST_STEPS,
    NoRunbook,
    NothingFixedIt,
)
from models.memory.runbooks import TooMany
from webhooks.api.answers import GONE, REFUSALS, UNREAD, WRONG, known, plain, says
from webhooks.api.closing_schemas import in_lines
from webhooks.api.schemas import LARGEST_ID, moment
from webhooks.authorization import senior, viewer, viewing
from webhooks.bulkhead import Bulkhead
from webhooks.claims.keeping import Keeping, NoSuchRunbook
from webhooks.problems import problem

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


def add(routes: APIBlueprint, auth: HTTPTokenAuth, keeping: Keeping, bulkhead: Bulkhead) -> None:
    """Add the routes."""

    @routes.get("/runbooks")
    @routes.auth_required(auth)
    @routes.output(RunbookList)
    @routes.doc(summary="The account's runbooks", tags=["Runbooks"], responses=REFUSALS)
    def list_runbooks() -> dict[str, Any]:
        who = viewer()
        return {"runbooks": bulkhead.do(lambda: keeping.every(who))}

    @routes.get("/runbooks/<int:runbook_id>")
    @routes.auth_required(auth)
    @routes.input(VersionQuery, location="query", arg_name="query")
    @routes.output(RunbookInFull)
    @routes.doc(summary="One runbook in one version, also as Markdown", tags=["Runbooks"], responses=REFUSALS | NONE_SUCH | WRONG)
    def one_runbook(runbook_id: int, query: dict[str, Any]) -> dict[str, Any]:
        who = viewer()
        return bulkhead.do(lambda: keeping.look(who, _number(runbook_id), version=query.get("version")))

    @routes.get("/handoffs/<int:handoff_id>/runbook")
    @routes.auth_required(auth)
    @routes.output(Proposal)
    @routes.doc(summary="A first wording of a runbook from how it ended", tags=["Runbooks"], responses=REFUSALS | GONE | NOTHING)
    def proposal(handoff_id: int) -> dict[str, Any]:
        who = viewer()
        return bulkhead.do(lambda: keeping.propose(who, known(handoff_id)))

    @routes.post("/runbooks")
    @routes.auth_required(auth)
    @plain
    @routes.input(Book, arg_name="body")
    @routes.output(RunbookInFull, description="It is kept: a new runbook, or the next version of the one with this title.")
    @routes.doc(summary="Save a wording", tags=["Runbooks"], responses=REFUSALS | UNREAD | WRONG)
    def save_runbook(body: dict[str, Any]) -> dict[str, Any]:
        who = viewer()
        return bulkhead.do(lambda: keeping.save(who, body))

    @routes.post("/runbooks/<int:runbook_id>/approve")
    @routes.auth_required(auth)
    @plain
    @routes.input(VersionToApprove, arg_name="body")
    @routes.output(RunbookInFull, description="Briefs offer this version from now on.")
    @routes.doc(summary="Approve a version, as an engineer, admin or owner", tags=["Runbooks"],
                responses=REFUSALS | UNREAD | NONE_SUCH | WRONG)  # fmt: skip
    def approve_runbook(runbook_id: int, body: dict[str, Any]) -> dict[str, Any]:
        who = viewing(senior)
        return bulkhead.do(lambda: keeping.approve(who, _number(runbook_id), version=body["version"]))

    @routes.errorhandler(NoSuchRunbook)
    def none_such(error: NoSuchRunbook) -> Response:
        return problem(404, f"{error}: this account has none such")

    @routes.errorhandler(NothingFixedIt)
    def nothing(error: NothingFixedIt) -> Response:
        return problem(409, str(error))

    @routes.errorhandler(NoRunbook)
    @routes.errorhandler(TooMany)
    def not_so(error: ValueError) -> Response:
        return problem(422, str(error))


def _number(runbook_id: int) -> int:
    if runbook_id > LARGEST_ID:
        raise NoSuchRunbook(f"runbook {runbook_id}")
    return runbook_id
