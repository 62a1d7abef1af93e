"""Rows that earlier versions left: suspended accounts, whose members are read now, and what 0002 and 0014 could not reach."""


from models.migrations.constraints import on_every_row

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change them, also where row-level security is forced on the tables' owner."""
    on_every_row(
        "account",
        "UPDATE account SET next_poll_at = suspended_at"
        " WHERE suspended_at IS NOT NULL AND connected_at IS NOT NULL AND next_poll_at IS NULL",
    )
    on_every_row(
        "handoff",
        "UPDATE handoff SET observe_due_at = seen_at WHERE response_state IN ('open', 'claimed') AND observe_due_at IS NULL",
    )
    guess = "escalation_package -> 'ai_assessment_data'"
    withheld = f"coalesce(CAST({guess} ->> 'withheld' AS TEXT), 'false') IN ('true', '1')"
    told = f"({guess} ->> 'likely_cause') IS NOT NULL AND NOT {withheld}"
    on_every_row("handoff", f"UPDATE handoff SET assessed_by = 'local' WHERE assessed_by IS NULL AND {told}")  # noqa: S608
