"""axe on every page, light and dark, wide and narrow: no findings. And a picture of each to look at."""

from __future__ import annotations

import pytest

from tests.browser.conftest import AXE, PICTURES, Room
from worker.demo.chromium import Chromium

PAGES = {
    "queue": "/escalations",
    "opened": "/escalations?open={first}",
    "pod": "/pod/ticket?ticket=48301",
    "pod-lanes": "/pod/ticket?ticket=48303",
    "pod-thin": "/pod/ticket?ticket=48305",
    "no-handoff": "/pod/ticket?ticket=4711",
    "analytics": "/analytics/escalations",
    "behind": "/analytics/escalations?open=clocks/total/business",
}
LOOKS = {"420-light": (420, False), "420-dark": (420, True), "2560-light": (2560, False), "2560-dark": (2560, True)}
RULES = "{resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
TOLD = "v.id + ': ' + v.nodes.map(n => n.target + ' ' + n.failureSummary).join(' | ')"
FOUND = f"axe.run(document, {RULES}).then(r => r.passes.length ? r.violations.map(v => {TOLD}) : ['no rule was asked'])"


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_any_page(room: Room, browser: Chromium, look: str) -> None:
    width, dark = LOOKS[look]
    browser.size(width, 1300 if width > 1000 else 900)
    browser.prefer(dark=dark, calm=True)
    found = {}
    for name, path in PAGES.items():
        room.open(browser, path.format(first=room.first), until="main > *")
        browser.wait("document.fonts.ready.then(() => 1)")
        browser.picture(PICTURES / f"{name}-{look}.png", whole=width < 1000)
        if name.startswith("pod"):
            browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
        browser.run(AXE.read_text())
        if violations := browser.run(FOUND):
            found[name] = violations
    elsewhere = room.origin.replace("127.0.0.1", "localhost")  # where no cookie says who looks
    behind = {"door": "/escalations", "claim": room.office.link(handoff_id=room.first), "claim-broken": "/claim/x",
              "sign-in": "/sign-in", "sign-in-used": "/sign-in/x"}  # fmt: skip
    for name, path in behind.items():
        browser.open(f"{elsewhere}{path}")
        browser.wait(f"location.pathname === '{path}' && document.querySelector('main > *')")
        assert browser.run("document.fonts.ready.then(() => getComputedStyle(document.body).fontFamily)").startswith("Plex")
        browser.run(AXE.read_text())
        browser.picture(PICTURES / f"{name}-{look}.png")
        if violations := browser.run(FOUND):
            found[name] = violations
    assert not found, "\n".join(f"{name}: {each}" for name, all_of in found.items() for each in all_of)
