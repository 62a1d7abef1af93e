"""Figures that survive a sceptic: the rules for showing them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from escalation.figures.hours import Calendar
from escalation.figures.measures import (
    Baseline,
    Figure,
    MixedBaselines,
    Status,
    baseline_figure,
    breakdown,
    counts,
    hours_saved,
    kill_switch,
    measure,
    recent,
    saving,
    trend,
    worth,
)
from escalation.figures.observations import (
    Basis,
    Clock,
    EndedClaim,
    Excluded,
    Observation,
    Source,
    all_known,
    known,
)

ALWAYS = Calendar.always()
NOW = datetime(2026, 5, 28, 12, tzinfo=UTC)

def seen(
    number: int,
    *,
    days_ago: float = 1,
    wait: float | None = 10,
    orient: float | None = 4,
    source: Source = "product",
    technician: str | None = "jsmith",
    domain: str | None = "network",
) -> Observation:
    escalated = NOW - timedelta(days=days_ago)
    claimed = None if wait is None else escalated + timedelta(minutes=wait)
    acted = None if claimed is None or orient is None else claimed + timedelta(minutes=orient)
    return Observation(
        f"{48000 + number}/1", ALWAYS, source, escalated_at=escalated, noted_at=escalated + timedelta(seconds=30),
        claimed_at=claimed, acted_at=acted, technician=technician, domain=domain,
    )  # fmt: skip


def many(count: int, *, orient: float = 4, source: Source = "product", days_ago: float = 1) -> list[Observation]:
    return [seen(i, orient=orient + i % 5, source=source, days_ago=days_ago + i / 1000) for i in range(count)]


def stopwatch(*minutes: float) -> Baseline:
    opened = NOW - timedelta(days=40)
    return Baseline(
        "stopwatch",
        tuple(
            Observation(f"stopwatch {i}", ALWAYS, "stopwatch", claimed_at=opened, acted_at=opened + timedelta(minutes=m))
            for i, m in enumerate(minutes)
        ),
    )


def told(observations: list[Observation], clock: Clock = Clock.ORIENTATION) -> Figure:
    return measure(observations, clock, Basis.CALENDAR, as_of=NOW)


class TestFigures:
    def test_each_clock_runs_between_its_two_moments(self) -> None:
        means = {clock: told(many(6), clock).mean for clock in Clock}
        assert means == {
            Clock.WAIT: pytest.approx(10), Clock.BRIEF: pytest.approx(0.5),
            Clock.ORIENTATION: pytest.approx(34 / 6), Clock.TOTAL: pytest.approx(10 + 34 / 6),
        }  # fmt: skip

    def test_working_minutes_follow_the_calendar_of_the_episode(self) -> None:
        office = Calendar.office("UTC")
        evening = datetime(2026, 5, 27, 16, 50, tzinfo=UTC)
        late = [
            replace(seen(i), calendar=office, escalated_at=evening, claimed_at=evening + timedelta(hours=16))
            for i in range(6)
        ]
        assert measure(late, Clock.WAIT, Basis.BUSINESS, as_of=NOW).median == 60
        assert measure(late, Clock.WAIT, Basis.CALENDAR, as_of=NOW).median == 960

    @pytest.mark.parametrize(
        ("count", "status"),
        [(0, "collecting"), (5, "collecting"), (6, "early"), (19, "early"), (20, "measured")],
    )
    def test_how_many_decide_what_is_shown(self, count: int, status: str) -> None:
        figure = told(many(count)).to_json()
        assert (figure["n"], figure["status"]) == (count, status)
        assert all((figure[key] is None) == (count < 6) for key in ("mean", "median", "ci95"))
        assert list(figure) == ["n", "mean", "median", "ci95", "status"]

    def test_a_claim_never_acted_on_counts_as_longer_not_as_nothing(self) -> None:
        idle = replace(seen(99, orient=None), ended_at=NOW - timedelta(hours=2))
        plain, with_idle = told(many(9)), told([*many(9), idle])
        assert (with_idle.n, with_idle.unfinished) == (9, 1)
        assert plain.mean is not None
        assert with_idle.mean is not None
        assert with_idle.mean > plain.mean
        assert with_idle.median == 6

    def test_what_is_left_out_is_listed_with_its_reason(self) -> None:
        left = [
            replace(seen(90), exclusions=("merged", "test ticket")),
            seen(91, wait=None),
            replace(seen(92, wait=None), withdrawn=True, ended_at=NOW),
            seen(93, orient=-9),
        ]
        figure = told([*many(6), *left])
        assert figure.excluded == (
            Excluded("48090/1", "merged; test ticket"),
            Excluded("48091/1", "not claimed"),
            Excluded("48092/1", "not claimed"),
            Excluded("48093/1", "ends 540 s before it starts: the clocks or the typed times disagree"),
        )
        assert figure.episodes == tuple(f"{48000 + i}/1" for i in range(6))
        total = told(left, Clock.TOTAL)
        assert (total.n, total.unfinished) == (1, 1)  # 93 from its escalation on, 91 still waits
        assert Excluded("48092/1", "withdrawn before anyone claimed it") in total.excluded
        assert told([seen(1, wait=-0.5)] * 6, Clock.WAIT).mean == 0  # two clocks, half a minute apart

    def test_nobody_has_figures_of_their_own_below_ten(self) -> None:
        mine = many(10)
        hers = [replace(o, technician="kwong", domain=None) for o in many(9)]
        by = breakdown([*hers, *mine], "technician", Clock.TOTAL, Basis.CALENDAR, as_of=NOW)
        assert [(name, f.n, f.status, f.mean is None) for name, f in by.items()] == [
            ("jsmith", 10, Status.EARLY, False), ("kwong", 9, Status.COLLECTING, True),
        ]  # fmt: skip
        assert list(breakdown([*hers, *mine], "domain", Clock.TOTAL, Basis.CALENDAR, as_of=NOW)) == ["network"]

    def test_the_window_is_thirty_days(self) -> None:
        inside, outside, ahead = seen(1, days_ago=29.9), seen(2, days_ago=30.1), seen(3, days_ago=-1)
        assert [o.episode for o in recent([outside, ahead, inside], as_of=NOW)] == ["48001/1"]

    def test_last_months_figure_can_be_computed_again(self) -> None:
        history = many(25, days_ago=20)
        then = NOW - timedelta(days=15)
        before = told(recent(history, as_of=then))
        later = [*history, *many(9, days_ago=3), replace(seen(77, days_ago=16), acted_at=NOW)]
        again = measure(recent(later, as_of=then), Clock.ORIENTATION, Basis.CALENDAR, as_of=then)
        assert again.n == before.n
        assert again.unfinished == 1  # it had been claimed, and nobody knew yet that it would be acted on
        moment = seen(1).escalated_at
        assert moment is not None
        open_then = known(seen(1), moment + timedelta(minutes=11))
        assert open_then is not None
        assert open_then.censored
        assert all_known([seen(1)], moment - timedelta(minutes=1)) == []

    def test_four_weeks_of_trend_each_by_the_same_rules(self) -> None:
        weeks = trend(many(6, days_ago=1) + many(5, days_ago=8), Basis.CALENDAR, as_of=NOW)
        assert [(w.orientation.n, w.total.n, w.total.status) for w in weeks] == [
            (0, 0, "collecting"), (0, 0, "collecting"), (5, 5, "collecting"), (6, 6, "early"),
        ]  # fmt: skip
        assert (weeks[0].since, weeks[3].until) == (NOW - timedelta(days=28), NOW)

    def test_counts_leave_nothing_out(self) -> None:
        given = [
            seen(1),
            replace(seen(2, orient=None), ended_at=NOW),
            seen(3, orient=None),
            replace(seen(4, wait=None), withdrawn=True, ended_at=NOW, exclusions=("merged",)),
            replace(seen(5, wait=None), returned_at=(NOW, NOW)),
        ]
        found = counts(given)
        assert (found.escalated, found.claimed, found.acted, found.never_acted) == (5, 4, 1, 1)
        assert (found.in_hand, found.returned, found.withdrawn, found.left_out) == (1, 2, 1, 1)


class TestSaving:
    def compare(self, old: Baseline, new: list[Observation], clock: Clock = Clock.ORIENTATION) -> Figure:
        return saving(new, old, clock, Basis.CALENDAR, as_of=NOW)

    def test_it_is_the_baseline_minus_the_product(self) -> None:
        figure = self.compare(stopwatch(*(12 + i % 5 for i in range(20))), many(20))
        assert figure.mean == pytest.approx(8)
        assert figure.median == pytest.approx(8)
        assert (figure.n, figure.baseline_n, figure.status) == (20, 20, Status.MEASURED)
        assert figure.ci95 is not None
        assert 6 < figure.ci95[0] < 8 < figure.ci95[1] < 10
        assert len(figure.baseline_episodes) == len(figure.episodes) == 20

    def test_a_loss_is_shown(self) -> None:
        figure = self.compare(stopwatch(*(1 + i % 5 for i in range(20))), many(20))
        assert figure.mean == pytest.approx(-3)
        assert figure.ci95 is not None
        assert figure.ci95[1] < 0
        assert figure.status is Status.MEASURED

    def test_an_interval_that_holds_zero_is_no_measurable_saving(self) -> None:
        figure = self.compare(stopwatch(*(4 + i % 5 for i in range(20))), many(20))
        assert figure.status is Status.UNCLEAR
        assert figure.to_json()["status"] == "no_measurable_saving"

    @pytest.mark.parametrize(
        ("old", "new", "status"),
        [(5, 40, "collecting"), (40, 5, "collecting"), (19, 40, "early"), (40, 19, "early"), (20, 20, "measured")],
    )
    def test_the_smaller_side_decides(self, old: int, new: int, status: str) -> None:
        figure = self.compare(stopwatch(*(20 + i % 5 for i in range(old))), many(new))
        assert figure.status == status
        assert (figure.mean is None) == (status == "collecting")

    def test_claims_never_acted_on_lower_the_saving(self) -> None:
        old = stopwatch(*(20 + i % 5 for i in range(20)))
        idle = [replace(seen(90 + i, orient=None, days_ago=2), ended_at=NOW) for i in range(4)]
        without, with_idle = self.compare(old, many(20)), self.compare(old, [*many(20), *idle])
        assert without.mean is not None
        assert with_idle.mean is not None
        assert with_idle.mean == pytest.approx(22 - (20 * 6 + 4 * 24) / 24)
        assert with_idle.mean < without.mean

    def test_a_few_readings_of_a_stopwatch_show_their_plain_average(self) -> None:
        figure = baseline_figure(stopwatch(4, 6, 8, 2, 5), Clock.ORIENTATION, Basis.CALENDAR, as_of=NOW)
        assert figure.to_json() == {"n": 5, "mean": 5.0, "median": 5.0, "ci95": None, "status": "readings"}
        none_yet = baseline_figure(stopwatch(), Clock.ORIENTATION, Basis.CALENDAR, as_of=NOW)
        assert none_yet.status == Status.COLLECTING
        assert baseline_figure(stopwatch(4), Clock.TOTAL, Basis.CALENDAR, as_of=NOW).n == 0

    def test_two_sources_never_stand_in_one_figure(self) -> None:
        with pytest.raises(MixedBaselines, match="keep one baseline"):
            Baseline("backcast", (*stopwatch(4).observations, *many(3, source="backcast")), 4)
        with pytest.raises(MixedBaselines):
            Baseline("stopwatch", tuple(many(3)))

    def test_history_that_dates_too_few_is_no_baseline(self) -> None:
        old = tuple(many(24, orient=20, source="backcast", days_ago=60))
        good, poor = Baseline("backcast", old, 30), Baseline("backcast", old, 31)
        assert (good.coverage, good.usable, poor.usable) == (0.8, True, False)
        assert not Baseline("backcast", old).usable
        assert self.compare(good, many(20), Clock.TOTAL).status == Status.MEASURED
        refused = self.compare(poor, many(20), Clock.TOTAL)
        assert (refused.status, refused.mean) == (Status.NO_BASELINE, None)
        assert baseline_figure(poor, Clock.TOTAL, Basis.CALENDAR, as_of=NOW).mean is None

    def test_hours_of_the_month_and_their_worth(self) -> None:
        recovered = Figure(20, 9.0, 8.0, (6.0, 12.0), Status.MEASURED, baseline_n=20)
        kiritimati = "Pacific/Kiritimati"  # where the month began 14 hours before it did in UTC
        first = datetime(2026, 4, 30, 10, tzinfo=UTC)
        month = [replace(seen(i), acted_at=first + timedelta(minutes=i)) for i in range(20)]
        earlier = replace(seen(50), acted_at=first - timedelta(minutes=1))
        saved = hours_saved([*month, earlier], recovered, as_of=NOW, time_zone=kiritimati)
        assert (saved.n, saved.mean, saved.ci95, saved.unit) == (20, 3.0, (2.0, 4.0), "h")
        assert hours_saved(month, recovered, as_of=NOW, time_zone="UTC").n == 0
        paid = worth(saved, 95.0)
        assert (paid.mean, paid.ci95, paid.unit) == (285.0, (190.0, 380.0), "money")
        nothing = hours_saved(month, Figure(3, None, None, None, Status.COLLECTING), as_of=NOW, time_zone="UTC")
        assert (nothing.mean, worth(nothing, 95.0).mean) == (None, None)


class TestKillSwitch:
    CONNECTED = NOW - timedelta(weeks=8)

    def decide(self, old: float, count: int, *, as_of: datetime = NOW) -> tuple[bool, bool, float | None]:
        new = many(count, days_ago=20)
        verdict = kill_switch(
            new, stopwatch(*(old + i % 5 for i in range(20))), Basis.CALENDAR, connected_at=self.CONNECTED, as_of=as_of
        )
        return verdict.due, verdict.stop, verdict.hours_per_week

    def test_more_than_an_hour_a_week_goes_on(self) -> None:
        due, stop, hours = self.decide(28.5, 20)  # 24.5 min each, 20 in 8 weeks: 1.02 h
        assert (due, stop) == (True, False)
        assert hours == pytest.approx(24.5 * 20 / 60 / 8)

    def test_an_hour_or_less_is_told(self) -> None:
        assert self.decide(28, 20) == (True, True, pytest.approx(1.0))  # 24 min each: 1.0 h
        assert self.decide(2, 20)[1]

    def test_no_figure_at_all_is_told_too(self) -> None:
        assert self.decide(28, 5) == (True, True, None)

    def test_before_the_eighth_week_nothing_is_decided(self) -> None:
        due, stop, hours = self.decide(2, 20, as_of=NOW - timedelta(minutes=1))
        assert (due, stop) == (False, False)
        assert hours is not None

    def test_the_verdict_stays_as_it_was(self) -> None:
        assert self.decide(28, 20) == self.decide(28, 20, as_of=NOW + timedelta(weeks=9))


def test_episodes_in_which_a_senior_repeated_what_the_brief_holds_are_counted_as_known_then() -> None:
    seen = Observation("1/1", ALWAYS, escalated_at=NOW, repeated_at=NOW + timedelta(hours=2))
    assert counts(all_known([seen], NOW + timedelta(hours=1))).repeated == 0
    assert counts(all_known([seen], NOW + timedelta(hours=3))).repeated == 1


def test_claims_that_came_to_nothing_are_censored_and_not_forgotten() -> None:
    acted = [
        Observation(f"{n}/1", ALWAYS, escalated_at=NOW, claimed_at=NOW, acted_at=NOW + timedelta(minutes=5))
        for n in range(20)
    ]
    end = NOW + timedelta(minutes=60)
    lost = [
        Observation(
            f"{n}/1", ALWAYS, escalated_at=NOW, returned_at=(end,), ended_claims=(EndedClaim(NOW, end),), ended_at=end,
            withdrawn=True,
        )
        for n in range(20, 40)
    ]
    as_of = NOW + timedelta(hours=2)
    orientation = measure([*acted, *lost], Clock.ORIENTATION, Basis.CALENDAR, as_of=as_of)
    total = measure([*acted, *lost], Clock.TOTAL, Basis.CALENDAR, as_of=as_of)
    assert (orientation.n, orientation.unfinished, orientation.excluded) == (20, 20, ())
    assert (total.n, total.unfinished) == (20, 20)
    assert "25/1 (claim 1)" in orientation.episodes
    assert counts([*acted, *lost]).never_acted == 20
