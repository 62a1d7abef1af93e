"""Read steps and pasted output by what was learned: a probability for each stretch, from its words, its neighbours and what the patterns of deeds and outcomes see.

1. Each stretch begins a step, goes on with one, or is none; what goes on belongs to the step before it.
2. Where a second step may begin in a sentence, that is asked apart.
3. What came of a step is one of five outcomes, from its own words, what follows and how the ticket went on; from the same,
   whether it left something changed.
4. Each row of a text is pasted output or not; rows that follow each other are one block.

A probability is what was measured on tickets that the weights were not fitted to.
"""

# ruff: noqa: E501 - a table of names is easier to read in long rows

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp
from typing import cast

from escalation.reading.features import (
    PARTS,
    Look,
    Vector,
    joint_features,
    joints,
    looks,
    near,
    outcome_features,
    step_features,
)
from escalation.reading.results import only_result
from escalation.reading.rows import Row, row_features, rows
from escalation.reading.weights import Learned, Told, learned
from escalation.text.copies import TELLS
from escalation.text.mail import names_mail
from escalation.text.passages import Deed, Passage
from escalation.text.places import overlapping
from escalation.text.sections import says_undone
from escalation.wording import deeds, outcomes, pasted
from escalation.wording.outcomes import Outcome

_WORD = re.compile(r"\w+")
_NOT_DONE = re.compile(r"\W*(?:and |but )?(?:(?:i|we)(?:['’]ve| have) ?(?:not\b|n['’]t\b)|(?:i |we )?(?:haven['’]?t|have not)\b) (?!(?:yet )?(?:seen|had|heard|noticed|been|found)\b)", re.IGNORECASE)
"""How somebody says that he did something not, or not yet."""
_NEVER_DONE = re.compile(
    rf"\W*(?:(?:and|but|so|then|also|i|we|he|she|they)\s){{0,3}}(?:(?:(?:have|has|had|were|was)(?:n['’]?t| not)|not) (?:yet |been |actually )*(?:{deeds.PASSIVE}|{deeds.PAST_ANY})"
    rf"|(?:was|were|am|are)(?: just| only)? (?:going|about|meaning|planning) to (?:{deeds.BASE})"
    r"|(?:did(?:n['’]?t| not)|never) (?:yet |actually |really |even )*(?:try|tried|test|tested|attempt(?:ed)?|get (?:to|around to|round to|a chance to)|got (?:to|around to|round to|a chance to)|have (?:the )?time (?:to|for))"
    rf"|(?:(?:i|we) )did(?:n['’]?t| not) (?:yet |actually |even )*(?:{deeds.BASE})|(?:(?:have|has|had) )?(?:yet|still) to (?:try|{deeds.BASE})|(?:had )?no (?:time|chance) (?:for|to))\b",
    re.IGNORECASE,
)
"""How a sentence begins that tells what was not done, or was only meant to be."""
_CLAUSES = re.compile(r"[,;]\s|\s[-–—]\s|\b(?:but|and|so|instead|then|or)\b")
_BEGAN = 0.65
"""How sure a step at most is that how the ticket began tells without claiming a deed: on folds 78% of the surest were one, in our own tickets 66%."""

_STAYED = 0.33
"""How likely "failed" and "no change" together must be for one of them to be taken, where the encoder was asked: chosen on folds, where dead
ends rise by .01 and outcomes stay; by the words alone outcomes would lose .02."""
_ANSWERED = 0.9
"""How sure a step is of which somebody was asked and said yes: set, not measured."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the models say of a stretch: the shares of beginning a step, going on with one, being none."""

    begins: float
    goes_on: float
    told: Told | None = None
    """What the encoder said of it."""


def read_steps(
    passages: Sequence[Passage], known: Learned | None = None, *, title: str = "", explain: bool = False
) -> list[Deed]:
    """Return what somebody did, in the order of the passages, each with how sure it is; with `explain` also what spoke for it.

    `title` is the ticket's summary, of which the encoder, where `known` has one, reads the beginning.
    """
    known = known or learned()
    all_of = looks(passages, known.classes)
    seen = [step_features(all_of, place) for place in range(len(all_of))]
    scores = _scores(title, passages, all_of, seen, known)
    found: list[Deed] = []
    for place, look in enumerate(all_of):
        if (scores[place].begins >= known.bounds["step"] or look.stretch.answered) and _may_be(all_of, place):
            made = _steps_at(all_of, place, scores, passages[look.passage], known)
            because = _because(seen[place], scores[place], known) if explain else ""
            found += [replace(deed, because=because) for deed in made] if because else made
    return _once(found, passages)


def _because(features: Vector, score: Scores, known: Learned) -> str:
    step = known.models["step"]
    begins = step.classes.index("begins")
    spoke = [f"{name} {added:+.2f}" for name, added in step.spoke(features, begins)]
    return ", ".join(spoke + ([f"read whole: {exp(score.told.step[begins]):.0%}"] if score.told else []))


def _may_be(all_of: Sequence[Look], place: int) -> bool:
    """Whether a stretch may be a step at all: output is none, a heading and one or two words only where they claim a deed.

    What a heading says is planned is none, nor what leads over to a list, nor a short remark that only tells a result: "No, no change."
    """
    look, after = all_of[place], near(all_of, place, 1)
    if look.stretch.planned or (not look.stretch.ticked and _not_done(look.stretch.text)):
        return False
    said = look.stretch.text.split()
    if not look.claimed and TELLS.match(look.stretch.text[:120]):
        return False
    if look.leads and after is not None and after.stretch.kind == "item":
        return False
    if not look.claimed and ((len(said) <= 5 and look.verdict != "unknown") or only_result(look.stretch.text)):
        return False
    return (look.stretch.kind in ("sentence", "item") and len(said) >= 3) or look.claimed > 0 or look.stretch.ticked


def _not_done(text: str) -> bool:
    """Whether a sentence only tells what was not done, or is not to be; behind a comma or a "but" it may tell what was."""
    if says_undone(text) or (deeds.forbids(text) and not deeds.begins_with_deed(text)):
        return True
    said = _NEVER_DONE.match(text[:200])
    return said is not None and not any(deeds.begins_with_deed(part.strip()) for part in _CLAUSES.split(text[said.end() :])[1:])


def _scores(
    title: str, passages: Sequence[Passage], all_of: Sequence[Look], seen: Sequence[Vector], known: Learned
) -> list[Scores]:
    model = known.models["step"]
    begins, goes_on = model.classes.index("begins"), model.classes.index("goes on")
    shares = [model.shares(features) for features in seen]
    told: Mapping[int, Told] = {}
    if known.encoder:
        told = known.encoder.read(title, passages, all_of, [share[begins] for share in shares])
    joined = [Told.joined(own, told[place].step, known.bounds["encoder"]) if place in told else own for place, own in enumerate(shares)]
    return [Scores(share[begins], share[goes_on], told.get(place)) for place, share in enumerate(joined)]


def _steps_at(
    all_of: list[Look], place: int, scores: Sequence[Scores], passage: Passage, known: Learned
) -> Iterator[Deed]:
    look = all_of[place]
    begin, end = look.stretch.start, look.stretch.end
    cuts = [begin, *(begin + at for at in _second(look, known))]
    last, at = end, place
    while (other := near(all_of, at, 1)) and _goes_on(scores[at + 1], known) and not _NOT_DONE.match(other.stretch.text):
        last, at = other.stretch.end, at + 1
    for start, stop in zip(cuts, [*cuts[1:], end], strict=True):
        text = passage.text[start:stop]
        stop = start + len(text.rstrip(" ,;\t\n"))
        until = last if stop >= cuts[-1] and last > end else stop
        yield _step(all_of, place, (start, stop, until), scores[place], passage, known)


def _goes_on(score: Scores, known: Learned) -> bool:
    return score.begins < known.bounds["step"] and score.goes_on >= known.bounds["goes on"]


def _second(look: Look, known: Learned) -> list[int]:
    """Return where further steps begin in a stretch that holds one."""
    if look.stretch.kind == "pasted" or look.stretch.answered:
        return []
    model = known.models["joint"]
    made: list[int] = []
    yes = model.classes.index("yes")
    for at, kind in joints(look.stretch.text):
        if at - (made[-1] if made else 0) >= 8 and model.shares(joint_features(look, at, kind))[yes] >= known.bounds["joint"]:
            made.append(at)
    return made


def _step(
    all_of: list[Look], place: int, span: tuple[int, int, int], score: Scores, passage: Passage, known: Learned
) -> Deed:
    start, stop, until = span
    look = all_of[place]
    text = passage.text[start:stop]
    model = known.models["outcome"]
    features = outcome_features(all_of, place, text)
    shares = model.shares(features)
    if score.told:
        shares = Told.joined(shares, score.told.outcome, known.bounds["encoder"])
    left = known.models["left"]
    best = _likeliest(model.classes, shares) if score.told else max(range(len(shares)), key=shares.__getitem__)
    check = deeds.checks_something(text)
    outcome, share = cast("Outcome", model.classes[best]), known.scales["outcome"](shares[best])
    if look.stretch.ticked:
        told = text.partition("?")[2] if look.stretch.answered else " ".join(text.split()[1:])
        outcome, share = outcomes.outcome_of(told, check=check), 1.0
    sure = _ANSWERED if look.stretch.answered else known.scales["step"](score.begins)
    if passage.description and not (look.claimed or look.stretch.ticked):
        sure = min(sure, _BEGAN)
    first = next((part for part in PARTS.finditer(text) if _WORD.search(text, 0, part.start())), None)
    return Deed(
        look.passage, start, until, start + first.start() if first and first.start() else stop, outcome,
        passage.actor(start, stop), result_stated=until > stop or outcomes.states_result(text[:600]),
        check=check, sure=sure, outcome_sure=share, left=not look.stretch.answered and left.shares(features)[left.classes.index("yes")] >= known.bounds["left"],
    )  # fmt: skip


def _likeliest(classes: Sequence[str], shares: Sequence[float]) -> int:
    """Return which outcome is taken: one of those after which the problem stayed, if these together are likely enough."""
    ended = [place for place, outcome in enumerate(classes) if outcome in ("failed", "no_change")]
    stays = sum(shares[place] for place in ended) >= _STAYED
    return max((p for p in range(len(shares)) if (p in ended) == stays), key=shares.__getitem__)


def _once(found: list[Deed], passages: Sequence[Passage]) -> list[Deed]:
    """Count a step once that another text tells again word for word, as merged tickets and copied notes do."""
    kept: dict[tuple[str, ...] | int, Deed] = {}
    for place, deed in enumerate(found):
        words = tuple(_WORD.findall(passages[deed.passage].text[deed.start : deed.end].lower()))
        if len(words) >= 3 and _cut_off(passages[deed.passage].text, deed.end):
            words = next((k for k in kept if isinstance(k, tuple) and k[: len(words) - 1] == words[:-1]), words)
        key = words if len(words) >= 4 else place
        first = kept.get(key)
        if first is None or first.passage == deed.passage:
            kept[key if first is None else place] = deed
        elif first.outcome == "unknown" and deed.outcome != "unknown":
            kept[key] = replace(first, outcome=deed.outcome, outcome_sure=deed.outcome_sure, result_stated=False)
    return list(kept.values())


def _cut_off(text: str, end: int) -> bool:
    """Whether a deed ends where a program shortened the text, with half a word at its end."""
    return text.rstrip().endswith(("..", "…")) and not text[end:].strip(" .…\n")


def pasted_rows(passage: Passage, known: Learned | None = None) -> list[tuple[int, int]]:
    """Return where a text holds pasted output or the wording of an error, each block whole."""
    known = known or learned()
    all_of = rows(passage)
    model = known.models["row"]
    yes = model.classes.index("yes")
    taken = [False] * len(all_of)
    nobodys = overlapping((s.start, s.end) for s in passage.stretches if s.kind in ("undone", "boilerplate"))
    theirs = overlapping((s.start, s.end) for s in passage.stretches if s.kind == "quoted")
    for place, row in enumerate(all_of):
        if nobodys(row.start, row.start + 1) or (theirs(row.start, row.start + 1) and names_mail(passage.text[row.line : row.line + 200].partition("\n")[0])):
            continue
        heads = (not place or not taken[place - 1]) and len(row.text) < 40 and row.text.rstrip().endswith(":")
        features = row_features(all_of, place, description=passage.description)
        sure = pasted.configuration(passage.text[row.line : row.line + 700].partition("\n")[0])
        taken[place] = not heads and (sure or model.shares(features)[yes] >= known.bounds["row"])
    for place in range(len(all_of) - 1):
        if taken[place] and taken[place + 1] and not (place and taken[place - 1]) and all_of[place].parts == 1 and pasted.tells_of_it(all_of[place].text):
            taken[place] = False
    blocks: list[tuple[int, int]] = []
    for place, row in enumerate(all_of):
        if not (taken[place] or (row.ruled and _of_line_taken(all_of, taken, place))):
            continue
        if blocks and passage.text[blocks[-1][1] : row.start].strip() == "":
            blocks[-1] = (blocks[-1][0], row.end)
        else:
            blocks.append((row.start, row.end))
    return [(start + len(t) - len(t.lstrip()), start + len(t.rstrip())) for start, end in blocks if (t := passage.text[start:end]).strip()]


def _of_line_taken(all_of: Sequence[Row], taken: Sequence[bool], place: int) -> bool:
    """Whether another part of the same line is taken: a line of output is not cut."""
    row = all_of[place]
    near_by = range(max(0, place - row.parts), min(len(all_of), place + row.parts))
    return row.parts > 1 and any(taken[at] and all_of[at].line == row.line for at in near_by)
