"""Alerts: what has changed is a state, its change a row, telling it a delivery that can be tried again."""
