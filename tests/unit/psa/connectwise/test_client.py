"""What the adapter reads, against ConnectWise's odd answers, as they were captured or documented."""

from __future__ import annotations

import dataclasses
import json
import random
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from escalation.evidence import Roster
from psa.connectwise.client import ConnectWise
from psa.port import NotFound, Refused, Unavailable
from tests.unit.psa.connectwise.captured import API, INFO, KEYS, NOBODY, NOTE, TICKET, query


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
        {"json": {**TICKET, "status": "Escalated"}},
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
    assert sum("/service/" in str(call.request.url) for call in web.calls) == 1, "whether the codebase moved may be asked"


def test_notes_have_kinds_authors_and_a_description(web: responses.RequestsMock, cw: ConnectWise) -> None:
    def note(id: int, hour: int, **more: Any) -> dict[str, Any]:
        return {"id": id, "text": f"n{id}", "dateCreated": f"2026-06-09T{hour:02}:00:00Z", **more}

    web.get(
        f"{API}/service/tickets/5/notes",
        json=[
            note(3, 12, internalAnalysisFlag=True, createdBy="rfapi", text="**Escalated** [ref: RF-0A1B2C3D]"),
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
        json=[{**row, "id": 1000 + row["id"]} for row in full[:900]],
        headers={"Link": '<x?page=3>; rel="next"'},
        match=[responses.matchers.query_param_matcher({"page": "2", "pageSize": "1000"})],
    )
    web.get(
        url,
        json=[{**NOTE, "id": 5000}],
        match=[responses.matchers.query_param_matcher({"page": "3", "pageSize": "1000"})],
    )
    assert len(cw.notes(5, NOBODY)) == 1901
    assert len(cw.own_notes(5)) == 1901


@pytest.mark.parametrize("rows", [1, 999, 1000, 1001, 2500])
def test_a_server_that_knows_no_pages_is_asked_twice_at_most(web: responses.RequestsMock, cw: ConnectWise, rows: int) -> None:
    web.get(f"{API}/service/tickets/5/notes", json=[{**NOTE, "id": number} for number in range(1, rows + 1)])
    assert [note.id for note in cw.notes(5, NOBODY)] == list(range(1, rows + 1))
    assert len(web.calls) <= 2


def test_the_newest_note_is_one_short_page_and_none_of_ours(web: responses.RequestsMock, cw: ConnectWise) -> None:
    fields = "id,createdBy,member,contact,detailDescriptionFlag,_info"
    asked = {"orderBy": "id desc", "fields": fields, "pageSize": "5"}
    theirs = [{"id": 91, "member": {"id": 7, "identifier": "jsmith"}}, {"id": 90, "createdBy": "x"}]
    page = [{"id": 93, "createdBy": "RFAPI"}, *theirs]
    web.get(f"{API}/service/tickets/5/notes", json=page, match=[responses.matchers.query_param_matcher(asked)])
    assert cw.newest_note(5) == 91
    web.replace("GET", f"{API}/service/tickets/5/notes", json=page[:1])
    assert cw.newest_note(5) is None
    assert len(web.calls) == 2


@pytest.mark.parametrize("more", [{"contact": {"id": 4, "name": "Pat"}}, {"detailDescriptionFlag": True}])
def test_what_came_in_through_our_login_is_news_too(web: responses.RequestsMock, cw: ConnectWise, more: dict[str, Any]) -> None:
    web.get(f"{API}/service/tickets/5/notes", json=[{"id": 93, "createdBy": "rfapi", **more}, {"id": 92, "createdBy": "rfapi"}])
    assert cw.newest_note(5) == 93


@pytest.mark.parametrize("there", [5, 6, 90])
@pytest.mark.parametrize("order", ["as they were made", "shuffled"])
def test_the_newest_note_is_found_where_the_server_does_not_order_them(
    web: responses.RequestsMock, cw: ConnectWise, there: int, order: str
) -> None:
    numbers = list(range(1, there + 1))
    if order == "shuffled":
        random.Random(there).shuffle(numbers)

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        size = int(parse_qs(urlsplit(request.url).query)["pageSize"][0])
        return 200, {}, json.dumps([{**NOTE, "id": n, "createdBy": "jsmith"} for n in numbers[:size]])

    web.add_callback("GET", f"{API}/service/tickets/5/notes", callback=answer)
    assert cw.newest_note(5) == there


OURS = [
    "brief\n\n[ref: RF-0A1B2C3D]", r"brief \[ref: RF-0A1B2C3D\]", "x [ref: RF-U-0A1B2C3D]", "done [ref: RN-0A1B2C3D]",
    "ask? [resolutionflow: question]", "[resolutionflow: canary] 5", "(repeated by mistake: the handoff brief is note 5)",
    "brief &#91;ref: RF-0A1B2C3D&#93;", r"ask? \[resolutionflow: question\]", r"\(repeated by mistake: it is note 5\)",
]  # fmt: skip
THEIRS = ["Chat transcript: the printer is still offline", "Alert cleared on SRV01", "", "see [ref: 4711]"]


@pytest.mark.parametrize("login", ["rfapi", "RFAPI", "old.api"])
@pytest.mark.parametrize("member", [True, False])
@pytest.mark.parametrize("text", [*OURS, *THEIRS])
def test_what_another_program_writes_with_our_keys_is_its_own(
    web: responses.RequestsMock, cw: ConnectWise, text: str, login: str, *, member: bool
) -> None:
    roster = Roster({"rfapi": "system"}, {"rfapi": "Integrations"}, us="RFapi", renamed={"old.api": "rfapi"})
    by = {"createdBy": login} | ({"member": {"id": 9, "identifier": "rfapi", "name": "API"}} if member else {})
    page = [{**NOTE, **by, "text": text}, {**NOTE, **by, "id": 71, "contact": {"name": "Pat"}}]
    web.get(f"{API}/service/tickets/5/notes", json=page)
    written, for_customer = cw.notes(5, roster)
    expected = ("us", "ResolutionFlow") if text in OURS else ("system", "Integrations")
    assert (written.author.role, written.author.name) == expected
    assert (for_customer.author.role, for_customer.author.name) == ("customer", "Pat")


@pytest.mark.parametrize(("edited_by", "role"), [("jsmith", "us"), ("rfapi", "system"), ("OLD.api", "system"), (None, "system")])
def test_a_brief_whose_mark_was_cut_off_by_hand_stays_ours(web: responses.RequestsMock, edited_by: str | None, role: str) -> None:
    cw, roster = ConnectWise(KEYS, api_member="rfapi"), Roster(us="rfapi", renamed={"old.api": "rfapi"})
    info = {"_info": {"updatedBy": edited_by}} if edited_by else {}
    web.get(f"{API}/service/tickets/5/notes", json=[{**NOTE, "createdBy": "rfapi", "text": "Tried: reboot", **info}])
    (note,) = cw.notes(5, roster)
    assert note.author.role == role


@pytest.mark.parametrize("edited_by", ["jsmith", "left.long.ago", "rfapi", None])
@pytest.mark.parametrize("contact", [{"name": "Pat"}, {"id": 5, "name": "Pat"}, None])
@pytest.mark.parametrize("placed", ["internal", "discussion"])
def test_what_came_in_through_our_login_is_nobody_elses_once_it_is_edited(
    web: responses.RequestsMock, edited_by: str | None, contact: dict[str, Any] | None, placed: str
) -> None:
    """A mail connector or portal with our keys: somebody mends a typo in what a customer wrote, and it stays the customer's."""
    cw, roster = ConnectWise(KEYS, api_member="rfapi"), Roster(us="rfapi")
    flags = {"internalAnalysisFlag": placed == "internal", "detailDescriptionFlag": placed == "discussion"}
    note = {**NOTE, "createdBy": "rfapi", "text": "It is down again", "contact": contact, **flags}
    web.get(f"{API}/service/tickets/5/notes", json=[note | ({"_info": {"updatedBy": edited_by}} if edited_by else {})])
    (found,) = cw.notes(5, roster)
    a_persons = edited_by in ("jsmith", "left.long.ago")
    expected = "customer" if contact else "us" if a_persons and placed == "internal" else "system"
    assert found.author.role == expected


@pytest.mark.parametrize("created", ["rfapi", "OLD.api"])
def test_notes_of_ours_from_before_our_login_was_changed_are_found_again(web: responses.RequestsMock, created: str) -> None:
    cw = ConnectWise(dataclasses.replace(KEYS, former_logins=frozenset({"old.api"})), api_member="rfapi")
    page = [{**NOTE, "createdBy": created}, {**NOTE, "id": 9, "createdBy": "jsmith"}]
    web.get(f"{API}/service/tickets/5/notes", json=page)
    assert [note.id for note in cw.own_notes(5)] == [70]
    assert cw.newest_note(5) == 9


def test_own_notes_are_those_of_our_member_and_fail_loudly(
    web: responses.RequestsMock, cw: ConnectWise
) -> None:
    others = {**NOTE, "id": 9, "createdBy": "jsmith"}
    web.get(
        f"{API}/service/tickets/5/notes", json=[{**NOTE, "createdBy": "RFAPI"}, others, {**NOTE, "id": 8}]
    )
    assert [n.id for n in cw.own_notes(5)] == [8, 70]
    assert [n.id for n in ConnectWise(KEYS).own_notes(5)] == [8, 9, 70], "unknown member: every internal note"
    for kind in ("service", "project"):
        web.upsert("GET", f"{API}/{kind}/tickets/5/notes", status=404, json={"code": "NotFound", "message": "x"})
    with pytest.raises(NotFound):
        cw.own_notes(5)


IN_RESOLUTION = {"internalAnalysisFlag": False, "detailDescriptionFlag": False, "resolutionFlag": True}


@pytest.mark.parametrize("author", [{}, {"createdBy": {"odd": 1}, "member": None, "_info": None}], ids=["absent", "odd"])
def test_own_notes_are_also_those_of_nobody_knows_whom_in_each_form_of_ours(
    web: responses.RequestsMock, cw: ConnectWise, author: dict[str, Any]
) -> None:
    nobody = {k: v for k, v in NOTE.items() if k not in ("createdBy", "member", "_info")} | author
    discussion = {**nobody, "id": 3, "internalAnalysisFlag": False, "detailDescriptionFlag": True}
    theirs = {**NOTE, "id": 4, "createdBy": "jsmith", **IN_RESOLUTION}
    page = [{**nobody, "id": 1}, {**nobody, "id": 2, **IN_RESOLUTION}, discussion, theirs]
    web.get(f"{API}/service/tickets/5/notes", json=page)
    assert [(note.id, note.created_by) for note in cw.own_notes(5)] == [(1, None), (2, None)]
    unknown = [(note.id, note.internal) for note in ConnectWise(KEYS).own_notes(5)]
    assert unknown == [(1, True), (2, False), (4, False)], "nor who we are: also each resolution note"


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
    for kind in ("service", "project"):
        web.upsert("GET", f"{API}/{kind}/tickets/5/allNotes", status=404, json={"code": "NotFound", "message": "no"})
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


def test_time_and_schedule_of_several_tickets_come_by_ticket_or_are_refused(web: responses.RequestsMock, cw: ConnectWise) -> None:
    info = {"_info": {"lastUpdated": "2026-01-01T00:00:00Z"}}
    times = [{"id": 3, "chargeToId": 5, "notes": "a", **info}, {"id": 4, "chargeToId": 6, "notes": "b", **info}]
    planned = [{"id": 7, "objectId": 6, "member": {"identifier": "amy"}, **info}]
    web.get(f"{API}/time/entries", json=times)
    web.get(f"{API}/schedule/entries", json=planned)
    found = cw.time_entries_of([5, 6, 8], NOBODY)
    assert {number: [e.text for e in entries] for number, entries in found.items()} == {5: ["a"], 6: ["b"], 8: []}
    assert {number: len(entries) for number, entries in cw.schedules_of([5, 6]).items()} == {5: 0, 6: 1}
    assert len(web.calls) == 2
    activity = {"id": 8, "objectId": 6, "type": {"identifier": "C"}, "member": {"identifier": "bob"}, "dateStart": "soon", **info}
    web.replace(responses.GET, f"{API}/schedule/entries", json=[*planned, activity])
    for read in (cw.schedules_of([6])[6], cw.schedule(6)):
        assert ([entry.member for entry in read], getattr(read, "left_out", ())) == (["amy"], ()), "an activity of that number"
    for odd in ({"id": 9}, {"id": 9, "chargeToId": "x"}, {"id": 9, "chargeToId": 77}, 5):
        web.replace(responses.GET, f"{API}/time/entries", json=[*times, odd])
        with pytest.raises(Refused, match=r"/time/entries: time entry (9|None) says no ticket"):
            cw.time_entries_of([5, 6, 8], NOBODY)


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
