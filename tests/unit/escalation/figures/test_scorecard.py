"""One scorecard for page, command, JSON and mail: what is on it, and the sentence on top."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from escalation.figures.hours import Calendar
from escalation.figures.measures import Baseline, Status
from escalation.figures.observations import Excluded, Observation, Source
from escalation.figures.scorecard import Scorecard, scorecard

NOW = datetime(2026, 5, 28, 12, tzinfo=UTC)
ALWAYS = Calendar.always(version=3)


def seen(
    number: int, *, wait: float | None = 10, orient: float | None = 6, days_ago: float = 5, source: Source = "product"
) -> Observation:
    escalated = NOW - timedelta(days=days_ago) + timedelta(minutes=number)
    claimed = None if wait is None else escalated + timedelta(minutes=wait)
    acted = None if claimed is None or orient is None else claimed + timedelta(minutes=orient)
    return Observation(
        f"{48000 + number}/1", ALWAYS, source, escalated, escalated + timedelta(seconds=20), claimed, acted,
        technician="jsmith" if claimed else None, domain="network", ended_at=acted,
    )  # fmt: skip


def many(count: int, *, orient: float = 4, start: int = 0, **rest: Any) -> list[Observation]:
    return [seen(start + i, orient=orient + i % 5, **rest) for i in range(count)]


def stopwatch(count: int, minutes: float) -> Baseline:
    opened = NOW - timedelta(days=90)
    return Baseline(
        "stopwatch",
        tuple(
            Observation(
                f"reading {i}", ALWAYS, "stopwatch",
                claimed_at=opened, acted_at=opened + timedelta(minutes=minutes + i % 5),
            )
            for i in range(count)
        ),
    )


def backcast(count: int, minutes: float, *, candidates: int | None = None) -> Baseline:
    old = many(count, orient=minutes - 10, days_ago=120, source="backcast")
    return Baseline("backcast", tuple(old), candidates or count)


def card(observations: list[Observation], *baselines: Baseline, **given: Any) -> Scorecard:
    account: dict[str, Any] = {
        "as_of": NOW, "time_zone": "Europe/London", "hourly_rate": 90.0, "currency": "GBP",
        "connected_at": NOW - timedelta(weeks=9),
    }  # fmt: skip
    return scorecard(observations, baselines, **account | given)


class TestScorecard:
    def test_each_clock_has_both_ways_of_counting(self) -> None:
        found = card(many(20))
        assert list(found.clocks) == ["queue_wait", "brief_latency", "orientation", "total"]
        assert [list(both) for both in found.clocks.values()] == [["business", "calendar"]] * 4
        assert found.clocks["orientation"]["business"].mean == pytest.approx(6)
        assert found.clocks["total"]["calendar"].mean == pytest.approx(16)
        assert (found.measures_version, found.calendar_versions) == (5, [3])
        assert [(w.orientation.n, w.total.n) for w in found.trend] == [(0, 0), (0, 0), (0, 0), (20, 20)]

    def test_two_sources_stand_side_by_side_each_on_its_own_clock(self) -> None:
        found = card(many(20), stopwatch(20, 14), backcast(25, 40))
        watch, history = found.baselines["stopwatch"], found.baselines["backcast"]
        assert (watch.clock, history.clock) == ("orientation", "total")
        assert watch.saving["business"].mean == pytest.approx(16 - 6)
        assert history.saving["business"].mean == pytest.approx(42 - 16)
        assert (watch.coverage, history.coverage) == (None, 1.0)
        assert found.hours_saved["stopwatch"].mean == pytest.approx(20 * 10 / 60)
        assert found.worth["backcast"].mean == pytest.approx(20 * 26 / 60 * 90)

    def test_on_the_first_of_a_month_the_last_full_one_stands_beside_it(self) -> None:
        first = datetime(2026, 6, 1, 6, tzinfo=UTC)
        found = card(many(20), stopwatch(20, 14), as_of=first, last_month=many(20))
        assert found.hours_saved["stopwatch"].n == 0
        assert found.last_month is not None
        assert found.last_month.since.isoformat() == "2026-05-01T00:00:00+01:00"
        assert found.last_month.hours_saved["stopwatch"].mean == pytest.approx(20 * 10 / 60)
        assert found.last_month.worth["stopwatch"].mean == pytest.approx(20 * 10 / 60 * 90)
        april = [replace(o, acted_at=o.acted_at - timedelta(days=25)) for o in many(20) if o.acted_at]
        assert card(many(20), stopwatch(20, 14), as_of=first, last_month=april).last_month is None
        assert card(many(20), stopwatch(20, 14)).last_month is None

    def test_without_an_hourly_rate_nothing_is_said_of_worth(self) -> None:
        assert card(many(20), stopwatch(20, 14), hourly_rate=None).worth == {}

    def test_by_technician_both_clocks_are_shown_together(self) -> None:
        hers = [replace(o, technician="kwong", domain="mail") for o in many(4, start=50)]
        found = card([*many(12), *hers])
        assert {name: list(figures) for name, figures in found.by_technician.items()} == {
            "jsmith": ["orientation", "total"], "kwong": ["orientation", "total"],
        }  # fmt: skip
        assert found.by_technician["jsmith"]["total"].status == Status.EARLY
        assert (found.by_domain["mail"]["total"].n, found.by_domain["mail"]["total"].mean) == (4, None)

    def test_the_worst_three_waits_hold_those_nobody_took_yet(self) -> None:
        found = card([
            *many(5), seen(70, wait=300), seen(71, wait=None, days_ago=0.2), seen(72, wait=90),
            replace(seen(73, wait=None), withdrawn=True, ended_at=NOW), replace(seen(74, wait=999), exclusions=("no",)),
        ])  # fmt: skip
        assert [(w.ticket_id, w.technician, round(w.business), w.waiting) for w in found.worst_waits] == [
            (48070, "jsmith", 300, False), (48071, None, 217, True), (48072, "jsmith", 90, False),
        ]  # fmt: skip

    def test_what_is_left_out_of_any_figure_is_listed_once(self) -> None:
        found = card([
            seen(1), seen(2, wait=None), seen(3, orient=-9), replace(seen(4), exclusions=("opened by hand",)),
            replace(seen(5), trusted=False),
        ])  # fmt: skip
        assert found.exclusions == [
            Excluded("48003/1", "ends 540 s before it starts: the clocks or the typed times disagree"),
            Excluded("48004/1", "opened by hand"),
        ]
        assert found.untrusted == ["48005/1"]
        assert (found.counts.escalated, found.counts.left_out) == (5, 1)

    def test_what_happened_after_the_moment_is_not_on_it(self) -> None:
        then = NOW - timedelta(days=5) + timedelta(minutes=24)
        before = card([o for o in many(20) if o.acted_at and o.acted_at <= then], as_of=then).counts.acted
        assert 0 < card(many(20), as_of=then).counts.acted == before < 20

    def test_the_pilot_is_judged_by_the_sources_that_may_be_compared_with(self) -> None:
        assert list(card(many(20), stopwatch(20, 14), backcast(20, 40, candidates=90)).kill_switch) == ["stopwatch"]
        assert list(card(many(20), backcast(20, 40, candidates=90)).kill_switch) == ["backcast"]
        nothing = card(many(20)).kill_switch["stopwatch"]
        assert (nothing.due, nothing.stop, nothing.hours_per_week) == (True, True, None)
        assert card(many(20), connected_at=None).kill_switch == {}
        assert card(many(20), connected_at=NOW + timedelta(days=1)).kill_switch == {}

    def test_as_json_each_figure_has_the_five_values(self) -> None:
        found = card(many(20), stopwatch(20, 14), clock_skew_s=-2.5, skew_measured_at=NOW)
        body = json.loads(json.dumps(found.to_json()))
        figure = body["baselines"]["stopwatch"]["saving"]["business"]
        assert list(figure) == ["n", "mean", "median", "ci95", "status"]
        assert (figure["mean"], figure["status"]) == (10.0, "measured")
        assert body["clock_skew"] == {"seconds": -2.5, "measured_at": NOW.isoformat()}
        assert body["counts"]["acted"] == 20
        listed = found.to_json(listing=True)["clocks"]["total"]["business"]
        assert len(listed["episodes"]) == 20


class TestSentence:
    def test_the_number_comes_with_its_interval(self) -> None:
        told = card(many(20), stopwatch(20, 14)).sentence
        assert told.startswith("An escalation takes 10.0 min less than in the stopwatch readings of the old way (95% interval ")
        assert told.endswith(" min recovered).")

    def test_two_numbers_are_both_quoted(self) -> None:
        told = card(many(20), stopwatch(20, 14), backcast(25, 40)).sentence
        assert "10.0 min less than in the stopwatch" in told
        assert "26.0 min less than in the replayed history" in told

    def test_a_source_that_shows_nothing_is_not_kept_quiet(self) -> None:
        told = card(many(20), stopwatch(20, 4), backcast(25, 40)).sentence
        assert told.startswith("An escalation takes 26.0 min less")
        assert "; no measurable saving yet against the stopwatch readings" in told

    def test_a_loss_is_called_one(self) -> None:
        assert card(many(20, orient=30), stopwatch(20, 14)).sentence.startswith("An escalation takes 16.0 min longer")

    @pytest.mark.parametrize(
        ("new", "old", "told"),
        [
            (4, None, "Collecting: 4 of the 6 escalations acted on that a first figure needs."),
            (4, 20, "Collecting: 4 of the 6 escalations acted on that a first figure needs."),
            (8, 4, "Collecting: 4 of 6 observations in the stopwatch readings of the old way."),
            (20, 4, "Collecting: 4 of 6 observations in the stopwatch readings of the old way."),
            (
                8, None,
                "No saving can be shown yet: 8 escalations were acted on in 30 days, but nothing was measured of the old "
                "way to compare them with.",
            ),
        ],
    )  # fmt: skip
    def test_what_is_still_missing_is_said(self, new: int, old: int | None, told: str) -> None:
        assert card(many(new), *([stopwatch(old, 14)] if old else [])).sentence == told

    def test_few_observations_are_called_early(self) -> None:
        told = card(many(8), stopwatch(30, 14)).sentence
        assert told.startswith("Early, and not to be relied on yet: an escalation takes 10.")
        assert ", from 8 of 20)" in told

    def test_an_interval_that_holds_zero_is_no_saving(self) -> None:
        told = card(many(20), stopwatch(20, 4)).sentence
        assert told.startswith("No measurable saving yet against the stopwatch readings of the old way (0.0 min recovered")

    def test_history_that_dates_too_few_says_so(self) -> None:
        told = card(many(20), backcast(20, 40, candidates=40)).sentence
        assert told.endswith("but the replayed history dates 50% of its escalations and 80% are needed.")
