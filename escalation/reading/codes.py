"""Error codes and event numbers, as people and machines write them."""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator

_CODE = re.compile(
    r"""
      \b0x[0-9A-Fa-f]{3,16}\b
    | \b(?:event\s?id|eventid|event)s?\s?[:=\#]?\s{0,12}\d{1,5}\b(?![.:,]\d)
    | \b(?-i:[A-Z][A-Za-z0-9]{1,9})\s(?:error|err)\s?[:=\#]?\s?-?\d{2,10}\b
    | \b(?:error|err|stop|fault|exit|status|return|sqlstate|win32|native\serror|https?|smtp|bug\ ?check|code)(?:\s(?:code|number|status|error|err))?
        \s?[:=\#]?\s?-?\d{2,10}\b(?![.:,]\d)
    | \bSQLSTATE\s[0-9A-Z]{5}\b
    | \berror(?:\scode)?\s?[:=\#]?\s?[A-Z]{1,4}-?\d{2,6}(?:\.\w{1,4})?\b
    | \bAADSTS\d{4,7}\b | \bORA-\d{4,5}\b | \bTNS-\d{5}\b | \bMSB?\d{4,5}\b | \bCAA\d{4,8}\b | \bCAA[0-9A-F]{5}\b
    | \b[45]\d\d[\s-][45]\.\d{1,3}\.\d{1,3}\b | (?<![\d.])[45]\.[0-9]\.\d{1,3}(?![\d.])
    | \b(?:STATUS|ERROR|ERR|DNS_PROBE|NET|NS_ERROR|SEC_E|E|RPC_S|KDC_ERR|SSL_ERROR|WSAE)_[A-Z0-9_]{3,60}\b
    | \b(?:NXDOMAIN|SERVFAIL|ECONNREFUSED|ETIMEDOUT|ECONNRESET|WHEA_UNCORRECTABLE_ERROR|CRITICAL_PROCESS_DIED)\b
    | \b[A-Z]{3,20}(?:_[A-Z0-9]{2,20}){2,8}\b
    """,
    re.VERBOSE,
)
_WORDED = re.compile(r"event|error|stop|fault|exit|status|return|sqlstate|win32|http|smtp|bug|code", re.IGNORECASE)
_LOWER = re.compile(_CODE.pattern, re.VERBOSE | re.IGNORECASE)
_HTTP = re.compile(r"(?:https?|error|err|status|code)(?:\s(?:code|status|error))?\s?[:=#]?\s?(?P<number>[45]\d\d)$", re.IGNORECASE)
"""A web server's status, which people write with and without a word before it: the number is the code."""
_TIME_OF_DAY = re.compile(r"\d\d:\d\d")
_WORTH_A_LOOK = re.compile(
    r"[0-9_]|nxdomain|servfail|econn|etimedout"
)
_NAMED = re.compile(
    r"0x|event|err|stop|fault|exit|status|return|sqlstate|win32|http|smtp|bug|code|_|nxdomain|servfail|econn|etimedout|aadsts|ora-|tns-|msb?\d|caa|[45]\d\d[ -][45]\.|[45]\.\d\.\d"
)
"""What every code has in its line: a cheap look before the dear one."""
_SHOUTED = re.compile(r"[A-Za-z_0-9]+$")


def _candidates(text: str) -> Iterator[re.Match[str]]:
    start = 0
    for line in text.split("\n"):
        low = line.lower()
        if _WORTH_A_LOOK.search(low) and _NAMED.search(low):
            yield from _LOWER.finditer(text, start, start + len(line))
        start += len(line) + 1


def error_codes(text: str) -> list[tuple[int, int]]:
    """Return where error codes stand, as offsets, the first mention of each wording only."""
    found: dict[str, tuple[int, int]] = {}
    for match in _candidates(text):
        code = match.group()
        if not _WORDED.match(code) and _SHOUTED.match(code) and not code.startswith("0x") and code != code.upper():
            continue
        if _WORDED.match(code) and code.lower().startswith("http") and not re.search(r"[45]\d\d$", code):
            continue
        start, end = match.span()
        if number := _HTTP.match(code):
            start = end - len(number["number"])
            code = number["number"]
        elif _TIME_OF_DAY.match(text, end - 4 if end >= 4 else 0):
            continue
        found.setdefault(" ".join(code.lower().split()), (start, end))
    return list(found.values())
