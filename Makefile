# What can be done here? `make help` says it. Every verb is idempotent: it does only what is still missing.

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
KAFKA := deploy/kafka/kafka.sh
BENCHMARKS := $(filter-out %/packing.py %/papers_scale.py,$(wildcard benchmarks/*.py))
LOCK := $(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes \
	--no-emit-index-url --no-header --no-progress

.DEFAULT_GOAL := help
.PHONY: help setup demo test check docs bench fuzz kafka test-all test-servers lock

help: ## Say what can be done
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-22s%s\n", $$1, $$2 }'

setup: $(RUNTIME) ## Make the virtual environment .venv from requirements.lock

demo: $(RUNTIME) ## Run the main job on the sample days, embedded, and say what came out
	$(BIN)/cadline demo $(ARGS)

test: $(DEV) ## Run the quick tests on all processors; ARGS="-k words" chooses among them
	$(BIN)/pytest --numprocesses=auto --dist=loadfile $(ARGS)

check: $(DEV) ## Lint, format, types, import contracts, and whether generated documents are up to date
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	set -e; for script in $(wildcard docs/generate_*.py); do $(BIN)/python $$script --check; done

docs: $(RUNTIME) ## Write the generated documents again
	set -e; for script in $(wildcard docs/generate_*.py); do $(BIN)/python $$script; done

bench: $(DEV) ## Run the benchmarks that need no server and no book, and print their figures
	set -e; for script in $(BENCHMARKS); do $(BIN)/python $$script; done

fuzz: $(DEV) ## Feed the readers inputs changed at random until stopped; ARGS="--seconds 600 --seed 1"
	PYTHONPATH=. $(BIN)/python tests/fuzzing.py $(ARGS)

kafka: ## Fetch Apache Kafka into the cache (needs a Java runtime 17+ and Maven, once)
	$(KAFKA) fetch

test-all: $(DEV) kafka ## Run every test: the quick ones, the slow ones, those on servers
	$(MAKE) test ARGS="-m 'slow or not slow' $(ARGS)"

test-servers: $(DEV) kafka ## Run the tests that need Apache Kafka and PostgreSQL
	$(BIN)/pytest -m servers $(ARGS)

lock: $(DEV) ## Resolve the dependencies again and write the lock files
	$(LOCK) --upgrade --group build --output-file requirements.lock pyproject.toml
	$(LOCK) --upgrade --group dev --output-file requirements-dev.lock pyproject.toml

# ---- the virtual environment ---------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; say which: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' || \
		{ echo "Python's venv is missing here (Debian: apt-get install python3-venv)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes --requirement requirements.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	$(INSTALL) --require-hashes --requirement requirements-dev.lock
	touch $@
