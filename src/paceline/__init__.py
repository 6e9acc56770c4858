"""Paceline: every sales rep's metrics, each number explained by the records it is made of."""
