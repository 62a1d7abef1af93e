"""Leave out our own e-mails where they come back into a ticket: answered, forwarded, bounced, pasted.

A mailbox that answers by itself, a colleague who forwards, a server that returns: with a connector between, each puts what we
wrote beside what people wrote. Read as theirs, a brief would be evidence for the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from escalation.text.mail import heading
from escalation.text.places import Plain, Row

_FOOT = re.compile(
    r"(?:ResolutionFlow for|You get this on Mondays because)\b[^\n]{0,200}(?:\n[^\n]{0,200}){0,12}?"
    r"\b(?:replies[\s>|]{1,9}are[\s>|]{1,9}not[\s>|]{1,9}read|nobody[\s>|]{1,9}reads[\s>|]{1,9}answers)\b"
    r"\.?(?:[\s>|]{0,9}Reference\s{1,9}[\w-]{1,40})?"
)
"""How each of our e-mails ends, those of earlier releases too, however a mail program has broken its lines."""
_SUBJECT = re.compile(
    r"^[\s>]{0,9}(?:[^\s:][^:\n]{0,30}:[ \t]{1,3}){0,3}"
    r"(?:(?:Escalated|Open again)\b[^#:\n]{0,50}|(?:Claimed by [^:\n]{1,70}|Solved): )"
    r"#\d{1,12}, [^:\n]{1,70}: [^\n]{1,140}$",
    re.MULTILINE,
)
"""Their subjects, as answers and returned messages repeat them on a line."""
_TICKET = re.compile(r", ticket #\d")
_OPEN_AGAIN = "It is open to everybody again."
"""How the paragraph ends that one of them has above what all begin with."""
_RETURNED = re.compile(
    r"^(?:\W|subject:|betreff:){0,9}(?:undeliver(?:ed|able)|unzustellbar|returned mail|address not found"
    r"|delivery (?:has failed|status notification|failure|incomplete))\b"
    r"|\bdelivery (?:has failed to|to the following)\b|\bmail delivery (?:system|subsystem|failed)|\bmailer-daemon"
    r"|\b(?:your|this|the following) (?:e-?mail|mail|message)\b[^\n]{0,120}\b(?:(?:was|were|could)n['’]t|not) (?:be )?delivered"
    r"|\bihre (?:nachricht|e-mail)\b[^\n]{0,120}\bnicht zugestellt"
    r"|\bvotre (?:message|courriel)\b[^\n]{0,120}\bn['’]a pas (?:pu être|été) (?:remis|distribué)"
    r"|\b(?:uw|je) bericht\b[^\n]{0,120}\bniet (?:worden )?bezorgd",
    re.IGNORECASE | re.MULTILINE,
)
"""What a server writes above a message that it returns: of that message, since people write of mail that is not delivered too."""
_OUR_HEADERS = re.compile(r"<rf-[0-9a-f]{32}@|^\W{0,9}X-ResolutionFlow-(?:Topic|Event):", re.MULTILINE)


def without_own_mail(plain: Plain) -> Plain:
    """Return the text without what our e-mails said in it; quotations of the rest lead to the same places."""
    parts: list[str] = []
    pieces: list[tuple[int, int, int, bool]] = []
    at = length = 0
    for start, end in [*_stretches(plain.text), (len(plain.text), len(plain.text))]:
        for piece, begin, stop, same in ((plain.text[at:start], at, start, True), ("\n\n"[: end - start], start, end, False)):
            if piece:
                parts.append(piece)
                pieces.append((length, begin, stop, same))
                length += len(piece)
        at = end
    return Plain("".join(parts), plain.source, tuple(pieces), plain) if length != len(plain.text) else plain


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Return where our e-mails stand: from their heading, or the paragraph they begin with, to their foot."""
    headers = _OUR_HEADERS.search(text)
    if headers and _RETURNED.search(text[: headers.start()]):
        yield 0, len(text)
        return
    whole, after = [_block(text, headers.start())] if headers else [], 0
    for foot in _FOOT.finditer(text) if "ResolutionFlow" in text else ():
        begin = after + _beginning(text[after : foot.start()])
        whole.append((begin, foot.end()))
        after = foot.end()
    lines = [found.span() for found in _SUBJECT.finditer(text)] if " #" in text else []
    yield from sorted([*whole, *(line for line in lines if not any(a < line[1] and line[0] < b for a, b in whole))])


def _block(text: str, at: int) -> tuple[int, int]:
    """Return the rows of a message's headers around one of them, which somebody may have pasted below words of their own."""
    begin = text.rfind("\n", 0, at) + 1
    while begin and _HEADER.match(text, above := text.rfind("\n", 0, begin - 1) + 1):
        begin = above
    end = at
    while end < len(text) and (end == at or _HEADER.match(text, end)):
        end = text.find("\n", end) + 1 or len(text)
    return begin, end


_HEADER = re.compile(r"[ \t>]{0,9}[A-Za-z][\w-]{1,60}:[ \t]\S|[ \t]{1,9}\S")


def _beginning(above: str) -> int:
    """Return where the e-mail begins whose foot stands below."""
    rows: list[Row] = []
    at = 0
    for text in above.split("\n"):
        rows.append(Row(at, at + len(text), text, not text.strip(" >|\t")))
        at += len(text) + 1
    begins: int | None = None
    place = 0
    while place < len(rows):
        size = 0 if rows[place].blank else heading(rows, place)
        begins = place if size else begins
        place += size or 1
    if begins is None:
        named = next((i for i, row in enumerate(rows) if _TICKET.search(row.text)), 0)
        begins = _paragraph(rows, _paragraph(rows, named) - 1)
        above_it = _paragraph(rows, begins - 1)
        if _OPEN_AGAIN in " ".join(row.text.strip("> ") for row in rows[above_it:begins]):
            begins = above_it
    start = rows[begins].start
    return 0 if _RETURNED.search(above[:start]) else start


def _paragraph(rows: list[Row], at: int) -> int:
    """Return the first row of the paragraph that this row is of, or that ends above it."""
    while at > 0 and rows[at].blank:
        at -= 1
    while at > 0 and not rows[at - 1].blank:
        at -= 1
    return max(at, 0)
