# Every verb makes what it needs first and is quick the second time. Bare `make` prints them.
PYTHON ?= python3
BIN := .venv/bin
SHARED ?= ../shared
.DEFAULT_GOAL := help
.PHONY: help install demo run desk explore test kill-test fault-test endurance check fix eval train bench lock clean

help: ## print these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/goodturn: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Goodturn needs Python 3.11 or later; set PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/pytest: requirements-dev.txt $(BIN)/goodturn
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(BIN)/.trains: requirements-train.txt $(BIN)/goodturn
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-train.txt
	@touch $@

$(BIN)/datasette: requirements-explore.txt $(BIN)/goodturn
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-explore.txt
	@touch $@

install: $(BIN)/goodturn ## make .venv with all that running needs

demo: $(BIN)/goodturn ## crawl the embedded web, show what was found, serve desk and feed
	@$(BIN)/goodturn demo $(ARGS)

run: $(BIN)/goodturn ## run all of it until Ctrl-C: the clock, reading, the desk, the feeds
	@exec $(BIN)/goodturn run $(ARGS)

desk: $(BIN)/goodturn ## serve the editors' desk on 127.0.0.1
	@$(BIN)/goodturn desk

explore: $(BIN)/datasette ## ask the database questions of your own in a browser, read only
	@$(BIN)/goodturn explore

test: $(BIN)/pytest ## run all tests
	@$(BIN)/pytest -n auto --dist loadscope --no-loadscope-reorder $(ARGS)

kill-test: $(BIN)/pytest ## kill collect and read 200 times at random moments (KILLS=, SEED=), and look for any harm
	@KILLS=$${KILLS:-200} $(BIN)/pytest -s --show-capture=no tests/test_kill.py

fault-test: $(BIN)/pytest ## make every fault of docs/operators.md happen, those that take long too (some as root: disks are mounted)
	@FAULTS=all $(BIN)/pytest -p no:cacheprovider tests/test_faults.py

endurance: $(BIN)/pytest ## a day of the whole program in ten minutes, with kills and a restore (ARGS="--hours 24 --minutes 10")
	@$(BIN)/python -m bench.endurance $(ARGS)

check: $(BIN)/pytest ## lint, format check and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

fix: $(BIN)/pytest ## mend what ruff can mend
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

eval: $(BIN)/.trains ## run the rulers of SHARED (../shared), where they exist, and judge by weights fitted on other texts
	@bench/rulers.sh $(SHARED)
	@RULERS=all $(BIN)/pytest tests/test_gold.py -k ruler
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench.train $(wildcard $(SHARED)) --measure
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench.train_likeness $(wildcard $(SHARED)) --measure

train: $(BIN)/.trains ## fit the shipped models anew, from the labelled texts and SHARED where it exists
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench.train $(wildcard $(SHARED)) $(ARGS)
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench.train_likeness $(wildcard $(SHARED)) $(filter --measure,$(ARGS))

bench: $(BIN)/goodturn ## measure the crawl beside bare Scrapy, its manners, the embedded web, adding a story to a million, and the desk
	@$(BIN)/python -m bench.crawl_speed
	@$(BIN)/python -m bench.politeness
	@$(BIN)/python -m bench.throughput
	@$(BIN)/python -m bench.scale
	@$(BIN)/python -m bench.desk_speed
	@! $(BIN)/python -c 'import playwright' 2>/dev/null || $(BIN)/python -m bench.desk_keys

lock: $(BIN)/pytest ## pin the requirements anew, with hashes and without addresses
	@for name in requirements requirements-dev requirements-train requirements-explore; do $(BIN)/uv pip compile --quiet --generate-hashes --universal \
	    --python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links -o $$name.txt $$name.in; done

clean: ## remove what was made
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
