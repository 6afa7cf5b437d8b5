/* api_rates_query.c - what rates and series are asked for, and how keys are shown. */
#include "web/api_rates_query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "web/api_account.h"
#include "web/api_query.h"
#include "web/api_reply.h"

#define TAG_NAME_MAX 256 /* as SES */
#define KEY_MAX 1024

static const char *const windows[] = {"1h", "24h", "7d", "30d", "representative", NULL};
static const char *const bases[] = {"sent", "published", NULL};

/* In the order of enum store_dimension; the last stands for the tags of one name. */
static const char *const dimensions[] = {"account", "identity", "configuration-set",
	"recipient-domain", "provider", "tag", "tenant", "source-ip", "caller",
	"from-domain", "diagnostic", "tag:NAME", NULL};

static const char tag_prefix[] = "tag:";
static const char account_key_expected[] =
	"ACCOUNT/REGION, such as 111122223333/us-east-1, when broken down by account";

const char *api_dimension_name(enum store_dimension dimension)
{
	return dimensions[dimension];
}

const char *api_basis_name(enum store_basis basis)
{
	return bases[basis];
}

void api_rates_query_put_by(struct json *json, const struct store_rates_query *query)
{
	struct buffer name;

	if (query->tag == NULL) {
		json_put_text(json, "by", api_dimension_name(query->dimension));
		return;
	}
	buffer_init(&name, TAG_NAME_MAX + sizeof(tag_prefix));
	buffer_format(&name, "%s%s", tag_prefix, query->tag);
	json_put_text(json, "by", name.bytes);
	buffer_finish(&name);
}

/* Mail without a configuration set or tenant, and a tag without a value, are no riddle.
 */
static bool is_unknown(enum store_dimension dimension, const char *key)
{
	switch (dimension) {
	case STORE_BY_ACCOUNT:
	case STORE_BY_CONFIGURATION_SET:
	case STORE_BY_TAG:
	case STORE_BY_TENANT:
		return false;
	case STORE_BY_IDENTITY:
	case STORE_BY_RECIPIENT_DOMAIN:
	case STORE_BY_PROVIDER:
	case STORE_BY_SOURCE_IP:
	case STORE_BY_CALLER:
	case STORE_BY_FROM_DOMAIN:
	case STORE_BY_DIAGNOSTIC:
		break;
	}
	return text_is_empty(key);
}

/* Of tags that were not told apart the name is known: "NAME=" STORE_KEY_OTHER. */
static void put_other(struct json *json, enum store_dimension dimension, const char *key)
{
	const char *equals = strchr(key, '=');
	struct buffer shown;

	if (dimension != STORE_BY_TAG || equals == NULL) {
		json_put_text(json, "key", "other");
		return;
	}
	buffer_init(&shown, KEY_MAX);
	buffer_append(&shown, key, (size_t) (equals - key));
	buffer_append_text(&shown, "=other");
	json_put_text(json, "key", shown.failed ? "other" : shown.bytes);
	buffer_finish(&shown);
}

void api_key_put(
	struct json *json, enum store_dimension dimension, const char *key, bool is_other)
{
	bool unknown = !is_other && is_unknown(dimension, key);

	if (is_other)
		put_other(json, dimension, key);
	else
		json_put_text(json, "key", unknown ? "unknown" : key);
	json_put_boolean(json, "other", is_other);
	json_put_boolean(json, "unknown", unknown);
}

/* ---- reading ---- */

bool api_query_region(struct request *request, char **region)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	char *text = NULL;

	if (!api_query_text(request, "region", &text))
		return false;
	if (text != NULL && !text_is_made_of(text, letters)) {
		api_refuse_parameter(request, "region", text,
			"the name of a region, such as us-east-1");
		free(text);
		return false;
	}
	*region = text;
	return true;
}

/* The values of one tag. */
static bool read_tag(
	struct request *request, const char *text, struct api_rates_query *asked)
{
	const char *name = text + strlen(tag_prefix);
	size_t length = strlen(name);

	if (length == 0 || length > TAG_NAME_MAX || strchr(name, '=') != NULL ||
		api_has_control(name))
		return api_refuse_parameter(request, "by", text,
			"the name of a tag behind \"tag:\": 1 to 256 bytes without \"=\" "
			"and control characters");
	asked->tag = text_copy(name, length);
	if (asked->tag == NULL) {
		api_reply_no_memory(request);
		return false;
	}
	asked->query.dimension = STORE_BY_TAG;
	asked->query.tag = asked->tag;
	return true;
}

static bool read_by(struct request *request, struct api_rates_query *asked)
{
	size_t index = STORE_BY_ACCOUNT;
	char *text = NULL;
	bool is_right;

	if (!api_query_text(request, "by", &text))
		return false;
	if (text_begins(text == NULL ? "" : text, tag_prefix)) {
		is_right = read_tag(request, text, asked);
	} else {
		is_right = api_query_choice(request, "by", dimensions, &index);
		asked->query.dimension = (enum store_dimension) index;
	}
	free(text);
	return is_right;
}

/* "ACCOUNT/REGION" says what account and region say. */
static bool read_account_key(struct request *request, struct api_rates_query *asked)
{
	char *slash = strchr(asked->key, '/');

	if (slash == NULL || slash[1] == '\0' || asked->account != NULL ||
		asked->region != NULL)
		return api_refuse_parameter(request, "key", asked->key,
			slash == NULL || slash[1] == '\0'
				? account_key_expected
				: "no account= and region= beside it: it names both");
	asked->account = text_copy(asked->key, (size_t) (slash - asked->key));
	asked->region = text_copy(slash + 1, strlen(slash + 1));
	if (asked->account != NULL && asked->region != NULL)
		return true;
	api_reply_no_memory(request);
	return false;
}

static bool normalise_domain(struct request *request, struct api_rates_query *asked)
{
	char mailbox[KEY_MAX + 3], normal[SES_ADDRESS_MAX];
	const char *domain;
	char *copy;

	if (asked->key[0] == '\0' || text_equal(asked->key, STORE_KEY_OTHER))
		return true;
	snprintf(mailbox, sizeof(mailbox), "x@%s", asked->key);
	/* What is no domain has no rows: that is an answer too. */
	if (!ses_address_normalise(mailbox, strlen(mailbox), normal))
		return true;
	domain = ses_address_domain(normal);
	copy = text_copy(domain, strlen(domain));
	if (copy == NULL) {
		api_reply_no_memory(request);
		return false;
	}
	free(asked->key);
	asked->key = copy;
	return true;
}

/* An empty key is a key: the one that is shown as unknown, or no configuration set. */
static bool read_key(struct request *request, struct api_rates_query *asked)
{
	enum store_dimension dimension = asked->query.dimension;
	bool found = false;

	asked->key = request_query(request, "key", &found);
	if (asked->key == NULL)
		return !found;
	if (strlen(asked->key) > KEY_MAX ||
		!utf8_is_valid(asked->key, strlen(asked->key)))
		return api_refuse_parameter(
			request, "key", asked->key, "UTF-8 text of at most 1024 bytes");
	if (dimension == STORE_BY_ACCOUNT)
		return read_account_key(request, asked);
	if (dimension == STORE_BY_RECIPIENT_DOMAIN || dimension == STORE_BY_FROM_DOMAIN)
		return normalise_domain(request, asked);
	return true;
}

bool api_rates_query_read(struct request *request, struct api_rates_query *asked)
{
	size_t window = STORE_WINDOW_24H, basis = STORE_BASIS_SENT;

	/* The places in the tables of names are the numbers of the enums. */
	asked->query.since = UTC_NONE;
	if (!api_query_choice(request, "window", windows, &window) ||
		!read_by(request, asked) ||
		!api_query_choice(request, "basis", bases, &basis) ||
		!api_query_account(request, &asked->account) ||
		!api_query_region(request, &asked->region) || !read_key(request, asked))
		return false;
	asked->query.window = (enum store_window) window;
	asked->query.basis = (enum store_basis) basis;
	asked->query.account = asked->account;
	asked->query.region = asked->region;
	asked->query.key = asked->query.dimension == STORE_BY_ACCOUNT ? NULL : asked->key;
	return true;
}

void api_rates_query_finish(struct api_rates_query *asked)
{
	free(asked->tag);
	free(asked->key);
	free(asked->account);
	free(asked->region);
}
