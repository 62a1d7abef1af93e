# Two commands are enough: `make demo` shows the product, `make test` proves it. Both set themselves up.
SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
# Unset: every process that a command starts would compile everything anew, seconds each.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo run simulator test test-fast storm-short test-browser mcp-other crashes storm hostile headers guards check lint types contracts lock audit bench pictures clean

help: ## list all commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

setup: $(VENV)/.ready ## make the virtual environment (done by every other command on its own)

$(VENV)/.ready: requirements/dev.txt requirements/models.txt requirements/uv.txt setup.cfg pyproject.toml
	@sh scripts/setup.sh $(VENV) dev

demo: $(VENV)/.ready ## an escalation from start to finish against a simulated ConnectWise (KEEP=1 leaves it running)
	@$(PY) -m worker demo $(if $(KEEP),--keep)

run: $(VENV)/.ready ## web, worker and beat in one command on the embedded defaults
	@$(PY) -m worker run

simulator: $(VENV)/.ready ## the simulated ConnectWise on port 8900
	@$(PY) -m worker simulator --port 8900

test: $(VENV)/.ready ## unit tests, integration on SQLite and PostgreSQL, journeys over real HTTP
	@$(PY) -m pytest -n 4 --dist loadgroup $(PYTEST_ARGS)

test-fast: $(VENV)/.ready ## unit tests only
	@$(PY) -m pytest tests/unit -n 2

storm-short: $(VENV)/.ready ## kill -9, floods, faults, hostile input; workers, pages and streams on PostgreSQL; what takes long; ten minutes (CI calls it after `make test`)
	@$(PY) -m pytest -m storm -n 4 --dist loadgroup $(PYTEST_ARGS)

test-browser: $(VENV)/.ready ## journeys in a real Chromium and axe on every page (gets both where they are missing; PNG in var/pictures)
	@sh scripts/browser.sh
	@$(PY) -m pytest tests/browser $(PYTEST_ARGS)

mcp-other: $(VENV)/.ready ## a second MCP client, the TypeScript SDK's, drives the whole case on both databases (needs Node; gets the SDK)
	@sh scripts/other-client.sh
	@$(PY) -m pytest tests/other_client

crashes: $(VENV)/.ready ## kill -9 at every named point, three passes each, and SIGSTOP beyond the lease (hours; STORM="--only 'pass 1'")
	@$(PY) -m tests.storm --crashes $(STORM)

storm: $(VENV)/.ready ## every storm once on both databases, a line each (STORM="--only broker --minutes 60 --seed 7")
	@$(PY) -m tests.storm $(STORM)

hostile: $(VENV)/.ready ## strangers at every door and hostile words in every ticket, counted (HOSTILE="--short")
	@$(PY) -m tests.hostile $(HOSTILE)

headers: $(VENV)/.ready ## a million subjects and names as e-mail headers, judged byte by byte (HEADERS="--cases 50000 --seed 7")
	@$(PY) -m tests.hostile.headers $(HEADERS)

guards: $(VENV)/.ready ## take each guard away in turn, in a copy, and name the test that turns red
	@$(PY) -m tests.storm.guards $(GUARDS)

check: lint types contracts ## all checks that are not tests

lint: $(VENV)/.ready ## ruff: errors and style
	@$(VENV)/bin/ruff check .

types: $(VENV)/.ready ## mypy, strict
	@$(VENV)/bin/mypy

contracts: $(VENV)/.ready ## who may import whom
	@$(VENV)/bin/lint-imports

lock: $(VENV)/.ready ## renew the pinned, hashed requirements
	@for set in runtime dev models uv; do \
	  $(VENV)/bin/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	    $$( case $$set in dev) echo "-c requirements/runtime.txt";; models) echo "-c requirements/dev.txt";; esac ) requirements/$$set.in -o requirements/$$set.txt || exit 1; \
	done

audit: $(VENV)/.ready ## known vulnerabilities in what is pinned (needs the network)
	@$(VENV)/bin/pip-audit --require-hashes --disable-pip -r requirements/runtime.txt

bench: $(VENV)/.ready ## the benchmarks, about ten minutes
	@$(PY) -m benchmarks.handoff_latency
	@$(PY) -m benchmarks.callbacks

pictures: $(VENV)/.ready ## the demo's brief and e-mail as PNG (needs Chromium)
	@$(PY) -m tests.browser.demo_pictures

clean: ## remove what the commands made, the virtual environment included
	rm -rf $(VENV) var build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
