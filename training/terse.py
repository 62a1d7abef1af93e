"""Short work notes of our own making, for the ways of saying a result that forums seldom use: "Swapped the PSU, boots again."

Deeds, results and forms are put together from a fixed seed. They count for little beside labelled tickets.
"""

# ruff: noqa: E501 - a table of names is easier to read in long rows

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from training.tickets import Labelled, Span

TICKETS = 90
_DEEDS = (
    "Swapped the PSU", "Reseated the RAM", "Rolled back the display driver", "Recreated the VPN profile", "Removed the old credentials from the vault", "Re-added the mailbox",
    "Power cycled the access point", "Moved the phone to another port", "Renewed the lease", "Re-joined the PC to the domain", "Ran sfc", "Ran the vendor's repair tool", "Cleared the browser cache",
    "Deleted the temp profile", "Changed the DNS server on the NIC", "Set the duplex to auto", "Disabled the add-ins", "Re-ran the sync", "Stopped the backup job", "Upgraded the firmware on the switch",
    "Reset the user's MFA", "Unlocked the account", "Repaired the Office install", "Replaced the toner", "Tried another cable", "Tested with a second headset", "Rang the carrier", "Restarted the print server",
    "Freed 20 GB on C:", "Restored the file from last night's backup", "Opened port 8443 on the firewall", "Excluded the folder in the antivirus", "Re-imaged the laptop", "Checked the event log", "Checked the disk with the vendor tool",
    "Compared the config with the other site", "Pinged the gateway", "Looked at the mail queue",
)  # fmt: skip
_RESULTS = {
    "worked": ("works now", "working again", "fixed", "all good since", "it prints again", "user is in", "boots again", "that did it", "problem gone", "mail flows again", "she can log in now", "resolved", "connects fine now", "call quality fine now", "back up"),
    "no_change": ("no change", "same as before", "made no difference", "still slow", "still drops", "no luck", "didn't help", "still the same error", "nothing unusual", "clean", "no errors", "looks fine", "issue remains", "same again"),
    "failed": ("fails with the same message", "would not start", "access denied", "errors out", "could not finish", "times out", "no reply", "refused"),
    "partial": ("better but not gone", "worked for an hour, then back", "half of them connect now", "found three bad sectors", "it is at 98%", "shows a mismatch", "two of five work", "OK until the next reboot"),
}  # fmt: skip
_PROBLEMS = ("Printer on the second floor is down.", "User reports that she cannot connect.", "PC freezes several times a day.", "Calls drop after a minute.", "Share not reachable since this morning.", "Mail is delayed.",
    "His monitor shows no signal.", "The docking station makes a clicking noise.", "Accounts' scanner jams on every second page.", "Our phones have no dial tone.", "Her desktop keeps asking for a password.", "The tills at the back run slow.",
    "My mouse has stopped moving.", "Their tablets lose the wireless.", "The lift's controller displays an alarm.", "Payroll opens with an empty screen.", "One laptop beeps at start.", "The projector goes dark after ten minutes.",
)
_FORMS = ("{deed}, {result}.", "{deed} - {result}", "- {deed}: {result}", "{deed}. {Result}.", "{deed}; {result}.", "* {deed} -> {result}")
_BARE = ("- {deed}", "{deed}.", "* {deed}")


def terse() -> Iterator[Labelled]:
    """Return the notes as labelled tickets, the same each time."""
    draw = random.Random(24)
    for number in range(TICKETS):
        steps: list[Span] = []
        notes: list[dict[str, Any]] = []
        for place in range(draw.randint(1, 2)):
            text = ""
            form, plain = draw.choice(_FORMS), draw.choice(_BARE)
            for _ in range(draw.randint(2, 4)):
                deed = draw.choice(_DEEDS)
                outcome = draw.choices(("worked", "no_change", "failed", "partial", "unknown"), (3, 5, 1, 2, 2))[0]
                result = "" if outcome == "unknown" else draw.choice(_RESULTS[outcome])
                said = (form if result else plain).format(deed=deed, result=result, Result=result[:1].upper() + result[1:])
                start = len(text) + (2 if said[:2] in ("- ", "* ") else 0)
                text += said + "\n"
                steps.append(Span(place, start, len(text) - 1, outcome, "tech"))
            notes.append({"author": "tech", "role": "tech", "kind": "internal", "created": f"2026-03-{2 + place:02d}T09:00:00Z", "text": text.rstrip("\n")})
        record = {"id": f"terse-{number}", "ticket": {"summary": "terse", "initial_description": draw.choice(_PROBLEMS), "notes": notes}}
        yield Labelled(f"terse-{number}", "terse", record, tuple(steps), (), (), frozenset(), frozenset(), ())
