# Everything a newcomer needs, each with its own set-up. Wants Python 3.11 or later with pip, make and git; .ci/setup gets the rest.
.DEFAULT_GOAL := help
.PHONY: help demo test lint types bench docs translations picture packages system clean

RUN := .venv/bin/python -m
DEMO ?= demo

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 18

demo: .venv/run  ## simulate a company, load it, show its reps' metrics, serve its pages until Ctrl-C
	@$(RUN) paceline.cli demo --folder $(DEMO)

test: packages system  ## every check and every test (installs PostgreSQL, Java and Chromium with apt when root)
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest -n 2

lint: packages  ## style and the floors of the house
	.venv/bin/ruff check
	.venv/bin/lint-imports

types: packages  ## mypy, strict
	.venv/bin/mypy

bench: packages  ## measure the engine against hand-written SQL and a bare scan, and pages with 50 people at once
	$(RUN) bench
	$(RUN) bench.pages

docs: packages  ## write the generated reference pages anew
	$(RUN) paceline.cli.reference docs/reference
	$(RUN) paceline.metrics.reference docs/reference/metrics acme/answers
	$(RUN) paceline.api.reference docs/reference/api.md

translations: packages  ## gather the texts of the product into every language's catalogue
	$(RUN) paceline.pages.translating

picture: packages  ## draw the documentation's pictures from the demo anew (wants Chromium)
	$(RUN) paceline.cli.picture docs/pictures
	$(RUN) tests.browser.pictures docs/pictures

# Only what the product itself needs; redone when the lock changes.
.venv/run: uv.lock pyproject.toml
	@.ci/setup run
	@touch $@

# Everything a developer needs. Cheap when nothing changed.
packages:
	@.ci/setup develop

system:
	@.ci/setup system

clean:  ## remove what this file made
	rm -rf .venv .venv-tools demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
