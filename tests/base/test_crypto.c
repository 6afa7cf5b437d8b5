/* test_crypto.c - tests of base/crypto.h. */
#include "base/crypto.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* FIPS 180-4 examples. */
static const struct {
	const char *text, *hex;
} digests[] = {
	{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void digests_are_those_of_the_standard(void **state)
{
	(void) state;
	for (size_t i = 0; i < COUNT(digests); i++) {
		uint8_t digest[SHA256_SIZE];
		char hex[SHA256_HEX_SIZE], again[SHA256_HEX_SIZE];

		crypto_sha256_hex(digests[i].text, strlen(digests[i].text), hex);
		assert_string_equal(hex, digests[i].hex);
		crypto_sha256(digests[i].text, strlen(digests[i].text), digest);
		hex_encode(digest, sizeof(digest), again);
		assert_string_equal(again, hex);
	}
	assert_true(crypto_start());
	assert_true(crypto_start());
}

/* RFC 4231, the cases with a whole digest: each key and text is repeated so often. */
static const struct {
	const char *key;
	size_t key_times;
	const char *text;
	size_t text_times;
	const char *hex;
} hmacs[] = {
	{"\x0b", 20, "Hi There", 1,
		"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
	{"Jefe", 1, "what do ya want for nothing?", 1,
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
	{"\xaa", 20, "\xdd", 50,
		"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
	{"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12"
	 "\x13\x14\x15\x16\x17\x18\x19",
		1, "\xcd", 50,
		"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
	{"\xaa", 131, "Test Using Larger Than Block-Size Key - Hash Key First", 1,
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
	{"\xaa", 131,
		"This is a test using a larger than block-size key and a larger than "
		"block-size data. The key needs to be hashed before being used by the "
		"HMAC algorithm.",
		1, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

static size_t repeat(const char *text, size_t times, char buffer[256])
{
	size_t length = strlen(text);

	for (size_t i = 0; i < times; i++)
		memcpy(buffer + i * length, text, length);
	return times * length;
}

static void keyed_digests_are_those_of_the_standard(void **state)
{
	(void) state;
	for (size_t i = 0; i < COUNT(hmacs); i++) {
		uint8_t digest[SHA256_SIZE];
		char key[256], text[256], hex[SHA256_HEX_SIZE];
		size_t key_length = repeat(hmacs[i].key, hmacs[i].key_times, key);
		size_t length = repeat(hmacs[i].text, hmacs[i].text_times, text);

		crypto_hmac_sha256(key, key_length, text, length, digest);
		hex_encode(digest, sizeof(digest), hex);
		assert_string_equal(hex, hmacs[i].hex);
	}
}

static void a_keyed_digest_depends_on_every_bit_of_key_and_text(void **state)
{
	uint8_t key[SHA256_SIZE] = {0}, first[SHA256_SIZE], other[SHA256_SIZE];
	char text[] = "alice@example.org";

	(void) state;
	crypto_hmac_sha256(key, sizeof(key), text, strlen(text), first);
	for (size_t i = 0; i < sizeof(key); i++) {
		key[i] ^= 1;
		crypto_hmac_sha256(key, sizeof(key), text, strlen(text), other);
		assert_memory_not_equal(first, other, sizeof(first));
		key[i] ^= 1;
	}
	for (size_t i = 0; i < strlen(text); i++) {
		text[i] ^= 1;
		crypto_hmac_sha256(key, sizeof(key), text, strlen(text), other);
		assert_memory_not_equal(first, other, sizeof(first));
		text[i] ^= 1;
	}
	crypto_hmac_sha256(key, sizeof(key), text, 0, other);
	assert_memory_not_equal(first, other, sizeof(first));
}

static void *digest_often(void *argument)
{
	intptr_t right = 0;

	(void) argument;
	for (int i = 0; i < 300; i++) {
		char hex[SHA256_HEX_SIZE], keyed[SHA256_HEX_SIZE];
		uint8_t digest[SHA256_SIZE];

		crypto_sha256_hex(digests[1].text, strlen(digests[1].text), hex);
		crypto_hmac_sha256(hmacs[1].key, strlen(hmacs[1].key), hmacs[1].text,
			strlen(hmacs[1].text), digest);
		hex_encode(digest, sizeof(digest), keyed);
		right += strcmp(hex, digests[1].hex) == 0 &&
			 strcmp(keyed, hmacs[1].hex) == 0;
	}
	return (void *) right;
}

static void digests_may_be_made_by_many_threads(void **state)
{
	pthread_t threads[4];

	(void) state;
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, digest_often, NULL), 0);
	for (size_t i = 0; i < COUNT(threads); i++) {
		void *right;

		pthread_join(threads[i], &right);
		assert_int_equal((intptr_t) right, 300);
	}
}

static void random_bytes_differ(void **state)
{
	uint8_t one[32] = {0}, other[32] = {0}, large[100000];

	(void) state;
	assert_true(crypto_random(one, sizeof(one)));
	assert_true(crypto_random(other, sizeof(other)));
	assert_memory_not_equal(one, other, sizeof(one));
	assert_true(crypto_random(large, sizeof(large)));
	assert_memory_not_equal(large, large + sizeof(large) - sizeof(one), sizeof(one));
	assert_true(crypto_random(one, 0));
}

static void equal_looks_at_every_byte(void **state)
{
	uint8_t one[8] = {1, 2, 3, 4, 5, 6, 7, 8}, other[8];

	(void) state;
	memcpy(other, one, sizeof(one));
	assert_true(crypto_equal(one, other, sizeof(one)));
	for (size_t i = 0; i < sizeof(one); i++) {
		other[i] ^= 0x80;
		assert_false(crypto_equal(one, other, sizeof(one)));
		other[i] ^= 0x80;
	}
	assert_true(crypto_equal(one, NULL, 0));
}

static void base64_goes_there_and_back(void **state)
{
	/* RFC 4648, section 10. */
	static const struct {
		const char *bytes, *text;
	} rows[] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
		{"\xfb\xff\xfe", "+//+"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t length = strlen(rows[i].bytes), decoded = 99;
		uint8_t bytes[16];
		char text[16];

		base64_encode(rows[i].bytes, length, text);
		assert_string_equal(text, rows[i].text);
		assert_true(base64_decode(text, strlen(text), bytes, length, &decoded));
		assert_int_equal(decoded, length);
		assert_memory_equal(bytes, rows[i].bytes, length);
	}
}

static void random_bytes_survive_base64_and_hex(void **state)
{
	uint8_t bytes[200], decoded[200];
	char base64[4 * ((200 + 2) / 3) + 1], hex[401];
	size_t length;

	(void) state;
	for (size_t size = 0; size <= sizeof(bytes); size++) {
		assert_true(crypto_random(bytes, size));
		base64_encode(bytes, size, base64);
		assert_int_equal(strlen(base64), 4 * ((size + 2) / 3));
		assert_true(
			base64_decode(base64, strlen(base64), decoded, size, &length));
		assert_int_equal(length, size);
		assert_memory_equal(decoded, bytes, size);
		if (size > 0)
			assert_false(base64_decode(
				base64, strlen(base64), decoded, size - 1, &length));
		hex_encode(bytes, size, hex);
		memset(decoded, 0, sizeof(decoded));
		assert_true(hex_decode(hex, decoded, size));
		assert_memory_equal(decoded, bytes, size);
	}
}

static void base64_is_measured_without_decoding(void **state)
{
	size_t length = 7;

	(void) state;
	assert_true(base64_measure("", 0, &length));
	assert_int_equal(length, 0);
	assert_true(base64_measure("Zm9v", 4, &length));
	assert_int_equal(length, 3);
	assert_true(base64_measure("Zm9vYg==", 8, &length));
	assert_int_equal(length, 4);
	assert_false(base64_measure("Zm9vYh==", 8, &length));
	for (int byte = 0; byte < 256; byte++) {
		const char text[4] = {'Z', (char) byte, '9', 'v'};
		bool is_digit = byte != 0 &&
				strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
				       "wxyz0123456789+/",
					byte);

		assert_int_equal(base64_measure(text, 4, &length), is_digit);
	}
}

static void what_is_no_base64_is_refused_and_changes_nothing(void **state)
{
	static const char *const rows[] = {
		"Z",
		"Zg",
		"Zg=",
		"Zm8",
		"Zg==Zg==",
		"Zg===",
		"=",
		"==",
		"===",
		"====",
		"Z===",
		"Z=g=",
		"=Zm8",
		"Zh==",
		"Zm9=",
		"Zm9v\n",
		"Zm9v\nZm9v",
		" Zm9",
		"Zm 9v",
		"Zm9v    ",
		"Zm-_",
		"Zm9*",
		"Zm9\x80",
		"Zm9v====",
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t bytes[16];
		size_t length = 42;

		memset(bytes, 0xaa, sizeof(bytes));
		if (base64_decode(
			    rows[i], strlen(rows[i]), bytes, sizeof(bytes), &length))
			fail_msg("%s was decoded", rows[i]);
		assert_int_equal(length, 42);
		for (size_t k = 0; k < sizeof(bytes); k++)
			assert_int_equal(bytes[k], 0xaa);
	}
	assert_false(base64_decode("Zm9\0", 4, (uint8_t[4]){0}, 4, &(size_t){0}));
}

static void hex_is_of_the_right_length_and_either_case(void **state)
{
	static const struct {
		const char *text;
		bool is_hex;
	} rows[] = {
		{"00ff7fA5", true},
		{"00FF7fa5", true},
		{"00ff7fA", false},
		{"00ff7fA5b", false},
		{"00ff7fA5b6", false},
		{"00ff7fAg", false},
		{"0x00ff7f", false},
		{" 0ff7fa5", false},
		{"-1ff7fa5", false},
		{"", false},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		static const uint8_t expected[] = {0x00, 0xff, 0x7f, 0xa5};
		uint8_t bytes[4] = {1, 2, 3, 4};

		assert_int_equal(hex_decode(rows[i].text, bytes, 4), rows[i].is_hex);
		if (rows[i].is_hex)
			assert_memory_equal(bytes, expected, 4);
		else
			assert_memory_equal(bytes, "\1\2\3\4", 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_may_be_made_by_many_threads),
		cmocka_unit_test(digests_are_those_of_the_standard),
		cmocka_unit_test(keyed_digests_are_those_of_the_standard),
		cmocka_unit_test(a_keyed_digest_depends_on_every_bit_of_key_and_text),
		cmocka_unit_test(random_bytes_differ),
		cmocka_unit_test(equal_looks_at_every_byte),
		cmocka_unit_test(base64_goes_there_and_back),
		cmocka_unit_test(random_bytes_survive_base64_and_hex),
		cmocka_unit_test(base64_is_measured_without_decoding),
		cmocka_unit_test(what_is_no_base64_is_refused_and_changes_nothing),
		cmocka_unit_test(hex_is_of_the_right_length_and_either_case),
	};

	return cmocka_run_group_tests_name("crypto", tests, NULL, NULL);
}
