# make demo   runs the whole product on this machine     make test   tests all of it     make check   holds the rules
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

help: ## Show what there is to make.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(INSTALLED): requirements/dev.lock requirements/uv.txt
	@tools/install $(PYTHON) $(VENV)
	@touch $@

install: $(INSTALLED) ## Make the virtual environment from the locked, hash-checked dependencies.

demo: $(INSTALLED) ## Start everything with a world to look at. PORT=8000 moves it.
	@exec $(BIN)/python -m studyplatform.demo

demo-reset: $(INSTALLED) ## Forget the demo's data.
	@$(BIN)/python -m studyplatform.demo reset

test: $(INSTALLED) ## Run every test: unit, database, concurrency, browser.
	@tools/test

check: $(INSTALLED) ## Run ruff, mypy, templates, layers, translations, migrations, deploy settings.
	@tools/check

audit: $(INSTALLED) ## Ask Lighthouse about every kind of public page. URL=… names a running demo.
	@tools/audit/run

soak: $(INSTALLED) ## Live ten thousand random histories of money; takes hours.
	@tools/soak

bench: $(INSTALLED) ## Measure, as ratios taken in one run.
	@$(BIN)/python -W ignore::UserWarning -m bench

lock: $(INSTALLED) ## Resolve the dependencies of pyproject.toml anew.
	@tools/lock

.PHONY: help install demo demo-reset test check audit soak bench lock
