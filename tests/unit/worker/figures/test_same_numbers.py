"""The owner's mail, the command and the JSON say the same numbers: those of the JSON, rounded by hand, halves up."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from escalation.figures.observations import Observation
from escalation.figures.scorecard import Scorecard
from tests.unit.worker.mail.mails import Elements
from tests.unit.worker.mail.weeks import NOW, acted, card, history, mail, odd, stopwatch
from webhooks.pages.analytics import view
from worker.figures.table import lines
from worker.mail.weekly import render_weekly

SEEDS = range(12)
NUMBER = re.compile(r"−?\d[\d,]*\.\d+")
ONE = r"(−?[\d,.]+)"


def by_hand(value: float) -> str:
    """Return what a person comes to who rounds a number of the JSON."""
    for step in ("0.1", "1"):
        told = Decimal(str(value)).quantize(Decimal(step), ROUND_HALF_UP)
        if abs(told) < 1000:
            break
    return f"{told or abs(told):,}".replace("-", "−")


def month(seed: int) -> Scorecard:
    """Return a month whose averages lie on a .x5 in the JSON, and just below it or above it in truth."""
    chance = random.Random(seed)
    some = odd(acted(chance.randrange(30, 90), orient=chance.uniform(3, 15), wait=chance.uniform(5, 40), seed=seed))
    old, past = stopwatch(24, chance.uniform(6, 40)), history(60, chance.uniform(50, 300), candidates=66)
    some, watch = _on_a_half(some, chance), tuple(_on_a_half(list(old.observations), chance))
    return card(some, replace(old, observations=watch), past, connected_at=NOW - timedelta(days=chance.randrange(20, 56)))


def _on_a_half(observations: list[Observation], chance: random.Random) -> list[Observation]:
    """Return them with whole minutes after the claim, each moved by the same so that averages end in 5."""
    moved = chance.choice((0.0479, 0.1521, 0.2479, 0.3521, 0.4479))
    return [
        o if o.acted_at is None or o.claimed_at is None or o.acted_at < o.claimed_at
        else replace(o, acted_at=o.claimed_at + timedelta(minutes=_whole(o) + moved))
        for o in observations
    ]  # fmt: skip


def _whole(o: Observation) -> int:
    assert o.acted_at is not None
    assert o.claimed_at is not None
    return max(1, round((o.acted_at - o.claimed_at).total_seconds() / 300) * 5)


def numbers(value: Any) -> Iterator[float]:
    """Yield every number of the JSON."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from numbers(each)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


@pytest.fixture(scope="module", params=SEEDS)
def told(request: pytest.FixtureRequest) -> tuple[dict[str, Any], str, str, str]:
    """Return one month as JSON, as text and HTML of the mail, and as the command prints it."""
    found = month(request.param)
    letter = render_weekly(mail(found))
    page = " ".join("\n".join(lines(found, account="harbor")).split())
    return found.to_json(listing=True), " ".join(letter.text.split()), Elements(letter.html).text, page


@pytest.mark.storm
def test_the_months_lie_on_halves() -> None:
    means = [f["mean"] for seed in SEEDS for f in view.figures(month(seed).to_json(listing=True)).values() if f["mean"]]
    halves = [mean for mean in means if str(mean)[-3] == "." and str(mean).endswith("5")]
    assert len(halves) > 40
    assert any(f"{mean:.1f}" != by_hand(mean).replace("−", "-") for mean in halves)


def test_every_number_is_one_of_the_json(told: tuple[dict[str, Any], str, str, str]) -> None:
    as_json, *readable = told
    known = {by_hand(abs(value)) for value in numbers(as_json)} | {"1.0", "2.5"}  # the mark; the clocks' difference
    sums = [as_json["arithmetic"], *(old["arithmetic"] for old in as_json["baselines"].values())]
    for text in readable:
        for sentence in filter(None, sums):
            assert sentence in text
            text = text.replace(sentence, "")
        found = {one.lstrip("−") for one in NUMBER.findall(text)}
        assert len(found) > 20
        assert found <= known


def test_mail_and_command_show_each_figure_as_the_json_has_it(told: tuple[dict[str, Any], str, str, str]) -> None:
    as_json, text, html, page = told
    for name, row, tile in (("orientation", "orientation", "After claiming"), ("total", "total", "In all")):
        figure = as_json["clocks"][name]["business"]
        mean, median, low, high = (by_hand(value) for value in (figure["mean"], figure["median"], *figure["ci95"]))
        all_hours = by_hand(as_json["clocks"][name]["calendar"]["mean"])
        assert re.search(rf" {row} {figure['n']}(?: \+\d+)? {ONE} {ONE} to {ONE} {ONE} {ONE} ", page).groups() == (  # type: ignore[union-attr]
            mean, low, high, median, all_hours,
        )  # fmt: skip
        beneath = rf"{ONE} min,? ?median {ONE} min[;,]? ?95% interval {ONE} to {ONE} min.*?all hours {ONE} min"
        for part in (text, html):
            assert re.search(rf"{tile}.*?{beneath}", part).groups() == (mean, median, low, high, all_hours)  # type: ignore[union-attr]
    for name, old in as_json["baselines"].items():
        each, before, now = (by_hand(f["mean"]) for f in (
            old["saving"]["business"], old["figure"]["business"], as_json["clocks"][old["clock"]]["business"],
        ))  # fmt: skip
        assert f"old way {old['figure']['business']['n']} {before} " in page
        assert re.search(rf"recovered each \d+(?: \+\d+)? {each} ", page)
        assert f"Old way: {before} min" in text
        assert f"Now: {now} min" in text
        assert f"Recovered each: {each} min" in text
        saved = as_json["hours_saved"][name]
        if saved["status"] == "measured":
            hours = by_hand(abs(saved["mean"]))
            assert f"{hours} h {'saved' if saved['mean'] >= 0 else 'lost'} since" in text
            assert f"acted on: {by_hand(saved['mean'])} h (" in page
            worth = Decimal(str(abs(as_json["worth"][name]["mean"]))).quantize(Decimal(1), ROUND_HALF_UP)
            assert f"GBP {worth:,}" in text
            assert f"worth {'−' if saved['mean'] < 0 else ''}{worth:,} GBP" in page
    pilot = as_json["kill_switch"]["stopwatch"]
    week = int(pilot["weeks"]) + 1
    assert f"Week {week} of the pilot's 8: {by_hand(pilot['hours_per_week'])} h a week" in text
    assert f"Week {week} of 8 since connecting: {by_hand(pilot['hours_per_week'])} h saved a week" in page


def test_the_page_rounds_alike(told: tuple[dict[str, Any], str, str, str]) -> None:
    values = list(numbers(told[0]))
    assert len(values) > 100
    for value in values:
        assert view.number(value) == by_hand(round(value, 2))
