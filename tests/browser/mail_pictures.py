"""Take pictures of every e-mail, wide and narrow, light and dark, and see that none is wider than a phone.

    python -m tests.browser.mail_pictures [OUT]      (default var/pictures/mail; needs Chromium)

Exits with 1 and says which if one would have to be scrolled sideways.
"""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser.pictures import FLAGS, browser, take
from tests.unit.worker.mail.test_handoff import MAIL
from tests.unit.worker.mail.test_response import AGAIN, CLAIM, TAKEN
from tests.unit.worker.mail.test_solved import SOLVED
from tests.unit.worker.mail.weeks import WEEKS, mail
from worker.mail.handoff import render_handoff
from worker.mail.response import render_offered_again, render_taken
from worker.mail.solved import render_solved
from worker.mail.weekly import render_weekly

PHONE, DESK = 360, 700


def pages() -> dict[str, str]:
    """Return every kind of e-mail as HTML, by name."""
    found = {
        "handoff": render_handoff(dataclasses.replace(MAIL, claim_url=CLAIM)).html,
        "taken": render_taken(TAKEN).html,
        "offered-again": render_offered_again(AGAIN).html,
        "solved": render_solved(SOLVED).html,
    }
    return found | {f"weekly-{name.replace(' ', '-')}": render_weekly(mail(make())).html for name, make in WEEKS.items()}


def measured(page: Path, width: int) -> tuple[int, int]:
    """Return how wide and how high a page becomes in a window of that width."""
    script = (
        "<script>onload=()=>{const d=document.querySelector('iframe').contentDocument.documentElement;"
        "document.title=d.scrollWidth+' '+d.scrollHeight}</script>"
    )
    frame = f'<iframe src="{page.name}" style="width:{width}px;height:100px;border:0"></iframe>'
    with tempfile.TemporaryDirectory() as profile:
        outer = page.with_suffix(".frame.html")
        outer.write_text(f"<!doctype html><title>none</title>{frame}{script}")
        command = [browser(), *FLAGS, f"--user-data-dir={profile}", "--dump-dom", outer.resolve().as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=90)
        outer.unlink()
    found = re.search(r"<title>(\d+) (\d+)</title>", done.stdout)
    if found is None:
        raise RuntimeError(f"{page} could not be measured: {done.stderr.strip()[-300:]}")
    return int(found[1]), int(found[2])


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    out = Path(given[0] if given else "var/pictures/mail")
    out.mkdir(parents=True, exist_ok=True)
    too_wide = []
    for name, page in pages().items():
        file = out / f"{name}.html"
        file.write_text(page)
        for width, looks in ((DESK, ("light", "dark")), (PHONE, ("light",))):
            wide, high = measured(file, width)
            if wide > width:
                too_wide.append(f"{name} is {wide} pixels wide in a window of {width}")
            for look in looks:
                take(str(file), out / f"{name}-{width}-{look}.png", width=width, height=high, dark=look == "dark")
    for line in too_wide:
        sys.stderr.write(f"{line}\n")
    return 1 if too_wide else 0


if __name__ == "__main__":
    sys.exit(main())
