"""Thirty tickets that came to an end, each with what its note must hold and what it must not.

The kinds: where the fix is told (resolution note, internal note, time entry, nowhere), how a cause is named (under a label, in
so many words, as a reason, as a mere suspicion, not at all), what was tried before, what was changed and taken back or is
changed yet, time charged with hours or by its ends or not at all. The first fifteen were there while the rules were written;
the last fifteen were written first and read by the rules afterwards.
"""

# ruff: noqa: E501 - a case is easier to read in one piece

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from escalation.evidence import Evidence, Note, Person, TimeEntry
from escalation.resolution.note import Course
from tests.unit.escalation.tickets import DANA, MIA, START, at, ticket

MARIA = Person("Maria Svensson", "engineer", "msvensson")
ESCALATED, CLAIMED = 60, 64


@dataclass(frozen=True, slots=True)
class Ending:
    """What was written, in order, and what is in it. Of junior and senior each text is a note of its own."""

    problem: str
    junior: tuple[str, ...]
    senior: tuple[str, ...] = ()
    resolution: str = ""
    entry: tuple[str, float | None] | None = None
    """A time entry's text and hours; without hours, its ends say three quarters of an hour."""
    cause: str = ""
    """A stretch that the cause holds; empty: none may be stated."""
    fix: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    back: str = ""
    left: str = ""
    never: tuple[str, ...] = ()
    """Stretches that stand in the ticket and are neither cause nor fix."""


SEEN = (
    Ending("Outlook asks for the password again and again on PC-14.",
           ("Cleared the credential manager on PC-14, prompt came back.", "Recreated the Outlook profile, no change."),
           resolution="Root cause: modern authentication was disabled for the tenant by a policy. Enabled modern authentication for the "
           "tenant and signed Mia in again. Mia confirmed that it works.",
           cause="modern authentication was disabled", fix=("Enabled modern authentication",), tried=("Recreated the Outlook profile",)),
    Ending("The VPN to the branch drops every 8 hours.",
           ("Rebooted FW-EAST, worked for 8 hours, then dropped again.", "Rang the ISP, no faults on the line."),
           ("The drops were caused by phase 2 lifetimes that did not match. Set the lifetime to 28800 on both ends, tunnel is stable since.",),
           cause="caused by phase 2 lifetimes", fix=("Set the lifetime to 28800",), tried=("Rebooted FW-EAST",)),
    Ending("Nobody can print on the second floor.",
           ("Restarted the print spooler on SRV-PRT, no change.", "Disabled the firewall on SRV-PRT for a test, same."),
           ("Re-enabled the firewall on SRV-PRT.",),
           "The printer had a duplicate IP address. Assigned 10.20.0.31 to the printer and renewed the port on SRV-PRT.",
           ("On site with the printers", 1.25), fix=("Assigned 10.20.0.31",), tried=("Restarted the print spooler",), back="Re-enabled the firewall"),
    Ending("Scans to e-mail fail from the copier.",
           ("Tested SMTP from PC-2 on port 587, works there.",),
           ("It turned out that the copier only speaks TLS 1.0. Updated the firmware of the copier to 4.1.7, scanning works again.",),
           cause="only speaks TLS 1.0", fix=("Updated the firmware of the copier",), tried=("Tested SMTP from PC-2",)),
    Ending("The accounting program closes by itself.",
           ("Reinstalled the program on PC-7, still closes.",),
           ("Maybe the antivirus is to blame.", "Replaced the network cable of PC-7, no crash since. Fixed."),
           fix=("Replaced the network cable",), tried=("Reinstalled the program",), never=("Maybe the antivirus",)),
    Ending("Shared calendar does not update.", ("Removed and re-added the calendar, no luck.",), resolution="Fixed, user happy.",
           fix=("Fixed, user happy",), tried=("Removed and re-added the calendar",)),
    Ending("Slow file access on SRV-FS.",
           ("Ran a speed test from PC-3, fine.", "Excluded D:\\Data from the antivirus scan on SRV-FS, no difference."),
           ("Slow because of a failing disk in the RAID set. Replaced disk 3 and the rebuild finished, speed is back to normal.",),
           entry=("Replaced the disk and watched the rebuild", None), fix=("Replaced disk 3",), tried=("Ran a speed test",),
           left="Excluded D:\\Data from the antivirus scan"),
    Ending("Phones show no line since this morning.",
           ("Power cycled the phone at the front desk, no change.",),
           ("Culprit: VLAN 20 was missing on the trunk of SW-3. Added VLAN 20 to the trunk and all phones registered.",),
           cause="VLAN 20 was missing", fix=("Added VLAN 20 to the trunk",), tried=("Power cycled the phone",)),
    Ending("Remote desktop to SRV-APP is refused.",
           ("Restarted SRV-APP, same error.",), resolution="Due to expired licences the host refused sessions. Installed 10 new RDS licences.",
           cause="Due to expired licences", fix=("Installed 10 new RDS licences",), tried=("Restarted SRV-APP",)),
    Ending("Backups fail since Tuesday.", ("Started the backup job by hand, failed with the same error.",),
           entry=("Deleted old restore points and ran the job again, completed without errors. The cause was a full repository.", 0.5),
           cause="a full repository", fix=("Deleted old restore points",), tried=("Started the backup job",)),
    Ending("Teams calls have no sound.", ("Updated the audio driver on LT-22, no sound.", "Reset the Teams cache, didn't help."),
           ("Asked Mia to try another headset, works with it.",), tried=("Updated the audio driver", "Reset the Teams cache")),
    Ending("A user cannot sign in after lunch.", ("Checked the account in AD, not locked.",),
           resolution="- Clock of LT-40 was 9 minutes behind\n- Set the time source to the domain and restarted the time service",
           fix=("Set the time source",), tried=("Checked the account",)),
    Ending("Web shop of the customer shows a certificate warning.", ("Cleared the browser cache, warning stays.",),
           ("Renewed the certificate and bound it to port 443. The warning is gone.",), entry=("Certificate", 0.25),
           fix=("Renewed the certificate",), tried=("Cleared the browser cache",)),
    Ending("Wi-Fi is slow in the meeting room.",
           ("Moved the laptop next to AP-07, no change.", "Could be caused by the microwave."),
           ("Set AP-07 to channel 44, 300 Mbit/s now.",), fix=("Set AP-07 to channel 44",), tried=("Moved the laptop",),
           never=("Could be caused by the microwave",)),
    Ending("Nobody knows what this ticket is about.", ("Called the user, no answer.",)),
)  # fmt: skip

UNSEEN = (
    Ending("PDF files open in the wrong program.", ("Changed the default app on PC-9, it reverted after a reboot.",),
           ("The issue was a group policy that set the association at each logon. Removed the setting from the policy, stays correct now.",),
           cause="group policy that set the association", fix=("Removed the setting from the policy",), tried=("Changed the default app",)),
    Ending("Line of business app cannot reach its database.",
           ("Opened port 1433 on FW-EAST for the test, same error.", "Restarted the SQL service, no change."),
           ("Traced it to a wrong host name in the connection string. Corrected the connection string on SRV-APP and it connects.",
            "Closed port 1433 on FW-EAST again."),
           cause="wrong host name in the connection string", fix=("Corrected the connection string",),
           tried=("Restarted the SQL service",), back="Closed port 1433"),
    Ending("Laptop does not wake from sleep.", ("Updated the BIOS to 1.21, still the same.",),
           resolution="Disabled fast start-up and reinstalled the chipset driver. Laptop wakes every time now.",
           fix=("Disabled fast start-up",), tried=("Updated the BIOS",), never=("cause",)),
    Ending("Mail to one partner bounces.", ("Sent a test mail to the partner, bounced with 550 5.7.1.",),
           ("Our SPF record was to blame, it lacked the new relay. Added the relay to the SPF record and the test mail arrived.",),
           cause="SPF record was to blame", fix=("Added the relay",), tried=("Sent a test mail",)),
    Ending("Till 2 prints receipts twice.", ("Swapped the USB cable of the till, still twice.",),
           ("I suspect the driver.", "Deleted the second printer object and tested ten receipts, all single. Solved."),
           fix=("Deleted the second printer object",), tried=("Swapped the USB cable",), never=("I suspect the driver",)),
    Ending("Server room is too warm.", ("Looked at the thermostat, set to 21.",), resolution="Cause: blocked filter of the unit. "
           "Cleaned the filter and reset the unit.", entry=("On site", 2.0), cause="blocked filter", fix=("Cleaned the filter",),
           tried=("Looked at the thermostat",)),
    Ending("Users lose drive mappings.", ("Ran gpupdate on PC-31, mapping came back for an hour, then gone.",),
           ("The mapping failed due to a DNS record that pointed to the old server. Corrected the record for FS01, mappings stay.",),
           cause="DNS record that pointed to the old server", fix=("Corrected the record",), tried=("Ran gpupdate",)),
    Ending("One drive shows sync errors.", ("Unlinked the PC and linked it again, same errors.",),
           ("Renamed 14 files with forbidden characters, sync completed.",), fix=("Renamed 14 files",), tried=("Unlinked the PC",)),
    Ending("The door system does not open at 8.", ("Restarted the controller, no change.", "Turned off the antivirus on SRV-DOOR to see if it helps, no."),
           ("The reason was the time zone of the controller after its update. Set the time zone to London, doors opened at 8 today.",
            "Turned the antivirus on SRV-DOOR back on."),
           cause="time zone of the controller", fix=("Set the time zone",), tried=("Restarted the controller",), back="back on"),
    Ending("Screen of the reception flickers.", ("tried another cable, same flicker",), resolution="Replaced the dock. Tested for an hour, fine.",
           entry=("Replaced the dock", 0.75), fix=("Replaced the dock",), tried=("tried another cable",)),
    Ending("Cannot join PC-51 to the domain.", ("Checked DNS on PC-51, points to the DC.",),
           ("Stale computer account was the culprit. Deleted the stale account and joined PC-51, works.",),
           cause="Stale computer account was the culprit", fix=("Deleted the stale account",), tried=("Checked DNS",)),
    Ending("Website is unreachable from the office only.", ("Flushed DNS on PC-2, still unreachable.",),
           ("Not caused by DNS, so looking at the proxy next.", "Added the site to the proxy's bypass list, it loads now."),
           fix=("Added the site to the proxy",), tried=("Flushed DNS",), never=("Not caused by DNS",)),
    Ending("Monitoring reports SRV-BK offline.", ("Pinged SRV-BK, replies.",), resolution="Agent had crashed since the disk was full. "
           "Freed 40 GB and restarted the agent.", cause="since the disk was full", fix=("Freed 40 GB",), tried=("Pinged SRV-BK",)),
    Ending("Excel add-in is missing.", ("Repaired Office, add-in still missing.",),
           ("Add-in was blocked by policy. Whitelisted the publisher and the add-in loads.", "Left macro logging enabled on PC-8."),
           fix=("Whitelisted the publisher",), tried=("Repaired Office",), left="Left macro logging enabled"),
    Ending("Nothing is written here.", ()),
)  # fmt: skip


def course() -> Course:
    return Course(at(ESCALATED), "Dana Reyes", at(CLAIMED), "Maria Svensson", at(CLAIMED + 6), at(200))


def evidence_of(ending: Ending) -> Evidence:
    """Return the ticket as it was read once it was closed."""
    notes = [Note(100, f"Hello,\n{ending.problem}\n\nRegards,\nMia", MIA, START, "discussion", is_description=True)]
    for place, text in enumerate(ending.junior):
        notes.append(Note(110 + place, text, DANA, at(10 + 10 * place), "internal"))
    for place, text in enumerate(ending.senior):
        notes.append(Note(150 + place, text, MARIA, at(CLAIMED + 6 + 20 * place), "internal"))
    if ending.resolution:
        notes.append(Note(190, ending.resolution, MARIA, at(180), "resolution"))
    entries = ()
    if ending.entry:
        text, hours = ending.entry
        begun = at(CLAIMED + 10)
        entries = (TimeEntry(300, text, MARIA, begun, begun + timedelta(minutes=45), at(190), hours),)
    return Evidence(ticket=ticket(ending.problem), read_at=at(210), notes=tuple(notes), time_entries=entries)
