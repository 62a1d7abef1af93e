"""How people say what it was, that it is mended, and that a change was taken back."""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from typing import Literal

_LABEL = re.compile(
    r"^\W*(?:the )?(?:root |actual |real |underlying |probable |final )*(?:cause|culprit|reason|fault|issue|problem)"
    r"(?: of (?:the |this )?[\w ]{1,30}| here)?(?: was| is|:| -|\s*=)+ (?!(?:still|back|not|now|solved|resolved|fixed|gone|that "
    r"(?:the )?(?:user|customer)|escalated|with|on|in|reported|ongoing|intermittent)\b)",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(?:root cause|caused by|(?:was|were|is|are) causing|turned out (?:to be|that|the|it)|turns out|culprit|"
    r"(?:was|were|is|is all|came) (?:all )?(?:down|due) to|traced (?:it |this |the \w+ )?(?:back )?to|to blame|"
    r"(?:was|were) the (?:actual |real )?(?:cause|reason|culprit|problem|issue)\b|"
    r"\b(?:fail|drop|crash|stop|block|refus|reject|bounc|lost|hang|hung|froze|slow|broke|down|unreachable|missing|disconnect|time[ds] out|"
    r"expir)\w*\b.{0,40}\b(?:due to|because|as a result of))",
    re.IGNORECASE,
)
_WEAK = re.compile(r"\b(?:because|due to|since (?:the|a|an|its|their)\b|as (?:the|its|their) [\w ]{2,40} (?:had|was|were) )", re.IGNORECASE)
_UNSURE = re.compile(
    r"\b(?:maybe|perhaps|might|could be|could have|possibly|probabl[ey]|likely|suspect\w*|suspicious|i think|we think|guess\w*|assum\w+|"
    r"seems?|appears?|wonder\w*|potential\w*|presumabl\w+|should|unless|whether|if|may (?:be|have)|not sure|unclear|unknown|no idea|"
    r"(?:is|was|were|are)(?: not|n['’]t) (?:the |due|caused|because|down)|not (?:the|caused|due|because)|ruled out|could not be|"
    r"(?:root )?cause (?:is |was )?(?:not |un)(?:yet |been )?(?:found|known|clear)|look(?:ing)? for|need to (?:find|know))\b",
    re.IGNORECASE,
)
_LOOKS = re.compile(
    r"^\W*(?:(?:i|we|then|also|and|had|have|just|re-?)[ -]+){0,3}(?:test|tri(?:ed|al)|try|ask|check|ping|look|verif|confirm|compar|review|inspect|"
    r"monitor|watch|open(?:ed|ing)? the (?:event )?log|ran (?:a |an |the )?(?:speed |ping |memory )?test|search|read|contact|call|rang|phon)\w*\b",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:re-?enabled|(?<!it )(?<!they )(?<!which )(?<!that )(?<!settings )(?<!setting )reverted(?! (?:after|again|itself|by itself|on its own|when|at))|rolled back|undone|undid|reinstated|put (?:\w+ ){0,4}back|(?:turned|switched|set|changed|moved|pointed) "
    r"(?:\w+[ -]){0,6}?back\b(?! and forth)|(?:turned|switched) (?:\w+[ -]){0,6}?(?:on|off) again|closed (?:\w+[ -]){0,6}?again|"
    r"(?:removed|deleted|took out|took away|closed) (?:the |that |our |my )?temporary|plugged (?:\w+ ){0,4}back in|"
    r"restored (?:the |its |their )?(?:original |old |previous |normal |default )(?:\w+ ){0,2}?(?:setting|rule|value|configuration|config|"
    r"policy|route|record|permission)s?)\b",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"\b(?:not yet|still (?:to|needs?)|needs? to|has to|have to|must|should|to be|will|going to|remember|don['’]?t forget|please|when|once "
    r"(?:the|it|they)|until|if|(?:has|have|was|were|did)(?: not|n['’]t))\b",
    re.IGNORECASE,
)
_GOOD_NEWS = re.compile(
    r"^\W*(?:(?:all|everything|it|now|so|and|the|user|customer|client|they|he|she)\W+){0,4}(?:is |are |has |have )?(?:confirm\w*|happy|works?|working|"
    r"good|fine|tested|verified|monitor\w*|clos(?:ed|ing)|resolv(?:ed|ing)|done|thank\w*|no further|will (?:monitor|close)|back (?:up|online))\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^\W*(?:(?:and|but|so|then|also|now|again|finally|i|we|he|she|have|had|has|just)[\s,]+){0,4}[a-z][\w'’-]*\s+(?:(?:back|up|down|off|on|out)\s+)?"
    r"(?:(?:it|them)\b|(?:both|these|those|this|that)\b(?=\W*$|[.,;:]|\s+(?:to|at|in|on|off|with|by|from|for|and|back|again|up|down|out|into|over|via|now)\b))",
    re.IGNORECASE,
)
"""A deed whose object was named before: "Set both to 28800", "then swapped them". "It turned out" has none."""

Strength = Literal["named", "told", "given"]
"""`named`: under a label of its own; `told`: in so many words; `given`: as a reason, which counts only in a resolution."""


def cause_in(sentence: str) -> Strength | None:
    """Return how plainly a sentence names a cause that its writer is sure of; None where it names none."""
    text = sentence[:400]
    if "?" in text or _UNSURE.search(text):
        return None
    if _LABEL.match(text):
        return "named"
    if _STRONG.search(text):
        return "told"
    return "given" if _WEAK.search(text) else None


def taken_back(sentence: str) -> bool:
    """Tell whether a sentence says that something which was changed is as it was before."""
    text = sentence[:300]
    return _BACK.search(text) is not None and _NOT_DONE.search(text) is None


def looks_only(step: str) -> bool:
    """Tell whether a step looked at or tested something, so that it mended nothing by itself."""
    return _LOOKS.match(step) is not None


def only_good_news(sentence: str) -> bool:
    """Tell whether a sentence of a resolution says that it is well again, and nothing that mended it."""
    return _GOOD_NEWS.match(sentence) is not None


def points_back(sentence: str) -> bool:
    """Tell whether what a sentence says was done cannot be understood without the one before."""
    return _BARE.match(sentence[:120]) is not None
