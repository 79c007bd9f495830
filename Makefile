# Zhitui 知推: every task of the workbench. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
MARKS ?= not crash
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet

# Where the surroundings forbid it, every process of the tests would compile the checkout and rewrite pytest's plugins anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint browser format crash crash-sending drills chaos-disk chaos chaos-storm chaos-replicas fuzz api services services-stop bench coverage lock clean

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## create .venv with the locked dependencies and the zhitui command

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Zhitui needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m services.matcher.warm
	@touch $@

demo: $(STAMP) ## run the whole line on the sample gazette; look at demo-out/index.html afterwards
	$(BIN)/zhitui demo

test: $(STAMP) ## run the tests (under five minutes)
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

check: lint ## formatting, lint, types, import contracts, unit tests
	$(BIN)/python -m pytest tests/unit

lint: $(STAMP) ## formatting, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

browser: $(STAMP) ## drive the pages in a real Chromium
	$(BIN)/python -m pytest -m browser

format: $(STAMP) ## put the code into the project's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# What a kill repeats depends on how busy the machine is, so the notifier has it to itself. Then the longest first, four at a time:
# a program that was killed a hundred times waits for minutes until its robots may be called again.
CRASHES := test_kill9.py test_kill9.py city/test_kills.py test_bounds.py city/test_behind.py
crash: $(STAMP) ## kill the running program 2 x 100 times, a city's processes 60 times, a busy notifier 60 times, and count what arrived
	$(BIN)/python -m pytest tests/crash/sending -m crash --capture=no
	printf 'tests/crash/%s\n' $(CRASHES) | ZHITUI_CRASH_KILLS=100 xargs -P 4 -n 1 $(BIN)/python -m pytest -m crash --capture=no

SENDING ?= 500
crash-sending: $(STAMP) ## kill a notifier SENDING=500 times while it tells thousands in bad weather; SEED=n repeats a run
	ZHITUI_SENDING_KILLS=$(SENDING) ZHITUI_SENDING_SEED=$(SEED) $(BIN)/python -m pytest tests/crash/sending -m crash --capture=no

drills: $(STAMP) ## kill restores and moves at work, and compare what came out
	$(BIN)/python -m pytest tests/integration/archive -m crash --capture=no

KILLS ?= 500
chaos: $(STAMP) ## kill roles, Kafka and MongoDB KILLS=500 times; SEED=n repeats a run (docs/reliability.md)
	ZHITUI_CHAOS_KILLS=$(KILLS) ZHITUI_CHAOS_SEED=$(SEED) $(BIN)/python -m pytest tests/crash/city/test_kills.py -m crash --capture=no

FAULTS ?= 100
chaos-storm: $(STAMP) ## freeze roles, harm networks, step the primary down FAULTS=100 times; SEED=n repeats a run
	ZHITUI_CHAOS_FAULTS=$(FAULTS) ZHITUI_CHAOS_SEED=$(SEED) $(BIN)/python -m pytest tests/crash/city/test_storm.py -m crash --capture=no

ROUNDS ?= 3
chaos-replicas: $(STAMP) ## lose leaders, primaries, one and two of three brokers and members, ROUNDS=3 times each; SEED=n repeats a run
	ZHITUI_CHAOS_ROUNDS=$(ROUNDS) ZHITUI_CHAOS_SEED=$(SEED) $(BIN)/python -m pytest tests/crash/city/test_replicas.py -m crash --capture=no

chaos-disk: $(STAMP) ## let the disks of the broker and the database run full (needs root), freeze a notifier while it sends
	$(BIN)/python -m pytest tests/crash/city/test_full_disk.py tests/crash/city/test_frozen_sender.py -m crash --capture=no

N ?= 10000
fuzz: $(STAMP) ## read N=10000 spoilt inputs of every format; SEED=n repeats a run, findings go to build/fuzz
	$(BIN)/python -m tests.fuzz -n $(N) --seed $(or $(SEED),1)

api: $(STAMP) ## ask the API whatever its description allows, and what it does not (within 40 s); SEED=n for other requests
	$(BIN)/python -m tests.described --seed $(or $(SEED),1)

coverage: $(STAMP) ## run the tests with the coverage gate
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m "$(MARKS)" --cov --cov-report=term-missing:skip-covered

services: $(STAMP) ## start a real Kafka and MongoDB for this checkout; addresses in .services.env
	@$(BIN)/python -m tools.services start

services-stop: $(STAMP) ## stop them and remove their data
	@$(BIN)/python -m tools.services stop

bench: $(STAMP) ## the benchmarks: parsing, the whole line, idle memory and start
	$(BIN)/python -m benchmarks

lock: ## resolve the dependencies anew (needs uv)
	$(COMPILE) --upgrade pyproject.toml --group dev --output-file requirements.lock
	$(COMPILE) --constraint requirements.lock pyproject.toml --output-file deploy/docker/requirements.txt
	printf 'hatchling\nsetuptools\n' | $(COMPILE) --constraint requirements.lock - --output-file deploy/docker/build-requirements.txt

clean: ## remove what the tasks above made
	@[ ! -d .services ] || $(BIN)/python -m tools.services stop
	rm -rf $(VENV) demo-out .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
