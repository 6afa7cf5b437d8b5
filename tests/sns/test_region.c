/* test_region.c - hosts and certificate names of regions. */
#include "tests/sns/sample.h"

#include "sns/region.h"

static void each_partition_has_its_host(void **state)
{
	static const struct {
		const char *partition, *region, *host;
	} cases[] = {
		{"aws", "us-east-1", "sns.us-east-1.amazonaws.com"},
		{"aws", "ap-southeast-7", "sns.ap-southeast-7.amazonaws.com"},
		{"aws", "ap-northeast-12", "sns.ap-northeast-12.amazonaws.com"},
		{"aws", "mx-central-1", "sns.mx-central-1.amazonaws.com"},
		{"aws", "il-central-1", "sns.il-central-1.amazonaws.com"},
		{"aws", "af-south-1", "sns.af-south-1.amazonaws.com"},
		{"aws", "me-south-1", "sns.me-south-1.amazonaws.com"},
		{"aws", "ca-west-1", "sns.ca-west-1.amazonaws.com"},
		{"aws", "sa-east-1", "sns.sa-east-1.amazonaws.com"},
		{"aws-cn", "cn-northwest-1", "sns.cn-northwest-1.amazonaws.com.cn"},
		{"aws-us-gov", "us-gov-west-1", "sns.us-gov-west-1.amazonaws.com"},
		{"aws-eusc", "eusc-de-east-1", "sns.eusc-de-east-1.amazonaws.eu"},
		{"aws-iso", "us-iso-east-1", "sns.us-iso-east-1.c2s.ic.gov"},
		{"aws-iso-b", "us-isob-east-1", "sns.us-isob-east-1.sc2s.sgov.gov"},
		{"aws-iso-e", "eu-isoe-west-1", "sns.eu-isoe-west-1.cloud.adc-e.uk"},
		{"aws-iso-f", "us-isof-south-1", "sns.us-isof-south-1.csp.hci.ic.gov"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char host[SNS_HOST_SIZE] = "";

		assert_true(sns_region_host(cases[i].partition, cases[i].region, host));
		assert_string_equal(host, cases[i].host);
	}
}

static void a_region_alone_has_its_suffix(void **state)
{
	static const struct {
		const char *region, *suffix;
	} cases[] = {
		{"us-east-1", "amazonaws.com"},
		{"us-gov-west-1", "amazonaws.com"},
		{"cn-north-1", "amazonaws.com.cn"},
		{"eusc-de-east-1", "amazonaws.eu"},
		{"us-isob-east-1", "sc2s.sgov.gov"},
	};
	static const char *const none[] = {"", "us", "us-east", "us-east-1.evil.example",
		"us-east-1/", "xx-east-1", "us-east-0", "US-EAST-1"};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(sns_region_suffix(cases[i].region), cases[i].suffix);
	for (size_t i = 0; i < COUNT(none); i++)
		assert_null(sns_region_suffix(none[i]));
}

static void what_is_no_region_of_the_partition_has_no_host(void **state)
{
	static const struct {
		const char *partition, *region;
	} cases[] = {
		/* Hosts of S3 buckets that are called "sns". */
		{"aws", "s3-ap-southeast-2"},
		{"aws", "s3-us-west-2"},
		{"aws", "s3"},
		{"aws", "s3.us-east-1"},
		{"aws", "s3-website-us-east-1"},
		{"aws", "s3-accelerate"},
		{"aws", "us-s3-1"},
		/* Of another partition, or of none. */
		{"aws", "cn-north-1"},
		{"aws", "us-gov-west-1"},
		{"aws", "us-iso-east-1"},
		{"aws", "eusc-de-east-1"},
		{"aws-cn", "us-east-1"},
		{"aws-us-gov", "us-east-1"},
		{"aws-eusc", "eu-central-1"},
		{"aws-eusc", "eusc-fr-east-1"},
		{"aws-iso-b", "us-iso-east-1"},
		{"aws-iso", "us-isob-east-1"},
		{"aws-eu", "eu-west-1"},
		{"AWS", "us-east-1"},
		{"", "us-east-1"},
		{"aws", "xx-east-1"},
		{"aws", "aws-global"},
		/* Not quite. */
		{"aws", ""},
		{"aws", "us-"},
		{"aws", "us-east"},
		{"aws", "us-east-"},
		{"aws", "us--1"},
		{"aws", "us-1"},
		{"aws", "us-east-0"},
		{"aws", "us-east-01"},
		{"aws", "us-east-123"},
		{"aws", "us-east-1a"},
		{"aws", "us-east-1-"},
		{"aws", "us-east-1."},
		{"aws", "us-east-1.evil.example"},
		{"aws", "us-east-1/"},
		{"aws", "us-east-1:443"},
		{"aws", "us-east-1@evil"},
		{"aws", "us-east-1\n"},
		{"aws", " us-east-1"},
		{"aws", "US-EAST-1"},
		{"aws", "us-East-1"},
		{"aws", "us_east_1"},
		{"aws", "us-ea_st-1"},
		{"aws", "us-e\xc3\xa4st-1"},
		{"aws", "us-\xd0\xb5"
			"ast-1"},
		{"aws", "us-east-\xd9\xa1"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char host[SNS_HOST_SIZE] = "untouched";

		assert_false(sns_region_host(cases[i].partition, cases[i].region, host));
		assert_string_equal(host, "untouched");
	}
}

static void each_region_has_its_certificate_name(void **state)
{
	static const struct {
		const char *partition, *region, *name;
	} cases[] = {
		{"aws", "us-east-1", "sns.amazonaws.com"},
		{"aws", "eu-west-1", "sns.amazonaws.com"},
		{"aws", "eu-central-1", "sns.amazonaws.com"},
		{"aws", "ap-southeast-2", "sns.amazonaws.com"},
		{"aws", "af-south-1", "sns-signing.af-south-1.amazonaws.com"},
		{"aws", "ap-east-1", "sns-signing.ap-east-1.amazonaws.com"},
		{"aws", "ap-east-2", "sns-signing.ap-east-2.amazonaws.com"},
		{"aws", "ap-south-1", "sns.amazonaws.com"},
		{"aws", "ap-south-2", "sns-signing.ap-south-2.amazonaws.com"},
		{"aws", "ap-southeast-3", "sns-signing.ap-southeast-3.amazonaws.com"},
		{"aws", "ap-southeast-4", "sns-signing.ap-southeast-4.amazonaws.com"},
		{"aws", "ap-southeast-5", "sns-signing.ap-southeast-5.amazonaws.com"},
		{"aws", "ap-southeast-6", "sns-signing.ap-southeast-6.amazonaws.com"},
		{"aws", "ap-southeast-7", "sns-signing.ap-southeast-7.amazonaws.com"},
		{"aws", "ca-west-1", "sns-signing.ca-west-1.amazonaws.com"},
		{"aws", "eu-central-2", "sns-signing.eu-central-2.amazonaws.com"},
		{"aws", "eu-south-1", "sns-signing.eu-south-1.amazonaws.com"},
		{"aws", "eu-south-2", "sns-signing.eu-south-2.amazonaws.com"},
		{"aws", "il-central-1", "sns-signing.il-central-1.amazonaws.com"},
		{"aws", "me-central-1", "sns-signing.me-central-1.amazonaws.com"},
		{"aws", "me-south-1", "sns-signing.me-south-1.amazonaws.com"},
		{"aws", "mx-central-1", "sns-signing.mx-central-1.amazonaws.com"},
		{"aws-cn", "cn-north-1", "sns-cn-north-1.amazonaws.com.cn"},
		{"aws-cn", "cn-northwest-1", "sns-cn-northwest-1.amazonaws.com.cn"},
		{"aws-us-gov", "us-gov-west-1", "sns-us-gov-west-1.amazonaws.com"},
		{"aws-us-gov", "us-gov-east-1", "sns-us-gov-west-1.amazonaws.com"},
		{"aws-iso", "us-iso-east-1", "sns-us-iso-east-1.c2s.ic.gov"},
		{"aws-iso-b", "us-isob-east-1", "sns-us-isob-east-1.sc2s.sgov.gov"},
		{"aws-iso-e", "eu-isoe-west-1",
			"sns-signing.eu-isoe-west-1.cloud.adc-e.uk"},
		{"aws-iso-f", "us-isof-east-1",
			"sns-signing.us-isof-east-1.csp.hci.ic.gov"},
		{"aws-iso-f", "us-isof-south-1",
			"sns-signing.us-isof-south-1.csp.hci.ic.gov"},
		{"aws-eusc", "eusc-de-east-1", "sns-signing.eusc-de-east-1.amazonaws.eu"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char host[SNS_HOST_SIZE], name[SNS_HOST_SIZE];

		assert_true(sns_region_host(cases[i].partition, cases[i].region, host));
		assert_string_equal(
			sns_region_certificate_name(cases[i].region, host, name),
			cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_partition_has_its_host),
		cmocka_unit_test(a_region_alone_has_its_suffix),
		cmocka_unit_test(what_is_no_region_of_the_partition_has_no_host),
		cmocka_unit_test(each_region_has_its_certificate_name),
	};

	return cmocka_run_group_tests_name("region", tests, NULL, NULL);
}
