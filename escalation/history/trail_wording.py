"""How an audit trail's wording is learned for each account.

ConnectWise documents none. What is known are the account's own names: its statuses, boards and members. Texts that
differ in nothing but such names are taken for one *template*; which place holds the old value and which the new one is
told from each ticket's own chain: what one change made it must be what the next one changes, and the last one must have
made it what the ticket is now. Changes that we saw ourselves confirm or refute the result.

Nothing is believed that does not fit together: `Pattern.trusted` says whether enough of it does.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from escalation.history.audit_trail import (
    ANYBODY,
    LEAST,
    NUMBER,
    SEEN_WITHIN,
    SLOT,
    TRUST,
    AuditEntry,
    Change,
    Names,
    Pattern,
    Template,
    Trail,
    Witnessed,
)
from escalation.history.trail_names import present_names, renamed


class Reader:
    """Reads the texts of one account about one field."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._value = _any_of(names.called)
        self._person = _any_of(names.people)

    def mask(self, text: str) -> tuple[str, list[str]]:
        """Return a text with its values, people and numbers taken out, and the values."""
        values: list[str] = []

        def out(found: re.Match[str]) -> str:
            values.append(found[0])
            return SLOT

        masked = self._value.sub(out, text) if self._value else text
        masked = self._person.sub(ANYBODY, masked) if self._person else masked
        return re.sub(r"\d+", NUMBER, masked), values

    def called(self, written: str) -> str:
        """Return what a value is called here, or its own lower case if it is none of ours."""
        return self.names.known(written) or " ".join(written.lower().split())


def _any_of(names: Iterable[str]) -> re.Pattern[str] | None:
    """Match the longest of the names that stands as words of its own."""
    longest = sorted({name for name in names if len(name) > 1}, key=lambda name: (-len(name), name))
    if not longest:
        return None
    words = "|".join(r"\s+".join(re.escape(word) for word in name.split()) for name in longest)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


class _Text(NamedTuple):
    """One entry as it was cut up."""

    ticket_id: int
    entry: AuditEntry
    mask: str
    values: list[str]


def learn(
    about: str, trails: Sequence[Trail], names: Names, *, witnessed: Sequence[Witnessed] = (), like: Sequence[Template] = ()
) -> tuple[Pattern, Mapping[int, list[Change]]]:
    """Learn how a field's changes are worded; return that with the changes of each ticket, the earliest first.

    1. Cut every text at the account's own names; texts that differ in nothing else are one template.
    2. A place that always holds the same word is no place ("new value" where a status is called New).
    3. Decide which place is the new value by the tickets' own chains; what does not fit is dropped.
    4. Read the rest by the templates, which finds names that are gone; what they are called now is told from the
       chains too, or from who took their place.

    `like` are templates of another field: a rare wording that differs from one of them in a single word is read like it.
    """
    reader = Reader(names)
    texts = [_Text(t.ticket_id, e, *reader.mask(e.text)) for t in trails for e in t.entries if e.at]
    now = {trail.ticket_id: names.known(trail.now) or trail.now for trail in trails}
    there = {text.ticket_id for text in texts}
    seen = [Witnessed(w.ticket_id, w.at, reader.called(w.new)) for w in witnessed if w.ticket_id in there]
    groups = _groups(texts)
    templates = _decided(groups, reader, now, seen) or _alike(groups, like)
    changes = _read(texts, templates, reader)
    aliases = present_names(changes, now, frozenset(names.called.values()))
    if aliases:
        changes = {ticket: [renamed(change, aliases) for change in found] for ticket, found in changes.items()}
    links, fitting = _fit(changes, now)
    ours = frozenset(names.called.values())
    unknown = Counter(c.new for found in changes.values() for c in found if c.new and c.new not in ours)
    again = sum(any(c.new == w.new and abs(c.at - w.at) <= SEEN_WITHIN for c in changes.get(w.ticket_id, ())) for w in seen)
    pattern = Pattern(
        about, tuple(templates), aliases, links, fitting, len(trails), len(seen), again, dict(unknown.most_common(20))
    )
    return pattern, changes


def _groups(texts: Iterable[_Text]) -> dict[tuple[str, str], list[_Text]]:
    """Return the texts by kind and wording, places that never change put back into the wording."""
    first: dict[tuple[str, str], list[_Text]] = defaultdict(list)
    for text in texts:
        if text.values:
            first[text.entry.kind, text.mask].append(text)
    groups: dict[tuple[str, str], list[_Text]] = defaultdict(list)
    for (kind, mask), members in first.items():
        values = list(zip(*(text.values for text in members), strict=True))
        fixed = {n: column[0] for n, column in enumerate(values) if len(members) >= LEAST and len(set(column)) == 1}
        for text in members:
            kept = [value for n, value in enumerate(text.values) if n not in fixed]
            if kept:
                groups[kind, _filled(mask, fixed)].append(text._replace(mask=_filled(mask, fixed), values=kept))
    return groups


def _filled(mask: str, fixed: Mapping[int, str]) -> str:
    parts = mask.split(SLOT)
    return parts[0] + "".join(fixed.get(n, SLOT) + part for n, part in enumerate(parts[1:]))


def _decided(
    groups: Mapping[tuple[str, str], list[_Text]], reader: Reader, now: Mapping[int, str | None], seen: Sequence[Witnessed]
) -> list[Template]:
    """Return the templates whose places could be told apart, those with most entries first."""
    chosen: dict[int, list[tuple[Template, dict[int, list[Change]]]]] = {1: [], 2: []}
    for (kind, mask), members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        places = len(members[0].values)
        if len(members) >= LEAST and places in chosen:
            decide = _directed if places == 2 else _only_new
            template = decide(kind, mask, members, reader, now, seen)
            if template:
                chosen[places].append((template, _changes(members, template, reader)))
    # A wording that tells both values says all; one that names a single value beside it is about something else.
    return _together(chosen[2] or chosen[1], now)


def _together(
    found: Sequence[tuple[Template, Mapping[int, Sequence[Change]]]], now: Mapping[int, str | None]
) -> list[Template]:
    """Return the templates that make one chain: another field may have values of the same names and a wording of its own.

    It begins with the one whose last changes agree most often with what the tickets are now.
    """
    taken: list[Template] = []
    chains: dict[int, list[Change]] = {}
    for template, changes in sorted(found, key=lambda pair: -_ends(pair[1], now)):
        both = {
            ticket: _in_order(sorted([*chains.get(ticket, ()), *changes.get(ticket, ())], key=lambda c: c.at))
            for ticket in {*chains, *changes}
        }
        links, fitting = _fit(both, now)
        before, fitted = _fit(chains, now)
        if not taken or fitting / links >= max(TRUST, fitted / before - 0.05):
            taken.append(template)
            chains = both
    return taken


def _ends(changes: Mapping[int, Sequence[Change]], now: Mapping[int, str | None]) -> int:
    return sum(bool(found) and found[-1].new == now.get(ticket) for ticket, found in changes.items())


def _alike(groups: Mapping[tuple[str, str], list[_Text]], like: Sequence[Template]) -> list[Template]:
    """Return the wordings that differ from a known one in a single word: the name of the field."""
    found = []
    for (kind, mask), members in sorted(groups.items()):
        for known in like:
            words, theirs = mask.split(), known.mask.split()
            apart = sum(one != other for one, other in zip(words, theirs, strict=False))
            if len(words) == len(theirs) and apart == 1 and mask.count(SLOT) == known.mask.count(SLOT):
                found.append(Template(kind, mask, known.old, known.new, len(members), alike=True))
                break
    return found


def _directed(
    kind: str, mask: str, members: Sequence[_Text], reader: Reader, now: Mapping[int, str | None], seen: Sequence[Witnessed]
) -> Template | None:
    forth = Template(kind, mask, 0, 1, len(members))
    fits: list[int] = []
    for template in (forth, Template(kind, mask, 1, 0, len(members))):
        changes = _changes(members, template, reader)
        fits.append(_fit(changes, now)[1] + _met(changes, seen))
    best, other = max(fits), min(fits)
    # Chains that run to and fro fit both readings: one must fit far better.
    if best < LEAST or best < 2 * other:
        return None
    old, new = (0, 1) if fits[0] == best else (1, 0)
    return Template(kind, mask, old, new, len(members), best, other)


def _only_new(
    kind: str, mask: str, members: Sequence[_Text], reader: Reader, now: Mapping[int, str | None], seen: Sequence[Witnessed]
) -> Template | None:
    template = Template(kind, mask, None, 0, len(members))
    changes = _changes(members, template, reader)
    links, fitting = _fit(changes, now)
    fitting += _met(changes, seen)
    if fitting < LEAST or fitting < TRUST * links:
        return None
    return Template(kind, mask, None, 0, len(members), fitting, links - fitting)


def _changes(members: Iterable[_Text], template: Template, reader: Reader) -> dict[int, list[Change]]:
    return _by_ticket((text.ticket_id, _change(text.entry, text.values, template, reader)) for text in members)


def _by_ticket(found: Iterable[tuple[int, Change]]) -> dict[int, list[Change]]:
    changes: dict[int, list[Change]] = defaultdict(list)
    for ticket_id, change in found:
        changes[ticket_id].append(change)
    return changes


def _change(entry: AuditEntry, values: Sequence[str], template: Template, reader: Reader) -> Change:
    assert entry.at is not None
    old = None if template.old is None else reader.called(values[template.old]) or None
    return Change(entry.at, entry.by, old, reader.called(values[template.new]) or None, template.old is not None)


def _fit(changes: Mapping[int, Sequence[Change]], now: Mapping[int, str | None]) -> tuple[int, int]:
    """Return how many links there are, between changes and to what the ticket is now, and how many fit.

    What happened within one second has no order that could be relied on, so it is no link.
    """
    links = fitting = 0
    for ticket_id, found in changes.items():
        for before, after in pairwise(found):
            if after.at > before.at and after.says_old:
                links += 1
                fitting += before.new == after.old
        if found and (len(found) == 1 or found[-1].at > found[-2].at):
            links += 1
            fitting += found[-1].new == now.get(ticket_id)
    return links, fitting


def _met(changes: Mapping[int, Sequence[Change]], seen: Iterable[Witnessed]) -> int:
    return sum(
        change.new == saw.new and abs(change.at - saw.at) <= SEEN_WITHIN
        for saw in seen
        for change in changes.get(saw.ticket_id, ())
    )


def _read(texts: Iterable[_Text], templates: Sequence[Template], reader: Reader) -> dict[int, list[Change]]:
    by_kind: dict[str, list[tuple[Template, re.Pattern[str], re.Pattern[str]]]] = defaultdict(list)
    for template in templates:
        lazy, greedy = _expression(template.mask, "(.*?)"), _expression(template.mask, "(.*)")
        by_kind[template.kind].append((template, lazy, greedy))
    found: list[tuple[int, Change]] = []
    for text in texts:
        for template, lazy, greedy in by_kind.get(text.entry.kind, ()):
            values = _values(text, template, lazy, greedy, reader)
            if values is not None:
                found.append((text.ticket_id, _change(text.entry, values, template, reader)))
                break
    changes = _by_ticket(found)
    return {ticket: _in_order(sorted(list_, key=lambda c: c.at)) for ticket, list_ in changes.items()}


def _values(
    text: _Text, template: Template, lazy: re.Pattern[str], greedy: re.Pattern[str], reader: Reader
) -> Sequence[str] | None:
    """Return the values of a text if it has a template's wording; one of them must be a name of the account."""
    if text.mask == template.mask:
        return text.values
    one, other = lazy.fullmatch(text.entry.text), greedy.fullmatch(text.entry.text)
    if one is None or other is None:
        return None
    # A name of the account that a place holds settles where it ends, however else the text could be cut.
    for found in (one.groups(), other.groups()):
        known = [reader.names.known(value) is not None or not value.strip() for value in found]
        if all(known) or (any(known) and one.groups() == other.groups()):
            return found
    return None


def _expression(mask: str, place: str) -> re.Pattern[str]:
    parts = re.split(f"([{SLOT}{ANYBODY}{NUMBER}])", mask)
    known = {SLOT: place, ANYBODY: ".+?", NUMBER: r"\d+"}
    return re.compile("".join(known.get(part) or re.escape(part) for part in parts), re.DOTALL | re.IGNORECASE)


def _in_order(changes: Sequence[Change]) -> list[Change]:
    """Return changes in an order in which they connect, where several stand within one second."""
    ordered: list[Change] = []
    left = list(changes)
    while left:
        same = [change for change in left if change.at == left[0].at]
        last = ordered[-1].new if ordered else None
        # The first one is whichever nobody else of that second leads to.
        made = {change.new for change in same}
        pick = next((c for c in same if c.old == last), None) if ordered else None
        pick = pick or next((c for c in same if c.old not in made), same[0])
        ordered.append(pick)
        left.remove(pick)
    return ordered


def clock_offset(apart: Sequence[timedelta]) -> timedelta | None:
    """Return how far the trail's clock is ahead, from moments that the PSA also tells elsewhere; None if nobody can say.

    Its dates are plain text: should they be in the server's own time, all of them are off by the same quarters of hours.
    """
    quarters = Counter(round(span / timedelta(minutes=15)) for span in apart)
    if len(apart) < LEAST:
        return timedelta()
    most, count = quarters.most_common(1)[0]
    return timedelta(minutes=15) * most if count >= TRUST * len(apart) else None
