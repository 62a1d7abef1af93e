"""The ranker of resolved tickets: what weighs, what weighs nothing, and when nothing is shown."""

from collections import Counter

import pytest

from escalation.memory.choose import clauses_of
from escalation.memory.rank import Candidate, Statistics, Terms, rank, words_for
from escalation.memory.terms import SYMPTOM, is_one_thing, terms_of

FOOTER = "Brightwater IT Support Desk Monday to Friday"


def filler(number: int) -> Terms:
    """Return a ticket like any other: everyday words, the shop's footer."""
    subjects = ("outlook", "printer", "password", "laptop", "vpn", "teams", "scanner", "monitor")
    subject = subjects[number % len(subjects)]
    problem = f"The {subject} stopped this morning, number {number}. {FOOTER}"
    return Terms.of(f"{subject} not working", problem, f"restarted {subject}")


def known(*more: Terms, fillers: int = 200) -> tuple[list[Candidate], Statistics]:
    """Return tickets with their statistics: the given ones first, from id 1."""
    every = [*more, *map(filler, range(fillers))]
    holding = Counter(term for terms in every for term in terms.held)
    return [Candidate(number, terms) for number, terms in enumerate(every, 1)], Statistics(len(every), holding)


@pytest.mark.parametrize(
    ("sentence", "terms"),
    [
        ("Printers and printing", ["print", "print"]),
        ("error 0x80070005 on EWR-FW-01", ["error", "0x80070005", "ewr-fw-01", "ewr", "fw", "01"]),
        ("Get-MailboxPermission fails", ["get-mailboxpermission", "mailboxpermiss", "mailbox", "permiss", "fail"]),
        ("see https://example.test/a/b?c=outlook", []),
        ("[Outlook help](https://example.test/x)", []),
        ("thanks, hello", []),
    ],
)  # fmt: skip
def test_terms_are_stems_and_identifiers_whole_and_in_parts(sentence: str, terms: list[str]) -> None:
    assert terms_of(sentence) == terms


@pytest.mark.parametrize("shared", ["0x80070005", "NYC-FILE-02", "Get-ADReplicationFailure", "kaseya", "acomplish"])
def test_one_shared_code_name_product_or_misspelling_outweighs_common_words(shared: str) -> None:
    mine = Terms.of("not working since today", f"The outlook stopped this morning, it says {shared}")
    right = Terms.of("mail trouble", f"We saw {shared} again", "rebuilt the profile")
    candidates, statistics = known(right)
    assert rank(mine, candidates, statistics)[0].id == 1


def test_what_stands_in_most_tickets_weighs_nothing() -> None:
    candidates, statistics = known()
    assert rank(Terms.of("", FOOTER), candidates, statistics) == []


def test_nothing_convinces_that_shares_everyday_words_alone() -> None:
    candidates, statistics = known()
    matches = rank(Terms.of("printer not working", "The printer stopped this morning, paper is in"), candidates, statistics)
    assert matches
    assert not any(match.convincing for match in matches)


def test_says_what_both_hold_in_the_words_as_written() -> None:
    text = "Authentication fails with AADSTS50126 on the laptop"
    candidates, statistics = known(Terms.of("authentication", "AADSTS50126 at sign-in", "reset the password"))
    match = rank(Terms.of("", text), candidates, statistics)[0]
    assert match.convincing
    assert words_for(match.shared[:2], text) == ["AADSTS50126", "Authentication"]


def test_order_does_not_depend_on_the_order_of_candidates() -> None:
    candidates, statistics = known(*(Terms.of("kaseya agent", "kaseya agent gone", "reinstalled") for _ in range(3)))
    mine = Terms.of("kaseya agent gone", "the outlook too")
    ranked = [m.id for m in rank(mine, candidates, statistics)]
    assert ranked[:3] == [3, 2, 1], "equals: the newest first"
    assert ranked == [m.id for m in rank(mine, candidates[::-1], statistics)]


def test_clauses_find_what_is_alike_and_little_else() -> None:
    mine = Terms.of("kaseya agent gone from laptop", "laptop shows 0x8004FFFF after the outlook update")
    candidates, statistics = known(Terms.of("laptop", "0x8004FFFF in outlook", "removed the add-in"), fillers=20_000)
    clauses = clauses_of(mine, statistics)
    holding = [{t for words in c.terms.fields for t in words} for c in candidates]
    found = [c.id for c, terms in zip(candidates, holding, strict=True) if any(terms.issuperset(clause) for clause in clauses)]
    assert 1 in found
    assert len(found) < 3000
    assert clauses_of(Terms.of("zzz", "nobody wrote this"), statistics) == ()


@pytest.mark.parametrize(
    ("summary", "problem", "convincing"),
    [
        ("Zebra label printer in dispatch feeds blank", "driver of the Zebra was updated, labels come out blank", True),
        ("Till drawer stays shut", "Zebra stickers on the drawer are blank, labels and driver of the till are new", False),
        ("Printer wakes by itself", "since 2019 the on-prem printer in goods-in wakes at night", False),
        ("Labels", "Zebra labels in the till are blank", False),
    ],
)
def test_words_alone_convince_only_where_the_summaries_tell_the_same(summary: str, problem: str, convincing: bool) -> None:
    """Also not a year, and not words with hyphens: they are no codes and no names, however rare."""
    mine = Terms.of("Zebra labels blank in goods-in", "Since the driver update of 2019 the on-prem Zebra feeds blank labels")
    candidates, statistics = known(Terms.of(summary, problem, "set thermal transfer"))
    assert rank(mine, candidates, statistics)[0].convincing == convincing


@pytest.mark.parametrize(
    ("kind", "terms", "one"),
    [
        ("codes and numbers of events", "0x80070005 aadsts50126 4012 11021 kb5036401 0x800423f4", True),
        ("names of devices, hosts and commands with a number", "nyc-file-02 ewr-fw-01 srv_sql_1 portal.tilbury.example", True),
        ("what a mail server answers", "5.7.708 4.4.1 5.1.10", True),
        ("paths of several parts", "c:\\windows\\ccm d:\\shares\\sales", True),
        ("years", "1999 2019", False),
        ("versions, addresses, numbers of several parts", "1.2 16.1 847.32 15.0.847.32 192.168.1.2 2016/2019 10:45", False),
        ("sizes and times", "100gb 4096mb 2400mhz 64bit 100ms 1500mbps", False),
        ("technologies, and names of examples", "win32 sha256 imap4 server2 2008r2 client01", False),
        ("numbers filled up", "000003 00000", False),
        ("a folder at the root, abbreviations, joined words", "c:\\program n.b e.g on-prem reception/dispatch", False),
    ],
)  # fmt: skip
def test_one_thing_is_what_two_tickets_seldom_share_by_chance(kind: str, terms: str, one: bool) -> None:
    assert {term: is_one_thing(term) for term in terms.split()} == dict.fromkeys(terms.split(), one), kind


def test_the_summary_and_all_of_it_must_come_together() -> None:
    """A subject in common is no fault in common; a summary of one word counts only with half of the rest."""
    mine = Terms.of("Kyocera", "Kyocera in the annexe smears toner on thick paper since the drum was changed")
    same = Terms.of("Kyocera", "Kyocera smears toner on thick paper, drum changed before", "set media weight to heavy")
    other = Terms.of("Kyocera", "Kyocera in the annexe asks for a code", "gave it")
    candidates, statistics = known(same, other)
    convincing = {match.id: match.convincing for match in rank(mine, candidates, statistics)}
    assert (convincing[1], convincing[2]) == (True, False)


ASKS = "Outlook keeps asking for the password"


def test_a_ticket_that_tells_the_same_symptom_in_other_words_is_found_and_not_shown_for_that() -> None:
    mine = Terms.of("sign-in loop", "credentials wanted over and over", symptoms=[ASKS])
    candidates, statistics = known(Terms.of("mailbox", "nags for a secret", "emptied the vault", [ASKS]))
    assert (SYMPTOM + ASKS.replace(" ", "_"),) in clauses_of(mine, statistics)
    match = rank(mine, candidates, statistics)[0]
    assert (match.id, match.share, match.convincing) == (1, 0, False)
    assert match.in_common() == [f"symptom “{ASKS}”"]


def test_of_two_with_the_same_words_the_one_with_the_same_symptom_is_first() -> None:
    words = ("mailbox", "kaseya agent nags", "emptied the vault")
    candidates, statistics = known(Terms.of(*words, [ASKS]), Terms.of(*words))
    told, untold = rank(Terms.of("mailbox", "kaseya", symptoms=[ASKS]), candidates, statistics)[:2]
    assert (told.id, untold.id) == (1, 2)
    assert (told.share, told.convincing) == (untold.share, untold.convincing)


def test_no_text_holds_the_term_of_a_symptom() -> None:
    term = SYMPTOM + ASKS.replace(" ", "_")
    assert not [t for t in terms_of(f"{term} {term.lower()} ~x -~y") if t.startswith(SYMPTOM)]


def test_terms_are_stored_and_read_the_same_and_early_ones_had_no_symptoms() -> None:
    terms = Terms.of("mailbox", "", "emptied the vault", [ASKS, "a site-to-site tunnel is down"])
    assert Terms.read(terms.lines) == terms
    assert Terms.read("mailbox\n\nvault") == Terms(("mailbox",), (), ("vault",))
