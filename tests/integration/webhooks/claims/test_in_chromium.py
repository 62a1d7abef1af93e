"""The claim page in a real browser, which decides itself what it sends, frames and styles."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import request
from werkzeug.serving import make_server

from models.database.sessions import Database
from tests.integration.webhooks.office import MARIA, open_office
from worker.demo.chromium import Chromium, program
from worker.process.embedded import free_port


@pytest.mark.skipif(program() is None, reason="needs Chromium (apt-get install chromium)")
def test_a_browser_claims_gives_back_and_keeps_the_page_to_itself(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("werkzeug"), "level", logging.ERROR)
    origin = f"http://127.0.0.1:{free_port()}"
    office = open_office(sqlite_database, tmp_path, PUBLIC_URL=origin)
    sent: list[dict[str, Any]] = []

    @office.app.before_request
    def note() -> None:
        sent.append({"method": request.method, "path": request.path, **dict(request.headers)})

    port = int(origin.rpartition(":")[2])
    server = make_server("127.0.0.1", port, office.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = f"{origin}{office.link()}"
    try:
        with Chromium() as browser:
            browser.open(page)
            browser.read_until("You are Maria Svensson")
            browser.wait("getComputedStyle(document.querySelector('button')).backgroundColor === 'rgb(20, 70, 255)'")
            browser.run("document.querySelector('button').click()")
            browser.read_until("You have it, Maria Svensson.")
            assert office.row().claimed_by == MARIA
            browser.run("document.querySelector('form button').click()")
            browser.read_until("You gave it back.")
            posts = [each for each in sent if each["method"] == "POST"]
            assert {each["Origin"] for each in posts} == {"null"}, "what no-referrer makes of our own form"
            assert not [each for each in sent if "Referer" in each]
            _from_another_site(browser, f"http://localhost:{port}", page)
    finally:
        server.shutdown()
        server.server_close()
    assert office.row().response_state == "open"
    last = [each for each in sent if each["method"] == "POST"][-1]
    assert last["Sec-Fetch-Site"] == "cross-site"
    assert "Cookie" not in last, "SameSite=Strict"


def _from_another_site(browser: Chromium, elsewhere: str, page: str) -> None:
    """Try, from another site, to show the page in a frame and to send its form."""
    browser.open(f"{elsewhere}/healthz")
    browser.read_until("alive")
    browser.run(
        f"document.body.innerHTML = '<iframe src=\"{page}\" onload=\"document.title = `framed`\"></iframe>"
        f"<form method=post action=\"{page}\"><input name=deed value=claim></form>'"
    )
    browser.read_until("framed", of="document.title")
    (frame,) = browser.frames()
    assert frame.get("unreachableUrl") == page, f"the browser shows {frame['url']} and not a page of its own"
    browser.run("document.querySelector('form').submit()")
    browser.read_until("Please press the button again")
