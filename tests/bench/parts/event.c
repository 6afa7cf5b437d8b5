/* event.c - one event of SES, made up. */
#include "tests/bench/parts/event.h"

#include <inttypes.h>
#include <stdio.h>

#define RECIPIENTS 2000000
#define ADDRESS_SIZE 80
#define MESSAGE_ID_SIZE 80
#define FLIGHT_MS 3000

/* The mail that the event is about. */
struct mail {
	char address[ADDRESS_SIZE], message_id[MESSAGE_ID_SIZE], feedback_id[80];
	char sent[UTC_TEXT_SIZE], happened[UTC_TEXT_SIZE];
	uint32_t identity, set, source, caller, campaign;
};

/* Four in ten at a large provider, the rest at domains of falling size. Each recipient
 * has one address. */
static void make_address(char address[ADDRESS_SIZE], uint32_t user, uint32_t domains)
{
	static const char *const large[] = {
		"gmail.com", "outlook.com", "yahoo.com", "icloud.com"};
	struct dice own = {user};

	if (dice_roll(&own, 10) < 4)
		snprintf(address, ADDRESS_SIZE, "u%07" PRIu32 "@%s", user,
			large[dice_roll(&own, 4)]);
	else
		snprintf(address, ADDRESS_SIZE,
			"u%07" PRIu32 "@company-%" PRIu32 ".example", user,
			dice_roll(&own, dice_roll(&own, domains) + 1));
}

static void make_message_id(
	char id[MESSAGE_ID_SIZE], utc_ms when, struct event_identity identity)
{
	snprintf(id, MESSAGE_ID_SIZE,
		"0100%012" PRIx64 "-%08" PRIx64 "-4000-8000-%04" PRIx64 "-%012" PRIx64
		"-000000",
		(uint64_t) when, identity.run & 0xffffffff, identity.run >> 48,
		identity.number);
}

static void make_mail(struct mail *mail, struct dice *dice,
	struct event_identity identity, uint32_t domains, utc_ms now)
{
	uint32_t age_ms = dice_roll(dice, FLIGHT_MS);
	utc_ms sent = now - age_ms, happened = sent + age_ms / 2;

	make_address(mail->address, dice_roll(dice, RECIPIENTS), domains);
	make_message_id(mail->message_id, sent, identity);
	make_message_id(mail->feedback_id, happened, identity);
	utc_format(sent, mail->sent);
	utc_format(happened, mail->happened);
	mail->identity = dice_roll(dice, 5);
	mail->set = dice_roll(dice, 12);
	mail->source = dice_roll(dice, 20) + 1;
	mail->caller = dice_roll(dice, 4);
	mail->campaign = dice_roll(dice, 60);
}

static void append_mail(struct buffer *text, const struct mail *mail)
{
	buffer_format(text,
		"\"mail\":{\"timestamp\":\"%s\",\"source\":\"news@brand-%u.example\","
		"\"sourceArn\":\"arn:aws:ses:us-east-1:111122223333:identity/"
		"brand-%u.example\",\"sendingAccountId\":\"111122223333\","
		"\"messageId\":\"%s\",\"destination\":[\"%s\"],"
		"\"headersTruncated\":false,\"headers\":[",
		mail->sent, mail->identity, mail->identity, mail->message_id,
		mail->address);
	buffer_format(text,
		"{\"name\":\"From\",\"value\":\"news@brand-%u.example\"},"
		"{\"name\":\"To\",\"value\":\"%s\"},"
		"{\"name\":\"Subject\",\"value\":\"What is new at brand %u this week\"},"
		"{\"name\":\"MIME-Version\",\"value\":\"1.0\"},"
		"{\"name\":\"Content-Type\",\"value\":\"multipart/alternative; "
		"boundary=\\\"part-%08u\\\"\"},",
		mail->identity, mail->address, mail->identity, mail->campaign);
	buffer_format(text,
		"{\"name\":\"List-Unsubscribe\",\"value\":\"<https://brand-%u.example/"
		"unsubscribe/c%u?user=%s>\"},{\"name\":\"List-Unsubscribe-Post\","
		"\"value\":\"List-Unsubscribe=One-Click\"}],",
		mail->identity, mail->campaign, mail->address);
	buffer_format(text,
		"\"commonHeaders\":{\"from\":[\"news@brand-%u.example\"],"
		"\"to\":[\"%s\"],\"messageId\":\"%s\","
		"\"subject\":\"What is new at brand %u this week\"},",
		mail->identity, mail->address, mail->message_id, mail->identity);
	buffer_format(text,
		"\"tags\":{\"ses:operation\":[\"SendEmail\"],"
		"\"ses:configuration-set\":[\"set-%u\"],"
		"\"ses:source-ip\":[\"192.0.2.%u\"],"
		"\"ses:from-domain\":[\"brand-%u.example\"],"
		"\"ses:caller-identity\":[\"app-%u\"],\"campaign\":[\"c%u\"]}}}",
		mail->set, mail->source, mail->identity, mail->caller, mail->campaign);
}

static void append_delivery(struct buffer *text, const struct mail *mail)
{
	buffer_format(text,
		"{\"eventType\":\"Delivery\",\"delivery\":{\"timestamp\":\"%s\","
		"\"processingTimeMillis\":812,\"recipients\":[\"%s\"],"
		"\"smtpResponse\":\"250 2.0.0 OK: queued\","
		"\"reportingMTA\":\"a8-50.smtp-out.amazonses.com\"},",
		mail->happened, mail->address);
}

static void append_bounce(struct buffer *text, const struct mail *mail, bool is_permanent)
{
	buffer_format(text,
		"{\"eventType\":\"Bounce\",\"bounce\":{\"feedbackId\":\"%s\","
		"\"bounceType\":\"%s\",\"bounceSubType\":\"%s\",\"bouncedRecipients\":[{"
		"\"emailAddress\":\"%s\",\"action\":\"failed\",\"status\":\"%s\","
		"\"diagnosticCode\":\"%s\"}],\"timestamp\":\"%s\","
		"\"reportingMTA\":\"dns; a8-50.smtp-out.amazonses.com\"},",
		mail->feedback_id, is_permanent ? "Permanent" : "Transient",
		is_permanent ? "General" : "MailboxFull", mail->address,
		is_permanent ? "5.1.1" : "4.2.2",
		is_permanent ? "smtp; 550 5.1.1 user unknown"
			     : "smtp; 452 4.2.2 mailbox full",
		mail->happened);
}

static void append_complaint(struct buffer *text, const struct mail *mail)
{
	buffer_format(text,
		"{\"eventType\":\"Complaint\",\"complaint\":{\"feedbackId\":\"%s\","
		"\"complaintSubType\":null,\"complainedRecipients\":[{"
		"\"emailAddress\":\"%s\"}],\"timestamp\":\"%s\","
		"\"userAgent\":\"ExampleFeedback/1.0\","
		"\"complaintFeedbackType\":\"abuse\",\"arrivalDate\":\"%s\"},",
		mail->feedback_id, mail->address, mail->happened, mail->sent);
}

static void append_open(struct buffer *text, const struct mail *mail)
{
	buffer_format(text,
		"{\"eventType\":\"Open\",\"open\":{\"timestamp\":\"%s\","
		"\"userAgent\":\"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) "
		"Gecko/20100101 Firefox/128.0\",\"ipAddress\":\"198.51.100.%u\"},",
		mail->happened, mail->source);
}

void event_write(struct buffer *text, struct dice *dice, struct event_identity identity,
	uint32_t domains, utc_ms now)
{
	uint32_t kind = dice_roll(dice, 100);
	struct mail mail;

	make_mail(&mail, dice, identity, domains, now);
	if (kind < 70)
		append_delivery(text, &mail);
	else if (kind < 90)
		append_bounce(text, &mail, kind < 80);
	else if (kind < 95)
		append_complaint(text, &mail);
	else
		append_open(text, &mail);
	append_mail(text, &mail);
}
