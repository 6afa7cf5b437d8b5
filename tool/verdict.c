/* verdict.c - is an SNS message genuine, judged without daemon or network. */
#include "tool/verdict.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/json.h"
#include "tool/input.h"
#include "tool/wrapping.h"

#define CERTIFICATE_LIMIT ((size_t) 64 * 1024)

static void refuse_malformed(struct verdict *verdict, const char *bytes, size_t length)
{
	struct json *json = json_parse(bytes, length, JSON_REPAIR, NULL);
	const char *wrapping = wrapping_words(wrapping_recognise(json));

	verdict->word = "malformed";
	if (wrapping != NULL)
		error_set(&verdict->why,
			"not an SNS message but %s; \"ses-feedback replay\" unwraps "
			"those",
			wrapping);
	else
		error_prefix(&verdict->why, "not an SNS message");
	json_free(json);
}

enum load { LOAD_DONE, LOAD_MISSING, LOAD_UNREADABLE, LOAD_UNUSABLE };

static enum load load_certificate(const struct verdict_rules *rules,
	const struct sns_route *route, struct error *error)
{
	struct buffer path, pem;
	enum load load = LOAD_UNUSABLE;

	buffer_init(&path, 4096);
	buffer_init(&pem, CERTIFICATE_LIMIT);
	buffer_format(&path, "%s/%s", rules->certificate_folder, route->certificate_name);
	if (path.failed) {
		error_set(error, "the path of the certificate folder is too long");
	} else if (access(path.bytes, R_OK) != 0 && errno == EACCES) {
		load = LOAD_UNREADABLE;
		error_set(error,
			"no permission to read %s; run this as root, or give "
			"--certificates DIR",
			path.bytes);
	} else if (access(path.bytes, F_OK) != 0) {
		load = LOAD_MISSING;
		error_set(error,
			"cannot be proven: the signing certificate %s is missing; put "
			"there what https://%s/%s gives",
			path.bytes, route->host, route->certificate_name);
	} else if (!input_read_file(path.bytes, &pem, error)) {
		error_prefix(error, "certificate %s", path.bytes);
	} else if (!sns_keyring_add(rules->keyring, route->certificate_name,
			   pem.bytes == NULL ? "" : pem.bytes, pem.length, error)) {
		error_prefix(error, "certificate %s", path.bytes);
	} else {
		load = LOAD_DONE;
	}
	buffer_finish(&path);
	buffer_finish(&pem);
	return load;
}

static void judge_signature(const struct verdict_rules *rules,
	const struct sns_message *message, const struct sns_route *route,
	struct verdict *verdict)
{
	enum sns_verdict outcome;

	outcome = sns_keyring_verify(rules->keyring, message, route, NULL, &verdict->why);
	if (outcome == SNS_KEY_UNKNOWN) {
		switch (load_certificate(rules, route, &verdict->why)) {
		case LOAD_MISSING:
			verdict->word = "certificate-missing";
			return;
		case LOAD_UNREADABLE:
			verdict->is_unreadable = true;
			verdict->word = "certificate-unreadable";
			return;
		case LOAD_UNUSABLE:
			verdict->word = sns_verdict_name(SNS_CERTIFICATE_UNEXPECTED);
			return;
		case LOAD_DONE:
			outcome = sns_keyring_verify(
				rules->keyring, message, route, NULL, &verdict->why);
			break;
		}
	}
	verdict->is_genuine = outcome == SNS_GENUINE;
	verdict->word = sns_verdict_name(outcome);
}

static void judge_message(const struct verdict_rules *rules,
	const struct sns_message *message, utc_ms now, struct verdict *verdict)
{
	struct sns_route route;
	enum sns_verdict outcome;

	snprintf(
		verdict->type, sizeof(verdict->type), "%s", sns_type_name(message->type));
	snprintf(verdict->topic, sizeof(verdict->topic), "%s", message->topic_arn);
	utc_format(message->timestamp, verdict->timestamp);
	outcome = sns_policy_judge(&rules->policy, message, now, &route, &verdict->why);
	if (outcome != SNS_KEY_UNKNOWN) {
		verdict->word = sns_verdict_name(outcome);
	} else if (!rules->policy.any_topic && !route.topic_is_configured) {
		verdict->word = sns_verdict_name(SNS_TOPIC_FOREIGN);
		error_set(&verdict->why, "topic %s: none of those given with --topic",
			message->topic_arn);
	} else {
		judge_signature(rules, message, &route, verdict);
	}
}

void verdict_judge(const struct verdict_rules *rules, const char *bytes, size_t length,
	utc_ms now, struct verdict *verdict)
{
	struct sns_message message = {0};

	memset(verdict, 0, sizeof(*verdict));
	switch (sns_message_parse(bytes, length, &message, &verdict->why)) {
	case SNS_WELL_FORMED:
		judge_message(rules, &message, now, verdict);
		break;
	case SNS_MALFORMED:
		refuse_malformed(verdict, bytes, length);
		break;
	case SNS_RAW_DELIVERY:
		verdict->word = "raw-delivery";
		break;
	case SNS_NO_MEMORY:
		verdict->word = "no-memory";
		error_set(&verdict->why, "out of memory");
		break;
	}
	sns_message_finish(&message);
}
