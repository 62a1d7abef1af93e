"""Answers as rows: the page at once when all is well, else record by record and field by field.

Kinds of odd values and the fields they go into are in `tests/hostile/odd_values.py`; here is what becomes of them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from escalation.evidence import Roster
from psa.connectwise.schemas import decode
from psa.connectwise.schemas.note import NoteRow, TimeRow
from psa.connectwise.schemas.row import Ref, Row, fields_of, gaps_of, unread, when
from psa.connectwise.schemas.ticket import NoTicket, ScheduleRow, TicketRow
from tests.hostile.odd_values import ROWS, VALUES, Odd, Place, places

GOOD: dict[str, Any] = {
    "id": 7,
    "summary": "Label printer jams",
    "board": {"id": 1, "name": "Desk"},
    "status": {"id": 3, "name": "Tier 2"},
    "_info": {"lastUpdated": "2026-03-06T15:00:00Z", "updatedBy": "jlind"},
}


def _tickets(*records: Any) -> list[TicketRow]:
    return decode.records(json.dumps(records).encode(), TicketRow)


def _page(place: Place, values: Iterable[Odd]) -> bytes:
    """Return a list of records, one for each value with that put into it, and one without any before each and at the end."""
    odd: Any = {"id": 5}
    outer, _, inner = place.name.partition(".")
    if place.name:
        odd[outer] = {inner: "@@"} if inner else "@@"
    else:
        odd = "@@"
    record = json.dumps(odd)
    among = [part for value in values for part in ('{"id": 4}', record.replace('"@@"', value.raw))]
    return f"[{', '.join(among)}, {json.dumps({'id': 6})}]".encode()


def _fits(place: Place, value: Odd) -> bool:
    """Whether a value can be read there, or plainly says none."""
    return place.kind in value.fits if place.name else value.label in ("record", "empty record", "deep records")


ENDPOINTS = list({shape: name for name, shape in ROWS.items() if issubclass(shape[0], Row)}.values())
"""One of those that are read into the same row, of the same record."""
EACH = [pytest.param(name, marks=() if "ticket" in name else pytest.mark.storm) for name in ENDPOINTS]
"""Tickets in each run, since all else hangs on them; the others go with the storms."""


@pytest.mark.parametrize("endpoint", EACH)
def test_every_odd_value_in_every_field_costs_no_other_record_and_is_named(endpoint: str) -> None:
    """Those that have a page read in the same way share one: at once, record by record, or as a tree."""
    shape = ROWS[endpoint][0]
    for place in places(endpoint):
        pages: dict[tuple[bool, ...], list[Odd]] = {}
        for odd in VALUES:
            if len(odd.raw) < 100_000:
                alone = _page(place, [odd])
                way = tuple(decode._at_once(alone, list[kind]) is None for kind in (shape, msgspec.Raw))
                pages.setdefault(way, []).append(odd)
        for page in pages.values():
            *rows, last = decode.records(_page(place, page), shape)
            assert (last.id, len(rows)) == (6, 2 * len(page)), f"{place}: {[odd.label for odd in page]}"
            for before, row, odd in zip(rows[::2], rows[1::2], page, strict=True):
                assert (before.id, before.odd) == (4, ()), f"{place}: {odd.label}"
                named, fits = any(name == place.name or name.startswith(f"{place.name}.") for name in row.odd), _fits(place, odd)
                assert named or fits, f"{place}: {odd.label} is not named"
                # A date at .NET's limits is none, and may be named or not.
                assert not (named and fits) or place.kind == "date", f"{place}: {odd.label} is read, and named"


def test_numbers_as_text_and_text_as_numbers_are_read() -> None:
    (row,) = _tickets({**GOOD, "id": "7", "summary": 404, "closedFlag": "True", "parentTicketId": "", "severity": 2.0})
    assert (row.id, row.summary, row.closed_flag, row.parent_ticket_id, row.severity) == (7, "404", True, None, "2.0")
    assert row.odd == ()


def test_an_acknowledgement_without_a_date_is_of_when_its_member_saved_it() -> None:
    """Servers of before have the flag alone; what a dispatcher saves later, or the end of it, says nothing of when."""
    saved, dated = "2026-03-06T15:00:00Z", "2026-03-06T14:00:00Z"
    for more, by, at in (
        ({"acknowledgedFlag": True}, "MSvensson", saved), ({"acknowledgedFlag": True}, "dispatch", None),
        ({"acknowledgedFlag": False}, "msvensson", None), ({}, "msvensson", None), ({"acknowledgedFlag": True}, None, None),
        ({"acknowledgedFlag": True, "acknowledgedDate": dated}, "dispatch", dated),
        ({"acknowledgedFlag": True, "doneFlag": True}, "msvensson", None),
    ):  # fmt: skip
        info = {"lastUpdated": saved, "updatedBy": by}
        entry = {"id": 1, "objectId": 7, "member": {"identifier": "msvensson"}, **more, "_info": info}
        (row,) = decode.records(json.dumps([entry]).encode(), ScheduleRow)
        assert row.schedule_entry().acknowledged_at == (datetime.fromisoformat(at) if at else None), (more, by)


def test_a_reference_keeps_what_of_it_can_be_read() -> None:
    (row,) = _tickets({**GOOD, "status": {"id": 3, "name": ["Tier 2"]}, "board": ""})
    ticket = row.ticket()
    assert (ticket.status_id, ticket.status, ticket.board_id) == (3, "", 0)
    assert ticket.unread == "its status could not be read"


@pytest.mark.parametrize("odd", [{"id": -1}, {"id": 7.5}, {"status": "Tier 2"}, {"status": {"id": []}}])
def test_a_record_without_number_or_status_is_no_ticket(odd: dict[str, Any]) -> None:
    good, bad = _tickets(GOOD, {**GOOD, **odd})
    assert good.ticket().id == 7
    with pytest.raises(NoTicket):
        bad.ticket()


@pytest.mark.parametrize("body", [b"", b"<html>", b'[{"id": 1}', b'{"id": 1}', b"null", b"\xff\xfe\x00"])
def test_what_is_no_list_is_unusable_in_plain_words(body: bytes) -> None:
    with pytest.raises(decode.Unusable, match=r"^not (JSON|a list)$"):
        decode.records(body, TicketRow)


def test_texts_hold_neither_nul_nor_half_characters_but_whole_ones() -> None:
    body = b'[{"id": 1, "text": "a\\u0000b \\ud83d\\ude00 \\ud83d", "member": {"name": "x\\u0000"}}]'
    (row,) = decode.records(body, NoteRow)
    note = row.note(Roster())
    assert (note.text, note.author.name) == ("ab \N{GRINNING FACE} \N{REPLACEMENT CHARACTER}", "x")


def test_broken_utf8_byte_order_mark_and_bare_controls_cost_nothing_else() -> None:
    body = b'\xef\xbb\xbf[{"id": 1, "text": "caf\xe9\x01"}, {"id": 2, "text": "ok"}]'
    assert [(row.id, row.text) for row in decode.records(body, NoteRow)] == [(1, "caf\N{REPLACEMENT CHARACTER}\x01"), (2, "ok")]


@pytest.mark.parametrize("offset", [-12, -5, 0, 5.75, 14])
@pytest.mark.parametrize("year", [1, 1753, 1899, 1900, 1970, 2200, 9999])
def test_a_date_that_cannot_be_meant_is_none_in_every_zone(year: int, offset: float) -> None:
    for day in ((1, 1), (12, 31)):
        moment = datetime(year, *day, 23, 59, 59, tzinfo=timezone(timedelta(hours=offset)))
        assert when(moment) is None
        assert when(moment.isoformat()) is None
    assert when(datetime(2026, 3, 6, 12, tzinfo=timezone(timedelta(hours=offset)))) is not None


def test_a_stamp_in_the_future_is_none_but_a_plan_stays() -> None:
    body = b'[{"id": 1, "timeStart": "2150-01-01T00:00:00Z", "_info": {"dateEntered": "2150-01-01T00:00:00Z"}}]'
    (row,) = decode.records(body, TimeRow, latest=datetime(2026, 3, 6, tzinfo=UTC))
    entry = row.time_entry(Roster())
    assert (entry.entered_at, entry.started_at) == (None, datetime(2150, 1, 1, tzinfo=UTC))
    assert row.odd == ("_info.dateEntered",)


@pytest.mark.parametrize(("by", "told"), [("maja", None), (" Maja ", None), ("flowbot", "flowbot"), ("", None), (None, None)])
def test_who_entered_time_or_edited_a_note_is_told_where_it_is_not_its_author(by: str | None, told: str | None) -> None:
    member = {"id": 2, "identifier": "maja", "name": "Maja"}
    times = [{"id": 1, "member": member, "enteredBy": by}, {"id": 2, "member": member, "_info": {"enteredBy": by}}]
    rows = decode.records(json.dumps(times).encode(), TimeRow)
    assert [row.time_entry(Roster()).entered_by for row in rows] == [told, told]
    notes = [{"id": 3, "member": member, "_info": {"updatedBy": by}}, {"id": 4, "contact": {"id": 9}, "_info": {"updatedBy": by}}]
    assert [row.note(Roster()).edited_by for row in decode.records(json.dumps(notes).encode(), NoteRow)] == [told, None]


def test_a_note_whose_flags_cannot_be_read_is_not_taken_for_internal() -> None:
    body = b'[{"id": 1, "internalAnalysisFlag": true, "detailDescriptionFlag": "perhaps"}]'
    (row,) = decode.records(body, NoteRow)
    assert not row.flags_known
    assert not row.internal


def test_gaps_name_a_few_records_and_count_the_rest() -> None:
    rows = decode.records(json.dumps([{"id": n, "timeStart": "soon", "notes": []} for n in range(1, 9)] + [5]).encode(), TimeRow)
    gaps = gaps_of("time entry", rows)
    assert (gaps[0].source, gaps[0].reason) == ("time entry 1", "its start time and notes could not be read")
    assert (len(gaps), gaps[-1].source) == (6, "time entry: 4 more")
    assert unread(rows[-1].odd) == "could not be read"
    assert max(len(gap.reason) for gap in gaps) <= 100


def test_one_odd_record_costs_a_page_little() -> None:
    """A full page with one odd value is read in well under a second on a busy machine; measured it is three times slower."""
    page = json.dumps([{**GOOD, "id": n} for n in range(1, 1000)] + [{**GOOD, "severity": []}]).encode()
    began = time.process_time()
    rows = decode.records(page, TicketRow)
    assert time.process_time() - began < 1
    assert sum(bool(row.odd) for row in rows) == 1


def test_what_is_asked_for_is_what_a_row_reads() -> None:
    assert {"id", "_info", "summary", "status"} <= set(fields_of(TicketRow).split(","))


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("R&amp;D printer", "R&D printer"),
        ("Can&#39;t log in", "Can't log in"), ("&lt;2nd floor&gt; &quot;down&quot;", '<2nd floor> "down"'),
        ("a&nbsp;b", "a b"), ("a&#x0A;Bcc: x", "a Bcc: x"), ("AT&T &notify &copy", "AT&T &notify &copy"), ("&amp;lt;", "&lt;"),
        ("Smith & Sons", "Smith & Sons"), ("&#xD800;", "\ufffd"), ("&bogus;", "&bogus;"), ("", ""), ("  kept  ", "  kept  "),
    ],
)  # fmt: skip
def test_a_summary_is_read_as_its_reader_sees_it(stored: str, read: str) -> None:
    (row,) = _tickets({**GOOD, "summary": stored, "company": {"id": 4, "name": stored or "x"}})
    assert row.ticket().summary == read
    assert row.ticket().company == (read or "x")


NOTHING: list[dict[str, Any]] = [
    {}, {"id": 0}, {"id": None}, {"id": 0, "name": "", "identifier": " "}, {"id": "0", "name": None, "_info": {}}, {"id": ""},
]  # fmt: skip
"""What programs write for a reference to nothing."""


@pytest.mark.parametrize("nothing", NOTHING)
@pytest.mark.parametrize("odd", [{}, {"severity": []}])
@pytest.mark.parametrize("shape", [row for row, _ in ROWS.values() if issubclass(row, Row)])
def test_a_reference_to_nothing_is_none(shape: type[Row], nothing: dict[str, Any], odd: dict[str, Any]) -> None:
    """A ticket merged into number 0 has ended, and an owner without a name is somebody else's claim."""
    names = [f.encode_name for f in msgspec.structs.fields(shape) if Ref in decode._kinds(f.type)]
    (row,) = decode.records(json.dumps([{"id": 5, **dict.fromkeys(names, nothing), **odd}]).encode(), shape)
    assert [f.name for f in msgspec.structs.fields(shape) if isinstance(getattr(row, f.name), Ref)] == []


@pytest.mark.parametrize("parent", [*NOTHING, {"id": 0, "summary": "none"}, {"id": 9}])
def test_a_ticket_is_merged_into_another_one_alone(parent: dict[str, Any]) -> None:
    company = {"id": 0, "name": "Harbour Dental"}
    (row,) = _tickets({"id": 9, "status": {"id": 3}, "mergedParentTicket": parent, "company": company})
    assert (row.ticket().merged_into, row.ticket().company_id, row.ticket().company) == (None, None, "Harbour Dental")


@pytest.mark.parametrize("text", ["Café Müller, Straße 5", "Łódź – “now”", "no accents"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "cp1250"])
def test_a_body_in_another_encoding_is_read_whatever_its_header_says(encoding: str, text: str) -> None:
    try:
        body = json.dumps([{"id": 1, "text": text}, {"id": 2, "text": "ok"}], ensure_ascii=False).encode(encoding)
    except UnicodeEncodeError:
        return
    first, second = decode.records(body, NoteRow)
    assert (second.text, first.id) == ("ok", 1)
    unsure = encoding == "cp1250" and "\ufffd" not in (first.text or "")  # which of Windows' sets it is nobody knows
    assert first.text == text or unsure


def test_a_broken_letter_among_whole_ones_costs_itself() -> None:
    (row,) = decode.records('[{"id": 1, "text": "Müller caf@"}]'.encode().replace(b"@", b"\xe9"), NoteRow)
    assert row.text == "Müller caf\N{REPLACEMENT CHARACTER}"
