"""An escalation from start to finish on this machine: simulated ConnectWise, mail catcher, broker, web, worker, beat.

Everything real but ConnectWise itself, which is simulated over real HTTP. Ends by itself, or stays up with `--keep`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.handoff import deliveries, handoffs
from models.work import inbox
from psa.simulator.scenarios import ESCALATED, FLAGSHIP_TICKET, JUNIOR
from worker.demo import around, claims, pictures
from worker.demo.narration import rule as _rule
from worker.demo.narration import say as _say
from worker.demo.narration import step as _step
from worker.demo.stack import Stack, until
from worker.process import embedded
from worker.process.embedded import CannotStart
from worker.process.logs import set_up

OWNER = "gnorth"


def run(*, keep: bool = False) -> int:
    """Show one escalation from the status change to the owner's e-mail; return 0 if all of it happened."""
    set_up("WARNING")
    home = Path(os.environ.get("RESOLUTIONFLOW_VAR", "var")).absolute() / "demo"
    with embedded.only_one(home.parent / "demo-lock"):
        shutil.rmtree(home, ignore_errors=True)  # what a former demo left, also a killed one
        with Stack(home, owner=OWNER, say=_say) as stack:
            good = _play(stack) and _pictured(stack) and claims.play(stack, FLAGSHIP_TICKET) and claims.show_figures(stack)
            _tell_where(home)
            if keep:
                _wait_until_stopped(stack)
    _say("")
    _say("Everything is stopped. `make demo` again, `make demo KEEP=1` to look around, `make help` for the rest."
         if good else "Something did not arrive; the logs are in var/demo/log.")  # fmt: skip
    return 0 if good else 1


def _play(stack: Stack) -> bool:
    """Let the junior change the status, and show what follows as it follows."""
    database, account_id = stack.services.database, stack.account_id
    _rule(f"{JUNIOR} is stuck and sets ticket {FLAGSHIP_TICKET} to {ESCALATED}")
    stack.simulator.clear_requests()
    begun = time.monotonic()
    moment = datetime.now(UTC)
    stack.simulator.change_status(FLAGSHIP_TICKET, ESCALATED, member=JUNIOR)

    def look(reader: Callable[[Any], Any]) -> Any:
        with database.account(account_id, reading=True) as session:
            return reader(session)

    try:
        until(lambda: look(lambda s: inbox.newest(s, account_id, FLAGSHIP_TICKET)), "no callback came")
        row = look(lambda s: inbox.newest(s, account_id, FLAGSHIP_TICKET))
        _step(begun, f"callback stored: {row.type} {row.record_id} {row.action}, signature "
              f"{'verified' if row.verified else 'to be verified'} (event {row.event_id[:8]})")  # fmt: skip
        until(lambda: look(lambda s: handoffs.by_ticket(s, account_id, FLAGSHIP_TICKET)), "no handoff was opened")
        _step(begun, "handoff opened: episode 1")

        def posted() -> bool:
            found = look(lambda s: handoffs.by_ticket(s, account_id, FLAGSHIP_TICKET))
            return bool(found and found[0].brief_state == "posted")

        until(posted, "the note was not posted")
    except CannotStart as error:
        _say(f"  ✗ {error}")
        return False
    handoff = look(lambda s: handoffs.by_ticket(s, account_id, FLAGSHIP_TICKET))[0]
    evidence = look(lambda s: handoffs.latest_snapshot(s, account_id, handoff.id))
    gaps = ", ".join(f"{g.source} ({g.reason})" for g in evidence.gaps) or "no gaps"
    _step(begun, f"gathered: {len(evidence.notes)} notes, {len(evidence.time_entries)} time entries, "
          f"{len(evidence.configurations)} configurations, {len(evidence.related)} other tickets; {gaps}")  # fmt: skip
    _step(begun, f"internal note {handoff.escalation_package_external_id} is in the ticket")
    calls = [r for r in stack.simulator.requests() if "/apis/" in r["path"]]
    _say(f"          {len(calls)} calls to ConnectWise")
    sent = _await_mail(look, account_id, handoff.id)
    everybody = all(d.status in ("sent", "suppressed") for d in sent) and any(d.status == "sent" for d in sent)
    told = f"everybody told after {time.monotonic() - begun:.1f} s" if everybody else "not everybody was told"
    for delivery in sent:
        why = f" ({delivery.reason})" if delivery.reason else ""
        _step(begun, f"e-mail to {delivery.address or delivery.recipient_user_id}: {delivery.status}{why}")
    note = next(n for n in stack.simulator.notes(FLAGSHIP_TICKET) if n["id"] == handoff.escalation_package_external_id)
    home = stack.services.settings.var
    (home / "brief.md").write_text(note["text"])
    _rule("The brief as it stands in the ticket (internal, customers never see it)")
    _say(note["text"])
    moves = look(lambda s: handoffs.transitions(s, account_id, handoff.id))
    noted = next(move.recorded_at for move in moves if move.to_state == "posted")  # ConnectWise's own has whole seconds
    took = (noted - moment).total_seconds()
    _rule(f"Status change to note in the ticket: {took:.1f} s; {told}")
    internal = note["internalAnalysisFlag"] and not note["detailDescriptionFlag"] and not note["resolutionFlag"]
    return bool(everybody and internal)


def _pictured(stack: Stack) -> bool:
    """Take pictures while it still waits; whether there is a browser decides nothing."""
    for path in pictures.take(stack, FLAGSHIP_TICKET):
        _say(f"          {_short(path)}")
    return True


def _await_mail(look: Callable[[Any], Any], account_id: int, handoff_id: int) -> list[Any]:
    def rows() -> list[Any]:
        return list(look(lambda s: deliveries.of_handoff(s, account_id, handoff_id)))

    with contextlib.suppress(CannotStart):
        until(lambda: rows() and all(d.status not in ("queued", "sending") for d in rows()), "mail is late")
    return rows()


def _tell_where(home: Path) -> None:
    _say("")
    _say(f"brief:    {_short(home / 'brief.md')}")
    for path in sorted((home / "mail").iterdir()):
        _say(f"e-mail:   {_short(path)}")
    for path in sorted(home.glob("*.png")):
        _say(f"picture:  {_short(path)}")
    _say(f"logs:     {_short(home / 'log')}")


def _short(path: Path) -> str:
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def _wait_until_stopped(stack: Stack) -> None:
    around.tell(stack, owner=OWNER)
    stop = {"now": False}

    def ask(*_: object) -> None:
        stop["now"] = True

    with _signals(ask):
        while not stop["now"]:
            time.sleep(0.2)


@contextlib.contextmanager
def _signals(ask: Callable[..., None]) -> Iterator[None]:
    before = {sig: signal.signal(sig, ask) for sig in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for sig, handler in before.items():
            signal.signal(sig, handler)
