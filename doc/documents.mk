# documents.mk - what the table of keys in the daemon says, as files; and make install.
# Included by the Makefile. The generated parts are committed, so that they can be read
# without building; tests/daemon/test_describe.c fails when they are stale.

SBINDIR ?= $(PREFIX)/sbin
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/ses-feedbackd
SYSUSERSDIR ?= /usr/lib/sysusers.d

.PHONY: documents
documents: $(O)/doc/fresh

# Writes a file only where it differs: a build leaves a clean tree clean.
$(O)/doc/fresh: $(O)/ses-feedbackd doc/ses-feedbackd.conf.5
	@mkdir -p $(@D)
	$(Q)$(O)/ses-feedbackd --print-example >$(@D)/example
	$(Q)$(O)/ses-feedbackd --print-man-keys >$(@D)/keys
	$(Q)sed -e '/^\.\\" The keys begin here/,/^\.\\" The keys end here/{' \
		-e '/The keys begin here/r $(@D)/keys' -e '/The keys .* here/!d' -e '}' \
		doc/ses-feedbackd.conf.5 >$(@D)/manual
	$(Q)cmp -s $(@D)/example doc/ses-feedbackd.conf.example || \
		{ echo "  DOC     doc/ses-feedbackd.conf.example"; \
		cp $(@D)/example doc/ses-feedbackd.conf.example; }
	$(Q)cmp -s $(@D)/manual doc/ses-feedbackd.conf.5 || \
		{ echo "  DOC     doc/ses-feedbackd.conf.5"; \
		cp $(@D)/manual doc/ses-feedbackd.conf.5; }
	$(Q)touch $@

.PHONY: install
install: all
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(BINDIR) $(DESTDIR)$(UNITDIR) \
		$(DESTDIR)$(SYSUSERSDIR) $(DESTDIR)$(MANDIR)/man1 \
		$(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(DOCDIR) \
		$(DESTDIR)$(SYSCONFDIR)/ses-feedbackd
	install -m 755 $(O)/ses-feedbackd $(DESTDIR)$(SBINDIR)/
	install -m 755 $(O)/ses-feedback $(DESTDIR)$(BINDIR)/
	sed 's,/usr/local/sbin/,$(SBINDIR)/,' systemd/ses-feedbackd.service \
		>$(DESTDIR)$(UNITDIR)/ses-feedbackd.service
	chmod 644 $(DESTDIR)$(UNITDIR)/ses-feedbackd.service
	install -m 644 systemd/ses-feedbackd.socket $(DESTDIR)$(UNITDIR)/
	install -m 644 systemd/ses-feedbackd.sysusers \
		$(DESTDIR)$(SYSUSERSDIR)/ses-feedbackd.conf
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 644 tool/bash-completion \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/ses-feedback
	install -m 644 doc/ses-feedback.1 $(DESTDIR)$(MANDIR)/man1/
	install -m 644 doc/ses-feedbackd.conf.5 $(DESTDIR)$(MANDIR)/man5/
	install -m 644 doc/ses-feedbackd.8 $(DESTDIR)$(MANDIR)/man8/
	install -m 644 doc/ses-feedbackd.conf.example $(DESTDIR)$(DOCDIR)/
