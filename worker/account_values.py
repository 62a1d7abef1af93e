"""What an account's rows say, as the plain values that the trade and the PSA take: made here alone, for web and worker.

So what an account may set, such as certificates of its own, reaches whoever asks its ConnectWise.
"""

from __future__ import annotations

from escalation.rules import StatusRules
from models.account import accounts
from models.account.accounts import Account, Cipher
from psa.connectwise.member_proof import Place
from psa.connectwise.signatures import Pin
from psa.port import Keys


def status_rules(rows: list[accounts.StatusRow]) -> StatusRules:
    """Return what the stored statuses of an account mean."""
    return StatusRules(
        escalate=frozenset((r.board_id, r.status_id) for r in rows if r.kind == "escalate"),
        claim=frozenset((r.board_id, r.status_id) for r in rows if r.kind == "claim"),
        closed=frozenset((r.board_id, r.status_id) for r in rows if r.kind == "closed"),
        default=frozenset((r.board_id, r.status_id) for r in rows if r.kind == "default"),
    )


def pin_of(account: Account) -> Pin:
    """Return what the account's callbacks must come from."""
    return Pin(
        site=account.site,
        company=account.company,
        key_id=account.callback_key_id,
        allow_private=account.allow_private,
        ca_bundle=account.ca_bundle,
    )


def place_of(account: Account, cipher: Cipher) -> Place:
    """Return where the account's members are proven. Raises `CannotDecrypt`."""
    return Place(
        account_id=account.id,
        site=account.site,
        company=account.company,
        allow_private=account.allow_private,
        codebase=account.codebase,
        client_id=accounts.client_id(account, cipher),
        ca_bundle=account.ca_bundle,
    )


def keys_of(account: Account, cipher: Cipher, **new: str) -> Keys:
    """Return an account's keys, opened, or as they are `new`. Raises `CannotDecrypt`."""
    opened = accounts.credentials(account, cipher, **new)
    return Keys(
        site=account.site,
        company=account.company,
        public_key=opened.public_key,
        private_key=opened.private_key,
        client_id=opened.client_id,
        allow_private=account.allow_private,
        codebase=account.codebase,
        ca_bundle=account.ca_bundle,
    )
