# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
# How many processes the tests run in; what drives a browser stays in one of them.
WORKERS ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export SOUNDINGS_PORT = $(PORT)
# What is compiled is kept, so that a second start takes 5.3 s instead of 7.7 s.
export PYTHONDONTWRITEBYTECODE =

.PHONY: run test test-postgres test-all check format bench fuzz screenshots printed lock catalogues clean

run: .venv/ready
	@mkdir -p var
	@SOUNDINGS_DATABASE_URL="$${SOUNDINGS_DATABASE_URL:-sqlite:///var/soundings.db}" SOUNDINGS_DEMO="$${SOUNDINGS_DEMO:-true}" \
		$(BIN)/python app.py

test: .venv/ready
	@sh .ci/browser
	@sh .ci/strace
	@sh .ci/haproxy
	$(BIN)/python -m pytest -n $(WORKERS) --durations=25

# What asks for a database once more, on a real PostgreSQL server: the one of TEST_POSTGRES_URL, else one that is started
# here; SERVED names a part. The folders left out start the program as a process of its own, over a file. Of tests/fuzz
# only the requests come along that ask a server.
SERVED ?= tests
test-postgres: .venv/ready
	@sh .ci/strace
	TEST_DATABASE=postgresql $(BIN)/python -m pytest -n $(WORKERS) -m "not long and not sqlite" $(SERVED) \
		--ignore tests/server --ignore tests/browser --ignore tests/fuzz/test_workbooks.py

# The comparison with a bare Streamlit script as well, and with the engines of other survey programs.
test-all: test test-postgres bench
	@sh .ci/oracles
	ORACLES_REQUIRED=1 $(BIN)/python -m pytest -m long

check: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: .venv/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/ready
	$(BIN)/python -m tests.bench

# Spoiled expressions, forms, files and answers for ten minutes; SECONDS=60 makes it shorter.
fuzz: .venv/ready
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),600)

# Pictures of every page in var/screenshots; those that the documents show are renewed.
screenshots: .venv/ready
	@sh .ci/browser
	$(BIN)/python -m tests.browser.screenshots var/screenshots
	@for picture in docs/images/*.png; do cp "var/screenshots/$$(basename "$$picture")" "$$picture"; done

# Pictures of every page of the demonstration's deck, document and PDF in var/printed, to look at; needs LibreOffice.
printed: .venv/ready
	$(BIN)/python -m tests.printed var/printed

# After a change of pyproject.toml: newer pins with hashes for all platforms, without any address.
lock: .venv/ready
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --upgrade -o requirements.lock

# After a change of words on the screen: every catalogue gets the new ones, untranslated ones are listed.
catalogues: .venv/ready
	$(BIN)/python -m tests.catalogues

.venv/ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed. Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv module is missing. Type: sudo apt-get install -y python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv
	@echo "Installing the locked packages (once, one to three minutes) ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@touch .venv/ready

clean:
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
