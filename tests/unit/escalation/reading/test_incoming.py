"""Notes as they come in: what is not somebody's own words is left out, what is, is read, and every quotation is literal.

The kinds and their parts are in `incoming.py`. Floors: all of those looked at; of those set aside, what was reached.
"""

from __future__ import annotations

import random

import pytest

from escalation.text.source import plain
from tests.unit.escalation.reading import incoming, incoming_parts, incoming_unseen
from tests.unit.escalation.reading.incoming import KINDS, Incoming, cases, faults

SOME, ALL = 25, 60
"""Of each kind; all of them with the storms."""
SEEN_MISSED = {SOME: {"boilerplate": 2}, ALL: {"boilerplate": 7}}
"""A fault in the present tense as the only words of a note, "Her laptop shows a blue screen", is taken for a finding."""
UNSEEN_MISSED = {
    SOME: {"html": 2, "boilerplate": 1},
    ALL: {"html": 4, "boilerplate": 9, "injected": 3, "farewell": 1},
}
"""HTML: an error message with "<" in it, on a line of its own, is taken for a step in 4 of 60. Farewell: a postal address
under one that is not known."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [SOME, pytest.param(ALL, marks=pytest.mark.storm)])
def test_incoming_notes_are_read_as_they_were_meant(kind: str, count: int) -> None:
    seen = [(case.text, wrong) for case in cases(kind, incoming_parts, count) if (wrong := faults(case))]
    assert len(seen) <= SEEN_MISSED[count].get(kind, 0), seen
    unseen = [case for case in cases(kind, incoming_unseen, count) if faults(case)]
    assert len(unseen) <= UNSEEN_MISSED[count].get(kind, 0)


def test_the_deeds_used_here_are_read_by_themselves() -> None:
    for deed, result, outcome in incoming._OWN:
        assert not faults(Incoming("alone", f"{deed}, {result}.", ((deed, outcome),)))


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("<p>Can&#39;t log in.<br>Rebooted&nbsp;it</p>", "Can't log in.\nRebooted it\n"),
        ("if a < b and List<String> x", "if a < b and List<String> x"),
        ("EXAMPLE\\nina logged on", "EXAMPLE\\nina logged on"),
        ("Was on.\\nNow off.\\nC:\\new stays", "Was on.\nNow off.\nC:\\new stays"),
        ("a\x85b\u2028c\x0bd\re", "a\nb\nc\nd\ne"),
        ("<s>gone</s>kept ~~gone~~", "kept "),
        ("soft\u00adware", "software"),
        ("&lt;br&gt;x&lt;br&gt;y", "\nx\ny"),
        ("<style>p{}</style><script>x<y</script><div>kept", "kept"),
        ("![shot](https://img.example/1.png) kept", " kept"),
    ],
)
def test_what_came_in_becomes_plain_lines(source: str, read: str) -> None:
    assert plain(source).text == read


def test_every_stretch_of_plain_text_leads_back_to_the_source() -> None:
    pieces = ["<p>", "</p>", "<br>", "&amp;", "&nbsp;", "\r\n", "\x85", "\u200b", "word ", "<b>"]
    pieces += ["\\n", "~~x~~", "&lt;br&gt;", "<td>", "a<b"]
    draw = random.Random(4)
    for _ in range(400):
        source = "".join(draw.choices(pieces, k=draw.randint(1, 30)))
        read = plain(source)
        last = 0
        for start in range(len(read.text)):
            begin, end = read.span(start, start + 1)
            assert last <= end <= len(source)
            assert begin <= end
            last = begin
            char = read.text[start]
            if char.isalnum():
                assert char in read.quote(start, start + 1)
