"""Tell whether what mended it takes a senior, by what it touches; where neither can be told, nothing is said.

`senior`: it touches what a whole office stands on (network gear, servers, directory, mail flow, certificates, storage, licences,
rights). `l1`: it touches one person's device or account, in a way that any technician may. The words are this product's own
choice, not measured on anybody's desk: an account that sees it otherwise switches the message off.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Reach = Literal["l1", "senior", "unknown"]

_SENIOR = re.compile(
    r"\b(?:fire-?wall|fortigate|sonicwall|meraki|unifi controller|switch(?:es)? port|trunk|vlan|sfp|router|routing|bgp|ospf|nat rule|vpn (?:tunnel|"
    r"gateway|policy|lifetime)|phase[ -]?[12]|lifetime|ipsec|isp|wan|dhcp (?:scope|server|reservation)|dns (?:record|zone|server|forward\w*)|a record|"
    r"domain controller|dc\d*|active directory|\bad\b|gpo|group polic\w+|policy|schema|fsmo|replication|ad ?connect|entra|azure|tenant|conditional "
    r"access|intune|exchange|connector|transport rule|mail flow|spf|dkim|dmarc|mx record|certificate|cert|ssl|tls|server|srv|host|esxi?|hyper-?v|"
    r"vmware|vcenter|datastore|san|nas|raid|disk|volume|snapshot|backup|repository|restore|sql|database|iis|radius|nps|adfs|registry|licen[cs]es?|"
    r"acl|ntfs|share permission\w*|admin rights|powershell|script|firmware|controller|pbx|sip|publisher|whitelist\w*|bypass|proxy|quarantine|edr)\b",
    re.IGNORECASE,
)
_L1 = re.compile(
    r"\b(?:re-?boot\w*|re-?start\w*|power[ -]?cycl\w+|log(?:ged)? (?:off|out|in)|sign(?:ed)? (?:out|in)|cache|cookies|credential manager|profile|"
    r"outlook|teams|browser|chrome|edge|add-?in|re-?install\w*|uninstall\w*|password reset|reset (?:the |her |his |their )?password|unlock\w*|cable|"
    r"dock|monitor|keyboard|mouse|headset|battery|charger|adapter|wi-?fi password|printer (?:queue|driver|object)|print queue|default printer|driver|"
    r"mapp(?:ed|ing)|drive letter|default app|onedrive|desktop|laptop|notebook|pc|phone|handset|app|shortcut|temp files?|disk clean-?up|windows update|"
    r"flush\w* (?:the )?dns|renam\w+|re-?pair\w*|re-?add\w*|re-?connect\w*|unplug\w*|plugg\w+)\b",
    re.IGNORECASE,
)


def reach_of(fix: Sequence[str]) -> tuple[Reach, str]:
    """Return who can do what mended a ticket, and the word that says so; `unknown` where no word tells."""
    text = " ".join(fix)
    if found := _SENIOR.search(text):
        return "senior", found.group().lower()
    if found := _L1.search(text):
        return "l1", found.group().lower()
    return "unknown", ""
