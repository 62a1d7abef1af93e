"""Choose what a senior does first: one thing, with the reason and where it stands, unless there is truly nothing.

From the most specific to the most general, the first that the ticket gives and nobody has done yet:

1. a lead that somebody wrote and nobody followed, or the newest output that names a fault;
2. what solved a ticket like this one here before;
3. what changed shortly before it began;
4. what a step found, and nobody went on from;
5. what every senior looks at first for such a symptom, unless somebody did (`first_checks.py`);
6. what helped for a while, or the newest error as it is recorded;
7. the last word of whoever works on it: where it stands says more than a question that fits any ticket;
8. where there is none, the first of the domain's questions that nobody has answered, as a check;
9. what was left changed on the way: put it back and test again.
"""

# ruff: noqa: E501 - a check is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from escalation.package.contents import Package, Quote, Start
from escalation.package.first_checks import FIRST_CHECKS
from escalation.package.records import Record, flat
from escalation.reading.passages import NOT_STAFF
from escalation.reading.pasted import troubled

LEAD, POINTER = "suggested, and not followed yet", "the newest output that names a fault"
_LEADS = (LEAD, POINTER)
SAME = 75
"""How alike, of 100, two wordings are that mean one deed."""

CHECKS: dict[str, str] = {
    "when it began": "find out to the hour when it began",
    "who else is affected": "find out who else is affected: one person, one site or everybody",
    "what changed before it began": "find out what changed shortly before it began",
    "the exact error text": "get the error word for word",
    "whether it ever worked": "find out whether this ever worked, and when last",
    "whether webmail works": "open the same mailbox in webmail",
    "bounce text or message trace": "run a message trace and read the bounce",
    "one sender and recipient with the time": "take one example with sender, recipient and time, and trace it",
    "whether another device or profile shows it": "try the mailbox on another device or in a new profile",
    "whether the account works on another computer": "sign in with the same account on another computer",
    "what the sign-in or security log says": "read the sign-in log, or the domain controller's security log, at the time of the fault",
    "which domain controller answers": "see which domain controller answers, and whether they replicate",
    "whether password, MFA or group changed lately": "see whether password, MFA method or groups changed lately",
    "firewall log": "read the firewall's log at the time of the fault",
    "whether other sites are affected": "see whether another site has it too",
    "whether cable and Wi-Fi both fail": "try the same by cable and by Wi-Fi",
    "how far a ping gets": "see how far a ping gets: gateway, first hop, internet",
    "which DNS server the clients use": "see which DNS server the client uses",
    "whether the address alone works": "try it by IP address",
    "what another DNS server answers": "ask another DNS server the same with nslookup",
    "state of scope and leases": "look at the scope: how full it is, and whether a second DHCP server answers",
    "whether it prints from another computer": "print from another computer",
    "driver version and connection (USB, IP, print server)": "see how the printer is connected and with which driver",
    "what the printer itself shows": "look at the printer's own panel and let it print its test page",
    "whether every program or only one fails": "print from another program",
    "whether another profile or computer shows it": "try it with another user profile on the same computer",
    "event log": "read the event log at the time of the fault",
    "which updates or drivers came last": "see which update or driver was installed last",
    "model and Windows version": "note the model and the Windows version, and look for known faults of that pair",
    "host and datastore health": "look at the host and its datastore",
    "open snapshots": "look for open snapshots",
    "whether other guests on the host are affected": "see whether other guests on the same host have it too",
    "what the task or host log says": "read the task's and the host's log at the time of the fault",
    "last good backup": "find the last good backup before anything is changed",
    "disk health": "read the disks' health from SMART or the controller",
    "free space on source and target": "see how much space is free on source and target",
    "exact job message": "read the job's own log to its first error",
    "server-side log": "read the log on the server at the time of the fault",
    "application version": "note the version, and what its maker says is known of it",
    "whether it fails on the server itself": "try the same on the server itself",
    "what was deployed or changed last": "find out what was deployed or changed last, and by whom",
    "whether the device is isolated": "isolate the device, if nobody has",
    "whether credentials were reset": "reset the passwords and end the sessions, if nobody has",
    "what was opened or entered, and when": "find out what was opened or entered, and when",
    "whether others got the same": "see who else received or opened it",
    "whether incoming, outgoing or both fail": "make one call in and one call out",
    "whether the phones are registered": "see whether phones and trunk are registered",
    "one call with number and time": "take one call with numbers and time, and look it up in the trace",
    "what the carrier says": "ask the carrier what they see",
    "whether it fails inside the network too": "try it from inside the network",
    "whether other users can connect": "try the same host with another user",
    "exact disconnect message": "get the client's message word for word when it ends",
    "whether host or gateway was patched or moved": "see whether host, gateway or certificate was changed lately",
    "share and file permissions": "compare the share's and the folder's permissions with one that works",
    "whether the path works by address": "open the share by IP address and by full name",
    "who has the file open": "see on the server who has the file open",
    "one path with user and time": "take one path with user and time, and follow it on the server",
    "last patch or reboot": "see when it was last patched and rebooted",
    "free space, memory and load": "look at free space, memory and load",
    "whether a backup or snapshot exists to go back to": "see whether there is a backup from before it began",
    "service health": "look at the provider's service health",
    "correlation or request id": "take the correlation id with its time, and look it up",
    "which tenant, subscription and role": "see in which tenant, and with which role, it was done",
    "what the activity or audit log shows": "read the activity or audit log from before it began",
}
"""What to do about each thing that is not recorded, by its name there (`escalation/reading/missing.py`)."""

GENERAL = frozenset({"when it began", "who else is affected", "what changed before it began", "whether it ever worked"})
"""What fits any ticket is worth less than what the domain's senior would look at."""

_CHANGED = re.compile(
    r"\b(?:(?:ever )?since|after|following|right after|shortly after|began with|started with|the day (?:after|of))\s+(?:(?:the|an?|we|they|i|it|our|their|his|her|last (?:week|night|month)'?s?|\w+day'?s?)\s+){0,2}"
    r"(?:[\w.'-]+\s+){0,4}?(?:updat\w*|upgrad\w*|migrat\w*|mov(?:e|ed|ing)|replac\w+|swap\w*|install\w*|patch\w*|renew\w*|chang\w+|power (?:cut|outage|failure)|cutover|rebuil\w+|new [\w-]+)\b[^.;\n]{0,80}"
    r"|\b(?:was|were|got|been|we|they|i|isp|vendor|carrier)\s+(?:just |recently |only )?(?:upgraded|updated|migrated|moved|replaced|swapped|patched|renewed|rebuilt|re-?imaged)\b[^.;\n]{0,80}\b(?:yesterday|today|last (?:week|night|month|\w+day)|this (?:week|morning)|on \w+day|over the weekend|overnight|days? ago|weeks? ago)\b"
    r"|\bnew (?:firewall|router|switch|isp|line|server|laptop|pc|phone|printer|access points?|tenant|domain controller|certificate|password|nas|driver|docks?|docking station)\b[^.;\n]{0,60}\b(?:yesterday|today|last (?:week|night|month|\w+day)|this (?:week|morning)|on \w+day|over the weekend|days? ago|weeks? ago|since)\b",
    re.IGNORECASE,
)
_OURS = re.compile(r"\b(?:i|we) (?:rebooted|restarted|reset|reinstalled|re-installed|updated|changed|replaced)\b", re.IGNORECASE)


def choose(package: Package, records: Sequence[Record], lead: Quote | None) -> Start | None:
    """Return where to start; `lead` is what nobody followed. None only for a ticket that says nothing at all."""
    if lead is not None and not _done(lead.text, package):
        pointer = lead.text.startswith("look into ")
        reason = POINTER if pointer else LEAD
        return Start(lead.text, lead.evidence, lead.source, reason)
    return (
        _suggested(package, records)
        or _nothing_said(package, records)
        or _changed(package, records)
        or _finding(package)
        or _symptom(package, records)
        or _relief(package)
        or _error(package)
        or _last_word(package, records)
        or _question(package)
        or _left_behind(package)
    )


def from_memory(package: Package) -> Start | None:
    """Return what solved a ticket like this one, unless somebody's lead comes first or it failed here already."""
    given = package.start_here
    if given is not None and given.reason in _LEADS:
        return given
    for solved in package.solved:
        if not _done(solved.fix, package):
            short = solved.fix if len(solved.fix) <= 130 else solved.fix[:130].rsplit(" ", 1)[0] + " …"
            return Start(f'try what solved ticket {solved.id}: "{short}"', solved.fix, solved.source, solved.why)
    return given


_SUGGESTED = re.compile(
    r"\b(?:(?:maybe|perhaps|probably|someone|somebody|next|i think|i guess|might be|could be)\b[\w ,]{0,30}?\b)?(?:we|i|you|someone|somebody|they)? ?(?:should|could|ought to|needs? to|might want to|have to|would)"
    r" (?:also |still |probably |maybe |really )?(?:check|look|compare|test|try|see|ask|verify|find out|trace|capture|confirm|read|inspect|measure)\b[^.;\n]{8,160}",
    re.IGNORECASE,
)


def _suggested(package: Package, records: Sequence[Record]) -> Start | None:
    """Return the newest thing that one of the staff says should be looked at, in a text that a lead was not told from."""
    for record in reversed(records):
        if record.source.id == "d" or record.source.role in NOT_STAFF:
            continue
        for stretch in reversed(record.spoken):
            found = _SUGGESTED.search(stretch.text)
            if found and "?" not in stretch.text and not _done(found.group(), package):
                begin, end = stretch.start + found.start(), stretch.start + found.end()
                text = flat(record.text[begin:end]).rstrip(" .,;:")
                return Start(text, record.plain.quote(begin, end), record.source.id, LEAD)
    return None


def _nothing_said(package: Package, records: Sequence[Record]) -> Start | None:
    """Where a ticket says next to nothing, the fault itself is what is missing."""
    said = sum(len(r.passage.own.split()) for r in records)
    if package.problem is None or package.steps_attempted or package.error_codes or package.evidence_blocks or said > 12:
        return None
    rests = package.problem
    return Start("call back and get the fault word for word, with one example", rests.evidence, rests.source, "the ticket does not say what is wrong")


def _done(text: str, package: Package) -> bool:
    """Whether a dead end says the same."""
    ends = [package.steps_attempted[i].text.lower() for i in package.dead_ends_flagged]
    return any(fuzz.token_set_ratio(text.lower(), end) >= SAME for end in ends)


_FOUND = re.compile(
    r"\b(?:shows?|says?|said|denied|warnings?|errors?|bad|mismatch|growing|grows|expired|missing|unsigned|disabled|blocked|wrong|off by|\d+ ?% full|is full|"
    r"refers? to|points? (?:to|at)|instead of|not by name|by ip|events? \d+|\d{2} ?%|\d+ ms|last success|saturated|duplicate)\b|0x[0-9a-f]{4,}|\(\d{4,}\)",
    re.IGNORECASE,
)
_FOR_A_WHILE = re.compile(
    r"\b(?:for (?:an?|\d+|two|three|a few|some|about) (?:\w+ )?(?:minutes?|hours?|days?|while|time)|once|until|better|then|again|back)\b", re.IGNORECASE
)


_FINE = re.compile(r"\b(?:is|are|was|were)(?:n['’]t| not)\b|\bno (?:errors?|warnings?|issues?)\b|\?", re.IGNORECASE)


def _finding(package: Package) -> Start | None:
    """Return the newest step that found something, unless much was done after it."""
    steps = package.steps_attempted
    for index in range(len(steps) - 1, max(-1, len(steps) - 4), -1):
        step = steps[index]
        if step.outcome == "partial" and _FOUND.search(step.text) and not (_FOR_A_WHILE.search(step.text) or _FINE.search(step.text)):
            return Start(f'follow up what was found: "{step.text}"', step.evidence, step.source, "a finding that nobody went on from")
    return None


def _relief(package: Package) -> Start | None:
    for step in reversed(package.steps_attempted):
        if step.outcome == "partial" and _FOR_A_WHILE.search(step.text):
            return Start(f'find out what this clears away: "{step.text}"', step.evidence, step.source, "it helped for a while")
    return None


def _error(package: Package) -> Start | None:
    for block in reversed(package.evidence_blocks):
        for row in block.evidence.splitlines():
            if troubled(row) and 8 <= len(row.strip()) <= 200 and not _done(row, package):
                return Start(f'look into "{flat(row)}"', row, block.source, "the newest error that is recorded")
    for code in reversed(package.error_codes):
        return Start(f'look into "{flat(code.text)}"', code.evidence, code.source, "the newest error that is recorded")
    return None


def _symptom(package: Package, records: Sequence[Record]) -> Start | None:
    """Return the first check of a well-known symptom that the summary, the problem or the newest texts name."""
    told = _SUGGESTED.sub(" ", "\n".join(r.text for r in records))
    places = [("s", package.summary), *((r.source.id, r.text[:2000]) for r in records[:1])]
    places += [(q.source, q.evidence) for q in (*package.error_codes, *package.evidence_blocks)]
    ranked = [
        (number, place, found)
        for number, each in enumerate(FIRST_CHECKS)
        if not each.domains or package.domain in each.domains
        for place in places
        if (found := each.symptom.search(place[1])) and not each.done.search(told)
    ]
    for number, (source, text), found in ranked:
        check = FIRST_CHECKS[number].check
        if _done(check, package):
            continue
        evidence = found.group()
        record = next((r for r in records if r.source.id == source), None)
        if record is not None and record.text.startswith(text):
            evidence = record.plain.quote(found.start(), found.end())
        return Start(check, evidence, source, f'what is looked at first for "{flat(found.group())}"')
    return None


def _changed(package: Package, records: Sequence[Record]) -> Start | None:
    for record in records:
        if record.source.id != "d" and record.source.role != "customer":
            continue  # what staff changed, they changed after it began
        for stretch in record.spoken:
            found = _CHANGED.search(stretch.text)
            if found and not _OURS.search(stretch.text) and stretch.text.rstrip()[-1:] != "?":
                begin = stretch.start + found.start()
                said = record.text[begin : stretch.start + found.end()]
                evidence = record.plain.quote(begin, stretch.start + found.end())
                told = f'"{flat(said).rstrip(" .,;:")}"'
                usual = _symptom(package, records)
                text = f"start from what changed, {told}: {usual.text if usual else 'compare with before, or undo it for a test'}"
                return Start(text, evidence, record.source.id, "what changed last before it began")
    return None


def _last_word(package: Package, records: Sequence[Record]) -> Start | None:
    """Return the last sentence of the staff's newest notes that is no question, no dead end and no courtesy."""
    ends = [package.steps_attempted[i].evidence for i in package.dead_ends_flagged]
    for record in reversed(records[-3:]):
        if record.source.id == "d" or record.source.role in NOT_STAFF:  # nobody outside says where a senior starts
            continue
        for stretch in reversed(record.spoken):
            words = stretch.text.split()
            if len(words) < 4 or stretch.text.rstrip().endswith("?") or _COURTESY.search(stretch.text) or _done(stretch.text, package):
                continue
            quote = record.plain.quote(stretch.start, stretch.end)
            if any(quote in end or end in quote for end in ends):
                continue
            said = flat(stretch.text).rstrip(" .,;:")
            told = said if len(said) <= 160 else said[:160].rsplit(" ", 1)[0] + " …"
            return Start(f'go on from "{told}"', quote, record.source.id, "the last word on it")
    return None


_COURTESY = re.compile(r"\b(?:thanks|thank you|thx|cheers|regards|kind regards|sorry|hope (?:this|that)|let me know|please|good (?:morning|afternoon)|happy to)\b", re.IGNORECASE)


def _question(package: Package) -> Start | None:
    if not package.not_recorded or package.problem is None:
        return None
    ranked = sorted(package.not_recorded, key=lambda gap: gap.text in GENERAL)
    for gap in ranked:
        check = CHECKS.get(gap.text, gap.question)
        if not _done(check, package):
            rests = package.problem
            return Start(check, rests.evidence, rests.source, "nobody has recorded it")
    return None


def _left_behind(package: Package) -> Start | None:
    for change in package.state_left_behind[:1]:
        text = f'put back and test again: "{change.text}"'
        return Start(text, change.evidence, change.source, "changed on the way and still so")
    return None
