"""How people say that they did something, and how they say that they did not, or have not yet.

The verbs below are deeds of diagnosis and repair. A clause counts as a deed when it starts with one in the past
("rebooted fw"), has a person before it ("the user has already tried another cable"), says it in the passive
("the drive was replaced") or as a noun beside a result ("reboot: no change").
"""

# ruff: noqa: E501, SIM905 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from escalation.reading import outcomes
from escalation.reading.quick import may_hold
from escalation.reading.vocabulary import PRODUCTS

Claim = Literal["deed", "not"]

CHANGES = (
    "reboot restart power-cycle reset reinstall uninstall install remove replace disable enable update upgrade downgrade "
    "change clear delete create recreate add move swap flush repair restore rebuild turn stop start kill set switch unplug "
    "plug disconnect reconnect connect rejoin join reseat roll revert re-enable re-add re-image reimage wipe format resize "
    "extend rename renew release purge unblock unlock block allow whitelist bypass open close map unmap remap mount unmount "
    "edit modify adjust increase decrease lower raise configure reconfigure apply patch flash migrate copy import export "
    "upload download log sign enroll unenroll re-register register unregister assign unassign grant rerun re-run run rerouted "
    "route forward pair unpair convert deploy redeploy provision drop rotate seize force purge archive empty free defrag "
    "quarantine clean scrub cut pull reissue reconcile resync sync re-sync promote demote put take took used use boot "
    "limit exclude whitelist point repoint substitute isolate shut bring power cycle recycle rejoin relink redo fix "
    "regenerate generate hardcode tweak work set-up setup fail terminate crimp rewire blow vacuum dust tighten loosen grease "
    "recover rescan reactivate activate deactivate exchange untick tick up retry re-try allocate associate attach detach reattach re-attach dismount unmount thaw refreeze submit decommission control  turn-up spin followed follow typed type sign-in delegate"
)
CHECKS = (
    "check verify confirm test ping trace scan compare examine inspect review look search monitor capture query validate "
    "recheck re-check retest observe double-check sniff measure count list read browse telnet nslookup tracert run-through "
    "reproduce troubleshoot debug diagnose investigate analyse analyze watch find rule try attempt google research see dig "
    "sit load print send dial ask go"
)
CONTACTS = "call phone ring contact email e-mail speak talk message open-ticket escalate raise engage consult"
_IRREGULAR = {
    "reset": "reset", "set": "set", "put": "put", "cut": "cut", "run": "ran", "rerun": "reran", "re-run": "re-ran",
    "rebuild": "rebuilt", "take": "took", "took": "took", "used": "used", "find": "found", "read": "read", "see": "saw",
    "sit": "sat", "send": "sent", "go": "went", "speak": "spoke", "bring": "brought", "shut": "shut", "dig": "dug",
    "ring": "rang", "redo": "redid", "rerouted": "rerouted", "set-up": "set-up", "setup": "setup",
    "run-through": "ran-through", "blow": "blew", "spin": "spun", "followed": "followed", "typed": "typed", "turn-up": "turned-up",
    "sign-in": "signed-in", "open-ticket": "opened", "stick": "stuck", "reset-up": "reset", "up": "upped", "telnet": "telnetted",
}  # fmt: skip
_PARTICIPLES = "taken gone spoken seen done run rerun shut begun gotten written rung"
_DOUBLED = frozenset("thin stop swap plug unplug map unmap remap drop log scan ping rejoin".split()) - {"ping", "rejoin"}


def past(verb: str) -> str:
    """Return the simple past of a verb of the tables."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ed"
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ied"
    return f"{verb}ed"


def _gerund(verb: str) -> str:
    base = {"took": "tak", "used": "us", "rerouted": "rerout"}.get(verb, verb)
    if base in _DOUBLED or base in ("reset", "set", "put", "cut", "run", "rerun", "sit", "shut", "dig"):
        return f"{base}{base[-1]}ing"
    return f"{base[:-1]}ing" if base.endswith("e") and base not in ("see", "free") else f"{base}ing"


_WEAK = frozenset("see find go sit load work fail use took take read raise close sync drop".split())
"""Verbs that also tell of symptoms: they need a person before them, and some are left out of the terse style."""


def _either(words: list[str]) -> str:
    return "|".join(sorted({re.escape(w).replace(r"\-", "[- ]?") for w in words}, key=lambda w: (-len(w), w)))


_ALL = [*CHANGES.split(), *CHECKS.split(), *CONTACTS.split()]
_FIRM = [v for v in _ALL if v not in _WEAK]
_DID = r"did(?! (?:have|find|see|get|notice|something|not|it|that|this|say|work|help|the same|anything|nothing|so|try))|ran(?! (?:successfully|fine|ok|okay|clean|through|into|out|for|well|slow))"
_SHORT = r"(?:chk|chg|cfg|rbt|rst|upd|tst|dsbl|enbl|inst|uninst|reinst|disc|recon|rem|del|conf|reimg|dl)(?:['’]?e?d)|(?:chkd|chgd|upd|uninst|reinst|rst|rbt)"
"""How technicians shorten their verbs."""
_PREFIXED = r"(?:re|de|un)-[a-z]{3,12}(?:ed|t)"
_PAST_FIRM = _PREFIXED + "|" + _SHORT + "|" + _either([past(v) for v in _FIRM if past(v) != "ran"] + ["tried", "re-tried", "retried", "gave", "went", "took", "used"]) + "|" + _DID
_PAST_ANY = _PREFIXED + "|" + _either([past(v) for v in _ALL if v not in ("work", "fail", "run")] + _PARTICIPLES.split() + ["tried", "had", "gave"]) + "|" + _DID
_GERUND = _either([_gerund(v) for v in _ALL if v not in ("work", "fail", "see", "find")])
_BASE = _either([v for v in _FIRM if v not in ("fix", "fail", "work", "rerouted", "log", "list")])
_PASSIVE = (
    r"(?:re-?)?(?:replaced|set up again|flashed|imaged|seated|cabled)|rebooted|restarted|reset|reinstalled|re-?enabled|re-?created|rejoined|re-?mapped|resynced|rebuilt|rerouted|power[- ]?cycled|"
    r"disabled|removed|uninstalled|swapped(?: out)?|cleared|flushed|updated|upgraded|downgraded|patched|repaired|restored|reverted|rolled back|wiped|formatted|purged|renewed|unplugged|disconnected|terminated|"
    r"checked|tested|verified|confirmed|compared|scanned|contacted|called|ruled out|reviewed|whitelisted|unblocked|unlocked|bypassed|turned (?:on|off)|switched (?:on|off)|pinged|ticked|unticked|put back(?: in| on)?|taken off|taken out|fitted|deleted|recreated|reissued|demoted|promoted|excluded|allowed in|set (?:back )?to|changed (?:from|to)|raised (?:from|to)|lowered|increased|moved (?:from|to|off|back)|put in place|set to"
)
"""What is done to things, in the passive; verbs that as often tell how things were set up are left out."""
_ADVERB = (
    r"(?:also|then|already|just|now|next|first|firstly|second|secondly|finally|lastly|so|and|but|even|again|only|manually|"
    r"successfully|physically|temporarily|simply|both|completely|quickly|tonight|today|yesterday|later|afterwards|"
    r"subsequently|initially|previously|additionally|plus|ok|okay|well|anyway|remotely|fully|hard|soft|did|twice|to no avail|"
    r"this morning|last night|after that|on site|onsite|at first|as well|in the meantime|meanwhile|for now|so far|of course|"
    r"update|edit|tried|too|been|all)[:,]?\s+"
)
_TIME = r"(?:(?!20[0-3]\d|19\d\d)(?:[01]\d|2[0-3])[0-5]\d\s+(?:[-–:]\s*)?|[\[(]?\d{1,2}[:.h]\d{2}(?:\s?[ap]m)?[\])]?\s*(?:[-–:]\s*)?|\d{1,2}/\d{1,2}(?:/\d{2,4})?\s*[-:]?\s*)"
_LEAD = rf"(?:{_TIME}|{_ADVERB}|(?:things|stuff) (?:i|we) tried:\s*)"
_SUBJECT = (
    r"(?:(?P<me>i|we|i've|we've|i’ve|we’ve|i had|i have)|(?P<them>(?:the |our |her |his |their )?(?:end[ -]?user|users?|customer|client|cx|caller|"
    r"office manager|receptionist|he|she|contact|staff)(?:'s|’s)?)|(?P<vendor>(?:the )?(?:vendor|isp|carrier|provider|"
    r"supplier|manufacturer|support|tech support|microsoft support|dell|hp|lenovo|ms support|(?:\w+ )?support)(?:'s)?)|(?P<they>they(?:'ve)?)|"
    r"(?P<colleague>(?:my|our) (?!users?\b|clients?\b|customers?\b|servers?\b|pcs?\b|own\b|end\b)[a-z-]+(?: (?:guy|person|lead|team|admin|engineer|tech|manager|desk))?|someone|somebody|one of our \w+|"
    r"(?:the )?(?:previous|other|last|first|onsite|field|night) (?:tech|technician|engineer|shift)))"
)
_AUX = r"(?:have|has|had|'ve|’ve|was|were|managed to|went ahead and|went and|got to|ended up|did|has been|have been|got)"
_HAD = (
    r"(?:had|asked|got|told|walked|instructed|talked|guided) (?P<asked>(?:the )?(?:user|users|customer|client|cx|end[ -]?user|her|him|them|"
    r"caller|[a-z]+)(?: (?!not\b)[a-z]+)?) (?:to |through )?(?:also |then )?"
)
_NAME = r"(?P<name>[A-Z][a-z]{1,15}(?: (?:from|at|in) \w+| [A-Z][a-z]{1,15})?)\s+(?:(?:has|had|also|then|already|just)\s+){0,2}"
TERSE = re.compile(rf"^(?:{_LEAD}){{0,4}}(?:re-?)?(?P<verb>{_PAST_FIRM})\b(?!-|:? on ?site\b|:? home\b)")
_NO_DEED = r"(?!(?:need|happen|start|stop|fail|dropp|crash|work|notic|report|complain|ask|email|want|seem|appear|return|receiv|attach|report|believ|think|suspect|assum|hop|expect|wonder|agree|confus|relat|bas|caus|connect|disconnect|arriv|escalat|schedul|order|plann|rebas|advis|suggest|recommend|promis|inform|updat(?=ed (?:the )?(?:customer|client|user|ticket))|freez|lock(?=ed (?:out|again))|fix(?=ed$)|solv|resolv|clos(?=ed (?:ticket|the ticket))|creat(?=ed (?:a )?ticket)|assign|thank|clos(?=ed$)|ne|spe|exce|proce|succe)ed\b)"
"""Verbs of symptoms, of talk and of thought."""
I_DID = re.compile(
    rf"^(?:{_LEAD}){{0,3}}(?:(?:in|on|at|with|from|for|over|during|under|through) (?!which|whom|that i|what)(?:[\w'’./-]+ ){{1,6}}?)?(?:i|we)(?:['’]ve| have| had)?\s+(?:(?:also|then|already|just|even|now|have|manually|finally|first|next|simply|successfully|temporarily|since|further|recently|again)\s+){{0,3}}"
    rf"(?P<verb>{_NO_DEED}(?!need|decid|figur|discover|pursu|grabb|reach|realis|realiz|scream|jump|laugh|look(?=ed (?:for|like|forward))|experienc|encounter|search|post|lik|lov|hat|learn|manag|us(?=ed to)|mention|miss|enjoy|inherit|purchas|join(?=ed (?:this|the) (?:company|forum|sub)))[a-z]{{2,14}}ed|rebuilt|built|wrote|made|sent|left (?:a|it|the)|switched|unplugged)\b"
)
"""Any verb after "I" or "we": the writer did it."""
_FOUND_IT = re.compile(r"^(?:also |then |and )*found (?!the (?:issue|problem|solution|fix|answer|culprit)\b|out\b)")
_PLACE = r"(?:(?:in|on|at|with|from|for|over|during|under|through) (?!which|whom|that i|what)(?:[\w'’./-]+ ){1,6}?(?=(?:i|we)\b))"
"""Where or with what it was done, before the one who did it: "on two machines I ran …"."""
PERSON = re.compile(
    rf"^(?:{_LEAD}){{0,4}}{_PLACE}?{_SUBJECT}\s+(?:(?:{_AUX}|{_ADVERB.removesuffix(chr(92) + 's+')})\s+){{0,4}}(?P<verb>{_PAST_ANY})\b")
NAMED = re.compile(rf"^(?i:{_LEAD}){{0,3}}{_NAME}(?P<verb>(?i:{_PAST_FIRM}))\b")
PASSIVE = re.compile(rf"\b(?:was|were|has been|have been|had been|been|got|is now|are now)\s+(?:{_ADVERB}){{0,2}}(?P<verb>{_PASSIVE})\b")
TRIED = re.compile(rf"\b(?:tried|attempted|resorted to|experimented with|played with|toyed with)\s+(?:to\s+(?:{_BASE})|\w+ing\b)")
_NOTED = _PASSIVE + r"|renamed|enabled|activated|deactivated|exchanged|looked up|retried|pushed|applied|re-?attached|detached|attached|reinst|uninst|upd|extended|un-?ticked"
NOUN_FIRST = re.compile(
    rf"^(?:{_LEAD}){{0,3}}(?!i\b|we\b|you\b|they\b|it\b|he\b|she\b|users?\b|customer|client|everyone|who|which|that|what|when|if|as|has|have|had|is|are|was|not|no|it's)(?:(?:all|both|the|her|his|their|our|local|new|old) )?(?:(?!(?:is|are|was|were|has|have|had|be|been|being|gets?|got)\b)[\w./'’+\\-]+ ){{1,6}}?(?P<verb>{_NOTED})"
    r"(?=\s*(?:$|[.,;:!(]|(?:and|to|on|in|with|from|for|by|at|via|using|twice|w/|\+|&|\d|again(?= [a-z])|remotely|manually|as well|too|but|still|no)\b))(?!\s+(?:itself|unexpectedly|on its own|by itself))")
"""The terse passive of work notes: "spooler restarted", "cable replaced, no change"."""
_HAPPENS = re.compile(r"\b(?:itself|unexpectedly|randomly|suddenly|on its own|by itself|keeps? getting|gets?|got|getting|being|automatically|has been|have been|cannot be|can't be|could not be|last (?:week|month|year)|ago)\b")
_TIMED = re.compile(r"^(?:it |that |this |and |which |then )*(?:took|created|started|sent|opened|modified|received|logged|generated|dated|signed) (?:at |on |about |around |approx\.? |~)?(?:\d|ages|forever|a while|an hour|hours)")
"""How long something took or when it came about."""
_HABIT = re.compile(r"^(?:\w+ ){0,2}?(?:i|we|they) (?:also |only |still |currently )?run\b")
"""What somebody has in use: "we run four hosts"."""
_CONFIRMED = re.compile(r"^(?:(?:the |app |site )?\w+ )?confirm(?:ed|s)(?:\s+(?:it|this|working|ok|okay|fixed|all|by|that (?:it|all|everything) (?:is|works)).*|\W*)$")
"""Somebody says that it works: the end of a step, not one of its own."""
SAID_TRIED = re.compile(r"\b(?:i|we)\s*(?:have|had|['’]ve)?\s*(?:also|already|even|just|then|now)?\s*(?P<verb>tried|attempted|ran|rebooted|restarted|reinstalled)\b")
AFTER = re.compile(rf"^(?:{_LEAD}){{0,3}}(?:even )?(?:after|by|despite)\s+(?:a\s+|i\s+|we\s+)?(?:fully\s+|re-?)?(?:{_GERUND}|{_PAST_FIRM}|reboot|restart|reinstall)\b")
HAD_THEM = re.compile(rf"^(?:{_LEAD}|(?:i|we)\s+(?:have\s+|then\s+|also\s+)?){{0,4}}{_HAD}(?P<verb>{_BASE}|{_GERUND}|try|log|see)\b")
HAD_DONE = re.compile(
    rf"^(?:{_LEAD}|(?:i|we)\s+(?:have\s+|then\s+|also\s+)?){{0,4}}(?:had|got) (?:the|an?|our|my|her|his|their|its|all|both|one|another) (?:[\w/.-]+ ){{1,5}}?(?P<verb>{_PASSIVE}|tested|checked|inspected|exchanged|changed|serviced|cleaned|measured|looked at)\b"
)
"""Somebody had it done: "had the UPS checked by the electrician"."""
NOUN = re.compile(
    r"^(?:a |the |another |full |quick |hard |cold |second |clean |new )*(?P<verb>reboot|restart|power[- ]?cycle|reset|password reset|reinstall|re-?install|"
    r"update|roll-?back|repair|scan|ping|pings|tracert|traceroute|nslookup|chkdsk|sfc(?: /scannow)?|dism|ipconfig /\w+|gpupdate(?: /force)?|"
    r"speed ?test|cable swap|new cable|safe mode|clean boot|clean install|factory reset|firmware update|driver update|flushdns|netsh \w+ reset|"
    r"memtest\w*|loopback|packet capture|wireshark|winsock reset|telnet|test-netconnection|portqry|dcdiag|repadmin(?: /\w+)?|"
    r"(?:different|another|other|2nd|second|new|spare) (?:pc|laptop|user|cable|port|profile|browser|machine|printer|phone|account|nic|switch|dock|monitor|outlet))\b")
_NEVER = re.compile(
    r"\b(?:have|has|had|did|do|does|could|was|were|would|is|are)(?:n't|n’t|nt| not| never)(?: yet| even| really| been| actually)*\s+"
    rf"(?:(?:had|got|get|have)\s+(?:a\s+)?(?:chance|time)\b|able\b|(?:{_PAST_ANY}|{_BASE}|try|do|done)\b)"
    r"|\bnot (?:yet )?(?:tried|tested|checked|done|been)\b|\bnever (?:tried|tested|checked|touched|changed|installed|got)\b"
    r"|\b(?:without|instead of|before|rather than|short of|not)\s+(?:first\s+)?\w+ing\b|\bno one (?:has )?(?:touched|changed)|\bnothing (?:has |was )?(?:been )?changed")
_PLAN = re.compile(
    r"^(?:next|plan|todo|to do)\s?:|\bpls\b|\bcould (?:also |maybe |just |always )?(?:stop|start|restart|reboot|try|replace|swap|restore|rebuild|reinstall|use|add|remove|set|change)\b|"
    r"\b(?:will|'ll|’ll|going to|gonna|plan(?:ning)? to|about to|intend to|need(?:s)? to|have to|has to|want(?:s)? to|would like|hope to|"
    r"hoping|waiting (?:for|on)|tomorrow|tonight i|scheduled|next step|next steps|to ?do|to-do|let's|let us|shall|thinking (?:of|about)|considering|"
    r"remains to|yet to|due to be|must be|supposed to)\b")
_ADVICE = re.compile(
    r"\b(?:please|should|could you|can you|could try|might try|may want|try (?:to|and|a|the|this|it|these|running|using|removing|disabling|"
    r"resetting)|(?<!as )(?:suggest(?:s|ed|ion)?|recommend(?:s|ed|ation)?|advise[sd]?)|you (?:can|could|may|might|should|need|want|have to|must|would)|"
    r"make sure|ensure|be sure|first, (?:then|and)\b|\bif the \w+ (?:is|are) (?:too|not|still|full)|i'd|i’d|i would|would (?:try|check|start|look|recommend)|my advice|consider|worth (?:a|trying|checking|looking)|"
    r"best (?:bet|to)|why not|how about|what about|what if|go ahead and|feel free)\b")
_QUESTION = re.compile(
    r"^(?:and |but |so |ok |hi[, ]+)*(?:have|has|did|do|does|can|could|are|is|was|were|will|would|should|any|anyone|anybody|what|when|where|which|why|"
    r"who|how)\b.*$")
_CONDITION = re.compile(r"^(?:and |but |so |only |or |also |that )*(?:if|when|whenever|unless|once|in case|as soon as|every time|each time|until|assuming|suppose)\b")
_ARTICLE = re.compile(r"\b(?:according to|the (?:article|documentation|docs|guide|manual|kb|blog|post) (?:says|said|states|suggests)|kb\d+ says|supposedly)\b")
_TROUBLE_AGAIN = re.compile(r"^(?:and |then |it |they )*(?:dropped|failed|crashed|locked|froze|died|disconnected|bounced|rebooted itself|stopped) again\b")
_SYMPTOM = re.compile(
    r"^(?:\w+ ){0,3}(?:opened (?:a )?(?:ticket|case) (?:because|about)|called (?:in|to (?:say|report)|about|because|us)|emailed (?:in|us|to say)|"
    r"reported|complained|noticed|said|tells|told me|stated|advised)\b|^(?:started (?:happening|yesterday|today|this|last|on|at|about|after|getting)|stopped working|went down)\b"
    r"|^(?:\w+ ){0,4}(?:started (?:getting|to|having|seeing|happening|with)|stopped (?:working|responding)|got (?:an?|the|this) (?:error|call|message|email|popup|alert))\b")
_BACKGROUND = re.compile(r"\b(?:used to|got (?:a|the) call|were migrated (?:last|in)|had (?:a|an|the|this|no|some|it|issues?|problems?|trouble)\b(?! user))")
_BACK = re.compile(
    r"^(?:then |and |so |also )*(?:i |we )?(?:put|set|changed|turned|switched|moved|plugged) (?:(?:it|that|this|them|everything|all|both) )?back\b|^(?:then |and )*(?:reverted|undone|undid|left (?:it |that )?as (?:it was|is))\b"
)
_TALKED = re.compile(
    r"^(?:\w+ ){0,3}?(?:spoke|talked|called|rang|phoned|emailed|e-mailed|texted|messaged|contacted|updated|informed|told|advised|replied|wrote|mailed|chased|asked|tried(?= (?:the )?(?:cx|customer|client|user|her|him|them)\b)|passed(?= (?:it |this |on )?to\b)|handed(?= (?:it |this |over )?(?:over|to)\b)|sent (?:a )?(?:note|mail|email|message)(?= to\b))\b(?: back)?(?: (?:to|with))?\s*(?P<whom>[^.,;:]{0,60})"
)
_VENDOR = re.compile(r"\b(?:isp|vendor|support|carrier|provider|supplier|manufacturer|microsoft|dell|hp|hpe|lenovo|cisco|bt|telco|helpdesk of|hosting|registrar|ref|case|ticket|sr)\b")
_PEOPLE = re.compile(r"\b(?:customer|client|cx|cust|eu|poc|mgr|manager|shift|user|users|end user|caller|her|him|them|contact|office manager|owner|staff|back)\b|^$")


def only_talk(clause: str) -> bool:
    """Whether a clause tells of a call or a mail and of nothing that was done."""
    text = clause.strip()[:160]
    return _only_talk(text.lower(), text, text)


def _put_back(head: str) -> bool:
    """Whether a deed only takes an earlier one back: it is no attempt of its own."""
    return _BACK.match(head) is not None and not outcomes.states_result(head)


def _only_talk(head: str, written: str, sentence: str) -> bool:
    """Whether somebody spoke with the customer, or the customer with us; a call to a vendor is a step."""
    talked = _TALKED.match(head)
    if talked and HAD_THEM.match(head):
        return talked.group().split()[-1] == "asked" and not outcomes.states_result(sentence)
    if not talked or _VENDOR.search(head) or _VENDOR.search(sentence[:200].lower()):
        return False
    name = re.match(r"\s*([A-Z][a-z]+)\b", written[talked.start("whom") :])
    named = name is not None and not _thing(name[1])
    caller = re.match(r"[A-Z][a-z]+ (?:just |then |also )?(?:emailed|called|rang|phoned|texted|replied|wrote)\b", written)
    if re.search(r"\b(?:phoned|called|rang|told|emailed|texted|messaged) (?:me|us)\b", head):
        return True
    return named or caller is not None or _PEOPLE.search(talked["whom"]) is not None


_DUE_TO_BE = re.compile(r"\b(?:should|must|needs? to|will|has to|have to) (?:\w+ ){0,2}?be\b")
_GOT_THERE = re.compile(r"^(?:then |and |so |also |next |first )*(?:i |we )?(?:turned to|went for|moved on to|went back to the)\b|^(?:i|we) \w+(?:ed|t)\W*$|^(?:i |we )?found (?:this|it|that) (?:odd|strange|weird|interesting|funny|curious)|^(?:then |and |so |also )*(?:i |we )?(?:remoted|dialled in|went|drove|travelled|got) (?:on ?site|out|there|to site|back|over|into?|onto?|to)\b(?! (?:the )?(?:settings|options|bios))")
_HAD_TO = re.compile(r"^(?:\w+ ){0,3}(?:i|we)?\s*had to\b")
_MARKED = re.compile(r"^(?:edit|update|note|ps|fixed|solved|resolved|tl;?dr)\s?\d{0,2}\s?[:.-]+\s*")
_ALL_OF_IT = re.compile(
    r"\b(?:tried|done|checked|googled|read|attempted|did)\s+(?:just |almost |pretty much )?(?:about )?(?:everything|all (?:of )?(?:the|that|this|those|i)\b|many things|lots of|a lot of|a few things|several things|the usual|"
    r"so much|to (?:fix|solve|resolve|figure|troubleshoot) (?:it|this|the (?:problem|issue))|the following|these)\b|\b(?:found|saw|seen|came across) (?:the|this|a similar|a related|an?other|some|many|several|the same|no) "
    r"(?:\w+ )?(?:issues?|problem|fix|solution|answer|thread|article|post|posts|question|ideas?|clue|luck|success)\b|^edit\W+(?:updated|added|corrected|fixed|removed)\b|^set to\b|\bi (?:had|have) (?:a|the|this|no)\b|\b(?:asked|told) (?:me|us) (?:to|if|whether)\b|\b(?:here is|here['’]?s|this is|that is|below is) what (?:i|we)\b|\b(?:looked|looking) into (?:this|it)\b|^(?:googled|searched)\b|^(?:nobody|no one|noone)\b|^(?:all|everything|the only thing) (?:i|we) (?:did|have done|'ve done)\b")
"""Summaries of what was tried, and finds that are no tests."""


def advising(text: str) -> bool:
    """Whether a text tells somebody else what to do: more of "please", "you" and "try" than of "I did"."""
    head = text[:4000].lower()
    if _orders(head):
        return True
    if not ("you" in head or "please" in head or "try" in head or "pls" in head or "kindly" in head or "helps" in head or "i would" in head or "i'd" in head):
        return False
    head = _IN_QUOTES.sub(" ", head)
    told = len(_TO_YOU.findall(head))
    if not told:
        return False
    mine = len(_OF_MINE.findall(head))
    return told > mine and (told >= 2 or mine == 0)


def _orders(head: str) -> bool:
    """Whether a text without "I" tells what to do in the base form and gives no result: "Check the note about scaling."."""
    if _IMPERATIVE.search(head) is None or _OF_MINE.search(head):
        return False
    told = [s for s in re.split(r"(?<=[.!?])\s+|\n+", head)[:20] if len(s.split()) >= 5 and " : " not in s and " = " not in s and _IMPERATIVE.match(s)]
    return bool(told) and not any(outcomes.outcome_of(s) != "unknown" for s in told)


_IN_QUOTES = re.compile(r"[\"“][^\"“”\n]{0,200}[\"”]")
_TO_YOU = re.compile(
    r"\b(?:please|pls|kindly|you|your|you'll|try (?:to|the|this|these|running|a|and)|(?:can|could|would|have|do|did|are) you|might try|i(?:'d| would) (?:try|use|suggest|recommend|check)|hope (?:this|it) helps|thank(?:s| you) for (?:posting|reaching|your (?:question|reply|post)))\b")
_OF_MINE = re.compile(r"\b(?:i|we|my|our|i've|we've|i’ve)\b|(?:^|\n|[.;]\s)\W{0,3}(?:(?!please|need|want|follow)[a-z]{3,12}ed\b|tried|checked|rebooted|restarted|ran|tested|verified|changed|updated|replaced|reset|called|spoke)\b")
_MODAL = (
    "is ", "not", "can", "was ", "n't", "n’t", "nt", "are ", "did ", "do ", "has", "hav", "will", "never", "need", "should", "try", "pleas", "want", "next", "plan", "going", "gonna", "about", "intend",
    "would", "hop", "wait", "tomor", "tonig", "sched", "to do", "to-do", "todo", "let", "shall", "think", "consid", "remain", "yet", "due", "must", "suppos", "con", "col", "coul", "might", "may", "sugg", "recom",
    "advi", "make", "ensur", "sure", "i'd", "i’d", "worth", "best", "why", "how", "what", "go ", "feel", "no one", "nothing", "without", "instead", "before", "rather", "short", "were", "any", "whe", "who", "which", "wh", "'ll", "’ll", "pls",
)
"""Letters of which every plan, advice, denial and question has some: a cheap look before four dear ones."""
_MORE = (
    "ed", "if", "once", "unless", "until", "while", "after", "by", "despite", "in case", "as soon", "every", "each", "assum", "according", "doc", "article", "guide", "manual", "kb", "blog", "post",
    *sorted({*_IRREGULAR.values(), "ran", "gave", "went", "had", "got", "told", "done", "seen", "taken", "gone", "spoken", "begun", "written", "rung", "run", "shut", "built", "wrote", "made", "left", "hold", "held"}),
)
"""The same for every other claim."""


def _has(head: str, letters: tuple[str, ...]) -> bool:
    for one in letters:  # noqa: SIM110 - `any` over a generator takes twice as long
        if one in head:
            return True
    return False


def claims(clause: str, sentence: str = "") -> Claim | None:
    """Return `deed`, `not` for what looks like one and is none (plans, advice, questions), or None for the rest."""
    text = clause.strip().strip("()\"“”*")
    if text[:1].lower() in "eunpfsrt" and (mark := _MARKED.match(text)):
        text = text[mark.end() :]
    written = text[:160]
    head = written.lower()
    modal = _has(head, _MODAL)
    if not text or not (modal or text.endswith("?") or _has(head, _MORE)):
        return None
    if text.endswith("?") or _CONDITION.match(head) or _ARTICLE.search(head):
        return "not"
    said = _said(head, written)
    if said is None:
        if not modal:
            return None
        waits = _NEVER.search(head) or _PLAN.search(head) or _ADVICE.search(head) or _QUESTION.match(head)
        return "not" if waits and not (_SYMPTOM.match(head) or _BACKGROUND.match(head)) else None
    if _ALL_OF_IT.search(head) or _GOT_THERE.match(head) or _put_back(head) or _only_talk(head, written, sentence):
        return "not"
    if _TIMED.match(head) or _HABIT.match(head) or _TROUBLE_AGAIN.match(head):
        return None
    if _CONFIRMED.match(head) or (_DUE_TO_BE.search(head) and not TERSE.match(head) and not PERSON.match(head)):
        return "not"
    begun = said.end()
    if modal:
        for pattern in (_NEVER, _PLAN, _ADVICE):
            if begun >= _first(pattern, head, begun):
                return "not"
    if _HAD_TO.search(head) and not outcomes.states_result(text):
        return None
    if _ORDER.match(head):
        return "not"
    if _SYMPTOM.match(head) or (_BACKGROUND.match(head) and not HAD_DONE.match(head)):
        return None
    return "deed"


_REGULAR = _either([v for v in _FIRM if "-" not in v and past(v) not in (v, "ran") and v not in ("used", "followed", "typed", "rerouted", "fix", "fail", "work", "test", "list", "log", "power", "phone", "email", "message", "contact", "email", "e-mail", "scan", "trace", "query", "monitor", "limit", "point", "route", "patch", "flash", "update", "upgrade", "boot", "count", "measure", "free", "empty", "open", "clean", "sign", "turn", "switch", "plug", "copy", "cycle", "import", "export", "archive", "force", "watch", "research", "call")])
_IMPERATIVE = re.compile(rf"(?:^|(?<=[.!?]\s)|(?<=\n))\W{{0,3}}(?:then |also |first |next |now )?(?:{_REGULAR}|set|try|use|make sure|see if|look (?:at|for|in))\s(?![-:=>])")
_ORDER = re.compile(rf"^(?:set(?: up)?|put|reset|run|cut|shut|let|read)\b.{{3,120}}?(?:,| and| then) (?:then |also )?(?:{_REGULAR})\b")
"""A verb whose past is its base form is an order when the next one stands in the base form: "set the policy and rejoin"."""


def _first(pattern: re.Pattern[str], text: str, end: int) -> int:
    """Return where the pattern begins, or far behind the text when it does not begin before `end`."""
    found = pattern.search(text)
    return found.start() if found and found.start() <= end else len(text) + 1


@lru_cache(maxsize=64)
def _said(text: str, written: str) -> re.Match[str] | None:
    """Return where a deed is said, in lower case; only a name needs the text as it was written."""
    if not _PASTY.search(text):
        return AFTER.match(text) if _AFTER_WORD.search(text) else None
    for pattern in (TERSE, PERSON, HAD_THEM, HAD_DONE, AFTER):
        if found := pattern.match(text):
            return found
    if _NAMES.search(written) and (found := NAMED.match(written)) and not _thing(found["name"]):
        return found
    if (found := NOUN_FIRST.match(text)) and not _HAPPENS.search(text):
        return found
    if found := I_DID.match(text):
        return found
    tried = _may_try(text) and (TRIED.search(text) or SAID_TRIED.search(text))
    return tried or (PASSIVE.search(text) if _may_be_passive(text) else None)


_may_try, _may_be_passive, _may_advise = may_hold(TRIED, SAID_TRIED), may_hold(PASSIVE), may_hold(_ADVICE)
_AFTER_WORD = re.compile(r"\b(?:after|by|despite)\b")
_PASTY = re.compile(r"ed\b|\b(?:" + "|".join(sorted(set(_IRREGULAR.values()) | {"did", "ran", "gave", "went", "had", "got", "told", "done", "seen", "taken", "gone", "spoken", "begun", "written", "rung", "run", "shut"})) + r")\b")
"""What every deed in the past has: a cheap look before the dear ones."""
_NAMES = re.compile(r"[A-Z][a-z]")


def _thing(name: str) -> bool:
    return name.split()[0].lower() in PRODUCTS


def starts_with_deed(text: str) -> bool:
    """Whether the text begins with a verb of the trade in the past, as the second half of "X and did Y" does."""
    return TERSE.match(text[:160].lower()) is not None


def checks_something(clause: str) -> bool:
    """Whether the deed is a test or check rather than a change."""
    clause = clause.strip()[:160]
    found = _said(clause.lower(), clause)
    clause = clause.lower()
    verb = (found.groupdict().get("verb") or "").lower() if found else ""
    return verb in _CHECK_FORMS or _FOUND_IT.match(clause) is not None or _ELSEWHERE_DID.match(clause) is not None or bool(NOUN.match(clause.strip()[:60])) or bool(_TRIAL.search(clause[:160]) or _RAN_TEST.search(clause[:120]))


def actor_of(clause: str, role: str) -> str:
    """Return who did the deed, given the role of who wrote about it: `tech`, `customer`, `vendor`, or `unknown` for a
    writer who is neither a member nor a contact."""
    head = clause.strip()[:160].lower()
    person = PERSON.match(head)
    if HAD_THEM.match(head):
        return "customer"
    if person:
        if person["vendor"]:
            return "vendor"
        if person["they"]:
            return "vendor" if _VENDOR.search(head) else "customer"
        if person["them"]:
            return "customer" if role != "customer" else "tech"
    return {"customer": "customer", "vendor": "vendor", "unknown": "unknown"}.get(role, "tech")


_ELSEWHERE_DID = re.compile(
    r"^(?:\w+ ){0,2}(?:printed|opened (?!\d|ports?\b|udp|tcp|firewall|a (?:case|ticket))|signed in|logged (?:in|on)|connected|sent|left a|called|dialled|dialed|plugged|booted|walked|accessed|browsed|started|powered|re-?ran|played|downloaded|uploaded|viewed|requested|installed .{1,30} by hand|re-?tried|rang|asked|spoke|raised)\b"
)
"""Deeds that try something out rather than change it."""
_RAN_TEST = re.compile(
    r"\b(?:ran|run|did|used|performed|using|carried out|executed)\s+(?:(?:a|an|the|some|another|full|quick|extended|\w+)\s+){0,4}?(?:\w*(?:check|test|scan|trace|diag|monitor|analy[sz]er)\w*|pings?|tracert|traceroute|sfc|dism|chkdsk|lookup|search|capture|wireshark|audit|bpa|nslookup|repadmin|troubleshooter|ipconfig|gpresult|smartctl|command)\b")
_TRIAL = re.compile(r"\b(?:tried|attempted) (?:to )?(?:run|us|log|connect|open|boot|access|print|send|ping|brows|reach|sign|join|call|dial|view|load|start)(?:n?ing|ging|e)?\b|\b(?:tried|attempted) (?:it |with |from |on |via )")
_CHECK_FORMS = frozenset(past(v) for v in CHECKS.split()) - {"tried", "attempted", "asked", "went", "sat"}


def looks_ahead(clause: str) -> bool:
    """Whether the clause speaks of what is still to be done or advises it."""
    clause = clause.lower()
    return _PLAN.search(clause) is not None or (_may_advise(clause) and _ADVICE.search(clause) is not None)
