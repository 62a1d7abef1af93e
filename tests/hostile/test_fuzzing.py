"""What the fuzzer calls wrong: it would notice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hostile.fuzzing import operations_of, trouble
from tests.hostile.knock import Answer

DOCUMENT = {
    "components": {"schemas": {
        "One": {"type": "object", "properties": {"id": {"type": "integer"}, "who": {"type": ["string", "null"]}}},
        "Many": {"type": "object", "properties": {"all": {"type": "array", "items": {"$ref": "#/components/schemas/One"}}}},
        "Problem": {"type": "object", "properties": {"status": {"type": "integer"}, "detail": {"type": "string"}}},
    }},
    "paths": {"/all": {"get": {"responses": {
        "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Many"}}}},
        "409": {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
    }}}},
}  # fmt: skip
PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("status", "kind", "body", "wrong"),
    [
        (200, "application/json", {"all": [{"id": 1, "who": None}]}, ""),
        (200, "application/json", {"all": [{"id": 1}, {"id": "2"}]}, "$.all[1].id"),
        (200, "application/json", {"all": {}}, "$.all"),
        (200, "text/html", {"all": []}, "as text/html"),
        (201, "application/json", {"all": []}, "not documented"),
        (409, PROBLEM, {"status": 409, "detail": "it has ended"}, ""),
        (409, PROBLEM, {"status": 409, "detail": 7}, "$.detail"),
        (409, PROBLEM, {"status": 404}, "says otherwise"),
        (404, PROBLEM, {"status": 404}, ""),
        (404, "application/json", {"status": 404}, "no problem document"),
        (422, PROBLEM, {"status": 422}, "not documented"),
        (500, PROBLEM, {"status": 500}, "answered 500"),
        (0, "", {}, "cut line"),
    ],
)
def test_an_answer_is_judged_by_the_document(status: int, kind: str, body: Any, wrong: str) -> None:
    (operation,) = operations_of(DOCUMENT)
    found = trouble(operation, Answer(status, {"content-type": kind}, json.dumps(body).encode()))
    assert wrong in found if wrong else found == ""
