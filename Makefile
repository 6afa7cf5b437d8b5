# ses-feedbackd. The two commands to know: `make demo` and `make check`. `make help` lists the rest.

O ?= build
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR ?= /lib/systemd/system
DESTDIR ?=
VERSION := $(shell cat VERSION)

CC = gcc
CSTD = -std=c11 -D_GNU_SOURCE
WARN = -Wall -Wextra -Wshadow -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wcast-qual -Wswitch-enum -Wvla -Wundef -Wwrite-strings -Werror
HARDEN = -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
OPT ?= -O2 -g
# make SAN=address,undefined or SAN=thread builds and tests with sanitizers, in a folder of their own.
comma := ,
ifdef SAN
O := build/$(subst $(comma),-,$(SAN))
HARDEN = -fPIE
OPT = -O1 -g -fno-omit-frame-pointer
SANFLAGS = -fsanitize=$(SAN) -fno-sanitize-recover=all
endif

PKGS = libmicrohttpd gnutls libcurl sqlite3 libcjson libcrypto libidn2 libsystemd
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
CFLAGS += $(CSTD) $(WARN) $(HARDEN) $(OPT) $(SANFLAGS) -I. -I$(O) -DVERSION='"$(VERSION)"' $(PKG_CFLAGS)
LDFLAGS += -pie -Wl,-z,relro,-z,now -pthread $(SANFLAGS)

# What each folder needs from outside; lower folders first. `make lint` checks that nobody else includes it.
LIBS_base = -lcjson -lcrypto
LIBS_ses = -lidn2 -lm
LIBS_store = -lsqlite3
LIBS_web = -lmicrohttpd -lgnutls -lcurl
LIBS_daemon = -lsystemd -linih
LIBS_tool = -lcurl

FOLDERS = base sns ses store web daemon tool
sources = $(filter-out $(1)/main.c,$(wildcard $(1)/*.c))
objects = $(patsubst %.c,$(O)/%.o,$(call sources,$(1)))
$(foreach f,$(FOLDERS),$(eval OBJ_$(f) := $(call objects,$(f))))

# What a folder's programs and tests are linked from: itself and what it may look at.
STACK_base = base
STACK_sns = sns base
STACK_ses = ses base
STACK_store = store ses base
STACK_web = web store ses sns base
STACK_daemon = daemon web store ses sns base
STACK_tool = tool ses sns base
archives = $(foreach f,$(STACK_$(1)),$(O)/$(f).a)
libraries = $(foreach f,$(STACK_$(1)),$(LIBS_$(f)))

PROGRAMS = $(O)/ses-feedbackd $(O)/ses-feedback
TEST_SOURCES = $(wildcard $(foreach f,$(FOLDERS),tests/$(f)/test_*.c))
TEST_PROGRAMS = $(TEST_SOURCES:%.c=$(O)/%)
FUZZ_SOURCES = $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_PROGRAMS = $(FUZZ_SOURCES:%.c=$(O)/%)
BENCH_PROGRAMS = $(patsubst %.c,$(O)/%,$(wildcard tests/bench/*.c))
BENCH_PARTS = $(patsubst %.c,$(O)/%.o,$(wildcard tests/bench/parts/*.c))

Q = $(if $(V),,@)

.PHONY: all
all: $(PROGRAMS) documents

$(O)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

# Its text is taken in by the assembler, which -MMD does not see.
$(O)/web/openapi.o: web/openapi.json

define folder_rules
$(O)/$(1).a: $$(OBJ_$(1))
	@mkdir -p $$(@D)
	@echo "  AR      $$@"
	$(Q)rm -f $$@ && ar rcs $$@ $$^
$(O)/tests/$(1)/test_%: $(O)/tests/$(1)/test_%.o $$(call archives,$(1))
	@echo "  LD      $$@"
	$(Q)$(CC) $(LDFLAGS) -o $$@ $$^ -lcmocka $$(call libraries,$(1)) -lpthread
endef
$(foreach f,$(FOLDERS),$(eval $(call folder_rules,$(f))))

$(O)/ses-feedbackd: $(O)/daemon/main.o $(call archives,daemon)
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(call libraries,daemon) -lpthread

$(O)/ses-feedback: $(O)/tool/main.o $(call archives,tool)
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(call libraries,tool) -lpthread

# A fuzz target is LLVMFuzzerTestOneInput plus, here, a main that replays its corpus.
$(O)/tests/fuzz/fuzz_%: $(O)/tests/fuzz/fuzz_%.o $(O)/tests/fuzz/replay.o $(O)/tool.a $(call archives,web)
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(call libraries,web) -lpthread

$(O)/tests/bench/parts.a: $(BENCH_PARTS)
	@echo "  AR      $@"
	$(Q)rm -f $@ && ar rcs $@ $^

# A program of the bench takes what it needs of their common parts.
$(O)/tests/bench/%: $(O)/tests/bench/%.o $(O)/tests/bench/parts.a $(call archives,web)
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(call libraries,web) -lssl -lpthread

-include $(shell find $(O) -type f -name '*.d' 2>/dev/null)
.SECONDARY:

include tests/tests.mk
-include doc/documents.mk

.PHONY: clean
clean:
	rm -rf build
