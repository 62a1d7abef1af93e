"""Write header values so that they go over the wire as they stand, whatever version of Python sends them.

The standard library's folding has lost quotation marks, left first lines empty and folded encoded words apart, each in
other versions (3.11 to 3.13). So nothing is folded that need not be: ASCII stands on one line (RFC 5322 allows 998
octets), other text is encoded words (RFC 2047), of which each line has at most 76.
"""

from __future__ import annotations

import re
from email.header import Header
from email.policy import EmailPolicy

from worker.mail.addresses import Mailbox

_LONGEST_LINE = 998
_ENCODED_LINE = 76
_FOLD = "\r\n "
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
"""Words that need no quotation marks as the name in front of an address."""


class AsWritten(EmailPolicy):
    """Takes a header's value as it is and never folds it again; what no server would take raises `ValueError`."""

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        """Return both as they are, once they are known to be valid lines."""
        for number, line in enumerate(value.split("\r\n")):
            line = line if number else f"{name}: {line}"
            if not line.isprintable() or not (self.utf8 or line.isascii()) or len(line.encode()) > _LONGEST_LINE:
                raise ValueError(f"header {name}: control characters, more than 7 bits, or too long")
            if (number and line[0:1] != " ") or not line.removeprefix(f"{name}:").strip():
                raise ValueError(f"header {name}: an empty line, or one that continues none")
        return name, value

    def fold(self, name: str, value: str) -> str:
        """Return the header with its line end."""
        return f"{name}: {value}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the header with its line end."""
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii")


AS_WRITTEN = AsWritten(linesep="\r\n")
AS_WRITTEN_UTF8 = AsWritten(linesep="\r\n", utf8=True)


def text_value(header: str, text: str) -> str:
    """Return one line of printable text as the value of an unstructured header."""
    if _as_it_is(text) and len(header) + 2 + len(text) <= _LONGEST_LINE:
        return text
    return _encoded(header, text)


def mailbox_value(header: str, mailbox: Mailbox) -> str:
    """Return the value of a header with one address."""
    name, target = mailbox.name, f"<{mailbox.spec}>"
    if not name:
        return mailbox.spec
    if _as_it_is(name):
        if not _PHRASE.fullmatch(name):
            name = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
        return f"{name} {target}"
    words = _encoded(header, name)
    last = f"{header}: {words}".rpartition("\r\n")[2]
    return f"{words}{' ' if len(last) + 1 + len(target) <= _ENCODED_LINE else _FOLD}{target}"


def _as_it_is(text: str) -> bool:
    """Return whether text can stand unencoded: `=?` would be read as an encoded word's beginning."""
    return text.isascii() and "=?" not in text


def _encoded(header: str, text: str) -> str:
    return Header(text, "utf-8", maxlinelen=_ENCODED_LINE, header_name=header).encode(linesep="\r\n")
