"""One line says who has it; whatever a name holds, it stays text."""

from datetime import UTC, datetime, timedelta

from escalation.brief.claim_line import BY, Claimant, line
from escalation.brief.spans import Clock

AT = datetime(2026, 3, 6, 16, 4, tzinfo=UTC)
CLOCK = Clock("Europe/London", AT)


def test_claimed_acted_and_free_again() -> None:
    claimed = Claimant("claimed", "Maja Svensson", AT, kind="owner")
    assert line(claimed, CLOCK) == "**Claimed by Maja Svensson** at 16:04, as the ticket's owner."
    acted = Claimant("acted", "Maja Svensson", AT, kind="link", action="note 12", acted_at=AT + timedelta(minutes=5))
    assert line(acted, CLOCK).endswith("by the link in the e-mail, first action 16:09 (note 12).")
    free = Claimant("returned", "Maja Svensson", AT, ran_out=True)
    assert line(free, CLOCK) == (
        "**Free again** since 16:04: Maja Svensson, its claim ran out without a first action."
    )
    gone = Claimant("returned", "Maja Svensson", AT, left=True)
    assert line(gone, CLOCK).endswith("Maja Svensson, who had it, is no longer an active engineer or admin.")


def test_says_so_where_the_psa_has_another_owner_and_quotes_the_answer() -> None:
    text = line(
        Claimant("claimed", "Maja", AT, starts_with="I start with DNS", otherwise="Tess O'Brien"), CLOCK
    )
    assert text.endswith('Says: "I start with DNS". ConnectWise shows Tess O\'Brien as the owner.')


def test_names_are_text_and_not_markdown() -> None:
    text = line(Claimant("claimed", "**Bob** <b>x</b> [a](http://e.example)", AT), CLOCK)
    assert "<b>" not in text
    assert "**Bob**" not in text
    assert "](http" not in text


def test_its_key_changes_with_what_it_says() -> None:
    one = Claimant("claimed", "Maja", AT, kind="owner")
    assert one.key == Claimant("claimed", "Maja", AT, kind="owner").key
    assert one.key != Claimant("claimed", "Maja", AT, kind="owner", starts_with="I start with DNS").key


def test_every_way_to_claim_has_words() -> None:
    from typing import get_args

    from escalation.response.claims import ClaimKind

    assert set(get_args(ClaimKind)) | {"link", "api"} == set(BY)
