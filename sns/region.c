/* region.c - which hosts and which certificate name belong to a region. */
#include "sns/region.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/*
 * A region is one of the partition's beginnings, a word of lower-case letters, a hyphen
 * and a number: "us-" "east" "-" "1". The SDKs' patterns say \w and any count of digits;
 * a word without digits and underscores and at most two digits is what AWS ever used.
 */
struct partition {
	const char *name;
	const char *suffix;
	const char *beginnings[10]; /* ends with NULL */
};

static const struct partition partitions[] = {
	{"aws", "amazonaws.com",
		{"us-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-"}},
	{"aws-cn", "amazonaws.com.cn", {"cn-"}},
	{"aws-us-gov", "amazonaws.com", {"us-gov-"}},
	{"aws-eusc", "amazonaws.eu", {"eusc-de-"}},
	{"aws-iso", "c2s.ic.gov", {"us-iso-"}},
	{"aws-iso-b", "sc2s.sgov.gov", {"us-isob-"}},
	{"aws-iso-e", "cloud.adc-e.uk", {"eu-isoe-"}},
	{"aws-iso-f", "csp.hci.ic.gov", {"us-isof-"}},
};

/* Regions whose certificates have a name of their own that does not follow from it. */
static const struct {
	const char *region; /* ending in '-': all regions that begin so */
	const char *certificate_name;
} fixed_names[] = {
	{"cn-north-1", "sns-cn-north-1.amazonaws.com.cn"},
	{"cn-northwest-1", "sns-cn-northwest-1.amazonaws.com.cn"},
	{"us-gov-", "sns-us-gov-west-1.amazonaws.com"},
	{"us-iso-east-1", "sns-us-iso-east-1.c2s.ic.gov"},
	{"us-isob-east-1", "sns-us-isob-east-1.sc2s.sgov.gov"},
};

/* Regions whose certificates are called sns-signing.REGION.SUFFIX. */
static const char *const signing_names[] = {
	"af-south-1",
	"ap-east-1",
	"ap-east-2",
	"ap-south-2",
	"ap-southeast-3",
	"ap-southeast-4",
	"ap-southeast-5",
	"ap-southeast-6",
	"ap-southeast-7",
	"ca-west-1",
	"eu-central-2",
	"eu-isoe-west-1",
	"eu-south-1",
	"eu-south-2",
	"eusc-de-east-1",
	"il-central-1",
	"me-central-1",
	"me-south-1",
	"mx-central-1",
	"us-isof-east-1",
	"us-isof-south-1",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Letters, one hyphen, one or two digits without a leading zero, and the end. */
static bool is_place_and_number(const char *text)
{
	const char *rest = text;

	while (*rest >= 'a' && *rest <= 'z')
		rest++;
	if (rest == text || *rest != '-')
		return false;
	rest++;
	if (*rest < '1' || *rest > '9')
		return false;
	rest++;
	if (*rest >= '0' && *rest <= '9')
		rest++;
	return *rest == '\0';
}

static bool region_belongs(const struct partition *partition, const char *region)
{
	for (size_t i = 0; partition->beginnings[i]; i++) {
		const char *beginning = partition->beginnings[i];

		if (text_begins(region, beginning) &&
			is_place_and_number(region + strlen(beginning)))
			return true;
	}
	return false;
}

bool sns_region_host(const char *partition, const char *region, char host[SNS_HOST_SIZE])
{
	for (size_t i = 0; i < COUNT(partitions); i++) {
		size_t needed;

		if (!text_equal(partition, partitions[i].name))
			continue;
		if (!region_belongs(&partitions[i], region))
			return false;
		needed = strlen("sns.") + strlen(region) + strlen(".") +
			 strlen(partitions[i].suffix) + 1;
		if (needed > SNS_HOST_SIZE)
			return false;
		snprintf(host, SNS_HOST_SIZE, "sns.%s.%s", region, partitions[i].suffix);
		return true;
	}
	return false;
}

const char *sns_region_suffix(const char *region)
{
	for (size_t i = 0; i < COUNT(partitions); i++) {
		if (region_belongs(&partitions[i], region))
			return partitions[i].suffix;
	}
	return NULL;
}

const char *sns_region_certificate_name(
	const char *region, const char *host, char name[SNS_HOST_SIZE])
{
	for (size_t i = 0; i < COUNT(fixed_names); i++) {
		const char *pattern = fixed_names[i].region;

		if (text_ends(pattern, "-") ? text_begins(region, pattern)
					    : text_equal(region, pattern))
			return fixed_names[i].certificate_name;
	}
	for (size_t i = 0; i < COUNT(signing_names); i++) {
		if (!text_equal(region, signing_names[i]))
			continue;
		/* The host less its "sns": ".REGION.SUFFIX". */
		if (!text_begins(host, "sns."))
			break;
		snprintf(name, SNS_HOST_SIZE, "sns-signing%s", host + strlen("sns"));
		return name;
	}
	return "sns.amazonaws.com";
}
