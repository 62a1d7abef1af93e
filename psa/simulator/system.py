"""Answers outside the service desk: time, schedule, companies, and the system's own records."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from email.utils import format_datetime
from typing import Final

from werkzeug.formparser import parse_form_data

from psa.simulator import shapes, timing
from psa.simulator.answers import (
    Answer,
    Record,
    Refused,
    bad_request,
    inner,
    invalid,
    missing_field,
    not_found,
)
from psa.simulator.callbacks import LEVELS
from psa.simulator.routing import GONE, Answering, Call, Routes

_INFO: Final = frozenset({"_info", "id", "lastUpdated", "updatedBy"})
TIME_FIELDS: Final = _INFO | frozenset(
    {
        "company", "chargeToId", "chargeToType", "member", "workType", "workRole", "agreement", "timeStart", "timeEnd",
        "hoursDeduct", "actualHours", "billableOption", "notes", "internalNotes", "addToDetailDescriptionFlag",
        "addToInternalAnalysisFlag", "addToResolutionFlag", "emailResourceFlag", "emailContactFlag", "emailCcFlag",
        "emailCc", "enteredBy", "dateEntered", "status", "ticket", "ticketBoard", "ticketStatus", "timeSheet",
    }
)  # fmt: skip
SCHEDULE_FIELDS: Final = _INFO | frozenset(
    {
        "objectId", "name", "member", "where", "dateStart", "dateEnd", "status", "type", "doneFlag",
        "acknowledgedFlag", "acknowledgedDate", "ownerFlag", "meetingFlag", "hours", "closeDate", "reminder", "span",
    }
)  # fmt: skip
COMPANY_FIELDS: Final = _INFO | frozenset(
    {
        "identifier", "name", "status", "city", "deletedFlag", "types", "site", "defaultContact", "timeZoneSetup",
        "company", "firstName", "lastName", "inactiveFlag", "communicationItems", "defaultPhoneNbr", "type", "contact",
        "serialNumber", "modelNumber", "ipAddress", "osType", "lastLoginName", "activeFlag", "deviceIdentifier",
        "startDate", "endDate", "cancelledFlag", "sla", "agreementStatus", "text", "flagged", "enteredBy", "notes",
        "territory", "market", "phoneNumber", "website", "macAddress", "tagNumber", "manufacturer", "vendor",
    }
)  # fmt: skip
SYSTEM_FIELDS: Final = _INFO | frozenset(
    {
        "identifier", "firstName", "lastName", "licenseClass", "inactiveFlag", "officeEmail", "primaryEmail", "title",
        "type", "level", "objectId", "url", "description", "memberId", "payloadVersion", "screenId", "name",
        "defaultEmail", "fileName", "owner", "size", "guid", "fullName", "adminFlag", "securityRole", "timeZone",
        "disableOnlineFlag", "clientId", "origin", "text", "enteredDate", "enteredBy", "auditType", "auditSubType",
        "auditSource", "isSelfSuppressedFlag", "connectWiseID",
    }
)  # fmt: skip


def add_routes(routes: Routes) -> None:
    """Add the routes."""
    _lists(routes, "time/entries", "time", TIME_FIELDS)
    routes.add("POST", "time/entries",
               lambda call: call.created(timing.create_time(call.world, call.member, call.record())))  # fmt: skip
    routes.add("PATCH", "time/entries/{}", _patch_time)
    routes.add("DELETE", "time/entries/{}", _delete_time)
    _lists(routes, "schedule/entries", "schedule", SCHEDULE_FIELDS)
    routes.add("POST", "schedule/entries",
               lambda call: call.created(timing.create_schedule(call.world, call.member, call.record())))  # fmt: skip
    routes.add("PATCH", "schedule/entries/{}", _patch_schedule)
    routes.add("DELETE", "schedule/entries/{}", _delete_schedule)
    routes.add("GET", "schedule/types", lambda call: call.page(timing.SCHEDULE_TYPES, SYSTEM_FIELDS))
    for path in ("companies", "contacts", "configurations"):
        _lists(routes, f"company/{path}", path, COMPANY_FIELDS)
    _lists(routes, "finance/agreements", "agreements", COMPANY_FIELDS)
    for path, table in (("notes", "company_notes"), ("sites", "sites")):
        routes.add("GET", f"company/companies/{{}}/{path}", _company_list(table))
    routes.add(
        "GET", "sales/activities", lambda call: call.page((), COMPANY_FIELDS | {"ticket", "dateStart"})
    )
    _add_system(routes)


def _add_system(routes: Routes) -> None:
    _lists(routes, "system/members", "members", SYSTEM_FIELDS)
    routes.add("GET", "system/info", lambda call: Answer(200, {
        "version": "v2026.4.103482", "isCloud": True, "serverTimeZone": "Etc/UTC", "cloudRegion": "NA",
        "licenseBits": [{"name": "ServiceDesk", "activeFlag": True}], "maxWorkFlowRecordsAllowed": 1000},
        {"Date": format_datetime(call.world.now(), usegmt=True)}))  # fmt: skip
    routes.add("GET", "system/info/members", lambda call: call.page(
        [shapes.member_light(row) for row in call.world.tables["members"].values()], SYSTEM_FIELDS))  # fmt: skip
    routes.add("GET", "system/info/members/{}", lambda call: call.one(
        shapes.member_light(call.world.get("members", call.numbers[0]))))  # fmt: skip
    routes.add(
        "GET", "system/myMembers", lambda call: call.one(shapes.my_member(call.world.member(call.member)))
    )
    routes.add("GET", "system/myMembers/info", lambda call: call.one(
        shapes.member_light(call.world.member(call.member)) | {"timeZone": dict(shapes.UTC_ZONE)}))  # fmt: skip
    _lists(routes, "system/callbacks", "callbacks", SYSTEM_FIELDS)
    routes.add("POST", "system/callbacks", _add_callback)
    routes.add("PATCH", "system/callbacks/{}", _patch_callback)
    routes.add("PUT", "system/callbacks/{}", _put_callback)
    routes.add("DELETE", "system/callbacks/{}", _delete_callback)
    routes.add("GET", "system/audittrail", _audit_trail)
    routes.add("GET", "system/audittrail/count", lambda call: Answer(200, {"count": len(_trail(call))}))
    routes.add("GET", "system/documents", lambda call: call.page(_documents(call), SYSTEM_FIELDS))
    routes.add("GET", "system/documents/count", lambda call: call.count(_documents(call), SYSTEM_FIELDS))
    routes.add("POST", "system/documents", _add_document)
    routes.add(
        "GET", "system/documents/{}", lambda call: call.one(call.world.get("documents", call.numbers[0]))
    )
    routes.add("GET", "system/documents/{}/download", _download)
    _lists(routes, "system/connectWiseHostedScreens", "screens", SYSTEM_FIELDS)
    _lists(routes, "system/connectwisehostedsetups", "hosted_setups", SYSTEM_FIELDS)
    routes.add("POST", "system/connectwisehostedsetups", _add_hosted)
    routes.add("PATCH", "system/connectwisehostedsetups/{}", _patch_hosted)
    routes.add("DELETE", "system/connectwisehostedsetups/{}", _delete_hosted)


def _lists(routes: Routes, path: str, table: str, known: frozenset[str]) -> None:
    """Add list, count and record of a table."""

    def rows(call: Call) -> Iterable[Record]:
        return call.world.rows(table, call.request.query.get("conditions", ""))

    routes.add("GET", path, lambda call: call.page(rows(call), known))
    routes.add("GET", f"{path}/count", lambda call: call.count(rows(call), known))
    routes.add("GET", f"{path}/{{}}", lambda call: call.one(call.world.get(table, call.numbers[0])))


def _company_list(table: str) -> Answering:
    def answer(call: Call) -> Answer:
        company = call.world.get("companies", call.numbers[0])
        rows = [row for row in call.world.tables[table].values() if row["company"]["id"] == company["id"]]
        return call.page(rows, COMPANY_FIELDS)

    return answer


def _patch_time(call: Call) -> Answer:
    entry = call.world.get("time", call.numbers[0])
    return call.one(timing.change_time(call.world, call.member, entry, call.patch("timeEntry", TIME_FIELDS)))


def _patch_schedule(call: Call) -> Answer:
    entry = call.world.get("schedule", call.numbers[0])
    changes = call.patch("scheduleEntry", SCHEDULE_FIELDS)
    return call.one(timing.change_schedule(call.world, call.member, entry, changes))


def _delete_time(call: Call) -> Answer:
    timing.delete_time(call.world, call.member, call.world.get("time", call.numbers[0]))
    return GONE


def _delete_schedule(call: Call) -> Answer:
    timing.delete_schedule(call.world, call.member, call.world.get("schedule", call.numbers[0]))
    return GONE


def _check_callback(call: Call, entry: Record, number: int | None) -> None:
    """Refuse what captured answers refuse: a bad address or level, and an entry that is there already."""
    for name in ("url", "type", "level"):
        if not entry.get(name):
            raise missing_field("callbackEntry", name)
    if not str(entry["url"]).startswith(("http://", "https://")):
        raise invalid("callbackEntry", inner("InvalidField", "The url is not valid.", "callbackEntry", "url"))
    levels = LEVELS.get(str(entry["type"]).lower())
    if levels is None:
        raise invalid("callbackEntry", inner("InvalidField", "Unrecognized type.", "callbackEntry", "type"))
    if str(entry["level"]).lower() not in levels:
        message = "Unrecognized level for type, see documentation for supported levels for each type"
        raise invalid("callbackEntry", inner("InvalidField", message, "callbackEntry", "level"))
    key = _callback_key(entry)
    for other in call.world.tables["callbacks"].values():
        if other["id"] != number and _callback_key(other) == key:
            message = "A matching callback entry already exists"
            raise invalid("callbackEntry", inner("ObjectExists", message, "callbackEntry", "objectId"))


def _callback_key(entry: Record) -> tuple[str, str, str, int]:
    """What makes two entries the same is not documented; address, type, level and object are taken for it."""
    return str(entry["url"]), str(entry["type"]).lower(), str(entry["level"]).lower(), int(entry["objectId"])


def _normal_callback(body: Record) -> Record:
    entry = {
        "description": str(body.get("description") or "")[:100],
        "url": body.get("url"),
        "objectId": int(body.get("objectId") or 0),
        "type": body.get("type"),
        "level": body.get("level"),
        "payloadVersion": body.get("payloadVersion") or "3.0.0",
        "inactiveFlag": bool(body.get("inactiveFlag")),
        "isSoapCallbackFlag": False,
        "isSelfSuppressedFlag": bool(body.get("isSelfSuppressedFlag")),
    }
    if str(entry["level"]).lower() == "owner" and entry["objectId"] == 0:
        entry["objectId"] = 1
    return entry


def _add_callback(call: Call) -> Answer:
    entry = _normal_callback(call.record())
    _check_callback(call, entry, None)
    world = call.world
    number = world.number("callbacks")
    made = {
        "id": number,
        **entry,
        "memberId": world.member(call.member)["id"],
        "connectWiseID": shapes.guid("callback", number),
        "_info": shapes.trail(world.stamp(), call.member),
    }
    return call.created(world.add("callbacks", made))


def _callback(call: Call) -> Record:
    """Return the entry of the path; an unknown one is answered like an unknown endpoint (captured)."""
    entry = call.world.tables["callbacks"].get(call.numbers[0])
    if entry is None:
        raise Refused(
            404, {"code": "ConnectWiseApi", "message": "The endpoint does not exist.", "errors": None}
        )
    return entry


def _patch_callback(call: Call) -> Answer:
    entry = _callback(call)
    fields = frozenset(_normal_callback({})) | {"id", "memberId", "_info", "connectWiseID"}
    return _changed_callback(call, entry, {**entry, **call.patch("callbackEntry", fields)})


def _put_callback(call: Call) -> Answer:
    return _changed_callback(call, _callback(call), call.record())


def _changed_callback(call: Call, entry: Record, wanted: Record) -> Answer:
    after = _normal_callback(wanted)
    _check_callback(call, after, entry["id"])
    entry.update(after)
    entry["_info"] = shapes.trail(call.world.stamp(), call.member)
    return call.one(entry)


def _delete_callback(call: Call) -> Answer:
    call.world.remove("callbacks", _callback(call)["id"])
    return GONE


def _trail(call: Call) -> list[Record]:
    query = call.request.query
    kind = query.get("type")
    if not kind or not query.get("id", "").isdigit():
        raise bad_request("The type and id parameters are required.", "InvalidParameter")
    return call.world.trail.get((kind, int(query["id"])), [])


def _audit_trail(call: Call) -> Answer:
    """Return the audit trail, newest first. Entries have no id, so forward-only paging does not work here."""
    rows = sorted(_trail(call), key=lambda row: str(row["enteredDate"]), reverse=True)
    return call.page(rows, SYSTEM_FIELDS, may_forward=False)


def _documents(call: Call) -> list[Record]:
    query = call.request.query
    if not query.get("recordType") or not query.get("recordId", "").isdigit():
        raise bad_request("The recordType and recordId parameters are required.", "InvalidParameter")
    if query["recordType"].lower() != "ticket":
        return []
    return call.world.children("documents", call.world.get("tickets", int(query["recordId"]))["id"])


def _add_document(call: Call) -> Answer:
    """Take a file as multipart form data; JSON is answered with 415."""
    kind = call.request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        message = "The request entity's media type is not supported for this resource."
        raise Refused(415, {"code": "UnsupportedMediaType", "message": message, "errors": None})
    environ = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(call.request.body)),
               "wsgi.input": io.BytesIO(call.request.body)}  # fmt: skip
    _, form, files = parse_form_data(environ)
    upload = files.get("file")
    if upload is None or not form.get("recordId", "").isdigit():
        raise missing_field("document", "file" if upload is None else "recordId")
    world = call.world
    ticket = world.get("tickets", int(form["recordId"]))
    content = upload.read()
    plain = {
        "document": form.get("title") or upload.filename,
        "file": upload.filename or "file",
        "size": len(content),
    }
    record = shapes.document(world.number("documents"), plain, world.stamp())
    world.files[record["id"]] = content
    return call.created(world.add("documents", record, ticket_id=ticket["id"]))


def _download(call: Call) -> Answer:
    row = call.world.get("documents", call.numbers[0])
    content = call.world.files.get(row["id"]) or hashlib.sha256(row["guid"].encode()).hexdigest().encode()
    headers = {"Content-Type": "application/octet-stream",
               "Content-Disposition": f'attachment; filename="{row["fileName"]}"'}  # fmt: skip
    return Answer(200, content, headers)


def _add_hosted(call: Call) -> Answer:
    body, world = call.record(), call.world
    for name in ("screenId", "description", "url", "type"):
        if not body.get(name):
            raise missing_field("connectWiseHostedSetup", name)
    if body["screenId"] not in world.tables["screens"]:
        raise not_found("ConnectWiseHostedScreen", body["screenId"])
    names = ("screenId", "description", "url", "type", "clientId", "origin", "podHeight", "toolbarButtonText",
             "toolbarButtonToolTip", "disabledFlag", "locationIds", "locationsEnabledFlag")  # fmt: skip
    number = world.number("hosted_setups")
    made = {"id": number, **shapes.picked(body, names), "createdBy": call.member, "dateCreated": world.stamp(),
            "_info": shapes.trail(world.stamp(), call.member)}  # fmt: skip
    return call.created(world.add("hosted_setups", made))


def _patch_hosted(call: Call) -> Answer:
    row = call.world.get("hosted_setups", call.numbers[0])
    known = frozenset({*row, "origin", "podHeight", "disabledFlag", "locationIds", "locationsEnabledFlag"})
    row.update(call.patch("connectWiseHostedSetup", known))
    row["_info"] = shapes.trail(call.world.stamp(), call.member)
    return call.one(row)


def _delete_hosted(call: Call) -> Answer:
    row = call.world.get("hosted_setups", call.numbers[0])
    call.world.remove("hosted_setups", row["id"])
    return GONE
