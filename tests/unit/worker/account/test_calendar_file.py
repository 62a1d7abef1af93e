"""A calendar written by a person: what is wrong is named, with its place and what to write instead."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from escalation.figures.hours import BadCalendar, Calendar, Shift
from worker.account.calendar_file import EXAMPLE, UnreadableCalendar, in_words, read, read_words

WEEK = {"mon": [["08:00", "17:00"]]}


def written(tmp_path: Path, content: Any) -> Path:
    file = tmp_path / "hours.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def test_the_example_is_read(tmp_path: Path) -> None:
    found = read(written(tmp_path, EXAMPLE), time_zone="UTC")
    assert (found.time_zone, len(found.holidays)) == ("Europe/London", 2)
    assert found.weekly[4] == (Shift(1320, 1800),)
    assert in_words(found) == (
        "Mon 08:00-12:30, 13:00-17:00; Tue 08:00-17:00; Fri 22:00-06:00; 2 holidays; Europe/London"
    )


def test_the_time_zone_is_the_accounts_where_the_file_names_none(tmp_path: Path) -> None:
    assert read(written(tmp_path, {"weekly": WEEK}), time_zone="Europe/Paris").time_zone == "Europe/Paris"
    assert in_words(Calendar.office("UTC")) == "Mon-Fri 08:00-17:00; 0 holidays; UTC"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"weekly": {', "no JSON: Expecting property name enclosed in double quotes: line 1 column 13"),
        ([1], "is a list; write an object"),
        ({"weekly": WEEK, "holiday": []}, "'holiday' is unknown; there are time_zone, weekly and holidays"),
        ({"time_zone": "UTC"}, "weekly: is missing"),
        ({"weekly": {"mon": "08:00-17:00"}}, "weekly: mon: '08:00-17:00' is no list of shifts"),
        ({"weekly": {"mon": ["08:00", "17:00"]}}, "weekly: mon: ['08:00', '17:00'] is no list of shifts"),
        ({"weekly": {"mon": [["08:00"]]}}, "mon: ['08:00'] is no shift; write [\"08:00\", \"17:00\"]"),
        ({"weekly": {"mon": [["8", "17:00"]]}}, "mon: ['8', '17:00'] is no shift"),
        ({"weekly": {"monday": []}}, "weekly: 'monday' is no day; use mon, tue"),
        ({"weekly": {"mon": []}}, "weekly: no day has working hours"),
        ({"weekly": {"tue": [["08:00", "13:00"], ["12:00", "17:00"]]}}, "weekly: tue: two shifts overlap"),
        ({"weekly": WEEK, "holidays": "2026-12-25"}, "holidays: is no list"),
        ({"weekly": WEEK, "holidays": ["25.12.2026"]}, "holidays: Invalid isoformat string: '25.12.2026'; write 2026-12-25"),
        ({"weekly": WEEK, "time_zone": "London"}, "time zone 'London': give an IANA name"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, content: Any, told: str) -> None:
    file = written(tmp_path, content)
    with pytest.raises(UnreadableCalendar) as caught:
        read(file, time_zone="UTC")
    assert f"{file}: " in str(caught.value)
    assert told in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCalendar, match=r"none\.json: cannot be read: No such file"):
        read(tmp_path / "none.json", time_zone="UTC")


@pytest.mark.parametrize(
    "text", ["Mon-Fri 9-5", "Mon-Fri 08:00-17:00, Sat 9-1", "Mon 22-6", "Mon-Fri 9:00-5:00", "Mon-Fri 09:00-5"]
)
def test_hours_that_would_go_on_until_the_next_morning_are_written_in_full(text: str) -> None:
    with pytest.raises(BadCalendar, match="can be read in two ways"):
        read_words(text, time_zone="UTC")


@pytest.mark.parametrize(("text", "means"), [("Mon-Fri 8-17", "Mon-Fri 08:00-17:00"), ("Mon 22:00-06:00", "Mon 22:00-06:00"),
                                             ("Mon–Fri 08:00–17:00", "Mon-Fri 08:00-17:00")])  # fmt: skip
def test_a_line_of_hours_is_read_as_it_is_written(text: str, means: str) -> None:
    assert in_words(read_words(text, time_zone="UTC")).startswith(f"{means}; ")
