# `make run` builds the workbooks into out/; `make test` runs every check. Both make their own .venv.
# `make fuzz SECONDS=600 SEED=3` tries random inputs and keeps what it finds; `make hostile` measures every command on
# the hostile files (SECURITY.md).
# `make fuzz-formulas SECONDS=600 SEED=3` compares random formulas with LibreOffice.
# `make benchmark`, `make benchmark-files` and `make benchmark-training` measure, beside others; with QUICK=1 in about a
# minute each, of training in a few. `make benchmark-startup` times whole processes, `make benchmark-page` the page in a
# browser.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --constraint constraints.txt

.PHONY: run test docs exactness fuzz fuzz-formulas hostile benchmark benchmark-files benchmark-startup benchmark-training \
    benchmark-page clean

run: .venv/installed
	$(BIN)/sheetsim build --out out

test: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses 2 --dist loadscope

docs: .venv/installed
	$(BIN)/python docs/make_functions.py
	$(BIN)/python -m workbooks.sheets

# How exact the functions are, measured by the workbooks in ../shared/excel-files; then `make docs`.
exactness: .venv/tested
	PYTHONPATH=.:tests:tests/helpers $(BIN)/python tests/exactness/measuring.py

fuzz: .venv/tested
	PYTHONPATH=.:tests/helpers:tests/attack:tests $(BIN)/python tests/attack/fuzzing/fuzz.py $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED))

fuzz-formulas: .venv/tested
	PYTHONPATH=.:tests/helpers:tests/differential $(BIN)/python tests/differential/fuzz_formulas.py $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED))

hostile: .venv/tested
	$(BIN)/python benchmarks/hostile.py

benchmark: .venv-peers/installed
	.venv-peers/bin/python benchmarks/recalculation.py $(if $(QUICK),--quick)

benchmark-files: .venv-peers/installed
	.venv-peers/bin/python benchmarks/files.py $(if $(QUICK),--quick)

benchmark-startup: .venv/installed
	$(BIN)/python benchmarks/waiting/startup.py $(if $(QUICK),--quick)

# A quick run goes without peers that are not installed: they take 1.7 GB and a C compiler.
benchmark-training: .venv/tested $(if $(QUICK),,.venv-peers-training/installed)
	$(BIN)/python benchmarks/training.py $(if $(QUICK),--quick) --peers $(wildcard .venv-peers-training/bin/python)

benchmark-page: .venv/tested
	$(BIN)/python benchmarks/waiting/page.py

# What is measured beside sheetsim wants other versions than constraints.txt, and has environments of its own.
.venv-peers/installed: benchmarks/requirements.txt
.venv-peers-training/installed: benchmarks/training_requirements.txt
.venv-peers/installed .venv-peers-training/installed: pyproject.toml
	@echo "making $(@D) and installing into it what is measured beside sheetsim: once, and some minutes"
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --editable . --requirement $(filter benchmarks/%,$^)
	@touch $@

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
	rm -rf .venv .venv-peers .venv-peers-training out
