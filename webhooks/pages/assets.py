"""Styles, scripts and fonts of the pages, read once: a style for each page from its parts, no build step.

Each has an address with a fingerprint, so that a browser keeps it for a year and a new version is a new address.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
KINDS = {".css": "text/css", ".js": "text/javascript", ".woff2": "font/woff2"}
SHARED = ("look/tokens.css", "look/base.css")
STYLES = {
    "queue.css": (*SHARED, "handoff/style.css", "queue/style.css"),
    "ticket.css": (*SHARED, "handoff/style.css", "ticket/style.css"),
    "analytics.css": (*SHARED, "analytics/style.css"),
    "plain.css": (*SHARED, "handoff/style.css", "look/plain.css"),
}
"""The last is that of the pages without script, which stand behind links (`claims`, `sign_in`)."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    content: bytes
    kind: str
    mark: str
    """Of its content."""


def load() -> dict[str, Asset]:
    """Return all of them by name."""
    found = {name: "\n".join((HERE / part).read_text() for part in parts).encode() for name, parts in STYLES.items()}
    found |= {file.name: file.read_bytes() for file in [*HERE.glob("script/*.js"), *HERE.glob("look/*.woff2")]}
    return {name: _asset(name, content) for name, content in found.items()}


def _asset(name: str, content: bytes) -> Asset:
    return Asset(content, KINDS[Path(name).suffix], hashlib.sha256(content).hexdigest()[:12])
