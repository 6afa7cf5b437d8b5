/* preflight_domain.c - domains that cannot have a mailbox. */
#include <string.h>

#include "base/text.h"
#include "ses/preflight.h"

#define DOMAIN_LENGTH_MAX 253 /* RFC 1035, as text */
#define LABEL_LENGTH_MAX 63

/* Sub-domains of them too. */
static const struct {
	const char *domain, *why;
} reserved[] = {
	{"invalid", "reserved: it exists nowhere (RFC 2606)"},
	{"test", "reserved for tests (RFC 2606)"},
	{"example", "reserved for documentation (RFC 2606)"},
	{"localhost", "reserved: it means one's own host (RFC 2606)"},
	{"example.com", "reserved for documentation (RFC 2606)"},
	{"example.net", "reserved for documentation (RFC 2606)"},
	{"example.org", "reserved for documentation (RFC 2606)"},
	{"local", "reserved for names inside a network (RFC 6762)"},
	{"onion", "reserved; it is not in the DNS (RFC 7686)"},
	{"alt", "reserved; it is not in the DNS (RFC 9476)"},
};

/* Slips of the finger that are no top-level domain. */
static const char *const slips[] = {"con", "cmo", "ocm", "comm", "coom", "cim", "vom",
	"xom", "nett", "ner", "nte", "ogr", "prg"};

static const char *flaw_of_labels(const char *domain)
{
	const char *label = domain;
	size_t labels = 0;

	for (;;) {
		size_t length = strcspn(label, ".");

		if (length == 0)
			return "two dots side by side, or a dot at an end";
		if (length > LABEL_LENGTH_MAX)
			return "a part of it is longer than 63 characters";
		labels++;
		if (label[length] == '\0')
			break;
		label += length + 1;
	}
	if (labels == 1)
		return "there is no dot in it";
	if (text_is_made_of(label, "0123456789"))
		return "it ends in a number, as no domain does";
	for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++)
		if (text_equal(label, slips[i]))
			return "there is no such top-level domain; a slip of the finger";
	return NULL;
}

static bool is_within(const char *domain, const char *outer)
{
	size_t length = strlen(domain), outer_length = strlen(outer);

	if (length == outer_length)
		return text_equal(domain, outer);
	return length > outer_length && domain[length - outer_length - 1] == '.' &&
	       text_ends(domain, outer);
}

const char *ses_domain_flaw(const char *domain)
{
	if (domain[0] == '[')
		return NULL; /* an address in brackets: no name to judge */
	if (strlen(domain) > DOMAIN_LENGTH_MAX)
		return "it is longer than 253 characters";
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (is_within(domain, reserved[i].domain))
			return reserved[i].why;
	return flaw_of_labels(domain);
}
