"""The brief in a form to paste into a vendor's case: what a stranger needs, and nobody's name.

Names of members, the contact, the customer and the site are taken out wherever they stand, whole and in their parts, with
e-mail addresses and telephone numbers. What is left is the ticket's words; who pastes it reads it first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from escalation.brief.sanitize import in_quotes, printable
from escalation.package.contents import Package, Step
from escalation.package.records import languages_unread
from escalation.redaction.redact import redact

MOST_STEPS, MOST_BLOCKS, MOST_ROWS = 25, 6, 40
OUTCOMES = {"failed": "failed", "no_change": "no change", "partial": "helped in part", "worked": "worked"}
"""What a step's outcome is called to whoever knows nothing of how we work."""
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.])(?:\+|00)?\d(?:[\s()/-]{0,2}\d){8,14}(?![\w.])")
_GENERIC = frozenset(
    """and the for ltd limited inc llc gmbh corp corporation company group holdings services service solutions partners
    partnership associates international trust
    school college office main branch site house medical dental legal law care clinic centre center
    north south east west""".split()  # noqa: SIM905 - a list of words
)
"""Words of names that name nobody."""


def vendor_form(package: Package, *, members: Iterable[str]) -> str:
    """Return the form as plain text; `members`: names and login names of the MSP's people."""
    mask = _Mask(package, members)
    shown = [step for step in package.steps_attempted if step.sure >= 0.5][:MOST_STEPS]
    problem = package.problem.evidence if package.problem else package.summary
    name = languages_unread(package.unread)
    nothing = f"nothing found; what is written in {name} is not read" if name else "none recorded"
    blocks = [
        ("Subject", [mask(package.summary)]),
        ("Problem", [mask(problem)]),
        ("Ticket opened", [_moment(package.waiting_since)]),
        ("Severity", [mask(text) for text in (package.priority, package.severity, package.impact) if text] or ["not recorded"]),
        ("Products", _list(mask(quote.text) for quote in package.products)),
        ("Devices", _list(mask(device.text) for device in package.devices)),
        ("Error codes", _list(mask(quote.evidence) for quote in package.error_codes)),
        ("Tried", _list([mask(step.text) + _came(step, mask) for step in shown], nothing)),
        ("Ruled out", _list([mask(quote.text) for quote in package.ruled_out], nothing)),
        ("Changed for tests and still so", _list([mask(change.text) for change in package.state_left_behind], nothing)),
        ("Not known yet", _list(mask(gap.text) for gap in package.not_recorded)),
        ("What we ask of you", [mask(package.ask.text) if package.ask else "the cause, or the next step to find it"]),
    ]
    text = "\n\n".join(f"{label}:\n" + "\n".join(lines) for label, lines in blocks)
    for number, block in enumerate(package.evidence_blocks[:MOST_BLOCKS], 1):
        rows = printable(block.evidence).splitlines()
        more = [f"  ({len(rows) - MOST_ROWS} more lines)"] if len(rows) > MOST_ROWS else []
        text += f"\n\nOutput {number}:\n" + "\n".join([*(f"  {mask(row, flat=False)}" for row in rows[:MOST_ROWS]), *more])
    return f"{text}\n\nOur reference: ticket {package.ticket_id}, as of {_moment(package.as_of)}\n"


class _Mask:
    """Takes names out of texts."""

    def __init__(self, package: Package, members: Iterable[str]) -> None:
        words: dict[str, str] = {}
        for name in members:
            words |= _names(name, "our engineer", shortest=3)
        words |= _names(package.contact, "the user", shortest=3)
        words |= _names(package.site, "the site", shortest=4)
        words |= _names(package.company, "the customer", shortest=4)
        self._words = words
        longest = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<![^\W_])(?:{longest})(?![^\W_])", re.IGNORECASE) if words else None

    def __call__(self, text: str, *, flat: bool = True) -> str:
        text = redact(printable(text))
        text = _PHONE.sub("(number)", _MAIL.sub("(address)", " ".join(text.split()) if flat else text))
        return self._pattern.sub(self._instead, text) if self._pattern else text

    def _instead(self, found: re.Match[str]) -> str:
        word = found.group()
        # A first name may be a word of the language: small letters name nobody, unless it is a login name.
        if word.islower() and len(word) < 5 and not any(c.isdigit() for c in word):
            return word
        return f"({self._words[word.casefold()]})"


def _names(name: str | None, instead: str, *, shortest: int) -> dict[str, str]:
    """Return a name and those of its parts that name somebody, with what stands in their place."""
    whole = " ".join((name or "").split()).casefold()
    if not whole or whole in _GENERIC:
        return {}
    parts = [part for part in re.split(r"[^\w']+", whole) if len(part) >= shortest and not part.isdigit()]
    parts = [part for part in parts if part not in _GENERIC]
    return {whole: instead} | dict.fromkeys(parts, instead)


def _came(step: Step, mask: _Mask) -> str:
    if step.result:
        return f" ({in_quotes(mask(step.result.text))})"
    label = "" if step.result_stated else OUTCOMES.get(step.outcome, "")
    return f" ({label})" if label else ""


def _list(lines: Iterable[str], nothing: str = "none recorded") -> list[str]:
    return [f"- {line}" for line in lines] or [nothing]


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else "not recorded"
