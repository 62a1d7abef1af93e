"""What a senior would want to know before starting, and nobody recorded: rather nothing than a question that does not fit."""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Sequence

from escalation.symptoms.entries import Ask, Knowledge
from escalation.symptoms.match import stands

MOST, MOST_GENERAL = 3, 2

WHEN = ("when it began", "When did it start, to the nearest hour you know?")
WHO = ("who else is affected", "Is anyone else affected, or only this one?")
ERROR = ("the exact error text", "What does the error say, word for word?")

_SAYS_WHEN = re.compile(
    r"\b(?:since|began|begun|start(?:ed|ing|s)|first (?:noticed|seen|happened|time)|(?:this|yesterday|last|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)? ?(?:morning|afternoon|evening|week|weekend|night|month|year)?\b"
    r"|\d+ (?:minutes?|hours?|days?|weeks?|months?|years?) ago|yesterday|today|overnight|tonight|recently|just (?:now|started)|(?:after|following|when) (?:the|an?|we|last|updat\w+|install\w+|upgrad\w+|migrat\w+|\w+ing)|for (?:the (?:past|last)|about|several|a (?:few|couple|while|week|day|month)|\d+|some|two|three) ?\w*"
    r"|ever since|as of|always|never|every (?:day|morning|night|week|time|few|\d+)|in the (?:past|last) \w+|intermittent\w*|\d{1,2}[:.]\d{2}|\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}|jan\w*|feb\w*|mar(?:ch)?|apr\w*|june?|july?|aug\w*|sept?\w*|oct\w*|nov\w*|dec\w*|stopped|suddenly|new(?:ly)?|was working|used to|until|worked)\b",
)
_SAYS_WHO = re.compile(
    r"\b(?:every(?:one|body)|any(?:one|body)|nobody|no one|all|each|both|only|just|others?|another|several|some|multiple|few|many|most|entire|whole|company[- ]wide|site|single|isolated|(?:\d+|two|three|four|five|six|ten) \w+|users|people|staff|pcs|computers|machines|laptops|"
    r"clients|phones|desks|offices|colleagues?|we|our|us|they|them)\b",
)
_ONE_PERSON = re.compile(r"\b(?:user|she|he|her|his|my|i|me|employee|colleague|mr|mrs|ms)\b")
_A_REQUEST = re.compile(
    r"\b(?:new (?:starter|user|hire|employee|account|joiner|laptop|pc|phone|mailbox|request)|please (?:set|add|create|install|order|remove|move|give|grant|change|enable|disable)|(?:set ?up|setup|onboard\w*|offboard\w*|leaver|quote|order|licen[cs]e (?:request|for)|how (?:do|to|can)|is it possible|would like|migrat\w+|planning|best (?:way|practice)|request(?:ed|ing)?)\b)",
)
_A_QUESTION = re.compile(r"^\W*(?:how|what|which|why|where|can|could|is|are|does|do|should|any(?:one|body)?)\b[^.]*\??$|\?\s*$")
_NO_ANSWER = re.compile(
    r"\?\s*$|\b(?:not sure|no idea|do(?:n['’]?t| not) know|unknown|unclear|did(?:n['’]?t| not) (?:ask|check|say|look)|have(?:n['’]?t| not) (?:asked|checked|looked|been told)|not (?:yet )?(?:asked|checked|known|looked)|forgot to)\b"
)
_AN_ERROR = re.compile(r"\b(?:an?|the|some|this|that|same|following|with|get|gets|getting|got|shows?|throws?|gives?|says?|with) (?:\w+ )?(?:error|popup|pop-up|message|warning)\b|\berrors? out\b|\b(?:error|popup|pop-up) (?:appears|comes|pops|shows)\b")
_ITS_WORDS = re.compile(r"[\"“”'‘’]\s?\w+ \w+|\b(?:0x[0-9a-f]{3,}|\w*\d{3,}\w*)\b|\b(?:error|message|warning|popup) ?(?:is|was|says|saying|reads|states|code|:|-)|\b(?:no error|without (?:an )?error|unexpected error|access denied|not found|timed? ?out)\b")


def not_recorded(
    known: Knowledge, asks: Sequence[Ask], texts: Sequence[str], *, has_error_text: bool, thin: bool
) -> list[tuple[str, str]]:
    """Return what to list and how to ask it, the most valuable first.

    `asks` are the questions of the symptoms that fit; `texts` are the ticket's sentences, the summary first. One that asks, or
    says that something is not known, answers nothing. Of a ticket that is not `thin` only an error's wording is asked: where somebody
    has looked into it, readers wanted one of six of its symptom's questions answered, and none that fits any fault. Without a
    symptom that fits, only what surely makes sense is asked.
    """
    told = [t for t in texts if not _NO_ANSWER.search(t.lower())]
    low = "\n".join(told).lower()
    error = [ERROR] if not has_error_text and _AN_ERROR.search(low) and not _ITS_WORDS.search(low) else []
    if not thin:
        return error
    if asks:
        read = known.read("\n".join(told))
        own = [(ask.text, ask.text) for ask in asks if not stands(ask.answered, [read])]
        return list(dict.fromkeys([*error, *own]))[:MOST]
    if _A_REQUEST.search("\n".join(texts[:4]).lower()) or any(_A_QUESTION.search(t.lower()) for t in texts[:1]):
        return error
    general = error
    if not _SAYS_WHEN.search(low):
        general = [*general, WHEN]
    if _ONE_PERSON.search(low) and not _SAYS_WHO.search(low):
        general = [*general, WHO]
    return general[:MOST_GENERAL]
