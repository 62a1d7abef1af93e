"""What came of a deed where the words right after it tell: the next sentences of its text, or how the next text of its side begins.

Only a remark that says by its own form that it is a result is one ("Still no picture.", "That did nothing.", "No drops since."):
what merely names trouble, a question, a plan, advice or a condition may be about anything else.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter

from escalation.text.passages import NOT_STAFF, Deed, Passage, Words
from escalation.text.stretches import Stretch, small
from escalation.wording import outcomes
from escalation.wording.deeds import claims, looks_ahead, starts_with_deed
from escalation.wording.told import ends_in_result

_NEAR = 2
"""So many stretches after a deed may tell what came of it."""
_LONGEST = 30
"""Words of a result; a longer sentence tells a story of its own."""
_APART = 8
"""Characters between two deeds at most that are told in a row."""
_SURE = 0.8
"""From which probability on an outcome stands against words that say another."""
_SENSE = {"failed": "no", "no_change": "no", "worked": "yes"}

_OPENING = (
    r"^\W*(?:(?:but|and|so|yet|then|now|also|well|ok|okay|hmm+|unfortunately|sadly|alas|sorry|hi|hiya|hello|hey|thanks|thank you|nope|no|yes|yep|results?(?: is| was| are)?|outcome|update|edit|afterwards|after that|since then|"
    r"today|this morning|this afternoon|tonight|(?:the )?next (?:day|morning|am)|morning|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?!note|vendor|isp|support|nb|ps|fyi)\w+(?=:)|\d{1,2}[:.h]?\d\d(?: ?[ap]m)?)\b[\s,:.!–-]+){0,4}"
)
_TROUBLE = r"(?:(?:the |that |this |her |his |our |their )?(?:problems?|issues?|errors?|faults?|symptoms?|behaviou?rs?|messages?|alerts?|prompts?|drops?|noise|lag|delay|pop-?ups?|lock-?outs?|crash(?:es)?)(?: \w+)?)"
_THING = r"(?:it|that|this|both|they|these|she|he|everything|everyone|all(?: \w+)?|(?:the |her |his |our |their |all )?(?:users?|customers?|clients?|cx|staff|printers?|phones?|calls?|mails?|pcs?|laptops?|server|screen|monitor|app|site|link|tunnel|connection|vpn|job|backup|sync|scan(?:ner)?|service|arrays?|web client|connector|queue|drive))"
_EMPTY_HANDED = r"(?:no (?:change|luck|joy|diff(?:erent|erence)?|effect|dice|improvement|go|success|better|result|help)\b|to no avail\b|in vain\b|without (?:success|luck|any (?:effect|change|luck|success)|effect)\b|nothing changed\b|did nothing\b|same (?:again|issue|error|problem|results?|thing|outcome|behaviou?r|message|story|symptoms?|fault|here|there|as before)\b|(?:exactly )?the same (?:issue|error|problem|result|thing|again|message|as before|behaviou?r)|(?:exactly )?(?:the )?same\W*$)"
_ALL = r"(?:all of (?:that|this|it)|(?:none|nothing|neither|both)(?: of)?(?: (?:that|this|it|these|those|them|the above|above))?)"
_STILL = (
    r"still (?!to\b|needs?\b|have to\b|has to\b|had to\b|wait\w*|look(?:s|ing) (?:in|for|at)\b|investigat\w*|check\w*|test\w*|us(?:e|es|ing)\b|open\b|on (?:the )?(?:phone|call|site)\b|pending|going to|no (?:answer|reply|response|word|news|time|eta|update|call)\b|under\b|in (?:the|warranty|progress)\b|ha(?:s|ve) (?:the|a|an|to|time)\b|want\w*|think\w*|on it|working on|"
    r"running (?:the |a )?(?:scan|test|check|job|memtest)|wonder\w*|suspect\w*|unsure|not sure|don['’]?t know|unclear)"
)
_DID = r"(?:help\w*|fix\w*|solv\w*|resolv\w*|cure[ds]?|chang\w+ (?:nothing|anything|it|a thing|that|much|this)|ma[dk]es? (?:no|any|a|it|things|the)|did (?:it|nothing|the trick|not)|do (?:it|anything|a thing|the trick)|done (?:it|nothing|the trick)|(?:been )?in vain|no (?:help|use|good)|any (?:help|use|good)|the same)"
_ENDS = r"(?:\w+ ){0,4}(?:again|now|too|anyway|as before|either|since)\b"
_VERDICT = re.compile(
    _OPENING
    + rf"(?:{_EMPTY_HANDED}"
    rf"|(?:(?:that|this|it|which|these)(?: part)?|{_ALL})(?: all| also| so far| really| actually)? (?:(?:has|have|had|did|does|do|was|is|were|are|seems|seemed)(?:n['’]?t| not)?(?: been| seem to| appear to| to| really| actually| all)? )?(?:{_DID}|(?:work(?:s|ed)?|went|go)\b(?: (?:fine|well|great|perfectly|smoothly|ok|okay|for|until|till|either|too|as well|but|and|now|again|at all|so|flawlessly)\b|\W*$))"
    rf"|(?:[\w'’-]+ ){{0,4}}(?:did|does|do|has|have)(?:n['’]?t| not) (?:help|fix|solve|resolve|cure|do (?:it|anything|a thing|the trick)|change (?:anything|it|a thing|that)|made? (?:any|a) diff)\w*"
    r"|(?:did|does)(?:n['’]?t| not) work\b|(?:works|worked|working|fixed|solved|resolved|sorted)(?: (?:now|again|fine|great|perfectly|ok|well|flawlessly|so far|since|for|until|till|but|at first))+\b|(?:fixed|solved|resolved|sorted|worked|works|helped)(?: it)?\W*$"
    rf"|(?:most|some|half|all) of (?:it|them)(?:['’]s| is| are|['’]re) (?:back|gone|fine|up|there|working|still)\b"
    rf"|{_THING}(?: all| now| both| just| then)?(?: (?:is|are|was|were)|['’]s|['’]re|has been|have been) (?:now |all |both |just )?(?:back|up|fixed|gone|working|fine|ok|okay|quiet|stable|down|dead|stuck|offline|blank|frozen|worse|better|faster|slower|cured|sorted|the same|unchanged|active|(?:as )?slow as)\b"
    rf"|{_THING} (?:(?:is|are|was|were)(?:n['’´]?t| not)|not) (?:updating|working|printing|syncing|connecting|loading|starting|opening|booting|applying|replicating|ringing|charging|moving)\b"
    rf"|{_THING}(?: all| now| both| just| then)? (?:works?|(?:came|comes|went|goes) (?:back|away)|fails?|failed|drops?|dropped|happen(?:s|ed)|locks?|locked|crash(?:es|ed)|freezes|froze|bounced|died|dies|stops?|stopped|disconnect(?:s|ed)|returned|reappeared|persists?|remains?|continues?|starts?|rings?|disappeared|vanished|prints?|connects?|opens?|boots?|loads?|syncs?) (?:{_ENDS}|fine|ok|perfectly|well)"
    rf"|(?:[\w'’-]+ ){{1,4}}(?:works?|rings?|prints?|opens?|loads?|connects?|boots?|syncs?|starts?|scans?|(?:is|are) (?:up|back|ok|fine|working|online|green)) (?:\w+ ){{0,4}}(?:again|now)\W*$"
    rf"|(?:the |all |both )?(?:users?|she|he|they|customers?|clients?|everyone) can(?:not|['’]?t)? (?:now |again |all )?(?:print|log|sign|open|send|receive|call|see|save|connect|reach|work|access|start|ring|dial|ping|add|scan|join|hear)\b"
    rf"|{_TROUBLE} (?:(?:is|was|are|were|has|have|still|now|did|does|then) )*(?:(?:all |completely )?gone|persist\w*|remain\w*|continu\w*|return\w*|back|came back|comes back|stay(?:s|ed)?|unchanged|the same|not (?:gone|fixed|resolved|solved)|went away|disappeared|stopped|reappear\w*|solved|fixed|resolved|cleared)\b"
    r"|(?:happen(?:s|ed)|fail(?:s|ed)|dropp?(?:s|ed)|locks?|locked|crash(?:es|ed)|froze|bounced|down|offline|stuck|dead|back|black|blank|gone|died|rebooted|disconnect(?:s|ed)) (?:\w+ ){0,2}(?:again|as before|after (?:an?|\d+|\w+ (?:min|hour|day))\w*|at \d\S+|\d\d?[:.h]?\d\d)\b|stuck\b|(?:\w+ ){1,2}same\W*$"
    r"|(?:it|that|this) (?:was|got|is)(?:,? if anything,?)? worse\b|worse\b|back (?:up|online|to normal|in service|in business|again)\b|up and running\b|running since\b|all (?:good|fine|ok|okay|back|up|green|working|quiet|well|clear)\b(?=\W|$)(?! (?:to|the)\b)|came (?:back )?(?:up|back)\b|(?:held|lasted|holding|holds|stayed up|was fine|ran fine|ok|fine|good|stable|quiet|perfect) (?:for|until|till|since|so far|about|all (?:day|night|morning|week)|up to|overnight)\b"
    r"|(?:no|not|zero|not one|not a single) (?:more |further |new |other |one |single )?(?:\w+ )?(?:drops?|crash(?:es)?|errors?|freezes?|lock-?outs?|complaints?|disconnects?|reboots?|alerts?|prompts?|bounces?|shouts?|repeats?|recurrence)\b(?: \w+){0,3} (?:since|so far|after|today|overnight|yet|any ?more|now|in|for|all)\b"
    r"|(?:nobody|no ?one)(?:['’]s| has|) (?:rung|called|complained|reported|shouted|noticed)\b"
    r"|(?:[\w/:]+ ){0,5}(?:without|w/o|w/out) (?:an? |any |further )?(?:\w+ )?(?:calls?|drops?|crash\w*|errors?|complaints?|lock-?outs?|issues?|problems?|hiccups?|alerts?|prompts?)\b"
    r"|nothing (?:works|worked|helps|helped|happens|happened|changes|does it|did it|(?:above |of (?:that|this|it|these) )?(?:has |had )?helped)\b"
    rf"|{_STILL}\w+)"
)
"""What says of itself that it is a result: it points back, or says that the trouble goes on, is gone, is back."""
_STILL_SO = re.compile(_OPENING + rf"(?:(?!if\b|when\b|why\b|while\b|there\b|you\b)[\w'’.,/+&-]+ ){{1,5}}{_STILL}[\w'’]+")
"""The same with who or what before it: "Users still cannot print."."""
_CONTRAST = re.compile(r"^\W*(?:but|however|nevertheless|nonetheless|unfortunately|sadly|alas|regardless|even so|despite (?:that|this)|after (?:that|this|doing (?:so|this|that))|as a result|now|from then on|since then)\b[\s,]+(?!also\b|as\b|note\b|when\b)", re.IGNORECASE)
"""What turns from the deed to what came of it; the rest has to say how it went."""
_TESTED = re.compile(r"^\W*(?:and |then )?(?:(?:re-?)?test(?:ed|s)?\b(?! (?:user|account|machine|server|mailbox|pc|lab|env\w*|group)\b)|(?:called|rang|tried|scanned|printed) again\b|next \w+\b)", re.IGNORECASE)
"""A trial of what was changed right before."""
_ALL_OF_IT = re.compile(r"\b(?:none|neither|all|nothing|any)\b.{0,30}\b(?:of (?:that|this|it|these|those|them|the above)|above|so far|all that)\b|\bnothing (?:works|worked|helps|helped|has helped|i tried)\b|^\W*(?:still )?(?:all )?to no avail\b|\bafter all (?:that|this|of)\b|^\W*none (?:helped|worked)\b")
"""What is said of everything before it."""
_CHECKED = re.compile(
    _OPENING + r"(?:(?:all|everything|both|it|they|that|this|these)(?: \w+)? (?:is|are|was|were|looks?|looked|seems?|came back|checks? out|tests?|tested) (?:\w+ )?(?:fine|ok|okay|good|normal|correct|clean|healthy|right|green|valid|there|as expected)\b|nothing (?:found|there|logged|obvious|odd|unusual|suspicious|wrong|relevant|in (?:it|there)|out of)\b|no (?:\w+ )?(?:errors?|faults?|findings?|warnings?|issues|problems|events?|hits|entries|alerts?|threats?|loss|conflicts?|bad sectors)\b(?! (?:to|until|till)\b)|(?:all )?(?:clean|passed|fine|healthy|normal|ok)\W*$)"
)
"""What a check found, told after it."""
_ELSE = re.compile(
    r"\?|\b(?:maybe|perhaps|probably|i think|i guess|i assume|i am assuming|assuming|suspect\w*|wonder\w*|might|regards|cheers|please|pls|let me know|hope(?:fully)?|(?:any(?:one|body)?|some) (?:ideas?|help|suggestions?)|confirm|not sure|can['’]?t (?:say|tell|confirm|test)|no idea|on lunch|n/a|tomorrow|should|would|if (?:it|that|this|not|so|the|you|we|she|he|they)|in case|unless|on leave|voicemail|no (?:answer|reply))\b"
)
"""Questions, guesses, plans, courtesy and what people are busy with."""
_CLAUSE = re.compile(r"[,;(]\s|\s[-–—>]\s|[.!]\s+|\n")
"""What ends a clause."""


_SHORT = 12
"""Words of a state that is told after a change."""
_STATE = re.compile(r"^\W*(?!there\b|i\b|we\b)(?:[\w'’./@-]+ ){1,6}?(?:(?:is|are) (?!a\b|an\b|the\b|on (?:leave|holiday|hols))|gets?\b|can\b|works?\b|stays?\b|shows?\b|prints?\b|opens?\b|loads?\b|now\b|still\b|back\b)|^\W*now\b")
"""How a sentence tells how something is by now."""
_ITS_OWN = re.compile(r"^\W*(?:[^:]{2,40}:\s|no\b|\w+ed\b(?! (?:again|out)\b|,)|.{2,60}\s[-–=>]{1,2}\s)")
"""What begins as a finding or a deed of its own: "Sign-in log: …", "Resumed the other"."""
_ROW = re.compile(r"\s[-–=>]{1,2}\s")
"""What stands between a finding and its subject."""


_BACK = re.compile(
    r"\b(?:not|never|n['’]t) (?:\w+ ){0,2}(?:resolved|fixed|solved|sorted|hold|held|last|lasted|work|working|help|helped|gone|any better)\b|\b(?:is|are|came|come|comes|it['’]s|they['’]re|all|was|were|right) back\b|\bback (?:again|this|since|at)\b|\bagain\b|\breturned\b|\bre-?appear\w*|\bre-?occur\w*|\bstill\b"
    r"|\b(?:the|exact(?:ly)?) same (?:\w+ )?(?:problem|issue|error|fault|thing|message)\b"
)
"""What may say that the trouble did not stay away; "working again" and "back up" say the opposite."""
_BACK_SURELY = re.compile(rf"\b{_TROUBLE} (?:\w+ ){{0,2}}(?:back|returned|re-?appeared|persists?)\b|\b(?:unfortunately|sadly|alas)\b.{{0,20}}\bback\b")
_TALK = re.compile(
    r"\W{0,9}(?:(?:i|we|have|has|then|also|just|and|he|she|they|user|customer|cx)\s){0,3}(?:told|asked|informed|advised|emailed|e-mailed|mailed|called|rang|phoned|texted|messaged|sent|let|chased|promised|ordered|requested|booked|escalated|raised|logged|opened (?:a |an )?(?:\w+ )?(?:case|ticket|sr))\b",
    re.IGNORECASE,
)
"""What was said to somebody or ordered, which what follows is seldom the result of."""


def only_result(text: str) -> bool:
    """Return whether a few words only say that the trouble goes on, is gone or is back."""
    low = small(text.strip())
    return len(low.split()) <= _FEW and _VERDICT.match(low) is not None and _AND.search(low) is None and not starts_with_deed(text)


_FEW = 8
_AND = re.compile(r"\b(?:when|while|if|with|on|in|and|but|from|for)\b|[,;:]")
"""What makes more of it than that: a finding."""


def with_results(deeds: Sequence[Deed], passages: Sequence[Passage]) -> list[Deed]:
    """Return the deeds in their order, each whose own words do not tell what came of it with the words after it that do."""
    said = [_words(deed, passages) for deed in deeds]
    bare = [not (deed.result_stated or _TALK.match(words) or ends_in_result(words)) for deed, words in zip(deeds, said, strict=True)]
    found: list[Words | None] = [None] * len(deeds)
    deeds = list(deeds)
    for place, open_yet in enumerate(bare):
        if deeds[place].outcome == "worked" and (back := _came_back(place, deeds, passages)):
            deeds[place] = replace(deeds[place], outcome="partial", outcome_sure=1.0)
            found[place] = back
            continue
        told = (_in_text(place, deeds, passages) or _in_next(place, deeds, passages)) if open_yet else _in_itself(deeds[place], passages)
        if after := None if told and open_yet else _right_after(place, deeds, passages, bare=open_yet):
            told, found[place] = after if open_yet else told, found[place] or after
        if told is None:
            continue
        words = passages[told[0]].text[told[1] : told[2]]
        for other in _meant(place, deeds, passages, words):
            if bare[other] and found[other] is None and _fits(deeds[other], words):
                found[other] = told
    return [replace(deed, result=told) if told else deed for deed, told in zip(deeds, found, strict=True)]


def _words(deed: Deed, passages: Sequence[Passage]) -> str:
    return passages[deed.passage].text[deed.start : deed.end]


def _next(place: int, deeds: Sequence[Deed]) -> Deed | None:
    """Return the next deed of the same text."""
    after = deeds[place + 1] if place + 1 < len(deeds) else None
    return after if after is not None and after.passage == deeds[place].passage else None


def _after(deed: Deed, passage: Passage) -> Sequence[Stretch]:
    return passage.stretches[bisect_left(passage.stretches, deed.end, key=attrgetter("start")) :]


def _in_itself(deed: Deed, passages: Sequence[Passage]) -> Words | None:
    """Return how a deed's own words end, where that tells that the trouble goes on: then it does after the deeds before it too."""
    text = _words(deed, passages)
    begin = max((cut.end() for cut in _CLAUSE.finditer(text)), default=0)
    if not begin or outcomes.outcome_of(text[begin:]) != "no_change" or not _told_until(text[begin:], deed, strict=True):
        return None
    return deed.passage, deed.start + begin, deed.start + len(text)


def _in_text(place: int, deeds: Sequence[Deed], passages: Sequence[Passage]) -> Words | None:
    """Return what of the next stretches tells it, up to where the next deed begins."""
    deed, passage = deeds[place], passages[deeds[place].passage]
    begun = _next(place, deeds)
    for number, stretch in enumerate(_after(deed, passage)[:_NEAR]):
        if stretch.kind not in ("sentence", "item"):
            return None
        if (end := _told_until(stretch.text, deed, strict=number > 0)) > 0:
            return deed.passage, stretch.start, stretch.start + end
        if (begun is not None and stretch.start <= begun.start < stretch.end) or stretch.text.rstrip().endswith("?"):
            return None
    return None


def _right_after(place: int, deeds: Sequence[Deed], passages: Sequence[Passage], *, bare: bool) -> Words | None:
    """Return the sentence on the same line right after a deed that tells what came of it, by its place rather than by its form.

    After a check that says nothing of what it found, whatever is stated; after a change, a state that is told as such. Where its own
    words tell a result already, only a verdict on that.
    """
    deed, passage = deeds[place], passages[deeds[place].passage]
    after = next(iter(_after(deed, passage)), None)
    if after is None or after.kind not in ("sentence", "item") or "\n" in passage.text[deed.end : after.start] or _TALK.match(_words(deed, passages)):
        return None
    low, count = small(after.text), len(after.text.split())
    if starts_with_deed(after.text) or claims(after.text) is not None or looks_ahead(low) or _ELSE.search(low) or count > _LONGEST:
        return None
    did = _words(deed, passages)
    verdict = _VERDICT.match(low) is not None and _ROW.search(low) is None
    if not verdict and (_ITS_OWN.match(low) or not (deed.check or starts_with_deed(did) or claims(did) == "deed")):
        return None
    said = outcomes.outcome_of(after.text, check=deed.check) != "unknown"
    fits = verdict if deed.check and not bare else deed.check or (count <= _SHORT and (verdict or said or (bare and _STATE.search(low) is not None)))
    return (deed.passage, after.start, after.start + len(after.text.rstrip())) if fits and _fits(deed, after.text) else None


def _in_next(place: int, deeds: Sequence[Deed], passages: Sequence[Passage]) -> Words | None:
    """Return how the next text of the same side, or the customer's, begins, where that tells it and the deed ends its own text."""
    deed, here = deeds[place], passages[deeds[place].passage]
    if _next(place, deeds) is not None or sum(s.kind in ("sentence", "item") for s in _after(deed, here)) >= _NEAR:
        return None
    for at in range(deed.passage + 1, len(passages)):
        if passages[at].role == here.role or (here.role not in NOT_STAFF and passages[at].role == "customer"):
            spoken = next((s for s in passages[at].stretches if len(s.text.split()) > 2 or _VERDICT.match(small(s.text))), None)
            end = _told_until(spoken.text, deed, strict=True) if spoken is not None and spoken.kind in ("sentence", "item") else 0
            return (at, spoken.start, spoken.start + end) if spoken is not None and end else None
        if passages[at].role not in ("system", "us"):
            return None
    return None


def _came_back(place: int, deeds: Sequence[Deed], passages: Sequence[Passage]) -> Words | None:
    """Return how the next text of the side, or the customer's, begins, where that says that what a deed had mended came back.

    Only the last deed of a text is meant, and one that is told as having worked.
    """
    deed = deeds[place]
    if _next(place, deeds) is not None or outcomes.outcome_of(_words(deed, passages)) != "worked":
        return None
    for at in range(deed.passage + 1, len(passages)):
        if passages[at].role not in ("system", "us"):
            spoken = next((s for s in passages[at].stretches if s.kind in ("sentence", "item") and (len(s.text.split()) > 2 or _BACK.search(small(s.text)))), None)
            if spoken is None or passages[at].role == "unknown":
                return None
            low = small(spoken.text)
            says = _BACK_SURELY.search(low) or (_BACK.search(low) and outcomes.outcome_of(low) not in ("worked", "unknown"))
            return (at, spoken.start, spoken.end) if says and not _ELSE.search(low) and not starts_with_deed(spoken.text) and len(low.split()) <= _LONGEST else None
    return None


def _told_until(text: str, deed: Deed, *, strict: bool) -> int:
    """Return where that of a stretch ends which says by its form what came of a deed, 0 where nothing does.

    `strict` where it may as well be about something else.
    """
    low = small(text)
    end = len(text)
    if (other := _ELSE.search(low)) is not None:  # courtesy and plans behind a comma are left out
        cuts = [cut.start() for cut in _CLAUSE.finditer(low, 0, other.start()) if cut.start() > 12]
        end = cuts[-1] if cuts else 0
    low, said = low[:end], text[:end]
    if not said.strip() or len(said.split()) > _LONGEST or looks_ahead(low):
        return 0
    if not strict and not deed.check and _TESTED.match(text) and outcomes.outcome_of(said, check=True) != "unknown":
        return end
    if starts_with_deed(said) or claims(said) is not None:
        return 0
    if _VERDICT.match(low) or _STILL_SO.match(low) or (deed.check and _CHECKED.match(low)):
        return end
    turned = None if strict else _CONTRAST.match(text)
    return end if turned is not None and outcomes.outcome_of(said[turned.end() :], check=deed.check) != "unknown" else 0


def _meant(place: int, deeds: Sequence[Deed], passages: Sequence[Passage], told: str) -> list[int]:
    """Return the deeds that a result is said of: the last, and those that were done in a row with it; all of its text if it says so."""
    meant = [place]
    of_all = _ALL_OF_IT.search(small(told)) is not None
    of_row = outcomes.outcome_of(told) != "unknown"
    for other in range(place - 1, -1, -1):
        before, after = deeds[other], deeds[other + 1]
        if before.passage != after.passage:
            break
        between = passages[before.passage].text[before.end : after.start]
        if of_all or (of_row and not before.check and len(between) <= _APART and "\n" not in between):
            meant.append(other)
        elif not of_all:
            break
    return meant


def _fits(deed: Deed, text: str) -> bool:
    """Whether words do not say the opposite of what a sure outcome is."""
    said = _SENSE.get(outcomes.outcome_of(text, check=deed.check))
    mine = _SENSE.get(deed.outcome)
    return deed.outcome_sure < _SURE or said is None or mine is None or said == mine
