"""The reading of real tickets, measured: packages of labelled threads through their scorer, beside the goals.

    python -m benchmarks.threads --threads DIR [--per-thread]
    python -m benchmarks.threads --threads DIR --folds [--texts FILE] [--share PART]

DIR holds threads as JSON with gold labels; the scorer is `score.py` in the folder above it. Neither is part of this
project. The product's reader was taught with `train`, so of those only `--folds` tells anything.

With `--folds` each thread is read by weights that were taught without it (`training/folds.py`), beside a trivial reader, by
source; then each source by weights taught without that source, our own tickets, and the set beside DIR that is never taught with.
`--texts` gives the threads in which the labelled texts of `training/forums.py` stand, to teach with them; `--share 0.5` teaches
with half of the labelled threads. Takes some minutes.

The intervals are 95% bootstrap intervals: the threads are drawn again with replacement 2,000 times, from a fixed seed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

from escalation.package.build import bare, build
from escalation.package.threads import evidence_from_thread
from worker.settings import encoder_wanted
from worker.wiring import local_reader

ROUNDS = 2000
OUTCOMES = ("failed", "no_change", "partial", "worked", "unknown")
# figure: key in the scorer's report, trivial baseline, second reader, goal without a model
FIGURES = (
    ("step F1", "step_f1", ".52", ".92", ".85"),
    ("  precision", "step_precision", "", "", ""),
    ("  recall", "step_recall", "", "", ""),
    ("outcome accuracy", "outcome_accuracy", ".28", ".89", ".80"),
    ("  failed and no_change as one", "outcome_accuracy_coarse", "", "", ""),
    ("dead-end F1", "dead_end_f1", ".27", ".89", ".80"),
    ("non-steps taken for steps", "non_step_fp_rate", ".15", "0", "<.03"),
    ("evidence characters found", "evidence_char_recall", ".31", ".97", ".90"),
    ("evidence precision", "evidence_char_precision", ".40", ".87", ".85"),
    ("error-code F1", "error_code_f1", ".67", "", ".90"),
    ("domain accuracy", "domain_accuracy", ".67", "", ".90"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=Path, required=True, help="directory with the labelled threads")
    parser.add_argument("--per-thread", action="store_true", help="one line a thread as well")
    parser.add_argument("--folds", action="store_true", help="teach on folds and read each thread by what was learned without it")
    parser.add_argument("--texts", type=Path, help="with --folds: threads without labels in which the labelled texts stand")
    parser.add_argument("--share", type=float, default=1.0, help="with --folds: the part of the threads to learn from")
    options = parser.parse_args()
    scorer = scorer_beside(options.threads)
    if options.folds:
        from benchmarks.thread_folds import report  # the libraries that teach are heavy

        for line in report(options.threads, scorer, options.share, options.texts):
            print(line, flush=True)
        return
    gold = scorer.load(str(options.threads))
    if not gold:
        sys.exit(f"no threads in {options.threads}: give the directory that holds the JSON files")
    predicted = {name: package_of(record) for name, record in gold.items()}
    print("\n".join(table(scorer, gold, predicted)))
    if options.per_thread:
        print("\n".join(by_thread(scorer, gold, predicted)))


def scorer_beside(threads: Path) -> ModuleType:
    """Return the scorer, loaded from `score.py` in the folder above the threads."""
    path = threads.resolve().parent / "score.py"
    spec = importlib.util.spec_from_file_location("thread_scorer", path)
    if spec is None or spec.loader is None or not path.is_file():
        sys.exit(f"no scorer at {path}: it belongs beside the directory of threads")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def package_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return the package of a thread as `resolutionflow package` prints it; the gold labels never reach it."""
    evidence = evidence_from_thread({"id": record["id"], "ticket": record["ticket"]})
    package = build(
        evidence, episode=1, escalated_at=evidence.read_at, escalated_by=None, as_of=evidence.read_at,
        known=local_reader(encoder_wanted()),
    )  # fmt: skip
    made = bare(package, record["id"])
    made["dead_ends"] = list(package.dead_ends_flagged)
    return made


def table(scorer: ModuleType, gold: dict[str, Any], predicted: dict[str, Any]) -> list[str]:
    """Return the rows of figures with their intervals, recall for each outcome, and quotes without a source."""
    total, each = scorer.score(gold, predicted)
    report = scorer.report(total)
    spread = intervals(scorer, list(each.values()))
    rows = [f"{len(gold)} threads", ""]
    rows.append(f"{'figure':<30} {'here':>6}  {'95% interval':<14} {'trivial':>8} {'reader':>7} {'goal':>6}")
    for name, key, trivial, reader, goal in FIGURES:
        low, high = spread[key]
        rows.append(
            f"{name:<30} {_short(report[key]):>6}  {_short(low)} to {_short(high):<7} {trivial:>8} {reader:>7} {goal:>6}"
        )
    rows.append(f"{'non-steps taken, counted':<30} {report['non_step_false_positives']:>6}")
    rows.append(f"{'quotes without a source':<30} {unsourced(gold, predicted):>6}  {'':<14} {'':>8} {'':>7} {'0':>6}")
    return [*rows, "", *recall_by_outcome(scorer, gold, predicted)]


def intervals(scorer: ModuleType, each: list[Counter[str]]) -> dict[str, tuple[float, float]]:
    """Return the 95% bootstrap interval of each figure over threads."""
    draw = random.Random(20_26)
    seen: dict[str, list[float]] = {key: [] for _, key, *_ in FIGURES}
    for _ in range(ROUNDS):
        total: Counter[str] = Counter()
        for counted in draw.choices(each, k=len(each)):
            total.update(counted)
        report = scorer.report(total)
        for key, values in seen.items():
            if report[key] is not None:
                values.append(report[key])
    ends = {}
    for key, values in seen.items():
        values.sort()
        last = len(values) - 1
        ends[key] = (values[round(last * 0.025)], values[round(last * 0.975)]) if values else (0.0, 0.0)
    return ends


def recall_by_outcome(scorer: ModuleType, gold: dict[str, Any], predicted: dict[str, Any]) -> list[str]:
    """Return, for each outcome a reader labelled, how many steps have it, were found, and were given it here."""
    labelled: Counter[str] = Counter()
    found: Counter[str] = Counter()
    given: Counter[tuple[str, str]] = Counter()
    for name, record in gold.items():
        document = scorer.Doc(record)
        steps = record["gold"]["steps_attempted"]
        places = [document.gold_span(s["evidence"], s["note_index"]) for s in steps]
        made = predicted[name]["steps_attempted"]
        pairs = scorer.match([document.spans(s["evidence"], s["note_index"]) for s in made], places)
        labelled.update(s["outcome"] for s in steps)
        for here, there in pairs.items():
            truth = steps[there]["outcome"]
            found[truth] += 1
            given[truth, made[here]["outcome"]] += 1
    rows = [f"{'outcome labelled':<18} {'steps':>6} {'found':>6} {'recall':>7}   given here instead"]
    for outcome in OUTCOMES:
        right = given[outcome, outcome]
        wrong = ", ".join(f"{o} {given[outcome, o]}" for o in OUTCOMES if o != outcome and given[outcome, o])
        rate = _short(right / found[outcome]) if found[outcome] else "-"
        rows.append(f"{outcome:<18} {labelled[outcome]:>6} {found[outcome]:>6} {rate:>7}   {wrong}")
    return rows


def unsourced(gold: dict[str, Any], predicted: dict[str, Any]) -> int:
    """Return how many quoted stretches do not stand literally in the ticket's own texts."""
    missing = 0
    for name, record in gold.items():
        ticket = record["ticket"]
        texts = {-1: ticket["initial_description"], **{i: n["text"] for i, n in enumerate(ticket["notes"])}}
        made = predicted[name]
        missing += sum(s["evidence"] not in texts.get(s["note_index"], "") for s in made["steps_attempted"])
        quoted = [*made["evidence_blocks"], *made["error_codes"]]
        quoted += [q["evidence"] for key in ("ruled_out", "promises", "state_left_behind") for q in made[key]]
        missing += sum(not any(quote in text for text in texts.values()) for quote in quoted)
    return missing


def by_thread(scorer: ModuleType, gold: dict[str, Any], predicted: dict[str, Any]) -> list[str]:
    rows = ["", f"{'thread':<12} {'domain':<16} {'step F1':>8} {'outcome':>8} {'dead end':>9} {'read as':<16}"]
    for name, record in gold.items():
        report = scorer.report(scorer.score_one(record, predicted[name]))
        rows.append(
            f"{name:<12} {record['gold']['domain']:<16} {_short(report['step_f1']):>8} "
            f"{_short(report['outcome_accuracy']):>8} {_short(report['dead_end_f1']):>9} {predicted[name]['domain']:<16}"
        )
    return rows


def _short(value: float | None) -> str:
    return "-" if value is None else json.dumps(round(value, 2)).replace("0.", ".") if value < 1 else "1.00"


if __name__ == "__main__":
    main()
