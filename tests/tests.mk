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
	@echo "make bench      measures speed and memory against their goals (not a test), half an hour;"
	@echo "                ROWS=1,8 these rows only, QUICK=20 divides sizes, ENTRIES=10000000 a"
	@echo "                longer list (row 10), EVENTS=100000,9000000 other histories (row 14)"
	@echo "make bench-peers  the same after installing what rows 3, 4, 13 compare with, in build/peers/"
	@echo "make bench-large  with 50 million events and 10 million suppressions, hours and 40 GB; they"
	@echo "                stay in build/bench-large/ until you remove it"
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

BENCH = $(PYTHON) -B tests/bench/bench.py --build $(O) $(if $(ROWS),--rows $(ROWS)) \
	$(if $(ENTRIES),--entries $(ENTRIES)) $(if $(EVENTS),--events $(EVENTS)) $(if $(QUICK),--quick $(QUICK))

.PHONY: bench bench-peers bench-large
bench: programs $(BENCH_PROGRAMS)
	@$(BENCH)
bench-peers: programs $(BENCH_PROGRAMS)
	@tests/bench/peers/install
	@$(BENCH)
bench-large: programs $(BENCH_PROGRAMS)
	@$(BENCH) --large $(O)/bench-large
