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

from escalation.wording.quick import may_hold

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
PAST_ANY = _PREFIXED + "|" + _either([past(v) for v in _ALL if v not in ("work", "fail", "run")] + _PARTICIPLES.split() + ["tried", "had", "gave"]) + "|" + _DID
_GERUND = _either([_gerund(v) for v in _ALL if v not in ("work", "fail", "see", "find")])
BASE = _either([v for v in _FIRM if v not in ("fix", "fail", "work", "rerouted", "log", "list")])
PASSIVE = (
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
LEAD = rf"(?:{_TIME}|{_ADVERB}|(?:things|stuff) (?:i|we) tried:\s*)"
VENDOR = r"(?:the )?(?:vendor|isp|carrier|provider|supplier|manufacturer|support|tech support|microsoft support|dell|hp|lenovo|ms support|(?:\w+ )?support)(?:'s)?"
_SUBJECT = (
    r"(?:(?P<me>i|we|i've|we've|i’ve|we’ve|i had|i have)|(?P<them>(?:the |our |her |his |their )?(?:end[ -]?user|users?|customer|client|cx|caller|"
    r"office manager|receptionist|he|she|contact|staff)(?:'s|’s)?)|(?P<vendor>"
    rf"{VENDOR})|(?P<they>they(?:'ve)?)|"
    r"(?P<colleague>(?:my|our) (?!users?\b|clients?\b|customers?\b|servers?\b|pcs?\b|own\b|end\b)[a-z-]+(?: (?:guy|person|lead|team|admin|engineer|tech|manager|desk))?|someone|somebody|one of our \w+|"
    r"(?:the )?(?:previous|other|last|first|onsite|field|night) (?:tech|technician|engineer|shift)))"
)
_AUX = r"(?:have|has|had|'ve|’ve|was|were|managed to|went ahead and|went and|got to|ended up|did|has been|have been|got)"
_HAD = (
    r"(?:had|asked|got|told|walked|instructed|talked|guided) (?P<asked>(?:the )?(?:user|users|customer|client|cx|end[ -]?user|her|him|them|"
    r"caller|[a-z]+)(?: (?!not\b)[a-z]+)?) (?:to |through )?(?:also |then )?"
)
TERSE = re.compile(rf"^(?:{LEAD}){{0,4}}(?:re-?)?(?P<verb>{_PAST_FIRM})\b(?!-|:? on ?site\b|:? home\b)")
_PLACE = r"(?:(?:in|on|at|with|from|for|over|during|under|through) (?!which|whom|that i|what)(?:[\w'’./-]+ ){1,6}?(?=(?:i|we)\b))"
"""Where or with what it was done, before the one who did it: "on two machines I ran …"."""
PERSON = re.compile(
    rf"^(?:{LEAD}){{0,4}}{_PLACE}?{_SUBJECT}\s+(?:(?:{_AUX}|{_ADVERB.removesuffix(chr(92) + 's+')})\s+){{0,4}}(?P<verb>{PAST_ANY})\b")
_NOTED = PASSIVE + r"|renamed|enabled|activated|deactivated|exchanged|looked up|retried|pushed|applied|re-?attached|detached|attached|reinst|uninst|upd|extended|un-?ticked"
NOUN_FIRST = re.compile(
    rf"^(?:{LEAD}){{0,3}}(?!i\b|we\b|you\b|they\b|it\b|he\b|she\b|users?\b|customer|client|everyone|who|which|that|what|when|if|as|has|have|had|is|are|was|not|no|it's)(?:(?:all|both|the|her|his|their|our|local|new|old) )?(?:(?!(?:is|are|was|were|has|have|had|be|been|being|gets?|got)\b)[\w./'’+\\-]+ ){{1,6}}?(?P<verb>{_NOTED})"
    r"(?=\s*(?:$|[.,;:!(]|(?:and|to|on|in|with|from|for|by|at|via|using|twice|w/|\+|&|\d|again(?= [a-z])|remotely|manually|as well|too|but|still|no)\b))(?!\s+(?:itself|unexpectedly|on its own|by itself))")
"""The terse passive of work notes: "spooler restarted", "cable replaced, no change"."""
HAD_THEM = re.compile(rf"^(?:{LEAD}|(?:i|we)\s+(?:have\s+|then\s+|also\s+)?){{0,4}}{_HAD}(?P<verb>{BASE}|{_GERUND}|try|log|see)\b")
NOUN = re.compile(
    r"^(?:a |the |another |full |quick |hard |cold |second |clean |new )*(?P<verb>reboot|restart|power[- ]?cycle|reset|password reset|reinstall|re-?install|"
    r"update|roll-?back|repair|scan|ping|pings|tracert|traceroute|nslookup|chkdsk|sfc(?: /scannow)?|dism|ipconfig /\w+|gpupdate(?: /force)?|"
    r"speed ?test|cable swap|new cable|safe mode|clean boot|clean install|factory reset|firmware update|driver update|flushdns|netsh \w+ reset|"
    r"memtest\w*|loopback|packet capture|wireshark|winsock reset|telnet|test-netconnection|portqry|dcdiag|repadmin(?: /\w+)?|"
    r"(?:different|another|other|2nd|second|new|spare) (?:pc|laptop|user|cable|port|profile|browser|machine|printer|phone|account|nic|switch|dock|monitor|outlet))\b")
_NEVER = re.compile(
    r"\b(?:have|has|had|did|do|does|could|was|were|would|is|are)(?:n't|n’t|nt| not| never)(?: yet| even| really| been| actually)*\s+"
    rf"(?:(?:had|got|get|have)\s+(?:a\s+)?(?:chance|time)\b|able\b|(?:{PAST_ANY}|{BASE}|try|do|done)\b)"
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
_TALKED = re.compile(
    r"^(?:\w+ ){0,3}?(?:spoke|talked|called|rang|phoned|emailed|e-mailed|texted|messaged|contacted|updated|informed|told|advised|replied|wrote|mailed|chased|asked|tried(?= (?:the )?(?:cx|customer|client|user|her|him|them)\b)|passed(?= (?:it |this |on )?to\b)|handed(?= (?:it |this |over )?(?:over|to)\b)|sent (?:a )?(?:note|mail|email|message)(?= to\b))\b(?: back)?(?: (?:to|with))?\s*(?P<whom>[^.,;:]{0,60})"
)
_VENDOR = re.compile(r"\b(?:isp|vendor|support|carrier|provider|supplier|manufacturer|microsoft|dell|hp|hpe|lenovo|cisco|bt|telco|helpdesk of|hosting|registrar|ref|case|ticket|sr)\b")
_PEOPLE = re.compile(r"\b(?:customer|client|cx|cust|eu|poc|mgr|manager|shift|user|users|end user|caller|her|him|them|contact|office manager|owner|staff|back)\b|^$")


def only_talk(clause: str) -> bool:
    """Whether a clause tells that somebody spoke with the customer, or the customer with us; a call to a vendor is a step."""
    head = clause.strip()[:160].lower()
    talked = _TALKED.match(head)
    return talked is not None and _VENDOR.search(head) is None and _PEOPLE.search(talked["whom"]) is not None


def advising(text: str) -> bool:
    """Whether a text tells somebody else what to do: more of "please", "you" and "try" than of "I did"."""
    head = text[:4000].lower()
    if not ("you" in head or "please" in head or "try" in head or "pls" in head or "kindly" in head or "helps" in head or "i would" in head or "i'd" in head):
        return False
    head = _IN_QUOTES.sub(" ", head)
    told = len(_TO_YOU.findall(head))
    if not told:
        return False
    mine = len(_OF_MINE.findall(head))
    return told > mine and (told >= 2 or mine == 0)


_IN_QUOTES = re.compile(r"[\"“][^\"“”\n]{0,200}[\"”]")
_TO_YOU = re.compile(
    r"\b(?:please|pls|kindly|you|your|you'll|try (?:to|the|this|these|running|a|and)|(?:can|could|would|have|do|did|are) you|might try|i(?:'d| would) (?:try|use|suggest|recommend|check)|hope (?:this|it) helps|thank(?:s| you) for (?:posting|reaching|your (?:question|reply|post)))\b")
_OF_MINE = re.compile(r"\b(?:i|we|my|our|i've|we've|i’ve)\b|(?:^|\n|[.;]\s)\W{0,3}(?:(?!please|need|want|follow)[a-z]{3,12}ed\b|tried|checked|rebooted|restarted|ran|tested|verified|changed|updated|replaced|reset|called|spoke)\b")


def begins_with_deed(text: str) -> bool:
    """Whether a text begins with a deed, with or without who did it."""
    return starts_with_deed(text) or claims(text) == "deed"


def claims(clause: str) -> Claim | None:
    """Return `deed`, `not` for what looks like one and is none (plans, advice, questions), or None for the rest."""
    text = clause.strip().strip("()\"“”*")
    head = text[:160].lower()
    if not text or text.endswith("?") or _CONDITION.match(head):
        return "not" if text else None
    if (said := _said(head)) is None:
        waits = (_may_deny(head) and _NEVER.search(head)) or _PLAN.search(head) or (_may_advise(head) and _ADVICE.search(head)) or _QUESTION.match(head)
        return "not" if waits else None
    if only_talk(text):
        return "not"
    begun = said.end()
    return "not" if any(begun >= _first(pattern, head, begun) for pattern in (_NEVER, _PLAN, _ADVICE)) else "deed"


def _first(pattern: re.Pattern[str], text: str, end: int) -> int:
    """Return where the pattern begins, or far behind the text when it does not begin before `end`."""
    found = pattern.search(text)
    return found.start() if found and found.start() <= end else len(text) + 1


@lru_cache(maxsize=64)
def _said(text: str) -> re.Match[str] | None:
    """Return where a deed is said in a clause in lower case."""
    return TERSE.match(text) or PERSON.match(text) or NOUN_FIRST.match(text) if _PASTY.search(text) else None


_may_deny, _may_advise = may_hold(_NEVER), may_hold(_ADVICE)
_PASTY = re.compile(r"ed\b|\b(?:" + "|".join(sorted(set(_IRREGULAR.values()) | {"did", "ran", "gave", "went", "had", "got", "told", "done", "seen", "taken", "gone", "spoken", "begun", "written", "rung", "run", "shut"})) + r")\b")
"""What every deed in the past has: a cheap look before the dear ones."""


def starts_with_deed(text: str) -> bool:
    """Whether the text begins with a verb of the trade in the past, as the second half of "X and did Y" does."""
    return TERSE.match(text[:160].lower()) is not None


def checks_something(clause: str) -> bool:
    """Whether the deed is a test or check rather than a change."""
    head = clause.strip()[:160].lower()
    found = _said(head)
    verb = found["verb"] if found else ""
    return verb in _CHECK_FORMS or any((_ELSEWHERE_DID.match(head), NOUN.match(head[:60]), _RAN_TEST.search(head[:120])))


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
_CHECK_FORMS = frozenset(past(v) for v in CHECKS.split()) - {"tried", "attempted", "asked", "went", "sat"}


def looks_ahead(clause: str) -> bool:
    """Whether the clause speaks of what is still to be done or advises it."""
    clause = clause.lower()
    return _PLAN.search(clause) is not None or (_may_advise(clause) and _ADVICE.search(clause) is not None)


_TOUCH = rf"(?:{BASE}|touch|attempt|power|reload|failover|fail over|log|let|force|rely|proceed|close|mess|leave|overwrite|go near|run|use|take|put|switch|turn|call|contact)"
_FORBIDS = re.compile(
    rf"(?:^|[,.;:!(–—]\s|\s-\s|\b(?:please|pls|but|and|so|then|you|under no circumstances|whatever you do)[, ]+)\W*(?:please |pls |just |also |really |absolutely )*(?:(?:do|must|should) not|(?:don|mustn|shouldn)['’]?t|never|avoid)(?: you)? (?:please |just |ever |even |again |under any circumstances )*(?:{_TOUCH}|{_GERUND}|touching)\b"
    rf"|\b(?:(?:must|should|may) ?not|(?:must|should)n['’]t|(?:is|are) not to) be (?:{PASSIVE}|touched|switched|turned|taken|run|used)\b|\bcan(?:not| not|['’]t) be (?:rebooted|restarted|touched|reloaded|taken (?:down|offline)|(?:switched|turned|powered) (?:off|down))\b"
    rf"|\b(?:asked|asks|told|said|says|wants?|wanted|warned|warns|instructed|agreed|advised|advises|begged)\b,?(?: (?:us|me|you|all of us|every(?:one|body)|people|anyone|anybody|again|twice|strictly|explicitly|clearly|(?:by|on|in|over|at) [^.;,\n]{{2,30}}?)){{0,3}} not to (?:{_TOUCH})\b"
    r"|^\W*hands off\b|^\W*leave (?:the |this |that )?[^.;,\n]{2,40} alone\b|^\W*no (?:reboots?|restarts?|changes|updates|downtime)\b[^.;\n]{0,30}\b(?:before|until|till|during|please|today|tonight|allowed)\b"
)
_MAY_FORBID = re.compile(r"\b(?:not|n['’]?t|dont|cannot|never|avoid|hands off|alone|no)\b|n['’]t\b")


def forbids(text: str) -> bool:
    """Whether a sentence says what nobody is to do: "do NOT reboot", "asked us not to touch the RAID"; what a user was told is for them."""
    head = text[:300].lower()
    return not head.rstrip().endswith("?") and _MAY_FORBID.search(head) is not None and _FORBIDS.search(head) is not None
