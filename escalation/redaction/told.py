"""Tell what stands in a sentence as what is told does, without a label: a number, a word that nobody knows, a row of such words.

These are suspects wherever they stand in words; what the words around them say decides (`features.py`).
"""

# ruff: noqa: SIM905 - words are easier to read in a row

from __future__ import annotations

import re
from bisect import bisect_right

from escalation.redaction.features import WORD
from escalation.redaction.labels import labels
from escalation.redaction.views import MARK
from escalation.redaction.words import WORDS

YEAR = re.compile(r"(?:19|20)\d\d")
STOPS = frozenset(
    # what joins the words of a sentence, in the languages that are read
    "the and for was were are has have had with from that this not but after before when then than into only can "
    "cannot will would should could been does did still again also about over under out all any its his her our "
    "their they she you who what how why now yes too off get got let may did your him them there here just like "
    "der die das den dem des und ist war sind wird wurde werden hat haben nicht mit für auf aus von vom zum zur bei nach vor "
    "dass wenn ein eine einen einem einer sich auch noch nur schon aber oder wie was wir ihr ich bitte "
    "les des est pas que qui par sur dans avec pour une sont été mais plus nous vous elle ses son sans "
    "por con para una los las del pero sin como más muy está ha che non per della sono una nel anche più "
    "het een niet van voor met zijn heeft maar nog ook wel naar wordt werd bij uit dat die "
    "och att det som inte med till från har kan ikke til fra der men kun også nie jest się ale oraz dla "
    "não uma com mas foi está".split()
)


def told(text: str, begin: int, end: int, word: str, known: frozenset[str], *, talk: bool) -> bool:
    """Whether a stretch stands in words as what is told does, whatever is beside it: a number, a word that nobody knows."""
    value = text[begin:end]
    if word.startswith("digits") or (word == "numbers" and _COMBINATION.fullmatch(value)):
        if not 4 <= len(value) <= 16 or YEAR.fullmatch(value):
            return False
        line = _line(text, begin, end)
        short = len(_LOWER.findall(line)) > 0 or len(line.split()) < 4
        return talk and short and len(line) < 400 and len(_NUMBER.findall(line)) < 9
    if not talk or len(value) < 8:
        return False
    if word in ("plain", "plaincaps", "joinedcaps"):
        return value[:-1].isalpha() or value.isupper()
    if word == "humps":
        return _JOINED.fullmatch(value) is not None
    return word == "word" and value.islower() and not familiar(value, known)


def familiar(word: str, known: frozenset[str]) -> bool:
    """Whether a lower-case word is ordinary, or one with an ending or a syllable before it."""
    if word in known:
        return True
    stem = _STEM.match(word)
    return stem is not None and any(stem[1] + end in known for end in ("", "e", "s", "y"))


_STEM = re.compile(
    r"(?:un|re|non|de|dis|mis|pre|over|sub)?([a-zß-ÿ]{3,}?)(?:s|es|ed|ing|er|ers|ly|less|ness|ment|able|ation|ations)?$"
)
_JOINED = re.compile(r"(?:[A-Z][a-z]{2,}){2,4}")
_COMBINATION = re.compile(r"\d{1,2}(?:-\d{1,2}){2,3}|\d{3,6}-\d{3,6}")
_NUMBER = re.compile(r"\d+")
_LOWER = re.compile(r"\b[^\W\d_A-Z]{2,}")


def _line(text: str, begin: int, end: int) -> str:
    """Return the line that a stretch stands in, of a long one what is near."""
    first, last = text.rfind("\n", max(0, begin - 400), begin) + 1, text.find("\n", end, end + 400)
    return text[max(first, begin - 400) : last if last >= 0 else end + 400]


def row(text: str, begin: int, known: frozenset[str]) -> int:
    """Return where a row of four words or more that nobody knows ends, if one begins here, or 0. One in three may be known."""
    found = _ROW.match(text, begin)
    if not found or (begin and text[begin - 1] not in " \n\t\"'“‘(:"):
        return 0
    end, words, ordinary = begin, 0, 0
    for word in WORD.finditer(text, begin, found.end()):
        common = word[0] in known
        if word[0] in STOPS or (common and (not words or ordinary + 1 > (words + 1) // 3)):
            break
        end, words, ordinary = word.end(), words + 1, ordinary + common
    return end if words >= 4 else 0


_ROW = re.compile(r"[a-z]{3,12}(?: [a-z]{3,12}){3,23}(?![\w@-])")


def rest(text: str, begin: int, end: int, known: frozenset[str]) -> int:
    """Return where the phrase ends whose first word is a secret: two words or more follow that no sentence is made of.

    One in three may be known: "Password: mapleriver tried rebooting the switch" is a secret and a step.
    """
    if not text[begin:end].islower() or not text[begin:end].isalpha():
        return end
    found = _REST.match(text, end)
    if found is None:
        return end
    last, words, ordinary = end, 0, 0
    for word in WORD.finditer(text, end, found.end()):
        common = word[0] in known
        if word[0] in STOPS or word[0] in WORDS or (common and ordinary + 1 > (words + 2) // 3):
            break
        last, words, ordinary = word.end(), words + 1, ordinary + common
    return last if words > 1 else end


_REST = re.compile(r"(?: [a-z]{3,12}){2,11}(?![\w@:=-])")


def goes_on(text: str, begin: int, end: int, firm: list[int]) -> bool:
    """Whether plain words go on with a sentence whose label is answered: "pw Oak#41, seitdem läuft es", "password reset, …"

    `firm` are the ends, in order, of secrets with more than letters in them. Nothing right before the words leads to
    another secret ("now", "or"), and a single word has others beside it.
    """
    if not _PLAIN.fullmatch(text, begin, end) or _STRUNG.search(text, begin, end):
        return False
    first = max(0, begin - 160)
    before = text[first:begin]
    words = list(WORD.finditer(before))
    kinds = labels([word[0].lower() for word in words])
    label = next((word for word, kind in zip(reversed(words), reversed(kinds), strict=True) if kind in _NAMING), None)
    leads = _LEADS.search(before)
    if label is None or leads is None or leads[1].lower() in _TO_ANOTHER:
        return False
    ends = [at - first for at in firm[bisect_right(firm, first) : bisect_right(firm, begin)]]
    ends += [found.end() for found in re.finditer(MARK, before)]
    between = before[label.end() :]
    closed = _CLOSED.search(between)
    if not (
        any(at > label.start() for at in ends)
        or (closed and _DONE.match(closed[1].lower()) and closed[1].lower() not in _TELLING)
        or (_APART.search(between) and any(0 <= label.start() - at < _NEAR for at in ends))
    ):
        return False
    alone = not leads[1] and not re.match(r" [^\W\d_]", text[end : end + 2])
    return not alone or " " in text[begin:end]


_PLAIN = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*")
_STRUNG = re.compile(r"\w-\w+-\w")
"""Words strung together, as no sentence goes on: "blue-tiger-maple"."""
_NAMING = ("P", "S", "K", "C", "W", "A")
_LEADS = re.compile(r"([^\W\d_]*)[\s,.;:!()–—-]*\Z")
_APART = re.compile(r"[,;.!]\s|\s[–—-]\s|\n")
_CLOSED = re.compile(r"\A[^:=\n\"“„]*?\b([^\W\d_]{2,})\)?(?:[,;.!]\s|\s[–—-]\s)")
_DONE = re.compile(
    r".{3,}(?:ed|ée?s?|[aiu]d[oa]s?|[aiu]t[oa]|(?:wan|san|ion)[eoay]|[eia]rt|eerd|(?:ll|ss|gg|tz|st)t|illet|eret|stet|stilt|[tr]ad|rät)$|ge\w{3,}[td]$"
    r"|zurück\w+|\w+ge\w+t$|reset$|eingegeben|aceite|saisie?$|inn$"
)
"""How words end that say what was done, in the languages that are read."""
_TELLING = frozenset(
    "supplied provided shared agreed texted mailed emailed dictated quoted used typed tried noted listed printed mentioned "
    "suggested genannt verwendet benutzt vereinbart mitgeteilt notiert communiqué noté utilisé gebruikt genoemd comunicado usado "
    "usada comunicata usata".split()
)
"""What is done with a password that is told behind it."""
_NEAR = 40
"""Characters between a secret and its label, of which it stands on the left."""
_TO_ANOTHER = frozenset(
    "to now is was be or new then tried with used alternatively auf jetzt neu ist war lautet oder dann en à est ou maintenant "
    "puis naar nu of es o ahora luego a è ora é agora til er eller till är na teraz lub".split()
)
"""What leads from one secret to the next."""
