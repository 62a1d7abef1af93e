"""What the adapter writes: sent once, read back, and every outcome named."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses

from psa.connectwise.answers import NoSuchEndpoint
from psa.connectwise.client import ConnectWise
from psa.port import (
    Ambiguous,
    NotFound,
    NotPermitted,
    PsaError,
    Refused,
    Throttled,
    Unauthorized,
    VisibleNote,
)
from tests.unit.psa.connectwise.captured import API, INFO, NOTE, TICKET


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
            NoSuchEndpoint,
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
    web.post(f"{API}/project/tickets/5/notes", status=404, json={"code": "NotFound", "message": "nor here"})
    web.get(INFO, json={"Codebase": "v2026_2/"})
    with pytest.raises(error) as caught:
        cw.post_internal_note(5, "**brief**")
    assert type(caught.value) is error
    posts = [c.request.url for c in web.calls if c.request.method == "POST"]
    assert len(posts) == len(set(posts)) == (2 if error is NotFound else 1), "what is not there is looked for elsewhere"
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


RESOLUTION = {**NOTE, "internalAnalysisFlag": False, "resolutionFlag": True}


def test_a_resolution_note_stands_in_the_resolution_alone_and_mails_nobody(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.post(f"{API}/service/tickets/5/notes", status=201, json=RESOLUTION)
    posted = cw.post_resolution_note(5, "**brief**")
    assert (posted.id, posted.internal) == (70, False)
    assert json.loads(web.calls[0].request.body or b"") == {
        "text": "**brief**", "internalAnalysisFlag": False, "detailDescriptionFlag": False, "resolutionFlag": True,
        "processNotifications": False,
    }  # fmt: skip


def test_one_that_came_back_in_the_discussion_is_named(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.post(f"{API}/service/tickets/5/notes", status=201, json={**RESOLUTION, "detailDescriptionFlag": True})
    with pytest.raises(VisibleNote):
        cw.post_resolution_note(5, "x")


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
    for kind in ("service", "project"):
        web.delete(f"{API}/{kind}/tickets/5/notes/70", status=404, json=gone)
    web.delete(
        f"{API}/system/callbacks/6",
        status=404,
        json={"code": "ConnectWiseApi", "message": "The endpoint does not exist."},
    )
    web.get(INFO, json={"Codebase": "v2026_1/"})
    assert not cw.delete_note(5, 70)
    cw.delete_callback(6)
    web.replace("DELETE", f"{API}/service/tickets/5/notes/70", status=503)
    with pytest.raises(Ambiguous):
        cw.delete_note(5, 70)


def test_pyconnectwises_own_verbs_pass_the_same_gate(web: responses.RequestsMock, cw: ConnectWise) -> None:
    with pytest.raises(NotPermitted):
        cw._manage.service.tickets.post({"summary": "x"})
    with pytest.raises(NotPermitted):
        cw._manage.service.tickets.id(5).notes.post({"text": "x", "detailDescriptionFlag": True})
    assert len(web.calls) == 0
