# Everything a person or CI does with this project, one target each. `make help` lists them.
SHELL := /bin/bash
PY := .venv/bin/python
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo bench year machines campaign campaign-processes test test-all check docs shape lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: .venv/.ready ## make the environment in .venv from the lock file for development

.venv/.ready: requirements-dev.lock pyproject.toml
	@python3 -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, found " + sys.version.split()[0])'
	test -x $(PY) || python3 -m venv .venv
	test -x .venv/bin/uv || .venv/bin/pip install --quiet --disable-pip-version-check uv==0.13.9
	VIRTUAL_ENV=$(CURDIR)/.venv .venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes requirements-dev.lock
	VIRTUAL_ENV=$(CURDIR)/.venv .venv/bin/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

COMPILE := .venv/bin/uv pip compile pyproject.toml --all-extras --universal --generate-hashes --no-header --python-version 3.11 -q

lock: ## choose versions: requirements.lock is what runs, requirements-dev.lock the same and the tools of development
	$(COMPILE) -o requirements.lock
	$(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock
	@! grep -n '://' requirements.lock requirements-dev.lock

demo: setup ## the whole thing at work on the embedded sandbox; ONCE=1 ends after the first load and compares; LOAD=8 keeps the machine busy
	@$(if $(LOAD),$(PY) -m benchmarks.busy $(LOAD),) .venv/bin/st-spectrum demo $(if $(ONCE),--once,) $(if $(WORLD),--world $(WORLD),)

bench-polls: setup ## what an idle poll for purchase orders costs at 1,000, 10,000 and 100,000 closed orders
	.venv/bin/python -m benchmarks.idle_poll

year: setup ## a year of time of 60 technicians through both paths; TECHNICIANS=6 is a small one
	$(if $(TECHNICIANS),ST_SPECTRUM_YEAR_TECHNICIANS=$(TECHNICIANS),) .venv/bin/pytest -q -m slow tests/flows/test_year_of_time.py --durations=3

machines: setup ## two accounts on several machines while workers are killed; as root on Debian it installs Postgres and Redis for that
	@{ test -x "$$(command -v redis-server)" && ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 || test "$$(id -u)" != 0 || \
	  { apt-get update -q && apt-get install -q -y --no-install-recommends postgresql redis-server; } || echo "They could not be installed."
	.venv/bin/pytest -q -s -m slow tests/machines

campaign: setup ## random histories of all flows, and what was lost or doubled in them; N=10000, SEED=7, OF=naive for the script beside it; COVERAGE=1
	@$(if $(COVERAGE),rm -rf .local/coverage && mkdir -p .local/coverage,true)
	@nice -n 5 $(PY) $(if $(COVERAGE),-m coverage run,) -m tests.campaign --histories $(or $(N),1000) $(if $(SEED),--seed $(SEED),) $(if $(OF),--of $(OF),)
	@$(if $(COVERAGE),$(PY) -m coverage combine --quiet && $(PY) -m coverage report && $(PY) -m tests.campaign.covered,true)

campaign-processes: setup ## such histories with a process for each worker, sockets, `kill -9`, SQLite and S3; N=100, SEED=7
	@nice -n 5 $(PY) -m tests.campaign.processes --histories $(or $(N),100) $(if $(SEED),--seed $(SEED),)

bench-payroll: setup ## what the reconciliation of a payroll week asks for at 1,000, 10,000 and 100,000 entries
	.venv/bin/python -m benchmarks.payroll_week

bench-reconcile: setup ## both sides of a contractor's month compared, sixty planted differences in it, and of a tenth of that; SIZE=2000 invoices
	@nice -n 5 $(PY) -m tests.reconcile.bench $(if $(SIZE),--invoices $(SIZE),)

bench-crowd: setup ## a look for changes over a crowd, at 1,000, 10,000 and 100,000 known records; KNOWN="1000 9000" TOUCHED=500 are others, HOURS=168 a week's backlog
	@$(PY) -m benchmarks.crowd $(if $(KNOWN),--known $(KNOWN),) $(if $(TOUCHED),--touched $(TOUCHED),) $(if $(LOOKS),--looks $(LOOKS),) $(if $(HOURS),--hours $(HOURS),)

bench-match: setup ## how well companies and customers are matched, and time and memory of 20,000 x 20,000; COMPANIES=2000 is quick
	@$(PY) -m benchmarks.matching $(if $(COMPANIES),--companies $(COMPANIES),)

bench-first-day: setup ## a new user on ten years of history: minutes, edits by hand, what had to be looked up, who would be made twice; SMALL=1 is a tenth, JSON=1 says all
	@$(PY) -m benchmarks.first_day $(if $(SMALL),--small,) $(if $(JSON),--json,)

bench-start: setup ## CPU seconds of `sync` when nothing is new, compiled and not
	@$(PY) -m benchmarks.start

bench-run: setup ## CPU of a run that finds nothing to do, in a warm worker
	@$(PY) -m benchmarks.warm_run

bench-guards: setup ## what the second guard and the witness cost a batch and a record, beside the same rounds without them
	@$(PY) -m benchmarks.guards

bench-broker: setup ## which queue needs no server and loses nothing: writers, load, kills; MESSAGES=5000 KILL_EVERY=2.5 CANDIDATES=folder
	@$(PY) -m benchmarks.broker $(if $(MESSAGES),--messages $(MESSAGES),) $(if $(CANDIDATES),--candidates $(CANDIDATES),) $(if $(KILL_EVERY),--kill-every $(KILL_EVERY),)

bench-latency: setup ## how long a record takes through each launcher, 200 events of all flows in ten minutes; EVENTS=30, GAP=3, LOAD=2, LAUNCHERS=warm
	@$(PY) -m benchmarks.latency $(if $(EVENTS),--events $(EVENTS),) $(if $(GAP),--gap $(GAP),) $(if $(LOAD),--load $(LOAD),) $(if $(LAUNCHERS),--launchers $(LAUNCHERS),)

bench: setup ## requests, memory and speed of a first load beside a bare client, and both guards, in about ten minutes; JSON=1
	@$(PY) -m benchmarks $(if $(JSON),--json,)

cases: setup ## write the golden documents of the invoice rules anew, for review
	ST_SPECTRUM_REWRITE_CASES=1 .venv/bin/pytest -q tests/cases

# What both targets close with: the time on the clock, and the time of all processors.
export TIMEFORMAT := %0lR on the clock; CPU seconds: %0U of the tests and %0S of the system

test test-all: export PYTHONDONTWRITEBYTECODE := # else each worker and each command compiles all code anew

test: setup ## the fast suite, five minutes on two cores
	@time .venv/bin/pytest -n 2 --dist loadfile --no-loadscope-reorder

test-all: setup ## what `make test` leaves out: whole years, kills, 500 histories for every flow and way, and a small campaign; HISTORIES=60 tries fewer
	@time { $(PY) -m tests.campaign --histories $(or $(CAMPAIGN),200) --seed $(or $(SEED),8) && \
	  $(PY) -m tests.campaign.processes --histories 3 --seed $(or $(SEED),8) && \
	  .venv/bin/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "slow and not machines" && \
	  $(if $(HISTORIES),ST_SPECTRUM_HISTORIES=$(HISTORIES),) .venv/bin/pytest -n 2 --dist worksteal -m long; }

check: setup ## format, lint, types, import contracts, lock files
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	@! grep -n '://' requirements.lock requirements-dev.lock

screenshots: setup ## take the pictures in docs/images anew; needs Chromium
	.venv/bin/python docs/screenshots.py

docs: setup ## write the generated pages anew: docs/field-map.md, docs/unverified.md, the diagram of docs/ledger.md, the table of README.md
	@$(PY) -m st_spectrum.pages

shape: setup ## figures of the code: lines, long functions, arrows between folders; AT=b031e31 for those of a commit
	@$(PY) -m tests.docs.shape $(if $(AT),--at $(AT),)

clean: ## remove what runs leave behind; keeps .venv
	rm -rf .local .pytest_cache .mypy_cache .ruff_cache .hypothesis
