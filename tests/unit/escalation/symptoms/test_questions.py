"""What is asked when nobody recorded it: the questions of the symptom that fits, else only what surely makes sense."""

# ruff: noqa: E501 - texts are easier to find in long lines

from __future__ import annotations

import pytest

from escalation.symptoms.entries import Ask, knowledge, line_of
from escalation.symptoms.questions import ERROR, MOST, WHEN, WHO, not_recorded

KNOWN = knowledge()
ASKS = tuple(Ask(f"Question {n}?", (line_of(f"answer{n}"),)) for n in range(5))


def missing(*texts: str, asks: tuple[Ask, ...] = (), has_error_text: bool = False, thin: bool = True) -> list[str]:
    return [name for name, _ in not_recorded(KNOWN, asks, list(texts), has_error_text=has_error_text, thin=thin)]


def test_a_symptoms_own_questions_are_asked_until_somebody_answers() -> None:
    assert missing("It is broken.", asks=ASKS[:2]) == ["Question 0?", "Question 1?"]
    assert missing("It is broken.", "It is answer0.", asks=ASKS[:2]) == ["Question 1?"]
    assert len(missing("It is broken.", asks=ASKS)) == MOST


@pytest.mark.parametrize("said", ["Is it answer0?", "Not sure whether answer0.", "Have not checked answer0."])
def test_a_question_or_a_shrug_answers_nothing(said: str) -> None:
    assert missing(said, asks=ASKS[:1]) == ["Question 0?"]


def test_without_a_symptom_what_fits_any_fault() -> None:
    assert missing("The scanner is dead for her") == [WHEN[0], WHO[0]]
    assert missing("The scanner is dead since Monday") == []
    assert missing("The scanner is dead") == [WHEN[0]]


@pytest.mark.parametrize(
    "request_", ["New starter on Monday, please set up a laptop", "How does a group inherit rights", "Quote for two switches", "Is it possible to move the share?"]
)
def test_a_request_is_not_asked_when_it_began(request_: str) -> None:
    assert missing(request_) == []


def test_the_wording_of_an_error_is_asked_where_one_is_only_mentioned() -> None:
    assert missing("Since Monday all users get an error.") == [ERROR[0]]
    assert missing("Since Monday all users get an error.", asks=ASKS[:1]) == [ERROR[0], "Question 0?"]
    assert missing("Since Monday all users get an error.", has_error_text=True) == []
    assert missing('Since Monday all users get an error: "cannot open the file".') == []


def test_where_somebody_has_looked_into_it_only_the_wording_of_an_error_is_asked() -> None:
    assert missing("The scanner is dead for her", asks=ASKS, thin=False) == []
    assert missing("All users get an error.", asks=ASKS, thin=False) == [ERROR[0]]
