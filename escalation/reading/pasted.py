"""How machine output looks when somebody pastes it into a ticket: commands, logs, configuration, stack traces."""



from __future__ import annotations

import re

SURE = re.compile(
    r"""
      ^\s*(?:PS\s+)?[A-Za-z]:\\[^\s>]*>                          # C:\> or PS C:\> prompt
    | ^\s*[\w.-]+@[\w.-]+:[^\s]*[$\#]\s                          # user@host:~$
    | ^[\w.-]+(?:\([\w-]+\))?[\#>]\s?(?:show|sh|conf|ping|no|exit|copy|debug)\b   # router prompt
    | ^\s*at\s+[\w.$<>`]+\(                                      # stack frame
    | ^\s*(?:Caused\ by:|Traceback\ \(most|File\ ".*",\ line\ \d)
    | ^\s*(?:\d{4}-\d\d-\d\d|\d\d?/\d\d?/\d{2,4})[T ,]\s*\d\d?:\d\d(?::\d\d)?.{3,}   # dated log line
    | ^\s*<?\w{3}\s+\d{1,2}\s\d\d:\d\d:\d\d\s                    # syslog
    | ^\s*\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]?\s+\S                  # timed log line
    | ^\s*\[?(?:ERROR|WARN|WARNING|INFO|DEBUG|FATAL|CRITICAL|VERBOSE)\]?[\s:]
    | ^\s*(?:Reply\ from|Request\ timed\ out|Pinging\s|Ping\ statistics|Tracing\ route|Packets:\ Sent|Minimum\ =)
    | ^\s*(?:Server|Address|Addresses|Aliases|Name|Non-authoritative\ answer):\s{2,}\S
    | ^\s*\*\*\*\s\S+\s(?:can't|request)
    | ^\s*(?:Log\ Name|Source|Event\ ID|Task\ Category|Level|Keywords|User|Computer|Description|Faulting\ \w+\ \w+
        |Exception\ code|Fault\ offset|Report\ Id|Stop\ code|Status\ Code|Diagnostic\ information|Remote\ Server)\s?:\s
    | ^\s*[\w .()/-]{2,40}(?:\s?\.){3,}\s?:\s*                    # ipconfig
    | ^\s*(?:interface|ip\ address|ip\ route|access-list|hostname|switchport|vlan\ \d|router\ |crypto\ |set\ \w+\ \w)
    | ^\s*(?:<\?xml|</?[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>)
    | ^\s*["']?[\w.-]+["']?\s*[:=]\s*[\[{"].*[,\]}"]\s*$         # json, ini
    | ^\s*[{}\])(]+[,;]?\s*$
    | ^\s*(?:HRESULT|0x[0-9A-Fa-f]{8})\b
    | ^\s*\d{1,3}\s+(?:<?\d+\sms\s+|\*\s+){2,}                   # tracert hop
    | ^\s*(?:TCP|UDP)\s+[\d.\[\]:*]+:\d+\s                       # netstat
    | ^\s*\d{1,3}(?:\.\d{1,3}){3}\s+(?:\d|[0-9a-f]{2}[-:])       # route or arp table
    | ^\s*(?:\+\s)?(?:CategoryInfo|FullyQualifiedErrorId)\s*:
    | ^[2345]\d\d[\s-][2345]\.\d{1,3}\.\d{1,3}\s                 # SMTP answer
    | ^\s*(?:\#|sudo|\$|>>>)\s\w+\s-{1,2}\w
    """,
    re.VERBOSE,
)
"""A line that is machine output on its own."""

_COLUMNS = re.compile(r"\S(?:\s{3,}|\t+)\S.{0,80}?(?:\s{3,}|\t+)\S")
_RULE = re.compile(r"^\s*[-=_+*|]{4,}[-=_+*| ]*$")
_ASSIGN = re.compile(r"^\s*[\w.\-]{2,40}\s*=\s*\S{1,120}$")
_PROSE_WORD = re.compile(r"\b(?:i|we|he|she|they|the|and|but|this|that|is|was|my|you|please|still|then)\b", re.I)

QUOTED = re.compile(r"[\"“]([^\"“”\n]{12,300})[\"”]")
_TROUBLE = re.compile(
    r"\b(?:error|fail|cannot|can't|could not|couldn't|unable|denied|invalid|not found|refused|timed out|expired|"
    r"unavailable|not available|rejected|exception|unknown|missing|locked|blocked|disconnected|offline|no longer)",
    re.IGNORECASE,
)
_SAYS = re.compile(r"\b(?:error|message|says|saying|reads|states|popup|pop-up|prompt|shows|returns|bounce|ndr)\b", re.I)


def surely(line: str) -> bool:
    """Whether the line alone is machine output."""
    return SURE.match(line[:400]) is not None or _COLUMNS.search(line[:200]) is not None


def joins(line: str) -> bool:
    """Whether the line belongs to machine output that stands right above or below it."""
    short = line[:200]
    if _RULE.match(short) or _ASSIGN.match(short) or _COLUMNS.search(short):
        return True
    words = short.split()
    if short[:1] in " \t" and words and not _PROSE_WORD.search(short):
        return True
    return short.rstrip().endswith(("{", "}", ";", "\\")) and not _PROSE_WORD.search(short)


def quoted_errors(sentence: str) -> list[tuple[int, int]]:
    """Return where a sentence of prose quotes the wording of an error, as offsets without the quotation marks."""
    says = _SAYS.search(sentence) is not None
    return [
        found.span(1)
        for found in QUOTED.finditer(sentence)
        if _TROUBLE.search(found[1]) and (says or " " in found[1].strip())
    ]


def troubled(line: str) -> bool:
    """Whether a line of output speaks of an error."""
    return _TROUBLE.search(line) is not None
