"""Rows that a fact doesn't have by itself: stocks at a snapshot, ownership over a period, gaps, slips, parts of goals."""
