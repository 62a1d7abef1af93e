"""The HTTP API with real tokens on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from escalation.figures.scorecard import Scorecard
from models.account import people
from models.database.sessions import Database
from models.figures.scoring import scorecard_of
from models.handoff import claims, deliveries, handoffs
from models.memory import resolved
from models.tables import Handoff
from tests.integration.models.memory import test_resolved
from tests.integration.models.places import account
from tests.integration.models.places import handoff as handoff_of
from tests.integration.webhooks.office import (
    JONAS,
    MARIA,
    MEMBERS,
    PUBLIC,
    ROBOT,
    SENIORS,
    TOM,
    Office,
    open_office,
)
from tests.unit.escalation.tickets import package_of, rich
from webhooks.api.schemas import Metrics
from worker.cli.metrics import moment_as_of
from worker.process.tokens import LIFETIME_S, Audience

WINNER = {"id": MARIA, "login": "msvensson", "name": "Maria Svensson"}


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    office = open_office(database, tmp_path)
    yield office
    office.app.extensions["resolutionflow"].dispose()


def test_the_winner_gets_200_the_loser_409_with_the_same_body(office: Office) -> None:
    path = f"/handoffs/{office.handoff_id}/claim"
    won = office.api("POST", path)
    assert won.status_code == 200
    row = office.row()
    assert row.claimed_at is not None
    assert won.json == {"claimed_by": WINNER, "claimed_at": row.claimed_at.isoformat()}
    lost = office.api("POST", path, TOM)
    assert (lost.status_code, lost.json) == (409, won.json)
    again = office.api("POST", path)
    assert (again.status_code, again.json) == (200, won.json), "a repeat changes nothing"
    assert row.claim_kind == "api"
    assert row.settle_due_at is not None


def test_no_deed_without_the_role_and_no_look_without_membership(office: Office) -> None:
    one = f"/handoffs/{office.handoff_id}"
    deeds = (("POST", f"{one}/claim"), ("POST", f"{one}/release"), ("GET", "/analytics/escalation-metrics"))
    looks = (("GET", one), ("GET", "/handoffs"), ("GET", "/memory?q=vpn"))
    for member in (JONAS, ROBOT, 9999):
        for method, path in (*deeds, *looks):
            answer = office.api(method, path, member)
            if member == JONAS and (method, path) in looks:
                assert answer.status_code == 200, "a technician may look"
                continue
            assert (answer.status_code, answer.mimetype) == (403, "application/problem+json"), path
        assert office.api("POST", f"{one}/dismiss", member, json={"reason": "because"}).status_code == 403
    assert office.row().response_state == "open"
    office.people(MEMBERS, "tobrien")
    assert office.api("POST", f"{one}/claim").status_code == 403, "the role counts at this moment"


def test_tokens_that_open_nothing(office: Office) -> None:
    long_ago = datetime.now(UTC) - timedelta(seconds=LIFETIME_S[Audience.API] + 60)
    who = {"account_id": office.account_id, "member_id": MARIA, "epoch": 1}
    expired = {"Authorization": f"Bearer {office.passes.tokens.sign(Audience.API, **who, at=long_ago)}"}
    cookie = {"Authorization": f"Bearer {office.passes.tokens.sign(Audience.BROWSER, **who)}"}
    link = {"Authorization": f"Bearer {office.link().removeprefix('/claim/')}"}
    basic = {"Authorization": office.token()["Authorization"].replace("Bearer", "Basic")}
    good = office.token()
    office.set(token_epoch=2)
    for headers in ({}, expired, cookie, link, basic, good, {"Authorization": "Bearer"}, {"Authorization": "Bearer x.y.z"}):
        answer = office.api("GET", "/handoffs", headers=headers)
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), headers
        assert answer.headers["WWW-Authenticate"].startswith("Bearer"), headers
        assert "resolutionflow account token" in answer.json["detail"]
    assert "taken back" in office.api("GET", "/handoffs", headers=good).json["detail"]
    assert office.api("GET", "/handoffs", headers=office.token(epoch=2)).status_code == 200


def test_another_accounts_handoff_does_not_exist(office: Office) -> None:
    other = account(office.database, "harbour")
    with office.database.account(other) as session:
        people.import_members(session, other, MEMBERS, engineers=SENIORS)
    theirs = handoff_of(office.database, other)
    for path in ("", "/claim", "/release", "/dismiss"):
        method = "POST" if path else "GET"
        for number in (theirs, 999_999, 10**30):
            answer = office.api(method, f"/handoffs/{number}{path}", json={"reason": "because"})
            assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert [row["id"] for row in office.api("GET", "/handoffs").json["handoffs"]] == [office.handoff_id]
    with office.database.account(other) as session:
        row = handoffs.get(session, other, theirs)
        assert row is not None
        assert row.response_state == "open"


def test_giving_back_is_for_who_has_it(office: Office) -> None:
    one = f"/handoffs/{office.handoff_id}"
    assert office.api("POST", f"{one}/release").status_code == 409, "nobody has it"
    office.api("POST", f"{one}/claim")
    lost = office.api("POST", f"{one}/release", TOM)
    assert (lost.status_code, lost.json["claimed_by"]) == (409, WINNER)
    done = office.api("POST", f"{one}/release")
    assert done.status_code == 200
    assert (done.json["response_state"], done.json["claimed_by"]) == ("open", None)
    assert office.api("POST", f"{one}/claim", TOM).status_code == 200


def test_dismissing_ends_an_open_one_with_the_reason(office: Office) -> None:
    one = f"/handoffs/{office.handoff_id}"
    missing = office.api("POST", f"{one}/dismiss", json={})
    assert (missing.status_code, missing.mimetype) == (422, "application/problem+json")
    assert "reason" in missing.json["errors"]["json"]
    assert office.api("POST", f"{one}/dismiss", data="{", content_type="application/json").status_code == 400
    done = office.api("POST", f"{one}/dismiss", json={"reason": "solved by phone"})
    assert done.status_code == 200
    assert done.json["end_reason"] == "dismissed by Maria Svensson: solved by phone"
    assert office.row().response_state == "withdrawn"
    with office.database.account(office.account_id) as session:
        sent = deliveries.of_handoff(session, office.account_id, office.handoff_id)
    assert {(each.status, each.reason) for each in sent} == {("suppressed", done.json["end_reason"])}
    assert office.api("POST", f"{one}/dismiss", json={"reason": "twice"}).status_code == 409
    ended = office.api("POST", f"{one}/claim")
    assert (ended.status_code, ended.mimetype) == (409, "application/problem+json")
    assert "solved by phone" in ended.json["detail"]


def test_what_somebody_has_is_not_dismissed(office: Office) -> None:
    one = f"/handoffs/{office.handoff_id}"
    office.api("POST", f"{one}/claim")
    for member in (MARIA, TOM):
        answer = office.api("POST", f"{one}/dismiss", member, json={"reason": "because"})
        assert (answer.status_code, answer.json["claimed_by"]) == (409, WINNER)
    assert (office.row().response_state, office.row().claimed_by, office.row().end_reason) == ("claimed", MARIA, None)


def test_pages_hold_each_handoff_once_while_new_ones_arrive(office: Office) -> None:
    moment = datetime.now(UTC) - timedelta(hours=2)
    same = [office.escalate(50_000 + n, minutes_ago=(datetime.now(UTC) - moment).total_seconds() / 60) for n in range(3)]
    rest = [office.escalate(60_000 + n, minutes_ago=200 + n) for n in range(4)]
    seen: list[int] = []
    cursor: str | None = None
    for _ in range(20):
        page = office.api("GET", "/handoffs", query_string={"limit": 3, **({"next": cursor} if cursor else {})}).json
        seen += [row["id"] for row in page["handoffs"]]
        cursor = page["next"]
        if cursor is None:
            break
        office.escalate(70_000 + len(seen), minutes_ago=0)
    assert sorted(seen) == sorted([office.handoff_id, *same, *rest])
    assert len(seen) == len(set(seen))


def test_filters_narrow_the_list(office: Office) -> None:
    old = office.escalate(48213 + 1, minutes_ago=60 * 24)
    mine = office.escalate(48213 + 2, minutes_ago=5)
    office.api("POST", f"/handoffs/{mine}/claim")

    def ids(**query: object) -> list[int]:
        answer = office.api("GET", "/handoffs", query_string=query)
        assert answer.status_code == 200, answer.text
        return [row["id"] for row in answer.json["handoffs"]]

    assert ids() == [mine, office.handoff_id, old]
    assert ids(state="claimed") == [mine]
    assert ids(state=["claimed", "open"]) == [mine, office.handoff_id, old]
    assert ids(ticket=48214) == [old]
    assert ids(since=(datetime.now(UTC) - timedelta(hours=1)).isoformat()) == [mine, office.handoff_id]
    assert ids(show="mine") == [mine]
    assert ids(show="waiting") == [office.handoff_id, old]
    assert ids(show="waiting", state="claimed") == []
    assert ids(show="mine", state=["claimed", "open"]) == [mine]
    assert ids(board="Help Desk") == ids(company="Harbor & Sons") == ids(words="vpn") == ids(words="48213") == [office.handoff_id]
    assert ids(words="#4821") == [mine, office.handoff_id, old]
    assert ids(words="%") == ids(words="_") == ids(board="help") == []
    assert [row["id"] for row in office.api("GET", "/handoffs", TOM, query_string={"show": "mine"}).json["handoffs"]] == []
    for wrong in ({"show": "theirs"}, {"words": ""}, {"words": "a\0b"}, {"board": "x" * 201},
                  {"state": "lost"}, {"since": "yesterday"}, {"since": "2026-03-01T00:00"}, {"limit": 0},
                  {"limit": 1000}, {"ticket": "x"}, {"next": "!"}, {"next": "MjAyNiAx"}):  # fmt: skip
        answer = office.api("GET", "/handoffs", query_string=wrong)
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), wrong


def test_what_a_member_opened_claimed_or_dismissed_is_new_to_the_others_alone(office: Office) -> None:
    claimed, dismissed = office.escalate(48301), office.escalate(48302)

    def fresh(member: int) -> list[int]:
        rows = office.api("GET", "/handoffs", member).json["handoffs"]
        return sorted(row["id"] for row in rows if not row["opened"])

    everything = sorted([office.handoff_id, claimed, dismissed])
    assert fresh(MARIA) == fresh(JONAS) == everything
    for _ in range(2):
        answer = office.api("POST", f"/handoffs/{office.handoff_id}/opened", JONAS)
        assert (answer.status_code, answer.json) == (200, {"id": office.handoff_id, "opened": True})
    office.api("POST", f"/handoffs/{claimed}/claim")
    office.api("POST", f"/handoffs/{dismissed}/dismiss", json={"reason": "set by mistake"})
    assert fresh(JONAS) == sorted([claimed, dismissed])
    assert fresh(MARIA) == [office.handoff_id]
    assert fresh(TOM) == everything
    assert office.api("POST", "/handoffs/4711/opened").status_code == 404


def test_the_claimant_says_what_they_start_with_once(office: Office) -> None:
    path = f"/handoffs/{office.handoff_id}"
    assert office.api("POST", f"{path}/start", json={"text": "the firewall"}).status_code == 409, "nobody has it"
    office.api("POST", f"{path}/claim")
    assert office.api("POST", f"{path}/start", TOM, json={"text": "the cable"}).status_code == 409
    assert office.api("POST", f"{path}/start", json={"text": "the firewall"}).status_code == 200
    assert office.api("POST", f"{path}/start", json={"text": "the cable"}).status_code == 409, "the first answer stays"
    read_back = office.row().read_back
    assert read_back is not None
    assert read_back["text"] == "I start with the firewall"
    assert office.api("POST", f"{path}/start", json={"text": "x"}).status_code == 422
    assert office.api("POST", f"{path}/start", JONAS, json={"text": "the cable"}).status_code == 403


def test_one_in_full_has_moves_messages_and_the_first_action_with_its_why(office: Office) -> None:
    now = datetime.now(UTC)
    one = f"/handoffs/{office.handoff_id}"
    office.api("POST", f"{one}/claim")
    action = {
        "kind": "note", "at": now.isoformat(), "source": "note 1207", "trusted": True, "why": "note by the claimant",
        "typed_start": None, "entered_at": None, "version": 1,
    }  # fmt: skip
    with office.database.account(office.account_id) as session:
        claims.mark_acted(
            session, office.account_id, office.handoff_id, now=now, happened_at=now, why="note 1207", action=action
        )
    body = office.api("GET", one).json
    assert body["claimed_by"] == WINNER
    assert body["first_action"] == action
    assert [(m["machine"], m["to_state"], m["actor"]) for m in body["transitions"]][-2:] == [
        ("response", "claimed", "msvensson"), ("response", "acted", "resolutionflow"),
    ]  # fmt: skip
    assert {d["recipient"]["name"] for d in body["deliveries"]} == {"Maria Svensson", "Tom O'Brien", "Petra Hall"}
    assert "northgate.example" not in office.api("GET", one).text, "no addresses of people"
    assert {"escalation_package", "escalation_package_markdown", "escalation_package_external_id"} <= body.keys()


def test_the_figures_are_those_of_the_scorecard_and_none_is_lost_on_the_way(office: Office) -> None:
    as_of = datetime(2026, 11, 1, 12, tzinfo=UTC)
    with office.database.account(office.account_id, reading=True) as session:
        card: Scorecard = scorecard_of(session, office.account_id, as_of=as_of)
    for listing in (False, True):
        query = {"as_of": as_of.isoformat(), "listing": str(listing).lower()}
        answer = office.api("GET", "/analytics/escalation-metrics", query_string=query)
        assert (answer.status_code, answer.json) == (200, card.to_json(listing=listing))
    assert set(Metrics().fields) == set(card.to_json())


def test_the_figures_are_as_of_now_unless_a_moment_is_given_as_those_of_the_command_are(office: Office) -> None:
    before = datetime.now(UTC)
    answer = office.api("GET", "/analytics/escalation-metrics").json
    said = datetime.fromisoformat(answer["as_of"])
    assert before <= said <= datetime.now(UTC)
    assert moment_as_of(None, ZoneInfo("UTC"), before) == before


def test_the_document_describes_every_route_and_nothing_else(office: Office) -> None:
    document: Any = office.browser().get("/api/v1/openapi.json").json
    routes = {str(rule).replace("<int:", "{").replace(">", "}") for rule in office.app.url_map.iter_rules()}
    assert set(document["paths"]) == {r for r in routes if r.startswith("/api/v1/")} - {"/api/v1/openapi.json"}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["security"] == [{"BearerAuth": []}], (path, method)
            assert {"401", "403"} <= operation["responses"].keys(), (path, method)
            done = operation["responses"].keys() & {"200", "201", "202"}
            if method == "post" and path.startswith("/api/v1/sessions"):
                assert done == {"201"}
            elif method == "post" and re.search("handoff$|resolution-note", path):
                assert done == {"202"}
            else:
                assert done == {"200"}
    claim = document["paths"]["/api/v1/handoffs/{handoff_id}/claim"]["post"]["responses"]
    shape = {"$ref": "#/components/schemas/Claim"}
    assert claim["200"]["content"]["application/json"]["schema"] == shape
    assert claim["409"]["content"]["application/json"]["schema"] == shape
    assert document["openapi"].startswith("3.")
    assert document["servers"] == [{"url": PUBLIC}]
    assert not {"HTTPError", "ValidationError"} & document["components"]["schemas"].keys(), "our refusals are problems"


def test_a_wrong_method_or_path_is_a_problem_document(office: Office) -> None:
    for method, path, status in (("PUT", "/handoffs", 405), ("GET", "/nothing", 404), ("GET", "/handoffs/x", 404)):
        answer = office.api(method, path)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+12:00", "9999-12-31T23:59:59-12:00", "2100-01-01T00:00:00Z"])
def test_a_moment_out_of_all_reason_is_refused_in_words(office: Office, moment: str) -> None:
    for path, name in (("/analytics/escalation-metrics", "as_of"), ("/handoffs", "since")):
        answer = office.api("GET", path, query_string={name: moment})
        assert answer.status_code == 422
        assert "between the year 2000 and now" in answer.text


@pytest.mark.parametrize(
    ("raw", "status", "says"),
    [
        (b'{"reason":"solved","reason":"by phone"}', 400, "twice"),
        (b"[" * 50_000, 400, "deeper than 20"),
        (b'{"reason":' + b"9" * 5000 + b"}", 400, "too long"),
        (b'{"reason":"solved", "x":NaN}', 400, "NaN"),
        (b'{"reason":"\xff\xff\xff"}', 400, "UTF-8"),
        (b'{"reason":"solved \\ud800"}', 422, "plain text"),
        (b'{"reason":"solved \\u0000"}', 422, "plain text"),
        (b'{"reason":"solved\\u001b[31m"}', 422, "plain text"),
    ],
)
def test_a_body_that_cannot_be_read_or_stored_is_refused_in_words(
    office: Office, raw: bytes, status: int, says: str
) -> None:
    answer = office.api("POST", f"/handoffs/{office.handoff_id}/dismiss", data=raw, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert says in answer.text
    assert "sys." not in answer.text
    assert office.row().response_state == "open"


@pytest.mark.parametrize(
    "query",
    [
        {"ticket": 2**63},
        {"ticket": 10**400},
        {"next": "MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMCAx"},  # the year 1, fourteen hours before Greenwich
        {"next": "OTk5OS0xMi0zMVQyMzo1OTo1OS0xNDowMCAx"},  # the end of 9999, fourteen hours after it
        {"next": "MjAyNi0wMy0wNlQxNTo1NTowMCAx"},  # no offset
    ],
)
def test_what_no_database_could_hold_is_refused(office: Office, query: dict[str, Any]) -> None:
    answer = office.api("GET", "/handoffs", query_string=query)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


def test_memory_finds_the_accounts_own_resolved_tickets(office: Office, database: Database) -> None:
    lessons = test_resolved.lessons(60)
    with database.account(office.account_id) as session:
        resolved.remember(session, office.account_id, lessons, now=test_resolved.NOW)
    other = account(database, "contoso")
    with database.account(other) as session:
        resolved.remember(session, other, [replace(lessons[0], ticket_id=9, summary="vpn theirs")], now=test_resolved.NOW)
    answer = office.api("GET", "/memory", query_string={"q": "vpn 0x80070005", "limit": 3})
    assert answer.status_code == 200
    matches = answer.json["matches"]
    assert len(matches) == 3
    assert matches[0]["shared"]
    assert {"fix", "resolver", "closed_at", "tried"} <= set(matches[0])
    assert not [m for m in matches if m["ticket_id"] == 9]
    assert office.api("GET", "/memory", query_string={"q": ""}).status_code == 422
    assert office.api("GET", "/memory", query_string={"q": "zzzz"}).json == {"matches": []}


def posted(office: Office, handoff_id: int, **changed: Any) -> None:
    """Store a package with a guess as that of a brief in the ticket."""
    guess = {"likely_cause": "the root certificate had expired", "suggested_steps": ["renewed it"], "confidence": 0.8, **changed}
    package = replace(package_of(rich()), domain="network").to_json() | {"ai_assessment_data": guess}
    here = (Handoff.account_id == office.account_id, Handoff.id == handoff_id)
    with office.database.account(office.account_id) as session:
        session.execute(update(Handoff).where(*here).values(escalation_package=package, posted_at=datetime.now(UTC)))


def test_seniors_judge_an_assessment_once_each_and_their_last_word_counts(office: Office) -> None:
    posted(office, office.handoff_id)
    path = f"/handoffs/{office.handoff_id}/assessment"
    told = {"id": office.handoff_id, "domain": "network", "known": 1}
    for member, verdict, right in ((MARIA, "wrong", 0), (MARIA, "wrong", 0), (MARIA, "helpful", 1)):
        answer = office.api("POST", path, member, json={"verdict": verdict})
        assert (answer.status_code, answer.json) == (200, {**told, "verdict": verdict, "right": right})
    even = office.api("POST", path, TOM, json={"verdict": "wrong"})
    assert even.json == {**told, "verdict": "wrong", "right": 0, "known": 0}, "even, and nothing was compared"


def test_whoever_may_not_judge_and_what_cannot_be_judged_is_refused(office: Office, database: Database) -> None:
    path = f"/handoffs/{office.handoff_id}/assessment"
    helpful = {"json": {"verdict": "helpful"}}
    assert office.api("POST", path, **helpful).status_code == 409, "no brief yet"
    posted(office, office.handoff_id, likely_cause=None)
    assert office.api("POST", path, **helpful).status_code == 409, "it abstained"
    posted(office, office.handoff_id, withheld=True)
    assert office.api("POST", path, **helpful).status_code == 409, "nobody was shown it"
    posted(office, office.handoff_id)
    assert office.api("POST", path, JONAS, **helpful).status_code == 403
    assert office.api("POST", "/handoffs/4711/assessment", **helpful).status_code == 404
    other = account(database, "contoso")
    theirs = handoff_of(database, other)
    assert office.api("POST", f"/handoffs/{theirs}/assessment", **helpful).status_code == 404
    for body in ({}, {"verdict": "meh"}, {"verdict": ["wrong"]}, {"verdict": None}):
        assert office.api("POST", path, json=body).status_code == 422
    wrong = office.api("POST", path, TOM, json={"verdict": "wrong"}).json
    assert (wrong["right"], wrong["known"]) == (0, 1), "the first that counts: none of those was kept"


def test_a_withheld_assessment_is_not_in_the_answer(office: Office) -> None:
    posted(office, office.handoff_id, withheld=True)
    answer = office.api("GET", f"/handoffs/{office.handoff_id}")
    guess = answer.json["escalation_package"]["ai_assessment_data"]
    assert (guess["likely_cause"], guess["suggested_steps"], guess["confidence"], guess["withheld"]) == (None, [], None, True)
    assert "root certificate" not in answer.text.replace(office.row().draft or "", "")
    posted(office, office.handoff_id)
    shown = office.api("GET", f"/handoffs/{office.handoff_id}").json["escalation_package"]["ai_assessment_data"]
    assert shown["likely_cause"] == "the root certificate had expired"
