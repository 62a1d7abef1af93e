"""The MSP's set-up: its boards and members, our callback entries and pod, and whether all that may be used."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

from psa.connectwise.answers import NoSuchEndpoint, ObjectExists, http_date, replacing
from psa.connectwise.connection import Connection
from psa.connectwise.probes import PROBES, TICKET, TRIALS, Probe, Trial
from psa.connectwise.schemas.row import Ref, fields_of
from psa.connectwise.schemas.set_up import (
    BoardRow,
    CallbackRow,
    HostedRow,
    MemberRow,
    ScreenRow,
    StatusRow,
    SystemRow,
    TeamRow,
)
from psa.port import (
    Board,
    Callback,
    Forbidden,
    Hosted,
    Member,
    NotFound,
    ProbeResult,
    PsaError,
    Refused,
    SystemInfo,
    Team,
)

POD_HEIGHT = 400
"""Pixels; a person may drag it."""


class SetUp(Connection):
    """The parts of `psa.port.Psa` that are about the installation, not about a ticket."""

    def boards(self, names: Sequence[str] | None = None) -> list[Board]:
        """Read boards with their statuses: one call for the boards, one for each board's statuses."""
        boards = self._manage.service.boards
        asked = {"fields": fields_of(BoardRow), "orderBy": "id asc"}
        rows = list(self._calls.pages(boards, BoardRow, asked, "rest"))
        if names is not None:
            wanted = {n.strip().casefold() for n in names}
            rows = [r for r in rows if (r.name or "").strip().casefold() in wanted]
        found = []
        for row in rows:
            if row.id:
                with contextlib.suppress(NotFound):  # a row of the list that is no board, or is none any more
                    found.append(row.board(self._calls.pages(boards.id(row.id).statuses, StatusRow, {}, "rest")))
        return found

    def members(self) -> list[Member]:
        """Read all members, API members too.

        Only the fields needed: the record also holds pay rates and tokens.
        """
        asked = {"fields": fields_of(MemberRow), "orderBy": "id asc"}
        rows = self._calls.pages(self._manage.system.members, MemberRow, asked, "rest")
        return [r.member() for r in rows if r.id and r.identifier]

    def teams(self, board_ids: Iterable[int]) -> list[Team]:
        """Read the teams of some boards, one call for each; a board without any, or that has none to show, gives none."""
        found: list[Team] = []
        for board_id in board_ids:
            with contextlib.suppress(NotFound, NoSuchEndpoint, Forbidden):
                rows = self._calls.pages(self._manage.service.boards.id(board_id).teams, TeamRow, {}, "rest")
                found += [row.team(board_id) for row in rows if row.id]
        return found

    def system_info(self) -> SystemInfo:
        """Read the version; the cheapest proof that the keys work."""
        row, answer = self._calls.read(self._manage.system.info, SystemRow, priority="rest")
        return SystemInfo(
            version=row.version or "",
            is_cloud=str(row.is_cloud).lower() == "true",
            server_time=http_date(answer.headers.get("Date")),
        )

    def callbacks(self) -> list[Callback]:
        """Read all callback entries our keys can see, inactive ones too."""
        rows = self._calls.pages(self._manage.system.callbacks, CallbackRow, {}, "rest")
        return [r.callback() for r in rows if r.id]

    def register_callback(
        self, *, url: str, type: str, level: str, object_id: int, description: str
    ) -> Callback:
        """Create a callback entry; an equal one that exists already is returned instead."""
        body = {
            "url": url,
            "type": type,
            "level": level,
            "objectId": object_id,
            "description": description[:100],
            "payloadVersion": "3.0.0",
            "inactiveFlag": False,
        }
        try:
            return self._calls.write(
                "POST", self._manage.system.callbacks, body, CallbackRow, "rest"
            ).callback()
        except ObjectExists as error:
            equal = [
                c
                for c in self.callbacks()
                if c.url == url
                and (c.type, c.level) == (type.lower(), level.lower())
                and (c.object_id == object_id or level.lower() == "owner")
            ]
            if not equal:
                raise Refused(
                    f"{error}. Our keys do not see that entry, so another API member made it: delete it there, "
                    "or give the keys it was made with", status=error.status,
                ) from error  # fmt: skip
            return min(equal, key=lambda c: (c.inactive, c.id))

    def reactivate_callback(self, callback_id: int) -> Callback:
        """Switch an entry on again. Raises `Refused` if it stays off."""
        endpoint = self._manage.system.callbacks.id(callback_id)
        body = replacing("inactiveFlag", False)
        row = self._calls.write("PATCH", endpoint, body, CallbackRow, "rest")
        if row.inactive_flag is not False:
            row, _ = self._calls.read(endpoint, CallbackRow, priority="rest")
            if row.inactive_flag:
                raise Refused(f"PATCH callback {callback_id}: 200, but it is still inactive", status=200)
        return row.callback()

    def delete_callback(self, callback_id: int) -> None:
        """Delete an entry.

        An unknown id counts as done; ConnectWise calls that a missing endpoint (public code).
        """
        self._delete(self._manage.system.callbacks.id(callback_id))

    def _delete(self, endpoint: Any) -> None:
        try:
            self._calls.call("DELETE", endpoint, priority="rest")
        except (NotFound, NoSuchEndpoint) as error:
            if error.status != 404:  # not the record is gone, the call went astray
                raise

    def host_page(
        self, *, kind: Literal["Pod", "Tab"], screens: Sequence[str], description: str, url: str, origin: str,
        there: Iterable[Hosted],
    ) -> Hosted:  # fmt: skip
        """Show a page on the first of these screens that there is; see `psa.port.Psa`."""
        system = self._manage.system
        same = next((page for page in there if page.type == kind and _place(page.url) == _place(url)), None)
        if same is not None and same.url == url and not same.disabled:
            return same
        if same is not None:
            ops = [*replacing("url", url), *replacing("origin", origin), *replacing("disabledFlag", False)]
            endpoint = system.connectwisehostedsetups.id(same.id)
            self._calls.write("PATCH", endpoint, ops, HostedRow, "rest")
            return Hosted(same.id, url, kind, same.description)
        found = self._calls.pages(system.connect_wise_hosted_screens, ScreenRow, {}, "rest")
        ids = {(s.screen_id or s.name or "").lower(): s.id for s in found}
        screen = next((ids[name] for name in screens if name in ids), None)
        if screen is None:
            raise Refused(f"no screen {' or '.join(screens)} for hosted pages; there are {', '.join(sorted(ids)) or 'none'}")
        body = {
            "screenId": screen,
            "description": description[:50],
            "url": url,
            "origin": origin,
            "type": kind,
            "podHeight": POD_HEIGHT,
            "clientId": self._keys.client_id,
        }
        made = self._calls.write("POST", system.connectwisehostedsetups, body, HostedRow, "rest")
        return Hosted(made.id or 0, url, kind, description)

    def learn_api_member(self, members: Iterable[Member], callbacks: Iterable[Callback]) -> str | None:
        """Take the API member's login name from who created a callback entry of ours, and return it."""
        by_id = {m.id: m.identifier for m in members}
        for callback in callbacks:
            if callback.member_id in by_id:
                self._api_member = by_id[callback.member_id]
        return self._api_member

    def probe(self) -> list[ProbeResult]:
        """Try every endpoint the product reads and say what is missing. Errors as `psa.port.Psa` says.

        What hangs on a ticket is tried on the one that was entered last.
        """
        self._calls.check(self._manage.system.info, {}, "rest")
        ticket = self._any_ticket()
        tried = [(probe, *self._probe(probe, ticket)) for probe in PROBES]
        return [ProbeResult("system", True, "readable"), *_by_right(tried)]

    def probe_writes(self) -> list[ProbeResult]:
        """Try the rights to write on records that do not exist, so that nothing is written; say which is refused.

        Whether ConnectWise looks for the right before the record is unverified.
        """
        return [self._try(trial) for trial in TRIALS]

    def _try(self, trial: Trial) -> ProbeResult:
        endpoint: Any = self._manage
        for step in trial.path:
            endpoint = endpoint.id(step) if isinstance(step, int) else getattr(endpoint, step)
        try:
            self._calls.call(trial.method, endpoint, body=trial.body, priority="rest")
        except Forbidden as error:
            return ProbeResult(trial.what, False, f"{error}; give the role: {trial.needs}")
        except (NotFound, NoSuchEndpoint, Refused):
            return ProbeResult(trial.what, True, "allowed, as far as a trial on a record that does not exist can tell")
        except PsaError as error:
            return ProbeResult(trial.what, False, str(error))
        return ProbeResult(trial.what, True, "allowed")

    def hosted(self) -> list[Hosted]:
        """Read all hosted pods, tabs and buttons our keys can see."""
        rows = self._calls.pages(self._manage.system.connectwisehostedsetups, HostedRow, {}, "rest")
        return [
            Hosted(row.id, row.url or "", row.type or "", row.description or "", bool(row.disabled_flag))
            for row in rows
            if row.id
        ]

    def remove_hosted(self, hosted_id: int) -> None:
        """Delete a hosted pod, tab or button. An unknown id counts as done."""
        self._delete(self._manage.system.connectwisehostedsetups.id(hosted_id))

    def _any_ticket(self) -> int | None:
        asked = {"fields": "id", "orderBy": "id desc", "pageSize": 1}
        try:
            rows, _ = self._calls.rows(self._manage.service.tickets, Ref, asked, "rest")
        except PsaError:  # said by the probe of tickets
            return None
        return next((row.id for row in rows if row.id), None)

    def _probe(self, probe: Probe, ticket: int | None) -> tuple[ProbeResult, bool]:
        """Return what a probe found, and whether it was the security role that refused."""
        if probe.of_a_ticket and ticket is None:
            words = f"not tried: no ticket could be read to try it on; {probe.permission}"
            return ProbeResult(probe.what, True, words), False
        endpoint: Any = self._manage
        for step in probe.path:
            endpoint = endpoint.id(ticket) if step == TICKET else getattr(endpoint, step)
        params = {name: ticket if value == TICKET else value for name, value in probe.params.items()}
        try:
            self._calls.check(endpoint, params, "rest")
        except Forbidden as error:
            return ProbeResult(probe.what, False, str(error)), True
        except NotFound:  # gone since the list was read; being told so took the permission
            return ProbeResult(probe.what, True, "readable"), False
        except PsaError as error:
            if probe.may_lack and error.status in (404, 405):
                return ProbeResult(probe.what, True, probe.may_lack), False
            return ProbeResult(probe.what, False, str(error)), False
        return ProbeResult(probe.what, True, "readable"), False


def _by_right(tried: Sequence[tuple[Probe, ProbeResult, bool]]) -> list[ProbeResult]:
    """Return the results, those that one missing right explains as one line which names it.

    What takes several rights is told by the one that something else misses too, else by the one that nothing else has.
    """
    refused = [probe for probe, _, forbidden in tried if forbidden]
    alone = {probe.needs[0] for probe in refused if len(probe.needs) == 1}
    given = {need for probe, result, _ in tried if result.ok for need in probe.needs}
    lines: list[ProbeResult] = []
    told: dict[str, tuple[int, list[str]]] = {}
    for probe, result, forbidden in tried:
        if not forbidden:
            lines.append(result)
            continue
        needs = [n for n in probe.needs if n in alone] or [n for n in probe.needs if n not in given] or list(probe.needs)
        right = ", and ".join(needs)
        if right in told:
            told[right][1].append(probe.what)
            continue
        told[right] = (len(lines), [])
        lines.append(ProbeResult(result.what, False, f"{result.detail}; give the role: {right}"))
    for place, others in told.values():
        if others:
            line = lines[place]
            lines[place] = ProbeResult(line.what, False, f"{line.detail}. The same right is missing for: {', '.join(others)}")
    return lines


def _place(url: str) -> tuple[str, str]:
    """Return what a page is known again by when it moves to another host."""
    parts = urlsplit(url)
    return parts.path.rpartition("/")[2], parts.query
