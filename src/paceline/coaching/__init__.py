"""Coaching: 1:1s, what was agreed in them, and what became of it."""
