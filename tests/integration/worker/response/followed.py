"""A ticket that was handed off, and what the product makes of what is done to it next."""

from __future__ import annotations

from models.handoff.handoffs import Handoff
from tests.integration.worker.conftest import Shop
from worker.handoff import refresh


def handed_off(shop: Shop) -> int:
    """Let a ticket be escalated, its brief posted and the engineers told."""
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    shop.tell(handoff_id)
    shop.clock.advance(60)
    return handoff_id


def newest(shop: Shop) -> Handoff:
    return shop.handoffs()[0]


def seen_after(shop: Shop, seconds: float = 1) -> Handoff:
    """Let a callback come in a moment after what was done, and everything follow."""
    shop.clock.advance(seconds)
    shop.triage()
    shop.observe()
    return newest(shop)


def brief_now(shop: Shop) -> str:
    shop.clock.advance(20)
    refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=newest(shop).id)
    return shop.psa.posted[48213][0].text
