"""The HTTP API of one account: list handoffs, read one, claim, give back, dismiss, the figures.

A token says who calls; what they may do is looked up at each call. Another account's handoff does not exist here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint, HTTPTokenAuth
from apiflask.exceptions import HTTPError
from flask import Response, url_for

from escalation.package.schema import package_schema
from webhooks.api import closing, runbooks
from webhooks.api.answers import GONE, Answers, Routes, known, says
from webhooks.api.records import Records, UnknownPlace
from webhooks.api.schemas import (
    LARGEST_ID,
    Claim,
    HandoffInFull,
    HandoffPage,
    Judged,
    ListQuery,
    MemoryMatches,
    MemoryQuery,
    Metrics,
    MetricsQuery,
    Opened,
    PackageSchema,
    Problem,
    Reason,
    Start,
    VendorForm,
    Verdict,
    Wish,
)
from webhooks.api.schemas import ClaimView as ClaimViewSchema
from webhooks.authorization import Viewer, senior
from webhooks.bulkhead import Bulkhead
from webhooks.claims.claiming import Claiming, ClaimView, NoAssessment, NoSuchHandoff
from webhooks.claims.keeping import Keeping
from webhooks.claims.noting import Noting
from webhooks.claims.wishing import CannotBeEscalated, NoSuchWish, Wishing, WishView
from webhooks.problems import problem

OTHERS: Answers = {
    409: {
        "description": "Somebody else has it; or, as a problem document, it has ended.",
        "content": {"application/json": {"schema": Claim}, "application/problem+json": {"schema": Problem}},
    }
}
NONE_MADE = says(409, "Its brief shows no assessment.")
NOT_SO = says(409, "It does not stand so; the body says how.", ClaimViewSchema)
ESCALATED = says(409, "It is escalated already (`handoff_id`), or no status of its board would make it so.")
NO_WISH = says(404, "Nobody asked for that here, or no ticket can have this number.")


def blueprint(
    claiming: Claiming, wishing: Wishing, noting: Noting, keeping: Keeping, records: Records, bulkhead: Bulkhead,
    auth: HTTPTokenAuth,
) -> APIBlueprint:
    """Return the routes under `/api/v1`."""
    blueprint = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="Handoffs")
    routes = Routes(blueprint, auth, bulkhead)
    _read(routes, records)
    _act(routes, claiming)
    _wish(routes, wishing)
    closing.add(routes, noting)
    runbooks.add(routes, keeping)
    routes.refuse(404, NoSuchHandoff, detail="this account has no such handoff")
    routes.refuse(404, NoSuchWish, detail="{}: nobody asked here for it to be handed off, as far as is still known")
    routes.refuse(409, NoAssessment, detail="its brief shows no assessment")
    routes.refuse(422, UnknownPlace)

    @blueprint.errorhandler(CannotBeEscalated)
    def not_possible(error: CannotBeEscalated) -> Response:
        return problem(409, str(error), handoff_id=error.handoff_id)

    return blueprint


def _read(routes: Routes, records: Records) -> None:
    @routes.add("GET", "/handoffs", HandoffPage, "List handoffs, newest first", query=ListQuery)
    def handoffs(who: Viewer, query: dict[str, Any]) -> dict[str, Any]:
        return records.page(
            who, states=query.get("state", ()), since=query.get("since"), ticket_id=query.get("ticket"),
            cursor=query.get("next"), limit=query["limit"], show=query["show"], board=query.get("board"),
            company=query.get("company"), words=query.get("words"),
        )  # fmt: skip

    @routes.add(
        "GET", "/handoffs/<int:handoff_id>", HandoffInFull,
        "One handoff with its moves, messages, first action and package", refuses=GONE,
    )  # fmt: skip
    def handoff(who: Viewer, handoff_id: int) -> dict[str, Any]:
        return records.in_full(who, known(handoff_id))

    @routes.add(
        "GET", "/handoffs/<int:handoff_id>/vendor-form", VendorForm,
        "Its brief to paste into a vendor's case, without names", tag="Resolution", refuses=GONE,
    )  # fmt: skip
    def vendor(who: Viewer, handoff_id: int) -> dict[str, Any]:
        return records.vendor(who, known(handoff_id))

    @routes.add("GET", "/package-schema", PackageSchema, "The escalation package as JSON Schema", tag="Resolution")
    def schema(_: Viewer) -> dict[str, Any]:
        return {"schema": package_schema()}

    @routes.add(
        "GET", "/memory", MemoryMatches, "The account's resolved tickets that resemble some words", query=MemoryQuery,
        tag="Memory",
    )  # fmt: skip
    def memory(who: Viewer, query: dict[str, Any]) -> dict[str, Any]:
        return records.memory(who, words=query["q"], limit=query["limit"])

    @routes.add(
        "POST", "/handoffs/<int:handoff_id>/opened", Opened, "Say that the caller has opened it",
        gives="It is not new to the caller any more.", refuses=GONE,
    )  # fmt: skip
    def opened(who: Viewer, handoff_id: int) -> dict[str, Any]:
        return records.open(who, known(handoff_id))

    @routes.add(
        "GET", "/analytics/escalation-metrics", Metrics, "The figures of the account", query=MetricsQuery, tag="Figures",
        computes=True,
    )  # fmt: skip
    def escalation_metrics(who: Viewer, query: dict[str, Any]) -> Callable[[], dict[str, Any]]:
        return records.metrics(senior(who), as_of=query.get("as_of"), episodes=query["listing"])


def _act(routes: Routes, claiming: Claiming) -> None:
    @routes.add(
        "POST", "/handoffs/<int:handoff_id>/claim", Claim, "Claim it",
        gives="The caller has it, from now on or already.", refuses=GONE | OTHERS,
    )  # fmt: skip
    def claim(who: Viewer, handoff_id: int) -> tuple[dict[str, Any], int] | Response:
        view = claiming.claim(who, known(handoff_id), way="api")
        if not view.is_theirs and not view.is_taken:
            return problem(409, f"it has ended: {view.handoff.end_reason or view.handoff.response_state}")
        return _told(view), 200 if view.is_theirs else 409

    @routes.add(
        "POST", "/handoffs/<int:handoff_id>/release", ClaimViewSchema, "Give a claim back",
        gives="It is offered to everybody again.", refuses=GONE | NOT_SO,
    )  # fmt: skip
    def release(who: Viewer, handoff_id: int) -> tuple[dict[str, Any], int]:
        return _done(claiming.give_back(who, known(handoff_id)))

    @routes.add(
        "POST", "/handoffs/<int:handoff_id>/start", ClaimViewSchema, "Say what one starts with, having claimed it", body=Start,
        gives="Brief and messages say what its claimant starts with; the first answer stays.", refuses=GONE | NOT_SO,
    )  # fmt: skip
    def start(who: Viewer, handoff_id: int, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        return _done(claiming.start_with(who, known(handoff_id), text=body["text"]))

    @routes.add(
        "POST", "/handoffs/<int:handoff_id>/dismiss", ClaimViewSchema, "End an open one that nobody has to claim", body=Reason,
        gives="It is withdrawn; who was not told yet will not be.", refuses=GONE | NOT_SO,
    )  # fmt: skip
    def dismiss(who: Viewer, handoff_id: int, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        return _done(claiming.dismiss(who, known(handoff_id), reason=body["reason"]))

    @routes.add(
        "POST", "/handoffs/<int:handoff_id>/assessment", Judged, "Say whether its assessment was helpful or wrong",
        body=Verdict, gives="It counts in the account's record; a member's last word on a handoff does.",
        refuses=GONE | NONE_MADE,
    )  # fmt: skip
    def judge(who: Viewer, handoff_id: int, body: dict[str, Any]) -> dict[str, Any]:
        found = claiming.judge(who, known(handoff_id), verdict=body["verdict"])
        return {
            "id": handoff_id, "verdict": found.view.verdict, "domain": found.domain, "right": found.record.right,
            "known": found.record.known,
        }  # fmt: skip


def _wish(routes: Routes, wishing: Wishing) -> None:
    @routes.add(
        "POST", "/tickets/<int:number>/handoff", Wish, "Hand a ticket off now: have its status set", status=202,
        gives="It is stored, now or by an earlier call; `Location` says how it stands.", refuses=NO_WISH | ESCALATED,
        at=lambda wish: url_for("api.handed_off", number=wish["ticket_id"]),
    )  # fmt: skip
    def hand_off(who: Viewer, number: int) -> dict[str, Any]:
        return _wished(wishing.ask(who, _ticket(number)))

    @routes.add("GET", "/tickets/<int:number>/handoff", Wish, "How the last such wish stands", refuses=NO_WISH)
    def handed_off(who: Viewer, number: int) -> dict[str, Any]:
        return _wished(wishing.look(who, _ticket(number)))


def _ticket(number: int) -> int:
    if not 0 < number <= LARGEST_ID:
        raise NoSuchWish(f"ticket {number}")
    return number


def _wished(view: WishView) -> dict[str, Any]:
    return {name: getattr(view, name) for name in WishView.__dataclass_fields__}


def _told(view: ClaimView) -> dict[str, Any]:
    handoff = view.handoff
    return {
        "id": handoff.id,
        "response_state": handoff.response_state,
        "claimed_by": view.claimed_by,
        "claimed_at": handoff.claimed_at,
        "end_reason": handoff.end_reason,
    }


def _done(view: ClaimView) -> tuple[dict[str, Any], int]:
    return _told(view), 200 if view.changed else 409


def check_failed(error: HTTPError) -> Response:
    """Return the answer to a request that does not fit its schema."""
    return problem(error.status_code, error.message or "", errors=error.detail)
