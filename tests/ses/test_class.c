/* test_class.c - what a piece of feedback says about its address. */
#include "tests/ses/sample.h"

#include "base/text.h"
#include "tests/ses/replies.h"

#define ADDRESS "ann@example.net"

static enum ses_bounce_kind kind_of(char kind)
{
	if (kind == 'P')
		return SES_BOUNCE_PERMANENT;
	return kind == 'T' ? SES_BOUNCE_TRANSIENT : SES_BOUNCE_UNDETERMINED;
}

/* A recipient of any event, before it has an outcome. */
static struct ses_recipient recipient_with(const char *status, const char *diagnostic)
{
	static char address[] = ADDRESS;

	return (struct ses_recipient){.address = address,
		.domain = address + strlen("ann@"),
		.original = address,
		.status = status,
		.diagnostic = diagnostic};
}

static enum ses_class judge(struct ses_event *event, struct ses_recipient *recipient,
	const struct ses_class_row **row)
{
	static const struct ses_judgement_policy policy = {.verified_domain_count = 0};

	event->recipients = recipient;
	event->recipient_count = 1;
	ses_event_judge(event, &policy);
	assert_int_equal(recipient->class, ses_class_of(event, recipient, NULL));
	return ses_class_of(event, recipient, row);
}

static struct ses_event bounce_with(char kind, const char *subtype)
{
	return (struct ses_event){.type = SES_BOUNCE,
		.bounce_kind = kind_of(kind),
		.bounce_subtype = subtype,
		.complaint_subtype = ""};
}

static enum ses_class judge_reply(
	const struct reply *reply, const struct ses_class_row **row)
{
	struct ses_event event = bounce_with(reply->kind, reply->subtype);
	struct ses_recipient recipient = recipient_with(reply->status, reply->text);

	return judge(&event, &recipient, row);
}

static const char *shown(const char *text)
{
	return text == NULL ? "-" : text;
}

static void every_typical_reply_has_its_class(void **state)
{
	size_t wrong = 0;

	(void) state;
	for (size_t i = 0; i < COUNT(replies); i++) {
		const struct ses_class_row *row;
		enum ses_class class = judge_reply(&replies[i], &row);

		if (class == replies[i].class)
			continue;
		wrong++;
		print_error("%c/%s %s \"%s\": %s, not %s (%s)\n", replies[i].kind,
			replies[i].subtype, shown(replies[i].status),
			shown(replies[i].text), ses_class_name(class),
			ses_class_name(replies[i].class),
			row == NULL ? "no row" : row->citation);
	}
	assert_int_equal(wrong, 0);
}

static bool has_decided(const struct ses_class_row *wanted)
{
	for (size_t i = 0; i < COUNT(replies); i++) {
		const struct ses_class_row *row;

		judge_reply(&replies[i], &row);
		if (row == wanted)
			return true;
	}
	return false;
}

static void every_row_of_the_table_decides_somewhere(void **state)
{
	size_t count, idle = 0;
	const struct ses_class_row *rows = ses_class_rows(&count);

	(void) state;
	for (size_t i = 0; i < count; i++) {
		if (has_decided(&rows[i]))
			continue;
		idle++;
		print_error("row %zu never decides: %s %s %s \"%s\": %s\n", i,
			rows[i].kinds, shown(rows[i].subtype), shown(rows[i].status),
			shown(rows[i].words[0]), rows[i].citation);
	}
	assert_int_equal(idle, 0);
}

static bool does_word_decide(const struct ses_class_row *wanted, const char *word)
{
	for (const char *kind = wanted->kinds; *kind != '\0'; kind++) {
		const struct reply reply = {.kind = *kind,
			.subtype = "General",
			.status = wanted->status,
			.text = word};
		const struct ses_class_row *row;

		judge_reply(&reply, &row);
		if (row != wanted)
			return false;
	}
	return true;
}

/* A word that an earlier row takes is dead, and misleads whoever reads the table. */
static void every_word_of_the_table_decides_by_itself(void **state)
{
	size_t count, dead = 0;
	const struct ses_class_row *rows = ses_class_rows(&count);

	(void) state;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < COUNT(rows[i].words); j++) {
			const char *word = rows[i].words[j];

			if (word == NULL || does_word_decide(&rows[i], word))
				continue;
			dead++;
			print_error("row %zu: \"%s\" never decides\n", i, word);
		}
	}
	assert_int_equal(dead, 0);
}

static void assert_words(const struct ses_class_row *row)
{
	for (size_t i = 0; i < COUNT(row->words) && row->words[i] != NULL; i++) {
		/* What is shorter stands in too many other words. */
		if (strlen(row->words[i]) < 4)
			fail_msg("\"%s\" is too short", row->words[i]);
		for (const char *at = row->words[i]; *at != '\0'; at++)
			assert_false(*at >= 'A' && *at <= 'Z');
	}
}

static void every_row_cites_what_it_follows(void **state)
{
	size_t count;
	const struct ses_class_row *rows = ses_class_rows(&count);

	(void) state;
	for (size_t i = 0; i < count; i++) {
		assert_true(strlen(rows[i].citation) >= strlen("RFC 3463"));
		assert_int_equal(strspn(rows[i].kinds, "PTU"), strlen(rows[i].kinds));
		assert_string_not_equal(rows[i].kinds, "");
		assert_non_null(ses_class_name(rows[i].class));
		assert_words(&rows[i]);
	}
}

/* A row no words, status or subtype can get past must be the last of its kind. */
static void each_kind_ends_in_a_row_for_everything(void **state)
{
	size_t count;
	const struct ses_class_row *rows = ses_class_rows(&count);

	(void) state;
	for (const char *kind = "PTU"; *kind != '\0'; kind++) {
		size_t ends = 0;

		for (size_t i = 0; i < count; i++) {
			if (strchr(rows[i].kinds, *kind) == NULL)
				continue;
			assert_int_equal(ends, 0);
			if (rows[i].subtype == NULL && rows[i].status == NULL &&
				rows[i].words[0] == NULL)
				ends++;
		}
		assert_int_equal(ends, 1);
	}
}

static void a_transient_with_any_word_of_delivery_is_no_automatic_reply(void **state)
{
	struct ses_event event = bounce_with('T', "General");
	struct ses_recipient recipient = recipient_with(NULL, NULL);

	(void) state;
	assert_int_equal(judge(&event, &recipient, NULL), SES_CLASS_AUTOMATIC);
	event.reporting_mta = "dns; mx.example.net";
	assert_int_equal(judge(&event, &recipient, NULL), SES_CLASS_SOFT);
	event.reporting_mta = NULL;
	recipient.action = "failed";
	assert_int_equal(judge(&event, &recipient, NULL), SES_CLASS_SOFT);
	recipient.action = NULL;
	recipient.status = "4.0.0";
	assert_int_equal(judge(&event, &recipient, NULL), SES_CLASS_SOFT);
	recipient = recipient_with(NULL, "");
	assert_int_equal(judge(&event, &recipient, NULL), SES_CLASS_SOFT);
	event.bounce_subtype = "MailboxFull";
	recipient = recipient_with(NULL, NULL);
	assert_int_equal(judge(&event, &recipient, NULL), SES_CLASS_SOFT);
}

static void who_was_only_delayed_in_a_permanent_bounce_is_soft(void **state)
{
	struct ses_event event = bounce_with('P', "General");
	struct ses_recipient recipient = recipient_with("4.0.0", NULL);

	(void) state;
	assert_int_equal(judge(&event, &recipient, NULL), SES_CLASS_SOFT);
	recipient.action = "failed";
	assert_int_equal(judge(&event, &recipient, NULL), SES_CLASS_HARD);
	recipient = recipient_with("5.1.1", "550 5.1.1 user unknown");
	recipient.action = "delayed";
	assert_int_equal(judge(&event, &recipient, NULL), SES_CLASS_SOFT);
}

static void a_refusal_by_a_list_says_what_the_list_knows(void **state)
{
	static const struct {
		const char *subtype;
		enum ses_class class;
	} refusals[] = {
		{"OnAccountSuppressionList", SES_CLASS_SES_LIST},
		{"OnTenantSuppressionList", SES_CLASS_SES_LIST},
		{"UnsubscribedRecipient", SES_CLASS_NONE},
		{"EmailValidationSuppressed", SES_CLASS_NONE},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		struct ses_event event = bounce_with('P', refusals[i].subtype);
		struct ses_recipient recipient = recipient_with("5.1.1", "user unknown");
		const struct ses_class_row *row;

		assert_int_equal(judge(&event, &recipient, &row), refusals[i].class);
		assert_null(row);
	}
}

static void a_complaint_a_correction_and_a_delivery_need_no_table(void **state)
{
	struct ses_event event = {
		.type = SES_COMPLAINT, .bounce_subtype = "", .complaint_subtype = ""};
	struct ses_recipient recipient = recipient_with(NULL, NULL);
	const struct ses_class_row *row;

	(void) state;
	assert_int_equal(judge(&event, &recipient, &row), SES_CLASS_COMPLAINT);
	assert_null(row);
	event.complaint_subtype = "OnAccountSuppressionList";
	assert_int_equal(judge(&event, &recipient, NULL), SES_CLASS_SES_LIST);
	event.complaint_subtype = "";
	event.is_not_spam = true;
	assert_int_equal(judge(&event, &recipient, NULL), SES_CLASS_NOT_SPAM);
	event.type = SES_DELIVERY;
	assert_int_equal(judge(&event, &recipient, &row), SES_CLASS_DELIVERED);
	assert_null(row);
}

static void what_is_no_word_on_the_address_has_no_class(void **state)
{
	static const enum ses_type types[] = {SES_SEND, SES_REJECT, SES_OPEN, SES_CLICK,
		SES_RENDERING_FAILURE, SES_DELIVERY_DELAY, SES_SUBSCRIPTION};

	(void) state;
	for (size_t i = 0; i < COUNT(types); i++) {
		struct ses_event event = {
			.type = types[i], .bounce_subtype = "", .complaint_subtype = ""};
		struct ses_recipient recipient =
			recipient_with("4.4.7", "550 5.1.1 user unknown");

		assert_int_equal(judge(&event, &recipient, NULL), SES_CLASS_NONE);
	}
}

static void the_simulator_and_a_text_that_is_no_address_have_no_class(void **state)
{
	static char simulator[] = "bounce@simulator.amazonses.com", nobody[] = "";
	struct ses_event event = bounce_with('P', "General");
	struct ses_recipient recipient = recipient_with("5.1.1", "550 user unknown");

	(void) state;
	recipient.address = simulator;
	recipient.domain = simulator + strlen("bounce@");
	assert_int_equal(judge(&event, &recipient, NULL), SES_CLASS_NONE);
	recipient.address = nobody;
	recipient.domain = nobody;
	assert_int_equal(judge(&event, &recipient, NULL), SES_CLASS_NONE);
}

static void a_class_has_one_name_and_a_meaning(void **state)
{
	(void) state;
	assert_null(ses_class_name(SES_CLASS_NONE));
	assert_null(ses_class_name((enum ses_class) 99));
	assert_null(ses_class_meaning((enum ses_class) 99));
	for (int i = SES_CLASS_HARD; i <= SES_CLASS_DELIVERED; i++) {
		enum ses_class class = SES_CLASS_NONE;

		assert_true(
			ses_class_from_name(ses_class_name((enum ses_class) i), &class));
		assert_int_equal(class, i);
		assert_non_null(ses_class_meaning((enum ses_class) i));
	}
	assert_string_equal(ses_class_name(SES_CLASS_AUTOMATIC), "out-of-office");
}

static void what_is_no_name_of_a_class_is_refused(void **state)
{
	enum ses_class class = SES_CLASS_SOFT;

	(void) state;
	assert_false(ses_class_from_name("", &class));
	assert_false(ses_class_from_name("Hard", &class));
	assert_int_equal(class, SES_CLASS_SOFT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_typical_reply_has_its_class),
		cmocka_unit_test(every_row_of_the_table_decides_somewhere),
		cmocka_unit_test(every_word_of_the_table_decides_by_itself),
		cmocka_unit_test(every_row_cites_what_it_follows),
		cmocka_unit_test(each_kind_ends_in_a_row_for_everything),
		cmocka_unit_test(
			a_transient_with_any_word_of_delivery_is_no_automatic_reply),
		cmocka_unit_test(who_was_only_delayed_in_a_permanent_bounce_is_soft),
		cmocka_unit_test(a_refusal_by_a_list_says_what_the_list_knows),
		cmocka_unit_test(a_complaint_a_correction_and_a_delivery_need_no_table),
		cmocka_unit_test(what_is_no_word_on_the_address_has_no_class),
		cmocka_unit_test(
			the_simulator_and_a_text_that_is_no_address_have_no_class),
		cmocka_unit_test(a_class_has_one_name_and_a_meaning),
		cmocka_unit_test(what_is_no_name_of_a_class_is_refused),
	};

	return cmocka_run_group_tests_name("class", tests, NULL, NULL);
}
