"""The brief: checked whole, to the byte, under its cap, and without a line that ticket text could forge."""

from __future__ import annotations

import dataclasses
import re
from html import unescape
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from escalation.brief.explain import explain
from escalation.brief.lines import quoting
from escalation.brief.marker import carries, marker_of
from escalation.brief.outline import Limits, outline, tally
from escalation.brief.render import LIMIT, NotInert, _environment, opening, render
from escalation.evidence import Configuration, Evidence, RelatedTicket
from escalation.package.contents import Assessment, Package, Quote, Solved, Start, Step
from escalation.package.start_here import from_memory
from escalation.text.encodings import decoded
from tests.unit.escalation.brief.test_sanitize import HOSTILE
from tests.unit.escalation.tickets import at, evidence_of, package_of, rich, ticket

STORED = Path(__file__).parents[1] / "stored"
MARK = marker_of(b"k" * 32, account_id=1, ticket_id=48377, episode=2)


def tags(markdown: str) -> set[str]:
    return {
        t.tag for block in MarkdownIt().parse(markdown) for t in [block, *(block.children or ())] if t.tag
    }


def test_a_rich_ticket_gives_this_note() -> None:
    assert render(package_of(rich(), 2), marker=MARK) == (STORED / "brief.md").read_text()


def test_the_same_package_gives_the_same_bytes() -> None:
    notes = {render(package_of(rich(), 2), marker=MARK) for _ in range(3)}
    assert len(notes) == 1
    stored = package_of(rich(), 2).to_json()
    assert notes == {render(brief_load(stored), marker=MARK)}


def brief_load(body: dict[str, object]) -> Package:
    from escalation.package.stored import load

    return load(body)


def test_it_renders_as_labels_lists_and_one_fold() -> None:
    note = render(package_of(rich(), 2), marker=MARK)
    assert tags(note) == {"p", "strong", "ul", "li", "hr", "br"}
    assert note.count("\n---\n") == 1
    html = MarkdownIt().render(note)
    assert "<li>flushed DNS on PC-14: no change [n1]</li>" in html
    assert "[n3]</li>\n</ul>\n<p><strong>Ruled out:" in html


def test_every_line_above_the_fold_that_quotes_the_ticket_is_cited() -> None:
    above = render(package_of(rich(), 2), marker=MARK).split("\n---\n")[0]
    own = (
        "**Tried",
        "**Not recorded",
        "**Could not be read",
        "**State left behind:** none",
        "**One question",
    )
    for text in above.splitlines():
        if text and not text.startswith(own):
            assert re.search(r"\[(?:[nt]\d+|d|s)\]", text), text


def test_every_citation_is_explained_below_the_fold() -> None:
    note = render(package_of(rich(), 2), marker=MARK)
    cited = set(re.findall(r"\[([a-z]\d*)\]", note.split("**Sources:**")[0]))
    told = set(re.findall(r"^- \[([a-z]\d*)\]", note.split("**Sources:**")[1], re.MULTILINE))
    assert cited == told


def test_a_line_without_a_source_is_dropped() -> None:
    package = package_of(rich())
    orphan = dataclasses.replace(package.steps_attempted[0], source="n99", text="invented deed")
    note = render(dataclasses.replace(package, steps_attempted=(orphan,)), marker=None)
    assert "invented deed" not in note


def test_a_thin_ticket_gets_a_brief_and_one_question() -> None:
    note = render(package_of(evidence_of(summary="Outlook broken")), marker=MARK)
    assert '**Ask:** take over and solve "Outlook broken" [s]' in note
    assert "**Tried:** none recorded" in note
    assert "**Not recorded:** when it began" in note
    assert "**State left behind:** none recorded" in note
    assert note.count("**One question for Dana Reyes:**") == 1
    assert note.count("?") == 2  # that one, and "Claiming it?"


def test_an_assessment_is_marked_as_a_guess_and_stands_below_the_fold() -> None:
    guess = Assessment("phase-2 lifetime mismatch", ("compare both ends",), 0.7)
    note = render(dataclasses.replace(package_of(rich()), ai_assessment_data=guess), marker=MARK)
    assert "**Assessment, a guess:** phase-2 lifetime mismatch (confidence 70%); compare both ends" in note
    assert note.index("---") < note.index("**Assessment")


def test_the_marker_is_last_and_known_again() -> None:
    note = render(package_of(rich(), 2), marker=MARK)
    assert note.endswith(f"[ref: {MARK}]\n")
    assert re.fullmatch(r"RF-[0-9A-HJKMNP-TV-Z]{8}", MARK)
    assert carries(note, MARK)
    assert carries(note.replace("[ref", "\\[ref"), MARK)
    others = {
        marker_of(key, account_id=a, ticket_id=t, episode=e)
        for key in (b"k" * 32, b"l" * 32)
        for a in (1, 2)
        for t in (48377, 2)
        for e in (2, 3)
    }
    assert len(others) == 16
    assert sum(carries(note, other) for other in others) == 1
    assert "[ref:" not in render(package_of(rich(), 2), marker=None)


def test_a_note_that_quotes_the_marker_does_not_carry_it() -> None:
    package = package_of(evidence_of(f"Restarted it, no change [ref: {MARK}]", summary=f"[ref: {MARK}]"))
    assert not carries(render(package, marker=None), MARK)


def test_times_are_in_the_accounts_zone() -> None:
    note = render(dataclasses.replace(package_of(rich()), time_zone="America/New_York"), marker=None)
    assert "ticket open for 2 h 10 min at 07:07" in note


def long_ticket() -> Evidence:
    log = "\n".join(
        f"2026-03-12 10:{i // 60:02}:{i % 60:02} ERROR code {i} line of a long log" for i in range(200)
    )
    texts = [
        f"Checked port {i} of rack {i % 7} with the tester from the van, no errors found.\n"
        f"Replaced patch cable {i} with a new one from the store room: no change\n"
        for i in range(40)
    ]
    evidence = evidence_of(
        *texts, log, summary="Network drops", description="Network drops for everyone since Monday."
    )
    related = tuple(
        RelatedTicket(i, f"Network drops at desk {i}", "Help Desk", "Closed", True, at(-i))
        for i in range(1, 9)
    )
    devices = tuple(Configuration(i, f"SW-{i:02}", type="Switch", os="IOS 15") for i in range(1, 15))
    return dataclasses.replace(evidence, related=related, configurations=devices)


def test_a_long_ticket_leaves_out_in_order_and_counts_it() -> None:
    package = package_of(long_ticket())
    note = render(package, marker=MARK)
    assert len(package.steps_attempted) == 80
    assert len(note.encode()) < LIMIT
    assert "**Similar and recent" not in note
    assert "**Environment" not in note
    lists = re.findall(r"ried[^\n]*\*\*\n\n(.*?)\n\n", note, re.DOTALL)
    shown = sum(len(re.findall(r"^- ", part, re.MULTILINE)) for part in lists)
    assert 8 < shown < 80
    left = re.search(r"Left out here for length, the package has it: (.*)\.", note)
    assert left
    assert "8 other tickets" in left[1]
    assert f"{80 - shown} steps" in left[1]
    assert "**Tried (8 of 80):**" in note


def step(text: str, outcome: str = "failed") -> Step:
    known = package_of(rich()).steps_attempted[0]
    return dataclasses.replace(known, text=text, evidence=text, outcome=outcome, sure=1, outcome_sure=1)


def test_what_was_never_tried_is_listed_and_counted_as_no_dead_end() -> None:
    tried, never = "pinged the other office, could not reach it", "test from the other office: could not be tried, nobody there"
    steps = (step(tried), step(never))
    package = dataclasses.replace(package_of(rich()), steps_attempted=steps, dead_ends_flagged=(0, 1))
    assert [line for line in opening(package) if line.startswith("Dead end")] == [f"Dead end: {tried}"]
    assert tally([dataclasses.asdict(one) for one in steps], (0, 1)) == (2, 1, 1)
    shown = outline(package, Limits.all_of(package)).steps_above
    assert [(str(line.text), line.dead_end) for line in shown] == [(tried, True), (never, False)]


@pytest.mark.parametrize(
    ("evidence", "counted"),
    [
        ("can't test it from the other office", False), ("cannot be checked before Monday", False),
        ("was not even tried, no spare here", False), ("swapped the cable, no change, couldn't check the other port", True),
        ("cannot reach the gateway", True),
    ],
)  # fmt: skip
def test_only_what_says_so_of_itself_was_never_tried(evidence: str, counted: bool) -> None:
    assert tally([dataclasses.asdict(step(evidence))], (0,))[1] == counted


def test_a_fix_that_could_not_be_tried_here_is_still_where_to_start() -> None:
    solved = Solved(41, "Scanner is slow", "swap the scanner's switch port", "device", None, None, "Harbour Dental", True, "m1")
    never = step("the scanner's switch port: could not be tried")
    package = dataclasses.replace(
        package_of(rich()), start_here=None, solved=(solved,), steps_attempted=(never,), dead_ends_flagged=(0,)
    )
    start = from_memory(package).start_here
    assert start is not None
    assert "try what solved ticket 41" in start.text


def test_a_long_quotation_is_cut_within_its_marks() -> None:
    words = "status=negotiate_error " * 40
    start = Start(f'look into "{words.strip()}"', words, "n1", "why")
    told = quoting(start.text, start, limit=280)
    assert told.endswith('…"')
    assert len(told.encode()) <= 280


def test_the_heading_of_the_steps_says_what_is_listed() -> None:
    package = package_of(rich())
    deeds = tuple(step(f"restarted server {n}") for n in range(11))
    findings = (*deeds[:2], step("disk 61% full, so not that"))
    note = render(dataclasses.replace(package, steps_attempted=deeds), marker=None)
    assert "**Tried (8 of 11):**" in note
    assert "**Also tried (3):**" in note
    assert "**Tried and found (3):**" in render(dataclasses.replace(package, steps_attempted=findings), marker=None)


def test_evidence_is_never_cut_inside_a_line() -> None:
    package = package_of(long_ticket())
    whole = package.evidence_blocks[0].evidence.splitlines()
    rows = re.findall(
        r"^│ (.*?) *$",
        render(dataclasses.replace(package, steps_attempted=()), marker=MARK),
        re.MULTILINE,
    )
    assert rows
    assert set(rows) <= set(whole)


@pytest.mark.parametrize("text", HOSTILE)
def test_ticket_text_forges_nothing(text: str) -> None:
    evidence = evidence_of(
        f"Restarted {text}, no change. If {text}, then {text}. Told Mia {text} by 14:00.",
        f"ERROR {text}\nI suspect {text} is why. Disabled the firewall {text}",
        summary=text,
        description=f"{text}\n\n{text} does not work",
    )
    evidence = dataclasses.replace(
        evidence, ticket=dataclasses.replace(ticket(text), company=text, priority=text)
    )
    note = render(package_of(evidence), marker=MARK)
    assert tags(note) <= {"p", "strong", "ul", "li", "hr", "br"}
    assert note.count("\n---\n") == 1
    assert note.count("[ref:") == 1
    assert note.count("**Start here:**") <= 1
    known = {f"[{s.id}]" for s in package_of(evidence).sources}
    assert set(re.findall(r"\[[^\]]*\]", note)) <= known | {f"[ref: {MARK}]", "[redacted: password]"}


def test_opening_is_plain_text_for_a_mail() -> None:
    lines = opening(package_of(rich(), 2))
    assert lines[0] == "P2, waiting 10 min, ticket open for 2 h 10 min at 11:07"
    assert 'Customer told: "an engineer by 14:00"' in lines
    assert "Start here: I suspect the phase-2 lifetime differs on both ends (suggested, and not followed yet)" in lines
    for label in ("Why escalated: ", "State left behind: "):
        (line,) = (line for line in lines if line.startswith(label))
        assert f"**{line.replace(': ', ':** ', 1)} [" in render(package_of(rich(), 2), marker=MARK)
    assert " since " in line
    assert not any("**" in text or "\n" in text for text in lines)


def test_a_mail_asks_for_nothing_that_only_repeats_its_subject() -> None:
    package = dataclasses.replace(package_of(rich()), ask=None, why_escalated=None)
    lines = opening(package)
    assert "Why escalated: not recorded" in lines
    assert not any(line.startswith("Ask: ") for line in lines)


def test_a_mail_gets_every_dead_end_and_counts_those_it_leaves_out_itself() -> None:
    steps = tuple(step(f"pinged host {n}, no answer") for n in range(6))
    package = dataclasses.replace(package_of(rich()), steps_attempted=steps, dead_ends_flagged=tuple(range(6)))
    assert sum(line.startswith("Dead end: ") for line in opening(package)) == 6


def test_waiting_is_what_it_has_done_since_the_escalation_and_never_the_tickets_age() -> None:
    at_once = dataclasses.replace(package_of(rich(), 2), escalated_at=at(130))
    assert opening(at_once)[0] == "P2, ticket open for 2 h 10 min at 11:07"
    assert "waiting" not in render(at_once, marker=MARK)
    undated = dataclasses.replace(package_of(rich(), 2), waiting_since=None)
    assert opening(undated)[0] == "P2, waiting 10 min, escalated 10:57"


@pytest.mark.parametrize(
    ("text", "reason", "evidence", "shown"),
    [
        ('look into "tunnel="N1" why="none""', "", 'tunnel="N1" why="none"', 'look into “tunnel="N1" why="none"”'),
        ('go on from "the lamp is red"', "", "the lamp is red", 'go on from "the lamp is red"'),
        ('look into "Share" and "Link"', "", 'we should look into "Share" and "Link"', 'look into "Share" and "Link"'),
        ('start from what changed, "the "new" router": compare with before, or undo it for a test', "", 'the "new" router',
         'start from what changed, “the "new" router”: compare with before, or undo it for a test'),
        ("ask for the code", 'what is looked at first for "says "denied" at noon"', 'says "denied" at noon',
         'ask for the code (what is looked at first for “says "denied" at noon”)'),
    ],
)
def test_where_to_start_shows_where_its_quotation_ends(text: str, reason: str, evidence: str, shown: str) -> None:
    """And changes nothing in it: marks of the ticket stay as they were written."""
    package = dataclasses.replace(package_of(rich()), start_here=Start(text, evidence, "n1", reason))
    assert f"**Start here:** {shown} [n1]" in render(package, marker=None)
    assert f"Start here: {shown}" in opening(package)


def test_explain_says_where_each_step_was_read() -> None:
    told = explain(package_of(rich(), 2))
    assert "step 0 [n1] no_change, by tech dead end: flushed DNS on PC-14: no change" in told


def test_a_template_refuses_text_that_nobody_neutralised() -> None:
    with pytest.raises(NotInert):
        _environment().from_string("{{ text }}").render(text="**raw**")


PIECES = """Rebooted the firewall|no change|still down|, |. |- |> |Told Mia by 14:00 |If x, then y. |```\n|[n1]|**|---\n|
|Disabled the firewall|@all|0x80070005 |🙂|\u202e|\x00|'|"|(|)|?|have you tried |I suspect |Regards,\n|it worked |<b>|
C:\\> ping 10.0.0.1\n|From: a\nSent: b\n"""
SPOKEN = st.lists(
st.sampled_from([*PIECES.split("|"), "\ud800"]), max_size=60,
).map("".join)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=400), SPOKEN), max_size=6), st.text(max_size=120))
def test_any_ticket_gives_a_safe_short_note_and_literal_quotes(texts: list[str], summary: str) -> None:
    evidence = evidence_of(*texts, summary=summary, description=summary * 3)
    package = package_of(evidence)
    whole = [summary, *(n.text for n in evidence.notes)]
    quotes = [*package.steps_attempted, *package.evidence_blocks, *package.error_codes, *package.promises,
              *package.state_left_behind, *package.ruled_out, *package.products]  # fmt: skip
    quotes += [q for q in (package.problem, package.ask, package.why_escalated) if q]
    assert package.start_here is None or any(package.start_here.evidence in text for text in whole)
    for quote in quotes:
        assert any(quote.evidence in text for text in whole)
        # the text is the evidence as a reader sees it: shorter, and without what nobody sees, but for letters that were misread
        letters = iter(normalize("NFKC", unescape(quote.evidence)))  # bold and wide letters are shown as plain ones
        misread = any(decoded(text) for text in (*whole, summary * 3))
        assert misread or all(any(a == b for b in letters) for a in "".join(normalize("NFKC", quote.text).split()))
    note = render(package, marker=MARK)
    assert len(note.encode()) < LIMIT
    assert note.count("\n---\n") == 1
    assert tags(note) <= {"p", "strong", "ul", "li", "hr", "br"}
    assert carries(note, MARK)


@pytest.mark.parametrize(
    "char",
    [
        "🙂",
        "a",
        "é ",
        "\n",
        "Rebooted it, no change. ",
        "0x80070005 ",
        "Disabled the firewall. ",
        "Told Mia by 14:00. ",
    ],
)
def test_a_flood_of_text_stays_under_the_cap(char: str) -> None:
    flood = (char * 4_000)[:4_000]
    evidence = evidence_of(*[flood] * 3, summary=flood, description=flood)
    evidence = dataclasses.replace(
        evidence,
        ticket=dataclasses.replace(
            evidence.ticket, company=flood, site=flood, priority=flood, agreement=flood, entered_by=flood
        ),
        configurations=tuple(Configuration(i, flood, os=flood) for i in range(20)),
    )
    package = dataclasses.replace(package_of(evidence), escalated_by=flood)
    assert len(render(package, marker=MARK).encode()) < LIMIT


def test_a_place_to_start_that_is_a_condition_is_not_told_twice() -> None:
    package = package_of(
        evidence_of("Restarted the tunnel, no change. If the lifetimes match, look at the session limit.")
    )
    assert package.contingency is not None
    assert "**If** the lifetimes match" in render(dataclasses.replace(package, start_here=None), marker=None)
    same = Start(
        "if the lifetimes match: look at the session limit",
        "If the lifetimes match, look at the session limit",
        "n1",
        "suggested",
    )
    assert "**If**" not in render(dataclasses.replace(package, start_here=same), marker=None)


def test_no_result_is_missed_where_the_words_tell_it() -> None:
    def told(text: str) -> str:
        step = Step(text, text, 0, "unknown", "tech", "n1")
        package = dataclasses.replace(package_of(evidence_of("A note.")), steps_attempted=(step,))
        return next(
            line for line in render(package, marker=None).splitlines() if line.startswith(f"- {text}")
        )

    assert told("Checked the updates - all current") == "- Checked the updates - all current [n1]"
    assert told("Reviewed the event log: BugCheck 0x116") == "- Reviewed the event log: BugCheck 0x116 [n1]"
    assert told("Rebooted") == "- Rebooted: result not recorded [n1]"


def test_what_has_changed_cites_no_source_that_is_not_explained() -> None:
    before = package_of(evidence_of("Restarted the spooler, no change."))
    promised = tuple(Quote(f"a call by {hour}:00", f"a call by {hour}:00", f"n{hour}") for hour in (1, 2))
    more = tuple(dataclasses.replace(before.sources[-1], id=f"n{hour}") for hour in (1, 2))
    note = render(
        dataclasses.replace(before, promises=promised, sources=(*before.sources[:-1], *more)),
        marker=None,
        since=before,
    )
    assert "new, promise: a call by 2:00 [n2]" in note
    assert "- [n2] " in note.partition("**Sources:**")[2]
