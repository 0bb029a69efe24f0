# One command from a fresh clone: every target first makes .venv, and again only when what
# it is made from has changed.

.DEFAULT_GOAL := help
.PHONY: help run test test-airflow coverage check bench format screenshots clean moved

READY := .venv/.ready

# The stamp names the folder it was made for: the scripts in a .venv that was moved or
# copied, or whose Python has gone, no longer start.
ifneq "$(shell test -x .venv/bin/python && cat $(READY) 2>/dev/null)" "$(CURDIR)"
$(READY): moved
endif

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-13s %s\n", $$1, $$2}' Makefile

run: $(READY) ## open the dashboard on the demo (more options: ARGS="--ascii ...")
	@.venv/bin/dli-tui --demo $(ARGS)

test: $(READY) ## run the tests
	@.venv/bin/python -m pytest -n auto --dist worksteal $(ARGS)

test-airflow: $(READY) ## try the Airflow adapter on a real 2.11 and 3.3, which it installs
	@.venv/bin/python -m tests.airflow $(ARGS)

coverage: $(READY) ## run the tests and see which lines they reach
	@.venv/bin/python -m pytest -n auto --dist worksteal --cov $(ARGS)

check: $(READY) ## formatting, lint, types, import rules
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: $(READY) ## measure speed by the budgets (fewer rounds: ARGS="--short")
	@.venv/bin/python -m tests.benchmarks.bench $(ARGS)

format: $(READY) ## format the code and put the imports in order
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

screenshots: $(READY) ## draw the pictures of the README again
	@.venv/bin/python -m scripts.screenshots

clean: ## remove caches and build output; .venv stays
	@rm -rf build dist *.egg-info .coverage .coverage.* .hypothesis .pytest_cache \
		.mypy_cache .ruff_cache .import_linter_cache
	@find . -name .venv -prune -o -name .git -prune -o -name __pycache__ -type d -prune \
		-exec rm -rf {} +

# Any Python can run the script: it looks for the one to use, and says so when there is none.
$(READY): pyproject.toml constraints.txt
	@for python in python3 python "$(PYTHON)" python3.14 python3.13 python3.12 python3.11; do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 6))' 2>/dev/null; then \
			exec "$$python" scripts/bootstrap.py "$(PYTHON)"; \
		fi; \
	done; \
	echo "dli-tui needs Python 3.11 or newer; none was found." >&2; exit 1

moved:
