"""Take secrets out of ticket text: `[redacted: password]` stands where one was.

Applied right after reading from the PSA, before anything is stored, mailed, logged or shown, so that everything
else only ever sees what is left. Three kinds of rules, each in its file: secrets with a shape of their own (keys, tokens,
cards), values of settings and commands whose keyword tells, and those people write in prose ("pw is …", "reset it to …"),
found by the words around them and by looking like a secret, so that "the password is correct" stays. They read the text
as its reader sees it, without tags, marks of quotation and escapes. What no rule names is
weighed by `scorer.py`. A new kind is a line in `tests/hostile/secrets/`; then `python -m training.secrets`, or a rule.

Linear in the text: every pattern is bounded and none nests repetitions.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from escalation.evidence import Evidence
from escalation.redaction.commands import COMMANDS
from escalation.redaction.harmless import counted, looks, partial, published, untold
from escalation.redaction.prose import PROSE
from escalation.redaction.scorer import LEARNED, Learned, secrets
from escalation.redaction.settings import SETTINGS
from escalation.redaction.shapes import NAMED, SHAPES
from escalation.redaction.spelled import spelled
from escalation.redaction.tables import cells
from escalation.redaction.told import goes_on, rest
from escalation.redaction.views import MARK, View, views
from escalation.redaction.words import MEASURED, Rule

RULES: tuple[Rule, ...] = SHAPES + PROSE + SETTINGS + COMMANDS + NAMED
_ALWAYS = frozenset(order for order, rule in enumerate(RULES) if not rule.hints)
_HINTED: dict[str, dict[str, list[int]]] = {}
"""The rules that a hint speaks for, by its first three letters and the hint: most texts hold none of most of them."""
for _order, _rule in enumerate(RULES):
    for _hint in _rule.hints or ():
        _HINTED.setdefault(_hint[:3], {}).setdefault(_hint, []).append(_order)
_SHORT = tuple(start for start in _HINTED if len(start) < 3)
_STORABLE = re.compile("[\x00\ud800-\udfff\ue000]")
_PASSES = 6
"""What a redaction uncovers is looked at again, so that a second call finds nothing; nearly always one pass is enough."""
_CLOSING = ".,;:)]}>\"'”’`»"
_OPENS = {")": "(", "]": "[", "}": "{", ">": "<"}


def redact(text: str, learned: Learned = LEARNED) -> str:
    """Return the text without secrets. NUL and lone surrogates, which no database stores, become U+FFFD."""
    text = _STORABLE.sub("\ufffd", text)
    for _ in range(_PASSES):
        found = _merged(text, learned)
        if not found:
            break
        pieces, at = [], 0
        for begin, end, kind in found:
            pieces += [text[at:begin], f"[redacted: {kind}]"]
            at = end
        text = "".join([*pieces, text[at:]])
    return text


def redact_evidence(evidence: Evidence) -> Evidence:
    """Return the evidence with every text of it redacted."""
    redacted = _deep(evidence)
    assert isinstance(redacted, Evidence)  # narrows the type for the reader and mypy
    return redacted


def _deep(value: object) -> object:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, tuple):
        return tuple(_deep(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(
            value, **{f.name: _deep(getattr(value, f.name)) for f in dataclasses.fields(value)}
        )
    return value


def _merged(text: str, learned: Learned) -> list[tuple[int, int, str]]:
    """Return begin, end and kind of what has to go, in order; of overlapping ones the rule that stands first names it."""
    if len(text) < 4:
        return []
    spans = sorted(
        (*seen.origin(begin, end), order, kind)
        for seen in views(text)
        for begin, end, order, kind in _found(seen, learned)
    )
    merged: list[tuple[int, int, int, str]] = []
    for begin, end, order, kind in spans:
        if merged and begin < merged[-1][1]:
            last = merged.pop()
            order, kind = min((last[2], last[3]), (order, kind))
            merged.append((last[0], max(last[1], end), order, kind))
        else:
            merged.append((begin, end, order, kind))
    return [(begin, end, kind) for begin, end, _, kind in merged]


def _found(seen: View, learned: Learned) -> Iterator[tuple[int, int, int, str]]:
    """Yield begin, end, the rule's number and the kind of each secret: by rules, columns of tables, and what was learned."""
    named = [*_by_rules(seen.text, learned), *((begin, end, len(RULES), "password") for begin, end in _told(seen.text))]
    weighed = list(secrets(seen.text, learned))
    spans = [(begin, end) for begin, end, *_ in named] + [(begin, end) for begin, end, _ in weighed]
    firm = sorted(end for begin, end in spans if not seen.text[begin:end].replace(" ", "").isalpha())
    yield from named
    for begin, end, kind in weighed:
        if not goes_on(seen.text, begin, end, firm):
            yield begin, rest(seen.text, begin, end, learned.ordinary), len(RULES) + 1, kind


def _told(text: str) -> Iterator[tuple[int, int]]:
    """Yield what the form of a text tells: columns, lists, rows of characters."""
    for begin, end in (*cells(text), *spelled(text)):
        if MARK not in text[begin:end]:
            yield begin, end


def _by_rules(text: str, learned: Learned) -> Iterator[tuple[int, int, int, str]]:
    """Yield begin, end, the rule's number and the kind of each secret that a rule names."""
    lower = text.lower()
    places: dict[re.Pattern[str], list[int]] = {}
    for order in _worth_a_try(lower):
        rule = RULES[order]
        for match in _matches(rule, text, places):
            if MARK in match[0]:
                continue
            if not rule.pattern.groupindex:
                if not rule.check or rule.check(match[0]):
                    yield match.start(), match.end(), order, rule.kind
                continue
            for name in rule.pattern.groupindex:
                if name.startswith("s") and match[name]:
                    begin, end = _trimmed(text, *match.span(name))
                    if end <= begin or partial(text, begin, end) or (rule.check and not rule.check(text[begin:end])):
                        continue
                    if not rule.check or not _harmless(text, match.start(), begin, end):
                        yield begin, rest(text, begin, end, learned.ordinary), order, rule.kind


def _worth_a_try(lower: str) -> list[int]:
    """Return the numbers of the rules without hints, and of those of which a hint stands in the text."""
    starts = {lower[at : at + 3] for at in range(len(lower) - 2)}
    starts.update(start for start in _SHORT if start in lower)
    worth = set(_ALWAYS)
    for start in _HINTED.keys() & starts:
        for hint, orders in _HINTED[start].items():
            if hint in lower:
                worth.update(orders)
    return sorted(worth)


def _matches(rule: Rule, text: str, places: dict[re.Pattern[str], list[int]]) -> Iterator[re.Match[str]]:
    """Yield where a rule matches. `places` keeps where what several rules begin with stands."""
    if rule.begins is None:
        yield from rule.pattern.finditer(text)
        return
    if rule.begins not in places:
        places[rule.begins] = [found.start() for found in rule.begins.finditer(text)]
    for place in places[rule.begins]:
        if match := rule.pattern.match(text, place):
            yield match


_CODE = re.compile(r"\+[a-z]\W|.*\)\}|.*\(\)|-[\w-]+\.[a-z]{3,4}$|\?\w+$")


def _harmless(text: str, label: int, begin: int, end: int) -> bool:
    """Whether what stands behind a label is a number of something, masked, code, or the password is only talked about."""
    value = text[begin:end]
    return (
        counted(text, begin, end)
        or MEASURED.fullmatch(value) is not None
        or published(text, begin)
        or looks(value) in ("masked", "cmdlet", "hexcode", "login", "mac", "sid", "flagged")
        or _CODE.match(value) is not None
        or untold(text[label:begin].rstrip("\"'“‘„«"))
    )


def _trimmed(text: str, begin: int, end: int) -> tuple[int, int]:
    """Return a secret's stretch without the marks around it that are the sentence's."""
    while begin < end and text[begin] in "\"'“‘`„«":
        begin += 1
    while end > begin and text[end - 1] in _CLOSING:
        opening = _OPENS.get(text[end - 1])
        if opening and opening in text[begin:end]:
            break
        end -= 1
    return begin, end
