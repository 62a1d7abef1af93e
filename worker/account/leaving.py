"""Stop for a while, go on, or leave: what was registered in the PSA is taken back, and nothing more is read, told or written."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from models.account import accounts
from models.account.accounts import Account
from psa.port import PsaError
from worker.account.onboarding import SUSPENDED, callback_url
from worker.wiring import Services

log = structlog.get_logger()


@dataclass(slots=True)
class Left:
    """What was taken back from the PSA, and what could not be."""

    callbacks: int = 0
    pods: int = 0
    remaining: list[str] = field(default_factory=list)
    """Each with what to do."""


def suspend(services: Services, account: Account) -> bool:
    """Read no ticket, tell and write nothing for an account until it is resumed. False if that is so already.

    Its callbacks stay registered and are ignored. What nobody was told of yet is not told. Its pages stay open, so its members
    are read on: who leaves meanwhile loses them. `connect` resumes it: what was escalated meanwhile is left alone.
    """
    now = services.clock()
    if account.suspended_at is not None:
        return False
    with services.database.account(account.id) as session:
        accounts.freeze(session, account.id, reason=SUSPENDED, now=now)
        accounts.set_account(session, account.id, suspended_at=now)
    log.info("account_suspended", account=account.name)
    return True


def disconnect(services: Services, account: Account) -> Left:
    """Leave the PSA as it was: our callbacks and pods are deleted there; notes that were posted stay, they are the shop's.

    From then on nothing is read, told or written, and late callbacks find no address. `account connect` begins anew.
    What could not be deleted is named, with what to do.
    """
    left = Left()
    ours = services.settings.public_url
    token = accounts.path_token(account, services.cipher)
    suspend(services, account)
    psa = services.psa(account.id)
    try:
        for entry in psa.callbacks():
            if token in entry.url or entry.url == callback_url(ours, token):
                psa.delete_callback(entry.id)
                left.callbacks += 1
    except PsaError as error:
        left.remaining.append(f"callbacks could not be removed ({error}): System, Setup Tables, Callbacks; those of {ours}")
    try:
        for one in psa.hosted():
            if one.url.startswith(f"{ours}/") or (account.page_key and one.url.endswith(f"?account={account.page_key}")):
                psa.remove_hosted(one.id)
                left.pods += 1
    except PsaError as error:
        left.remaining.append(f"pods could not be removed ({error}): System, Setup Tables, Manage Hosted API; those of {ours}")
    with services.database.account(account.id) as session:
        whole = accounts.get(session, account.id)
        if whole is not None:
            accounts.renew_path_token(session, whole, services.cipher)
            accounts.set_account(
                session, account.id, connected_at=None, next_poll_at=None, next_weekly_at=None,
                token_epoch=whole.token_epoch + 1,
            )  # fmt: skip
    log.info("account_disconnected", account=account.name, callbacks=left.callbacks, pods=left.pods)
    return left
