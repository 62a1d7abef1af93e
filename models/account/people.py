"""The people of an account: who is a senior, who is told, who did what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from escalation.evidence import Role, Roster
from models.tables import Account, Member


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member as the PSA has it."""

    id: int
    identifier: str
    name: str
    email: str | None
    active: bool = True
    is_api: bool = False
    email_note: str | None = None
    """What was cleaned in the address, or without `email` why the one in the PSA cannot be used."""


def import_members(
    session: Session,
    account_id: int,
    members: Iterable[MemberRow],
    *,
    engineers: Iterable[str | int] = (),
    admins: Iterable[str | int] = (),
    owner: str | int | None = None,
) -> list[str]:
    """Store the PSA's members with their roles, and return the given names that fit no member.

    Engineers, admins and owner are member ids or login names. Who is not among `members` any more becomes
    inactive.
    """
    wanted = {_key(name): "engineer" for name in engineers} | {_key(name): "admin" for name in admins}
    if owner is not None:
        wanted[_key(owner)] = "owner"
    ranks = ["technician", "engineer", "admin", "owner"]
    found: set[str] = set()
    before = roster_rows(session, account_id)  # held, so that merging asks for none of them again
    members = list(members)
    there = {member.id for member in members}
    for row in before:
        row.active = row.active and row.id in there
    for member in members:
        keys = {str(member.id), member.identifier.lower()}
        found |= keys
        # Somebody can be given twice, once by id and once by name: the higher role counts.
        role = max((wanted.get(key, "technician") for key in keys), key=ranks.index)
        session.merge(
            Member(
                account_id=account_id,
                id=member.id,
                identifier=member.identifier,
                name=member.name,
                email=(member.email or "").strip() or None,
                email_note=member.email_note,
                role=role,
                active=member.active,
                is_api=member.is_api,
            )
        )
    session.flush()
    return sorted(wanted.keys() - found)


def _key(name: str | int) -> str:
    return str(name).strip().lower()


def why_no_mail(member: Member) -> str | None:
    """Return why a member cannot be written to, None if they can."""
    return None if member.email else member.email_note or "no e-mail address"


def recipients(session: Session, account_id: int) -> list[Member]:
    """Return the active engineers, admins and owner, also those without an e-mail address."""
    return list(
        session.scalars(
            select(Member)
            .where(
                Member.account_id == account_id,
                Member.active,
                ~Member.is_api,
                Member.role.in_(("engineer", "admin", "owner")),
            )
            .order_by(Member.id)
        )
    )


def member(session: Session, account_id: int, member_id: int) -> Member | None:
    """Return one member by the PSA's id."""
    return session.get(Member, (account_id, member_id))


def roster_rows(session: Session, account_id: int) -> list[Member]:
    """Return everybody, active or not: whoever left may still have written a note."""
    return list(session.scalars(select(Member).where(Member.account_id == account_id).order_by(Member.id)))


def roster(session: Session, account_id: int, *, us: str | None) -> Roster:
    """Return who is who, for reading a ticket. `us` is the login name of our API member."""
    rows = roster_rows(session, account_id)
    settings = session.scalar(select(Account.settings).where(Account.id == account_id)) or {}
    return Roster(
        # A program with keys of its own takes nothing and does nothing, whatever it writes.
        roles={row.identifier.lower(): cast(Role, "system" if row.is_api else row.role) for row in rows},
        names={row.identifier.lower(): row.name for row in rows},
        us=us,
        left=frozenset(row.identifier.lower() for row in rows if not row.active),
        connectors=connectors_of(settings),
        renamed=renamed_of(settings),
    )


def renamed_of(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the login names (lower case) that members had before, with those they have now, from an account's settings."""
    return dict(settings.get("renamed", {}))


def connectors_of(settings: Mapping[str, Any]) -> frozenset[str]:
    """Return the login names (lower case) under which a program enters what customers write, from an account's settings."""
    return frozenset(str(name).strip().lower() for name in settings.get("connectors", ()))
