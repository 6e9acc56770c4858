"""Acme is asked on every engine that tests have."""

pytest_plugins = ["tests.engines"]
