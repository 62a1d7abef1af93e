"""Read an address as people type it: the one mailbox it means, and what had to be cleaned; or why it means none.

What is cleaned goes to the same mailbox as what was typed, or to none at all; where that cannot be known the address
is refused. Domains in other scripts go by IDNA 2008 (RFC 5891), so that sharp s and final sigma keep their own domain.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

import idna

from worker.mail.templates import INVISIBLE, plain, shorten

_LONGEST_FIELD = 1000
_LONGEST_LOCAL, _LONGEST_HOST, _LONGEST = 64, 253, 254
"""Octets (RFC 5321, 4.5.3.1; the last one is the path without its brackets)."""
_DRAWN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Format characters that can be seen: taking them out would change what was meant."""
_JOINERS = "\u200c\u200d"
"""Zero width, but in some scripts they make another word; IDNA 2008 says where (CONTEXTJ)."""
_SELECTORS = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SIGNS = str.maketrans("＠﹫＜＞，、；", "@@<>,,;")
"""What stands between the parts of an address, as an East Asian keyboard types it."""
_TYPED = str.maketrans(
    {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
    | dict.fromkeys("。｡", ".") | dict.fromkeys("‘’", "'") | dict.fromkeys("‐‑–−", "-")
)  # fmt: skip
"""Full width letters, and what word processors make of full stop, apostrophe and hyphen: in no domain, see IDNA."""

_LOCAL = r'"(?:[^"\\]|\\.)*"|[^\s@,;:<>"()\[\]\\|]+'
_HOST = r'\[[^\]\s]*\]|[^\s@,;:<>"()\[\]\\/|]+'
_NEXT = r"(?:\s*\([^()]*\))?(?=\s*(?:$|[,;|/])|\s+[^\s<])"
_BARE = re.compile(rf"(?P<name>)(?P<local>{_LOCAL})\s*@\s*(?P<host>{_HOST}){_NEXT}")
_NAMED = re.compile(
    rf'(?P<name>"(?:[^"\\]|\\.)*"|[^<>]*?)\s*<\s*(?P<local>{_LOCAL})\s*@\s*(?P<host>{_HOST})\s*>{_NEXT}'
)
_BETWEEN = re.compile(r"[\s,;|/]+")
_SCHEME = re.compile(r"\b(?:mailto:(?P<url>[^\s<>?]+)(?:\?[^\s<>]*)?|smtp:)", re.IGNORECASE)
_WRAPPED = {"'": "'", '"': '"', "(": ")", "[": "]", "“": "”", "‘": "’", "„": "“", "«": "»"}
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+")
_QUOTED = re.compile(r"[ !#-;=?A-\[\]-~]+")
"""Within quotation marks: printable ASCII but those and `\\`, `<`, `>`, `@`, over which servers have stumbled."""
_LDH = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


class AddressError(ValueError):
    """An address cannot be written to; the message says which and why. Trying again does not help."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox as it goes over the wire; `host` is ASCII, `local` may need SMTPUTF8."""

    local: str
    host: str
    name: str = ""

    @property
    def spec(self) -> str:
        """Return `local@host`."""
        return f"{self.local}@{self.host}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a field with an address in it means."""

    mailbox: Mailbox
    note: str
    """What was cleaned, for whoever looks after the field; empty if nothing worth telling was."""


def address(text: str, *, name: str = "") -> Mailbox:
    """Return the one mailbox that `text` means; `name` replaces a name in it. Raises `AddressError`, also for two."""
    found = _mailboxes(text)
    if len(found) > 1:
        raise _refused(text, f"it holds {len(found)} addresses, one is needed")
    return Mailbox(found[0].local, found[0].host, plain(name, limit=80) or found[0].name)


def read(text: str) -> Reading:
    """Return the mailbox that a person's field means, the first usable one of several. Raises `AddressError`."""
    found = _mailboxes(text)
    spec = found[0].spec
    if len(found) > 1:
        return Reading(found[0], f"{shown(text)} holds {len(found)} addresses: only {spec} is written to")
    same = text.strip(" ").lower() == spec.lower()
    return Reading(found[0], "" if same else f"{shown(text)} is written to as {spec}")


def shown(text: str) -> str:
    """Return a field in quotation marks, with what cannot be seen written as `\\uXXXX`."""
    seen = (c if c.isprintable() and c not in INVISIBLE and not _SELECTORS.match(c) else _code(c) for c in text)
    return f"'{shorten(''.join(seen), 80)}'"


def _code(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def _refused(text: str, why: str) -> AddressError:
    return AddressError(f"{shown(text)} is no address that mail can go to: {why}")


def _mailboxes(text: str) -> list[Mailbox]:
    """Return the usable ones in their order, each once; never none. Raises `AddressError`."""
    if len(text) > _LONGEST_FIELD:
        raise _refused(text, f"it is longer than {_LONGEST_FIELD} characters")
    tidy = _tidy(text)
    usable: dict[str, Mailbox] = {}
    first: AddressError | None = None
    for part in _parts(text, tidy):
        try:
            found = Mailbox(_local(part["local"]), _host(part["host"]), _name(part["name"]))
            if len(found.spec.encode()) > _LONGEST:
                raise ValueError(f"it is longer than {_LONGEST} octets")
        except ValueError as error:
            first = first or _refused(text, str(error))
        else:
            usable.setdefault(found.spec.lower(), found)
    if usable:
        return list(usable.values())
    raise first or _refused(text, "it is empty")


def _tidy(text: str) -> str:
    """Take out what cannot be seen, make every white space a blank, undo `mailto:`. Raises `AddressError`."""
    linked = _SCHEME.sub(lambda found: unquote(found["url"] or ""), _visible(text))
    tidy = _visible(linked).strip(" ,;|")
    # No address ends in an apostrophe, though one may hold some; of the other marks there may be several pairs.
    if len(tidy) > 2 and _WRAPPED.get(tidy[0]) == tidy[-1] and not {tidy[0], tidy[-1]} & (set(tidy[1:-1]) - {"'"}):
        return tidy[1:-1].strip(" ,;|")
    return tidy


def _visible(text: str) -> str:
    text = unicodedata.normalize("NFC", text).translate(_SIGNS)
    kept = []
    for place, char in enumerate(text):
        category = unicodedata.category(char)
        if char in _JOINERS:
            kept.append(char if _joins(text, place) else "")
        elif char.isspace():
            kept.append(" ")
        elif char in INVISIBLE or _SELECTORS.match(char) or (category == "Cf" and char not in _DRAWN):
            continue
        elif category.startswith("C"):
            raise _refused(text, f"it holds the character {_code(char)}")
        else:
            kept.append(char)
    return "".join(kept)


def _joins(text: str, place: int) -> bool:
    try:
        return idna.valid_contextj(text, place)
    except (idna.IDNAError, ValueError):
        return False


def _parts(text: str, tidy: str) -> list[re.Match[str]]:
    """Split a field into its addresses. Raises `AddressError` if anything is left over."""
    parts: list[re.Match[str]] = []
    place = 0
    while place < len(tidy):
        if parts:
            between = _BETWEEN.match(tidy, place)
            place = between.end() if between else place
        part = _BARE.match(tidy, place) or _NAMED.match(tidy, place)
        if part is None:
            raise _refused(text, _why(tidy))
        parts.append(part)
        place = part.end()
    return parts


def _why(tidy: str) -> str:
    if "@" not in tidy:
        return "it has no @"
    if re.search(r"@\s*@", tidy):
        return "it has two @"
    if re.match(r"\s*@", tidy) or re.search(r"@\s*$", tidy):
        return "one side of the @ is empty"
    if re.search(r"\S\s+\S", tidy) and tidy.count("@") == 1:
        return "white space divides it, and how it goes on cannot be known"
    return "more stands in it than addresses with commas between them"


def _local(text: str) -> str:
    text = text.translate(_TYPED)
    if quoted := text.startswith('"'):
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    atoms = text.split(".")
    if not all(atoms):
        raise ValueError("in front of the @ is a dot too many")
    if not all(_ATOM.fullmatch(atom) for atom in atoms):
        if not (quoted and _QUOTED.fullmatch(text)):
            raise ValueError("in front of the @ is a character that must not be there")
        text = f'"{text}"'
    if len(text.encode()) > _LONGEST_LOCAL:
        raise ValueError(f"more than {_LONGEST_LOCAL} octets stand in front of the @")
    return text


def _host(text: str) -> str:
    if text.startswith("["):
        raise ValueError("it has an IP address in place of a domain")
    labels = [_label(label) for label in text.translate(_TYPED).rstrip(".").split(".")]
    if labels[-1].isdecimal():
        raise ValueError("it has an IP address, or no domain, behind the @")
    if len(labels) < 2 and labels != ["localhost"]:
        raise ValueError("its domain has no dot, the end may be missing")
    host = ".".join(labels)
    if len(host) > _LONGEST_HOST:
        raise ValueError(f"its domain is longer than {_LONGEST_HOST} octets")
    return host


def _label(text: str) -> str:
    lower = text.lower()
    if not lower:
        raise ValueError("its domain has a dot too many")
    if lower != "".join(char.lower() for char in text) or len(lower) != len(text):
        raise ValueError("its domain in capitals can be read in two ways, write it in small letters")
    if lower.isascii() and not lower.startswith("xn--"):
        if not _LDH.fullmatch(lower) or len(lower) > 63:
            raise ValueError(f"{plain(lower, limit=40)!r} cannot be part of a domain")
        return lower
    try:
        return idna.alabel(unicodedata.normalize("NFC", lower)).decode("ascii")
    except (idna.IDNAError, UnicodeError, ValueError) as error:
        raise ValueError(f"IDNA 2008 does not allow its domain ({plain(str(error), limit=80)})") from error


def _name(text: str) -> str:
    name = text.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return plain(name.strip(' "'), limit=80)
