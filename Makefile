# `make run` builds the workbooks into out/; `make test` runs every check. Both make their own .venv.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --constraint constraints.txt

.PHONY: run test docs benchmark benchmark-training clean

run: .venv/installed
	$(BIN)/sheetsim build --out out

test: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

docs: .venv/installed
	$(BIN)/python docs/make_functions.py

benchmark: .venv/tested
	$(INSTALL) --requirement benchmarks/requirements.txt
	$(BIN)/python benchmarks/recalculation.py

benchmark-training: .venv/tested
	$(INSTALL) --requirement benchmarks/training_requirements.txt
	$(BIN)/python benchmarks/training.py

.venv/bin/python:
	@echo "making .venv and installing into it: once, and about a minute"
	@$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml constraints.txt
	@$(INSTALL) --editable .
	@touch $@

.venv/tested: .venv/installed
	@echo "installing what the checks need"
	@$(INSTALL) --editable '.[test]'
	@touch $@

clean:
	rm -rf .venv out
