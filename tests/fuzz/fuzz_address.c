/* fuzz_address.c - any bytes: their normal form is the normal form of itself. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_normal(const char *normal)
{
	const char *domain = ses_address_domain(normal);
	size_t length = strnlen(normal, SES_ADDRESS_MAX);
	size_t domain_length = strlen(domain);

	assert(length < SES_ADDRESS_MAX);
	assert(domain_length > 0 && domain_length + 1 < length);
	assert(domain[-1] == '@' && !strchr(domain, '@'));
	assert(domain[domain_length - 1] != '.');
	assert(utf8_is_valid(normal, length));
	assert(!strpbrk(domain, "\"<>(),; \t\r\n"));
	for (size_t i = 0; i < length; i++) {
		assert((uint8_t) normal[i] >= ' ' && normal[i] != 0x7f);
		assert(normal[i] < 'A' || normal[i] > 'Z');
	}
	assert(ses_domain_is_within(domain, &domain, 1));
	assert(!ses_domain_is_within(domain, NULL, 0));
	assert(ses_address_is_simulator(normal) ==
		text_equal(domain, "simulator.amazonses.com"));
}

/* How people and mailers write a mailbox does not change which one it is. */
static void check_spelling(const char *beginning, const char *normal, const char *ending)
{
	char text[SES_ADDRESS_MAX + 100], again[SES_ADDRESS_MAX];
	size_t used = 0;
	const char *const parts[] = {beginning, normal, ending};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		memcpy(text + used, parts[i], strlen(parts[i]));
		used += strlen(parts[i]);
	}
	assert(ses_address_normalise(text, used, again));
	assert(text_equal(again, normal));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char normal[SES_ADDRESS_MAX];

	memset(normal, 'x', sizeof(normal));
	if (!ses_address_normalise((const char *) bytes, length, normal)) {
		assert(normal[0] == '\0');
		return 0;
	}
	check_normal(normal);
	check_spelling("", normal, "");
	check_spelling(" \t", normal, "\r\n");
	check_spelling("<", normal, ">");
	check_spelling("Jane Doe <", normal, "> (work)");
	check_spelling("\"Doe, \\\"J <x@y>\" <", normal, ">");
	check_spelling("(at home) ", normal, " (work (2))");
	return 0;
}
