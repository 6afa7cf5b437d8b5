/* test_deliver_webhook.c - the signature of Standard Webhooks, against other programs'.
 */
#include "web/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/crypto.h"

#define SIGNATURES_MAX 4096

/* Made by Python's hmac and hashlib; the plain one by openssl dgst -mac HMAC too. */
static const struct {
	const char *secret, *id;
	int64_t seconds;
	const char *body, *signature;
} vectors[] = {
	{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
		1614265330, "{\"test\": 2432232314}",
		"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
	{"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", "msg_p5jXN8AQM9LWM0D4loKWxJek",
		1614265330, "{\"test\": 2432232314}",
		"v1,/485aUtxlie+TIScVpHggMfqOB4so2KWb7+Gf727B44="},
	{"plain secret", "msg_1", 1614265330, "{}",
		"v1,C5ubqbTBZ8i/l1lkQbwICQ7g7acl3F/5ea9vZjveiyY="},
};

static void signatures_are_those_that_other_programs_make(void **state)
{
	struct buffer signatures;

	(void) state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		buffer_init(&signatures, SIGNATURES_MAX);
		assert_true(secret_sign(vectors[i].secret, vectors[i].id,
			vectors[i].seconds, vectors[i].body, &signatures, NULL));
		assert_string_equal(signatures.bytes, vectors[i].signature);
		buffer_finish(&signatures);
	}
}

static void several_signatures_stand_side_by_side(void **state)
{
	struct buffer signatures;

	(void) state;
	buffer_init(&signatures, SIGNATURES_MAX);
	assert_true(secret_sign(
		vectors[1].secret, "msg_1", 1614265330, "{}", &signatures, NULL));
	assert_true(secret_sign(
		"plain secret", "msg_1", 1614265330, "{}", &signatures, NULL));
	assert_string_equal(signatures.bytes,
		"v1,1IAVWmooqOL1/V6LNhFkPDxWIonZ9qPyZDb44YNMCfU= "
		"v1,C5ubqbTBZ8i/l1lkQbwICQ7g7acl3F/5ea9vZjveiyY=");
	buffer_finish(&signatures);
}

static void a_secret_that_is_no_base64_is_said_to_be_none(void **state)
{
	static const char *const wrong[] = {
		"whsec_", "whsec_not base64", "whsec_AAEC=", "whsec_AAECA", ""};
	struct buffer signatures;
	struct error error;

	(void) state;
	buffer_init(&signatures, SIGNATURES_MAX);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_false(
			secret_sign(wrong[i], "msg_1", 1, "{}", &signatures, &error));
		assert_non_null(strstr(error.text, "secret"));
		assert_null(strstr(error.text, "AAEC"));
	}
	assert_int_equal(signatures.length, 0);
	buffer_finish(&signatures);
}

static int start(void **state)
{
	(void) state;
	return crypto_start() ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures_are_those_that_other_programs_make),
		cmocka_unit_test(several_signatures_stand_side_by_side),
		cmocka_unit_test(a_secret_that_is_no_base64_is_said_to_be_none),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
