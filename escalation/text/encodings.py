"""Undo what gateways did to the characters of a text: transport encodings left as they are, one character set read as another."""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from urllib.parse import unquote

from escalation.text.places import Plain, Writing

_SOFT = r"(?<=[^\r\n]{60})=[ \t]*\r?\n"
_CODED = re.compile(
    rf"=(?:3D|0D=0A|C2=[AB][0-9A-F]|C3=[89AB][0-9A-F]|E2=80=[0-9A-F]{{2}})|(?<=[.,;:!?)>])=20(?=\s|$)"
    rf"|(?<=[A-Za-z])=92(?=[a-z])|=93(?=\w)|(?<=[\w.])=94|(?<=\s)=96(?=\s)|(?<=[A-Za-z])=(?:E[0-9A-F]|F[1-9A-F]|DF)(?=[a-z])|{_SOFT}"
)
"""What only a mail's transport encoding (quoted-printable) leaves behind; a single one may be anything."""
_OCTETS = re.compile(rf"(?P<soft>{_SOFT})|(?:=[0-9A-F]{{2}}(?:=[ \t]*\r?\n(?==[0-9A-F]{{2}}))?)+")


def decoded(source: str) -> Plain | None:
    """Return the text with its characters as they were meant; None where they are so already."""
    read = _transported(source) if "=" in source and len(_CODED.findall(source)) >= 2 else None
    if (dressed := _styled(read.text if read else source, read, source)) is not None:
        read = dressed
    for _ in range(2):  # some connectors misread twice
        again = _misread(read.text if read else source, read, source)
        if again is None:
            break
        read = again
    return read


def _transported(source: str) -> Plain:
    """Return a text that some gateway stored as it came over the wire, decoded."""
    writing, at = Writing(source), 0
    for token in _OCTETS.finditer(source):
        writing.keep(at, token.start(), ruled=False, quoted=0)
        at = token.end()
        if not token["soft"]:
            octets = bytes.fromhex("".join(token.group().replace("=", "").split()))
            try:
                meant = octets.decode()
            except UnicodeDecodeError:
                meant = octets.decode("cp1252", "replace")
            writing.put(meant, token.start(), at)
    writing.keep(at, len(source), ruled=False, quoted=0)
    return Plain("".join(writing.parts), source, tuple(writing.pieces))


_BRACED = re.compile(r"\{([^{}]{1,1500})\}")
_PROPERTY = re.compile(r"\s*(?:mso-[\w-]{1,40}|(?:margin|padding|font|color|text|line|border|background|width|height|size|page|panose|display|list|vertical|letter|word|white|tab)[\w-]{0,24})\s?:", re.IGNORECASE)
_SELECTOR = re.compile(r"@(?:font-face|page|list|media)|[\w-]*[.#:@*][\w.:#*>-]*|(?:p|div|a|li|ul|ol|table|td|tr|th|span|body|html|pre|h[1-6]|blockquote|img|strong|em|b|i)", re.IGNORECASE)
_DEFINITIONS = re.compile(r"/\*\s(?:Font|Style|Page|List) Definitions\s\*/")


def _styled(text: str, below: Plain | None, source: str) -> Plain | None:
    """Return the text without rules of a style sheet whose tags a gateway took away; None where there are none."""
    if "{" not in text or ("margin" not in text and "mso-" not in text and "font-f" not in text):
        return None
    found = [found.span() for found in _DEFINITIONS.finditer(text)]
    for rule in _BRACED.finditer(text):
        told = [part for part in rule[1].split(";") if part.strip()]
        begin = _selectors(text, rule.start())
        if told and begin < rule.start() and (_alone(text, begin) or (found and not text[found[-1][1] : begin].strip())) and all(":" in part for part in told) and any(_PROPERTY.match(part) for part in told):
            found.append((begin, rule.end()))
    if not found:
        return None
    writing, at = Writing(text), 0
    for start, end in sorted(found):
        writing.keep(at, start, ruled=False, quoted=0)
        at = max(at, end)
    writing.keep(at, len(text), ruled=False, quoted=0)
    return Plain("".join(writing.parts), source, tuple(writing.pieces), below)


def _alone(text: str, at: int) -> bool:
    """Whether nothing stands before it on its line."""
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()


def _selectors(text: str, end: int) -> int:
    """Return where the names begin to which a rule of a style sheet applies that goes on here."""
    begin = end
    for word in reversed(list(re.finditer(r"[^\s,{}/]+", text[max(0, end - 400) : end]))):
        if not _SELECTOR.fullmatch(word.group()) or text[max(0, end - 400) + word.end() : begin].strip(" \t\r\n,"):
            break
        begin = max(0, end - 400) + word.start()
    return begin


_GUARDED = re.compile(r"[?&](?:url|u|a)=(?P<asked>[^&]{4,2000})|/v3/__(?P<between>.{4,2000}?)__;")


def link_meant(link: str) -> str:
    """Return the address that a mail gateway hid in an address of its own; what hides it in another way stays."""
    found = _GUARDED.search(link)
    if found is None:
        return link
    if found["between"]:
        return found["between"]
    asked = found["asked"]
    if "urldefense" in link and "/v2/" in link:
        asked = asked.replace("-", "%").replace("_", "/")
    meant = unquote(asked)
    tail = re.search(r"[.,;:!?)\]'*]+$", link)
    return meant + (tail.group() if tail and not meant.endswith(tail.group()) else "") if re.match(r"https?://\S+$", meant) else link


_CONT = "[\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]"
_MISREAD = re.compile(
    rf"\u00e2{_CONT}{{2}}|\u00ef\u00bb\u00bf|\u00f0{_CONT}{{3}}|[\u00c2\u00c3][\u0080-\u00bf]|(?<![A-ZÀ-Þ])[\u00c2\u00c3]{_CONT}"
    rf"|(?P<perhaps>[\u00c2-\u00df]{_CONT}|[\u00e0-\u00ef]{_CONT}{{2}})"
    r"|(?P<space>(?<![^\W\d_])\u00c2(?=\s|$))|(?<=[A-Za-z])(?P<lost>\ufffd)(?=(?:t|s|m|d|re|ve|ll)\b)"
)
"""The octets of UTF-8 as cp1252 or Latin-1 shows them, and an apostrophe that was lost."""
_LETTERS = re.compile("[\u00c0-\u017f\u0370-\u04ff\u0590-\u06ff\u0e00-\u0e7f\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
_FEWEST = 3
"""So many of what may be a capital before a quotation mark it takes where nothing else is misread."""


def _misread(text: str, below: Plain | None, source: str) -> Plain | None:
    """Return the text with UTF-8 that was read as another character set decoded; None where there is none."""
    found = [(mark, meant) for mark in _MISREAD.finditer(text) if (meant := _meant(mark)) is not None]
    perhaps = sum(mark["perhaps"] is not None for mark, _ in found)
    if perhaps == len(found) < _FEWEST:
        return None
    writing, at = Writing(text), 0
    for mark, meant in found:
        writing.keep(at, mark.start(), ruled=False, quoted=0)
        writing.put(meant, *mark.span())
        at = mark.end()
    writing.keep(at, len(text), ruled=False, quoted=0)
    return Plain("".join(writing.parts), source, tuple(writing.pieces), below)


def _meant(mark: re.Match[str]) -> str | None:
    if mark["space"]:
        return ""
    if mark["lost"]:
        return "'"
    octets = bytearray()
    for char in mark.group():
        try:
            octets += char.encode("cp1252")
        except UnicodeEncodeError:
            octets.append(ord(char))
    try:
        meant = octets.decode()
    except UnicodeDecodeError:
        return None
    return meant if mark["perhaps"] is None or _LETTERS.match(meant) else None
