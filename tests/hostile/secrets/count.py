"""Count which generated secrets are still there after redaction, and which look-alikes are not.

    python -m tests.hostile.secrets.count [--seeds 3] [--show FILE]

`--show wordings_first` prints what was missed of that file. Those that end in `_fourth` and `_eleventh` are held out.
Those that end in `_second`, `_third` and `_fifth` to `_tenth` were held out once, and what they showed then stands
in `docs/decisions/0006-redaction-at-the-edge.md`.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from escalation.redaction.redact import redact
from tests.hostile.secrets.places import PROSE, STRUCTURED
from tests.hostile.secrets.slots import Filled, fill

SEEN = (
    "devices",
    "commands",
    "tokens",
    "vendors",
    "vendors_second",
    "vendors_third",
    "wordings_first",
    "lookalikes",
    "structured_second",
    "wordings_second",
    "lookalikes_second",
    "structured_third",
    "wordings_third",
    "lookalikes_third",
    "structured_fifth",
    "wordings_fifth",
    "lookalikes_fifth",
    "structured_sixth",
    "wordings_sixth",
    "lookalikes_sixth",
    "structured_seventh",
    "wordings_seventh",
    "lookalikes_seventh",
    "structured_ninth",
    "wordings_ninth",
    "lookalikes_ninth",
    "structured_eighth",
    "wordings_eighth",
    "lookalikes_eighth",
    "structured_tenth",
    "wordings_tenth",
    "lookalikes_tenth",
)
HELD_OUT = (
    "structured_fourth",
    "wordings_fourth",
    "lookalikes_fourth",
    "structured_eleventh",
    "wordings_eleventh",
    "lookalikes_eleventh",
)
"""Made without a look at rules, weights or the other files; counted, never shown, and not tuned on."""
_HEADING = re.compile(r"\[[A-Z][\w ,-]*\]")


@dataclass(slots=True)
class Count:
    """What was tried of a file and what went wrong: a secret left, a look-alike redacted, words lost beside a secret."""

    tried: int = 0
    wrong: int = 0
    words: int = 0
    lost: int = 0
    misses: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Kind, place, text, what became of it."""


def kinds(name: str) -> list[str]:
    """Return the lines of a file of kinds."""
    lines = Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if line.strip() and not line.startswith("# ") and not _HEADING.fullmatch(line)]
    if not found:
        raise ValueError(f"{name}: no kinds, so nothing would be wrong of nothing")
    return found


def cases(name: str, seed: int, places: int | None = None) -> Iterator[tuple[str, str, Filled, str]]:
    """Yield kind, place, the filled text and the text as it stands there; `places` of each kind, else all."""
    known = PROSE if name.startswith(("wordings", "lookalikes")) else STRUCTURED
    for kind in kinds(name):
        draw = random.Random(f"{seed} {kind}")
        chosen = list(known) if places is None else draw.sample(list(known), places)
        for place in chosen:
            filled = fill(kind, draw)
            yield kind, place, filled, known[place](filled, draw)


def leaks(filled: Filled, after: str) -> bool:
    """Return whether a secret, or more than half of it in one piece, is still there and not elsewhere in the text."""
    beside = filled.text
    for secret in filled.secrets:
        beside = beside.replace(secret, "\n")
    for secret in filled.secrets:
        size = len(secret) if len(secret) < 8 else len(secret) * 6 // 10
        pieces = (secret[at : at + size] for at in range(len(secret) - size + 1))
        if any(piece in after and piece not in beside for piece in pieces):
            return True
    return False


def count(name: str, seed: int, places: int | None = None) -> Count:
    """Redact everything that a file makes."""
    result = Count()
    stay = name.startswith("lookalikes")
    for kind, place, filled, text in cases(name, seed, places):
        after = redact(text)
        result.tried += 1
        if (after != text) if stay else leaks(filled, after):
            result.wrong += 1
            result.misses.append((kind, place, text, after))
        outside = text
        for secret in filled.secrets:
            outside = outside.replace(secret, " ")
        told, left = Counter(outside.split()), Counter(after.split())
        result.words += sum(told.values())
        result.lost += sum((told - left).values())
    return result


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command for people


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--show", choices=SEEN)
    options = parser.parse_args()
    _say(f"{'file':<20}{'kinds':>7}{'tried':>8}{'wrong':>8}{'share':>9}  words lost beside")
    for name in (*SEEN, *HELD_OUT):
        total = Count()
        for seed in range(1, options.seeds + 1):
            part = count(name, seed)
            total.tried, total.wrong = total.tried + part.tried, total.wrong + part.wrong
            total.words, total.lost = total.words + part.words, total.lost + part.lost
            if options.show == name:
                for kind, place, text, after in part.misses:
                    _say(f"  {kind!r} {place}\n      {text[-300:]!r}\n      {after[-300:]!r}")
        share, lost = total.wrong / total.tried, total.lost / max(total.words, 1)
        _say(f"{name:<20}{len(kinds(name)):>7}{total.tried:>8}{total.wrong:>8}{share:>9.1%}  {lost:.1%}")


if __name__ == "__main__":
    main()
