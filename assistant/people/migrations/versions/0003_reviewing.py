"""Reviewed answers, closed topics, and the queue of questions that found no answer."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.String(32)
_LANG, _BUREAU = sa.String(16), sa.String(100)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    _make_reviewed()
    _make_topics()
    _make_queue()


def _make_reviewed() -> None:
    changes = op.create_table(
        "review_changes",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.bulk_insert(changes, [{"name": "reviewed", "number": 0}, {"name": "topics", "number": 0}])
    op.create_table(
        "reviewed",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("bureau", _BUREAU, nullable=False, index=True),
        sa.Column("audience", sa.String(100), nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("wordings", sa.Text, nullable=False),
        sa.Column("sources", sa.Text, nullable=False),
        sa.Column("approved_by", sa.String(100), nullable=False),
        sa.Column("approved_at", _MOMENT, nullable=False),
        sa.Column("expires_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("change", sa.Integer, nullable=False, index=True),
    )


def _make_topics() -> None:
    op.create_table(
        "topics",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("bureau", _BUREAU, nullable=False),
        sa.Column("wordings", sa.Text, nullable=False),
        sa.Column("texts", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("closed_by", sa.String(100), nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT),
        sa.Column("opened_at", _MOMENT),
    )


def _make_queue() -> None:
    op.create_table(
        "unanswered_groups",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", _ID, nullable=False, unique=True),
        sa.Column("bureau", _BUREAU, nullable=False),
        sa.Column("audience", sa.String(100), nullable=False),
        sa.Column("lang", _LANG, nullable=False),
        sa.Column("fingerprint", sa.String(100), nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("first_seen", _MOMENT, nullable=False),
        sa.Column("last_seen", _MOMENT, nullable=False),
        sa.Column("decided_at", _MOMENT),
        sa.Column("reviewed_id", sa.String(32), nullable=False),
    )
    op.create_index("unanswered_groups_in_order", "unanswered_groups", ["state", "seen", "number"])
    op.create_table(
        "unanswered",
        sa.Column("turn_id", _ID, sa.ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
        sa.Column(
            "group_number",
            sa.Integer,
            sa.ForeignKey("unanswered_groups.number", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
    )
