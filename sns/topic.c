/* topic.c - the ARN of a topic, taken apart. */
#include "sns/topic.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "sns/quote.h"
#include "sns/region.h"

#define DIGITS "0123456789"
#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" DIGITS "_-"
#define ACCOUNT_LENGTH 12

/* Copies what is before the next colon (for the last part: the end) and goes past it. */
static bool take_part(const char **rest, bool is_last, char *part, size_t size)
{
	size_t length = strcspn(*rest, ":");
	bool ends_here = (*rest)[length] == '\0';

	if (ends_here != is_last || length == 0 || length >= size)
		return false;
	memcpy(part, *rest, length);
	part[length] = '\0';
	*rest += length + (is_last ? 0 : 1);
	return true;
}

static bool name_is_valid(const char *name)
{
	static const char fifo[] = ".fifo";
	size_t length = strlen(name);

	if (text_ends(name, fifo))
		length -= strlen(fifo);
	return length > 0 && strspn(name, NAME_CHARACTERS) == length;
}

bool sns_topic_parse(const char *arn, struct sns_topic *topic, struct error *error)
{
	struct sns_topic read = {0};
	char service[8], host[SNS_HOST_SIZE], quoted[SNS_QUOTE_SIZE];
	const char *rest = arn;

	sns_quote(arn, quoted);
	if (!text_begins(arn, "arn:") || strlen(arn) >= sizeof(read.arn))
		return error_set(error,
			"topic %s: not an ARN (arn:aws:sns:REGION:ACCOUNT:NAME)", quoted);
	rest += strlen("arn:");
	if (!take_part(&rest, false, read.partition, sizeof(read.partition)) ||
		!take_part(&rest, false, service, sizeof(service)) ||
		!take_part(&rest, false, read.region, sizeof(read.region)) ||
		!take_part(&rest, false, read.account, sizeof(read.account)) ||
		!take_part(&rest, true, read.name, sizeof(read.name)))
		return error_set(error,
			"topic %s: not of the form arn:aws:sns:REGION:ACCOUNT:NAME",
			quoted);
	if (!text_equal(service, "sns"))
		return error_set(error, "topic %s: not an ARN of sns", quoted);
	if (!sns_region_host(read.partition, read.region, host))
		return error_set(error,
			"topic %s: its partition is unknown or has no such region",
			quoted);
	if (strlen(read.account) != ACCOUNT_LENGTH ||
		!text_is_made_of(read.account, DIGITS))
		return error_set(error,
			"topic %s: the account number is not twelve digits", quoted);
	if (!name_is_valid(read.name))
		return error_set(error,
			"topic %s: the name is not made of letters, digits, _ and -",
			quoted);
	memcpy(read.arn, arn, strlen(arn) + 1);
	*topic = read;
	return true;
}
