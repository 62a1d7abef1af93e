"""The simulator's REST answers, in ConnectWise's shapes and with its oddities."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import requests

from psa.simulator.remote import Remote, SimulatorRefused
from psa.simulator.scenarios import CLAIMED, ESCALATED, FLAGSHIP_TICKET, JUNIOR, SENIOR
from tests.integration.psa.simulator.simulator_api import Api

TICKET = f"service/tickets/{FLAGSHIP_TICKET}"


def test_companyinfo_knows_its_companies_and_says_null_for_others(remote: Remote) -> None:
    known = requests.get(f"{remote.url}/login/companyinfo/northgate", timeout=5).json()
    assert known["Codebase"] == "v2026_4/"
    assert known["IsCloud"] == "True"
    unknown = requests.get(f"{remote.url}/login/companyinfo/nobody", timeout=5)
    assert (unknown.status_code, unknown.json()) == (200, None)


@pytest.mark.parametrize(
    "spoil", ["client id missing", "client id wrong", "key wrong", "company wrong", "nothing"]
)
def test_without_the_right_keys_it_is_401(api: Api, spoil: str) -> None:
    if spoil.startswith("client id"):
        api.session.headers["clientId"] = "" if "missing" in spoil else "00000000-0000-0000-0000-000000000000"
    elif spoil == "nothing":
        api.session.auth = None
    else:
        api.session.auth = ("nobody+x", "y") if "company" in spoil else ("northgate+x", "y")
    assert api.refused(401, "GET", "system/info")["code"] == "Unauthorized"


def test_the_content_type_is_the_vendors_and_echoes_the_version(api: Api) -> None:
    accept = {"Accept": "application/vnd.connectwise.com+json; version=2025.16"}
    kind = api.call("GET", "system/info", headers=accept).headers["Content-Type"]
    assert kind.startswith("application/vnd.connectwise.com+json; version=2025.16")


def test_both_codebases_work_until_the_release_moves_on(api: Api) -> None:
    old = api.base.replace("v2026_4", "v4_6_release")
    assert api.session.get(f"{old}/system/info", timeout=5).status_code == 200
    api.remote.settings(codebase="v2027_1")
    assert api.refused(404, "GET", "system/info")["code"] == "ConnectWiseApi"
    assert (
        requests.get(f"{api.remote.url}/login/companyinfo/northgate", timeout=5).json()["Codebase"]
        == "v2027_1/"
    )
    assert Api(api.remote).get("system/info")["isCloud"] is True


def test_errors_have_their_shapes(api: Api) -> None:
    assert api.refused(404, "GET", "service/tickets/1") == {
        "code": "NotFound", "message": "Ticket 1 not found", "errors": None}  # fmt: skip
    assert api.refused(404, "GET", "service/nothing")["message"] == "The endpoint does not exist."
    assert api.refused(405, "DELETE", "service/boards")["errors"] is None
    missing = api.refused(400, "POST", "service/tickets", json={"company": {"id": 250}})
    assert missing["message"] == "ticket object is invalid"
    assert missing["errors"][0] == {"code": "MissingRequiredField", "message": "The summary field is required.",
                                    "resource": "ticket", "field": "summary"}  # fmt: skip
    assert (
        "single quotes"
        in api.refused(400, "GET", "service/tickets", params={"conditions": "summary=x"})["message"]
    )
    assert (
        "colour" in api.refused(400, "GET", "service/tickets", params={"conditions": "colour=1"})["message"]
    )
    assert "colour" not in api.refused(400, "GET", "service/tickets", params={"pageSize": 5000})["message"]


def test_search_by_post_is_the_list(api: Api) -> None:
    text = 'board/name="Network/NOC" and closedFlag=false'
    answer = api.call(
        "POST", "service/tickets/search?pageSize=3", json={"conditions": text, "orderBy": "id desc"}
    )
    assert answer.json() == api.get("service/tickets", conditions=text, orderBy="id desc", pageSize=3)
    assert 'rel="next"' in answer.headers["Link"]


def test_paging_over_http_is_complete(api: Api) -> None:
    total = api.get("service/tickets/count")["count"]
    url, seen = f"{api.base}/service/tickets?pageSize=20&fields=id", []
    while url:
        answer = api.session.get(url, timeout=5)
        seen += [row["id"] for row in answer.json()]
        url = answer.links.get("next", {}).get("url", "")
    assert len(seen) == len(set(seen)) == total


def test_forward_only_over_http(api: Api) -> None:
    seen: list[int] = []
    url = f"{api.base}/service/tickets?pageSize=30&fields=id"
    while True:
        answer = api.session.get(url, headers={"pagination-type": "forward-only"}, timeout=5)
        if not answer.json():
            break
        seen += [row["id"] for row in answer.json()]
        url = answer.links["next"]["url"]
    assert seen == sorted(set(seen))
    assert len(seen) == api.get("service/tickets/count")["count"]


def test_permissions_of_the_role_can_be_taken_away(remote: Remote, api: Api) -> None:
    remote.settings(revoke=[r"GET /system/audittrail", r"POST .*/notes$"])
    assert (
        api.refused(403, "GET", f"system/audittrail?type=Ticket&id={FLAGSHIP_TICKET}")["code"] == "Security"
    )
    assert api.refused(403, "POST", f"{TICKET}/notes", json={"text": "x", "internalAnalysisFlag": True})
    assert api.get(f"{TICKET}/notes")


def test_two_companies_share_ticket_numbers_and_nothing_else(remote: Remote, api: Api) -> None:
    other = Api(remote.of("lakeside"))
    assert other.get(f"service/tickets/{FLAGSHIP_TICKET}")["company"]["identifier"] == "moorside"
    remote.change_status(FLAGSHIP_TICKET, CLAIMED, member=SENIOR)
    assert other.get(f"service/tickets/{FLAGSHIP_TICKET}")["status"]["name"] == "Working"
    other.session.headers["clientId"] = remote.credentials()["client_id"]
    other.refused(401, "GET", "system/info")


def test_acts_are_deeds_of_that_member(remote: Remote) -> None:
    number = remote.act.add_ticket(summary="Mouse dead", member=JUNIOR, configurations=2, company="harwick")
    note = remote.add_note(number, "swapped battery, no change", member=JUNIOR)
    remote.add_time(number, member=SENIOR, text="looked", minutes=10, started_ago_s=7200)
    remote.assign(number, SENIOR, member="hmoore")
    remote.acknowledge(number, member=SENIOR)
    remote.set_owner(number, SENIOR, member=SENIOR)
    assert remote.ticket(number)["_info"]["updatedBy"] == SENIOR
    assert remote.ticket(number)["owner"]["identifier"] == SENIOR
    remote.edit_note(number, note, "swapped both batteries", member=JUNIOR)
    assert remote.notes(number)[0]["text"] == "swapped both batteries"
    remote.close(number, member=SENIOR)
    assert remote.ticket(number)["closedFlag"]
    remote.delete(number, member="gnorth")
    with pytest.raises(SimulatorRefused, match=f"Ticket {number} not found"):
        remote.ticket(number)
    with pytest.raises(SimulatorRefused, match="nobody"):
        remote.change_status(FLAGSHIP_TICKET, ESCALATED, member="nobody")


def test_the_clock_can_be_moved(remote: Remote, api: Api) -> None:
    before = api.note(FLAGSHIP_TICKET)["dateCreated"]
    remote.advance(3 * 86400)
    after = api.note(FLAGSHIP_TICKET)["dateCreated"]
    assert after[:10] > before[:10]


def test_many_writers_lose_nothing(remote: Remote) -> None:
    before = len(remote.notes(FLAGSHIP_TICKET))

    def write() -> None:
        mine = Api(remote)
        for _ in range(20):
            mine.note(FLAGSHIP_TICKET)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    notes = remote.notes(FLAGSHIP_TICKET)
    assert len(notes) == before + 160
    assert len({note["id"] for note in notes}) == len(notes)


def test_the_deep_link_opens_the_ticket_with_its_pods(remote: Remote, api: Api) -> None:
    url = f"{remote.url}/v4_6_release/services/system_io/Service/fv_sr100_request.rails"
    pod = "https://rf.example/pod?id=[cw_id]&screen=[cw_screen]"
    api.post(
        "system/connectwisehostedsetups", {"screenId": 1, "description": "Handoff", "url": pod, "type": "Pod"}
    )
    remote.add_note(FLAGSHIP_TICKET, "<script>alert(1)</script>", member=JUNIOR)
    query: dict[str, Any] = {"service_recid": FLAGSHIP_TICKET, "companyName": "northgate", "member": SENIOR}
    page = requests.get(url, params=query, timeout=5)
    assert page.headers["Content-Type"].startswith("text/html")
    assert f'src="https://rf.example/pod?id={FLAGSHIP_TICKET}&amp;screen=ticket"' in page.text
    assert "<script>alert" not in page.text
    assert remote.member_hash(SENIOR) in page.text
    assert requests.get(url, params={"service_recid": 1}, timeout=5).status_code == 404
