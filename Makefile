# Two verbs for everybody: `make run` and `make test`. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ORACLE := .venv-oracle
ARGS ?=

.PHONY: run test check schema bench e2e long suites oracle lock format clean

run: $(STAMP)
	@$(BIN)/gema run $(ARGS)

test: $(STAMP)
	@$(BIN)/python -m pytest $(ARGS)

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy api workers
	$(BIN)/lint-imports
	@if test -x $(BIN)/hadolint; then $(BIN)/hadolint docker/Dockerfile; fi

schema: $(STAMP)
	@$(BIN)/gema schema > schema.graphql
	@$(BIN)/gema schema --reference > docs/reference/graphql.md

bench: $(STAMP)
	@$(BIN)/python -m tests.bench $(ARGS)

e2e: $(STAMP)
	@$(BIN)/python -m pytest tests/e2e $(ARGS)

# What takes too long for every run: large sandboxes, many kills, other people's servers.
long: $(STAMP)
	@$(BIN)/python -m pytest -m long --timeout 900 $(ARGS)

# Other people's checks of the endpoint and the schema; needs Node 20 and, once, a network.
suites: $(STAMP)
	@PYTHONPATH=tests/e2e:tests $(BIN)/python suites/run.py

# The vendors' own clients read the sandbox; their pins conflict with ours, hence a second folder.
oracle: $(STAMP) $(ORACLE)/.installed
	@GEMA_ORACLE_PYTHON=$(ORACLE)/bin/python $(BIN)/python -m pytest tests/oracle tests/e2e/test_mastodon_peer.py -m "" $(ARGS)

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Only developers need uv; the lock names no registry.
lock:
	uv pip compile --universal --generate-hashes --no-header --all-extras --python-version 3.11 pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) $(ORACLE)

$(ORACLE)/.installed: tests/oracle/requirements.txt
	@test -x $(ORACLE)/bin/python || $(PYTHON) -m venv $(ORACLE)
	@echo "Installing the vendors' clients into $(ORACLE) …"
	@$(ORACLE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/oracle/requirements.txt
	@touch $@

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Gema needs Python 3.11 or newer: set PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' || { echo "Python's venv module is missing: install your distribution's python3-venv package"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)
