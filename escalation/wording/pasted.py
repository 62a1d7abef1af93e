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
    | ^\s*\[?(?:\d{4}[-/]\d\d[-/]\d\d|\d\d?[/.]\d\d?[/.]\d{2,4})[T ,]\s*\d\d?:\d\d(?::\d\d)?(?!.{0,4}\s(?:[Aa]lso|[Tt]ried|[Ii]\s|[Ww]e\s|[A-Za-z]{3,12}ed\s|ran\s|called\s)).{3,}   # dated log line
    | ^\s*(?:<\d{1,3}>|<)?\w{3}\s+\d{1,2}\s\d\d:\d\d:\d\d\s                    # syslog
    | ^\s*\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]?\s+\S                  # timed log line
    | ^\s*\[?(?:ERROR|WARN|WARNING|INFO|DEBUG|FATAL|CRITICAL|VERBOSE)\]?[\s:]
    | ^\s*(?:Reply\ from|Request\ timed\ out|Pinging\s|Ping\ statistics|Tracing\ route|Packets:\ Sent|Minimum\ =)
    | ^\s*(?:Server|Address|Addresses|Aliases|Name|Non-authoritative\ answer):\s{2,}\S
    | ^\s*\*\*\*\s\S+\s(?:can't|request)
    | ^\s*(?:Log\ Name|Source|Event\ ID|Task\ Category|Level|Keywords|User(?=:\s+(?:\S+\\|N/A|SYSTEM|S-1-))|Faulting\ \w+\ \w+
        |Exception\ code|Fault\ offset|Report\ Id|Stop\ code|Status\ Code|Diagnostic\ information|Remote\ Server)\s?:\s
    | ^\s*[\w .()/-]{2,40}(?:\s?\.){3,}\s?:\s*                    # ipconfig
    | ^\s*(?:interface\ \w+[\d/]|ip\ address\ \d|ip\ route\ \d|access-list\ \S+\ (?:permit|deny|extended|standard)|hostname\ \S+\s*$|switchport\ (?:mode|access|trunk|voice)|vlan\ \d+\s*$|router\ (?:bgp|ospf|eigrp|rip)\b|crypto\ (?:map|isakmp|ikev\d|ipsec|pki|ca)\b|set\ [\w-]+\ "|edit\ (?:"|\d+\s*$)|next\s*$|end\s*$|config\ (?:system|firewall|vpn|router|user|log)\b)
    | ^\s+set\ [\w-]+\ \S                                        # FortiOS
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
    | ^\s*(?:At\sline:\d+\schar:\d+|\+\s~{3,}|\+\s[A-Z][a-z]+-[A-Z]\w+|[A-Z][a-z]+-[A-Z]\w+\s:\s)   # PowerShell error
    | ^\s*(?:AADSTS\d{4,}|ORA-\d{4,}|TNS-\d{4,}|PLS-\d{4,}|CAA\w{4,}|Msg\s\d+,\sLevel)\b
    | ^\s*(?:\w{3}\s+\d{1,2}\s[\d:]{8}\s)?%[A-Z0-9_]+-(?:[A-Z0-9_]+-)?\d-\w+:\s   # Cisco
    | ^\s*(?:Received:\sfrom|Return-Path:|Message-I[Dd]:|X-[A-Z][\w-]+:|Authentication-Results:|Diagnostic-Code:|Final-Recipient:|Reporting-MTA:|Remote-MTA:|DKIM-Signature:|Original\smessage\sheaders:)
    | ^\s*(?:Remote\s[Ss]erver|Generating\sserver|\S+@\S+)\s(?:returned|gave)\s|^\s*Generating\sserver:
    | ^\s*SIP/2\.0\s\d{3}\b|^\s*(?:Via:\sSIP|CSeq:|Call-ID:|Max-Forwards:)|^\s*(?:From|To|Contact):\s[^<]{0,60}<sips?:
    | ^\s*(?:Deployment\sImage\sServicing|(?:Image\s)?Version:\s\d+\.|DISM\sfailed|Beginning\ssystem\sscan|Verification\s\d+%|Windows\sResource\sProtection|The\s(?:\w+\s)?operation\scompleted|For\smore\sinformation,\s(?:review|see))
    | ^\s*System\serror\s\d+\shas\soccurred | ^\s*Successfully\sprocessed\s\d+\sfiles
    | ^\s*--\s(?:Journal|Logs)\sbegin
    | ^\s*[A-Z]+_[A-Z_]+:\s{1,4}\S                                # FAILURE_BUCKET_ID: …
    | ^\s*[0-9a-f]{8}`?[0-9a-f]{8}\s                              # addresses
    | ^.{1,200}?:\((?:OI|CI|IO|NP|DENY|I|F|M|RX|R|W|N)\)          # icacls
    | ^\s*(?:Stage\s\d:|\d+\s(?:file\srecords|index\sentries|reparse\srecords|EA\srecords|unindexed\sfiles)|(?:File|Index)\sverification|CHKDSK\sis|The\stype\sof\sthe\sfile\ssystem|Windows\shas\s(?:scanned|checked)|(?:Read|Write)\sfailure\swith|\d+\sKB\s(?:total|in)\s)
    | ^\s*[A-Z][\w ]{1,25}:\s[^.!?\s][^!?]{0,120}?[^.!?\s]\s{2,}[A-Z][\w ]{1,25}:\s\S   # two fields in a row
    | ^\s*(?:Windows\sIP\sConfiguration|Active\s(?:Connections|Routes)|(?:Ethernet|Wireless\sLAN|PPP|Tunnel)\sadapter\s.*:|Local\sAddress|Interface\sList)
    | ^\s*\[?(?:HKEY_[A-Z_]+|HKLM|HKCU|HKCR)[:\\]|^\s*Windows\sRegistry\sEditor|^\s*["@][^"=]{0,60}"?=(?:dword|hex|")
    | ^\s*(?:Microsoft\sWindows\s\[Version|\(c\)\sMicrosoft|Copyright\s\(C\))
    | ^[\w.-]+(?:\([\w-]+\))?[\#>]\s?(?:get|diag|diagnose|display|execute|traceroute|configure|interface|write|clear)\s
    | ^\s*(?:mount|umount|ls|rm|cp|systemctl|ssh|scp|curl|wget|apt(?:-get)?|E|W|dnf|rsync|fsck(?:\.\w+)?|mdadm|nginx|postfix/\w+|kernel|sshd|dhclient|bash|grub|sudo|su|docker|cron)(?:\[\d+\])?:\s\S
    | ^\s*[●×]\s\S+\.(?:service|mount|timer)\b|^\s+(?:Loaded|Active|Main\sPID|Process):\s
    | ^\s*(?:\d+\spackets\stransmitted|rtt\smin|round-trip|\d+\sbytes\sfrom\s|PING\s\S+\s\(|traceroute\sto\s|Sending\s\d+,\s\d+-byte|Success\srate\sis|Type\sescape|Approximate\sround)
    | ^\s*(?:Gi|Fa|Te|Eth|Po|Gigabit\w+|Ten\w+)\d[\w/]*\s{2,}\S
    | ^\s*(?:Trace|Correlation|Request|Session|Activity|Client\s[Rr]equest)\s?I[Dd]:\s|^\s*Timestamp:\s\d
    | ^\s*(?:Account|Subject|Logon|Failure|Process|Network|Caller|Sub)\s(?:Name|Type|Reason|Information|I[Dd]|Domain|Computer(?:\sName)?|Status|Address):\s
    | ^\s*(?:Stop|Bug\s?[Cc]heck)\s?(?:[Cc]ode)?:\s?\S
    | ^\s*[\w.-]+\s(?:=|\|)\s.*\s[|=]\s                            # a row of a table drawn with bars
    | ^\s*[IWEDF]\s\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\s\d\d:\d\d
    | ^\s*[^,\s]{1,20}(?:,[^,\s]{0,40}){4,20}                    # fields with commas and no spaces
    | ^\s*\+\s\[\w                                               # a stack of errors
    | ^[vosctmab]=\S.{0,120}$                                    # SDP
    | ^\s*(?:\w{2,40}\.){2,6}\w{2,60}(?::\s|\()\S                # a name of a program's part, and what it says
    | ^\s*(?:Sign-in\serror|Error|Failure|Result|Return|Exit|Stop)\s(?:code|reason|message|text|description|details):\s\S
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
_TOLD = re.compile(r"\b(?:this|these|but|also|then|so|still|now|again|today|yesterday)\b|^\s*\w+(?:ing|ed)\b", re.I)
_BEGINS = re.compile(
    r"\W{0,4}(?:the|an?|error|failed|failure|cannot|can['’]t|could not|unable|call|access|invalid|windows|warning|fatal|exception|unexpected|no such|connection|object|log[io]n|request|installation|application|service|server|process|driver|device|volume|disk|database|user|account|job|task|module|\w{1,40}(?:\.\w{1,40}){2,8}|\w{1,40}error|\w{1,40}exception)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"(?:^|[.;:]\s+)\W*(?:(?!fail|unexpect|block|expir|refus|reject|terminat|exceed|den)[A-Za-z-]{3,14}ed|ran|found|set|sent|made|left|reset|took|put|did|new|same|time|no)\b|\b(?:says|said|shows|tested|checked)\b|, (?:same|no|fails|ok|works)\b", re.I
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


_PARTS = re.compile(r"^\W*(?:and|here|see|below|above|from|on|after|result|output|log|when|with|i'm|same)\b|^(?-i:[a-z])", re.I)
"""How people lead over from one paste to the next."""
_ANNOUNCES = re.compile(
    r"(?:^|(?<=[.!?]\s))\W{0,3}(?:(?:the|this|her|his|its|full|exact|whole|vm|task|event|app|application|windows|outlook|client|server|update)\s+){0,3}(?:error|message|text|alert|ndr|bounce|warning|exception|pop-?up|response|stop code|toast|dialog|reply)s?"
    r"(?:\s(?:is|was|reads|says|said|code|message|text|details?|from the \w+|on (?:the )?\w+|in (?:the )?\w+)){0,3}(?:\s?[:=]\s*|\s+(?=[\"“'‘])|(?<=reads)\s+|(?<=says)\s+)",
    re.I,
)


_LEADS = re.compile(
    r"\b(?:error|message|log|output|event|says|shows?|gives?|returns?|fails?|failed|with|trace|excerpt|result|viewer|text|alert|ndr|console|got|this|saying|details|dump|stack|response)\b[^:]{0,40}:\s*$", re.IGNORECASE
)


_TO_READER = re.compile(r"\b(?:you can|then you|you should|please|try to|check (?:the|if)|follow)\b", re.IGNORECASE)


def leads_to(heading: str, first: str) -> bool:
    """Whether a line that ends in a colon leads to output whose first row this is, although it reads like prose."""
    if not _LEADS.search(heading[-120:]) or _TO_READER.search(first[:80]) or _FIRST_PERSON.search(first[:300]) or _DONE.search(first[:200]):
        return False
    return _TROUBLE.search(first[:300]) is not None or _IDENTIFIER.search(first[:300]) is not None


def tells_of_it(line: str) -> bool:
    """Whether a line right above output is what somebody says of it: it names nothing of a machine and no fault, but this, today or people."""
    short = line[:200]
    return not (_MACHINE.search(short) or _TROUBLE.search(short)) and (_OF_IT.search(short) or _TOLD.search(short) or _SPOKEN.search(short)) is not None


_OF_IT = re.compile(r"\b(?:below|above|following|attached|customer|came in)\b", re.IGNORECASE)


def joins_message(line: str) -> bool:
    """Whether a line goes on with the wording of an error that began above it."""
    return not (_FIRST_PERSON.search(line[:200]) or _TOLD.search(line[:200]) or _DONE.search(line[:200]))


_FIRST_PERSON = re.compile(r"\b(?:i|i'm|i've|we|my|our|tried|please|anyone|thanks)\b|\?\s*$", re.IGNORECASE)


_SAYING = re.compile(r"[\"“'‘=]|reads|says")


def announced(line: str) -> tuple[int, int] | None:
    """Return where a line that says "the error is:" holds the wording of the error, without quotation marks; None if it does not."""
    start, end = 0, len(line.rstrip())
    if ":" not in line and not _SAYING.search(line):
        return None
    if head := _ANNOUNCES.search(line[:200]):
        start = head.end()
    elif (colon := line.find(": ", 0, 60)) > 0 and SURE.match(line[colon + 2 : colon + 400]):
        return colon + 2, end
    else:
        return None
    quoted = bool(line[start : start + 1]) and line[start] in "\"“'‘"
    if quoted:
        closing = line.find({"“": "”", "‘": "’"}.get(line[start], line[start]), start + 8)
        start, end = start + 1, closing if closing > 0 else end
    text = line[start:end]
    told = _SPOKEN.search(text[:300]) is not None or (end >= len(line.rstrip()) and _DONE.search(text[:300]))
    if quoted and not told and len(text.split(None, 3)) >= 4:
        return start, end
    if told or len(text.split(None, 3)) < 4 or not (_TROUBLE.search(text[:400]) or _IDENTIFIER.search(text[:400])):
        return None
    return start, end


_PLAIN = re.compile(r"(?!\s{0,2}The (?:\w+ )?operation completed )\s{0,2}[A-Z]?[a-z]+(?:,? [a-z]{2,}){4}")
"""Five plain words in a row, which no output begins with."""


_HOST = r"(?:[\w*-]+\.)+[\w-]+\.?"
_IP = r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}"
_RECORD = rf"(?:(?:A|AAAA)\s+(?:{_IP})|MX\s+\d{{1,5}}\s+{_HOST}|(?:CNAME|NS|PTR|ALIAS)\s+{_HOST}|SRV\s+\d+\s+\d+\s+\d+\s+{_HOST}|(?:TXT|SPF)\s+[\"“].{{3,400}}|CAA\s+\d.{{3,100}}|SOA\s+{_HOST}\s.{{3,200}})"
_CONFIGURATION = re.compile(
    rf"\s*(?:[\"“]?(?i:v=(?:spf1|dmarc1|dkim1|stsv1|tlsrptv1|bimi1))\b.{{0,600}}|(?:[\w*@-]+(?:\.[\w*@-]+)*\.?\s+)?(?:\d{{1,7}}\s+)?(?:IN\s+)?{_RECORD}"
    rf"|ip\s(?:route|address|helper-address)\s[\d. ]{{7,60}}|HK(?:LM|CU|CR|EY_[A-Z_]+)[:\\]\S+|/(?:ip|interface|system|routing|queue|ppp)(?:\s[\w-]+){{0,3}}\s(?:add|set|print|remove|export)\b.{{0,300}}"
    rf"|set\s(?:security|interfaces|protocols|routing-options|vlans|deviceconfig)\s(?!.*\b(?:to|on|for|and|in)\s)[\w-]+\s\S.{{0,200}}|nameserver\s+(?:{_IP})|(?:{_IP})(?:\s+{_HOST})(?:\s+[\w.-]+){{0,4}}|(?=\w*(?:[._]|[a-z][A-Z]))[A-Za-z][\w.-]{{2,60}}\s?=\s?[^\s=]{{1,120}};?)\s*$"
)


def configuration(line: str) -> bool:
    """Whether a line is a DNS record or one setting of a configuration, whole: a record needs no other line to be known as one."""
    return _CONFIGURATION.match(line[:700]) is not None


def surely(line: str) -> bool:
    """Whether the line alone is machine output."""
    if _PLAIN.match(line):
        return False
    return configuration(line) or SURE.match(line[:400]) is not None or _COLUMNS.search(line[:200]) is not None


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


_LABELLED = re.compile(r"^\s*(?P<name>[A-Z][\w ./()-]{1,40}?)(?P<apart>\s*):\s+\S")
_MACHINE_LABEL = re.compile(
    r"\b(?:error|code|failure|reason|id|identity|status|state|type|details|source|event|package|version|category|severity|action|path|process|module|task|level|result|hash|sha\d*|exit|return)\b", re.IGNORECASE
)


def labelled(rows: list[str]) -> bool:
    """Whether rows of "Name: value" are a program's record rather than a form that somebody filled in."""
    found = [_LABELLED.match(row[:200]) for row in rows]
    if len(rows) < 3 or not all(found) or any(_SPOKEN.search(row[:200]) for row in rows):
        return False
    apart = sum(bool(field["apart"]) for field in found if field)
    named = sum(_MACHINE_LABEL.search(field["name"]) is not None for field in found if field)
    return apart >= 3 or named >= 2


def follows_prompt(line: str) -> bool:
    """Whether a line below a typed command is its output: anything but a sentence that somebody wrote."""
    return not (_SPOKEN.search(line[:200]) or (_PROSE_WORD.search(line[:200]) and len(line.split()) > 7))


def follows_field(line: str) -> bool:
    """Whether a line below the fields of an event or record is still of it."""
    short = line[:200]
    return not _SPOKEN.search(short) and not (short[:1].islower() and _PROSE_WORD.search(short))


def goes_on(line: str, below: str) -> bool:
    """Whether output goes on below a blank line, as `net use` tells its error in two paragraphs."""
    return line.rstrip().endswith("has occurred.") and below[:1].isupper() and not _SPOKEN.search(below[:200])


def between(line: str) -> bool:
    """Whether a line between two rows of output is of the output, rather than what somebody wrote about it."""
    short = line[:200]
    told = _SPOKEN.search(short) or _TOLD.search(short) or _DONE.search(short) or _PARTS.search(short)
    return not told and not short.rstrip().endswith(":")


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


_MAY_QUOTE = re.compile(r"[\"“'‘_]|[45]\d\d[ -][45]\.|:\s")


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
    return found or [name.span() for name in _SHOUTED.finditer(sentence)]


_SHOUTED = re.compile(r"\b[A-Z]{3,20}(?:_[A-Z0-9]{2,20}){2,8}\b(?!\s?=)")
"""The name of a stop error or a status, IRQL_NOT_LESS_OR_EQUAL."""


def troubled(line: str) -> bool:
    """Whether a line of output speaks of an error."""
    return _TROUBLE.search(line) is not None


_FAULT = re.compile(
    r"\b(?:mismatch|not match|no (?:sa )?proposal|denied|refused|expired|invalid|not found|insufficient|exhausted|full|locked|corrupt|missing|revoked|untrusted|duplicate|conflict|unreachable|degraded|faulty|offline|unhealthy|predict(?:ed|ive) fail)",
    re.IGNORECASE,
)


def fault_in(block: str) -> str | None:
    """Return the first row of up to 200 characters that names what is wrong, or None."""
    return next((r.strip() for r in block.splitlines() if len(r) <= 200 and _FAULT.search(r)), None)
