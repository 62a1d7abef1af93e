"""Find what whoever hands a ticket on asks of whoever takes it, and why it is handed on, in the words of the last note that says so.

A request for somebody, for a decision or for leave is one wherever it stands. In the newest note of the staff a question is one too,
then what it says is needed or is to be done, then what others want: older ones may be answered by now.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from escalation.reading.remarks import Remark
from escalation.text.passages import NOT_STAFF, Passage
from escalation.text.stretches import Stretch, small
from escalation.wording.deeds import advising
from escalation.wording.quick import may_hold

_SOMEBODY = r"(?:someone|somebody|anyone|one of you|whoever|an engineer|(?:a |the )?seniors?|l2|l3|tier ?[23]|(?:the )?(?:night|next|day|late|early) shift)"
_LEAVE = r"(?:decision|approval|permission|go-?ahead|sign-?off|yes|ok|green light|second (?:opinion|look|pair of eyes))\b"
_ASK = re.compile(
    rf"\b(?:needs? (?:{_SOMEBODY}|help|assistance|advice|escalation)\b|(?:needs?|want|wants|would like|could do with|looking for|after) (?:an? |the |your |some )?{_LEAVE}|"
    r"(?:please|pls|plz) (?:check|look|advise|assist|help|review|take|find|confirm|investigate|have|can|could|do|go|ring|chase|swap|run|reset|restart|reboot|exclude|re-?enable|enable|raise|book|attend|visit|pick|ask|tell|remote|decide|approve|authori[sz]e|order|replace|arrange|set)\b|"
    rf"{_SOMEBODY} (?:(?!n['’]?t)[\w@()'’-]+ ){{0,8}}?(?:should|needs? to|has to|have to|must|please|pls|plz|just)\b|(?:can|could|would|will) (?:{_SOMEBODY}|you)\b|"
    r"(?:escalat\w+|passing (?:this )?(?:on|up|over)|handing (?:this )?(?:over|off|up)) (?:this |it )?(?:to|for|so)\b|handing (?:this |it )?to\b|any (?:ideas|help|advice|suggestions)\b|"
    r"what (?:should|else|would|can|do|shall) (?:i|we|you)\b|how (?:do|can|should) (?:i|we)\b|(?:shall|should|may) (?:i|we)\b.*\?|"
    rf"(?:without|unless|until|before|if(?! (?:all |it['’]?s |still )?(?:ok|okay)\b)) (?:an? |the |your |i (?:get|have|hear) )*(?:{_LEAVE}|(?:someone|somebody|one of you|you) (?:says?|confirms?|agrees?|approves?))|second (?:opinion|pair of eyes)\b|your call\b)",
)  # fmt: skip
_QUESTION = re.compile(
    r"(?:^|[,:;.–-] |\b(?:and|but|so|or) )(?:who|which|what|when|where|how|why|do|does|did|is|are|was|were|can|could|should|shall|would|will|has|have|any(?:one|body)?)\b[^?]*\?\W*$|\b(?:ok|okay|right|worth it|allowed|alright|agreed)\?\W*$"
)
_TO_THEM = re.compile(r"(?<!of )\b(?:you|your)\b(?! (?:think|want (?:me|us)))|^\W*(?:hi|hello|hey|dear|good (?:morning|afternoon)) ")
"""Words to the customer, who is asked something else than whoever takes the ticket."""
_MUSED = re.compile(r"(?<![!?])\?\W*$")
_NEEDED = re.compile(
    r"(?<!no )(?<!no longer )(?<!not )(?<!n['’]t )(?<!nothing )(?<!nobody )\b(?:needs?|needed) (?:to|the same|us|doing|\w+ing|\w+ed|done|somebody|\w+ (?:done|doing|\w+ed))\b|^\W*(?:(?:still )?to ?do|still (?:to|needs?)|next(?: steps?| up)?|outstanding|remaining|plan|needs?|so)\b\s?[:=–-]|"
    r"(?:^|[,:;.] )(?:so|then|next),?:? (?:ask|chase|call|ring|check|get|tell|book|point|raise|re-?enable|enable|turn|put|swap|replace|try|look|watch|wait|reboot|restart|restore|move|test|arrange|order)\b|^\W*whoever\b|\b(?:left|remains) (?:to do|is (?:to|an?|the)?)\b"
)
_WANTED = re.compile(r"\b(?:ask(?:s|ing|ed)? (?:us )?for|wants?|wanting|insists?|(?<!no )(?<!not )(?<!n['’]t )needs?) (?:a|an|the|us|me|our|somebody|someone|it|to)\b|\b(?:waiting|holding|hold|waits) (?:on|for|the line)\b|\bi (?:do(?:n['’]?t| not) (?:dare|like|want|trust)|daren['’]?t|would ?n['’]?t|haven['’]?t|have not|won['’]?t)\b")
_ANY_IDEAS = re.compile(r"^\W*(?:\w+ ){0,3}any (?:ideas?|help|advice|suggestions?|thoughts|tips)\b(?!.{0,20}\b(?:how|why|what|where|which)\b)|^\W*help\b.{0,20}$|^\W*what (?:else|should|can|could|do) (?:i|we|now)\b.{0,20}$")
"""A cry for help that asks for nothing in particular: our own words ask better."""
_WHY = re.compile(
    r"\b(?:(?:escalat\w+|passing (?:this )?(?:on|up)|handing (?:this )?(?:over|off|up))[^.;\n]{0,40}?\b(?:because|as|since|due to|:)|(?:do(?:n['’]?t| not)|did(?:n['’]?t| not)|have no|has no|no|without|lack) "
    r"(?:have )?(?:the |any )?(?:access|rights|permissions?|credentials|admin|knowledge|experience|time(?= (?:to|for|left|today|now|before|this)\b|\W*$))\b|out of (?:my depth|ideas|options|scope)|beyond (?:my|l1|tier ?1|level 1|what i)|"
    r"over my head|(?:i am|i'm|i’m|am|we are|we're|completely|totally) (?:stuck|stumped|at a loss|lost)|(?:do(?:n['’]?t| not)) know (?:how|what|enough|where|[^.\n]{1,40} (?:well )?enough)|not my (?:area|field|thing)|never (?:done|worked with|touched|seen) (?:this|that|one|a|it)|not familiar|not (?:comfortable|allowed|trained|confident)|not sure (?:how|what (?:else|to|i)|where to|which|why|about)|"
    r"at my wits|no (?:idea|clue)\b|above my)",
)  # fmt: skip

_may_ask, _may_say_why = may_hold(_ASK), may_hold(_WHY)


def requests(passages: Sequence[Passage]) -> list[Remark]:
    """Return what a technician asked for last, if anything in particular."""
    newest = True
    for index, passage in _of_staff(passages):
        if advising(passage.text) and _TO_THEM.search(passage.text.lower()):
            continue
        said = [s for s in _sentences(passage) if not _ANY_IDEAS.match(small(s.text))]
        found = _last(said, _ASK) if _may_ask(passage.text.lower()) else None
        if newest and found is None:
            questions = [s for s in said if s.text.rstrip().endswith(("?", "?)")) and not _TO_THEM.search(small(s.text))]
            found = _last(questions, _QUESTION) or _last(said, _NEEDED) or _last(questions, _MUSED) or _last(said, _WANTED)
        if found is not None:
            return [Remark(index, found.start, found.end)]
        newest = newest and not said
    return []


def reasons(passages: Sequence[Passage]) -> list[Remark]:
    """Return why it was handed on, as said last."""
    for index, passage in _of_staff(passages):
        if _may_say_why(passage.text.lower()) and (found := _last(_sentences(passage), _WHY)):
            return [Remark(index, found.start, found.end)]
    return []


def says_needed(text: str) -> bool:
    """Whether a sentence says that something is needed or is to be done."""
    return _NEEDED.search(text[:400].lower()) is not None


def _of_staff(passages: Sequence[Passage]) -> Iterator[tuple[int, Passage]]:
    """Give the texts of the staff with their places, the newest first."""
    for index in range(len(passages) - 1, -1, -1):
        passage = passages[index]
        if not (passage.role in NOT_STAFF or passage.description or passage.resolution):
            yield index, passage


def _sentences(passage: Passage) -> list[Stretch]:
    return [s for s in passage.stretches if s.kind in ("sentence", "item") and len(s.text.split()) >= 3]


def _last(said: Sequence[Stretch], form: re.Pattern[str]) -> Stretch | None:
    return next((s for s in reversed(said) if form.search(s.text[:400].lower())), None)
