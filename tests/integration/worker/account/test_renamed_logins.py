"""A login name that is changed in the PSA is followed by its member's number, wherever an account was given it."""

from __future__ import annotations

import dataclasses
import threading
from typing import Any

import pytest

from models.account import accounts
from psa.port import Ambiguous, Forbidden, Member, PsaError, Unavailable
from tests.integration.worker.conftest import Shop
from worker.account.onboarding import account_named, connect
from worker.handoff import refresh
from worker.upkeep import poller

MAJA = 2


def _raise(error: PsaError) -> None:
    raise error


def _rename(shop: Shop, monkeypatch: pytest.MonkeyPatch, **logins: str) -> None:
    there = shop.psa.members()
    now = [dataclasses.replace(m, identifier=logins.get(f"n{m.id}", m.identifier)) for m in there]
    monkeypatch.setattr(shop.psa, "members", lambda: now)


def _poll(shop: Shop) -> None:
    shop.clock.advance(shop.services.settings.intervals.members + 1)
    poller.poll(shop.services, account_id=shop.account_id)


def _given(shop: Shop, **columns: Any) -> None:
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, **columns)


@pytest.mark.parametrize("again", ["poll", "connect"])
@pytest.mark.parametrize(
    ("columns", "then"),
    [
        ({"engineers": ["MSvensson", "tobrien"]}, {"engineers": ["maja.s", "tobrien"]}),
        ({"engineers": ["2", "tobrien"]}, {"engineers": ["2", "tobrien"]}),
        ({"admins": ["msvensson"], "engineers": ["tobrien"]}, {"admins": ["maja.s"]}),
        ({"owner": "msvensson"}, {"owner": "maja.s"}),
        ({"dry_run_to": "msvensson"}, {"dry_run_to": "maja.s"}),
        (
            {"settings": {"connectors": ["MSVENSSON", "a"], "x": 1}},
            {"settings": {"connectors": ["maja.s", "a"], "x": 1, "renamed": {"msvensson": "maja.s"}}},
        ),
    ],
)
def test_wherever_a_login_was_given(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, again: str, columns: dict[str, Any], then: dict[str, Any]
) -> None:
    _given(shop, **columns)
    _rename(shop, monkeypatch, n2="maja.s")
    if again == "poll":
        _poll(shop)
    else:
        connect(shop.services, account_named(shop.services, "northgate"))
    after = account_named(shop.services, "northgate")
    assert {name: getattr(after, name) for name in then} == then
    with shop.database.account(shop.account_id) as session:
        told = {member.identifier for member in accounts.recipients(session, shop.account_id)}
    assert "maja.s" in told or "connectors" in str(columns)


def test_what_was_set_while_the_people_were_read_stays(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [dataclasses.replace(m, identifier="maja.s") if m.id == MAJA else m for m in shop.psa.members()]

    def members() -> list[Member]:
        setting = threading.Thread(target=_given, args=(shop,), kwargs={"engineers": ["msvensson"], "admins": ["tobrien"]})
        setting.start()  # somebody at a keyboard, in a process of their own
        setting.join()
        return now

    monkeypatch.setattr(shop.psa, "members", members)
    _poll(shop)
    after = account_named(shop.services, "northgate")
    assert (after.engineers, after.admins) == (["maja.s"], ["tobrien"])


def test_a_connection_made_with_our_former_login_keeps_the_new_one(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    was = shop.services.desk(shop.account_id).api_member
    assert was
    us = next(m.id for m in shop.psa.members() if m.identifier == was)
    _rename(shop, monkeypatch, **{f"n{us}": "handoffs"})
    monkeypatch.setattr(shop.psa, "learn_api_member", lambda _members, _entries: was)  # no entry names a member
    connect(shop.services, account_named(shop.services, "northgate"))
    assert shop.services.desk(shop.account_id).api_member == "handoffs"


def test_our_own_login_is_followed_too(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _rename(shop, monkeypatch, n9="handoff.api")
    _poll(shop)
    assert shop.services.desk(shop.account_id).api_member == "handoff.api"


@pytest.mark.parametrize("told", [False, True], ids=["not told", "people read anew"])
@pytest.mark.parametrize("at", ["before it", "after it", "once it stands"])
def test_our_login_changed_round_a_post_in_doubt_makes_no_second_brief(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, at: str, *, told: bool
) -> None:
    def rename() -> None:
        _rename(shop, monkeypatch, n9="handoff.api")
        monkeypatch.setattr(shop.psa, "api_member", "handoff.api")
        if told:
            _poll(shop)

    def lost() -> None:
        if at != "once it stands":
            raise Ambiguous("POST notes: connection reset")

    handoff_id = shop.escalated()
    shop.psa.after["post_internal_note"] = lost
    if at == "before it":
        rename()
    shop.publish(handoff_id)
    shop.psa.after.clear()
    if at != "before it":
        rename()
    shop.clock.advance(300)
    shop.publish(handoff_id)
    shop.psa.note(48213, "Also the second firewall dropped.")
    shop.clock.advance(300)
    refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
    (note,) = shop.psa.posted[48213]
    (handoff,) = shop.handoffs()
    assert (handoff.brief_state, handoff.escalation_package_external_id) == ("posted", note.id)


@pytest.mark.parametrize("error", [Unavailable("503"), Forbidden("403")])
def test_who_we_are_is_asked_before_a_second_post_and_stops_none_for_ever(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, error: PsaError
) -> None:
    def refused() -> list[Member]:
        raise error

    handoff_id = shop.escalated()
    shop.psa.before["post_internal_note"] = lambda: _raise(Ambiguous("POST notes: time-out"))
    shop.publish(handoff_id)
    shop.psa.before.clear()
    monkeypatch.setattr(shop.psa, "members", refused)
    shop.clock.advance(300)
    assert shop.publish(handoff_id) != error.retry


def test_who_takes_over_a_login_takes_over_no_role(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    there = [dataclasses.replace(m, identifier="maja.s") if m.id == MAJA else m for m in shop.psa.members()]
    there.append(Member(12, "msvensson", "Mats Svensson", "mats@northgate.example", active=True))
    monkeypatch.setattr(shop.psa, "members", lambda: there)
    _poll(shop)
    assert account_named(shop.services, "northgate").engineers == ["maja.s", "tobrien"]
    swapped = {"maja.s": "tobrien", "tobrien": "maja.s"}
    there[:] = [dataclasses.replace(m, identifier=swapped.get(m.identifier, m.identifier)) for m in there]
    _poll(shop)
    with shop.database.account(shop.account_id) as session:
        assert {member.id for member in accounts.recipients(session, shop.account_id)} == {2, 3}


def test_who_is_given_a_former_login_later_is_nobody_else(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _rename(shop, monkeypatch, n2="maja.s", n9="handoff.api")
    _poll(shop)
    there = shop.psa.members()
    there += [
        Member(12, "msvensson", "Mats Svensson", "mats@northgate.example", active=True),
        Member(13, "ResolutionFlow", "Another program", None, active=True, is_api=True),
    ]
    _poll(shop)
    desk = shop.services.desk(shop.account_id)
    assert [desk.roster.person(login).role for login in ("maja.s", "msvensson")] == ["engineer", "technician"]
    assert not desk.roster.ours("resolutionflow")
    _poll(shop)
    assert account_named(shop.services, "northgate").settings["renamed"] == {}
