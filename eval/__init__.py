"""Measures how good the assistant is, offline, on questions with known answers."""
