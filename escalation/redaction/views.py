"""Show a text as its reader sees it, with the way back to where each character stands.

Tags and entities, the `>` of quoted mail, marks of emphasis, escapes of JSON and invisible characters stand between a
password and its label, and so do soft line ends and `=3D` of mail that was pasted as it was sent. Rules read the view; what
they find is cut out of the text itself.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

MARK = "\ue000"
"""Stands in a view for `[redacted: …]`, a certificate or a public key; no match that holds it counts."""

_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
_INLINE = "a|abbr|b|big|code|em|font|i|kbd|label|mark|o:p|pre|s|samp|small|span|strong|sub|sup|tt|u|img|wbr"
_BLOCK = (
    "address|article|blockquote|body|br|center|dd|div|dl|dt|h[1-6]|head|hr|html|li|ol|p|section|table|tbody|tfoot|thead|tr|ul"
)
_UNSEEN_SIGN = re.compile(f"[{_UNSEEN}]")
_TOKEN = re.compile(
    r"(?P<mark>\[redacted: [a-z0-9][a-z0-9 /-]{0,39}\]"
    r"|-----BEGIN (?:CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY|X509 CRL)[ A-Z]{0,12}-----[^-]{0,16000}-----END"
    r"|\b(?:ssh-(?:rsa|dss|ed25519)|ecdsa-[\w-]{4,30}) AAAA[\w+/=]{20,2000})"
    rf"|(?P<drop></?(?:{_INLINE})(?:\s[^<>]{{0,800}})?>|</t[dh]>|[{_UNSEEN}]|\{{(?:noformat|code|color)(?::[\w#]{{1,20}})?\}})"
    r"|(?P<cell><t[dh](?:\s[^<>]{0,800})?>|\\t)"
    rf"|(?P<line>\r\n?|[\v\f\x85\u2028\u2029]|</?(?:{_BLOCK})(?:\s[^<>]{{0,800}})?/?>|\\r\\n|\\n|\\r)"
    r"|(?P<quote>^[ \t]{0,3}(?:(?:>|&gt;)[ ]?){1,6})"
    r"|(?P<entity>&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d{0,2});)"
    r"|(?P<guarded>(?<=[^\s\\:])\\[_*#!.+~&$=@|-]|\\[*#!+~&$=@])"
    r"|(?P<escape>\\[\"'/\\])"
    r"|(?P<soft>=\r?\n(?:[ \t]{0,3}(?:(?:>|&gt;)[ ]?){1,6})?)"
    r"|(?P<octets>(?:=[C-F][0-9A-F](?:=[89AB][0-9A-F]){1,3})+|=(?:[A-F][0-9A-F]|3D|2[0-7]|40|5[B-E]|60|7[B-E]|09))"
    r"|(?P<space>\xa0|\u202f|\u2007)"
    r"|(?P<wide>[\uff01-\uff5e]{1,200})|(?P<sign>[🔑🗝🔐]\ufe0f?)|(?P<point>[👉➡➜➔➤⟶]\ufe0f?)"
    r"|(?P<parted>\*\*[^\s*]{1,40}\*\*(?=\w)|(?<=\w)\*\*[^\s*]{1,40}\*\*)"
    r"|(?P<emphasis>(?<![^\s(|])(?:\*\*|__|~~|`{1,3})(?=[^\s*`_~])|(?<=[^\s*`_~])(?:\*\*|__|~~|`{1,3})(?![^\s.,;:)|]))"
    r"|(?P<coded>(?:%[0-9A-F]{2})+|(?:-[2-7][0-9A-F])+|_{1,2})",
    re.IGNORECASE | re.MULTILINE,
)
_NEEDED = re.compile(
    rf"[<&\r\v\f\x85\u2028\u2029{_UNSEEN}\xa0\u202f\u2007\\`\[\uff01-\uff5e🔑🗝🔐👉➡➜➔➤⟶]"
    r"|\*\*|__|~~|\{(?:noformat|code|color)|^[ \t]{0,3}>|-----BEGIN|AAAA",
    re.MULTILINE,
)
_RAW = re.compile(
    r"=3D|=20[ \t]{0,4}\r?$|=[C-F][0-9A-F]=[89AB][0-9A-F]|[a-z]=[C-F][0-9A-F][a-z]|^(?=[^\n]{0,70} )[^\n]{62,76}=\r?$",
    re.MULTILINE,
)
"""Mail as it was sent (quoted-printable): signs in hexadecimal, lines that go on in the next one."""
_JSON = re.compile(r"\\[rn].{0,4000}\\[rn\"]|\\\"|\\r\\n|-\\n", re.DOTALL)
"""Escapes, and not the folders of a path: `\\n` comes more than once, or beside others."""


@dataclass(frozen=True, slots=True)
class View:
    """A text to be searched, and where its pieces stand in the original."""

    text: str
    shown: tuple[int, ...] = ()
    """Where each piece begins here; empty when the view is the text itself."""
    source: tuple[tuple[int, int, bool], ...] = ()
    """Begin and end of each piece in the original, and whether it stands there literally."""

    def origin(self, begin: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the view stands in the original."""
        if not self.shown:
            return begin, end
        return self._char(begin)[0], self._char(end - 1)[1]

    def _char(self, at: int) -> tuple[int, int]:
        number = bisect_right(self.shown, at) - 1
        begin, end, literal = self.source[number]
        return (
            (begin + at - self.shown[number], begin + at - self.shown[number] + 1)
            if literal
            else (begin, end)
        )


_WRAPPED = ((re.compile(r"%3a%2f%2f", re.IGNORECASE), "%"), (re.compile(r"/v2/url\?u=https?-3A__"), "-_"))
"""Addresses in the addresses of mail gateways and trackers, and what their escapes begin with."""


_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Full width letters and signs, as an East Asian keyboard types them."""
_LATIN = str.maketrans(
    "аеорсухіјѕԁԛԝһпгвкмтАВЕЅКМНОРСТУХІЈοαερνικτυχΑΒΕΗΙΚΜΝΟΡΤΥΧΖ",
    "aeopcyxijsdqwhnrbkmtABESKMHOPCTYXIJoaepviktuxABEHIKMNOPTYXZ",
)
"""Letters of other scripts that look like ours."""
_OTHER = re.compile("[\u0370-\u052f]")
_MIXED = re.compile(r"(?<!\w)(?=\w{0,40}[A-Za-z])(?=\w{0,40}[\u0370-\u052f])\w{3,40}")
_LIKE_LABEL = re.compile(
    r"(?<![^\W_])p ?[a@4] ?[s5$z] ?[s5$z][ _-]?(?:w|vv|uu) ?[o0ce] ?[rn] ?(?:d|cl)(?![^\W_])", re.IGNORECASE
)
"""A label as screenshots are misread, as it gets past filters, and letter-spaced."""


def _looked_at(text: str) -> str:
    """Return the text with letters for those that look like them in words of two scripts and in odd labels, each in its place."""
    if _OTHER.search(text):
        text = _MIXED.sub(lambda word: word[0].translate(_LATIN), text)
    return _LIKE_LABEL.sub(lambda word: "password".ljust(len(word[0])), text)


def view(text: str) -> View:
    """Return the text as its reader sees it."""
    if not _NEEDED.search(text):
        return View(text)
    return _plain(text, escaped=_JSON.search(text) is not None)


def views(text: str) -> Iterator[View]:
    """Yield the text as its reader sees it, and what looks like mail as it was sent also as its mail program shows it."""
    yield view(text)
    if (seen := _looked_at(text)).lower() != text.lower():
        yield view(seen)
    if "=" in text and _RAW.search(text):
        yield _plain(text, escaped=_JSON.search(text) is not None, raw=True)
    for wrapped, signs in _WRAPPED:
        if wrapped.search(text):
            yield _plain(text, escaped=_JSON.search(text) is not None, coded=signs)


def _plain(text: str, *, escaped: bool, raw: bool = False, coded: str = "") -> View:
    pieces: list[str] = []
    shown: list[int] = []
    source: list[tuple[int, int, bool]] = []
    size = at = 0

    def add(piece: str, begin: int, end: int, literal: bool) -> None:
        nonlocal size
        if piece:
            pieces.append(piece)
            shown.append(size)
            source.append((begin, end, literal))
            size += len(piece)

    for token in _TOKEN.finditer(text):
        if token["coded"]:
            if token[0][0] not in coded:
                continue
        elif not token["guarded"] and not (escaped if token[0][0] == "\\" else raw or token[0][0] != "="):
            continue
        add(text[at : token.start()], at, token.start(), True)
        add(_read(token), token.start(), token.end(), False)
        at = token.end()
    add(text[at:], at, len(text), True)
    return View("".join(pieces), tuple(shown), tuple(source))


def _read(token: re.Match[str]) -> str:
    match token.lastgroup:
        case "mark":
            return MARK
        case "cell":
            return "\t"
        case "line":
            return "\n"
        case "entity":
            return _UNSEEN_SIGN.sub("", html.unescape(token[0]).replace("\xa0", " "))
        case "coded":
            digits = token[0].replace("%", "").replace("-", "")
            return "/" * len(digits) if "_" in digits else bytes.fromhex(digits).decode("utf-8", "replace")
        case "parted":
            return token[0].strip("*")
        case "escape" | "guarded":
            return token[0][1]
        case "octets":
            octets = bytes.fromhex(token[0].replace("=", ""))
            return octets.decode("utf-8" if len(octets) > 1 else "latin-1", "replace")
        case "space":
            return " "
        case "wide":
            return token[0].translate(_NARROW)
        case "sign":
            return " pw "
        case "point":
            return " -> "
    return ""
