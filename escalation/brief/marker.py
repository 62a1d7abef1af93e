"""The mark in a footer by which a note of ours is known again: `RF-` of a brief, `RN-` of a resolution note."""

from __future__ import annotations

import hashlib
import hmac
import html
import re
from typing import Literal

_NAMES = {"RF": "handoff-marker", "RN": "resolution-marker"}
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def marker_of(
    key: bytes, *, account_id: int, ticket_id: int, episode: int, prefix: Literal["RF", "RN"] = "RF", said: str = ""
) -> str:
    """Return the mark by which an episode's note of a kind is known again: its letters and 40 bits of a keyed hash.

    `said` tells apart what one episode's notes of a kind say.
    """
    named = f"{_NAMES[prefix]}:{account_id}:{ticket_id}:{episode}{said and ':'}{said}".encode()
    bits = int.from_bytes(hmac.new(key, named, hashlib.sha256).digest()[:5], "big")
    return f"{prefix}-" + "".join(_CROCKFORD[bits >> shift & 31] for shift in range(35, -1, -5))


def carries(text: str, marker: str) -> bool:
    """Whether a note's text holds the marker as the brief's footer writes it, however its brackets are written."""
    return holds(text, f"[ref: {marker}]")


def holds(text: str, *signs: str) -> bool:
    """Whether a note's text holds one of the signs that we write, however a server keeps them."""
    kept = _as_kept(text)
    return any(_as_kept(sign) in kept for sign in signs)


def begins(text: str, sign: str) -> bool:
    """Whether a note's text begins with a sign that we write, however a server keeps it."""
    return _as_kept(text).startswith(_as_kept(sign))


def reads_as(found: str, sent: str) -> bool:
    """Whether a note is still what was written, though a server keeps some signs its own way.

    Line ends as others or as spaces or tags, signs as entities or behind a backslash, and `?` for what its database has no
    letters for. Whoever adds, takes or changes a letter, or ticks a box, has edited it.
    """
    kept, wrote = _as_kept(found), _as_kept(sent)
    return kept == wrote or (kept.isascii() and _MARKS.sub("?", kept) == _MARKS.sub("?", wrote))


def _as_kept(text: str) -> str:
    return "".join(_ESCAPE.sub("", _BREAK.sub(" ", html.unescape(html.unescape(text)))).split())


_BREAK = re.compile(r"(?i)</?(?:br|p|div)\b[^<>]{0,80}>")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_MARKS = re.compile(r"(?:\?|[^\x00-\x7f])+")
