"""The encoder: what it reads of a ticket, that its shares are shares, and what it changes in a brief."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from escalation.reading import encoder as module
from escalation.reading.encoder import Encoder, learned_with_encoder, own_encoder, with_encoder
from escalation.reading.features import Look, looks
from escalation.reading.pieces import Pieces
from escalation.reading.reader import read_steps
from escalation.reading.weights import Told, learned
from escalation.reading.windows import MARKS, SIZE, Windows
from escalation.text.passages import Passage
from escalation.text.stretches import stretches

_NOTES = (
    "Printer on the second floor prints blank pages since Monday.",
    "Swapped the toner, same again. Then reinstalled the driver on the print server and restarted the spooler; "
    "first page came out fine, the next ones blank.",
    "Ran the cleaning cycle twice.\n- swapped the drum from the spare: no change\n- printed from USB: blank as well",
    "User says it worked for an hour after lunch. Not reproduced here.",
)


def _passages(texts: tuple[str, ...] = _NOTES) -> list[Passage]:
    roles = ["customer", *["tech"] * (len(texts) - 1)]
    return [Passage(text, tuple(stretches(text)), role) for text, role in zip(texts, roles, strict=True)]


def _looks(passages: list[Passage]) -> list[Look]:
    return looks(passages, learned().classes)


def test_words_are_cut_into_the_longest_pieces_and_spelled_where_unknown() -> None:
    names = ["[UNK]", "re", "reboot", "##ed", "##boot", "router", "!", "a", "##b", "b", "ü", "u"]
    cut = Pieces({name: number for number, name in enumerate(names)}, 0)
    assert [names[n] for n in cut.of("Rebooted ROUTER!")] == ["reboot", "##ed", "router", "!"]
    assert [names[n] for n in cut.of("\u00dc\x00 A\u00adb\tab \u6f22")] == ["u", "a", "##b", "a", "##b", "[UNK]"]
    assert cut.of("x" * 101) == [0]


@pytest.mark.parametrize("seed", range(12))
def test_each_stretch_is_asked_about_in_one_window_that_holds_it(seed: int) -> None:
    chance = random.Random(seed)
    texts = tuple(" ".join(chance.choices(_NOTES, k=chance.randint(1, 12))) for _ in range(chance.randint(1, 30)))
    passages = _passages(texts)
    all_of = _looks(passages)
    windows = list(own_encoder().windows.of("Printer prints blank pages", passages, all_of))
    assert [place for window in windows for place in window.places] == list(range(len(all_of)))
    assert all(len(window.marks) == len(window.places) for window in windows)
    assert all(mark < len(window.pieces) for window in windows for mark in window.marks)
    assert max(len(window.pieces) for window in windows) <= SIZE + 1


def test_a_vocabulary_without_the_marks_is_refused() -> None:
    with pytest.raises(KeyError, match=re.escape(MARKS[-1])):
        Windows({mark: number for number, mark in enumerate(MARKS[:-1])})


def test_what_is_told_are_shares_and_the_same_again() -> None:
    passages = _passages()
    all_of = _looks(passages)
    first = own_encoder().read("Printer", passages, all_of, [0.5] * len(all_of))
    own_encoder().told_of.cache_clear()
    again = own_encoder().read("Printer", passages, all_of, [0.5] * len(all_of))
    assert first == again
    assert set(first) == set(range(len(all_of)))
    for told in first.values():
        assert sum(2.718281828 ** one for one in told.step) == pytest.approx(1, abs=1e-3)
        assert sum(2.718281828 ** one for one in told.outcome) == pytest.approx(1, abs=1e-3)


@pytest.mark.storm
def test_of_a_very_long_ticket_the_windows_with_most_doubt_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    passages = _passages(tuple(f"{note} Attempt {n}." for n in range(12) for note in _NOTES))
    all_of = _looks(passages)
    windows = list(own_encoder().windows.of("Printer", passages, all_of))
    assert len(windows) > 3
    monkeypatch.setattr(module, "MOST_WINDOWS", 2)
    doubted = {*windows[1].places, *windows[-1].places}
    begins = [0.5 if place in doubted else 0.03 for place in range(len(all_of))]
    assert set(own_encoder().read("Printer", passages, all_of, begins)) == doubted


def test_both_together_lie_between_them() -> None:
    assert Told.joined([0.9, 0.1], (-0.693147, -0.693147), 0.0) == pytest.approx([0.9, 0.1])
    assert Told.joined([0.9, 0.1], (-0.693147, -0.693147), 1.0) == pytest.approx([0.5, 0.5])
    assert Told.joined([0.9, 0.1], (-0.693147, -0.693147), 0.5) == pytest.approx([0.75, 0.25])


def test_an_encoder_of_other_classes_or_another_format_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    known = learned()
    other = replace(known.models["step"], classes=("none", "goes on", "begins"))
    with pytest.raises(ValueError, match="step: the encoder tells"):
        with_encoder(replace(known, models={**known.models, "step": other}), own_encoder())
    monkeypatch.setattr(module, "FORMAT", 2)
    with pytest.raises(ValueError, match="reads format 2"):
        Encoder(module.body())


def test_quotations_stand_where_they_say_with_it_too() -> None:
    passages = _passages()
    steps = read_steps(passages, learned_with_encoder(), title="Printer prints blank pages")
    said = [passages[step.passage].text[step.start : step.end] for step in steps]
    assert any("toner" in text for text in said)
    assert any("drum" in text for text in said)
    assert learned_with_encoder().version != learned().version


def test_what_it_said_is_told_to_whoever_asks_what_spoke_for_a_step() -> None:
    steps = read_steps(_passages(), learned_with_encoder(), explain=True)
    assert steps
    assert all(re.search(r", read whole: \d+%$", step.because) for step in steps)
    assert not any("read whole" in step.because for step in read_steps(_passages(), explain=True))
