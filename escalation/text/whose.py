"""Tell on whose side somebody is whom a text names, and whose a deed is in "Tom says he rebooted it" or "Cx: rebooted it".

Who is who is known from the ticket: its contact, and whoever wrote on it. Of anybody else nobody here knows on which side they are.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from escalation.wording import deeds, mail_words

People = Mapping[str, str]
"""Names in lower case, whole and first, each with the role of whoever bears it: `technician`, `customer` or `unknown`."""
NOBODY: People = {}

_CUSTOMER = rf"(?:the |our |this )?(?:{mail_words.VISITOR}|cust|cx|eu|contact|receptionist|office manager|manager|owner|staff|site)"
_STAFF = r"(?:the |our )?(?:tech(?:nician)?|engineer|agent|helpdesk|help desk|service desk|me|we)"
_ROLES = ((re.compile(_CUSTOMER), "customer"), (re.compile(_STAFF), "technician"), (re.compile(deeds.VENDOR), "vendor"))
_CAPITAL = r"[A-ZÀ-Þ][\w'’-]{0,30}\.?"
GUEST = re.compile(rf"[^(]{{1,100}}\((?:{mail_words.VISITOR}|contact|external|unverified)\)")
"""How programs name somebody from outside, in small letters."""
NAME = re.compile(rf"{_CAPITAL}(?:\s{_CAPITAL}){{0,2}}")

_LEADS = re.compile(rf"^[\s*•>-]{{0,9}}(?:{deeds.LEAD}){{0,4}}", re.IGNORECASE)
"""Marks of lists, times, and words such as "then" and "also"."""
_SAYS = (
    r"(?:(?:has|had|have|also|just|already|then|still|now|since|again|have just) ){0,3}(?:says?|said|reports?|reported|states?|stated|claims?|claimed|mentions?|mentioned|confirms?|confirmed|advises?|advised|explains?|explained|tells|told|insists?|insisted|"
    r"swears?|swore|writes|wrote|thinks?|thought|believes?|believed|recalls?|recalled|remembers?|adds?|added|replies|replied|answers?|answered|notes|noted|emailed|called(?: in)?|texted|messaged)"
    r"(?: (?:to )?(?:me|us|her|him|them|support|the (?:help ?desk|desk|tech)|(?-i:[A-Z])\w+))?(?: (?:on|over|by|via|in|through) (?:the |a )?(?:phone|e-?mail|mail|chat|teams|text|call|message))?(?: (?:to say|saying))?,? (?:that )?"
)
_TOLD = re.compile(
    rf"^(?:(?:(?:as )?per|according to) (?P<per>(?:(?:the|our) )?[^,:.;\n]{{2,40}}?)(?:,|:| -)? (?!request)|(?P<who>[^,:.;\n]{{2,40}}?),? {_SAYS})"
    r"(?P<rest>(?P<self>i|we)\b|(?P<other>he|she|they|who|having|to have)\b|(?:his|her|their|the|a|an|it|this|that|all|both|everything|[A-Z0-9])|\w)",
    re.IGNORECASE,
)
_AFTER = re.compile(r",\s(?:(?:so )?(?:says|said|according to|as told by|reports|reported by|as reported by)) (?P<who>[^,:.;\n]{2,40}?)\W{0,3}$", re.IGNORECASE)
_DID = re.compile(
    rf"^(?P<who>(?!(?:we|me)\b)[^,:.;>\n]{{2,40}}?)(?:(?P<mark>\s?[:>]\s{{1,3}})|(?=[\s'’]))(?:\s?['’]s\s|\s?(?:has|had|already|also|then|just|herself|himself|she|he|they)\s){{0,4}}\s?(?!called|rang|phoned|e-?mailed|asked|reported|approved|agreed|confirmed|replied|wrote|requested|contacted|advised|informed|told|said)"
    rf"(?:{deeds.PAST_ANY})\b",
    re.IGNORECASE,
)
"""Who did it stands before it, by name or before a colon; that they called or asked is no deed."""
_PASSIVE = re.compile(rf"(?:[\w'’/-]+ ){{1,6}}?(?:was|were|has been|have been|had been|is|are|got|been)(?: (?:already|just|also|now))? (?:{deeds.PASSIVE})\b", re.IGNORECASE)


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
    if GUEST.fullmatch(low):
        return "customer"
    low = " ".join(reversed(low.partition(" (")[0].split(", ")))
    if (role := people.get(low)) is not None:
        return role
    return next((role for pattern, role in _ROLES if pattern.fullmatch(low)), None)


def actor_of(clause: str, role: str, people: People) -> str:
    """Return who did a deed, of who wrote about it and who else is known: `tech`, `customer`, `vendor` or `unknown`."""
    text = _LEADS.sub("", clause[:260], count=1)[:200].rstrip()
    if (told := _TOLD.match(text)) and (speaks := _speaks(told["per"] or told["who"], people)):
        inner = text[told.start("rest") :]
        said = deeds.PERSON.match(inner.lower())
        if said and (said["vendor"] or said["me"]):
            return deeds.actor_of(inner, role)
        theirs = told["per"] or told["other"] or said or _PASSIVE.match(inner) or (deeds.starts_with_deed(inner) and not text[: told.start("rest")].endswith(", "))
        return deeds.actor_of("", speaks) if theirs else deeds.actor_of(text, role)
    if (after := _AFTER.search(text)) and (speaks := _speaks(after["who"], people)):
        return deeds.actor_of("", speaks)
    if (did := _DID.match(text)) and (speaks := role_of(did["who"], people) if did["mark"] else people.get(did["who"].lower())):
        return deeds.actor_of("", speaks)
    return deeds.actor_of(clause, role)


def _speaks(who: str, people: People) -> str | None:
    return role_of(who, people) or ("unknown" if NAME.fullmatch(who) else None)
