/* canonical.c - the exact bytes that SNS signed. */
#include "sns/canonical.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/*
 * Nothing in these bytes says where a value ends, so a value with line breaks could pass
 * for several fields: someone could publish, to a topic of their own, a Message that goes
 * on "\nTopicArn\narn:…:ours\nType\nNotification\n…" and cut the signed bytes otherwise.
 * It can't be done as long as Message is the only value with line breaks, for then the
 * bytes can be read back from their end in one way only; sns_message_parse sees to that.
 */
struct field {
	const char *name;
	const char *value; /* NULL: left out */
};

#define FIELDS_MAX 7

static size_t fields_list(
	const struct sns_message *message, struct field list[FIELDS_MAX])
{
	const char *type = sns_type_name(message->type);
	size_t count = 0;

	list[count++] = (struct field){"Message", message->message};
	list[count++] = (struct field){"MessageId", message->message_id};
	switch (message->type) {
	case SNS_NOTIFICATION:
		list[count++] = (struct field){"Subject", message->subject};
		list[count++] = (struct field){"Timestamp", message->timestamp_text};
		break;
	case SNS_SUBSCRIPTION_CONFIRMATION:
	case SNS_UNSUBSCRIBE_CONFIRMATION:
		list[count++] = (struct field){"SubscribeURL", message->subscribe_url};
		list[count++] = (struct field){"Timestamp", message->timestamp_text};
		list[count++] = (struct field){"Token", message->token};
		break;
	}
	list[count++] = (struct field){"TopicArn", message->topic_arn};
	list[count++] = (struct field){"Type", type};
	assert(count <= FIELDS_MAX);
	return count;
}

size_t sns_canonical_length(const struct sns_message *message)
{
	struct field list[FIELDS_MAX];
	size_t count = fields_list(message, list), length = 0;

	for (size_t i = 0; i < count; i++) {
		if (list[i].value)
			length += strlen(list[i].name) + strlen(list[i].value) + 2;
	}
	return length;
}

bool sns_canonical(const struct sns_message *message, struct buffer *bytes)
{
	struct field list[FIELDS_MAX];
	size_t count = fields_list(message, list);

	for (size_t i = 0; i < count; i++) {
		if (!list[i].value)
			continue;
		buffer_append_text(bytes, list[i].name);
		buffer_append(bytes, "\n", 1);
		buffer_append_text(bytes, list[i].value);
		buffer_append(bytes, "\n", 1);
	}
	return !bytes->failed;
}
