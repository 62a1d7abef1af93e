"""How people say what they did, did not do, and what came of it."""

from __future__ import annotations

import pytest

from escalation.reading.steps import Passage, find_steps
from escalation.reading.text import stretches


def read(text: str, role: str = "technician") -> list[tuple[str, str, str]]:
    passage = Passage(text, tuple(stretches(text)), role)
    return [(d.outcome, d.actor, text[d.start : d.end]) for d in find_steps([passage])]


@pytest.mark.parametrize(
    ("text", "outcome", "evidence"),
    [
        ("rebooted fw - no change", "no_change", "rebooted fw - no change"),
        ("flushed dns, nada", "no_change", "flushed dns, nada"),
        ("ran sfc /scannow -> clean", "no_change", "ran sfc /scannow -> clean"),
        ("reboot: no luck", "no_change", "reboot: no luck"),
        ("I have tried a different cable but it still drops.", "no_change", None),
        ("We reinstalled the client and it works now.", "worked", None),
        ("Restarted the spooler, worked for 10 minutes, then failed again.", "partial", None),
        ("Tried to repair the database, access denied.", "failed", None),
        ("The drive was replaced. Same error.", "no_change", "The drive was replaced"),
        ("Cleared the cache. That fixed it.", "worked", "Cleared the cache"),
        ("Checked the event log and found disk errors.", "partial", None),
        ("Verified the DNS settings are correct.", "no_change", None),
        ("10:15 - swapped the NIC, no link", "failed", "swapped the NIC, no link"),
        ("Moved her mailbox to another database.", "unknown", None),
        ("Recreated the Outlook profile, didn't help", "no_change", None),
        ("Excluded him from the filter for an hour.", "unknown", None),
        ("Rebuilt the statistics, without improvement.", "no_change", None),
        ("Took the inspection off that rule. 812 gone, the tunnel comes up.", "worked", None),
        ("Moved her out of sixty dead groups and she signs in normally.", "worked", None),
        ("Pointed the profile path at the full name and users get their desktop again.", "worked", None),
        ("Swapped the copper module for a new one. Died at 40 GB.", "no_change", None),
        ("Traced port 14 to the meeting room and it ends in a hidden switch.", "partial", None),
        ("Looked in the audit log, the request is there and no offer.", "partial", None),
        ("Ran chkdsk over night, 0 problems.", "no_change", None),
        ("Repair-Volume D on the host, hangs forever.", "failed", None),
        ("Had the battery unit tested by the electrician, nothing wrong.", "no_change", None),
    ],
)
def test_a_deed_and_its_outcome(text: str, outcome: str, evidence: str | None) -> None:
    found = read(text)
    assert [f[0] for f in found] == [outcome]
    assert found[0][2].rstrip(".") == (evidence or text).rstrip(".")


@pytest.mark.parametrize(
    "text",
    [
        "Have you tried another cable?",
        "Did you reboot it?",
        "Tomorrow I will replace the switch.",
        "Next step is to rebuild the profile.",
        "Please check the firewall rules.",
        "You should update the driver.",
        "If that fails, replace the disk.",
        "I haven't tried another user yet.",
        "Not tested from outside.",
        "According to the article the cache is cleared at logon.",
        "Here is what I tried:",
        "The user reports that Outlook crashes.",
        "I would try a new cable.",
        "We need to replace the battery.",
        "Hi team,",
        "Thanks for your help.",
        "> I rebooted the server and it came back",
        "When I restarted it last year it was fine.",
        "The printer stopped working yesterday.",
        "Could someone look at the certificate?",
        "It started happening after the update.",
    ],
)
def test_what_only_looks_like_a_deed_is_none(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "role", "actor"),
    [
        ("Had the user restart the PC, still drops.", "technician", "customer"),
        ("The user rebooted twice, no change.", "technician", "customer"),
        ("I restarted my laptop, same thing.", "customer", "customer"),
        ("The ISP tested the line and found no errors.", "technician", "vendor"),
        ("Called the ISP, no answer.", "technician", "tech"),
    ],
)
def test_who_did_it(text: str, role: str, actor: str) -> None:
    assert [found[1] for found in read(text, role)] == [actor]


def test_a_list_item_is_one_step_and_two_deeds_in_a_sentence_are_two() -> None:
    assert (
        len(read("Tried:\n- disabled and re-enabled the NIC\n- ran a repair, then rebooted: no change")) == 2
    )
    two = read("Disabled antivirus and reinstalled the client but same error.")
    assert [t[2] for t in two] == ["Disabled antivirus", "reinstalled the client but same error."]
    assert {t[0] for t in two} == {"no_change"}


def test_a_heading_lets_terse_items_count() -> None:
    assert [f[2] for f in read("Steps taken:\n- restart router\n- new cable")] == [
        "restart router",
        "new cable",
    ]
    assert read("Suggestions:\n- restart router\n- new cable") == []


def test_a_list_needs_no_marks_and_may_have_those_of_quoted_mail() -> None:
    plain = "What I've tried:\nnew patch lead - no change\nFull reimage of one of them, no luck\nmemtest, two nights, no errors"
    assert [outcome for outcome, _, _ in read(plain)] == ["no_change"] * 3
    marked = "My notes, in no order\n> swapped the cable, same\n> turned energy saving off: same\n> rebooted the phone, no change"
    assert [outcome for outcome, _, _ in read(marked)] == ["no_change"] * 3


def test_orders_in_the_base_form_are_advice() -> None:
    assert read("Set the age limit to none by policy and rejoin the PCs.") == []
    assert [outcome for outcome, _, _ in read("Set the age limit to none by policy and rejoined the PCs, no change.")] != []


def test_calls_that_reached_nobody_and_trouble_that_is_back_are_no_steps() -> None:
    for text in (
        "Called cx 08:41, no answer, VM left.", "Emailed cx asking for a screenshot.", "told her not to touch the router",
        "dropped again 07:16, was up since 23:16.", "Passed to day shift, pls restart the service after 17:00.",
    ):  # fmt: skip
        assert read(text) == [], text


def test_a_row_with_a_time_holds_sentences_and_short_verbs_are_read() -> None:
    text = "0811 rst the NTDS svc, writer back to stable.\n0844 Chkd free space on C: 61 GB ok\n"
    text += "0905 upd fw, no change. New cable, same."
    assert [evidence.split()[0] for _, _, evidence in read(text)] == ["rst", "Chkd", "upd", "New"]


def test_how_things_came_to_be_is_no_step() -> None:
    text = "We had the floor rewired in 2019 by the cheapest bidder. Every day at noon the phones drop."
    passage = Passage(text, tuple(stretches(text)), "technician", description=True)
    assert find_steps([passage]) == []


def test_a_later_remark_settles_what_is_open() -> None:
    first, second = "Replaced the toner. Updated the driver.", "Customer says none of that helped."
    passages = [
        Passage(t, tuple(stretches(t)), r) for t, r in ((first, "technician"), (second, "technician"))
    ]
    assert [d.outcome for d in find_steps(passages)] == ["no_change", "no_change"]


def test_system_notes_and_our_own_are_nobodys_deeds() -> None:
    assert read("Changed status to Escalated, no change.", "system") == []
    assert read("Rebooted the firewall, no change.", "us") == []


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("When I ping the gateway from PC-3, no reply.", "failed"),
        ("If I use the IP address instead it works fine.", "partial"),
        ("Removing the add-in fixed it.", "worked"),
        ("Clearing the cache did not help.", "no_change"),
        ("After swapping the PSU, the server boots.", "worked"),
        ("Spooler restarted, no change.", "no_change"),
        ("Event logs are clean.", "no_change"),
        ("No errors in the firewall log.", "no_change"),
        ("PC-9 can ping the server.", "no_change"),
        ("Her login on TS2 works.", "partial"),
        ("Offline scan: nothing found.", "no_change"),
        ("Sign-in log shows a login from another country.", "partial"),
        ("ISP says no faults on the line.", "no_change"),
        ("I could not uninstall the agent.", "failed"),
        ("Resolved by swapping the SFP.", "worked"),
        ("Currently running chkdsk on D:.", "unknown"),
        ("Ticked print as image, prints in seconds.", "worked"),
        ("Unlinked the account, stuck again.", "no_change"),
        ("Changed the fuser, fixed it on some trays.", "partial"),
    ],
)
def test_a_test_a_finding_or_a_fix_told_without_saying_i_did(text: str, outcome: str) -> None:
    assert [found[0] for found in read(text)] == [outcome]


@pytest.mark.parametrize(
    "text",
    [
        "Spoke to Ellen, she is not happy.",
        "Ellen emailed, same again.",
        "Put back to 1420.",
        "Remoted onto PC-14.",
        "Edit: updated with the log.",
        "I have tried everything.",
        "Found the solution.",
        "The PC rebooted itself twice.",
        "If I can ping it, it must be the proxy.",
        "Check if the client is able to reach it.",
        "Nope, still dead.",
    ],
)
def test_talk_summaries_and_what_is_taken_back_are_no_steps(text: str) -> None:
    assert read(text) == []


def test_advice_to_somebody_else_is_none_of_their_deeds() -> None:
    assert read("Please run dcdiag on both controllers and then put the files on a share. Let me know what you find.") == []


def test_they_are_the_customer_unless_a_vendor_is_named() -> None:
    assert [f[1] for f in read("Told to wait, but they power cycled the router.")] == ["customer"]


def test_what_people_went_on_about_was_not_solved_and_nobody_said_so() -> None:
    text = "Rebooted the switch. Replaced the cable. Any ideas?"
    found = find_steps([Passage(text, tuple(stretches(text)), "technician")])
    assert [(d.outcome, d.inferred, d.result_stated) for d in found] == [("no_change", True, False)] * 2
    awaited = "Rebooted the switch. Will watch."
    assert [d.outcome for d in find_steps([Passage(awaited, tuple(stretches(awaited)), "technician")])] == ["unknown"]


def test_relief_is_partial_once_the_trouble_is_back() -> None:
    texts = ("Rebooted the firewall, all working again.", "Dropped again this morning.")
    passages = [Passage(t, tuple(stretches(t)), "technician") for t in texts]
    assert find_steps(passages)[0].outcome == "partial"
