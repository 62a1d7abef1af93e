"""The backup is of the database that the program uses, wherever that lies, or there is none and it says so."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from pathlib import Path

import pytest

from models.database.schema import migrate

ROOT = Path(__file__).parents[2]


def run(script: str, argument: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "BACKUP_URL")}
    return subprocess.run(
        [ROOT / "deploy" / script, argument], env=inherited | environment, capture_output=True, text=True, check=False
    )


@pytest.mark.storm
@pytest.mark.parametrize(
    ("folder", "url"),
    [
        ("a b", ""), ("a#b", ""), ("100%", ""), ("a?b", ""), ("a%20b", ""),
        ("plain", '"sqlite:///{file}"'), ("plain", "sqlite:///{file}\r"), ("plain", "sqlite+pysqlite:///{file}?timeout=5"),
    ],
)  # fmt: skip
def test_the_programs_own_database_is_kept_and_put_back(folder: str, url: str, tmp_path: Path) -> None:
    file = tmp_path / folder / "resolutionflow.db"
    migrate("sqlite:///" + str(file).replace("%", "%25").replace("?", "%3F"))
    environment = {"RESOLUTIONFLOW_VAR": str(file.parent), "DATABASE_URL": url.format(file=file)}
    made = run("backup.sh", tmp_path / "kept", **environment)
    assert made.returncode == 0, made.stderr
    with sqlite3.connect(made.stdout.strip()) as copy:
        assert copy.execute("SELECT count(*) FROM account").fetchone() == (0,)
    before = sorted(path.name for path in tmp_path.iterdir())
    file.write_bytes(b"damaged")
    (file.parent / "secret_keys").write_text("k" * 40)
    done = run("restore.sh", Path(made.stdout.strip()), **environment)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    with sqlite3.connect(file) as back:
        assert back.execute("SELECT count(*) FROM account").fetchone() == (0,)


@pytest.mark.storm
@pytest.mark.parametrize("what", ["missing", "empty", "another program's", "no database"])
def test_what_cannot_be_kept_is_said_and_pushes_no_backup_out(what: str, tmp_path: Path) -> None:
    kept, file = tmp_path / "kept", tmp_path / "var" / "resolutionflow.db"
    kept.mkdir()
    file.parent.mkdir()
    good = [kept / f"resolutionflow-2026010{day}T023000Z.db" for day in range(1, 4)]
    for path in [*good, *(kept / f"resolutionflow-202602{day:02}T023000Z.db.part" for day in range(1, 21))]:
        path.write_text("kept")
    if what == "empty":
        file.touch()
    elif what == "no database":
        file.write_bytes(b"no database " * 99)
    elif what == "another program's":
        with sqlite3.connect(file) as other:
            other.execute("CREATE TABLE other (a)")
    made = run("backup.sh", kept, RESOLUTIONFLOW_VAR=str(file.parent))
    assert made.returncode != 0
    assert made.stdout == ""
    assert made.stderr.count("\n") == 1
    assert "Traceback" not in made.stderr
    assert sorted(kept.iterdir()) == good
    assert file.exists() is (what != "missing")


@pytest.mark.storm
def test_what_is_no_backup_takes_no_place(tmp_path: Path) -> None:
    file = tmp_path / "resolutionflow.db"
    migrate(f"sqlite:///{file}")
    was = file.read_bytes()
    for name, content in (("half.db.part", was), ("notes.txt", b"hello"), ("empty.db", b"")):
        (tmp_path / name).write_bytes(content)
        done = run("restore.sh", tmp_path / name, RESOLUTIONFLOW_VAR=str(tmp_path))
        assert done.returncode != 0
        assert name in done.stderr
        assert file.read_bytes() == was
