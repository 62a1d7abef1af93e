"""What was read before a cut is read from its file again, whatever its texts hold."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from escalation.history.audit_trail import AuditEntry
from worker.history.reading import Store


def test_a_trail_with_other_line_ends_in_it_is_not_read_a_second_time(tmp_path: Path) -> None:
    ticket: Any = SimpleNamespace(id=7, last_updated="2026-03-02")
    trail = [AuditEntry("Status set to\u2028Escalated\x85by J. Lind", None, "jlind", "status")]
    first = Store(tmp_path / "trails.jsonl")
    first.put(ticket, trail)
    first.close()
    again = Store(tmp_path / "trails.jsonl")
    assert (again.resumed, again.get(ticket)) == (1, trail)
    again.close()
