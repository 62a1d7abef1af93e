"""What of a model's answer is kept: nothing whose words do not stand in the place it cites.

Kinds of how servers and models change what stands there: quotation marks, dashes, dots, ligatures, composed letters, blanks and
line ends retyped; numbers as text; words of a list in another spelling; an object in a fence, after thoughts, in a list, under a
name, as text within text.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.model_reading.answer import LONGEST_ANSWER, UnusableAnswer, check
from escalation.model_reading.places import Place
from escalation.model_reading.reading import Reading, UnknownReadingVersion

NOTE = "Rebooted the  router, no change. Rebooted the switch, no change.\n"
NOTE += "ping 10.0.0.1\nReply from 10.0.0.1\n}\nThen it\nheld.\n}"
PLACES = [
    Place(0, "description", "unknown", "A", "Phones drop. Error 0x80070005 on the console."),
    Place(1, "internal note", "technician", "B", NOTE),
]


def step(quote: Any, place: Any = 1, **others: Any) -> dict[str, Any]:
    return {
        "place": place, "quote": quote, "actor": "tech", "result_place": 1, "result_quote": "", "outcome": "no_change", **others,
    }  # fmt: skip


def answer(*steps: Any, **lists: Any) -> str:
    body = {"steps": list(steps), "evidence": [], "error_codes": [], "ruled_out": [], "left_changed": [], "domain": "network"}
    return json.dumps({**body, **lists})


def kept(*steps: Any, **lists: Any) -> tuple[list[str], dict[str, int]]:
    checked = check(answer(*steps, **lists), PLACES, reader="m")
    return [found.span.evidence for found in checked.reading.steps], checked.dropped


def test_a_quote_gets_its_offsets_in_the_place() -> None:
    reading = check(answer(step("Rebooted the switch, no change")), PLACES, reader="m").reading
    (found,) = reading.steps
    assert NOTE[found.span.start : found.span.end] == found.span.evidence == "Rebooted the switch, no change"
    assert found.span.place == PLACES[1].key


@pytest.mark.parametrize(
    ("quote", "reason"),
    [
        ("Replaced the mainboard", "step: not in the ticket"),
        ("rebooted the switch, no change", "step: not in the ticket"),
        ("Rebooted the switch... no change", "step: not in the ticket"),
        ("Then it heId.", "step: not in the ticket"),
        ("Phones drop.", "step: in another place"),
        ("it", "step: too short"),
        ("", "step: too short"),
        ("x" * 800, "step: too long"),
        (17, "step: no such place or quote"),
        (None, "step: no such place or quote"),
    ],
)
def test_a_quote_that_does_not_stand_there_is_dropped_and_counted(quote: Any, reason: str) -> None:
    assert kept(step(quote)) == ([], {reason: 1})


@pytest.mark.parametrize("place", [2, -1, "one", "", None, True, 1.5, "1.5", [1], 10**30, "9" * 5000, float("inf")])
def test_a_place_that_is_none_is_dropped(place: Any) -> None:
    assert kept(step("Rebooted the switch", place)) == ([], {"step: no such place or quote": 1})


@pytest.mark.parametrize("others", [{"outcome": "solved"}, {"actor": "me"}, {"outcome": None}, {"outcome": ["failed"]}])
def test_only_the_words_there_are(others: dict[str, Any]) -> None:
    assert kept(step("Rebooted the switch", **others)) == ([], {"step: no such outcome or actor": 1})


TYPED = (
    "Set the user\u2019s \u201cprint\u2011server\u201d to \ufb01xed\u00a0IP\u2026  Then \u2014 after a\r\nreboot \u2014 "
    "the cafe\u0301\u200b printer\tanswered"
)
ASCII = str.maketrans({"\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2011": "-", "\u2014": "-"})
RETYPED: dict[str, Callable[[str], str]] = {
    "marks of a keyboard": lambda text: text.translate(ASCII),
    "composed": lambda text: unicodedata.normalize("NFC", text),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "compatible": lambda text: unicodedata.normalize("NFKC", text),
    "one blank": lambda text: " ".join(text.split()),
    "unseen left out": lambda text: text.replace("\u200b", ""),
    "line ends of another system": lambda text: text.replace("\r\n", "\n"),
    "all of it": lambda text: " ".join(unicodedata.normalize("NFKC", text.translate(ASCII)).replace("\u200b", "").split()),
}


@pytest.mark.parametrize("retyped", RETYPED.values(), ids=RETYPED)
def test_words_that_were_typed_otherwise_are_the_places_own_slice(retyped: Callable[[str], str]) -> None:
    places = [Place(0, "internal note", "technician", "A", f"Before. {TYPED}. After.")]
    words = TYPED.split(" ")
    for first in range(len(words)):
        for last in range(first + 1, len(words) + 1):
            quote = " ".join(words[first:last])
            if sum(c.isalnum() for c in quote) < 4:
                continue
            found = check(answer(step(retyped(quote), 0)), places, reader="m").reading.steps
            assert [one.span.evidence.strip("\u200b ") for one in found] == [quote.strip("\u200b ")], quote


SIGNS = "\u2018\u2019\u201a\u201b\u2032`\u00b4\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u2010\u2011\u2013\u2212"


@pytest.mark.parametrize("sign", SIGNS)
def test_every_mark_there_is_a_key_for_is_found_by_that_key(sign: str) -> None:
    places = [Place(0, "internal note", "technician", "A", f"Set port{sign}4 to full")]
    quotes = [f"Set port{key}4 to full" for key in "'\"-"]
    found = [check(answer(step(quote, 0)), places, reader="m").reading.steps for quote in quotes]
    assert [one.span.evidence for steps in found for one in steps] == [places[0].text]


@pytest.mark.parametrize(
    "quote", ["the caf", "the cafe printer", "fxed IP", "fixed IP.", "User's print", "print server", "10x2 ports"]
)
def test_other_words_or_parts_of_a_letter_stand_nowhere(quote: str) -> None:
    places = [Place(0, "internal note", "technician", "A", f"{TYPED} 10x\u00b2 ports")]
    reading = check(answer(step(quote, 0)), places, reader="m").reading
    assert not reading.steps or reading.steps[0].span.evidence == quote


AROUND = (
    "{}", "\ufeff{}", "```json\n{}\n```", "Here it is:\n\n```\n{}\n```\nAsk for more.",
    "<think>\nSo {{perhaps}} {{\"a\": 1}}\n</think>\n\n{}", "So perhaps\n</think>{}", "<|channel|>final<|message|>{}", "[{}]",
    '{{"ticket_reading": {}}}', '[{{"answer": {{"ticket_reading": {}}}}}]', "{} \n\n\u200b",
)  # fmt: skip


@pytest.mark.parametrize("around", [*AROUND, "as text"])
@pytest.mark.parametrize(
    "said",
    [{}, {"place": "1"}, {"place": 1.0, "result_place": "1"}, {"outcome": "No change"},
     {"outcome": "NO-CHANGE", "actor": "Tech "}],
)  # fmt: skip
def test_what_stands_around_an_answer_or_how_its_values_are_written_is_no_part_of_it(around: str, said: dict[str, Any]) -> None:
    text = answer({**step("Rebooted the switch, no change", result_quote="no change"), **said}, ruled_out=None, domain="Network")
    text = json.dumps(text) if around == "as text" else around.format(text)
    (found,) = (reading := check(text, PLACES, reader="m").reading).steps
    assert (found.span.evidence, found.outcome, found.actor) == ("Rebooted the switch, no change", "no_change", "tech")
    assert (found.result is not None, reading.domain) == (True, "network")


def test_white_space_at_its_ends_is_forgiven_and_not_kept() -> None:
    assert kept(step("\n  Rebooted the switch \n")) == (["Rebooted the switch"], {})


def test_the_same_words_twice_are_two_places_and_then_repeats() -> None:
    places = [Place(0, "internal note", "technician", "A", "Rebooted it. Later: Rebooted it.")]
    checked = check(answer(*[step("Rebooted it.", 0)] * 3), places, reader="m")
    assert [found.span.start for found in checked.reading.steps] == [0, 20]
    assert checked.dropped == {"step: repeated": 1}


def test_an_outcome_whose_proof_is_not_there_is_unknown() -> None:
    for proof, outcome, inside in (("no change", "no_change", True), ("it was fine", "unknown", False), ("", "no_change", False)):
        reading = check(answer(step("Rebooted the switch, no change", result_quote=proof)), PLACES, reader="m").reading
        assert (reading.steps[0].outcome, reading.steps[0].result is not None) == (outcome, inside), proof


def test_a_proof_elsewhere_is_known_to_be_elsewhere() -> None:
    reading = check(answer(step("Rebooted the switch", result_quote="Phones drop.", result_place=0)), PLACES, reader="m").reading
    assert reading.steps[0].result is not None
    assert not reading.steps[0].result_inside


def test_steps_come_in_the_tickets_order() -> None:
    assert kept(step("Rebooted the switch"), step("Phones drop.", 0), step("Rebooted the  router"))[0] == [
        "Phones drop.", "Rebooted the  router", "Rebooted the switch",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("begins", "ends", "block"),
    [
        ("ping 10.0.0.1", "Reply from 10.0.0.1", "ping 10.0.0.1\nReply from 10.0.0.1"),
        ("ping", "}\nThen", "ping 10.0.0.1\nReply from 10.0.0.1\n}\nThen"),
        ("Reply from 10.0.0.1", "Reply from 10.0.0.1", "Reply from 10.0.0.1"),
        ("ping 10.0.0.1\nReply", "Reply", "ping 10.0.0.1\nReply"),
        ("Reply from", "ping 10.0.0.1", None),
        ("tracert", "Reply", None),
        ("", "Reply", None),
        ("ping", "", None),
    ],
)
def test_a_block_reaches_from_end_to_end_or_is_none(begins: str, ends: str, block: str | None) -> None:
    checked = check(answer(evidence=[{"place": 1, "begins": begins, "ends": ends}]), PLACES, reader="m")
    assert [span.evidence for span in checked.reading.evidence] == ([block] if block else [])
    assert checked.dropped == ({} if block else {"block: ends not found": 1})


def test_codes_and_remarks_stand_in_the_ticket_too() -> None:
    codes = [{"place": 0, "quote": "0x80070005"}, {"place": 0, "quote": "0x80070006"}, {"place": 0, "quote": "Phones drop. " * 9}]
    checked = check(answer(error_codes=codes, ruled_out=[{"place": 1, "quote": "not the line"}]), PLACES, reader="m")
    assert [span.evidence for span in checked.reading.error_codes] == ["0x80070005"]
    assert checked.dropped == {"code: not in the ticket": 1, "code: too long": 1, "remark: not in the ticket": 1}


@pytest.mark.parametrize(
    "text",
    ["", "Sure! {}", "[]", "7", '{"steps": {}}', '{"steps": []}', "[" * 100_000, "x" * (LONGEST_ANSWER + 1), '{"steps": NaN}',
     answer(step("Phones drop.", 0))[:-9], answer(step("Phones drop.", 0), evidence=3), '{"a":' * 30_000, "{" * 30_000, '"' * 9],
)
def test_an_answer_of_another_shape_is_of_no_use(text: str) -> None:
    with pytest.raises(UnusableAnswer) as failure:
        check(text, PLACES, reader="m")
    assert len(str(failure.value)) < 40


def test_what_comes_after_two_hundred_is_dropped() -> None:
    quotes, dropped = kept(*[step("Phones drop.", 0)] * 300)
    assert (quotes, dropped) == (["Phones drop."], {"step: too many or no object": 100, "step: repeated": 199})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
    | st.sampled_from(NOTE.split("\n")),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["place", "quote", "actor", "outcome", "begins", "ends", "result_quote", "x"]), inner),
    max_leaves=12,
)


@given(steps=st.lists(JSON, max_size=5), evidence=st.lists(JSON, max_size=3), codes=st.lists(JSON, max_size=3), domain=JSON)
def test_whatever_is_answered_only_words_of_the_ticket_come_through(steps: Any, evidence: Any, codes: Any, domain: Any) -> None:
    text = answer(*steps, evidence=evidence, error_codes=codes, domain=domain)
    reading = check(text, PLACES, reader="m").reading
    texts = {place.key: place.text for place in PLACES}
    spans = [found.span for found in reading.steps] + [*reading.evidence, *reading.error_codes]
    assert all(texts[span.place][span.start : span.end] == span.evidence for span in spans)
    assert Reading.from_json(json.loads(json.dumps(reading.to_json()))) == reading


def test_a_reading_of_a_newer_program_says_so() -> None:
    with pytest.raises(UnknownReadingVersion):
        Reading.from_json({"reading_version": 2})
