# `make demo` and `make test` do all their own set-up.

PORT ?= 5000
CAMPUS_PORT ?= 8080
WORKERS ?= 2
THREADS ?= 8
PYTHON ?=
BIN := .venv/bin
RUN := .venv/.run
DEV := .venv/.dev

.DEFAULT_GOAL := help
.PHONY: help demo test install serve worker check fmt bench conformance soak screenshots lock

help: ## show what there is to make
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(RUN) ## run a course with Laurel in it, on this machine (PORT=5000 CAMPUS_PORT=8080)
	@exec $(BIN)/python -m tests.support.demo --port $(PORT) --campus-port $(CAMPUS_PORT)

test: install ## get a browser and PostgreSQL if need be, and run every test
	$(BIN)/python -m tests.support.provision
	$(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4

install: $(DEV) ## make .venv with the locked dependencies and tools

serve: $(RUN) ## serve on 127.0.0.1, in the foreground (PORT=5000 WORKERS=2 THREADS=8)
	$(BIN)/flask db upgrade
	@if [ -z "$$PUBLIC_URL" ] && ! grep -qs '^PUBLIC_URL=' .env; then \
		export PUBLIC_URL=http://127.0.0.1:$(PORT); \
	fi; \
	exec $(BIN)/gunicorn --bind 127.0.0.1:$(PORT) --no-control-socket \
		--worker-class gthread --workers $(WORKERS) --threads $(THREADS) 'app:create_app()'

worker: $(RUN) ## run the jobs, in the foreground
	exec $(BIN)/flask worker

check: install ## lint, types, import contracts, templates, dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint --quiet templates campus/templates
	$(BIN)/python -m pip check --disable-pip-version-check

fmt: install ## format code and templates
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .
	-$(BIN)/djlint --reformat --quiet templates campus/templates

bench: install ## measure what docs/benchmarks.md tells
	$(BIN)/python -m bench.launch
	$(BIN)/python -m bench.recompute
	$(BIN)/python -m bench.batch
	$(BIN)/python -m bench.board
	$(BIN)/python -m bench.leagues
	$(BIN)/python -m bench.facts

conformance: install ## try every numbered case and write docs/conformance.md
	$(BIN)/python -m tests.support.provision
	$(BIN)/python -m tests.support.conformance

soak: install ## launch again and again for a while, on this machine alone
	$(BIN)/python -m bench.soak

screenshots: install ## take the pictures of the README and the guides
	$(BIN)/python -m tests.support.provision
	$(BIN)/python -m tests.support.screenshots

lock: $(DEV) ## choose newer dependencies, with hashes
	$(BIN)/uv pip compile --quiet --upgrade $(LOCKING) pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade $(LOCKING) pyproject.toml --group dev -o requirements-dev.lock

LOCKING := --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11

$(RUN): requirements.lock
	@PYTHON='$(PYTHON)' sh tests/support/install.sh requirements.lock
	@touch $@

$(DEV): requirements-dev.lock
	@PYTHON='$(PYTHON)' sh tests/support/install.sh requirements-dev.lock
	@touch $@ $(RUN)
