"""Teach the redaction what a secret looks like and write what it learned.

    python -m training.secrets [--folds] [--without-second] [--out FILE]

Learns from the open kinds of `tests/hostile/secrets`, from more wordings in `training/secret_wordings.txt`, and, as what is no
secret, from look-alikes, our own labelled tickets and documents. `--folds` measures instead of writing: kinds are left out in
turn, so a figure is of kinds that the weights have not seen. The same tree gives the same bytes.
Takes two minutes.
"""

# ruff: noqa: E501 - tables are easier to read in long rows

from __future__ import annotations

import argparse
import hashlib
import random
import re
import string
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, sqrt
from pathlib import Path

from escalation.redaction.suspects import suspects
from escalation.redaction.views import view
from tests.hostile.secrets.count import kinds
from tests.hostile.secrets.places import PROSE, STRUCTURED
from tests.hostile.secrets.slots import _MAKERS as MAKERS
from tests.hostile.secrets.slots import fill

ROOT = Path(__file__).parents[1]
OUT = ROOT / "escalation" / "redaction" / "learned.txt"
WORDINGS = Path(__file__).with_name("secret_wordings.txt")
ORDINARY = Path(__file__).with_name("ordinary_pastes.txt")
POSITIVE = ["devices", "commands", "tokens", "wordings_first", "structured_second", "wordings_second"]
NEGATIVE = ["lookalikes", "lookalikes_second"]
FOLDS = 4
KINDS = 3
"""In so many kinds a feature has to stand."""
_MARKED = re.compile(r"\{(?=(?:pw|plain|alnum|hex|b64|b64url|phrase|digits|backup|lower)(?::\d+)?\})")


@dataclass(frozen=True, slots=True)
class Row:
    """One suspect: the kind it is from, its features, whether it is a secret."""

    kind: str
    features: tuple[str, ...]
    secret: bool
    weight: float


def own_pw(draw: random.Random, _: int) -> str:
    """Return a password as people and generators make them, in more ways than the tests do."""
    word = lambda: draw.choice(COMMON)  # noqa: E731
    one, two = word(), word()
    digits = "".join(draw.choices(string.digits, k=draw.randint(1, 4)))
    sign = draw.choice("!!!!?#$$*@%&.+-_=")
    year = str(draw.randint(1965, 2029))
    leet = one.translate(str.maketrans("aeio", draw.choice(("@3!0", "43i0", "4310"))))
    letters = string.ascii_letters + string.digits
    return draw.choice(
        (
            f"{one.title()}{digits}{sign}", f"{one.title()}{year}{sign}", f"{one.title()}{sign}{digits}", f"{one.title()}{year}",
            f"{one}{digits}", f"{one}{year}{sign}", f"{sign}{one.title()}{digits}", f"{leet.title()}{sign}{digits}", f"{leet}{digits}",
            f"{one.title()}{two.title()}{digits}", f"{one.title()}{two.title()}{sign}", f"{one.title()}.{two.title()}.{digits}",
            f"{one.title()}-{digits}-{two.title()}", f"{one}_{two}{digits}", f"{one.title()}{sign}{two}{sign}{digits}", f"{digits}{one.title()}{sign}",
            "".join(draw.choices(letters, k=draw.randint(8, 16))), "".join(draw.choices(letters + "!#$%&*+=?@^~", k=draw.randint(8, 16))),
            f"{one[:2].title()}{digits}{sign}{two[:3]}{draw.randint(10, 99)}", f"{one.upper()}{digits}{sign}", f"{one}{sign}{two}{digits}",
            draw.choice(("Qwerty", "Asdf", "Qaz", "Abc", "Welcome", "Passw0rd", "Changeme", "Letmein", "Temp", "Start")) + digits + draw.choice(("", sign)),
            f"{one.title()}{two.title()}", f"{one}{two}",
        )
    )  # fmt: skip


COMMON = ["orange", "tiger", "purple", "dragon", "monkey", "silver", "golden", "rocket", "guitar", "coffee", "winter", "spring", "autumn", "monday", "friday", "london", "dublin", "boston", "welcome", "sunshine", "flower", "hockey", "soccer", "banana", "cherry", "ginger", "pepper", "cookie", "thunder", "shadow", "falke", "sommer", "blume", "katze", "garten", "soleil", "bonjour", "maison", "fromage", "zomer", "fiets", "kaas", "verano", "gatito", "playa", "company", "office", "printer", "scanner"]


def rows() -> Iterator[Row]:
    """Yield every suspect of everything to learn from."""
    known = ordinary()
    for name in (*POSITIVE, *NEGATIVE):
        for kind in kinds(name):
            yield from _of_kind(kind, name.startswith(("wordings", "lookalikes")), not name.startswith("look"), known)
    for kind in lines_of(WORDINGS):
        yield from _of_kind(kind, True, True, known)
    for kind in lines_of(ORDINARY):
        yield from _of_kind(kind, True, False, known)
    for number, text in enumerate(plain_texts()):
        for suspect in suspects(view(text).text, known):
            yield Row(f"text {number % 400}", suspect.features, False, 1.0)


def lines_of(path: Path) -> list[str]:
    """Return the kinds of a file of more of them."""
    return [x for x in path.read_text(encoding="utf-8").splitlines() if x and not x.startswith("#")]


def _of_kind(kind: str, prose: bool, secret: bool, known: frozenset[str], many: int = 2) -> Iterator[Row]:
    line = _MARKED.sub("{!", kind).replace("{!!", "{!") if secret else kind
    places = PROSE if prose else STRUCTURED
    draw = random.Random(f"teach {kind}")
    for turn in range(many):
        for place in draw.sample(sorted(places), 3 if secret else 5):
            filled = _fill(line, draw, wide=turn % 2 == 1)
            text = places[place](filled, draw)
            seen = view(text).text
            for suspect in suspects(seen, known):
                value = seen[suspect.begin : suspect.end]
                hit = any(value in s or s in value or _most(value, s) for s in filled.secrets)
                if hit and not any(_most(value, s) for s in filled.secrets):
                    continue  # a piece of a secret teaches nothing
                yield Row(kind, suspect.features, hit, 1.0)


def _most(value: str, secret: str) -> bool:
    return (value in secret and len(value) * 10 >= len(secret) * 6) or (secret in value and len(value) < len(secret) + 4)


def _fill(line: str, draw: random.Random, *, wide: bool):  # type: ignore[no-untyped-def]
    if not wide:
        return fill(line, draw)
    before = MAKERS["pw"]
    MAKERS["pw"] = own_pw
    try:
        return fill(line, draw)
    finally:
        MAKERS["pw"] = before


def plain_texts() -> Iterator[str]:
    """Yield texts without secrets: our own labelled tickets without their marks, the simulator's, the documents."""
    for path in sorted((ROOT / "tests/unit/escalation/own_set").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield re.sub(r"\{\w+\??:|@\w\}|\}|\[\[|\]\]|[‹›]", "", line).partition(": ")[2]
    for path in sorted((ROOT / "psa/simulator/msp").glob("*.py")):
        yield from re.findall(r"\"([^\"\n]{30,})\"", path.read_text(encoding="utf-8"))
    for path in sorted([*(ROOT / "docs").glob("**/*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"]):
        if "redaction" not in path.name:
            yield from path.read_text(encoding="utf-8").split("\n\n")
    for topic in _topics():
        yield from topic.split("\n\n")


def _topics() -> list[str]:
    from pydoc_data import topics

    return list(topics.topics.values())


def ordinary() -> frozenset[str]:
    """Return lower-case words that stand in several of our texts and of Python's own documentation."""
    seen: dict[str, set[int]] = defaultdict(set)
    for number, text in enumerate(plain_texts()):
        for word in set(re.findall(r"[^\W\d_]{3,14}", text.lower())):
            seen[word].add(number)
    return frozenset(word for word, where in seen.items() if len(where) >= 3)


def fold_of(kind: str) -> int:
    """Return which fold a kind belongs to, by its hash."""
    return int(hashlib.sha256(kind.encode()).hexdigest(), 16) % FOLDS


def fit(data: list[Row], hold: float = 2e-5, rounds: int = 8) -> tuple[float, dict[str, float]]:
    """Return bias and weights of a logistic regression: steps by AdaGrad in a fixed order, large weights held down."""
    where: dict[str, set[str]] = defaultdict(set)
    for row in data:
        for name in row.features:
            if len(where[name]) < KINDS:
                where[name].add(row.kind)
    names = sorted(name for name, found in where.items() if len(found) >= KINDS)
    number = {name: place for place, name in enumerate(names)}
    table = [(array("i", sorted({number[n] for n in r.features if n in number})), r.secret, r.weight) for r in data]
    weights, steps = [0.0] * len(names), [1e-2] * len(names)
    bias, bias_step = -2.0, 1.0
    draw = random.Random(7)
    for _ in range(rounds):
        draw.shuffle(table)
        for places, secret, weight in table:
            score = bias
            for p in places:
                score += weights[p]
            share = 1 / (1 + exp(-max(-30.0, min(30.0, score))))
            slope = (share - secret) * weight
            if -1e-4 < slope < 1e-4:
                continue
            bias_step += slope * slope
            bias -= 0.3 * slope / sqrt(bias_step)
            for p in places:
                g = slope + hold * 50 * weights[p]
                steps[p] += g * g
                weights[p] -= 0.3 * g / sqrt(steps[p])
    return bias, {n: w for n, w in zip(names, weights, strict=True) if abs(w) >= 0.02}


def score(features: tuple[str, ...], bias: float, weights: dict[str, float]) -> float:
    return bias + sum(weights.get(name, 0.0) for name in set(features))


def written(bias: float, weights: dict[str, float], known: frozenset[str]) -> str:
    """Return the file's text: the bias, a weight a line in hundredths, the ordinary words."""
    lines = [f"bias {round(bias * 100)}"]
    lines += [f"{name}\t{round(value * 100)}" for name, value in sorted(weights.items()) if round(value * 100)]
    return "\n".join([*lines, "# ordinary words", *_folded(sorted(known))]) + "\n"


def _folded(words: list[str]) -> Iterator[str]:
    line = ""
    for word in words:
        if len(line) + len(word) > 118:
            yield line.strip()
            line = ""
        line += " " + word
    yield line.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", action="store_true", help="leave kinds out in turn and print what is found of them")
    parser.add_argument("--without-second", action="store_true")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    if options.without_second:
        POSITIVE.remove("structured_second"), POSITIVE.remove("wordings_second"), NEGATIVE.remove("lookalikes_second")
    data = list(rows())
    print(len(data), Counter(r.secret for r in data))
    if options.folds:
        results = []
        for fold in range(FOLDS):
            bias, weights = fit([r for r in data if fold_of(r.kind) != fold])
            results += [(score(r.features, bias, weights), r) for r in data if fold_of(r.kind) == fold]
        report(results)
        return
    bias, weights = fit(data)
    options.out.write_text(written(bias, weights, ordinary()), encoding="utf-8")
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")


def report(results: list[tuple[float, Row]]) -> None:
    prose = {k for n in POSITIVE if n.startswith("word") for k in kinds(n)}
    look = {k for n in NEGATIVE for k in kinds(n)}
    extra, pastes = set(lines_of(WORDINGS)), set(lines_of(ORDINARY))
    for bound in (-1, -0.5, 0, 0.5, 1, 1.5, 2, 3):
        out = []
        for name, of in (
            ("prose", lambda r: r.secret and r.kind in prose),
            ("structured", lambda r: r.secret and r.kind not in prose and r.kind not in extra),
            ("extra", lambda r: r.secret and r.kind in extra),
        ):
            s = [x for x, r in results if of(r)]
            out.append(f"{name} missed {sum(x < bound for x in s) / max(1, len(s)):.1%}")
        for name, of in (
            ("lookalike", lambda r: r.kind in look),
            ("text", lambda r: r.kind.startswith("text ")),
            ("paste", lambda r: r.kind in pastes),
            ("beside", lambda r: not r.secret and r.kind not in look | pastes and not r.kind.startswith("text ")),
        ):
            s = [x for x, r in results if of(r)]
            out.append(f"{name} taken {sum(x >= bound for x in s)} of {len(s)}")
        print(bound, "; ".join(out))


if __name__ == "__main__":
    main()
