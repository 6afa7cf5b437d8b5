/* test_keyring_certificate.c - certificates judged for the message they are to verify. */
#include "tests/sns/verifying.h"

/* Made once for these tests: a certification authority of that name, an EC key, and an
 * RSA key of 512 bits. */
static const char authority_pem[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIDGzCCAgOgAwIBAgIUXlO6vaf4hfEZ11WCunbWqTRwmtowDQYJKoZIhvcNAQEL\n"
	"BQAwHDEaMBgGA1UEAwwRc25zLmFtYXpvbmF3cy5jb20wIBcNMjYxMTI0MDY0NjQy\n"
	"WhgPMjEyNjEwMzEwNjQ2NDJaMBwxGjAYBgNVBAMMEXNucy5hbWF6b25hd3MuY29t\n"
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtW4xDkL79h5lGCFS+fJ6\n"
	"G+gezhdU9gUjeFR0zgYKG5Dw4sLZxwtukcM6EWThYUv9MXQz+MnKQKOwx3ltF/u1\n"
	"QFNrFUkuy1v2//KH1UVEW4YW+aG0PnGbKRl8u4w3wn7AsMQOCRZEDCrt8Dh7Hg+m\n"
	"zQKnT5Pwwva7/FwUaseW5OSx5segpjq5L4y9ufAnAs0o8T6IzTa7b/iFrZoAW7kZ\n"
	"/V1cwCliRKpH2hM0sOFcNwbdzcRdcBk4xrh2T7KF1UQdQIq7eJriYPhExo5IB0Kd\n"
	"pPd9Saif/9QuzQ8nyj0yWhRkWsHwIfXTwLAQC3meTvsdkLcyDDyR3u8Kds4mhxUS\n"
	"fwIDAQABo1MwUTAdBgNVHQ4EFgQUsskRcJhN3ABZdkPGGKpKV0j04Q8wHwYDVR0j\n"
	"BBgwFoAUsskRcJhN3ABZdkPGGKpKV0j04Q8wDwYDVR0TAQH/BAUwAwEB/zANBgkq\n"
	"hkiG9w0BAQsFAAOCAQEAJVJkGCR7+rHwgCNTMpYzHRnMJb7dV3a9NHUqCLyK6qhK\n"
	"fiF/VF/GvTw9nR2pbN4sz2CRWzWyBr49YhpVmJAaXzOrDYAxWaqRFWMSfbS8Nipl\n"
	"glMCntXZ55zI56EJiDK4I2tiQtq6OtlnwZuvShQSzK+xjjznsShBVV2m2LY6dqC0\n"
	"rNPWJTjiaKu4qa725jNcwGCULM/5VYLGHzhKZViJwh1fiKQY2j4kI1Lbp2+fINLH\n"
	"UI3J2Cm0vH/AxXzt0JszqlxrN3IIWl0GRpIvtq/Qxa6Nt9SaS9oIQlzFKeMpJdHo\n"
	"xf43SRF24iE2OT1t907f2/shEJCthD+Bif27QWIddQ==\n"
	"-----END CERTIFICATE-----\n";

static const char elliptic_pem[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBjTCCATKgAwIBAgIUCm/XF4/plQtDPJ4zEknRIAqZ8xowCgYIKoZIzj0EAwIw\n"
	"HDEaMBgGA1UEAwwRc25zLmFtYXpvbmF3cy5jb20wIBcNMjYxMTI0MDY0NjQyWhgP\n"
	"MjEyNjEwMzEwNjQ2NDJaMBwxGjAYBgNVBAMMEXNucy5hbWF6b25hd3MuY29tMFkw\n"
	"EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE4DKEMl/lwq/UuwvEqTrSnARVU4GhRroQ\n"
	"+DZ5mWQQJRZgC0TJsrDZHjUpHXYF0FxFg7VD7lSR4t26kKZTdNT+YaNQME4wHQYD\n"
	"VR0OBBYEFD3ZvdVi3UkloXbRg9zKLqC05Vt/MB8GA1UdIwQYMBaAFD3ZvdVi3Ukl\n"
	"oXbRg9zKLqC05Vt/MAwGA1UdEwEB/wQCMAAwCgYIKoZIzj0EAwIDSQAwRgIhAP7S\n"
	"GIj8EdVHYlv/aQY5dTXozv72/9fjIeiiDlObD+4xAiEAzmFI9N9ryYsQi7kQ7/L+\n"
	"z9bhfrCE1FjKJura8agvbes=\n"
	"-----END CERTIFICATE-----\n";

static const char short_pem[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBjjCCATigAwIBAgIUAaZ16OTYXDXKrmn4gM7Hpj5/67AwDQYJKoZIhvcNAQEL\n"
	"BQAwHDEaMBgGA1UEAwwRc25zLmFtYXpvbmF3cy5jb20wIBcNMjYxMTI0MDcxMzQx\n"
	"WhgPMjEyNjEwMzEwNzEzNDFaMBwxGjAYBgNVBAMMEXNucy5hbWF6b25hd3MuY29t\n"
	"MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANJblXmMQMYeo4WqroP2DuRs5qiUS2i2\n"
	"8tX5KuSa5d7/VZirgvxPqFL2439lJF0Mb/3h15mbVxrLoxKwF2ELGNECAwEAAaNQ\n"
	"ME4wHQYDVR0OBBYEFOlGVbVhpnzPmchmu5xocq6w9kVNMB8GA1UdIwQYMBaAFOlG\n"
	"VbVhpnzPmchmu5xocq6w9kVNMAwGA1UdEwEB/wQCMAAwDQYJKoZIhvcNAQELBQAD\n"
	"QQBe7VhGw2PHKqve4buOQtoNs/efEvWdi9/hBGZKHeOxeyIPPziCrrd54+fZ6rCO\n"
	"9Saqrmb1NLIoUzhDWkddxQAW\n"
	"-----END CERTIFICATE-----\n";

static void assert_unexpected(
	const char *pem, const struct private_key *signer, const char *why)
{
	struct sns_keyring *keyring = keyring_with(pem);
	struct error error;

	assert_int_equal(sign_and_deliver(keyring, signer,
				 sample_message(SNS_NOTIFICATION), &error),
		SNS_CERTIFICATE_UNEXPECTED);
	if (!strstr(error.text, why))
		fail_msg("\"%s\" does not say \"%s\"", error.text, why);
	sns_keyring_free(keyring);
}

static void certificate_with_another_kind_of_key_is_unexpected(void **state)
{
	(void) state;
	assert_unexpected(elliptic_pem, key, "not RSA");
}

static void certificate_of_an_authority_is_unexpected(void **state)
{
	(void) state;
	assert_unexpected(authority_pem, key, "authority");
}

static void certificate_with_a_short_key_is_unexpected(void **state)
{
	static const struct {
		int bits;
		const char *why;
	} cases[] = {{1024, "1024 bits"}, {2040, "2040 bits"}};

	(void) state;
	assert_unexpected(short_pem, key, "512 bits");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct error error = {""};
		struct private_key *small = private_key_generate(cases[i].bits, &error);
		char *pem;

		if (!small)
			fail_msg("%s", error.text);
		pem = certificate_valid(small);
		/* Signed by another: what is wrong is the certificate, not that. */
		assert_unexpected(pem, key, cases[i].why);
		free(pem);
		private_key_free(small);
	}
}

static void certificate_with_a_longer_key_verifies(void **state)
{
	struct private_key *large = private_key_generate(4096, NULL);
	struct sns_keyring *keyring;
	struct error error;
	char *pem;

	(void) state;
	assert_non_null(large);
	pem = certificate_valid(large);
	keyring = keyring_with(pem);
	assert_int_equal(sign_and_deliver(keyring, large,
				 sample_message(SNS_NOTIFICATION), &error),
		SNS_GENUINE);
	sns_keyring_free(keyring);
	free(pem);
	private_key_free(large);
}

static void certificate_with_another_name_is_unexpected(void **state)
{
	static const char *const names[] = {
		"sns.eu-west-1.amazonaws.com",
		"SNS.amazonaws.com",
		"sns.amazonaws.com ",
		"sns.amazonaws.com.evil.example",
		"evil.sns.amazonaws.com",
		"*.amazonaws.com",
		"s3.amazonaws.com",
		"sns-signing.us-east-1.amazonaws.com",
		"\xd1\x95ns.amazonaws.com",
	};

	(void) state;
	for (size_t i = 0; i < COUNT(names); i++) {
		char *pem = certificate_make(
			key, names[i], "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");

		assert_unexpected(pem, key, "common name");
		free(pem);
	}
}

static void certificate_of_an_opt_in_region_has_the_name_of_that_region(void **state)
{
	char *pem = certificate_make(key, "sns-signing.af-south-1.amazonaws.com",
		"2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
	struct sns_keyring *keyring = keyring_with(pem);
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	struct error error;

	(void) state;
	message.topic_arn = "arn:aws:sns:af-south-1:111122223333:ses-feedback";
	message.certificate_url = "https://sns.af-south-1.amazonaws.com/" SAMPLE_NAME;
	assert_int_equal(sign_and_deliver(keyring, key, message, &error), SNS_GENUINE);
	message.topic_arn = "arn:aws:sns:me-south-1:111122223333:ses-feedback";
	message.certificate_url = "https://sns.me-south-1.amazonaws.com/" SAMPLE_NAME;
	assert_int_equal(sign_and_deliver(keyring, key, message, &error),
		SNS_CERTIFICATE_UNEXPECTED);
	sns_keyring_free(keyring);
	free(pem);
}

static void certificate_is_valid_at_the_timestamp_or_unexpected(void **state)
{
	static const struct {
		const char *from, *until;
		const char *why; /* NULL: it is valid at 2026-11-24T05:51:47.123Z */
	} cases[] = {
		{"2026-01-01T00:00:00Z", "2026-11-24T05:51:48Z", NULL},
		{"2026-01-01T00:00:00Z", "2026-11-24T05:51:47Z", NULL},
		{"2026-01-01T00:00:00Z", "2026-11-24T05:51:46Z", "no longer valid"},
		{"2026-11-24T05:51:47Z", "2027-01-01T00:00:00Z", NULL},
		{"2026-11-24T05:51:48Z", "2027-01-01T00:00:00Z", "not yet valid"},
		{"2012-01-01T00:00:00Z", "2013-01-01T00:00:00Z", "no longer valid"},
		{"2049-12-31T00:00:00Z", "2051-01-01T00:00:00Z", "not yet valid"},
		{"1999-01-01T00:00:00Z", "9999-12-31T23:59:59Z", NULL},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *pem = certificate_make(key, SUBJECT, cases[i].from, cases[i].until);
		struct sns_keyring *keyring = keyring_with(pem);
		struct error error;
		enum sns_verdict verdict = sign_and_deliver(
			keyring, key, sample_message(SNS_NOTIFICATION), &error);

		assert_int_equal(
			verdict, cases[i].why ? SNS_CERTIFICATE_UNEXPECTED : SNS_GENUINE);
		if (cases[i].why)
			assert_non_null(strstr(error.text, cases[i].why));
		sns_keyring_free(keyring);
		free(pem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificate_with_another_kind_of_key_is_unexpected),
		cmocka_unit_test(certificate_of_an_authority_is_unexpected),
		cmocka_unit_test(certificate_with_a_short_key_is_unexpected),
		cmocka_unit_test(certificate_with_a_longer_key_verifies),
		cmocka_unit_test(certificate_with_another_name_is_unexpected),
		cmocka_unit_test(
			certificate_of_an_opt_in_region_has_the_name_of_that_region),
		cmocka_unit_test(certificate_is_valid_at_the_timestamp_or_unexpected),
	};

	return cmocka_run_group_tests_name(
		"keyring_certificate", tests, keys_make, keys_free);
}
