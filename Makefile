# Each target sets up what it needs, in .venv, from nothing but python3 (3.11 or newer) and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := demo-out
DEMO_KAFKA := demo-kafka-out
MEASURED := measured

.PHONY: help demo demo-kafka up down test lint bench bench-kafka figures chaos samples schemas settings dashboards presets matching picture clean
.DEFAULT_GOAL := help

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

demo: $(READY) ## Replay the sample topics and show what was decided
	$(BIN)/takedown replay samples --out $(DEMO) --force
	@$(BIN)/python -m scripts.demo $(DEMO)

demo-kafka: $(READY) ## The same on a real Kafka (needs Java and Maven): broker, topics, reference data, workers, and whether the outcome is the same
	$(BIN)/python -m scripts.demo_kafka $(DEMO_KAFKA)

up: ## Start the whole pipeline with Docker: Kafka, workers, Prometheus, Grafana; the samples are played into it
	REVISION=$$(git rev-parse HEAD 2>/dev/null) docker compose up --build --detach
	@echo "Grafana: http://localhost:3000   Prometheus: http://localhost:9090   Kafka: localhost:29092   logs: docker compose logs -f"

down: ## Stop it, and remove its volumes
	docker compose --profile live down --volumes

test: $(READY) lint ## Lint, type-check, check the architecture, and run all tests
	$(BIN)/pytest -n 2 --dist loadfile

lint: $(READY) ## Check style, types and the order of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY) ## Measure local replay, with a profile by stage, the layers of the brand match, and the recovery of a worker (more of workers: make bench-kafka)
	$(BIN)/python -m benchmarks.replay
	$(BIN)/python -m benchmarks.matching
	$(BIN)/python -m benchmarks.recovery

bench-kafka: $(READY) ## Measure the workers: against plain Faust, recovery, memory with a backlog
	@mkdir -p $(MEASURED)
	$(BIN)/python -m benchmarks.engines --json $(MEASURED)/engines.json
	$(BIN)/python -m benchmarks.recovery --json $(MEASURED)/recovery.json
	$(BIN)/python -m benchmarks.backlog --json $(MEASURED)/backlog.json
	$(BIN)/python -m benchmarks.observing --json $(MEASURED)/observing.json

figures: $(READY) ## Measure everything anew, but for the workers, and write the README's figures
	$(BIN)/python -m scripts.build_figures --kafka $(MEASURED)

chaos: $(READY) ## The long form of the chaos tests: 300,000 listings, 30 worker kills, 5 broker kills, a store of 100,000 closes
	@mkdir -p $(MEASURED)
	$(BIN)/python -m scripts.chaos.run --json $(MEASURED)/chaos.json
	$(BIN)/python -m scripts.chaos.closure

samples: $(READY) ## Make the sample topics anew, and their golden replay
	$(BIN)/python -m scripts.build_samples
	$(BIN)/python -m scripts.build_golden

schemas: $(READY) ## Make the JSON Schemas and asyncapi.yaml anew
	$(BIN)/python -m scripts.build_schemas

dashboards: $(READY) ## Make the Grafana dashboard, docs/metrics.md and docs/lifecycle.md anew, from the tables in the program
	$(BIN)/python -m scripts.build_dashboard
	$(BIN)/python -m scripts.build_metrics_doc
	$(BIN)/python -m scripts.build_lifecycle

presets: $(READY) ## Make docs/presets.md anew: a simulated year under each preset, which takes a minute
	$(BIN)/python -m scripts.build_presets

picture: $(READY) ## Draw docs/dashboard.png anew over a real run, which takes three minutes (needs Java, Maven and prometheus)
	$(BIN)/python -m scripts.build_picture

matching: $(READY) ## Make docs/matching.md anew: how names are found, and how much of each way of writing
	$(BIN)/python -m scripts.build_matching

settings: $(READY) ## Make docs/settings.md anew
	$(BIN)/python -m scripts.build_settings

clean: ## Remove everything that make has made
	rm -rf $(VENV) $(DEMO) $(DEMO_KAFKA) $(MEASURED) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv installs exactly what uv.lock says; it is itself installed into the virtual environment.
$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=..."; exit 1; }
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.5'; } || \
		{ rm -rf $(VENV); echo "cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv sync --quiet --locked --inexact
	@touch $@
