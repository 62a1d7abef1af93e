"""Terms of a text: stems of its words, and identifiers (codes, host names, paths, command names) whole and in parts.

Both databases index exactly these terms, so neither's own word breaking or stemming decides what is found.
"""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 60
"""Characters of a term. Longer ones are keys, hashes and links: nobody writes them twice."""

JOINERS = "-_.\\/@:"
"""What may stand inside an identifier. The indexes know these characters too: see the migration that makes them."""

_TOKEN = re.compile(r"[^\W_]+(?:[-_.\\/@:]+[^\W_]+)*")
_JOINED = re.compile(r"[-_.\\/@:]+")
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\([^)\s]{0,2000}[^)\n]{0,300}\)|https?://\S+|www\.\S+")
_CODE = re.compile(r"0x[0-9a-f]{2,16}$|(?=.*\d)(?=.*[a-z])[a-z0-9]{5,}$|(?!(?:19|20)\d\d$)\d{4,}$")
_YEAR = re.compile(r"(?:19|20)\d\d$")

_MANY_THINGS = re.compile(
    r"(?![245]\.[0-7]\.\d{1,3}$)\d+(?:[-_.\\/@:]+\d+)+"
    r"|\d+(?:[kmgt]b(?:ps|it)?|[gm]hz|bit|ms|min|mins|hrs?|days?|px|dpi)|0\d+|[a-z]{2,}\d{1,3}"
    r"|\d{2,4}r\d|[a-z]:\\\w+|[a-z]{1,2}(?:[./][a-z]{1,2})+|[a-z]+(?:[-/][a-z]+)+"
)

COMMON = frozenset(
    """a about above after again against all also am an and any are as at be because been before being below between both
    but by can cannot could did do does doing don down during each few for from further get gets getting got had has have
    having he her here hers him his how however i if in into is it its itself just let like ll may me might more most must
    my myself need no nor not now of off on once one only or other ought our ours out over own per please re s same she
    should so some such t than that the their theirs them then there these they this those through to too two under until
    up upon us use used using ve very via was way we were what when where whether which while who whom why will with within
    without won would yes yet you your yours
    hi hello hey dear thanks thank regards best sincerely kind cheers appreciated appreciate advance help
    issue issues problem problems question questions know want wanted tried try trying seems seem seemed found find see
    seen anyone someone something any thing things im ive dont cant doesnt didnt isnt wont ticket user users customer
    client called said told asked still""".split()  # noqa: SIM905 - easier to read than two hundred quoted words
)
"""Words that tell no ticket from another, whatever the shop."""

SYMPTOM = "~"
"""Begins the term of a symptom that a text tells, whichever words it has for it; no term of a text begins so."""

_ENDS = ("ations", "ation", "ating", "ated", "ate", "ing", "ed", "er", "ion", "ment", "ly", "able", "e")
_PLURALS = (
    ("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("ss", "ss"), ("us", "us"), ("is", "is"),
    ("s", ""),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the word without its ending, so that "printers" meets "printing"; what is not a plain word stays."""
    if len(word) < 4 or not word.isalpha():
        return word
    for end, rest in _PLURALS:
        if word.endswith(end):
            word = word[: len(word) - len(end)] + rest
            break
    for end in _ENDS:
        if word.endswith(end) and len(word) - len(end) >= 4:
            word = word[: -len(end)]
            break
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "sl" else word


def terms_of(text: str) -> list[str]:
    """Return the terms of a text in order, repeats included; links and common words give none."""
    return [term for term, _ in terms_and_words(text)]


def terms_and_words(text: str) -> list[tuple[str, str]]:
    """Return each term with the word it came from, as it was written."""
    found: list[tuple[str, str]] = []
    for match in _TOKEN.finditer(_LINK.sub(" ", text)):
        token = match.group()
        low = token.lower()
        parts = _JOINED.split(token) if not low.isalnum() else [token]
        if len(parts) > 1 and len(low) <= LONGEST:
            found.append((low, token))
        for part in parts:
            small = part.lower()
            if small in COMMON or not 2 <= len(small) <= LONGEST:
                continue
            found.append((stem(small), part))
            if not (part.islower() or part.isupper() or part[1:].islower()) and len(humps := _CAMEL.findall(part)) > 1:
                found += [(stem(h.lower()), h) for h in humps if len(h) > 1 and h.lower() not in COMMON]
    return found


def symptom_term(name: str) -> str:
    """Return the term of a symptom: two tickets that tell it in other words share this one."""
    return SYMPTOM + "_".join(name.split())


def symptom_name(term: str) -> str:
    """Return the name of the symptom that a term stands for."""
    return term.removeprefix(SYMPTOM).replace("_", " ")


def is_code(term: str) -> bool:
    """Whether a term is shaped like an error code, a number of four digits or more that is no year, or a part number."""
    return bool(_CODE.match(term))


def is_year(term: str) -> bool:
    """Whether a term is shaped like a year: mostly a product's version, which weighs as a code does and names no one thing."""
    return bool(_YEAR.match(term))


def is_name(term: str) -> bool:
    """Whether a term is shaped like a host name, a path, a command or another identifier of several parts."""
    return not term.isalnum()


def is_one_thing(term: str) -> bool:
    """Whether a term is a code or a name that two tickets seldom share by chance.

    Not a version, an address or another number of parts (but a mail server's status, `5.7.708`, is), a size, a word that ends
    in a short number (`win32`, `server2`), a number filled up with zeros, a folder at a drive's root, an abbreviation with
    dots, words joined by a hyphen or stroke.
    """
    return (is_code(term) or is_name(term)) and _MANY_THINGS.fullmatch(term) is None
