/* policy.c - what can be refused before a key is needed: topic, age, URL shapes. */
#include "sns/policy.h"

#include <string.h>

#include "base/text.h"
#include "sns/quote.h"

#define CERTIFICATE_BEGINNING "SimpleNotificationService-"
#define CERTIFICATE_ENDING ".pem"
#define CERTIFICATE_DIGITS_MAX 64

#define LETTERS_AND_DIGITS                                                               \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

const char *sns_verdict_name(enum sns_verdict verdict)
{
	switch (verdict) {
	case SNS_GENUINE:
		return "genuine";
	case SNS_KEY_UNKNOWN:
		return "key-unknown";
	case SNS_VERSION_UNKNOWN:
		return "version-unknown";
	case SNS_TOPIC_FOREIGN:
		return "topic-foreign";
	case SNS_TOO_OLD:
		return "too-old";
	case SNS_CERTIFICATE_URL_WRONG:
		return "certificate-url-wrong";
	case SNS_SIGNATURE_WRONG:
		return "signature-wrong";
	case SNS_CERTIFICATE_UNEXPECTED:
		return "certificate-unexpected";
	}
	return "unknown";
}

static size_t count_letters_and_digits(const char *text)
{
	size_t count = 0;

	while ((text[count] >= 'a' && text[count] <= 'z') ||
		(text[count] >= 'A' && text[count] <= 'Z') ||
		(text[count] >= '0' && text[count] <= '9'))
		count++;
	return count;
}

bool sns_certificate_name_is_valid(const char *name)
{
	size_t digits;

	if (!text_begins(name, CERTIFICATE_BEGINNING))
		return false;
	name += strlen(CERTIFICATE_BEGINNING);
	digits = count_letters_and_digits(name);
	return digits >= 1 && digits <= CERTIFICATE_DIGITS_MAX &&
	       text_equal(name + digits, CERTIFICATE_ENDING);
}

static bool version_is_known(const char *version)
{
	return text_equal(version, "1") || text_equal(version, "2");
}

static const struct sns_topic *find_topic(
	const struct sns_policy *policy, const char *arn)
{
	for (size_t i = 0; i < policy->topic_count; i++) {
		if (text_equal(policy->topics[i].arn, arn))
			return &policy->topics[i];
	}
	return NULL;
}

bool sns_policy_has_topic(const struct sns_policy *policy, const char *arn)
{
	return find_topic(policy, arn) != NULL;
}

/* A configured topic was taken apart when it was configured. */
static bool topic_read(const struct sns_policy *policy, const char *arn,
	struct sns_route *route, struct error *error)
{
	const struct sns_topic *own = find_topic(policy, arn);

	route->topic_is_configured = own != NULL;
	if (own == NULL)
		return sns_topic_parse(arn, &route->topic, error);
	route->topic = *own;
	return true;
}

/* A number of an account means something only together with its partition. */
static bool account_is_ours(
	const struct sns_policy *policy, const struct sns_topic *topic)
{
	for (size_t i = 0; i < policy->topic_count; i++) {
		const struct sns_topic *own = &policy->topics[i];

		if (text_equal(own->partition, topic->partition) &&
			text_equal(own->account, topic->account))
			return true;
	}
	return policy->any_topic;
}

static bool is_too_old(const struct sns_policy *policy, utc_ms timestamp, utc_ms now)
{
	return policy->max_age_ms > 0 && timestamp < now &&
	       now - timestamp > policy->max_age_ms;
}

/* The name of the certificate, if the URL is what SNS would write for that host. The URL
 * is compared, not parsed: what no comparison lets through, no parser can misread. */
static bool certificate_name_read(
	const char *url, const char *host, char name[SNS_CERTIFICATE_NAME_SIZE])
{
	static const char scheme[] = "https://";

	if (!text_begins(url, scheme))
		return false;
	url += strlen(scheme);
	if (!text_begins(url, host))
		return false;
	url += strlen(host);
	if (*url != '/' || !sns_certificate_name_is_valid(url + 1))
		return false;
	memcpy(name, url + 1, strlen(url + 1) + 1);
	return true;
}

_Static_assert(
	sizeof(CERTIFICATE_BEGINNING CERTIFICATE_ENDING) + CERTIFICATE_DIGITS_MAX <=
		SNS_CERTIFICATE_NAME_SIZE,
	"a valid name has room");

enum sns_verdict sns_policy_judge(const struct sns_policy *policy,
	const struct sns_message *message, utc_ms now, struct sns_route *route,
	struct error *error)
{
	char quoted[SNS_QUOTE_SIZE];
	const char *subject;

	*route = (struct sns_route){0};
	if (!version_is_known(message->signature_version)) {
		error_set(error, "SignatureVersion is neither 1 nor 2: \"%s\"",
			sns_quote(message->signature_version, quoted));
		return SNS_VERSION_UNKNOWN;
	}
	if (!topic_read(policy, message->topic_arn, route, error) ||
		!sns_region_host(
			route->topic.partition, route->topic.region, route->host))
		return SNS_TOPIC_FOREIGN;
	if (!route->topic_is_configured && !account_is_ours(policy, &route->topic)) {
		error_set(error,
			"topic %s: not configured, and no configured topic is of its "
			"account",
			sns_quote(message->topic_arn, quoted));
		return SNS_TOPIC_FOREIGN;
	}
	if (is_too_old(policy, message->timestamp, now)) {
		error_set(error, "Timestamp %s is older than max_age allows (%lld hours)",
			sns_quote(message->timestamp_text, quoted),
			(long long) (policy->max_age_ms / HOUR_MS));
		return SNS_TOO_OLD;
	}
	if (!certificate_name_read(
		    message->certificate_url, route->host, route->certificate_name)) {
		error_set(error,
			"SigningCertURL is not https://%s/" CERTIFICATE_BEGINNING
			"..." CERTIFICATE_ENDING ": \"%s\"",
			route->host, sns_quote(message->certificate_url, quoted));
		return SNS_CERTIFICATE_URL_WRONG;
	}
	subject = sns_region_certificate_name(
		route->topic.region, route->host, route->certificate_subject);
	if (subject != route->certificate_subject)
		memcpy(route->certificate_subject, subject, strlen(subject) + 1);
	return SNS_KEY_UNKNOWN;
}

/* RFC 3986, 2.3: all but unreserved characters are written as %XX. */
static void append_percent_encoded(struct buffer *buffer, const char *text)
{
	for (; *text; text++) {
		unsigned char byte = (unsigned char) *text;

		if (strchr(LETTERS_AND_DIGITS "-._~", byte))
			buffer_append(buffer, text, 1);
		else
			buffer_format(buffer, "%%%02X", byte);
	}
}

bool sns_confirmation_url(
	const struct sns_topic *topic, const char *token, struct buffer *url)
{
	char host[SNS_HOST_SIZE];

	if (!sns_region_host(topic->partition, topic->region, host))
		return false;
	buffer_format(url, "https://%s/?Action=ConfirmSubscription&TopicArn=", host);
	append_percent_encoded(url, topic->arn);
	buffer_append_text(url, "&Token=");
	append_percent_encoded(url, token);
	return !url->failed;
}
