"""How much of what tickets leave changed the brief tells: found, and right among what is told.

    python -m benchmarks.left_behind [--wrong]

`training/left_marks.tsv` names for each of our own tickets the labelled steps (counted from 1 in the order of their places) that left
something changed which a senior must know of: tried and not put back, or a stop-gap. Marked at one reading by a large model that
saw neither the rules nor what they find. No rule was written while these marks were looked at.
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
    marked = found = told = right = 0
    for ticket, wanted in marked_tickets():
        changes = [(c.source, c.evidence) for c in ticket.package.state_left_behind]
        texts = [(source, step) for source, step in wanted]
        hit = {n for n, (source, step) in enumerate(texts) if any(s == source and (e in step or step in e) for s, e in changes)}
        good = [c for c in changes if any(c[0] == source and (c[1] in step or step in c[1]) for source, step in texts)]
        marked, found = marked + len(texts), found + len(hit)
        told, right = told + len(changes), right + len(good)
        if options.wrong:
            for n, (_, step) in enumerate(texts):
                if n not in hit:
                    print(f"{ticket.id} missed: {' '.join(step.split())}")
            for change in changes:
                if change not in good:
                    print(f"{ticket.id} wrong: {' '.join(change[1].split())}")
    print(f"{marked} changes marked: {found} found ({found / marked:.0%}); {told} told: {right} of them marked ({right / told:.0%})")


def marked_tickets() -> Iterator[tuple[own_set.Ticket, list[tuple[str, str]]]]:
    """Yield each ticket with source and words of the steps that left something changed."""
    known: dict[str, own_set.Ticket] = {}
    for row in MARKS.read_text(encoding="utf-8").splitlines():
        name, _, numbers = row.partition("\t")
        file, _, ticket_id = name.partition(":")
        if name not in known:
            known |= {f"{file}:{ticket.id}": ticket for ticket in own_set.tickets(file)}
        ticket = known[name]
        steps = sorted((x for x in ticket.labels if x.what not in ("-", "block")), key=lambda x: (x.note, x.start))
        texts = {-1: ticket.record["ticket"]["initial_description"]}
        texts |= {n: note["text"] for n, note in enumerate(ticket.record["ticket"]["notes"])}
        sources = {s.note_index: s.id for s in ticket.package.sources if s.note_index is not None}
        wanted = [steps[int(n) - 1] for n in numbers.split(",") if n.strip()]
        yield ticket, [(sources.get(x.note, "d"), texts[x.note][x.start : x.end]) for x in wanted]


if __name__ == "__main__":
    main()
