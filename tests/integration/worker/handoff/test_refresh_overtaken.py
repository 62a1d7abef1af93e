"""A refresh that stood still while another went on must not take the other's edit for a person's."""

from __future__ import annotations

from models.account import accounts
from models.handoff import briefs
from tests.integration.worker.conftest import Shop
from worker.handoff import refresh


def _ask(shop: Shop, handoff_id: int) -> None:
    with shop.database.account(shop.account_id) as session:
        assert briefs.ask_refresh(session, shop.account_id, handoff_id, due_at=shop.clock())


def test_an_overtaken_refresh_writes_nothing(shop: Shop) -> None:
    handoff_id = shop.escalated()
    assert shop.publish(handoff_id)
    shop.psa.note(48213, "Swapped the cable, no change.")
    _ask(shop, handoff_id)

    def overtaken() -> None:
        shop.psa.before.clear()
        shop.clock.advance(shop.services.settings.intervals.lease + 1)
        assert refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id)

    shop.psa.before["documents"] = overtaken
    assert not refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
    (note,) = shop.psa.posted[48213]
    assert "Swapped the cable" in note.text


def test_an_overtaken_refresh_asks_the_junior_no_second_question(shop: Shop) -> None:
    handoff_id = shop.escalated()
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, ask_junior=True)
    assert shop.publish(handoff_id)
    _ask(shop, handoff_id)

    def overtaken() -> None:
        shop.psa.before.clear()
        shop.clock.advance(shop.services.settings.intervals.lease + 1)
        assert refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id)

    shop.psa.before["documents"] = overtaken
    assert not refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
    _brief, question = shop.psa.posted[48213]
    assert "one question before an engineer claims this" in question.text


def test_an_edit_has_a_whole_lease_however_long_the_reading_took(shop: Shop) -> None:
    handoff_id = shop.escalated()
    assert shop.publish(handoff_id)
    shop.psa.note(48213, "Swapped the cable, no change.")
    _ask(shop, handoff_id)
    lease = shop.services.settings.intervals.lease
    shop.psa.before["related"] = lambda: shop.clock.advance(lease - 2)
    others = []

    def another_tries() -> None:
        shop.psa.before.clear()
        shop.clock.advance(5)
        others.append(refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id))

    shop.psa.before["edit_note"] = another_tries
    assert refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
    assert others == [False], "the lease was taken anew for the edit"
