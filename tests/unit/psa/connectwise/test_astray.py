"""ConnectWise elsewhere than it was, in another version than was asked for, or with shorter pages than were asked for."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from psa.connectwise.client import ConnectWise
from psa.port import PsaError, Unavailable
from tests.unit.psa.connectwise.captured import API, INFO, NOBODY, NOTE, TICKET

MOVED = API.replace("v2026_1", "v2026_2")
HTML = "<!DOCTYPE html><html><body>Sign in</body></html>"
GATEWAY = "Cannot route. Codebase/company is invalid."
REDIRECT = {"Location": f"{MOVED}/service/tickets/5"}
ELSEWHERE: list[dict[str, Any]] = [
    *({"status": status, "body": body} for status in (404, 410) for body in (HTML, "", "gone", '{"message":"no"}')),
    *({"status": status, "body": body} for status in (400, 401, 403, 404) for body in (GATEWAY, f'{{"message":"{GATEWAY}"}}')),
    *({"status": status, "headers": REDIRECT} for status in (301, 302, 303, 307, 308)),
    *({"status": 200, "body": before + HTML, "content_type": "text/html"} for before in ("", "\r\n  ", "\ufeff")),
]


@pytest.mark.parametrize("answer", ELSEWHERE, ids=lambda a: f"{a['status']} {a.get('body', '')[:12]}")
def test_a_read_follows_a_codebase_that_moved_however_the_old_one_answers(
    web: responses.RequestsMock, cw: ConnectWise, answer: dict[str, Any]
) -> None:
    web.get(f"{API}/service/tickets/5", **answer)
    web.get(INFO, json={"Codebase": "v2026_2/"})
    web.get(f"{MOVED}/service/tickets/5", json=TICKET)
    assert cw.ticket(5).id == 5
    assert cw.codebase == "v2026_2/"


@pytest.mark.parametrize("answer", ELSEWHERE, ids=lambda a: f"{a['status']} {a.get('body', '')[:12]}")
def test_a_write_astray_is_tried_again_and_never_taken_for_a_refusal(
    web: responses.RequestsMock, cw: ConnectWise, answer: dict[str, Any]
) -> None:
    web.post(f"{API}/service/tickets/5/notes", **answer)
    web.get(f"{API}/service/tickets/5/notes", **answer)
    web.get(INFO, json={"Codebase": "v2026_2/"})
    web.get(f"{MOVED}/service/tickets/5/notes", json=[])
    web.post(f"{MOVED}/service/tickets/5/notes", json=NOTE, status=201)
    with pytest.raises(PsaError) as raised:
        cw.post_internal_note(5, "brief")
    assert raised.value.retry
    assert cw.own_notes(5) == []
    assert cw.post_internal_note(5, "brief").id == 70


@pytest.mark.parametrize("answer", ELSEWHERE[:12], ids=lambda a: f"{a['status']} {a.get('body', '')[:12]}")
@pytest.mark.parametrize(("what", "delete"), [("callbacks", "delete_callback"), ("connectwisehostedsetups", "remove_hosted")])
def test_a_deletion_that_went_astray_deletes_where_the_record_is(
    web: responses.RequestsMock, cw: ConnectWise, what: str, delete: str, answer: dict[str, Any]
) -> None:
    web.delete(f"{API}/system/{what}/6", **answer)
    web.get(INFO, json={"Codebase": "v2026_2/"})
    there = web.delete(f"{MOVED}/system/{what}/6", status=204)
    getattr(cw, delete)(6)
    assert there.call_count == 1


WORDS = [HTML, "\ufeff\n" + HTML, "We are down for maintenance.", '{"message":"Scheduled maintenance"}', "<Error/>"]


@pytest.mark.parametrize("body", WORDS)
@pytest.mark.parametrize("status", [200, 202])
def test_who_answers_a_deletion_with_words_has_deleted_nothing(
    web: responses.RequestsMock, cw: ConnectWise, status: int, body: str
) -> None:
    web.delete(re.compile(".*"), status=status, body=body)
    web.get(INFO, json={"Codebase": "v2026_1/"})
    for deletion in (lambda: cw.delete_note(5, 70), lambda: cw.delete_callback(6), lambda: cw.remove_hosted(7)):
        with pytest.raises(Unavailable):
            deletion()


@pytest.mark.parametrize("body", ["", "  ", "null", "{}", '{"id":70}', "true"])
def test_a_deletion_may_be_confirmed_by_anything_but_words(web: responses.RequestsMock, cw: ConnectWise, body: str) -> None:
    web.delete(re.compile(".*"), status=200, body=body)
    assert cw.delete_note(5, 70)
    cw.delete_callback(6)


def test_a_gateway_that_routes_nothing_has_deleted_nothing(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.delete(f"{API}/system/callbacks/6", status=401, body=GATEWAY)
    web.get(INFO, json={"Codebase": "v2026_1/"})
    with pytest.raises(Unavailable):
        cw.delete_callback(6)


VERSIONS = [
    "The HTTP resource that matches the request URI 'https://x/service/tickets/5' does not support the API version '2025.16'.",
    "The requested API version '2025.16' is not supported.",
    "An API version is required, but was not specified.",
]


@pytest.mark.parametrize("status", [400, 404, 406, 415])
@pytest.mark.parametrize("says", VERSIONS)
def test_a_version_that_is_not_there_is_asked_for_once(
    web: responses.RequestsMock, cw: ConnectWise, status: int, says: str
) -> None:
    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        if "version=" in request.headers["Accept"]:
            return status, {}, json.dumps({"code": "ConnectWiseApi", "message": says})
        return 201 if request.method == "POST" else 200, {}, json.dumps(NOTE if request.method == "POST" else TICKET)

    web.add_callback("GET", f"{API}/service/tickets/5", answer)
    web.add_callback("POST", f"{API}/service/tickets/5/notes", answer)
    assert cw.post_internal_note(5, "brief").id == 70
    assert [cw.ticket(5).id for _ in range(2)] == [5, 5]
    assert len(web.calls) == 4, "learned once"


def test_one_that_knows_no_version_at_all_is_no_endless_question(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.get(f"{API}/service/tickets/5", status=400, json={"code": "ConnectWiseApi", "message": VERSIONS[1]})
    with pytest.raises(Unavailable, match="API version"):
        cw.ticket(5)
    assert len(web.calls) == 2


def _serve(web: responses.RequestsMock, url: str, rows: list[dict[str, Any]], *, most: int) -> None:
    """Answer as a ConnectWise that gives `most` rows a page, whatever it is asked for."""

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        conditions = asked.get("conditions", "")
        beyond = re.search(r"\bid > (\d+)", conditions)
        since = re.search(r"lastUpdated >= \[([^\]]+)\]", conditions)
        found = [
            row for row in rows
            if (not beyond or row["id"] > int(beyond[1])) and (not since or row["_info"]["lastUpdated"] >= since[1])
        ]  # fmt: skip
        page = int(asked.get("page", 1))
        more = {"Link": f'<{url}?pageSize={most}&page={page + 1}>; rel="next"'} if page * most < len(found) else {}
        return 200, more, json.dumps(found[(page - 1) * most : page * most])

    web.add_callback("GET", url, answer)


@pytest.mark.parametrize("most", [25, 100, 999, 1000])
@pytest.mark.parametrize("a_second", [1, 40])
def test_pages_shorter_than_asked_for_lose_no_row(
    web: responses.RequestsMock, cw: ConnectWise, most: int, a_second: int
) -> None:
    def stamp(number: int) -> str:
        second = number // a_second
        return f"2026-06-09T{10 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"

    rows = [{**TICKET, "id": i, "_info": {"lastUpdated": stamp(i)}} for i in range(1, 1101)]
    _serve(web, f"{API}/service/tickets", rows, most=most)
    _serve(web, f"{API}/service/tickets/5/notes", [{**NOTE, "id": i} for i in range(1, 1101)], most=most)
    assert len(cw.tickets_in_statuses([2])) == 1100
    assert len(cw.tickets_updated_since(datetime(2026, 6, 1, tzinfo=UTC))) == 1100
    assert len(cw.notes(5, NOBODY)) == 1100


def test_a_row_that_slides_to_the_next_page_is_read_once(web: responses.RequestsMock, cw: ConnectWise) -> None:
    url = f"{API}/service/tickets/5/notes"
    first, second = [{**NOTE, "id": i} for i in (3, 2)], [{**NOTE, "id": i} for i in (2, 1)]
    web.get(url, json=first, headers={"Link": f'<{url}?page=2>; rel="next"'})
    web.get(url, json=second)
    assert [note.id for note in cw.notes(5, NOBODY)] == [1, 2, 3]


def test_a_time_entry_with_a_notes_number_is_no_repeat(web: responses.RequestsMock, cw: ConnectWise) -> None:
    url, on = f"{API}/service/tickets/5/allNotes", {"ticket": {"id": 6}}
    note, entry = {**NOTE, **on, "noteType": "TicketNote"}, {**NOTE, **on, "noteType": "TimeEntryNote"}
    web.get(url, json=[note], headers={"Link": f'<{url}?page=2>; rel="next"'})
    web.get(url, json=[entry, note])
    web.get(f"{API}/service/tickets", json=[])
    family = cw.family(5, NOBODY)
    assert ([n.id for n in family.notes], [t.id for t in family.time_entries]) == ([70], [70])


@pytest.mark.parametrize("lacks", ["status", "status.id"])
@pytest.mark.parametrize("count", [1, 3])
def test_tickets_without_a_status_alone_stop_no_poll(
    web: responses.RequestsMock, cw: ConnectWise, lacks: str, count: int
) -> None:
    odd = {**TICKET, "status": {"name": "New"} if lacks == "status.id" else None}
    web.get(f"{API}/service/tickets", json=[{**odd, "id": i} for i in range(1, count + 1)])
    assert cw.tickets_updated_since(datetime(2026, 6, 1, tzinfo=UTC)) == []
