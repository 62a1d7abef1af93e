"""Check a model's answer word by word: what stands in the place it cites is kept, the rest dropped and counted.

1. The answer is a JSON object of the shape that was asked for, and not longer than it may be; else none of it is used.
   What servers put around the object (a fence, thoughts, a list, a name) is no part of it, nor is it whether a number is text.
2. Each quote is searched in the place that it cites, and gets its offsets there. Nothing is looked for anywhere else, and
   nothing is forgiven but how the same words are typed (`same_words`); what is kept is the place's own slice.
3. Each outcome and actor is one of the words there are. An outcome whose proof is not found is `unknown`.

So an answer can leave something out, or call a step by the wrong outcome; it cannot say what the ticket does not.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from escalation.model_reading import guide
from escalation.model_reading.places import Place
from escalation.model_reading.reading import FoundStep, Reading, Span
from escalation.model_reading.request import ACTORS, OUTCOMES
from escalation.wording.vocabulary import DOMAINS

CHECK_VERSION = 2
LONGEST_ANSWER = 200_000
"""Characters; a longer answer is not looked at."""
LONGEST_QUOTE = 700
"""Characters of a step, a remark or a result."""
LONGEST_CODE = 80
LONGEST_BLOCK = 12_000
MOST = 200
"""Of each kind; what comes after is dropped."""


class UnusableAnswer(ValueError):
    """Nothing of the answer can be used. The message is one of a few words, and holds nothing of the answer."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of an answer, and how much was dropped for which reason."""

    reading: Reading
    dropped: dict[str, int]


def reader_version() -> str:
    """Return the version that a reading is known by: the guide's and the check's."""
    return f"{guide.VERSION}.{CHECK_VERSION}"


def check(answer: str, places: Sequence[Place], *, reader: str) -> Checked:
    """Return what of an answer stands in the places. Raises `UnusableAnswer`."""
    body = parsed(answer)
    desk = _Desk({place.number: place for place in places})
    steps = desk.steps(_rows(body, "steps"))
    reading = Reading(
        reader=reader,
        version=reader_version(),
        covered=tuple(place.key for place in places),
        steps=steps,
        evidence=desk.blocks(_rows(body, "evidence")),
        error_codes=desk.quotes(_rows(body, "error_codes"), "code", longest=LONGEST_CODE, shortest=2),
        ruled_out=desk.quotes(_rows(body, "ruled_out"), "remark"),
        left_changed=desk.quotes(_rows(body, "left_changed"), "remark"),
        domain=domain if (domain := str(_word(body.get("domain")))) in DOMAINS else None,
    )
    return Checked(reading, dict(sorted(desk.dropped.items())))


def parsed(answer: str) -> dict[str, Any]:
    """Return an answer's object, whatever a server or model has put around it. Raises `UnusableAnswer`."""
    if len(answer) > LONGEST_ANSWER:
        raise UnusableAnswer("too long")
    try:
        body = _decoded(answer)
        for _ in range(MOST_WRAPPINGS):
            if isinstance(body, str):
                body = _decoded(body)
            elif isinstance(body, list) and len(body) == 1:
                body = body[0]
            elif isinstance(body, dict) and len(body) == 1 and isinstance(inner := next(iter(body.values())), dict):
                body = inner
    except (ValueError, RecursionError) as error:
        raise UnusableAnswer("not JSON") from error
    if not isinstance(body, dict):
        raise UnusableAnswer("not an object")
    return body


MOST_WRAPPINGS = 3
_MOST_BEGINNINGS = 50


def _decoded(text: str) -> Any:
    """Return what a text holds as JSON: all of it, else the longest object in it, between thoughts, words and fences."""
    text = text.strip("\ufeff \t\r\n")
    try:
        return json.loads(text)
    except ValueError:
        found, decoder, at = [], json.JSONDecoder(), text.find("{")
        for _ in range(_MOST_BEGINNINGS):
            if at < 0:
                break
            try:
                body, end = decoder.raw_decode(text, at)
                found.append((end - at, body))
            except ValueError:
                end = at + 1
            at = text.find("{", end)
        if not found:
            raise
        return max(found, key=lambda pair: pair[0])[1]


def whole_number(value: object) -> int | None:
    """Return a whole number, also one that was written as a text or with a point; None for anything else."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 10:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _word(value: object) -> object:
    """Return one of a short list's words as the list has it, however it was spelled."""
    return "_".join(value.lower().replace("-", " ").replace("_", " ").split()) if isinstance(value, str) else None


def _rows(body: dict[str, Any], name: str) -> list[Any]:
    rows = body.get(name)
    if rows is None and name in body and name != "steps":
        return []
    if not isinstance(rows, list):
        raise UnusableAnswer(f"no list of {name}")
    return rows


class _Desk:
    """Where one answer is checked: its places, what was taken already, what was dropped."""

    def __init__(self, places: dict[int, Place]) -> None:
        self._places = places
        self._taken: set[tuple[str, str, int, int]] = set()
        self.dropped: Counter[str] = Counter()

    def steps(self, rows: list[Any]) -> tuple[FoundStep, ...]:
        """Return the steps that stand, in the ticket's order."""
        found = []
        for row in self._few(rows, "step"):
            outcome, actor = _word(row.get("outcome")), _word(row.get("actor"))
            if outcome not in OUTCOMES or actor not in ACTORS:
                self.dropped["step: no such outcome or actor"] += 1
                continue
            span = self._span(row, "step", shortest=4)
            if span is not None:
                proved, result = self._result(row, str(outcome))
                found.append((self._order(span), FoundStep(span, proved, str(actor), result)))
        return tuple(step for _, step in sorted(found, key=lambda pair: pair[0]))

    def quotes(
        self, rows: list[Any], kind: str, *, longest: int = LONGEST_QUOTE, shortest: int = 4
    ) -> tuple[Span, ...]:
        """Return the quotes that stand, in the ticket's order."""
        spans = [self._span(row, kind, longest=longest, shortest=shortest) for row in self._few(rows, kind)]
        return tuple(sorted((s for s in spans if s is not None), key=self._order))

    def blocks(self, rows: list[Any]) -> tuple[Span, ...]:
        """Return the pasted blocks of which both ends stand in the place, the last after the first."""
        found = []
        for row in self._few(rows, "block"):
            place, begins, ends = self._place(row), row.get("begins"), row.get("ends")
            if place is None or not isinstance(begins, str) or not isinstance(ends, str):
                self.dropped["block: no such place or ends"] += 1
                continue
            span = _between(place, begins.strip(), ends.strip())
            if span is None:
                self.dropped["block: ends not found"] += 1
            elif span.end - span.start > LONGEST_BLOCK:
                self.dropped["block: too long"] += 1
            elif self._first_time(span, "block"):
                found.append(span)
        return tuple(sorted(found, key=self._order))

    def _result(self, row: dict[str, Any], outcome: str) -> tuple[str, Span | None]:
        """Return the outcome as far as it is proved, and the proof."""
        quote = row.get("result_quote")
        if not isinstance(quote, str) or not quote.strip() or outcome == "unknown":
            return outcome, None
        place = self._place(row, "result_place")
        at = found_in(place, quote)[:1] if place is not None and len(quote) <= LONGEST_QUOTE else []
        if place is None or not at:
            self.dropped["outcome: proof not found"] += 1
            return "unknown", None
        return outcome, Span(place.key, at[0][0], at[0][1], place.text[at[0][0] : at[0][1]])

    def _span(self, row: dict[str, Any], kind: str, *, longest: int = LONGEST_QUOTE, shortest: int) -> Span | None:
        place, quote = self._place(row), row.get("quote")
        if place is None or not isinstance(quote, str):
            self.dropped[f"{kind}: no such place or quote"] += 1
        elif sum(c.isalnum() for c in quote) < shortest:
            self.dropped[f"{kind}: too short"] += 1
        elif len(quote.strip()) > longest:
            self.dropped[f"{kind}: too long"] += 1
        elif not (spans := found_in(place, quote)):
            elsewhere = any(found_in(other, quote) for other in self._places.values())
            self.dropped[f"{kind}: {'in another place' if elsewhere else 'not in the ticket'}"] += 1
        else:
            for start, end in spans:  # one that is said twice may be meant the second time
                span = Span(place.key, start, end, place.text[start:end])
                if self._is_new(span, kind):
                    return span
            self.dropped[f"{kind}: repeated"] += 1
        return None

    def _place(self, row: dict[str, Any], name: str = "place") -> Place | None:
        number = whole_number(row.get(name))
        return self._places.get(number) if number is not None else None

    def _is_new(self, span: Span, kind: str) -> bool:
        taken = (kind, span.place, span.start, span.end)
        if taken in self._taken:
            return False
        self._taken.add(taken)
        return True

    def _first_time(self, span: Span, kind: str) -> bool:
        if self._is_new(span, kind):
            return True
        self.dropped[f"{kind}: repeated"] += 1
        return False

    def _few(self, rows: list[Any], kind: str) -> list[dict[str, Any]]:
        good = [row for row in rows[:MOST] if isinstance(row, dict)]
        if len(rows) > len(good):
            self.dropped[f"{kind}: too many or no object"] += len(rows) - len(good)
        return good

    def _order(self, span: Span) -> tuple[int, int, int]:
        number = next(n for n, place in self._places.items() if place.key == span.place)
        return number, span.start, span.end


def found_in(place: Place, quote: str) -> list[tuple[int, int]]:
    """Return where the quote stands in a place: as it is, without white space at its ends, else as the same words typed."""
    for words in dict.fromkeys((quote, quote.strip())):
        if spans := _spans(place.text, words):
            return spans
    text, origins = same_words(place.text)
    found = _spans(text, same_words(quote)[0].strip())
    # Neither end within a letter: what one sign became may be two here.
    whole = ((start, end) for start, end in found if not (_inside(text, origins, start) or _inside(text, origins, end)))
    return [(origins[start], origins[end]) for start, end in whole]


def _inside(text: str, origins: tuple[int, ...], at: int) -> bool:
    return 0 < at < len(text) and (origins[at - 1] == origins[at] or unicodedata.combining(text[at]) != 0)


def _spans(text: str, words: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    at = text.find(words) if words else -1
    while at >= 0 and len(spans) < MOST:
        spans.append((at, at + len(words)))
        at = text.find(words, at + 1)
    return spans


_TYPED = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
}  # fmt: skip


@lru_cache(maxsize=256)
def same_words(text: str) -> tuple[str, tuple[int, ...]]:
    """Return a text as it reads whatever keyboard, editor or model typed it, and where each character and the end stand in it.

    One form each for quotation marks, dashes, dots, ligatures and composed letters; white space is one blank; what nobody
    sees is left out. Letters, capitals and digits stay, so other words are never the same.
    """
    said: list[str] = []
    origins: list[int] = []
    for at, char in enumerate(text):
        as_typed = char in _TYPED or unicodedata.category(char) == "No"  # else an acute accent is a blank and a mark
        for one in char if as_typed else unicodedata.normalize("NFKD", char):
            if unicodedata.category(one) in ("Cf", "Cc") and not one.isspace():
                continue
            meant = " " if one.isspace() else _TYPED.get(one, one)
            if meant == " " and said and said[-1] == " ":
                continue
            said.append(meant)
            origins.append(at)
    return "".join(said), (*origins, len(text))


def _between(place: Place, begins: str, ends: str) -> Span | None:
    """Return the stretch from one text to the next other, both of it included; None where either is not there."""
    start = place.text.find(begins) if begins else -1
    if start < 0 or not ends:
        return None
    end = start + len(begins)
    if not begins.endswith(ends):
        at = place.text.find(ends, start)
        if at < 0:
            return None
        end = max(end, at + len(ends))
    return Span(place.key, start, end, place.text[start:end])
