"""Readings as people write them: times at a clock change, and CSV files as spreadsheets save them."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from worker.figures.stopwatch import BadFile, BadReading, Sheet, moment, reading, sheet

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOGINS = {"jlind": "JLind", "mbaker": "mbaker"}
GOOD = {"ticket": "#48213", "technician": "jlind", "opened": "2026-11-02T09:14", "acted": "2026-11-02T09:21"}


def _refused(**changes: str) -> BadReading:
    with pytest.raises(BadReading) as caught:
        reading(GOOD | changes, zone=LONDON, logins=LOGINS, now=NOW, long_too=False)
    return caught.value


def _sheet(tmp_path: Path, content: str | bytes) -> Sheet:
    file = tmp_path / "readings.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return sheet(file, zone=LONDON, logins=LOGINS, now=NOW)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-07-02T09:14", "2026-07-02T08:14"),
        ("2026-11-02 09:14:30", "2026-11-02T09:14:30"),
        ("2026-07-02T09:14Z", "2026-07-02T09:14"),
        ("2026-07-02T09:14+02:00", "2026-07-02T07:14"),
        ("2026-10-25T01:30+01:00", "2026-10-25T00:30"),
    ],
)
def test_a_time_is_the_accounts_own_unless_it_says_otherwise(written: str, utc: str) -> None:
    assert moment(written, "opened", LONDON) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("2026-10-25T01:30", "happened twice in Europe/London, the clocks went back: write 2026-10-25T01:30+01:00 or"),
        ("2026-03-29T01:30", "does not exist in Europe/London: the clocks went forward"),
        ("02/11/2026 09:14", "is no time; write 2026-11-02T09:14"),
        ("2026-11-02", "has no time of day"),
    ],
)
def test_a_time_that_could_be_another_is_refused(written: str, says: str) -> None:
    with pytest.raises(BadReading) as caught:
        moment(written, "opened", LONDON)
    assert says in str(caught.value)
    assert caught.value.column == "opened"


def test_a_reading_is_what_was_written_under_the_members_own_login() -> None:
    found = reading(GOOD, zone=LONDON, logins=LOGINS, now=NOW, long_too=False)
    assert (found.reference, found.technician, found.domain) == ("48213", "JLind", None)
    assert (found.acted_at - found.opened_at).total_seconds() == 7 * 60


def test_what_cannot_be_is_refused_with_what_to_do() -> None:
    assert "are the two swapped" in str(_refused(acted="2026-11-02T09:00"))
    assert "lies in the future" in str(_refused(opened="2026-12-02T09:14", acted="2026-12-02T09:21"))
    assert "8.8 h after" in str(_refused(acted="2026-11-02T18:00"))
    assert "no member of this account; there are: JLind, mbaker" in str(_refused(technician="jlindt"))
    assert _refused(ticket=" ").column == "ticket"


def test_a_long_span_is_taken_once_it_is_confirmed_and_anybody_while_nobody_is_imported() -> None:
    long = GOOD | {"acted": "2026-11-02T18:00", "technician": "newcomer"}
    found = reading(long, zone=LONDON, logins={}, now=NOW, long_too=True)
    assert found.technician == "newcomer"


@pytest.mark.parametrize(
    "content",
    [
        "ticket,technician,opened,acted,domain\r\n48213,jlind,2026-11-02T09:14,2026-11-02T09:21,network\r\n",
        "\ufeffTicket;Technician;Opened;Acted;Domain\n\n48213;jlind;2026-11-02 09:14;2026-11-02 09:21;network\n",
        'domain\tTICKET NUMBER\tmember\topened at\tfirst action\n"network"\t48213\t"jlind"\t2026-11-02T09:14\t2026-11-02T09:21',
        "ticket,technician,opened,acted,domain\n48213, jlind ,2026-11-02T09:14,2026-11-02T09:21,network,,\n".encode("utf-16"),
    ],
)  # fmt: skip
def test_a_sheet_is_read_however_it_was_saved(tmp_path: Path, content: str | bytes) -> None:
    found = _sheet(tmp_path, content)
    assert found.bad == ()
    assert [(r.reference, r.technician, r.domain) for r in found.readings] == [("48213", "JLind", "network")]


def test_every_bad_line_is_told_with_its_number_and_column(tmp_path: Path) -> None:
    found = _sheet(
        tmp_path,
        "ticket,technician,opened,acted,domain\n"
        '48213,jlind,2026-11-02T09:14,2026-11-02T09:21,"two\nlines"\n'
        "48214,jlind,2026-11-02T09:14,yesterday,\n"
        "48215,jlind,2026-10-25T01:30,2026-10-25T03:00\n"
        "48216,jlind,2026-11-02T09:14,2026-11-02T09:21,network,wifi\n"
        ",jlind,2026-11-02T09:14,2026-11-02T09:21,\n",
    )
    assert [r.domain for r in found.readings] == ["two\nlines"]
    assert [(bad.line, bad.column) for bad in found.bad] == [
        (4, "acted"), (5, "opened"), (6, "whole line"), (7, "ticket"),
    ]  # fmt: skip
    assert str(found.bad[0]).startswith("line 4, acted: 'yesterday' is no time; write")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "no column ticket, technician, opened, acted"),
        ("ticket,technician,opened\n", "no column acted. The first line must name"),
        ("ticket,technician,opened,acted,opened at\n", "two columns for opened"),
        ("ticket,technician,opened,acted\n", "a header and nothing under it"),
        (b"ticket,technician,opened,acted\n1,ren\xe9,x,y\n", "line 2 is not UTF-8; save the file as CSV UTF-8"),
        ('ticket,technician,opened,acted\n"1,jlind,x,y\n', "line 2: unexpected end of data; is a quotation mark"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(tmp_path: Path, content: str | bytes, says: str) -> None:
    with pytest.raises(BadFile, match=r"readings\.csv") as caught:
        _sheet(tmp_path, content)
    assert says in str(caught.value)
