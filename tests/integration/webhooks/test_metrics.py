"""`/metrics` on both databases: what it counts, what it never tells, and whom it answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event, update

from models.database.sessions import Database
from models.handoff import claims
from models.tables import Handoff
from models.work import inbox, jobs
from models.work.alert_kinds import Kind
from tests.integration.webhooks.office import MARIA, Office, open_office
from webhooks.metrics import Meter
from worker.settings import Settings, SettingsError


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    office = open_office(database, tmp_path)
    yield office
    office.app.extensions["resolutionflow"].dispose()


def read(office: Office) -> dict[str, float]:
    """Return every sample by its name and labels."""
    answer = office.browser().get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    return {
        sample.name.removeprefix("resolutionflow_") + "".join(f" {v}" for v in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_it_counts_and_ages_what_there_is_over_all_accounts(office: Office) -> None:
    now = datetime.now(UTC)
    posted = office.escalate(1, minutes_ago=5)
    with office.database.account(office.account_id) as session:
        claims.claim(session, office.account_id, posted, member_id=MARIA, now=now)
        session.execute(
            update(Handoff).where(Handoff.id == posted)
            .values(brief_state="posted", posted_at=now - timedelta(minutes=4, seconds=50), next_attempt_at=None)
        )  # fmt: skip
        session.execute(
            update(Handoff).where(Handoff.id == office.handoff_id).values(seen_at=now - timedelta(minutes=11))
        )
        inbox.store(
            session, account_id=office.account_id, dedupe_key="k", type="ticket", action="updated", record_id=1, raw=b"",
            now=now - timedelta(seconds=40),
        )  # fmt: skip
        jobs.raise_alert(session, office.account_id, kind=Kind.PARKED, subject="1", detail="northgate", now=now)
    with office.database.system() as system:
        jobs.beat(system, "sweep", now - timedelta(seconds=7))
    found = read(office)
    assert found["accounts"] == 1
    assert [found[f"handoffs_newest {state}"] for state in ("open", "claimed", "acted", "resolved")] == [1, 1, 0, 0]
    assert found["handoffs_seen_last_hour"] == 2
    assert (found["handoffs_live pending open"], found["handoffs_live posted claimed"]) == (1, 1)
    assert found["brief_oldest_waiting_seconds"] == pytest.approx(660, abs=30)
    assert found["callbacks_waiting"] == 1
    assert found["callback_oldest_waiting_seconds"] == pytest.approx(40, abs=20)
    assert (found["work_due callback"], found["work_due poll"]) == (1, 0)
    assert found["deliveries_newest queued"] == 6
    assert found["alerts_open brief parked"] == 1
    assert found["heartbeat_age_seconds sweep"] == pytest.approx(7, abs=20)
    assert found["briefs_posted_last_hour"] == 1
    assert found["brief_latency_last_hour_seconds 0.5"] == pytest.approx(10, abs=1)


def test_it_names_no_account_and_nothing_of_a_ticket(office: Office) -> None:
    with office.database.account(office.account_id) as session:
        jobs.raise_alert(
            session, office.account_id, kind=Kind.PARKED, subject="ticket 48213", detail="northgate: VPN drops",
            now=datetime.now(UTC),
        )  # fmt: skip
    text = office.browser().get("/metrics").text
    assert read(office)["alerts_open brief parked"] == 1, "told of, by its kind alone"
    for secret in ("northgate", "Harbor", "VPN", "svensson", "48213"):
        assert secret not in text


def test_only_this_machine_may_ask_without_a_token(office: Office) -> None:
    def asked(address: str, **headers: str) -> int:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return office.browser().get("/metrics", headers=given, environ_base={"REMOTE_ADDR": address}).status_code

    assert asked("127.0.0.1") == asked("::1") == 200
    assert asked("203.0.113.7") == asked("10.0.0.4") == asked("") == 403
    assert asked("127.0.0.1", X_Forwarded_For="203.0.113.7") == 403, "a proxy stands before somebody"
    assert asked("127.0.0.1", X_Forwarded_For="127.0.0.1") == 403, "whatever the caller wrote there"
    assert asked("127.0.0.1", Forwarded="for=203.0.113.7") == 403


def test_with_a_token_everybody_needs_it(sqlite_database: Database, tmp_path: Path) -> None:
    office = open_office(sqlite_database, tmp_path, METRICS_TOKEN="a token of good length")
    for header, status in (
        ("", 403), ("Bearer wrong", 403), ("Bearer", 403), ("Basic a token of good length", 403),
        ("Bearer a token of good length", 200), ("bearer a token of good length", 200),
    ):  # fmt: skip
        answer = office.browser().get("/metrics", headers={"Authorization": header})
        assert answer.status_code == status, header


def test_a_token_that_can_be_guessed_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="METRICS_TOKEN has 5 characters"):
        Settings.read({"RESOLUTIONFLOW_VAR": str(tmp_path), "METRICS_TOKEN": "short"})


def test_it_is_counted_once_for_many_who_ask(sqlite_database: Database) -> None:
    moment = [0.0]
    meter = Meter(sqlite_database, lambda: datetime.now(UTC), tick=lambda: moment[0])
    asked: list[str] = []
    event.listen(sqlite_database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    first = meter.read()
    once = len(asked)
    moment[0] = 4.9
    assert meter.read() is first
    assert len(asked) == once
    moment[0] = 5.1
    assert meter.read() is not first
    assert len(asked) == 2 * once


def test_a_database_that_is_away_is_said_to_be(sqlite_database: Database, tmp_path: Path) -> None:
    office = open_office(sqlite_database, tmp_path)
    with sqlite_database.system() as system:
        system.connection().exec_driver_sql("ALTER TABLE heartbeat RENAME TO elsewhere")
    answer = office.browser().get("/metrics")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
