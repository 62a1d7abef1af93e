"""Error codes and event numbers, as people and machines write them."""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator

_CODE = re.compile(
    r"""
      (?:%[A-Z][A-Z0-9_]*-(?:[A-Z0-9_]+-)?\d-[A-Z0-9_]+)            # Cisco
    | \b(?:NET::)?ERR_[A-Z0-9_]{3,60}\b
    | \b0x[0-9A-Fa-f]{2,16}\b
    | \b(?:event\s?id|eventid|event)s?\s?[:=\#]?\s{0,12}\d{1,5}\b(?![.:,]\d|/\d|-\d\d-|\s?[ap]m\b|h\d\d)
    | \b(?-i:[A-Z][A-Za-z0-9]{1,9})\s(?:error|err)\s?[:=\#]?\s?-?\d{2,10}\b(?![.:,]\d|/\d|-\d\d-|\s?[ap]m\b|h\d\d)
    | \b(?:error|err|stop|fault|exit|status|return|sqlstate|win32|native\serror|https?|smtp|bug\ ?check|code)(?:\s(?:code|number|status|error|err))?
        \s?[:=\#]?\s?-?\d{2,10}\b(?![.:,]\d|/\d|-\d\d-|\s?[ap]m\b|h\d\d)
    | \bmsg\s\d{3,5}(?=,\slevel) | \berrno\s?[:=]?\s?-?\d{1,3}\b | \bkernel-power\s\d{2}\b
    | (?<![\d.])[45]\d\d(?=\s(?:service\sunavailable|forbidden|not\sfound|internal\sserver|bad\sgateway|gateway\stime|unauthori[sz]ed|bad\srequest|proxy\sauth|busy\shere|request\stimeout))
    | \bSQLSTATE\s[0-9A-Z]{5}\b
    | \b(?:fail(?:s|ed)?|refuses?|refused|ends?|ended|exits?|exited|abort(?:s|ed)?)\swith\s(?:an?\s)?-?\d{3,6}\b(?![.:,%]\d|\s?(?:%|ms|mb|gb|kb|min|sec|users?|files?))
    | \berror\scode\sreturned\son\sfailure\sis\s\d{3}\b
    | \berror(?:\scode)?\s?[:=\#]?\s?[A-Z]{1,4}-?\d{2,6}(?:\.\w{1,4})?\b
    | \bAADSTS\d{4,7}\b | \bORA-\d{4,5}\b | \bTNS-\d{5}\b | \bMSB?\d{4,5}\b | \bCAA\d{4,8}\b | \bCAA[0-9A-F]{5}\b
    | \b[45]\d\d[\s-][45]\.\d{1,3}\.\d{1,3}\b | (?<![\d.])[45]\.[0-9]\.\d{1,3}(?![\d.])
    | \b(?:STATUS|ERROR|ERR|DNS_PROBE|NET|NS_ERROR|SEC_E|E|RPC_S|KDC_ERR|SSL_ERROR|WSAE)_[A-Z0-9_]{3,60}\b
    | \b(?:NXDOMAIN|SERVFAIL|E(?:CONNREFUSED|TIMEDOUT|CONNRESET|CONNABORTED|NOSPC|ACCES|PERM|NOENT|IO|ROFS|HOSTUNREACH|NETUNREACH|PIPE|NOMEM|MFILE|XIST|ADDRINUSE|STALE)|WHEA_UNCORRECTABLE_ERROR|CRITICAL_PROCESS_DIED)\b
    | \b[A-Z]{3,20}(?:_[A-Z0-9]{2,20}){2,8}\b
    """,
    re.VERBOSE,
)
_WORDED = re.compile(r"event|error|stop|fault|exit|status|return|sqlstate|win32|http|smtp|bug|code", re.IGNORECASE)
_LOWER = re.compile(_CODE.pattern, re.VERBOSE | re.IGNORECASE)
_HTTP = re.compile(r"(?:https?|error|err|status|code)(?:\s(?:code|status|error))?\s?[:=#]?\s?(?P<number>[45]\d\d)$", re.IGNORECASE)
"""A web server's status, which people write with and without a word before it: the number is the code."""
_AFTER_WORDS = re.compile(r"(?:.{3,12}\swith\s(?:an?\s)?|error\scode\sreturned.{12,16}\s)(?P<number>-?\d{3,6})$", re.IGNORECASE)
"""A number after words that say it is a code: the number is the code."""
_TIME_OF_DAY = re.compile(r"\d\d:\d\d")
_WORTH_A_LOOK = re.compile(
    r"[0-9_]|nxdomain|servfail|\be[a-z]{2,10}\b"
)
_NAMED = re.compile(
    r"0x|event|err|stop|fault|exit|status|return|sqlstate|win32|http|smtp|bug|code|_|nxdomain|servfail|\be(?:conn|timed|nospc|acces|perm|noent|io|rofs|host|net|pipe|nomem|mfile|xist|addr|stale)|unavail|forbid|unauth|bad |not found|internal s|gateway|msg |kernel-p|%[a-z]|request t|with (?:an? )?-?\d{3}|on failure is|busy|aadsts|ora-|tns-|msb?\d|caa|[45]\d\d[ -][45]\.|[45]\.\d\.\d"
)
"""What every code has in its line: a cheap look before the dear one."""
_SHOUTED = re.compile(r"[A-Za-z_0-9]+$")


_LISTED = re.compile(r"\b(?:events?|errors?|event\s?ids?|codes?)\s(?P<list>\d{2,5}(?:(?:,|,?\s(?:and|or|&))\s\d{2,5}){1,8})\b(?![.:]\d)", re.IGNORECASE)
_DIGIT_AFTER = re.compile(r"[A-Z]-[A-Z]{0,3}\d|[45]xx", re.IGNORECASE)
_ROW = re.compile(r"\((?P<number>\d{3,5})\)\s(?=[A-Z][a-z]+\s[a-z])|^\s{0,4}Id\s{2,20}:\s(?P<id>\d{2,5})\s*$", re.MULTILINE)
"""A status in brackets with its wording, as replication tools print it, and the field of an event."""
_FAULTY = re.compile(r"ERR|FAIL|FAULT|DENIED|INVALID|(?:^|_)(?:NOT|NO|BAD|UN[A-Z]+)(?:_|$)|EXCEPTION|VIOLATION|TIMEOUT|TIMED|EXPIRED|REFUSED|REJECT|MISSING|CORRUPT|CRITICAL|MISMATCH|UNKNOWN|LOCKED|EXHAUST|CHECK|DEAD|LOST|STOP|DIED|LESS|STUCK|OVERFLOW|OVERRUN|KMODE|DNS_PROBE|STATUS_|STATE|DETECTED|MODIFIED|PREAUTH|WATCHDOG|MANAGEMENT", re.IGNORECASE)
"""What the name of a status has that says something is wrong; cipher suites, registry hives and constants have none of it."""


_VENDORS = re.compile(
    r"\b(?i:(?:err(?:or)?|fault|alarm|stop|status|exit|return)(?:[ -]?codes?)?|codes?|events?|(?:fail(?:s|ed|ing)?|stop(?:s|ped)?|abort(?:s|ed)?|crash(?:es|ed)?|ends?|ended|dies|died|exits?|exited|halts?|refuses?|comes? (?:back|up)|beeps?|flashes)\swith"
    r"|(?:shows?|showed|displays?|displayed|says|reads|throws|threw|reports?|reported|returns?|returned|gives|gave)(?=\s(?:an?\s|the\s)?(?:error|code|fault|alarm)))"
    r"[\s:=#\"'(\[]{1,4}(?i:(?:an?|the|is|was|of|says|reads|number|no\.?|error|code|fault|alarm|message)[\s:=#\"'(\[]{1,3}){0,3}(?P<after>(?P<maker>[A-Z]{1,5})(?:-[A-Z]{0,3}\d{1,6}){1,4}[A-Z]?)\b(?![-./]\w)"
    r"|(?<![\w-])(?P<before>[A-Z]{1,5}(?:-[A-Z]{0,3}\d{1,6}){1,4})(?=\s(?i:errors?|faults?|alarms?)\b(?!:))|^\W{0,4}(?P<line>[A-Z]{2,4}-[A-Z]\d{1,3})(?=:\s[A-Z])|(?i:\bhttps?(?:\s(?:status|error|code))?\s?:?\s?[45]xx\b)",
    re.MULTILINE,
)
"""Letters, hyphens and digits that words beside them say are a code, as makers of programs and devices count their errors."""
_NO_MAKER = frozenset(
    "PC WS SRV SVR SW FW AP DC LT NB VM PRN UPS NAS SAN ESX SQL FS RDS HOST VLAN PORT INC REQ CHG TKT CASE CS SR PO INV RM BLDG PN SN SKU CVE RFC ISO TASK JIRA TICKET ROOM".split()  # noqa: SIM905
)
"""What names of machines, tickets, orders and rooms begin with."""
_HYPHEN = re.compile(r"\b([A-Za-z]{1,5})-\d+$")


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """Return where stand what only words, a list or a row beside it say are codes: "events 10003, 10024 and 10004", "fails with E-2207"."""
    for found in _VENDORS.finditer(text) if _DIGIT_AFTER.search(text) else ():
        group = found.lastgroup if found.lastgroup != "maker" else "after"
        code = found[group or 0]
        if code.split("-")[0] not in _NO_MAKER and (not group or sum(map(str.isdigit, code)) >= 2):
            yield found.span(group or 0)
    for found in _LISTED.finditer(text):
        for number in re.finditer(r"\d{2,5}", found["list"]):
            yield found.start("list") + number.start(), found.start("list") + number.end()
    for found in _ROW.finditer(text):
        yield found.span("number" if found["number"] else "id")


def _candidates(text: str) -> Iterator[re.Match[str]]:
    if len(text) <= 2000 and not _NAMED.search(text.lower()):
        return
    start = 0
    for line in text.split("\n"):
        low = line.lower()
        if _WORTH_A_LOOK.search(low) and _NAMED.search(low):
            yield from _LOWER.finditer(text, start, start + len(line))
        start += len(line) + 1


_NO_CODE_BEFORE = re.compile(
    r"(?:offset|address|at|stamp|process id|thread id|pid|tid|id|length|size|for|emask|sact|serr|irq_stat|base|handle|sectors?|count|mask|value|port|mac|\bip|vid|flags?|=)\s?[:=]?\s*[\"'(]?$",
    re.IGNORECASE,
)
_CODE_BEFORE = re.compile(
    r"(?:error|err|code|status|hresult|result|stop|bug\s?check|exception|failure|failed|reason|returned|with|win32|rc)[\w ]{0,12}\s?[:=]?\s*[\"'(\[]?$",
    re.IGNORECASE,
)
_STATUS = re.compile(r"0x(?:[8c4-7][0-9a-f]{7}|0000[0-9a-f]{4})$", re.IGNORECASE)
"""An HRESULT, an NTSTATUS or a Win32 error written in eight digits."""
_TRACED = re.compile(r"(?:[0-9a-f`]{8,} ){2}|\b(?:Emask|SErr|rip|rsp|eax)\b|version: \d|!\w+\+0x")
"""A row of registers, addresses or module versions."""


_CODES_LISTED = re.compile(r"\b(?:codes?|errors?|bsods?|stops?|bug ?checks?|blue ?screens?)\b[^.;=]{0,80}(?:,|:|\band|\bor)\s*$", re.IGNORECASE)
_MAILED = re.compile(r"bounc|ndr|smtp|mail|deliver|relay|sender|recipient|reject|exchange|outlook", re.IGNORECASE)


def _is_code(text: str, start: int, end: int) -> bool:
    """Whether a hexadecimal number is a code rather than an address, an offset, a time stamp or a count."""
    before = text[max(0, start - 40) : start].split("\n")[-1]
    if _CODE_BEFORE.search(before):
        return True
    if _NO_CODE_BEFORE.search(before):
        return False
    if _STATUS.match(text[start:end]):
        begin = max(0, start - 120)
        line = text[text.rfind("\n", begin, start) + 1 if "\n" in text[begin:start] else begin : end + 60].split("\n")[0]
        return not _TRACED.search(line)
    if end - start <= 6 and _CODES_LISTED.search(text[max(0, start - 90) : start].split("\n")[-1]):
        return True
    return end - start >= 8 and end - start <= 10 and not before.strip().endswith((")", "]"))


def error_codes(text: str) -> list[tuple[int, int]]:
    """Return where error codes stand, as offsets, the first mention of each wording only."""
    found: dict[str, tuple[int, int]] = {}
    listed = list(_numbers(text))
    for start, end in listed:
        found.setdefault(text[start:end], (start, end))
    for match in _candidates(text):
        code = match.group()
        if any(match.start() < end and start < match.end() for start, end in listed):
            continue
        if " ".join(code.lower().split()) in found:
            continue
        start, end = match.span()
        if (named := _HYPHEN.search(code)) and named[1].upper() in _NO_MAKER:
            continue
        if code[:2].lower() == "0x":
            if not _is_code(text, start, end):
                continue
        elif ("_" in code and _SHOUTED.match(code) and not _FAULTY.search(code)) or (not _WORDED.match(code) and _SHOUTED.match(code) and code != code.upper()) or (_SHOUTED.match(code) and "_" in code and (text[end : end + 1] in (":", "=") or text[start - 1 : start] in ("\\", "%", "$", "["))):
            continue
        if _WORDED.match(code) and code.lower().startswith("http") and not re.search(r"[45]\d\d$", code):
            continue
        if after := _AFTER_WORDS.match(code):
            start = end - len(after["number"])
            code = after["number"]
        elif number := _HTTP.match(code):
            start = end - len(number["number"])
            code = number["number"]
        elif (_ENHANCED.fullmatch(code) and code[1] == "." and not _MAILED.search(text[:4000])) or _TIME_OF_DAY.match(text, end - 4 if end >= 4 else 0):
            continue
        found.setdefault(" ".join(code.lower().split()), (start, end))
    return [span for code, span in found.items() if not (_ENHANCED.fullmatch(code) and _in_longer(code, found))]


_ENHANCED = re.compile(r"[45]\.\d\.\d{1,3}|[45]\d\d")


def _in_longer(code: str, found: dict[str, tuple[int, int]]) -> bool:
    """Whether "5.7.1" only repeats a part of "550 5.7.1"."""
    return any(code != other and code in re.split(r"[\s-]", other) for other in found)
