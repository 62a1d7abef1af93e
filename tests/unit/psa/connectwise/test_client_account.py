"""What belongs to an account: its address and codebase, boards, members, callbacks, pod, permissions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from psa.connectwise.client import ConnectWise
from psa.port import Hosted, Keys, NotFound, Refused, Unauthorized, Unavailable
from tests.unit.psa.connectwise.captured import API, INFO, KEYS, NOTE, TICKET, query


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
    web.get(f"{API}/project/tickets/5", status=404, json={"code": "NotFound", "message": "ProjectTicket 5 not found"})
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


def test_pages_are_registered_once_and_follow_our_address(web: responses.RequestsMock, cw: ConnectWise) -> None:
    setups = f"{API}/system/connectwisehostedsetups"
    other = {"id": 3, "url": "https://other.example/pod?account=k", "type": "Tab"}
    web.get(setups, json=[other])
    web.get(
        f"{API}/system/connectWiseHostedScreens", json=[{"id": 9, "screenId": "Ticket", "name": "Service"}]
    )
    web.post(setups, status=201, json={"id": 4})
    want = {"kind": "Pod", "description": "RF", "url": "https://rf.example/pod?account=k", "origin": "https://rf.example"}

    def host(*screens: str, **changed: str) -> Hosted:
        return cw.host_page(screens=screens, there=cw.hosted(), **{**want, **changed})  # type: ignore[arg-type]

    assert host("today", "ticket") == Hosted(4, want["url"], "Pod", "RF"), "the first screen that there is"
    assert json.loads(web.calls[-1].request.body or b"")["screenId"] == 9
    web.replace("GET", setups, json=[other, {"id": 4, "url": want["url"], "type": "Pod"}])
    assert host("ticket").id == 4
    assert [c.request.method for c in web.calls].count("POST") == 1
    web.patch(f"{setups}/4", json={"id": 4, "url": "https://new.example/pod?account=k", "type": "Pod"})
    moved = host("ticket", url="https://new.example/pod?account=k", origin="https://new.example")
    assert (moved.id, moved.url) == (4, "https://new.example/pod?account=k")
    assert json.loads(web.calls[-1].request.body or b"")[1] == {
        "op": "replace", "path": "origin", "value": "https://new.example",
    }  # fmt: skip
    web.replace("GET", setups, json=[{"id": 4, "url": want["url"], "type": "Pod", "disabledFlag": True}])
    assert not host("ticket").disabled, "switched on again"
    web.replace("GET", setups, json=[])
    with pytest.raises(Refused, match="no screen today"):
        host("today")


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
