"""How much of what tickets leave changed the brief tells: found, and right among what is told.

    python -m benchmarks.left_behind [--wrong]

`training/left_marks.tsv` names for each of our own tickets the labelled steps (counted from 1 in the order of their places) that
left something changed which a senior must know of: tried and not put back, or a stop-gap. Marked at one reading by a large model
that saw neither the rules nor what they find. The reader is taught with the marks of the first fifteen files; the last four,
`sixteenth.txt` to `nineteenth.txt`, are counted apart.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from tests.unit.escalation import own_set

MARKS = Path(__file__).parents[1] / "training" / "left_marks.tsv"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wrong", action="store_true", help="one line for each that is missed or told wrongly")
    options = parser.parse_args()
    parts = {"taught with": [0, 0, 0, 0], "never taught with": [0, 0, 0, 0]}
    for name, ticket, texts in marked_tickets():
        changes = [(c.source, c.evidence) for c in ticket.package.state_left_behind]
        hit = {n for n, text in enumerate(texts) if any(_same(text, change) for change in changes)}
        good = [change for change in changes if any(_same(text, change) for text in texts)]
        counts = (len(texts), len(hit), len(changes), len(good))
        part = "taught with" if name in own_set.TAUGHT else "never taught with"
        parts[part] = [sum(pair) for pair in zip(parts[part], counts, strict=True)]
        if options.wrong:
            for text in (text for n, text in enumerate(texts) if n not in hit):
                print(f"{ticket.id} missed: {' '.join(text[1].split())}")
            for change in (change for change in changes if change not in good):
                print(f"{ticket.id} wrong: {' '.join(change[1].split())}")
    for part, (marked, found, told, right) in parts.items():
        share = f"{right / told:.0%}" if told else "-"
        print(f"{part}: {found} of {marked} marked changes found ({found / marked:.0%}); {right} of {told} told marked ({share})")


def _same(text: tuple[str, str], change: tuple[str, str]) -> bool:
    return text[0] == change[0] and (change[1] in text[1] or text[1] in change[1])


def marked_tickets() -> Iterator[tuple[str, own_set.Ticket, list[tuple[str, str]]]]:
    """Yield the file, each ticket, and source and words of the steps that left something changed."""
    known: dict[str, own_set.Ticket] = {}
    for row in MARKS.read_text(encoding="utf-8").splitlines():
        name, _, numbers = row.partition("\t")
        file = name.partition(":")[0]
        if name not in known:
            known |= {f"{file}:{ticket.id}": ticket for ticket in own_set.tickets(file)}
        ticket = known[name]
        steps = sorted((x for x in ticket.labels if x.what not in ("-", "block")), key=lambda x: (x.note, x.start))
        texts = {-1: ticket.record["ticket"]["initial_description"]}
        texts |= {n: note["text"] for n, note in enumerate(ticket.record["ticket"]["notes"])}
        sources = {s.note_index: s.id for s in ticket.package.sources if s.note_index is not None}
        wanted = [steps[int(n) - 1] for n in numbers.split(",") if n.strip()]
        yield file, ticket, [(sources.get(x.note, "d"), texts[x.note][x.start : x.end]) for x in wanted]


if __name__ == "__main__":
    main()
