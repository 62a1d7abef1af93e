"""What a senior would ask at once, by domain, and how to tell that the ticket already answers it."""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """Something worth knowing: as it stands under "Not recorded", as a question, and what answers it."""

    missing: str
    ask: str
    answered: re.Pattern[str]


def _question(missing: str, ask: str, answered: str) -> Question:
    return Question(missing, ask, re.compile(answered))


WHEN = _question(
    "when it began",
    "When did it start, to the nearest hour you know?",
    r"\b(?:since|began|started|starting|began|first (?:noticed|seen|happened)|(?:this|yesterday|last|monday|tuesday|wednesday|thursday|friday|saturday|sunday) ?(?:morning|afternoon|week|night|month)?\b"
    r"|\d+ (?:minutes?|hours?|days?|weeks?|months?) ago|yesterday|overnight|after (?:the|an?|last|updat\w+|install\w+|upgrad\w+|migrat\w+)|for (?:the past|about|several|\d+) \w+|ever since|as of)\b",
)
WHO = _question(
    "who else is affected",
    "Is anyone else affected, or only this one?",
    r"\b(?:every(?:one|body)|all (?:the )?(?:users|staff|sites|pcs|computers|machines|phones|workstations|clients|of)|nobody else|no one else|(?:other|another|several|some|multiple|few|many|both|\d+|two|three|five) "
    r"(?:users?|people|pcs?|computers?|machines?|sites?|phones?|staff|workstations|laptops|clients|offices?|servers?)|only (?:one|this|her|his|the|me|affects|on)|just (?:one|this|her|his|the|me)|entire|whole|one user|company[- ]wide|"
    r"works? (?:fine )?(?:for|on) (?:others?|everyone|my)|isolated to)\b",
)
CHANGED = _question(
    "what changed before it began",
    "Did anything change shortly before it began?",
    r"\b(?:changed|change|upgrade[d]?|updated?|patch(?:ed|es)?|migrat\w+|replaced|new (?:firewall|switch|router|server|pc|laptop|isp|printer|version|phone|office|install\w*)|installed|moved|power (?:cut|outage)|renewed|expired)\b",
)
ERROR = _question(
    "the exact error text",
    "What does the error say, word for word?",
    r"\b(?:no error|without (?:an )?error|error (?:is|was|says|reads|states|message)|0x[0-9a-f]{4,}|message (?:is|was|says|reads))",
)
BEFORE = _question(
    "whether it ever worked", "Did this ever work, and when was the last time?", r"\b(?:used to|worked (?:fine|before|until|yesterday|last|for|ok)|was working|has been working|always worked|never worked|new install|new setup|until|before that)\b"
)

BY_DOMAIN: dict[str, tuple[Question, ...]] = {
    "email": (
        _question("whether webmail works", "Does the same mailbox work in webmail?", r"\b(?:owa|webmail|outlook on the web|web ?mail|in (?:a|the) browser|outlook\.office)\b"),
        _question("bounce text or message trace", "Is there a bounce, and what does the message trace say?", r"\b(?:ndr|bounce[sd]?\b.{0,80}\d|message trace|trace shows|[45]\d\d[ -][45]\.\d|non-?delivery|queue)\b"),
        _question("one sender and recipient with the time", "Which sender, which recipient and what time is one example?", r"\b(?:from|to|sender|recipient) \S+@\S+|\b\d{1,2}[:.]\d{2}\b"),
        _question("whether another device or profile shows it", "Does the mailbox show it on another device or in a new profile?", r"\b(?:new|another|other|different|second) (?:outlook )?(?:profile|device|pc|computer|phone|laptop)|\b(?:on|from) (?:the|her|his|my) (?:phone|mobile|laptop|tablet)\b"),
    ),
    "identity": (
        _question("whether the account works on another computer", "Does the account work on another computer?", r"\b(?:another|other|different|second|every|any) (?:pc|computer|machine|laptop|workstation|device)\b"),
        _question("what the sign-in or security log says", "What does the sign-in log or the domain controller's security log say?", r"\b(?:event (?:log|viewer|id)|events? \d{4}|security log|sign-?in logs?|audit log|47(?:40|71|68|76)|46(?:25|24)|aadsts\d+)\b"),
        _question("which domain controller answers", "Which domain controller answers, and do they replicate?", r"\b(?:logonserver|repadmin|dcdiag|replicat\w+|nltest|both dcs|other dc)\b|\bdc\d"),
        _question("whether password, MFA or group changed lately", "Was the password, the MFA method or a group changed lately?", r"\b(?:password (?:was |has been )?(?:changed|reset|expired)|(?:reset|changed) (?:the |her |his |my )?password|new phone|re-?registered|(?:added|removed) (?:\w+ )?(?:to|from) (?:\w+ ){0,3}group)\b"),
    ),
    "network": (
        _question("firewall log", "What does the firewall log say at the time of the fault?", r"\b(?:(?:firewall|vpn|syslog|event|system|router|switch|port) )?(?:logs?|syslog)\b"),
        _question("whether other sites are affected", "Are other sites affected?", r"\b(?:other|all|both|only|every|remote|branch|main|one|nobody in the) (?:\w+ )?(?:sites?|offices?|locations?|branch\w*|floors?)\b"),
        _question("whether cable and Wi-Fi both fail", "Does it fail on cable and on Wi-Fi?", r"\b(?:wired|by cable|on cable|ethernet|wi-?fi|wireless|lan cable|vpn|tunnel|site[- ]to[- ]site|trunk|uplink)\b"),
        _question("how far a ping gets", "How far does a ping get: gateway, first hop, internet?", r"\b(?:ping(?:s|ed|ing)?|tracert|traceroute|mtr|packet loss|reply from)\b"),
    ),
    "dns_dhcp": (
        _question("which DNS server the clients use", "Which DNS server does the client use?", r"\b(?:dns (?:servers?|settings?|is|points?|set)|ipconfig|nslookup|\d{1,3}(?:\.\d{1,3}){3})"),
        _question("whether the address alone works", "Does it work by IP address?", r"\b(?:by ip|ip address|via ip|using (?:the )?ip|with the (?:ip|number)|ping(?:s|ed|ing)?)\b"),
        _question("what another DNS server answers", "What does nslookup answer against another server?", r"\b(?:8\.8\.8\.8|1\.1\.1\.1|9\.9\.9\.9|another dns|other dns|same (?:query|lookup)|forwarder)"),
        _question("state of scope and leases", "How full is the scope, and is there a second DHCP server?", r"\b(?:scope|leases?|address pool|rogue|second dhcp|exhaust\w+)\b"),
    ),
    "printing": (
        _question("whether it prints from another computer", "Does it print from another computer?", r"\b(?:another|other|different|all|every|any) (?:pcs?|computers?|machines?|laptops?|workstations?|users?)\b|\b(?:nobody|everyone|everybody|no one)\b"),
        _question("driver version and connection (USB, IP, print server)", "How is the printer connected, and with which driver?", r"\b(?:usb|driver|print server|tcp/?ip|port|wsd|network printer|ip address|queue on)\b"),
        _question("what the printer itself shows", "What does the panel show, and does its own test page print?", r"\b(?:test page|self[- ]?test|panel|display (?:says|shows)|config(?:uration)? page|error light|blinking|web page opens)\b"),
        _question("whether every program or only one fails", "Does it fail from every program or only from one?", r"\b(?:notepad|from (?:word|excel|chrome|acrobat|the erp|sap|all)|any (?:program|application|app)|every (?:program|application|app)|test page|only (?:from|in) \w+)\b"),
    ),
    "endpoint": (
        _question("whether another profile or computer shows it", "Does another user profile on the same computer show it?", r"\b(?:another|other|different|new|second) (?:profile|user|pc|computer|machine|account|laptop|dock)\b"),
        _question("event log", "What does the event log say at that time?", r"\b(?:event (?:log|viewer|id)|reliability|minidump|dump|logs?|stop code|whea)\b"),
        _question("which updates or drivers came last", "Which update or driver was installed last?", r"\b(?:updat\w+|kb\d+|driver|bios|firmware|windows update|patch\w*)\b"),
        _question("model and Windows version", "Which model is it, and which Windows version?", r"\b(?:windows (?:7|8|10|11)|win ?1[01]|macos|\d\dh\d|latitude|optiplex|thinkpad|elitebook|probook|surface|precision)\b"),
    ),
    "virtualization": (
        _question("host and datastore health", "How are the host and its datastore?", r"\b(?:datastore|free space|esxtop|vmkernel|smart|host (?:is|was|has|log)|csv)\b"),
        _question("open snapshots", "Are there open snapshots?", r"\b(?:snapshots?|checkpoints?)\b"),
        _question("whether other guests on the host are affected", "Are other guests on the same host affected?", r"\b(?:other|all|every|both|another|only (?:this|one)) (?:\w+ )?(?:vms?|guests?|machines?|hosts?)\b"),
        _question("what the task or host log says", "What do the task and the host log say?", r"\b(?:vmware\.log|hostd|vmkernel|task error|events? (?:log|id|tab)|journal\w*|logs?|error)\b"),
    ),
    "storage_backup": (
        _question("last good backup", "When was the last good backup, and has a restore been tried?", r"\b(?:last (?:good|successful|full|known)|backed up|restore points?|previous backup|backup (?:ran|was) (?:ok|fine|good|green)|restored)\b"),
        _question("disk health", "What does SMART or the controller say?", r"\b(?:smart|chkdsk|health\w*|degraded|predictive|raid status|controller|bad sectors?|crystaldisk\w*|reallocated)\b"),
        _question("free space on source and target", "How much space is free on source and target?", r"\b(?:free space|\d+ ?(?:gb|tb|mb|%) (?:free|used|full)|\d+ ?% full|space (?:left|free)|out of space)\b"),
        _question("exact job message", "What does the job's log say, word for word?", r"\b(?:0x[0-9a-f]{4,}|error:|job (?:log|says|failed with)|writer|failed to)\b"),
    ),
    "database_app": (
        _question("server-side log", "What does the log on the server say?", r"\b(?:(?:error|event|application|server|iis|sql|trace|app) ?logs?|event (?:viewer|id)|trace|sqlstate|errorlog|exception)\b"),
        _question("application version", "Which version is it?", r"\b(?:version|v\d|build \d+|\d+\.\d+(?:\.\d+)+|20[012]\d)\b"),
        _question("whether it fails on the server itself", "Does it fail on the server itself too?", r"\b(?:on the server (?:itself|too|as well)|locally on|localhost|from the server|ssms|other (?:users?|clients?|pcs?|workstations?))\b"),
        _question("what was deployed or changed last", "What was deployed or changed last, and by whom?", r"\b(?:deploy\w*|release\w*|upgrad\w+|updat\w+|vendor (?:changed|installed|did)|migrat\w+|patch\w*)\b"),
    ),
    "security": (
        _question("whether the device is isolated", "Is the device isolated from the network?", r"\b(?:isolat\w+|unplugged|disconnected|off the network|contained|pulled the (?:network )?cable|off wi-?fi)\b"),
        _question("whether credentials were reset", "Were passwords reset and sessions revoked?", r"\b(?:password (?:was |has been )?(?:reset|changed)|(?:reset|changed) (?:the |her |his |my |all )?passwords?|revoked?|signed out everywhere|sessions? (?:killed|revoked|ended))\b"),
        _question("what was opened or entered, and when", "What was opened or entered, and at what time?", r"\b(?:clicked|opened (?:the|an?) (?:link|attachment|mail|file)|entered|typed (?:her|his|the|my)? ?(?:password|credentials))\b.{0,120}|\bat \d{1,2}[:.]\d{2}\b"),
        _question("whether others got the same", "Who else received or opened it?", r"\b(?:other|another|several|all|more|no other|nobody else|\d+) (?:users?|people|mailboxes|machines?|pcs?|recipients?)\b|\bmessage trace\b"),
    ),
    "telephony": (
        _question("whether incoming, outgoing or both fail", "Incoming calls, outgoing, or both?", r"\b(?:in(?:coming|bound)|out(?:going|bound)|both (?:ways|directions)|internal calls?|external calls?)\b"),
        _question("whether the phones are registered", "Are the phones and the trunk registered?", r"\b(?:un)?regist\w+|\b(?:provision\w+|sip trunk|online|trunk (?:is|status))\b"),
        _question("one call with number and time", "Which number called which, at what time, for one example?", r"\b\d{1,2}[:.]\d{2}\b.{0,80}\bcall|\bcall\w*\b.{0,80}\b\d{1,2}[:.]\d{2}\b|\+\d{6,}|\bcall[- ]id\b"),
        _question("what the carrier says", "What does the carrier say?", r"\b(?:carrier|provider|isp|telco|bt|vodafone|sip provider)\b"),
    ),
    "remote_desktop": (
        _question("whether it fails inside the network too", "Does it fail inside the network too?", r"\b(?:internal\w*|inside|lan|on[- ]site|local(?:ly)?|in the office|external\w*|from home)\b"),
        _question("whether other users can connect", "Can other users connect to the same host?", r"\b(?:other|all|every|another|some|only|one|half) (?:of the )?(?:users?|people|one|colleagues?)\b"),
        _question("exact disconnect message", "What does the client say when it ends, word for word?", r"\b(?:0x[0-9a-f]{2,}|message (?:is|was|says)|error (?:code )?\d|says [\"“']|licen[cs]e servers?)\b"),
        _question("whether host or gateway was patched or moved", "Was the host, the gateway or its certificate changed lately?", r"\b(?:kb\d+|patch\w*|updat\w+|certificate|rebuil\w+|new (?:host|gateway|collection)|migrat\w+)\b"),
    ),
    "file_services": (
        _question("share and file permissions", "What are the share and NTFS permissions?", r"\b(?:permissions?|acls?|ntfs|full control|inherit\w+|security tab|rights|effective access|icacls)\b"),
        _question("whether the path works by address", "Does the share open by IP address or full name?", r"\b(?:by ip|via ip|unc|fqdn|by (?:address|name))\b|\\\\[\w.]+"),
        _question("who has the file open", "Who has the file open on the server?", r"\b(?:open files|openfiles|get-smbopenfile|handles?|locked by|sessions?)\b"),
        _question("one path with user and time", "Which path, which user and what time is one example?", r"\\\\[\w.-]+\\\S+|\b[A-Z]:\\\S+|\b[a-z]:\\\S+"),
    ),
    "server_os": (
        _question("event log", "What does the event log say?", r"\b(?:event (?:log|viewer|id)|system log|dump|cbs|logs?|journal\w*|dmesg)\b"),
        _question("last patch or reboot", "When was it last patched or rebooted?", r"\b(?:patch\w*|updates?|updated|rebooted|kb\d+|uptime|reboot)\b"),
        _question("free space, memory and load", "How are free space, memory and load?", r"\b(?:free space|\d+ ?(?:gb|mb|%) (?:free|used)|cpu|memory|ram|load|disk (?:is )?full|inodes?)\b"),
        _question("whether a backup or snapshot exists to go back to", "Is there a backup or snapshot from before it began?", r"\b(?:backups?|snapshots?|checkpoints?|restore)\b"),
    ),
    "cloud": (
        _question("service health", "Does the provider report an incident?", r"\b(?:service health|status page|advisory|incident|outage|health dashboard)\b"),
        _question("correlation or request id", "Is there a correlation id with its time?", r"\b(?:correlation|request id|trace id|activity ?id)\b|\b[0-9a-f]{8}-[0-9a-f]{4}-"),
        _question("which tenant, subscription and role", "Which tenant or subscription, and with which role?", r"\b(?:tenant|subscription|contributor|owner|global admin|role)\b"),
        _question("what the activity or audit log shows", "What does the activity or audit log show before it began?", r"\b(?:activity log|audit log|sign-?in logs?|change (?:log|chg)|chg-?\d+)\b"),
    ),
}  # fmt: skip

MOST = 4
_NO_ANSWER = re.compile(
    r"\?\s*$|\b(?:not sure|no idea|do(?:n['’]?t| not) know|unknown|unclear|did(?:n['’]?t| not) (?:ask|check|say|look)|have(?:n['’]?t| not) (?:asked|checked|looked|been told)|not (?:yet )?(?:asked|checked|known|looked)|forgot to)\b"
)
_NAMES_ERROR = re.compile(r"\b(?:error|fail(?:s|ed|ure)|message|popup|pop-up|alert|crash\w*)\b")


def not_recorded(domain: str, texts: list[str], *, has_error_text: bool) -> list[Question]:
    """Return at most four questions that no sentence answers, the most valuable first.

    `texts` are sentences; one that asks, or says that something is not known, answers nothing. What the domain's
    senior asks first stands at the top, then when it began, what changed and who else, then the rest of the domain's. The wording
    of an error comes first where one is mentioned and nowhere quoted.
    """
    told = "\n".join(t for t in texts if not _NO_ANSWER.search(t.lower())).lower()
    first, second, *others = BY_DOMAIN.get(domain, (WHEN, BEFORE))
    asked = [first, WHEN, CHANGED, WHO, second, *others, BEFORE]
    if not has_error_text:
        asked.insert(0 if _NAMES_ERROR.search(told) else 5, ERROR)
    return [question for question in dict.fromkeys(asked) if not question.answered.search(told)][:MOST]
