"""Readings and plain tables in, judgements out. Pure: each judgement takes `now`."""
