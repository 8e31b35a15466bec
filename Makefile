# The verbs of the house. Every one of them sets up what it needs first.
SHELL := /bin/bash
PYTHON := .venv/bin/python
DEMO_DIRECTORY ?= demo
DEMO_PARCELS ?= 20000
DEMO_SERVE ?= 1
TEST_PROCESSES ?= 2
LANTU_REAL_DATA ?= ../shared/data
export LANTU_REAL_DATA
WEB_BUILD := src/lantu/interfaces/web/static/build/sources.sha256
WEB_SOURCES := $(shell find web -name node_modules -prune -o -type f -print)

.PHONY: demo test check bench docs lock clean

demo: .venv/.runtime $(WEB_BUILD) ## make the demo city, check its packages (10 units and one unknown), fill its office and serve it (DEMO_SERVE=0 stops before serving)
	$(PYTHON) -m lantu demo $(DEMO_DIRECTORY) --parcels $(DEMO_PARCELS)
	rm -rf $(DEMO_DIRECTORY)/report
	$(PYTHON) -m lantu check $(DEMO_DIRECTORY)/packages/* --city $(DEMO_DIRECTORY) -o $(DEMO_DIRECTORY)/report || test -f $(DEMO_DIRECTORY)/report/report.html
	@echo "Open $(abspath $(DEMO_DIRECTORY))/report/report.html in a browser; it needs no network."
	$(PYTHON) -m lantu demo-office $(DEMO_DIRECTORY)
	@if [ "$(DEMO_SERVE)" != 0 ]; then exec $(PYTHON) -m lantu serve $(DEMO_DIRECTORY); fi

test: .venv/.dev $(WEB_BUILD) ## all tests
	setup/system_packages.sh
	failed=0; for part in "--ignore=tests/journeys" tests/journeys; do \
		$(PYTHON) -m pytest -p no:cacheprovider -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder $$part || failed=1; \
	done; exit $$failed

check: .venv/.dev $(WEB_BUILD) ## format, lint, rooms, types, docstrings, dead code, generated pages
	$(PYTHON) setup/build_web.py --check
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	.venv/bin/lint-imports
	$(PYTHON) -m mypy
	.venv/bin/interrogate -q src
	.venv/bin/vulture
	$(PYTHON) -m pytest -q -p no:cacheprovider tests/architecture

bench: .venv/.bench         ## every figure that the README shows, beside its peers; writes the table
	setup/bench_packages.sh
	$(PYTHON) benchmarks/run.py

docs: .venv/.runtime        ## write the pages that are made from cards and the command line
	$(PYTHON) docs/generate.py

lock:                       ## lock every dependency with its hashes, without any registry's address
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --group pyproject.toml:build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header -c requirements.lock --group pyproject.toml:build --group pyproject.toml:dev pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header -c requirements-dev.lock --group pyproject.toml:bench -o requirements-bench.lock

clean:
	rm -rf .venv demo web/node_modules src/lantu/interfaces/web/static/build

$(WEB_BUILD): $(WEB_SOURCES) setup/build_web.py | .venv/.runtime
	$(PYTHON) setup/build_web.py
	@touch $@

.venv/bin/python:
	setup/environment.sh

.venv/.runtime: requirements.lock pyproject.toml | .venv/bin/python
	$(PYTHON) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(PYTHON) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	$(PYTHON) -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.venv/.bench: requirements-bench.lock .venv/.dev
	$(PYTHON) -m pip install -q --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@
