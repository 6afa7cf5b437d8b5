/* test_certificates.c - the cache, coalescing and rationing of signing certificates. No
 * host answers here: what hosts answer is tried from outside. */
#include "web/certificates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <curl/curl.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/publickey.h"
#include "web/cache.h"
#include "web/latch.h"

#define NAME "SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"

/* A host that takes connections and never says a word. */
struct place {
	char folder[64];
	int silent;
	char connect_to[32];
	struct web_rules rules;
	struct sns_keyring *keyring;
	struct courier *courier;
	struct diary *diary;
	struct certificates *certificates;
};

static void release(struct web_rules *rules)
{
	(void) rules;
}

static int open_silent_host(char connect_to[32])
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *) &address, sizeof(address)) != 0 ||
		listen(fd, 64) != 0 ||
		getsockname(fd, (struct sockaddr *) &address, &length) != 0)
		return -1;
	snprintf(connect_to, 32, "127.0.0.1:%u", ntohs(address.sin_port));
	return fd;
}

static int make(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	snprintf(place->folder, sizeof(place->folder), "/tmp/test-certificates-XXXXXX");
	if (mkdtemp(place->folder) == NULL)
		return -1;
	place->silent = open_silent_host(place->connect_to);
	place->rules.connect_to = place->connect_to;
	place->rules.release = release;
	atomic_init(&place->rules.owners, 1);
	place->keyring = sns_keyring_new();
	place->courier = courier_start("test", NULL);
	place->diary = diary_new();
	place->certificates = certificates_new(
		place->keyring, place->courier, place->diary, place->folder);
	*state = place;
	return place->silent < 0 || place->courier == NULL ? -1 : 0;
}

static int unmake(void **state)
{
	struct place *place = *state;
	char path[400];
	struct dirent *entry;
	DIR *folder;

	courier_stop(place->courier);
	certificates_free(place->certificates);
	assert_int_equal(atomic_load(&place->rules.owners), 1);
	sns_keyring_free(place->keyring);
	diary_free(place->diary);
	close(place->silent);
	folder = opendir(place->folder);
	while ((entry = readdir(folder)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", place->folder, entry->d_name);
		unlink(path);
	}
	closedir(folder);
	rmdir(place->folder);
	free(place);
	return 0;
}

static char *some_pem(void)
{
	struct private_key *key = private_key_generate(2048, NULL);
	char *pem = private_key_certify(
		key, "sns.amazonaws.com", 0, clock_now() + DAY_MS, NULL);

	private_key_free(key);
	assert_non_null(pem);
	return pem;
}

static void write_cache(struct place *place, const char *bytes)
{
	struct buffer pem;

	buffer_init(&pem, COURIER_ANSWER_MAX);
	buffer_append_text(&pem, bytes);
	cache_write(place->folder, NAME, &pem);
	buffer_finish(&pem);
}

static void what_is_on_the_disk_is_loaded(void **state)
{
	struct place *place = *state;
	char *pem = some_pem();

	assert_false(certificates_load(place->certificates, NAME));
	write_cache(place, pem);
	assert_true(certificates_load(place->certificates, NAME));
	free(pem);
}

static void a_damaged_file_is_as_good_as_none(void **state)
{
	struct place *place = *state;

	write_cache(place, "<html>no certificate</html>");
	assert_false(certificates_load(place->certificates, NAME));
	write_cache(place, "");
	assert_false(certificates_load(place->certificates, NAME));
}

static void a_file_is_written_whole_with_mode_0644_and_nothing_else(void **state)
{
	struct place *place = *state;
	struct stat status;
	struct buffer read;
	char path[256];
	struct dirent *entry;
	size_t files = 0;
	DIR *folder;

	write_cache(place, "first");
	write_cache(place, "second");
	snprintf(path, sizeof(path), "%s/%s", place->folder, NAME);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0644);
	assert_true(cache_read(place->folder, NAME, &read));
	assert_string_equal(read.bytes, "second");
	buffer_finish(&read);
	folder = opendir(place->folder);
	while ((entry = readdir(folder)) != NULL)
		files += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
	closedir(folder);
	assert_int_equal(files, 1);
}

struct waiter {
	struct certificate_wait wait;
	struct latch *latch;
};

static void waited(struct certificate_wait *wait)
{
	struct waiter *waiter = wait->owner;

	latch_count_down(waiter->latch);
}

static enum certificate_ask ask(
	struct place *place, struct waiter *waiter, struct latch *latch, unsigned number)
{
	struct sns_route route;

	memset(&route, 0, sizeof(route));
	snprintf(route.host, sizeof(route.host), "sns.us-east-1.amazonaws.com");
	snprintf(route.certificate_subject, sizeof(route.certificate_subject),
		"sns.amazonaws.com");
	snprintf(route.certificate_name, sizeof(route.certificate_name),
		"SimpleNotificationService-%032x.pem", number);
	memset(waiter, 0, sizeof(*waiter));
	waiter->latch = latch;
	waiter->wait.done = waited;
	waiter->wait.owner = waiter;
	waiter->wait.seen = certificates_arrived(place->certificates);
	return certificates_ask(
		place->certificates, &place->rules, &route, clock_now(), &waiter->wait);
}

static void sixteen_names_may_wait_and_a_known_one_joins(void **state)
{
	struct place *place = *state;
	struct waiter waiters[CERTIFICATE_NAMES_MAX + 1], refused;
	struct latch latch;

	latch_init(&latch, CERTIFICATE_NAMES_MAX + 1);
	for (unsigned i = 0; i < CERTIFICATE_NAMES_MAX; i++)
		assert_int_equal(ask(place, &waiters[i], &latch, i), CERTIFICATE_COMES);
	assert_int_equal(ask(place, &refused, &latch, 99), CERTIFICATE_OVERLOAD);
	assert_int_equal(ask(place, &waiters[CERTIFICATE_NAMES_MAX], &latch, 3),
		CERTIFICATE_COMES);
	courier_cancel(place->courier);
	latch_wait(&latch);
	latch_finish(&latch);
	for (size_t i = 0; i <= CERTIFICATE_NAMES_MAX; i++) {
		assert_int_equal(waiters[i].wait.outcome, CERTIFICATE_UNAVAILABLE);
		assert_true(strlen(waiters[i].wait.error.text) > 0);
	}
}

static void so_many_messages_may_wait_for_one_name(void **state)
{
	struct place *place = *state;
	struct waiter *waiters = calloc(CERTIFICATE_WAITERS_MAX + 1, sizeof(*waiters));
	struct latch latch;

	latch_init(&latch, CERTIFICATE_WAITERS_MAX);
	for (size_t i = 0; i < CERTIFICATE_WAITERS_MAX; i++)
		assert_int_equal(ask(place, &waiters[i], &latch, 1), CERTIFICATE_COMES);
	assert_int_equal(ask(place, &waiters[CERTIFICATE_WAITERS_MAX], &latch, 1),
		CERTIFICATE_OVERLOAD);
	courier_cancel(place->courier);
	latch_wait(&latch);
	latch_finish(&latch);
	free(waiters);
}

static void junk_names_use_up_the_ration_even_if_their_calls_end_at_once(void **state)
{
	struct place *place = *state;
	unsigned asked = 0;
	bool is_refused = false;

	courier_cancel(place->courier); /* every call fails at once */
	for (unsigned i = 0; i < 500 && !is_refused; i++) {
		struct waiter waiter;
		struct latch latch;

		latch_init(&latch, 1);
		if (ask(place, &waiter, &latch, i) == CERTIFICATE_COMES) {
			latch_wait(&latch);
			asked++;
		} else {
			is_refused = true;
		}
		latch_finish(&latch);
	}
	assert_true(is_refused);
	assert_true(asked >= 60 && asked < 200);
}

static int start(void **state)
{
	(void) state;
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -1;
}

static int end(void **state)
{
	(void) state;
	curl_global_cleanup();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_is_on_the_disk_is_loaded, make, unmake),
		cmocka_unit_test_setup_teardown(
			a_damaged_file_is_as_good_as_none, make, unmake),
		cmocka_unit_test_setup_teardown(
			a_file_is_written_whole_with_mode_0644_and_nothing_else, make,
			unmake),
		cmocka_unit_test_setup_teardown(
			sixteen_names_may_wait_and_a_known_one_joins, make, unmake),
		cmocka_unit_test_setup_teardown(
			so_many_messages_may_wait_for_one_name, make, unmake),
		cmocka_unit_test_setup_teardown(
			junk_names_use_up_the_ration_even_if_their_calls_end_at_once,
			make, unmake),
	};

	return cmocka_run_group_tests_name("certificates", tests, start, end);
}
