"""Whether a suggestion repeats what was done: the same deed in other words does, a finding about the same thing does not.

The kinds: every way of saying a deed against every other of that kind; deeds of another kind on the same thing; findings that
say how the thing is, as states and as results of a look.
"""

from __future__ import annotations

import itertools

import pytest

from escalation.memory.deeds import denies, is_deed, is_telling, repeats

THINGS = ("the NIC team on SRV-4", "the shared calendar of Sales", "the DHCP scope of VLAN 30", "the SNMP service on PRT-02")
SAME = (
    ("restart", "restarted", "rebooted", "power cycled"), ("remove", "removed", "deleted", "cleared"),
    ("update", "updated", "patched", "upgraded"), ("disable", "disabled", "switched off", "stopped"),
    ("replace", "replaced", "swapped", "exchanged"), ("check", "checked", "looked at", "compared"),
    ("rebuild", "rebuilt", "re-created", "reinstalled"), ("enable", "enabled", "turned on", "activated"),
)  # fmt: skip
FINDINGS = (
    "{thing} is nowhere in the console", "{thing} has no entry there", "{thing} was gone this morning",
    "{thing} shows an old entry", "{thing} belongs to the old tenant",
)  # fmt: skip
REASONS = ("", ", since nothing else explains it", " to confirm it", " so that it comes up clean")


@pytest.mark.parametrize("thing", THINGS)
def test_the_same_deed_in_other_words_repeats_and_another_kind_does_not(thing: str) -> None:
    for one, other in itertools.product(SAME, repeat=2):
        for done, reason in itertools.product(other[1:], REASONS):
            told = f"we {done} {thing}, no change"
            assert repeats(f"{one[0]} {thing}{reason}".capitalize(), told) == (one is other), (one[0], told)


@pytest.mark.parametrize(
    ("suggested", "done"),
    [
        ("Recreate the Outlook profile", "Created a new Outlook profile, same prompt"),
        ("Grant the user permission on the share", "Gave user permission on share, no change"),
        ("Give the user permission on the share", "Granted user permission on share, no change"),
    ],
)
def test_a_deed_is_the_same_whether_it_is_told_as_made_or_made_anew(suggested: str, done: str) -> None:
    assert repeats(suggested, done)


@pytest.mark.parametrize("thing", THINGS)
def test_a_finding_about_a_thing_is_no_reason_not_to_mend_it(thing: str) -> None:
    for (deed, *_), finding in itertools.product(SAME, FINDINGS):
        assert not is_deed(finding.format(thing=thing))
        assert not repeats(f"{deed} {thing}".capitalize(), finding.format(thing=thing))


def test_a_deed_without_a_verb_counts_as_done() -> None:
    assert repeats("Put in a new patch cable", "new patch cable, same")


def test_what_is_ruled_out_is_denied_by_the_words_that_name_it() -> None:
    assert denies("It is not the patch cable", "The patch cable is bad")
    assert not denies("It is not the patch cable", "The switch port is bad")


@pytest.mark.parametrize(("fix", "telling"), [("Resolved, closing.", False), ("ok", False), ("Renewed the certificate", True)])
def test_a_fix_that_says_nothing_tells_nothing(fix: str, telling: bool) -> None:
    assert is_telling(fix) == telling
