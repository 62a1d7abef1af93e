"""Teach the redaction what a secret looks like and write what it learned.

    python -m training.secrets --texts FILE [--folds [--bound -0.3] [--show FILE]] [--out FILE]
    python -m training.secrets --texts FILE --harmed       what is taken for a secret in posts that tell none

Learns from the kinds of `tests/hostile/secrets`, from the files beside this one: wordings and families of wordings of secrets
(`secret_*.txt`), and of what is none (`ordinary_*.txt`), and from texts that tell no secret: our own labelled tickets, and three quarters of the public posts in `--texts` (JSON lines packed
with gzip, kept outside this project). `--harmed` counts the words that the product takes for secrets in the last quarter. `--folds` measures instead of writing: kinds are left out in turn, and what
rules and weights together leave of them is counted, so the weights have not seen what they are counted on (the rules may have).
Nothing else is read: the same files give the same bytes. Takes some minutes.
"""

# ruff: noqa: E501 - tables are easier to read in long rows

from __future__ import annotations

import argparse
import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from escalation.redaction.redact import redact
from escalation.redaction.scorer import BOUND, parsed
from escalation.redaction.suspects import suspects
from escalation.redaction.views import view
from tests.hostile.secrets.count import cases, kinds, leaks
from tests.hostile.secrets.places import PROSE, STRUCTURED
from tests.hostile.secrets.slots import _MAKERS as MAKERS
from tests.hostile.secrets.slots import Filled, fill
from training.forums import questions, texts_in
from training.grammar import grammar
from training.tickets import own, texts_of
from training.values import OWN, own_pw
from training.weighing import Row, fit, written

ROOT = Path(__file__).parents[1]
OUT = ROOT / "escalation" / "redaction" / "learned.txt"
HERE = Path(__file__).parent
WORDINGS, FAMILIES = HERE / "secret_wordings.txt", HERE / "secret_grammar.txt"
ORDINARY, ORDINARY_FAMILIES = HERE / "ordinary_pastes.txt", HERE / "ordinary_grammar.txt"
TICKETS, KNOWN = HERE / "ordinary_tickets.txt", HERE / "ordinary_words.txt"
CLASSES = HERE / "word_classes.txt"
_SMALL = re.compile(r"(?<![\w.@/\\-])[a-z]{3,}(?![\w@/\\-])")
POSITIVE = [
    "devices",
    "commands",
    "tokens",
    "vendors",
    "wordings_first",
    "structured_second",
    "wordings_second",
    "structured_third",
    "wordings_third",
    "structured_fifth",
    "wordings_fifth",
    "structured_sixth",
    "wordings_sixth",
    "structured_seventh",
    "wordings_seventh",
    "structured_ninth",
    "wordings_ninth",
]
NEGATIVE = ["lookalikes", "lookalikes_second", "lookalikes_third", "lookalikes_fifth", "lookalikes_sixth", "lookalikes_seventh", "lookalikes_ninth"]
WORDINGS_OF_A_FAMILY = 24
PLACES = [
    "bare",
    "bare",
    "in a sentence",
    "bare",
    "in quoted mail",
    "in a table",
    "bare",
    "in HTML",
    "in a long paste",
    "over a line end",
    "in bold",
    "in JSON",
]
FOLDS = 4
_MARKED = re.compile(r"\{(?=(?:pw|plain|alnum|hex|b64|b64url|phrase|digits|backup|lower)(?::\d+)?\})")


def rows(posts: Path | None) -> Iterator[Row]:
    """Yield every suspect of everything to learn from."""
    known = ordinary()
    for name in (*POSITIVE, *NEGATIVE):
        for kind in kinds(name):
            prose, secret = name.startswith(("wordings", "lookalikes")), not name.startswith("look")
            yield from _of_kind(kind, prose, secret, known)
    for path, secret in ((WORDINGS, True), (ORDINARY, False)):
        for kind in lines_of(path):
            yield from _of_kind(kind, True, secret, known)
    for path in (FAMILIES, ORDINARY_FAMILIES):
        wordings = grammar(path)
        for family in wordings.families:
            draw = random.Random(f"family {family}")
            for number in range(WORDINGS_OF_A_FAMILY):
                line = wordings.wording(family, draw)
                yield from _of_wording(family, line, draw, known, PLACES[number % len(PLACES)])
    for number, text in enumerate(ordinary_texts()):
        for suspect in suspects(view(text).text, known):
            yield Row(f"text {number}", suspect.features, False, 1.0)
    for name, texts in posts_of(posts, taught=True):
        for text in texts:
            for suspect in suspects(view(text).text, known):
                yield Row(name, suspect.features, False, 1.0)


def posts_of(file: Path | None, *, taught: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield public threads and their texts: three quarters to learn from, by the hash of their names, or the rest."""
    for question in questions(file) if file else ():
        if (int(hashlib.sha256(question["id"].encode()).hexdigest(), 16) % 4 != 0) == taught:
            yield question["id"], texts_in(question)


def harmed(posts: Path) -> str:
    """Return how often something is taken for a secret in posts that tell none."""
    threads = words = hit = taken = 0
    for _, texts in posts_of(posts, taught=False):
        found = sum(len(re.findall(r"\[redacted: (?!url password)", redact(text))) for text in texts)
        threads, hit, taken, words = threads + 1, hit + (found > 0), taken + found, words + sum(len(text.split()) for text in texts)
    return f"{threads} threads never taught with, {words:,} words: {taken} taken for secrets ({1000 * taken / words:.2f} of 1,000 words), in {hit} threads ({hit / threads:.1%})"


def ordinary_texts() -> list[str]:
    """Return texts of tickets of our own making that tell no secret: lines of them, and the tickets that the reader learns from."""
    return lines_of(TICKETS) + [text for ticket in own() for text in texts_of(ticket.record).values()]


def lines_of(path: Path) -> list[str]:
    """Return the kinds of a file of more of them."""
    return [x for x in path.read_text(encoding="utf-8").splitlines() if x and not x.startswith("#")]


def _of_kind(kind: str, prose: bool, secret: bool, known: frozenset[str], many: int = 2) -> Iterator[Row]:
    line = _MARKED.sub("{!", kind).replace("{!!", "{!") if secret else kind
    places = sorted(PROSE if prose else STRUCTURED)
    draw = random.Random(f"teach {kind}")
    for turn in range(many):
        for place in draw.sample(places, 3 if secret else 5):
            yield from _of_wording(kind, line, draw, known, place, wide=turn % 2 == 1)


def _of_wording(
    kind: str,
    line: str,
    draw: random.Random,
    known: frozenset[str],
    place: str,
    *,
    wide: bool = True,
) -> Iterator[Row]:
    filled = filled_with(line, draw, wide=wide and draw.random() < 0.6)
    seen = view(PROSE[place](filled, draw)).text
    for suspect in suspects(seen, known):
        value = seen[suspect.begin : suspect.end]
        hit = any(value in s or s in value or _most(value, s) for s in filled.secrets)
        if hit and not any(_most(value, s) for s in filled.secrets):
            continue  # a piece of a secret teaches nothing
        yield Row(kind, suspect.features, hit, 1.0)


def _most(value: str, secret: str) -> bool:
    return (value in secret and len(value) * 10 >= len(secret) * 6) or (
        secret in value and len(value) < len(secret) + 4
    )


def filled_with(line: str, draw: random.Random, *, wide: bool) -> Filled:
    """Return the line with its slots filled; `wide` takes passwords of ours and not the tests' own."""
    before = dict(MAKERS)
    MAKERS.update(OWN)
    if wide:
        MAKERS["pw"] = own_pw
    try:
        return fill(line, draw)
    finally:
        MAKERS.clear()
        MAKERS.update(before)


def ordinary() -> frozenset[str]:
    """Return lower-case words that are ordinary in tickets and documents: listed, in our own tickets, or common enough for a class."""
    said = {word for text in ordinary_texts() for word in _SMALL.findall(text)}
    classed = (line.split(" ")[0] for line in lines_of(CLASSES))
    return frozenset((*" ".join(lines_of(KNOWN)).split(), *said, *filter(_SMALL.fullmatch, classed)))


def fold_of(kind: str) -> int:
    """Return which fold a kind belongs to, by its hash."""
    return int(hashlib.sha256(kind.encode()).hexdigest(), 16) % FOLDS


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--folds", action="store_true", help="leave kinds out in turn and count what is left of them"
    )
    parser.add_argument(
        "--bound", type=float, default=BOUND, help="with --folds: from this score on a suspect is a secret (default: %(default)s)"
    )
    parser.add_argument("--texts", type=Path, help="public threads that tell no secret (default: none)")
    parser.add_argument("--harmed", action="store_true", help="with --texts: count what is taken for a secret in those not learned from")
    parser.add_argument("--show", help="with --folds: print what went wrong of this file")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    if options.texts is None and not options.folds:
        parser.error("--texts is needed: the product's weights are taught with public threads, and measured on others of them")
    if options.harmed:
        print(harmed(options.texts))
        return
    data, known = list(rows(options.texts)), ordinary()
    if not options.folds:
        options.out.write_text(written(*fit(data), known), encoding="utf-8")
        print(f"{options.out}: {options.out.stat().st_size:,} bytes, from {len(data):,} suspects")
        return
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for fold in range(FOLDS):
        learned = parsed(written(*fit([row for row in data if fold_of(row.kind) != fold]), known))
        learned = replace(learned, bias=learned.bias - (options.bound - BOUND))
        for name, kind, filled, text in unseen(fold):
            after = redact(text, learned)
            wrong = leaks(filled, after) if filled.secrets else after != text
            counts[name][0] += 1
            counts[name][1] += wrong
            if wrong and options.show in (name, "all"):
                print(f"{name} | {kind[:90]} | {text[-110:]!r} -> {after[-110:]!r}")
    print("kinds left out in turn; rules and weights together\nfile                   tried  wrong   share")
    for name, (tried, wrong, _) in counts.items():
        print(f"{name:<20}{tried:>8}{wrong:>7}{wrong / tried:>8.1%}")


def unseen(fold: int) -> Iterator[tuple[str, str, Filled, str]]:
    """Yield file, kind, filled text and text of every kind of a fold, in two places each; of a family four wordings."""
    for name in (*POSITIVE, *NEGATIVE):
        for kind, _, filled, text in cases(name, 5, 3 if name.endswith(("third", "fifth", "sixth", "seventh", "ninth")) else 1):
            if fold_of(kind) == fold:
                yield name, kind, filled, text
    for path in (FAMILIES, ORDINARY_FAMILIES):
        wordings = grammar(path)
        for family in wordings.families:
            if fold_of(family) == fold:
                draw = random.Random(f"unseen {family}")
                for _ in range(4):
                    filled = filled_with(wordings.wording(family, draw), draw, wide=True)
                    yield path.stem, family, filled, PROSE["in a sentence"](filled, draw)
    for path in (WORDINGS, ORDINARY):
        for kind in lines_of(path):
            if fold_of(kind) == fold:
                draw = random.Random(f"unseen {kind}")
                filled = filled_with(kind, draw, wide=True)
                yield path.stem, kind, filled, filled.text
    for number, text in enumerate(ordinary_texts()):
        if fold_of(f"text {number}") == fold:
            yield TICKETS.stem, text, Filled(text, ()), text


if __name__ == "__main__":
    main()
