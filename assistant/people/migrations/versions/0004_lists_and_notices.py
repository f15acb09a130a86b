"""Indexes for lists of a hundred thousand rows; the provider's sessions, and its notices of sign-outs."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INDEXES = {
    "reviewed": (
        ("reviewed_in_order", ("approved_at", "id")),
        ("reviewed_of_state", ("state", "approved_at", "id")),
        ("reviewed_of_bureau", ("bureau", "approved_at", "id")),
        ("reviewed_of_audience", ("audience", "state", "approved_at", "id")),
    ),
    "unanswered_groups": (("unanswered_groups_of_bureau", ("state", "bureau", "seen", "number")),),
}


def upgrade() -> None:
    """Add the indexes, the column and the table."""
    for table, indexes in _INDEXES.items():
        for name, columns in indexes:
            op.create_index(name, table, list(columns))
    op.add_column("sessions", sa.Column("provider_session", sa.String(64)))
    op.create_index("ix_sessions_provider_session", "sessions", ["provider_session"])
    op.create_table(
        "sign_out_notices",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
