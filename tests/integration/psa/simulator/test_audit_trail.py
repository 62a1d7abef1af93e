"""The audit trail read against odd answers, and against the simulator over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from psa.connectwise.client import ConnectWise
from psa.port import Forbidden, Keys, Unavailable
from psa.simulator.remote import Remote
from psa.simulator.scenarios import ESCALATED, FLAGSHIP_TICKET, JUNIOR

TRAIL = "https://api-na.myconnectwise.net/v2026_1/apis/3.0/system/audittrail"
KEYS = Keys("na.myconnectwise.net", "acmemsp", "Xk3vPub9", "Qz8wSec4", "cid", codebase="v2026_1/")


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def _row(text: str, at: str | None, **more: Any) -> dict[str, Any]:
    return {"text": text, "enteredDate": at, "enteredBy": "jlind", "auditType": "Ticket", "auditSubType": "Status", **more}


def test_every_page_is_read_and_the_oldest_comes_first(web: responses.RequestsMock) -> None:
    second = f'<{TRAIL}?type=Ticket&id=5&pageSize=1000&page=2>; rel="next"'
    newest = [_row("third", "2026-06-09T12:00:05Z"), _row("second", "2026-06-09T12:00:05Z")]
    web.get(TRAIL, json=newest, headers={"Link": second})
    web.get(TRAIL, json=[_row("first", "2026-06-09T11:00:00Z")])
    found = ConnectWise(KEYS).audit_trail(5)
    assert [entry.text for entry in found] == ["first", "second", "third"]
    assert (found[0].by, found[0].kind) == ("jlind", "Ticket/Status")
    asked = [parse_qs(urlsplit(call.request.url or "").query) for call in web.calls]
    assert [(q["type"], q["id"], q["page"]) for q in asked] == [(["Ticket"], ["5"], ["1"]), (["Ticket"], ["5"], ["2"])]
    assert all("pagination-type" not in call.request.headers for call in web.calls)


def test_an_entry_without_a_usable_date_or_anything_else_is_kept(web: responses.RequestsMock) -> None:
    web.get(TRAIL, json=[_row("b", "soon"), {"new": {"deep": 1}}, _row("a", "2026-06-09T11:00:00", auditSource=7)])
    found = ConnectWise(KEYS).audit_trail(5)
    assert [(entry.text, entry.at is None) for entry in found] == [("a", False), ("b", True), ("", True)]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 403, "json": {"code": "Security", "message": "no"}}, Forbidden),
        ({"json": {"error": "x"}}, Unavailable),
        ({"body": "<html>", "content_type": "text/html"}, Unavailable),
    ],
)
def test_what_is_no_trail_is_an_error_and_not_an_empty_one(
    web: responses.RequestsMock, answer: dict[str, Any], error: type[Exception]
) -> None:
    web.get(TRAIL, **answer)
    with pytest.raises(error):
        ConnectWise(KEYS).audit_trail(5)


def test_the_simulators_trail_over_http(remote: Remote) -> None:
    keys = remote.credentials()
    psa = ConnectWise(
        Keys(remote.url, keys["company"], keys["public_key"], keys["private_key"], keys["client_id"], allow_private=True)
    )
    before = psa.audit_trail(FLAGSHIP_TICKET)
    remote.change_status(FLAGSHIP_TICKET, ESCALATED, member=JUNIOR)
    after = psa.audit_trail(FLAGSHIP_TICKET)
    assert after[:-1] == before
    assert ESCALATED in after[-1].text
    assert after[-1].by == JUNIOR
    assert after == sorted(after, key=lambda entry: str(entry.at))
    assert psa.audit_trail(1) == []
