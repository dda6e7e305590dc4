# Every target sets up what it needs; `make serve` and `make test` are the two that a newcomer runs.
PYTHON ?= python3
PORT ?= $(or $(if $(findstring ://,$(ALLEGATA_PORT)),,$(ALLEGATA_PORT)),8000)
VENV := .venv
BIN := $(VENV)/bin
WEB := server/web
BUILT := server/allegata/web/static/built

# How both locks are written: for every platform and Python that the program runs on, without the address of an index.
LOCKS := --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --python-version 3.11

.PHONY: serve build web web-if-can test test-engines quick check lint fuzz fuzz-api series soak faults red-team bench fronts lock sbom audit messages picture clean
.DELETE_ON_ERROR:

serve: build web-if-can ## set up, build the bundled corpus, serve it on http://127.0.0.1:8000/ (or PORT)
	$(BIN)/allegata serve --port $(PORT)

build: $(VENV)/.installed ## build a release of the bundled corpus into build/
	$(BIN)/allegata build

web: $(BUILT)/query.js ## build the editor of the query page, the views of answers, the graph of stances, and YASGUI, with npm

web-if-can: | $(VENV)/bin/python # without npm, or without a registry that answers, the query page is a plain form
	@command -v npm >/dev/null || { echo "npm is not installed: the query page is a plain form."; exit 0; }; \
	{ [ -e $(WEB)/node_modules/.package-lock.json ] || npm view esbuild version --fetch-retries=0 --fetch-timeout=5000; } >$(VENV)/web.log 2>&1 \
	&& $(MAKE) --no-print-directory web >$(VENV)/web.log 2>&1 \
	|| echo "The editor could not be built (see $(VENV)/web.log): the query page is a plain form."

test: $(VENV)/.test web-if-can ## set up, run the whole test suite on all processors
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile -m "not engines"

quick: $(VENV)/.test ## set up, run the tests that need no service and no whole release: an answer within a minute
	$(BIN)/python -m pytest --numprocesses auto -m "not server and not engines"

test-engines: $(VENV)/.test ## run the engines of others (Oxigraph's server, Virtuoso), push the corpus there, ask all questions
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group engines
	$(BIN)/python -m pytest tests/engines

check: lint test ## the gates of a commit: lint, types, tests, validation, wheel
	$(BIN)/allegata validate
	$(BIN)/python tests/tools/wheel.py

lint: $(VENV)/.check ## style and types
	$(BIN)/ruff format --check server tests
	$(BIN)/ruff check server tests
	$(BIN)/mypy

fuzz: $(VENV)/.test ## generated input to gate, negotiator, importers and editors, then queries to the engine and to Jena (Debian: libapache-jena-java); DURATION=, SEED=, TARGET= choose
	PYTHONPATH=tests/helpers nice -n 10 $(BIN)/python tests/tools/fuzz_input.py --seconds $(or $(DURATION),300) --seed $(or $(SEED),1) $(if $(TARGET),--target $(TARGET))
	PYTHONPATH=tests/helpers nice -n 10 $(BIN)/python tests/tools/fuzz_sparql.py --seconds $(or $(DURATION),600) --seed $(or $(SEED),1)

fuzz-api: $(VENV)/.test ## generated requests to every operation of /openapi.json; EXAMPLES= and SEED= choose
	PYTHONPATH=tests/helpers nice -n 10 $(BIN)/python tests/tools/fuzz_api.py --examples $(or $(EXAMPLES),30) --seed $(or $(SEED),1)

series: $(VENV)/.test ## the long seeded series whole, of which the tests run a tenth
	SERIES=all nice -n 10 $(BIN)/python -m pytest --numprocesses auto --dist worksteal -m series

soak: $(VENV)/.test ## ordinary requests under each kind of attack beside quiet ones: DURATION= sets the seconds, ATTACK= one kind
	PYTHONPATH=tests/helpers $(BIN)/python tests/tools/soak.py $(if $(DURATION),--duration $(DURATION)) $(if $(ATTACK),--attack $(ATTACK))

faults: $(VENV)/.test ## builders, service, forkserver and workers killed 500 times at random moments; COUNT= and SEED= choose
	PYTHONPATH=tests/helpers $(BIN)/python tests/tools/kill_at_random.py --count $(or $(COUNT),500) --seed $(or $(SEED),1)

red-team: $(VENV)/.test ## look for each of two hundred planted witnesses by name in every public answer
	RED_TEAM=all nice -n 10 $(BIN)/python -m pytest tests/web/test_red_team.py

bench: $(VENV)/.test ## what an answer costs beside other servers; BENCH= gives options, such as "--rounds 1" or "--write"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group engines --group bench
	PYTHONPATH=tests/helpers $(BIN)/python tests/tools/bench.py $(BENCH)

fronts: $(VENV)/.test ## requests a second of one, two and three services behind nginx, with its cache and without; FRONTS= gives options
	PYTHONPATH=tests/helpers nice -n 5 $(BIN)/python tests/tools/fronts.py $(FRONTS)

messages: $(VENV)/.test ## bring the translations of the interface up to the code, and say which strings wait for words
	PYTHONPATH=tests/helpers $(BIN)/python tests/tools/messages.py

picture: $(VENV)/.test ## draw the pictures of the documentation anew: the architecture from the imports, a dispute from its page
	PYTHONPATH=tests/helpers $(BIN)/python tests/tools/picture.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group browser
	PYTHONPATH=tests/helpers $(BIN)/python tests/tools/dispute_picture.py

lock: $(VENV)/.supply ## pin what is needed, and what the tests need, by version and digest
	printf 'hatchling>=1.27\neditables>=0.5\n' >$(VENV)/backend.in
	$(BIN)/uv pip compile $(LOCKS) pyproject.toml $(VENV)/backend.in --output-file requirements.lock
	$(BIN)/uv pip compile $(LOCKS) pyproject.toml $(VENV)/backend.in --group check --constraints requirements.lock --output-file requirements-check.lock

sbom: $(VENV)/.supply ## what the wheel carries and needs: CycloneDX, and a list of licences, into dist/
	$(BIN)/python tests/tools/bill_of_materials.py

audit: $(VENV)/.supply ## advisories on what is locked; fails where there are any, and where none can be read
	$(BIN)/python tests/tools/advisories.py

clean: ## remove what the other targets made
	rm -rf $(VENV) $(BUILT) $(WEB)/node_modules build dist .mypy_cache .pytest_cache .ruff_cache

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	cd $(WEB) && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=60000
	@touch $@

$(BUILT)/query.js: $(wildcard $(WEB)/*.js $(WEB)/*.css) $(WEB)/node_modules/.package-lock.json
	cd $(WEB) && npm run --silent build

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Allegata needs Python 3.11 or later; set PYTHON=.")'
	$(PYTHON) -m venv $(VENV)

# LOCKED=1 installs exactly what the locks pin, by digests; without it, what the index has that the program can work with.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/.installed: pyproject.toml requirements.lock $(VENV)/bin/python
ifdef LOCKED
	$(PIP) --require-hashes --requirement requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
else
	$(PIP) --editable .
endif
	@touch $@

$(VENV)/.test: $(VENV)/.installed
	$(PIP) 'pip>=25.1'
ifdef LOCKED
	$(PIP) --require-hashes --requirement requirements-check.lock
else
	$(PIP) --group test
endif
	@touch $@

$(VENV)/.check: $(VENV)/.test
ifndef LOCKED
	$(PIP) --group check
endif
	@touch $@

$(VENV)/.supply: $(VENV)/.check
	$(PIP) --group supply
	@touch $@
