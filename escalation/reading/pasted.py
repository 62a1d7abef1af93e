"""How machine output looks when somebody pastes it into a ticket: commands, logs, configuration, stack traces."""



# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

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
    | ^(?=.{0,300}?\b\w+=\S.{0,200}?\s\w+=["\w])\s*[\w.-]+=\S         # key=value log line
    | ^\s*\[\d\d:\d\d:\d\d(?:[.,]\d+)?\]                            # [10:34:31.488]
    | ^\s*\w+(?:\.\w+){2,}(?:Exception|Error):\s                  # System.IO.IOException: …
    | ^\s*\w+(?:\s\d:\w+|:\d+){1,3}:\s?\w+:?\s.{3,}              # ike 0:NAME:9188: …
    | ^\s*(?:Get|Set|New|Remove|Test|Add|Import|Export|Enable|Disable|Restart|Stop|Start|Invoke)-[A-Z]\w+\s-\w+\s
    | ^\s*\[[\w.-]+@[\w.-]+\s[^\]]*\][\#$]\s?\S             # [root@host ~]#
    | ^\s*\[\s*\d+\.\d{3,}\]\s                                # kernel log
    | ^\s*[-dlbc][rwxsStT-]{9}[.+@]?\s+\d+\s                    # ls -l
    | ^\s*(?:SELECT|INSERT\ INTO|UPDATE|DELETE\ FROM|CREATE\ TABLE|ALTER)\s\S+\s.*\b(?:FROM|SET|VALUES|WHERE|TABLE|ADD)\b
    | ^\s*HTTP/\d(?:\.\d)?\s\d{3}\b
    | ^\s*\[[A-Za-z][\w .-]{1,40}\]\s*$                         # [section]
    | ^\s*[|+][-+=|]{5,}\s*$
    | ^\s*\w+(?:\[\d+\])?:\s(?:error|warning|fatal|info|notice)\b[:\s]
    | ^\s*(?:Personalities|md\d+)\s:\s
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
_FIELD = re.compile(r"^\s*[A-Z][\w ./()#-]{1,40}?\s?:\s*(?P<value>\S.{0,120})?$")
_PROSE_WORD = re.compile(
    r"\b(?:i|we|he|she|they|the|and|but|this|that|is|was|my|you|please|still|then|it|so|not|no|just|also)\b", re.I
)
PROMPT = re.compile(
    r"^\s*(?:(?:PS\s+[A-Za-z]:\\[^\s>]*>?|[A-Za-z]:\\[^\s>]*>)\s*(?=\S)|\[[\w.-]+@[\w.-]+\s[^\]]*\][$#]\s?|[\w.-]+@[\w.-]+:\S*[$#]\s|[\w.-]+(?:\([\w-]+\))?[#>]\s?(?=(?:show|sh|ping)\b))\S"
)
"""A line where somebody typed a command."""
_MACHINE = re.compile(r"[=\\{}<>|_]|\b\d{1,3}(?:\.\d{1,3}){3}\b|0x[0-9a-f]+|\w:\w|\d{3,}|\b\w+\.\w+\.\w+|--|\*{3}|%", re.I)
_IDENTIFIER = re.compile(
    r"0x[0-9A-Fa-f]{4,}|\b[A-Z][a-z]+(?:[A-Z][a-z]+)+(?:\.\w+)*\b|\b\w+\.\w+\.\w+|[\"'“]\S{2,60}[\"'”]|\bException\b|\(KB\d+\)|\b\w+_\w+\b"
)
_TOLD = re.compile(r"\b(?:this|that|these|but|also|then|so|still|now|again|today|yesterday)\b|^\s*\w+(?:ing|ed)\b", re.I)
_BEGINS = re.compile(
    r"\W*(?:the|an?|error|failed|failure|cannot|can['’]t|could not|unable|call|access|invalid|windows|warning|fatal|exception|unexpected|no such|connection|object|log[io]n|request|installation|\w+(?:\.\w+){2,}|\w+error|\w+exception)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"(?:^|[.;:]\s+)\W*(?:[A-Za-z-]{3,14}ed|ran|found|set|sent|made|left|reset|took|put|did|new|same|time|no)\b|\b(?:says|said|shows|tested|checked)\b|, (?:same|no|fails|ok|works)\b", re.I
)
_SPOKEN = re.compile(r"\b(?:i|i'm|i've|we|my|our|you|your|he|she|her|his|user|customer|client says|me|please|tried|they)\b", re.I)

QUOTED = re.compile(r"[\"“]([^\"“”\n]{12,300})[\"”]|(?<!\w)['‘]([^'‘’\n]{16,200})['’](?!\w)")
_WORDED = re.compile(
    r"\b(?:error|message|warning|alert|popup|bounce|ndr|fails? with|failed with)s?\b(?:\s(?:is|was|reads|says|code|message|text))?\s?:\s+(?P<text>[A-Z0-9(\[][^\n]{10,300})",
    re.IGNORECASE,
)
_TROUBLE = re.compile(
    r"\b(?:error|fail|cannot|can't|could not|couldn't|unable|denied|invalid|not found|refused|too long|forcibly|forbidden|corrupt|mismatch|no longer available|does not|did not|is not|no response|unexpected|not supported|timed out|expired|"
    r"unavailable|not available|rejected|exception|unknown|missing|locked|blocked|disconnected|offline|no longer)",
    re.IGNORECASE,
)
_SAYS = re.compile(r"\b(?:error|message|says|saying|reads|states|popup|pop-up|prompt|shows|returns|bounce|ndr)\b", re.I)


_SMTP = re.compile(r"\b[45]\d\d[ -][45]\.\d{1,3}\.\d{1,3}\b[^\n]{10,200}?(?=\.(?:\s|$)|$)")
"""A mail server's answer."""


def surely(line: str) -> bool:
    """Whether the line alone is machine output."""
    return SURE.match(line[:400]) is not None or _COLUMNS.search(line[:200]) is not None


def joins(line: str) -> bool:
    """Whether the line belongs to machine output that stands right above or below it."""
    short = line[:200]
    if _RULE.match(short) or _ASSIGN.match(short) or _COLUMNS.search(short):
        return True
    if short[:1] in " \t" and short.strip() and not _PROSE_WORD.search(short):
        return True
    if short.rstrip().endswith(("{", "}", ";", "\\")) and not _PROSE_WORD.search(short):
        return True
    if _SPOKEN.search(short):
        return False
    field = _FIELD.match(short)
    if field and (not field["value"] or len(field["value"].split()) <= 8):
        return True
    return _MACHINE.search(short) is not None and not _PROSE_WORD.search(short)


def follows_prompt(line: str) -> bool:
    """Whether a line below a typed command is its output: anything but a sentence that somebody wrote."""
    return not (_SPOKEN.search(line[:200]) or (_PROSE_WORD.search(line[:200]) and len(line.split()) > 7))


def follows_field(line: str) -> bool:
    """Whether a line below the fields of an event or record is still of it."""
    return not _SPOKEN.search(line[:200])


def is_field(line: str) -> bool:
    """Whether the line is one field of a record, "Level: Error"."""
    return _FIELD.match(line[:200]) is not None and not _SPOKEN.search(line[:200])


def message(line: str) -> bool:
    """Whether a line of its own is the wording of an error, which names machine things and speaks of nobody."""
    short = line[:400]
    return (
        len(short.split(None, 5)) >= 5
        and _BEGINS.match(short) is not None
        and not _DONE.search(short)
        and not _TOLD.search(short)
        and not _SPOKEN.search(short)
        and _IDENTIFIER.search(short) is not None
        and _TROUBLE.search(short) is not None
    )


_MAY_QUOTE = re.compile(r"[\"“'‘]|[45]\d\d[ -][45]\.|:\s")


def quoted_errors(sentence: str) -> list[tuple[int, int]]:
    """Return where a sentence of prose quotes the wording of an error, as offsets without the quotation marks."""
    if not _MAY_QUOTE.search(sentence):
        return []
    says = _SAYS.search(sentence) is not None
    found = [
        quote.span(1 if quote[1] else 2)
        for quote in QUOTED.finditer(sentence)
        if _TROUBLE.search(quote[0]) and " " in quote[0].strip() and quote[0].count(" ") >= 2
        and (says or len(quote[0]) > 30)
    ]
    if not found:
        found = [answer.span() for answer in _SMTP.finditer(sentence)]
    worded = None if found else _WORDED.search(sentence)
    if worded and (_TROUBLE.search(worded["text"]) or sentence.lstrip()[:6].lower() == "error:"):
        found = [worded.span("text")]
    return found


def troubled(line: str) -> bool:
    """Whether a line of output speaks of an error."""
    return _TROUBLE.search(line) is not None


_FAULT = re.compile(
    r"\b(?:mismatch|not match|no (?:sa )?proposal|denied|refused|expired|invalid|not found|insufficient|exhausted|full|locked|corrupt|missing|revoked|untrusted|duplicate|conflict|unreachable)",
    re.IGNORECASE,
)


def fault_in(block: str) -> str | None:
    """Return the first row of up to 200 characters that names what is wrong, or None."""
    return next((r.strip() for r in block.splitlines() if len(r) <= 200 and _FAULT.search(r)), None)
