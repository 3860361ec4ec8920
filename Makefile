# Every target sets up what it needs. `make run` and `make test` are all a newcomer has to know.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
export PYTHON
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
export TF_CPP_MIN_LOG_LEVEL ?= 3
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: help run test test-networks test-postgres test-cluster lint train train-demo bench faults package lock clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^## //p' Makefile

## make run      set up, then open the program (with no display: run it offscreen and write pictures to build/demo)
run: $(VENV)/runtime
	$(BIN)/skindesk $(if $(or $(DISPLAY),$(WAYLAND_DISPLAY)),,--demo build/demo)

## make test     set up, then lint, types, import contracts and tests
test: lint
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n auto --dist loadfile --ignore tests/cluster

## make test-networks  train one step of every large architecture and export it (minutes)
test-networks: $(VENV)/complete
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -m slow_networks

POSTGRES_SERVICES := access audit audit_reading casework demo_clinic drift editing evidence insight_rows model_shadow reports same_patient similar_cases transfer worklist

## make test-postgres  run the case log's tests on a PostgreSQL server that they start and end
test-postgres: $(VENV)/complete
	.ci/postgres-server
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest --postgres -n auto --dist loadfile tests/postgres tests/storage tests/exchange/test_case_archive.py $(POSTGRES_SERVICES:%=tests/services/test_%.py)

## make test-cluster  classify on a scheduler and two workers of this computer, kill them, and measure what they cost
test-cluster: $(VENV)/complete
	$(BIN)/python -c "import distributed"
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest tests/cluster tests/services/test_cluster.py
	$(BIN)/python -m tests.cluster.overhead

lint: $(VENV)/complete
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

## make train    set up the trainer; then: .venv/bin/python -m training --help
train: $(VENV)/complete
	$(BIN)/python -m training --help

## make train-demo  train a tiny network on generated phantoms, up to a bundle that the program runs
train-demo: $(VENV)/complete
	.ci/train-demo $(BIN)

## make network-NAME  train, measure and export dermoscopy-7, clinical-6 or isic-9 (hours; SKINDESK_DATA, SKINDESK_WEIGHTS)
network-%: $(VENV)/complete
	.ci/network $(BIN) $*

## make bench    measure speed and memory on this machine
bench: $(VENV)/complete
	$(BIN)/python -m tests.benchmarks

## make faults   kill the program, fail its disk and cut its power a thousand times, and damage its pictures (long)
faults: $(VENV)/complete
	$(BIN)/python -m tests.faults
	$(BIN)/python -m tests.faults.batch_kills
	$(BIN)/python -m tests.faults.mutated_pictures

## make package  build the frozen program in dist/ and smoke-test it
package: build/package-venv/ready
	build/package-venv/bin/pyinstaller --noconfirm --log-level WARN --distpath dist --workpath build/pyinstaller build.spec
	$(PYTHON) tests/smoke_frozen.py dist/skindesk

## make lock     resolve the lock files anew from pyproject.toml (needs uv)
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade pyproject.toml --extra setup -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade pyproject.toml --extra setup --extra package -c requirements.lock -o requirements-package.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade pyproject.toml --all-extras -c requirements-package.lock -o requirements-dev.lock

## make clean    remove what the targets above have made
clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/python:
	.ci/system-libraries
	$(PYTHON) -c "import sys; sys.exit(sys.version_info[:2] != (3, 11) and 'SkinDesk needs Python 3.11: make PYTHON=/path/to/python3.11')"
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/runtime: $(VENV)/python requirements.lock pyproject.toml
	$(PIP) install -q --require-hashes --only-binary :all: -r requirements.lock
	$(PIP) install -q --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/complete: $(VENV)/runtime requirements-dev.lock
	$(PIP) install -q --require-hashes --only-binary :all: -r requirements-dev.lock
	touch $@

# PyInstaller packs what it finds, so it runs where only the runtime dependencies and itself are installed.
build/package-venv/ready: requirements-package.lock pyproject.toml
	.ci/system-libraries
	$(PYTHON) -m venv build/package-venv
	build/package-venv/bin/python -m pip install -q --require-hashes --only-binary :all: -r requirements-package.lock
	build/package-venv/bin/python -m pip install -q --no-deps --no-build-isolation .
	touch $@
