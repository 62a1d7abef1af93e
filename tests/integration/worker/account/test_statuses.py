"""A board or status that is renamed is followed; one that is gone is refused and alerted, and nothing is let go of.

What may happen to a name is made from parts: which of the two (board, status), what (renamed, gone, switched off, another
of its old name came), whether the account names its boards or takes all, and who looks (`connect`, the regular check).
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable

import pytest

from models.account import accounts
from models.work import jobs, refusals
from models.work.alert_kinds import Kind
from psa.port import Board, Status
from tests.integration.worker.conftest import Shop
from worker.account.check import check
from worker.account.onboarding import CannotConnect, account_named, connect, refuse_twice
from worker.upkeep import callback_check, poller

DESK, FIELD = 1, 7
ESCALATED, FIELD_ESCALATED = 11, 71


def boards() -> list[Board]:
    def status(number: int, name: str) -> Status:
        return Status(number, name, closed=name == "Closed", inactive=False)

    return [
        Board(DESK, "Help Desk", (
            status(10, "New"), status(11, "Escalated"), status(12, "Assigned to Engineer"), status(13, "Closed"),
        )),
        Board(FIELD, "Field Service", (status(70, "New"), status(71, "Escalated"), status(72, "On site"))),
    ]  # fmt: skip


def board_renamed(there: list[Board]) -> None:
    there[0] = dataclasses.replace(there[0], name="Service Desk")


def board_gone(there: list[Board]) -> None:
    del there[0]


def board_off(there: list[Board]) -> None:
    there[0] = dataclasses.replace(there[0], inactive=True)


def _change(there: list[Board], **fields: object) -> None:
    statuses = tuple(dataclasses.replace(s, **fields) if s.id == ESCALATED else s for s in there[0].statuses)  # type: ignore[arg-type]
    there[0] = dataclasses.replace(there[0], statuses=statuses)


def status_renamed(there: list[Board]) -> None:
    _change(there, name="Stuck, needs senior")


def status_off(there: list[Board]) -> None:
    _change(there, inactive=True)


def status_gone(there: list[Board]) -> None:
    there[0] = dataclasses.replace(there[0], statuses=tuple(s for s in there[0].statuses if s.id != ESCALATED))


def both_renamed(there: list[Board]) -> None:
    board_renamed(there)
    status_renamed(there)


FOLLOWED: list[Callable[[list[Board]], None]] = [board_renamed, status_renamed, both_renamed]
LOST: list[Callable[[list[Board]], None]] = [board_gone, status_off, status_gone]
NAMED = [["Help Desk", "Field Service"], ["Help Desk"], []]


@pytest.fixture
def wide(shop: Shop) -> Shop:
    """Give the shop two boards."""
    shop.psa.boards = lambda names=None: boards()  # type: ignore[method-assign,assignment]
    return shop


def connected(shop: Shop, named: list[str]) -> set[tuple[int, int]]:
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, board_names=named)
    connect(shop.services, account_named(shop.services, "northgate"))
    shop.psa.calls.clear()
    return escalations(shop)


def escalations(shop: Shop) -> set[tuple[int, int]]:
    with shop.database.account(shop.account_id, reading=True) as session:
        return {(r.board_id, r.status_id) for r in accounts.statuses(session, shop.account_id) if r.kind == "escalate"}


def alerts(shop: Shop) -> list[str]:
    with shop.database.account(shop.account_id, reading=True) as session:
        return [a.detail for a in jobs.open_alerts(session, shop.account_id) if a.kind == Kind.STATUS_GONE]


def change(shop: Shop, *what: Callable[[list[Board]], None]) -> None:
    there = boards()
    for one in what:
        one(there)
    shop.psa.boards = lambda names=None: there  # type: ignore[method-assign,assignment]


def regular_check(shop: Shop) -> None:
    callback_check.check_callbacks(shop.services, account_id=shop.account_id)


@pytest.mark.parametrize(("how", "named"), list(itertools.product(FOLLOWED, NAMED)))
def test_what_is_renamed_is_followed_by_its_number(
    wide: Shop, how: Callable[[list[Board]], None], named: list[str]
) -> None:
    before = connected(wide, named)
    change(wide, how)
    regular_check(wide)
    assert escalations(wide) == before
    assert alerts(wide) == []
    account = account_named(wide.services, "northgate")
    names = account.board_names + account.escalate_status_names
    there = {b.name for b in wide.psa.boards()} | {s.name for b in wide.psa.boards() for s in b.statuses}
    assert set(names) <= there
    done = connect(wide.services, account)  # and again, by the new names
    assert escalations(wide) == before
    assert done.renamed == {}
    assert len(wide.psa.registered) == len({board for board, _ in before}) + 2


@pytest.mark.parametrize(("how", "named"), [*itertools.product(LOST, NAMED), (board_off, NAMED[0]), (board_off, NAMED[1])])
def test_what_is_gone_is_refused_by_name_and_alerted_until_it_is_back(
    wide: Shop, how: Callable[[list[Board]], None], named: list[str]
) -> None:
    before = connected(wide, named)
    entries = list(wide.psa.registered)
    change(wide, how)
    with pytest.raises(CannotConnect) as refused:
        connect(wide.services, account_named(wide.services, "northgate"))
    said = str(refused.value)
    assert "Help Desk" in said
    assert how in (board_gone, board_off) or "'Escalated' is gone from board 'Help Desk'" in said
    assert "There are: " in said or "Did you mean" in said
    assert escalations(wide) == before
    assert wide.psa.registered == entries
    regular_check(wide)
    assert escalations(wide) == before
    assert wide.psa.registered == entries
    assert len(alerts(wide)) == 1
    lines = {line.what: line.ok for line in check(wide.services, account_named(wide.services, "northgate"))}
    assert not lines["named statuses"]
    change(wide)
    regular_check(wide)
    assert alerts(wide) == []


def test_what_is_named_no_longer_is_let_go_of(wide: Shop) -> None:
    connected(wide, ["Help Desk", "Field Service"])
    change(wide, board_gone)
    with wide.database.account(wide.account_id) as session:
        accounts.set_account(session, wide.account_id, board_names=["Field Service"], claim_status_names=[])
    connect(wide.services, account_named(wide.services, "northgate"))
    assert escalations(wide) == {(FIELD, FIELD_ESCALATED)}


def test_a_board_named_without_an_escalation_status_is_refused(wide: Shop) -> None:
    with wide.database.account(wide.account_id) as session:
        accounts.set_account(
            session, wide.account_id, board_names=["Help Desk", "Field Service"], escalate_status_names=["Assigned to Engineer"]
        )
    with pytest.raises(CannotConnect, match="board 'Field Service' has none of the escalation statuses"):
        connect(wide.services, account_named(wide.services, "northgate"))


def test_the_poller_asks_for_the_check_each_few_minutes(wide: Shop) -> None:
    connected(wide, [])
    asked = 0
    for _ in range(20):
        wide.clock.advance(90)
        poller.poll(wide.services, account_id=wide.account_id)
        asked += len(wide.bell.take("check_callbacks"))
    assert asked >= 5  # half an hour: a callback that was switched off is found within ten minutes, and told


def test_a_switched_off_callback_is_back_and_told_at_the_next_check(wide: Shop) -> None:
    connected(wide, [])
    wide.psa.registered = [dataclasses.replace(entry, inactive=True) for entry in wide.psa.registered]
    regular_check(wide)
    assert not any(entry.inactive for entry in wide.psa.registered)
    wide.psa.calls.clear()
    regular_check(wide)
    assert [call for call in wide.psa.calls if "callback" in call] == ["callbacks"]  # nothing to mend: one call


@pytest.mark.parametrize("site", ["na.myconnectwise.net", "https://api-na.myconnectwise.net/", "NA.myconnectwise.net"])
def test_the_same_company_is_no_second_account(shop: Shop, site: str) -> None:
    from psa.outbound.allowed_hosts import Site

    with pytest.raises(CannotConnect, match="is account 'northgate' already"):
        refuse_twice(shop.services, site=Site.parse(site), company=" Northgate ", name="north")
    refuse_twice(shop.services, site=Site.parse("eu.myconnectwise.net"), company="northgate", name="north")
    refuse_twice(shop.services, site=Site.parse(site), company="northgate2", name="north")
    refuse_twice(shop.services, site=Site.parse(site), company="northgate", name="northgate")


@pytest.mark.parametrize(
    ("who", "why"), [("resolutionflow", "is an API member and no person"), ("gone", "is inactive"), ("nobody", "is no member")]
)
def test_a_role_is_given_to_a_person_who_can_log_in(shop: Shop, who: str, why: str) -> None:
    members = shop.psa.members()
    members.append(dataclasses.replace(members[0], id=77, identifier="gone", active=False))
    shop.psa.members = lambda: members  # type: ignore[method-assign]
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, engineers=["msvensson", who])
    with pytest.raises(CannotConnect, match=why):
        connect(shop.services, account_named(shop.services, "northgate"))


def test_where_another_key_signs_connectwise_is_told_a_new_address_and_the_old_one_goes(shop: Shop) -> None:
    def address() -> tuple[str, str | None]:
        with shop.database.account(shop.account_id, reading=True) as session:
            account = accounts.get(session, shop.account_id)
            assert account is not None
            return accounts.path_token(account, shop.services.cipher), account.callback_key_id

    with shop.database.account(shop.account_id) as session:
        accounts.pin_callback_key(session, shop.account_id, "old-key")
    before, _ = address()
    regular_check(shop)
    assert address() == (before, "old-key")
    with shop.database.account(shop.account_id) as session:
        jobs.raise_alert(
            session, shop.account_id, kind=Kind.OTHER_KEY, subject="northgate", detail="3 in a row", now=shop.clock()
        )
    regular_check(shop)
    after, pinned = address()
    assert after != before
    assert pinned is None
    assert {after in entry.url for entry in shop.psa.registered} == {True}
    shop.clock.advance(300)
    regular_check(shop)
    assert address()[0] == after


def test_a_board_that_is_switched_off_is_no_matter_where_all_boards_count(wide: Shop) -> None:
    before = connected(wide, [])
    change(wide, board_off)
    regular_check(wide)
    assert (escalations(wide), alerts(wide)) == (before, []), "tickets may still stand there"
    assert not connect(wide.services, account_named(wide.services, "northgate")).unnamed


@pytest.mark.parametrize("listed", [["resolutionflow"], ["jlind"], ["jlind", "resolutionflow"]])
def test_a_list_that_shows_none_of_those_who_are_told_lets_go_of_nobody_and_is_alerted(shop: Shop, listed: list[str]) -> None:
    """Our role may see its own member alone, or one department's: everybody else had left, told nothing and shut out."""

    def told() -> list[str]:
        with shop.database.account(shop.account_id, reading=True) as session:
            return [member.identifier for member in accounts.recipients(session, shop.account_id)]

    def refused() -> list[str]:
        with shop.database.account(shop.account_id, reading=True) as session:
            return [a.detail for a in jobs.open_alerts(session, shop.account_id) if a.subject == refusals.MEMBERS]

    before, everybody = told(), shop.psa.members()
    shop.psa.members = lambda: [m for m in everybody if m.identifier in listed]  # type: ignore[method-assign]
    for _ in range(5):
        shop.clock.advance(shop.services.settings.intervals.members)
        poller.poll(shop.services, account_id=shop.account_id)
    assert told() == before == ["msvensson", "tobrien"]
    assert "Member Maintenance" in refused()[0]
    shop.psa.members = lambda: [m for m in everybody if m.identifier != "tobrien"]  # type: ignore[method-assign]
    for _ in range(2):
        shop.clock.advance(shop.services.settings.intervals.members)
        poller.poll(shop.services, account_id=shop.account_id)
    assert (told(), refused()) == (["msvensson"], [])


@pytest.mark.parametrize("there", [[], [dataclasses.replace(board, inactive=True) for board in boards()]])
def test_with_no_board_at_all_nothing_is_let_go_of(wide: Shop, there: list[Board]) -> None:
    before = connected(wide, [])
    wide.psa.boards = lambda names=None: there  # type: ignore[method-assign,assignment]
    with pytest.raises(CannotConnect, match="board"):
        connect(wide.services, account_named(wide.services, "northgate"))
    assert escalations(wide) == before
