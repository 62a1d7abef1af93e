"""How people say that a change is in place yet: neither a step nor what came of one."""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re

LASTING = re.compile(
    r"\b(?:firewall|antivirus|anti-virus|(?:anti-?)?virus (?:software|scanner|protection)|av|defender|edr|sentinelone|rule|exception|exclusion|policy|gpo|service|spooler|port|static|hosts file|mfa|security|filter\w*|proxy|vpn|"
    r"task|job|backup\w*|replication|monitor\w*|alert\w*|logging|debug|rdp|admin|group|permission\w*|full control|everyone|interface|nic|wi-?fi|uac|ipv6|smb1|smbv1|inspection|dpi|ips|"
    r"snapshot|checkpoint|account|mailbox|forward\w*|rule|temp\w*|bypass\w*|plugin|add-?in|update\w*|switch port|cable|loaner|spare|bridge|maintenance|dns|record|route|trunk|vlan|"
    r"encryption|bitlocker|signing|tls|nla|qos|offload\w*|autologon|lock(?:out)?|sync\w*)\b",
)
"""Things that stay changed until somebody takes it back."""
_STILL = re.compile(
    r"\bstill (?:set to|on(?=\s*[.,;]|$)|off\b|open\b|disabled|enabled|in (?:the|place|bypass|bridge|maintenance|safe|test|report)|running on|stopped|excluded|paused|suspended|unplugged|disconnected|bypassed|forward\w*|allowed|whitelisted|pointing|redirected|static|turned o\w+|switched o\w+)"
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
    """Whether a sentence says that a change is in place yet, or is to be taken back."""
    low = text[:300].lower()
    if not ("still" in low or "left " in low or "back" in low or "re" in low or "und" in low or "forget" in low or "not " in low):
        return False
    return ONLY.match(low) is not None or _TO_UNDO.search(low) is not None or (_STILL.search(low) is not None and LASTING.search(low) is not None)
