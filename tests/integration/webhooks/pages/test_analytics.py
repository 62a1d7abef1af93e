"""The analytics page: the numbers of the one scorecard to the digit, each with what is behind it."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest

from escalation.figures.scorecard import Scorecard
from escalation.figures.sums import counted
from models.figures.scoring import reckoning, scorecard_of
from tests.browser.showroom import fill_month
from tests.integration.webhooks.office import JONAS, OWNER
from tests.integration.webhooks.pages.conftest import Pages
from webhooks.api import records
from webhooks.pages.analytics import scorecards
from webhooks.pages.analytics.scorecards import Scorecards, as_csv, figures

AT = datetime.now(UTC) - timedelta(minutes=6)


@pytest.fixture
def month(pages: Pages) -> tuple[Pages, dict[str, Any], str]:
    fill_month(pages.office)
    with pages.office.database.account(pages.office.account_id, reading=True) as session:
        card = scorecard_of(session, pages.office.account_id, as_of=AT).to_json(listing=True)
    return pages, card, quote(AT.isoformat())


def test_every_number_of_the_command_stands_on_the_page_to_the_digit(month: tuple[Pages, dict[str, Any], str]) -> None:
    pages, card, at = month
    page = pages.get(f"/analytics/escalations/content?as_of={at}").text
    shown = re.findall(r'<data(?: class="value")? value="([^"]*)"', page)
    assert card["sentence"] in unescape(page)
    assert card["clocks"]["orientation"]["business"]["status"] == "measured"
    for place, figure in figures(card).items():
        if place.startswith(("baselines/stopwatch/figure/calendar", "baselines/stopwatch/saving/calendar")):
            continue  # by the calendar the old way is in the CSV
        empty = figure["mean"] is None or not figure["n"]
        numbers = [figure["n"]] if empty else [figure["n"], figure["mean"], *(figure["ci95"] or ())]
        for number in numbers:
            assert place.startswith("kill_switch") or str(number) in shown, (place, number)
        assert f"open={quote(place)}" in page, place
    for number, what in counted(card["counts"]):
        assert f'<li><data class="value" value="{number}">{number}</data> {what}</li>' in page
    for sentence in (card["arithmetic"], card["baselines"]["stopwatch"]["arithmetic"]):
        assert sentence
        assert sentence in unescape(page)


def test_each_figure_opens_its_episodes_and_what_was_left_out(month: tuple[Pages, dict[str, Any], str]) -> None:
    pages, card, at = month
    for place, figure in figures(card).items():
        behind = pages.get(f"/analytics/escalations/behind?open={quote(place)}&as_of={at}").text
        assert re.findall(r'class="episode"[^>]*>([^<]*)<', behind) == list(figure["episodes"]), place
        assert f"Left out ({len(figure['excluded'])})" in behind
    assert "is not on this page" in pages.get("/analytics/escalations/behind?open=clocks/none").text
    place = "clocks/total/business"
    whole = pages.get(f"/analytics/escalations/content?open={quote(place)}&as_of={at}").text  # by its address, as in a new tab
    assert f'Episodes ({len(figures(card)[place]["episodes"])})' in whole


def test_the_csv_has_the_same_numbers(month: tuple[Pages, dict[str, Any], str]) -> None:
    pages, card, at = month
    answer = pages.get(f"/analytics/escalations.csv?as_of={at}")
    assert answer.mimetype == "text/csv"
    rows = {row["figure"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert rows.keys() == figures(card).keys()
    for place, figure in figures(card).items():
        assert rows[place]["n"] == str(figure["n"])
        assert rows[place]["mean"] == ("" if figure["mean"] is None else str(figure["mean"]))


def test_the_api_says_the_same(month: tuple[Pages, dict[str, Any], str]) -> None:
    pages, card, at = month
    answer = pages.office.api("GET", f"/analytics/escalation-metrics?listing=true&as_of={at}")
    assert json.loads(answer.text) == json.loads(json.dumps(card))


def test_no_cell_of_the_csv_begins_a_formula() -> None:
    figure = {"n": 1, "mean": -1.5, "median": None, "ci95": None, "status": "early", "unit": "min", "unfinished": 0,
              "baseline_n": None, "episodes": ["1/1"], "excluded": [{"episode": "=1", "reason": "@x"}]}  # fmt: skip
    text = as_csv({"=cmd|' /C calc'!A0": {"total": figure}, "+49": figure})
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "@") or (cell[:1] == "-" and not cell[1:2].isdigit())]
    assert "-1.5" in cells


def test_figures_are_for_seniors_and_a_small_account_is_collecting(pages: Pages) -> None:
    for path in ("content", "behind?open=x"):
        assert pages.get(f"/analytics/escalations/{path}", JONAS).status_code == 403
        assert pages.get(f"/analytics/escalations/{path}", None).status_code == 401
    assert pages.get("/analytics/escalations.csv", JONAS).status_code == 403
    assert pages.in_window("/analytics/escalations", JONAS).status_code == 403
    page = pages.get("/analytics/escalations/content", OWNER).text
    assert "collecting" in page
    assert "Collecting: 0 of the 6 escalations" in page
    assert "collecting" in pages.get("/escalations/saved").text


def test_the_queue_says_what_was_saved_this_month(month: tuple[Pages, dict[str, Any], str]) -> None:
    pages, *_ = month
    assert re.search(r"−?[\d.]+ h saved (this|last) month|no measurable saving yet", pages.get("/escalations/saved").text)


def test_a_moment_that_is_none_or_to_come_is_as_good_as_not_asked(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scorecards, "recent", lambda _: AT)  # the moment that pages share moves on every five minutes
    plain = pages.get("/analytics/escalations/content").text
    assert "Collecting" in plain
    for at in ("x", "2026-01-01", "9999-01-01T00:00Z", "0001-01-01T00:00Z", ""):
        answer = pages.get(f"/analytics/escalations/content?as_of={at}")
        assert (answer.status_code, answer.text) == (200, plain), at


def test_whoever_computes_figures_holds_up_nobody_who_claims(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, begun = threading.Event(), threading.Semaphore(0)

    def slow(*given: Any, **named: Any) -> Callable[[], Scorecard]:
        work = reckoning(*given, **named)

        def compute() -> Scorecard:
            begun.release()
            assert go_on.wait(20)
            return work()

        return compute

    monkeypatch.setattr(records, "reckoning", slow)
    monkeypatch.setattr(scorecards, "reckoning", slow)
    with ThreadPoolExecutor(8) as pool:
        asked = ["/api/v1/analytics/escalation-metrics", "/analytics/escalations/content"] * 4
        answers = [pool.submit(pages.get, path) for path in asked]
        for _ in range(2):
            assert begun.acquire(timeout=20)
        time.sleep(0.5)  # for as many more as are let in
        status = pages.get("/api/v1/handoffs").status_code
        go_on.set()
    assert status == 200
    assert {answer.result().status_code for answer in answers} <= {200, 503}
    assert [answer.result().status_code for answer in answers].count(200) >= 2
