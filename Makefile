# Everything a person does with Konvent. `make help` lists it.
# Needs Python 3.11+ and make; the rest is installed from the locks into this folder.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
MANAGE := $(PY) manage.py
WORKERS ?= auto
SHARED ?= ../shared/bench

.DEFAULT_GOAL := help
.PHONY: help run start demo-reset backup restore test test-postgres test-browser test-heavy bench lint format lock messages \
	install install-dev catalogues clean

## Use
run: install catalogues  ## Konvent with the demonstration (PORT=8000 KONVENT_DATA=./data)
	@exec $(PY) tools/run.py --demo

start: install catalogues  ## the same, empty: "Partnerschaft einrichten" in the browser
	@exec $(PY) tools/run.py

demo-reset: install catalogues  ## set the demonstration back to its beginning (stop Konvent first)
	@$(MANAGE) prepare
	@KONVENT_DEMO=1 $(MANAGE) demo --reset

backup: install  ## database and files into one archive (TARGET=folder or file)
	@$(MANAGE) backup $(if $(TARGET),--target "$(TARGET)")

restore: install catalogues  ## put an archive back and prove it (FROM=archive)
	@test -n "$(FROM)" || { echo 'Which archive? make restore FROM=data/backups/konvent-….tar.gz'; exit 2; }
	@$(MANAGE) restore "$(FROM)"

## Test
test: install-dev catalogues  ## the whole suite on the embedded default
	@$(PY) -m pytest -n $(WORKERS) -m "not heavy and not browser and not postgres" $(ARGS)

test-postgres: install-dev catalogues  ## the suite on DATABASE_URL and REDIS_URL, with the races
	@test -n "$$DATABASE_URL" || { echo 'DATABASE_URL=postgres://… make test-postgres'; exit 2; }
	@$(PY) -m pytest -n $(WORKERS) -m "not heavy and not browser" $(ARGS)

test-browser: install-dev catalogues  ## the journeys in Chromium (chromium must be installed)
	@$(PY) -m pytest -n $(WORKERS) -m browser $(ARGS)

test-heavy: install-dev catalogues  ## the long random and fault runs
	@$(PY) -m pytest -m heavy $(ARGS)

bench: install-dev catalogues  ## Konvent beside the framework's floor (SHARED=../shared/bench; PostgreSQL, redis-server)
	@$(PY) bench/run.py --shared "$(SHARED)" $(ARGS)

lint: install-dev catalogues  ## style, templates, types, import contracts, migrations, deployment
	@$(PY) tools/lint.py

## Keep
format: install-dev  ## bring code and templates into shape
	@$(PY) tools/lint.py --fix

messages: install-dev  ## collect the sentences for translation into locale/en
	@$(PY) tools/messages.py extract

lock: install-dev  ## resolve requirements*.in again and write the locks with hashes
	@$(PY) tools/lock.py

clean:  ## remove what make has installed; data/ stays
	rm -rf .venv .static node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

install:
	@test -n "$(PYTHON)" || { echo "Konvent needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) tools/install.py run

install-dev:
	@test -n "$(PYTHON)" || { echo "Konvent needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) tools/install.py dev

catalogues:
	@$(PY) tools/messages.py compile

help:  ## this list
	@awk -F':.*## ' '/^## /{print "\n" substr($$0, 4)} /^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile
