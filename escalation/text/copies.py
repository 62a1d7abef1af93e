"""Find what was copied into a text from elsewhere: our own brief, another ticket, what mail programs and telephones write by themselves.

Its deeds are told where they were done, or belong to another fault.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from escalation.text.places import Row

_BRIEF = re.compile(r"\W{0,9}escalated to engineers\.\W", re.IGNORECASE)
_FOOTER = re.compile(r"\\?\[ref: R[FN]-|^\W{0,4}built from \d", re.IGNORECASE)
_CITED = re.compile(r"\s\\?\[(?:[ntca]\d{1,3}|d|s)\\?\]\W{0,3}$")
_LINE_OF_BRIEF = re.compile(
    r"\W{0,6}(?:ask|why escalated|start here|changed(?: lately| since the first brief)?|runbook|tried(?: and found)?(?: \([^()\n]{1,12}\))?|begun and still to do|found|ruled out|not recorded|could not be read|one question for the technician|state left behind|"
    r"problem, as written|also mentioned, perhaps tried|error codes|evidence|environment|timeline|similar and recent tickets|sources|assessment, a guess|if)\b\W{0,4}(?:\s|$)|\W{0,9}$|\s{0,9}[-*•│]\s",
    re.IGNORECASE,
)
_TICKET = r"(?:(?:previous|old|earlier|last|other|another|related|similar|duplicate|original|closed|parent|child|service|support)\s){0,2}(?:ticket|case|incident|service request|sr|inc|request)s?\b\s?(?:no\.?|number|nr\.?)?\s?[#:]?\s?(?:[a-z]{1,4}-?)?\d{3,}"
_ELSEWHERE = re.compile(
    rf"\W{{0,9}}(?:(?:copied|pasted|taken|quoted|copy|(?:internal |tech |resolution |ticket )?(?:notes?|history|details|steps|resolution|work log|time entries)(?: copied)?)(?: (?:over|in|across))?\s(?:from|of|on|in)|(?:for reference,?\s)?from)\s(?:the |our |my |a |an )?{_TICKET}\b[^:\n]{{0,60}}[:\W]{{0,4}}$"
    r"|\W{0,9}(?:begin|start) of (?:previous|old|earlier) ticket\b.{0,40}$",
    re.IGNORECASE,
)
_MERGED = re.compile(r"\bmerged?\b|\bthis ticket\b", re.IGNORECASE)
"""What was merged is about the same fault."""
_REACTION = re.compile(
    r"\s{0,9}(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|hearted|removed an? (?:like|heart|exclamation) from)\s[\"“].{0,400}[\"”]|reacted\s.{1,20}\sto\s[\"“].{0,400}[\"”]|[^\n:]{2,60}\sreacted(?: with .{1,20})?\sto (?:your|this|an?) (?:message|e-?mail).{0,60}|[^\n:]{2,60}\s(?:liked|loved) your (?:message|e-?mail).{0,60})\s{0,9}$"
    r"|\s{0,9}#\d{1,3} of \d{1,3} time entries:.{0,80}$",
    re.IGNORECASE,
)
"""What a phone or a mail program writes for a tap on a thumb, and a connector above each part of an entry."""
_FILES = re.compile(r"\W{0,9}(?:(?:new |\d{1,2} )?(?:attachments?|attached files?|attached)(?: added| uploaded)?|(?:files?|images?|screenshots?) (?:attached|uploaded|added))\s?(?:\(\d{1,2}\)\s?)?:\s.{0,200}\.[a-z]{3,4}\b.{0,60}$", re.IGNORECASE)
"""The names of files beside a note, which may sound like deeds."""
_TRANSLATED = re.compile(r"\W{0,9}(?:(?:machine|auto(?:matically)?)[- ]?)?translated (?:from|by|with|using)\b.{2,80}[\])*_>]\W{0,3}$", re.IGNORECASE)
"""What a translator writes above a text, in brackets or emphasis."""


_VOICEMAIL = re.compile(r"\W{0,9}(?:you (?:have |received )(?:a |an |\d{1,3} )?(?:new )?)?(?:new )?(?:voice ?mails?|voice messages?|missed calls?)(?: messages?)?(?: transcri\w{2,8})?(?:\s(?:from|for|in|received|on)\b|\s?[:(]|\W{0,3}$)", re.IGNORECASE)
_OF_PHONE = re.compile(
    r"\s{0,9}(?:listen(?: here)?|play|from|to|caller(?: id| name| number)?|callee|mailbox|extension|ext|length|duration|received(?: at| on)?|date|time|called at|number|phone|confidence|recording|queue|call id|transcri(?:pt|ption)|message transcript(?:ion)?)(?:\s?\([^()\n]{1,40}\))?\s?:\s?(?P<told>.{0,80})$"
    r"|\W{0,9}(?:click|press|dial|listen|call|log in)\b.{0,40}\b(?:listen|play|message|voicemail|recording)\b.{0,60}$",
    re.IGNORECASE,
)
"""What a telephone system writes around the words that it took down."""


_OF_MEETING = re.compile(
    r"\W{0,9}(?:microsoft teams(?: meeting)?(?: need help\W?)?|join (?:the meeting(?: now)?|on your computer.{0,60}|zoom meeting|with a video.{0,40}|by meeting number.{0,40})|click here to join the meeting|(?:meeting|phone conference|conference|webinar|video conference) (?:id|number)\W{1,3}[\d\s#]{6,24}|(?:meeting )?pass(?:code|word)\W{1,3}\S{1,40}|dial in by phone|dial by your location|one tap mobile|find (?:a|your) local number|for organi[sz]ers\W.{0,80}|download teams.{0,40}|\+?\d[\d ()-]{6,24},,.{0,80})\W{0,9}$",
    re.IGNORECASE,
)
"""What calendars write below an invitation."""
_RECEIPT = re.compile(r"\W{0,9}your message\b.{0,60}$|\W{0,9}(?:final-recipient|original-recipient|disposition|reporting-ua|original-message-id|x-msexch-correlation-key)\s?:", re.IGNORECASE)
_RECEIVED = re.compile(r"\W{0,9}was (?:read|deleted without being read|displayed|delivered)(?: on)?\b.{0,80}\d|\W{0,9}disposition\s?:", re.IGNORECASE)
"""How a mail program says that a message was read."""
TELLS = re.compile(
    r"\W{0,9}(?:q(?:uestion)?\s?\d{0,2}\s?[:.)]\s{0,3})?(?:(?:the |your |short |brief |full )?(?:issue|problem|request|complaint|fault|symptoms?|incident|ticket|query)(?: (?:description|statement|details?|summary|reported))?|description(?: of (?:the |your )?(?:issue|problem|request))?|details|"
    r"what(?:['’]s| is| seems to be| are) (?:the|your) (?:problem|issue|request|trouble)s?[^:?\n]{0,60}|what (?:happened|is (?:wrong|happening|not working))[^:?\n]{0,40}|how (?:can|may) we help(?: you)?(?: today)?|reason for (?:the |your )?(?:call|contact|request|ticket)|(?:please )?describe(?: (?:the|your) (?:issue|problem|request)[^:?\n]{0,60})?|(?:your )?(?:message|question|comments?)|nature of (?:the )?(?:issue|problem|call))\W{0,3}[:?]{1,2}[*_\s]{0,9}",
    re.IGNORECASE,
)
"""The name of the field of a form in which somebody says what is wrong."""
_OF_CALLER = re.compile(
    r"\W{0,9}(?:(?:caller|customer|contact|requestor|requester|user|company|client|your|full|first|last|site|business)(?:['’]s)?\s?){0,2}(?:name|caller|call ?back(?: number)?|(?:tele)?phone(?: number)?|mobile|ext(?:ension)?|e-?mail(?: address)?|company|organi[sz]ation|department|location|address|urgency|priority|severity|sentiment|mood|tone|language|source|channel|submitted(?: by| at| on| via)?|call (?:recording|duration|id|time|date|length)|recording(?: url)?|duration|preferred (?:contact|time)[\w ]{0,20}|best time[\w ]{0,20}|form(?: name| id)?|ip address of sender|user agent|browser|page url|referrer)\W{0,3}:.{0,200}$",
    re.IGNORECASE,
)
_FEWEST_FIELDS = 2
_SEALED = ("-----BEGIN PGP MESSAGE", "-----BEGIN PGP SIGNATURE", "-----BEGIN PKCS7", "-----BEGIN CMS")
"""What an encrypted message begins with."""


def _of_callers(rows: Sequence[Row]) -> Iterator[int]:
    """Return the rows in which a form or a telephone's assistant says who asks, beside one that says what is wrong."""
    found = [i for i, row in enumerate(rows) if ":" in row.text[:60] and _OF_CALLER.match(row.text[:300])]
    if len(found) >= _FEWEST_FIELDS and any(TELLS.match(row.text[:120]) for row in rows):
        yield from found


def copied(rows: Sequence[Row]) -> Iterator[int]:
    """Return the rows that were copied from elsewhere."""
    yield from _of_callers(rows)
    meeting = [i for i, row in enumerate(rows) if not row.blank and len(row.text) < 160 and _OF_MEETING.match(row.text)]
    yield from meeting if len(meeting) >= _FEWEST_FIELDS else ()
    at = 0
    while at < len(rows):
        text = rows[at].text
        if rows[at].blank:
            at += 1
            continue
        if _RECEIPT.match(text[:120]) and (read := next((i for i in range(at, min(at + 9, len(rows))) if _RECEIVED.match(rows[i].text[:160])), None)) is not None:
            stop = read + 1
            while stop < len(rows) and _RECEIPT.match(rows[stop].text[:120]):
                stop += 1
        elif text.startswith(_SEALED):
            stop = next((i + 1 for i in range(at, len(rows)) if rows[i].text.startswith("-----END ")), at + 1)
        elif _BRIEF.match(text[:60]):
            stop = _end_of_brief(rows, at)
        elif len(text) < 160 and _ELSEWHERE.match(text) and not _MERGED.search(text):
            stop = _end_of_paragraph(rows, at + 1)
        elif len(text) < 120 and _VOICEMAIL.match(text) and _phone_near(rows, at):
            yield at
            yield from (i for i in range(at + 1, min(at + 14, len(rows))) if (said := _OF_PHONE.match(rows[i].text)) and _is_field(said))
            at += 1
            continue
        else:
            stop = at + (_CITED.search(text[-20:]) is not None or any(form.match(text[:500]) for form in (_REACTION, _FILES, _TRANSLATED)))
        yield from range(at, stop)
        at = max(stop, at + 1)


def _end_of_brief(rows: Sequence[Row], at: int) -> int:
    """Return where a copy of our brief ends: below its footer, or above the first row that is none of its own."""
    for place in range(at, min(at + 300, len(rows))):
        if _FOOTER.search(rows[place].text):
            return place + 1
    stop = at + 1
    while stop < len(rows) and (_CITED.search(rows[stop].text[-20:]) or _LINE_OF_BRIEF.match(rows[stop].text)):
        stop += 1
    return stop


def _end_of_paragraph(rows: Sequence[Row], at: int) -> int:
    while at < len(rows) and rows[at].blank:
        at += 1
    while at < len(rows) and not rows[at].blank:
        at += 1
    return at


def _phone_near(rows: Sequence[Row], at: int) -> bool:
    return any(_OF_PHONE.match(row.text) for row in rows[at + 1 : at + 8])


def _is_field(said: re.Match[str]) -> bool:
    """Whether a row holds a value of a telephone system, not the words that were taken down."""
    told, words = said["told"], said.group().strip().lower().startswith(("transcr", "message tr"))
    return not told or (len(told.split()) <= 6 and not words)
