"""A year of a service desk in which faults come back in other words: what the brief shows of the earlier ticket.

    python -m benchmarks.recurring_year [--database sqlite postgres] [--tickets 3000] [--seeds 1] [--plot FILE.svg] [--show]

`benchmarks/service_desk_year.py` writes it. Each fault was solved once or twice in the year; then it comes back three times, at
another customer, on another device, to another technician: told `alike`, with slips and abbreviations of its own; in
`other words`, no phrase of which the first had; and from the `other side`, in a customer's words for a technician's or the
other way round. A third of the symptoms has an error code, which its causes share. Some symptoms and some causes are kept out
of the year: what is shown for these is never the right one.

All that is planted is read as tickets are (`lesson_of`, `build`), stored in real databases and asked as for a handoff. With both
databases, each must find the same tickets in the same order. "Same symptom" is an earlier ticket with another cause.
Symptoms in odd places of the file were not looked at while anything was tuned: `unseen`.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.orm import Session

from benchmarks.calibration import groups, svg
from benchmarks.callbacks import postgres_in
from benchmarks.service_desk_year import NOW, TOLD, Question, Year, year
from escalation.memory import assess
from escalation.package.build import build
from escalation.package.contents import Package
from escalation.package.lesson import Lesson, asked_of
from models.account import accounts
from models.account.encryption import Cipher
from models.database.schema import migrate
from models.database.sessions import Database
from models.memory import resolved
from worker.handoff.memory import asked

Kind = Literal["right", "same symptom", "unrelated"]
ORDER: tuple[Kind, ...] = ("right", "same symptom", "unrelated")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one question."""

    question: Question
    first: tuple[tuple[int, float], ...]
    """The ten most alike with their scores, as search orders them."""
    shown: tuple[int, ...]
    guessed: int | None
    """The ticket whose cause the assessment quotes."""
    confidence: float | None


@contextlib.contextmanager
def remembered(kind: str, lessons: Sequence[Lesson]) -> Iterator[tuple[Session, int]]:
    """Open a database of one account that remembers the lessons."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="year-")))
        url = postgres_in(stack, folder) if kind == "postgres" else f"sqlite:///{folder / 'memory.db'}"
        if kind == "sqlite":
            migrate(url)
        database = Database(url, statement_timeout_s=60)
        stack.callback(database.dispose)
        with database.system() as system:
            account = accounts.add_account(
                system, Cipher(["k" * 40]), name="shop", site="s", company="c", public_key="p", private_key="q", client_id="i",
                now=NOW,
            )  # fmt: skip
        for start in range(0, len(lessons), 300):
            with database.account(account) as session:
                resolved.remember(session, account, lessons[start : start + 300], now=NOW)
        with database.account(account, reading=True) as session:
            yield session, account


def answers(session: Session, account: int, packages: Sequence[tuple[Question, Package]]) -> list[Answer]:
    """Ask the memory as for a handoff."""
    found = []
    for question, bare in packages:
        first = resolved.search(session, account, asked_of(bare), but=bare.ticket_id, most=10)
        package = asked(session, account, bare, now=NOW)
        guess, by_source = package.ai_assessment_data, {one.source: one.id for one in package.solved}
        found.append(Answer(
            question, tuple((one.lesson.ticket_id, one.match.score) for one in first),
            tuple(one.id for one in package.solved[:3]),
            by_source[guess.cause_source] if guess.cause_source else None, guess.confidence,
        ))  # fmt: skip
    return found


def package_of(question: Question) -> Package:
    """Return the package as it is before the memory is asked."""
    return build(question.evidence, episode=1, escalated_at=NOW, escalated_by=None, as_of=NOW)


def kind_of(number: int, question: Question, truths: dict[int, tuple[int, int]]) -> Kind:
    """Say what a remembered ticket is to a question."""
    truth = truths.get(number)
    return "right" if truth == question.truth else "same symptom" if truth and truth[0] == question.truth[0] else "unrelated"


def report(found: Sequence[tuple[Answer, dict[int, tuple[int, int]]]]) -> None:
    """Print what was found, for each half of the symptoms and each kind of question."""
    for half in ("seen", "unseen"):
        for known, told in [*(("recurrence", told) for told in TOLD), ("cause is new", None), ("symptom is new", None)]:
            here = [
                (a, truths) for a, truths in found
                if a.question.half == half and a.question.known == known and told in (None, a.question.told)
            ]  # fmt: skip
            kinds = [[kind_of(number, a.question, truths) for number, _ in a.first] for a, truths in here]
            shown = [[kind_of(number, a.question, truths) for number in a.shown] for a, truths in here]
            best = Counter(min(some, key=ORDER.index) if some else "nothing" for some in shown)
            each, count = Counter(kind for some in shown for kind in some), len(here)
            print(f"{half}, {known}{f', told {told}' if told else ''}: {count}")
            if told and count:
                first, three = sum(k[:1] == ["right"] for k in kinds), sum("right" in k[:3] for k in kinds)
                print(f"  search: right one first {first} ({first / count:.0%}), among three {three} ({three / count:.0%})")
            print(f"  brief, best of what it shows: {_told(best)}; of {sum(each.values())} shown: {_told(each)}")
            guesses = [kind_of(a.guessed, a.question, truths) for a, truths in here if a.guessed is not None]
            print(f"  assessment: made {len(guesses)} ({len(guesses) / max(1, count):.0%}): {_told(Counter(guesses))}")


def _told(counted: Counter[str]) -> str:
    return ", ".join(f"{counted[name]} {name}" for name in (*ORDER, "nothing") if counted[name]) or "none"


def reliability(told: Sequence[tuple[float, bool]]) -> None:
    """Print how often a guess was right at each confidence, and by how much both differ."""
    for sure, right, size in groups(told):
        print(f"  stated {sure:.0%}: right {right} of {size} ({right / size:.0%})")
    if told:
        apart = sum(abs(sure * size - right) for sure, right, size in groups(told)) / len(told)
        brier = sum((sure - right) ** 2 for sure, right in told) / len(told)
        print(f"  expected calibration error {apart:.3f}, Brier score {brier:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", nargs="+", choices=("sqlite", "postgres"), default=["sqlite", "postgres"])
    parser.add_argument("--tickets", type=int, default=3000, help="everyday ones of the year (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="so many years (default: %(default)s)")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the reliability curve of the assessment")
    parser.add_argument("--show", action="store_true", help="each wrong one among the symptoms that may be looked at")
    options = parser.parse_args()
    found: list[tuple[Answer, dict[int, tuple[int, int]]]] = []
    for seed in range(options.seed, options.seed + options.seeds):
        made = year(seed, options.tickets)
        packages = [(question, package_of(question)) for question in made.questions]
        told = {}
        for kind in options.database:
            with remembered(kind, made.lessons) as (session, account):
                told[kind] = answers(session, account, packages)
        one, *others = told.values()
        apart = sum(a != b for other in others for a, b in zip(one, other, strict=True))
        print(f"seed {seed}: {len(made.lessons)} tickets remembered, {len(one)} asked", end="")
        print(f"; answers that differ between databases: {apart}" if others else "", flush=True)
        if apart:
            sys.exit("the databases do not find the same")
        found += [(answer, made.truths) for answer in one]
        if options.show:
            show(one, made)
    report(found)
    told_sure = [
        (a.confidence, kind_of(a.guessed, a.question, truths) == "right")
        for a, truths in found if a.guessed is not None and a.confidence is not None
    ]  # fmt: skip
    print("assessment, all together")
    reliability(told_sure)
    if options.plot:
        title = f"The local assessment on {len(found)} tickets of made-up years"
        options.plot.write_text(svg(told_sure, title=title, floor=assess.FLOOR), encoding="utf-8")


def show(found: Sequence[Answer], made: Year) -> None:
    """Print what was shown beside what was asked, where it is not the right one."""
    lessons = {lesson.ticket_id: lesson for lesson in made.lessons}
    for answer in found:
        question = answer.question
        wrong = [n for n in answer.shown if kind_of(n, question, made.truths) != "right"]
        if question.half == "seen" and wrong:
            about = question.evidence.notes[0].text
            print(f"\n{question.known} | {question.evidence.ticket.summary} | {about}")
            for number in wrong:
                other = lessons[number]
                print(f"   {kind_of(number, question, made.truths)}: {other.summary} | {other.problem} | {other.fix}")


if __name__ == "__main__":
    main()
