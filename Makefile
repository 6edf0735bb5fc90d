# make run   everything ready on http://127.0.0.1:8000, with a demonstration city when the database is empty
# make test  everything checked: style, types, arrows, and the suite: pages on SQLite, the rest on PostgreSQL too
# Needs Python 3.11 or newer and nothing else; uses uv where it is present.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
WORKERS ?= auto
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

export ESKM_PUBLIC_URL ?= http://127.0.0.1:$(PORT)

.PHONY: run test lint types arrows surveys ikm suite audit lock clean
.DEFAULT_GOAL := run

run: .venv/.ready
	@$(BIN)/eskm migrate
	@$(BIN)/eskm demo --if-empty
	@$(BIN)/eskm serve --port $(PORT)

test: .venv/.ready-dev lint types arrows surveys ikm suite

.venv/.ready: pyproject.toml
	@.ci/environment $(PYTHON)
	@touch $@

.venv/.ready-dev: pyproject.toml
	@.ci/environment $(PYTHON) dev
	@touch .venv/.ready $@

lint: .venv/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.ready-dev
	$(BIN)/mypy

arrows: .venv/.ready-dev
	$(BIN)/lint-imports

surveys: .venv/.ready-dev
	$(BIN)/eskm surveys check surveys
	$(BIN)/eskm surveys check surveys/tests
	$(BIN)/eskm conformance

# The arithmetic alone, with every branch taken.
ikm: .venv/.ready-dev
	$(PYTEST) -q tests/unit/ikm tests/property/ikm --cov=app.ikm --cov-branch --cov-fail-under=100 --cov-report=

suite: .venv/.ready-dev
	@.ci/programs
	$(PYTEST) --ignore=tests/unit/ikm --ignore=tests/property/ikm

# Asks a service on the network, so it is no part of `make test`: see docs/security.md.
audit: .venv/.ready-dev
	$(BIN)/python .ci/audit

lock:
	uv lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
