"""How people say that a change is in place yet: neither a step nor what came of one."""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re

LASTING = re.compile(
    r"\b(?:firewalls?|fw|antivirus|anti-virus|(?:anti-?)?virus (?:software|scanner|protection)|av|defender|edr|sentinelone|sophos|real[- ]?time protection|tamper protection|rules?|exceptions?|exclusions?|exclude list|polic(?:y|ies)|gpos?|gpo link|services?|spooler|startup type|ports?|static|hosts (?:file|entry)|mfa|2fa|security|filter\w*|proxy|vpn|"
    r"tasks?|jobs?|agents?|backups?|replica\w*|replication|monitor\w*|alert\w*|logging|debug|rdp|3389|admins?|full control|everyone|interface|nic|wi-?fi|uac|ipv6|smb ?1|smbv1|inspection|dpi|ips|permissions?|"
    r"snapshots?|checkpoints?|accounts?|mailbox|forward\w*|temp\w*|bypass\w*|plugins?|add-?ins?|updates?|switch port|cable|loaner|spare|bridge|maintenance|dns|records?|routes?|trunk|vlan|untagged|mirror|lease|threshold|limits?|time-?outs?|dmarc|spf|dkim|cached mode|node|ups|sleep|"
    r"encryption|bitlocker|signing|tls|nla|qos|offload\w*|autologon|lock(?:out)?|sync\w*|whitelist\w*|allow-?list|out of office|conditional access|ca policy|hotspot|failover|wan ?\d|controller|ssid|ap-?\d+|ssh|telnet|upnp|dmz|8\.8\.8\.8|1\.1\.1\.1|8\.8\.4\.4|100 full|half duplex)\b",
)
"""Things that stay changed until somebody takes it back."""
_THINGS = r"(?:services?|agents?|tasks?|jobs?|sync\w*|backups?|replica\w*|replication|spooler|scans?|monitoring)"
_GUARDS = r"(?:agent|snmp|mfa|2fa|av|antivirus|anti-virus|firewall|fw|defender|eset|sophos|sentinelone|edr|real[- ]?time protection|tamper protection|bitlocker|uac|filter(?:ing)?|inspection|ips|dpi|ipv6|policy|task|service|replica\w*|backup|job|monitoring|alerting|signing|encryption|nla|rules?|sleep|cached mode)"
_ON = r"on(?=\s*(?:$|[.,;(]|for\b|so\b|to\b|while\b|until\b|on\b))"
_LOOSENED = re.compile(
    rf"\b(?:stopped (?:the |all |their |both )?(?:\S+ ){{0,3}}?{_THINGS}|(?:turned|switched|put|set) (?:\S+ ){{0,5}}off|took (?:\S+ ){{1,6}}?(?:off|out of)|took off|(?:uninstalled|removed) (?:the )?{_GUARDS}|removed (?:\S+ ){{1,6}}?from|killed the (?:gpo|policy|link|rule|filter|proxy|task|job|service)|"
    r"(?:shut|closed|blocked|admin[- ]?downed|no-?shut) (?:down )?(?:the |switch )*(?:\S+ ){0,2}?(?:ports?|interfaces?|uplink|vlan|ssid)\b|opened (?:up )?(?:\S+ ){0,3}?(?:ports?|\d{2,5}|the (?:firewall|nsg)|rdp|ssh)|gave (?:\S+ ){1,4}?(?:\w+ )?(?:admin|full control|rights|permissions?|access)|granted (?:\S+ ){1,4}?(?:admin|full|everyone|owner)|made (?:\S+ ){1,4}?(?:local |domain )?admin|"
    r"added (?:\S+ ){1,6}?to (?:the )?(?:\S+ ){0,3}?(?:exclusions?|exceptions?|bypass|white ?list|allow ?list|administrators|admins|trusted)|allowed (?:\S+ ){1,5}?from any|failed (?:\S+ ){0,4}over|forced (?:\S+ ){0,3}failover|"
    r"(?:forwarded|redirected|re-?routed|diverted) (?:\S+ ){0,4}?(?:calls?|numbers?|(?:her|his|their|all) mails?|mail for|mailbox|ports?|traffic|\d+)\b.{0,30}\bto|(?:took|made|created) (?:a )?(?:\w+ )?(?:snapshot|checkpoint)|(?:exclusions?|exceptions?) (?:for \S+ )?(?:was |were |is )?(?:added|set|made|put in)|added (?:\S+ ){0,5}?(?:exclusions?|exceptions?))\b"
    rf"|\b{_GUARDS}\b(?: \"[^\"]{{1,40}}\"| \S+){{0,4}}? (?:is |are |was |were |now |has been )?(?:(?:turned |switched |set )?off|disabled|suspended|paused|stopped|bypassed|removed|uninstalled)\b(?<!kicked off)(?<!signed off)(?<!logged off)(?! (?:again|itself|by itself))"
    rf"|\b(?:rdp|3389|ssh|smb ?1|smbv1|telnet|any[- ]any|guest access|debug(?: logging)?|port mirror\w*|verbose logging)\b (?:\S+ ){{0,4}}?(?:(?:is |are |was |now |back |turned |switched )*(?:{_ON}|enabled)|allowed from|(?:is |left )running)"
    r"|\b(?:enabled|turned on|switched on|left) (?:the )?(?:\S+ ){0,2}?(?:debug\w*|verbose|port mirror\w*|packet capture|smb ?1|smbv1|telnet|ssh|upnp|autologon|guest access)\b"
    r"|\b(?:temp|temporary) (?:admin |local |domain |vpn )*(?:account|user|login|password|pw|rule|policy|route|ssid|port|licen[cs]e|forward\w*)\b(?!.{0,20}(?:deactivated|deleted|expired|closed|removed))"
    r"|\bto the world\b|\b(?:pointed|set|pointing) (?:at|to) (?:8\.8\.8\.8|1\.1\.1\.1|8\.8\.4\.4|9\.9\.9\.9)|\b(?:from (?:reject|quarantine|enforced?) )?to none\b|\bto report[- ]only\b|\bto (?:something|sth) (?:simple|easy)\b|\bhosts? (?:file )?(?:entry|entries)\b|\bby hand\b(?=.{0,40}\b(?:until|reboot)\b)"
    r"|\b(?:into|in) (?:maintenance|bridge|bypass|audit|report[- ]only|standalone) mode\b|\brunning standalone\b|\brolled back to (?:the |a )?(?:\w+ )?(?:snapshot|backup|checkpoint)|\bswapped (?:\S+ ){1,4}?for (?:the |a |our )?(?:loaner|spare)\b|\bloaner\b.{0,20}\b(?:issued|given|handed out)\b"
)
"""A change that takes protection, redundancy or order away, which nobody leaves so for good."""
_DID = re.compile(
    r"\b(?:disabled|suspended|paused|bypassed|(?:unplugged|disconnected) (?:the|it|its|her|his|all|both|one|my|from)|excluded|exempted|whitelisted|allow-?listed|unlinked|drained)\b"
)
"""The same in words that tell of a fault as well, unless somebody says that he did it."""
_SET = re.compile(
    r"\b(?:set|changed|chgd|switched|moved|lowered|raised|increased|reduced|hardcoded|assigned|pointed|put|swapped|added|enabled|turned on|opened|allowed|plugged|blocked|removed|uninstalled|rolled back|created|forced)\b"
)
_SETTING = re.compile(
    r"\b(?:lease|threshold|(?:size |rate |session |message )?limits?|time-?outs?|static|dns|dmarc|spf|dkim|(?:un)?tagged|access vlan|vlan|rule|policy|gpo|qos|tls|debug|logging|proxy|mtu|duplex|100 full|1000 full|startup type|cached mode|power sav\w*|retention|registry|reg key|tx power|channel|metric)\b"
)
_TURNED = re.compile(r"\b(?:set|changed|chgd|switched|lowered|raised|increased|reduced|hardcoded|forced|pointed)\b(?! (?:\w+ ){0,2}(?:fault|ticket|case|call|request)\b)")
"""A setting that was changed, which may as well be the cure; one that cured nothing is left so for no reason."""
_FOR_NOW = re.compile(
    r"\bfor (?:now|the moment|the time being|the day|today|the weekend|testing|a test)\b|\bat the moment\b|\bmeanwhile\b|\bin the mean ?time\b|\btemporar(?:y|ily)\b|\b(?:as|for) a (?:test|stop-?gap|work-?around)\b|\bwork-?around\b|\bstop-?gap\b|\bto (?:test|see|try|get (?:them|people|her|him|the|us|everyone|it)|keep (?:them|people|the)|rule (?:it )?out|isolate|narrow)\b|\bjust to\b|\buntil\b|\bwhile\b|\bso (?:that )?(?:she|he|they|people|the \w+|vendor|i|we) (?:can|could)\b|\bnot sure if we want\b|\bwas looping\b"
)
"""That it is not meant to stay so."""
_WISHED = re.compile(r"\b(?:as (?:asked|requested|agreed|planned|per)|per (?:the )?(?:plan|form|request|change|ticket|policy)|asked (?:for|by)|on request|(?:rq|chg|cr|rfc)-?\d+|as it should|like the others?|again after|and back|off and on|on and off|last (?:week|month|year)|years? ago|off/on|on/off|not enabled)\b")
"""What was to be changed, or is back."""
_STANDS = re.compile(
    r"\b(?:is|are|runs?|running|goes|go|going|routed|works?|working)\b (?:now |still |currently |all )?(?:on|over|via|through|to|off|from) (?:\S+ ){0,4}?(?:4g|5g|lte|hotspot|failover|backup (?:line|link|wan|mx)|loaner|spare|wan ?2|secondary|gmail|her private|personal|node \w)\b"
    r"|\b(?:wan ?2|secondary|backup (?:line|link)|node \w) (?:is|are) (?:now )?(?:the )?(?:primary|active|default)\b|\ball roles on\b"
    r"|\b(?:is|are) (?:still |now |currently )?in (?:maintenance|bridge|bypass|audit|report[- ]only|standalone|test) mode\b|\bsnapshot (?:is )?still there\b|\bout of office\b.{0,40}\b(?:switched |turned )?on\b"
)
"""How somebody says that something runs another way than it should."""


_EXCUSED = re.compile(r"\b(?:excluded|exempted|whitelisted|allow-?listed)\b")
_TAKEN_OUT = re.compile(r"\b(?:removed|deleted|closed|took)\b")
_IT = re.compile(r"\b(?:it|them|that|this|those|both)\b")
_FOUND_SO = re.compile(
    r"\b(?:found|finds?|shows?|showed|showing|sees?|saw|says|said|noticed|was|were|had been|checked|check|confirmed|verified|by (?:default|gpo|intune|policy|the customer|the user|vendor)|errors?|event|whether|if|why|last (?:week|month|year)|years? ago|not|never|no|only)\b|n['’]t\b|\?"
)
"""What tells of a finding, a cause or a wish rather than of a change."""


_WHY = re.compile(r"\b(?:because|since|as|so)\b")


def finds(text: str) -> bool:
    """Whether words tell what was found, wished or why, rather than what was changed."""
    return _FOUND_SO.search(text.lower()) is not None


def lasts(said: str, after: str, before: str, *, deed: bool, vain: bool) -> bool:
    """Whether a deed's words say that it changed what stays changed, a thing that they or the words `before` them name.

    `deed` if they say that somebody did it, `vain` if the problem stayed all the same, so that it is no cure.
    """
    low, rest = said.lower(), after.lower()
    named = LASTING.search(low) or _EXCUSED.search(low) or (_IT.search(low) and not _TAKEN_OUT.search(low) and LASTING.search(before.lower()))
    if _WISHED.search(low) or not named:
        return False
    if _LOOSENED.search(low) or ((found := _DID.search(low)) is not None and (deed or not low[: found.start()].strip())):
        return True
    if _FOR_NOW.search(low) is not None or _FOR_NOW.search(rest[:60]) is not None:
        return _SET.search(low) is not None
    return vain and _TURNED.search(low) is not None and _SETTING.search(low) is not None


def stands(text: str) -> bool:
    """Whether a sentence of the staff says that something runs now as it is not meant to, rather than that it was found so."""
    low = text[:300].lower()
    if _WISHED.search(low):
        return False
    said = (_WHY.split(part, maxsplit=1)[0] for part in low.split(", "))
    return any(
        not finds(part)
        and (
            _STANDS.search(part)
            or (_LOOSENED.search(part) and LASTING.search(part))
            or (_FOR_NOW.search(part) and _TURNED.search(part) and _SETTING.search(part))
        )
        for part in said
    )


_STILL = re.compile(
    r"\bstill (?:set to|on(?=\s*[.,;]|$)|off\b|open\b|disabled|enabled|in (?:the|place|bypass|bridge|maintenance|safe|test|report)|running on|stopped|excluded|paused|suspended|unplugged|disconnected|bypassed|forward\w*|allowed|whitelisted|pointing|redirected|static|untagged|tagged|turned o\w+|switched o\w+)"
)
"""What somebody says is in place yet; a change only where it names a thing that stays changed."""
_TO_UNDO = re.compile(
    r"\b(?:needs?|has|have|must|should|remember|forget|make sure|reminder|to be) (?:(?:to|be|that) ){0,2}(?:\w+ ){0,5}?(?:(?:go|goes|put|set|turned?|switched?|change[ds]?|moved?|taken?|brought|rolled) (?:[\w-]+ ){0,4}?(?:back\b(?! to (?:the )?(?:vendor|supplier|user|customer|client|manufacturer|office|work))|(?:on|off|out|in) again)|re-?enabled?\b|reverted?\b|undo(?:ne)?\b|(?:closed?|removed?|deleted?) (?:again|afterwards|later|before we)\b)"
    r"|\b(?:remember|forget) to (?:remove|close|delete|disable|turn off|unblock|take out)\b|\bnot (?:yet )?(?:been )?(?:reverted|undone|re-?enabled|put back|turned back on|rolled back|taken out again|closed again)\b|\bhave(?:n['’]?t| not) (?:yet )?(?:reverted|undone|re-?enabled|put (?:\w+ ){1,3}back|closed)\b"
    r"|\bleft (?:\S+ ){0,6}?(?:disabled|enabled|off|open|in place|running|unplugged|disconnected|bypassed|in (?:bypass|bridge|maintenance|safe) mode)\b"
)
"""What somebody says is to be taken back."""
ONLY = re.compile(r"\W*(?:it |this |that |both |they )?(?:is |are |has |have )?(?:(?:not |n['’]t )?(?:yet )?(?:been )?(?:reverted|undone|re-?enabled|put back|rolled back|closed)|still (?:open|on|off|in place|disabled|enabled|there|set))(?: yet| for now| so far| at the moment)?\W*$")


def says_left(text: str) -> bool:
    """Whether a sentence in lower case says that a change is in place yet, or is to be taken back."""
    return _TO_UNDO.search(text) is not None or (_STILL.search(text) is not None and LASTING.search(text) is not None)
