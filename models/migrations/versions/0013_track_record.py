"""What assessments turned out to be worth: the outcome of each handoff's, and what members said of it."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own
from models.database.access import row_security
from models.migrations.constraints import of_account, of_handoff

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables and shut them in."""
    op.create_table(
        "assessment_outcome",
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("handoff_id", own.Id, autoincrement=False, nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("at", own.UtcDateTime(), nullable=False),
        of_account("assessment_outcome"),
        of_handoff("assessment_outcome"),
        sa.PrimaryKeyConstraint("account_id", "handoff_id", name=op.f("pk_assessment_outcome")),
    )
    op.create_table(
        "assessment_verdict",
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("handoff_id", own.Id, autoincrement=False, nullable=False),
        sa.Column("member_id", own.Id, autoincrement=False, nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("at", own.UtcDateTime(), nullable=False),
        of_account("assessment_verdict"),
        of_handoff("assessment_verdict"),
        sa.PrimaryKeyConstraint("account_id", "handoff_id", "member_id", name=op.f("pk_assessment_verdict")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("assessment_outcome", "assessment_verdict"):
            for statement in row_security(table, "account_id"):
                op.execute(statement)
