"""How people say what came of a deed.

The patterns are tried in order and the first that is found decides: relief that did not last before success,
denied success ("did not fix it") before success, and success before the words for failure it may contain.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from escalation.wording.quick import may_hold

Outcome = Literal["failed", "no_change", "partial", "worked", "unknown"]

TEMPORARY = re.compile(
    r"\b(?:on (?:a few|some|most|several|half|one or two|certain)\b(?! (?:of )?(?:point|reason|day))|(?:work\w*|ok|fine|up|back|good|holding|stable|better)[^.]{0,20} (?:for now|so far|at the moment|for the moment)|(?:work\w*|fine|ok|okay|up|held|holds?|help\w*|stable|better|good|fixe[sd]|gone|quiet|last(?:s|ed)|connected|online|back|again|resolved|solved|ran|runs|stayed|improved|well|clean|relief)\b[^.,;]{0,25}? for (?:a|about|around|approx\w*|roughly|some|the|another|only)? ?(?:an? (?:hour|day|week|minute|moment|afternoon|morning|night)|\d+|few|couple|while|bit|one|two|three|several|moment|short)\b"
    r"(?: of)?(?: ?(?:h|hrs?|hours?|mins?|minutes?|days?|weeks?|seconds?|secs?|time))?|(?:work\w*|fixed|helped|up|better|resolved|solved|ok) temporarily|temporarily (?:work\w*|fixed|helped|solved|resolved|better)|temporary (?:relief|fix|improvement|success)|(?:came|comes|coming) back (?:after|within|in) (?:(?:a|an|one|two|three|four|\d+|several|some|a few) )?(?:hours?|days?|weeks?|h\b|hrs?)|"
    r"(?:issue|problem|error|it) returned|then (?:it )?(?:failed|dropped|stopped|died|broke|hung|crashed|went)|until (?:the|it|next|a|i|reboot)|intermittent\w*|partial\w*|"
    r"sometimes|half of|some of|a (?:little|bit) (?:better|faster)|slightly|somewhat|improved|better,? but|less often|narrow\w*|"
    r"only (?:works?|happens?|affects?|when|on|for|with|from|the|this|one)|but (?:only|not|the next|after|now it|then)|helped (?:a|some|for)|\d+ (?:out )?of (?:the )?\d+|\b(?:readable|usable|legible|faster|quicker|better),? but|at first(?! (?:try|attempt|go|time|shot|boot))|"
    r"works? (?:on|from|in|with|via|over|using|if|when|for|by|locally|through|there)|worked (?:on|from|in|with|via|over|using|if|when|by|locally|there))\b")
DENIED = re.compile(
    r"\b(?:no (?:change|luck|joy|diff|difference|effect|dice|improvement|help|go|success|better|avail|result|results|fix|love|cigar)|to no avail|nada|nope|nff|no fault found|nothing changed|"
    r"(?:did|does|do|has|have|had|was|is|were|would)(?:n['’]?t| not| nothing)(?: seem to| really| appear to| actually| even)? ?(?:help\w*|fix\w*|work\w*|resolv\w*|solv\w*|"
    r"change\w*|make|made|matter|any|do|stop\w*|clear\w*|improve\w*|cure\w*)|did nothing|does nothing|made no|makes no|without (?:success|luck|any|effect|result|change|improvement|findings?|finding (?:a |any)\w*)|likewise|ditto|to the same (?:end|effect)|"
    r"same (?:issue|error|problem|result|results|thing|drop|behaviou?r|outcome|message|symptom\w*|story|again|as before|\w+ error|fault|code|screen)|(?:is|was|are|were|stays?|stayed|remains?|remained) (?:exactly |still |just )?the same\b|the same(?=\s*(?:$|[.,;!)]|as\b|again|thing|issue|error|result|problem|way\b|\w+ error))|same(?=\s*$|[.,;])|same (?:on (?:mon|tues|wednes|thurs|fri|satur|sun)day|the next|next (?:day|morning))|"
    r"same (?!time|day|way|pc|computer|machine|user|profile|port|switch|network|subnet|vlan|as\b|for\b|on\b|in\b|at\b|size|file|house|home|site|room|office|cable|driver|version|model|lookup)\w+(?: \w+)?(?=\s*(?:$|[.,;!)]))|"
    r"still (?!running\b)\w+|(?:issue|problem|error|it|fault|symptom\w*) (?:\w+ )?(?:persist\w*|remain\w*|continu\w*|returned|reappear\w*|unchanged)|persists|unchanged|"
    r"not (?:fixed|resolved|solved|working|helping|it|the (?:cause|issue|problem))|no longer the|not help\w*|nothing (?:went|came|got|logged|blocked|received|sent|odd|strange|suspicious|left|helped|worked|works|wrong|found|unusual|obvious|relevant|in|there|useful|new)|"
    r"not (?:there|visible|showing|listed)|(?:found|finds|sees?|shows?|showed|detect(?:s|ed)|reveal(?:s|ed)|yield(?:s|ed)) nothing|(?:can(?:no|['’])?t|cannot|could(?:n['’]?t| not)|did(?:n['’]?t| not)|do(?:n['’]?t| not)|does(?:n['’]?t| not)) (?:find|see|detect|show|spot|reveal|locate)(?: \w+){0,3} (?:any\w*|wrong|a|that|errors?|issues?|one|there|in)\b|nothing\s*(?=$|[.,;!])|not resol\w+|(?:but|and|then) still\\b|while (?:the )?(?:issue|problem|error) |none (?:of|found|there|worked|helped)|useless|failed to (?:fix|resolve|help)|drops? again|fails again|happened again|back again|neither|again (?:\d+|an?|the same) \w+)\b")
LACKING = re.compile(
    r"\bno (?!answer|response|reply|connection|dhcp|dial|link|signal|power|errors?|issues?|problems?|packet|loss|faults?|such|warnings?|conflicts?|alerts?|bad|integrity|incident|virus\w*|malware|threats?|drops?|more|longer|need|session|reboot)(?:\w+)(?=\s*(?:$|[.,;!)]))|\bnone of (?:it|them|these) (?:leaves?|arrives?|gets?|comes?|goes|reach\w*|shows?)\b"
)
"""Something is not there: after a change, it did not help; for a check, a finding."""
_TROUBLE_AGAIN = (
    r"\b(?:(?:crash|fail|dropp?|lock|reboot|stopp?|fr[eo]ez|frozen|fro|hang|hung|disconnect|stick|die|happen|return|block|bounc|expir|degrad|flap|blank|bounce)(?:s|es|ed|d|e|en)? again|\b(?:stuck|back|blank|black|red cross|frozen|down|offline|another \w+|drops|lock(?:ed|s)|dead|died|went) again\b|(?:it|this|that|alert|prompt|error|issue|problem|message|popup|pop-up|symptom|warning|noise|fault|red x|virus|banner) (?:was|is|came|comes) back\b(?! (?:up|online|ok|fine|clean|good|normal|on|to|from|in service|working))|(?:issue|problem|error|it) returned)"
)
AGAIN = re.compile(rf"{_TROUBLE_AGAIN}|\b(?<!ed )(?<!starts )(?<!works )(?<!working )(?<!prints )(?<!boots )(?<!runs )(?<!opens )(?<!up )(?<!back )(?<!online )(?<!fine )(?<!ok )(?<!rings )(?<!loads )(?<!connects )(?<!there )(?<!green )(?<!responds )(?<!running )(?<!well )(?<!ran )(?<!it )(?<!reachable )(?<!ing )again(?=\s*$|[.,;!])")
"""The trouble is there again, without any relief told."""
CLEAR = re.compile(
    r"\b(?:no (?:\w+ )?(?:crash(?:es)?|blue ?screens?|freezes?|reboots?|errors?|issues?|problems?|packet loss|loss|faults?|threats?|infections?|malware|virus(?:es)?|conflicts?|findings?|alerts?|warnings?|drops?|violations?|"
    r"corruption|bad sectors|hits?|entries|events?)|\bempty\b|(?:show|shows|showed|showing|came back|listed|marked|are|is|was|were) (?:all )?(?:as )?(?:delivered|sent|compliant|registered)\b|(?:0|zero) (?:\w+ )?(?:errors?|problems?|findings?|hits?|issues?|violations?|infections?|threats?|warnings?|drops?)|0% loss|clean|all (?:good|green|ok|okay|fine|clear|normal|pass(?:ed|es)?|up)|(?:is|are|was|were|looks?|looked|seems?|"
    r"seemed|came back|comes back|appears?|tests?|tested|checks? out|shows?|showing|reports?) (?:\w+ )?(?:fine|good|ok|okay|normal|healthy|correct|clean|right|green|up to date|"
    r"enabled|identical|valid|well|perfect|sound|intact)|(?:fine|ok|okay|healthy|correct|passed|passes|normal|identical|matches|match|up to date)\b|answers?|responds?|replies|"
    r"resolves? (?:fine|ok|correctly)|valid (?:till|until|to|for|through)|not the cause|rul\w+ out|everything (?:is|was|looks?|seems?|returns?) \w+|as (?:expected|recommended|it should|documented|normal)|(?:all|both|every\w*) (?:\w+ )?(?:pass|passes|passed|works?|worked|ok|fine|good)|returns? (?:everything |the )?(?:proper|right|correct|perfect|fine)\w*|(?:is|are) (?:set|applied|configured|loading|getting|obtaining|in sync|reachable|running)|correctly|properly|successfully|without (?:any )?(?:issues?|errors?|problems?|trouble)|just fine|checks? out)\b")
WORKED = re.compile(
    r"\b(?:fixed|resolved|solved|did the trick|that(?: has)? (?:worked|did it|sorted)|sorted|works? (?:now|again|fine|great|perfectly|ok|well|like)|working (?:now|again|fine|ok|well|perfectly|as)|"
    r"now works?|now working|all working|is working|are working|(?:it|this|which|that) worked|able to (?:complete|finish)|worked(?! (?:on|with|for|in|from|before|at|out))|success(?:ful(?:ly)?)?|back (?:online|up|to normal|in business)|"
    r"can (?:now )?(?:\w+ )?(?:now|again)|able to (?:now )?\w+|problem (?:is )?gone|(?:error|issue|message|fault|symptom) (?:is |has )?(?:gone|went away|disappeared|cleared|stopped)|started (?:working|accepting|responding|printing|syncing|loading|booting)|(?:was|were|got|is|are) (?:now )?(?:correctly|properly|finally) \w+ed|finally (?:\w+ed|working|works)|disappeared|"
    r"came (?:right )?(?:up|back up)|up and running|completed (?:ok|fine|successfully)|that was it|stopped the|cleared (?:the|it)|no more \w+|hasn['’]?t (?:happened|dropped|come back))\b")
FAILED = re.compile(
    r"\b(?:(?:returns?|returned|gives?|:|=) false|fail(?:s|ed|ing|ure)?|errors?(?:ed)?(?: out)?|could(?:n['’]?t| not)|can(?:no|['’])?t|cannot|unable|was not able|were not able|not able|access (?:is )?denied|denied|refused|"
    r"tim(?:es|ed) out|time-?out|crash(?:es|ed)?|hangs?|hung|froze|freezes|abort(?:s|ed)|rejected|no (?:answer|response|reply|connection|dhcp|dial|link|signal|power)|grey(?:ed)? out|rejected|already gone|not reachable|unavailable|lost|dies|died|loops\b|returns? nxdomain|could not find|unreachable|refuses?|"
    r"won['’]?t|would(?:n['’]?t| not)|does(?:n['’]?t| not)|did(?:n['’]?t| not)|isn['’]?t|is not|not (?:found|available|possible|recogni[sz]ed|supported|reachable|accepted)|"
    r"(?:only|never) (?:gets?|got|get|goes|went|reach\w*) (?:to|as far|up|past)|stops? at|sits? at|gets? stuck|stuck at|not (?:complete|finish|start|boot|load|install|connect|respond|print|open)\w*|not going|never (?:finish|complet|start|load|connect)\w*|"
    r"blue ?screen(?:s|ed)?|corrupt\w*|dead|stuck|dropped|drops|disconnect(?:s|ed)|bounced|exception)\b")
FINDING = re.compile(
    r"\b(?:shows?|showed|showing|found|finds|reveal\w*|see(?:s|ing)?|saw|reports?|reported|returns?|gives?|gave|indicat\w+|point(?:s|ed) to|turns? out|turned out|noticed|says|"
    r"discovered|logged|high|slow|missing|expired|full|wrong|mismatch\w*|different|differs?|old|outdated|out of date|lots of|many|loss)\b")
FOUND = re.compile(r"\b(?:(?:did |can |could )?(?:see|find|notice)(?! (?:if|where|whether|how|what|any|out))|saw|noticed|indicat(?:es|ed)|confirm(?:s|ed) that|found|shows?|showed|showing|reveal\w*|discovered|turn(?:s|ed) out|logged|reports?)\b(?! (?:no|nothing)\b)")
RAN = re.compile(
    r"\b(?:(?:ran|run|completed|installed|finished|went|applied|imported|uninstalled|updated|removed) (?:\w+ )?(?:successfully|fine|ok|okay|through|clean(?:ly)?)|(?:was|is|were) success(?:ful)?|successfully)\b")
"""The deed itself went through, which does not say that it helped."""
_SAME = re.compile(r"\b(?:same|identical) (?:\w+ )?(?:issue|error|problem|result|results|thing|drop|behaviou?r|outcome|message|symptom\w*|fault|code|screen)|same(?=\s*$|[.,;])|\bsame (?:here|there)|\bthe same\b")
NOW = re.compile(
    r"(?<!the )(?<!\ba )(?<!an )(?<!her )(?<!his )(?<!all )\b(?:starts?|opens?|prints?|rings?|boots?|loads?|connects?|syncs?|works?|deploys?|fast|arrive[sd]|confirm(?:s|ed)?|reachable|resolves?|(?:is|are) (?:up|there|back|green|gone|clear|perfect)|has it|all there|(?:got|gets|has|have) an? (?:address|ip|signal|link|dial tone|connection)|has (?:kept|held|stayed|been (?:fine|stable|up))|(?<!latest )stable|clear|perfect)\b(?! (?:with|error|at|but))"
)
"""What works now, in the present tense of somebody who looks at it."""
POSITIVE = re.compile(
    r"\b(?:(?:is|are|am|was|were|['’]s|['’]re) (?:now |all |both )?(?:back|there|on(?=\s*(?:$|[.,;!]|again|now))|in(?=\s*(?:$|[.,;!]|again|now))|up|right|good|green|online|reachable|connected|flowing|(?<!latest )stable|running|restored|gone|visible|syncing|printing|arriving|ok|okay|fine)"
    r"|(?:powered|came|comes|went|goes|booted|boots|started|starts|signed|signs|logged|logs|got|gets|ran|runs|fits|loaded|loads|opened|opens) (?:straight |right |all |cleanly )?(?:on|up|in|through|thru|back|green|clean|at (?:first|once)|straight away|immediately|instantly|again(?! (?:and|but)))"
    r"|(?:resumed|recovered|reconnected|re-?registered|reappeared|caught up|replied|arrived|arrives|came in|came through|went out|delivered|passes now|restored)\b"
    r"|without (?:a|any|an|another|further|one|the|more)?\s?(?:\w+ )?(?:crash\w*|drop\w*|problems?|errors?|issues?|prompts?|trouble|interruption|reboot|complaint|hiccup|incidents?|outage|failure)"
    r"|(?:no|not a single|zero|not one|without) (?:[\w-]+ ){1,3}?(?:since|in|for|over|during) (?:the (?:last|past) |over |about )?(?:then\b|yesterday|today|monday|tuesday|wednesday|thursday|friday|saturday|sunday|(?:\d+|an?|one|two|three|four|five|six|several|the whole|all) (?:hours?|days?|weeks?|months?|nights?|mornings?|afternoon))|(?:with )?no (?:crash(?:es)?|drops?|errors?|freezes|lock-?outs?|disconnects?|prompts?)(?=\s*(?:$|[.,;!]))"
    r"|(?:has|have) (?:stayed|remained|kept|held)|(?:he|she|they|it|user|everyone|all) (?:is|are) in(?=\s*(?:$|[.,;!]))|is active|are active"
    r"|(?:no|not a single|zero) (?:more |further |new )?(?:\w+ )?(?:drops?|crash(?:es)?|errors?|lock-?outs?|prompts?|bounces?|failures?|calls?|complaints?|disconnects?|reboots?|alerts?) (?:since|in|for|after|today|all|any ?more)"
    r"|(?:no|not a single|zero|not one) (?:[\w-]+ ){1,2}?since\b|zero (?:\w+ )?(?:blue ?screens?|crash(?:es)?|drops?|errors?|popups?|pop-ups?|prompts?|calls?|complaints?|tickets?)|(?:\d+|errors?|messages?|pop-?ups?|prompts?|noise|lag|delay|echo|flicker\w*|warnings?|loops?|lock-?outs?) (?:is |are |all |completely )*gone\b"
    r"|(?:every(?:body|one)|all (?:users?|of them|four|three|five|six|\d+|clients?|pcs?|phones?|sites?)|users?|clients?|both|they|she|he|phones?|calls?|mails?|pcs?|laptops?|hosts?|(?:next|first|new) \w+) (?:now |all |can |immediately )?(?:gets?|prints?|opens?|starts?|boots?|connects?|signs? in|logs? (?:in|on)|comes? (?:up|in|through)|goes? through|rings?|syncs?|arrives?|arrived|loads?|works?|responds?|goes green)\b(?! (?:\w+ )?(?:the same|same|errors?|stuck|black|blank|nothing|no\b|den|disconn|kick|thrown|lock|prompt|but|and then|then|slow|not\b))"
    r"|(?:opens?|finish(?:es|ed)|done|completed?|loads?|ready|boots?|(?:in the|in her|in his|in my) inbox|in) (?:within|in) (?:under |about |only |just |less than )?(?:a|an|\d+|two|three|four|five|ten|twenty|a few|a couple of) ?(?:seconds?|secs?|s|minutes?|mins?)\b|(?:inbox|back|up|there|running|fine) within (?:a|an|\d+|two|three|seconds|minutes)|perfect(?:ly)? (?:all|since|now|for|ever)\b|and dropping\b|down to (?:zero|0)\b"
    r"|both up\b|all (?:\d|two)-way|(?:prints?|tests?|login|logon|calls?|mail|vpn|boots?) ok\b|\bok x ?\d|\d+ (?:nights?|days?|of \d+) (?:are |were |all )?(?:green|ok|success\w*|registered|back|up|fine)"
    r"|not (?:once )?since|(?:fine|ok|good|up|stable|holding|quiet|green|clean) (?:since|ever since|from then|for the last|all (?:day|night|morning|week))|since then"
    r"|can (?:now )?(?:open|print|log|sign|send|receive|call|see|save|connect|reach|work|access|start|ring|dial|ping)|both ways|all (?:are |is )?(?:well|there|back|green|up)|= (?:\w+ ){0,3}(?:ok|okay|good|fine|up|working)|(?!(?:for|right|until|till|by|of|just|even|is|are|up to|and|not|but|on) )\b\w+ now(?=\s*(?:$|[.,;!)]))"
    r"|(?:start|work|print|boot|load|open|run|ring|connect|sync|respond|answer|arriv)(?:s|es|ed|ing) (?:fine |ok |normally )?again|reachable|at once"
    r"|(?:is|are) (?:clean|correct|perfect|complete|normal|quick|fast) (?:after|now|again)|(?:job|backup|build|sync|test|scan|update|repair|print|page)s? (?:\w+ )?(?:green|succeeded|passed|completed|complete|printed|ran|arrived|went through|finished))\b"
)
"""What a changed thing does when the change has helped."""
_NEGATED = re.compile(r"\b(?:not|nothing|none|no one|nobody|no longer (?:able|works?)|n['’]t|never|cannot|can['’]?t|unable|nobody|without (?:success|luck|effect|result)|still|same|again|but|except|only|too|until|fails?|failed|error|black|blank|dead|crash\w*|drops?|dropped)\b")
BUT_THEN = re.compile(r"[,;.\s]\s*(?:but|however|except|then|though|only|and then|next (?:day|morning|night|job))\b.{0,80}\b(?:not|n['’]t|still|again|without|only|some|fail\w*|drop\w*|stop\w*|crash\w*|back|missing|gone|other|rest|lost|stuck|error\w*)\b|\bbut without\b|\bstill to (?:do|go)\b|\b(?:some|half|most|several|\d+) (?:of them |queues? |users? |pcs? )?(?:still|remain\w*|left|to go)\b|\bnow stuck\b")
"""Relief with a rest."""
SYMPTOM = re.compile(r"\b(?:crash(?:es|ed)|dies|died|drops?|dropped|dead|fr[eo]{2}zes?|froze|hangs?|hung|blue ?screen\w*|bounced|disconnect(?:s|ed)|locks?|locked)\b(?! (?:out of|to)\b)")
"""The trouble itself, which a change did not end; what else went wrong is the change's own failure."""


def _again(text: str) -> bool:
    return ("again" in text or "back" in text or "returned" in text) and AGAIN.search(text) is not None


def _helped(text: str) -> int:
    """Return where the text last says that a change has helped, or -1."""
    places = [found.start() for found in POSITIVE.finditer(text)]
    return max((place for place in places if not _NEGATED.search(text[max(0, place - 25) : place])), default=-1)


def _after_relief(text: str, place: int) -> Outcome:
    """Return what came of a change that helped, given what was said after that: the last word counts."""
    rest = POSITIVE.sub(" ", text[place:])
    again = BUT_THEN.search(text[place:]) or re.search(_TROUBLE_AGAIN, rest) or DENIED.search(rest) or LACKING.search(rest)
    return "partial" if again or TEMPORARY.search(POSITIVE.sub(" ", text)) else "worked"


_may_run = may_hold(RAN)


def outcome_of(text: str, *, check: bool = False) -> Outcome:
    """Return the outcome stated in the text; for a check, a finding is `partial` and a clean bill `no_change`."""
    return _outcome(text[:600].lower(), check)


@lru_cache(maxsize=1024)
def _outcome(text: str, check: bool) -> Outcome:
    if not check and (helped := _helped(text)) >= 0:
        return _after_relief(text, helped)
    if not check and (rest := BUT_THEN.search(text)) and any(relief.search(text, 0, rest.start()) for relief in (WORKED, NOW)):
        return "partial"
    if TEMPORARY.search(text) and not re.match(r"\s*(?:no |still |same )", text) and not (check and CLEAR.search(text)):
        return "partial"
    if not check and _again(text) and not WORKED.search(text):
        return "no_change"
    if DENIED.search(text):
        return "failed" if check and _SAME.search(text) else "no_change"
    if LACKING.search(text):
        return "partial" if check else "no_change"
    if check and CLEAR.search(text):
        return "no_change"
    if WORKED.search(RAN.sub(" ", text) if _may_run(text) else text):
        return "worked"
    if NOW.search(text) and not FAILED.search(text):
        return "partial" if check else "worked"
    if CLEAR.search(text) and not RAN.search(text):
        return "no_change" if check or not re.search(r"\b(?:ok|okay|fine)\b", text) else "worked"
    if check and FOUND.search(text):
        return "partial"
    if FAILED.search(text):
        same = not check and (SYMPTOM.search(text) or re.search(r"\b(?:same|too|as well|again|still|stuck)\b", text))
        return "no_change" if same else "failed"
    return "partial" if check and FINDING.search(text) else "unknown"


def states_result(text: str) -> bool:
    """Whether the text says how something turned out."""
    return outcome_of(text, check=True) != "unknown" or RAN.search(text[:600].lower()) is not None


_VERDICT = re.compile(
    r"\b(?:made no difference|makes no difference|no (?:change|difference|effect|improvement|luck)|did(?:n['’]?t| not) (?:help|fix|change|work|make)\w*|(?:has|have)(?:n['’]?t| not) helped|changed nothing|fixed (?:it|this|the)|helped|worked|solved|still (?:drops|fails|the same|down)|same (?:again|result|error|issue|problem))\b"
)


def verdict(sentence: str) -> Outcome:
    """Return what a later remark says came of an earlier deed, `unknown` where it is no such remark."""
    text = sentence[:160].lower()
    if not _VERDICT.search(text) or len(text.split()) > 18:
        return "unknown"
    return outcome_of(text)
