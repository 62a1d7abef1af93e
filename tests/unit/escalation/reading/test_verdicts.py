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


@pytest.mark.parametrize("count", ["User had 3 failed login attempts this morning.", "There were 12 failed jobs and 2 skipped files.", "Four rows: 3 passed messages in the queue"])
def test_a_count_of_something_else_makes_no_list_a_report(count: str) -> None:
    for (first, second), between in itertools.product(itertools.permutations(DEEDS, 2), ("\n", "\n\n", "\n\nHe called twice.\n\n")):
        text = f"{count}{between}[OK] {first}\n[OK] {second}"
        assert _of(text, first).ticked, text
        assert _of(text, second).ticked, text


@pytest.mark.parametrize("count", ["2 passed, 1 failed", "== 2 passed in 3.1s ==", "Result: 2 checks passed.", "Passed: 2", "(2 passed)"])
def test_a_count_of_the_checks_makes_them_a_report(count: str) -> None:
    for text in (f"[OK] {DEEDS[0]}\n[OK] {DEEDS[1]}\n{count}", f"[OK] {DEEDS[0]}\n[OK] {DEEDS[1]}\n\n{count}", f"{count}\n\n[OK] {DEEDS[0]}\n[OK] {DEEDS[1]}"):
        assert not _of(text, DEEDS[0]).ticked, text
    assert _of(f"{count}\n\nThat was last week.\n\n[OK] {DEEDS[0]}\n[OK] {DEEDS[1]}", DEEDS[0]).ticked


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


MORE = (*ASKED, "Did you replace the fuse?", "Have you checked the breaker?", "Did you update the firmware?")
SAVE = ("but the {}, none here", "but the {}", "except the {}", "except for the {} - no time", "apart from the {}", "but not the {}", "but the {} is locked away")


@pytest.mark.parametrize("said", [*(f"{yes} {but}" for yes in ("Yes to all", "All done", "No to all", "Yes to all three,") for but in SAVE), "Yes to all but one", "Yes to all but the last"])
@pytest.mark.parametrize("name", ["router", "cable", "cache"])
def test_all_but_one_ticks_none_of_them(said: str, name: str) -> None:
    for asked in itertools.permutations(ASKED):
        text = "\n".join((*asked, said.format(name) + "."))
        for question in asked:
            found = _of(text, question)
            assert not found.answered, text
            assert found.kind != "undone", text


@pytest.mark.parametrize("said", ["Yes to both but the error is the same", "Both done, but the light is still red", "Yes to both but still down", "Yes to all but no change"])
def test_what_came_of_it_is_no_exception(said: str) -> None:
    for asked in itertools.permutations(ASKED, 2):
        text = f"{asked[0]}\n{asked[1]}\n{said}."
        assert all(_of(text, question).answered for question in asked), text


@pytest.mark.parametrize(("said", "number"), [("Yes to both", 3), ("Both done", 4), ("Yes to the two", 3), ("Yes to all three", 4), ("All four done", 3), ("No to both", 3), ("Neither", 3), ("All three done", 2)])
def test_a_number_answers_so_many_questions_and_no_others(said: str, number: int) -> None:
    for asked in itertools.islice(itertools.permutations(MORE, number), 20):
        text = "\n".join((*asked, said + "."))
        for question in asked:
            found = _of(text, question)
            assert not found.answered, text
            assert found.kind != "undone", text


@pytest.mark.parametrize("number", [4, 5, 6])
@pytest.mark.parametrize("said", ["Yes to all", "All done", "Yes, all of these"])
def test_all_are_all_however_many(said: str, number: int) -> None:
    text = "\n".join((*MORE[:number], said + "."))
    assert all(_of(text, question).answered for question in MORE[:number])


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


@pytest.mark.parametrize("addresses", [
    "From: x@acme.example Sent: Monday To: y@shop.example and it shows Failed", "from: 10.1.1.1 date: 2026-01-01 to: 10.1.1.5 port 445",
    "from: anna date: today to: ben subject: none", "Von: Anna Datum: heute An: Ben, kam nie an",
])  # fmt: skip
def test_addresses_in_a_sentence_quote_nothing(addresses: str) -> None:
    for first, second in itertools.permutations(DEEDS, 2):
        found = stretches(f"Ran a trace: {addresses}. {first}, no change. {second}, still failing.")
        assert "quoted" not in {stretch.kind for stretch in found}
        assert [stretch.text for stretch in found[-2:]] == [f"{first}, no change.", f"{second}, still failing."]


@pytest.mark.parametrize("text", ["Moved it from: SRV-01 to: SRV-02, no change.", "It came from: the mail she sent: nothing is in the log", "Copied --- the original message --- into it"])
def test_a_line_with_such_words_quotes_nothing(text: str) -> None:
    assert "quoted" not in {stretch.kind for stretch in stretches(text)}
