"""The storms: each brings one kind of fault while escalations go on, and then lets go.

What a storm does with chance comes from the rig's seed; which escalation meets which fault is left to the processes.
"""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import redis
from sqlalchemy import make_url

from tests.databases import APP
from tests.storm.audit import Account, audit, settle
from tests.storm.proxy import Fault
from tests.storm.rig import Rig, every
from worker.process.embedded import Part

SETTLE_S = 120.0


@dataclass(frozen=True, slots=True)
class Force:
    """How hard a storm blows."""

    escalations: int = 12
    seconds: float = 6.0


@dataclass(frozen=True, slots=True)
class Storm:
    name: str
    blow: Callable[[Rig, Force], None]
    only: str = ""
    """The one kind of database it is about; empty: both."""
    refused_mail: tuple[str, ...] = ()
    disk: bool = False
    """It wants its databases on a small disk."""
    alone: bool = False
    """It wants a rig on which nothing has happened."""


class CannotBlow(Exception):
    """Something that a storm needs is not here; the message says what."""


STORMS: list[Storm] = []


Blow = Callable[[Rig, Force], None]


def storm(
    name: str, *, only: str = "", refused_mail: tuple[str, ...] = (), disk: bool = False, alone: bool = False
) -> Callable[[Blow], Blow]:
    """Register a storm under its name, `group: what`."""

    def register(blow: Blow) -> Blow:
        STORMS.append(Storm(name, blow, only, refused_mail, disk, alone))
        return blow

    return register


def run(rig: Rig, one: Storm, force: Force) -> Account:
    """Let one storm blow, heal, wait until everything has settled, and audit."""
    for msp in rig.msps:
        msp.simulator.clear_deliveries()
    rig.stack.simulator.clear_requests()
    before = len(rig.escalations)
    rig.refused_mail = one.refused_mail
    rig.blame.clear()
    try:
        one.blow(rig, force)
    except CannotBlow:
        raise
    except Exception as error:
        rig.blame.append(f"the storm itself failed: {error!r}"[:300])
    finally:
        rig.heal()
    healed, healed_at = time.monotonic(), time.time()
    settled = settle(rig, healed, SETTLE_S)
    found = audit(rig, one.name, rig.escalations[before:], healed_at, settled)
    for what in rig.blame:
        found.blame(what)
    return found


def some(force: Force, share: float = 3) -> Force:
    """Return a part of the force."""
    return replace(force, escalations=max(1, int(force.escalations / share)), seconds=force.seconds / share)


def rain(rig: Rig, force: Force) -> None:
    """Escalate at random moments; now and then somebody goes on working on a ticket, so that briefs are edited."""
    for _ in range(force.escalations):
        time.sleep(rig.chance.uniform(0.2, 1.8) * force.seconds / force.escalations)
        (made,) = rig.escalate(1, [rig.chance.choice(rig.msps)])
        if rig.chance.random() < 0.3:
            old = rig.chance.choice(rig.escalations[-force.escalations :] or [made])
            text = "Swapped the cable, no change."
            old.msp.simulator.add_note(old.ticket, text, member=old.msp.junior)


@storm("calm")
def _calm(rig: Rig, force: Force) -> None:
    rain(rig, force)


# processes


@storm("processes: random kill -9")
def _kills(rig: Rig, force: Force) -> None:
    victims = ["worker", "worker", "worker", "web", "broker", "beat"]
    end = every(max(0.8, force.seconds / 8), lambda: rig.kill(rig.chance.choice(victims)))
    try:
        rain(rig, replace(force, seconds=force.seconds * 2))
    finally:
        end()


@storm("processes: worker stopped beyond lease")
def _stopped(rig: Rig, force: Force) -> None:
    rig.add_worker()
    lease = rig.stack.services.settings.intervals.lease
    try:
        rain(rig, replace(force, escalations=force.escalations // 2, seconds=1))
        rig.signal("worker", signal.SIGSTOP)
        rain(rig, replace(force, escalations=force.escalations // 2, seconds=lease + 2))
        rig.signal("worker", signal.SIGCONT)
        time.sleep(1)
    finally:
        rig.signal("worker", signal.SIGCONT)
        rig.remove("worker 2")


@storm("processes: web stopped")
def _web_stopped(rig: Rig, force: Force) -> None:
    rig.signal("web", signal.SIGSTOP)
    rain(rig, force)


@storm("processes: no beat")
def _no_beat(rig: Rig, force: Force) -> None:
    rig.signal("beat", signal.SIGSTOP)
    rain(rig, force)


@storm("processes: two beats")
def _two_beats(rig: Rig, force: Force) -> None:
    first = rig.part("beat")
    second = Part("beat 2", first.command, first.environment, rig.stack.home / "log" / "beat-2.log")
    second.start()
    try:
        rain(rig, force)
    finally:
        second.kill()


# callbacks


@storm("callbacks: 30% dropped, 50% repeated, shuffled")
def _unruly(rig: Rig, force: Force) -> None:
    for msp in rig.msps:
        msp.simulator.callbacks(drop_ratio=0.3, repeat=2, repeat_ratio=0.5, shuffle=True, shuffle_within_s=2.0)
    rain(rig, force)


@storm("callbacks: all dropped")
def _silent(rig: Rig, force: Force) -> None:
    for msp in rig.msps:
        msp.simulator.callbacks(drop_ratio=1.0)
    rain(rig, force)


@storm("callbacks: late")
def _late(rig: Rig, force: Force) -> None:
    for msp in rig.msps:
        msp.simulator.callbacks(delay_s=5.0)
    rain(rig, force)
    time.sleep(5)


@storm("callbacks: disabled")
def _disabled(rig: Rig, force: Force) -> None:
    for msp in rig.msps:
        for entry in msp.simulator.callback_entries():
            msp.simulator.callbacks(deactivate=entry["id"])
    rain(rig, force)


# broker


@storm("broker: down")
def _broker_down(rig: Rig, force: Force) -> None:
    rig.broker.fault = Fault(down=True)
    rain(rig, force)


@storm("broker: frozen")
def _broker_frozen(rig: Rig, force: Force) -> None:
    rig.broker.fault = Fault(frozen=True)
    rain(rig, force)


@storm("broker: answers lost")
def _broker_mute(rig: Rig, force: Force) -> None:
    rig.broker.fault = Fault(mute=True)
    rain(rig, force)


@storm("broker: flushed")
def _broker_flushed(rig: Rig, force: Force) -> None:
    end = every(0.5, lambda: _broker(rig, "FLUSHALL"))
    try:
        rain(rig, force)
    finally:
        end()


@storm("broker: read-only")
def _broker_read_only(rig: Rig, force: Force) -> None:
    _broker(rig, "REPLICAOF", "127.0.0.1", "1")
    try:
        rain(rig, force)
    finally:
        _broker(rig, "REPLICAOF", "NO", "ONE")


def _broker(rig: Rig, *command: str) -> None:
    with redis.Redis(unix_socket_path=str(rig.stack.services.settings.broker_socket)) as client:
        client.execute_command(*command)


# database


@storm("database: locked", only="sqlite")
def _locked(rig: Rig, force: Force) -> None:
    file = make_url(rig.stack.services.settings.database_url).database
    assert file is not None
    with sqlite3.connect(Path(file), isolation_level=None, check_same_thread=False, timeout=20) as connection:

        def hold() -> None:
            connection.execute("BEGIN EXCLUSIVE")
            time.sleep(4.5)
            connection.execute("ROLLBACK")

        end = every(0.5, hold)
        try:
            rain(rig, force)
        finally:
            end()
    connection.close()


@storm("database: down", only="postgresql")
def _database_down(rig: Rig, force: Force) -> None:
    _line(rig, Fault(down=True))
    rain(rig, force)


@storm("database: frozen", only="postgresql")
def _database_frozen(rig: Rig, force: Force) -> None:
    _line(rig, Fault(frozen=True))
    rain(rig, force)


@storm("database: answers lost", only="postgresql")
def _database_mute(rig: Rig, force: Force) -> None:
    for _ in range(3):
        rain(rig, replace(force, escalations=force.escalations // 3, seconds=force.seconds / 3))
        _line(rig, Fault(mute=True))
        time.sleep(1)
        _line(rig, Fault())


@storm("database: connections cut", only="postgresql")
def _database_cut(rig: Rig, force: Force) -> None:
    assert rig.postgres is not None
    server = rig.postgres
    end = every(0.7, lambda: server.run(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{APP}'"
    ))  # fmt: skip
    try:
        rain(rig, force)
    finally:
        end()


@storm("database: out of connections", only="postgresql")
def _exhausted(rig: Rig, force: Force) -> None:
    assert rig.postgres is not None
    rig.postgres.run(f"ALTER ROLE {APP} CONNECTION LIMIT 2",
                     f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{APP}'")  # fmt: skip
    try:
        rain(rig, force)
    finally:
        rig.postgres.run(f"ALTER ROLE {APP} CONNECTION LIMIT -1")


@storm("database: slow", only="postgresql")
def _slow(rig: Rig, force: Force) -> None:
    _line(rig, Fault(delay_s=0.03))
    rain(rig, force)


def _line(rig: Rig, fault: Fault) -> None:
    assert rig.database is not None
    rig.database.fault = fault
