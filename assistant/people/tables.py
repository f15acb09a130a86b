"""The tables of people, and how moments are kept in them."""

from datetime import UTC, datetime

import sqlalchemy as sa

ID, KEY = sa.String(32), sa.String(64)
"""A random id as 32, and a SHA-256 as 64 hexadecimal digits."""


class Moment(sa.TypeDecorator[datetime]):
    """A date-time with its offset, kept in UTC; SQLite, which knows no offsets, gets it without one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """A moment as the database keeps it."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """A moment as it was given, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = sa.MetaData()

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("bureau", sa.String(100), nullable=False),
    sa.Column("password", sa.String(255)),  # an Argon2 hash; nothing: the account cannot sign in with a password
    sa.Column("failures", sa.Integer, nullable=False),  # wrong passwords since the last right one
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("disabled_at", Moment),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("key", KEY, primary_key=True),
    sa.Column("account_id", ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("provider_session", KEY, index=True),  # the provider's own one that it was begun from, if any
)

sign_out_notices = sa.Table(
    "sign_out_notices",
    metadata,
    sa.Column("key", KEY, primary_key=True),  # of issuer and notice
    sa.Column("seen_at", Moment, nullable=False),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("key", KEY, nullable=False, unique=True),
    sa.Column("account_id", ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("label", sa.String(100), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
)

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("key", KEY, primary_key=True),  # of issuer and subject
    sa.Column("account_id", ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("issuer", sa.String(255), nullable=False),
    sa.Column("subject", sa.String(255), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("key", KEY, primary_key=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("last_at", Moment, nullable=False, index=True),
)

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("owner", sa.String(80), nullable=False, index=True),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False, index=True),
)

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("conversation_id", ID, sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("status", sa.String(32), nullable=False),
    sa.Column("lang", sa.String(16), nullable=False),
    sa.Column("audience", sa.String(100), nullable=False),
    sa.Column("details", sa.Text, nullable=False),  # JSON
    sa.Column("asked_at", Moment, nullable=False, index=True),
    sa.UniqueConstraint("conversation_id", "number", name="turns_in_order"),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("turn_id", ID, sa.ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("verdict", sa.String(8), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("given_at", Moment, nullable=False, index=True),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(32), nullable=False),  # as text, because its hash is made of this text
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("previous", KEY, nullable=False),
    sa.Column("hash", KEY, nullable=False),
)
