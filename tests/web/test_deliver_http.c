/* test_deliver_http.c - what answers over HTTP mean, and what is sent and read. */
#include "web/deliver_http.h"

#include "tests/web/receiver.h"
#include "tests/web/telling.h"

static struct deliver_outcome judged(long status, const char *retry_after)
{
	struct deliver_outcome outcome;

	memset(&outcome, 0, sizeof(outcome));
	deliver_judge(status, retry_after, "because", NOW, &outcome);
	return outcome;
}

static void an_answer_is_delivered_gone_refused_or_for_later(void **state)
{
	static const struct {
		long status;
		enum deliver_verdict verdict;
		bool is_refused;
	} rows[] = {
		{200, DELIVER_DONE, false},
		{201, DELIVER_DONE, false},
		{204, DELIVER_DONE, false},
		{301, DELIVER_LATER, true},
		{307, DELIVER_LATER, true},
		{400, DELIVER_LATER, true},
		{401, DELIVER_LATER, true},
		{404, DELIVER_LATER, true},
		{408, DELIVER_LATER, false},
		{410, DELIVER_GONE, false},
		{413, DELIVER_LATER, true},
		{425, DELIVER_LATER, false},
		{429, DELIVER_LATER, false},
		{500, DELIVER_LATER, false},
		{503, DELIVER_LATER, false},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct deliver_outcome outcome = judged(rows[i].status, NULL);

		assert_int_equal(outcome.verdict, rows[i].verdict);
		assert_int_equal(outcome.is_refused, rows[i].is_refused);
		assert_int_equal(outcome.asked_ms, 0);
	}
	assert_string_equal(judged(200, NULL).said.text, "answered 200");
	assert_string_equal(judged(400, NULL).said.text, "answered 400: because");
}

static void retry_after_counts_for_429_and_503_only(void **state)
{
	(void) state;
	assert_int_equal(judged(429, "30").asked_ms, 30 * SECOND_MS);
	assert_int_equal(
		judged(503, "Tue, 24 Nov 2026 12:10:00 GMT").asked_ms, 10 * MINUTE_MS);
	assert_int_equal(judged(500, "30").asked_ms, 0);
	assert_int_equal(judged(400, "30").asked_ms, 0);
}

static struct deliver_outcome send_to(const char *url, const struct web_channel *more)
{
	struct web_channel channel = *more;
	struct deliver_order order = order_of(&channel, FIRED);
	struct deliver_outcome outcome;

	channel.name = "hook";
	channel.type = WEB_CHANNEL_WEBHOOK;
	channel.url = url;
	deliver(&order, &outcome);
	return outcome;
}

static void a_webhook_gets_the_payload_and_the_three_headers(void **state)
{
	const struct web_channel channel = {
		.secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"};
	struct receiver receiver;
	struct deliver_outcome outcome;
	const char *request;

	(void) state;
	receiver_start(&receiver, ANSWER("204 No Content"));
	outcome = send_to(receiver.url, &channel);
	assert_int_equal(outcome.verdict, DELIVER_DONE);
	request = receiver_wait(&receiver, 1);
	assert_int_equal(strncmp(request, "POST /in HTTP/1.1\r\n", 19), 0);
	assert_has(request, "\r\nContent-Type: application/json\r\n");
	assert_has(request, "\r\nUser-Agent: ses-feedbackd/1.2.3-test\r\n");
	assert_has(request, "\r\nwebhook-id: msg_2abcdefghijklmnopqrstuvwxy\r\n");
	assert_has(request, "\r\nwebhook-timestamp: 1795521600\r\n");
	assert_has(request, "\r\nwebhook-signature: v1,");
	assert_has_not(request, "Expect:");
	assert_has(request, "\r\n\r\n" FIRED);
	receiver_stop(&receiver);
}

static void without_a_secret_nothing_is_signed_and_a_user_is_named(void **state)
{
	const struct web_channel channel = {.user = "ops", .password = "geheim"};
	struct receiver receiver;
	const char *request;

	(void) state;
	receiver_start(&receiver, ANSWER("200 OK"));
	assert_int_equal(send_to(receiver.url, &channel).verdict, DELIVER_DONE);
	request = receiver_wait(&receiver, 1);
	assert_has_not(request, "webhook-signature");
	/* base64 of ops:geheim, by base64(1) */
	assert_has(request, "\r\nAuthorization: Basic b3BzOmdlaGVpbQ==\r\n");
	receiver_stop(&receiver);
}

static void a_wrong_secret_is_a_refusal_and_nothing_is_sent(void **state)
{
	const struct web_channel channel = {.secret = "whsec_*"};
	struct receiver receiver;
	struct deliver_outcome outcome;

	(void) state;
	receiver_start(&receiver, ANSWER("200 OK"));
	outcome = send_to(receiver.url, &channel);
	assert_int_equal(outcome.verdict, DELIVER_LATER);
	assert_true(outcome.is_refused);
	assert_int_equal(receiver_count(&receiver), 0);
	receiver_stop(&receiver);
}

static void a_redirect_is_not_followed(void **state)
{
	const struct web_channel channel = {.secret = NULL};
	struct receiver elsewhere, receiver;
	struct deliver_outcome outcome;
	char answer[200];

	(void) state;
	receiver_start(&elsewhere, ANSWER("200 OK"));
	snprintf(answer, sizeof(answer),
		"HTTP/1.1 307 Temporary Redirect\r\nLocation: %s\r\n"
		"Content-Length: 0\r\n\r\n",
		elsewhere.url);
	receiver_start(&receiver, answer);
	outcome = send_to(receiver.url, &channel);
	assert_int_equal(outcome.verdict, DELIVER_LATER);
	assert_true(outcome.is_refused);
	assert_int_equal(receiver_count(&elsewhere), 0);
	receiver_stop(&receiver);
	receiver_stop(&elsewhere);
}

static void an_endless_answer_is_read_no_further_than_64_kib(void **state)
{
	const struct web_channel channel = {.timeout_ms = 20000};
	struct receiver receiver;

	(void) state;
	receiver_start(&receiver, "HTTP/1.1 200 OK\r\n\r\n");
	receiver_pads(&receiver, 200000);
	assert_int_equal(send_to(receiver.url, &channel).verdict, DELIVER_DONE);
	receiver_stop(&receiver);
	receiver_start(&receiver, "HTTP/1.1 500 Oh\r\n\r\n\x1b[2Jbecause\r\nof ");
	receiver_pads(&receiver, 200000);
	assert_string_equal(send_to(receiver.url, &channel).said.text,
		"answered 500:  [2Jbecause  of");
	receiver_stop(&receiver);
}

static void who_says_nothing_is_waited_for_no_longer_than_set(void **state)
{
	const struct web_channel channel = {.timeout_ms = 300};
	int64_t begun = clock_monotonic_ms();
	struct receiver receiver;
	struct deliver_outcome outcome;

	(void) state;
	receiver_start(&receiver, NULL);
	outcome = send_to(receiver.url, &channel);
	assert_int_equal(outcome.verdict, DELIVER_LATER);
	assert_false(outcome.is_refused);
	assert_in_range(clock_monotonic_ms() - begun, 290, 5000);
	receiver_stop(&receiver);
}

static void retry_after_is_taken_from_the_answer(void **state)
{
	const struct web_channel channel = {.secret = NULL};
	struct receiver receiver;

	(void) state;
	receiver_start(&receiver,
		"HTTP/1.1 429 Slow\r\nretry-after: 77\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(send_to(receiver.url, &channel).asked_ms, 77 * SECOND_MS);
	receiver_stop(&receiver);
}

static void other_protocols_are_not_spoken(void **state)
{
	const struct web_channel channel = {.secret = NULL};

	(void) state;
	assert_int_equal(
		send_to("file:///etc/hostname", &channel).verdict, DELIVER_LATER);
	assert_int_equal(
		send_to("gopher://127.0.0.1:1/", &channel).verdict, DELIVER_LATER);
}

static void alertmanager_is_posted_to_under_its_path(void **state)
{
	struct web_channel channel = {.name = "am", .type = WEB_CHANNEL_ALERTMANAGER};
	struct deliver_order order = order_of(&channel, FIRED);
	struct deliver_outcome outcome;
	struct receiver receiver;
	char url[80];

	(void) state;
	receiver_start(&receiver, ANSWER("200 OK"));
	snprintf(url, sizeof(url), "%s///", receiver.url);
	channel.url = url;
	deliver(&order, &outcome);
	assert_int_equal(outcome.verdict, DELIVER_DONE);
	assert_int_equal(
		strncmp(receiver_wait(&receiver, 1), "POST /in/api/v2/alerts ", 23), 0);
	receiver_stop(&receiver);
}

static int start(void **state)
{
	(void) state;
	return crypto_start() && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0
										   : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_delivered_gone_refused_or_for_later),
		cmocka_unit_test(retry_after_counts_for_429_and_503_only),
		cmocka_unit_test(a_webhook_gets_the_payload_and_the_three_headers),
		cmocka_unit_test(without_a_secret_nothing_is_signed_and_a_user_is_named),
		cmocka_unit_test(a_wrong_secret_is_a_refusal_and_nothing_is_sent),
		cmocka_unit_test(a_redirect_is_not_followed),
		cmocka_unit_test(an_endless_answer_is_read_no_further_than_64_kib),
		cmocka_unit_test(who_says_nothing_is_waited_for_no_longer_than_set),
		cmocka_unit_test(retry_after_is_taken_from_the_answer),
		cmocka_unit_test(other_protocols_are_not_spoken),
		cmocka_unit_test(alertmanager_is_posted_to_under_its_path),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
