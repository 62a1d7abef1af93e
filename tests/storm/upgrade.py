"""An upgrade over many releases at once: an old program with escalations on its hands, then this one on its database.

The old release is the one before a migration, taken from the repository's history. Its own migrations make the database, into
which the accounts are copied, so nothing of it is younger than the program that runs on it.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from models.handoff import handoffs
from tests.databases import APP, OWNER
from tests.hostile.knock import Ask, Knocker, token_of
from tests.storm.rig import Escalation, Rig
from tests.storm.rolling import _begin, _end, _migrate, old_release
from tests.storm.storms import Force, rain, some, storm
from worker.demo.stack import until
from worker.process.embedded import Part

PARTS = ("web", "streams", "worker", "beat")
ACCOUNTS = ("account", "account_status", "member")
"""What an old database begins with, in an order that references allow."""
MIGRATES = """\
import sys
try:
    from models.database.schema import migrate
except ImportError:
    from models.schema import migrate
migrate(*sys.argv[1:])
"""


@storm("upgrade: from the very first schema", alone=True)
def _from_the_first(rig: Rig, force: Force) -> None:
    _upgrade(rig, force, before="0002")


@storm("upgrade: over half of the migrations", alone=True)
def _from_the_middle(rig: Rig, force: Force) -> None:
    _upgrade(rig, force, before="0011")


def _upgrade(rig: Rig, force: Force, *, before: str) -> None:
    """Let the release before a migration work, leave work half done, and upgrade while escalations go on.

    1. The old release alone, on a database that it made; its worker ends first, so callbacks pile up that nobody has read.
    2. Everything down, while escalations go on.
    3. The new release starts, before and while the database is migrated.
    4. The new release alone. What the old one handed off is read through the API, page and claim included.
    """
    place, _ = old_release(rig.stack.home / f"before {before}", before=before)
    new = [rig.part(name) for name in PARTS]
    for part in reversed(new):
        _end(rig, part)
    _start_over(rig, place)
    old = {part.name: _old_part(rig, part, place) for part in new if part.name != "streams"}
    for part in old.values():
        _begin(rig, part)
    until(rig.stack._web_answers, "the old web did not answer")
    first = len(rig.escalations)
    rain(rig, some(force))
    handed_off = rig.escalations[first:]
    until(lambda: all(_brief_of(one) for one in handed_off), "the old worker posted no brief", within_s=60)
    for name in ("worker", "beat"):
        _end(rig, old[name])
    rain(rig, some(force))
    _end(rig, old["web"])
    rain(rig, some(force, 6))
    migrating = threading.Thread(target=_migrate, args=(rig,))
    for part in new:
        _begin(rig, part)
    migrating.start()
    rain(rig, some(force))
    migrating.join(60)
    until(rig.stack._web_answers, "the new web did not answer", within_s=60)
    rain(rig, some(force))
    for one in handed_off:
        rig.blame += _unreadable(rig, one)


def _brief_of(one: Escalation) -> bool:
    return any("[ref: RF-" in note["text"] for note in one.msp.simulator.notes(one.ticket))


def _unreadable(rig: Rig, one: Escalation) -> list[str]:
    """Return what of an old handoff this release cannot show to a senior."""
    account_id = one.msp.account_id
    with rig.stack.services.database.account(account_id, reading=True) as session:
        rows = handoffs.by_ticket(session, account_id, one.ticket)
    if not rows:
        return [f"{one.msp.name} {one.ticket}: the handoff of the old release is gone"]
    knocker, headers = Knocker(rig.stack.web_url), {"Authorization": f"Bearer {token_of(rig, one.msp)}"}
    paths = (f"/api/v1/handoffs/{rows[0].id}", f"/escalations/{rows[0].id}/brief", f"/pod/ticket/content?ticket={one.ticket}")
    answers = [(path, knocker.ask(Ask("GET", path, headers=headers))) for path in paths]
    return [
        f"{one.msp.name} {path} was answered {answer.status}"
        for path, answer in answers if answer.status != 200 or "business app" not in answer.text
    ]  # fmt: skip


def _old_part(rig: Rig, part: Part, place: Path) -> Part:
    """Return a part of the old release: the same command in another directory, with what it had then."""
    command = list(part.command)
    if part.name == "web" and not (place / "webhooks" / "streams").is_dir():
        command[command.index("--worker-class") + 1] = "gthread"
    name = f"{place.name} {part.name}"
    there = ["sh", "-c", f'cd "{place}" && exec "$0" "$@"', *command]
    known = "".join(page.read_text(encoding="utf-8") for page in (place / "docs").glob("*.md"))
    environment = {key: value for key, value in part.environment.items() if not key.startswith("RESOLUTIONFLOW_") or key in known}
    return Part(name, there, environment, rig.stack.home / "log" / f"{name}.log")


def _start_over(rig: Rig, place: Path) -> None:
    """Put a database that the old release made in the place of this one's, with the accounts alone."""
    url = rig.stack.services.database.url
    rig.stack.services.database.dispose()
    if rig.postgres is None:
        file = Path(str(url.database))
        kept = file.with_suffix(".kept")
        with contextlib.closing(sqlite3.connect(file)) as whole:
            whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.move(file, kept)
        for beside in file.parent.glob(f"{file.name}-*"):
            beside.unlink()
        _migrate_by(place, url.render_as_string(hide_password=False))
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as made:
            made.execute("ATTACH ? AS kept", (str(kept),))
            for table in ACCOUNTS:
                there, here = (
                    [row[1] for row in made.execute(f"PRAGMA {schema}.table_info({table})")] for schema in ("kept", "main")
                )
                made.execute(_copy("main", table, [name for name in here if name in there]))
        return
    name = url.database or ""
    engine = create_engine(rig.postgres.url(name, make_url(rig.postgres.superuser).username or ""), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("ALTER SCHEMA public RENAME TO kept"))
        connection.execute(text(f"CREATE SCHEMA public AUTHORIZATION {OWNER}"))
        connection.execute(text("GRANT USAGE ON SCHEMA public TO PUBLIC"))
    _migrate_by(place, rig.postgres.url(name, OWNER), APP)
    with engine.begin() as connection:
        columns = text("SELECT table_schema, column_name FROM information_schema.columns WHERE table_name = :table ORDER BY 2")
        for table in ACCOUNTS:
            found = [tuple(row) for row in connection.execute(columns, {"table": table})]
            both = [column for schema, column in found if schema == "public" and ("kept", column) in found]
            connection.execute(text(_copy("public", table, both)))
        newest = "(SELECT max(id) FROM public.account)"
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('public.account', 'id'), {newest})"))
        connection.execute(text("DROP SCHEMA kept CASCADE"))


def _copy(schema: str, table: str, columns: Sequence[str]) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {schema}.{table} ({names}) SELECT {names} FROM kept.{table}"


def _migrate_by(place: Path, *arguments: str) -> None:
    """Bring a database to the old release's version, by the old release."""
    subprocess.run([sys.executable, "-c", MIGRATES, *arguments], cwd=place, check=True)
