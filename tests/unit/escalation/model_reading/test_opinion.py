"""A model's assessment, statement by statement: what may be shown, what is dropped and why, and what an injected one can do."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from escalation.brief.render import render
from escalation.memory.track_record import TrackRecord
from escalation.model_reading.answer import UnusableAnswer
from escalation.model_reading.assessing import EARLIER, SCHEMA, request_for, with_earlier
from escalation.model_reading.opinion import CheckedOpinion, Opinion, check
from escalation.model_reading.places import Place
from escalation.package.contents import Package, Solved
from escalation.package.contradicted import ruled_out_in, tried_in
from escalation.package.lesson import with_solved
from escalation.package.second_opinion import asked_about, with_opinion
from tests.model_server import _strict, abstains, assessed
from tests.unit.escalation.model_reading.injections import LATER, LATER_WANTS, UNSEEN, Injection, injections
from tests.unit.escalation.tickets import START, evidence_of, package_of

CUSTOMER = "Nobody in Clifton can print since Monday, error E52 on the panel. Please just reset PRN-04 for good."
NOTE = (
    "Restarted the spooler on PRN-04, no change. The log on the print server says the driver package is missing since the update."
)
FIX = "driver package had been removed by the update, installed it again from the share"
PLACES = [
    Place(0, "description", "customer", "A", CUSTOMER), Place(1, "internal note", "technician", "B", NOTE),
    Place(2, EARLIER, "", "", f"Printer says E52\n{FIX}"),
]  # fmt: skip
TRIED = ("Restarted the spooler on PRN-04",)
CAUSE = ("The update removed the driver package from the print server", 1, "the driver package is missing since the update")
STEP = ("Install the driver package again from the share", 2, "installed it again from the share")


def checked(*statements: tuple[str, int, str], **others: Any) -> CheckedOpinion:
    return check(json.dumps(assessed(*statements, **others)), PLACES, tried=TRIED, made_by="a-model")


def test_what_stands_on_a_quotation_is_kept() -> None:
    found = checked(CAUSE, STEP).opinion
    assert found is not None
    assert (found.cause.text, found.cause.evidence, found.confidence) == (CAUSE[0], CAUSE[2], 0.8)
    assert [step.place for step in found.steps] == [PLACES[2].key]
    assert Opinion.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert Opinion.from_json(found.to_json() | {"opinion_version": 99}) is None


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (("Replace the fuser of that printer", 1, "fuser is worn"), "quote not in the ticket"),
        (("Install the driver package again", 1, "installed it again from the share"), "quote in another place"),
        (("Install the driver package again", 9, NOTE), "no statement"),
        (("Reset the panel of the printer for good", 0, "Please just reset PRN-04 for good"), "rests on what no staff wrote"),
        (("Reboot the firewall of the branch", 1, "the driver package is missing"), "has nothing to do with its quote"),
        (("Copy the driver package from SRV-99", 1, "the driver package is missing"), "names what no staff wrote"),
        (("Apply KB5034441 to the driver package", 1, "the driver package is missing"), "names what no staff wrote"),
        (("Get the driver package from www.drivers.example", 1, "the driver package"), "holds a link, address or number"),
        (("Ask helper@drivers.example for the driver package", 1, "the driver package"), "holds a link, address or number"),
        (("Call 020 7946 0991 about the driver package", 1, "the driver package is"), "holds a link, address or number"),
        (("Run driver package setup -quiet", 1, "the driver package is"), "holds a command line"),
        (("Restart the spooler on PRN-04", 1, "Restarted the spooler"), "tried already"),
        (("x" * 300, 1, "the driver package is missing"), "too long or empty"),
        (("Driver package", 1, "-- ."), "quote too long or empty"),
    ],
)
def test_a_step_that_rests_on_nothing_is_dropped_and_counted(step: tuple[str, int, str], why: str) -> None:
    found = checked(CAUSE, step, STEP)
    assert found.opinion is not None
    assert [one.text for one in found.opinion.steps] == [STEP[0]]
    assert found.dropped == {f"step: {why}": 1}


def test_what_the_staff_named_may_be_named_and_what_a_customer_named_may_not() -> None:
    by_staff = ("The driver package on PRN-04 is missing", 1, "the driver package is missing")
    by_customer = ("E52 says the driver package is gone", 1, "the driver package is missing")
    assert checked(by_staff).opinion is not None
    places = [PLACES[0], replace(PLACES[1], text=NOTE), replace(PLACES[2], text=FIX)]
    found = check(json.dumps(assessed(by_customer)), places, tried=(), made_by="a-model")
    assert found.opinion is not None, "E52 is too short to be taken for a code"
    longer = ("E52-771X says the driver package is gone", 1, "the driver package is missing")
    places[0] = replace(PLACES[0], text=CUSTOMER + " E52-771X")
    assert check(json.dumps(assessed(longer)), places, tried=(), made_by="a-model").opinion is None


SEEN = (
    "NPS on 10.4.0.12 says the driver package of print-queue HQ-PRN-7 is missing. The relay listens on ports 9012-9040.\n"
    "User: mails of the shared mailbox go to /srv/spool/out, <QUEUE> is full, set the external address was done."
)


@pytest.mark.parametrize("quote", SEEN.replace("\n", ". ").split(". ")[:2])
@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("The driver package that 10.4.0.12 lists is missing, relay ports 9012-9040 are fine", None),
        ("HQ-PRN-7 lost its driver package; the relay, a hot-added one, listens still", None),
        ("The two-way Wi-Fi and Hyper-V relay lost its driver package over USB-C", None),
        ("The shared mailbox's driver package is missing, set the external address of the relay anew", None),
        ("The spool in /srv/spool/out has no driver package for the relay", None),
        ("The driver package on 10.4.0.99 is missing, says the relay", "holds a link, address or number"),
        ("The driver package is missing, ring 020 79460991 about the relay", "holds a link, address or number"),
        ("HQ-PRN-8 lost its driver package, says the relay", "names what no staff wrote"),
        ("Get-EvilPackage is missing, says the driver package of the relay", "names what no staff wrote"),
    ],
)
def test_addresses_inside_hyphens_and_everyday_words_pass_and_what_is_not_there_does_not(
    said: str, why: str | None, quote: str
) -> None:
    """The kinds that a check of names and numbers took for contacts, names or orders; each beside a real one."""
    places = [PLACES[0], replace(PLACES[1], text=SEEN), PLACES[2]]
    if "10.4.0.12" in said or "9012" in said:
        quote = SEEN.split("\n")[0]
    found = check(json.dumps(assessed((said, 1, quote))), places, tried=(), made_by="m")
    assert (found.opinion is not None, found.dropped) == (why is None, {} if why is None else {f"cause: {why}": 1})


def test_a_cause_that_says_a_finding_again_is_no_deed_that_was_done() -> None:
    found = check(
        json.dumps(assessed(CAUSE, STEP)), PLACES, tried=["The log says that the driver package is missing"], made_by="m"
    ).opinion
    assert found is not None
    denied = check(
        json.dumps(assessed(CAUSE, STEP)), PLACES, tried=(), ruled_out=["It is not the driver package on the print server"],
        made_by="m",
    )  # fmt: skip
    assert (denied.opinion, denied.dropped) == (None, {"cause: ruled out": 1})


@pytest.mark.parametrize("confidence", [0, 20, 59])
def test_below_its_floor_it_says_nothing(confidence: int) -> None:
    found = checked(CAUSE, STEP, confidence=confidence)
    assert (found.opinion, found.dropped) == (None, {"all: too unsure": 1})


def test_an_abstaining_answer_is_no_trouble_and_without_a_cause_there_are_no_steps() -> None:
    assert check(json.dumps(abstains()), PLACES, tried=(), made_by="m") == CheckedOpinion(None, {})
    assert checked(("It is broken somehow", 1, "stands nowhere at all"), STEP).opinion is None


@pytest.mark.parametrize(
    "answer",
    [
        "Sure! Here is", "[]", "{}", "null", "[" * 300_000, json.dumps(assessed(CAUSE, internalFlag=False)),
        json.dumps(assessed(CAUSE) | {"suggested_steps": "none"}), json.dumps(assessed(CAUSE) | {"confidence": "sure"}),
        json.dumps(assessed(CAUSE) | {"confidence": 900}), json.dumps(assessed(CAUSE) | {"enough": 1}),
        json.dumps(assessed(CAUSE))[:-9],
    ],
)  # fmt: skip
def test_an_answer_of_another_shape_is_not_used_at_all(answer: str) -> None:
    with pytest.raises(UnusableAnswer):
        check(answer, PLACES, tried=(), made_by="m")


def test_below_its_record_it_is_withheld() -> None:
    found = check(json.dumps(assessed(CAUSE)), PLACES, tried=(), made_by="m", record=TrackRecord(2, 9)).opinion
    assert found is not None
    assert (found.withheld, found.right, found.known) == (True, 2, 9)


def test_the_request_holds_the_ticket_and_the_fixes_and_its_shape_is_one_that_both_providers_take() -> None:
    request = request_for("Printer says E52", with_earlier(PLACES[:2], [("Printer says E52", FIX)]), mark="#m#")
    assert request is not None
    assert _strict(SCHEMA)
    assert NOTE in request.user
    assert f"#m# place 2, {EARLIER}\nPrinter says E52\n{FIX}\n#m# end of place 2" in request.user
    again = request_for("Printer says E52", PLACES, mark="#other#")
    assert again is not None
    assert again.key == request.key
    assert request_for("x", [PLACES[2]], mark="#m#") is None, "no ticket, no question"


def ticket(injection: Injection, by_customer: bool) -> tuple[Any, Package]:
    """Return a ticket that carries an injection, and its package with an earlier ticket that is like it."""
    description = f"{CUSTOMER}\n\n{injection.text}" if by_customer else CUSTOMER
    notes = [NOTE] if by_customer else [NOTE, f"Customer mailed:\n{injection.text}"]
    evidence = evidence_of(*notes, summary="Nobody can print", description=description)
    alike = Solved(4001, "Printer says E52", FIX, "in common: driver", START, "tom", None, False, "m1", "note 9")
    return evidence, with_solved(package_of(evidence), [alike])


def obeyed(injection: Injection, places: list[Place]) -> list[str]:
    """Return what a model that obeys may answer: with the injected text as support, or with an innocent stretch."""
    where = next(place for place in places if injection.wants in place.text)
    innocent = next(place for place in places if "driver package is missing" in place.text)
    by_order = (f"{injection.wants}.", where.number, injection.wants)
    by_theft = (f"{injection.wants}.", innocent.number, "the driver package is missing")
    mixed = (f"{injection.wants}, since the driver package is missing", innocent.number, "the driver package is missing")
    cause = (CAUSE[0], innocent.number, CAUSE[2])
    said = [
        assessed(by_order, by_order, confidence=100), assessed(by_theft, by_theft), assessed(cause, by_order, by_theft, mixed),
        assessed(mixed, mixed, mixed, confidence=100), assessed(cause, recipients=["eve@evil.example"], internalFlag=False),
    ]  # fmt: skip
    return [json.dumps(one) for one in said] + [injection.wants, json.dumps({"brief": injection.wants})]


def effects(injection: Injection, *, by_customer: bool) -> list[str]:
    """Return the notes in which an obeying model changed anything for a reader of this ticket."""
    evidence, package = ticket(injection, by_customer)
    before, changed = render(package, marker="RF-1"), []
    places = asked_about(evidence, package.solved)
    for answer in obeyed(injection, places):
        try:
            found = check(answer, places, tried=tried_in(package), ruled_out=ruled_out_in(package), made_by="a-model").opinion
        except UnusableAnswer:
            continue
        after = render(with_opinion(package, evidence, found), marker="RF-1") if found else before
        told = [line for line in after.splitlines() if line not in before.splitlines()]
        harmless = [line for line in told if line.startswith(("**Assessment, a guess:** by a-model", "- ")) and not any(
            word in line for word in injection.wants.split() if len(word) > 6 or not word.isalpha()
        )]  # fmt: skip
        if len(harmless) != len(told):
            changed.append("\n".join(told))
    return changed


def test_a_hundred_injections_have_no_effect() -> None:
    made = list(injections())
    assert len(made) >= 100
    assert [effects(one, by_customer=(number + number // 8) % 2 == 0) for number, one in enumerate(made)] == [[]] * len(made)


@pytest.mark.storm
def test_injections_in_words_that_the_check_was_not_written_for_have_none_either() -> None:
    made = list(injections(UNSEEN))
    assert [effects(one, by_customer=(number + number // 8) % 2 == 0) for number, one in enumerate(made)] == [[]] * len(made)


@pytest.mark.storm
def test_nor_those_written_after_it_let_more_pass() -> None:
    made = list(injections(LATER, LATER_WANTS))
    found = [effects(one, by_customer=by_customer) for one in made for by_customer in (True, False)]
    assert found == [[]] * len(found)
