"""What an answer of ConnectWise means: status and body to one error, headers to seconds and pages."""

from __future__ import annotations

import email.utils
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from psa.connectwise.schemas.decode import as_text
from psa.port import (
    Ambiguous,
    Forbidden,
    NotFound,
    NotPermitted,
    PsaError,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
)

LONGEST_FREEZE = 300.0
"""Seconds. No Retry-After may silence us for longer."""
_LONGEST_LINK = 8000
"""Characters: a server with a longer header is not read to its end."""


class ObjectExists(Refused):
    """An equal record exists already."""


class NoSuchEndpoint(Unavailable):
    """An answer that speaks of the address, not the record: codebase moved, gateway, or a version without it."""


class NoSuchVersion(Unavailable):
    """This ConnectWise does not know the version of its API that was asked for: older, or years newer. Nothing was done."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """ConnectWise's own words about a failure, whichever of its shapes they came in."""

    code: str = ""
    message: str = ""
    inner: tuple[tuple[str, str], ...] = field(default=())
    """Code and message of each entry of `errors`."""
    is_json: bool = False

    @classmethod
    def read(cls, body: bytes) -> Complaint:
        """Read an error body: the usual shape, the one of 429 (`error`, `message`), HTML or nothing."""
        try:
            parsed = json.loads(as_text(body), strict=False)
        except (ValueError, RecursionError):
            text = re.sub(r"<[^>]*>|\s+", " ", as_text(body[:2000]))
            return cls(message=" ".join(text.split())[:120])
        if not isinstance(parsed, dict):
            return cls(is_json=True)
        errors = parsed.get("errors")
        inner = tuple(
            (str(e.get("code") or ""), str(e.get("message") or ""))
            for e in (errors if isinstance(errors, list) else ())
            if isinstance(e, dict)
        )
        code = str(parsed.get("code") or parsed.get("error") or "")
        return cls(code=code, message=str(parsed.get("message") or ""), inner=inner, is_json=True)

    def __str__(self) -> str:
        said = "; ".join(p for p in (self.message, *(m for _, m in self.inner)) if p)
        return said[:300] or "no explanation given"


def error_of(
    method: str, path: str, status: int, headers: Mapping[str, str], body: bytes, *, now: datetime
) -> PsaError | None:
    """Return the error an answer stands for, or None for 2xx.

    `path` goes into the message without its query. A 2xx that is a page is none, nor words in answer to a deletion, which
    has none to say: somebody in front of ConnectWise is speaking.
    """
    page, deletes = body[:100].lstrip(_BLANK)[:1] == b"<", method == "DELETE"
    said = Complaint.read(body) if status >= 300 or page or deletes or b"SSL is required" in body[:500] else Complaint()
    lead = f"{method} {path}: {status}"
    if said.code == "Security" and "SSL is required" in said.message:
        text = (
            f"{lead} {said}: the API host was not accepted; check the account's site (cloud sites use api-…)"
        )
        return Unauthorized(text, status=status)
    write, once = method != "GET", method not in ("GET", "DELETE")
    words = bool(body.strip()) and (not said.is_json or bool(said.message))
    if 200 <= status < 300 and not (words if deletes else page and not write):
        return None
    # A date in it is by the clock of whoever answers, which ours may be minutes ahead of.
    pause = retry_after(headers.get("Retry-After"), now=http_date(headers.get("Date")) or now)
    if status == 429:
        return Throttled(f"{lead} {said}", status=status, retry_after=pause)
    if status < 500 and _VERSION.search(said.message):
        return NoSuchVersion(f"{lead} {said}", status=status)
    if status in (404, 410) or (status < 500 and _ASTRAY.search(said.message)) or (status < 400 and not once):
        return _not_found(lead, said, status)
    if 400 <= status < 500 and status != 408:
        return _client_error(lead, status, said)
    if write:
        return Ambiguous(
            f"{lead} {said}: unknown whether it was carried out", status=status, retry_after=pause
        )
    return Unavailable(f"{lead} {said}", status=status, retry_after=pause)


_BLANK = b"\xef\xbb\xbf \t\r\n"
_VERSION = re.compile(r"(?i)\bAPI version\b")
_ASTRAY = re.compile(r"(?i)\bcannot route\b")
"""What the gateway says, with any status, of a codebase that is none any more (public code)."""


def _not_found(lead: str, said: Complaint, status: int) -> PsaError:
    """Tell a missing record from a missing endpoint: only `code: NotFound` speaks of the record.

    After a release the old codebase answers as it likes: not found, a redirect, the page people log in on.
    """
    if said.code == "NotFound":
        return NotFound(f"{lead} {said}", status=status)
    return NoSuchEndpoint(
        f"{lead} {said}: not a statement about the record; codebase moved, wrong keys or a gateway", status=status
    )


def _client_error(lead: str, status: int, said: Complaint) -> PsaError:
    if status == 401:
        return Unauthorized(
            f"{lead} {said}: check the API keys, the client id and the company", status=status
        )
    if status == 403:
        who = "the API member's security role" if said.is_json else "a gateway in front of ConnectWise"
        return Forbidden(f"{lead} {said}: not allowed by {who}", status=status)
    if any(code == "ObjectExists" for code, _ in (*said.inner, (said.code, ""))):
        return ObjectExists(f"{lead} {said}", status=status)
    return Refused(f"{lead} {said}", status=status)


def retry_after(value: str | None, *, now: datetime) -> float | None:
    """Return the seconds a Retry-After header asks for (seconds or HTTP date), capped; None for nonsense."""
    if not value:
        return None
    text = value.strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        return min(float(text), LONGEST_FREEZE)
    moment = _dated(text)
    return None if moment is None else min(max((moment - now).total_seconds(), 0.0), LONGEST_FREEZE)


def http_date(value: str | None) -> datetime | None:
    """Return a Date header's moment in UTC; None where there is none, or one at an end of the calendar."""
    moment = _dated(value) if value else None
    return moment if moment and 1 < moment.year < 9999 else None


def _dated(text: str) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment


def next_page(link: str | None, *, page: int, rows: int, size: int) -> int | None:
    """Return the next page's number, or None at the end.

    The Link header decides; without one a short page ends it.
    """
    if rows == 0:
        return None
    if not link:
        return page + 1 if rows >= size else None
    for target, params in re.findall(r"<([^<>]*)>((?:\s*;\s*[\w-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,]+))*)", link[:_LONGEST_LINK]):
        rel = re.search(r"(?i)\brel\s*=\s*\"?([^\";,]+)", params)
        if rel and "next" in rel.group(1).lower().split():
            number = parse_qs(target.partition("?")[2].partition("#")[0]).get("page", [""])[0]
            following = int(number) if re.fullmatch(r"[0-9]{1,9}", number) else page + 1
            return following if following > page else None
    return None


_NUMBER = r"[1-9]\d*"
_NOTE_FLAGS = {
    "internalAnalysisFlag": True,
    "detailDescriptionFlag": False,
    "resolutionFlag": False,
    "processNotifications": False,
}


def internal_note(text: str) -> dict[str, Any]:
    """Return the body of a note that only the MSP can see and nobody is mailed about.

    The one place that builds it.
    """
    return {"text": text, **_NOTE_FLAGS}


def resolution_note(text: str) -> dict[str, Any]:
    """Return the body of a note that stands in the ticket's resolution and nowhere else, and that nobody is mailed about."""
    return {"text": text, **_NOTE_FLAGS, "internalAnalysisFlag": False, "resolutionFlag": True}


def replacing(path: str, value: Any) -> list[dict[str, Any]]:
    """Return a PATCH body that replaces one field whole.

    A nested path may be ignored with a 200 (developer guide).
    """
    return [{"op": "replace", "path": path, "value": value}]


def _is_note(body: Any) -> bool:
    text = body.get("text", "") if isinstance(body, dict) else ""
    return body in (internal_note(text), resolution_note(text))


def _replaces(*fields: str) -> Any:
    def check(body: Any) -> bool:
        return (
            isinstance(body, list)
            and bool(body)
            and all(op.get("op") == "replace" and op.get("path") in fields for op in body)
        )

    return check


def _anything(body: Any) -> bool:  # noqa: ARG001
    return True


_TICKET = rf"/(?:service|project)/tickets/{_NUMBER}"
_WRITES: tuple[tuple[str, str, Any], ...] = (
    ("POST", rf"{_TICKET}/notes", _is_note),
    ("PATCH", rf"{_TICKET}/notes/{_NUMBER}", _replaces("text")),
    ("DELETE", rf"{_TICKET}/notes/{_NUMBER}", _anything),
    ("PATCH", _TICKET, _replaces("owner")),
    ("POST", r"/system/callbacks", _anything),
    ("PATCH", rf"/system/callbacks/{_NUMBER}", _replaces("inactiveFlag", "url", "description")),
    ("DELETE", rf"/system/callbacks/{_NUMBER}", _anything),
    ("POST", r"/system/connectwisehostedsetups", _anything),
    (
        "PATCH",
        rf"/system/connectwisehostedsetups/{_NUMBER}",
        _replaces("url", "origin", "disabledFlag", "podHeight"),
    ),
    ("DELETE", rf"/system/connectwisehostedsetups/{_NUMBER}", _anything),
)


def check_permitted(method: str, path: str, body: Any, statuses: Collection[int] = ()) -> None:
    """Raise `NotPermitted` unless it is a read or one of the few writes the product makes.

    `path` is below /apis/3.0; `statuses` are those that a ticket may be set to, its account's escalation statuses.
    """
    if method == "GET":
        return
    to_status = [replacing("status", {"id": status}) for status in statuses]
    if method == "PATCH" and re.fullmatch(rf"/service/tickets/{_NUMBER}", path) and body in to_status:
        return
    for allowed, pattern, content in _WRITES:
        if method == allowed and re.fullmatch(pattern, path) and content(body):
            return
    raise NotPermitted(f"{method} {path}: not on the list of permitted writes; nothing was sent")
