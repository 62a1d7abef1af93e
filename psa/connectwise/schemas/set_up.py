"""The MSP's set-up in ConnectWise's JSON: boards, members, callback entries, hosted pods, the system itself."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from psa.connectwise.schemas.row import Id, Ref, Row, joined, name_of
from psa.port import Board, Callback, Member, Status, Team


class StatusRow(Row):
    """`/service/boards/{id}/statuses`. The flag is `inactive`, unlike everywhere else (OpenAPI)."""

    name: str | None = None
    closed_status: bool | None = None
    inactive: bool | None = None
    default_flag: bool | None = None

    def status(self) -> Status:
        """Return the status."""
        return Status(
            id=self.id or 0,
            name=self.name or "",
            closed=bool(self.closed_status),
            inactive=bool(self.inactive),
            default=bool(self.default_flag),
        )


class BoardRow(Row):
    """`/service/boards`."""

    name: str | None = None
    inactive_flag: bool | None = None

    def board(self, statuses: Iterable[StatusRow]) -> Board:
        """Return the board."""
        found = tuple(s.status() for s in statuses)
        return Board(id=self.id or 0, name=self.name or "", statuses=found, inactive=bool(self.inactive_flag))


class MemberRow(Row):
    """`/system/members`."""

    identifier: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    license_class: str | None = None
    inactive_flag: bool | None = None
    primary_email: str | None = None
    office_email: str | None = None
    mobile_email: str | None = None
    home_email: str | None = None
    default_email: str | None = None
    time_zone: Ref | None = None
    title: str | None = None
    security_role: Ref | None = None
    admin_flag: bool | None = None

    @property
    def email(self) -> str | None:
        """Return the member's address: `defaultEmail` selects one of three, it is not an address itself."""
        chosen = {"office": self.office_email, "mobile": self.mobile_email, "home": self.home_email}
        selector = (self.default_email or "").lower()
        given = [a for a in (self.primary_email, chosen.get(selector), self.office_email) if a and a.strip()]
        # Without any @ it is handed on too: whoever connects is to read that it is no address.
        return next((address for address in given if "@" in address), given[0] if given else None)

    def member(self) -> Member:
        """Return the member. Licence class `A` is an API member."""
        identifier = self.identifier or ""
        return Member(
            id=self.id or 0,
            identifier=identifier,
            name=joined(self.first_name, self.last_name, by=" ") or identifier,
            email=self.email,
            active=not self.inactive_flag,
            is_api=(self.license_class or "").strip().upper() in ("A", "API"),
            time_zone=name_of(self.time_zone),
            title=self.title or "",
            security_role=name_of(self.security_role) or "",
            is_admin=bool(self.admin_flag),
        )


class TeamRow(Row):
    """`/service/boards/{id}/teams`."""

    name: str | None = None
    members: list[int] | None = None

    def team(self, board_id: int) -> Team:
        """Return the team."""
        return Team(name=self.name or "", board_id=board_id, members=tuple(self.members or ()))


class CallbackRow(Row):
    """`/system/callbacks`."""

    url: str | None = None
    type: str | None = None
    level: str | None = None
    object_id: Id | None = None
    inactive_flag: bool | None = None
    member_id: Id | None = None

    def callback(self) -> Callback:
        """Return the entry."""
        return Callback(
            id=self.id or 0,
            url=self.url or "",
            type=(self.type or "").lower(),
            level=(self.level or "").lower(),
            object_id=self.object_id or 0,
            inactive=bool(self.inactive_flag),
            member_id=self.member_id,
        )


class SystemRow(Row):
    """`/system/info`."""

    version: str | None = None
    is_cloud: bool | str | None = None


class CompanyInfo(msgspec.Struct, kw_only=True, dict=True):
    """`/login/companyinfo`: public, and with a string where a truth value would be (developer guide)."""

    codebase: str | None = msgspec.field(name="Codebase", default=None)
    company_id: str | None = msgspec.field(name="CompanyID", default=None)
    is_cloud: bool | str | None = msgspec.field(name="IsCloud", default=None)


class HostedRow(Row):
    """`/system/connectwisehostedsetups`."""

    url: str | None = None
    type: str | None = None
    disabled_flag: bool | None = None
    description: str | None = None


class ScreenRow(Row):
    """`/system/connectWiseHostedScreens`: `screenId` is a word, `id` the number to refer to it by."""

    screen_id: str | None = None
    name: str | None = None
