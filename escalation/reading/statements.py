"""How work notes tell a finding without a verb of doing: a thing and what is so about it.

"icacls shows an explicit deny", "gpresult -> wrong OU", "ACL at the branch has /22, ours /24", "with an injector it is
stable": a technician who writes this down has looked. It is read so only in a technician's note, never in how the
ticket began, and only when it names something of the trade: an identifier, a number, a command, a product.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re

from escalation.reading import outcomes

_SPEAKER = r"(?:the |our |her |his |their |an? |another |one )?(?:customer|client|end[ -]?user|users?|caller|contact|staff|people|management|everyone|everybody|nobody|someone|colleague|boss|manager|he|she|they|several|you|i|we|who|it|this|that|these|those|there|here|what|which|please|thanks?|sorry|any|anyone|hope)\b"
_OPINION = re.compile(
    r"\b(?:i (?:think|guess|believe|suspect|assume|suppose|know|mean|have no|am not|understand|need|want|hope|wonder)|maybe|perhaps|probably|possibly|seems like|might|could be|may be|must be|pls|my (?:bet|money|theory|suspicion)|is promised|note for|should|would|will|'ll|going to|please|need(?:s)? (?:to|someone|somebody|help|an? )|has to|have to|want|let me|let's|hopefully|my guess|guessing|suspect|sounds like|looks like|planned|tomorrow|tonight|later|todo|to do|plan|not sure|no idea|unsure|until then|remember|keep an eye|wondering|confused|next steps?|is to [a-z]+|according to|supposed to|the article|documentation|the docs|must (?:ask|check|see|wait|call)|any (?:ideas?|help|suggestions?))\b|^(?:ordered|bought|purchased|requested a quote)\b|\?|\bnext\s?:"
)
_SHOWS = re.compile(
    r"\b(?:shows?|showed|says|contains?|reports?|reported|reads|returns?|returned|gives?|gave|lists?|blames?|points? (?:to|at)|pointed (?:to|at)|answers?|answered|complains?|displays?|indicates?|found|detected|flagged|caught)\b"
)
_STATES = re.compile(
    r"\b(?:(?:is|are|was|were) (?:\w+ )?(?:not|no|ok|okay|fine|full|down|up|off|on|out|wrong|old|expired|dead|green|red|gone|missing|empty|locked|blocked|disabled|enabled|unset|set|set to|correct|right|valid|clean|there|present|identical|same|different|the same|in|at|to|from|stuck|stopped|running|reachable|healthy|degraded|closed|open|low|high|slow|idle|ticked|unticked|corrupt|visible|listed|denied|allowed|only|still)\b|has|had|have|does|do|did|holds?|sits?|uses?|ends?|ended|differs?|matches|resolves?|pings?|opens?|listens?|goes|comes|came|went|works?|worked|fails?|failed|names?|maps?|allows?|allowed|blocks?|blocked|denies|denied|expired|expires|contains|stops?|stopped|counts?|dates?|can|cannot|can['’]?t|valid|clean|empty|identical|missing|present|disabled|enabled|correct|intact|up to date|healthy|degraded|full|locked|denied|latest|newest)\b"
)
_TECHNICAL = re.compile(
    r"\d|[A-Z]{2,}|\b(?:owa|vpn|rdp|ntp|smb|dfs|iis|sql|imap|smtp|ftp|ssh|https?|ping|wifi|bios|uefi|ssd|ram|cpu|nic|ssid|pcs?|webmail|outlook|excel|chrome|edge|firefox|teams|memory|fan|temperature|voltage|battery|tray|toner|roller|sensor|mail|header|url|vm|node|cluster|replica|role|scope|firmware)\b|\b(?:shows?|says) [A-Z]|\b[a-z]+[A-Z]\w*|\b[A-Z][a-z]+[A-Z]\w*|[\\/_]\w|\w[\\/_]\w|[\"“'‘]\w|\b(?:log|logs|port|ports|service|disk|volume|lun|lock|server|switch|router|firewall|dns|dhcp|cert|certificate|driver|profile|account|policy|gpo|group|rule|record|scope|lease|route|gateway|interface|link|uplink|queue|spooler|process|task|job|backup|snapshot|datastore|host|guest|vm|index|table|database|registry|key|permission|acl|share|mailbox|connector|trunk|codec|session|licen[cs]e|token|browser|cable|light|led|fibre|antenna|signal|tunnel|clock|time|version|firmware|patch|update|update|password|credentials|cache|cookie|config\w*|setting)\b"
)
_EXPLAINS = re.compile(
    r"\b(?:means? (?:that|the|you)|because|is required|are required|as (?:a|the) rule|in general|usually|normally|by default|is used to|method is|way is|is an?\b(?! \d)|is called|that is how|in order|so that|which is why|the (?:issue|problem|question|goal|idea|point|setup|key|script|screen|message|error|website|server) (?:is|was)|all of|none of|background|history|tl;?dr)\b|^(?:check|verify|see|test|make sure|find out) (?:if|whether|that|the|your)\b|^al+ ?though\b|^(?:on |since |last |this |by )?(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|^an? \w+ that\b|^(?:now|then|suddenly|finally|so|today|once|until|after|before|while|when|as|if|although|however|just|also note|note)\b"
)
"""Sentences that explain, or tell a story, rather than state what was seen."""
_FIRST_PERSON = re.compile(r"\b(?:i|i'm|i've|i'd|i’m|i’ve|we|we're|we've|my|our|me|us)\b")


def is_work_note(text: str) -> bool:
    """Whether a text is written as work notes are, without "I" and "we", so that whatever it states was looked at."""
    low = text[:2000].lower()
    return len(_FIRST_PERSON.findall(low)) <= max(1, len(low) // 330)


_TOOL = re.compile(
    r"^(?:(?:and|also|then|but|the|a|running|ran)\s+){0,2}(?:[a-z][\w-]{1,20}\.(?:exe|ps1|msc|cpl|sh|bat)\b|[a-z]{2,8}(?:-[a-z0-9]+)+(?:\.exe)?\b(?=\s)|[a-z][\w]{1,14}\s+(?:-{1,2}|/)[a-z]|"
    r"(?:eseutil|vssadmin|repadmin|dcdiag|nslookup|dig|ping|tracert|traceroute|mtr|ipconfig|ifconfig|netsh|netstat|net (?:use|start|stop|view|config|time|user|accounts)|icacls|lsblk|df|du|mount|fsck|smartctl|mdadm|journalctl|dmesg|systemctl|"
    r"sfc|dism|chkdsk|gpresult|gpupdate|klist|setspn|nltest|w32tm|certutil|wbadmin|bcdedit|diskpart|fsutil|robocopy|tnc|test-\w+|get-\w+|resolve-\w+|telnet|curl|wget|openssl|iperf3?|pathping|arp|route print|sc query|tasklist|procmon|procdump|windbg|wireshark|tcpdump|pcap|esxtop|vmkping|vmkfstools|esxcli|esxcfg-\w+|psexec|msconfig|perfmon|rsop|adsiedit|ldp|portqry|nmap|lsdiag|csvde|ldifde|"
    r"dsregcmd|show \w+|sh \w+|debug \w+|diag \w+|grep|cat|tail|top|htop|iostat|ps aux|lsof|ss -|strace|crystaldiskinfo|memtest\w*|speed ?test|bpa|exrca)\b)"
)
"""A command or a tool at the beginning of what was seen with it."""
_UNDER = re.compile(
    r"^(?:but |and |also |however |so )?(?:with(?:out)?|on|from|via|over|through|in|at|under|using|directly|only)\s+(?!(?:the other hand|top of|regard|respect|behalf|advice|request|my way|hold|it\b|that\b|this\b|monday|tuesday|wednesday|thursday|friday|saturday|sunday|\d{1,2}[:.]\d\d|[a-z]+day)\b)"
    r"(?:[\w./'’\\-]+\s){1,8}?(?:[\w./'’\\-]+,?)\s+(?:it(?:['’]s)?|this|that|everything|all|both|mail|the|she|he|they|nothing|internet|calls?|print\w*|same|\w+)\s.{0,80}"
)
"""A condition under which it was tried: "on a colleague's dock it never happens"."""
_TURNS_OUT = re.compile(
    r"\b(?:works?|worked|working|fine|ok|okay|never|no (?:drops?|crash\w*|problems?|issues?|errors?)|stable|same|still|fails?|failed|crash\w*|not|n['’]t|goes through|comes up|happens|opens|prints|loads|connects|both ways|clean|correct|perfect|gone|instantly|at once|straight away|empty|error)\b"
)
_ARROW = re.compile(r"\S\s*(?:->|=>|→|-->|>>)\s*\S|\bfrom v?\d[\w.]* to v?\d")
_ELSEWHERE = re.compile(
    r"^(?:another|a spare|spare|a loan|loan|a different|a second|the other|other|a test|test|a new|new|my own|my|a colleague['’]?s?|the same|same) (?:[\w'’.-]+ ){0,5}?(?:users?|pcs?|laptops?|accounts?|computers?|machines?|phones?|browsers?|printers?|cables?|ports?|docks?|profiles?|desks?|tablets?|servers?|sites?|clients?|mailbox(?:es)?|query|test|file|lookup|cards?|disks?|monitors?)\b.{0,60}\b(?:gets?|has|have|shows?|works?|fails?|crash\w*|same|too|as well|fine|ok|is|are|sees?|can|cannot|can['’]?t|gives?|returns?|prints?|opens?|does|do)\b"
)
"""The same thing tried with something else."""
_NONE_THERE = re.compile(r"^(?:also |and )?(?:no|nothing|none)\b (?:[\w-]+ ){0,4}?(?:in|on|at|for|from|to|with|since|between)\b \S")
_PAIR = re.compile(r"^(?P<what>[^,:;.!?]{4,60}?)\s*(?:,|:|;|\s[-–]{1,2}|\s?=)\s+(?P<so>[^.!?]{2,70})[.!]?$")
_AND_SO = re.compile(r"\s(?:->|=>|→|[-–]|,)\s*(?=(?:so )?(?:suspect|probably|maybe|looks like|my guess|sounds like|i (?:think|guess|suspect)|guess))")
"""Where a guess follows what was seen."""
_FOUND_DIFFERENCE = re.compile(r"^(?:the |only |one |another |big )*(?:differences?|thing|oddity|clue|what) (?:that )?(?:i|we) (?:found|noticed|saw|see|can see)\b")
_NOT_IT = re.compile(r"\bso (?:it['’]?s |that['’]?s |its |thats )?not (?:that|it|the|this|a)\b|\bso that['’]?s (?:not it|out|fine|ok)\b")
_OTHERS = re.compile(
    r"^(?:the |our |their |my )?(?P<who>(?:[\w-]+\s){0,2}(?:team|dept|department|admins?|guys|noc|support|side|carrier|isp|provider|vendor|supplier|dba|hoster|landlord|electrician))(?:['’]s)?\s+(?:\w+ )?(?:says?|said|swears?|insists?|thinks|confirm(?:s|ed)?|reports?|reported|sees?|saw|tested|found|checked|claims?|raised|changed|did|moved|replaced|reset|ran|restarted|set|updated|fixed|opened|rebooted|looked)\b"
)
_TO_SOMEBODY = re.compile(r"^(?:told|informed|promised|asked|emailed|called|left|spoke|app owner|user|customer|client|she|he|they)\b.{0,60}\b(?:confirm\w*|happy|informed|aware|know|he can|she can|they can)\b")


_LEADING = re.compile(r"^(?:(?:and|but|so|also|then|now|however|ok|okay|hm+|well)[,.]?\s+)+", re.IGNORECASE)
_RESULT_MARK = re.compile(r"[,:;=]|->|=>|→|\s[-–]\s")


def finding_stated(sentence: str, *, work_note: bool) -> bool:
    """Whether a technician's sentence states a finding: a thing of the trade and what is so about it.

    In a work note any plain statement will do; elsewhere the sentence must say that something shows it.
    """
    written = _LEADING.sub("", sentence.strip()[:240])
    if guess := _AND_SO.search(written.lower()):
        written = written[: guess.start()]
    text = written.lower()
    if len(text) < 12 or _OPINION.search(text):
        return False
    if _FOUND_DIFFERENCE.match(text) or _OTHERS.match(text):
        return True
    if _TOOL.match(text):
        told = _SHOWS.search(text) or (work_note and (_STATES.search(text) or _RESULT_MARK.search(text)))
        return len(text.split()) >= 3 and told is not None
    if _EXPLAINS.search(text):
        return False
    if _UNDER.match(text) and _TURNS_OUT.search(text):
        return True
    if _ELSEWHERE.match(text):
        return True
    if re.match(_SPEAKER, text) or _TECHNICAL.search(written[:120]) is None:
        return False
    if work_note and (_ARROW.search(text) or _NOT_IT.search(text) or _NONE_THERE.match(text)):
        return True
    if work_note and (pair := _PAIR.match(text)) and outcomes.outcome_of(pair["so"], check=True) != "unknown":
        return True
    found = _SHOWS.search(text) or (_STATES.search(text) if work_note else None)
    return found is not None and 0 < found.start() <= 90


def by_vendor(sentence: str) -> bool:
    """Whether somebody outside, the provider or the vendor, says or did it."""
    found = _OTHERS.match(sentence.strip()[:80].lower())
    return found is not None and _OUTSIDE.search(found["who"]) is not None


_OUTSIDE = re.compile(r"\b(?:isp|carrier|provider|vendor|supplier|hoster|electrician|landlord|support)\b")


_PROBE = re.compile(
    r"^(?:(?:and|also|then|but|the|a|an|same|ran|running|tried|did)\s+){0,3}(?:ping|nslookup|dig|tnc|telnet|curl|wget|mount|umount|eseutil|start|boot|test|login|logon(?! events?)|log in|sign in(?! logs?)|test[ -]|print|send|call|net use|resume|restart|install|update|connect|resolve|tracert|traceroute|sfc|dism|chkdsk|restore|repair|rebuild|resume-|start-|test-|connect-|(?:repair|reset|restore|new|set|add|remove|install|uninstall|enable|disable|clear|restart|stop|move|import|export|update|suspend|grant|revoke|invoke)-|fltmc unload|[\w.-]+ (?:\S+ ){0,3}?/(?:remove|reset|grant|revert|restorehealth|cleanup|unload)[\w-]*|net start|systemctl (?:re)?start|service \w+ start|psexec|robocopy|gpupdate|query|a? ?query)"
)
"""A command or test that tries what fails: where it errs it failed, where a log shows an error it found something."""
_ENDED = re.compile(r"^(?:the )?(?:\w+ )?(?:repair|rebuild|restore|clon(?:e|ing)|install\w*|update|upgrade|backup|sync|migration|import|export|cop(?:y|ying)|reinstall|(?:start )?attempt|resync|resume|boot|start|wizard|setup|script) (?:\w+ )?(?:abort|fail|ended with|stopp|error|crash|hung|hangs|stuck|timed out|times out)")
_CHANGES_INSIDE = re.compile(
    r"\b(?:set (?:it )?to|changed (?:it )?(?:to|from)|switched (?:to|off|on|from)|turned (?:on|off)|put back|taken off|removed|added|unticked|ticked|replaced|raised (?:to|from)|lowered|increased|reset|disabled|enabled|moved (?:to|from))\b"
    r"|\s/(?:remove|grant|deny|fix|repair|reset|f|r|restorehealth|scannow|force|cleanup|delete|add|autodisconnect|persistent)\b|^(?:exec|update|alter|grant|delete from)\b|^(?:new|another|replacement|different|spare) (?:\w+ )?(?:cable|patch|lead|switch|router|dock|port|disk|nic|psu|battery|adapter|sfp|phone|handset|profile|ribbon|toner|driver|fuser|drum|card|monitor|mouse|keyboard)\b|^(?:set|new|remove|add|enable|disable|restart|repair|reset|update|install|uninstall|start|stop|clear)-[a-z]+\b|\d\s?(?:->|→|=>)\s?\d"
)
_OBSERVING = re.compile(
    r"^(?:(?:i|we|i've|we've|have|had|also|then|and|finally|just|first|next)\s+){0,4}(?:checked|verified|confirmed|examined|inspected|reviewed|looked|compared|found|noticed|saw|read|searched|dug|captured|monitored|measured|counted|listed|analy[sz]ed|opened|discovered|traced|observed|watched|googled)\b"
)


def rules_out(text: str) -> bool:
    """Whether the text draws the conclusion that this is not it: "…, so not that"."""
    return _NOT_IT.search(text.lower()) is not None


def names_tool(text: str) -> bool:
    """Whether the text begins with a command or a tool."""
    return _TOOL.match(_LEADING.sub("", text.strip()[:120]).lower()) is not None


_READER = re.compile(
    r"^(?:the |ran |also )*(?:vssadmin list|show |get-|gpresult|icacls|lsblk|df\b|du\b|repadmin /show|netstat|ipconfig|klist|setspn -l|wmic|smartctl|journalctl|dmesg|systemctl status|esxtop|top\b|event|(?:[\w-]+ ){0,3}(?:logs?|trace|report|console|portal|viewer|list|status|manager|audit|capture|monitor)\b)"
)
"""A command or place that is read."""


def observes(text: str) -> bool:
    """Whether the text tells what was seen, so that a fault in it is a finding and not a failure of the step."""
    low = text.strip()[:240].lower()
    if _PROBE.match(low) or _ENDED.match(low):
        return False
    return _OBSERVING.match(low) is not None or _READER.match(low) is not None or _SHOWS.search(low[:120]) is not None


def changes(text: str) -> bool:
    """Whether a plain statement tells of a change after all: "GPO changed from Replace to Update"."""
    return _CHANGES_INSIDE.search(text.strip()[:240].lower()) is not None
