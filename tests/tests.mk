# What `make demo`, `make run`, `make check` and their parts do. Included by the Makefile.

PYTHON = /usr/bin/python3
PYTEST = $(PYTHON) -m pytest -q -p no:cacheprovider --tb=short

.PHONY: help
help:
	@echo "make demo       builds, and shows a day of notifications on a temporary daemon"
	@echo "make run        the same, and leaves the daemon running for a look"
	@echo "make check      installs what the tests need and runs every test"
	@echo "make            builds ses-feedbackd and ses-feedback in build/"
	@echo "make lint       style, layers, documents"
	@echo "make bench      shows where time and memory go (not a test); ENTRIES=10000000 for a long list,"
	@echo "                EVENTS=1000000,50000000 for long histories"
	@echo "make install    installs under PREFIX=$(PREFIX)"

.PHONY: demo run
demo run:
	@tests/install-packages demo
	@$(MAKE) --no-print-directory programs
	@$(PYTHON) -B tests/demo/demo.py --build $(O) $(if $(filter run,$@),--stay)

.PHONY: programs
programs: $(PROGRAMS)

# One command for everything; tests/check prints progress and ends with one line "N passed, N failed".
.PHONY: check
check:
	@tests/install-packages test
	@tests/check

# The parts that tests/check calls.
.PHONY: unit-programs fuzz-programs lint
unit-programs: $(TEST_PROGRAMS)
fuzz-programs: $(FUZZ_PROGRAMS)
lint:
	@tests/lint/check-source

.PHONY: bench
bench: programs $(BENCH_PROGRAMS)
	@$(PYTHON) -B tests/bench/bench.py --build $(O)
	@$(PYTHON) -B tests/bench/list.py --build $(O) $(if $(ENTRIES),--entries $(ENTRIES))
	@$(PYTHON) -B tests/bench/rates.py --build $(O) $(if $(EVENTS),--events $(EVENTS))
