/* test_describe.c - the documents that are made from the table of keys. */
#include "daemon/describe.h"

#include "tests/daemon/scratch.h"

#define DOCUMENT_MAX ((size_t) 1 << 20)
#define KEYS_BEGIN "\n.\\\" The keys begin here"
#define ALERTS_BEGIN "\n.\\\" The alerts begin here"
#define ALERTS_END ".\\\" The alerts end here"
#define KEYS_END ".\\\" The keys end here"

/* Reads a file of the repository, in which tests are run. */
static void read_document(const char *path, struct buffer *text)
{
	char block[4096];
	size_t length;
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	buffer_init(text, DOCUMENT_MAX);
	while ((length = fread(block, 1, sizeof(block), file)) > 0)
		assert_true(buffer_append(text, block, length));
	fclose(file);
}

static void the_committed_example_is_fresh(void **state)
{
	struct buffer committed, described;

	(void) state;
	read_document("doc/ses-feedbackd.conf.example", &committed);
	buffer_init(&described, DOCUMENT_MAX);
	assert_true(describe_example(&described));
	if (strcmp(committed.bytes, described.bytes) != 0)
		fail_msg("doc/ses-feedbackd.conf.example is stale: make documents");
	buffer_finish(&committed);
	buffer_finish(&described);
}

/* What stands between two marks of a manual is what describe makes. */
static void assert_fresh(const char *path, const char *begin, const char *end,
	bool (*describe)(struct buffer *text))
{
	struct buffer committed, described;
	const char *part;

	read_document(path, &committed);
	buffer_init(&described, DOCUMENT_MAX);
	assert_true(describe(&described));
	assert_true(buffer_append_text(&described, end));
	part = strstr(committed.bytes, begin);
	assert_non_null(part);
	part = strchr(part + 1, '\n') + 1;
	if (strncmp(part, described.bytes, described.length) != 0)
		fail_msg("%s is stale: make documents", path);
	buffer_finish(&committed);
	buffer_finish(&described);
}

static void the_committed_manuals_are_fresh(void **state)
{
	(void) state;
	assert_fresh("doc/ses-feedbackd.conf.5", KEYS_BEGIN, KEYS_END, describe_manual);
	assert_fresh("doc/ses-feedbackd.8", ALERTS_BEGIN, ALERTS_END, describe_alerts);
}

/* The example with every key uncommented. */
static void uncomment(struct buffer *example, struct buffer *text)
{
	char *rest = example->bytes, *line;

	buffer_init(text, DOCUMENT_MAX);
	while ((line = strsep(&rest, "\n"))) {
		bool is_key = line[0] == ';' && line[1] != ' ';

		buffer_format(text, "%s\n", line + (is_key ? 1 : 0));
	}
	assert_false(text->failed);
}

static void the_example_names_every_key_and_says_its_default(void **state)
{
	struct config *defaults = parsed("[alert \"ops\"]\n"), *config;
	struct buffer example, text;

	(void) state;
	buffer_init(&example, DOCUMENT_MAX);
	assert_true(describe_example(&example));
	config = parsed_of_length(example.bytes, example.length);
	for (size_t i = 0; i < config_key_count(); i++)
		assert_int_equal(config->lines[i], 0);
	config_release(config);

	uncomment(&example, &text);
	config = parsed_of_length(text.bytes, text.length);
	assert_int_equal(config->alert_count, 1);
	assert_string_equal(config->alerts[0].name, "ops");
	for (size_t i = 0; i < config_key_count(); i++) {
		const struct config_key *key = config_key_at(i);
		bool is_named = config_section_is_named(key->section);
		const char *field =
			is_named ? (const char *) config->alerts : (const char *) config;
		const char *standard = is_named ? (const char *) defaults->alerts
						: (const char *) defaults;

		field += key->offset;
		standard += key->offset;

		if (config->lines[i] == 0)
			fail_msg(
				"[%s] %s is not in the example", key->section, key->name);
		if (key->kind == CONFIG_EITHER)
			assert_int_equal(*(const bool *) field, *(const bool *) standard);
		else if (key->kind == CONFIG_CHOICE || key->kind == CONFIG_FLAGS)
			assert_int_equal(
				*(const unsigned *) field, *(const unsigned *) standard);
		/* A threshold begins with its days. */
		else if (key->kind == CONFIG_THRESHOLD || key->kind == CONFIG_TIME ||
			 key->kind == CONFIG_COUNT || key->kind == CONFIG_RATE ||
			 key->kind == CONFIG_SIZE)
			assert_int_equal(
				*(const int64_t *) field, *(const int64_t *) standard);
		else if (key->is_many)
			assert_int_equal(((const struct config_texts *) field)->count,
				((const struct config_texts *) standard)->count);
		else if (key->standard[0] == '\0')
			assert_null(*(char *const *) field);
		else
			assert_string_equal(*(char *const *) field, key->standard);
	}
	assert_string_equal(config->feedback.listen.items[0], "0.0.0.0:8443");
	config_release(config);
	config_release(defaults);
	buffer_finish(&text);
	buffer_finish(&example);
}

static void every_example_value_is_a_right_one(void **state)
{
	(void) state;
	for (size_t i = 0; i < config_key_count(); i++) {
		const struct config_key *key = config_key_at(i);
		struct config *config;
		char text[512];

		if (!key->example)
			continue;
		snprintf(text, sizeof(text), "[%s%s]\n%s = %s\n", key->section,
			config_section_is_named(key->section) ? " \"ops\"" : "",
			key->name, key->example);
		config = parsed(text);
		assert_int_equal(config->lines[i], 2);
		config_release(config);
	}
}

static void a_buffer_too_small_is_a_failure(void **state)
{
	struct buffer text;

	(void) state;
	buffer_init(&text, 100);
	assert_false(describe_example(&text));
	buffer_finish(&text);
	assert_false(describe_manual(&text));
	buffer_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_committed_example_is_fresh),
		cmocka_unit_test(the_committed_manuals_are_fresh),
		cmocka_unit_test(the_example_names_every_key_and_says_its_default),
		cmocka_unit_test(every_example_value_is_a_right_one),
		cmocka_unit_test(a_buffer_too_small_is_a_failure),
	};

	return cmocka_run_group_tests_name("describe", tests, NULL, NULL);
}
