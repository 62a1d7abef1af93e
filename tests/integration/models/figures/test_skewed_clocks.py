"""Figures with a PSA whose clock is ahead of ours or behind, over the differences, who dates the note, and the spans.

What really happened is played on one true clock, which is ours; the PSA writes its own time on everything. Each span
must come out as it really was, to the second by which two clocks can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from escalation.figures.measures import recent
from escalation.figures.observations import Basis, Clock, spans
from models.account import accounts
from models.database.sessions import Database
from models.figures.observed import observations
from models.figures.scoring import scorecard_of
from models.handoff import briefs, claims, handoffs
from tests.integration.models.places import NOW, account

SKEWS = (-300.0, -90.0, -20.0, 0.4, 20.0, 90.0, 300.0)
MINUTE = 60.0
AS_OF = NOW + timedelta(hours=1)
PLAYED = {
    "48001/1": (MINUTE, 2.0, None, None),
    "48002/1": (50 * MINUTE, 3.0, 9.0, 15.0),
    "48003/1": (30 * MINUTE, 4.0, 5.0, None),
}
"""Seconds ago escalated, seconds until the brief, minutes until the claim, minutes until the first action."""


def really(clock: Clock) -> dict[str, float]:
    """Minutes of a span as it was, unfinished ones up to now."""
    told = {}
    for episode, (ago, noted, claimed, acted) in PLAYED.items():
        now = ago / 60
        if clock is Clock.BRIEF:
            told[episode] = noted / 60
        elif clock is Clock.WAIT:
            told[episode] = claimed or now
        elif clock is Clock.TOTAL:
            told[episode] = acted or now
        elif claimed:
            told[episode] = (acted or now) - claimed
    return told


def play(database: Database, skew: float, *, dated_by_psa: bool) -> int:
    """Store what three escalations left behind."""
    mine, ahead = account(database), timedelta(seconds=skew)

    def whole(at: datetime) -> datetime:
        return (at + ahead).replace(microsecond=0)

    with database.account(mine) as session:
        accounts.set_account(session, mine, clock_skew_s=skew, skew_measured_at=NOW)
        for number, (ago, noted, claimed, acted) in enumerate(PLAYED.values(), 1):
            at = AS_OF - timedelta(seconds=ago)
            handoff = handoffs.open_handoff(
                session, account_id=mine, ticket_id=48000 + number, episode=1, escalated_at=whole(at),
                now=at + timedelta(seconds=0.5), rule_version=2,
            )  # fmt: skip
            assert handoff is not None
            posted = at + timedelta(seconds=noted)
            fence = briefs.lease(session, mine, handoff.id, now=posted, lease_s=60, holder="a worker")
            assert fence is not None
            briefs.mark_posted(
                session, mine, handoff.id, fence=fence, note_id=900 + number, note_hash="x", now=posted,
                posted_at=whole(posted) if dated_by_psa else None,
            )  # fmt: skip
            if claimed:
                then = at + timedelta(minutes=claimed)
                claims.claim(session, mine, handoff.id, member_id=7, now=then, happened_at=whole(then))
            if acted:
                then = at + timedelta(minutes=acted)
                claims.mark_acted(session, mine, handoff.id, now=then, happened_at=whole(then), why="a note")
    return mine


def held(database: Database, skew: float, *, dated_by_psa: bool) -> Iterator[tuple[str, bool]]:
    mine = play(database, skew, dated_by_psa=dated_by_psa)
    ahead = timedelta(seconds=skew if abs(skew) > 1 else 0)
    with database.account(mine, reading=True) as session:
        card = scorecard_of(session, mine, as_of=AS_OF)
        seen = observations(session, mine, since=AS_OF - timedelta(days=1), until=AS_OF)
    yield f"{skew}: counted", card.counts.escalated == len(PLAYED)
    waits = {wait.episode: wait.calendar for wait in card.worst_waits}
    for episode, minutes in really(Clock.WAIT).items():
        yield f"{skew}: {episode} waits", abs(waits.get(episode, 1e9) - minutes) <= 2 / 60
    known = recent(seen, as_of=AS_OF + max(ahead, timedelta(0)))
    for clock in Clock:
        found = spans(known, clock, Basis.CALENDAR, as_of=AS_OF + ahead)
        told = {e: r.minutes for e, r in zip(found.episodes, found.readings, strict=True)}
        for episode, minutes in really(clock).items():
            yield f"{skew}: {episode} {clock}", abs(told.get(episode, 1e9) - minutes) <= 2 / 60
    latency = card.clocks["brief_latency"]["calendar"]
    yield f"{skew}: brief latency on the page", latency.n == len(PLAYED)


@pytest.mark.parametrize("dated_by_psa", [True, False])
@pytest.mark.parametrize("skew", SKEWS)
def test_every_span_is_as_it_was(database: Database, skew: float, dated_by_psa: bool) -> None:
    wrong = [what for what, right in held(database, skew, dated_by_psa=dated_by_psa) if not right]
    assert wrong == []


@pytest.mark.parametrize(
    ("dated_by_psa", "told"),
    [(True, None), (False, "brief posted: by our clock, moved to ConnectWise's by +300 s, give or take 1 s")],
)
def test_what_bears_our_clock_is_named_with_how_far_it_was_moved(
    database: Database, dated_by_psa: bool, told: str | None
) -> None:
    mine = play(database, 300, dated_by_psa=dated_by_psa)
    with database.account(mine, reading=True) as session:
        seen = observations(session, mine, since=AS_OF - timedelta(days=1), until=AS_OF)
    assert {o.corrected for o in seen} == {told}
