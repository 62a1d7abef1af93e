"""The simulator's REST answers, in ConnectWise's shapes and with its oddities."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
import requests

from psa.simulator.remote import Remote, SimulatorRefused
from psa.simulator.scenarios import CLAIMED, ESCALATED, FLAGSHIP_TICKET, JUNIOR, SENIOR
from tests.integration.psa.simulator.simulator_api import Api, api, remote, simulator

__all__ = ["api", "remote", "simulator"]
TICKET = f"service/tickets/{FLAGSHIP_TICKET}"


def status_id(api: Api, name: str, board: int = 1) -> int:
    rows = api.get(f"service/boards/{board}/statuses", conditions=f'name="{name}"')
    return int(rows[0]["id"])


def inner_code(body: Any) -> str:
    return str(body["errors"][0]["code"])


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


def test_a_ticket_has_its_times_under_info_only(api: Api) -> None:
    ticket = api.get(TICKET)
    assert "dateEntered" not in ticket
    assert "lastUpdated" not in ticket
    assert all(isinstance(value, str) for value in ticket["_info"].values())
    assert "//apis/3.0/" in ticket["_info"]["notes_href"]
    stamp = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    assert stamp.fullmatch(ticket["_info"]["lastUpdated"])
    assert stamp.fullmatch(ticket["_info"]["dateEntered"])


def test_creating_a_ticket_fills_in_what_was_left_out(api: Api) -> None:
    made = api.post("service/tickets", {"summary": "No sound", "company": {"identifier": "harwick"},
                                        "initialDescription": "since today"})  # fmt: skip
    assert made["status"]["name"] == "New"
    assert made["recordType"] == "ServiceTicket"
    assert "initialDescription" not in made
    (note,) = api.get(f"service/tickets/{made['id']}/notes")
    assert note["detailDescriptionFlag"]
    assert api.refused(400, "POST", "service/tickets", json={"summary": "x" * 101, "company": {"id": 250}})[
        "errors"
    ]


def test_whole_objects_are_patched_with_or_without_a_slash(api: Api) -> None:
    wanted = {"id": status_id(api, ESCALATED)}
    assert api.patch(TICKET, status=wanted)["status"]["name"] == ESCALATED
    back = {"id": status_id(api, "In Progress")}
    assert api.patch(TICKET, **{"/status": back})["status"]["name"] == "In Progress"


def test_put_replaces_the_whole_ticket(api: Api) -> None:
    ticket = api.get(TICKET)
    whole = {"summary": "other", "company": ticket["company"], "severity": "High", "impact": "Low"}
    missing = {name: value for name, value in whole.items() if name != "impact"}
    assert api.refused(400, "PUT", TICKET, json=missing)["errors"][0]["field"] == "impact"
    after = api.call("PUT", TICKET, json=whole).json()
    assert (after["summary"], after["severity"], after["status"]) == ("other", "High", ticket["status"])
    assert "owner" not in after
    assert "contact" not in after


def test_a_nested_path_is_answered_200_and_changes_nothing(api: Api) -> None:
    before = api.get(TICKET)
    assert api.patch(TICKET, **{"status/id": status_id(api, ESCALATED)}) == before
    assert api.get(TICKET) == before


def test_a_patch_that_cannot_be_is_refused_whole(api: Api) -> None:
    before = api.get(TICKET)
    elsewhere = {"id": status_id(api, "New", board=2)}
    body = [
        {"op": "replace", "path": "summary", "value": "other"},
        {"op": "replace", "path": "status", "value": elsewhere},
    ]
    assert api.refused(400, "PATCH", TICKET, json=body)["errors"][0]["field"] == "status"
    assert api.refused(400, "PATCH", TICKET, json=[{"op": "replace", "path": "Summary", "value": "x"}])
    assert api.refused(400, "PATCH", TICKET, json={"summary": "x"})
    assert api.refused(400, "PATCH", TICKET, json=[{"op": "move", "path": "summary", "value": "x"}])
    assert api.refused(400, "PATCH", TICKET, data=b"{nonsense")
    assert api.get(TICKET) == before


def test_closing_and_opening_again(api: Api) -> None:
    closed = api.patch(TICKET, status={"id": status_id(api, "Closed")})
    assert closed["closedFlag"]
    assert closed["closedBy"] == "resolutionflow"
    assert "closedDate" in closed
    opened = api.patch(TICKET, status={"id": status_id(api, "In Progress")})
    assert not opened["closedFlag"]
    assert "closedDate" not in opened


def test_status_ids_belong_to_a_board_and_a_move_keeps_the_name(remote: Remote, api: Api) -> None:
    assert status_id(api, ESCALATED) != status_id(api, ESCALATED, board=3)
    remote.change_status(FLAGSHIP_TICKET, ESCALATED, member=JUNIOR)
    moved = remote.move_board(FLAGSHIP_TICKET, "Network/NOC", member=JUNIOR)["record"]
    assert moved["status"]["id"] == status_id(api, ESCALATED, board=3)
    assert (
        remote.move_board(FLAGSHIP_TICKET, "Escalations", member=JUNIOR)["record"]["status"]["name"] == "New"
    )


def test_notes_are_written_changed_and_deleted(api: Api) -> None:
    path = f"{TICKET}/notes"
    made = api.note(FLAGSHIP_TICKET, "line one\n\n- **two**")
    assert (made["createdBy"], made["internalFlag"]) == ("resolutionflow", True)
    assert api.get(f"{path}/{made['id']}")["text"] == "line one\n\n- **two**"
    assert api.patch(f"{path}/{made['id']}", text="other")["text"] == "other"
    assert api.get(f"{path}/count")["count"] == len(api.get(path))
    assert api.call("DELETE", f"{path}/{made['id']}").status_code == 204
    assert api.refused(404, "GET", f"{path}/{made['id']}")["code"] == "NotFound"


def test_a_note_without_a_place_is_refused(api: Api) -> None:
    body = api.refused(400, "POST", f"{TICKET}/notes", json={"text": "x", "internalAnalysisFlag": False})
    assert body["message"] == "serviceNote object is invalid"
    assert (
        body["errors"][0]["message"]
        == "Please choose where to display the notes in order to save this record."
    )
    assert (
        inner_code(api.refused(400, "POST", f"{TICKET}/notes", json={"internalAnalysisFlag": True}))
        == "MissingRequiredField"
    )


def test_all_notes_join_time_entries_and_take_no_order(api: Api) -> None:
    rows = api.get(f"{TICKET}/allNotes", pageSize=1000)
    kinds = [row["noteType"] for row in rows]
    assert kinds.count("TicketNote") == api.get(f"{TICKET}/notes/count")["count"]
    assert kinds.count("TimeEntryNote") == len(
        api.get("time/entries", conditions=f"chargeToId={FLAGSHIP_TICKET}")
    )
    assert all("dateCreated" not in row for row in rows)
    assert "orderBy" in api.refused(400, "GET", f"{TICKET}/allNotes", params={"orderBy": "id"})["message"]


def test_child_lists_are_references_only(api: Api) -> None:
    assert {frozenset(row) for row in api.get(f"{TICKET}/timeentries")} == {frozenset({"id", "_info"})}
    devices = api.get(f"{TICKET}/configurations")
    assert [row["_info"]["name"] for row in devices] == ["PC-14", "FW-HARBOUR"]
    ids = ",".join(str(row["id"]) for row in devices)
    assert {row["name"] for row in api.get("company/configurations", conditions=f"id in ({ids})")} == {
        "PC-14",
        "FW-HARBOUR",
    }
    assert api.get(f"{TICKET}/documents")
    assert [row["notes"] for row in api.get(f"{TICKET}/tasks")][-1] == "Switch Sentinel back on on PC-14"
    assert api.get(f"{TICKET}/activities") == []


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


def test_resources_mirror_the_schedule(api: Api) -> None:
    before = api.get(TICKET)["resources"]
    entry = api.post(
        "schedule/entries",
        {"objectId": FLAGSHIP_TICKET, "type": {"identifier": "S"}, "member": {"identifier": SENIOR}},
    )
    assert api.get(TICKET)["resources"] == f"{before}, {SENIOR}"
    assert not entry["ownerFlag"]
    done = api.patch(f"schedule/entries/{entry['id']}", acknowledgedFlag=True)
    assert done["acknowledgedDate"]
    rows = api.get("schedule/entries", conditions=f'objectId={FLAGSHIP_TICKET} and type/identifier="S"')
    assert entry["id"] in [row["id"] for row in rows]
    assert api.call("DELETE", f"schedule/entries/{entry['id']}").status_code == 204
    assert api.get(TICKET)["resources"] == before


def test_time_entries_can_be_back_dated(api: Api) -> None:
    span = {"timeStart": "2026-01-05T09:00:00Z", "timeEnd": "2026-01-05T09:30:00Z"}
    body = {"chargeToId": FLAGSHIP_TICKET, "chargeToType": "ServiceTicket", "notes": "called", **span}
    entry = api.post("time/entries", body)
    assert entry["actualHours"] == 0.5
    assert entry["timeStart"] < entry["dateEntered"]
    assert api.patch(f"time/entries/{entry['id']}", notes="rang")["notes"] == "rang"
    assert (
        inner_code(api.refused(400, "POST", "time/entries", json={"chargeToId": 5})) == "MissingRequiredField"
    )
    assert api.refused(
        400, "POST", "time/entries", json={"chargeToId": 5, "timeStart": "2026-01-05T09:00:00Z"}
    )["errors"]


def test_time_on_a_company_is_found_by_its_number_too(api: Api) -> None:
    body = {
        "chargeToId": 250,
        "chargeToType": "Company",
        "timeStart": "2026-01-05T09:00:00Z",
        "notes": "visit",
    }
    entry = api.post("time/entries", body)
    assert [row["id"] for row in api.get("time/entries", conditions="chargeToId=250")] == [entry["id"]]
    assert api.get("time/entries", conditions='chargeToType="ServiceTicket" and chargeToId=250') == []
    assert api.call("DELETE", f"time/entries/{entry['id']}").status_code == 204
    assert api.get("time/entries", conditions="chargeToId=250") == []


def test_merging_closes_the_children_and_points_to_the_parent(api: Api) -> None:
    child = api.post("service/tickets", {"summary": "same again", "company": {"identifier": "brightrowe"}})
    status = {"id": status_id(api, ">Closed - Merged")}
    answer = api.call("POST", f"{TICKET}/merge", json={"mergeTicketIds": [child["id"]], "status": status})
    assert answer.json()["success"]
    after = api.get(f"service/tickets/{child['id']}")
    assert after["closedFlag"]
    assert after["mergedParentTicket"]["id"] == FLAGSHIP_TICKET
    assert api.get(TICKET)["hasMergedChildTicketFlag"]
    assert api.refused(
        400, "POST", f"{TICKET}/merge", json={"mergeTicketIds": [child["id"]], "status": {"id": 500}}
    )


def test_deleting_a_ticket_takes_everything_along(api: Api) -> None:
    assert api.call("DELETE", TICKET).status_code == 204
    assert api.refused(404, "GET", f"{TICKET}/notes")
    assert api.get("time/entries", conditions=f"chargeToId={FLAGSHIP_TICKET}") == []


def test_the_audit_trail_words_changes_as_this_company_does(remote: Remote, api: Api) -> None:
    remote.change_status(FLAGSHIP_TICKET, ESCALATED, member=JUNIOR)
    newest = api.get("system/audittrail", type="Ticket", id=FLAGSHIP_TICKET)[0]
    assert (newest["enteredBy"], newest["auditType"]) == (JUNIOR, "Ticket")
    assert ESCALATED in newest["text"]
    assert "In Progress" in newest["text"]
    api.refused(400, "GET", "system/audittrail")
    other = remote.of("lakeside")
    other.change_status(48213, "Tier 2", member="jlind")
    words = Api(other).get("system/audittrail", type="Ticket", id=48213)[0]["text"]
    assert words.replace("Tier 2", "").replace("Working", "") != newest["text"].replace(
        ESCALATED, ""
    ).replace("In Progress", "")


def test_documents_are_listed_taken_as_multipart_and_given_back(api: Api) -> None:
    assert api.refused(415, "POST", "system/documents", json={"recordId": FLAGSHIP_TICKET})["errors"] is None
    sent = {"recordType": "Ticket", "recordId": str(FLAGSHIP_TICKET), "title": "trace"}
    answer = api.call("POST", "system/documents", data=sent, files={"file": ("trace.txt", b"hello")})
    assert answer.status_code == 201
    rows = api.get("system/documents", recordType="Ticket", recordId=FLAGSHIP_TICKET)
    assert rows[-1]["fileName"] == "trace.txt"
    download = api.call("GET", f"system/documents/{rows[-1]['id']}/download")
    assert download.content == b"hello"
    assert "trace.txt" in download.headers["Content-Disposition"]


def test_permissions_of_the_role_can_be_taken_away(remote: Remote, api: Api) -> None:
    remote.settings(revoke=[r"GET /system/audittrail", r"POST .*/notes$"])
    assert (
        api.refused(403, "GET", f"system/audittrail?type=Ticket&id={FLAGSHIP_TICKET}")["code"] == "Security"
    )
    assert api.refused(403, "POST", f"{TICKET}/notes", json={"text": "x", "internalAnalysisFlag": True})
    assert api.get(f"{TICKET}/notes")


ENTRY = {"url": "https://rf.example/cb?recordId=", "objectId": 0, "type": "ticket", "level": "owner"}


def test_callback_entries(api: Api) -> None:
    made = api.post("system/callbacks", ENTRY)
    assert (made["objectId"], made["payloadVersion"], made["inactiveFlag"]) == (1, "3.0.0", False)
    assert made["memberId"] == api.get("system/members", conditions='identifier="resolutionflow"')[0]["id"]
    again = api.refused(400, "POST", "system/callbacks", json={**ENTRY, "objectId": 1})
    assert (inner_code(again), again["errors"][0]["field"]) == ("ObjectExists", "objectId")
    level = api.refused(400, "POST", "system/callbacks", json={**ENTRY, "level": "planet"})
    assert level["errors"][0]["message"].startswith("Unrecognized level for type")
    assert (
        api.refused(400, "POST", "system/callbacks", json={**ENTRY, "url": "ftp://x"})["errors"][0]["field"]
        == "url"
    )
    assert api.patch(f"system/callbacks/{made['id']}", inactiveFlag=True)["inactiveFlag"]
    assert api.call("DELETE", f"system/callbacks/{made['id']}").status_code == 204
    assert (
        api.refused(404, "DELETE", f"system/callbacks/{made['id']}")["message"]
        == "The endpoint does not exist."
    )


def test_members_light_and_myself(api: Api) -> None:
    light = api.get("system/info/members", pageSize=1000)
    assert next(row for row in light if row["identifier"] == JUNIOR)["defaultEmail"].endswith(
        "@northgate.example"
    )
    full = api.get("system/members", pageSize=1000)
    assert next(row for row in full if row["identifier"] == JUNIOR)["defaultEmail"] == "Office"
    assert any(row["inactiveFlag"] for row in full)
    assert any("officeEmail" not in row for row in full if row["licenseClass"] == "F")
    assert api.get("system/myMembers/info")["identifier"] == "resolutionflow"


def test_a_hosted_page_proves_its_member_by_hash(remote: Remote, api: Api) -> None:
    key = remote.member_hash(SENIOR)
    url = f"{api.base}/system/myMembers/info"
    client = {"clientId": remote.credentials()["client_id"]}
    cookies = {"companyName": "northgate", "memberId": SENIOR, "memberHash": key, "memberContext": "web"}
    by_cookie = requests.get(url, headers=client, cookies=cookies, timeout=5)
    by_basic = requests.get(url, headers=client, auth=(f"northgate+{SENIOR}", key), timeout=5)
    assert by_cookie.json()["identifier"] == by_basic.json()["identifier"] == SENIOR
    without = {name: value for name, value in cookies.items() if name != "memberContext"}
    assert requests.get(url, headers=client, cookies=without, timeout=5).status_code == 401
    assert requests.get(url, headers=client, auth=(f"northgate+{JUNIOR}", key), timeout=5).status_code == 401
    remote.settings(expire_hash=[SENIOR])
    assert requests.get(url, headers=client, cookies=cookies, timeout=5).status_code == 401


def test_hosted_pages_can_be_set_up(api: Api) -> None:
    screens = {row["screenId"]: row["id"] for row in api.get("system/connectWiseHostedScreens")}
    body = {
        "screenId": screens["ticket"],
        "description": "Handoff",
        "url": "https://rf.example/pod",
        "type": "Pod",
        "podHeight": 400,
    }
    made = api.post("system/connectwisehostedsetups", body)
    assert api.get("system/connectwisehostedsetups") == [made]
    assert api.call("DELETE", f"system/connectwisehostedsetups/{made['id']}").status_code == 204


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
