"""No text makes the reading slow: what a pattern might go back over is repeated, and twice as much takes about twice."""

# ruff: noqa: E501 - pieces are easier to find in long lines

from __future__ import annotations

import time

import pytest

from escalation.reading import asks, remarks
from escalation.reading.reader import pasted_rows, read_steps
from escalation.symptoms.entries import knowledge
from escalation.symptoms.match import matches
from escalation.symptoms.questions import not_recorded
from escalation.text.passages import Passage
from escalation.text.stretches import stretches
from escalation.wording.codes import error_codes
from escalation.wording.pasted import quoted_errors
from escalation.wording.told import tells_its_result
from escalation.wording.vocabulary import domain_of, products_in

PIECES = (
    "a", " ", "the ", "when i ", "no ", "checked the ", "rebooted and ", "then then ", "a.b.", "=", "x=1 ", "'", '"x ',
    "-", "- ", "0x", "A_", "Error: ", "not ", "so the ", "if i run ", "same ", "working for ", "is able to ", "\t", ". ",
    ", ", "(", "so ", "a-b-c-d-e-", "server-", "C:\\", "event id ", "restarted ", "told her ", "turned it ", "came back ",
    "\n    ", "> ", "nothing ", "log log log ", "can ", "user ", "5.", "Ab", "it's not the ", "after ", "error ", "\n- ",
    "we will call by ", "left it it it ", "IN ", "0x80070005 ", "%ASA-4-", "A1_B2:", "Error: x", "with a b c ", "from the ", "log shows ",
    "x -> y ", "a, b, ", "no drop in ", "but then not ", "no one ", ":(OI)", "Ab-Cd : ", "the error is: ", "another pc ", "says \"", "same ",
    "\nset ", "+ ~~~", "1 of 2 ", "now ", "again ", "der die und ist ", "\nDeployment ", "http 500 ", "back ",
)  # fmt: skip


def read(text: str) -> float:
    began = time.process_time()
    passage = Passage(text, tuple(stretches(text)), "technician")
    steps = read_steps([passage])
    for finder in (remarks.promises, asks.requests, asks.reasons, remarks.leads, remarks.ruled_out):
        finder([passage])
    remarks.contingencies([passage])
    remarks.left_changed([passage], steps)
    error_codes(text)
    products_in(text)
    domain_of([(text, 1)])
    known = knowledge()
    matches(known, [(known.read(text), 1.0)], "network")
    not_recorded(known, [a for e in known.entries[:40] for a in e.asks], [text], has_error_text=False, thin=True)
    tells_its_result(text)
    for stretch in passage.stretches:
        quoted_errors(stretch.text)
    pasted_rows(passage)
    return time.process_time() - began


@pytest.mark.storm
@pytest.mark.parametrize("piece", PIECES)
def test_twice_the_text_takes_about_twice_the_time(piece: str) -> None:
    short = (piece * 20_000)[:3_000]
    once = read(short)
    twice = read(short * 2)
    assert twice < 0.3 + 3 * once, (piece, once, twice)
    assert once < 1


@pytest.mark.storm
def test_pieces_in_turn_are_read_quickly() -> None:
    text = "".join(PIECES * 60)[:20_000]
    assert read(text) < 1.5


@pytest.mark.storm
@pytest.mark.parametrize(
    ("above", "rows"),
    [
        ("Hello there all\n", "> we saw this line\n"),
        ("On 3 May 2024 10:00, Bob wrote:\n> hi\n", "\n\n"),
        ("", "[ ] rebooted the router\nOn 3 May 2024 10:00, Bob wrote:\n> hi\n\n"),
        ("", "Next steps:\n- reboot the router\n- flush the dns\n\nI rebooted it. Still down.\n\n"),
    ],
)  # fmt: skip
def test_twice_the_rows_take_about_twice_the_time(above: str, rows: str) -> None:
    times = []
    for count in (1_500, 3_000):
        began = time.process_time()
        stretches(f"{above}{rows * count}> hi\n")
        times.append(time.process_time() - began)
    assert times[1] < 0.3 + 3 * times[0]
