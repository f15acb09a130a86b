"""The tables of reviewed answers, closed topics, and questions that found no answer."""

import sqlalchemy as sa

from assistant.people.tables import ID, Moment, metadata

_LANG, _BUREAU = sa.String(16), sa.String(100)

changes = sa.Table(
    "review_changes",
    metadata,
    sa.Column("name", sa.String(16), primary_key=True),  # reviewed, topics
    sa.Column("number", sa.Integer, nullable=False),  # grows with each change, so that others see that there was one
)

reviewed = sa.Table(
    "reviewed",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("bureau", _BUREAU, nullable=False, index=True),
    sa.Column("audience", sa.String(100), nullable=False),
    sa.Column("answers", sa.Text, nullable=False),  # JSON, as are the next two
    sa.Column("wordings", sa.Text, nullable=False),
    sa.Column("sources", sa.Text, nullable=False),
    sa.Column("approved_by", sa.String(100), nullable=False),
    sa.Column("approved_at", Moment, nullable=False),
    sa.Column("expires_on", sa.Date, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("change", sa.Integer, nullable=False, index=True),
    sa.Index("reviewed_in_order", "approved_at", "id"),
    sa.Index("reviewed_of_state", "state", "approved_at", "id"),
    sa.Index("reviewed_of_bureau", "bureau", "approved_at", "id"),
    sa.Index("reviewed_of_audience", "audience", "state", "approved_at", "id"),
)

topics = sa.Table(
    "topics",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("bureau", _BUREAU, nullable=False),
    sa.Column("wordings", sa.Text, nullable=False),  # JSON, as are the texts
    sa.Column("texts", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("closed_by", sa.String(100), nullable=False),
    sa.Column("closed_at", Moment, nullable=False),
    sa.Column("until", Moment),
    sa.Column("opened_at", Moment),
)

groups = sa.Table(
    "unanswered_groups",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", ID, nullable=False, unique=True),
    sa.Column("bureau", _BUREAU, nullable=False),
    sa.Column("audience", sa.String(100), nullable=False),
    sa.Column("lang", _LANG, nullable=False),
    sa.Column("fingerprint", sa.String(100), nullable=False),
    sa.Column("vector", sa.LargeBinary, nullable=False),  # of its first question; no text is kept here
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("seen", sa.Integer, nullable=False),
    sa.Column("first_seen", Moment, nullable=False),
    sa.Column("last_seen", Moment, nullable=False),
    sa.Column("decided_at", Moment),
    sa.Column("reviewed_id", sa.String(32), nullable=False),
    sa.Index("unanswered_groups_in_order", "state", "seen", "number"),
    sa.Index("unanswered_groups_of_bureau", "state", "bureau", "seen", "number"),
)

unanswered = sa.Table(
    "unanswered",
    metadata,
    sa.Column("turn_id", ID, sa.ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
    sa.Column(
        "group_number",
        sa.Integer,
        sa.ForeignKey("unanswered_groups.number", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("why", sa.String(16), nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
)
