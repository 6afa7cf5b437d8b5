/* test_sisimai.c - another program's reading of the same replies: Sisimai, from Debian.
 */
#include "tests/ses/sample.h"

#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/text.h"
#include "tests/ses/replies.h"
#include "tests/ses/sisimai.h"

#define PATH_SIZE 4096
#define REPLIES_MIN 25 /* the fixtures have 29, on the day this was written */

/* Answers each line with the word Sisimai has for it, an empty one if none. */
static const char script[] =
	"$| = 1; binmode STDIN; binmode STDOUT;"
	"eval { require Sisimai; 1 } or do { print qq(missing\n); exit };"
	"print qq(ready\n);"
	"while (<STDIN>) { chomp; my $reason = Sisimai->match($_);"
	"print defined $reason ? $reason : q(), qq(\n) }";

struct oracle {
	pid_t child;
	FILE *questions, *answers;
};

struct audit {
	struct oracle *oracle;
	size_t asked, wrong;
	bool is_retold; /* of replies.h: there Sisimai need not have an opinion */
	bool is_met[COUNT(disagreements)];
};

static void run_perl(const int questions[2], const int answers[2])
{
	dup2(questions[0], STDIN_FILENO);
	dup2(answers[1], STDOUT_FILENO);
	close(questions[0]);
	close(questions[1]);
	close(answers[0]);
	close(answers[1]);
	execlp("perl", "perl", "-e", script, (char *) NULL);
	_exit(127);
}

static void read_line(struct oracle *oracle, char line[64])
{
	if (fgets(line, 64, oracle->answers) == NULL)
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
}

/* false: there is no perl, or it has no Sisimai. */
static bool oracle_start(struct oracle *oracle)
{
	int questions[2], answers[2];
	char line[64];

	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(questions), 0);
	assert_int_equal(pipe(answers), 0);
	oracle->child = fork();
	assert_int_not_equal(oracle->child, -1);
	if (oracle->child == 0)
		run_perl(questions, answers);
	close(questions[0]);
	close(answers[1]);
	oracle->questions = fdopen(questions[1], "w");
	oracle->answers = fdopen(answers[0], "r");
	assert_non_null(oracle->questions);
	assert_non_null(oracle->answers);
	read_line(oracle, line);
	return text_equal(line, "ready");
}

static int oracle_stop(struct oracle *oracle)
{
	int status = 0;

	fclose(oracle->questions);
	fclose(oracle->answers);
	waitpid(oracle->child, &status, 0);
	return status;
}

static void oracle_ask(struct oracle *oracle, const char *text, char reason[64])
{
	for (const char *at = text; *at != '\0'; at++)
		putc(*at == '\n' || *at == '\r' ? ' ' : *at, oracle->questions);
	putc('\n', oracle->questions);
	assert_int_equal(fflush(oracle->questions), 0);
	read_line(oracle, reason);
	assert_false(feof(oracle->answers));
}

static enum ses_class class_of_reason(const char *reason)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (text_equal(reasons[i].reason, reason))
			return reasons[i].class;
	fail_msg("Sisimai has a reason that is new here: %s", reason);
	return SES_CLASS_NONE;
}

static char letter_of(enum ses_bounce_kind kind)
{
	if (kind == SES_BOUNCE_PERMANENT)
		return 'P';
	return kind == SES_BOUNCE_TRANSIENT ? 'T' : 'U';
}

/* COUNT(disagreements) if it is not listed. */
static size_t find_disagreement(const struct ses_event *event, const char *text)
{
	for (size_t i = 0; i < COUNT(disagreements); i++) {
		const struct disagreement *listed = &disagreements[i];

		if (listed->kind == letter_of(event->bounce_kind) &&
			strstr(text, listed->excerpt) != NULL)
			return i;
	}
	return COUNT(disagreements);
}

static void compare(struct audit *audit, const struct ses_event *event,
	const struct ses_recipient *recipient)
{
	const char *text = recipient->diagnostic;
	enum ses_class ours = ses_class_of(event, recipient, NULL);
	size_t listed = find_disagreement(event, text);
	char reason[64];

	oracle_ask(audit->oracle, text, reason);
	audit->asked++;
	if (listed < COUNT(disagreements)) {
		audit->is_met[listed] = true;
		if (class_of_reason(reason) != ours &&
			text_equal(reason, disagreements[listed].reason) &&
			ours == disagreements[listed].ours)
			return;
	} else if (class_of_reason(reason) == ours ||
		   (audit->is_retold && text_equal(reason, "undefined"))) {
		return;
	}
	audit->wrong++;
	print_error("%c/%s %s: %s, Sisimai: %s%s: %.70s\n", letter_of(event->bounce_kind),
		event->bounce_subtype,
		recipient->status == NULL ? "-" : recipient->status, ses_class_name(ours),
		reason, listed < COUNT(disagreements) ? " (listed otherwise)" : "", text);
}

/* What SES's own simulator says is judged here like anyone's words. */
static void compare_event(struct audit *audit, struct ses_event *event)
{
	static const struct ses_judgement_policy policy = {.verified_domain_count = 0};

	if (event->type != SES_BOUNCE)
		return;
	ses_event_judge(event, &policy);
	for (size_t i = 0; i < event->recipient_count; i++) {
		event->recipients[i].standing = SES_ELIGIBLE;
		if (event->recipients[i].diagnostic != NULL)
			compare(audit, event, &event->recipients[i]);
	}
}

static void compare_file(struct audit *audit, const char *folder, const char *name)
{
	char path[2 * PATH_SIZE], part[4096];
	struct ses_event event;
	struct error error;
	struct buffer bytes;
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	assert_non_null(file);
	buffer_init(&bytes, 2 * 1024 * 1024);
	while ((length = fread(part, 1, sizeof(part), file)) > 0)
		assert_true(buffer_append(&bytes, part, length));
	fclose(file);
	if (ses_event_parse(bytes.bytes, bytes.length, TOPIC_ACCOUNT, TOPIC_REGION,
		    &event, &error) == SES_UNDERSTOOD) {
		compare_event(audit, &event);
		ses_event_finish(&event);
	}
	buffer_finish(&bytes);
}

static void compare_reply(struct audit *audit, const struct reply *reply)
{
	static char address[] = "ann@example.net";
	struct ses_recipient recipient = {.address = address,
		.domain = address + strlen("ann@"),
		.original = address,
		.status = reply->status,
		.diagnostic = reply->text};
	struct ses_event event = {.type = SES_BOUNCE,
		.bounce_kind = reply->kind == 'P'   ? SES_BOUNCE_PERMANENT
			       : reply->kind == 'T' ? SES_BOUNCE_TRANSIENT
						    : SES_BOUNCE_UNDETERMINED,
		.bounce_subtype = reply->subtype,
		.complaint_subtype = "",
		.recipients = &recipient,
		.recipient_count = 1};

	if (reply->text != NULL)
		compare_event(audit, &event);
}

static void compare_fixtures(struct audit *audit, DIR *folder, const char *path)
{
	struct dirent *entry;

	while ((entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.')
			compare_file(audit, path, entry->d_name);
	assert_in_range(audit->asked, REPLIES_MIN, 100000);
}

static size_t count_unmet(const struct audit *audit)
{
	size_t unmet = 0;

	for (size_t i = 0; i < COUNT(disagreements); i++) {
		if (audit->is_met[i])
			continue;
		unmet++;
		print_error("listed, but nobody says so: %s\n", disagreements[i].excerpt);
	}
	return unmet;
}

static void every_disagreement_with_sisimai_is_decided(void **state)
{
	const char *fixtures = getenv("SES_FEEDBACK_FIXTURES");
	struct oracle oracle;
	struct audit audit = {.oracle = &oracle};
	char path[PATH_SIZE];
	DIR *folder;

	(void) state;
	snprintf(
		path, sizeof(path), "%s/ses", fixtures ? fixtures : "../shared/fixtures");
	folder = opendir(path);
	if (folder == NULL) {
		print_message("skipped: no fixtures\n");
		skip();
	}
	if (!oracle_start(&oracle)) {
		oracle_stop(&oracle);
		closedir(folder);
		print_message("skipped: perl has no Sisimai (libsisimai-perl)\n");
		skip();
	}
	compare_fixtures(&audit, folder, path);
	audit.is_retold = true;
	for (size_t i = 0; i < COUNT(replies); i++)
		compare_reply(&audit, &replies[i]);
	closedir(folder);
	assert_int_equal(oracle_stop(&oracle), 0);
	assert_int_equal(audit.wrong, 0);
	assert_int_equal(count_unmet(&audit), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_disagreement_with_sisimai_is_decided),
	};

	return cmocka_run_group_tests_name("sisimai", tests, NULL, NULL);
}
