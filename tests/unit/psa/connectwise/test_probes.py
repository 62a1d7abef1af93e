"""What `account check` tries: everything a brief reads, each refusal with the permission that it takes, keys once."""

from __future__ import annotations

import re

import pytest
import responses

from psa.connectwise.client import ConnectWise
from psa.connectwise.probes import PROBES
from psa.port import Unauthorized, Unavailable
from tests.unit.psa.connectwise.captured import API

NO = {"code": "Security", "message": "no"}
EVERYTHING = re.compile(f"{re.escape(API)}/.*")
REFUSABLE = {
    "tickets": "/service/tickets",
    "ticket notes": "/service/tickets/5/notes",
    "notes of merged tickets": "/service/tickets/5/allNotes",
    "tasks": "/service/tickets/5/tasks",
    "configurations of a ticket": "/service/tickets/5/configurations",
    "configurations": "/company/configurations",
    "documents": "/system/documents",
    "time entries": "/time/entries",
    "schedule": "/schedule/entries",
    "boards and statuses": "/service/boards",
    "members": "/system/members",
    "audit trail": "/system/audittrail",
    "callbacks": "/system/callbacks",
    "hosted pods": "/system/connectwisehostedsetups",
}


@pytest.mark.parametrize("what", [name for name in REFUSABLE if name != "tickets"])
def test_each_refusal_names_the_permission(web: responses.RequestsMock, cw: ConnectWise, what: str) -> None:
    web.get(f"{API}{REFUSABLE[what]}", status=403, json=NO)
    web.get(EVERYTHING, json=[{"id": 5}])
    found = {result.what: result for result in cw.probe()}
    permission = next(probe.permission for probe in PROBES if probe.what == what)
    assert not found[what].ok
    assert permission in found[what].detail
    assert [name for name, result in found.items() if not result.ok] == [what]
    assert {call.request.method for call in web.calls} == {"GET"}


def test_every_probe_is_one_of_those() -> None:
    assert {probe.what for probe in PROBES} | {"closed tickets"} == {*REFUSABLE, "closed tickets"}


def test_without_a_ticket_that_can_be_read_its_parts_are_skipped_and_said(
    web: responses.RequestsMock, cw: ConnectWise
) -> None:
    for _ in range(3):  # `responses` uses one of several matches up
        web.get(f"{API}/service/tickets", status=403, json=NO)
    web.get(EVERYTHING, json=[])
    found = {result.what: result for result in cw.probe()}
    assert not found["tickets"].ok
    assert found["ticket notes"].detail.startswith("not tried: no ticket")
    assert "/tickets/" not in "".join(str(call.request.url) for call in web.calls)


def test_a_version_without_merged_notes_is_no_fault(web: responses.RequestsMock, cw: ConnectWise) -> None:
    web.get(f"{API}/service/tickets/5/allNotes", status=405, json=NO)
    web.get(EVERYTHING, json=[{"id": 5}])
    found = {result.what: result for result in cw.probe()}
    assert found["notes of merged tickets"].ok
    assert "not in this version" in found["notes of merged tickets"].detail


@pytest.mark.parametrize(("status", "error"), [(401, Unauthorized), (503, Unavailable)])
def test_what_every_call_would_say_is_said_once(
    web: responses.RequestsMock, cw: ConnectWise, status: int, error: type[Exception]
) -> None:
    web.get(EVERYTHING, status=status, json=NO)
    with pytest.raises(error):
        cw.probe()
    assert len(web.calls) == 1


def test_one_bogus_number_in_a_full_page_skips_no_row(
    web: responses.RequestsMock, cw: ConnectWise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are read on from a number: one that is none, at the end or in the middle of a page, hides nothing after it."""
    from psa.connectwise import calls

    monkeypatch.setattr(calls, "PAGE", 4)
    for place in range(4):
        rows = {n: {"id": n, "notes": f"entry {n}"} for n in range(1, 11)}
        rows[place + 1]["id"] = 2**40

        def served(request: object, rows: dict[int, dict[str, object]] = rows) -> tuple[int, dict[str, str], str]:
            import json
            from urllib.parse import parse_qs, urlsplit

            asked = parse_qs(urlsplit(str(request.url)).query)["conditions"][0]  # type: ignore[attr-defined]
            after = re.search(r"id > (\d+)", asked)
            there = [row for n, row in rows.items() if n > int(after[1] if after else 0)]
            return 200, {}, json.dumps(there[:4])

        web.reset()
        web.add_callback("GET", f"{API}/time/entries", callback=served)
        from escalation.evidence import Roster

        texts = [entry.text for entry in cw.time_entries(5, Roster())]
        assert sorted(set(texts)) == sorted(f"entry {n}" for n in range(1, 11)), place
