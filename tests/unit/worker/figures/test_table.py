"""The page of figures: 80 columns, the sentence first, and every rule for showing kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from escalation.figures.measures import Baseline
from escalation.figures.observations import Observation
from tests.unit.escalation.figures.test_scorecard import NOW, backcast, card, many, seen, stopwatch
from worker.figures.table import lines


def page(observations: list[Observation], *baselines: Baseline, **given: Any) -> str:
    return "\n".join(lines(card(observations, *baselines, **given), account="northgate"))


def test_no_line_is_wider_than_a_terminal() -> None:
    people = [replace(o, technician="a-very-long-login-name-of-somebody" * 2, domain="x" * 60) for o in many(12)]
    slow = [seen(90 + i, wait=40_000, orient=9_000, days_ago=29) for i in range(3)]
    text = page([*people, *slow], stopwatch(20, 14_000), backcast(25, 41_000), clock_skew_s=-2.5, skew_measured_at=NOW)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "By technician" in text


def test_working_minutes_come_first_and_all_minutes_stand_beside_them() -> None:
    row = next(line for line in page(many(20)).splitlines() if line.startswith("orientation"))
    assert row.split()[:3] == ["orientation", "20", "6.0"]
    assert row.split()[-3:] == ["6.0", "6.0", "6.0"]


def test_below_six_there_is_a_count_and_no_average() -> None:
    row = next(line for line in page(many(5)).splitlines() if line.startswith("total"))
    assert row.split(maxsplit=2) == ["total", "5", "collecting: 5 of 6"]
    assert "see `baseline add` and `shadow`" in page(many(5))


def test_early_and_unclear_figures_say_so_under_the_row() -> None:
    assert "early: 8 of 20, a wide interval" in page(many(8))
    assert "no measurable saving yet: the interval holds zero" in page(many(20), stopwatch(20, 4))


def test_what_is_still_running_is_counted_beside_what_is_finished() -> None:
    row = next(line for line in page([*many(20), seen(90, orient=None)]).splitlines() if line.startswith("orientation"))
    assert row.split()[1:3] == ["20", "+1"]


def test_both_sources_show_their_own_saving_hours_and_worth() -> None:
    text = page(many(20), stopwatch(20, 14), backcast(25, 40, candidates=30))
    assert "Against the stopwatch, by orientation" in text
    assert "Against replayed history, by total; it could use 83% of its escalations" in text
    assert "hours saved this month, on 20 acted on: 3.3 h (" in text
    assert "; worth 300 GBP (" in text
    poor = page(many(20), backcast(25, 40, candidates=60))
    assert "no baseline: below 80% of its escalations could be used" in poor
    assert "hours saved" not in poor


def test_a_pilot_that_shows_too_little_is_told() -> None:
    assert "Time to decide whether to go on: 8 weeks had to show more than 1.0 h" in page(many(20), stopwatch(20, 4))
    running = page(many(20), stopwatch(20, 14), connected_at=NOW - timedelta(weeks=6))
    assert "Week 7 of 8 since connecting: 0.6 h saved a week so far, by stopwatch" in running


def test_waits_nobody_ended_and_what_is_left_out_are_on_it() -> None:
    text = page([*many(6), seen(80, wait=None), replace(seen(81), exclusions=("opened by hand",))])
    assert "nobody has it yet" in text
    assert "Left out of a figure: 1." in text
    assert "ConnectWise's clock and ours: not compared yet." in text
    skewed = page(many(6), clock_skew_s=-2.5, skew_measured_at=NOW)
    assert "ConnectWise's clock is 2.5 s behind ours, measured 2026-05-28 13:00." in skewed


def test_a_new_account_has_a_page_too() -> None:
    text = page([], connected_at=NOW)
    assert "Collecting: 0 of the 6" in text
    assert "Counted: 0 escalated" in text
