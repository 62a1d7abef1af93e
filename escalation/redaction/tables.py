"""Secrets in the columns of a table and in lists: the head says "Password", the cells or items below hold them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from escalation.redaction.words import labelled, secretive

_HEAD = re.compile(
    r"(?:[\w ]{0,20}(?:\b|_|(?-i:(?<=[a-z])(?=[A-Z]))))?"
    r"(?:pass ?words?|passwd|pwds?|pw|pass|passphrase|kennw[oö]rt|passw[oö]rt|mot de passe|mdp|contraseña|"
    r"clave|wachtwoord|secret|psk|wi-?fi key|totp|pin)",
    re.IGNORECASE,
)
_WIFI_HEAD = re.compile(r"(?:[\w-]{0,20}schl[üu]ssel|key|cl[ée]|sleutel|clave|code)", re.IGNORECASE)
_NET_HEAD = re.compile(r"ssid|wi-?fi|wlan|vpn|tunnel|netz\w*", re.IGNORECASE)
_NO_SECRET = re.compile(r"age|last|expir|polic|set|chang|length|count|hint|attempt", re.IGNORECASE)
_HINT = re.compile(
    r"pass|pwd|pw|kennw|mdp|contraseña|clave|wachtwoord|secret|psk|totp|key|pin|schl|cl[ée]|sleutel|code", re.IGNORECASE
)
_SPLITS = (re.compile(r"[|│┃║¦]"), re.compile(r"\t"), re.compile(r",|;"), re.compile(r" {2,60}"), re.compile(r" {1,60}"))
_QUOTED = re.compile(r"\"[^\"\n]{0,400}\"")
"""A cell in quotation marks may hold what parts the others."""
_RULE = re.compile(r"[ \t>]{0,4}[-=]{2,60}(?: {1,60}[-=]{2,60}){1,20}[ \t]*")
"""What PowerShell draws below the head of a table: the columns below it may stand one blank apart."""
_BORDER = re.compile(r"[\s>|+:=*\u2500-\u257f-]{3,400}")
"""What else is drawn between the rows of a table, of whatever signs."""
_LIST = re.compile(
    rf"[\s>*#-]{{0,8}}(?:[^\W_]{{2,20}} ){{0,4}}{_HEAD.pattern}(?:s|en|er|e)?"
    r"(?: (?:for|of|on|für|pour|de|to) [\w ]{2,40})?[ \t]{0,3}:\s*",
    re.IGNORECASE,
)
_ITEM = re.compile(r"[\s>]{0,12}(?:[-*•·–]|\d{1,2}[.)])[ \t]{1,4}(\S{3,80})\s*")
"""The heading of a list, and an item of one word."""
_ROWS = 500


def cells(text: str) -> Iterator[tuple[int, int]]:
    """Yield where cells below a head that names a secret stand. A table ends where a line has other columns."""
    if not _HINT.search(text):
        return
    columns: list[int] = []
    width = rows = 0
    split = _SPLITS[0]
    begin = 0
    above = ""
    listed = False
    for line in text.split("\n"):
        item = _ITEM.fullmatch(line) if listed else None
        if item and secretive(item[1]):
            yield begin + item.start(1), begin + item.end(1)
        listed = bool(item) or _LIST.fullmatch(line) is not None
        if _RULE.fullmatch(line) and len(above.split()) == len(line.split()):
            if not columns:
                columns, width, split = _head(above, begin - len(above) - 1, _SPLITS[4:])
                rows = 0
            begin, above = begin + len(line) + 1, ""
            continue
        above = line
        if not line.strip() or _BORDER.fullmatch(line):
            begin += len(line) + 1
            continue
        parts = list(_parts(line, begin, split)) if columns else []
        fits = len(parts) == width or (split is _SPLITS[4] and len(parts) > width)
        if columns and rows < _ROWS and fits and not _is_head(line):
            rows += 1
            for first, last in (parts[column] for column in columns):
                value = text[first:last]
                if labelled(value) and not re.fullmatch(r"[:\s-]+", value):
                    yield first, last
        elif len(line) < 2000:
            columns, width, split = _head(line, begin)
            rows = 0
        else:
            columns = []
        begin += len(line) + 1


def _is_head(line: str) -> bool:
    return bool(_head(line, 0)[0])


def _head(line: str, begin: int, splits: tuple[re.Pattern[str], ...] = _SPLITS[:4]) -> tuple[list[int], int, re.Pattern[str]]:
    """Return which columns of how many hold secrets, and what parts the columns; none when this is no such head."""
    if _HINT.search(line):
        line = line.replace("||", "|") if line.lstrip().startswith("||") else line
        for split in splits:
            parts = list(_parts(line, begin, split))
            if len(parts) > 1 and not any(line[first - begin :][:1] in (":", "=") for first, _ in parts):
                names = [line[first - begin : last - begin] for first, last in parts]
                shared = any(map(_NET_HEAD.fullmatch, names))
                found = [
                    number
                    for number, name in enumerate(names)
                    if (_HEAD.fullmatch(name) or (shared and _WIFI_HEAD.fullmatch(name))) and not _NO_SECRET.search(name)
                ]
                if found:
                    return found, len(parts), split
    return [], 0, _SPLITS[0]


def _parts(line: str, begin: int, split: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each cell of a line, without blanks; bars at the edges part nothing."""
    at = 0
    quoted = [m.span() for m in _QUOTED.finditer(line)] if split is _SPLITS[2] else []
    edges = [m.span() for m in split.finditer(line) if not any(first < m.start() < last for first, last in quoted)]
    edges.append((len(line), len(line)))
    for number, (first, last) in enumerate(edges):
        cell = line[at:first]
        lead = len(cell) - len(cell.lstrip())
        outer = split in (_SPLITS[0], *_SPLITS[3:])
        if not (outer and not cell.strip() and number in (0, len(edges) - 1)):
            yield begin + at + lead, begin + at + lead + len(cell.strip())
        at = last
