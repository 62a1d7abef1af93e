"""Teach the local reader and write what it learned.

    python -m training.reader --threads DIR [--texts FILE] [--out FILE] [--share PART]

DIR holds labelled threads as JSON (the format is in `docs/reading.md`, "Teach it with your own tickets"); our own labelled tickets
are learned from besides, and, where `--texts` gives the threads they stand in, the labelled texts of `training/forums.py`. The file is the
same to the byte each time on one machine. `--share 0.5` learns from half of the threads. Takes some minutes on one core.
"""

# ruff: noqa: E501 - a table of names is easier to read in long rows

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from escalation.reading.weights import Model, Scale, parsed, rows_of
from training.classes import word_classes
from training.examples import examples_of
from training.fitting import Taught, fit
from training.folds import FOLDS, calibrated, fold_of
from training.forums import forums
from training.terse import terse
from training.tickets import Labelled, own, texts_of, threads

OUT = Path(__file__).parents[1] / "escalation" / "reading" / "learned.json"
WEIGHTS = {"own": 0.5, "terse": 0.2, "forum": 0.35}
"""What a ticket of each source counts; a labelled thread counts 1."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=Path, required=True, help="directory with the labelled threads")
    parser.add_argument("--texts", type=Path, help="threads without labels in which the labelled texts stand, JSON lines packed with gzip")
    parser.add_argument("--out", type=Path, default=OUT, help="where the weights go (default: the product's own)")
    parser.add_argument("--share", type=float, default=1.0, help="the part of the tickets to learn from (default: all)")
    options = parser.parse_args()
    try:
        tickets = threads(options.threads)
    except FileNotFoundError as missing:
        sys.exit(str(missing))
    body = teach([*sample(tickets, options.share), *own(), *terse(), *(forums(options.texts) if options.texts else ())])
    options.out.write_bytes(body)
    print(f"{options.out}: {len(body):,} bytes, version {parsed(body).version[:12]}")


def sample(tickets: Sequence[Labelled], share: float) -> list[Labelled]:
    """Return that part of the tickets, chosen by the hash of their names, so that a larger part holds the smaller."""
    order = sorted(tickets, key=lambda t: hashlib.sha256(t.id.encode()).hexdigest())
    chosen = {t.id for t in order[: round(share * len(order))]}
    return [t for t in tickets if t.id in chosen]


def taught_by(tickets: Sequence[Labelled]) -> dict[str, Taught]:
    """Return what each ticket teaches, by its id."""
    classes = word_classes()
    return {t.id: Taught(examples_of(t, classes), WEIGHTS.get(t.source, 1.0)) for t in tickets}


_GREETED = re.compile(r"(?:\b(?:Hi|Hello|Dear|Hey),? @?|@)([A-Z][A-Za-z]+)")
_WORD = re.compile(r"[A-Za-z]+")


def names_in(tickets: Sequence[Labelled]) -> frozenset[str]:
    """Return the writers' and companies' names, and who is greeted or addressed: no weight is kept for them.

    What is mostly written small is no name: "Hi, We have" and "Hello all" greet nobody.
    """
    found: set[str] = set()
    seen, small = Counter[str](), Counter[str]()
    for ticket in tickets:
        for text in texts_of(ticket.record).values():
            found.update(word.lower() for word in _GREETED.findall(text))
            words = _WORD.findall(text)
            seen.update(word.lower() for word in words)
            small.update(word for word in words if word.islower())
        said = [note.get("author", "") for note in ticket.record["ticket"]["notes"]]
        found.update(word.lower() for name in said for word in name.split() if name not in ("tech", "customer"))
    return frozenset(word for word in found if 2 * small[word] <= seen[word])


def teach(tickets: Sequence[Labelled]) -> bytes:
    """Return the file of weights that the tickets teach, with scales and bounds measured on folds."""
    taught = taught_by(tickets)
    names = names_in(tickets)
    models = fit(list(taught.values()), names)
    folded = {t.id for t in tickets if t.source != "forum"}
    by_fold = {}
    for fold in range(FOLDS):
        rest = [one for name, one in taught.items() if name not in folded or fold_of(name) != fold]
        by_fold[fold] = fit(rest, names)
    scales, bounds = calibrated(tickets, {k: v.examples for k, v in taught.items()}, by_fold)
    return written(models, scales, bounds)


def written(models: Mapping[str, Model], scales: Mapping[str, Scale], bounds: Mapping[str, float]) -> bytes:
    """Return the file's bytes: keys in order."""
    body: dict[str, Any] = {
        "format": 3,
        "bounds": dict(sorted(bounds.items())),
        "classes": {word: " ".join(kinds) for word, kinds in sorted(word_classes().items())},
        "scales": {name: [list(s.scores), list(s.shares)] for name, s in sorted(scales.items())},
        "models": {
            name: {"classes": list(m.classes), "bias": list(m.bias), "weights": {k: _kept(table) for k, table in sorted(rows_of(m).items())}}
            for name, m in sorted(models.items())
        },
    }
    return (json.dumps(body, ensure_ascii=True, separators=(",", ":")) + "\n").encode()


LEAST = 90
"""In thousandths: a weight that is smaller for every class is left out of the file, which so stays under 5 MB."""


def _kept(table: Mapping[str, Sequence[int]]) -> dict[str, Sequence[int]]:
    return {name: row for name, row in sorted(table.items()) if max(map(abs, row)) >= LEAST}





if __name__ == "__main__":
    main()
