"""The adapter against ConnectWise's odd answers, as they were captured or documented."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from escalation.evidence import Roster
from psa.connectwise.client import ConnectWise
from psa.connectwise.transport import Timeouts
from psa.port import (
    Ambiguous,
    Keys,
    NotFound,
    NotPermitted,
    PsaError,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    VisibleNote,
)
from tests.unit.psa.servers import RawServer, Reply, answer

API = "https://api-na.myconnectwise.net/v2026_1/apis/3.0"
INFO = "https://na.myconnectwise.net/login/companyinfo/acmemsp"
KEYS = Keys(
    site="na.myconnectwise.net",
    company="acmemsp",
    public_key="Xk3vPub9",
    private_key="Qz8wSec4",
    client_id="cid",
    codebase="v2026_1/",
)
NOBODY = Roster()
TICKET: dict[str, Any] = {
    "id": 5,
    "summary": "VPN drops",
    "board": {"id": 1, "name": "Help"},
    "status": {"id": 2, "name": "Escalated", "sort": 3},
    "company": {"id": 9, "identifier": "ACME", "name": "Acme"},
    "severity": "Catastrophic",
    "impact": "Low",
    "owner": {"id": 7, "identifier": "jsmith", "name": "J"},
    "resources": "jsmith, amy,,jsmith",
    "closedFlag": False,
    "mergedParentTicket": None,
    "hasMergedChildTicketFlag": True,
    "somethingNew": {"deep": [1]},
    "_info": {
        "lastUpdated": "2026-06-09T21:59:49Z",
        "dateEntered": "2026-06-09T20:00:00Z",
        "updatedBy": "jsmith",
        "sequence": 7,
        "nested": {"a": None},
    },
}
NOTE = {
    "id": 70,
    "ticketId": 5,
    "text": "**brief**",
    "internalAnalysisFlag": True,
    "detailDescriptionFlag": False,
    "resolutionFlag": False,
    "internalFlag": True,
    "createdBy": "rfapi",
    "dateCreated": "2026-06-09T22:00:00Z",
}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def cw() -> ConnectWise:
    return ConnectWise(KEYS, api_member="rfapi")


def query(call: responses.Call) -> dict[str, str]:
    return {k: v[0] for k, v in parse_qs(urlsplit(call.request.url or "").query).items()}


def test_ticket_is_read_tolerantly(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.get(
        f"{API}/service/tickets/5",
        json=TICKET,
        content_type="application/vnd.connectwise.com+json; version=2025.16",
    )
    ticket = cw.ticket(5)
    assert (ticket.severity, ticket.resources, ticket.owner) == ("Catastrophic", ("jsmith", "amy"), "jsmith")
    assert ticket.last_updated == datetime(2026, 6, 9, 21, 59, 49, tzinfo=UTC)
    assert (ticket.has_merged_children, ticket.merged_into, ticket.company_identifier) == (True, None, "ACME")
    sent = web.calls[0].request.headers
    assert sent["Accept"] == "application/vnd.connectwise.com+json; version=2025.16"
    assert sent["clientId"] == "cid"
    assert sent["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    "kwargs",
    [
        {"body": "<html>Sign in</html>", "content_type": "text/html"},
        {"body": ""},
        {"body": json.dumps(TICKET)[:-30]},
        {"json": []},
        {"json": None},
        {"json": {"id": 5}},
        {"json": {**TICKET, "board": "Help"}},
        {"body": b"\xff\xfe\x00"},
        {"status": 503, "body": "<html>maintenance</html>"},
        {"status": 302, "headers": {"Location": "https://evil.example/"}},
    ],
)
def test_unusable_answer_to_a_read_is_unavailable(
    web: responses.RequestsMock, cw: ConnectWise, kwargs: Any
) -> None:
    web.get(f"{API}/service/tickets/5", **kwargs)
    with pytest.raises(Unavailable, match="GET /"):
        cw.ticket(5)
    assert len(web.calls) == 1


@pytest.mark.parametrize(
    ("kwargs", "error"),
    [
        ({"status": 201, "body": ""}, Ambiguous),
        ({"status": 201, "json": {}}, Ambiguous),
        ({"status": 201, "json": {"id": 0, "text": "x"}}, Ambiguous),
        ({"status": 201, "body": '{"id": 70, "te'}, Ambiguous),
        ({"status": 200, "body": "<html>ok</html>"}, Ambiguous),
        ({"status": 500, "json": {"code": "InternalServerError", "message": "timeout"}}, Ambiguous),
        ({"status": 503, "body": "<html/>"}, Ambiguous),
        (
            {
                "status": 429,
                "json": {"error": "ConnectWiseAPI", "message": "Too many"},
                "headers": {"Retry-After": "30"},
            },
            Throttled,
        ),
        ({"status": 400, "json": {"code": "InvalidObject", "message": "x", "errors": None}}, Refused),
        ({"status": 404, "json": {"code": "NotFound", "message": "Ticket 5 not found"}}, NotFound),
        (
            {"status": 404, "json": {"code": "ConnectWiseApi", "message": "The endpoint does not exist."}},
            Unavailable,
        ),
        (
            {"status": 401, "json": {"code": "Security", "message": "SSL is required.", "errors": None}},
            Unauthorized,
        ),
        ({"status": 201, "json": {**NOTE, "detailDescriptionFlag": True}}, VisibleNote),
        ({"status": 201, "json": {**NOTE, "internalAnalysisFlag": False}}, VisibleNote),
        ({"status": 201, "json": {**NOTE, "resolutionFlag": True}}, VisibleNote),
    ],
)
def test_posting_names_every_outcome_and_sends_once(
    web: responses.RequestsMock, cw: ConnectWise, kwargs: Any, error: type[PsaError]
) -> None:
    web.post(f"{API}/service/tickets/5/notes", **kwargs)
    web.get(INFO, json={"Codebase": "v2026_2/"})
    with pytest.raises(error) as caught:
        cw.post_internal_note(5, "**brief**")
    assert type(caught.value).__mro__[0] is error or isinstance(caught.value, error)
    assert sum(c.request.method == "POST" for c in web.calls) == 1
    assert all("/notes/" not in (c.request.url or "") for c in web.calls), (
        "nothing to read back without an id"
    )
    if error is Throttled:
        assert caught.value.retry_after == 30


def test_posted_note_is_internal_and_mails_nobody(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.post(f"{API}/service/tickets/5/notes", status=201, json=NOTE)
    posted = cw.post_internal_note(5, "**brief**")
    assert (posted.id, posted.created_by, posted.internal, posted.text) == (70, "rfapi", True, "**brief**")
    assert json.loads(web.calls[0].request.body or b"") == {
        "text": "**brief**",
        "internalAnalysisFlag": True,
        "detailDescriptionFlag": False,
        "resolutionFlag": False,
        "processNotifications": False,
    }


def test_echo_without_flags_is_read_again(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.post(f"{API}/service/tickets/5/notes", status=201, json={"id": 70})
    web.get(f"{API}/service/tickets/5/notes/70", json=NOTE)
    assert cw.post_internal_note(5, "x").internal
    web.replace("GET", f"{API}/service/tickets/5/notes/70", status=500)
    with pytest.raises(Ambiguous):
        cw.post_internal_note(5, "x")


def test_false_200_of_an_edit_is_noticed(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.patch(f"{API}/service/tickets/5/notes/70", json=NOTE)
    web.get(f"{API}/service/tickets/5/notes/70", json=NOTE)
    with pytest.raises(Refused, match="the text is not ours"):
        cw.edit_note(5, 70, "new text")
    web.replace("GET", f"{API}/service/tickets/5/notes/70", json={**NOTE, "text": "new\r\ntext "})
    assert cw.edit_note(5, 70, "new\ntext").id == 70
    assert json.loads(web.calls[0].request.body or b"") == [
        {"op": "replace", "path": "text", "value": "new text"}
    ]


def test_an_edited_note_that_comes_back_visible_is_noticed(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.patch(f"{API}/service/tickets/5/notes/70", json={**NOTE, "text": "new", "detailDescriptionFlag": True})
    with pytest.raises(VisibleNote):
        cw.edit_note(5, 70, "new")


def test_owner_is_set_whole_and_seen_to_have_changed(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.patch(f"{API}/service/tickets/5", json=TICKET)
    web.get(f"{API}/service/tickets/5", json=TICKET)
    assert cw.assign_owner(5, 7).owner == "jsmith"
    with pytest.raises(Refused, match="did not change"):
        cw.assign_owner(5, 8)
    assert json.loads(web.calls[0].request.body or b"") == [
        {"op": "replace", "path": "owner", "value": {"id": 7}}
    ]


def test_deleting_what_is_gone_counts_as_done(web: responses.RequestsMock, cw: ConnectWise) -> None:
    gone = {"code": "NotFound", "message": "gone"}
    web.delete(f"{API}/service/tickets/5/notes/70", status=404, json=gone)
    web.delete(
        f"{API}/system/callbacks/6",
        status=404,
        json={"code": "ConnectWiseApi", "message": "The endpoint does not exist."},
    )
    web.get(INFO, json={"Codebase": "v2026_1/"})
    cw.delete_note(5, 70)
    cw.delete_callback(6)
    web.replace("DELETE", f"{API}/service/tickets/5/notes/70", status=503)
    with pytest.raises(Ambiguous):
        cw.delete_note(5, 70)


def test_moved_codebase_is_found_once_and_reported(web: responses.RequestsMock) -> None:
    told: list[str] = []
    cw = ConnectWise(KEYS, on_codebase=told.append)
    web.get(f"{API}/service/tickets/5", status=404, body="<html>not here</html>")
    web.get(INFO, json={"Codebase": "v2026_2/", "IsCloud": "True", "SiteUrl": "x"})
    web.get(f"{API.replace('_1', '_2')}/service/tickets/5", json=TICKET)
    assert cw.ticket(5).id == 5
    assert (told, cw.codebase) == (["v2026_2/"], "v2026_2/")
    assert "Authorization" not in web.calls[1].request.headers


def test_a_codebase_that_cannot_be_stored_fails_no_call(web: responses.RequestsMock) -> None:
    def broken(codebase: str) -> None:
        raise OSError("database away")

    keys = Keys("na.myconnectwise.net", "acmemsp", "p", "k", "c")
    web.get(INFO, json={"Codebase": "v2026_1/"})
    web.get(f"{API}/service/tickets/5", json=TICKET)
    assert ConnectWise(keys, on_codebase=broken).ticket(5).id == 5


def test_404_of_the_route_is_never_a_missing_record(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.get(
        f"{API}/service/tickets/5",
        status=404,
        json={"code": "ConnectWiseApi", "message": "The endpoint does not exist."},
    )
    info = web.get(INFO, json={"Codebase": "v2026_1/"})
    for _ in range(3):
        with pytest.raises(Unavailable):
            cw.ticket(5)
    assert info.call_count == 1, "one look a minute"
    web.replace(
        "GET",
        f"{API}/service/tickets/5",
        status=404,
        json={"code": "NotFound", "message": "Ticket 5 not found"},
    )
    with pytest.raises(NotFound):
        cw.ticket(5)
    assert info.call_count == 1


@pytest.mark.parametrize("kwargs", [{"body": "null"}, {"status": 404, "body": "<html/>"}])
def test_unknown_company_is_said_plainly(web: responses.RequestsMock, kwargs: Any) -> None:
    web.get(INFO, **kwargs)
    keys = Keys("na.myconnectwise.net", "acmemsp", "p", "k", "c")
    with pytest.raises(Refused, match=r"unknown company 'acmemsp' at na\.myconnectwise\.net"):
        ConnectWise(keys).ticket(5)


@pytest.mark.parametrize("kwargs", [{"body": "<html/>"}, {"status": 503}, {"body": "[]"}, {"status": 301}])
def test_unusable_companyinfo_is_passing(web: responses.RequestsMock, kwargs: Any) -> None:
    web.get(INFO, **kwargs)
    with pytest.raises(Unavailable):
        ConnectWise(Keys("na.myconnectwise.net", "acmemsp", "p", "k", "c")).ticket(5)


def test_notes_have_kinds_authors_and_a_description(web: responses.RequestsMock, cw: ConnectWise) -> None:
    def note(id: int, hour: int, **more: Any) -> dict[str, Any]:
        return {"id": id, "text": f"n{id}", "dateCreated": f"2026-06-09T{hour:02}:00:00Z", **more}

    web.get(
        f"{API}/service/tickets/5/notes",
        json=[
            note(3, 12, internalAnalysisFlag=True, createdBy="rfapi"),
            note(
                2,
                11,
                internalAnalysisFlag=True,
                internalFlag=False,
                member={"id": 7, "identifier": "JSmith", "name": "J S"},
            ),
            note(1, 10, detailDescriptionFlag=True, internalFlag=True, contact={"id": 4, "name": "Pat"}),
            note(4, 9, resolutionFlag=True, createdBy="amy"),
            note(6, 14, detailDescriptionFlag=True, internalAnalysisFlag=True, createdBy="x"),
        ],
    )
    roster = Roster(roles={"jsmith": "technician"}, names={"jsmith": "Jo Smith"}, us="RFapi")
    found = cw.notes(5, roster)
    assert [(n.id, n.kind, n.author.role) for n in found] == [
        (4, "resolution", "unknown"),
        (1, "discussion", "customer"),
        (2, "internal", "technician"),
        (3, "internal", "us"),
        (6, "discussion", "unknown"),
    ]
    assert [n.id for n in found if n.is_description] == [1]
    assert (found[1].author.name, found[2].author.name) == ("Pat", "Jo Smith")


def test_all_pages_are_read_whatever_the_link_looks_like(
    web: responses.RequestsMock, cw: ConnectWise
) -> None:
    full = [
        {"id": i, "text": "x", "internalAnalysisFlag": True, "createdBy": "rfapi"} for i in range(1, 1001)
    ]
    link = {
        "Link": f'<{API}/service/tickets/5/notes?page=2&pageSize=1000>; rel="next", <x?page=3>; rel="last"'
    }
    url = f"{API}/service/tickets/5/notes"
    web.get(
        url,
        json=full,
        headers=link,
        match=[responses.matchers.query_param_matcher({"page": "1", "pageSize": "1000"})],
    )
    web.get(
        url,
        json=full[:900],
        headers={"Link": '<x?page=3>; rel="next"'},
        match=[responses.matchers.query_param_matcher({"page": "2", "pageSize": "1000"})],
    )
    web.get(
        url, json=[NOTE], match=[responses.matchers.query_param_matcher({"page": "3", "pageSize": "1000"})]
    )
    assert len(cw.notes(5, NOBODY)) == 1901
    assert len(cw.own_notes(5)) == 1901


def test_own_notes_are_those_of_our_member_and_fail_loudly(
    web: responses.RequestsMock, cw: ConnectWise
) -> None:
    others = {**NOTE, "id": 9, "createdBy": "jsmith"}
    web.get(
        f"{API}/service/tickets/5/notes", json=[{**NOTE, "createdBy": "RFAPI"}, others, {**NOTE, "id": 8}]
    )
    assert [n.id for n in cw.own_notes(5)] == [8, 70]
    assert [n.id for n in ConnectWise(KEYS).own_notes(5)] == [8, 9, 70], "unknown member: every internal note"
    web.replace(
        "GET", f"{API}/service/tickets/5/notes", status=404, json={"code": "NotFound", "message": "x"}
    )
    with pytest.raises(NotFound):
        cw.own_notes(5)


def test_what_merged_tickets_hold_names_their_ticket_by_whichever_field_says_it(
    web: responses.RequestsMock, cw: ConnectWise
) -> None:
    web.get(INFO, json={"Codebase": "v2026_1/"})
    web.get(f"{API}/service/tickets", json=[])
    rows = [
        {**NOTE, "id": 70, "noteType": "TicketNote", "ticketId": 5},
        {**NOTE, "id": 71, "noteType": "TicketNote", "ticketId": 4},
        {"id": 3, "noteType": "TimeEntryNote", "text": "t", "ticket": {"id": 4}, "timeStart": "2026-03-06T15:00:00Z"},
    ]
    web.get(f"{API}/service/tickets/5/allNotes", json=rows)
    found = cw.family(5, NOBODY)
    assert [(n.id, n.ticket) for n in found.notes] == [(71, 4)]
    assert [(e.id, e.ticket, e.text) for e in found.time_entries] == [(3, 4, "t")]
    web.upsert("GET", f"{API}/service/tickets/5/allNotes", json=[])
    assert [what for what, _ in cw.family(5, NOBODY).unread] == ["notes of merged tickets"]
    web.upsert(
        "GET", f"{API}/service/tickets/5/allNotes", status=404, json={"code": "NotFound", "message": "no"}
    )
    with pytest.raises(NotFound):
        cw.family(5, NOBODY)


def test_time_tasks_documents_schedule_configurations(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.get(
        f"{API}/time/entries",
        json=[
            {
                "id": 1,
                "member": {"identifier": "amy", "name": "Amy"},
                "notes": "a ",
                "internalNotes": "b",
                "actualHours": 0.25,
                "timeStart": "2026-06-09T20:00:00Z",
                "dateEntered": "2026-06-09T21:00:00Z",
                "addToInternalAnalysisFlag": True,
                "billableOption": "NewOption",
            }
        ],
    )
    web.get(
        f"{API}/service/tickets/5/tasks",
        json=[{"id": 2, "notes": "check", "closedFlag": True, "resolution": ""}],
    )
    web.get(f"{API}/system/documents", json=[{"id": 3, "title": "log", "fileName": "a.txt", "size": 10}])
    web.get(
        f"{API}/schedule/entries",
        json=[
            {
                "id": 4,
                "objectId": 5,
                "member": {"identifier": "amy"},
                "type": {"id": 1, "identifier": "S"},
                "ownerFlag": True,
            },
            {"id": 6, "objectId": 5, "member": {"identifier": "bob"}, "type": {"id": 2, "identifier": "C"}},
        ],
    )
    web.get(
        f"{API}/service/tickets/5/configurations",
        json=[{"id": 11, "deviceIdentifier": "x", "_info": {"name": "PC"}}],
    )
    web.get(
        f"{API}/company/configurations",
        json=[
            {
                "id": 11,
                "name": "PC-14",
                "osType": "Windows",
                "osInfo": "11 Pro",
                "warrantyExpirationDate": "2027-01-01T00:00:00Z",
            }
        ],
    )
    entry = cw.time_entries(5, NOBODY)[0]
    assert (entry.text, entry.hours, entry.internal, entry.author.name) == ("a\nb", 0.25, True, "Amy")
    assert entry.started_at != entry.entered_at
    assert (cw.tasks(5)[0].done, cw.tasks(5)[0].resolution) == (True, None)
    assert cw.documents(5)[0].size == 10
    assert [s.member for s in cw.schedule(5)] == ["amy"], "activities share the number range"
    assert cw.configuration_ids(5) == [11]
    assert cw.configurations([11])[0].os == "Windows 11 Pro"
    calls = len(web.calls)
    assert cw.configurations([]) == []
    assert len(web.calls) == calls


def test_many_configurations_keep_each_url_short(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.get(f"{API}/company/configurations", json=[])
    cw.configurations(range(1_000_000_000, 1_000_000_500))
    assert len(web.calls) > 1
    assert all(len(c.request.url or "") < 2000 for c in web.calls)


def test_related_asks_for_the_newest_before(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.get(f"{API}/service/tickets", json=[TICKET])
    found = cw.related(9, before=datetime(2026, 6, 9, 12, tzinfo=UTC), excluding=5, limit=3)
    assert found[0].entered_at is not None
    asked = query(web.calls[0])
    assert asked["conditions"] == "company/id=9 and id!=5 and dateEntered < [2026-06-09T12:00:00Z]"
    assert (asked["orderBy"], asked["pageSize"]) == ("dateEntered desc", "3")


def test_polling_skips_no_row_that_moves_while_it_reads(web: responses.RequestsMock, cw: ConnectWise) -> None:
    """Tickets of the first page are saved again and move to the end: nothing may fall between."""
    stamps = {i: i for i in range(1, 2501)}
    pages = []

    def serve(request: Any) -> tuple[int, dict[str, str], str]:
        asked = {k: v[0] for k, v in parse_qs(urlsplit(request.url).query).items()}
        since = datetime.strptime(asked["conditions"], "lastUpdated >= [%Y-%m-%dT%H:%M:%SZ]").replace(
            tzinfo=UTC
        )
        start = (since - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds()
        rows = sorted((s, i) for i, s in stamps.items() if s >= start)
        first = (int(asked["page"]) - 1) * 1000
        found = [ticket_at(i, s) for s, i in rows[first : first + 1000]]
        pages.append(len(found))
        for i in range(len(pages) * 10, len(pages) * 10 + 5):
            stamps[i] = 3000 + len(pages)
        return 200, {}, json.dumps(found)

    def ticket_at(i: int, second: int) -> dict[str, Any]:
        stamp = datetime.fromtimestamp(datetime(2026, 1, 1, tzinfo=UTC).timestamp() + second, UTC)
        return {**TICKET, "id": i, "_info": {"lastUpdated": f"{stamp:%Y-%m-%dT%H:%M:%SZ}"}}

    web.add_callback("GET", f"{API}/service/tickets", callback=serve)
    found = cw.tickets_updated_since(datetime(2026, 1, 1, tzinfo=UTC))
    assert {t.id for t in found} == set(range(1, 2501))
    assert [t.last_updated for t in found] == sorted(t.last_updated for t in found)  # type: ignore[type-var]
    assert len(cw.tickets_updated_since(datetime(2026, 1, 1, tzinfo=UTC), limit=1500)) == 1500


def test_polling_gets_past_a_mass_update_of_one_second(web: responses.RequestsMock, cw: ConnectWise) -> None:
    same = [{**TICKET, "id": i} for i in range(1, 2300)]

    def serve(request: Any) -> tuple[int, dict[str, str], str]:
        first = (int(parse_qs(urlsplit(request.url).query)["page"][0]) - 1) * 1000
        return 200, {}, json.dumps(same[first : first + 1000])

    web.add_callback("GET", f"{API}/service/tickets", callback=serve)
    assert len(cw.tickets_updated_since(datetime(2026, 6, 1, tzinfo=UTC))) == 2299


def test_server_that_leaves_out_info_with_fields_is_asked_for_whole_tickets(
    web: responses.RequestsMock, cw: ConnectWise
) -> None:
    bare = {k: v for k, v in TICKET.items() if k != "_info"}

    def serve(request: Any) -> tuple[int, dict[str, str], str]:
        return 200, {}, json.dumps([bare if "fields=" in request.url else TICKET])

    web.add_callback("GET", f"{API}/service/tickets", callback=serve)
    for _ in range(2):
        assert cw.tickets_updated_since(datetime(2026, 6, 1, tzinfo=UTC))[0].last_updated is not None
    assert len(web.calls) == 3, "learned once"


def test_one_odd_record_hides_no_other(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.get(f"{API}/service/tickets", json=[{"id": 4, "summary": "no board"}, TICKET])
    assert [t.id for t in cw.tickets_updated_since(datetime(2026, 6, 1, tzinfo=UTC))] == [5]
    web.replace("GET", f"{API}/service/tickets", json=[{"error": "busy"}])
    with pytest.raises(Unavailable):
        cw.tickets_updated_since(datetime(2026, 6, 1, tzinfo=UTC))


def test_tickets_in_statuses_goes_by_id(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.get(f"{API}/service/tickets", json=[TICKET])
    assert [t.id for t in cw.tickets_in_statuses([2, 3])] == [5]
    assert query(web.calls[0])["conditions"] == "status/id in (2,3) and closedFlag=false"
    assert cw.tickets_in_statuses([]) == []


def test_boards_members_and_system(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.get(f"{API}/service/boards", json=[{"id": 1, "name": "Help Desk "}, {"id": 2, "name": "Other"}])
    web.get(
        f"{API}/service/boards/1/statuses",
        json=[{"id": 41, "name": "Escalated", "closedStatus": False, "inactive": False}],
    )
    assert cw.boards(["help desk"])[0].statuses[0].id == 41
    web.get(
        f"{API}/system/members",
        json=[
            {
                "id": 1,
                "identifier": "a",
                "firstName": "A",
                "primaryEmail": "p@x.example",
                "officeEmail": "o@x.example",
            },
            {
                "id": 2,
                "identifier": "b",
                "defaultEmail": "Mobile",
                "mobileEmail": "m@x.example",
                "officeEmail": "o@x.example",
            },
            {
                "id": 3,
                "identifier": "c",
                "defaultEmail": "Pager",
                "officeEmail": "o@x.example",
                "licenseClass": "Z",
            },
            {
                "id": 4,
                "identifier": "rfapi",
                "licenseClass": "A",
                "inactiveFlag": True,
                "timeZone": {"id": 1, "name": "US Pacific"},
            },
        ],
    )
    members = cw.members()
    assert [m.email for m in members] == ["p@x.example", "m@x.example", "o@x.example", None]
    assert (members[3].is_api, members[3].active, members[3].time_zone) == (True, False, "US Pacific")
    assert "hourlyCost" not in query(web.calls[-1])["fields"]
    web.get(
        f"{API}/system/info",
        json={"version": "v2026.1", "isCloud": "True"},
        headers={"Date": "Tue, 09 Jun 2026 10:00:00 GMT"},
    )
    info = cw.system_info()
    assert (info.version, info.is_cloud, info.server_time) == (
        "v2026.1",
        True,
        datetime(2026, 6, 9, 10, tzinfo=UTC),
    )


CALLBACK = {
    "id": 26552,
    "url": "https://rf.example/cb?recordId=",
    "type": "Ticket",
    "level": "owner",
    "objectId": 1,
    "memberId": 243,
    "inactiveFlag": False,
}


def test_callback_that_exists_is_returned(web: responses.RequestsMock, cw: ConnectWise) -> None:
    exists = {
        "code": "InvalidObject",
        "message": "x",
        "errors": [{"code": "ObjectExists", "message": "A matching callback entry already exists"}],
    }
    web.post(f"{API}/system/callbacks", status=400, json=exists)
    web.get(f"{API}/system/callbacks", json=[{**CALLBACK, "id": 1, "url": "https://other.example"}, CALLBACK])
    want = {
        "url": "https://rf.example/cb?recordId=",
        "type": "ticket",
        "level": "owner",
        "object_id": 0,
        "description": "RF",
    }
    got = cw.register_callback(**want)  # type: ignore[arg-type]
    assert (got.id, got.member_id, got.type) == (26552, 243, "ticket")
    with pytest.raises(Refused, match="matching callback"):
        cw.register_callback(**{**want, "url": "https://third.example"})  # type: ignore[arg-type]


def test_reactivation_is_seen_to_have_worked(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.patch(f"{API}/system/callbacks/26552", json={**CALLBACK, "inactiveFlag": True})
    web.get(f"{API}/system/callbacks/26552", json={**CALLBACK, "inactiveFlag": True})
    with pytest.raises(Refused, match="still inactive"):
        cw.reactivate_callback(26552)
    web.replace("PATCH", f"{API}/system/callbacks/26552", json=CALLBACK)
    assert not cw.reactivate_callback(26552).inactive


def test_pod_is_registered_once(web: responses.RequestsMock, cw: ConnectWise) -> None:
    setups = f"{API}/system/connectwisehostedsetups"
    web.get(setups, json=[{"id": 3, "url": "https://rf.example/pod", "type": "Tab"}])
    web.get(
        f"{API}/system/connectWiseHostedScreens", json=[{"id": 9, "screenId": "Ticket", "name": "Service"}]
    )
    web.post(setups, status=201, json={"id": 4})
    want = {"description": "RF", "url": "https://rf.example/pod", "origin": "https://rf.example"}
    assert cw.register_pod(screen="ticket", **want) == 4  # type: ignore[arg-type]
    assert json.loads(web.calls[-1].request.body or b"")["screenId"] == 9
    web.replace("GET", setups, json=[{"id": 4, "url": "https://rf.example/pod", "type": "Pod"}])
    assert cw.register_pod(screen="ticket", **want) == 4  # type: ignore[arg-type]
    assert sum(c.request.method == "POST" for c in web.calls) == 1


def test_member_is_learned_from_our_own_writes(web: responses.RequestsMock) -> None:
    cw = ConnectWise(KEYS)
    web.get(f"{API}/system/callbacks", json=[CALLBACK])
    web.get(f"{API}/system/members", json=[{"id": 243, "identifier": "rfapi", "licenseClass": "A"}])
    assert cw.api_member is None
    assert cw.learn_api_member(cw.members(), cw.callbacks()) == "rfapi"
    other = ConnectWise(KEYS)
    web.post(f"{API}/service/tickets/5/notes", status=201, json=NOTE)
    other.post_internal_note(5, "x")
    assert other.api_member == "rfapi"


def test_probe_names_the_missing_permission(web: responses.RequestsMock, cw: ConnectWise) -> None:
    import re

    web.get(f"{API}/system/members", status=403, json={"code": "Security", "message": "no"})
    web.get(re.compile(f"{re.escape(API)}/.*"), json=[])
    results = {r.what: r for r in cw.probe()}
    assert not results["members"].ok
    assert "Member Maintenance" in results["members"].detail
    assert results["tickets"].ok
    assert {c.request.method for c in web.calls} == {"GET"}


def test_pyconnectwises_own_verbs_pass_the_same_gate(web: responses.RequestsMock, cw: ConnectWise) -> None:
    with pytest.raises(NotPermitted):
        cw._manage.service.tickets.post({"summary": "x"})
    with pytest.raises(NotPermitted):
        cw._manage.service.tickets.id(5).notes.post({"text": "x", "detailDescriptionFlag": True})
    assert len(web.calls) == 0


def test_links_use_the_host_people_log_in_to(cw: ConnectWise) -> None:
    assert cw.ticket_url(5) == (
        "https://na.myconnectwise.net/v4_6_release/services/system_io/Service/fv_sr100_request.rails"
        "?service_recid=5&companyName=acmemsp"
    )


def test_secrets_show_nowhere(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.get(f"{API}/service/tickets/5", status=401, json={"code": "Unauthorized", "message": "no"})
    with pytest.raises(Unauthorized) as caught:
        cw.ticket(5)
    for text in (repr(cw), repr(KEYS), str(caught.value), repr(cw._manage)):
        assert "Qz8wSec4" not in text
        assert "Xk3vPub9" not in text


# Against real sockets.


def against(server: RawServer, **timeouts: float) -> ConnectWise:
    keys = Keys(
        f"http://{server.netloc}", "acmemsp", "p", "k", "c", allow_private=True, codebase="v4_6_release/"
    )
    limits = {"connect": 0.5, "read": 0.2, "write": 0.2, "total": 1.0, **timeouts}
    return ConnectWise(keys, timeouts=Timeouts(**limits))


@pytest.mark.parametrize(
    "fate",
    [
        "hang",
        "close",
        None,
        b'HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"id": 70,',
        b"HTTP/1.1 201 Created\r\nContent-Le",
        b"garbage\r\n\r\n",
    ],
)
@pytest.mark.parametrize("warm", [False, True])
def test_a_post_is_sent_exactly_once_whatever_happens(fate: Reply, warm: bool) -> None:
    def script(method: str, path: str) -> Reply:
        return answer(200, TICKET) if method == "GET" else fate

    with RawServer(script) as server:
        cw = against(server)
        if warm:
            cw.ticket(5)
        with pytest.raises(Ambiguous, match="POST /service/tickets/5/notes"):
            cw.post_internal_note(5, "x")
        assert server.count("POST") == 1


def test_an_answer_that_drips_is_given_up_at_the_total_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            sock, _ = listener.accept()
            sock.recv(4096)
            try:
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                for _ in range(40):
                    sock.sendall(b" ")
                    time.sleep(0.03)
            except OSError:
                return

        threading.Thread(target=drip, daemon=True).start()
        site = f"http://127.0.0.1:{listener.getsockname()[1]}"
        keys = Keys(site, "acmemsp", "p", "k", "c", allow_private=True, codebase="v4_6_release/")
        started = time.monotonic()
        with pytest.raises(Unavailable, match="TooSlow"):
            ConnectWise(keys, timeouts=Timeouts(read=0.2, total=0.3)).ticket(5)
        assert time.monotonic() - started < 0.8


def test_a_write_that_never_left_is_not_ambiguous() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # bound, but nobody listens
        site = f"http://127.0.0.1:{silent.getsockname()[1]}"
        keys = Keys(site, "acmemsp", "p", "k", "c", allow_private=True, codebase="v4_6_release/")
        with pytest.raises(Unavailable, match="POST"):
            ConnectWise(keys).post_internal_note(5, "x")


def test_a_read_on_a_dead_connection_is_repeated_once() -> None:
    calls = iter([answer(200, TICKET), None, answer(200, TICKET)])
    with RawServer(lambda *_: next(calls)) as server:
        cw = against(server)
        assert cw.ticket(5).id == cw.ticket(5).id == 5
        assert server.count("GET") == 3
    with RawServer(lambda *_: None) as server:
        with pytest.raises(Unavailable):
            against(server).ticket(5)
        assert server.count("GET") == 2
    with RawServer(lambda *_: "hang") as server:
        with pytest.raises(Unavailable):
            against(server).ticket(5)
        assert server.count("GET") == 1, "a time-out is not a dead connection"


def test_connections_are_pooled_and_warmed_in_parallel() -> None:
    seen = threading.Semaphore(0)

    def script(method: str, path: str) -> Reply:
        seen.release()
        threading.Event().wait(0.02)
        return answer(200, TICKET)

    with RawServer(script) as server:
        cw = against(server, read=5)
        cw.warm(6)
        assert server.connections >= 5
        opened = server.connections
        for _ in range(10):
            cw.ticket(5)
        assert server.connections == opened


def test_429_freezes_the_account_for_everybody() -> None:
    from psa.outbound.throttle import throttle_from_url

    with RawServer(lambda *_: answer(429, {"error": "x"}, {"Retry-After": "60"})) as server:
        keys = Keys(f"http://{server.netloc}", "acmemsp", "p", "k", "c", allow_private=True, codebase="x/")
        cw = ConnectWise(keys, throttle=throttle_from_url(None), timeouts=Timeouts(patience=0.1))
        for _ in range(5):
            with pytest.raises(Throttled) as caught:
                cw.ticket(5)
        assert caught.value.retry_after == pytest.approx(60, abs=1)
        assert server.count("GET") == 1
