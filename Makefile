# The only door: people and CI run the same targets. `make` alone prints this list.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-node setup-browser peers check format lint types imports proto proto-check test test-unit test-contract \
	test-integration test-browser test-fault screenshots chaos soak fuzz check-hand demo up down bench bench-console bench-real clean

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
# The service of `make setup-node`, its extras (such as myoverse) and the folder of its environment.
SERVICE ?=
EXTRAS ?=
NODE_VENV ?= .venv-$(SERVICE)
# The hand of `make check-hand`.
TARGET ?=
# How long each target of `make fuzz` runs.
SECONDS ?= 60
# How long and from which seed `make chaos` does harm, and how long `make soak` looks on.
CHAOS_SECONDS = $(if $(filter command%,$(origin SECONDS)),$(SECONDS),120)
SEED ?= 0
MINUTES ?= 60
# Folders of tests, one after the other.
ROOMS := unit architecture contract integration browser fault
# Files are begun in the order of tests/conftest.py; xdist knows only how many tests each has.
RUN_ROOM = $(PYTEST) tests/$* --no-loadscope-reorder -o cache_dir=.pytest_cache/$* $(AT_ONCE) $(ARGS)
# How many processes run the tests of a room, by what it leaves idle: contract and integration wait much of the time,
# a page with its rig takes half a processor, and of fault one runs what is bound to real time (its conftest.py).
room-unit: AT_ONCE = -n 2
room-contract: AT_ONCE = -n 5 --dist loadfile
room-integration: AT_ONCE = -n 3 --dist loadfile
room-browser: AT_ONCE = -n 2 --dist loadfile
room-fault: AT_ONCE = -n 2 --dist loadgroup
# Rooms that `make test` leaves out, such as architecture where `make check` ran before.
EXCEPT ?=
# AGAIN=1 gives the tests of a room that fail one more chance, alone.
AGAIN ?=
# More words for pytest, such as ARGS="-k gap -x".
ARGS ?=

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv with every service and tool (the first time downloads some GB)
	@tools/setup.sh

setup-node: ## make .venv-SERVICE with that service only: SERVICE=predictor [EXTRAS=myoverse]
	@tools/setup-node.sh "$(SERVICE)" "$(NODE_VENV)" "$(EXTRAS)"

demo: setup ## run the whole loop unattended (cue, record, train, predict, see) and print a report
	@$(BIN)/emgrig demo

up: setup ## start the rig in the background
	@$(BIN)/emgrig up

down: setup ## stop the rig
	@$(BIN)/emgrig down

check: lint types imports proto-check ## format, lint, types, imports, stubs: all that runs no process of the rig

format: setup ## rewrite the sources in the house's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: setup ## check format, lint and spelling
	@$(BIN)/ruff format --check . || { echo "what to do: make format" >&2; exit 1; }
	@$(BIN)/ruff check .
	@$(BIN)/codespell

types: setup ## mypy: strict on shared and services, looser on tests
	@tools/types.sh

imports: setup ## floors, independence of services, declared dependencies, folder shape, links
	@$(BIN)/lint-imports
	@$(PYTEST) tests/architecture -q -p no:randomly

proto: setup ## generate the stubs in shared/emgrig from proto/
	@tools/proto.sh

proto-check: setup ## check that the committed stubs are what proto/ generates
	@tools/proto-check.sh

test: setup setup-browser peers ## every test, room by room (ARGS="-k word" narrows)
	@$(MAKE) --no-print-directory --keep-going --jobs 1 \
		$(addprefix room-,$(filter-out $(EXCEPT),$(ROOMS)))

# Exit code 5: ARGS leave no test of this room.
room-%:
	@set -o pipefail; { $(RUN_ROOM) || [ $$? = 5 ] $(if $(AGAIN),|| $(RUN_ROOM) --last-failed -n 0); } 2>&1 \
		| sed --unbuffered 's/^/$*: /'

test-unit: setup ## the pure parts, in seconds
	@$(PYTEST) tests/unit $(ARGS)

test-contract: setup peers ## what every service promises, and the environment of a node
	@$(PYTEST) tests/contract $(ARGS)

peers: setup ## environments of the programs that contract tests drive as partners (MyoGestic)
	@tools/peers.sh

check-hand: setup ## hold a hand that runs, of either generation, to the contract: TARGET=host:port
	@$(BIN)/python tools/check_hand.py $(TARGET)

test-integration: setup ## several processes together
	@$(PYTEST) tests/integration $(ARGS)

setup-browser: ## install the package chromium where it is missing and we are root
	@tools/setup-browser.sh

test-browser: setup setup-browser ## the console's page in a real browser, on a live rig
	@$(PYTEST) tests/browser $(ARGS)

screenshots: setup setup-browser ## make docs/images/*.png anew from a live rig
	@$(BIN)/python -m tests.browser.screenshots

test-fault: setup ## everything that can go wrong, at most 10 minutes
	@$(PYTEST) tests/fault $(ARGS)

chaos: setup ## random harm to a recording rig, one line of JSON: SECONDS=120 SEED=0
	@$(BIN)/python -m tests.fault.chaos --seconds $(CHAOS_SECONDS) --seed $(SEED)

soak: setup ## a rig for MINUTES=60, in real time and then 10 times as fast, one line of JSON
	@$(BIN)/python -m tests.fault.soak --minutes $(MINUTES)

fuzz: setup ## coverage-guided fuzzing of the codec and the journal: SECONDS=60 each
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --group fuzz
	@for t in codec record journal; do $(BIN)/python tools/fuzz.py $$t --seconds $(SECONDS) || exit 1; done

bench: setup ## measure the budgets of docs/benchmarks.md
	@$(BIN)/python tests/bench/budgets.py

bench-console: setup setup-browser ## measure the page: frames a second, and what it costs its server (MINUTES=30: its growth)
	@$(BIN)/python tests/bench/console.py

bench-real: setup ## train and evaluate on every set of ../shared/data
	@$(BIN)/python tests/bench/real_data.py

clean: ## remove what can be made again, except the environments
	@[ ! -d build ] || find build -mindepth 1 -maxdepth 1 -not -name peers -exec rm -rf {} +
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache catboost_info
	@find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
