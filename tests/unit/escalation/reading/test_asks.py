"""What whoever hands a ticket on asks for: each way to ask, before and after what asks for nothing, and nothing where nothing is asked."""

# ruff: noqa: E501 - texts are easier to find in long lines

from __future__ import annotations

import pytest

from escalation.package.contents import Quote
from escalation.text.stretches import stretches
from tests.unit.escalation.tickets import evidence_of, package_of

STRONG = (
    "Need a decision from one of the seniors: roll back or wait for the patch.", "Would like a second opinion before I touch the core switch.",
    "Somebody with rights on the tenant should remove the policy.", "Whoever is on site tomorrow please swap the uplink first.",
    "Happy to wipe the phone if someone says so.", "Not doing that without a yes from above.", "Handing to the late shift: restart the broker at 19:00.",
    "Can one of you be there on Tuesday, and is the call-out fee ok?", "Pls chase the carrier in the morning.", "What do you want me to do with the old server?",
)  # fmt: skip
WEAK = (
    "Who owns the export script?", "Is that policy meant to be on all laptops?", "So: ask Mrs Rahn whether the folder is to stay closed.",
    "Needs the same done on the other two hosts before noon.", "It will fill up again, so chase the vendor.", "Still to do: load the certificate on the second gateway.",
    "They want somebody at the rack when it happens.", "I don't dare to merge it during the day.",
)  # fmt: skip
NOTHING = (
    "Restarted the broker, no change.", "The queue is empty again.", "Rang Mrs Rahn at nine.", "Event 4740 names the tablet as the caller.",
    "Any ideas?", "The carrier says the line is clean.",
)  # fmt: skip


def ask(*notes: str) -> Quote | None:
    return package_of(evidence_of(*notes)).ask


@pytest.mark.parametrize("request_", [*STRONG, *WEAK])
def test_each_way_to_ask_is_quoted(request_: str) -> None:
    for other in NOTHING:
        for text in (f"{other} {request_}", f"{request_} {other}"):
            found = ask("Checked the broker, it runs.", text)
            assert found is not None
            assert request_.rstrip(".") in found.evidence
            assert found.evidence in text


@pytest.mark.parametrize("text", NOTHING)
def test_where_nothing_is_asked_nothing_is_quoted(text: str) -> None:
    assert ask(f"Checked the broker, it runs. {text}") is None


def test_only_a_request_is_one_in_an_older_note_too() -> None:
    """A question, a need or a wish of an older note may be answered by now."""
    for request_ in STRONG:
        assert ask(request_, "Restarted the broker, no change.") is not None
    for request_ in WEAK:
        assert ask(request_, "Restarted the broker, no change.") is None


def test_the_request_goes_before_a_question_and_that_before_a_need() -> None:
    need, question, request_ = WEAK[3], WEAK[0], STRONG[2]
    assert (found := ask(f"{question} {need}")) is not None
    assert found.evidence == question
    assert (found := ask(f"{request_} {question} {need}")) is not None
    assert found.evidence == request_.rstrip()


def test_a_short_request_has_the_sentence_that_names_what_it_is_about() -> None:
    before = "Mrs Rahn does not know yet."
    for request_ in ("Somebody senior has to call her.", "He needs somebody to let him in."):
        found = ask(f"Reset her password. {before} {request_}")
        assert found is not None
        assert found.evidence == f"{before} {request_}"


def test_a_question_to_the_customer_asks_nobody_here() -> None:
    assert ask("Restarted the broker.", "Hello, is your screen still black?") is None


def test_a_bracket_with_a_question_does_not_end_the_request() -> None:
    found = ask("Can someone who knows the old tenant (Ruth built it?) raise the quota and start the job again.")
    assert found is not None
    assert found.evidence.endswith("start the job again.")


def test_a_quoted_stop_ends_no_sentence_and_a_stop_after_a_quotation_does() -> None:
    assert [s.text for s in stretches('One rule called "." moves all of it. Disabled the rule.')] == ['One rule called "." moves all of it.', "Disabled the rule."]
    assert [s.text for s in stretches('Copy hangs at "file in use". Ran chkdsk on it.')] == ['Copy hangs at "file in use".', "Ran chkdsk on it."]


def test_what_is_done_if_all_is_well_asks_nobody() -> None:
    assert package_of(evidence_of("Rebooted the server. Closing if OK by lunch.")).ask is None
