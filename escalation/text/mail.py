"""Find what in a text is not its writer's own: quoted and forwarded mail, signatures, and what gateways and automata add.

Each is cut out and not off: words below a farewell, a quotation or a disclaimer are read as any others. Linear in the text.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from escalation.text.chats import Turn
from escalation.text.copies import copied
from escalation.text.places import Row, overlapping
from escalation.wording import mail_words as words
from escalation.wording import pasted
from escalation.wording.deeds import starts_with_deed
from escalation.wording.quick import may_hold

Foreign = Literal["quoted", "signature", "boilerplate"]


class Cut(NamedTuple):
    """A part of a text that is not its writer's own."""

    start: int
    end: int
    kind: Foreign


_B = r"[*_]{0,2}"
_LABEL = rf"\s{{0,9}}(?:>\s?)*{_B}(?:(?P<from>{words.FROM})|(?P<sent>{words.SENT})|(?P<other>{words.OTHER}))\s?{_B}\s?:{_B}(?=\s|$|(?<=[^\x00-\x7f]:)\S)"
_HEADER = re.compile(_LABEL, re.IGNORECASE)
_SUBJECT = re.compile(words.SUBJECT)
_ONE_LINE = re.compile(
    rf"\s{{0,9}}{_B}(?:{words.FROM})\s?{_B}:{_B}\s.{{1,200}}?\s{_B}(?:{words.SENT})\s?{_B}:{_B}\s.{{1,120}}?\s{_B}(?:{words.OTHER})\s?{_B}:{_B}\s",
    re.IGNORECASE,
)
_DATE = r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|\d{1,2}[:.h]\d{2}|\b\d{1,2}\.?(?: de)? [^\W\d]{3,10}\.?,?(?: de)? \d{4}|[^\W\d]{3,9}\.? \d{1,2}, \d{4})"
_WROTE = re.compile(
    rf"(?=.{{0,200}}?{_DATE}).{{4,400}}?\b(?:{words.WROTE})\b(?P<rest>.{{0,120}}?)\s?(?::|-{{2,}})\s{{0,9}}$",
    re.IGNORECASE | re.DOTALL,
)
_WROTE_AT = re.compile(rf"[^:\n]{{2,120}}\b(?:{words.WROTE})\b.{{0,20}}{_DATE}.{{0,30}}:\s{{0,9}}$", re.IGNORECASE)
_MESSAGE = re.compile(rf"\s{{0,9}}in a message dated\s.{{0,60}}?{_DATE}.{{0,200}}?\bwrites:\s{{0,9}}$", re.IGNORECASE | re.DOTALL)
_SAID = re.compile(rf"\s{{0,9}}on\s(?=.{{0,40}}\d{{1,2}}[:.]\d\d).{{0,40}}?{_DATE}.{{0,60}},\s[^,:\n]{{2,60}}\bsaid:\s{{0,9}}$", re.IGNORECASE)
_DATED = re.compile(rf"\s{{0,9}}(?:[^\W\d_]{{2,12}}\.?,\s)?(?:{_DATE}|\d{{4}}年\d{{1,2}}月\d{{1,2}}日).{{0,60}}<[^<>\s]{{1,80}}@[^<>\s]{{1,80}}>\s?:\s{{0,9}}$")
_MARKER = re.compile(rf"\W{{0,40}}(?:{words.MARKER})\W{{0,40}}$", re.IGNORECASE)
_ABOVE = re.compile(words.ABOVE, re.IGNORECASE)
_ARROWS = re.compile(rf"\s{{0,9}}>>>\s.{{2,120}}?{_DATE}.{{0,20}}>>>\s{{0,9}}$")
_BY_LINE = re.compile(
    rf"\s{{0,9}}(?-i:[A-ZÀ-Þ])[\w.'’-]{{0,30}}(?:\s[\w.'’(-]{{1,30}}\)?){{0,4}}(?:,|\s[-–(]|\s\|)\s?(?:[^\W\d_]{{2,12}}\.?,?\s){{0,2}}(?=.{{0,30}}\d{{1,2}}[:.]\d\d){_DATE}[\s,\w:.+()-]{{0,30}}$",
    re.IGNORECASE,
)
"""Who wrote it and when, on a line below a rule, as ticket systems head each message of theirs."""
_LONG_RULE = re.compile(r"\s{0,9}[-_=*]{10,}\s{0,9}$")
_DIGIT = re.compile(r"\d")
_QUOTED = re.compile(r"\s{0,9}>")
_RULE = re.compile(r"\s{0,9}[-_=*~]{3,}\s{0,9}$")
_TRANSPORT = re.compile(
    r"\s{0,9}(?:received|return-path|message-id|x-[\w-]+|via|cseq|call-id|authentication-results|mime-version|content-type|dkim-signature)\s?:",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    rf"\s{{0,9}}(?:(?P<rule>--|[_]{{5,}}|—)\s{{0,9}}$|(?:{words.FAREWELL})(?:\s?[/|]\s?(?:{words.FAREWELL}))?(?:[\s,.!:;-]{{1,9}}(?P<name>(?-i:[A-ZÄÖÜÅÆØÉ][\w.'’-]*\s?){{1,3}}))?[\s,.!:;-]{{0,9}}$)",
    re.IGNORECASE,
)
_DEVICE = re.compile(rf"\W{{0,9}}{words.DEVICE}.{{0,80}}$", re.IGNORECASE)
_SMALL_WORDS = frozenset(
    ["of", "and", "for", "the", "de", "du", "des", "la", "von", "der", "und", "en", "et", "y", "e", "di", "da", "do", "dos", "für", "van", "het", "og", "och", "i", "&", "at", "in", "to", "a"]
)
_CONTACT = re.compile(
    r"@|www\.|https?://|\+?\d[\d ()/.-]{6,}|\b(?:tel|phone|mob|mobile|fax|telefon|t|m|f|e|w)\s?[.:]|\|",
    re.IGNORECASE,
)
_OWN_AGAIN = re.compile(
    r"\s{0,9}(?:\[?\d{1,2}[:.]\d\d\]?\s|(?:update|note|edit|reply|answer|tech(?:nician)?(?: note)?|comment|ps|p\.s\.?)\s?[:\-]|[-*•+]\s|\d{1,2}[.)]\s)",
    re.IGNORECASE,
)
_END = re.compile(
    r"\W{0,9}(?:end of (?:forwarded|original|quoted) (?:message|mail)|ende der (?:weitergeleiteten )?nachricht|fin (?:du message|del mensaje)|end|(?:translated (?:message|text|from .{2,20})|(?:machine |english )?translation)(?: \(.{2,20}\))?)\W{0,9}$",
    re.IGNORECASE,
)


def cuts(rows: Sequence[Row], chat: Sequence[Turn] = ()) -> list[Cut]:
    """Return what is not the writer's own, in order and apart from each other. `chat` is what was said in one that was copied."""
    kinds: list[Foreign | None] = [None] * len(rows)
    at = 0
    while at < len(rows):
        if rows[at].blank:
            at += 1
            continue
        if (stop := _marked_up(rows, at)) > at:
            kinds[at:stop] = ["quoted"] * (stop - at)
            at = stop
            continue
        length = heading(rows, at)
        stop = at + length if length else at
        if length:
            stop = _end_of_quoted(rows, stop)
            kinds[at:stop] = ["quoted"] * (stop - at)
        elif (end := _end_of_signature(rows, at)) > at:
            stop = end
            kinds[at:stop] = ["signature"] * (stop - at)
        at = max(stop, at + 1)
    heads: list[Cut] = []
    for turn in chat:
        if turn.theirs:
            for i in range(turn.row, turn.stop):
                kinds[i] = kinds[i] or ("boilerplate" if rows[i].end <= turn.begin else "quoted")
        elif kinds[turn.row] is None:
            heads.append(Cut(turn.start, turn.begin, "boilerplate"))
    for i in copied(rows):
        kinds[i] = "boilerplate"
    found = [
        Cut(rows[i].start, rows[i].end, kind) for i, kind in enumerate(kinds) if kind and not rows[i].blank
    ]
    named = overlapping(heads_at := [(head.start, head.end) for head in heads])
    notices = (cut for cut in _boilerplate(rows, kinds) if not (heads_at and named(cut.start, cut.end)))
    return sorted([*found, *heads, *notices])


_OPENS = re.compile(r"\s{0,9}(?:(?P<wiki>\{quote\})|\[(?P<board>quote)\b[^\]\n]{0,80}\]|(?P<line>bq\.\s))", re.IGNORECASE)
_CLOSES = {"wiki": "{quote}", "board": "[/quote]"}


def _marked_up(rows: Sequence[Row], at: int) -> int:
    """Return where a quotation in the markup of a ticket system or forum ends that begins with this row, or `at`."""
    found = _OPENS.match(rows[at].text[:120])
    if found is None:
        return at
    if found["line"]:
        return at + 1
    close, rest = _CLOSES[str(found.lastgroup)], rows[at].text[found.end() :]
    for place in range(at, min(at + 200, len(rows))):
        if close in (rest if place == at else rows[place].text).lower():
            return place + 1
    return at


def heading(rows: Sequence[Row], at: int) -> int:
    """Return how many rows from here on are a mail program's heading of what it quotes; 0 if none."""
    text = rows[at].text[:500]
    if not text.strip()[-1:].isalnum():
        if _MARKER.match(text) and (not text.strip()[:1].isalpha() or text.rstrip().endswith(":")):
            return 1 + _block(rows, _next(rows, at + 1), fewest=1)
        if _LONG_RULE.match(text):
            name = _next(rows, at + 1)
            return name + 1 - at if name < min(len(rows), at + 3) and _BY_LINE.match(rows[name].text[:120]) and not starts_with_deed(rows[name].text) else 0
        if _DATED.match(text) or _ARROWS.match(text) or (not text.strip()[:1].isalnum() and len(text) < 120 and _ABOVE.search(text)):
            return 1
    if ":" in text[:40]:
        if _ONE_LINE.match(text):
            return 1
        if fields := _block(rows, at, fewest=2):
            return fields
    for size in (1, 2, 3, 4):
        if at + size > len(rows) or rows[at + size - 1].blank:
            break
        if not rows[at + size - 1].text.rstrip().endswith((":", "--")):
            continue
        joined = " ".join(row.text.strip("> ") for row in rows[at : at + size])[:500]
        if not _DIGIT.search(joined):
            continue
        begins = _WROTE.match(joined)
        if (
            _MESSAGE.match(joined)
            or (size == 1 and (at == 0 or rows[at - 1].blank) and _SAID.match(joined))
            or (begins and not re.search(r"[.!?]\s+[A-Z]", joined.split("<")[0][12:]))
            or _WROTE_AT.match(joined)
            or (size > 1 and _DATED.match(joined))
        ):
            return size
    return 0


def sent_by(rows: Sequence[Row], at: int, names: frozenset[str]) -> int:
    """Return how many rows from here on are the heading of a mail that one of the people sent, by their names; 0 if none."""
    length = heading(rows, at) if names else 0
    sender = next((row.text[: _LONGEST_NAME].lower() for row in rows[at : at + length] if (field := _HEADER.match(row.text[:60])) and field["from"]), "")
    return length if any(re.search(rf"\b{re.escape(name)}\b", sender) for name in names) else 0


_LONGEST_NAME = 200


def names_mail(row: str) -> bool:
    """Whether a row is one of a mail's heading: who wrote it, when, to whom, about what."""
    return _HEADER.match(row[:60]) is not None or _ARROWS.match(row) is not None


def _next(rows: Sequence[Row], at: int) -> int:
    while at < len(rows) and rows[at].blank:
        at += 1
    return at


def _block(rows: Sequence[Row], at: int, *, fewest: int) -> int:
    """Return how many rows are a block of fields From, Sent, To, Subject in any order, wrapped ones included; 0 if it is none."""
    seen: set[str] = set()
    stop = at
    begun = at
    while stop < len(rows) and stop - at < 16:
        row = rows[stop]
        field = _HEADER.match(row.text[:60])
        if field is None and not (
            stop > at
            and not row.blank
            and (row.text[:1] in " \t" or rows[stop - 1].text.rstrip().endswith((";", ",", "<")))
        ):
            break
        if field:
            seen.add(field.lastgroup or "")
            if field["other"]:
                seen.add(field["other"].lower())
        stop += 1
    near = rows[max(0, begun - 2) : stop + 3]
    if any(_TRANSPORT.match(row.text[:40]) or "<sip" in row.text[:200] for row in near):
        return 0
    full = "from" in seen and (fewest == 1 or "sent" in seen or (len(seen) > 3 and any(map(_SUBJECT.fullmatch, seen))))
    return stop - at + (at - begun) if full else 0


def _end_of_quoted(rows: Sequence[Row], at: int) -> int:
    """Return where a quoted mail ends: at the end of the text, unless somebody goes on below it.

    With ">" before its lines, it ends with them. Else words are the writer's own again below a line that says so, and below the
    farewell of the quoted mail with its signature.
    """
    first = _next(rows, at)
    if first < len(rows) and _QUOTED.match(rows[first].text):
        while first < len(rows) and _QUOTED.match(rows[first].text):
            stop = first + 1
            first = _next(rows, stop)
        return stop
    stop = first
    while stop < len(rows):
        row = rows[stop]
        if not row.blank:
            if _END.match(row.text[:80]):
                return stop + 1
            after = _next(rows, stop + 1)
            if stop > first and _RULE.match(row.text) and after < len(rows) and not heading(rows, after):
                return stop + 1
            if length := heading(rows, stop):
                stop = max(_next(rows, stop + length), stop + length)
                continue
            signed = _end_of_signature(rows, stop)
            if signed > stop:
                after = _next(rows, signed)
                if after >= len(rows):
                    return len(rows)
                if not heading(rows, after) and not _RULE.match(rows[after].text):
                    return signed
                stop = after
                continue
            if (
                stop > first
                and rows[stop - 1].blank
                and _OWN_AGAIN.match(row.text)
                and re.match(r"\s*\[?\d|\s*[A-Za-z]", row.text)
                and not re.match(r"\s*\d{1,2}[.)]\s", row.text)
            ):
                return stop
        stop += 1
    return stop


def _end_of_signature(rows: Sequence[Row], at: int) -> int:
    """Return where the signature that begins here ends, or `at` if none does: names, titles and numbers, not what is told below."""
    text = rows[at].text
    if _DEVICE.match(text[:120]):
        return at + 1
    found = _FAREWELL.match(text[:80])
    if found is None:
        return at
    if found["rule"] and found["rule"] != "--" and _next(rows, at + 1) == at + 1 < len(rows) and heading(rows, at + 1):
        return at
    stop = at + 1
    blank = False
    for place in range(at + 1, min(at + 16, len(rows))):
        row = rows[place]
        if row.blank:
            blank = True
            continue
        told = _told(row.text, after_blank=blank) or (
            blank and stop > at + 1 and not _CONTACT.search(row.text)
        )
        if not _DEVICE.match(row.text[:120]) and (told or heading(rows, place)):
            break
        stop = place + 1
    return stop


def _told(text: str, *, after_blank: bool) -> bool:
    """Whether a row below a farewell tells something, rather than name who writes."""
    if _OWN_AGAIN.match(text) or _QUOTED.match(text) or pasted.surely(text):
        return not _CONTACT.search(text)
    spoken = text.split()
    small = sum(w[:1].islower() and w.strip(",.") not in _SMALL_WORDS for w in spoken)
    if _CONTACT.search(text) and small < 4:
        return False
    return small >= (2 if after_blank else 3) or (
        after_blank and text.rstrip().endswith((".", "!", "?")) and len(spoken) >= 2 and small >= 1
    )


_NOTICES = {
    name: (pattern, may_hold(pattern))
    for name, pattern in (("injected", re.compile(words.INJECTED)), *((name, re.compile("|".join(f"(?:{p})" for p in patterns))) for name, patterns in words.BOILERPLATE.items()))
}
"""Each with what tells at a glance that it is not there."""
_SENTENCE_END = re.compile(r"(?<!\bno)(?<!\bnr)(?<!\s\d)(?<!\s\d\d)[.!?:]+[\"')\]]*(?=\s)", re.IGNORECASE)
_WEAK = re.compile(
    r"^\W{0,9}(?:(?:caution|warning|attention|achtung|attention|let op|atención|atenção|attenzione|advarsel|uwaga|varning|important|notice|confidential\w*|disclaimer|e-?mail|external)\W{0,9}$|please\b|if you\b|any\b|this\b|it\b|the (?:information|sender|company|contents|views)\b|for urgent\b|i (?:will|shall)\b|i[’\']ll\b|in my absence\b|learn\b|registered\b|we\b|our\b|you\b|your\b|an engineer\b|click\b|wenn sie\b|bitte\b|wir\b|si vous\b|merci\b|als u\b|si usted\b|se\b|por favor\b|hvis\b|om du\b|jeśli\b|do not\b|www\.)|"
    r"\b(?:liability|recipient|addressee|viruses|delete it|destroy|copyright|adressat|destinataire|geadresseerde|destinatario|destinatário|modtager|mottagare|mottaker|adresat)\w*",
    re.IGNORECASE,
)
"""A sentence that belongs to a notice when one stands beside it in the paragraph."""


def _boilerplate(rows: Sequence[Row], kinds: Sequence[Foreign | None]) -> Iterator[Cut]:
    """Return notices and injected text, sentence by sentence, in paragraphs of the writer's own rows."""
    at = 0
    while at < len(rows):
        stop = at
        while stop < len(rows) and not rows[stop].blank and kinds[stop] is None:
            stop += 1
        if stop > at:
            yield from _in_paragraph(rows[at:stop])
        at = max(stop, at + 1)


def _in_paragraph(rows: Sequence[Row]) -> Iterator[Cut]:
    found: list[tuple[int, int, str | None, str]] = []
    whole = " ".join(row.text for row in rows)[:4000].lower()
    if _named(whole) is None:
        return
    for row in rows:
        if pasted.surely(row.text) and not _DEVICE.match(row.text[:120]):
            found.append((row.start, row.end, None, ""))
            continue
        begin = row.start
        stops = [row.start + mark.end() for mark in _SENTENCE_END.finditer(row.text)] + [row.end]
        for stop in stops:
            text = row.text[begin - row.start : stop - row.start].lower()
            if text.strip():
                found.append((begin, stop, _named(text), text))
            begin = stop
    marks = [name for _, _, name, _ in found]
    for order in (range(1, len(found)), range(len(found) - 2, -1, -1)):
        for i in order:
            beside = marks[i - 1] if order.step > 0 else marks[i + 1]
            follows = order.step > 0 and found[i][0] == found[i - 1][1]
            if marks[i] is None and beside and (follows if beside == "injected" else _WEAK.search(found[i][3])):
                marks[i] = beside
    for (start, stop, _, _), name in zip(found, marks, strict=True):
        if name:
            yield Cut(start, stop, "boilerplate")


def _named(text: str) -> str | None:
    """Return which notice stands in a text in lower case."""
    return next((name for name, (pattern, may_hold) in _NOTICES.items() if may_hold(text) and pattern.search(text)), None)
