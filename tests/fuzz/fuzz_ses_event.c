/* fuzz_ses_event.c - any Message: parsed, judged, and each recipient given its keys. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "ses/address.h"
#include "ses/class.h"
#include "ses/event.h"
#include "ses/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define TOPIC_ACCOUNT "111122223333"
#define TOPIC_REGION "eu-west-1"

static void check_json_object(const char *text)
{
	struct json *json;

	if (!text)
		return;
	json = json_parse(text, strlen(text), JSON_STRICT, NULL);
	assert(json_is_object(json) && json_count(json) > 0);
	json_free(json);
}

static bool is_trimmed(const char *text)
{
	size_t length = strlen(text);

	return text_trim(text, &length) == text && text[length] == '\0';
}

static void check_event(const struct ses_event *event)
{
	enum ses_type type;

	assert(ses_type_from_name(ses_type_name(event->type), &type));
	assert(type == event->type);
	assert(event->message_id[0] && is_trimmed(event->message_id));
	assert(event->sent >= 0);
	assert(event->happened >= 0 || event->happened == UTC_NONE);
	assert(strlen(event->account) == 12);
	assert(text_is_made_of(event->account, "0123456789"));
	assert(event->region[0] && memchr(event->region, 0, sizeof(event->region)));
	assert(event->identity && event->configuration_set);
	assert(is_trimmed(event->bounce_subtype) && is_trimmed(event->complaint_subtype));
	assert(event->type == SES_BOUNCE || !event->bounce_subtype[0]);
	assert(event->type == SES_COMPLAINT ||
		(!event->complaint_subtype[0] && !event->is_not_spam));
	assert(!event->feedback_id || event->feedback_id[0]);
	assert(event->recipient_count <= SES_RECIPIENTS_MAX);
	check_json_object(event->tags);
}

static void check_recipient(
	const struct ses_event *event, const struct ses_recipient *recipient)
{
	char normal[SES_ADDRESS_MAX];
	bool is_address = ses_address_normalise(
		recipient->original, strlen(recipient->original), normal);

	assert(is_address == (recipient->address[0] != '\0'));
	assert(text_equal(recipient->address, normal));
	assert(text_equal(recipient->domain, ses_address_domain(recipient->address)));
	assert(is_trimmed(recipient->original));
	assert(!recipient->action || recipient->action[0]);
	assert(!recipient->status || recipient->status[0]);
	check_json_object(recipient->facts);

	assert(recipient->class == (int) ses_class_of(event, recipient, NULL));
	assert(recipient->class == SES_CLASS_NONE || is_address);
	assert(recipient->class == SES_CLASS_NONE ||
		recipient->standing != SES_SIMULATOR);
	assert(recipient->class != SES_CLASS_QUARANTINE);
	assert(recipient->is_certain || event->type == SES_COMPLAINT);
}

static void check_keys(
	const struct ses_event *event, const struct ses_recipient *recipient)
{
	struct ses_key own = ses_key_event(event, recipient);
	struct ses_key delivered = ses_key_delivered(event, recipient);
	struct ses_key bounced = ses_key_bounced(event, recipient);

	assert(own.locality == delivered.locality && own.locality == bounced.locality);
	assert((own.digest == delivered.digest) == (event->type == SES_DELIVERY));
	assert(own.digest != bounced.digest && delivered.digest != bounced.digest);
}

static void check_id(const char *id)
{
	uint8_t packed[SES_PACKED_ID_MAX];
	char unpacked[SES_PACKED_ID_MAX];
	size_t length = ses_message_id_pack(id, packed);

	assert(length > 0 && length <= SES_PACKED_ID_MAX);
	ses_message_id_unpack(packed, length, unpacked);
	assert(utf8_is_valid(unpacked, strlen(unpacked)));
	assert(text_begins(id, unpacked));
	assert(strlen(id) >= SES_PACKED_ID_MAX || text_equal(id, unpacked));
}

static void check_understood(struct ses_event *event)
{
	static const char *const domains[] = {"example.org"};
	static const char *const addresses[] = {"tester@example.com"};
	static const struct ses_judgement_policy policy = {domains, 1, addresses, 1};

	check_event(event);
	check_id(event->message_id);
	ses_event_judge(event, &policy);
	for (size_t i = 0; i < event->recipient_count; i++) {
		check_recipient(event, &event->recipients[i]);
		check_keys(event, &event->recipients[i]);
		if (i > 0)
			assert(ses_key_event(event, &event->recipients[i]).digest !=
				ses_key_event(event, &event->recipients[i - 1]).digest);
	}
}

/* What was packed by nobody may be damaged, but never reads or writes too far. */
static void check_damaged_id(const uint8_t *bytes, size_t length)
{
	char unpacked[SES_PACKED_ID_MAX];

	ses_message_id_unpack(bytes, length, unpacked);
	assert(memchr(unpacked, '\0', sizeof(unpacked)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const struct ses_event nothing;
	struct error error = {""};
	struct ses_event event;

	switch (ses_event_parse((const char *) bytes, length, TOPIC_ACCOUNT, TOPIC_REGION,
		&event, &error)) {
	case SES_UNDERSTOOD:
		check_understood(&event);
		break;
	case SES_SET_UP:
		assert(!event.tree && !event.recipients && !error.text[0]);
		break;
	case SES_UNRECOGNISED:
		assert(error.text[0] && !event.tree && !event.recipients);
		assert(utf8_is_valid(error.text, strlen(error.text)));
		break;
	case SES_NO_MEMORY:
		abort();
	}
	ses_event_finish(&event);
	assert(memcmp(&event, &nothing, sizeof(event)) == 0);
	check_damaged_id(bytes, length);
	return 0;
}
