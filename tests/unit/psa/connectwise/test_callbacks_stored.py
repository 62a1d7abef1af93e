"""What is stored of a checked callback: enough to be read again, nothing a customer wrote."""

from __future__ import annotations

import json

from psa.connectwise.callbacks import parse, without_details


def _raw(entity: object) -> bytes:
    return json.dumps(
        {
            "MessageId": "6dd8", "CompanyId": "northgate", "MemberId": "jlind", "Action": "updated", "Type": "ticket",
            "ID": 48213, "Entity": entity, "Metadata": {"key_url": "https://na.myconnectwise.net/x"},
        }
    ).encode()  # fmt: skip


def test_it_reads_the_same_and_says_nothing_more() -> None:
    entity = {
        "id": 48213, "summary": "password is Tidewater!4471", "board": {"id": 1, "name": "Help Desk"},
        "status": {"id": 11, "name": "Escalated"}, "closedFlag": False,
        "_info": {"lastUpdated": "2026-03-06T15:55:00Z", "updatedBy": "jlind"},
    }  # fmt: skip
    raw = _raw(json.dumps(entity))
    kept = without_details(raw)
    assert b"Tidewater" not in kept
    assert parse(kept) == parse(raw)


def test_a_deleted_record_and_a_broken_one_have_nothing_to_keep() -> None:
    for entity in (None, "{broken"):
        assert parse(without_details(_raw(entity))).hint is None
