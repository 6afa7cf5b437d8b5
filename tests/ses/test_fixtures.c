/* test_fixtures.c - what SES really sends is understood. */
#include "tests/ses/sample.h"

#include <dirent.h>

#include "base/buffer.h"
#include "base/text.h"
#include "ses/key.h"

#define EVENTS_MIN 124
#define PATH_SIZE 4096

/* How the names of the files spell what SES spells with a blank. */
static const struct {
	const char *name;
	enum ses_type type;
} types[] = {
	{"Send", SES_SEND},
	{"Delivery", SES_DELIVERY},
	{"Bounce", SES_BOUNCE},
	{"Complaint", SES_COMPLAINT},
	{"Reject", SES_REJECT},
	{"Open", SES_OPEN},
	{"Click", SES_CLICK},
	{"RenderingFailure", SES_RENDERING_FAILURE},
	{"DeliveryDelay", SES_DELIVERY_DELAY},
	{"Subscription", SES_SUBSCRIPTION},
};

/* What is not to be understood, and why: inbound mail; and events that their publisher
 * shortened or renamed for a test of his own, until the time of the mail or what the type
 * promises is gone. */
static const struct {
	const char *beginning, *reason;
} not_understood[] = {
	{"nt-Received-", "inbound mail"},
	{"et-Bounce-other-None-aioaws-5771", "mail.timestamp is missing"},
	{"et-Bounce-other-None-aioaws-d359", "mail.timestamp is missing"},
	{"et-Click-anymail-acd3", "mail.timestamp is missing"},
	{"et-Complaint-aioaws-83a3", "without its \"complaint\" object"},
	{"et-Open-aioaws-21a5", "mail.timestamp is missing"},
	{"et-Open-aioaws-451e", "without its \"open\" object"},
	{"et-Open-anymail-7cab", "mail.timestamp is missing"},
	{"et-RenderingFailure-anymail-dd20", "mail.timestamp is missing"},
	{"nt-Bounce-Permanent-General-anymail-8317", "mail.timestamp is missing"},
	{"nt-Complaint-abuse-anymail-e840", "mail.timestamp is missing"},
	{"nt-Complaint-abuse-fxrelay-93c7", "no mail object"},
	{"nt-Complaint-abuse-fxrelay-f493", "is not a time"}, /* it names no zone */
	{"nt-Complaint-nofeedback-cdsnotify-ad58", "mail.timestamp is missing"},
	{"nt-Delivery-cdsnotify-d4e1", "without its \"delivery\" object"},
	{"nt-Reject-abuse-juhasev-f996", "without its \"reject\" object"},
};

static const char *expected_reason(const char *file)
{
	for (size_t i = 0; i < COUNT(not_understood); i++) {
		if (text_begins(file, not_understood[i].beginning))
			return not_understood[i].reason;
	}
	return NULL;
}

/* The type in SHAPE-TYPE-…json. */
static enum ses_type expected_type(const char *file)
{
	const char *name = file + strlen("et-");
	size_t length = strcspn(name, "-");

	for (size_t i = 0; i < COUNT(types); i++) {
		if (strlen(types[i].name) == length &&
			strncmp(types[i].name, name, length) == 0)
			return types[i].type;
	}
	fail_msg("%s names no type", file);
	return SES_SEND;
}

static void assert_recipients(const char *file, struct ses_event *event)
{
	static const struct ses_judgement_policy policy = {.verified_domain_count = 0};

	ses_event_judge(event, &policy);
	for (size_t i = 0; i < event->recipient_count; i++) {
		const struct ses_recipient *recipient = &event->recipients[i];
		struct ses_key key = ses_key_event(event, recipient);

		if (recipient->address[0] == '\0')
			fail_msg("%s: no address: %s", file, recipient->original);
		assert_string_not_equal(recipient->domain, "");
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(key.digest,
				ses_key_event(event, &event->recipients[j]).digest);
	}
}

/* Parses bytes that no NUL follows, so that a sanitizer sees reading too far. */
static enum ses_parse parse(
	const struct buffer *bytes, struct ses_event *event, struct error *error)
{
	static const struct ses_event nothing;
	char *exact = malloc(bytes->length ? bytes->length : 1);
	enum ses_parse result;

	assert_non_null(exact);
	memcpy(exact, bytes->bytes, bytes->length);
	error->text[0] = '\0';
	result = ses_event_parse(
		exact, bytes->length, TOPIC_ACCOUNT, TOPIC_REGION, event, error);
	free(exact);
	assert_int_equal(result == SES_UNDERSTOOD, error->text[0] == '\0');
	if (result != SES_UNDERSTOOD)
		assert_memory_equal(event, &nothing, sizeof(nothing));
	return result;
}

static void assert_understood(const char *file, const struct buffer *bytes)
{
	struct ses_event event;
	struct error error;

	if (parse(bytes, &event, &error) != SES_UNDERSTOOD)
		fail_msg("%s: %s", file, error.text);
	if (event.type != expected_type(file))
		fail_msg("%s: read as %s", file, ses_type_name(event.type));
	assert_int_equal(event.is_identity_feedback, text_begins(file, "nt-"));
	assert_string_not_equal(event.message_id, "");
	assert_int_equal(strlen(event.account), 12);
	assert_string_not_equal(event.region, "");
	assert_recipients(file, &event);
	ses_event_finish(&event);
}

static void assert_not_understood(
	const char *file, const struct buffer *bytes, const char *reason)
{
	struct ses_event event;
	struct error error;

	if (parse(bytes, &event, &error) != SES_UNRECOGNISED)
		fail_msg("%s is understood", file);
	if (!strstr(error.text, reason))
		fail_msg("%s: %s", file, error.text);
}

static void file_read(const char *folder, const char *name, struct buffer *bytes)
{
	char path[2 * PATH_SIZE], part[4096];
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	buffer_init(bytes, 2 * 1024 * 1024);
	file = fopen(path, "rb");
	if (!file)
		fail_msg("cannot open %s", path);
	while ((length = fread(part, 1, sizeof(part), file)) > 0)
		assert_true(buffer_append(bytes, part, length));
	assert_false(ferror(file));
	fclose(file);
}

static void every_real_event_is_understood_or_named_here(void **state)
{
	const char *fixtures = getenv("SES_FEEDBACK_FIXTURES");
	char path[PATH_SIZE];
	struct dirent *entry;
	struct buffer bytes;
	size_t count = 0;
	DIR *folder;

	(void) state;
	snprintf(
		path, sizeof(path), "%s/ses", fixtures ? fixtures : "../shared/fixtures");
	folder = opendir(path);
	if (!folder) {
		print_message("skipped: no fixtures\n");
		skip();
	}
	while ((entry = readdir(folder))) {
		const char *reason;

		if (entry->d_name[0] == '.')
			continue;
		file_read(path, entry->d_name, &bytes);
		reason = expected_reason(entry->d_name);
		if (reason)
			assert_not_understood(entry->d_name, &bytes, reason);
		else
			assert_understood(entry->d_name, &bytes);
		buffer_finish(&bytes);
		count++;
	}
	closedir(folder);
	assert_in_range(count, EVENTS_MIN, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_real_event_is_understood_or_named_here),
	};

	return cmocka_run_group_tests_name("fixtures", tests, NULL, NULL);
}
