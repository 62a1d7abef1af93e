"""The conditions grammar, read by examples and by random expressions."""

from __future__ import annotations

import contextlib
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psa.simulator.conditions import BadConditions, compile_conditions

TICKET: dict[str, Any] = {
    "id": 7,
    "summary": 'VPN [Clifton] drops, "again"',
    "closedFlag": False,
    "board": {"id": 3, "name": "Help Desk"},
    "owner": {"identifier": "jlind"},
    "actualHours": 1.5,
    "requiredDate": None,
    "_info": {"lastUpdated": "2026-08-20T18:04:26Z", "dateEntered": "2026-08-01T00:00:00Z"},
}

HOLDS = [
    "id=7",
    "id != 8 and id >= 7 and id<=7 and id > 6 and id < 8",
    "id in (3, 7)",
    "not id in (3,4)",
    "id not in (3,4)",
    'summary contains "clifton"',
    "summary like '%drops%'",
    'summary like "VPN*"',
    'summary contains "[[]Clifton"',
    'summary not contains "printer"',
    "closedFlag=false",
    "closedFlag = False",
    "closedFlag != TRUE",
    "requiredDate = null",
    "owner != null",
    "actualHours > 1.4",
    'board/name="help desk"',
    "board/id in (3,2,4)",
    'owner/identifier="jlind"',
    "lastUpdated > [2026-08-20T18:04:25Z]",
    "lastUpdated >= [2026-08-20]",
    "lastUpdated = [2026-08-20T20:04:26+02:00]",
    "dateEntered < [2026-08-02]",
    'id=1 or (board/name="Help Desk" and closedFlag=false)',
    "id=7 or id=1 and id=2",
    'company/name != "x" or id=7',
]
FAILS = [
    "id=8",
    "id in (1,2)",
    "(id=7 or id=1) and id=2",
    'summary like "clifton"',
    "closedFlag=true",
    "lastUpdated > [2026-08-20T18:04:26Z]",
    "owner = null",
    "requiredDate > [2020-01-01]",
    'not (board/name="Help Desk")',
]
BAD = [
    "id=",
    "id 7",
    "=7",
    "id=7 and",
    "(id=7",
    "id=7)",
    "id in 7",
    "id in (7",
    "id in ()",
    'summary = "open',
    "summary = text",
    "lastUpdated > 2026-08-20",
    "lastUpdated > [yesterday]",
    'summary contains "[x"',
    "summary contains 7",
    "id not = 7",
    "id == 7",
    "id ; 7",
]


@pytest.mark.parametrize("text", HOLDS)
def test_holds(text: str) -> None:
    assert compile_conditions(text)(TICKET)


@pytest.mark.parametrize("text", FAILS)
def test_does_not_hold(text: str) -> None:
    assert not compile_conditions(text)(TICKET)


@pytest.mark.parametrize("text", BAD)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadConditions):
        compile_conditions(text)


def test_a_field_that_is_not_there_is_refused() -> None:
    known = frozenset({"id", "board"})
    compile_conditions("board/name='x' and lastUpdated > [2026-01-01]", known)
    with pytest.raises(BadConditions, match="colour is not a field"):
        compile_conditions("colour='red'", known)


_NUMBERS = st.integers(-50, 50)
_TEXTS = st.text(string.ascii_letters + string.digits + " .,;:-_()", max_size=12)


@given(value=_NUMBERS, wanted=_NUMBERS, sign=st.sampled_from(["=", "!=", "<", "<=", ">", ">="]))
def test_numbers_compare_as_python_does(value: int, wanted: int, sign: str) -> None:
    expected = eval(f"{value} {'==' if sign == '=' else sign} {wanted}")
    assert compile_conditions(f"id {sign} {wanted}")({"id": value}) == expected


@given(value=_TEXTS, part=_TEXTS, quote=st.sampled_from("\"'"))
def test_contains_is_like_with_percent_signs(value: str, part: str, quote: str) -> None:
    record = {"summary": value}
    contains = compile_conditions(f"summary contains {quote}{part}{quote}")(record)
    assert contains == (part.casefold() in value.casefold())
    assert contains == compile_conditions(f"summary like {quote}%{part}%{quote}")(record)


@st.composite
def _expressions(draw: st.DrawFn, depth: int = 3) -> tuple[str, bool]:
    """An expression over id=5 and its truth, as Python works it out."""
    if depth == 0 or draw(st.booleans()):
        wanted = draw(st.integers(0, 9))
        return f"id > {wanted}", wanted < 5
    (left, a), (right, b) = draw(_expressions(depth - 1)), draw(_expressions(depth - 1))
    form = draw(st.sampled_from(["and", "or", "not"]))
    if form == "not":
        return f"not ({left})", not a
    return f"({left}) {form} ({right})", (a and b) if form == "and" else (a or b)


@given(_expressions())
def test_and_or_not_and_parentheses(expression: tuple[str, bool]) -> None:
    text, truth = expression
    assert compile_conditions(text)({"id": 5}) == truth


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(BadConditions):
        assert compile_conditions(text)(TICKET) in (True, False)
