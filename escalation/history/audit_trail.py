"""What a PSA's audit trail says: its lines, the changes read from them, and how well their wording is known.

ConnectWise documents no wording for its audit trail, so it is learned for each account: see `escalation.history.trail_wording`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

LEAST = 5
"""So many links must speak for a template before it is believed."""

TRUST = 0.8
"""Share of the links, and of the changes we saw ourselves, that must fit for the pattern to be used at all."""

SEEN_WITHIN = timedelta(seconds=60)
"""A change we saw ourselves is found again if the trail dates it this close."""

SLOT, ANYBODY, NUMBER = "\x00", "\x01", "\x02"
"""Stand in a template's mask for a value, a member, and digits."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of an audit trail. ConnectWise documents none of its wording."""

    text: str
    at: datetime | None
    """By the PSA's clock; None where its text is no date."""
    by: str | None = None
    """Login name of whoever caused it."""
    kind: str = ""
    """The PSA's own words for what it is about."""


@dataclass(frozen=True, slots=True)
class Trail:
    """One ticket's audit trail, oldest first, and what a field of it is now."""

    ticket_id: int
    entries: tuple[AuditEntry, ...]
    now: str | None


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A change that we saw ourselves, by the PSA's clock."""

    ticket_id: int
    at: datetime
    new: str


class Change(NamedTuple):
    """A field went from one value to another. Values are the account's own names, lower case where they are none."""

    at: datetime
    by: str | None
    old: str | None
    """None where the trail does not say, or where the field was empty."""
    new: str | None
    says_old: bool = True


@dataclass(frozen=True, slots=True)
class Template:
    """One wording of a change: `mask` with a place for each value, and which of them is the new one."""

    kind: str
    mask: str
    old: int | None
    new: int
    entries: int = 0
    links: int = 0
    """Links between changes that fit this reading."""
    against: int = 0
    """Links that would fit the opposite reading."""
    alike: bool = False
    """Whether it was read like the wording of another field, from which it differs in one word."""

    def shown(self) -> str:
        """Return the wording for a person to read."""
        names = {self.new: "{new}", self.old: "{old}"}
        parts = self.mask.split(SLOT)
        text = parts[0] + "".join(names.get(n, "{…}") + part for n, part in enumerate(parts[1:]))
        return text.replace(ANYBODY, "{somebody}").replace(NUMBER, "{number}")


@dataclass(frozen=True, slots=True)
class Names:
    """How a field's values may be written, and the words of a text that say nothing about it."""

    called: Mapping[str, str]
    """What a value is called here, by how a text may write it (lower case)."""
    people: frozenset[str] = frozenset()
    """Names and logins of members, which may stand anywhere in a text."""

    def known(self, written: str | None) -> str | None:
        """Return what a value is called here; None if it is none of ours."""
        return self.called.get(" ".join((written or "").lower().split()))


@dataclass(frozen=True, slots=True)
class Pattern:
    """What was learned about one field of one account's audit trail."""

    about: str
    """Which field, in words."""
    templates: tuple[Template, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Names that are gone, lower case, with what they are called now."""
    links: int = 0
    fitting: int = 0
    tickets: int = 0
    witnessed: int = 0
    found_again: int = 0
    unknown: Mapping[str, int] = field(default_factory=dict)
    """Names in the trail that are none of the account's now, with how many changes bear them."""

    @property
    def consistency(self) -> float:
        """Return the share of the links that fit together."""
        return self.fitting / self.links if self.links else 0.0

    @property
    def trusted(self) -> bool:
        """Tell whether changes read by it may be used."""
        enough = 1 if all(template.alike for template in self.templates) else LEAST
        if not self.templates or self.links < enough or self.consistency < TRUST:
            return False
        return self.witnessed < LEAST or self.found_again / self.witnessed >= TRUST

    def why(self) -> str:
        """Say in words how well it is known."""
        if not self.templates:
            return f"no wording for a change of {self.about} could be learned from {self.tickets} audit trails"
        fit = f"{self.fitting} of {self.links} links between changes of {self.about} fit together"
        seen = f"; {self.found_again} of {self.witnessed} changes we saw ourselves are found again" if self.witnessed else ""
        return f"{fit}, in {self.tickets} tickets{seen}"

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values, to be stored with what was found by it."""
        return {
            "field": self.about, "trusted": self.trusted, "why": self.why(), "aliases": dict(self.aliases),
            "templates": [
                {"kind": t.kind, "wording": t.shown(), "entries": t.entries, "links": t.links, "against": t.against}
                for t in self.templates
            ],
            "consistency": round(self.consistency, 4), "witnessed": self.witnessed, "found_again": self.found_again,
            "unknown": dict(self.unknown),
        }  # fmt: skip
