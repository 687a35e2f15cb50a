# Everything runs in .venv, which the first target makes. Python 3.11 or newer and make are enough.
PYTHON ?= python3
BIN := .venv/bin
SOURCES := pyproject.toml

# Compiled code is kept, whatever the environment says: hundreds of tests start a command of their own.
unexport PYTHONDONTWRITEBYTECODE

MINUTES ?= 10
COUNT ?= 300
SHARE ?= 1
SEED ?= 1

.PHONY: demo test lint bench docs reading-scores package fuzz mutants differential kills versions checks clean

.venv/ready: $(SOURCES)
	$(PYTHON) -c 'import sys; sys.exit("netmodel needs Python 3.11 or newer, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/dev: .venv/ready
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

demo: .venv/ready
	$(BIN)/netmodel run ukraine-february-2026 --out runs/ukraine-february-2026
	$(BIN)/netmodel run crimea-may-2023 --out runs/crimea-may-2023

test: .venv/dev
	$(BIN)/python -m pytest -n auto --dist loadfile --durations 15

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Every benchmark, the long ones in short forms: see docs/performance.md for what the full ones take.
bench: .venv/dev
	$(BIN)/python benchmarks/bench_routing.py
	$(BIN)/python benchmarks/bench_engine.py
	$(BIN)/python benchmarks/bench_import.py
	$(BIN)/python benchmarks/bench_restoration.py
	$(BIN)/python benchmarks/bench_waits.py
	$(BIN)/python benchmarks/bench_table.py
	$(BIN)/python benchmarks/bench_reading.py
	$(BIN)/python benchmarks/bench_sections.py
	$(BIN)/python benchmarks/bench_ensemble.py --samples 200 --scipy-samples 10
	$(BIN)/python benchmarks/bench_pair_ways.py --trains 5000 --links 10000 --hubs 300
	$(BIN)/python benchmarks/bench_trains.py --trains 20000 --links 10000 --states 50
	$(BIN)/python benchmarks/bench_gates.py --most 10 --kills 4
	$(BIN)/python benchmarks/bench_growth.py --short

docs: .venv/dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet --site-dir site

# The lowest versions that are declared, and the newest on every Python of this machine; each can be
# made by itself, or several at a time with -j.
VERSIONS := lowest 3.12 3.13 3.14
.PHONY: $(VERSIONS:%=versions-%)
versions: $(VERSIONS:%=versions-%)

$(VERSIONS:%=versions-%):
	.ci/versions $(@:versions-%=%)

# All checks but the tests; none needs what another makes, so that -j may take several at a time.
checks: $(VERSIONS:%=versions-%) lint docs demo package

# Damaged inputs for every reader, for so many minutes of processor time; findings go to runs/fuzz.
fuzz: .venv/dev
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES) --seed $(SEED)

# Small changes to the code that some test has to notice.
mutants: .venv/dev
	$(BIN)/python -m tests.mutants --count $(COUNT) --seed $(SEED)

# 100,000 random cases, or a share of them, against independent solvers.
differential: .venv/dev
	$(BIN)/python -m tests.differential --share $(SHARE) --seed $(SEED)

# Runs, exports and ensembles killed at random moments: the old output whole, or the new one.
kills: .venv/dev
	$(BIN)/python -m tests.kills --count $(COUNT) --seed $(SEED)

# How well articles are read, on both halves of the texts that were made for measuring.
reading-scores: .venv/dev
	$(BIN)/python -m tests.reading_material

package: .venv/dev
	rm -rf dist
	$(BIN)/python -m build --outdir dist
	$(BIN)/python -m twine check --strict dist/*

clean:
	rm -rf .venv runs build dist site
