# Every target of the project; `make` alone prints them. The virtual environment is made by the first target that needs it.
VENV ?= .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.installed
NODE := tests/simulator/node
FLASK := $(PY) -m flask --app wsgi
BENCHMARKS := agreement_pdf accept jobs statistics lists alerts
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-annotate --python-version 3.11
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check fmt bench docs lock clean

help:  ## print these targets
	@grep -hE '^[a-z]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 15

setup: $(READY)  ## install what requirements-dev.lock names into .venv (uv where present, else pip)

run: $(READY)  ## start the whole site here, with demo accounts; Ctrl-C ends it
	@exec $(PY) -m deploy.local --with-parent

demo: $(READY)  ## walk one signing by HTTP against a fresh server; results in var/demo
	@mkdir -p var/demo
	@exec $(PY) -m deploy.local --with-parent --fresh --then $(PY) -m demo.walk --address {address}

test: $(READY) $(NODE)/node_modules  ## run the whole suite, tier by tier (LONG=1: at full length)
	@$(PY) -m tests.tiers

check: $(READY) $(NODE)/node_modules  ## format, lint, types, import directions, sizes, fast tests; under two minutes
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-cache
	@$(PY) -m tests.tiers fast

fmt: $(READY)  ## put the code into the one format
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

bench: $(READY)  ## measure against the peers; tables here, figures in var/bench
	@status=0; for name in $(BENCHMARKS); do $(PY) -m benchmarks.$$name || status=1; done; exit $$status

docs: $(READY)  ## generate docs/openapi.json and docs/workflows again
	@$(FLASK) openapi write --format=json docs/openapi.json
	@$(PY) -m workflows.diagrams docs/workflows

lock:  ## resolve pyproject.toml into requirements.lock and requirements-dev.lock (needs uv)
	@$(COMPILE) pyproject.toml --output-file requirements.lock
	@$(COMPILE) pyproject.toml --group dev --output-file requirements-dev.lock

clean:  ## remove what running and testing left: var, caches (not .venv)
	@rm -rf var mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +

$(NODE)/node_modules: $(NODE)/package-lock.json
	@if command -v npm >/dev/null; then npm ci --prefix $(NODE) --ignore-scripts --silent && touch $@; fi

$(READY): requirements-dev.lock
	@deploy/setup.sh $(VENV)
