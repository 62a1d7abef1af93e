"""Whatever a page is asked with, it answers in order: the kinds of odd numbers and words that the API is asked with, and bytes.

The kinds: numbers no column can hold or no parser agrees on, control characters and NUL, text that is longer than any field,
other scripts, what means something to a database, a path, a template or a page; bytes that are no UTF-8.
"""

from __future__ import annotations

import random
from itertools import product
from urllib.parse import quote_from_bytes

from tests.hostile.fuzzing import BYTES, LEAKS, NUMBERS, WORDS
from tests.integration.webhooks.pages.conftest import Pages

LOOKED = (
    "/escalations?open={}", "/escalations/content?board={}", "/escalations/cards?company={}", "/escalations/cards?q={}",
    "/escalations/cards?show={}", "/escalations?account={}", "/pod/ticket?ticket={}", "/pod/ticket?ticket=48301&episode={}",
    "/pod/ticket/content?ticket={}", "/pod/ticket/content?ticket=48301&version={}", "/escalations/{}/brief", "/pages/{}",
)  # fmt: skip
PRESSED = (
    ("/escalations/{id}/dismiss", "reason"), ("/escalations/{id}/start", "text"), ("/escalations/{id}/claim?as={}", "show"),
    ("/escalations/{}/claim", "q"), ("/pod/ticket/handoff?ticket={}", "text"), ("/escalations/{id}/release?as=pod", "board"),
)  # fmt: skip
EACH = 50


def test_no_page_and_no_form_breaks_on_odd_values(pages: Pages) -> None:
    chance = random.Random(7)
    values = [word.encode("utf-8", "surrogatepass") for word in (*NUMBERS, *WORDS)] + list(BYTES)
    handoff_id = pages.made[1]
    wrong = []
    for path, value in chance.sample([*product(LOOKED, values)], EACH):
        address = path.format(quote_from_bytes(value, safe=""))[:3800]
        answer = pages.get(address)
        if answer.status_code >= 500 or LEAKS.search(answer.text):
            wrong.append((answer.status_code, address[:120]))
    pages.post(f"/escalations/{handoff_id}/claim")
    always = [(PRESSED[0], b"a\0bc"), (PRESSED[1], b"a\0bc"), (PRESSED[1], b"abc\x1b[31m")]
    for (path, field), value in [*always, *chance.sample([*product(PRESSED, values)], EACH)]:
        quoted = quote_from_bytes(value, safe="")
        address = path.replace("{id}", str(handoff_id)).replace("{}", quoted)[:3800]
        body = f"{field}={quoted}".encode()
        answer = pages.ask("POST", address, 103, {}, data=body, content_type="application/x-www-form-urlencoded")
        if answer.status_code >= 500 or LEAKS.search(answer.text):
            wrong.append((answer.status_code, address[:120], body[:60]))
    assert not wrong, "\n".join(map(str, wrong))
