"""The simulator's answers read by others: pyconnectwise's generated models, and ConnectWise's own OpenAPI document.

The document is not ours to ship: point RF_OPENAPI_DIR at a folder that holds openapi-subset.json.
"""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from psa.simulator.remote import Remote
from psa.simulator.scenarios import ESCALATED, FLAGSHIP_TICKET, JUNIOR
from tests.integration.psa.simulator.simulator_api import Api

ONE = f"service/tickets/{FLAGSHIP_TICKET}"

# What is asked, the path it is in the OpenAPI document, the model of pyconnectwise.
ANSWERS = [
    ("service/tickets?pageSize=1000", "/service/tickets", "Ticket"),
    (ONE, "/service/tickets/{id}", "Ticket"),
    (f"{ONE}/notes", "/service/tickets/{parentId}/notes", "ServiceNote"),
    (f"{ONE}/allNotes", "/service/tickets/{parentId}/allNotes", "ServiceTicketNote"),
    (f"{ONE}/tasks", "/service/tickets/{parentId}/tasks", "Task"),
    (f"{ONE}/configurations", "/service/tickets/{parentId}/configurations", "ConfigurationReference"),
    (f"{ONE}/documents", "/service/tickets/{parentId}/documents", "DocumentReference"),
    (f"{ONE}/scheduleentries", "/service/tickets/{parentId}/scheduleentries", "ScheduleEntryReference"),
    (f"{ONE}/timeentries", "/service/tickets/{parentId}/timeentries", "TimeEntryReference"),
    ("service/boards", "/service/boards", "Board"),
    ("service/boards/1/statuses", "/service/boards/{parentId}/statuses", "BoardStatus"),
    ("service/boards/1/types", "/service/boards/{parentId}/types", "BoardType"),
    ("service/boards/1/subtypes", "/service/boards/{parentId}/subtypes", "BoardSubType"),
    ("service/boards/1/items", "/service/boards/{parentId}/items", "BoardItem"),
    ("service/boards/1/teams", "/service/boards/{parentId}/teams", "BoardTeam"),
    ("service/priorities", "/service/priorities", "Priority"),
    ("service/sources", "/service/sources", "Source"),
    ("time/entries?pageSize=1000", "/time/entries", "TimeEntry"),
    ("schedule/entries?pageSize=1000", "/schedule/entries", "ScheduleEntry"),
    ("schedule/types", "/schedule/types", "ScheduleType"),
    ("company/companies", "/company/companies", "Company"),
    ("company/companies/250/notes", "/company/companies/{parentId}/notes", "CompanyNote"),
    ("company/companies/250/sites", "/company/companies/{parentId}/sites", "CompanySite"),
    ("company/contacts", "/company/contacts", "Contact"),
    ("company/configurations?pageSize=1000", "/company/configurations", "CompanyConfiguration"),
    ("finance/agreements", "/finance/agreements", "Agreement"),
    ("system/members", "/system/members", "Member"),
    ("system/info/members", "/system/info/members", "MemberInfo"),
    ("system/myMembers", "/system/myMembers", "MyMember"),
    ("system/myMembers/info", "/system/myMembers/info", "MyMemberInfo"),
    ("system/callbacks", "/system/callbacks", "CallbackEntry"),
    (f"system/documents?recordType=Ticket&recordId={FLAGSHIP_TICKET}", "/system/documents", "DocumentInfo"),
    (f"system/audittrail?type=Ticket&id={FLAGSHIP_TICKET}", "/system/audittrail", "AuditTrailEntry"),
    ("system/info", "/system/info", "Info"),
    ("system/connectWiseHostedScreens", "/system/connectWiseHostedScreens", "ConnectWiseHostedScreen"),
    ("system/connectwisehostedsetups", "/system/connectwisehostedsetups", "ConnectWiseHostedSetup"),
    ("service/tickets/count", "/service/tickets/count", "Count"),
]


@pytest.fixture
def lived_in(api: Api, remote: Remote) -> Api:
    """A company in which something of everything exists."""
    api.post(
        "system/callbacks",
        {"url": "https://x.example/?id=", "type": "ticket", "level": "owner", "objectId": 1},
    )
    api.post(
        "system/connectwisehostedsetups",
        {"screenId": 1, "description": "x", "url": "https://x.example", "type": "Pod"},
    )
    remote.change_status(FLAGSHIP_TICKET, ESCALATED, member=JUNIOR)
    remote.acknowledge(FLAGSHIP_TICKET, member=JUNIOR)
    number = remote.add_ticket("Laptop lid broken", JUNIOR, description="dropped it")
    remote.add_time(number, member=JUNIOR, text="ordered")
    remote.close(number, member=JUNIOR)
    return api


def test_pyconnectwise_reads_every_answer(lived_in: Api) -> None:
    for asked, _, name in ANSWERS:
        model = _model(name)
        records = _records(lived_in.get(asked), asked)
        assert records, f"{asked} answers nothing to be read"
        for record in records:
            read = model.model_validate(record)
            for field in ("id", "summary", "text", "name", "identifier"):
                if field in record and hasattr(read, field):
                    assert getattr(read, field) == record[field], f"{asked}: {field}"


def test_what_is_written_comes_back_in_the_same_shape(lived_in: Api) -> None:
    note = lived_in.note(FLAGSHIP_TICKET)
    assert note == lived_in.get(f"{ONE}/notes/{note['id']}")
    body = {"objectId": FLAGSHIP_TICKET, "type": {"identifier": "S"}, "member": {"identifier": JUNIOR}}
    entry = lived_in.post("schedule/entries", body)
    assert entry == lived_in.get(f"schedule/entries/{entry['id']}")


def test_every_answer_is_as_the_openapi_document_says(lived_in: Api) -> None:
    folder = os.environ.get("RF_OPENAPI_DIR")
    if not folder:
        pytest.skip("RF_OPENAPI_DIR is not set: ConnectWise's OpenAPI document is not part of this project")
    document = _nullable(json.loads((Path(folder) / "openapi-subset.json").read_text()))
    wrong: list[str] = []
    for asked, path, _ in ANSWERS:
        content = document["paths"][path]["get"]["responses"]["200"]["content"]
        schema = next(iter(content.values()))["schema"]
        checker = jsonschema.Draft202012Validator({**schema, "components": document["components"]})
        answer = lived_in.get(asked)
        wrong += [
            f"{asked} {error.json_path}: {error.message[:120]}"
            for error in list(checker.iter_errors(answer))[:3]
        ]
        wrong += _unknown(answer, schema, document, asked)
    assert not wrong, "\n".join(wrong[:40])


def _records(answer: Any, asked: str) -> list[dict[str, Any]]:
    rows = answer if isinstance(answer, list) else [answer]
    assert rows, f"{asked}: nothing to read"
    return rows


def _model(name: str) -> Any:
    return getattr(importlib.import_module("pyconnectwise.models.manage"), name)


def _nullable(document: dict[str, Any]) -> dict[str, Any]:
    """Allow null where OpenAPI 3.0 says nullable; everything else is read as it stands."""
    for schema in document["components"]["schemas"].values():
        for value in schema.get("properties", {}).values():
            if value.get("nullable") and "type" in value:
                value["type"] = [value["type"], "null"]
    return document


def _unknown(answer: Any, schema: dict[str, Any], document: dict[str, Any], where: str) -> list[str]:
    """Return the fields that the document does not have, at any depth."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    if isinstance(answer, list):
        inner = schema.get("items", {})
        return sorted({wrong for row in answer for wrong in _unknown(row, inner, document, where)})
    if not isinstance(answer, dict) or "properties" not in schema:
        return []
    found = [f"{where}: {name} is unknown" for name in answer if name not in schema["properties"]]
    for name, value in answer.items():
        if name in schema["properties"] and name != "_info":
            found += _unknown(value, schema["properties"][name], document, f"{where} {name}")
    return found
