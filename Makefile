# `make help` lists what there is. Works on Linux and macOS with Python 3.11+ and make.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11 python,$(shell command -v $(name) 2>/dev/null)))
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	--custom-compile-command 'make lock'
# Arguments for pytest: make test ARGS="-k door"
ARGS ?=
# How many random fault schedules, from which seed on: make faults SCHEDULES=200 SEED=1
SCHEDULES ?= 200
SEED ?= 1
# One of the measurements in benchmarks/: make bench NAME=scanning
NAME ?=

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-fast coverage lint fix lock docs bench faults clean

help: ## This list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Virtual environment and locked requirements, enough for `make run`
	@test -n "$(PYTHON)" || { echo "No python3 found. Install Python 3.11 or newer, or: make setup PYTHON=/path/to/python3.13"; exit 1; }
	@$(PYTHON) scripts/setup.py runtime

setup-dev: ## The same, and what tests and lint need
	@test -n "$(PYTHON)" || { echo "No python3 found. Install Python 3.11 or newer, or: make setup PYTHON=/path/to/python3.13"; exit 1; }
	@$(PYTHON) scripts/setup.py dev

run: setup ## Start everything with demo data (PORT=8000 SOCRATA_PORT=8001 HOST=127.0.0.1); Ctrl-C ends it
	@exec $(BIN)/python scripts/run.py

test: setup-dev ## All tests, on PostgreSQL, Redis and a browser that it starts itself (ARGS="-k word")
	@$(BIN)/python scripts/test.py $(ARGS)

test-fast: setup-dev ## All tests but those in a browser
	@$(BIN)/python scripts/test.py --no-browser $(ARGS)

coverage: setup-dev ## All tests but those in a browser, with the lines they do not reach
	@$(BIN)/python scripts/test.py --no-browser --cov --cov-report=term-missing:skip-covered $(ARGS)

lint: setup-dev ## Style, types, import contracts, migrations, system checks, templates
	@$(BIN)/python scripts/lint.py

fix: setup-dev ## Repair what ruff can repair
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: setup-dev ## Resolve requirements/*.in into the locks, with hashes
	@$(COMPILE) requirements/runtime.in -o requirements/runtime.txt
	@$(COMPILE) -c requirements/runtime.txt requirements/dev.in -o requirements/dev.txt

docs: setup-dev ## Write docs/generated/ from the code
	@$(BIN)/python scripts/docs.py

bench: setup-dev ## Measure, each against its peers in the same run (NAME=scanning measures one)
	@$(BIN)/python scripts/bench_env.py
	@$(BIN)/python -m benchmarks $(NAME)

faults: setup-dev ## Random faults under real pushes (SCHEDULES=200 SEED=1), on PostgreSQL and Redis that it starts itself
	@$(BIN)/python scripts/faults.py --schedules $(SCHEDULES) --seed $(SEED)

clean: ## Throw away the demo: its database, files and logs in var/
	@rm -rf var
