"""The local reader on threads it was not taught with: folds, a source it never saw, sets it was never taught with, and less to learn from."""

# ruff: noqa: E501 - a table is easier to read in rows

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.thread_scores import Text, counts, figures, pairs, same
from escalation.package.build import bare, build
from escalation.package.contents import CERTAIN, SURE
from escalation.package.threads import evidence_from_thread
from escalation.reading.encoder import own_encoder, with_encoder
from escalation.reading.weights import Learned, parsed
from training.fitting import Taught, fit
from training.folds import FOLDS, calibrated, fold_of
from training.forums import forums
from training.reader import names_in, sample, taught_by, written
from training.terse import terse
from training.tickets import Labelled, own, threads

ROUNDS = 1000
SHOWN = (
    ("step F1", "step_f1", 0.78), ("  precision", "step_precision", None), ("  recall", "step_recall", None), ("outcome accuracy", "outcome_accuracy", 0.72),
    ("  failed, no_change as one", "outcome_accuracy_coarse", None), ("dead-end F1", "dead_end_f1", 0.70), ("non-steps taken", "non_step_fp_rate", 0.03),
    ("evidence found", "evidence_char_recall", 0.85), ("evidence precision", "evidence_char_precision", 0.85), ("error-code F1", "error_code_f1", 0.70), ("domain accuracy", "domain_accuracy", 0.92),
)  # fmt: skip


def read_with(record: dict[str, Any], known: Learned | None) -> dict[str, Any]:
    """Return the package of a thread as the product makes it with those weights; the gold labels never reach it."""
    evidence = evidence_from_thread({"id": record["id"], "ticket": record["ticket"]})
    package = build(evidence, episode=1, escalated_at=evidence.read_at, escalated_by=None, as_of=evidence.read_at, known=known)
    return bare(package, record["id"])


class Folds:
    """What was learned without each fold, and what without one source."""

    def __init__(self, directory: Path, share: float = 1.0, texts: Path | None = None) -> None:
        """Read the threads of a directory, our own tickets, the terse ones and the labelled texts in `texts`. With `share` only that part of the threads is learned from."""
        self.threads = threads(directory)
        self.own = list(own())
        besides = [*self.own, *terse(), *(forums(texts) if texts else ())]
        learned_from = [*sample(self.threads, share), *besides]
        self._all = [*self.threads, *besides]
        self._names = names_in(self._all)
        taught = taught_by(self._all)
        kept = {t.id for t in learned_from}
        self._taught = {name: one for name, one in taught.items() if name in kept}
        self._tickets = {t.id: t for t in self._all}
        self.by_fold = {fold: self._fit(lambda t, fold=fold: t.source == "forum" or fold_of(t.id) != fold) for fold in range(FOLDS)}  # type: ignore[misc]
        examples = {name: one.examples for name, one in taught.items()}
        scales, self.bounds = calibrated([t for t in self._all if t.id in kept], examples, self.by_fold)
        self._scales = scales
        self.known = {fold: self._learned(models) for fold, models in self.by_fold.items()}

    def _fit(self, wanted: Callable[[Labelled], bool]) -> Mapping[str, Any]:
        chosen: list[Taught] = [one for name, one in self._taught.items() if wanted(self._tickets[name])]
        return fit(chosen, self._names)

    def _learned(self, models: Mapping[str, Any]) -> Learned:
        return parsed(written(models, self._scales, self.bounds))

    def without(self, *sources: str) -> Learned:
        """Return what is learned from all tickets but those of the sources; what they alone teach (`left`) as a fold has it: no figure is of it."""
        return self._learned({**self.by_fold[0], **self._fit(lambda t: t.source not in sources)})

    def readings(self, tickets: Iterable[Labelled]) -> dict[str, dict[str, Any]]:
        """Return each ticket's reading by the weights of words that were taught without it."""
        return {t.id: read_with(t.record, self.known[fold_of(t.id)]) for t in tickets}

    def whole_readings(self, tickets: Iterable[Labelled]) -> dict[str, dict[str, Any]]:
        """Return the same with the product's encoder, which no labelled thread taught: for threads alone."""
        both = {fold: with_encoder(known, own_encoder()) for fold, known in self.known.items()}
        return {t.id: read_with(t.record, both[fold_of(t.id)]) for t in tickets}


def above_the_fold(record: dict[str, Any], made: dict[str, Any]) -> Counter[str]:
    """Return how many lines would stand above the fold, and how many of them are right: a step, and no wrong outcome told."""
    text, gold, told = Text(record), record["gold"], Counter[str]()
    labels = [text.first(s["evidence"], s["note_index"]) for s in gold["steps_attempted"]]
    maybe = [span for s in gold["optional_steps"] if (span := text.first(s["evidence"], s["note_index"]))]
    places = [text.all_of(s["evidence"], s["note_index"]) for s in made["steps_attempted"]]
    matched = pairs(places, labels)
    for place, step in enumerate(made["steps_attempted"]):
        if step["sure"] < SURE:
            continue
        is_step = place in matched or any(same(a, b) for a in places[place] for b in maybe)
        says = not step["result_stated"] and step["outcome_sure"] >= CERTAIN and place in matched
        wrong = says and gold["steps_attempted"][matched[place]]["outcome"] != step["outcome"]
        told.update(lines=1, steps=is_step, right=is_step and not wrong)
    return told


def gold_of(tickets: Sequence[Labelled]) -> dict[str, dict[str, Any]]:
    """Return our own tickets as records with labels in the threads' own form."""
    made = {}
    for ticket in tickets:
        texts = {-1: ticket.record["ticket"]["initial_description"], **{i: n["text"] for i, n in enumerate(ticket.record["ticket"]["notes"])}}
        steps = [{"evidence": texts[s.note][s.start : s.end], "note_index": s.note, "outcome": s.outcome} for s in ticket.steps]
        made[ticket.id] = {**ticket.record, "gold": {
            "steps_attempted": steps, "optional_steps": [], "non_steps": [texts[s.note][s.start : s.end] for s in ticket.none],
            "evidence_blocks": [texts[s.note][s.start : s.end] for s in ticket.blocks], "error_codes": sorted(ticket.codes),
            "error_codes_optional": sorted(ticket.maybe_codes), "domain": ticket.domains[0], "domain_alt": None,
            "dead_ends": [i for i, s in enumerate(steps) if s["outcome"] in ("failed", "no_change")],
        }}  # fmt: skip
    return made


def each(gold: Mapping[str, dict[str, Any]], made: Mapping[str, dict[str, Any]]) -> dict[str, Counter[str]]:
    """Return the counts of each thread."""
    return {name: counts(record, made[name]) for name, record in gold.items()}


def interval(told: Sequence[Counter[str]], key: str) -> tuple[float, float]:
    """Return the 95% bootstrap interval of a figure over threads, from a fixed seed."""
    draw, values = random.Random(20_26), []
    for _ in range(ROUNDS):
        added: Counter[str] = Counter()
        for one in draw.choices(told, k=len(told)):
            added.update(one)
        values.append(figures(added)[key])
    values.sort()
    return values[round((ROUNDS - 1) * 0.025)], values[round((ROUNDS - 1) * 0.975)]


def disagreements(scorer: Any, gold: Mapping[str, dict[str, Any]], made: Mapping[str, dict[str, Any]]) -> list[str]:
    """Return the threads whose figures the labelled set's own scorer gives otherwise."""
    wrong = []
    for name, record in gold.items():
        theirs, ours = scorer.report(scorer.score_one(record, made[name])), figures(counts(record, made[name]))
        if any(abs((theirs[key] or 0.0) - ours[key]) > 0.0006 for key in ours):
            wrong.append(name)
    return wrong


def report(directory: Path, scorer: Any, share: float, texts: Path | None = None) -> Iterable[str]:
    """Return the lines of the whole measurement, as they come."""
    folds = Folds(directory, share, texts)
    gold = {t.id: t.record for t in folds.threads}
    made = folds.whole_readings(folds.threads)
    wrong = disagreements(scorer, gold, made)
    yield f"{len(gold)} threads, each read by weights taught without it; scores agree with {scorer.__name__} on {len(gold) - len(wrong)} of {len(gold)}" + (f": not {wrong[:3]}" if wrong else "")
    trivial = {name: scorer.baseline(record) for name, record in gold.items()}
    by_source = {source: {n: r for n, r in gold.items() if n.startswith(f"{source}-")} for source in ("t", "w")}
    told = {key: each(g, made) for key, g in (("all", gold), *by_source.items())}
    others = {k: v or 0.0 for k, v in scorer.report(scorer.score(gold, trivial)[0]).items() if not isinstance(v, str)}
    yield f"{'figure':<28}{'all':>6}  95%          {'t':>6}  95%          {'w':>6}  95%          {'trivial':>9}{'goal':>7}"
    for name, key, goal in SHOWN:
        cells = ""
        for one in told.values():
            low, high = interval(list(one.values()), key)
            cells += f"{figures(sum(one.values(), Counter()))[key]:>6.3f}  {low:.2f} to {high:.2f} "
        yield f"{name:<28}{cells}{others[key]:>9.3f}" + (f"{goal:>7.2f}" if goal else "")
    for source, part in (("all", gold), *by_source.items()):
        lines = sum((above_the_fold(r, made[n]) for n, r in part.items()), Counter())
        yield f"above the fold, {source}: {lines['lines']} lines, {lines['steps'] / max(1, lines['lines']):.3f} are steps, {lines['right'] / max(1, lines['lines']):.3f} are right"
    yield from _rows("the same threads, weights of words alone", gold, folds.readings(folds.threads))
    if share < 1:
        return
    own_gold = gold_of(folds.own)
    yield from _rows("our own tickets, by folds", own_gold, folds.readings(folds.own))
    stranger = folds.without("own", "terse")
    yield from _rows("our own tickets, taught with threads alone", own_gold, {n: read_with(r, stranger) for n, r in own_gold.items()})
    for source, part in by_source.items():
        unseen = folds.without(source, *(("forum",) if source == "t" else ()))
        yield from _rows(f"source {source}, taught without it", part, {n: read_with(r, unseen) for n, r in part.items()})
    dev = directory.resolve().parent / "dev"
    if dev.is_dir():
        known = folds.without()
        dev_gold = {t.id: t.record for t in threads(dev)}
        for name, one in (("", with_encoder(known, own_encoder())), (", weights of words alone", known)):
            yield from _rows(f"dev, never taught with{name}", dev_gold, {n: read_with(r, one) for n, r in dev_gold.items()})


def _rows(name: str, gold: Mapping[str, dict[str, Any]], made: Mapping[str, dict[str, Any]]) -> Iterable[str]:
    told = figures(sum(each(gold, made).values(), Counter()))
    yield f"{name} ({len(gold)}): " + ", ".join(f"{title.strip()} {told[key]:.3f}" for title, key, _ in SHOWN)
