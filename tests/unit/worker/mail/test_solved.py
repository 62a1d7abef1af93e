"""The e-mail to whoever escalated: what moved it in the ticket's words, nothing active, nothing that blames."""

from __future__ import annotations

import dataclasses
import re

import pytest

from worker.mail.solved import SolvedMail, render_solved

SOLVED = SolvedMail(
    account="Northgate IT", ticket_id=48213, ticket_url="https://na.myconnectwise.net/t/48213",
    ticket_summary="VPN to the branch drops every 8 hours", client="Harbor Dental", solved_by="Maria Svensson",
    cause="The drops were caused by phase 2 lifetimes that did not match.", fix="Set the lifetime to 28800 on both ends.",
    step="Compared phase 2 on both firewalls, lifetimes differ", step_by="Maria Svensson", reach="senior",
    runbook="VPN drops every 8 hours", recipient_name="Jonas Lind", event_id="e1",
)  # fmt: skip


def test_it_says_what_moved_it_the_step_and_whose_reach_it_was_in() -> None:
    made = render_solved(SOLVED)
    assert made.subject == "Solved: #48213, Harbor Dental: VPN to the branch drops every 8 hours"
    for body in (made.text.replace("\n", " "), made.html):
        for words in (SOLVED.fix, "lifetimes differ", "comes with a senior's work".replace("comes", "come"), SOLVED.runbook):
            assert words in body.replace("&#39;", "'"), words


@pytest.mark.parametrize("reach", ["l1", "senior", "unknown"])
def test_nothing_in_it_blames(reach: str) -> None:
    made = render_solved(dataclasses.replace(SOLVED, reach=reach))
    words = re.sub(r"<[^>]*>", " ", f"{made.text} {made.html}").lower()
    for word in ("should have", "failed to", "could have", "missed", "mistake", "wrong", "unnecessar", "why did", "only had to"):
        assert word not in words, word


def test_what_is_not_known_leaves_no_empty_label() -> None:
    made = render_solved(dataclasses.replace(SOLVED, cause="", step="", reach="unknown", runbook="", solved_by=""))
    assert "The cause" not in made.text + made.html
    assert "step that found it" not in made.text + made.html
    assert "runbook" not in (made.text + made.html).lower()


def test_the_step_is_not_told_twice() -> None:
    assert "step that found it" not in render_solved(dataclasses.replace(SOLVED, step=SOLVED.fix[:20])).text


def test_hostile_words_do_nothing() -> None:
    evil = "<script>alert(1)</script> https://evil.example/x {{ 7*7 }} \u202e"
    made = render_solved(dataclasses.replace(SOLVED, fix=evil, cause=evil, step=f"x {evil}", runbook=evil, ticket_summary=evil))
    assert "<script" not in made.html
    assert "https://evil" not in made.html + made.text
    assert "49" not in made.text
    assert "\u202e" not in made.html + made.text
