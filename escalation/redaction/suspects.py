"""Name what might be a secret: a word with digits, signs or inner capitals, or any word or phrase behind a label.

What looks like something harmless (`harmless.py`) is none, or only behind a label (`labels.py`). `features.py` says what speaks
for and against a suspect, `scorer.py` weighs it with what `training/secrets.py` learned; nothing is decided here.
"""



from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from escalation.redaction.features import FLAG, HUMP, WORD, features, heading, kind_of
from escalation.redaction.harmless import MOSTLY, SURE, counted, hashed, looks, partial, published
from escalation.redaction.labels import label, labels
from escalation.redaction.told import STOPS, YEAR, row, told
from escalation.redaction.views import MARK
from escalation.redaction.words import MEASURED, WORDS

_RUN = re.compile(rf"[^\s{MARK}<>\"“”„«»`|,;]{{3,1200}}")
_PAIR = re.compile(r"(?P<label>[-/$.\[\]\w]{1,60}?)(?P<sep>:=|=>|->|→|[=:])(?P<value>[^=:>].{2,})", re.DOTALL)
_SLASHED = re.compile(r"[\w.\\@-]{1,24}[/:](?P<value>[^/:]{4,60})")
_USER_AND = re.compile(r"(?:[A-Za-z][\w.-]{0,20}|\.)\\[\w.$-]{2,40}[/:%](?P<value>[^\s/:\\]{5,60})")
_SLASHED_USER = re.compile(r"[a-z][\w.]{2,20}/(?P<value>(?=[^/]*\d)(?=[^/]*[^\W\d])[^\s/:\\=]{6,60})")
"""A user's name and what follows it: `corp\\dana:...`, `dana.roe/...`."""
_LAST_FIELD = re.compile(r"(?:[\w.-]{1,60}:){1,4}(?P<value>[A-Za-z0-9+/]{20,100}={0,2})")
"""The last of several fields, as keys of tools stand behind an algorithm and a name."""
_QUERY = re.compile(r"[?&#;](?P<label>[\w.-]{1,40})=(?P<value>[^&#\s]{4,400})")
_EDGES = "\"'“”‘’`„«».,;:()[]{}<>*"

_PHRASE = re.compile(
    r"(?i:[a-zß-ÿ0-9]{3,12}(?:[ -][a-zß-ÿ0-9]{3,12}){2,23})(?=[\"”'’`.;,)|<]|[ \t]*$)", re.MULTILINE
)
_JOINING = re.compile(rf" (?:{'|'.join(sorted(STOPS))})\b")
"""What joins a phrase to the sentence that goes on behind it."""
_PARTED = re.compile(
    r"(?:[:=>→\t|(\"'“‘`„«–~]|\s-|\b(?:is|was|be|reads|says|shows|say|it['’]s|ist|war|heißt|est|es|è|é|är|er|jest|to|lautet)"
    r"(?: (?:just|simply|only|literally|really|plain|still|now))?)\s{0,3}[\"'“‘`„«(]?\Z"
)
_PROMPT = re.compile(r"[\w.-]{1,40}@[\w.-]{1,60}(?::[^\s$#]{1,80}|[ ][^\s$#]{1,80})?\]?[$#](?:\s|\Z)")
_NUMBERED = re.compile(r"[A-Z]?[a-z]+\d")
_GOES_ON = re.compile(r".{2,}(?:ly|ing|ed|tion|sion|able|ible|ment|ness)$")
_MORE = re.compile(
    r" (?!(?:on|for|at|and|till|until|but|since|now|please|while|because|works|worked|in|as|to|from|with|ro|rw|"
    r"user|address|level|encrypted|again|instead|für|pour|voor)\b)"
    r"[a-zß-ÿ]{2}"
)
_INFINITIVE = re.compile(r"([^\W\d_]+)\s+to\s+\Z")

_HYPHENS = {0x2010: "-", 0x2011: "-"}
"""Hyphens that do not break a line, or do, are hyphens."""
_OPENS = {")": "(", "]": "[", "}": "{"}
_NEAR = frozenset({"k:strong", "x:flag", "L:U0", "L:U1"})


@dataclass(frozen=True, slots=True)
class Suspect:
    """A stretch of a text that might be a secret."""

    begin: int
    end: int
    features: tuple[str, ...]

    @property
    def label(self) -> str:
        """Return the kind of the nearest label that names a secret, or nothing."""
        return next((name[2] for name in self.features if name.startswith("L:") and name[2] in "PSKCDW"), "")

    @property
    def unnamed(self) -> bool:
        """Whether neither a label nor a flag of a command stands near, nor a word of logging in right before."""
        return "N:" in self.features and not _NEAR.intersection(self.features)


def suspects(text: str, known: frozenset[str]) -> Iterator[Suspect]:
    """Yield what might be a secret in a text as its reader sees it; `known` are ordinary words, lower case."""
    text = text.translate(_HYPHENS)
    talk = set(labels(WORD.findall(text.lower()))) - {"", "H"}
    for run in _RUN.finditer(text):
        if (run[0].isalpha() and not talk) or published(text, run.start()):
            continue
        for begin, end, named in _values(text, run.start(), run.end()):
            value = text[begin:end]
            if len(value) < 3:
                continue
            word = kind_of(value)
            if not _excused(text, begin, end, word, known, named=named, talk=bool(talk)):
                yield Suspect(begin, end, tuple(features(text, begin, end, value, word, talk, known)))
            if not talk or word != "word" or value.isupper():
                continue
            phrase = _phrase(text, begin, known)
            if phrase:
                found = features(text, begin, phrase, text[begin:phrase], "phrase", talk, known)
                yield Suspect(begin, phrase, tuple(found))


def _excused(
    text: str, begin: int, end: int, word: str, known: frozenset[str], *, named: bool, talk: bool
) -> bool:
    """Whether a stretch is no suspect: it looks harmless, or it is made as ordinary words are and nothing names it."""
    value = text[begin:end]
    like = looks(value.rstrip("?!"))
    if like in SURE or MEASURED.fullmatch(value) or counted(text, begin, end):
        return True
    if hashed(text, begin, end) or partial(text, begin, end):
        return True
    if "@" in value and _PROMPT.match(text, begin):
        return True
    plain = word in ("word", "humps")
    said = like not in MOSTLY and told(text, begin, end, word, known, talk=talk)
    if not said and (like in MOSTLY or _weak(word, value) or (_NUMBERED.fullmatch(value) and not _parted(text, begin))):
        if not talk:
            return True
        if not named:
            beside = _beside(text, begin, end, plain, word)
            if not beside or (YEAR.fullmatch(value) and not beside & _NUMBERING):
                return True
            if like in MOSTLY and not (beside & _FIRM and (beside is _FLAGGED or _near(text, begin))):
                return True
    return plain and not named and _ordinary_here(text, begin, value, said=said)


def _parted(text: str, begin: int) -> bool:
    """Whether something parts a stretch from the words before it: a colon, a quotation mark, an "is"."""
    return _PARTED.search(text, max(0, begin - 12), begin) is not None


def _phrase(text: str, begin: int, known: frozenset[str]) -> int:
    """Return where a phrase that may be a secret and begins here ends, or 0.

    One begins near a label of what may be one, behind what parts them or right behind it, and runs to the end of what is told;
    or it is a row of words that nobody knows, wherever it stands.
    """
    if _begins_phrase(text, begin):
        phrase, parted = _PHRASE.match(text, begin), _parted(text, begin)
        if phrase and not _sentence(phrase[0], known, parted=parted):
            return phrase.end()
        joined = _JOINING.search(text, begin, phrase.end()) if phrase and parted else None
        said = text[begin : joined.start()] if joined else ""
        if joined and said.count(" ") > 2 and not _sentence(said, known, parted=parted):
            return joined.start()
    return row(text, begin, known)


def _begins_phrase(text: str, begin: int) -> bool:
    """Whether a phrase may begin here: near a label of what may be one, behind what parts them or right behind it."""
    before = text[max(0, begin - 60) : begin]
    if FLAG.search(before):
        return True
    parted = _PARTED.search(before) is not None
    return any(
        kind and kind in "PSKA" for kind in labels(WORD.findall(before.lower())[-7 if parted else -1 :])
    )


def _sentence(phrase: str, known: frozenset[str], *, parted: bool) -> bool:
    """Whether words in a row are of a sentence: one of them joins, or they are ordinary and nothing parts them from the label."""
    words = phrase.lower().replace("-", " ").split()
    if words[0] in WORDS and all(word in known for word in words):
        return True  # "password: updated successfully"
    return bool(STOPS.intersection(words)) or (
        not parted and 2 * sum(word in known for word in words) >= len(words)
    )


def _weak(word: str, value: str) -> bool:
    """Whether a value is made as ordinary words, names and numbers are, so that only a label beside it makes it a suspect."""
    return (
        word in ("word", "humps", "caps", "parts", "signed", "numbers", "signs")
        or word.startswith("digits")
        or (
            word in ("plain", "plaincaps", "joinedcaps")
            and sum(c.isdigit() for c in value) < 3
            and len(_TURNS.findall(value)) < 3
        )
    )


def _near(text: str, begin: int) -> bool:
    """Whether a stretch follows its label at once or something parts them."""
    said = WORD.findall(text[max(0, begin - 24) : begin].lower())
    return _parted(text, begin) or (bool(said) and label(said[-1]) in _FIRM)


_TURNS = re.compile(r"(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)")
_FIRM = frozenset("PSKA-")
_NUMBERING = frozenset("PSKACD-")
_NAMING = frozenset("PSKACDW-")
_TELLING, _TOLD = frozenset("TU"), frozenset("T")
_HEADING = frozenset("PSKAU")
_ANSWER = frozenset("A")
_FLAGGED, _USER = frozenset("-"), frozenset("U")


def _beside(text: str, begin: int, end: int, plain: bool, word: str) -> frozenset[str]:
    """Return which labels stand beside a stretch: right before a plain word, in the same line or the one above for others."""
    if FLAG.search(text, max(0, begin - 44), begin):
        return _FLAGGED
    line = text[max(text.rfind("\n", 0, begin) + 1, begin - 90) : begin]
    before = line if WORD.search(line) else text[max(0, begin - 90) : begin]
    sentence = before[before.rfind(". ") + 1 :]
    left = WORD.findall((sentence if WORD.search(sentence) else before).lower())[-9:]
    if plain:
        asked = "A" in labels(left)[-3:]
        left = left[-6:] if _parted(text, begin) else left[-1:] if word == "word" else left[-2:]
        if asked:
            return _ANSWER
    kinds = labels(left)
    found = _NAMING.intersection(kinds)
    if kinds and kinds[-1] == "U" and not plain:
        found |= _USER
    if word != "word" and not word.startswith("digits") and not found:
        found |= _TELLING.intersection(kinds[-2:] if plain else kinds[-5:])
        found |= _TOLD.intersection(labels(WORD.findall(text[end : end + 40].lower())[:5]))
    if word != "word" and not found:
        above = heading(text, text.rfind("\n", 0, begin) + 1)
        found |= _HEADING.intersection(labels(WORD.findall(above.lower())[-5:])) if len(above) < 60 else frozenset()
    if not plain and not found & _FIRM:
        found |= _NAMING.intersection(labels(WORD.findall(text[end : end + 40].lower())[:4]))
    return found


def _ordinary_here(text: str, begin: int, value: str, *, said: bool) -> bool:
    """Whether a plain word goes on in a sentence or begins one: "token subsequently", "account. Specifically"."""
    if label(value.lower()) in ("P", "S", "K") or value.lower() in WORDS:
        return True
    if said:
        return False  # nobody knows the word, so no sentence goes on with it
    before = text[max(0, begin - 24) : begin]
    to = _INFINITIVE.search(before)
    if to and label(to[1].lower()):
        return True
    if _PARTED.search(before) and not (
        before[-2:-1].isalpha() and text[begin + len(value) :][:2].strip().isalpha()
    ):
        return False
    if _MORE.match(text, begin + len(value)):
        return True
    return before.rstrip().endswith((".", "!", "?")) or _GOES_ON.match(value.lower()) is not None


def _values(text: str, begin: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Yield the stretches of a run between blanks that may be a value by themselves, and whether a label stands in the run."""
    run = text[begin:end]
    if "://" in run:
        for found in _QUERY.finditer(run):
            if _labels(found["label"]):
                yield begin + found.start("value"), begin + found.end("value"), True
        return
    inside = _trim(text, begin, end)
    if MEASURED.fullmatch(text, *inside):
        return
    for pattern, named in ((_USER_AND, True), (_LAST_FIELD, False), (_SLASHED_USER, False)):
        if behind := pattern.fullmatch(text, *inside):
            yield *behind.span("value"), named
            return
    pair = _PAIR.match(run)
    if pair:
        first, last = _trim(text, begin + pair.start("value"), end)
        if not _labels(pair["label"]) and pair["sep"] == "=" and last - begin < 24:
            yield (*_trim(text, begin, end), False)  # a password with such a sign in it
        inner = _PAIR.match(text[first:last])
        if inner and label(inner["label"].lower().strip("-_$/")):
            first += inner.start("value")
        yield first, last, _labels(pair["label"])
        return
    slashed = _SLASHED.fullmatch(run.rstrip(_EDGES))
    if slashed and not looks(run):
        first, last = _trim(text, begin + slashed.start("value"), end)
        yield first, last, False
        return
    first, last = _trim(text, begin, end)
    if last > first:
        yield first, last, False


def _labels(name: str) -> bool:
    return any(label(word) for word in WORD.findall(HUMP.sub(" ", name).lower())) or bool(label(name.lower()))


def ordinary(text: str, suspect: Suspect, known: frozenset[str]) -> bool:
    """Whether a suspect is an ordinary word in a sentence: nothing parts it from the word before."""
    begin = suspect.begin
    return text[begin : suspect.end].lower() in known and not _parted(text, begin)


def _trim(text: str, begin: int, end: int) -> tuple[int, int]:
    while begin < end and text[begin] in _EDGES:
        begin += 1
    while end > begin and text[end - 1] in _EDGES:
        opening = _OPENS.get(text[end - 1])
        if opening and opening in text[begin:end]:
            break
        end -= 1
    return begin, end
