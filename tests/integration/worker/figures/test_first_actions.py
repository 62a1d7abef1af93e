"""Planned first actions through the database and the owner's command: the figure is exact, with sessions and without."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import mean, median

import pytest

from models.handoff import claims
from models.sessions import recorded
from tests.fakes import ESCALATED
from tests.integration.worker.conftest import Shop
from tests.unit.escalation.response.first_actions import (
    CLAIMANT,
    HELD,
    JUNIOR,
    OTHER,
    Append,
    Episode,
    Event,
    appended,
    episodes,
)
from worker.__main__ import main
from worker.response import observe

MEMBERS = {JUNIOR: 1, CLAIMANT: 2, OTHER: 3}


class Played:
    """A ticket with its episode: what happens on it, by minutes after the claim."""

    def __init__(self, shop: Shop, ticket: int, episode: Episode, *, sessions: bool) -> None:
        self.shop, self.ticket = shop, ticket
        shop.psa.add(ticket, status=ESCALATED)
        (self.handoff,) = shop.triage(ticket)
        self.opened: dict[str, int] = {}
        self.happens = [(0, 0, self.claim)]
        self.happens += [(one.at, 1, partial(self.write, one)) for one in episode.events if one.step is None]
        for owner, rows in appended(episode).items() if sessions else ():
            self.happens += [(row.event.at, row.number, partial(self.record, owner, row)) for row in rows]

    def claim(self) -> None:
        shop = self.shop
        with shop.database.account(shop.account_id) as session:
            claims.claim(session, shop.account_id, self.handoff, member_id=2, now=shop.clock(), kind="link", source="link")

    def write(self, one: Event) -> None:
        (self.shop.psa.note if one.does == "note" else self.shop.psa.time)(self.ticket, one.text, one.by)

    def record(self, owner: str, row: Append) -> None:
        shop, step = self.shop, row.event.step
        assert step is not None
        with shop.database.account(shop.account_id) as session:
            if owner not in self.opened:
                made = recorded.open_one(
                    session, shop.account_id, self.ticket, member_id=MEMBERS[owner], member=owner, client="Claude", key=None,
                    now=shop.clock(),
                )  # fmt: skip
                assert made is not None
                self.opened[owner] = made
            recorded.add(
                session, shop.account_id, self.opened[owner], [step], member_id=MEMBERS[row.event.by], member=row.event.by,
                key=None, now=shop.clock(), corrects=row.corrects,
            )  # fmt: skip

    def look(self) -> None:
        shop = self.shop
        with shop.database.account(shop.account_id) as session:
            claims.ask_observation(session, shop.account_id, self.handoff, due_at=shop.clock())
        observe.observe(shop.services, account_id=shop.account_id, handoff_id=self.handoff)


@pytest.mark.parametrize("sessions", [True, False], ids=["with sessions", "without"])
def test_the_owners_figure_is_the_planned_one(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, sessions: bool
) -> None:
    made = list(episodes(2, HELD, each=1))
    begun = shop.clock() + timedelta(hours=1)
    played = [Played(shop, 48300 + n, one, sessions=sessions) for n, one in enumerate(made)]
    for minute, _, do in sorted((what for one in played for what in one.happens), key=lambda what: what[:2]):
        shop.clock.now = begun + timedelta(minutes=minute)
        do()
    shop.clock.now = begun + timedelta(minutes=150)
    for one in played:
        one.look()
    truths = [one.told if sessions else one.untold for one in made]
    for it, episode, truth in zip(played, made, truths, strict=True):
        (row,) = shop.handoffs(it.ticket)
        minute = (row.acted_at - begun) / timedelta(minutes=1) if row.acted_at else None
        assert (row.first_action and (row.first_action["kind"], minute)) == truth, episode.kind
    url = shop.database.url.render_as_string(hide_password=False)
    for name, value in {"DATABASE_URL": url, "SECRET_KEYS": "k" * 40, "RESOLUTIONFLOW_VAR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    capsys.readouterr()
    assert main(["metrics", "northgate", "--json", "--as-of", (shop.clock() + timedelta(hours=1)).isoformat()]) == 0
    figure = json.loads(capsys.readouterr().out)["clocks"]["orientation"]["calendar"]
    minutes = sorted(truth[1] for truth in truths if truth)
    # Who has not begun is still waiting: counted as at least the longest time seen, half of all being the median.
    waits = minutes + [minutes[-1]] * (len(made) - len(minutes))
    assert (figure["n"], figure["mean"], figure["median"]) == (len(minutes), round(mean(waits), 2), median(waits))
