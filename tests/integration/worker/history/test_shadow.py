"""A replay of made-up history over HTTP: found against the truth, without a single write, going on after a cut."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.backcast import _services, score
from escalation.evidence import Ticket
from models.account import accounts
from models.account.accounts import Account
from models.figures import baselines
from models.handoff import handoffs
from psa.port import NotPermitted
from psa.simulator.server import Simulator
from tests.fakes import T0, FakeClock, FakePsa
from worker.__main__ import main
from worker.account.onboarding import account_named
from worker.history import reading, reads
from worker.history.reading import NoAuditTrail, Progress
from worker.history.reads import read_only
from worker.history.shadow import Shadow, shadow
from worker.history.shadow_report import as_json, lines
from worker.wiring import Services

DAYS = 40


def last_wednesday(now: datetime) -> datetime:
    """Return an evening from which a seed's past has the same weekdays, thus the same tickets, whenever it is made."""
    return (now - timedelta(days=(now.weekday() - 3) % 7 + 1)).replace(hour=18, minute=0, second=0, microsecond=0)


MADE_AT = last_wednesday(datetime.now(UTC))
"""Up to a week ago: what a test counts back to from here is the same on every day, and not from its own clock."""


class Place:
    """A simulator with a past, and an account that is not connected to it."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self.simulator, self.folder = simulator, folder
        self.services: Services = _services(simulator, folder)
        self.account: Account = account_named(self.services, "northgate")
        self.said = io.StringIO()

    def shadow(self, **more: object) -> Shadow:
        progress = Progress(out=self.said, every_s=0.0)
        return shadow(self.services, self.account, days=DAYS + 8, progress=progress, **{"briefs": 0, **more})  # type: ignore[arg-type]


@pytest.fixture(
    params=[1, pytest.param(2, marks=pytest.mark.storm), pytest.param(3, marks=pytest.mark.storm)],
    ids=["first wording", "second wording", "third wording"],
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with Simulator(seed=request.param, now=MADE_AT, history_days=DAYS, history_escalations=20) as simulator:
        made = Place(simulator, tmp_path)
        yield made
        made.services.close()


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Place]:
    with Simulator(seed=1, now=MADE_AT, history_days=DAYS, history_escalations=8) as simulator:
        made = Place(simulator, tmp_path)
        yield made
        made.services.close()


def test_what_is_found_is_true_and_nothing_is_written(place: Place) -> None:
    found = place.shadow()
    history = place.simulator.office().world.history
    truth = [r for r in history if r["at"] > f"{found.since:%Y-%m-%dT%H:%M:%SZ}" and not r["bulk"]]
    got = score(found, truth, 0.0)
    assert got.wrong == 0
    assert got.coverage >= 0.9
    assert abs(got.stated_coverage - got.coverage) <= 0.08
    assert got.claims == got.actions == got.answered
    requests = place.simulator.door.log.shown()["requests"]
    assert {row["method"] for row in requests} == {"GET"}
    assert "audit trails read" in place.said.getvalue()
    with place.services.database.account(place.account.id, reading=True) as session:
        run = baselines.latest_backcast(session, place.account.id)
        (stored,) = baselines.baselines(session, place.account.id, place.services.clock())
    assert run
    assert run.pattern["status"]["templates"]
    assert (stored.candidates, stored.coverage) == (found.baseline.candidates, found.baseline.coverage)
    assert list(place.services.settings.var.rglob("*.jsonl")) == [], "what it read goes with the run"


def test_the_report_names_coverage_exclusions_and_figures_and_writes_briefs(one: Place) -> None:
    found = one.shadow(briefs=2, out=one.folder / "briefs")
    text = "\n".join(lines(found, one.account, as_of=one.services.clock()))
    assert "coverage" in text
    assert "'t2 queue' is called 'Escalated' now" in text or not found.understanding.status.aliases
    assert "nothing was written to the PSA" in text
    assert len(found.briefs) == 2
    for path in found.briefs:
        number = int(path.name.split("-")[1])
        episode = next(e for e in found.found.episodes if e.ticket_id == number)
        brief = path.read_text()
        assert "**Escalated to engineers.**" in brief
        later = [n["text"] for n in one.simulator.office().world.children("notes", number)
                 if n["_info"]["lastUpdated"] > f"{episode.at:%Y-%m-%dT%H:%M:%SZ}" and len(n["text"]) > 20]  # fmt: skip
        assert not [words for words in later if words in brief]
    body = json.loads(json.dumps(as_json(found, as_of=one.services.clock())))
    assert body["clocks"]["total"]["calendar"]["n"] > 0


@pytest.mark.storm
def test_a_run_that_was_cut_off_goes_on_where_it_was(one: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    read_trail = reading._trail

    def cut_off(read: object) -> object:
        if one.simulator.door.log.shown()["requests"][-1]["number"] > 40:
            raise KeyboardInterrupt
        return read_trail(read)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "_trail", cut_off)
    with pytest.raises(KeyboardInterrupt):
        one.shadow()
    (kept,) = (one.folder / "shadow").glob("*.jsonl")
    assert kept.stat().st_mode & 0o077 == 0
    with kept.open("a") as file:
        file.write('\n{"ticket": 1, "cha')
    monkeypatch.setattr(reading, "_trail", read_trail)
    one.simulator.door.log.clear()
    found = one.shadow()
    asked = [r["path"] for r in one.simulator.door.log.shown()["requests"] if "audittrail" in r["path"]]
    assert found.resumed > 5
    assert len(asked) == found.tickets - found.resumed
    assert not kept.exists()
    fresh = one.shadow()
    assert [o.episode for o in fresh.baseline.observations] == [o.episode for o in found.baseline.observations]


@pytest.mark.storm
def test_after_connecting_the_old_way_ends_there_and_what_we_saw_checks_the_reading(one: Place) -> None:
    simulator, services, account_id = one.simulator, one.services, one.account.id
    connected = MADE_AT - timedelta(days=12)
    seen = [r for r in simulator.office().world.history if r["recorded"] and not r["bulk"]]
    seen = [r for r in seen if datetime.fromisoformat(r["at"]) > connected and r["way"] != "twice"]
    assert len(seen) >= 5
    with services.database.account(account_id) as session:
        accounts.set_account(session, account_id, connected_at=connected)
        for row in seen:
            handoffs.open_handoff(
                session, account_id=account_id, ticket_id=row["ticket"], episode=1, now=services.clock(),
                escalated_at=datetime.fromisoformat(row["at"]), rule_version=1, status="Escalated",
            )  # fmt: skip
    one.account = account_named(services, "northgate")
    found = one.shadow()
    assert found.until == connected
    assert all(o.escalated_at is None or o.escalated_at <= connected for o in found.baseline.observations)
    pattern = found.understanding.status
    assert (pattern.witnessed, pattern.found_again) == (len(seen), len(seen))


@pytest.mark.storm
def test_a_wording_that_says_nothing_gives_no_baseline_and_says_so(one: Place) -> None:
    trail = one.simulator.office().world.trail
    for rows in trail.values():
        for n, row in enumerate(rows):
            row["text"] = f"Record {n} saved; see the log of {row['enteredBy']}."
    found = one.shadow()
    assert not found.understanding.trusted
    assert found.found.episodes == ()
    assert not found.baseline.usable
    assert found.baseline.candidates
    text = "\n".join(lines(found, one.account, as_of=one.services.clock()))
    assert "no wording for a change of status could be learned" in text
    assert "no backcast baseline: coverage 0% is below 80%" in text


def test_a_mass_update_in_one_second_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH", 3)
    psa = FakePsa(FakeClock())
    for number in range(1, 11):
        psa.add(number, last_updated=T0)
    psa.add(11, last_updated=T0 + timedelta(seconds=5))
    listed = psa.tickets_updated_since

    def limited(since: datetime, *, limit: int = 5000) -> list[Ticket]:
        return sorted(listed(since), key=lambda t: (str(t.last_updated), t.id))[:limit]

    monkeypatch.setattr(psa, "tickets_updated_since", limited)
    assert len(reading.tickets_since(psa, T0 - timedelta(days=1))) == 11


@pytest.mark.storm
def test_it_makes_the_reads_it_said_two_a_ticket_and_shows_the_report_before_the_last_of_them(one: Place) -> None:
    log, shown = one.simulator.door.log, []
    for run in ("first", "again"):
        log.clear()
        shown.clear()
        one.said.truncate(0)
        found = one.shadow(show=lambda found: shown.append((found, len(log.shown()["requests"]))))
        ahead = re.search(r"about ([\d,]+) reads ahead", one.said.getvalue())
        assert ahead
        said, made = int(ahead[1].replace(",", "")), len(log.shown()["requests"])
        listed = 2 + len(one.services.psa(one.account.id).boards()) + 1  # codebase, boards with statuses, members, tickets
        assert abs(said - (made - listed)) <= 0.1 * made, run
        assert made <= 2.1 * found.tickets + 20
        (early, then), = shown
        assert early.baseline.observations == found.baseline.observations
        assert (made > then + 20) == (run == "first"), "the memory is filled behind the report, once"


@pytest.mark.storm
def test_what_no_list_tells_is_read_ticket_by_ticket(one: Place) -> None:
    whole = one.shadow()
    one.simulator.faults.add({"kind": "status", "path": r"/entries\?.*(%20|\+)in(%20|\+)", "count": 99, "status": 400})
    again = one.shadow()
    assert [rule.hits for rule in one.simulator.faults.rules] >= [2]
    assert [(o.episode, o.claimed_at, o.acted_at) for o in again.baseline.observations] == [
        (o.episode, o.claimed_at, o.acted_at) for o in whole.baseline.observations
    ]


def test_without_the_permission_it_says_what_to_do(one: Place) -> None:
    one.simulator.faults.add({"kind": "forbidden", "path": "/system/audittrail", "count": 1})
    with pytest.raises(NoAuditTrail, match=r"audittrail.*403.*give the API member's role"):
        one.shadow()


@pytest.mark.storm
def test_a_psa_that_asks_to_wait_is_waited_for(one: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(reading.patiently, "__kwdefaults__", {"sleep": waited.append})
    monkeypatch.setattr(reads, "SIDE_BY_SIDE", 1)
    one.simulator.faults.add({"kind": "status", "path": "/system/audittrail", "count": 2, "status": 503})
    assert one.shadow().understanding.trusted
    assert waited == [1.0, 2.0]


def test_a_read_only_psa_has_no_writes(one: Place) -> None:
    psa = read_only(one.services.psa(one.account.id))
    assert psa.boards()
    for write in ("post_internal_note", "edit_note", "delete_note", "assign_owner", "register_callback", "at_rest"):
        with pytest.raises(NotPermitted):
            getattr(psa, write)


@pytest.mark.storm
def test_the_command_prints_the_result(
    one: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {
        "DATABASE_URL": one.services.settings.database_url, "SECRET_KEYS": "benchmark" * 5,
        "RESOLUTIONFLOW_VAR": str(one.folder), "RESOLUTIONFLOW_CALLS_PER_SECOND": "1000", "RESOLUTIONFLOW_BURST": "1000",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert main(["shadow", "northgate", "--days", str(DAYS), "--briefs", "1"]) == 0
    said = capsys.readouterr()
    assert "escalations:" in said.out
    assert "sample brief" in said.out
    assert "audit trails read" in said.err
    assert main(["shadow", "northgate", "--days", str(DAYS), "--briefs", "0", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["coverage"] > 0.5
