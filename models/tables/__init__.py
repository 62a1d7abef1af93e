"""All tables, as typed rows, one file a wing. A migration must follow each change here; a test compares the two.

Every row belongs to an account. Ids are unique on their own (SQLite numbers rows only then), and
`UNIQUE (account_id, id)` is what other tables point to, so that no row can ever hang on another account's.

A column that says when something is due (`next_attempt_at`, `refresh_due_at`, `left_at`) is NULL when there
is nothing to do: so the index over it holds what is waiting and nothing else, on SQLite and PostgreSQL alike.
"""

from models.tables.account import Account, AccountStatus, Calendar, Member
from models.tables.figures import Backcast, Report, Stopwatch
from models.tables.handoff import Delivery, Handoff, ModelCall, Opened, Sighting, Snapshot, Transition
from models.tables.memory import AssessmentOutcome, AssessmentVerdict, Memory, MemoryTerm, ResolvedTicket
from models.tables.resolution import Resolution, ResolutionNote, Runbook, RunbookUse, RunbookVersion
from models.tables.sessions import AiSession, AiSessionStep
from models.tables.work import EVERYONE, Alert, Canary, Heartbeat, Inbox, Job, Watch, Wish

__all__ = [
    "EVERYONE", "Account", "AccountStatus", "AiSession", "AiSessionStep", "Alert", "AssessmentOutcome",
    "AssessmentVerdict", "Backcast", "Calendar", "Canary", "Delivery", "Handoff", "Heartbeat", "Inbox", "Job",
    "Member", "Memory", "MemoryTerm", "ModelCall", "Opened", "Report", "Resolution", "ResolutionNote",
    "ResolvedTicket", "Runbook", "RunbookUse", "RunbookVersion", "Sighting", "Snapshot", "Stopwatch", "Transition",
    "Watch", "Wish",
]
