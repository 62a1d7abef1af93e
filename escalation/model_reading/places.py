"""The texts of a ticket as a model may cite them: numbered, with who wrote them by role, and known again by their words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One text of the ticket. Its number holds for one request only; its key for as long as the text stays as it is."""

    number: int
    kind: str
    """`description`, `discussion note`, `internal note`, `resolution note` or `time entry`."""
    role: str
    writer: str
    """Tells one person from another without naming anybody: `A`, `B`…"""
    text: str

    @property
    def key(self) -> str:
        """Return a hash of role, kind and text."""
        words = "\x00".join((self.role, self.kind, self.text))
        return hashlib.sha256(words.encode(errors="backslashreplace")).hexdigest()[:24]


def writer_names(authors: list[str]) -> list[str]:
    """Return a letter for each author, the same for the same one, in the order they come: `A`, `B`… `Z`, `A2`…"""
    seen: dict[str, str] = {}
    for author in authors:
        count = len(seen)
        turn = count // 26
        seen.setdefault(author, chr(ord("A") + count % 26) + (str(turn + 1) if turn else ""))
    return [seen[author] for author in authors]
