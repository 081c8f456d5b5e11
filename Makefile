# Everything a newcomer types. Needs Python 3.11 with pip and venv, make and git; the rest goes into .venv from the lock.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python)
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
JOBS ?= 4
GUI_JOBS ?= 3
TEST_JOBS ?= 3
TEST_GUI_JOBS ?= 2
LOCKING := --universal --python-version 3.11 --generate-hashes -q

# Tests start hundreds of processes: what Python has compiled is kept, also where the environment says otherwise
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo gui test test-core test-gui check bench screenshots translations lock clean

# A whole evaluation of three simulated CO2 analysers; results in demo/
demo: $(VENV)/installed
	@$(BIN)/testbench station new --simulated > demo-station.toml
	@$(BIN)/testbench evaluate --station demo-station.toml --standard hj76-2017 --output demo

# The window
gui: $(VENV)/installed-gui
	@$(BIN)/testbench gui

# Format, lint, types, layers, and all tests; what needs one processor runs beside what waits
test: $(VENV)/installed-dev $(VENV)/installed-gui-dev
	@$(MAKE) --no-print-directory --output-sync=target -j2 check test-core test-gui JOBS=$(TEST_JOBS) GUI_JOBS=$(TEST_GUI_JOBS)

# The tests of everything but the window; they need no Qt. A file stays with one process: what its tests share is made once
test-core: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -q -p no:pytest-qt --ignore=tests/gui

# The tests of the window; where libraries of the system are missing it says which packages have them
test-gui: $(VENV)/installed-gui-dev
	@$(BIN)/python -m gui.surroundings --for-tests
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(GUI_JOBS) --dist loadfile --no-loadscope-reorder -q tests/gui

check: $(VENV)/installed-gui-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Ratios in one run: the engine against a bare query loop; a nine-day evaluation. Many instruments at once: how long a tick
# takes, how well a grid of 20 channels at 10 Hz is kept. A soak: does anything grow in thirty days?
# How fast are 10 000 stored runs judged again? How smooth is the window with much on it?
bench: $(VENV)/installed-gui-dev
	$(BIN)/python tests/bench/bench.py
	$(BIN)/python tests/bench/grid_bench.py
	$(BIN)/python tests/bench/monte_carlo_bench.py
	$(BIN)/python tests/bench/soak.py
	$(BIN)/python tests/bench/rescore_bench.py
	QT_QPA_PLATFORM=offscreen $(BIN)/python tests/bench/gui_bench.py

# Pictures of every screen in both languages and both themes, for docs/screens
screenshots: $(VENV)/installed-gui-dev
	QT_QPA_PLATFORM=offscreen $(BIN)/python tests/screens/take.py docs/screens

# Collect the window's texts and compile their translations
translations: $(VENV)/installed-gui
	$(BIN)/python -m gui.translating

$(VENV)/created:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v[:2] != (3, 11) and f"Python 3.11 is needed, {sys.executable} is {v[0]}.{v[1]}; say make PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/created requirements.lock pyproject.toml
	@echo "installing into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# The clients and simulators in requirements-peers.lock are test tools under the GPL (docs/decisions/0010-test-peers.md)
$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock requirements-peers.lock
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --require-hashes -r requirements-peers.lock
	@touch $@

$(VENV)/installed-gui: $(VENV)/installed requirements-gui.lock
	@$(PIP) install --require-hashes -r requirements-gui.lock
	@touch $@

$(VENV)/installed-gui-dev: $(VENV)/installed-dev $(VENV)/installed-gui requirements-gui-dev.lock
	@$(PIP) install --require-hashes -r requirements-gui-dev.lock
	@touch $@

# Pin anew what pyproject.toml allows (needs uv)
lock:
	uv pip compile pyproject.toml --group build $(LOCKING) -o requirements.lock
	uv pip compile pyproject.toml --group build --group dev $(LOCKING) -o requirements-dev.lock
	uv pip compile pyproject.toml --group build --group dev --group peers $(LOCKING) -o requirements-peers.lock
	uv pip compile pyproject.toml --group build --extra gui $(LOCKING) -o requirements-gui.lock
	uv pip compile pyproject.toml --group build --extra gui --group dev --group gui-dev $(LOCKING) -o requirements-gui-dev.lock

clean:
	rm -rf $(VENV) demo demo-station.toml build *.egg-info
