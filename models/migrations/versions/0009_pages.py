"""Pages inside the PSA: the account's key in their addresses, who opened what, moves by the moment they were stored."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own
from models.database.access import row_security
from models.migrations.constraints import of_account, of_handoff

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give each account a page key of its own, and make the table of who opened what."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    # The rows of a forced table are invisible to an UPDATE here: a default is what reaches each of them.
    each = sa.text("replace(gen_random_uuid()::text, '-', '')") if postgresql else None
    op.add_column("account", sa.Column("page_key", sa.String(), server_default=each, nullable=True))
    if postgresql:
        op.alter_column("account", "page_key", server_default=None)
    else:
        op.execute("UPDATE account SET page_key = lower(hex(randomblob(16)))")
    op.create_index("uq_account_page_key", "account", ["page_key"], unique=True)
    op.create_table(
        "opened",
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("handoff_id", own.Id, nullable=False),
        sa.Column("member_id", own.Id, nullable=False),
        sa.Column("at", own.UtcDateTime(), nullable=False),
        of_account("opened"),
        of_handoff("opened"),
        sa.PrimaryKeyConstraint("account_id", "handoff_id", "member_id", name=op.f("pk_opened")),
    )
    if postgresql:
        for statement in row_security("opened", "account_id"):
            op.execute(statement)
    op.add_column("report", sa.Column("used_at", own.UtcDateTime(), nullable=True))
    op.create_index("ix_transition_account_id_recorded_at", "transition", ["account_id", "recorded_at"], unique=False)
