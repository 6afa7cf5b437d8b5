/* secrets.c - the files of tokens, of credentials and of secrets. */
#include "daemon/secrets.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "daemon/lines.h"

#define SECRETS_MAX 10000
#define BLANKS " \t"
#define TOKEN_COLUMNS 3

static const struct {
	const char *name;
	enum web_role role;
} roles[] = {
	{"read", WEB_ROLE_READ},
	{"support", WEB_ROLE_SUPPORT},
	{"write", WEB_ROLE_WRITE},
};

/* A file being read: where its mistakes go, and how many there are. */
struct secrets {
	const char *file;
	struct report *report;
	struct lines lines;
	size_t mistakes_before;
};

static bool secrets_open(
	struct secrets *secrets, const char *file, const char *key, struct report *report)
{
	struct error error;

	*secrets = (struct secrets){
		.file = file, .report = report, .mistakes_before = report->mistakes};
	if (!lines_open(&secrets->lines, file, &error)) {
		report_mistake(report, key, 0, "%s", error.text);
		return false;
	}
	if (secrets->lines.is_world_readable)
		report_warning(report, file, 0,
			"everybody may read it; say chmod o-rwx %s", file);
	return true;
}

static bool secrets_are_fine(const struct secrets *secrets)
{
	return secrets->report->mistakes == secrets->mistakes_before;
}

/* The next line that is an entry; NULL at the end. */
static char *next_entry(struct secrets *secrets)
{
	const char *flaw;
	size_t length;
	char *line;

	while ((line = lines_next(&secrets->lines, &length))) {
		if (line[0] == '#' || line[strspn(line, BLANKS)] == '\0')
			continue;
		flaw = lines_flaw(line, length);
		if (!flaw)
			return line;
		report_mistake(secrets->report, secrets->file, secrets->lines.number,
			"the line %s; write plain text", flaw);
	}
	return NULL;
}

/* Makes room for one more element of a list that holds count. */
static bool list_grow(void **list, size_t count, size_t element_size)
{
	void *grown;

	if (count >= SECRETS_MAX)
		return false;
	grown = realloc(*list, (count + 1) * element_size);
	if (!grown)
		return false;
	*list = grown;
	return true;
}

static bool role_from_name(const char *name, enum web_role *role)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (text_equal(name, roles[i].name)) {
			*role = roles[i].role;
			return true;
		}
	}
	return false;
}

/* Reads "NAME ROLE SHA256"; token->name points into the line. */
static bool token_parse(char *line, struct web_token *token, struct error *error)
{
	char *rest = line;
	const char *columns[TOKEN_COLUMNS];

	for (int i = 0; i < TOKEN_COLUMNS; i++) {
		rest += strspn(rest, BLANKS);
		columns[i] = rest;
		rest += strcspn(rest, BLANKS);
		if (columns[i] == rest)
			return error_set(error,
				"a line has three columns: NAME ROLE SHA256-OF-TOKEN");
		if (*rest != '\0')
			*rest++ = '\0';
	}
	if (rest[strspn(rest, BLANKS)] != '\0')
		return error_set(error, "there is more than the three columns NAME ROLE "
					"SHA256-OF-TOKEN; a name has no blanks");
	token->name = columns[0];
	if (!role_from_name(columns[1], &token->role))
		return error_set(
			error, "the second column is the role: read, support or write");
	if (strlen(columns[2]) != 2 * SHA256_SIZE ||
		!hex_decode(columns[2], token->sha256, SHA256_SIZE))
		return error_set(error, "the third column is the SHA-256 of the token in "
					"64 hex digits: printf "
					"%%s TOKEN | sha256sum");
	return true;
}

static bool token_is_new(const struct web_token *tokens, size_t count,
	const struct web_token *token, struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		if (text_equal(tokens[i].name, token->name))
			return error_set(error,
				"the name '%s' is taken by an earlier line; each token "
				"has a "
				"name of its own",
				token->name);
		if (memcmp(tokens[i].sha256, token->sha256, SHA256_SIZE) == 0)
			return error_set(error,
				"'%s' has the same token as '%s'; make another one: "
				"openssl "
				"rand -hex 32",
				token->name, tokens[i].name);
	}
	return true;
}

static bool token_add(struct web_token **tokens, size_t *count,
	const struct web_token *token, struct error *error)
{
	void *list = *tokens;
	char *name;

	if (!token_is_new(*tokens, *count, token, error))
		return false;
	if (!list_grow(&list, *count, sizeof(*token)))
		return error_set(error, "more tokens than memory or %d", SECRETS_MAX);
	*tokens = list;
	name = text_copy(token->name, strlen(token->name));
	if (!name)
		return error_set(error, "out of memory");
	(*tokens)[*count] = *token;
	(*tokens)[(*count)++].name = name;
	return true;
}

bool secrets_read_tokens(
	const char *file, struct web_token **tokens, size_t *count, struct report *report)
{
	struct secrets secrets;
	struct web_token *list = NULL;
	size_t listed = 0;
	bool is_fine;
	char *line;

	if (!secrets_open(&secrets, file, "[admin] tokens_file", report))
		return false;
	while ((line = next_entry(&secrets))) {
		struct web_token token;
		struct error error;

		if (!token_parse(line, &token, &error) ||
			!token_add(&list, &listed, &token, &error))
			report_mistake(
				report, file, secrets.lines.number, "%s", error.text);
	}
	is_fine = secrets_are_fine(&secrets);
	lines_close(&secrets.lines);
	if (!is_fine) {
		secrets_free_tokens(list, listed);
		return false;
	}
	*tokens = list;
	*count = listed;
	return true;
}

static void free_text(const char *text)
{
	/* web.h shows them as const; they are ours, from text_copy. */
	free((void *) (uintptr_t) text);
}

void secrets_free_tokens(struct web_token *tokens, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free_text(tokens[i].name);
	free(tokens);
}

static bool credential_check(const char *line, struct error *error)
{
	const char *colon = strchr(line, ':');

	if (!colon || colon == line || colon[1] == '\0')
		return error_set(error, "a line is NAME:PASSWORD, and neither is empty");
	if (strchr(BLANKS, line[0]) || strchr(BLANKS, line[strlen(line) - 1]))
		return error_set(error, "a blank stands at the beginning or the end; "
					"NAME:PASSWORD has none "
					"around it");
	return true;
}

bool secrets_read_credentials(const char *file, struct web_credential **credentials,
	size_t *count, struct report *report)
{
	struct secrets secrets;
	void *list = NULL;
	size_t listed = 0;
	bool is_fine;
	char *line;

	if (!secrets_open(&secrets, file, "[feedback] credentials_file", report))
		return false;
	while ((line = next_entry(&secrets))) {
		struct error error;
		char *copy = NULL;

		if (!credential_check(line, &error)) {
			report_mistake(
				report, file, secrets.lines.number, "%s", error.text);
			continue;
		}
		if (list_grow(&list, listed, sizeof(**credentials)))
			copy = text_copy(line, strlen(line));
		if (!copy) {
			report_mistake(report, file, secrets.lines.number,
				"more credentials than memory or %d", SECRETS_MAX);
			break;
		}
		((struct web_credential *) list)[listed++].name_and_password = copy;
	}
	if (secrets_are_fine(&secrets) && listed == 0)
		report_mistake(report, file, 0,
			"holds no line NAME:PASSWORD; add one, or leave credentials_file "
			"empty to ask for none");
	is_fine = secrets_are_fine(&secrets);
	lines_close(&secrets.lines);
	if (!is_fine) {
		secrets_free_credentials(list, listed);
		return false;
	}
	*credentials = list;
	*count = listed;
	return true;
}

void secrets_free_credentials(struct web_credential *credentials, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free_text(credentials[i].name_and_password);
	free(credentials);
}

#define WEBHOOK_PREFIX "whsec_"
#define WEBHOOK_LEAST 24
#define WEBHOOK_MOST 64

static bool webhook_secret_is_fine(const char *line, struct error *error)
{
	uint8_t bytes[WEBHOOK_MOST];
	const char *encoded = line + strlen(WEBHOOK_PREFIX);
	size_t length = 0;
	bool is_fine =
		text_begins(line, WEBHOOK_PREFIX) &&
		base64_decode(encoded, strlen(encoded), bytes, sizeof(bytes), &length) &&
		length >= WEBHOOK_LEAST;

	explicit_bzero(bytes, sizeof(bytes));
	return is_fine || error_set(error,
				  "a secret is " WEBHOOK_PREFIX
				  " and the base64 of %d to %d bytes: printf "
				  "'" WEBHOOK_PREFIX "%%s\\n' $(openssl rand -base64 32)",
				  WEBHOOK_LEAST, WEBHOOK_MOST);
}

/* Takes a copy into the list, which holds count and room for a NULL behind them. */
static bool secret_add(char ***list, size_t *count, const char *line)
{
	void *grown = *list;
	char *copy;

	if (!list_grow(&grown, *count + 1, sizeof(char *)))
		return false;
	*list = grown;
	copy = text_copy(line, strlen(line));
	(*list)[*count] = copy;
	if (!copy)
		return false;
	(*list)[++*count] = NULL;
	return true;
}

char **secrets_read_webhook(const char *file, const char *key, struct report *report)
{
	struct secrets secrets;
	char **list = NULL;
	size_t listed = 0;
	bool is_fine;
	char *line;

	if (!secrets_open(&secrets, file, key, report))
		return NULL;
	while ((line = next_entry(&secrets))) {
		struct error error;

		if (!webhook_secret_is_fine(line, &error))
			report_mistake(
				report, file, secrets.lines.number, "%s", error.text);
		else if (!secret_add(&list, &listed, line)) {
			report_mistake(report, file, secrets.lines.number,
				"more secrets than memory or %d", SECRETS_MAX);
			break;
		}
	}
	if (secrets_are_fine(&secrets) && listed == 0)
		report_mistake(report, file, 0, "holds no secret; write one on a line");
	is_fine = secrets_are_fine(&secrets);
	lines_close(&secrets.lines);
	if (is_fine)
		return list;
	secrets_free_list(list);
	return NULL;
}

void secrets_free_password(char *password)
{
	if (password)
		explicit_bzero(password, strlen(password));
	free(password);
}

void secrets_free_list(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		secrets_free_password(list[i]);
	free(list);
}

char *secrets_read_password(const char *file, const char *key, struct report *report)
{
	struct secrets secrets;
	char *password = NULL;
	size_t length;
	char *line;

	if (!secrets_open(&secrets, file, key, report))
		return NULL;
	line = lines_next(&secrets.lines, &length);
	if (!line || length == 0)
		report_mistake(report, file, 1,
			"is empty; write the password on the first line");
	else if (lines_flaw(line, length))
		report_mistake(report, file, 1, "the line %s; write plain text",
			lines_flaw(line, length));
	else if (!(password = text_copy(line, length)))
		report_mistake(report, file, 1, "out of memory");
	lines_close(&secrets.lines);
	return password;
}
