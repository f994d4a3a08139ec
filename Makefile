# Everything a person or CI does with this project, one target each. `make help` lists them.
SHELL := /bin/bash
PY := .venv/bin/python
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: .venv/.ready ## make the environment in .venv from the lock file

.venv/.ready: requirements.lock pyproject.toml
	@python3 -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, found " + sys.version.split()[0])'
	test -x $(PY) || python3 -m venv .venv
	test -x .venv/bin/uv || .venv/bin/pip install --quiet --disable-pip-version-check uv==0.13.9
	VIRTUAL_ENV=$(CURDIR)/.venv .venv/bin/uv pip sync --quiet --require-hashes requirements.lock
	VIRTUAL_ENV=$(CURDIR)/.venv .venv/bin/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

lock: ## choose versions anew and write requirements.lock
	.venv/bin/uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header --python-version 3.11 -q -o requirements.lock
	@! grep -n '://' requirements.lock
