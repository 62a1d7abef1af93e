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
        _question("whether webmail works", "Does the same mailbox work in webmail?", r"\b(?:owa|webmail|outlook on the web|web ?mail|browser)\b"),
        _question("bounce text or message trace", "Is there a bounce or a message trace?", r"\b(?:ndr|bounce\w*|message trace|trace|headers?|queue)\b"),
    ),
    "identity": (
        _question("whether the account works on another computer", "Does the account work on another computer?", r"\b(?:another|other|different|second) (?:pc|computer|machine|laptop|workstation|device)\b"),
        _question("domain controller event log", "What does the event log of the domain controller say?", r"\b(?:event (?:log|viewer|id)|security log|4740|4625|logs?)\b"),
    ),
    "network": (
        _question("firewall log", "What does the firewall log say at the time of the fault?", r"\b(?:firewall|vpn|syslog|event|system|router|switch)?\s?(?:logs?|syslog)\b"),
        _question("whether other sites are affected", "Are other sites affected?", r"\b(?:other|all|both|only|every|remote|branch|main|one) (?:sites?|offices?|locations?|branch\w*)\b"),
    ),
    "dns_dhcp": (
        _question("which DNS server the clients use", "Which DNS server does the client use?", r"\b(?:dns (?:servers?|settings?|is|points?|set)|ipconfig|nslookup|\d{1,3}(?:\.\d{1,3}){3})\b"),
        _question("whether the address alone works", "Does it work by IP address?", r"\b(?:by ip|ip address|via ip|using (?:the )?ip|ping(?:s|ed|ing)?)\b"),
    ),
    "printing": (
        _question("whether it prints from another computer", "Does it print from another computer?", r"\b(?:another|other|different|all|every) (?:pcs?|computers?|machines?|laptops?|workstations?|users?)\b"),
        _question("driver version and connection (USB, IP, print server)", "How is the printer connected?", r"\b(?:usb|driver|print server|tcp/?ip|port|wsd|network printer|ip address)\b"),
    ),
    "endpoint": (
        _question("whether another profile or computer shows it", "Does another user profile on the same computer show it?", r"\b(?:another|other|different|new|second) (?:profile|user|pc|computer|machine|account|laptop)\b"),
        _question("event log", "What does the event log say at that time?", r"\b(?:event (?:log|viewer|id)|reliability|minidump|dump|logs?)\b"),
    ),
    "virtualization": (
        _question("host and datastore health", "How are the host and its datastore?", r"\b(?:datastore|host|free space|esxtop|vmkernel|smart)\b"),
        _question("open snapshots", "Are there open snapshots?", r"\b(?:snapshots?|checkpoints?)\b"),
    ),
    "storage_backup": (
        _question("last good backup", "When was the last good backup?", r"\b(?:last (?:good|successful|full|known)|backed up|restore points?|previous backup)\b"),
        _question("disk health", "What does SMART or the controller say?", r"\b(?:smart|chkdsk|health|degraded|predictive|raid status|controller|bad sectors?)\b"),
    ),
    "database_app": (
        _question("server-side log", "What does the log on the server say?", r"\b(?:logs?|event (?:log|viewer|id)|trace|sqlstate)\b"),
        _question("application version", "Which version is it?", r"\b(?:version|v\d|\d+\.\d+(?:\.\d+)*|20[012]\d)\b"),
    ),
    "security": (
        _question("whether the device is isolated", "Is the device isolated from the network?", r"\b(?:isolat\w+|quarantin\w+|unplugged|disconnected|off the network|contained)\b"),
        _question("whether credentials were reset", "Were passwords reset and sessions revoked?", r"\b(?:password (?:was |has been )?(?:reset|changed)|reset (?:the |her |his )?password|revoked?|sessions?)\b"),
    ),
    "telephony": (
        _question("whether incoming, outgoing or both fail", "Incoming calls, outgoing, or both?", r"\b(?:in(?:coming|bound)|out(?:going|bound)|both (?:ways|directions)|internal calls?)\b"),
        _question("whether the phones are registered", "Are the phones registered?", r"\b(?:regist\w+|provision\w+|sip trunk|online)\b"),
    ),
    "remote_desktop": (
        _question("whether it fails inside the network too", "Does it fail inside the network too?", r"\b(?:internal\w*|inside|lan|on[- ]site|local(?:ly)?|in the office|external\w*|from home)\b"),
        _question("whether other users can connect", "Can other users connect to the same host?", r"\b(?:other|all|every|another|some|only|one) (?:users?|people|one)\b"),
    ),
    "file_services": (
        _question("share and file permissions", "What are the share and NTFS permissions?", r"\b(?:permissions?|acl|ntfs|full control|inherit\w+|security tab|rights)\b"),
        _question("whether the path works by address", "Does the share open by IP address?", r"\b(?:by ip|via ip|\\\\\d|unc|fqdn|\\\\\w+)"),
    ),
    "server_os": (
        _question("event log", "What does the event log say?", r"\b(?:event (?:log|viewer|id)|system log|dump|cbs|logs?|journal\w*)\b"),
        _question("last patch or reboot", "When was it last patched or rebooted?", r"\b(?:patch\w*|updates?|updated|rebooted|kb\d+|uptime|reboot)\b"),
    ),
    "cloud": (
        _question("service health", "Does the provider report an incident?", r"\b(?:service health|status page|advisory|incident|outage)\b"),
        _question("correlation or request id", "Is there a correlation id?", r"\b(?:correlation|request id|trace id|[0-9a-f]{8}-[0-9a-f]{4})\b"),
    ),
}  # fmt: skip

MOST = 4


def not_recorded(domain: str, texts: list[str], *, has_error_text: bool) -> list[Question]:
    """Return at most four questions the texts do not answer: the domain's own first, then what every senior asks."""
    whole = "\n".join(texts).lower()
    asked = [*BY_DOMAIN.get(domain, ()), WHEN, WHO, CHANGED, ERROR, BEFORE]
    unanswered = [
        question
        for question in asked
        if not (question is ERROR and has_error_text) and not question.answered.search(whole)
    ]
    return unanswered[:MOST]
