"""How well the local reader reads our own labelled tickets, each file for itself (`READER_ENCODER=off`: by words alone).

    python -m benchmarks.own_set [second.txt …] [--unseen | --forums] [--wrong]

The files stand in `tests/unit/escalation/own_set`. Their labels were committed before the rules read them; figures of a
first run stand in `docs/reading.md`. What is printed here is today's reading, after the rules were mended with them.
"""

from __future__ import annotations

import argparse

from tests.unit.escalation import own_set
from worker.settings import encoder_wanted
from worker.wiring import local_reader


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    every = (*own_set.TAUGHT, *own_set.UNSEEN, *own_set.FORUMS)
    parser.add_argument("files", nargs="*", default=every, help="default: %(default)s")
    parser.add_argument("--unseen", action="store_true", help="only files that nothing was taught with: everyday tickets")
    parser.add_argument("--forums", action="store_true", help="only files that nothing was taught with: in the manner of forums")
    parser.add_argument("--wrong", action="store_true", help="one line for each thing not read as labelled")
    options = parser.parse_args()
    known = local_reader(encoder_wanted())
    files = own_set.UNSEEN if options.unseen else own_set.FORUMS if options.forums else options.files
    scores = {name: own_set.score(own_set.tickets(name), known) for name in files}
    print(f"{'figure':<28}" + "".join(f"{name:>18}" for name in scores))
    rows = [figures(score) for score, _ in scores.values()]
    for figure in rows[0]:
        print(f"{figure:<28}" + "".join(f"{row[figure]:>18}" for row in rows))
    for name, (_, wrong) in scores.items():
        if options.wrong:
            print("", name, *wrong, sep="\n")


def figures(score: own_set.Score) -> dict[str, str]:
    """Return the figures by name, ready to print."""

    def share(part: float, whole: float) -> str:
        return f"{part / whole:.2f}" if whole else "-"

    return {
        "tickets": str(score.tickets),
        "steps labelled": str(score.right + score.missed),
        "step F1": f"{score.step_f1:.2f}",
        "  precision": share(score.right, score.right + score.extra),
        "  recall": share(score.right, score.right + score.missed),
        "outcome accuracy": share(score.outcomes, score.right),
        "who did it": share(score.actors, score.right),
        "dead-end F1": f"{score.dead_end_f1:.2f}",
        "non-steps taken for steps": f"{score.non_taken} of {score.non_steps}",
        "pasted text found": share(score.block_found, score.block_characters),
        "pasted text, precision": share(score.block_found, score.block_taken),
        "error-code F1": f"{score.code_f1:.2f}",
        "domain": f"{score.domains} of {score.tickets}",
    }


if __name__ == "__main__":
    main()
