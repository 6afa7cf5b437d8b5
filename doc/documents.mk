# documents.mk - what the daemon's table of keys and the tool's table of commands say, as
# files; and make install. Included by the Makefile. The generated parts are committed, so
# that they can be read without building; tests/daemon/test_describe.c and
# tests/tool/test_manual.c fail when they are stale.

SBINDIR ?= $(PREFIX)/sbin
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/ses-feedbackd
SYSUSERSDIR ?= /usr/lib/sysusers.d

.PHONY: documents
documents: $(O)/doc/fresh

# Puts the text of a file in the place of what stands between a manual's marks.
between_marks = sed -e '/^\.\\" The $(1) begin here/,/^\.\\" The $(1) end here/{' \
	-e '/The $(1) begin here/r $(2)' -e '/The $(1) .* here/!d' -e '}'

# Writes a file only where it differs: a build leaves a clean tree clean.
put_where_it_differs = cmp -s $(1) $(2) || { echo "  DOC     $(2)"; cp $(1) $(2); }

$(O)/doc/fresh: $(O)/ses-feedbackd $(O)/ses-feedback doc/ses-feedbackd.conf.5 doc/ses-feedbackd.8 \
		doc/ses-feedback.1
	@mkdir -p $(@D)
	$(Q)$(O)/ses-feedbackd --print-example >$(@D)/example
	$(Q)$(O)/ses-feedbackd --print-man-keys >$(@D)/keys
	$(Q)$(O)/ses-feedbackd --print-man-alerts >$(@D)/alerts
	$(Q)$(O)/ses-feedback --print-man-commands >$(@D)/commands
	$(Q)$(O)/ses-feedback --print-completion >$(@D)/completion
	$(Q)$(call between_marks,keys,$(@D)/keys) doc/ses-feedbackd.conf.5 >$(@D)/conf.5
	$(Q)$(call between_marks,alerts,$(@D)/alerts) doc/ses-feedbackd.8 >$(@D)/daemon.8
	$(Q)$(call between_marks,commands,$(@D)/commands) doc/ses-feedback.1 >$(@D)/tool.1
	$(Q)$(call put_where_it_differs,$(@D)/example,doc/ses-feedbackd.conf.example)
	$(Q)$(call put_where_it_differs,$(@D)/conf.5,doc/ses-feedbackd.conf.5)
	$(Q)$(call put_where_it_differs,$(@D)/daemon.8,doc/ses-feedbackd.8)
	$(Q)$(call put_where_it_differs,$(@D)/tool.1,doc/ses-feedback.1)
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
	install -m 644 $(O)/doc/completion \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/ses-feedback
	install -m 644 doc/ses-feedback.1 $(DESTDIR)$(MANDIR)/man1/
	install -m 644 doc/ses-feedbackd.conf.5 $(DESTDIR)$(MANDIR)/man5/
	install -m 644 doc/ses-feedbackd.8 $(DESTDIR)$(MANDIR)/man8/
	install -m 644 doc/ses-feedbackd.conf.example $(DESTDIR)$(DOCDIR)/
