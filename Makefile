# Tarry's commands for people who have a clone. `make` alone lists them.
#
# PYTHON chooses the interpreter that the environment is made with (3.11 or newer).
# What has been installed is remembered in stamp files, so a second call starts at once.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Tests run in so many processes; each of them starts servers and programs of its own.
WORKERS ?= 2
# The tests of a file stay together, so what they share is set up once; the short ones come last.
TOGETHER := --dist loadfile --no-loadscope-reorder
STAMPS := $(VENV)/stamps
SPYNE  := .tools/spyne
NODE_SOAP := .tools/node-soap
CLFPY  := .tools/clfpy
SHELL2HTTP := .tools/shell2http
PREFECT := .tools/prefect

# Where the interop tests and the benchmark find the field's server library; see tools/spyne.sh.
export TARRY_TEST_SPYNE := $(CURDIR)/$(SPYNE)/bin/python
# Where the benchmark finds a peer that runs commands as web jobs; see tools/shell2http.sh.
export TARRY_BENCH_SHELL2HTTP := $(CURDIR)/$(SHELL2HTTP)/bin/python
# And one that runs chains of steps; see tools/prefect.sh.
export TARRY_BENCH_PREFECT := $(CURDIR)/$(PREFECT)/bin/python
# Where the interop tests find npm's client; see tools/node_soap.sh.
export TARRY_TEST_NODE_SOAP := $(CURDIR)/$(NODE_SOAP)/node_modules
# Where they find the field's client library; see tools/clfpy.sh.
export TARRY_TEST_CLFPY := $(CURDIR)/$(CLFPY)/bin/python

.DEFAULT_GOAL := help
.PHONY: help front demo test check format pictures bench soak spyne shell2http prefect node-soap clfpy system clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(STAMPS)/demo front ## install into .venv and start the platform with demo services and workflows
	@exec $(BIN)/tarry demo

test: $(STAMPS)/test front system spyne clfpy node-soap ## run the tests (TESTS="…" chooses, PYTEST_ARGS="…" is passed on)
	@$(BIN)/python frontend/bundle.py --install && sh tools/front_tests.sh
	@$(BIN)/python -m pytest -m "not soak" -n $(WORKERS) $(TOGETHER) $(PYTEST_ARGS) $(TESTS)

check: $(STAMPS)/test ## style, types, import contracts and lengths
	@sh tools/check.sh

format: $(STAMPS)/test ## let ruff put the code in order
	@$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format --quiet .

pictures: $(STAMPS)/test front ## take the pictures of the how-tos anew, in Chromium
	@TARRY_SCREENSHOTS="$(CURDIR)/docs/pictures" $(BIN)/python -m pytest tests/e2e/test_pictures_in_chromium.py \
		tests/e2e/test_story_in_chromium.py

bench: $(STAMPS)/test front spyne shell2http prefect ## measure against primitives and peers (BENCH_ARGS="…" chooses)
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

soak: $(STAMPS)/test front system spyne clfpy node-soap ## the tests that take too long for every day
	@$(BIN)/python -m pytest -m soak --timeout 7200 $(PYTEST_ARGS) $(TESTS)

# The installation builds it; this is for sources that changed since, and costs nothing if none did.
front: $(STAMPS)/demo
	@$(BIN)/python frontend/bundle.py --is-fresh || [ -n "$$TARRY_SKIP_FRONTEND" ] \
		|| $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .

spyne: $(SPYNE)/stamp

clfpy: $(CLFPY)/stamp

# Where it cannot be installed, what compares Tarry with it is left out.
shell2http: $(STAMPS)/test
	@[ -e $(SHELL2HTTP)/stamp ] || sh tools/shell2http.sh $(SHELL2HTTP)

prefect: $(STAMPS)/test
	@[ -e $(PREFECT)/stamp ] || sh tools/prefect.sh $(PREFECT)

# After the system's packages, which may bring Node.js.
node-soap: system
	@[ -e $(NODE_SOAP)/stamp ] || sh tools/node_soap.sh $(NODE_SOAP)

system: $(STAMPS)/test
	@sh tools/system_packages.sh

clean: ## forget what was installed (no data of the platform is touched)
	rm -rf $(VENV) frontend/node_modules src/tarry/platform/portal/front $(SPYNE) $(CLFPY) $(SHELL2HTTP) $(PREFECT) $(NODE_SOAP) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(STAMPS)/venv: tools/venv.sh
	@PYTHON="$(PYTHON)" sh tools/venv.sh $(VENV)
	@mkdir -p $(@D) && touch $@

$(STAMPS)/demo: pyproject.toml $(STAMPS)/venv
	@echo "Installing Tarry into $(VENV) (once; takes about a minute) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[platform,examples]'
	@touch $@

$(STAMPS)/test: pyproject.toml $(STAMPS)/demo
	@echo "Installing the tools for tests and checks …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --group dev
	@touch $@

$(SPYNE)/stamp: tools/spyne.sh
	@PYTHON="$(PYTHON)" sh tools/spyne.sh $(SPYNE)

$(CLFPY)/stamp: tools/clfpy.sh
	@PYTHON="$(PYTHON)" sh tools/clfpy.sh $(CLFPY)
