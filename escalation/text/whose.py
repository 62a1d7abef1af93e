"""Tell whose a deed is where its writer tells it of somebody else: in a chat with bare names, and in "Tom says he rebooted it".

Who is who is known from the ticket: its contact, and whoever wrote on it. Of anybody else nobody here knows on which side they are.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from escalation.text.chats import before_words, on_lines
from escalation.text.places import Row
from escalation.wording import deeds

People = Mapping[str, str]
"""Names in lower case, whole and first, each with the role of whoever bears it: `technician`, `customer` or `unknown`."""

_CUSTOMER = r"(?:the |our |this )?(?:end[- ]?user|user|customer|client|cust|cx|eu|caller|contact|requester|visitor|guest|receptionist|office manager|manager|owner|staff|site)"
_STAFF = r"(?:the |our )?(?:tech(?:nician)?|engineer|agent|helpdesk|help desk|service desk|me|we)"
_ROLES = ((re.compile(_CUSTOMER), "customer"), (re.compile(_STAFF), "technician"), (re.compile(deeds.VENDOR), "vendor"))
_CAPITAL = r"[A-ZÀ-Þ][\w'’-]{0,30}\.?"
_NAME = re.compile(rf"{_CAPITAL}(?:\s{_CAPITAL}){{0,2}}")
_LABEL = re.compile(
    r"\b(?:issues?|problems?|symptoms?|steps?|actions?|results?|outcomes?|updates?|notes?|summary|resolutions?|solutions?|causes?|next|status|tests?|tried|done|checks?|findings?|impact|details?|errors?|subject|date|time|"
    r"from|to|cc|re|fwd?|edit|ps|todo|plan|comments?|descriptions?|background|history|workaround|question|answer|q|a|diagnosis|environment|device|name|phone|email|location|step|day|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"firewall|switch|router|modem|server|printer|pc|laptop|desktop|dock|phone|tablet|monitor|camera|scanner|outlook|teams|windows|wi-?fi|vpn|internet|network|exchange|onedrive|sharepoint|backup|nas|host|vm|ap|isp|"
    r"today|yesterday|morning|afternoon|first|second|third|then|finally|also|work|task|ticket|case|reason|request|conclusion|analysis|troubleshooting|fix|verified|attempt(?:ed)?)\b",
    re.IGNORECASE,
)
"""What stands before a colon in notes and is nobody: labels, and what a log is kept of."""
_I = re.compile(r"\b(?:i|i['’](?:m|ve|d|ll)|we|we['’](?:re|ve|d|ll)|my|me|our)\b", re.IGNORECASE)

_SAYS = (
    r"(?:(?:has|had|have|also|just|already|then|still|now|since|again|have just) ){0,3}(?:says?|said|reports?|reported|states?|stated|claims?|claimed|mentions?|mentioned|confirms?|confirmed|advises?|advised|explains?|explained|tells|told|insists?|insisted|"
    r"swears?|swore|writes|wrote|thinks?|thought|believes?|believed|recalls?|recalled|remembers?|adds?|added|replies|replied|answers?|answered|notes|noted|emailed|called(?: in)?|texted|messaged)"
    r"(?: (?:to )?(?:me|us|her|him|them|support|the (?:help ?desk|desk|tech)|(?-i:[A-Z])\w+))?(?: (?:on|over|by|via|in|through) (?:the |a )?(?:phone|e-?mail|mail|chat|teams|text|call|message))?(?: (?:to say|saying))?,? (?:that )?"
)
_TOLD = re.compile(
    rf"^(?:(?:per|as per|according to) (?P<per>(?:(?:the|our) )?[^,:.;\n]{{2,40}}?)(?:,|:| -)? |(?P<who>[^,:.;\n]{{2,40}}?),? {_SAYS})"
    r"(?P<rest>(?P<self>i|we)\b|(?P<other>he|she|they|who|having|to have)\b|(?:his|her|their|the|a|an|it|this|that|all|both|everything|[A-Z0-9])|\w)",
    re.IGNORECASE,
)
_AFTER = re.compile(r",\s(?:(?:so )?(?:says|said|according to|as told by|reports|reported by|as reported by)) (?P<who>[^,:.;\n]{2,40}?)\W{0,3}$", re.IGNORECASE)
_PASSIVE = re.compile(rf"(?:[\w'’/-]+ ){{1,6}}?(?:was|were|has been|have been|had been|is|are|got|been)(?: (?:already|just|also|now))? (?:{deeds.PASSIVE})\b", re.IGNORECASE)


class Voice(NamedTuple):
    """What somebody says in a chat: from where to where, where the words begin, and on whose side they are."""

    start: int
    end: int
    begin: int
    role: str


def people_of(known: Iterable[tuple[str, str]]) -> People:
    """Return who bears which name, of names with roles; a first name that people of two sides bear says nothing of either."""
    made: dict[str, str] = {}
    for name, role in known:
        words = name.lower().split()
        for part in {" ".join(words), words[0]} if words else ():
            made[part] = role if made.get(part, role) == role else "unknown"
    return made


def role_of(name: str, people: People) -> str | None:
    """Return the role of somebody who is named or called by what they are; None where it is no name of anybody known."""
    low = " ".join(name.lower().split())
    if (role := people.get(low)) is not None:
        return role
    return next((role for pattern, role in _ROLES if pattern.fullmatch(low)), None)


def voices(rows: Sequence[Row], people: People) -> list[Voice]:
    """Return what is said in a copied chat, and on which side whoever says it is: a name or what somebody is stands before the words.

    A name that nobody here bears counts where its words say "I", and somebody else speaks too.
    """
    said = max((before_words(rows), on_lines(rows)), key=len)
    told: list[tuple[int, int, str, str]] = []
    for place, (row, begin, who) in enumerate(said):
        until = said[place + 1][0] if place + 1 < len(said) else len(rows)
        stop = next((i for i in range(row + 1 + (begin == len(rows[row].text)), until) if rows[i].blank), until)
        told.append((row, begin, who.strip(), "\n".join([rows[row].text[begin:], *(rows[i].text for i in range(row + 1, stop))])))
    first = {who.lower() for _, _, who, words in told if _I.search(words)}
    roles = {who: role_of(who, people) or ("unknown" if who.lower() in first and _NAME.fullmatch(who) and not _LABEL.search(who) else None) for _, _, who, _ in told}
    speak = {who.lower(): role for who, role in roles.items() if role}
    known = any(role_of(who, people) for who in roles)
    chat = len(speak) >= 2 and (bool(first & set(speak)) if known else len(first & set(speak)) >= 2)
    return [
        Voice(rows[row].start, rows[row].start + begin + len(words), rows[row].start + begin, role)
        for row, begin, who, words in told
        if (role := speak.get(who.lower())) and (chat or (who.lower() in first and role != "unknown"))
    ]


def actor_of(clause: str, role: str, people: People) -> str:
    """Return who did a deed, of who wrote about it and who else is known: `tech`, `customer`, `vendor` or `unknown`."""
    text = clause.strip()[:200]
    if (told := _TOLD.match(text)) and (speaks := _speaks(told["per"] or told["who"], people)):
        inner = text[told.start("rest") :]
        said = deeds.PERSON.match(inner.lower())
        if said and (said["vendor"] or said["me"]):
            return deeds.actor_of(inner, role)
        theirs = told["per"] or told["other"] or said or _PASSIVE.match(inner)
        return deeds.actor_of("", speaks) if theirs else deeds.actor_of(text, role)
    if (after := _AFTER.search(text)) and (speaks := _speaks(after["who"], people)):
        return deeds.actor_of("", speaks)
    for size in (3, 2, 1):
        name = " ".join(text.split()[:size])
        if name.lower() in people and deeds.PERSON.match(f"he {text[len(name) :].strip()}".lower()):
            return deeds.actor_of("", people[name.lower()])
    return deeds.actor_of(clause, role)


def _speaks(who: str, people: People) -> str | None:
    return role_of(who, people) or ("unknown" if _NAME.fullmatch(who) else None)
