"""How often the right earlier ticket is found: made-up years of a shop in which the same faults come back in other words.

    python -m benchmarks.recurrences [--tickets 2000] [--faults 150] [--seed 1] [--unworded]

Each fault has its own cause and fix, a symptom, and sometimes a code or a device. It comes back three times, worded anew, among
tickets of which nobody has a second. For each last occurrence the memory is asked as it is for a handoff. Printed: how
often an earlier one of the same fault is among the first three, how often what convinces (and so is shown in a brief)
holds the right one, and how often a wrong one is shown. `--unworded` gives neither codes nor devices.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from dataclasses import dataclass

from escalation.memory.choose import clauses_of
from escalation.memory.rank import Candidate, Statistics, Terms, rank

THINGS = (
    "Outlook", "the label printer", "the VPN", "OneDrive", "the ERP", "Teams", "the scanner", "the dock",
    "the phone", "the backup job", "Wi-Fi", "the shared mailbox", "the NAS", "the print server", "Citrix",
    "the time clock", "the web shop", "the archive", "QuickBooks", "the terminal server", "the intranet",
    "SharePoint", "the plotter", "the camera server", "the lift phone", "AutoCAD", "the till",
)  # fmt: skip
SYMPTOMS = (
    ("crashes on start", "closes itself right after opening", "will not stay open"),
    ("asks for a password again and again", "keeps prompting for credentials", "wants the password every few minutes"),
    ("is very slow", "takes forever", "has become sluggish"),
    ("shows a blank page", "stays white", "opens empty"),
    ("drops the connection", "disconnects by itself", "loses its session"),
    ("cannot be found on the network", "is unreachable", "does not answer any more"),
    ("prints twice", "gives every page double", "repeats each job"),
    ("does not sync", "has stopped syncing", "shows old data"),
    ("has no sound", "is silent", "one cannot hear anything"),
    ("says access denied", "refuses access", "does not let them in"),
    ("freezes", "hangs", "locks up for minutes"),
    ("sends nothing", "gets stuck sending", "keeps everything in the outbox"),
)
WHEN = (
    "after lunch", "since Monday", "every morning", "since the holidays", "when two people use it",
    "in the branch office only", "after the update", "over VPN only", "at month end", "after a reboot",
    "for new starters", "on the second floor",
)  # fmt: skip
EVERYDAY = (
    "Please call back, it is urgent.", "User is getting impatient.", "It worked before.",
    "Nothing was changed as far as they know.", "Brightwater Service Desk, ticket opened by phone.",
    "They have rebooted already.", "Only some users have it.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    thing: str
    symptom: int
    when: str
    code: str | None
    device: str | None
    fix: str


def fault(chance: random.Random, *, worded: bool) -> Fault:
    coded, named = (worded and chance.random() < share for share in (0.35, 0.4))
    return Fault(
        chance.choice(THINGS), chance.randrange(len(SYMPTOMS)), chance.choice(WHEN),
        f"0x{chance.randrange(0x80000000, 0x8FFFFFFF):08X}" if coded else None,
        f"{chance.choice(('SRV', 'PC', 'FW', 'SW'))}-{chance.randrange(1000):03}" if named else None,
        f"cause {chance.randrange(10**6)} removed, {chance.choice(('service', 'setting', 'driver', 'certificate'))} renewed",
    )  # fmt: skip


def ticket(it: Fault, chance: random.Random) -> tuple[str, str]:
    """Return summary and problem of one occurrence, worded anew; a code or device is left out one time in five."""
    symptom = chance.choice(SYMPTOMS[it.symptom])
    told = [f"{it.thing} {symptom} {it.when if chance.random() < 0.6 else ''}.", chance.choice(EVERYDAY), chance.choice(EVERYDAY)]
    if it.code and chance.random() < 0.8:
        told.append(f"Error {it.code} is shown." if chance.random() < 0.5 else f"It says {it.code}.")
    told += [f"Seen on {it.device}."] if it.device and chance.random() < 0.8 else []
    chance.shuffle(told)
    return f"{it.thing.removeprefix('the ')} {chance.choice(SYMPTOMS[it.symptom])}", " ".join(told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, default=2000, help="of faults that never come back (default: %(default)s)")
    parser.add_argument("--faults", type=int, default=150, help="that come back three times (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--unworded", action="store_true", help="without error codes and device names")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    made: list[tuple[Fault, Terms]] = []
    asked: list[tuple[Fault, Terms]] = []
    for number in range(options.tickets + options.faults):
        it = fault(chance, worded=not options.unworded)
        times = 3 if number < options.faults else 1
        for time in range(times):
            summary, problem = ticket(it, chance)
            terms = Terms.of(summary, problem, it.fix)
            if time == 2:
                asked.append((it, Terms(terms.summary, terms.problem)))
            else:
                made.append((it, terms))
    chance.shuffle(made)
    holding = Counter(t for _, terms in made for t in {w for words in terms.fields for w in words})
    statistics = Statistics(len(made), holding)
    words = [{w for field in terms.fields for w in field} for _, terms in made]
    first = shown = right = wrong = silent = 0
    for it, query in asked:
        clauses = clauses_of(query, statistics)
        candidates = [Candidate(n, made[n][1]) for n, held in enumerate(words) if any(held.issuperset(c) for c in clauses)]
        matches = rank(query, candidates, statistics)
        first += any(made[m.id][0] is it for m in matches[:3])
        given = [m for m in matches[:20] if m.convincing][:3]
        shown += len(given)
        right += any(made[m.id][0] is it for m in given)
        wrong += sum(made[m.id][0] is not it for m in given)
        silent += not given
    count = len(asked)
    print(f"{len(made)} tickets remembered, {count} come back")
    print(f"right one among the first three: {first} of {count} ({first / count:.0%})")
    print(f"shown in the brief, right one among them: {right} of {count} ({right / count:.0%}); nothing shown: {silent}")
    print(f"shown in all: {shown}, of another fault: {wrong} ({wrong / max(1, shown):.0%})")


if __name__ == "__main__":
    main()
