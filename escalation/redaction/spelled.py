"""Secrets that are told a character at a time: "capital P as in Papa, zero, dollar sign", "großes K wie Kaufmann", "pin: four oh two seven".

A row is told of characters (letters, digits, words that name one), of what is said about them (capital, as in) and of what joins
them. A word between two of them may be part of it: "capital S, then unflower, then nine".
"""

# ruff: noqa: E501, SIM905 - words are easier to read in long rows

from __future__ import annotations

import re
from collections.abc import Iterator

from escalation.redaction.features import WORD
from escalation.redaction.labels import labels
from escalation.redaction.views import MARK

_CASE = frozenset(
    "capital capitals cap caps uppercase upper lowercase lower small big little groß großes großer grosses klein kleines kleiner "
    "großbuchstabe kleinbuchstabe majuscule minuscule hoofdletter kleine mayúscula minúscula maiuscola minuscola maiuscolo minuscolo "
    "maiúscula minúsculo maiúsculo stort lille stor versal gemen liten duże małe wielkie duża mała wielka".split()
)
_ALPHABET = frozenset(
    "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa quebec romeo sierra "
    "tango uniform victor whiskey xray yankee zulu anton berta cäsar dora emil friedrich gustav heinrich ida julius kaufmann ludwig "
    "martha nordpol otto paula quelle richard samuel siegfried theodor ulrich viktor wilhelm xanthippe ypsilon zacharias".split()
)
_SIGNS = frozenset(
    "hash hashtag pound dollar percent ampersand asterisk star underscore dash hyphen plus equals tilde caret bang exclamation at dot "
    "ausrufezeichen fragezeichen raute stern klammeraffe unterstrich bindestrich dièse arobase tiret uitroepteken vraagteken hekje "
    "apenstaartje streepje arroba almohadilla guion exclamación esclamativo cancelletto chiocciola trattino exclamação cardinal "
    "udråbstegn utropstegn utropstecken wykrzyknik".split()
)
_DIGITS = frozenset(
    "zero oh one two three four five six seven eight nine niner double triple null eins zwei zwo drei vier fünf sechs sieben acht neun "
    "zéro un deux trois quatre cinq sept huit neuf nul een één twee vijf zes zeven negen cero uno dos tres cuatro cinco seis siete "
    "ocho nueve due tre quattro cinque sei sette otto nove um dois três quatro sete oito en to fire fem seks syv otte ni ett två fyra "
    "sex sju åtta nio åtte jeden dwa trzy cztery pięć sześć siedem osiem dziewięć".split()
)
_JOINING = frozenset(
    "then and und et en y e og och i dann puis luego poi daarna dopo dernæst sedan potem followed by with the a an all letter number "
    "digit numeral figure symbol sign mark point word key character der die das buchstabe ziffer zahl le la les un lettre chiffre het "
    "letter cijfer el letra número lettera numero litera cyfra bogstav bokstav d de no not is".split()
)
_AS = {"as": "in", "like": "", "for": "", "wie": "", "comme": "", "als": "", "como": "", "come": "", "som": "", "jak": "", "de": "", "di": ""}
"""What stands between a letter and a word that begins with it; "as" wants an "in" behind it."""
_POLICY = re.compile(
    r"\b(?:polic\w*|must|needs?|requires?|required|requirements?|least|minimum|should|complexity|rules?|contains?|muss|braucht|mindestens|"
    r"enthalten|doit|contenir|moet|bevatten|debe|deve|letters|digits|numbers|symbols|characters|zeichen)\b", re.IGNORECASE,
)  # fmt: skip
"""Says what a password has to be made of, and tells none."""
_TOLD = re.compile(
    r"\b(?:spel(?:l\w*|t)|dictat\w*|phonetic\w*|letter by letter|read(?:s|ing)?(?: it| them| that)?(?: out| over| back)|buchstabier\w*|"
    r"diktiert|épel\w*|deletre\w*|gespeld|sillab\w*|soletr\w*|bokstaver\w*|stavede?|przeliter\w*)\b", re.IGNORECASE,
)  # fmt: skip
_NAMED = re.compile(
    r"\b(?:\w*name|surname|domain|serial\w*|user\w*|e-?mail|mail|address|company|street|host|tag|plate|postcode|model|version|domäne|nachname|"
    r"benutzer\w*|seriennummer|nom|domaine|adresse|naam|domein|apellido|dominio|cognome|kennzeichen|zip|number)\b", re.IGNORECASE,
)  # fmt: skip
"""What else is spelled out to somebody."""
_NAMING = "|".join(sorted(_CASE | _ALPHABET | _SIGNS | _DIGITS, key=len, reverse=True))
_PIECE = rf"(?:{_NAMING}|[^\W_])(?![\w'’])"
_SEED = re.compile(
    rf"(?<![\w'’]){_PIECE}[ ,.;:-]{{1,3}}(?={_PIECE}|as in |(?:like|wie|comme|als|como|come|som|jak) )", re.IGNORECASE
)
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[^\w\s]|_|\n")
_TALK = re.compile(
    r"pass|pw|pin|code|kenn|mdp|clave|contrase|wachtw|ww|senha|ord|adgang|parola|has[łl]|key|schl|psk|secret|spel|dictat|phonetic|"
    r"letter by|read|buchst|diktiert|épel|deletr|sillab|soletr|staver?|liter", re.IGNORECASE,
)  # fmt: skip
_NEW_SENTENCE = re.compile(r"\s{1,3}(?-i:[A-ZÀ-Þ])\w|\s*\Z")
_LONGEST = 60
"""Words and signs of one row."""


def spelled(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the rows of characters begin and end that tell a secret."""
    if not _TALK.search(text):
        return
    done = 0
    for seed in _SEED.finditer(text):
        if seed.start() < done:
            continue
        before = text[max(0, seed.start() - 90) : seed.start()]
        before = before[max(before.rfind(". "), before.rfind("? "), before.rfind(MARK), before.rstrip("\n").rfind("\n")) + 1 :]
        label = _label(before) if _TALK.search(before) else ""
        if label:
            end, done = _row(text, seed.start(), label)
            if end:
                yield seed.start(), end


def _label(before: str) -> str:
    """Return the kind of what is told, by the words before it: of labels, or "T" where it is only said that it was spelled."""
    words = WORD.findall(before.lower())[-8:]
    kinds = labels(words)
    nearest = next((at for at in range(len(kinds) - 1, -1, -1) if kinds[at] in tuple("PSKC")), -1)
    said = before if nearest < 0 else before[before.lower().rfind(words[nearest]) + len(words[nearest]) :]
    if _POLICY.search(before) or _NAMED.search(said):
        return ""
    return kinds[nearest] if nearest >= 0 else "T" if _TOLD.search(before) else ""


def _row(text: str, begin: int, label: str) -> tuple[int, int]:
    """Return where a row ends that tells a secret of this kind, or 0, and how far was looked."""
    marks = numbers = single = plain = others = 0
    end = 0
    last = ""
    joined = False
    tokens = [found for _, found in zip(range(_LONGEST), _TOKEN.finditer(text, begin), strict=False)]
    at = 0
    while at < len(tokens):
        found = tokens[at]
        word = found[0].lower()
        following = tokens[at + 1][0].lower() if at + 1 < len(tokens) else ""
        at += 1
        if word == "\n" or (word in ".?!" and _NEW_SENTENCE.match(text, found.end())):
            break
        letter = last == "letter"
        if letter and word in _AS and (not _AS[word] or following == _AS[word]):
            at += 1 + bool(_AS[word])
            if at > len(tokens) or not tokens[at - 1][0].isalpha():
                break
            marks, end, last = marks + 1, tokens[at - 1].end(), "as"
        elif word in _CASE:
            marks, last = marks + 1, "case"
            end = found.end() if letter else end
        elif word in _ALPHABET or word in _SIGNS:
            marks, end, last = marks + 1, found.end(), "sign"
        elif word in _DIGITS and not (last == "case" and word in _JOINING):
            numbers, end, last = numbers + 1, found.end(), "digit"
        elif len(word) == 1 and word.isalpha():
            single, end, last = single + 1, found.end(), "letter"
        elif word.isdigit() and len(word) < 5:
            single, end, last = single + 1, found.end(), "digit"
        elif word in _JOINING or not word.isalnum():
            if word in ("sign", "mark", "point") and last == "sign":
                end = found.end()
            joined = joined or word.isalnum()
            continue
        elif others and not (joined or last == "case"):
            break
        else:
            plain, others = plain + 1, others + 1
            end = found.end() if joined or last == "case" else end
            last, joined = "word", False
            continue
        others, joined = 0, False
    told, seen = text[begin:end], tokens[at - 1].end()
    if not end or _POLICY.search(told) or plain > marks + numbers + single:
        return 0, seen
    if label == "T" and not (marks and (numbers or re.search(r"[\d!#$%&*+@?_]", told) or _SIGNS & set(WORD.findall(told.lower())))):
        return 0, seen
    enough = marks + numbers + single > 3 and (marks > 0 or (not plain and (numbers > 3 or (single + numbers > 4 and single > 2))))
    return (end if enough else 0), seen
