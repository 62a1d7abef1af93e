"""A service ticket that is turned into a project's ticket, and back, keeps its number and has another address (OpenAPI)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import responses

from psa.connectwise.client import ConnectWise
from psa.port import NotFound, Throttled, Unavailable
from tests.unit.psa.connectwise.captured import API, NOBODY, NOTE, TICKET

GONE = {"status": 404, "json": {"code": "NotFound", "message": "Ticket 5 not found"}}
CALLS: dict[str, tuple[str, str, Any, Callable[[ConnectWise], object]]] = {
    "ticket": ("GET", "", TICKET, lambda cw: cw.ticket(5)),
    "notes": ("GET", "/notes", [NOTE], lambda cw: cw.notes(5, NOBODY)),
    "newest note": ("GET", "/notes", [NOTE], lambda cw: cw.newest_note(5)),
    "tasks": ("GET", "/tasks", [{"id": 1, "notes": "x"}], lambda cw: cw.tasks(5)),
    "configurations": ("GET", "/configurations", [{"id": 3}], lambda cw: cw.configuration_ids(5)),
    "our notes": ("GET", "/notes", [NOTE], lambda cw: cw.own_notes(5)),
    "a note of ours": ("POST", "/notes", {**NOTE, "text": "x"}, lambda cw: cw.post_internal_note(5, "x")),
    "an edit": ("PATCH", "/notes/70", {**NOTE, "text": "x"}, lambda cw: cw.edit_note(5, 70, "x")),
    "a deletion": ("DELETE", "/notes/70", None, lambda cw: cw.delete_note(5, 70)),
    "an owner": ("PATCH", "", {**TICKET, "owner": {"id": 2, "identifier": "amy"}}, lambda cw: cw.assign_owner(5, 2)),
}


def _answers(web: responses.RequestsMock, kind: str, method: str, under: str, found: Any) -> None:
    other = "service" if kind == "project" else "project"
    web.upsert(method, f"{API}/{other}/tickets/5{under}", **GONE)
    web.upsert(method, f"{API}/{kind}/tickets/5{under}", **({"json": found} if found is not None else {"status": 204}))


@pytest.mark.parametrize("what", CALLS)
def test_it_is_read_and_written_where_it_is(web: responses.RequestsMock, cw: ConnectWise, what: str) -> None:
    method, under, found, ask = CALLS[what]
    _answers(web, "project", method, under, found)
    first = ask(cw)
    asked = len(web.calls)
    assert ask(cw) == first
    assert len(web.calls) == asked + 1, "it is known where it is"
    assert "/project/" in str(web.calls[-1].request.url)
    _answers(web, "service", method, under, found)
    assert ask(cw) == first
    assert "/service/" in str(web.calls[-1].request.url)


def test_those_who_ask_side_by_side_all_find_it(web: responses.RequestsMock, cw: ConnectWise) -> None:
    for method, under, found, _ in CALLS.values():
        _answers(web, "project", method, under, found)
    with ThreadPoolExecutor(8) as pool:
        reads = [ask for name, (method, _, _, ask) in CALLS.items() if method == "GET"]
        found = list(pool.map(lambda ask: ask(cw), reads * 4))
    assert found == found[: len(reads)] * 4


@pytest.mark.parametrize(
    "there",
    [GONE, {"status": 403, "json": {"code": "Security", "message": "no"}}, {"status": 400, "json": {"code": "x"}},
     {"status": 404, "json": {"code": "ConnectWiseApi", "message": "The endpoint does not exist."}}],
    ids=["nor there", "not ours to see", "refused", "a version without it"],
)  # fmt: skip
def test_where_nobody_shows_it_the_first_one_counts(web: responses.RequestsMock, cw: ConnectWise, there: dict[str, Any]) -> None:
    web.get(f"{API}/service/tickets/5", **GONE)
    web.get(f"{API}/project/tickets/5", **there)
    with pytest.raises(NotFound, match="/service/tickets/5: 404"):
        cw.ticket(5)


@pytest.mark.parametrize("there", [{"status": 503}, {"status": 429}, {"body": requests.ConnectionError("cut")}])
def test_a_silence_among_the_projects_is_no_answer(web: responses.RequestsMock, cw: ConnectWise, there: dict[str, Any]) -> None:
    web.get(f"{API}/service/tickets/5", **GONE)
    web.get(f"{API}/project/tickets/5", **there)
    with pytest.raises((Unavailable, Throttled)):
        cw.ticket(5)
