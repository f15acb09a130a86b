"""Accounts, sign-in, conversations, feedback and the audit, in SQLite or PostgreSQL."""
