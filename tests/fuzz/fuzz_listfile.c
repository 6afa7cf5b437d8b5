/* fuzz_listfile.c - any bytes as a file of the suppression list: however they are cut the
 * story is the same, and what was read is read again from what is written of it. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "ses/scope.h"
#include "web/listfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define NOW ((utc_ms) 1772323200000)

struct reading {
	struct buffer story; /* what was read, and what was not */
	struct buffer file;  /* what was read, written again */
	enum listfile_kind kind;
};

static void check_entry(const struct store_suppression *entry)
{
	char normal[SES_ADDRESS_MAX];
	size_t length = strlen(entry->address);

	if (entry->address[0] == '@') {
		assert(length > 1 && strchr(entry->address + 1, '@') == NULL);
	} else {
		assert(ses_address_normalise(entry->address, length, normal));
		assert(text_equal(normal, entry->address));
	}
	assert(strlen(entry->original) < SES_ADDRESS_MAX);
	assert(utf8_is_valid(entry->original, strlen(entry->original)));
	assert(utf8_is_valid(entry->note, strlen(entry->note)));
	assert(strlen(entry->note) <= 1000);
	assert(ses_scope_is_valid(entry->scope));
	assert(entry->reason != SES_REASON_NONE);
	assert(entry->since <= NOW);
}

static bool take_entry(
	void *closure, uint64_t number, const struct store_suppression *entry)
{
	struct reading *reading = closure;
	struct store_suppression written = *entry;

	check_entry(entry);
	buffer_format(&reading->story, "%llu:%s:%s:%d:%s:%lld:%lld:%s:%d\n",
		(unsigned long long) number, entry->address, entry->original,
		(int) entry->reason, entry->scope, (long long) entry->since,
		(long long) entry->expires, entry->note, entry->at_ses);
	/* What SES's list held once is not knowledge that a file carries on. */
	written.at_ses = -1;
	listfile_write(&reading->file, reading->kind, &written);
	return true;
}

static bool take_flaw(void *closure, uint64_t number, const char *detail)
{
	struct reading *reading = closure;

	assert(strlen(detail) > 0);
	return buffer_format(
		&reading->story, "%llu! %s\n", (unsigned long long) number, detail);
}

static void read_file(struct reading *reading, enum listfile_kind kind,
	const uint8_t *bytes, size_t length, size_t piece)
{
	const struct listfile_settings settings = {
		.scope = "", .note = "", .policy = &ses_suppression_standard, .now = NOW};
	const struct listfile_taker taker = {take_entry, take_flaw, reading};
	struct listfile *file = listfile_new(&settings, &taker);

	assert(file != NULL);
	reading->kind = kind;
	buffer_init(&reading->story, 64 << 20);
	buffer_init(&reading->file, 64 << 20);
	listfile_write_head(&reading->file, kind);
	for (size_t i = 0; i < length; i += piece)
		listfile_take(file, (const char *) bytes + i,
			length - i < piece ? length - i : piece);
	if (listfile_end(file) == LISTFILE_UNREADABLE) {
		assert(reading->story.length == 0);
		assert(strlen(listfile_refusal(file)) > 0);
	}
	buffer_format(&reading->story, "%s", listfile_format(file));
	listfile_free(file);
	assert(!reading->story.failed && !reading->file.failed);
}

static void finish(struct reading *reading)
{
	buffer_finish(&reading->story);
	buffer_finish(&reading->file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const enum listfile_kind kinds[] = {LISTFILE_CSV, LISTFILE_NDJSON};
	static const size_t pieces[] = {1 << 20, 1, 17};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct reading first, again;

		read_file(&first, kinds[i], bytes, length, length + 1);
		for (size_t j = 0; j < sizeof(pieces) / sizeof(pieces[0]); j++) {
			read_file(&again, kinds[i], bytes, length, pieces[j]);
			assert(text_equal(again.story.bytes, first.story.bytes));
			finish(&again);
		}
		if (first.file.length > 0) {
			read_file(&again, kinds[i], (uint8_t *) first.file.bytes,
				first.file.length, 4096);
			assert(again.file.length == first.file.length);
			assert(memcmp(again.file.bytes, first.file.bytes,
				       first.file.length) == 0);
			finish(&again);
		}
		finish(&first);
	}
	return 0;
}
