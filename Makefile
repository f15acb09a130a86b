# Two commands for newcomers: `make run` and `make test`. Both set up what they need and are quick the second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run setup test quick audit eval screenshots clean

run: setup  ## set up, then serve on http://127.0.0.1:7860
	@$(BIN)/python app.py

setup: $(VENV)/installed  ## virtual environment, model, index of the shipped corpus
	@$(BIN)/city-assistant setup

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing pinned dependencies into $(VENV) (about 2.5 GB, a few minutes the first time) ..."
	@$(BIN)/pip install --progress-bar on -q -c constraints.txt torch==2.13.0
	@$(BIN)/pip install --progress-bar on -q -c constraints.txt -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@$(BIN)/pip install -q -c constraints.txt -e '.[dev]'
	@touch $@

test: $(VENV)/installed-dev  ## format, lint, types, contracts, unit, integration and browser tests
	@sh tests/install_tools.sh
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@PYTHONPATH=. $(BIN)/lint-imports --no-cache
	@$(BIN)/city-assistant setup
	@$(BIN)/python -m pytest

quick: $(VENV)/installed-dev  ## unit tests only
	@$(BIN)/python -m pytest -m "not integration and not browser"

audit: $(VENV)/installed-dev  ## known vulnerabilities of everything that is pinned (asks the internet), and the licences
	@$(BIN)/city-assistant sbom --licences
	@$(BIN)/pip-audit --requirement constraints.txt --no-deps --disable-pip --strict --progress-spinner off --timeout 15 $(AUDIT) || \
		{ echo "pip-audit found something, or could not ask: it needs the package index on the internet, or OSV with"; \
		  echo "make audit AUDIT='--vulnerability-service osv'. Behind a proxy, set HTTPS_PROXY."; exit 1; }

eval: $(VENV)/installed-dev  ## evaluate retrieval and answers on the shipped corpus
	@$(BIN)/city-assistant setup
	@$(BIN)/python -m eval retrieval
	@$(BIN)/python -m eval answers --quick
	@$(BIN)/python -m eval trust --quick

screenshots: $(VENV)/installed-dev  ## remake docs/images from a running app: make screenshots URL=http://127.0.0.1:7860
	@$(BIN)/python -m tests.browser.screenshots --url $(or $(URL),http://127.0.0.1:7860) --out docs/images

clean:  ## remove the virtual environment and caches; the data home stays
	rm -rf $(VENV) *.egg-info .pytest_cache .mypy_cache .ruff_cache
