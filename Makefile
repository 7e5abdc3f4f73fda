.PHONY: run serve web test check bench lock clean
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Builds the graph and answers a first question.
run: $(VENV)/.runs
	@$(BIN)/cscip build
	@$(BIN)/cscip query what-reduced --param measure=missing-episodes
	@echo "Next:  $(BIN)/cscip show pause   |   $(BIN)/cscip query   |   $(BIN)/cscip export -o exports"

# Serves the explorer, the data and a SPARQL endpoint; PORT=8000 unless said otherwise.
PORT ?= 8000
serve: $(VENV)/.runs web
	@$(BIN)/cscip build
	@$(BIN)/cscip serve --port $(PORT)

# Makes what browsers load: style and scripts (needs node and npm).
web: web/dist/site.css
web/dist/site.css: web/package.json web/package-lock.json web/build.mjs \
  $(wildcard web/src/*.* web/src/editor/* src/cscip_kg/templates/site/*.css)
	@command -v npm >/dev/null || { echo "The pages need Node.js with npm (Debian: apt install nodejs npm)"; exit 1; }
	@cd web && npm ci --ignore-scripts --no-audit --no-fund --silent && npm run build --silent

# Runs every test.
test: $(VENV)/.tests web
	@$(BIN)/pytest -n 2

# Style and types.
check: $(VENV)/.tests
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

# Measures against the plain stack, how cost grows with the graph, and what people wait for.
bench: $(VENV)/.tests
	@$(BIN)/python bench/run.py && $(BIN)/python bench/growth.py && $(BIN)/python bench/answers.py

# Renews the two lock files from pyproject.toml, and that of the tool that has an environment of its own.
PIN := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade \
  --no-header --no-annotate --no-emit-index-url
LOCK := $(PIN) --all-extras pyproject.toml
lock: $(VENV)/.tests
	@$(LOCK) --group build -o requirements.lock
	@$(LOCK) --group build --group dev -c requirements.lock -o requirements-dev.lock
	@$(PIN) tests/ro_crate/requirements.in -o tests/ro_crate/requirements.lock

clean:
	@rm -rf $(VENV) build dist web/dist web/node_modules

$(VENV)/.runs: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 1; }
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "· Installing (once; about a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.tests: $(VENV)/.runs requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@
