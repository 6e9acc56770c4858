"""The words of the trade: what a record is, whose rows, which days. Imports nothing of ours."""
