"""Tell the reports of programs from what people write: alerts, records, transcripts, what was read off a picture.

A program's record is evidence, whatever verbs it holds.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from escalation.text.places import Row
from escalation.wording import deeds, pasted
from escalation.wording.told import tells_its_result

BULLETED = re.compile(r"\s{0,9}(?:[-*•+–]|\d{1,3}[.)])\s|\s{2,}\S")


def paragraphs(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Yield the rows between blank ones."""
    at = 0
    while at < len(rows):
        stop = at
        while stop < len(rows) and not rows[stop].blank:
            stop += 1
        if stop > at:
            yield rows[at:stop]
        at = max(stop, at + 1)


_FIELD = re.compile(r"\s{0,9}(?P<name>[A-Z][\w ./()#'-]{0,40}?)\s?(?:[:=]\s|[:=]$|\t)")
_STRONG = re.compile(
    r"\b(?:agent|sensor|probe|condition|std ?(?:out|err)|component|check|endpoint|threats?|detections?|detected|malware|verdict|severity|alerts?|trigger\w*|job|policy|start(?:ed)?(?: time)?|end(?:ed)?(?: time)?|duration|run ?time|total size|backup size|transferred|process(?:ed)?|hash|sha\d+|exit code|return code|output|script|"
    r"session|supporter|(?:host|guest) (?:dis)?connected|command run|talk time|disposition|direction|recording|answered by|incident|isolated|automated task|last (?:message|scan|check|seen|run|boot)|uptime|scan\w*|scanned|run ?as|host application|remediation|actions?(?: taken)?|date/time|additional info|notification\w*|state|path|quarantine\w*|machine|computer|items|next run|retention|restore points?|repository|signature|engine|gestartet|beendet|dauer|auftrag|durée|début|fin)\b",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"\b(?:client|site|server|user ?(?:name)?|device|service|host(?:name)?|status|error|file|size|source|level|version|ip(?: address)?|domain|group|name|message|event|id|type|category|details|time|date|customer|location|drive|disk|memory|cpu)\b",
    re.IGNORECASE,
)
BY_HAND = re.compile(
    r"\b(?:issue|problem|steps?|troubleshoot\w*|tried|work(?: done)?|next|resolution|cause|summary|notes?|impact|contact|caller|phone|reason|escalat\w+|symptoms?|description|question|request|fix|workaround|diagnosis|findings?|impression)\b",
    re.IGNORECASE,
)
_LEDGER = re.compile(
    r"\W{0,9}(?:(?:this|the|ticket|case|request|time entry|note|task|job|record|alert|report|status|last|service|was|has been|#?\w*\d+)\s){0,5}(?:(?:merged|bundled|unbundled|linked|split)\s(?:into|with|to|from|as)\b(?=.{0,40}\b(?:ticket|case|#?\d{3,}))|(?:created|updated|modified|assigned|closed|reopened|added|generated|triggered|detected|merged|approved)\s(?:by|at|on|to|into)\b(?=.{0,80}(?:\d{1,2}[:.]\d\d|\d{4}|\bteam\b|\bboard\b|\bqueue\b|#\d))|changed from\s.{1,60}\sto\s)"
    r"|.{0,120}\b(?:executed|run|triggered|initiated|started|performed|resolved|closed|cleared|reset|raised)\s(?:automatically|by (?:the )?(?:system|policy|automation|agent|monitor\w*|scheduler|workflow)\b)"
    r"|\s{0,9}(?:condition|alert|alarm|monitor|check)\s(?:triggered|raised|reset|cleared|recovered|resolved)\b|\s{0,9}(?:\w{1,12} alert:\s)?(?:component|script|automation|automated task|policy|procedure|[A-Z][\w ]{1,30}(?= ran on \S+$))\b.{0,80}?\b(?:ran\b(?:.{0,20}:|\son\s\S+\s{0,9}$)|(?:executed|completed|finished) (?:successfully|with)\b|exit code)|\s{0,9}(?:self[- ]?heal\w*|auto(?:mat(?:ic|ed))?[- ]?(?:fix|heal|remediat|respon|resol|action|task)\w*)\s?:|\s{0,9}std\s?(?:out|err)\s?:"
    r"|\s{0,9}(?:problem )?step \d{1,3}:\s\(.{0,12}\d.{0,20}\d:\d\d|\s{0,9}windows powershell transcript (?:start|end)|\s{0,9}(?:start|end) time\s?:\s\d",
    re.IGNORECASE,
)
_RAN = re.compile(r"\b(?:automation|component|script|condition|std ?(?:out|err)|by (?:the )?(?:system|policy|agent))\b", re.IGNORECASE)
_STARS = re.compile(r"\s{0,9}[*=#-]{5,}\s{0,9}$")
_SPOKEN = re.compile(r"\b(?:i|i've|we|we've|my|our|tried)\b|\?\s{0,9}$", re.IGNORECASE)


_SEEN = re.compile(
    r"(?=[^\n]{0,150}(?::|[\])}=*-]|\.(?:png|jpe?g|gif|bmp|tiff?|pdf|heic))[\s*_-]{0,9}$|\W{0,3}\[)[\W_]{0,9}(?:ocr(?:'?d)?(?: (?:text|result|output))?|(?:screenshot|image|picture) text|text (?:in|from|of|extracted from|recogni[sz]ed in) (?:the |an? )?(?:image|screenshot|picture|photo|attachment)|extracted text)(?:\s?(?:of|from|in|\()\s?.{1,80})?[\W_]{0,9}$",
    re.IGNORECASE,
)
_SEEN_ENDS = re.compile(r"[\W_]{0,9}end(?: of)?\b.{0,60}$", re.IGNORECASE)


def _of_pictures(rows: Sequence[Row], masked: list[tuple[int, int]], written: set[int]) -> None:
    """Add the rows that a program read off a picture: what a screen says, up to its end or the next blank row."""
    at = 0
    while at < len(rows):
        if not rows[at].blank and len(rows[at].text) < 160 and _SEEN.match(rows[at].text):
            masked.append((rows[at].start, rows[at].end))
            ends = next((i for i in range(at + 1, min(at + 60, len(rows))) if len(rows[i].text) < 80 and _SEEN_ENDS.match(rows[i].text)), None)
            stop = ends or next((i for i in range(at + 2, len(rows)) if rows[i].blank), len(rows))
            written |= {row.start for row in rows[at + 1 : stop] if not row.blank}
            if ends:
                masked.append((rows[ends].start, rows[ends].end))
            at = stop
        at += 1


def reports(rows: Sequence[Row], told: Set[int]) -> tuple[list[tuple[int, int]], set[int]]:
    """Return what only heads and ends a program's record, and where its rows begin: fields that programs write, with what stands between.

    `told` are beginnings of rows that somebody said.
    """
    masked: list[tuple[int, int]] = []
    written: set[int] = set()
    _of_pictures(rows, masked, written)
    for block in paragraphs(rows):
        _report_in(block, told, written)
    return masked, written


def _report_in(rows: Sequence[Row], told: Set[int], written: set[int]) -> None:
    strong = weak = 0
    fields: list[int] = []
    named = False
    """Whether a list stands below the name of a field that programs write."""
    for index, row in enumerate(rows):
        text = row.text[:200]
        if row.start in told or (deeds.starts_with_deed(text) and tells_its_result(text) and not _LEDGER.match(text)):
            continue
        if _LEDGER.match(text):
            fields.append(index)
            strong += "transcript" in text.lower() or _RAN.search(text) is not None
            written.add(row.start)
        elif text.count("\t") >= 2 or pasted.surely(text) or _STARS.match(text):
            strong += min(2, sum(_STRONG.fullmatch(cell.strip()) is not None for cell in text.split("\t")))
            fields.append(index)
        elif name := _FIELD.match(text):
            if BY_HAND.search(name["name"]) and not _STRONG.search(name["name"]):
                return
            strong += (theirs_too := _STRONG.search(name["name"]) is not None)
            named = theirs_too and not text[name.end() :].strip()
            weak += _WEAK.search(name["name"]) is not None
            fields.append(index)
        elif named and BULLETED.match(text):
            fields.append(index)
    if strong < 2 or strong + weak < 3:
        return
    theirs = set(fields)
    if (above := fields[0] - 1) >= 0 and len(title := rows[above].text.strip()) <= 60 and title[-1:].isalnum() and not deeds.begins_with_deed(title) and not _SPOKEN.search(title):
        written.add(rows[above].start)  # the name of the report
    for index in range(fields[0], fields[-1] + 1):
        text = rows[index].text[:200]
        if index in theirs or not (_SPOKEN.search(text) or (deeds.starts_with_deed(text) and tells_its_result(text))):
            written.add(rows[index].start)
