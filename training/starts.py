"""Teach where a brief says to start: which of a ticket's candidates a senior would follow.

    python -m training.starts --threads DIR --write OUT       tickets with numbered candidates, for people to mark
    python -m training.starts --threads DIR --marks OUT       keep the marks of OUT/out/*.lab in `start_labels.jsonl`
    python -m training.starts --threads DIR [--folds]         teach with them; with --folds only measure
    python -m training.starts --unseen                        what the product chooses in tickets that nothing was taught with

A mark is `2` right (leads to the cause), `1` useful, `0` useless or done already, `x` misleading. `start_labels.jsonl` holds places
and marks and no text; `start_labels_unseen.jsonl` those of the tickets that measure (`--unseen` with `--write` and `--marks`). The tickets of `starts_set_aside.txt` are never written or learned from. The same to the byte each time on one
machine; some minutes on one core.
"""

# ruff: noqa: E501 - a table of names is easier to read in long rows

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from escalation.package.build import candidates_of
from escalation.package.candidates import Candidate
from escalation.package.start_here import choose, weigh
from escalation.reading.weights import SCALE, parsed
from escalation.symptoms.entries import knowledge, knowledge_of
from training.cuts import Cut, cuts, package_of, set_aside, unseen
from training.tickets import texts_of

OUT = Path(__file__).parents[1] / "escalation" / "package" / "learned.json"
SEEN = Path(__file__).parents[1] / "escalation" / "symptoms" / "learned.json"
LABELS, UNSEEN_LABELS = (Path(__file__).with_name(f"start_labels{name}.jsonl") for name in ("", "_unseen"))
A_FILE, PER_SOURCE = 25, 250
TICKETS, HELD, FOLDS = 3, 0.1, 5
"""In how many tickets a feature has to stand; the inverse of how strongly weights are held down; parts for measuring."""
CLASSES = {"2": "good", "1": "good", "0": "none", "x": "misleading"}
ORDER = ("lead", "suggested", "pointer", "silent", "changed", "finding", "check", "relief", "error", "guess", "contrast", "last", "left", "if")
"""The fixed order that the learned choice is compared with."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--threads", type=Path, help="directory with the labelled threads")
    group.add_argument("--unseen", action="store_true", help="our own tickets that nothing is taught with, instead")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--write", type=Path, metavar="OUT", help="write tickets to be marked there, outside of this project")
    what.add_argument("--marks", type=Path, metavar="OUT", help="read the marks that lie there")
    what.add_argument("--folds", action="store_true", help="measure by parts that were not learned from")
    options = parser.parse_args()
    tickets, labels = (unseen(), UNSEEN_LABELS) if options.unseen else (cuts(options.threads), LABELS)
    if options.write:
        if not options.unseen:
            SEEN.write_bytes(rarity(tickets))
            knowledge.cache_clear()
            tickets = chosen(tickets, set_aside())
        print(f"{write(tickets, options.write)} files in {options.write}")
        return
    if options.marks:
        rows = marked(options.marks)
        labels.write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows), encoding="utf-8")
        print(f"{len(rows)} tickets in {labels}")
        return
    taught = examples(tickets, labels)
    if options.unseen:
        print(chosen_now(taught))
        return
    if options.folds:
        print("\n".join(report(taught)))
        return
    OUT.write_bytes(teach(taught))
    print(f"{OUT}: version {parsed(OUT.read_bytes()).version[:12]}, {len(taught)} tickets")


# Tickets to be marked, and the marks.


def chosen(tickets: Sequence[Cut], aside: frozenset[str]) -> list[Cut]:
    """Return the tickets to be marked: as many threads as own ones, those with a known solution first."""
    free = sorted((one for one in tickets if one.id not in aside), key=lambda one: not one.solution.strip())
    return [*[t for t in free if t.source == "own"][:PER_SOURCE], *[t for t in free if t.source != "own"][:PER_SOURCE]]


def in_files(tickets: Sequence[Cut]) -> list[list[Cut]]:
    """Return the tickets as they stand in the files."""
    order = sorted(tickets, key=lambda one: hashlib.sha256(f"order {one.id}".encode()).hexdigest())
    return [order[begin : begin + A_FILE] for begin in range(0, len(order), A_FILE)]


def write(tickets: Sequence[Cut], out: Path) -> int:
    """Write the tickets with their candidates, and return how many files."""
    (out / "out").mkdir(parents=True, exist_ok=True)
    files, keys = in_files(tickets), {}
    for number, group in enumerate(files, 1):
        rows = []
        for one in group:
            candidates, questions = read(one)
            keys[one.id] = {"candidates": [key_of(c) for c in candidates], "questions": [digest(q) for q in questions]}
            rows.append(_shown(one, candidates, questions))
        (out / f"{number:02d}.txt").write_text("\n".join(rows), encoding="utf-8")
    (out / "keys.json").write_text(json.dumps(keys), encoding="utf-8")
    return len(files)


def read(one: Cut) -> tuple[list[Candidate], list[str]]:
    """Return the ticket's candidates and its open questions."""
    evidence = one.evidence()
    package = package_of(evidence)
    return candidates_of(evidence, package), [gap.question for gap in package.not_recorded]


def key_of(candidate: Candidate) -> str:
    """Return by what a candidate is found again: its kind and what it says, as a number."""
    return f"{candidate.kind} {candidate.start.source} {digest(candidate.start.text)}"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _shown(one: Cut, candidates: Sequence[Candidate], questions: Sequence[str]) -> str:
    body = one.record["ticket"]
    rows = [f"===== {one.id}", f"SUMMARY: {body['summary']}"]
    rows += [f"-- description: {_short(body['initial_description'])}"] if body["initial_description"].strip() else []
    rows += [f"-- {note.get('role', 'tech')}: {_short(note['text'])}" for note in body["notes"]]
    rows += [f"SOLVED BY (only you know): {_short(one.solution, 700)}"] if one.solution.strip() else ["SOLVED BY: not known"]
    rows += [f"  {n} ({c.kind}) {c.start.text}  <{c.start.reason}>" for n, c in enumerate(candidates, 1)]
    rows += [f"  q{n} {question}" for n, question in enumerate(questions, 1)]
    return "\n".join(rows) + "\n"


def _short(text: str, most: int = 1600) -> str:
    flat = "\n".join(row.rstrip() for row in text.splitlines() if row.strip())
    return flat if len(flat) <= most else f"{flat[: most * 2 // 3]} […] {flat[-most // 3 :]}"


def marked(out: Path) -> list[dict[str, Any]]:
    """Return each marked ticket with the keys of its candidates and their marks. Raises `ValueError` for a mark of no ticket."""
    keys = json.loads((out / "keys.json").read_text(encoding="utf-8"))
    made = []
    for file in sorted((out / "out").glob("*.lab")):
        for row in file.read_text(encoding="utf-8").splitlines():
            name, *marks = row.split()
            if name not in keys:
                raise ValueError(f"{file}: {name} is none of the tickets that were written")
            said = dict(mark.split("=", 1) for mark in marks)
            candidates = {key: said[str(n)] for n, key in enumerate(keys[name]["candidates"], 1) if said.get(str(n)) in CLASSES}
            questions = {key: said[f"q{n}"] for n, key in enumerate(keys[name]["questions"], 1) if said.get(f"q{n}") in ("y", "n")}
            made.append({"id": name, "marks": candidates, "asked": questions})
    return sorted(made, key=lambda row: row["id"])


def rarity(tickets: Sequence[Cut]) -> bytes:
    """Return in how many tickets each word of the symptoms' entries stands, for `escalation/symptoms/learned.json`."""
    known = knowledge_of(knowledge().entries, {}, 0)
    wanted = {w for entry in known.entries for line in entry.words for term in line for phrase in term for w in phrase}
    seen: Counter[str] = Counter()
    for one in tickets:
        said = known.read("\n".join([one.record["ticket"]["summary"], *texts_of(one.record).values()]))
        seen.update(wanted & said.words)
    body = {"tickets": len(tickets), "seen": dict(sorted(seen.items()))}
    return (json.dumps(body, ensure_ascii=True, separators=(",", ":")) + "\n").encode()


# What the marks teach.


@dataclass(frozen=True, slots=True)
class Taught:
    """A ticket's candidates with their marks."""

    id: str
    source: str
    candidates: tuple[Candidate, ...]
    marks: tuple[str, ...]
    """`?` for a candidate that was not there when people marked."""
    asked: Mapping[str, str]
    questions: tuple[str, ...]


def examples(tickets: Sequence[Cut], labels: Path = LABELS) -> list[Taught]:
    """Return the marked tickets as they are read now."""
    rows = {row["id"]: row for row in map(json.loads, labels.read_text(encoding="utf-8").splitlines())}
    made = []
    for one in tickets:
        if one.id in rows:
            candidates, questions = read(one)
            marks = tuple(rows[one.id]["marks"].get(key_of(c), "?") for c in candidates)
            made.append(Taught(one.id, one.source, tuple(candidates), marks, rows[one.id]["asked"], tuple(questions)))
    return made


def teach(taught: Sequence[Taught], bounds: Mapping[str, float] | None = None) -> bytes:
    """Return the file of weights."""
    rows = [(c.features, CLASSES[m]) for t in taught for c, m in zip(t.candidates, t.marks, strict=True) if m in CLASSES]
    places: dict[str, set[str]] = defaultdict(set)
    for one in taught:
        for candidate in one.candidates:
            for name in candidate.features:
                places[name].add(one.id)
    names = sorted(name for name, where in places.items() if len(where) >= TICKETS)
    column = {name: place for place, name in enumerate(names)}
    entries = [(row, column[name], value) for row, (features, _) in enumerate(rows) for name, value in features.items() if name in column]
    at, across, values = (np.array(part) for part in zip(*entries, strict=True))
    matrix = csr_matrix((values, (at, across)), shape=(len(rows), len(names)))
    model = LogisticRegression(C=HELD, max_iter=500, tol=1e-4).fit(matrix, [answer for _, answer in rows])
    table = np.rint(model.coef_ * SCALE).astype(int)
    weights = {name: [int(x) for x in table[:, place]] for place, name in enumerate(names) if np.abs(table[:, place]).max() >= 10}
    body = {
        "format": 3, "bounds": dict(bounds or BOUNDS), "classes": {}, "scales": {},
        "models": {"start": {"classes": list(model.classes_), "bias": [round(float(b), 4) for b in model.intercept_], "weights": {"": weights}}},
    }  # fmt: skip
    return (json.dumps(body, ensure_ascii=True, separators=(",", ":")) + "\n").encode()


BOUNDS = {"start": 0.2, "before solved": 0.6}
"""From which share of right or useful ones on a candidate is shown, and stands before what solved a ticket like it."""


def chosen_now(taught: Sequence[Taught]) -> str:
    """Return what people marked of what the product chooses."""
    counts, either, best = Counter[str](), Counter[str](), Counter[str]()
    both = 0
    for one in taught:
        start, otherwise = choose(one.candidates)
        mark = dict(zip((c.start.text for c in one.candidates), one.marks, strict=True))
        shown = [mark[place.text] for place in (start, otherwise) if place]
        both += len(shown) == 2
        counts[shown[0] if shown else "none"] += 1
        either[max(shown, key="x?012".index, default="none")] += 1
        best[max(one.marks, key="x?012".index, default="none")] += 1
    good, one_of_both, most = (sum(found[mark] for mark in "12") for found in (counts, either, best))
    return (
        f"{len(taught)} tickets: right or useful {good} ({good / len(taught):.0%}; right {counts['2']}), useless {counts['0']}, misleading {counts['x']}, "
        f"unmarked {counts['?']}, nothing {counts['none']};\n  with the second place that {both} of them are given: {one_of_both} ({one_of_both / len(taught):.0%}; unmarked {either['?']}); any candidate right or useful in {most} ({most / len(taught):.0%})"
    )


def fold_of(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def report(taught: Sequence[Taught]) -> list[str]:
    """Return how often what is chosen is right, useful or misleading, on parts that were not learned from."""
    picks: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
    for fold in range(FOLDS):
        known = parsed(teach([t for t in taught if fold_of(t.id) != fold]))
        for one in (t for t in taught if fold_of(t.id) == fold):
            mark = dict(zip(map(id, one.candidates), one.marks, strict=True))
            ranked = weigh(one.candidates, known)
            for source in ("all", one.source):
                if ranked:
                    picks[f"learned, {source}"].append((mark[id(ranked[0].candidate)], ranked[0].candidate.kind, ranked[0].useful))
                    first = min(one.candidates, key=lambda c: ORDER.index(c.kind))
                    picks[f"fixed order, {source}"].append((mark[id(first)], first.kind, 1.0))
                    best = max(one.marks, key="x?012".index)
                    picks[f"ceiling, {source}"].append((best, "", 1.0))
                else:
                    for way in ("learned", "fixed order", "ceiling"):
                        picks[f"{way}, {source}"].append(("none", "", 0.0))
    made = []
    for name, rows in sorted(picks.items()):
        counts = Counter(mark for mark, _, _ in rows)
        good = counts["2"] + counts["1"]
        made.append(f"{name:<22} {len(rows)} tickets: right or useful {good} ({good / len(rows):.0%}; right {counts['2']}), useless {counts['0']}, misleading {counts['x']}, unmarked {counts['?']}, nothing {counts['none']}")
    rows = picks["learned, all"]
    for bound in (0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7):
        shown = [mark for mark, _, sure in rows if sure >= bound]
        if shown:
            good = sum(m in "12" for m in shown)
            made.append(f"  from {bound:.2f} on: {len(shown)} of {len(rows)} shown, right or useful {good / len(shown):.0%}, misleading {shown.count('x') / len(shown):.0%}")
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for mark, kind, _ in rows:
        kinds[kind][mark] += 1
    made += [f"  chosen {kind}: {dict(counts)}" for kind, counts in sorted(kinds.items(), key=lambda one: -sum(one[1].values()))]
    every: dict[str, Counter[str]] = defaultdict(Counter)
    for one in taught:
        for candidate, m in zip(one.candidates, one.marks, strict=True):
            every[candidate.kind][m] += 1
    made += [f"  marked {kind}: {dict(counts)}" for kind, counts in sorted(every.items(), key=lambda one: -sum(one[1].values()))]
    asked = Counter(one.asked.get(digest(q), "?") for one in taught for q in one.questions)
    made.append(f"questions: {dict(asked)}; tickets with one: {sum(bool(one.questions) for one in taught)}; with one that does not fit: {sum(any(one.asked.get(digest(q)) == 'n' for q in one.questions) for one in taught)}")
    return made


if __name__ == "__main__":
    main()
