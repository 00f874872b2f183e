# What a person types. Each target sets up what it needs first (.ci/setup), on a bare Debian too.
.DEFAULT_GOAL := help
.PHONY: help run test simulate bench simulate-mutations lint style types imports texts format lock translations \
	screenshots pictures pictures-check pictures-approve clean storm nightly fuzz

PYTHON_HERE := .venv/bin/python
WORKERS ?= 2
PYTEST_ARGS ?=
# A registry is asked by its usual name; nothing of this machine's own package sources gets into the locks.
LOCK := UV_NO_CONFIG=1 $(PYTHON_HERE) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 20

run: ## start Comptoir with the demo shop; without a display, the guided tour (proof in demo-output/)
	@.ci/setup run
	@$(PYTHON_HERE) -m app demo

test: ## all tests; those against a real Vendure where Node 20 or newer is on the machine
	@.ci/setup dev
	@$(PYTHON_HERE) -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

simulate: ## a town of tills on one seed: make simulate SEED=7 DAYS=30 TILLS=2; without SEED fresh ones, SECONDS long
	@.ci/setup dev
	@$(PYTHON_HERE) -m tests.simulation $(if $(SEED),--seed $(SEED)) --days $(or $(DAYS),14) \
		$(if $(TILLS),--tills $(TILLS)) $(if $(SECONDS),--seconds $(SECONDS) --varied) $(SIMULATE_ARGS)

bench-scan: ## codes read by the camera: a made corpus, photographs, films: make bench-scan SEED=7 PHOTOS=folder
	@.ci/setup dev
	@$(PYTHON_HERE) -m bench.scan $(if $(SEED),--seed $(SEED)) $(if $(PHOTOS),--photos $(PHOTOS)) $(SCAN_ARGS)

fuzz-scan: ## 20,000 broken frames through the camera's reader: no crash, nothing accepted, memory flat
	@.ci/setup dev
	@$(PYTHON_HERE) -m bench.scan.fuzz $(if $(SEED),--seed $(SEED)) $(SCAN_ARGS)

fuzz: ## 1,000,000 random and mutated codes: no crash, no wrong verdict, memory flat: make fuzz SEED=7 TEXTS=50000
	@.ci/setup dev
	@$(PYTHON_HERE) -m tests.fuzz $(if $(SEED),--seed $(SEED)) $(if $(TEXTS),--texts $(TEXTS))

simulate-mutations: ## each safeguard taken away: after how many shop days the simulator notices, from fresh seeds
	@.ci/setup dev
	@$(PYTHON_HERE) -m tests.simulation --mutations $(if $(SEED),--seed $(SEED))

storm: ## real processes on a bad network, killed at random: make storm MINUTES=3 SEED=…
	@.ci/setup dev
	@$(PYTHON_HERE) -m tests.storm --minutes $(or $(MINUTES),3) $(if $(SEED),--seed $(SEED)) $(STORM_ARGS)

nightly: ## half an hour of storm, the same on PostgreSQL, Comptoir broken on purpose, half an hour of simulated towns, 10,000 orders at an open counter, all stories on a real Vendure
	@.ci/setup dev
	@failed=0; \
	for storm in "--minutes $(or $(MINUTES),30)" "--minutes $(or $(MINUTES),30) --postgresql" --broken; do \
		$(PYTHON_HERE) -m tests.storm $$storm || failed=1; \
	done; \
	$(PYTHON_HERE) -m tests.simulation --days 14 --varied --seconds 1800 || failed=1; \
	COMPTOIR_WHOLE_SIZES=1 $(PYTHON_HERE) -m pytest tests/ui/test_long_work_at_counter.py || failed=1; \
	COMPTOIR_ALL_STORIES=1 COMPTOIR_REQUIRE_REAL_SERVERS=1 \
		$(PYTHON_HERE) -m pytest tests/real_servers || failed=1; \
	exit $$failed

bench: ## the measures, as a table and in bench-output/results.json
	@.ci/setup dev
	@$(PYTHON_HERE) -m bench

lint: style types imports texts ## style, types, import directions, missing translations

style:
	@.ci/setup dev
	$(PYTHON_HERE) -m ruff check .
	$(PYTHON_HERE) -m ruff format --check .

types:
	@.ci/setup dev
	$(PYTHON_HERE) -m mypy app tests resources bench

imports:
	@.ci/setup dev
	.venv/bin/lint-imports

texts:
	@.ci/setup dev
	$(PYTHON_HERE) resources/locale/translations.py check

format: ## bring the sources into the one style
	@.ci/setup dev
	$(PYTHON_HERE) -m ruff check --fix-only --quiet .
	$(PYTHON_HERE) -m ruff format .

lock: ## choose the newest allowed packages again and write their hashes (add LOCK_ARGS=--upgrade)
	@.ci/setup dev
	$(LOCK) $(LOCK_ARGS) --extra build pyproject.toml -o .ci/requirements.lock
	$(LOCK) $(LOCK_ARGS) --extra dev pyproject.toml -o .ci/requirements-dev.lock
	$(subst --python-version 3.11,--python-version 3.13,$(LOCK)) $(LOCK_ARGS) .ci/requirements-emulator.in \
		-o .ci/requirements-emulator.lock
	@! grep -nE '://|^-|file:|^#' .ci/requirements.lock .ci/requirements-dev.lock .ci/requirements-emulator.lock

translations: ## compile the French texts
	@.ci/setup run

screenshots: ## the guided tour off screen; its pictures for the documents in docs/pictures/
	@.ci/setup run
	@$(PYTHON_HERE) -m app demo --tour
	@mkdir -p docs/pictures
	@$(PYTHON_HERE) -m app.practice.picture demo-output
	@for name in scanned left-to-pay rest-and-extra off-line both-sides-agree the-day-is-closed practice; do cp demo-output/[0-9]*-$$name.png docs/pictures/$$name.png; done

pictures: ## every screen in each theme, language and size into build/pictures, with contact sheets (index.html)
	@.ci/setup dev
	@$(PYTHON_HERE) -m tests.pictures make $(PICTURES_ARGS)

pictures-check: ## the screens against the approved pictures; what differs side by side in build/pictures-faults
	@.ci/setup dev
	@$(PYTHON_HERE) -m tests.pictures check $(PICTURES_ARGS)

pictures-approve: ## the screens as they are now become the approved ones: look at make pictures first
	@.ci/setup dev
	@$(PYTHON_HERE) -m tests.pictures approve $(PICTURES_ARGS)

clean: ## remove everything that can be made again
	rm -rf tests/real_servers/vendure/node_modules tests/real_servers/vendure/node_modules.lock
	rm -rf .venv .setup.lock .emulator .emulator.lock build dist *.egg-info demo-output bench-output .coverage htmlcov
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache resources/locale/*/LC_MESSAGES
	find app tests bench resources -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
