"""Take each guard away in turn, in a copy of the repository, and name the test that notices.

    python -m tests.storm.guards [--only TEXT …]

A guard that can go without a test turning red protects nothing. The copy is of what is committed. Exits with 1 if
nobody noticed, or if a guard is not where this file says it is.
"""

# ruff: noqa: E501 - a row is easier to read in one piece

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.storm.rig import say

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Guard:
    """A piece of source, what stands there without it, and the tests that should notice (pytest's arguments)."""

    name: str
    file: str
    guard: str
    without: str
    tests: tuple[str, ...]


WORKER = "tests/integration/worker"
MODELS = "tests/integration/models"
SQLITE = ("-k", "sqlite")
GUARDS = (
    Guard("read before retry", "worker/handoff/publish.py", "if hold.handoff.post_attempted_at is not None or hold.predates_restore:",
          "if hold.predates_restore:", (f"{WORKER}/handoff/test_publish.py", *SQLITE)),
    Guard("wait before retry", "worker/handoff/publish.py", "if now >= safe_at:\n        return False", "if True:\n        return False",
          (f"{WORKER}/handoff/test_publish.py", *SQLITE)),
    Guard("marker by our own member only", "worker/handoff/our_notes.py", " and ours_or_nobodys(note)]",
          "]", (f"{WORKER}/handoff/test_publish.py", *SQLITE)),
    Guard("fence", "models/handoff/briefs.py", "Handoff.fence == fence, Handoff.lease_until.is_not(None)",
          "Handoff.lease_until.is_not(None)", (f"{WORKER}/handoff/test_publish.py", f"{MODELS}/handoff/test_handoffs.py", *SQLITE)),
    Guard("lease", "models/handoff/briefs.py", "if row is None or (row.lease_until is not None and row.lease_until > now):",
          "if row is None:", (f"{MODELS}/handoff/test_races.py", f"{MODELS}/handoff/test_handoffs.py", *SQLITE)),
    Guard("slept beyond the lease", "worker/handoff/publish.py",
          "if services.clock() >= now + timedelta(seconds=spare_s) or counted() >= begun + spare_s:", "if False:",
          (f"{WORKER}/handoff/test_publish_overtaken.py", *SQLITE)),
    Guard("second note looked for", "worker/handoff/publish.py", "elif not recorded:", "elif False:",
          (f"{WORKER}/handoff/test_publish_overtaken.py", *SQLITE)),
    Guard("fence before an edit", "worker/handoff/refresh.py", "if not _still_held(hold):", "if False:",
          (f"{WORKER}/handoff/test_refresh_overtaken.py", *SQLITE)),
    Guard("fence before a question", "worker/handoff/refresh.py", "if question is None or not _still_held(hold):",
          "if question is None:", (f"{WORKER}/handoff/test_refresh_overtaken.py", *SQLITE)),
    Guard("hash before an edit", "worker/handoff/refresh.py", "if _as_we_wrote_it(handoff, note):",
          "if True:", (f"{WORKER}/handoff/test_publish.py", *SQLITE)),
    Guard("unique episode", "models/migrations/versions/0001_first.py",
          'sa.UniqueConstraint(\n            "account_id", "ticket_id", "episode", '
          'name=op.f("uq_handoff_account_id_ticket_id_episode")\n        ),',
          "", (f"{MODELS}/handoff/test_races.py", f"{MODELS}/database/test_schema.py", *SQLITE)),
    Guard("echo check", "psa/connectwise/client.py", "        return self._checked(ticket_id, row)\n\n    def _checked",
          "        return row.posted()\n\n    def _checked", ("tests/unit/psa/connectwise/test_client_writes.py",)),
    Guard("echo check of a new note", "psa/connectwise/client.py", "posted = self._checked(ticket_id, row)", "posted = row.posted()",
          ("tests/unit/psa/connectwise/test_client_writes.py",)),
    Guard("permitted writes", "psa/connectwise/transport.py", "check_permitted(method, api_path, body, self._statuses)", "pass",
          ("tests/unit/psa/connectwise/test_client_writes.py", "tests/unit/psa/connectwise/test_answers.py")),
    Guard("an escalation status and no other", "psa/connectwise/answers.py", "and body in to_status:", "and body:",
          ("tests/unit/psa/connectwise/test_answers.py",)),
    Guard("the account's statuses alone", "psa/connectwise/connection.py", "            statuses=keys.escalation_statuses,\n",
          "            statuses=frozenset(range(99_999)),\n", ("tests/integration/psa/test_escalate.py",)),
    Guard("a step redacted before it is stored", "webhooks/sessions/recording.py", "text=redact(_flat(step.text)), output=output",
          "text=_flat(step.text), output=output", ("tests/integration/webhooks/api/test_sessions.py", *SQLITE)),
    Guard("a session its member's", "webhooks/sessions/recording.py", "if row.member_id != viewer.member_id and not",
          "if False and not", ("tests/integration/webhooks/api/test_sessions.py", *SQLITE)),
    Guard("a request recorded once", "webhooks/sessions/recording.py", "session_id, key=key) if key else []",
          "session_id, key=key) if False else []", ("tests/integration/webhooks/api/test_sessions.py", *SQLITE)),
    Guard("requests of one session in turn", "webhooks/sessions/recording.py", "            recorded.hold(session, who.account_id, session_id)", "            ",
          ("tests/integration/webhooks/api/test_sessions.py",)),
    Guard("one wish for a ticket at a time", "models/migrations/versions/0012_wishes.py",
          '"uq_wish_open", "wish", ["account_id", "ticket_id"], unique=True', '"uq_wish_open", "wish", ["account_id", "ticket_id"]',
          (f"{WORKER}/handoff/test_wish.py", *SQLITE)),
    Guard("a wish read before it is written", "worker/handoff/wish.py",
          "if desk.rules.is_escalation(ticket.board_id, ticket.status_id):", "if False:", (f"{WORKER}/handoff/test_wish.py", *SQLITE)),
    Guard("an old wish is not carried out", "worker/handoff/wish.py", "if not wishes.waits(wish, now=services.clock()):", "if False:",
          (f"{WORKER}/handoff/test_wish.py", *SQLITE)),
    Guard("what ended is due no more", "models/handoff/briefs.py", "return changed(session, over.values(next_attempt_at=None))",
          "return False", (f"{WORKER}/handoff/test_ended_before_posted.py", *SQLITE)),
    Guard("an ended wish is not written", "models/work/wishes.py", "lease.held(taken).where(Wish.ended_at.is_(None))", "lease.held(taken)",
          (f"{WORKER}/handoff/test_wish.py", *SQLITE)),
    Guard("a wish in its member's name", "worker/handoff/opening.py", "_wished_by(session, desk, ticket, save) or ", "",
          (f"{WORKER}/handoff/test_wish.py", *SQLITE)),
    Guard("our own save without a wish", "worker/handoff/opening.py", "return wish.member if ours and before else None",
          "return wish.member if ours else None", (f"{WORKER}/handoff/test_wish.py", *SQLITE)),
    Guard("a resolution note looked for before it is posted", "worker/handoff/resolution.py",
          "    if there:\n        return _record", "    if False:\n        return _record", (f"{WORKER}/handoff/test_resolution.py", *SQLITE)),
    Guard("a resolution note that may still arrive", "worker/handoff/resolution.py", "return safe_at if now < safe_at else None",
          "return None", (f"{WORKER}/handoff/test_resolution.py", *SQLITE)),
    Guard("the fence of a resolution note", "models/work/lease.py", ".where(table.attempts == taken.attempts)", "",
          (f"{WORKER}/handoff/test_resolution.py", *SQLITE)),
    Guard("a second resolution note looked for", "worker/handoff/refresh.py", "    resolution.one_alone(services, desk, handoff, own)\n", "",
          (f"{WORKER}/handoff/test_resolution.py", *SQLITE)),
    Guard("what customers see is posted by a person", "worker/handoff/resolution.py",
          'if row.member_id is None and row.form != "internal":', "if False:", (f"{WORKER}/handoff/test_resolution.py", *SQLITE)),
    Guard("one note of a kind and no other body", "psa/connectwise/answers.py",
          "return body in (internal_note(text), resolution_note(text))", "return isinstance(body, dict)",
          ("tests/unit/psa/connectwise/test_answers.py",)),
    Guard("our marks in a person's text", "escalation/resolution/text.py", "unmarked(redact(printable(text)))", "redact(printable(text))",
          ("tests/integration/webhooks/api/test_closing.py", *SQLITE)),
    Guard("account filter of handoffs", "models/handoff/moves.py", "return Handoff.account_id == account_id, Handoff.id == handoff_id",
          "return Handoff.id == handoff_id, Handoff.id == handoff_id", (f"{MODELS}/database/test_account_filter.py",)),
    Guard("row-level security", "models/database/access.py", "FORCE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY",
          (f"{MODELS}/database/test_isolation.py",)),
    Guard("signature", "psa/connectwise/signatures.py", 'return hmac.compare_digest(hmac.digest(secret, raw, "sha256"), given)',
          "return True", ("tests/unit/psa/connectwise/test_callbacks.py", "tests/integration/webhooks/callbacks/test_receiver.py")),
    Guard("the account's own callback key", "psa/connectwise/signatures.py",
          "if pin.key_id is not None and key_id.lower() != pin.key_id.lower():", "if False:",
          ("tests/unit/psa/connectwise/test_callbacks.py", "tests/integration/webhooks/callbacks/test_receiver.py")),
    Guard("key only from the account's host", "psa/connectwise/signatures.py", "check_url(url, site.hosts, allow_private=pin.allow_private)",
          "site.hosts", ("tests/unit/psa/connectwise/test_callbacks.py",)),
    Guard("signature of a canary", "worker/process/links.py",
          "if not any(hmac.compare_digest(_of_canary(key, raw, account_id), given) for key in self._keys):", "if False:",
          ("tests/integration/webhooks/callbacks/test_canary.py", *SQLITE)),
    Guard("a token for one purpose", "worker/process/tokens.py", "audience=[str(each) for each in audiences],",
          "audience=list(Audience),", ("tests/unit/worker/process/test_tokens.py",)),
    Guard("one algorithm", "worker/process/tokens.py", "algorithms=[ALGORITHM], issuer", 'algorithms=["HS256", "HS384", "HS512", "none"], issuer',
          ("tests/unit/worker/process/test_tokens.py",)),
    Guard("a cookie changes things from our page alone", "webhooks/authorization.py",
          "            self.require_our_page()\n        return who", "            pass\n        return who",
          ("tests/integration/webhooks/test_authorization.py", *SQLITE)),
    Guard("the epoch takes tokens back", "webhooks/authorization.py", "if account.token_epoch != who.epoch:", "if False:",
          ("tests/integration/webhooks/test_authorization.py", *SQLITE)),
    Guard("ConnectWise names the member", "psa/connectwise/member_proof.py", "found.casefold() != said.member.casefold()", "False",
          ("tests/integration/psa/test_member_proof.py",)),
    Guard("a sign-in link works once", "models/work/sign_ins.py", "        Report.used_at.is_(None),\n", "",
          ("tests/integration/webhooks/test_sign_in.py", *SQLITE)),
    Guard("a move told once", "models/handoff/feed.py", "[move for move in rows if move.id not in place.told]", "list(rows)",
          ("tests/integration/webhooks/test_streams.py", "-k", "slow_transaction")),
    Guard("a late move looked back for", "models/handoff/feed.py", "Transition.recorded_at > place.at - OVERLAP)\n        .order_by",
          "Transition.recorded_at > place.at)\n        .order_by", ("tests/integration/webhooks/test_streams.py", "-k", "slow_transaction")),
    Guard("a canary bound to its account", "worker/process/links.py",
          'return hmac.digest(key, f"{account_id}\\n".encode() + raw, "sha256")',
          'return hmac.digest(key, raw, "sha256")', ("tests/unit/worker/process/test_links.py",)),
    Guard("a canary taken once, while fresh", "models/work/canaries.py",
          "sent = (Canary.nonce == nonce, Canary.stored_at.is_(None), Canary.sent_at > now - FRESH)", "sent = ()",
          ("tests/integration/webhooks/callbacks/test_canary.py", *SQLITE)),
    Guard("a canary looks at no ticket", "worker/handoff/triage.py", "if row.type == canaries.TYPE:", "if False:",
          (f"{WORKER}/upkeep/test_canary.py", *SQLITE)),
    Guard("switch silent while a canary is late", "models/work/stalled.py",
          "for one in canaries.late(system, now=now, within_s=canary_late_s)", "for one in ()",
          (f"{WORKER}/upkeep/test_canary.py", *SQLITE)),
    Guard("a crash point behind each change", "worker/handoff/publish.py", '    crash.point("publish.posted")\n', "",
          (f"{WORKER}/handoff/test_publish.py", *SQLITE)),
    Guard("the watch before a withdrawal", "worker/response/withdraw.py", "        ):\n            return False\n", "        ):\n            pass\n",
          (f"{WORKER}/response/test_withdraw.py",)),
    Guard("what was just read before a withdrawal", "worker/response/observe.py", "if _is_news(services, desk, evidence.ticket):", "if False:",
          (f"{WORKER}/response/test_withdraw.py", *SQLITE)),
    Guard("second notes counted first", "models/handoff/briefs.py", "note_id in (row.extra_note_ids or ())", "False",
          (f"{MODELS}/handoff/test_handoffs.py", *SQLITE)),
    Guard("poller", "worker/upkeep/poller.py", "rows = _store(services, desk, tickets.values(), vanished, now)", "rows = []",
          (f"{WORKER}/handoff/test_triage.py", *SQLITE)),
    Guard("a bell before its time", "models/work/lease.py", ", (table.attempts == 0) | (table.next_attempt_at <= now))", ",)",
          (f"{WORKER}/handoff/test_triage.py", *SQLITE)),
    Guard("the fence of a wish", "models/work/lease.py", ".where(table.attempts == taken.attempts)", "",
          (f"{WORKER}/handoff/test_wish.py", *SQLITE)),
    Guard("sweeper", "worker/upkeep/sweeper.py", "if not services.bell.ring(task, **ids):", "if True:",
          (f"{WORKER}/handoff/test_notify.py", f"{WORKER}/response/test_observe.py", *SQLITE)),
    Guard("share of threads", "worker/process/fair_queue.py", "max(1, (self._threads - others) // 2)", "self._threads",
          ("tests/unit/worker/process/test_fair_queue.py",)),
    Guard("silent PSA set aside", "psa/outbound/circuit_breaker.py", "if known is None or known.silent < self._patience:", "if True:",
          ("tests/unit/psa/outbound/test_circuit_breaker.py",)),
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", default=[], help="guards whose name contains this; repeatable")
    options = parser.parse_args()
    chosen = [g for g in GUARDS if not options.only or any(text in g.name for text in options.only)]
    unnoticed = 0
    with tempfile.TemporaryDirectory(prefix="guards-") as folder:
        copy = Path(folder) / "copy"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(copy)], check=True)
        for guard in chosen:
            begun = time.monotonic()
            noticed = without(copy, guard)
            unnoticed += not noticed.startswith("red:")
            say(f"{guard.name:<34} {time.monotonic() - begun:5.1f} s  {noticed}")
    say(f"{len(chosen)} guards, {unnoticed} that no test misses")
    return 1 if unnoticed else 0


def without(copy: Path, guard: Guard) -> str:
    """Run the guard's tests without it, and return `red: ` with the first test that failed, or what is wrong."""
    file = copy / guard.file
    whole = file.read_text(encoding="utf-8")
    if whole.count(guard.guard) != 1:
        return f"NOT FOUND: {guard.file} holds {whole.count(guard.guard)} times what should be taken away"
    file.write_text(whole.replace(guard.guard, guard.without), encoding="utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-m", "", "-x", "-q", "-p", "no:cacheprovider", "--no-header", *guard.tests],
            cwd=copy, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
    finally:
        file.write_text(whole, encoding="utf-8")
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if done.returncode == 1 and failed:
        return f"red: {failed[1]}"
    return f"NOBODY NOTICED (pytest ended with {done.returncode}): {done.stdout.strip().splitlines()[-1:]}"


if __name__ == "__main__":
    sys.exit(main())
