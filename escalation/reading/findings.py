"""How people tell a test or its finding without saying that they did it.

"When I ping it, no reply", "Clearing the cache fixed it", "event logs are clean", "the PC can reach the server",
"resolved by swapping the cable": each is a step, and each needs its result in the same sentence to count as one.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from typing import Literal

Form = Literal["change", "check", "fix"]

_LEAD = r"(?:(?:also|and|but|then|so|now|oddly(?: enough)?|interestingly|weirdly|however|although|internally|externally|locally|remotely|just|simply|even|manually|edit\d?|update\d?)[:,]?\s+){0,3}"
_NOT_A_GERUND = (
    r"(?!(?:no|every|any|some)?thing\b|during|morning|evening|being|having|according|following|regarding|assuming|thinking|hoping|"
    r"wondering|looking (?:for(?:ward)?|to)|waiting|getting|seeing|going|string|ping\b|building|meeting|setting\b|including|depending|speaking|considering|needing|string|ring\b|"
    r"king|missing|warning|booking|training|accounting|marketing|billing|incoming|outgoing|existing|remaining|nothing|working|happening|failing|starting|beginning|judging|leaving|escalating|asking|passing|handing)"
)
_TELLS = (
    r"(?:fix(?:ed|es)|did(?:n['’]?t| not)?|does(?:n['’]?t| not)?|g[ai]ves?|ma[dk]es?|allow(?:s|ed)|caus(?:es|ed)|works?|worked|resolved|solved|resolves|help(?:s|ed)|ha[sd]|show(?:s|ed)|"
    r"return(?:s|ed)|fail(?:s|ed)|br(?:ings|ought)|chang(?:es|ed)|got|gets?|is|was|address(?:es|ed)|cured|clear(?:s|ed)|lets?|runs?|ran|result(?:s|ed)|seem(?:s|ed)|still|no|same|"
    r"indicat(?:es|ed)|confirm(?:s|ed)|stop(?:s|ped)|start(?:s|ed)|c[ao]me|comes|sorted|broke|breaks|improv(?:es|ed)|reveal(?:s|ed)|took|takes|prompts?|throws?|crash(?:es|ed)|hangs?|can(?:no|['’])?t|could(?:n['’]?t)?)"
)
_GERUND = re.compile(rf"^{_LEAD}{_NOT_A_GERUND}[a-z-]{{2,18}}ing\b(?!\s*[,:;.]).{{0,160}}?\b{_TELLS}\b")

_TRIAL = (
    r"(?:try(?:ing)? (?:to )?\w+|attempt(?:ing)? to \w+|run(?:ning)?|test(?:ing)?|ping(?:ing)?|brows(?:e|ing)|set(?:ting)?|re-?boot(?:ing)?|restart(?:ing)?|enabl(?:e|ing)|disabl(?:e|ing)|us(?:e|ing)|switch(?:ing)?|"
    r"point(?:ing)?|plug(?:ging)?(?: \w+)?(?: in)?|unplug(?:ging)?|boot(?:ing)?|start(?:ing)?|install(?:ing)?|uninstall(?:ing)?|connect(?:ing)?|disconnect(?:ing)?|chang(?:e|ing)|remov(?:e|ing)|add(?:ing)?|swap(?:ping)?|mov(?:e|ing)|"
    r"bypass(?:ing)?|resolv(?:e|ing)|quer(?:y|ying)|nslookup|tracert|telnet(?:ting)?|check(?:ing)?|turn(?:ing)? \w+|choos(?:e|ing)|select(?:ing)?|do(?:ing)?|look(?:ing)?(?: at| in)?|temporarily \w+|manually (?!\w+ed\b)\w+|directly (?!\w+ed\b)\w+)"
)
_WHEN = re.compile(
    rf"^{_LEAD}(?:when(?:ever)?|if|once|while|upon|on|every time)\s+(?:(?:i|we)\s+(?:then\s+|manually\s+|simply\s+|only\s+|do\s+)?|(?:she|he|they|(?:the )?(?:user|customer|client)s?|someone)\s+(?=(?:opens?|uses?|logs?|tr(?:y|ies)|connects?|runs?|starts?|prints?|sends?|calls?|moves?|signs?|sits?|goes|clicks?|plugs?|boots?|dials?|types?|unplugs?|reboots?|restarts?)\b))?(?P<verb>(?<=s )\w+s\b|(?<=e )\w+s\b|[\"“]?{_TRIAL})\b")
_AFTER = re.compile(
    rf"^{_LEAD}(?:after|once|as soon as|since|by)\s+(?:i|we)?\s*(?:had\s+|have\s+|'ve\s+|finally\s+|manually\s+|fully\s+|also\s+)?(?:(?P<ing>[a-z-]{{3,16}}ing)|(?P<ed>[a-z-]{{3,16}}ed|reset|set|put|ran|took|rebuilt|did))\b")
_ALLOWED = re.compile(r"^(?:once|when|after|as soon as)\s+(?:this|that|it|they|these|those|the \w+(?: \w+)?)\s+(?:was|were|had been|got)\s+\w+ed\b")
_FUTURE = re.compile(r"\b(?:will|would|should|could you|can you|you(?:r)?\b|please|let me know|might|may|want|need|going to)\b")
_RESULT = re.compile(
    r"\b(?:works?|worked|working|fail(?:s|ed|ing)?|fine|ok|okay|correct(?:ly)?|same|still|error|errors|no \w+|nothing|never|does(?:n['’]?t| not)|did(?:n['’]?t| not)|can(?:no|['’])?t|cannot|could(?:n['’]?t| not)|can (?:no longer )?\w+|able to|unable|"
    r"has(?:n['’]?t| not)|have not|is(?:n['’]?t| not)|was(?:n['’]?t| not)|no longer|i get|it gets?|get(?:s|ting) (?:an?|the)|gives?|gave|returns?|returned|comes? up|came up|came back|shows?|showed|prompts?|crash\w*|hangs?|hung|drops?|dropped|times? out|timed out|denied|refused|resolves?|resolved|fixed|solved|cleared|gone|"
    r"succe\w+|pass(?:es|ed)?|reboots?|slow\w*|respond\w*|repl(?:y|ies|ied)|loads?|loaded|prints?|printed|started|stopped|adjusted|connects?|connected|runs|appears?|disappear\w*|reach\w*|loss)\b")

_CHECKABLE = (
    r"(?:(?:event|system|iis|audit|error|application|security|firewall|vpn|dns|dhcp|exchange|backup|veeam|sync|server|router|switch)?\s?(?:logs?|viewer)|(?:\w+ )?records?|settings?|config(?:uration)?s?|permissions?|rights|cabl(?:e|es|ing)|link(?: lights?| leds?)?|lights?|"
    r"dns|dhcp|gateway|routes?|route \w+|routing|services?|ports?|cert(?:ificate)?s?|signal|disks?|drives?|smart|ram|memory|temps?|temperatures?|time|clocks?|licen[cs]es?|rules?|polic(?:y|ies)|gpos?|replication|credentials|password|account|ip(?: address| config)?|"
    r"subnet(?: mask)?|mtu|duplex|speed|latency|bandwidth|cpu|queue|driver|drivers|firmware|mx|spf|dkim|dmarc|zone|scope|leases?|vlans?|trunk|trust|ntp|raid|array|volume|snapshots?|datastore|quota|mailbox|connectors?|toner|fuser|rollers?|paper|voltage|psu|ups|battery|"
    r"line|isp|wan|lan|wi-?fi|pings?|traceroute|share|acl|ntfs|encryption|tls(?: [\d.]+)?|antivirus|av|defender|sfc|dism|chkdsk|memtest|speed ?test)"
)
_FINE = r"(?:fine|ok|okay|good|clean|clear|correct|right|healthy|normal|green|intact|valid|identical|matching|up to date|current|enabled|in place|as (?:expected|it should be|recommended|documented)|(?:correctly|properly) (?:set|configured)|set (?:up )?(?:correctly|properly|right|as \w+)|present|reachable|up|not expired|not (?:full|locked))"
_STATE = re.compile(
    rf"^{_LEAD}(?:(?:the|his|her|their|our|my|all|both|every|each|any)\s+)?(?:[\w/.'’-]+\s+){{0,4}}?{_CHECKABLE}\b(?:\s+(?:on|of|for|in|at|from|to|between|and)\s+[\w\s/.'’-]{{1,50}}?)?\s+"
    rf"(?:(?:all\s+)?(?:is|are|was|were|looks?|looked|seems?|seemed|tests?|tested|checks? out|shows?|showed|reads?|came back|comes back|appears?)\s+(?:to be\s+)?(?:all\s+|also\s+|now\s+|both\s+|still\s+|correctly\s+|properly\s+|just\s+|as\s+a\s+)?(?:{_FINE}|set|configured|valid)|(?:all\s+)?(?:ok|okay|fine|clean|good|correct)\s*[.,;]?\s*$)"
    rf"|^{_LEAD}(?:we|i|it|they)(?:['’]re|['’]s| are| is| am)\s+(?:at|on|running)\s+the latest\b")
_NONE_FOUND = re.compile(
    rf"^{_LEAD}(?:there\s+(?:are|is|were|was)\s+|i\s+(?:see|found|find|get)\s+|we\s+(?:see|found)\s+|(?:shows?|found)\s+)?(?:absolutely\s+)?(?:no|nothing|zero|0)\s+(?:\w+\s+){{0,3}}?(?:(?:errors?|warnings?|issues?|alerts?|entries|events?|faults?|problems?|packet loss|loss|drops?|crc|disconnects|blocks?|hits?|denies|conflicts?|matches)\b|(?:in|on|of (?:note|interest))\s).{{0,60}}"
    r"\b(?:logs?|viewer|console|portal|dashboard|history|trace|report|queue|quarantine|port|ports|interface|switch|scan|smart|line|link|firewall|router|server|site)\b")
_ABILITY = re.compile(
    rf"^{_LEAD}(?:(?:yes|no)[,.]?\s+)?(?:(?:but|and|i|we|it|they|she|he|the|a|an|all|both|other|another|new|my|our)\s+)?(?:[\w/.'’-]+\s+){{0,8}}?(?:(?:can|could)\s+(?!you|we\b|i\b|anyone|someone|not\b|no longer|only\b|you\b)|(?:is|are|was|were|am)\s+able\s+to\s+)"
    r"(?:now\s+|still\s+|also\s+|both\s+|successfully\s+|reach and\s+)?(?P<what>ping|resolve|reach|browse|connect|sign in|log ?in|log on|telnet|rdp|access|open|run|print|update|authenticate|send|receive|mount|map|dial|call)\b")
_FIXED_BY = re.compile(
    r"\b(?:fixed|resolved?|solved?|sorted|cured|corrected|got (?:it|this|that|them) (?:working|fixed|going|sorted))\s*(?:(?:it|this|that|the \w+(?: \w+)?|my \w+|everything|mine|ours)\s+)?(?:by|with|after|via)\s+(?:\w+ing\b|a |the |\w+)"
    r"|\b(?:the )?(?:fix|solution|answer|culprit|cause|root cause|resolution) (?:was|is|turned out to be|for (?:me|us|this) was)\s+(?!unknown|not|to\b|still|probably|likely)\w+"
    r"|^(?:\W*)(?:just\s+)?(?:re-?\w+|turn\w*|switch\w*|set\w*|swap\w*|chang\w+|remov\w+|disabl\w+|enabl\w+)\s.{3,80}\band (?:it|that|everything|all|this|they)\b.{0,25}\b(?:works|back|fine|fixed|again|good)\b"
    r"|^(?:\W*)(?:an?|the)\s+(?:\w+\s+){0,2}(?:repair|reinstall\w*|reboot|restart|reset|update|upgrade|rollback|replacement|rebuild|swap|install\w*|reimage)\b.{0,60}\b(?:fixed|resolved|solved|did the trick|worked|sorted|cured)")
_COMMAND_SAYS = re.compile(
    rf"^{_LEAD}(?:(?:a|the)\s+)?(?:repadmin|dcdiag|nslookup|pings?|tracert|traceroute|ipconfig|sfc|dism|chkdsk|gpresult|gpupdate|netstat|telnet|test-\w+|get-\w+|nltest|w32tm|smartctl|memtest\w*|portqry|wireshark|event viewer|task manager|device manager|resource monitor|speed ?test|packet capture|message trace)\b.{{0,80}}?"
    r"\b(?:g[ai]ves?|shows?|showed|returns?|returned|says|said|reports?|reported|fails?|failed|comes? back|came back|resolves?|times? out|timed out|works?|worked|(?:is|are|was|were) (?:fine|ok|clean|good)|ok|fine|pass(?:es|ed)|clean|found|finds|lists?)\b")
_SEEN = re.compile(
    rf"^{_LEAD}(?:while|when) \w+ing .{{3,90}}?\b(?:i|we) (?:noticed|found|saw|discovered|realised|realized|spotted)\b|^{_LEAD}(?:in|with|on|from|using|via) (?:[\w./'’-]+ ){{1,8}}?(?:i|we) (?:can |could |do |did |also |only )*(?:see|saw|get|got|find|found)\b|^{_LEAD}(?:i|we) compare\b"
    r"|"
    rf"^{_LEAD}(?:i|we)\s+(?:also\s+|then\s+|can\s+|could\s+|do\s+)?(?:see|saw|noticed|notice)\s+.{{3,100}}\b(?:logs?|trace|audit|viewer|capture|report|console|events?|portal|dashboard|queue)\b"
    r"|\b(?:i|we)\s+(?:do(?:n['’]?t| not)|did(?:n['’]?t| not)|can(?:no|['’])?t)\s+(?:see|find)\s+(?:an?|any\w*|the|that|this|it)\b.{0,80}\b(?:logs?|trace|audit|viewer|capture|report|console|events?|portal|there|either|sent|quarantine|queue|list|spam|device manager)\b")
_CHECKED = re.compile(
    r"[,(–-]\s*(?:i |we |i've |have )?(?:double[- ]?|already |just )*(?:checked|verified|confirmed|tested)(?: (?:that|it|this|those|them|twice|again|already|myself|by hand))*(?: (?:on|in|with|w/|via|by|from|against|at|over) .{1,60})?\W*$"
)
"""A state with "checked" behind it: "the rule is off, checked that on both"."""
_ALSO_HAPPENS = re.compile(r"^(?:it|this|same|the same|same issue|the (?:issue|problem|error)|problem|issue)\s+(?:also\s+(?:happens?|happened|occurs?|fails?|appears?)|(?:happens?|happened|occurs?)(?:\s+\w+){0,5}\s+(?:as well|too|also))\b")
_COULD_NOT = re.compile(
    r"^(?:(?:and|but|so|then|also|still)\s+)*(?:(?:i|we)\s+)?(?:(?:also|still|just)\s+)?(?:(?:can(?:no|['’])?t|cannot|could(?:n['’]?t| not)|(?:am|was|were|are) (?:un|not )able to|unable to)\s+(?:get\s+\w+.{0,60}\bto\b|(?:un)?install|update|remove|start|stop|restart|boot|delete|join|re-?join|enable|disable|format|mount|repair|restore|reset|connect to|ping|reach|map|promote|demote|reproduce|replicate)\b)")
_SUPPOSED = re.compile(r"^(?:please |also |then |and )*(?:check|try|make sure|ensure|verify|use|open|go to|look|see if|test if|run the|create|click|select)\b|^\(|^(?:\W*\w+:\W*)?(?:if|since|because|as|when|whenever|so that|in order|assuming|i (?:think|believe|suspect|guess|assume))\b|^.{0,160}\bmust be\b")
_TOOL_SAYS = re.compile(
    rf"^{_LEAD}(?:(?:the|a|its|her|his|port|job)\s+)?(?:[\w.-]+\s+){{0,3}}?(?:logs?|history|trace|report|viewer|manager|monitor|list|test|scan|console|portal|dashboard|status|health|capture|perfmon|df(?: -\w)?|top|htop|gpresult|event \d{{2,5}}|events|access|smart|ilo|idrac|counter|graph|speed ?test|self test|analy[sz]er|cert(?:ificate)?|disk \d|process|stop code|ticket)"
    r"(?:\s+(?:on|of|for|from|in|at)\s+(?:the\s+)?[\w.-]+(?:\s[\w.-]+)?)?\s*(?::\s|\b(?:shows?|showed|says|said|points? (?:to|at)|lists?|has|reports?|reported|tells|gives|expired|each|is|was|ran)\b)"
)
_NOUN_THEN = re.compile(
    rf"^{_LEAD}(?!(?:update|status|customer|client|user|issue|problem|result|symptom|error|note|ticket|reason|impact|cause|monday|today|yesterday|but|and|so|sorry|ok|thanks|hi|hello|edit|ps|summary|contact|phone|name|yes|no|well|then|nope|yep|yeah|sadly|unfortunately|however|nothing|same|all|everything|this|that|it|result)\b)(?!\w+ (?:emailed|called|rang|phoned|replied|says|said|texted|wrote|reports?)\b)(?!\w+: (?:ok|okay|yes|no|yeah|thanks|sure)\b)"
    r"(?:(?!is\b|are\b|was\b|were\b|has\b|have\b|had\b|i\b|we\b|it\b|they\b|he\b|she\b|you\b|will\b|can\b|does\b|did\b|do\b|not\b|that\b|which\b)[\w./'\\-]+\s){0,6}(?!is\b|are\b|was\b)[\w./'\\-]+\s?(?:[,:;]|\s[-–>]+|\s?=>?|\s?->)\s*(?:still\s|same\b|no\s(?!idea|need|problem\b|worries|access|one|particular|special|pattern)|nothing\b|none\b|nada|fine\b|ok\b|okay\b|clean\b|works\b|worked\b|fails\b|failed\b|failing\b|did ?n.?t\b|does ?n.?t\b|not (?:there|it|working|better)|passed?\b|all good|good\b|healthy\b|crash|error\b|timed? ?out|times out|dead\b|loops?\b|hangs?\b|all (?:low|good|ok|fine)\b|no dups?\b)"
)
_CONTRAST = re.compile(
    r"\b(?:same|another|other|different|second|direct|directly|backup|test|spare|itself|over|via|against|from|using|only|through|old|new|local|ping|pings)\b.{0,60}?\b(?<!n't )(?<!not )(?:works?|opens?|resolves?|prints?|loads?|connects?|deploys?|rings?|has it|have it|(?:is|are) (?:fine|ok|clear|unaffected|good)|pings? (?:fine|ok)|answers?|responds?|starts?|boots?|ok|fine|gets? through)\b(?=\s*(?:$|[.,;!)]|for|on|there|fine|ok|in|from|without|at|ping|ssh|and))"
)
_NOT_CONTRAST = re.compile(r"^(?:the customer|customer|users?|please|can|could|if|when|it|he|she|they|i|we|you|so|then|also|and it|but|maybe|perhaps|since)\b|\b(?:should|will|would|might|hopefully|until|no longer|not|n't|never|used to|normally|usually|nobody|nothing)\b")
_THEY_SAY = re.compile(r"^(?:(?:the|our|their)\s+)?(?P<who>isp|carrier|provider|vendor|supplier|manufacturer|microsoft|dell|hp|lenovo|bt|comcast|(?:\w+ )?support)\s+(?:says?|said|confirm(?:s|ed)?|reports?|reported|sees?|saw|tested|found|checked|claims?)\b")
_IN_PLACE = re.compile(rf"^{_LEAD}(?:[\w./'’-]+\s){{0,6}}?(?:is|are|was|were)\s+(?:all\s+|also\s+|now\s+|both\s+)?(?:off|on|in place|correct|right|fine|ok|okay|healthy|clean|enabled|disabled|allowed|open|present|up to date|identical|the same on both|green|intact|empty)(?=\s*(?:$|[.,;(]|on|in|at|for|by))")
_NONE_AT = re.compile(r"^(?:there (?:is|are|was|were) )?no (?:scheduled tasks?|incidents?|recent changes?|updates?|other \w+|\w+ (?:errors?|issues?|jobs?|tasks?|rules?|alerts?|changes?|conflicts?))\b.{0,60}\b(?:at|in|on|since|for|of)\b|^\d+ ?(?:gb|mb|tb|%) free\b")
_NOT_FIX = re.compile(r"\b(?:not|n['’]t|never|hope|hopefully|should|would|might|could|if)\b")
_ONGOING = re.compile(
    r"^(?:(?:currently|now|presently|in the meantime|meanwhile|atm|ok|so)[, ]+)*(?:i['’]?m|im|we['’]?re|i am|we are)\s+(?:currently\s+|now\s+|just\s+|also\s+|still\s+)?(?:running|scanning|restoring|rebuilding|copying|re-?imaging|updating|installing|uninstalling|downloading|monitoring|testing|replacing|migrating|syncing)\b"
    r"|^(?:currently|now|presently)\s+(?:running|scanning|restoring|rebuilding|copying|cloning|re-?imaging|updating|installing|downloading|monitoring|testing)\b|^(?:cloning|restoring|rebuilding|copying|re-?imaging|scanning|running)\b.{3,60}\bnow\b"
    r"|^(?:chkdsk|scan|restore|backup|rebuild|sfc|dism|defrag|memtest|sync|update|resync|copy) (?:is )?(?:still |now |currently )?(?:running|in progress|under ?way)\b")


def test_told(sentence: str) -> Form | None:
    """Return what a sentence that starts with its deed tells: "when I …, it fails", "removing … fixed it", "after …, fine"."""
    text = _LABEL.sub("", sentence.strip()[:320].lower())
    found = _WHEN.match(text)
    if found and not _FUTURE.search(text[:120]) and _RESULT.search(text, found.end()):
        return "check"
    found = _AFTER.match(text)
    if found and not _FUTURE.search(text[:90]) and "," in text[found.end() :] and _RESULT.search(text, text.find(",", found.end())):
        return "change" if found["ing"] or text.startswith(("after", "once", "as soon")) else None
    if _ALLOWED.match(text) and re.search(r"\b(?:able to|worked|works|fine|came (?:up|back)|completed)\b", text):
        return "change"
    if _GERUND.match(text) and not _FUTURE.search(text[:90]):
        return "check" if _LOOKING.match(text) else "change"
    return None


_LABEL = re.compile(r"^[\s*_\"'(]*(?:(?:edit|update|fixed|solved|resolved|solution|fix|note|result)\s?\d*\s*[:.-]+[\s*_]*)?")
_LOOKING = re.compile(rf"^{_LEAD}(?:using|running|checking|testing|looking|browsing|pinging|opening|accessing|tracing|comparing|connecting|logging|viewing|monitoring|capturing|trying|attempting|searching|scanning|reviewing|inspecting|querying|booting)\b")
_RESTARTED = re.compile(r"^(?:and |then )?(?:after|once|on|upon|following)\s+(?:a |the |i |we |it )?(?:\w+ )?(?:re-?(?:boot|start)\w*|logg\w+|sign\w+|power[- ]?cycl\w+|that|this|doing (?:that|this|so)|which)\b")


def result_after(sentence: str) -> bool:
    """Whether the sentence is what came of the deed before it: "after rebooting, still the same"."""
    return _RESTARTED.match(sentence.strip()[:120].lower()) is not None


def on_condition(sentence: str) -> bool:
    """Whether the sentence tells when something works: "if I use the address, it works"."""
    return _WHEN.match(_LABEL.sub("", sentence.strip()[:240].lower())) is not None


def finding_told(sentence: str) -> Form | None:
    """Return what a sentence without a deed tells: "logs are clean", "no errors on the port", "fixed by …"."""
    text = _LABEL.sub("", sentence.strip()[:240].lower())
    if (fix := _FIXED_BY.search(text)) and not _NOT_FIX.search(text[: fix.start()] + text[fix.end() : fix.end() + 12]):
        return "fix"
    if _FUTURE.search(text[:80]) or _SUPPOSED.match(text) or _GUESSED.search(text):
        return None
    if _CHECKED.search(text) or _COULD_NOT.match(text) or _ALSO_HAPPENS.match(text):
        return "check"
    if _TOOL_SAYS.match(text) or _NOUN_THEN.match(text) or _THEY_SAY.match(text) or _IN_PLACE.match(text) or _NONE_AT.match(text):
        return "check"
    if _CONTRAST.search(text) and not _NOT_CONTRAST.search(text):
        return "check"
    if _COMMAND_SAYS.match(text) or _SEEN.search(text) or _STATE.match(text) or _NONE_FOUND.match(text) or _ABILITY.match(text):
        return "check"
    return None


_GUESSED = re.compile(r"\bi (?:think|guess|believe|suspect|suppose|assume)\b|\bprobably\b|\bfor sure\b|\bmay (?:\w+ )?(?:be|drop|block|cause|not|have)\b")


def ongoing(sentence: str) -> bool:
    """Whether the sentence says that something was started and runs."""
    return _ONGOING.match(sentence.strip()[:160].lower()) is not None


def shows(sentence: str) -> bool:
    """Whether the sentence tells what a log, a test or a tool shows, or what was found: worth telling, so a finding."""
    text = sentence.strip()[:240].lower()
    return _TOOL_SAYS.match(text) is not None or text.startswith("found ")


def contrasts(sentence: str) -> bool:
    """Whether the sentence says where it does work: on another computer, by address, in safe mode."""
    text = sentence.strip()[:240].lower()
    return _CONTRAST.search(text) is not None and not _NOT_CONTRAST.search(text)


def by_vendor(sentence: str) -> bool:
    """Whether the sentence tells what the vendor or the provider found."""
    return _THEY_SAY.match(sentence.strip()[:80].lower()) is not None


def allows(sentence: str) -> bool:
    """Whether the sentence says that something can be done, which for a check means its subject is fine."""
    return _ABILITY.match(sentence.strip()[:240].lower()) is not None
