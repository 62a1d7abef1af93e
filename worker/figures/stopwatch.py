"""Readings of a stopwatch as people write them: times in the account's own time zone, and CSV files.

Everything wrong with a file is found in one pass, each with its line, its column and what to do about it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from models.figures.baselines import Reading

LONGEST = timedelta(hours=8)
"""Longer from opening to the first diagnostic action is taken for a slip of the pen unless it is confirmed."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "ticket": ("ticket", "ticket number", "ticket id", "reference"),
    "technician": ("technician", "member", "login"),
    "opened": ("opened", "opened at", "opened_at"),
    "acted": ("acted", "acted at", "acted_at", "first action"),
    "domain": ("domain", "problem domain"),
}
"""What the columns of a CSV file may be called; capitals and blanks around do not matter."""

_OPTIONAL = ("domain",)


class BadReading(ValueError):
    """A reading cannot be taken: the message says what is wrong and what to write instead."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


class BadFile(ValueError):
    """The file as a whole cannot be read: the message says why."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """One line of a CSV file that cannot be taken."""

    line: int
    column: str
    what: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.what}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a CSV file holds."""

    readings: tuple[Reading, ...]
    bad: tuple[BadLine, ...]


def moment(written: str, column: str, zone: ZoneInfo) -> datetime:
    """Read a time: in `zone` unless it says otherwise. Raises `BadReading`, also where the wall clock says it twice."""
    plain = written.strip()
    try:
        at = datetime.fromisoformat(plain)
    except ValueError:
        raise BadReading(column, f"{plain!r} is no time; write 2026-11-02T09:14, or 2026-11-02T09:14Z for UTC") from None
    if len(plain) < len("2026-11-02T09:14") and ":" not in plain:
        raise BadReading(column, f"{plain!r} has no time of day; write 2026-11-02T09:14")
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    first, second = at.replace(tzinfo=zone), at.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at:
        raise BadReading(column, f"{plain} does not exist in {zone.key}: the clocks went forward over it")
    either = " or ".join(f"{plain}{_offset(one)}" for one in (first, second))
    raise BadReading(column, f"{plain} happened twice in {zone.key}, the clocks went back: write {either}")


def _offset(at: datetime) -> str:
    return at.isoformat()[-6:]


def reading(
    written: Mapping[str, str], *, zone: ZoneInfo, logins: Mapping[str, str], now: datetime, long_too: bool
) -> Reading:
    """Return a reading from what was written under the names of `COLUMNS`. Raises `BadReading`.

    `logins` are the members' login names by their lower case, empty as long as nobody has been imported; `long_too`
    takes one of more than `LONGEST` too.
    """
    for column in COLUMNS:
        if not written.get(column, "").strip() and column not in _OPTIONAL:
            raise BadReading(column, f"is empty; {_WANTED[column]}")
    technician = written["technician"].strip()
    if logins and technician.lower() not in logins:
        near = ", ".join(sorted(logins.values())[:20])
        raise BadReading("technician", f"{technician!r} is no member of this account; there are: {near}")
    opened, acted = (moment(written[column], column, zone) for column in ("opened", "acted"))
    _check(opened, acted, now, long_too=long_too)
    return Reading(
        reference=written["ticket"].strip().lstrip("#").strip(),
        technician=logins.get(technician.lower(), technician),
        opened_at=opened,
        acted_at=acted,
        domain=written.get("domain", "").strip() or None,
    )


_WANTED = {
    "ticket": "write the ticket's number",
    "technician": "write the login name of whoever opened the ticket",
    "opened": "write when the ticket was opened, e.g. 2026-11-02T09:14",
    "acted": "write when the first diagnostic action began, e.g. 2026-11-02T09:21",
}


def _check(opened: datetime, acted: datetime, now: datetime, *, long_too: bool) -> None:
    if acted < opened:
        minutes = round((opened - acted).total_seconds() / 60)
        raise BadReading("acted", f"is {minutes} min before the ticket was opened; are the two swapped?")
    for column, at in (("opened", opened), ("acted", acted)):
        if at > now:
            raise BadReading(column, f"{at:%Y-%m-%dT%H:%MZ} lies in the future; check the date and the time zone")
    if acted - opened > LONGEST and not long_too:
        hours = (acted - opened).total_seconds() / 3600
        raise BadReading("acted", f"is {hours:.1f} h after the ticket was opened; if that is right, give --yes")


def sheet(
    path: Path, *, zone: ZoneInfo, logins: Mapping[str, str], now: datetime, long_too: bool = False
) -> Sheet:
    """Read a CSV file: comma, semicolon or tab, quoted or not, with or without byte order mark. Raises `BadFile`."""
    rows = _rows(_text(path), path)
    names = _names(next(rows, (1, []))[1], path)
    found: list[Reading] = []
    bad: list[BadLine] = []
    for line, cells in rows:
        if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
            what = f"{len(cells)} fields, but the header has {len(names)}: quote a field that holds the separator"
            bad.append(BadLine(line, "whole line", what))
            continue
        try:
            written = dict(zip(names, cells, strict=False))
            found.append(reading(written, zone=zone, logins=logins, now=now, long_too=long_too))
        except BadReading as error:
            bad.append(BadLine(line, error.column, str(error)))
    if not found and not bad:
        raise BadFile(f"{path}: a header and nothing under it")
    return Sheet(tuple(found), tuple(bad))


def _text(path: Path) -> str:
    raw = path.read_bytes()
    # A spreadsheet's "Unicode text" is UTF-16 with a byte order mark.
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadFile(f"{path}: line {line} is not UTF-8; save the file as CSV UTF-8") from None


def _rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the line a row starts on with its cells; rows without anything are left out."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadFile(f"{path}: line {line}: {error}; is a quotation mark left open?") from None
        if any(cell.strip() for cell in cells):
            yield line, cells


def _names(header: Sequence[str], path: Path) -> list[str]:
    """Return our names for the columns of a header. Raises `BadFile` for one that is missing or there twice."""
    known = {name: column for column, names in COLUMNS.items() for name in names}
    names = [known.get(" ".join(cell.lower().split()), cell) for cell in header]
    missing = [column for column in COLUMNS if column not in names and column not in _OPTIONAL]
    if missing:
        there = ", ".join(header) or "nothing"
        wanted = ", ".join(COLUMNS)
        raise BadFile(f"{path}: no column {', '.join(missing)}. The first line must name {wanted}; it has {there}")
    twice = [column for column in COLUMNS if names.count(column) > 1]
    if twice:
        raise BadFile(f"{path}: two columns for {', '.join(twice)}; keep one")
    return names
