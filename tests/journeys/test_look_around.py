"""What `make demo KEEP=1` prints can be clicked and pasted: links that sign in, a line that escalates, a search that finds."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.handoff import handoffs
from tests.journeys.journey import QUICK
from worker.demo import around, month
from worker.demo.link_browser import Browser
from worker.demo.stack import Stack, until

OWNER = "gnorth"
pytestmark = pytest.mark.storm  # a month of figures and a product of its own: half a minute


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Give a product of its own: another account and a memory would be in others' way."""
    with Stack(tmp_path, environment=QUICK, owner=OWNER) as running:
        yield running


def test_everything_it_says_leads_somewhere(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    month.make(stack.services, like=stack.account_id)
    around.tell(stack, owner=OWNER)
    told = capsys.readouterr().out
    links = re.findall(r"http://\S+/sign-in/\S+\.\S+", told)
    shown = re.search(r"Ticket (\d+) in the simulated ConnectWise", told)
    assert shown is not None
    browsers = [Browser(), Browser()]
    queue, landed = (browser.press(link, browser.show(link)).page for browser, link in zip(browsers, links, strict=True))
    assert f"#{shown[1]}" in queue
    assert "Gareth North" in landed
    figures = browsers[1].show(f"{stack.web_url}/analytics/escalations").page
    assert "min less than in the stopwatch readings" in figures
    curl = re.search(r"^ +curl -d '(.*)' (\S+)$", told, re.MULTILINE)
    assert curl is not None
    subprocess.run(["curl", "-sf", "-d", curl[1], curl[2]], check=True, capture_output=True)
    until(lambda: stack.look(lambda s: handoffs.by_ticket(s, stack.account_id, around.ANOTHER)), "it was not escalated")
    search = re.search(r"^ +RESOLUTIONFLOW_VAR=(\S+) (\S+ -m worker search .*)$", told, re.MULTILINE)
    assert search is not None
    found = subprocess.run(
        search[2].split(), env={"RESOLUTIONFLOW_VAR": search[1], "DATABASE_URL": str(stack.services.settings.database_url)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "what helped:" in found.stdout
