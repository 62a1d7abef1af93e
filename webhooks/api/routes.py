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
from webhooks.api.answers import GONE, REFUSALS, UNREAD, WRONG, Answers, known, plain, says
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
from webhooks.authorization import senior, viewer, viewing
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
    routes = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="Handoffs")
    _read(routes, auth, records, bulkhead)
    _act(routes, auth, claiming, bulkhead)
    _wish(routes, auth, wishing, bulkhead)
    _judge(routes, auth, claiming, bulkhead)
    closing.add(routes, auth, noting, bulkhead)
    runbooks.add(routes, auth, keeping, bulkhead)
    _refusals(routes)
    return routes


def _read(routes: APIBlueprint, auth: HTTPTokenAuth, records: Records, bulkhead: Bulkhead) -> None:
    @routes.get("/handoffs")
    @routes.auth_required(auth)
    @routes.input(ListQuery, location="query", arg_name="query")
    @routes.output(HandoffPage)
    @routes.doc(summary="List handoffs, newest first", responses=REFUSALS | WRONG)
    def handoffs(query: dict[str, Any]) -> dict[str, Any]:
        who = viewer()
        return bulkhead.do(
            lambda: records.page(
                who, states=query.get("state", ()), since=query.get("since"), ticket_id=query.get("ticket"),
                cursor=query.get("next"), limit=query["limit"], show=query["show"], board=query.get("board"),
                company=query.get("company"), words=query.get("words"),
            )
        )  # fmt: skip

    @routes.get("/handoffs/<int:handoff_id>")
    @routes.auth_required(auth)
    @routes.output(HandoffInFull)
    @routes.doc(summary="One handoff with its moves, messages, first action and package", responses=REFUSALS | GONE)
    def handoff(handoff_id: int) -> dict[str, Any]:
        who = viewer()
        return bulkhead.do(lambda: records.in_full(who, known(handoff_id)))

    @routes.get("/handoffs/<int:handoff_id>/vendor-form")
    @routes.auth_required(auth)
    @routes.output(VendorForm)
    @routes.doc(summary="Its brief to paste into a vendor's case, without names", tags=["Resolution"], responses=REFUSALS | GONE)
    def vendor(handoff_id: int) -> dict[str, Any]:
        who = viewer()
        return bulkhead.do(lambda: records.vendor(who, known(handoff_id)))

    @routes.get("/package-schema")
    @routes.auth_required(auth)
    @routes.output(PackageSchema)
    @routes.doc(summary="The escalation package as JSON Schema", tags=["Resolution"], responses=REFUSALS)
    def schema() -> dict[str, Any]:
        viewer()
        return {"schema": package_schema()}

    @routes.get("/memory")
    @routes.auth_required(auth)
    @routes.input(MemoryQuery, location="query", arg_name="query")
    @routes.output(MemoryMatches)
    @routes.doc(summary="The account's resolved tickets that resemble some words", tags=["Memory"], responses=REFUSALS | WRONG)
    def memory(query: dict[str, Any]) -> dict[str, Any]:
        who = viewer()
        return bulkhead.do(lambda: records.memory(who, words=query["q"], limit=query["limit"]))

    @routes.post("/handoffs/<int:handoff_id>/opened")
    @routes.auth_required(auth)
    @routes.output(Opened, description="It is not new to the caller any more.")
    @routes.doc(summary="Say that the caller has opened it", responses=REFUSALS | GONE)
    def opened(handoff_id: int) -> dict[str, Any]:
        who = viewer()
        return bulkhead.do(lambda: records.open(who, known(handoff_id)))

    @routes.get("/analytics/escalation-metrics")
    @routes.auth_required(auth)
    @routes.input(MetricsQuery, location="query", arg_name="query")
    @routes.output(Metrics)
    @routes.doc(summary="The figures of the account", tags=["Figures"], responses=REFUSALS | WRONG)
    def escalation_metrics(query: dict[str, Any]) -> dict[str, Any]:
        who = viewing(senior)
        return bulkhead.do(
            lambda: records.metrics(who, as_of=query.get("as_of"), episodes=query["listing"])
        )


def _act(routes: APIBlueprint, auth: HTTPTokenAuth, claiming: Claiming, bulkhead: Bulkhead) -> None:
    def done(handoff_id: int, deed: Callable[..., ClaimView], **said: str) -> tuple[dict[str, Any], int]:
        who, number = viewer(), known(handoff_id)
        view = bulkhead.do(lambda: deed(who, number, **said))
        return _told(view), 200 if view.changed else 409

    @routes.post("/handoffs/<int:handoff_id>/claim")
    @routes.auth_required(auth)
    @routes.output(Claim, description="The caller has it, from now on or already.")
    @routes.doc(summary="Claim it", responses=REFUSALS | GONE | OTHERS)
    def claim(handoff_id: int) -> tuple[dict[str, Any], int] | Response:
        who = viewer()
        view = bulkhead.do(lambda: claiming.claim(who, known(handoff_id), way="api"))
        if not view.is_theirs and not view.is_taken:
            return problem(409, f"it has ended: {view.handoff.end_reason or view.handoff.response_state}")
        return _told(view), 200 if view.is_theirs else 409

    @routes.post("/handoffs/<int:handoff_id>/release")
    @routes.auth_required(auth)
    @routes.output(ClaimViewSchema, description="It is offered to everybody again.")
    @routes.doc(summary="Give a claim back", responses=REFUSALS | GONE | NOT_SO)
    def release(handoff_id: int) -> tuple[dict[str, Any], int]:
        return done(handoff_id, claiming.give_back)

    @routes.post("/handoffs/<int:handoff_id>/start")
    @routes.auth_required(auth)
    @plain
    @routes.input(Start, arg_name="body")
    @routes.output(ClaimViewSchema, description="Brief and messages say what its claimant starts with; the first answer stays.")
    @routes.doc(summary="Say what one starts with, having claimed it", responses=REFUSALS | UNREAD | GONE | NOT_SO | WRONG)
    def start(handoff_id: int, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        return done(handoff_id, claiming.start_with, text=body["text"])

    @routes.post("/handoffs/<int:handoff_id>/dismiss")
    @routes.auth_required(auth)
    @plain
    @routes.input(Reason, arg_name="body")
    @routes.output(ClaimViewSchema, description="It is withdrawn; who was not told yet will not be.")
    @routes.doc(summary="End an open one that nobody has to take", responses=REFUSALS | UNREAD | GONE | NOT_SO | WRONG)
    def dismiss(handoff_id: int, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        return done(handoff_id, claiming.dismiss, reason=body["reason"])


def _wish(routes: APIBlueprint, auth: HTTPTokenAuth, wishing: Wishing, bulkhead: Bulkhead) -> None:
    @routes.post("/tickets/<int:number>/handoff")
    @routes.auth_required(auth)
    @routes.output(Wish, status_code=202, description="It is stored, now or by an earlier call; `Location` says how it stands.")
    @routes.doc(summary="Hand a ticket off now: have its status set", responses=REFUSALS | NO_WISH | ESCALATED)
    def hand_off(number: int) -> tuple[dict[str, Any], int, dict[str, str]]:
        who = viewer()
        view = bulkhead.do(lambda: wishing.ask(who, _ticket(number)))
        return _wished(view), 202, {"Location": url_for("api.handed_off", number=number)}

    @routes.get("/tickets/<int:number>/handoff")
    @routes.auth_required(auth)
    @routes.output(Wish)
    @routes.doc(summary="How the last such wish stands", responses=REFUSALS | NO_WISH)
    def handed_off(number: int) -> dict[str, Any]:
        who = viewer()
        return _wished(bulkhead.do(lambda: wishing.look(who, _ticket(number))))


def _ticket(number: int) -> int:
    if not 0 < number <= LARGEST_ID:
        raise NoSuchWish(f"ticket {number}")
    return number


def _wished(view: WishView) -> dict[str, Any]:
    return {name: getattr(view, name) for name in WishView.__dataclass_fields__}


def _judge(routes: APIBlueprint, auth: HTTPTokenAuth, claiming: Claiming, bulkhead: Bulkhead) -> None:
    @routes.post("/handoffs/<int:handoff_id>/assessment")
    @routes.auth_required(auth)
    @plain
    @routes.input(Verdict, arg_name="body")
    @routes.output(Judged, description="It counts in the account's record; a member's last word on a handoff does.")
    @routes.doc(summary="Say whether its assessment was helpful or wrong", responses=REFUSALS | UNREAD | GONE | NONE_MADE | WRONG)
    def judge(handoff_id: int, body: dict[str, Any]) -> dict[str, Any]:
        who = viewer()
        found = bulkhead.do(lambda: claiming.judge(who, known(handoff_id), verdict=body["verdict"]))
        return {
            "id": handoff_id, "verdict": found.view.verdict, "domain": found.domain, "right": found.record.right,
            "known": found.record.known,
        }  # fmt: skip


def _told(view: ClaimView) -> dict[str, Any]:
    handoff = view.handoff
    return {
        "id": handoff.id,
        "response_state": handoff.response_state,
        "claimed_by": view.claimed_by,
        "claimed_at": handoff.claimed_at,
        "end_reason": handoff.end_reason,
    }


def _refusals(routes: APIBlueprint) -> None:
    @routes.errorhandler(NoSuchHandoff)
    def none_such(_: NoSuchHandoff) -> Response:
        return problem(404, "this account has no such handoff")

    @routes.errorhandler(NoSuchWish)
    def no_wish(error: NoSuchWish) -> Response:
        return problem(404, f"{error}: nobody asked here for it to be handed off, as far as is still known")

    @routes.errorhandler(CannotBeEscalated)
    def not_possible(error: CannotBeEscalated) -> Response:
        return problem(409, str(error), handoff_id=error.handoff_id)

    @routes.errorhandler(NoAssessment)
    def none_made(_: NoAssessment) -> Response:
        return problem(409, "its brief shows no assessment")

    @routes.errorhandler(UnknownPlace)
    def no_place(error: UnknownPlace) -> Response:
        return problem(422, str(error))


def check_failed(error: HTTPError) -> Response:
    """Return the answer to a request that does not fit its schema."""
    return problem(error.status_code, error.message or "", errors=error.detail)
