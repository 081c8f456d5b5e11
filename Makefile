# Everything a newcomer types. Needs Python 3.11 with pip and venv, make and git; the rest goes into .venv from the lock.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python)
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
JOBS ?= 2

.PHONY: demo test check bench lock clean

# A whole evaluation of three simulated CO2 analysers; results in demo/
demo: $(VENV)/installed
	@$(BIN)/testbench station new --simulated > demo-station.toml
	@$(BIN)/testbench evaluate --station demo-station.toml --standard hj76-2017 --output demo

# Format, lint, types, layers, and the tests
test: check
	$(BIN)/python -m pytest -n $(JOBS) -q

check: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Ratios in one run: the engine against a bare query loop; a nine-day evaluation. A soak: does anything grow in thirty days?
bench: $(VENV)/installed-dev
	$(BIN)/python tests/bench/bench.py
	$(BIN)/python tests/bench/soak.py

$(VENV)/created:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v[:2] != (3, 11) and f"Python 3.11 is needed, {sys.executable} is {v[0]}.{v[1]}; say make PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/created requirements.lock pyproject.toml
	@echo "installing into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# Pin anew what pyproject.toml allows (needs uv)
lock:
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes -q -o requirements.lock
	uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 --generate-hashes -q -o requirements-dev.lock

clean:
	rm -rf $(VENV) demo demo-station.toml build *.egg-info
