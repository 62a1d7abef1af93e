"""Whether the words of a step tell by themselves what came of it, so that a reader needs no label beside them."""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re

from escalation.wording.deeds import NOUN_FIRST, starts_with_deed

_HARD = re.compile(r"(?::|;|->|=>|→|\s=|\s[-–—]{1,2}|\.{2,}|\?)\s+(?=\S)")
"""What stands between a deed and what came of it."""
_SOFT = re.compile(r"(?:,|\.|\b(?:and|but|then|so|now|yet|though|while|which|where))\s+(?=\S)")
_STATES = re.compile(
    r"\b(?:is|are|was|were|am|has|have|had|isn|aren|wasn|weren|doesn|didn|don|can|can['’]?t|cannot|could|would|won|no|not|none|nothing|nobody|never|still|now|again|same|ok|okay|fine|good|gone|back|lasted|works?|worked|goes|went|gets?|got|comes?|came|opens?|closes?|"
    r"shows?|showed|says?|said|throws?|threw|gives?|gave|writes?|stays?|stayed|stopped|died|dies|hangs?|hung|fails?|failed|denied|refused|error|drops?|dropped|reads?|loads?|prints?|connects?|starts?|finished|finds?|found|sees?|saw|"
    r"it|they|climbing|only|\d+ ?(?:%|ms|gb|mb|tb|min|mins|minutes|h|hrs|hours|days))\b",
    re.IGNORECASE,
)
_IF = re.compile(r"^\W*(?:when(?:ever)?|if|after|once|as soon as|with)\b", re.IGNORECASE)
_PLANNED = re.compile(r"^\W*(?:to|will|asked|told|waiting|wait|need(?:s|ed)?|should|going|please|if|in case|because|since|for|then|and|so|now|scheduled|sent|see|as|with|by|per|at|on|in)\b", re.IGNORECASE)
_DONE = re.compile(r"\w(?:ed|en|ing)\b|\b(?:new|other|another|both|too|set|put|left|made|sent|mail|call)\b", re.IGNORECASE)


def tells_its_result(text: str) -> bool:
    """Return whether a step's words say what came of it or what was found, beside saying what was done."""
    text = " ".join(text.split())[:500]
    began_with_deed = starts_with_deed(text)
    for found in _HARD.finditer(text):
        rest = text[found.end() :]
        if not (starts_with_deed(rest) or (_PLANNED.match(rest) and not _STATES.search(rest))):
            return True
    for found in _SOFT.finditer(text):
        rest = text[found.end() : found.end() + 120]
        if not (starts_with_deed(rest) or _PLANNED.match(rest)) and _STATES.search(_first_part(rest)):
            return True
    last = text.rpartition(", ")[2]
    if "," in text and len(last.split()) <= 4 and not (starts_with_deed(last) or _PLANNED.match(last) or _DONE.search(last)):
        return True
    if _IF.match(text) and len(text.split()) > 6:
        return True
    return not began_with_deed and not NOUN_FIRST.match(text.lower()) and _STATES.search(text) is not None and not re.match(r"^\W*(?:(?:also|then|next|first|finally)\W+)*(?:i|we|he|she|they)\b", text, re.I)


_ENDS_SO = re.compile(
    r"\b(?:green|red|dark|running|stuck|hung|dead|up|down|back|gone|ok|okay|happy|stable|quiet|silent|empty|full|free|blank|active|fine|good|same|too|passe[sd]|pass|registered|carried on|carries on|went through|came (?:up|back|through|in)|started|connected|works?|opens?|loads?|prints?|answers?|arrive[sd]|verified|appeared|succeeded|completed|installed itself|\d+ ?/ ?\d+|\d+(?:\.\d+)? ?(?:%|ms|[gmk]b(?:it)?(?:ps|/s)?|mbps))\b",
    re.IGNORECASE,
)
_LAST = re.compile(r".*(?:[,;>(]|\s[-–—])\s+(?!and\b|then\b|to\b|i\b|we\b)(?=\S)", re.DOTALL)


def ends_in_result(text: str) -> bool:
    """Return whether a step's words say what came of it, or end in a few that name a state: "swapped the lead, link green"."""
    if tells_its_result(text):
        return True
    flat = " ".join(text.split())[:500]
    if (found := _LAST.match(flat)) is None:
        return False
    words = flat[found.end() :]
    return len(words.split()) <= 9 and not (starts_with_deed(words) or _PLANNED.match(words)) and _ENDS_SO.search(words) is not None


def _first_part(rest: str) -> str:
    cut = _SOFT.search(rest) or _HARD.search(rest)
    return rest[: cut.start()] if cut else rest
