"""How well talks with an assistant are read into steps: `python -m benchmarks.transcripts [--unseen] [--show]`.

On forty made-up transcripts of four kinds, labelled before the reader was written (`tests/unit/escalation/sessions`). Found:
labels that a step read fits; of those, pending and done told apart, and the outcome of what was done. Invented: steps whose
words do not stand in the transcript. More: steps read that no label fits.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Sequence

from escalation.sessions.exports import Unreadable, turns_of
from escalation.sessions.steps import NewStep
from escalation.sessions.transcript import read_transcript
from tests.unit.escalation.sessions import Label, Labelled, all_transcripts


def words(text: str) -> list[str]:
    """Return a text's words, without the marks of Markdown."""
    found = re.findall(r"[\w'./:\\-]+", re.sub(r"[*`_|]", " ", text).lower())
    return [word.strip(".:'") for word in found if word.strip(".:'")]


def fits(label: Label, step: NewStep) -> bool:
    """Tell whether a step read is the labelled one: most words of the shorter are the other's."""
    mine, other = set(words(label.text)), set(words(step.text))
    return len(mine & other) >= 0.6 * min(len(mine), len(other))


def count(transcripts: Sequence[Labelled], *, show: bool = False) -> Counter[str]:
    """Return the counts over some transcripts."""
    total: Counter[str] = Counter()
    for one in transcripts:
        try:
            steps = read_transcript(one.text)
        except Unreadable:
            steps = []
        said = " ".join(words(" ".join(turn.text for turn in turns_of(one.text))))
        left = list(steps)
        total["labels"] += len(one.labels)
        for label in one.labels:
            found = next((step for step in left if fits(label, step)), None)
            if found is None:
                if show:
                    print(f"{one.number:2d} {one.kind}: not found: {label}")
                continue
            left.remove(found)
            total["found"] += 1
            total["apart"] += found.state == label.state
            total["done"] += label.state == "done" == found.state
            total["outcome"] += label.state == "done" == found.state and found.outcome == label.outcome
            if show and (found.state, found.outcome) != (label.state, label.outcome):
                print(f"{one.number:2d} {one.kind}: {found.state} {found.outcome}: {label}")
        total["more"] += len(left)
        total["invented"] += sum(" ".join(words(step.text)) not in said for step in steps)
        if show:
            for step in left:
                print(f"{one.number:2d} {one.kind}: more: {step.state} {step.text!r}")
    return total


def main() -> None:
    """Print the figures, seen and unseen apart."""
    parser = argparse.ArgumentParser(prog="benchmarks.transcripts", description=__doc__)
    parser.add_argument("--show", action="store_true", help="each label that is missed, and each step too many; of the seen ones")
    options = parser.parse_args()
    every = all_transcripts()
    kinds = sorted({one.kind for one in every})
    groups = {"seen": [one for one in every if not one.unseen], "unseen": [one for one in every if one.unseen]}
    groups |= {kind: [one for one in every if one.kind == kind] for kind in kinds} | {"all": every}
    print(f"{'':10}{'labels':>8}{'found':>8}{'apart':>8}{'outcome':>12}{'more':>6}{'invented':>10}")
    for name, group in groups.items():
        c = count(group, show=options.show and name == "seen")
        right = f"{c['outcome']}/{c['done']}"
        print(f"{name:10}{c['labels']:8}{c['found']:8}{c['apart']:8}{right:>12}{c['more']:6}{c['invented']:10}")


if __name__ == "__main__":
    main()
