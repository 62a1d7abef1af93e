"""Try the names an operator gives, of boards, statuses and people, on the PSA before they are stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from models.account.accounts import Account, StatusRow
from psa.port import Board, Keys, Member, PsaError
from worker.account.onboarding import CannotConnect, wrong_dry_run, wrong_people
from worker.account.statuses import resolve
from worker.wiring import Services

PLACES = ("board_names", "escalate_status_names", "claim_status_names")
PEOPLE = ("engineers", "admins", "owner", "dry_run_to")


def wrong_names(
    given: Mapping[str, Any], *, boards: Sequence[Board], members: Collection[Member], before: Account | None = None,
    stored: Sequence[StatusRow] = (),
) -> list[str]:  # fmt: skip
    """Return what does not fit of the columns that are `given`, each with what was probably meant.

    What was wrong `before`, and is not given now, is no reason to refuse what is: it may be mended one by one. `stored`: what
    the account's names meant when it was connected.
    """
    called = before.name if before is not None else str(given.get("name", "NAME"))
    wrong = wrong_people(_account(called, {name: given.get(name) for name in PEOPLE}), members)
    # Of whom is told both sides count, so what is not given stays as it is.
    whole = {name: given[name] if name in given else getattr(before, name, None) for name in PEOPLE}
    was_wrong = wrong_dry_run(before, members) if before is not None and "dry_run_to" not in given else []
    wrong += [line for line in wrong_dry_run(_account(called, whole), members) if line not in was_wrong]
    if not any(given.get(name) for name in PLACES):
        return wrong
    were = {name: getattr(before, name, None) for name in PLACES}
    known = set(resolve(_account(called, were), boards, stored).wrong) if before is not None else set()
    after = _account(called, were | {name: given[name] for name in PLACES if given.get(name)})
    return [line for line in resolve(after, boards, stored).wrong if line not in known] + wrong


def try_names(
    services: Services, keys: Keys, given: Mapping[str, Any], *, before: Account | None = None, stored: Sequence[StatusRow] = ()
) -> str:
    """Try the names that are `given`, by reads alone; return why they could not be tried, empty if they were.

    Raises `CannotConnect` with everything that does not fit. A PSA that gives no answer now, or refuses the keys, is no
    reason not to store: `account check` says it, and tries the names again, and so does `account connect`.
    """
    places, people = (any(given.get(name) for name in names) for names in (PLACES, PEOPLE))
    if not places and not people:
        return ""
    try:
        psa = services.psa_with(keys)
        boards, members = psa.boards() if places else [], psa.members() if people else []
    except PsaError as error:
        return str(error)
    refuse(wrong_names(given, boards=boards, members=members, before=before, stored=stored))
    return ""


def refuse(wrong: Sequence[str]) -> None:
    """Raise `CannotConnect` if anything is wrong."""
    if wrong:
        raise CannotConnect("\n".join(["nothing was stored, for these names do not fit:", *(f"  - {line}" for line in wrong)]))


def _account(name: str, columns: Mapping[str, Any]) -> Account:
    """Return an account of these names that is in no database."""
    lists = ("engineers", "admins", *PLACES)
    return Account(name=name, **{key: [] for key in lists} | {key: value for key, value in columns.items() if value})
