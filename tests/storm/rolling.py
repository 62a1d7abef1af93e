"""Old and new release side by side on one database, and the migration in between, while escalations go on.

The old release is the one before the newest migration, taken from the repository's history.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from models.database.schema import _config, migrate
from tests.databases import APP, OWNER
from tests.storm.rig import Rig
from tests.storm.storms import CannotBlow, Force, rain, some, storm
from worker.demo.stack import until
from worker.process.embedded import Part

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("web", "worker", "beat")


def old_release(place: Path, *, before: str = "head") -> tuple[Path, str]:
    """Unpack the release before a migration, by default the newest; return where it is, and its schema's version.

    Raises `CannotBlow` where there is no history: an exported tree, a shallow clone.
    """
    scripts = ScriptDirectory.from_config(_config())
    newest = scripts.get_revision(before)
    assert newest is not None
    assert isinstance(newest.down_revision, str)
    file = Path(newest.path).relative_to(ROOT)
    added = _git("log", "--diff-filter=A", "--format=%H", "-1", "--", str(file)).decode().strip()
    if not added:
        raise CannotBlow(f"the history does not say when {file.name} came")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    subprocess.run(["tar", "-x", "-C", str(place)], input=_git("archive", f"{added}^"), check=True)
    return place, newest.down_revision


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, check=False)
    if done.returncode:
        raise CannotBlow(f"no history to take the release before from: {done.stderr.decode().strip()[:120]}")
    return done.stdout


@storm("rolling deploy: migrate, then workers, then web")
def _rolling(rig: Rig, force: Force) -> None:
    place, version = old_release(rig.stack.home / "old")
    new = {name: rig.part(name) for name in PARTS}
    for name in reversed(PARTS):
        _end(rig, new[name])
    _take_back(rig, place, version)
    old = {name: _start_old(rig, part, place) for name, part in new.items()}
    until(rig.stack._web_answers, "the old web did not answer")
    until(lambda: '"event": "warm"' in rig.stack.log("old worker"), "the old worker did not get ready")
    rain(rig, some(force))
    _migrate(rig)
    rain(rig, some(force))
    _begin(rig, new["worker"])
    _begin(rig, new["beat"])  # whose new pokes reach old workers too
    rain(rig, some(force))
    _end(rig, old["worker"])
    _end(rig, old["beat"])
    rain(rig, some(force))
    _end(rig, old["web"])
    _begin(rig, new["web"])
    until(rig.stack._web_answers, "the new web did not answer")
    rain(rig, some(force))


def _start_old(rig: Rig, part: Part, place: Path) -> Part:
    """Start a part of the old release: the same command in another directory."""
    command = ["sh", "-c", f'cd "{place}" && exec "$0" "$@"', *part.command]
    name = f"old {part.name}"
    old = Part(name, command, part.environment, rig.stack.home / "log" / f"{name}.log")
    _begin(rig, old)
    return old


def _begin(rig: Rig, part: Part) -> None:
    part.start()
    rig.stack._supervisor.parts.append(part)


def _end(rig: Rig, part: Part) -> None:
    """End a part as a deployment does: politely, then not."""
    rig.stack._supervisor.parts.remove(part)
    part.stop()
    end = time.monotonic() + 10
    while part.alive() and time.monotonic() < end:
        time.sleep(0.05)
    part.kill()


def _migrate(rig: Rig) -> None:
    url = rig.stack.services.database.url
    if rig.postgres is None:
        migrate(url.render_as_string(hide_password=False))
    else:
        migrate(rig.postgres.url(url.database or "", OWNER), app_role=APP)


def _take_back(rig: Rig, place: Path, version: str) -> None:
    """Bring the schema to the old release's: what only the new one has goes, so new releases must only add."""
    model = rig.stack.home / "old.db"
    subprocess.run(
        [sys.executable, "-c", "import sys; from models.database.schema import migrate; migrate(sys.argv[1])", f"sqlite:///{model}"],
        cwd=place, check=True,
    )  # fmt: skip
    wanted = _tables(f"sqlite:///{model}")
    url = rig.stack.services.database.url
    if rig.postgres is None:
        rig.stack.services.database.dispose()
        _remove(url.render_as_string(hide_password=False), wanted, version, lambda statement: statement)
    else:
        _remove(
            rig.postgres.url(url.database or "", make_url(rig.postgres.superuser).username or ""), wanted, version,
            lambda statement: f"{statement} CASCADE",
        )  # fmt: skip


def _tables(url: str) -> dict[str, set[str]]:
    engine, found = create_engine(url, poolclass=NullPool), MetaData()
    found.reflect(engine)
    return {name: {column.name for column in table.columns} for name, table in found.tables.items()}


def _remove(url: str, wanted: dict[str, set[str]], version: str, word: Callable[[str], str]) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for name, columns in _tables(url).items():
            if name not in wanted:
                connection.execute(text(word(f"DROP TABLE {name}")))
                continue
            for column in sorted(columns - wanted[name]):
                connection.execute(text(word(f"ALTER TABLE {name} DROP COLUMN {column}")))
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
