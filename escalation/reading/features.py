"""Name what a stretch of a text looks like, as the learned reader weighs it: its words and their classes, its shape, its neighbours.

A feature is a name; the weights of `weights.py` are kept by it. Names begin with their kind: `w:` a word, `b:` two words in a
row, `e:` the end of a word, `c:` a class of words ("rebooted" and "restarted" are of one), `d:` and `t:` two and three in a row, then
shapes, and the same of the neighbours (`P`, `N`). No name holds more than two words.
"""

# ruff: noqa: E501 - a table of names is easier to read in long rows

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import sqrt

from escalation.reading import deeds, outcomes
from escalation.reading.passages import Passage
from escalation.reading.text import OTHERS, Stretch

Vector = dict[str, float]
Classes = Mapping[str, Sequence[str]]
"""The classes of each word, from few to many."""
_NO_CLASS = ("?", "?", "?")

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|0+|[?!:;=\\>|()\"]|\.\.\.|->")
_ADDRESS = re.compile(r"https?://\S{1,300}")
_DIGIT = re.compile(r"\d")
_SELF = re.compile(r"\b(?:i|we|i've|we've|i'm|my|our)\b")
_READER = re.compile(r"\b(?:you|your|please|should|could|would|can)\b")
_PAST = re.compile(r"\b\w{3,30}ed\b")
_DENIED = re.compile(r"\b(?:not|no|cannot|never|nothing|still|same|without)\b|n't\b")
_WHEN = re.compile(r"\b(?:if|when|once|after|before)\b")
_LONGEST = 700
_REMARK = 6
"""So many words has a remark that only tells a result at most: "No change." """
_SHAPE = 0.35
"""What a shape counts beside words, which share 1 among all of their kind."""


def tokens(text: str) -> list[str]:
    """Return the words and telling marks of a text in lower case, each digit as 0, each address as one word."""
    plain = text[:_LONGEST].lower().replace("’", "'")
    if "http" in plain:
        plain = _ADDRESS.sub(" urlurl ", plain)
    return _TOKEN.findall(_DIGIT.sub("0", plain))


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
    for index, passage in enumerate(passages):
        if passage.role in ("system", "us") or passage.language:
            continue
        told = [s for s in passage.stretches if s.kind not in OTHERS and s.text.strip()]
        here = [_look(index, s, classes) for s in told]
        _placed(here, passage, index, len(passages))
        made += here
    return made


def _look(index: int, stretch: Stretch, classes: Classes) -> Look:
    text = stretch.text
    words = tokens(text)
    low = text[:_LONGEST].lower().replace("’", "'")
    look = Look(index, stretch, words, [], [classes.get(word, _NO_CLASS) for word in words])
    look.asks, look.leads = text.rstrip().endswith("?"), text.rstrip().endswith(":")
    look.by_self, look.to_reader = _SELF.search(low) is not None, _READER.search(low) is not None
    look.past = _PAST.search(low) is not None
    prose = stretch.kind != "pasted"
    head = text[:600]
    look.said, look.verdict = outcomes.outcome_of(head), outcomes.verdict(low[:300])
    first = "none"
    if prose:
        look.claim = deeds.claims(head)
        parts = parted(head)
        said = [deeds.claims(part) for part in parts]
        first, look.claimed = str(said[0]) if said else "none", said.count("deed")
        look.check = deeds.checks_something(head)
        look.rest = " ".join(parts[1:])
    look.shapes = [
        f"k={stretch.kind}", f"q{look.asks:d}", f"c{look.leads:d}", f"I{look.by_self:d}{look.to_reader:d}{look.past:d}",
        f"i{look.by_self:d}", f"y{look.to_reader:d}", f"ed{look.past:d}", f"no{_DENIED.search(low) is not None:d}", f"if{_WHEN.search(low) is not None:d}",
        f"l{_step(len(words), (3, 6, 10, 15, 22, 32))}", f"cl={look.claim}", f"cf={first}", f"cn{min(3, look.claimed)}", f"ck{look.check:d}",
        f"sd{deeds.starts_with_deed(head):d}", f"ah{deeds.looks_ahead(head):d}", f"ta{deeds.only_talk(head):d}", f"oo={look.said}", f"oc={outcomes.outcome_of(head, check=True)}", f"or={look.claimed > 0:d}{outcomes.outcome_of(look.rest, check=look.check) if look.rest else None}",
    ]  # fmt: skip
    return look


PARTS = re.compile(r"\s*(?:[,;:()]|\.\s|->|=>|→|\s[-–—]{1,2}\s|\b(?:and|but|then|however|so|although)\b)\s+")


def parted(text: str) -> list[str]:
    """Return the parts of a sentence between its commas and conjunctions."""
    return [part for part in PARTS.split(text) if part.strip()][:12]


def _step(value: float, edges: Sequence[float]) -> int:
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
        look.place = [*text, f"p{_step(place / count, (0.01, 0.2, 0.4, 0.6, 0.8, 0.99))}", f"tick{look.stretch.ticked:d}"]


def near(all_of: Sequence[Look], place: int, distance: int) -> Look | None:
    """Return the stretch so many places on in the same text, or None."""
    other = place + distance
    return all_of[other] if 0 <= other < len(all_of) and all_of[other].passage == all_of[place].passage else None


def step_features(all_of: Sequence[Look], place: int) -> Vector:
    """Return what speaks for and against the stretch being a step, the beginning of one or what goes on with one."""
    look = all_of[place]
    words = look.words
    before, after = near(all_of, place, -1), near(all_of, place, 1)
    shapes = [*look.shapes, *look.place]
    if words:
        shapes += [f"w0:{words[0]}", f"w01:{' '.join(words[:2])}", f"wl:{words[-1]}"]
    for side, other in (("P", before), ("N", after)):
        if other is None:
            shapes.append(f"{side}none")
            continue
        shapes += [side + shape for shape in other.shapes]
        if other.words:
            shapes += [f"{side}w0:{other.words[0]}", f"{side}w01:{' '.join(other.words[:2])}", f"{side}wl:{other.words[-1]}"]
    for side, other in (("PP", near(all_of, place, -2)), ("NN", near(all_of, place, 2))):
        shapes += [f"{side}none"] if other is None else [
            f"{side}k={other.stretch.kind}", f"{side}r{other.claimed > 0:d}", f"{side}c{other.leads:d}", f"{side}i{other.by_self:d}", f"{side}ed{other.past:d}"
        ]  # fmt: skip
    made: Vector = {}
    _share(made, (f"w:{w}" for w in words), 1.0)
    _share(made, _pairs("b", ["^", *words, "$"]), 1.0)
    _share(made, _endings(words), 0.7)
    _share(made, (f"x:{' '.join(tokens(part)[:2])}" for part in parted(look.stretch.text[:600])), 0.7)
    _share(made, (f"pw:{w}" for w in before.words) if before else (), 0.6)
    _share(made, (f"nw:{w}" for w in after.words) if after else (), 0.6)
    crossed = [n for n in look.place if n[:4] in ("role", "work", "desc", "adv0", "adv1")]
    shapes += [f"X{n}/{m}" for n in crossed for m in look.shapes if m[:2] in ("cl", "sd", "or", "I0", "I1")]
    for side, other in (("P", before), ("N", after)):
        if other:
            _share(made, (f"{side}c:{middle}" for _, middle, _ in other.classes), 0.5)
            shapes += [f"{side}s:{' '.join(few for few, *_ in other.classes[:3])}", f"{side}s:{' '.join(middle for _, middle, _ in other.classes[:2])}"]
    shapes += _classes(made, look)
    made.update(dict.fromkeys(shapes, _SHAPE))
    return made


def _classes(made: Vector, look: Look) -> list[str]:
    """Add the classes of the words and what stands beside what; return what the stretch begins with."""
    few = ["^", *(a for a, _, _ in look.classes), "$"]
    middle = ["^", *(b for _, b, _ in look.classes), "$"]
    _share(made, (f"c:{b}" for b in middle), 0.7)
    _share(made, (f"m:{c}" for _, _, c in look.classes), 0.7)
    _share(made, (f"d:{a} {b}" for a, b in pairwise(middle)), 0.8)
    _share(made, (f"D:{a} {b}" for a, b in pairwise(few)), 0.6)
    _share(made, (f"t:{a} {b} {c}" for a, b, c in zip(few, few[1:], few[2:], strict=False)), 0.8)
    return [f"s3:{' '.join(few[1:4])}", f"s2:{' '.join(middle[1:3])}", f"s1:{' '.join(c for _, _, c in look.classes[:1])}"]


def _pairs(kind: str, words: list[str]) -> Iterable[str]:
    return (f"{kind}:{one} {two}" for one, two in pairwise(words))


def _endings(words: list[str]) -> Iterable[str]:
    for word in words:
        if len(word) > 3:
            yield f"e:{word[-3:]}"
            yield f"e:{word[-2:]}"
            yield f"a:{word[:4]}"


def _share(made: Vector, names: Iterable[str], whole: float) -> None:
    """Let the names share the whole, so that a long sentence does not outweigh a short one."""
    once = set(names)
    if once:
        part = whole / sqrt(len(once))
        for name in once:
            made[name] = part


def outcome_features(all_of: Sequence[Look], place: int, part: str) -> Vector:
    """Return what speaks for each outcome of the step that begins in the stretch. `part` is its own words."""
    look = all_of[place]
    words = tokens(part)
    before, following = near(all_of, place, -1), [near(all_of, place, k) for k in (1, 2, 3)]
    shapes = [*look.shapes, f"v={outcomes.verdict(part[:300].lower())}", f"po={outcomes.outcome_of(part[:600])}"]
    shapes += [s for s in look.place if s[:2] not in ("h:", "fI", "fy", "fe", "ns")]
    if words:
        shapes += [f"w0:{words[0]}", f"w01:{' '.join(words[:2])}", f"wl:{words[-1]}"]
    rest = " ".join(parted(part[:600])[1:])
    shapes += [f"pc{check:d}={outcomes.outcome_of(part, check=check)}" for check in {True, look.check}]
    shapes.append(f"pr{look.check:d}={outcomes.outcome_of(rest, check=look.check) if rest else None}")
    for side, other in zip(("N", "M", "L"), following, strict=True):
        if other is None:
            shapes.append(f"{side}none")
            continue
        shapes += [
            f"{side}k={other.stretch.kind}", f"{side}v={other.verdict}", f"{side}oo={other.said}", f"{side}q{other.asks:d}", f"{side}cl={other.claim}",
            f"{side}r{other.claimed > 0:d}", f"{side}i{other.by_self:d}", f"{side}w0:{other.words[0] if other.words else ''}",
        ]  # fmt: skip
    if before:
        shapes += [f"Pcl={before.claim}", f"Poo={before.said}", f"Pk={before.stretch.kind}"]
    made: Vector = {}
    _share(made, (f"w:{w}" for w in words), 1.0)
    _share(made, _pairs("b", ["^", *words, "$"]), 1.0)
    _share(made, (f"t:{w}" for w in words[len(words) // 2 :]), 0.7)
    _share(made, _endings(words), 0.5)
    if one := following[0]:
        _share(made, (f"nw:{w}" for w in one.words), 0.7)
        _share(made, _pairs("nb", one.words), 0.5)
    if two := following[1]:
        _share(made, (f"mw:{w}" for w in two.words), 0.4)
    _share(made, (f"pw:{w}" for w in before.words) if before else (), 0.5)
    made.update(dict.fromkeys(shapes, 0.25))
    if one and one.said != "unknown" and not (one.claimed or one.asks) and len(one.words) <= _REMARK and one.stretch.kind != "pasted":
        remark = one.stretch.text
        made[f"rem={one.said}"] = made[f"rem{look.check:d}={outcomes.outcome_of(remark, check=look.check)}"] = 0.8
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
    left, right = tokens(text[:at])[-12:], tokens(text[at:])[:12]
    shapes = [
        *look.shapes, f"j={kind}", f"jl{_step(at, (20, 40, 80, 150))}", f"jr{_step(len(text) - at, (15, 30, 60, 120))}",
        f"jcl={deeds.claims(text[:at][-200:])}{deeds.claims(text[at:][:200])}", f"jn{min(3, look.claimed)}", f"js{deeds.starts_with_deed(text[:at])}{deeds.starts_with_deed(text[at:])}", f"jk{min(3, len(parted(text)))}", f"jc={deeds.claims(parted(text[at:][:200])[0] if parted(text[at:][:200]) else '')}",
        f"jo={outcomes.outcome_of(text[:at][-200:])}", f"jp={outcomes.outcome_of(text[at:][:200])}",
        f"r0:{' '.join(right[:1])}", f"r1:{' '.join(right[1:2])}", f"r01:{' '.join(right[:2])}", f"r12:{' '.join(right[1:3])}", f"l0:{' '.join(left[-1:])}", *(f"f:{w}" for w in look.words[:2]),
    ]  # fmt: skip
    made: Vector = {}
    _share(made, (f"lw:{w}" for w in left), 0.7)
    _share(made, (f"rw:{w}" for w in right), 1.0)
    _share(made, _endings(right[:5]), 0.7)
    made.update(dict.fromkeys(shapes, _SHAPE))
    return made
