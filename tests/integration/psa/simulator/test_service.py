"""Tickets and what hangs on them, over real HTTP: notes, time, schedule, documents, merging, the audit trail."""

from __future__ import annotations

import re
from typing import Any

from psa.simulator.remote import Remote
from psa.simulator.scenarios import ESCALATED, FLAGSHIP_TICKET, JUNIOR, SENIOR
from tests.integration.psa.simulator.simulator_api import Api

TICKET = f"service/tickets/{FLAGSHIP_TICKET}"


def status_id(api: Api, name: str, board: int = 1) -> int:
    rows = api.get(f"service/boards/{board}/statuses", conditions=f'name="{name}"')
    return int(rows[0]["id"])


def inner_code(body: Any) -> str:
    return str(body["errors"][0]["code"])


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
