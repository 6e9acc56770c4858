"""Disputes: a record that a person says is wrong, and what the admin decided."""
