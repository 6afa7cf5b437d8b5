/* listfile_words.c - what others call the fields, the reasons and the times of a list. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "web/listfile_inside.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void listfile_fold(const char *name, char folded[LISTFILE_NAME_SIZE])
{
	size_t used = 0;

	for (; *name != '\0' && used + 1 < LISTFILE_NAME_SIZE; name++) {
		if (strchr(" \t-_.", *name) == NULL)
			folded[used++] = *name;
	}
	folded[used] = '\0';
	text_to_lower(folded);
}

/* ---- fields ---- */

enum listfile_field listfile_field_of(const char *folded)
{
	static const struct {
		const char *name;
		enum listfile_field field;
	} names[] = {
		{"address", FIELD_ADDRESS},
		{"email", FIELD_ADDRESS},
		{"emailaddress", FIELD_ADDRESS},
		{"mail", FIELD_ADDRESS},
		{"recipient", FIELD_ADDRESS},
		{"recipientemail", FIELD_ADDRESS},
		{"original", FIELD_ORIGINAL},
		{"reason", FIELD_REASON},
		{"suppressionreason", FIELD_REASON},
		{"type", FIELD_REASON},
		{"bouncetype", FIELD_REASON},
		{"scope", FIELD_SCOPE},
		{"since", FIELD_SINCE},
		{"created", FIELD_SINCE},
		{"createdat", FIELD_SINCE},
		{"lastupdatetime", FIELD_SINCE},
		{"lastupdated", FIELD_SINCE},
		{"timestamp", FIELD_SINCE},
		{"date", FIELD_SINCE},
		{"dateadded", FIELD_SINCE},
		{"addedat", FIELD_SINCE},
		{"bouncedat", FIELD_SINCE},
		{"cleantime", FIELD_SINCE},
		{"unsubtime", FIELD_SINCE},
		{"expires", FIELD_EXPIRES},
		{"note", FIELD_NOTE},
		{"notes", FIELD_NOTE},
		{"certain", FIELD_CERTAIN},
		{"status", FIELD_STATUS},
		{"code", FIELD_STATUS},
		{"error", FIELD_TEXT},
		{"description", FIELD_TEXT},
		{"diagnostic", FIELD_TEXT},
		{"diagnosticcode", FIELD_TEXT},
		{"unsubreason", FIELD_TEXT},
	};

	for (size_t i = 0; i < COUNT(names); i++) {
		if (text_equal(names[i].name, folded))
			return names[i].field;
	}
	return FIELD_NONE;
}

static bool has(char names[][LISTFILE_NAME_SIZE], size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (text_equal(names[i], name))
			return true;
	}
	return false;
}

/* SendGrid's lists differ in their further columns, and have no others. */
static bool is_sendgrid(char names[][LISTFILE_NAME_SIZE], size_t count)
{
	static const char *const all[] = {"email", "created", "reason", "status", "ip"};

	if (!has(names, count, "email") || !has(names, count, "created"))
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t j = 0;

		while (j < COUNT(all) && !text_equal(names[i], all[j]))
			j++;
		if (j == COUNT(all))
			return false;
	}
	return true;
}

struct listfile_dialect listfile_dialect_of(
	char names[][LISTFILE_NAME_SIZE], size_t count)
{
#define HAS(name) has(names, count, name)
	struct listfile_dialect dialect = {NULL, SES_REASON_IMPORT, false};

	if (is_sendgrid(names, count)) {
		dialect.format = "sendgrid";
		dialect.reason_is_text = true;
		if (HAS("reason") || HAS("status"))
			dialect.reason = SES_REASON_BOUNCE;
		else if (HAS("ip"))
			dialect.reason = SES_REASON_COMPLAINT;
	} else if (HAS("emailaddress") &&
		   (HAS("leid") || HAS("euid") || HAS("cleantime") || HAS("unsubtime") ||
			   HAS("memberrating"))) {
		dialect.format = "mailchimp";
		if (HAS("cleantime"))
			dialect.reason = SES_REASON_BOUNCE;
	} else if (HAS("emailaddress") &&
		   (HAS("lastupdatetime") || HAS("dateadded") || HAS("lastupdated"))) {
		dialect.format = "ses-csv";
	} else if (HAS("suppressionreason") ||
		   ((HAS("recipient") || HAS("email")) && HAS("type") &&
			   (HAS("bouncedat") || HAS("createdat")))) {
		dialect.format = "postmark";
	} else if (HAS("address") && HAS("createdat")) {
		dialect.format = "mailgun";
		if (HAS("code") || HAS("error"))
			dialect.reason = SES_REASON_BOUNCE;
	}
	return dialect;
#undef HAS
}

/* ---- reasons ---- */

bool listfile_reason(const char *word, enum ses_reason *reason)
{
	static const struct {
		const char *word;
		enum ses_reason reason;
	} words[] = {
		{"bounce", SES_REASON_BOUNCE},
		{"bounced", SES_REASON_BOUNCE},
		{"bounces", SES_REASON_BOUNCE},
		{"hardbounce", SES_REASON_BOUNCE},
		{"hardbounced", SES_REASON_BOUNCE},
		{"hard", SES_REASON_BOUNCE},
		{"permanent", SES_REASON_BOUNCE},
		{"invalid", SES_REASON_BOUNCE},
		{"invalidemail", SES_REASON_BOUNCE},
		{"invalidemails", SES_REASON_BOUNCE},
		{"bademailaddress", SES_REASON_BOUNCE},
		{"cleaned", SES_REASON_BOUNCE},
		{"complaint", SES_REASON_COMPLAINT},
		{"complained", SES_REASON_COMPLAINT},
		{"complaints", SES_REASON_COMPLAINT},
		{"spam", SES_REASON_COMPLAINT},
		{"spamcomplaint", SES_REASON_COMPLAINT},
		{"spamreport", SES_REASON_COMPLAINT},
		{"spamreports", SES_REASON_COMPLAINT},
		{"abuse", SES_REASON_COMPLAINT},
		{"softbounce", SES_REASON_SOFT_BOUNCE},
		{"softbounced", SES_REASON_SOFT_BOUNCE},
		{"soft", SES_REASON_SOFT_BOUNCE},
		{"transient", SES_REASON_SOFT_BOUNCE},
		{"manual", SES_REASON_MANUAL},
		{"manualsuppression", SES_REASON_MANUAL},
		{"manuallydeactivated", SES_REASON_MANUAL},
		{"manuallyadded", SES_REASON_MANUAL},
		{"admin", SES_REASON_MANUAL},
		{"blocklisted", SES_REASON_MANUAL},
		{"import", SES_REASON_IMPORT},
		{"imported", SES_REASON_IMPORT},
		{"unsubscribe", SES_REASON_IMPORT},
		{"unsubscribed", SES_REASON_IMPORT},
		{"unsubscribes", SES_REASON_IMPORT},
		{"globalunsubscribe", SES_REASON_IMPORT},
		{"listunsubscribe", SES_REASON_IMPORT},
		{"optout", SES_REASON_IMPORT},
		{"optedout", SES_REASON_IMPORT},
		{"seslist", SES_REASON_SES_LIST},
		{"quarantine", SES_REASON_QUARANTINE},
		{"nosuchdomain", SES_REASON_NO_SUCH_DOMAIN},
	};
	char folded[LISTFILE_NAME_SIZE];

	listfile_fold(word, folded);
	for (size_t i = 0; i < COUNT(words); i++) {
		if (text_equal(words[i].word, folded)) {
			*reason = words[i].reason;
			return true;
		}
	}
	return false;
}

/* ---- times ---- */

/* Seconds since 1970, perhaps with a fraction; 13 digits are milliseconds. */
static bool read_epoch(const char *text, utc_ms *time)
{
	size_t digits = strspn(text, "0123456789");
	const char *rest = text + digits;
	int64_t seconds, ms = 0;
	char whole[16];

	if (digits < 9 || digits > 13)
		return false;
	memcpy(whole, text, digits);
	whole[digits] = '\0';
	if (!text_to_integer(whole, &seconds))
		return false;
	if (digits == 13 && *rest == '\0') {
		*time = seconds;
		return true;
	}
	if (*rest == '.' && rest[1] != '\0') {
		rest++;
		for (int64_t part = 100; *rest >= '0' && *rest <= '9'; rest++, part /= 10)
			ms += (*rest - '0') * part;
	}
	if (*rest != '\0' || digits > 11)
		return false;
	*time = seconds * SECOND_MS + ms;
	return true;
}

/* "Fri, 21 Oct 2011 11:02:55 GMT" (RFC 5322), as RFC 3339. */
static bool read_mail_date(const char *text, utc_ms *time)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *comma = strchr(text, ','), *at = comma == NULL ? text : comma + 1;
	char copy[64], month_name[4] = "";
	const char *month, *zone;
	int day_length;

	at += strspn(at, " ");
	day_length = (int) strspn(at, "0123456789");
	if (day_length < 1 || day_length > 2 || strlen(at) < (size_t) day_length + 18)
		return false;
	memcpy(month_name, at + day_length + 1, 3);
	month = strstr(months, month_name);
	if (month == NULL || (month - months) % 3 != 0)
		return false;
	zone = at + day_length + 18;
	zone += strspn(zone, " ");
	if (*zone == '\0' || text_equal(zone, "GMT") || text_equal(zone, "UTC"))
		zone = "Z";
	snprintf(copy, sizeof(copy), "%.4s-%02d-%s%.*sT%.8s%.8s", at + day_length + 5,
		(int) (month - months) / 3 + 1, day_length == 1 ? "0" : "", day_length,
		at, at + day_length + 10, zone);
	return utc_parse(copy, time);
}

bool listfile_time(const char *text, utc_ms *time)
{
	char copy[64];

	if (utc_parse(text, time) || read_epoch(text, time))
		return true;
	if (strlen(text) >= sizeof(copy) - 10)
		return false;
	snprintf(copy, sizeof(copy), "%sZ", text);
	if (utc_parse(copy, time))
		return true;
	if (text_ends(text, " UTC") || text_ends(text, " GMT")) {
		snprintf(copy, sizeof(copy), "%.*sZ", (int) strlen(text) - 4, text);
		if (utc_parse(copy, time))
			return true;
	}
	snprintf(copy, sizeof(copy), "%sT00:00:00Z", text);
	return utc_parse(copy, time) || read_mail_date(text, time);
}
