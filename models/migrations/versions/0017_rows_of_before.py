"""Rows that earlier versions left: suspended accounts, whose members are read now, and what 0002 and 0014 could not reach."""


from models.migrations.constraints import in_each_account

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
ROWS_ALONE = True

GUESS = "escalation_package -> 'ai_assessment_data'"
WITHHELD = f"coalesce(CAST({GUESS} ->> 'withheld' AS TEXT), 'false') IN ('true', '1')"
TOLD = f"({GUESS} ->> 'likely_cause') IS NOT NULL AND NOT {WITHHELD}"


def upgrade() -> None:
    """Change them, also where row-level security is forced on the tables' owner; what somebody may be at work on, last."""
    for state in ("NOT IN ('open', 'claimed', 'acted')", "IN ('open', 'claimed', 'acted')"):
        in_each_account(
            "UPDATE handoff SET assessed_by = 'local'"  # noqa: S608 - our own words
            f" WHERE account_id = :account AND response_state {state} AND assessed_by IS NULL AND {TOLD}"
        )
    in_each_account(
        "UPDATE handoff SET observe_due_at = seen_at"
        " WHERE account_id = :account AND response_state IN ('open', 'claimed') AND observe_due_at IS NULL"
    )
    # Polled from now on, so it is not late from the first minute on.
    in_each_account(
        "UPDATE account SET next_poll_at = :now, polled_at = :now"
        " WHERE id = :account AND suspended_at IS NOT NULL AND connected_at IS NOT NULL AND next_poll_at IS NULL"
    )
