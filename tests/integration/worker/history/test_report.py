"""The report of a replay: one page that needs nothing else, with the figures of the code and no others, nothing of a ticket
that could act in it, and repeats found as they were made up."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from psa.simulator.server import Simulator
from tests.integration.worker.history.test_shadow import DAYS, MADE_AT, Place
from worker.__main__ import main
from worker.history import report, report_page
from worker.history.reading import Progress
from worker.history.shadow_report import as_json

HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)> https://evil.example/x {{ 7*7 }} "quoted" & **bold**'


class Tags(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Any, dict[str, Any], Path]]:
    folder = tmp_path_factory.mktemp("report")
    with Simulator(seed=1, now=MADE_AT, history_days=DAYS, history_escalations=30) as simulator:
        world = simulator.office().world
        for ticket in world.tables["tickets"].values():
            ticket["summary"] = f"{ticket['summary'][:20]} {HOSTILE}"
        for number, note in enumerate(world.tables["notes"].values()):
            if number % 3 == 0:
                note["text"] += f"\n{HOSTILE}\npassword: Tr0ub4dor&3x"
        place = Place(simulator, folder)
        found = place.shadow(briefs=10, out=folder / "out")
        body = report.report(found, place.account, as_of=place.services.clock())
        yield place, found, body, folder / "out"
        place.services.close()


def test_the_page_asks_nobody_runs_nothing_and_nothing_of_a_ticket_acts_in_it(made: Any) -> None:
    _, _, body, folder = made
    paths = report_page.write(body, folder)
    assert {path.stat().st_mode & 0o077 for path in paths} == {0}
    html = paths[0].read_text()
    tags = Tags()
    tags.feed(html)
    assert not tags.names & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "svg"}
    assert tags.attributes <= {"lang", "charset", "name", "content", "class", "style", "href", "rel"}
    assert not re.search(r"url\(|@import", html)
    targets = set(re.findall(r'href="([^"]+)"', html))
    assert targets
    assert all(target.startswith("http://127.0.0.1:") and "/fv_sr100_request.rails?" in target for target in targets)
    assert "&lt;script&gt;" in html
    assert "49" not in re.findall(r"evil[^<]{0,40}", html.replace("[:]", ":"))
    assert "https://evil" not in re.sub(r'<div class="brief">.*?</div>', "", html, flags=re.DOTALL)
    for path in paths:
        assert "Tr0ub4dor" not in path.read_text()


def test_its_figures_are_the_replay_s_own(made: Any) -> None:
    place, found, body, folder = made
    told = as_json(found, as_of=place.services.clock())
    assert (body["candidates"], body["coverage"]) == (told["candidates"], told["coverage"])
    for name, clock in (("wait", "queue_wait"), ("orientation", "orientation"), ("total", "total")):
        for basis in ("business", "calendar"):
            assert body["clocks"][name][basis] == told["clocks"][clock][basis]
    assert sum(week["escalated"] for week in body["weeks"]) == body["used"]
    assert sum(g["escalated"] for g in body["by_technician"].values()) == body["counts"]["claimed"]
    assert all(g["total"]["mean"] is None for g in body["by_domain"].values() if g["total"]["n"] < 10)
    html = report_page.page(body)
    mean = body["clocks"]["total"]["business"]["mean"]
    assert f">{report_page.number(mean)} <small>min" in html
    assert json.loads((folder / "report.json").read_text())["candidates"] == body["candidates"]
    assert f"| {report_page.number(mean)} min |" in report_page.markdown(body)


def test_a_question_that_the_ticket_answered_is_found_as_often_as_it_was_asked(made: Any) -> None:
    place, found, body, _ = made
    history = place.simulator.office().world.history
    truth = {(row["ticket"], row["at"]) for row in history if row.get("asked_again")}
    made_up = {(row["ticket"], row["at"]) for row in history if row["way"] != "written"}
    dated = {e.name: (e.ticket_id, f"{e.at:%Y-%m-%dT%H:%M:%SZ}") for e in found.found.episodes}
    said = {dated[name] for name, told in found.repeats.items() if any(r.kind == "question" for r in told)}
    seen = {dated[name] for name in found.repeats} & made_up
    assert len(truth & seen) >= 5
    assert said & seen <= truth
    # What is missed: the junior's entry was in words that no step was read from, so the brief held no answer either.
    assert len(said & seen) >= 0.5 * len(truth & seen)
    assert body["repeats"]["escalations"] == sum(bool(told) for told in found.repeats.values())


def test_each_sample_holds_what_stood_there_and_what_came_after(made: Any) -> None:
    _, found, body, _ = made
    assert len(found.samples) == 10
    for sample in found.samples:
        assert all(event.at >= sample.escalated_at for event in sample.events)
        later = [e.text for e in sample.events if e.what in ("note", "time entry") and len(e.text) > 25]
        assert not [text for text in later if text in sample.brief]
    assert sum(e.mark == "first action" for s in found.samples for e in s.events) >= 5
    assert len(body["samples"]) == 10


def test_below_the_floor_no_average_is_stated(made: Any) -> None:
    body = json.loads(json.dumps(made[2], default=str))
    body |= {"usable": False, "coverage": 0.5, "orienting": None}
    for clock in body["clocks"].values():
        for basis in ("business", "calendar"):
            clock[basis] |= {"mean": None, "median": None, "ci95": None, "status": "no_baseline"}
    html = report_page.page(body)
    assert "below 80% no average is stated" in html
    assert "<small>min</small>" not in html
    assert "measure with a stopwatch" in html


def test_the_command_says_what_is_ahead_and_leaves_the_report(
    made: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    place = made[0]
    monkeypatch.setenv("RESOLUTIONFLOW_VAR", str(place.folder))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{place.folder}/b.db")
    monkeypatch.setenv("SECRET_KEYS", "benchmark" * 5)
    monkeypatch.setenv("RESOLUTIONFLOW_CALLS_PER_SECOND", "1000")
    monkeypatch.setenv("RESOLUTIONFLOW_BURST", "1000")
    assert main(["shadow", "northgate", "--days", "20", "--briefs", "2", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert re.search(r"about \d+ reads ahead, \d+ s at 1000 a second", said.err)
    assert f"{tmp_path}/report.html" in said.out
    assert {"report.html", "report.md", "report.json"} <= {path.name for path in tmp_path.iterdir()}


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_a_bar(tmp_path: Path) -> None:
    out, now = _Screen(), iter(range(100))
    progress = Progress(out=out, clock=lambda: float(next(now)), every_s=0.5)
    progress.start("reading")
    for done in range(1, 5):
        progress.step(done, 4, "tickets read")
    assert "█" * 15 + "░" * 15 + " 2 of 4 tickets read, about" in out.getvalue()
    assert out.getvalue().endswith("█" * 30 + " 4 of 4 tickets read\x1b[K\n")
