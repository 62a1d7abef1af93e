"""Verdicts before checks, one answer to several questions, full stops inside names: each made from many deeds and names."""

# ruff: noqa: E501 - rows are easier to read in one long line

from __future__ import annotations

import itertools

import pytest

from escalation.text.stretches import Stretch, stretches

DEEDS = ("Pinged the gateway", "Restarted the print spooler", "Checked the DNS settings", "Cleared the browser cache", "Tested another cable")
CHECKS = ("DNS resolution", "Certificate chain", "Disk health of SRV-02", "SMB signing")


def _of(text: str, said: str) -> Stretch:
    return next(stretch for stretch in stretches(text) if said in stretch.text)


@pytest.mark.parametrize("mark", ["[PASS]", "[Passed]", "[ PASS ]", "[ OK ]", "[OK]", "- [pass]", "Pass:"])
def test_a_check_that_passed_is_ticked_and_its_mark_is_no_result(mark: str) -> None:
    for first, second in itertools.permutations(DEEDS, 2):
        found = _of(f"{mark} {first}\n{mark} {second}", first)
        assert (found.kind, found.ticked, found.text) == ("item", True, first)


@pytest.mark.parametrize("mark", ["[SKIP]", "[SKIPPED]", "[Skipped]", "- [skipped]"])
def test_a_check_that_was_skipped_was_not_done(mark: str) -> None:
    for first, second in itertools.permutations(DEEDS, 2):
        text = f"[PASS] {first}\n{mark} {second}"
        assert _of(text, first).ticked
        assert _of(text, second).kind == "undone"


@pytest.mark.parametrize("mark", ["[FAIL]", "[FAILED]", "[ FAIL ]"])
def test_a_check_that_failed_keeps_its_mark(mark: str) -> None:
    for first, second in itertools.permutations(DEEDS, 2):
        found = _of(f"[PASS] {first}\n{mark} {second}", second)
        assert found.text.startswith(mark)
        assert found.kind in ("sentence", "item")


@pytest.mark.parametrize("marks", [("[PASS]", "[FAIL]"), ("[ OK ]", "[SKIPPED]"), ("[OK]", "[ERROR]")])
@pytest.mark.parametrize("checks", list(itertools.combinations(CHECKS, 2)))
def test_a_programs_list_of_checks_is_evidence(marks: tuple[str, str], checks: tuple[str, str]) -> None:
    rows = [f"{mark} {check}" for mark, check in zip(marks, checks, strict=True)]
    for text in ("\n".join(rows), "\n".join([*rows, f"[PASS] {DEEDS[0]}", "", "2 passed, 1 failed"])):
        assert {_of(text, check).kind for check in checks} == {"pasted"}


def test_what_a_system_says_at_start_is_evidence() -> None:
    text = "[  OK  ] Started OpenSSH Daemon.\n[FAILED] Failed to start Web Server.\n[  OK  ] Reached target Multi-User."
    assert [stretch.kind for stretch in stretches(text)] == ["pasted"]


ASKED = ("Did you restart the router?", "Have you tried another cable?", "Was the cache cleared?")
BOTH = ("Yes to both", "Both done", "Yes, both", "Yes to all", "yes, all of them", "Yes to both questions")
ALL = ("Yes to all three", "All three done", "Yes, all of these", "Done all three")
NONE = ("No to both", "Neither", "No to all", "None of them", "Not yet to either", "Neither yet")


@pytest.mark.parametrize(("said", "number"), [*((said, 2) for said in BOTH), *((said, 3) for said in ALL)])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_one_yes_answers_every_question_above_it(said: str, number: int, between: str) -> None:
    for asked in itertools.permutations(ASKED, number):
        text = f"{between.join(asked)}\n{said}, still down."
        for question in asked:
            found = _of(text, question)
            assert found.answered, text
            assert (said in found.text) == (question == asked[-1])


@pytest.mark.parametrize("said", NONE)
def test_one_no_answers_every_question_above_it(said: str) -> None:
    for asked in itertools.permutations(ASKED, 2):
        text = f"{asked[0]}\n{asked[1]}\n{said}."
        assert {_of(text, question).kind for question in asked} == {"undone"}


@pytest.mark.parametrize("said", ["Yes", "Yes to the first", "No, the second one only", "Not both phones, only mine"])
def test_an_answer_to_one_of_them_leaves_the_first_open(said: str) -> None:
    first = _of(f"{ASKED[0]}\n{ASKED[1]}\n{said}.", ASKED[0])
    assert not first.answered
    assert first.kind != "undone"


NAMES = ("Microsoft.Graph", "System.Web", "Windows.Forms", "Google.Apis", "web.Config", "Dell.Command")


@pytest.mark.parametrize("name", NAMES)
def test_a_full_stop_inside_a_name_ends_no_sentence(name: str) -> None:
    for text in (f"Removed the {name} module and installed it again", f"Edited {name} on SRV-02, same error", f"Loading {name} takes a minute"):
        assert [stretch.text for stretch in stretches(text)] == [text]


@pytest.mark.parametrize("before", ["Restarted the router", "Called Microsoft", "Updated Windows", "Reset the system"])
@pytest.mark.parametrize("after", ["Still no internet", "The error came back", "Restarted it again", "No change at all"])
def test_a_sentence_without_its_blank_still_ends(before: str, after: str) -> None:
    assert [stretch.text for stretch in stretches(f"{before}.{after}")] == [f"{before}.", after]


MARKERS = ("-----Original Message-----", "----- Forwarded message -----", "-----Ursprüngliche Nachricht-----", "-----Message d'origine-----", "-----Oprindelig meddelelse-----", "")
HEADS = (
    "From: desk@shop.example Sent: Tuesday, February 4, 2014 1:00 PM To: anna@shop.example Subject: Printer",
    "Von: desk@shop.example Gesendet: Dienstag, 4. Februar 2014 13:00 An: anna@shop.example Betreff: Drucker",
    "De : desk@shop.example Envoyé : mardi 4 février 2014 13:00 À : anna@shop.example Objet : Imprimante",
)


@pytest.mark.parametrize("marker", MARKERS)
def test_a_quoted_mail_on_the_line_of_the_answer_is_quoted(marker: str) -> None:
    for head, deed, end in itertools.product(HEADS, DEEDS, (" ", "\n")):
        found = stretches(f"{deed}, still down. {marker} {head}{end}We replaced the switch.")
        assert found[0].text == f"{deed}, still down."
        assert {stretch.kind for stretch in found[1:]} == {"quoted"}


@pytest.mark.parametrize("text", ["Moved it from: SRV-01 to: SRV-02, no change.", "It came from: the mail she sent: nothing is in the log", "Copied --- the original message --- into it"])
def test_a_line_with_such_words_quotes_nothing(text: str) -> None:
    assert "quoted" not in {stretch.kind for stretch in stretches(text)}
