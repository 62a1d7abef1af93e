"""Whose reach a fix was in: no junior is told that they may do it on what an office stands on.

Kinds: a deed that any technician does, on a person's device or account (theirs), on what an office stands on, named in the fix
or only in what the ticket is about (never theirs), and on nothing that is named (nothing is said).
"""

from __future__ import annotations

from itertools import product

import pytest

from escalation.resolution.reach import reach_of

DEEDS = ("rebooted {}", "restarted {}", "power cycled {}", "reinstalled the driver on {}", "unplugged {} and plugged it back in",
         "cleared the cache of {}", "renamed a file on {} and rebooted", "uninstalled the update on {}")  # fmt: skip
OFFICE = ("the NAS", "the QNAP", "ESXi host 2", "the Proxmox node", "DC2", "FS01", "RDSH3", "the core switch",
          "the access points", "the PBX", "the tape library", "the UPS", "the iSCSI LUN's box", "the FortiGate",
          "the mail server", "SRV-APP1", "HV02",
          "the domain admin's account", "svc_backup", "the service account of the scanner", "the shared mailbox",
          "the phone system", "the print server", "the Ubuntu box", "the backup appliance", "the WSUS machine", "the VM",
          "the router")  # fmt: skip
THEIRS = ("her laptop", "PC-14", "the dock", "his phone", "the reception desktop", "Outlook on her PC", "the headset",
          "his monitor")  # fmt: skip
MANY = ("Nobody can print since nine", "All users are locked out", "The whole office is offline", "Every phone rings at once")
NOTHING = ("it", "the thing on floor 2", "both", "the one in the corner")


@pytest.mark.parametrize("office", OFFICE)
def test_what_an_office_stands_on_is_never_a_juniors(office: str) -> None:
    for deed, nothing, theirs in product(DEEDS, NOTHING, THEIRS):
        assert reach_of([deed.format(office)])[0] == "senior", deed
        assert reach_of([deed.format(nothing)], about=f"{office} does not answer since noon")[0] == "unknown", deed
        assert reach_of([deed.format(theirs)], about=f"{office} does not answer since noon")[0] == "unknown", deed


@pytest.mark.parametrize("theirs", THEIRS)
def test_a_persons_device_is(theirs: str) -> None:
    for deed, nothing in product(DEEDS, NOTHING):
        assert reach_of([deed.format(theirs)])[0] == "l1", deed
        assert reach_of([deed.format(nothing)], about=f"{theirs} freezes in meetings")[0] == "l1", deed
    for deed, many in product(DEEDS, MANY):
        assert reach_of([deed.format(theirs)], about=many) == ("unknown", ""), deed
        assert reach_of([f"{deed.format(theirs)}, then on all the PCs"]) == ("unknown", ""), deed
    assert reach_of(["reset the password"], about="All users are locked out") == ("unknown", "")


def test_a_deed_alone_tells_nothing() -> None:
    assert {reach_of([deed.format(nothing)], about="nothing works since noon") for deed, nothing in product(DEEDS, NOTHING)} == {
        ("unknown", "")
    }
    assert reach_of([]) == ("unknown", "")
