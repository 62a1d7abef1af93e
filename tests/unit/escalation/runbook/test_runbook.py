"""A first wording holds what the ticket says and no more; what is no runbook is refused; worth is counted, staleness said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from escalation.runbook.contents import NoRunbook, NothingFixedIt, Runbook, Step, markdown, of_episode, read
from escalation.runbook.worth import IN_VAIN, UNSEEN, UNUSED, Outcome, Use, worth
from tests.unit.escalation.resolution.endings import SEEN, Ending
from tests.unit.escalation.resolution.endings import UNSEEN as LATER
from tests.unit.escalation.resolution.test_note import note_of

NOW = datetime(2026, 3, 2, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "title": "VPN drops", "applies": "every 8 hours", "steps": [{"do": "set both lifetimes", "check": "it holds"}],
}


@pytest.mark.parametrize("ending", [one for one in (*SEEN, *LATER) if one.fix])
def test_the_first_wording_is_the_ticket_s(ending: Ending) -> None:
    note = note_of(ending)
    book = of_episode(note)
    assert book.title == ending.problem
    assert [step.do for step in book.steps] == [line.text for line in note.fix]
    assert set(book.did_not_work) <= {line.text for line in note.tried}
    assert book.unchecked == len(book.steps), "nobody wrote down how one sees that it worked"
    assert read(book.to_json()) == book
    for line in (*(said.text for said in note.fix), *([ending.back] if ending.back else [])):
        assert line in markdown(book)


def test_a_ticket_that_does_not_say_what_fixed_it_makes_none() -> None:
    with pytest.raises(NothingFixedIt):
        of_episode(note_of(SEEN[-1]))


@pytest.mark.parametrize(("change", "says"), [
    ({"title": ""}, "title"), ({"title": "x" * 121}, "title"), ({"applies": 5}, "applies"), ({"steps": []}, "steps"),
    ({"steps": [{"do": ""}]}, "do"), ({"steps": ["do it"]}, "steps"), ({"steps": [{"do": "x"}] * 31}, "steps"),
    ({"rollback": "text"}, "rollback"), ({"did_not_work": [""]}, "did_not_work"), ({"tickets": [True]}, "tickets"),
    ({"tickets": [0]}, "tickets"),
])  # fmt: skip
def test_what_is_no_runbook_is_refused_and_the_part_named(change: dict[str, Any], says: str) -> None:
    assert read(GOOD) == Runbook("VPN drops", "every 8 hours", (Step("set both lifetimes", "it holds"),))
    with pytest.raises(NoRunbook, match=says):
        read({**GOOD, **change})


def uses(*outcomes: Outcome | None, begin: datetime = NOW) -> list[Use]:
    return [Use(begin + timedelta(days=n), outcome) for n, outcome in enumerate(outcomes)]


def test_its_worth_is_counted_and_in_words() -> None:
    found = worth(uses("worked", "something else did", None, "cannot tell"), approved_at=NOW, now=NOW + timedelta(days=5))
    assert (found.offered, found.worked, found.something_else, found.stale) == (4, 1, 1, None)
    assert found.in_words() == "offered 4 times, worked 1"
    assert worth([], approved_at=NOW, now=NOW).in_words() == "not offered yet"


@pytest.mark.parametrize(("held", "approved", "later", "stale"), [
    (["something else did"] * IN_VAIN, NOW, timedelta(days=9), "something else"),
    (["something else did"] * (IN_VAIN - 1), NOW, timedelta(days=9), None),
    (["worked", *["something else did"] * IN_VAIN], NOW, timedelta(days=9), "something else"),
    ([*["something else did"] * IN_VAIN, "worked"], NOW, timedelta(days=9), None),
    ([], NOW, UNUSED, None), ([], NOW, UNUSED + timedelta(days=1), "no use"),
    (["worked"], NOW, UNSEEN + timedelta(days=1), "approved"),
    ([], None, UNSEEN * 2, None),
])  # fmt: skip
def test_a_stale_one_says_why(held: list[Outcome], approved: datetime | None, later: timedelta, stale: str | None) -> None:
    found = worth(uses(*held), approved_at=approved, now=NOW + later).stale
    assert (found is None) == (stale is None)
    assert (stale or "") in (found or "")
