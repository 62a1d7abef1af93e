"""Tell what a senior's note says of its writer's work: a deed, or only that somebody is about to begin.

A text is cut into clauses. Announcements ("looking into it", "on it"), plans ("will call back"), courtesies and
read-backs ("I start with the firewall"), questions and handing it on report nothing done. Nor does what is done to the ticket instead of the problem: assigned, moved, re-prioritised, put on
hold. Whatever is left does, unless the text also announces: then a guess is no deed either.
"""

# ruff: noqa: E501, SIM905 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from escalation.response.other_languages import announced
from escalation.text.stretches import OTHERS, stretches
from escalation.wording import deeds

_SUBJECT = r"(?:(?:ok(?:ay)?|yes|yep|right|hi|hello|all) )*(?:(?:i am|i will|i have|i shall|i can|i|we are|we will|we have|we|let me|am|will) )?"
_FILLER = r"(?:just|now|currently|still|already|also|right now|going to|gonna)"
_THING = (
    r"(?:it|this|that|these|mine|over|ownership|(?:this|that|the|your|my) (?:one|ticket|issue|case|problem|matter|now)|"
    r"(?:this|it|that) (?:one )?(?:over|up|on|next|first)|(?:over )?(?:ownership|from here|it from here))"
)
_TAIL = r"(?: (?:now|right now|right away|straight away|shortly|asap|today|currently|at the moment|atm|for you|immediately|as we speak|next|first thing|then|here|from here|myself))*"

_TAKE = re.compile(
    rf"{_SUBJECT}(?:{_FILLER} )?(?:on (?:it|this|that|the case)|mine|this (?:one )?is mine|this ones mine|(?:re ?)?(?:assigned|assigning)(?: (?:it|this))? to (?:me|myself|self)|"
    rf"(?:taking|take|took|taken|grabbing|grab|grabbed|got|have|claiming|claim|claimed|own|owning) {_THING}|"
    rf"(?:picking|pick|picked) (?:{_THING} )?up(?: {_THING})?|(?:picking|pick|picked) {_THING}|taking over|"
    rf"(?:handling|handle|taking care of|take care of|dealing with|deal with) {_THING}|leave (?:it|this|that|this one|that one) (?:with|to) me){_TAIL}"
)
_LOOK = re.compile(
    rf"{_SUBJECT}(?:{_FILLER} )?(?:(?:looking|look|digging|dig|checking|check|diving|dive)(?: (?:in ?to|at|on|in|over))?(?: {_THING})?|"
    rf"(?:having|have|taking|take|getting) a (?:quick |closer |proper )?look(?: (?:in ?to|at|on))?(?: {_THING})?|"
    rf"(?:working|work|starting|start|started|beginning|begin|proceeding)(?: (?:on|with|work on|working on))?(?: {_THING})?|"
    rf"(?:investigating|investigate|reviewing|review|reviewed|reading|read|analy[sz]ing|troubleshooting|researching)(?: (?:{_THING}|(?:the |your |all )?(?:notes?|brief|history|handoff)))?|"
    r"in progress|wip|under investigation|ack(?:nowledged)?|noted|received|seen|understood|got it|copy(?: that)?|roger|will do|more to (?:come|follow)|stand ?by|"
    r"assigned|escalated|escalation received|claimed|taken|shadowing|triaged?|(?:ticket )?(?:review|triage|admin)|time entry|following up(?: with \w+)?|chasing(?: \w+)?|"
    r"(?:(?:daily )?review(?:ed|ing)?(?: of)?|read(?:ing)?(?: through)?|(?:went|going) through) (?:(?:the|this|all|your) )?(?:\w+ )?(?:tickets?|notes?|brief|history|handoff|queue)|"
    rf"investigation (?:started|in progress|ongoing|under way|continues)){_TAIL}"
)
_UNDER_WAY = re.compile(
    rf"{_SUBJECT}(?:{_FILLER} )?(?:looking|digging|checking|investigating|reviewing|reading|working|analy[sz]ing|troubleshooting|researching|verifying|"
    r"(?:having|taking) a (?:quick |closer |proper )?look)\b(?!.*\b(?:shows?|showed|found|says|said|returns?|returned|gives?|gave|reveals?|revealed)\b).*"
)
"""Under way is not done, whatever it is about; what it showed is."""
_PASSING_ON = re.compile(
    r"(?:i am |i will |i )?(?:giving|handing|passing|give|hand|pass) (?:it |this |that |the ticket |ticket |this one )?(?:back|over|on)\b.*|"
    r"(?:i am |i will |i )?(?:re ?assigning|re ?assign|transferring)\b.*|(?:taking|took|take) over from\b.*|(?:picking|picked|pick)(?: (?:it|this))? up from\b.*|"
    r"ticket (?:claimed|taken|assigned|picked)\b.*|no (?:time|capacity)\b.*|(?:can|could|would) (?:someone|somebody|anyone|anybody|you)\b.*"
)
_DESK = re.compile(
    rf"{_SUBJECT}(?:{_FILLER} )?(?:"
    r"(?:assigning|assigned|dispatching|dispatched|routing|routed)(?: (?:it|this|ticket|this ticket|the ticket))? (?:to|for)"
    r"(?: (?:the|our) (?:[^\W\d]+ ){0,3}(?:shift|team|desk|queue|board|dispatch|engineers?|technicians?|techs?|seniors?|noc)|(?: (?!the |our |an? )[^\W\d]+)+)|"
    r"(?:escalating|escalated)(?: (?:it|this|ticket|this ticket|the ticket))? to (?:the )?(?:tier|level|t|l|engineers?|engineering|seniors?|noc|projects?)\b.*|"
    r"(?:moving|moved|sending|sent)(?: (?:it|this|ticket|this ticket|the ticket))? (?:back )?to (?:the |our )?(?:\w+ ){0,3}(?:board|queue|team|tier|desk|dispatch)|"
    r"(?:scheduled|scheduling|booked|booking)(?: (?:in|it|this|an?|the|onsite|on site|site|visit|call|appointment|remote|session|technician|tech|engineer))* (?:for|at|on|with|tomorrow|today|next)\b.*|"
    r"(?:changed|changing|set|setting|raised|raising|lowered|bumped|updated)(?: the)? (?:ticket )?(?:priority|severity|urgency|sla|subtype|ticket status|ticket type|ticket owner)\b.*|"
    r"(?:ticket )?(?:status|priority) (?:changed|set|updated|raised|moved)\b.*|been assigned\b.*)|"
    r"(?:this |the |your )?(?:ticket|case|request|issue) (?:has been |was |is |is now )?(?:assigned|received|scheduled|queued|updated|merged|claimed|taken|picked|dispatched|logged)\b(?! (?:with|at)\b).*"
)
"""Where the ticket goes says nothing of the problem."""
_NOT_YET = re.compile(
    r"(?:still )?(?:waiting|awaiting)\b.*|pending (?:customer|client|user|vendor|approval|parts?|reply|response)\b.*|on hold(?: (?:until|till|for now)\b.*)?|"
    r"parking (?:it|this)\b.*|no (?:updates?|news|progress|eta)(?: (?:yet|so far|from|as yet)\b.*)?|still on (?:my|the) list|(?:customer|client|user) to (?:call|reply|confirm|get) back\b.*|"
    r"(?:i |we )?(?:not|have not|havent|has not|hasnt|did not|didnt)(?: yet)? (?:looked|started|begun|had (?:an? |any )?(?:chance|time)|get (?:to|round|around)|got (?:to|round|around))\b.*|"
    r"reminder\b.*|sla (?:breach\w*|warning|missed|due|overdue)\b.*|n a|na|tbc|tbd|tba|test|ditto|(?:as|see) (?:above|below|attached|previous)|"
    r"\w+(?: \w+)? will (?:pick|look|handle|call|deal|take (?:it|this|over|a look))\b.*"
)
"""What has not been done, and what only fills a field that must not be empty."""
_ON_THE_WAY = re.compile(
    r"eta\b.*|(?:i am )?on (?:my|the) way\b.*|omw\b.*|en route\b.*|(?:i am )?(?:heading|driving|travell?ing) (?:to|over|out|there|in)\b.*|"
    r"k|kk|bump(?:ing|ed)?(?: this)?|ping(?:ing)?|any (?:updates?|news|joy|luck)\b.*"
)
_REQUEST = re.compile(
    r"\W*(?:@[\w.-]+[,:]?|(?P<named>[A-Z][\w'-]+),)\s+(?:please |pls |can you |could you |would you )?(?:take|pick|grab|look|check|have|call|do|ask|see|try|get|reboot|restart)\b|"
    r"\W*(?P<called>[A-Z][\w'-]+) (?:please|pls|can you|could you|would you) (?:please )?(?:take|pick|grab|look|check|have|call|ask|see|try)\b"
)
"""Somebody is spoken to by name and told what to do."""
_REPORTS = frozenset(("back", "complete", "done", "live", "online", "ready", "up"))
"""What stands alone before a request and is no name, beside verbs: "Done, please check again"."""
_NAMES_IN_ED = frozenset(
    "ahmed alfred fahed fred hamed jared javed khaled majed manfred mildred mohamed mohammed muhammed naveed ned obed rashed reed saeed "
    "sayed syed ted waleed wilfred winifred".split()
)
_REPLY = re.compile(
    r"^[^\w\n]*(?:accepted|declined|tentative(?:ly accepted)?|invitation|updated invitation|automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|reminder)\s*:.*",
    re.IGNORECASE | re.MULTILINE,
)
"""The subject of what a calendar or a mailbox answers by itself."""
_OF_ONES_OWN = ("i ", "we ", "mine", "this ", "taking", "grabbing", "picking", "claiming", "owning", "took", "claimed",
                "grabbed", "picked", "got this", "assigned", "assigning", "reassigned", "on ", "am ", "will ", "let me", "handling", "dealing", "leave ")  # fmt: skip
"""How a clause begins in which its writer takes something; "got it" (understood) and "take this" (a request) do not."""
_COURTESY = re.compile(
    r"(?:(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|morning|afternoon)(?: \w+){0,3}|(?:many |kind |best |warm )?(?:thanks|thank you|thx|cheers|ta|regards|sorry|apologies|please bear)\b.*|"
    r"ok(?:ay)?|yes|yep|sure|great|all|team|no worries|no problem|fyi)"
)
_PLAN = re.compile(
    r"(?:(?:and |then |but |so )*(?:(?:i|we|he|she|they|it) )?(?:will|shall|would|going to|gonna|plan(?:ning)? to|need to|have to|should|hope to|aim(?:ing)? to|about to|expect)\b.*|"
    r"(?:i|we) (?:am|are) (?:going|planning|about) to\b.*|(?:to|let me|let us)\b .*|(?:more |an? |next )?(?:updates?|news|eta)\b.*(?:soon|shortly|follow\w*|come|asap|later|by|at|in|tomorrow).*|"
    r"(?:soon|shortly|asap|later|today|tomorrow|then|now|next|first|back|(?:by|at|in|within|before|after) (?:\d|an? |the |noon|lunch|end).*))"
)
_GUESS = re.compile(
    r"(?:it )?(?:probably|maybe|perhaps|possibly|presumably|might|may|could|i think|i guess|i suspect|i believe|suspect|guess|looks like|seems|sounds like|my guess|must be)\b.*"
)
_READ_BACK = re.compile(
    r"\W*(?:(?:taking (?:it|this)(?: one)?|on it|mine)\W+)?(?:(?:i|we)(?:['’]ll|['’]m| will| am| shall|['’]re| are)? (?:start|begin|starting|beginning)|"
    r"will (?:start|begin)|starting|beginning)(?: off| out| here)? "
    r"(?:with\b|(?:by|at|from)\b(?!\W*\d{1,2}(?::\d\d)?\s?(?:am|pm|h|o.?clock)?(?:\s|\W*$)))"
    r"(?!\W*(?:noon|lunch|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day|next|the (?:morning|afternoon))\b)(?=\W*\w)",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[,;!?()\n]+\s*|:\s+|\.(?:\s+|$)|\.{2,}|\s+[-–—/&+]+\s*|\s+(?:and|but)\s+(?!then the )", re.IGNORECASE)
_SHORT = {
    "i'm": "i am", "im": "i am", "i'll": "i will", "ill": "i will", "i've": "i have", "ive": "i have", "we're": "we are",
    "we'll": "we will", "we've": "we have", "i'd": "i would", "it's": "it is", "lookin": "looking", "checkin": "checking", "workin": "working",
}  # fmt: skip

Sense = Literal["announcement", "courtesy", "plan", "guess", "question", "deed"]


def plain(text: str) -> str:
    """Return the text's words in lower case with single spaces, for telling whether two texts are the same."""
    return " ".join(re.findall(r"\w+", text.lower()))


def start_with(text: str) -> str | None:
    """Return the sentence that answers the brief's read-back, verbatim, or None."""
    for stretch in stretches(text):
        if stretch.kind in ("sentence", "item") and _READ_BACK.match(stretch.text):
            return stretch.text.strip()
    return None


def takes(text: str) -> bool:
    """Tell whether a note says that its writer takes the ticket: "taking this", "on it", or a read-back."""
    if start_with(text):
        return True
    said = (s.text for s in stretches(text) if s.kind in ("sentence", "item"))
    own = (sentence for sentence in said if not _asks(sentence) and not sentence.rstrip().endswith("?"))
    clauses = (_bare(clause) for sentence in own for clause in _clauses(sentence))
    return any(_takes(_YES.sub("", words)) for words in clauses)


_YES = re.compile(r"^(?:(?:ok|okay|yes|yep|right|hi|hello|all) )+")


def _takes(words: str) -> bool:
    english = _TAKE.fullmatch(words) is not None and words.startswith(_OF_ONES_OWN)
    return english or announced(words) == "take"


def reports_deed(text: str, *, by: tuple[str, ...] = (), strict: bool = False) -> bool:
    """Tell whether a text reports something done. `by` are its writer's names; `strict` doubts guesses.

    A question is no deed, whoever is asked: "what did you try?" is what a brief is there to spare.
    """
    senses: list[Sense] = []
    for stretch in stretches(_REPLY.sub("", text)):
        if stretch.kind == "pasted" and "\n" in stretch.text.strip():
            return True
        if stretch.kind in OTHERS and stretch.kind != "pasted":
            continue
        senses += _senses(stretch.text, by)
    doubtful = strict or "announcement" in senses
    return "deed" in senses or (not doubtful and "guess" in senses)


def announces(text: str, *, by: tuple[str, ...] = ()) -> bool:
    """Tell whether a text says that its writer takes it, is about it or passes it on."""
    return any("announcement" in _senses(stretch.text, by) for stretch in stretches(text) if stretch.kind not in OTHERS)


def _senses(sentence: str, by: tuple[str, ...]) -> Iterator[Sense]:
    if _asks(sentence):
        yield "plan"
        return
    answer = _READ_BACK.match(sentence)
    if answer:
        yield "announcement"
        sentence = sentence[answer.end() :]
    for place, clause in enumerate(_clauses(sentence)):
        if answer and (place == 0 or deeds.claims(clause.strip()) != "deed"):
            continue
        yield _sense(clause, asked=sentence.rstrip().endswith("?"), by=by)


def _asks(sentence: str) -> bool:
    """Whether somebody is told what to do, by a name before it that is no deed."""
    asked = _REQUEST.match(sentence)
    first = ((asked["named"] or asked["called"] or "") if asked else "").lower()
    reported = first in _REPORTS or deeds.starts_with_deed(first) or (first.endswith("ed") and first not in _NAMES_IN_ED)
    return asked is not None and not reported


def _sense(clause: str, *, asked: bool, by: tuple[str, ...]) -> Sense:
    words = _bare(clause)
    if any(way.fullmatch(words) for way in (_TAKE, _LOOK, _UNDER_WAY, _PASSING_ON, _DESK, _ON_THE_WAY)) or announced(words):
        return "announcement"
    names = {part for name in by for part in plain(name).split()}
    initials = {"".join(part[0] for part in plain(name).split()) for name in by if name}
    if _COURTESY.fullmatch(words) or set(words.split()) <= names | initials:
        return "courtesy"
    if _PLAN.fullmatch(words) or _NOT_YET.fullmatch(words):
        return "plan"
    if _GUESS.fullmatch(words):
        return "guess"
    return "question" if asked else "deed"


def _clauses(sentence: str) -> Iterator[str]:
    for clause in _CLAUSES.split(sentence):
        if clause and re.search(r"[^\W\d_]", clause):
            yield clause


def _bare(clause: str) -> str:
    """Return a clause in lower case without punctuation, contractions written out."""
    words = re.findall(r"[\w']+", clause.lower().replace("’", "'"))
    return " ".join(_SHORT.get(word, word.replace("'", "")) for word in words)
