# chartmill: `make run` runs the demo through Airflow, `make test` runs the tests. Both set everything up first.

DAY    ?= 2026-01-15
DAYS   ?= 2026-01-15 2026-01-16 2026-01-17
VENV   := .venv
BIN    := $(VENV)/bin
UV     := 0.13.9
TORCH  ?= torch==2.13.0
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)

.PHONY: help setup setup-train run test test-backfill fuzz bench check names-model lock sample ui clean

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

setup: $(VENV)/.installed ## virtual environment, locked dependencies

$(VENV)/.installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "chartmill needs Python 3.11, 3.12 or 3.13: install one, or name it: make PYTHON=..."; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	$(BIN)/uv pip install --quiet --no-deps --require-hashes --python $(BIN)/python -r requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	touch $@

setup-train: setup ## PyTorch beside it, for `chartmill train`: pip's build, or set TORCH to one of yours
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$(TORCH)"

run: setup ## the main job for DAY through Airflow: etl of every source, then the release
	@$(BIN)/python scripts/run_dags.py --day $(DAY)

test: setup ## all tests, types, lint and import rules
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -n 2 -m "not backfill and not fuzz"

test-backfill: setup ## Airflow on PostgreSQL: backfill, rerun, and the same bytes
	$(BIN)/pytest -m backfill tests/backfill

fuzz: setup ## damage files for FUZZ_SECONDS (600) and read them: no crash, and every unit has an outcome
	$(BIN)/pytest -m fuzz tests/fuzz

bench: setup ## time reading and redaction beside other libraries, and weigh the memory of reading
	$(BIN)/python benchmarks/ingest.py
	$(BIN)/python benchmarks/redaction.py

check: setup ## types, lint and import rules only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

names-model: setup ## train the model of names anew; needs Debian's wamerican-large and wordnet-base
	$(BIN)/uv pip install --quiet --no-deps --require-hashes --target var/name_model \
		--requirement scripts/name_model/requirements.txt
	PYTHONPATH=$(CURDIR):$(CURDIR)/var/name_model $(BIN)/python -m scripts.name_model.train

# Without PyTorch: it comes in a build for each accelerator, of which no lock could name the hash.
lock: setup ## resolve the dependencies anew, with hashes
	echo "torch ; python_version < '3'" | $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --extra dev --extra postgres --extra train \
		--override - pyproject.toml --output-file requirements.lock

sample: setup ## write data/sample anew
	$(BIN)/python data/sample/generate.py

ui: setup ## Airflow on this machine with its web interface, http://127.0.0.1:8080
	AIRFLOW_HOME=$(CURDIR)/var/airflow AIRFLOW__CORE__DAGS_FOLDER=$(CURDIR)/dags AIRFLOW__CORE__LOAD_EXAMPLES=False \
	AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS=True AIRFLOW__API__HOST=127.0.0.1 \
	AIRFLOW__CORE__HOSTNAME_CALLABLE=socket.gethostname PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/airflow standalone

clean: ## remove what the demo wrote; the virtual environment stays
	rm -rf var
