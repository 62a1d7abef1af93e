"""Passes say who may knock; they cannot be made, bent or used for something else."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from itsdangerous import TimestampSigner

from worker.process.links import CLAIM_LINK_S, BadPass, ClaimPass, Passes
from worker.process.tokens import Audience, as_sent

OLD, NEW = "the key that was first, long enough", "the key that is first now, long too"
WHO = {"account_id": 3, "member_id": 7, "epoch": 1}


def link(passes: Passes, **changed: int) -> str:
    return passes.claim_link("https://handoff.example", **{"handoff_id": 12, **WHO, **changed})


def token_of(url: str) -> str:
    return url.removeprefix("https://handoff.example/claim/")


def at(monkeypatch: pytest.MonkeyPatch, seconds_ago: float) -> None:
    """Sign as if it were so many seconds ago."""
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(time.time() - seconds_ago))


def test_a_pass_says_what_was_signed() -> None:
    passes = Passes([NEW])
    assert passes.read_claim(token_of(link(passes))) == ClaimPass(account_id=3, handoff_id=12, member_id=7, epoch=1)


def test_what_mail_programs_and_gateways_leave_behind_a_link_is_no_part_of_it() -> None:
    """Of the plain text a full stop, a bracket or a line's end is often taken along; gateways append what is theirs."""
    passes = Passes([NEW])
    claim = token_of(link(passes))
    sign_in = passes.tokens.sign(Audience.SIGN_IN, **WHO, subject=5)
    for left in (".", ",", ")", ">", "]", "*", '"', "'", " ", "\r\n", "\u00a0", "&c=E,1,x", "&utm_source=mail", "\u201d", ">."):
        assert passes.read_claim(claim + left).handoff_id == 12, left
        assert passes.tokens.read(as_sent(sign_in + left), Audience.SIGN_IN).subject == 5, left
    for bent in (claim[:-1], claim + "x", "x" + claim, f" {claim}"):
        with pytest.raises(BadPass):
            passes.read_claim(bent)


def test_keys_can_change_without_breaking_links_in_mailboxes() -> None:
    old = token_of(link(Passes([OLD])))
    assert Passes([NEW, OLD]).read_claim(old).handoff_id == 12
    newest = token_of(link(Passes([NEW, OLD])))
    assert Passes([NEW]).read_claim(newest).handoff_id == 12, "the first key signs"
    with pytest.raises(BadPass, match="not signed"):
        Passes([NEW]).read_claim(old)


def test_a_link_is_no_token_and_a_token_no_link() -> None:
    passes = Passes([NEW])
    with pytest.raises(BadPass, match="not signed"):
        passes.tokens.read(token_of(link(passes)), Audience.API)
    with pytest.raises(BadPass, match="not signed"):
        passes.read_claim(passes.api_token(**WHO))
    with pytest.raises(BadPass):
        passes.read_claim(passes.form_token(link="x", browser="y"))


@pytest.mark.parametrize("bent", ["", ".", "x", "a.b.c", "\ud800", "%00", "W10.Zz.Zz"])
def test_nonsense_is_refused(bent: str) -> None:
    passes = Passes([NEW])
    with pytest.raises(BadPass):
        passes.read_claim(bent)


def test_each_character_counts() -> None:
    passes = Passes([NEW])
    token = token_of(link(passes))
    for place in range(0, len(token) - 1, 3):  # the last one may hold bits nobody reads
        bent = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(BadPass):
            passes.read_claim(bent)


def test_passes_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    passes = Passes([NEW])
    with monkeypatch.context() as then:
        at(then, CLAIM_LINK_S - 60)
        young = token_of(link(passes))
    with monkeypatch.context() as then:
        at(then, CLAIM_LINK_S + 60)
        old = token_of(link(passes))
    assert passes.read_claim(young).member_id == 7
    with pytest.raises(BadPass, match="expired"):
        passes.read_claim(old)


def test_a_form_is_good_for_its_link_in_its_browser_alone() -> None:
    passes = Passes([NEW])
    form = passes.form_token(link="one", browser="mine")
    passes.check_form(form, link="one", browser="mine")
    for wrong in ({"link": "two", "browser": "mine"}, {"link": "one", "browser": "yours"}):
        with pytest.raises(BadPass):
            passes.check_form(form, **wrong)
    with pytest.raises(BadPass):
        passes.check_form("", link="one", browser="mine")


def test_the_same_moment_gives_the_same_link() -> None:
    passes, at = Passes([OLD]), datetime.now(UTC)
    where = {"account_id": 3, "handoff_id": 5, "member_id": 7, "epoch": 1}
    one, again = (passes.claim_link("", at=at, **where) for _ in range(2))
    assert one == again
    assert passes.read_claim(one.removeprefix("/claim/")) == ClaimPass(3, 5, 7, 1)
    old = passes.claim_link("", at=at - timedelta(seconds=CLAIM_LINK_S + 60), **where)
    with pytest.raises(BadPass, match="expired"):
        passes.read_claim(old.removeprefix("/claim/"))


def test_a_canary_is_signed_for_one_account_and_by_any_of_our_keys() -> None:
    raw, old, new = b'{"Type": "canary"}', Passes(["o" * 32]), Passes(["n" * 32, "o" * 32])
    signed = old.sign_canary(raw, account_id=7)
    new.check_canary(raw, signed, account_id=7)
    for body, account_id in ((raw, 8), (raw + b" ", 7)):
        with pytest.raises(BadPass):
            new.check_canary(body, signed, account_id=account_id)
    with pytest.raises(BadPass):
        old.check_canary(raw, new.sign_canary(raw, account_id=7), account_id=7)
