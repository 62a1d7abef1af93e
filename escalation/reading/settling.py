"""Settle what came of a deed by what was said later: a remark that names it, how the ticket went on, a relapse."""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from escalation.reading import deeds, findings, outcomes, state
from escalation.reading.passages import Deed, Passage
from escalation.reading.vocabulary import same_as

_SUBJECT = re.compile(r"[a-z0-9][a-z0-9-]{1,}")
_NO_SUBJECT = frozenset(
    ["the", "and", "for", "with", "from", "this", "that", "was", "were", "had", "has", "have", "also", "then", "off", "on", "back", "again", "but", "not", "her", "his", "our", "their", "all", "its", "out", "to", "of", "in", "at", "it", "is", "no", "change", "made", "difference", "did", "didn", "help", "helped", "same", "still", "error", "issue", "problem", "result", "now", "see", "if", "as", "by", "we", "after", "before", "turned", "turn", "set", "put", "removed", "changed", "tried", "checked", "disabled", "enabled", "new", "old", "one", "two"]
)


def _words_of(deed: Deed, passages: Sequence[Passage]) -> frozenset[str]:
    return _subjects(passages[deed.passage].text[deed.start : deed.deed_end].lower())


@lru_cache(maxsize=64)
def _subjects(text: str) -> frozenset[str]:
    return frozenset(same_as(w) for w in _SUBJECT.findall(text[:300])) - _NO_SUBJECT


def settle(
    found: list[Deed], before: int, passage: Passage, passages: Sequence[Passage], waiting: list[int]
) -> None:
    """Let a remark settle what is still open: of this passage's own steps before it, or of earlier passages."""
    for stretch in passage.stretches:
        if not waiting:
            return
        text = stretch.text[:300].lower()
        if not outcomes.MAY_SETTLE.search(text):
            continue
        if stretch.kind not in ("sentence", "item") or text.endswith("?"):
            continue
        said = outcomes.verdict(text)
        blanket, settled = outcomes.BLANKET.search(text), outcomes.SETTLED.search(text)
        if not (blanket or settled or said != "unknown") or deeds.claims(text) == "deed":
            continue
        earlier = [p for p in waiting if p < before or found[p].end <= stretch.start]
        words = _subjects(text) if said != "unknown" else frozenset()
        named = next((p for p in earlier[:-9:-1] if words & _words_of(found[p], passages)), None) if said != "unknown" else None
        if said != "unknown" and named is not None:
            found[named] = replace(found[named], outcome=said)
            waiting.remove(named)
        elif blanket:
            for place in earlier:
                found[place] = replace(found[place], outcome="no_change")
            del waiting[: len(earlier)]
        elif settled and earlier and earlier[-1] == len(found) - 1:
            found[earlier[-1]] = replace(found[earlier[-1]], outcome="worked")
            waiting.remove(earlier[-1])


def conclude(found: list[Deed], passages: Sequence[Passage]) -> list[Deed]:
    """Settle what is open by how the ticket went on: tried again, asked for help, came back, or solved."""
    after = _open_after(passages)
    made: list[Deed] = []
    for place, deed in enumerate(found):
        last = place + 1 == len(found)
        if passages[deed.passage].resolution and deed.outcome == "unknown":
            deed = replace(deed, outcome="partial" if deed.check or not last else "worked")
        elif deed.outcome == "unknown" and _open_later(deed, after) and not (_awaited(deed, passages) or _went_well(deed, passages[deed.passage].text) or _ticked(deed, passages[deed.passage])):
            deed = replace(deed, outcome="no_change", inferred=True)
        made.append(deed)
    return _recurred(made, passages)


_WELL = re.compile(r"\b(?!fail|crash|drop|stop|froze|hang|broke|die|lock|disconnect)\w{3,}(?:ed|ts|ks|ns|ds|me up|t in|d in) (?:\w+ ){0,2}?(?:after (?:that|this|it)\b|afterwards\b|straight away\b|at once\b)")


def _went_well(deed: Deed, text: str) -> bool:
    """Whether something is said to have gone right after the deed: nobody said then that the problem stayed."""
    return _WELL.search(text[deed.end : deed.end + 90].lower()) is not None


def _ticked(deed: Deed, passage: Passage) -> bool:
    """Whether all that is said of a deed is that it was done."""
    return any(s.ticked and s.start <= deed.start < s.end for s in passage.stretches)


def _open_after(passages: Sequence[Passage]) -> list[int]:
    """Return, for each passage, the offset of its last words of somebody whose problem is not solved, or -1."""
    ends = []
    for passage in passages:
        last = -1
        if passage.role not in ("system", "us"):
            told = (s for s in reversed(passage.stretches) if s.kind in ("sentence", "item", "pasted"))
            last = next((s.start for s in told if outcomes.OPEN.search(s.text[:300].lower()) and not state.says_left(s.text)), -1)
        ends.append(last)
    return ends


def _open_later(deed: Deed, after: list[int]) -> bool:
    return after[deed.passage] >= deed.end or any(end >= 0 for end in after[deed.passage + 1 :][:40])


def _awaited(deed: Deed, passages: Sequence[Passage]) -> bool:
    """Whether the text says at the deed that its result is still to be seen."""
    text = passages[deed.passage].text
    line_end = text.find("\n", deed.end)
    near = text[deed.start : min(len(text), deed.end + 90, line_end if line_end > 0 else len(text))]
    return outcomes.PENDING.search(near.lower()) is not None or findings.ongoing(text[deed.start : deed.end])


def _recurred(found: list[Deed], passages: Sequence[Passage]) -> list[Deed]:
    """Call relief partial when a later note says that the trouble came back."""
    newest = next((i for i in range(len(passages) - 1, -1, -1) if _came_back(passages[i])), -1)
    if all(deed.outcome != "worked" for deed in found):
        return found
    return [
        replace(deed, outcome="partial", result_stated=False) if deed.outcome == "worked" and deed.passage < newest else deed
        for deed in found
    ]


def _came_back(passage: Passage) -> bool:
    return passage.role not in ("system", "us") and any(
        outcomes.RECURRED.search(s.text[:300].lower()) for s in passage.stretches if s.kind in ("sentence", "item")
    )
