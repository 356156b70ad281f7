# Two commands do everything: `make demo` and `make test`. Both set up what they need.
PYTHON ?= python3
BIN := .venv/bin
SILU := $(BIN)/silu
DEMO := data/demo
PORT ?= 8501
STAMP := .make
# Commands that tests start would compile all modules again each time.
unexport PYTHONDONTWRITEBYTECODE
# Packages, browser and fonts are installed beside each other, and checks run beside the tests.
MAKEFLAGS += --jobs=4

.PHONY: demo test test-slow lint ruff types imports tests picture pictures bench bench-check fuzz lock sbom notices clean

demo: $(STAMP)/runtime
	@$(SILU) demo $(DEMO) --port $(PORT)

# Types are checked beside the tests, which are compiled once before three processes load them.
test: ruff types imports tests
	@echo "left out: $$(grep -o '[0-9]* deselected' $(STAMP)/collected | cut -d' ' -f1) slow tests; make test-slow runs them"

ruff: $(STAMP)/test
	@echo "== ruff =="; $(BIN)/ruff check . && $(BIN)/ruff format --check .
types: $(STAMP)/test
	@echo "== mypy =="; $(BIN)/mypy
imports: $(STAMP)/test
	@echo "== imports =="; $(BIN)/lint-imports
tests: $(STAMP)/test $(STAMP)/system $(STAMP)/npm
	@$(BIN)/python -m pytest --collect-only -q >$(STAMP)/collected 2>&1 || true
	@echo "== tests =="; $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# The large matrices: pages x roles x windows in the browser, pages x roles x studies that lack something.
SLOW = $$( (grep -rlE --include='test_*.py' 'mark\.slow|slow_but' tests; grep -o 'tests/[a-z_/]*\.py' tests/long_runs.py) | sort -u)
PROPERTIES = $$(grep -rlE '^ *@given|SHARE' --include='test_*.py' tests)
ORACLES = $$(grep -rl ORACLE_CASES --include='test_*.py' tests)
test-slow: $(STAMP)/test $(STAMP)/system $(STAMP)/npm $(STAMP)/spark
	@$(BIN)/python -m pytest -m slow -n 2 --dist load $(SLOW)
	@ORACLE_CASES=20000 $(BIN)/python -m pytest -n 2 $(ORACLES)
	@EXAMPLES=all $(BIN)/python -m pytest -n 2 $(PROPERTIES)

lint: ruff types imports

# The picture in docs/architecture.md, and those of the pages.
picture: $(STAMP)/test
	@$(BIN)/python -m benchmarks.house
pictures: $(STAMP)/test $(STAMP)/system
	@$(BIN)/python -m benchmarks.pictures

# All of them take hours; BENCH="users pages" runs some. bench-check compares ratios with benchmarks/results.json.
bench: $(STAMP)/bench $(STAMP)/test $(STAMP)/system
	@$(BIN)/python -m benchmarks --keep $(BENCH)
bench-check: $(STAMP)/bench $(STAMP)/test $(STAMP)/system
	@$(BIN)/python -m benchmarks --check $(BENCH)

# Minutes of CPU in all; what breaks a reader is kept under .make/fuzz/found.
MINUTES ?= 60
fuzz: $(STAMP)/atheris
	@$(BIN)/python -m benchmarks.fuzz_readers $(MINUTES)

# The locks are made again from the .in files; uv is a tool of the maintainer and not a dependency.
lock:
	@for f in runtime test bench fuzz spark spark-server; do \
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header requirements/$$f.in -o requirements/$$f.txt || exit 1; done

# What goes out with a release: the packages of the runtime lock as CycloneDX, and the notices of their makers.
sbom: $(STAMP)/test
	@$(BIN)/python -m release.sbom build/sbom.cdx.json

notices: $(STAMP)/test
	@$(BIN)/python -m release.notices

# The locks name every package, so that pip has nothing to resolve; modules are compiled when they are first imported.
INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --no-deps

$(STAMP)/venv:
	@mkdir -p $(STAMP)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@touch $@

$(STAMP)/runtime: $(STAMP)/venv requirements/runtime.txt pyproject.toml
	@echo "正在安装运行所需的软件包（首次约需一两分钟）……"
	@$(INSTALL) --require-hashes -r requirements/runtime.txt
	@$(INSTALL) --no-build-isolation -e .
	@touch $@

# What only tests need is installed beside what runs: two downloads and two processors.
$(STAMP)/tools: $(STAMP)/venv requirements/runtime.txt requirements/test.txt
	@awk '/^[^ ]+==/ { there = FNR == NR ? runs[$$0]++ : $$0 in runs } FNR < NR && !there' \
	  requirements/runtime.txt requirements/test.txt >$(STAMP)/tools.txt
	@$(INSTALL) --require-hashes -r $(STAMP)/tools.txt
	@touch $@

$(STAMP)/test: $(STAMP)/runtime $(STAMP)/tools
	@touch $@

$(STAMP)/bench: $(STAMP)/runtime requirements/bench.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

# The Spark server of the slow tests: a full pyspark in an environment of its own, and Java where apt can bring it.
$(STAMP)/spark: requirements/spark-server.txt
	@mkdir -p $(STAMP)
	@command -v java >/dev/null 2>&1 || apt-get install -y -qq openjdk-17-jre-headless >/dev/null 2>&1 \
	  || echo "no Java and no apt-get to install it: the tests on a real Spark will be SKIPPED"
	@test -x .venv-spark/bin/python || $(PYTHON) -m venv .venv-spark
	@.venv-spark/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/spark-server.txt
	@touch $@

$(STAMP)/atheris: $(STAMP)/test requirements/fuzz.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/fuzz.txt
	@touch $@

# A browser and Chinese fonts: by apt where that is possible, else say what is missing; tests then skip loudly.
$(STAMP)/system: .ci/system
	@mkdir -p $(STAMP)
	@sh .ci/system
	@touch $@

# The real survey-core, in V8, is the oracle of our routing; axe-core checks the accessibility of pages.
# Nothing of them is kept in the repository.
$(STAMP)/npm:
	@mkdir -p $(STAMP)
	@command -v npm >/dev/null 2>&1 && npm install --silent --no-save --no-package-lock --no-audit --no-fund \
	  survey-core@2.5.38 axe-core@4.14.1 \
	  || echo "npm or its packages are not to be had: the tests against survey-core and axe-core will be SKIPPED"
	@touch $@

clean:
	@rm -rf .venv .venv-spark $(STAMP) build dist *.egg-info
