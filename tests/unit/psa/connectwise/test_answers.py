"""Each odd answer of ConnectWise becomes one error that says what a caller can do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from psa.connectwise.answers import (
    NoSuchEndpoint,
    NoSuchVersion,
    ObjectExists,
    check_permitted,
    error_of,
    http_date,
    internal_note,
    next_page,
    replacing,
    resolution_note,
    retry_after,
)
from psa.connectwise.conditions import any_of, at, chunks
from psa.port import (
    Ambiguous,
    Forbidden,
    NotFound,
    NotPermitted,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
)

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HTML = b"<html><body><h1>Bad gateway</h1>cloudflare</body></html>"


def said(code: str, message: str, errors: Any = None) -> bytes:
    return json.dumps({"code": code, "message": message, "errors": errors}).encode()


@pytest.mark.parametrize(
    ("status", "body", "for_read", "for_write"),
    [
        (400, said("InvalidObject", "x", None), Refused, Refused),
        (400, said("InvalidObject", "x", []), Refused, Refused),
        (400, said("InvalidObject", "x", [None, "y", {"code": None}]), Refused, Refused),
        (400, said("InvalidObject", "x", [{"code": "ObjectExists"}]), ObjectExists, ObjectExists),
        (400, said("ObjectExists", "x"), ObjectExists, ObjectExists),
        (400, b"", Refused, Refused),
        (401, b'{"message":null}', Unauthorized, Unauthorized),
        (400, said("Security", "SSL is required."), Unauthorized, Unauthorized),
        (200, said("Security", "SSL is required."), Unauthorized, Unauthorized),
        (403, said("Security", "You do not have access"), Forbidden, Forbidden),
        (403, HTML, Forbidden, Forbidden),
        (404, said("NotFound", "Ticket 5 not found"), NotFound, NotFound),
        (404, b'{"code":"NotFound","message":"Contact 1 not found"}', NotFound, NotFound),
        (404, said("ConnectWiseApi", "The endpoint does not exist."), NoSuchEndpoint, NoSuchEndpoint),
        (404, HTML, NoSuchEndpoint, NoSuchEndpoint),
        (404, b"", NoSuchEndpoint, NoSuchEndpoint),
        (405, b"", Refused, Refused),
        (409, said("Conflict", "x"), Refused, Refused),
        (415, b"", Refused, Refused),
        (408, b"", Unavailable, Ambiguous),
        (429, b'{"error":"ConnectWiseAPI","message":"Too many requests."}', Throttled, Throttled),
        (429, HTML, Throttled, Throttled),
        (500, said("InternalServerError", "timeout"), Unavailable, Ambiguous),
        (502, HTML, Unavailable, Ambiguous),
        (503, HTML, Unavailable, Ambiguous),
        (504, b"[1]", Unavailable, Ambiguous),
        (301, b"", NoSuchEndpoint, Ambiguous),
        (200, HTML, NoSuchEndpoint, type(None)),
        (400, b"Cannot route. Codebase/company is invalid.", NoSuchEndpoint, NoSuchEndpoint),
        (401, said("ConnectWiseApi", "Cannot route."), NoSuchEndpoint, NoSuchEndpoint),
        (410, b"", NoSuchEndpoint, NoSuchEndpoint),
        (410, said("NotFound", "Ticket 5 not found"), NotFound, NotFound),
        (400, said("ConnectWiseApi", "x does not support the API version '2025.16'."), NoSuchVersion, NoSuchVersion),
    ],
)
def test_status_and_body_to_error(status: int, body: bytes, for_read: type, for_write: type) -> None:
    read = error_of("GET", "/service/tickets/5", status, {}, body, now=NOW)
    write = error_of("POST", "/service/tickets/5/notes", status, {}, body, now=NOW)
    assert (type(read), type(write)) == (for_read, for_write)
    assert str(read).startswith(f"GET /service/tickets/5: {status}")
    assert "<" not in str(read)


@pytest.mark.parametrize("status", [200, 201, 204])
def test_success_is_no_error(status: int) -> None:
    assert error_of("POST", "/x", status, {}, b"", now=NOW) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("86400", 300.0),
        ("Mon, 01 Jun 2026 12:00:20 GMT", 20.0),
        ("Mon, 01 Jun 2026 11:00:00 GMT", 0.0),
        ("Tue, 01 Jun 2027 12:00:00 GMT", 300.0),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("99999999999999", None),
        ("", None),
        (None, None),
        ("Mon, 99 Foo 2026", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, now=NOW) == seconds
    error = error_of("GET", "/x", 429, {"Retry-After": header} if header else {}, b"", now=NOW)
    assert isinstance(error, Throttled)
    assert error.retry_after == seconds


@pytest.mark.parametrize("ahead_s", [-3600, -300, -30, 0, 30, 300, 3600])
def test_a_dated_retry_after_is_by_the_clock_of_whoever_answers(ahead_s: int) -> None:
    theirs = NOW + timedelta(seconds=ahead_s)
    until = format_datetime(theirs + timedelta(seconds=40), usegmt=True)
    headers = {"Retry-After": until, "Date": format_datetime(theirs, usegmt=True)}
    error = error_of("GET", "/x", 429, headers, b"", now=NOW)
    assert isinstance(error, Throttled)
    assert error.retry_after == 40


API = "https://api-na.myconnectwise.net/v2026_1/apis/3.0/service/tickets"


@pytest.mark.parametrize(
    ("link", "rows", "expected"),
    [
        (f'<{API}?pageSize=1000&page=2>; rel="next", <{API}?pageSize=1000&page=9>; rel="last"', 1000, 2),
        (f'<{API}?page=2&pageSize=1000&conditions=a,b>; rel="next"', 1000, 2),
        (f'<{API}?page=9>; rel="last", <{API}?page=2>; title="x"; rel=next', 1000, 2),
        (f'<{API}?page=2>;rel="last next"', 3, 2),
        (f'<{API}?page=1>; rel="first"', 1000, None),
        (f'<{API}?pageId=77>; rel="next"', 1000, 2),
        (f'<{API}?page=1>; rel="next"', 1000, None),
        (f'<{API}?page=2>; rel="next"', 0, None),
        ("nonsense", 1000, None),
        (None, 1000, 2),
        (None, 999, None),
        ("", 0, None),
    ],
)
def test_next_page(link: str | None, rows: int, expected: int | None) -> None:
    assert next_page(link, page=1, rows=rows, size=1000) == expected


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/service/tickets/5/notes", internal_note("x")),
        ("POST", "/service/tickets/5/notes", resolution_note("x")),
        ("PATCH", "/service/tickets/5/notes/6", replacing("text", "x")),
        ("DELETE", "/service/tickets/5/notes/6", None),
        ("PATCH", "/service/tickets/5", replacing("owner", {"id": 4})),
        ("POST", "/project/tickets/5/notes", internal_note("x")),
        ("PATCH", "/project/tickets/5/notes/6", replacing("text", "x")),
        ("DELETE", "/project/tickets/5/notes/6", None),
        ("PATCH", "/project/tickets/5", replacing("owner", {"id": 4})),
        ("POST", "/system/callbacks", {"url": "x"}),
        ("PATCH", "/system/callbacks/6", replacing("inactiveFlag", False)),
        ("DELETE", "/system/callbacks/6", None),
        ("POST", "/system/connectwisehostedsetups", {}),
        ("GET", "/anything/at/all", None),
    ],
)
def test_permitted(method: str, path: str, body: Any) -> None:
    check_permitted(method, path, body)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/service/tickets/5/notes", {**internal_note("x"), "detailDescriptionFlag": True}),
        ("POST", "/service/tickets/5/notes", {**internal_note("x"), "resolutionFlag": True}),
        ("POST", "/service/tickets/5/notes", {**resolution_note("x"), "detailDescriptionFlag": True}),
        ("POST", "/service/tickets/5/notes", {**resolution_note("x"), "processNotifications": True}),
        ("POST", "/service/tickets/5/notes", {**resolution_note("x"), "member": {"id": 5}}),
        ("PATCH", "/service/tickets/5/notes/7", replacing("resolutionFlag", True)),
        ("POST", "/service/tickets/5/notes", {**internal_note("x"), "internalAnalysisFlag": False}),
        ("POST", "/service/tickets/5/notes", {**internal_note("x"), "processNotifications": True}),
        ("POST", "/service/tickets/5/notes", {**internal_note("x"), "customerUpdatedFlag": True}),
        ("POST", "/service/tickets/5/notes", {"text": "x"}),
        ("POST", "/service/tickets/5/notes", None),
        ("PATCH", "/service/tickets/5/notes/6", replacing("detailDescriptionFlag", True)),
        ("PATCH", "/service/tickets/5/notes/6", []),
        ("PATCH", "/service/tickets/5/notes/6", [{"op": "remove", "path": "text"}]),
        ("PATCH", "/service/tickets/5", replacing("status", {"id": 4})),
        ("PATCH", "/service/tickets/5", [*replacing("owner", {"id": 4}), *replacing("summary", "x")]),
        ("PUT", "/service/tickets/5", {}),
        ("DELETE", "/service/tickets/5", None),
        ("DELETE", "/service/tickets/5/notes", None),
        ("DELETE", "/service/tickets/5/notes/6/../7", None),
        ("POST", "/service/tickets", {}),
        ("POST", "/service/tickets/0/notes", internal_note("x")),
        ("POST", "/service/tickets/5/notes/", internal_note("x")),
        ("POST", "/x/service/tickets/5/notes", internal_note("x")),
        ("POST", "/time/entries", {}),
        ("POST", "/system/members/jo/tokens", {}),
        ("post", "/system/callbacks", {}),
        ("HEAD", "/service/tickets/5", None),
    ],
)
def test_everything_else_is_stopped(method: str, path: str, body: Any) -> None:
    with pytest.raises(NotPermitted):
        check_permitted(method, path, body)


STATUS = replacing("status", {"id": 4})


def test_a_ticket_may_be_set_to_the_accounts_escalation_statuses_and_to_no_other() -> None:
    check_permitted("PATCH", "/service/tickets/5", STATUS, {4, 9})
    others: list[tuple[str, str, Any]] = [
        ("PATCH", "/service/tickets/5", replacing("status", value))
        for value in ({"id": 5}, {"id": "4"}, {"id": 4, "name": "Closed"}, {"name": "Escalated"}, 4, None, {})
    ]
    others += [
        ("PATCH", "/service/tickets/5", [*STATUS, *replacing("owner", {"id": 4})]), ("PATCH", "/service/tickets/5", STATUS * 2),
        ("PATCH", "/service/tickets/5", [{**STATUS[0], "op": "add"}]), ("PATCH", "/service/tickets/5", STATUS[0]),
        ("PATCH", "/service/tickets/5/notes/6", STATUS), ("PATCH", "/service/tickets/0", STATUS),
        ("PUT", "/service/tickets/5", STATUS),
        ("PATCH", "/service/tickets/5/status", STATUS), ("PATCH", "/project/tickets/5", STATUS),
    ]  # fmt: skip
    for method, path, body in others:
        with pytest.raises(NotPermitted):
            check_permitted(method, path, body, {4, 9})


def test_a_moment_is_written_in_utc_and_whole_seconds() -> None:
    assert at(datetime(2026, 8, 20, 18, 4, 26, 999, tzinfo=UTC)) == "[2026-08-20T18:04:26Z]"
    with pytest.raises(ValueError, match="aware"):
        at(datetime(2026, 8, 20))  # noqa: DTZ001 - that is the point
    assert any_of("board/id", [3, 2]) == "board/id in (3,2)"
    assert [list(c) for c in chunks([1, 2, 1, 3], 2)] == [[1, 2], [3]]


HEADERS = (
    "", " ", "soon", "rand(30)", "-5", "1e9", "0.493", "9" * 5000, "\u0661\u0662", "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -0500", "Mon, 01 Jan 0001 00:00:00 +0500", "Wed, 21 Oct 99999999999999999999 07:28:00 GMT",
    "Wed, 21 Oct 2026 99:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 +99999999999", "Wed, 21 Oct 2026 07:28:00 +2400",
    *(f'<https://h/t?page={number}>; rel="next"' for number in ("9" * 5000, "\u0662", "-1", "x", "", "1e3", "2.5")),
    '<https://[half?page=2>; rel="next"', '<https://h:99999999/t?page=2>; rel="next"', ", ".join(["<" + "a" * 50] * 3000),
    "<a>" + ";a=b" * 20_000 + "!", '<a>;rel="next', "<>;rel=next", "\0", "\udc80",
)  # fmt: skip
BODIES = (
    b"[" * 100_000, b'{"code":' * 5000, b'{"message": ' + b"1" * 5000 + b"}", b"\xff\xfe{", b"<" * 200_000,
    b'{"errors":[{"code":{"a":1}}],"code":[],"message":7}', '{"message":"x"}'.encode("utf-16"), b"null", b'"x"', b"\0",
)  # fmt: skip
"""What proxies, gateways and half-written servers put where a number, a date, an address or an explanation belongs."""


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 408, 429, 500, 503])
def test_no_header_and_no_body_of_an_answer_raises_anything_of_a_library(status: int) -> None:
    for header in HEADERS:
        for name in ("Retry-After", "Date", "Link"):
            error_of("GET", "/x", status, {name: header}, b"", now=NOW)
        pause = retry_after(header, now=NOW)
        assert pause is None or 0 <= pause <= 300
        date = http_date(header)
        assert date is None or 1 < date.year < 9999  # a day may be added to it, and any zone's offset
        following = next_page(header, page=1, rows=1000, size=1000)
        assert following is None or 1 < following < 10**9
    for body in BODIES:
        for method in ("GET", "POST"):
            error = error_of(method, "/x", status, {}, body, now=NOW)
            page = method == "GET" and body.startswith(b"<")
            assert (error is None) == (status == 200 and not page)
