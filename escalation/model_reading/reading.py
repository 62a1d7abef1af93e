"""A checked reading as it is kept: what was found, each with its exact place, and which texts it covers."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from typing import Any

READING_VERSION = 1


class UnknownReadingVersion(ValueError):
    """The stored reading was written by a newer program, or is none."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one text: `text[start:end] == evidence`, and `place` is that text's key."""

    place: str
    start: int
    end: int
    evidence: str


@dataclass(frozen=True, slots=True)
class FoundStep:
    """A step whose words, and the words of whose result where there are any, stand in the ticket."""

    span: Span
    outcome: str
    actor: str
    result: Span | None
    """What shows the outcome; None where it follows from the fault going on, or is unknown."""

    @property
    def result_inside(self) -> bool:
        """Whether the step's own words carry the result."""
        return self.result is not None and (
            self.result.place == self.span.place
            and self.span.start <= self.result.start
            and self.result.end <= self.span.end
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model read, after the check."""

    reader: str
    """The model's name."""
    version: str
    """Of guide and check together."""
    covered: tuple[str, ...]
    """Keys of the texts it was shown; what stands elsewhere it says nothing about."""
    steps: tuple[FoundStep, ...] = ()
    evidence: tuple[Span, ...] = ()
    error_codes: tuple[Span, ...] = ()
    ruled_out: tuple[Span, ...] = ()
    left_changed: tuple[Span, ...] = ()
    domain: str | None = None

    @property
    def key(self) -> str:
        """Return a hash that is equal as long as it says the same."""
        body = json.dumps(self.to_json(), sort_keys=True)
        return "read-" + hashlib.sha256(body.encode(errors="backslashreplace")).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values with `reading_version`."""
        return {"reading_version": READING_VERSION, **dataclasses.asdict(self)}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Reading:
        """Rebuild a stored reading of any version ever written. Raises `UnknownReadingVersion`."""
        if body.get("reading_version") != READING_VERSION:
            raise UnknownReadingVersion(f"reading_version {body.get('reading_version')!r}: this program reads 1")
        steps = tuple(
            FoundStep(Span(**s["span"]), s["outcome"], s["actor"], Span(**s["result"]) if s["result"] else None)
            for s in body["steps"]
        )
        names = ("evidence", "error_codes", "ruled_out", "left_changed")
        spans = {name: tuple(Span(**span) for span in body[name]) for name in names}
        return cls(
            reader=body["reader"], version=body["version"], covered=tuple(body["covered"]), steps=steps,
            domain=body["domain"], **spans,
        )  # fmt: skip
