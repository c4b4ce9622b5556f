# Everything a newcomer needs: python3 (3.11 or later), make and a network. `make help` lists the commands.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# Narrow a test run: make test TESTS=tests/unit, or make test TESTS="-k reference".
TESTS ?=
NEW_ENOUGH := import sys; sys.version_info >= (3, 11) or sys.exit('Python 3.11 or later is needed, as in: make PYTHON=python3.12 run')

export PORT

.DEFAULT_GOAL := help
.PHONY: help run test check fix words bench drill effort mutation lock environment environment-dev machine

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: environment ## The service with demonstration data, its worker and its server, on 127.0.0.1:$PORT
	@$(BIN)/python scripts/run.py

test: environment-dev machine ## The whole suite on SQLite and on PostgreSQL, browser journeys included
	@$(BIN)/python scripts/test.py $(TESTS)

check: environment-dev ## Lint, format, types, templates, translations and missing migrations; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python scripts/templates.py check
	$(BIN)/python -m scripts.words check
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run

fix: environment-dev ## Put format and lint right where a tool can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python scripts/templates.py fix

words: environment-dev ## Bring the catalogues of every language up to date with the public's words, and compile them
	@$(BIN)/python -m scripts.words merge

bench: environment-dev machine ## How fast, as ratios taken in one run, on PostgreSQL
	@$(BIN)/python -m tests.bench $(BENCH)

drill: environment-dev machine ## Many people at once, and things that break, on PostgreSQL
	@$(BIN)/python -m tests.drills $(DRILL)

effort: environment-dev machine ## Taps, characters and page loads of the staff's usual tasks, counted in Chromium against their targets
	@$(BIN)/python -m tests.effort $(EFFORT)

mutation: environment-dev ## Changes the schedule in thousands of ways and says which no test notices: hours, or MUTATION="--every 10"
	@$(BIN)/python -m tests.mutation $(MUTATION)

lock: ## Lock the dependencies of pyproject.toml and export them for pip
	$(PYTHON) -m pip install --quiet --upgrade --target var/uv uv
	var/uv/bin/uv lock
	var/uv/bin/uv export --frozen --no-dev --no-emit-project --output-file requirements.txt
	var/uv/bin/uv export --frozen --no-emit-project --output-file requirements-dev.txt

# The environment is brought up to date only when the requirements differ from those it was built from.
environment:
	@$(PYTHON) -c "$(NEW_ENOUGH)"
	@$(PYTHON) scripts/environment.py requirements.txt

environment-dev:
	@$(PYTHON) -c "$(NEW_ENOUGH)"
	@$(PYTHON) scripts/environment.py requirements-dev.txt

# PostgreSQL and Chromium, by the system's package manager, where they are absent and this may install them.
machine:
	@$(PYTHON) scripts/machine.py
