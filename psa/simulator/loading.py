"""Turn an MSP written as plain values into a world of records."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from psa.simulator import companies, shapes, timing
from psa.simulator.answers import Record
from psa.simulator.deeds import mirror_resources
from psa.simulator.world import WORDINGS, Tenant, World

_PRIORITIES: Final = (
    ("Priority 1 - Emergency Response", "Critical", "Red"),
    ("Priority 2 - Quick Response", "High", "Orange"),
    ("Priority 3 - Normal Response", "Medium", "Yellow"),
    ("Priority 4 - Scheduled Maintenance", "Low", "White"),
)
_SCREENS: Final = ("ticket", "contact", "company", "salesorder")
_LONG_AGO: Final = "2024-01-08T09:00:00Z"


def load(world: World, plain: dict[str, Any], now: datetime, *, wording: int = 0) -> None:
    """Fill an empty world; `ago` values count back from `now` (aware). `wording` picks the audit trail's."""
    world.tenant = Tenant(
        company=plain["company"],
        company_name=plain["company_name"],
        public_key=plain["public_key"],
        private_key=plain["private_key"],
        client_id=plain["client_id"],
        signing_key=plain["signing_key"],
        api_member=plain["api_member"],
        key_id=shapes.guid("callback key", plain["company"]),
    )
    world.wording = WORDINGS[wording % len(WORDINGS)]
    Loader(world, now).all(plain)


class Loader:
    """Puts plain values into a world as records, everything counted back from one moment."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world = world
        self.now = now

    def at(self, ago: float) -> str:
        """Return the stamp of so many minutes ago."""
        return shapes.stamp(self.now - timedelta(minutes=ago))

    def all(self, plain: dict[str, Any]) -> None:
        for order, (name, level, color) in enumerate(_PRIORITIES, 1):
            record = shapes.priority(
                self.world.number("priorities"), name, level=level, color=color, order=order,
                default=order == 3, when=_LONG_AGO,
            )  # fmt: skip
            self.world.add("priorities", record)
        for order, name in enumerate(("Phone", "Email Connector", "Portal", "RMM"), 2):
            source = {
                "id": order,
                "name": name,
                "defaultFlag": order == 2,
                "_info": shapes.trail(_LONG_AGO, "admin"),
            }
            self.world.add("sources", source)
        for order, name in enumerate(_SCREENS, 1):
            self.world.add("screens", {"id": order, "screenId": name, "name": name.title()})
        for member in plain["members"]:
            self.world.add("members", shapes.member(self.world.number("members"), member, _LONG_AGO))
        for board in plain["boards"]:
            self.board(board)
        for company in plain["companies"]:
            self.company(company)
        for ticket in plain["tickets"]:
            self.world.number("tickets", ticket["id"])
            self.world.keys[ticket["key"]] = ticket["id"]
        for ticket in plain["tickets"]:
            self.ticket(ticket)
        for ticket in plain["tickets"]:
            if ticket["merged_into"]:
                self.merged(ticket)

    def board(self, plain: dict[str, Any]) -> None:
        world = self.world
        board = world.add(
            "boards",
            shapes.board(world.number("boards"), plain["name"], project=plain["project"], when=_LONG_AGO),
        )
        for order, status in enumerate(plain["statuses"], 1):
            record = shapes.status(
                world.number("statuses"), status["name"], board, order=order * 10, closed=status["closed"],
                default=status["default"], when=_LONG_AGO,
            )  # fmt: skip
            world.add("statuses", record)
        for order, name in enumerate(plain["types"]):
            kind = shapes.kind(world.number("types"), name, board, when=_LONG_AGO, default=order == 0)
            world.add("types", kind)
        types = [row["id"] for row in world.tables["types"].values() if row["board"]["id"] == board["id"]]
        for name in ("Hardware", "Software", "Network", "Account"):
            world.add("subtypes", {"id": world.number("subtypes"), "name": name, "inactiveFlag": False,
                                   "typeAssociationIds": types, "board": shapes.named(board),
                                   "_info": shapes.trail(_LONG_AGO, "admin")})  # fmt: skip
        world.add("items", {"id": world.number("items"), "name": "Install", "inactiveFlag": False,
                            "board": shapes.named(board), "_info": shapes.trail(_LONG_AGO, "admin")})  # fmt: skip
        leader = next(iter(world.tables["members"].values()))
        world.add("teams", {"id": world.number("teams"), "name": f"{board['name']} Team", "defaultFlag": True,
                            "teamLeader": shapes.member_ref(leader), "members": [leader["id"]],
                            "notifyOnTicketDelete": False, "boardId": board["id"], "locationId": 2,
                            "businessUnitId": 10, "_info": shapes.trail(_LONG_AGO, "admin")})  # fmt: skip
        for name, logins in plain.get("teams", {}).items():
            people = [world.member(login) for login in logins]
            world.add("teams", {"id": world.number("teams"), "name": name, "defaultFlag": False,
                                "teamLeader": shapes.member_ref(people[0]), "members": [one["id"] for one in people],
                                "notifyOnTicketDelete": False, "boardId": board["id"], "locationId": 2,
                                "businessUnitId": 10, "_info": shapes.trail(_LONG_AGO, "admin")})  # fmt: skip

    def company(self, plain: dict[str, Any]) -> None:
        world, trail = self.world, shapes.trail(_LONG_AGO, "admin")
        number = world.number("companies")
        company = world.add("companies", companies.company(number, plain, _LONG_AGO))
        for order, site in enumerate(plain["sites"]):
            record = {"id": world.number("sites"), "name": site["name"], "city": site["city"], "addressLine1": "",
                      "primaryAddressFlag": order == 0, "inactiveFlag": False,
                      "timeZone": dict(shapes.UTC_ZONE), "company": shapes.company_ref(company),
                      "_info": dict(trail)}  # fmt: skip
            world.add("sites", record)
            if order == 0:
                company["site"] = shapes.named(record)
        for person in plain["contacts"]:
            contact = world.add(
                "contacts", companies.contact(world.number("contacts"), person, company, _LONG_AGO)
            )
            company.setdefault("defaultContact", shapes.contact_ref(contact))
        for name in plain["agreements"]:
            agreement = companies.agreement(world.number("agreements"), name, company, _LONG_AGO)
            agreement["contact"] = company["defaultContact"]
            world.add("agreements", agreement)
        for machine in plain["configurations"]:
            number = world.number("configurations")
            world.add("configurations", companies.configuration(number, machine, company, _LONG_AGO))
        if plain.get("notes"):
            world.add("company_notes", {"id": world.number("company_notes"), "text": plain["notes"],
                                        "type": {"id": 1, "name": "Comments", "_info": {}}, "flagged": True,
                                        "enteredBy": "admin", "company": shapes.company_ref(company),
                                        "_info": dict(trail)})  # fmt: skip

    def _of_company(self, table: str, company: Record, name: str | None) -> Record | None:
        if name is None:
            return None
        for row in self.world.tables[table].values():
            if row["company"]["id"] == company["id"] and name in (row.get("name"), companies.full_name(row)):
                return row
        raise LookupError(f"{company['name']} has no {name} in {table}")

    def ticket(self, plain: dict[str, Any]) -> None:
        world = self.world
        board = self._need("boards", name=plain["board"])
        company = self._need("companies", identifier=plain["company"])
        contact = self._of_company("contacts", company, plain["contact"])
        entered_by = shapes.contact_name(contact) if contact else "admin"
        made = shapes.ticket(
            plain["id"], summary=plain["summary"], on=board, company=company, when=self.at(plain["entered"]),
            by=plain["owner"] or world.tenant.api_member if contact is None else entered_by,
        )  # fmt: skip
        status = next(row for row in world.statuses_of(board["id"]) if row["name"] == plain["status"])
        made["status"] = shapes.status_ref(status)
        made["priority"] = shapes.priority_ref(self._need("priorities", name=plain["priority"]))
        kind = next((row for row in world.tables["types"].values()
                     if row["board"]["id"] == board["id"] and row["name"] == plain["type"]), None)  # fmt: skip
        if kind:
            made["type"] = shapes.named(kind)
        team = world.find("teams", boardId=board["id"])
        if team:
            made["team"] = shapes.named(team)
        made["source"] = shapes.named(self._need("sources", name="Portal" if contact else "RMM"))
        self._where(made, company, contact, plain)
        if plain["owner"]:
            made["owner"] = shapes.member_ref(world.member(plain["owner"]))
        world.add("tickets", made)
        world.audit(
            made["id"],
            "Ticket",
            f"Ticket #{made['id']} was created.",
            by=entered_by,
            when=self.at(plain["entered"]),
        )
        seen = self._history(made, plain, contact)
        self._closing(made, plain, status, seen)
        last = max(
            (e["_info"]["lastUpdated"] for e in self._under(made)), default=made["_info"]["lastUpdated"]
        )
        made["_info"]["lastUpdated"] = max(made["_info"]["lastUpdated"], last, made.get("closedDate", ""))

    def _under(self, ticket: Record) -> list[Record]:
        return [row for table in ("notes", "time") for row in self.world.children(table, ticket["id"])]

    def _need(self, table: str, **wanted: Any) -> Record:
        found = self.world.find(table, **wanted)
        if found is None:
            raise LookupError(f"no {table} with {wanted}")
        return found

    def _where(self, made: Record, company: Record, contact: Record | None, plain: dict[str, Any]) -> None:
        world = self.world
        if contact:
            made["contact"] = shapes.contact_ref(contact)
            made["contactName"] = shapes.contact_name(contact)
            for item in contact["communicationItems"]:
                key = "contactEmailAddress" if item["communicationType"] == "Email" else "contactPhoneNumber"
                made[key] = item["value"][:20] if key == "contactPhoneNumber" else item["value"]
        site = self._of_company("sites", company, plain["site"])
        if site:
            made["site"], made["siteName"] = shapes.named(site), site["name"]
        agreement = next((row for row in world.tables["agreements"].values()
                          if row["company"]["id"] == company["id"]), None)  # fmt: skip
        if agreement:
            made["agreement"] = shapes.named(agreement)
        names = plain["configurations"]
        world.attached[made["id"]] = [
            row["id"]
            for row in world.tables["configurations"].values()
            if row["company"]["id"] == company["id"] and row["name"] in names
        ]

    def _history(self, made: Record, plain: dict[str, Any], contact: Record | None) -> str:
        """Add what lies under the ticket and its changes of status; return the status they end in."""
        if plain["description"]:
            by = shapes.contact_name(contact) if contact else plain["owner"] or "admin"
            note = shapes.note(self.world.number("notes"), made["id"], plain["description"],
                               flags=(True, False, False), when=self.at(plain["entered"]), by=by)  # fmt: skip
            note["issueFlag"] = True
            if contact:
                note["contact"] = shapes.contact_ref(contact)
            self.world.add("notes", note, ticket_id=made["id"])
        for name in plain["resources"]:
            self._entry(
                made,
                {
                    "schedule": name,
                    "start_ago": plain["entered"] - 5,
                    "minutes": 60,
                    "acknowledged_ago": None,
                },
            )
        seen: str = self.world.default_status(made["board"]["id"])["name"]
        for entry in sorted(plain["entries"], key=lambda e: -e.get("ago", 0)):
            if "status" in entry:
                self.world.audit_change(
                    made["id"], "Status", seen, entry["status"], by=entry["by"], when=self.at(entry["ago"])
                )
                seen = entry["status"]
            else:
                self._entry(made, entry)
        mirror_resources(self.world, made)
        return seen

    def _entry(self, made: Record, entry: dict[str, Any]) -> None:
        world = self.world
        if "note" in entry:
            self._note(made, entry)
        elif "time" in entry:
            self._time(made, entry)
        elif "task" in entry:
            world.add("tasks", shapes.task(world.number("tasks"), made["id"], entry["task"], done=entry["done"],
                                           when=made["_info"]["dateEntered"]), ticket_id=made["id"])  # fmt: skip
        elif "document" in entry:
            world.add("documents", shapes.document(world.number("documents"), entry, made["_info"]["dateEntered"]),
                      ticket_id=made["id"])  # fmt: skip
        elif "schedule" in entry:
            start = entry["start_ago"]
            made_entry = timing.schedule_entry(
                world.number("schedule"), ticket=made, member=world.member(entry["schedule"]),
                kind=timing.SCHEDULE_TYPES[2], span=(self.at(start), self.at(start - entry["minutes"])),
                when=self.at(max(start, 0)), by="admin",
            )  # fmt: skip
            if entry["acknowledged_ago"] is not None:
                made_entry.update(acknowledgedFlag=True, acknowledgedDate=self.at(entry["acknowledged_ago"]))
            known = [e for e in world.children("schedule", made["id"]) if e["member"] == made_entry["member"]]
            if known and not known[0]["acknowledgedFlag"]:
                world.remove("schedule", known[0]["id"], ticket_id=made["id"])
            world.add("schedule", made_entry, ticket_id=made["id"])

    def _note(self, made: Record, entry: dict[str, Any]) -> None:
        world, by = self.world, entry["by"]
        kind = entry["kind"]
        flags = (kind == "discussion", kind == "internal", kind == "resolution")
        who = by["contact"] if isinstance(by, dict) else by
        note = shapes.note(
            world.number("notes"), made["id"], entry["note"], flags=flags, when=self.at(entry["ago"]), by=who
        )
        if isinstance(by, dict):
            contact = next(
                (row for row in world.tables["contacts"].values() if shapes.contact_name(row) == who), None
            )
            if contact:
                note["contact"] = shapes.contact_ref(contact)
        else:
            note["member"] = shapes.member_ref(world.member(by))
        world.add("notes", note, ticket_id=made["id"])

    def _time(self, made: Record, entry: dict[str, Any]) -> None:
        world = self.world
        record = timing.time_entry(
            world.number("time"), member=world.member(entry["by"]), start=self.at(entry["start_ago"]), ticket=made,
            when=self.at(entry["ago"]), by=entry["by"],
        )  # fmt: skip
        record["timeEnd"] = self.at(entry["start_ago"] - entry["minutes"])
        record["actualHours"] = round(entry["minutes"] / 60, 2)
        record["notes"] = entry["time"]
        record["addToInternalAnalysisFlag"] = entry["internal"]
        record["addToDetailDescriptionFlag"] = not entry["internal"]
        made["actualHours"] = round(made["actualHours"] + record["actualHours"], 2)
        world.add("time", record, ticket_id=made["id"])

    def _closing(self, made: Record, plain: dict[str, Any], status: Record, seen: str) -> None:
        if not status["closedStatus"]:
            return
        closed = self.at(plain["closed"] if plain["closed"] is not None else max(0, plain["entered"] - 60))
        by = plain["owner"] or "admin"
        made.update(closedFlag=True, closedDate=closed, closedBy=by, dateResolved=closed, resolvedBy=by)
        self.world.audit_change(made["id"], "Status", seen, status["name"], by=by, when=closed)

    def merged(self, plain: dict[str, Any]) -> None:
        child = self.world.tables["tickets"][plain["id"]]
        parent = self.world.tables["tickets"][self.world.ticket_id(plain["merged_into"])]
        child["mergedParentTicket"] = shapes.ticket_ref(parent)
        parent["hasMergedChildTicketFlag"] = True
