"""Connecting files of other systems: what is in them, a guess of what it is, and the mapping that says so."""
