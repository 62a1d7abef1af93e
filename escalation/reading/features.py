"""Name what a stretch of a text looks like, as the learned reader weighs it: its words and their classes, its shape, its neighbours.

A feature is a name; the weights of `weights.py` are kept by it. Names begin with their kind: `w:` a word, `b:` two words in a
row, `e:` the end of a word, `c:` a class of words ("rebooted" and "restarted" are of one), `d:` and `t:` two and three in a row, then
shapes, and the same of the neighbours (`P`, `N`). No name holds more than two words.
"""

# ruff: noqa: E501 - a table of names is easier to read in long rows

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import sqrt

from escalation.text.passages import Passage
from escalation.text.stretches import OTHERS, Stretch
from escalation.wording import deeds, outcomes

Vector = list[tuple[str, Collection[str], float]]
"""Features that count alike: what their names begin with, the rest of each name, and what each counts. Added up, whatever their order."""
Classes = Mapping[str, Sequence[str]]
"""The classes of each word, from few to many."""
_NO_CLASS = ("?", "?", "?")

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|0+|[?!:;=\\>|()\"]|\.\.\.|->")
_ADDRESS = re.compile(r"https?://\S{1,300}")
_DIGIT = re.compile(r"\d")
_NUMBERS = str.maketrans("123456789", "0" * 9)
_SELF = re.compile(r"\b(?:i|we|i've|we've|i'm|my|our)\b")
_READER = re.compile(r"\b(?:you|your|please|should|could|would|can)\b")
_PAST = re.compile(r"ed\b(?<=\w{3}ed)")
_DENIED = re.compile(r"\b(?:not|no|cannot|never|nothing|still|same|without)\b|n't\b")
_WHEN = re.compile(r"\b(?:if|when|once|after|before)\b")
_LONGEST = 700
_REMARK = 6
"""So many words has a remark that only tells a result at most: "No change." """
_TEXT_WORDS = 400
"""So many words of a text each of its stretches is told of at most."""
_SHAPE = 0.35
"""What a shape counts beside words, which share 1 among all of their kind."""


def tokens(text: str) -> list[str]:
    """Return the words and telling marks of a text in lower case, each digit as 0, each address as one word."""
    plain = text[:_LONGEST].lower().replace("’", "'")
    if "http" in plain:
        plain = _ADDRESS.sub(" urlurl ", plain)
    return _TOKEN.findall(plain.translate(_NUMBERS) if plain.isascii() else _DIGIT.sub("0", plain))


@dataclass(slots=True)
class Look:
    """A stretch with all that is looked at in it."""

    passage: int
    stretch: Stretch
    words: list[str]
    shapes: list[str]
    """Shapes that neighbours are told of too."""
    classes: list[Sequence[str]]
    """The classes of each word."""
    place: list[str] = field(default_factory=list)
    """Where it stands, and in what kind of text."""
    whole: list[str] = field(default_factory=list)
    """Where it stands among all of its text and of the ticket, what its text begins and ends with, and the heading above."""
    text_words: Collection[str] = ()
    """The words of its text."""
    parts: list[str] = field(default_factory=list)
    """What stands between its commas and conjunctions."""
    ends: list[str] = field(default_factory=list)
    """What it begins and ends with."""
    beside: Collection[str] = ()
    """The shapes that the next stretches are told of."""
    farther: tuple[str, ...] = ()
    """The few that those two places away are told of."""
    told: tuple[str, ...] = ()
    """The shapes that an outcome before it is told of."""
    vocabulary: frozenset[str] = frozenset()
    middles: frozenset[str] = frozenset()
    """Its words, and their classes, each once."""
    asks: bool = False
    leads: bool = False
    by_self: bool = False
    to_reader: bool = False
    past: bool = False
    claim: str | None = None
    claimed: int = 0
    """In how many of its parts something is claimed to have been done."""
    check: bool = False
    rest: str = ""
    """What it says after its first part, in lower case."""
    said: str = "unknown"
    verdict: str = "unknown"


def looks(passages: Sequence[Passage], classes: Classes) -> list[Look]:
    """Return what is looked at in every stretch that may hold a step, in order."""
    made: list[Look] = []
    texts: list[list[Look]] = []
    for index, passage in enumerate(passages):
        if passage.role in ("system", "us") or passage.language:
            continue
        told = [s for s in passage.stretches if s.kind not in OTHERS and s.text.strip()]
        here = [_look(index, s, classes) for s in told]
        _placed(here, passage, index, len(passages))
        texts += [here] if here else []
        made += here
    _of_the_whole(texts, made)
    return made


def _of_the_whole(texts: Sequence[Sequence[Look]], all_of: Sequence[Look]) -> None:
    """Add to each where it stands in its text and in the ticket, with what the text begins and ends with."""
    deeds_told, last = sum(look.claimed > 0 for look in all_of), texts[-1][0].passage if texts else 0
    share = int(8 * deeds_told / max(1, len(all_of)))
    before: Sequence[Look] = ()
    for here in texts:
        index = here[0].passage
        same = [f"TN{min(6, last)}", f"TM{min(6, index)}/{min(6, last)}", f"TD{min(6, deeds_told)}", f"TC{share}", f"TF:{' '.join(here[0].words[:2])}", f"TL:{' '.join(here[-1].words[-2:])}"]
        if before and before[0].passage == index - 1:
            same.append(f"Tq{any(look.asks for look in before):d}{any(look.to_reader for look in before):d}")
        words = list(dict.fromkeys(word for look in here for word in look.words))[:_TEXT_WORDS]
        claimed = [place for place, look in enumerate(here) if look.claimed]
        heading: tuple[int, list[str]] = (-9, [])
        for place, look in enumerate(here):
            look.text_words = words
            look.whole = [*same, f"TP{min(9, place)}", f"TR{min(9, len(here) - 1 - place)}", f"Td{bool(claimed and claimed[0] < place):d}", f"Ta{bool(claimed and claimed[-1] > place):d}"]
            if place - heading[0] <= 5:
                look.whole += ["THk", *(f"TH:{word}" for word in heading[1])]
            if look.leads and look.stretch.kind in ("heading", "item"):
                heading = place, look.words[:8]
        before = here


def _look(index: int, stretch: Stretch, classes: Classes) -> Look:
    text = stretch.text
    words = tokens(text)
    low = text[:_LONGEST].lower().replace("’", "'")
    look = Look(index, stretch, words, [], [classes.get(word, _NO_CLASS) for word in words])
    look.asks, look.leads = text.rstrip().endswith("?"), text.rstrip().endswith(":")
    look.by_self, look.to_reader = _SELF.search(low) is not None, _READER.search(low) is not None
    look.past = _PAST.search(low) is not None
    head = text[:600]
    look.said, look.verdict = outcomes.outcome_of(head), outcomes.verdict(low[:300])
    look.parts = parted(head)
    first = "none"
    if stretch.kind != "pasted":
        look.claim = deeds.claims(head)
        said = [deeds.claims(part) for part in look.parts] if len(look.parts) > 1 or look.parts[:1] != [head] else [look.claim]
        first, look.claimed = str(said[0]) if said else "none", said.count("deed")
        look.check = deeds.checks_something(head)
        look.rest = " ".join(look.parts[1:])
    look.shapes = [
        f"k={stretch.kind}", f"q{look.asks:d}", f"c{look.leads:d}", f"I{look.by_self:d}{look.to_reader:d}{look.past:d}",
        f"i{look.by_self:d}", f"y{look.to_reader:d}", f"ed{look.past:d}", f"no{_DENIED.search(low) is not None:d}", f"if{_WHEN.search(low) is not None:d}",
        f"l{band(len(words), (3, 6, 10, 15, 22, 32))}", f"cl={look.claim}", f"cf={first}", f"cn{min(3, look.claimed)}", f"ck{look.check:d}",
        f"sd{deeds.starts_with_deed(head):d}", f"ah{deeds.looks_ahead(head):d}", f"ta{deeds.only_talk(head):d}", f"oo={look.said}", f"oc={outcomes.outcome_of(head, check=True)}", f"or={look.claimed > 0:d}{outcomes.outcome_of(look.rest, check=look.check) if look.rest else None}",
    ]  # fmt: skip
    if words:
        look.ends = [f"w0:{words[0]}", f"w01:{' '.join(words[:2])}", f"wl:{words[-1]}"]
    few, middle = [kinds[0] for kinds in look.classes[:3]], [kinds[1] for kinds in look.classes]
    look.beside = {*look.shapes, *look.ends, f"s:{' '.join(few)}", f"s:{' '.join(middle[:2])}"}
    look.farther = (f"k={stretch.kind}", f"r{look.claimed > 0:d}", f"c{look.leads:d}", f"i{look.by_self:d}", f"ed{look.past:d}")
    look.told = (
        f"k={stretch.kind}", f"v={look.verdict}", f"oo={look.said}", f"q{look.asks:d}", f"cl={look.claim}", f"r{look.claimed > 0:d}", f"i{look.by_self:d}", f"w0:{words[0] if words else ''}",
    )  # fmt: skip
    look.vocabulary, look.middles = frozenset(words), frozenset(middle)
    return look


PARTS = re.compile(r"\s*(?:[,;:()]|\.\s|->|=>|→|\s[-–—]{1,2}\s|\b(?:and|but|then|however|so|although)\b)\s+")


@lru_cache(maxsize=256)
def parted(text: str) -> list[str]:
    """Return the parts of a sentence between its commas and conjunctions."""
    return [part for part in PARTS.split(text) if part.strip()][:12]


def band(value: float, edges: Sequence[float]) -> int:
    """Return in which band between the edges a value lies, from 0."""
    return sum(value >= edge for edge in edges)


def _placed(here: list[Look], passage: Passage, index: int, passages: int) -> None:
    """Add to each where it stands in its text and what its text is like."""
    count = max(1, len(here))
    of_self = int(4 * sum(x.by_self for x in here) / count)
    to_reader = int(4 * sum(x.to_reader for x in here) / count)
    past = int(4 * sum(x.past for x in here) / count)
    advising = deeds.advising(passage.own)
    text = [
        f"fI{min(3, of_self)}", f"fy{min(3, to_reader)}", f"fe{min(3, past)}", f"aq{any(x.asks for x in here):d}", f"ns{min(5, count // 2)}",
        f"nd{min(4, sum(x.claimed > 0 for x in here))}", f"role={passage.role}", f"last{index == passages - 1:d}", f"one{count == 1:d}", f"adv{advising:d}", f"note{min(index, 6)}",
        f"work{passage.work_note:d}", f"desc{passage.description:d}{advising:d}", f"d{passage.description:d}", f"res{passage.resolution:d}",
    ]  # fmt: skip
    text += [f"h:{word}" for word in here[0].words[:6]] if here else []
    for place, look in enumerate(here):
        look.place = [*text, f"p{band(place / count, (0.01, 0.2, 0.4, 0.6, 0.8, 0.99))}", f"tick{look.stretch.ticked:d}"]


def near(all_of: Sequence[Look], place: int, distance: int) -> Look | None:
    """Return the stretch so many places on in the same text, or None."""
    other = place + distance
    return all_of[other] if 0 <= other < len(all_of) and all_of[other].passage == all_of[place].passage else None


def step_features(all_of: Sequence[Look], place: int) -> Vector:
    """Return what speaks for and against the stretch being a step, the beginning of one or what goes on with one."""
    look = all_of[place]
    words = look.words
    few = ["^", *(kinds[0] for kinds in look.classes), "$"]
    middle = ["^", *(kinds[1] for kinds in look.classes), "$"]
    finest = {kinds[2] for kinds in look.classes}
    shapes = {*look.shapes, *look.place, *look.ends, f"s3:{' '.join(few[1:4])}", f"s2:{' '.join(middle[1:3])}", f"s1:{look.classes[0][2] if words else ''}"}
    made: Vector = [
        ("", shapes, _SHAPE), ("", set(look.whole), 0.3), *sharing("tw:", look.text_words, 0.8), *sharing("w:", look.vocabulary, 1.0), *sharing("b:", _pairs(["^", *words, "$"]), 1.0), *sharing("", _endings_of(words), 0.7),
        *sharing("x:", {" ".join(tokens(part)[:2]) for part in look.parts}, 0.7), *sharing("c:", look.middles | {"^", "$"}, 0.7), *sharing("m:", finest, 0.7),
        *sharing("d:", _pairs(middle), 0.8), *sharing("D:", _pairs(few), 0.6), *sharing("t:", set(map(" ".join, zip(few, few[1:], few[2:], strict=False))), 0.8),
    ]  # fmt: skip
    for side, small, distance in (("P", "p", -1), ("N", "n", 1)):
        other = near(all_of, place, distance)
        if other is None:
            shapes.add(f"{side}none")
        else:
            made += [(side, other.beside, _SHAPE), *sharing(f"{small}w:", other.vocabulary, 0.6), *sharing(f"{side}c:", other.middles, 0.5)]
    for side, distance in (("PP", -2), ("NN", 2)):
        other = near(all_of, place, distance)
        if other is None:
            shapes.add(f"{side}none")
        else:
            made.append((side, other.farther, _SHAPE))
    crossing = [shape for shape in look.shapes if shape[:2] in _CROSSING]
    made += [(f"X{where}/", crossing, _SHAPE) for where in look.place if where[:4] in _CROSSED]
    return made


_CROSSING = ("cl", "sd", "or", "I0", "I1")
_CROSSED = ("role", "work", "desc", "adv0", "adv1")
"""Shapes of a stretch that tell other things in other kinds of text."""


def _pairs(words: list[str]) -> set[str]:
    return {f"{one} {two}" for one, two in pairwise(words)}


def _endings_of(words: Iterable[str]) -> set[str]:
    return set().union(*map(_endings, words))


@lru_cache(maxsize=4096)
def _endings(word: str) -> tuple[str, ...]:
    return (f"e:{word[-3:]}", f"e:{word[-2:]}", f"a:{word[:4]}") if len(word) > 3 else ()


def sharing(kind: str, names: Collection[str], whole: float) -> Vector:
    """Let the names share the whole, so that a long sentence does not outweigh a short one."""
    return [(kind, names, whole / sqrt(len(names)))] if names else []


def outcome_features(all_of: Sequence[Look], place: int, part: str) -> Vector:
    """Return what speaks for each outcome of the step that begins in the stretch. `part` is its own words."""
    look = all_of[place]
    words = look.words if part == look.stretch.text else tokens(part)
    before, following = near(all_of, place, -1), [near(all_of, place, k) for k in (1, 2, 3)]
    shapes = {*look.shapes, f"v={outcomes.verdict(part[:300].lower())}", f"po={outcomes.outcome_of(part[:600])}"}
    shapes.update(s for s in look.place if s[:2] not in ("h:", "fI", "fy", "fe", "ns"))
    if words:
        shapes.update((f"w0:{words[0]}", f"w01:{' '.join(words[:2])}", f"wl:{words[-1]}"))
    rest = " ".join(parted(part[:600])[1:])
    shapes.update(f"pc{check:d}={outcomes.outcome_of(part, check=check)}" for check in {True, look.check})
    shapes.add(f"pr{look.check:d}={outcomes.outcome_of(rest, check=look.check) if rest else None}")
    made: Vector = [
        ("", shapes, 0.25), *sharing("w:", set(words), 1.0), *sharing("b:", _pairs(["^", *words, "$"]), 1.0),
        *sharing("t:", set(words[len(words) // 2 :]), 0.7), *sharing("", _endings_of(words), 0.5),
    ]  # fmt: skip
    for side, other in zip(("N", "M", "L"), following, strict=True):
        if other is None:
            shapes.add(f"{side}none")
        else:
            made.append((side, other.told, 0.25))
    one, two, _ = following
    if before:
        shapes.update((f"Pcl={before.claim}", f"Poo={before.said}", f"Pk={before.stretch.kind}"))
        made += sharing("pw:", before.vocabulary, 0.5)
    if one:
        made += [*sharing("nw:", one.vocabulary, 0.7), *sharing("nb:", _pairs(one.words), 0.5)]
    if two:
        made += sharing("mw:", two.vocabulary, 0.4)
    if one and one.said != "unknown" and not (one.claimed or one.asks) and len(one.words) <= _REMARK and one.stretch.kind != "pasted":
        made.append(("rem", {f"={one.said}", f"{look.check:d}={outcomes.outcome_of(one.stretch.text, check=look.check)}"}, 0.8))
    return made


_JOINT = re.compile(r"(?P<mark>[,;:.!)(]+|\s[-–—]{1,2}>?|->|=>|→)?\s+(?P<word>and then|and also|and|but|then|however|so|also|after which|plus|or|which|while|when|as well as)?\b", re.IGNORECASE)


def joints(text: str) -> list[tuple[int, str]]:
    """Return where a sentence may go over to a second step: offsets, each with what stands there."""
    made = []
    for found in _JOINT.finditer(text[:_LONGEST]):
        mark, word = (found["mark"] or "").strip(), (found["word"] or "").lower()
        start = found.end() if found["word"] is None else found.start("word")
        if (mark or word) and 8 <= start <= len(text) - 8:
            made.append((start, f"{mark}|{word}"))
    return made


def joint_features(look: Look, at: int, kind: str) -> Vector:
    """Return what speaks for a second step beginning at the joint."""
    text = look.stretch.text
    before, after = text[:at], text[at:]
    left, right = tokens(before)[-12:], tokens(after)[:12]
    near_by = parted(after[:200])
    shapes = {
        *look.shapes, f"j={kind}", f"jl{band(at, (20, 40, 80, 150))}", f"jr{band(len(text) - at, (15, 30, 60, 120))}",
        f"jcl={deeds.claims(before[-200:])}{deeds.claims(after[:200])}", f"jn{min(3, look.claimed)}", f"js{deeds.starts_with_deed(before)}{deeds.starts_with_deed(after)}", f"jk{min(3, len(look.parts))}", f"jc={deeds.claims(near_by[0] if near_by else '')}",
        f"jo={outcomes.outcome_of(before[-200:])}", f"jp={outcomes.outcome_of(after[:200])}",
        f"r0:{' '.join(right[:1])}", f"r1:{' '.join(right[1:2])}", f"r01:{' '.join(right[:2])}", f"r12:{' '.join(right[1:3])}", f"l0:{' '.join(left[-1:])}", *(f"f:{w}" for w in look.words[:2]),
    }  # fmt: skip
    return [("", shapes, _SHAPE), *sharing("lw:", set(left), 0.7), *sharing("rw:", set(right), 1.0), *sharing("", _endings_of(right[:5]), 0.7)]
