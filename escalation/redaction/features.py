"""Say what speaks for and against a suspect: how it is made, what it looks like, the words and labels around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from escalation.redaction.harmless import looks, untold
from escalation.redaction.labels import label, labels

FLAG = re.compile(r"(?:^|\s)(--?[A-Za-z][\w-]{0,40}|/[A-Za-z]{1,20})[ \t]*[:=]?[ \t]*[\"']?$")
HUMP = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])")
WORD = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TAG = re.compile(r"<([\w:.-]{1,60})(?:\s[^<>]{0,200})?>\s*$")
_MADE = (
    ("title", re.compile(r"^[A-Z](?=.*[a-z])(?=.*\d)")),
    ("leet", re.compile(r"[a-zA-Z][013457@$][a-z]")),
    ("year", re.compile(r"(?=.*[A-Za-z]{3}).*(?:19|20)\d\d")),
    ("sign at end", re.compile(r"[A-Za-z\d][!#$%&*+=^~@]$")),
    ("sign inside", re.compile(r"\w[!#$%&*+=^~@]\w")),
    ("digits at end", re.compile(r"[A-Za-z]{3}.?\d{1,4}$")),
)
"""How people make passwords: single marks, and all of a value together."""
_RUNS = re.compile(r"[a-z]+|[A-Z]+|\d+|[^A-Za-z\d]+")
_ENDINGS = re.compile(
    r".{2,}(ly|ing|ed|tion|sion|able|ible|ment|ness|ive|ous|ful|al|ers?|ity|ung|lich|ment)$"
)


@lru_cache(maxsize=8192)
def kind_of(value: str) -> str:
    """Return in a word how a value is made."""
    lower = any(c.islower() for c in value)
    upper = any(c.isupper() for c in value)
    digit = any(c.isdigit() for c in value)
    sign = re.search(r"[^\w\s.:/\\-]", value) is not None
    if not (lower or upper):
        return f"digits{min(len(value), 9)}" if value.isdigit() else ("numbers" if digit else "signs")
    if len(value) >= 20 and digit and not re.search(r"[\s\\]", value):
        return "long"
    if sign and digit:
        return "strong"
    if lower and upper and digit:
        return "mixed"
    if digit:
        joined = re.search(r"[-_./]", value) is not None
        return ("joined" if joined else "plain") + ("" if lower else "caps")
    if sign:
        return "signed"
    if value[1:] != value[1:].lower():
        return "humps" if lower else "caps"
    if re.search(r"[-_./:]", value):
        return "parts"
    return "word"


def shape(value: str) -> str:
    """Return the order of classes in a value: `Ul9!` for capital, small letters, digits, a sign."""
    out = []
    for run in _RUNS.findall(value[:40]):
        first = run[0]
        if first.islower():
            out.append("l" if len(run) > 2 else "i")
        elif first.isupper():
            out.append("U" if len(run) == 1 else "V")
        elif first.isdigit():
            out.append("Y" if _YEAR.fullmatch(run) else "9" if len(run) > 1 else "1")
        else:
            out.append("-" if run in "-_./" else "!")
    return "".join(out[:9])


def _separator(left: str) -> str:
    """Return what stands right before a value."""
    if not left.strip():
        return "start"
    if _TAG.search(left):
        return "tag"
    if FLAG.search(left):
        return "flag"
    tail = left.rstrip("\"'“‘`„«([{*_ \t")
    quoted = "q" if re.search(r"[\"'“„«`][\s]*$", left) else ""
    opened = "(" if left.rstrip().endswith("(") else ""
    last = tail[-2:]
    for sign in ("=>", "->", ":", "=", "→", "/", ",", "|", "\t", ";", "–", ".", "+", "@"):
        if last.endswith(sign) or (sign == "\t" and "\t" in left[-3:]):
            return sign + quoted
    if last.endswith("-") and tail[-2:-1] in (" ", ""):
        return "dash"
    return ("blank" + quoted) if not opened else "("


def heading(text: str, line: int) -> str:
    """Return the last line above the one that begins at `line` that is no item of a list, within 300 characters."""
    for said in reversed(text[max(0, line - 300) : max(0, line - 1)].split("\n")[-12:]):
        if (said := said.strip()) and not _ITEM.match(said):
            return said
    return ""


_ITEM = re.compile(r"[-*•]|\(?\d{1,2}[.):]? |(?=\S*\d)\S+$")
"""An item of a list: behind a mark or a number, or one word with digits, as codes stand below their heading."""


def features(
    text: str, begin: int, end: int, value: str, word: str, talk: set[str], known: frozenset[str]
) -> Iterator[str]:
    """Yield what speaks for or against a stretch; `word` is its `kind_of`, `talk` the kinds of labels in the text."""
    line = text.rfind("\n", 0, begin) + 1
    left = text[max(line, begin - 140) : begin]
    stop = text.find("\n", end)
    right = text[end : min(stop if stop >= 0 else len(text), end + 70)]
    words = WORD.findall(HUMP.sub(" ", left).lower())[-8:]
    head = heading(text, line)
    above = WORD.findall(head.lower())[-4:] if len(words) < 2 or len(head.split()) < 6 else []
    asked = head.endswith("?") and len(words) < 4
    after = WORD.findall(right.lower())[:4]
    separator = _separator(left)
    # the value
    like = looks(value.rstrip("?!")) or looks(value)
    size = len(value)
    bucket = (
        "3-5" if size < 6 else "6-7" if size < 8 else "8-11" if size < 12 else "12-19" if size < 20 else "20+"
    )
    yield f"k:{word}"
    yield f"n:{word}:{bucket}"
    yield f"l:{like}"
    form = shape(value)
    yield f"s:{form}"
    pieces = [p for p in WORD.findall(HUMP.sub(" ", value).lower()) if len(p) > 2]
    ordinary = sum(p in known for p in pieces)
    if pieces:
        yield "v:all" if ordinary == len(pieces) else "v:some" if ordinary else "v:none"
        if word in ("word", "humps", "parts", "caps"):
            yield f"v:{word}:{ordinary == len(pieces)}"
    if word == "word" and (ending := _ENDINGS.match(value.lower())):
        yield f"e:{ending[1]}"
    if word == "phrase":
        yield f"ph:{min(len(pieces), 12) if len(pieces) in (3, 4, 5, 6, 12) else 0}"
    follows = text[end : end + 2]
    yield f"r:{follows[:1].strip() or ('end' if follows[:1] in ('', chr(10)) else 'blank')}"
    if begin and not text[begin - 1].isspace():
        yield f"q:{text[begin - 1]}"
    made = [name for name, pattern in _MADE if pattern.search(value)]
    for name in made:
        yield f"c:{name}"
    yield f"c:{word}:{'+'.join(made)}"
    turns = sum(a.isdigit() != b.isdigit() for a, b in pairwise(value))
    yield f"t:{min(turns, 5)}"
    # the words before it
    yield f"x:{separator}"
    yield f"x:{separator}:{word}"
    if separator == "flag" and (flag := FLAG.search(left)):
        yield f"f:{flag[1]}"
        yield f"f:{flag[1].lower().lstrip('-/')}:{word}"
    nearest = ""
    for back, (said, kind) in enumerate(zip(reversed(words), reversed(labels(words)), strict=True)):
        if back < 3:
            yield f"p{back}:{said}"
            if back == 1:
                yield f"pp:{said} {words[-1]}"
        yield f"b:{said}"
        if kind:
            near = "0" if back == 0 else "1" if back == 1 else "2" if back < 4 else "4"
            yield f"L:{kind}{near}"
            if not nearest and kind in "PSKCDWAH":
                nearest = f"{kind}{near}"
    for said in above:
        if kind := label(said):
            yield f"O:{kind}"
            yield f"O:{kind}:{word}"
            if asked:
                yield f"O:?{kind}"
            if not nearest and kind in "PSKCDWAH" and len(words) < 2:
                nearest = f"{kind}^"
    for ahead, said in enumerate(after):
        if ahead == 0:
            yield f"a0:{said}"
            yield f"a0:{said}:{word}"
        yield f"a:{said}"
        if kind := label(said):
            yield f"A:{kind}{'0' if ahead == 0 else '1'}"
            yield f"A:{kind}:{word}"
    for kind in talk:
        yield f"T:{kind}"
        if kind in "PSC":
            yield f"T:{kind}:{word}"
    yield from _around(text, begin, end, line, stop if stop >= 0 else len(text), word)
    mouth = "plain" if like else "odd"
    yield f"N:{nearest}"
    yield f"N:{nearest}:{word}"
    yield f"N:{nearest}:{mouth}:{separator[:1]}"
    yield f"N:{nearest}:{like}"
    if untold(left):
        yield "o:untold"
        yield f"o:untold:{word}"
    yield f"U:{'U' in talk}:{word}:{mouth}"


_LINE_HEAD = re.compile(r"[\s>|*•-]*(?:\[?\d{1,2}[:.]\d\d\]?\s*)?(?:[<\[]?[\w. ]{1,24}[>\]]?\s?(?::|>)\s)?")
"""What stands before what is said in a line of a talk: marks of quotation, a time, a name."""


def _around(text: str, begin: int, end: int, line: int, stop: int, word: str) -> Iterator[str]:
    """Yield what the sentence, the line and the line before say: labels of the sentence, a question, a line of its own."""
    left, right = text[max(line, begin - 160) : begin], text[end : min(stop, end + 100)]
    first = max(left.rfind(". "), left.rfind("? "), left.rfind("! "), left.rfind("; ")) + 1
    last = _SENTENCE_END.search(right)
    after = right[: last.start()] if last else right
    said = [*WORD.findall(left[first:].lower()), "", *WORD.findall(after.lower())]
    for kind in set(labels(said)) - {""}:
        yield f"W:{kind}"
        yield f"W:{kind}:{word}"
    size = len(said) - 1
    yield f"w:{'0' if not size else '1-3' if size < 4 else '4-8' if size < 9 else '9+'}:{word}"
    head = _LINE_HEAD.match(text, line, begin)
    if head is None or head.end() == begin or not text[head.end() : begin].strip(" \"'“‘`("):
        yield "w:first"
        yield f"w:first:{word}"
        if not right.strip(" .,!?)\"'”’`"):
            yield "w:alone"
            yield f"w:alone:{word}"
    above = text[max(0, line - 200) : max(0, line - 1)].rstrip().rsplit("\n", 1)[-1].rstrip() if line else ""
    before = above if first == 0 else left[:first].rstrip()
    if before.endswith("?"):
        yield "w:asked"
        yield f"w:asked:{word}"
        for kind in set(labels(WORD.findall(before.lower())[-14:])) - {""}:
            yield f"w:asked:{kind}"
            yield f"w:asked:{kind}:{word}"
    elif first == 0 and above:
        for kind in set(labels(WORD.findall(above.lower())[-12:])) - {""}:
            yield f"w:above:{kind}"


_SENTENCE_END = re.compile(r"[.!?;](?=\s|$)")
