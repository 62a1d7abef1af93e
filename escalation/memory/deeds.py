"""Tell whether two wordings tell one deed, whether a deed was done already, and whether a remark rules something out.

By their words alone: `same_deed` asks how many terms the shorter one shares with the longer. A suggestion repeats what was
done only where the kind of deed is the same too: that a team was found without an address is no reason not to give it one.
"""

from __future__ import annotations

import re

from escalation.memory.terms import JOINERS, is_name, stem, terms_of

SAME, OTHER = 0.6, 0.25
"""Of the shorter wording's terms: two share at least so many that tell one deed, at most so many that tell two."""

_EMPTY = frozenset(
    """resolv solv fix fixed work close done complet confirm ok okay good normal happy cause reason due because turn found was
    were it again back fine now new call remote remot session contact verif test""".split()  # noqa: SIM905 - a list of words
)
"""Terms that tell no deed from another."""
_ALIKE = {
    "reboot": "restart", "power-cycl": "restart", "re-instal": "reinstal", "reinstall": "reinstal", "cert": "certificat",
    "pwd": "password",
}  # fmt: skip

_KINDS: dict[str, str] = {
    "look": r"check|verif|look|see(?:n|s)?\b|saw|compar|test|inspect|review|read\b|watch|find|found|measur|ping|ask|note|trac"
    r"|captur|confirm|examin|monitor|list|search|queried|try|tried|ran\b|run\b|view|scan|analy"
    r"|log(?:ged)? (?:in|on)|sign(?:ed)? in|call|rang|ring|phon|open|walk|went|spoke",
    "restart": r"re-?start|re-?boot|rbt|power[- ]?cycl|reset|bounc|recycl|cold boot|hard boot",
    "take out": r"re?mov|delet|clear|wip|clean|purg|drop(?:ped)?\b|flush|unassign|detach|un-?install|unregist"
    r"|take|took|disjoin|unjoin",
    "make anew": r"re-?install|re-?buil|re-?creat|re-?add|repair|re-?join|re-?imag|re-?regist|re-?enrol|re-?provision|re-?map"
    r"|remov\w+ and (?:re-?)?add|delet\w+ and (?:re-?)?(?:creat|add)|new (?:profile|account|cable|card|queue)|creat",
    "swap": r"replac|swap|exchang|other (?:cable|port|card|device|pc|phone)|different|reseat|re-?seat|plug",
    "bring up to date": r"updat|upgrad|patch(?:ed|ing|es)\b|newer|latest|install",
    "put back": r"roll|revert|undo|undid|downgrad|put back|go back|went back|restor|set back",
    "switch off": r"disabl|(?:turn|switch|power)\w*\s+(?:\w+ ){0,3}?off|stop|untick|uncheck|deactivat|unplug|disconnect|block"
    r"|drain|shut|isolat|off for",
    "switch on": r"enabl|(?:turn|switch|power)\w*\s+(?:\w+ ){0,3}?on\b|start|tick|activat|allow|connect|unblock|grant"
    r"|permit|unlock|giv|gave",
    "set": r"set\b|setting|chang|configur|adjust|rais|lower|increas|extend|expand|assign|giv|gave|grant|permit|point"
    r"|renam|mov|put\b|add|creat"
    r"|defin|correct|free|enlarg|grow|bind|adapt|limit|exclud|whitelist|renew|import|export|mak|made|forc",
}
_KIND = {name: re.compile(rf"\b(?:{words})", re.IGNORECASE) for name, words in _KINDS.items()}
_REASON = re.compile(
    r",?\s+(?:since|because|as (?:the|it|that)|so that|in case|to (?:confirm|see|prove|rule out|make sure))\b.*",
    re.IGNORECASE | re.DOTALL,
)
_STATE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|isn't|aren't|wasn't|weren't|shows?|says?|works?|fails?|stays?|holds?|belongs?|looks like"
    r"|seems?|stands?|remains?|points?|goes|comes|gets?|gives?|returns?)\b",
    re.IGNORECASE,
)
_OPENING = 4
"""Words in which a suggestion says what kind of deed it is."""
_DENIAL = re.compile(
    r"\b(?:not|isn't|wasn't|aren't|weren't|no longer|never|ruled out|rule out|excluded?|"
    r"cannot be|can't be|nothing to do with|unrelated to|innocent|is fine|are fine|is ok|looks? (?:good|fine|clean|ok)|"
    r"checks? out|not at fault|not the (?:cause|culprit|problem|reason|issue))\b",
    re.IGNORECASE,
)
_RULING = frozenset(
    """rul exclud eliminat caus culprit reason fault blame relat innocent fine good clean look check definit certain sure clear
    confirm seem appear actual realli problem isn wasn aren root""".split()  # noqa: SIM905 - a list of words
)
"""Terms by which a remark rules out, rather than what."""


def same_deed(one: str, other: str) -> bool:
    """Whether two wordings tell one deed."""
    return shared(one, other) >= SAME


def is_deed(text: str) -> bool:
    """Whether a text tells what somebody did, rather than how things are."""
    return bool(kinds_of(text)) or not _STATE.search(text)


def repeats(suggested: str, done: str) -> bool:
    """Whether a suggestion is what was done already: about the same things, and not another kind of deed than that."""
    deed = _REASON.sub("", suggested)
    if not same_deed(deed, done) or not is_deed(done):
        return False
    wanted, was = _first_kind(" ".join(deed.split()[:_OPENING])), kinds_of(done)
    return not wanted or not was or wanted in was


def kinds_of(text: str) -> frozenset[str]:
    """Return the kinds of deed that a text names."""
    return frozenset(name for name, words in _KIND.items() if words.search(text))


def _first_kind(text: str) -> str:
    """Return the kind of deed that a text names first; empty where it names none."""
    found = [(match.start(), name) for name, words in _KIND.items() if (match := words.search(text))]
    return min(found)[1] if found else ""


def denies(remark: str, cause: str) -> bool:
    """Tell whether a remark that rules something out rules out this cause, by the words it names it with."""
    best = 0.0
    for clause in re.split(r"[.;!\n]|,\s|\bbut\b|\bsince\b|\bbecause\b|\bas\b", remark):
        if _DENIAL.search(clause):
            named = words_of(_DENIAL.sub(" ", clause)) - _RULING
            best = max(best, len(named & words_of(cause)) / len(named) if named else 0.0)
    return best >= SAME


def words_of(text: str) -> frozenset[str]:
    """Return the terms that tell what was done, whatever word was used for it; a name counts once, not in parts too."""
    terms = terms_of(text)
    parts = {stem(part) for term in terms if is_name(term) for part in re.split(rf"[{re.escape(JOINERS)}]+", term)}
    return frozenset({_ALIKE.get(term, term) for term in terms} - _EMPTY - parts)


def is_telling(fix: str) -> bool:
    """Whether what solved a ticket says what it was: "Resolved, closing." does not."""
    return len(words_of(fix)) > 1


def shared(one: str, other: str) -> float:
    """Return how much of the shorter wording's terms the other has: 0 to 1."""
    a, b = words_of(one), words_of(other)
    fewer = min(len(a), len(b))
    both = len(a & b)
    if fewer == 0 or (both < 2 and max(len(a), len(b)) > 1):
        return min(OTHER, both / fewer) if fewer else 0.0
    return both / fewer
