/* burst.c - tells of hard bounces that look like a provider's mistake. */
#include "web/burst.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Such bounces are counted over the hour and the hour before (store/guard.h). */
#define NOTICED_AFTER (2 * HOUR_MS)

#define WORD_MAX 40

/* A part of the signature that stands in the replies too, for their numbers and addresses
 * are not in it: the status, else the longest word. Needs no quoting. */
static void choose_words(const char *signature, char words[WORD_MAX])
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789.";
	size_t longest = 0;

	words[0] = '\0';
	while (*signature != '\0') {
		size_t length = strspn(signature, plain);
		bool is_status = length >= 5 && isdigit((unsigned char) signature[0]) &&
				 signature[1] == '.';

		if (length < WORD_MAX && (is_status || length > longest)) {
			longest = length;
			memcpy(words, signature, length);
			words[length] = '\0';
		}
		if (is_status)
			return;
		signature += length;
		signature += *signature != '\0';
	}
}

static bool is_plain(const char *provider)
{
	return text_is_made_of(provider, "abcdefghijklmnopqrstuvwxyz0123456789.-_");
}

void burst_describe(const struct store_burst *burst, utc_ms published,
	char text[BURST_TEXT_SIZE], char advice[BURST_TEXT_SIZE])
{
	char since[UTC_TEXT_SIZE], until[UTC_TEXT_SIZE], words[WORD_MAX];

	choose_words(burst->signature, words);
	utc_format(published - NOTICED_AFTER, since);
	utc_format(published + SECOND_MS, until);
	snprintf(text, BURST_TEXT_SIZE,
		"%lld hard bounces in two hours from %s (\"%s\") for addresses that took "
		"mail lately look false: further ones go into quarantine",
		(long long) burst->count, burst->provider, burst->signature);
	snprintf(advice, BURST_TEXT_SIZE,
		"ses-feedback suppression remove --where %s%s%s%s%s%ssince=%s,until=%s "
		"--dry-run",
		is_plain(burst->provider) ? "provider=" : "",
		is_plain(burst->provider) ? burst->provider : "",
		is_plain(burst->provider) ? "," : "",
		words[0] == '\0' ? "" : "diagnostic~", words, words[0] == '\0' ? "" : ",",
		since, until);
}

void burst_alarm(struct diary *diary, const struct store_job *job)
{
	char object[sizeof(job->burst.provider) + SES_SIGNATURE_SIZE];
	char text[BURST_TEXT_SIZE], advice[BURST_TEXT_SIZE];

	if (job->burst.count == 0)
		return;
	snprintf(object, sizeof(object), "%s %s", job->burst.provider,
		job->burst.signature);
	burst_describe(&job->burst, job->notification.published, text, advice);
	diary_alarm(diary, "false-bounces", object, text, advice);
}
