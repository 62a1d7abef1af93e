"""Who made an assessment, this program or a model; what a model was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what is there was made here, and read from packages as they are stored."""
    op.add_column("handoff", sa.Column("assessed_by", sa.String(), nullable=True))
    op.add_column("model_call", sa.Column("kind", sa.String(), server_default=sa.text("'reading'"), nullable=False))
    for table in ("assessment_outcome", "assessment_verdict"):
        op.add_column(table, sa.Column("made_by", sa.String(), server_default=sa.text("'local'"), nullable=False))
    guess = "escalation_package -> 'ai_assessment_data'"
    withheld = f"coalesce(CAST({guess} ->> 'withheld' AS TEXT), 'false') IN ('true', '1')"
    told = f"({guess} ->> 'likely_cause') IS NOT NULL AND NOT {withheld}"
    op.execute(f"UPDATE handoff SET assessed_by = 'local' WHERE {told}")  # noqa: S608 - no value of anybody's
