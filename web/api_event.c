/* api_event.c - a recorded event as the API shows it. */
#include "web/api_event.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

/* What SES calls it, what the API calls it. */
static const char *const flattened[][2] = {
	{"feedbackId", "feedback_id"},
	{"bounceType", "bounce_type"},
	{"bounceSubType", "bounce_subtype"},
	{"action", "action"},
	{"status", "status"},
	{"diagnosticCode", "diagnostic"},
	{"complaintFeedbackType", "complaint_feedback_type"},
	{"complaintSubType", "complaint_subtype"},
};

const char *api_outcome_name(enum ses_outcome outcome)
{
	switch (outcome) {
	case SES_OUTCOME_OTHER:
		return "other";
	case SES_OUTCOME_SEND:
		return "send";
	case SES_OUTCOME_DELIVERY:
		return "delivery";
	case SES_OUTCOME_HARD_BOUNCE:
		return "hard-bounce";
	case SES_OUTCOME_SOFT_BOUNCE:
		return "soft-bounce";
	case SES_OUTCOME_REFUSED:
		return "refused";
	case SES_OUTCOME_COMPLAINT:
		return "complaint";
	case SES_OUTCOME_NOT_SPAM:
		return "not-spam";
	case SES_OUTCOME_LISTED:
		return "listed";
	case SES_OUTCOME_REJECT:
		return "reject";
	}
	return "other";
}

static void put_known(struct json *json, const char *name, const char *text)
{
	json_put_text(json, name, text_is_empty(text) ? NULL : text);
}

/* facts and tags were written by us as JSON; a row that was damaged since gives null. */
static void put_printed(struct json *json, const char *name, const char *printed)
{
	struct json *value = NULL;

	if (printed != NULL)
		value = json_parse(printed, strlen(printed), JSON_REPAIR, NULL);
	json_put(json, name, value);
}

static void put_facts(struct json *json, const char *printed)
{
	struct json *facts = NULL;

	if (printed != NULL)
		facts = json_parse(printed, strlen(printed), JSON_REPAIR, NULL);
	for (size_t i = 0; i < sizeof(flattened) / sizeof(flattened[0]); i++)
		json_put_text(json, flattened[i][1], json_text(facts, flattened[i][0]));
	json_put(json, "facts", facts);
}

struct json *api_event_json(const struct store_event *event)
{
	struct json *json = json_object();

	json_put_integer(json, "id", event->id);
	json_put_text(json, "type", ses_type_name(event->type));
	json_put_text(json, "outcome", api_outcome_name(event->outcome));
	json_put_text(json, "class", ses_class_name(event->class));
	put_known(json, "account", event->account);
	put_known(json, "region", event->region);
	put_known(json, "identity", event->identity);
	put_known(json, "configuration_set", event->configuration_set);
	json_put_text(json, "topic", event->topic_arn);
	json_put_text(json, "message_id", event->message_id);
	put_known(json, "address", event->address);
	put_known(json, "original", event->original);
	json_put_time(json, "sent", event->sent);
	json_put_time(json, "published", event->published);
	json_put_time(json, "happened", event->happened);
	json_put_time(json, "recorded", event->recorded);
	json_put_boolean(json, "simulator", event->standing == SES_SIMULATOR);
	json_put_boolean(json, "verified", event->standing == SES_VERIFIED);
	json_put_boolean(json, "development", event->is_development);
	json_put_boolean(json, "has_raw", event->has_raw);
	put_facts(json, event->facts);
	put_printed(json, "tags", event->tags);
	return json;
}
