/* deliver_email.c - a mail over SMTP, as RFC 5321 and 5322 ask. */
#include "web/deliver.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "web/deliver_http.h"
#include "web/mime.h"
#include "web/telling.h"

#define MAIL_MAX ((size_t) 1 << 20)

/* ---- the mail ---- */

/* <ID@DOMAIN OF FROM>: the same at every attempt, so that a mail that comes twice is
 * known. */
static bool add_message_id(const struct deliver_order *order, struct buffer *mail)
{
	char *address = mime_address(order->channel->from);
	const char *at = address == NULL ? NULL : strrchr(address, '@');

	buffer_format(mail, "Message-ID: <%s@%s>\r\n", order->message,
		at == NULL || at[1] == '\0' ? "localhost" : at + 1);
	free(address);
	return !mail->failed;
}

static bool add_mailboxes(
	const struct deliver_order *order, struct buffer *mail, struct error *error)
{
	const struct web_channel *channel = order->channel;

	if (channel->from == NULL || channel->to == NULL || channel->to[0] == NULL)
		return error_set(error, "from or to is missing");
	buffer_append_text(mail, "From: ");
	if (!mime_mailbox(mail, channel->from))
		return error_set(error, "from is no address: %s", channel->from);
	for (const char *const *to = channel->to; *to != NULL; to++) {
		buffer_append_text(mail, to == channel->to ? "\r\nTo: " : ",\r\n ");
		if (!mime_mailbox(mail, *to))
			return error_set(error, "to is no address: %s", *to);
	}
	buffer_append_text(mail, "\r\n");
	return true;
}

static bool add_headers(const struct deliver_order *order, const struct telling *telling,
	struct buffer *mail, struct error *error)
{
	char date[MIME_DATE_SIZE];
	struct buffer title;

	buffer_format(mail, "Date: %s\r\n",
		mime_date(telling->at == UTC_NONE ? order->now : telling->at, date));
	add_message_id(order, mail);
	if (!add_mailboxes(order, mail, error))
		return false;
	buffer_init(&title, MAIL_MAX);
	if (telling_title(telling, &title)) {
		buffer_append_text(mail, "Subject: [ses-feedbackd] ");
		mime_words(mail, title.bytes);
	} else {
		mail->failed = true;
	}
	buffer_finish(&title);
	/* RFC 3834: nobody's holiday answers it. */
	buffer_append_text(mail, "\r\nAuto-Submitted: auto-generated\r\n"
				 "MIME-Version: 1.0\r\n"
				 "Content-Type: text/plain; charset=UTF-8\r\n"
				 "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	return true;
}

static bool add_text(const struct deliver_order *order, const struct telling *telling,
	struct buffer *mail)
{
	struct buffer text;

	buffer_init(&text, MAIL_MAX);
	telling_text(telling, &text);
	buffer_format(&text, "\n-- \nses-feedbackd %s, channel %s, message %s\n",
		order->version, order->channel->name, order->message);
	if (text.failed || !mime_quoted_printable(mail, text.bytes, text.length))
		mail->failed = true;
	buffer_finish(&text);
	return !mail->failed;
}

char *deliver_email_text(const struct deliver_order *order, struct error *error)
{
	struct telling telling;
	struct buffer mail;
	char *whole = NULL;
	size_t length;

	if (!telling_read(&telling, order->payload, error))
		return NULL;
	buffer_init(&mail, MAIL_MAX);
	if (add_headers(order, &telling, &mail, error)) {
		add_text(order, &telling, &mail);
		whole = buffer_take(&mail, &length);
		if (whole == NULL)
			error_set(error, "out of memory");
	}
	buffer_finish(&mail);
	telling_finish(&telling);
	return whole;
}

/* ---- sending it ---- */

struct upload {
	const char *bytes;
	size_t left;
};

static size_t give_bytes(char *bytes, size_t size, size_t count, void *closure)
{
	struct upload *upload = closure;
	size_t given = size * count < upload->left ? size * count : upload->left;

	memcpy(bytes, upload->bytes, given);
	upload->bytes += given;
	upload->left -= given;
	return given;
}

/* What the server said against somebody, of a mail that it took all the same. */
struct refusals {
	struct error later, never; /* the last reply 4xx, 5xx; "" none */
};

/* libcurl hands the replies over here, a line each. */
static size_t take_reply(char *line, size_t size, size_t count, void *closure)
{
	struct refusals *refusals = closure;
	size_t length = size * count;

	while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == '\n'))
		length--;
	if (length >= 3 && (line[0] == '4' || line[0] == '5'))
		error_set(line[0] == '4' ? &refusals->later : &refusals->never, "%.*s",
			length > 200 ? 200 : (int) length, line);
	return size * count;
}

/* "<ADDRESS>" for each recipient; NULL without memory. */
static struct curl_slist *make_recipients(const struct web_channel *channel)
{
	struct curl_slist *recipients = NULL;

	for (const char *const *to = channel->to; *to != NULL; to++) {
		char *address = mime_address(*to);
		struct curl_slist *more =
			address == NULL ? NULL : curl_slist_append(recipients, address);

		free(address);
		if (more == NULL) {
			curl_slist_free_all(recipients);
			return NULL;
		}
		recipients = more;
	}
	return recipients;
}

static bool prepare(CURL *curl, const struct deliver_order *order, const char *from,
	struct curl_slist *recipients, struct upload *upload, struct refusals *refusals)
{
	const struct web_channel *channel = order->channel;

	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_USE_SSL,
		(long) (channel->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
	/* One mailbox that is no more does not keep the others from knowing. */
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_reply);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, refusals);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
	curl_easy_setopt(curl, CURLOPT_READDATA, upload);
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t) upload->left);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	return curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_URL, channel->url) == CURLE_OK;
}

/* Who was put off is tried again; the others know the mail by its Message-ID. */
static void perform(CURL *curl, const char *words, const struct refusals *refusals,
	struct deliver_outcome *outcome)
{
	CURLcode code = curl_easy_perform(curl);
	long reply = 0;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
	if (deliver_curl_failed(code, words, outcome)) {
		outcome->is_refused = reply / 100 == 5;
		return;
	}
	if (refusals->later.text[0] != '\0') {
		error_set(&outcome->said, "a recipient was put off: %s",
			refusals->later.text);
		return;
	}
	outcome->verdict = DELIVER_DONE;
	error_set(&outcome->said, "answered %ld%s%s", reply,
		refusals->never.text[0] != '\0' ? ", but a recipient was refused: " : "",
		refusals->never.text);
}

void deliver_email(const struct deliver_order *order, struct deliver_outcome *outcome)
{
	struct refusals refusals = {.later = {.text = ""}, .never = {.text = ""}};
	char words[CURL_ERROR_SIZE], *from = NULL, *mail;
	struct curl_slist *recipients = NULL;
	struct upload upload;
	CURL *curl = NULL;

	mail = deliver_email_text(order, &outcome->said);
	if (mail == NULL) {
		deliver_refuse(outcome);
		return;
	}
	upload = (struct upload){mail, strlen(mail)};
	from = mime_address(order->channel->from);
	recipients = make_recipients(order->channel);
	curl = deliver_curl(order, words);
	if (from == NULL || recipients == NULL || curl == NULL ||
		!prepare(curl, order, from, recipients, &upload, &refusals))
		error_set(&outcome->said, "out of memory");
	else
		perform(curl, words, &refusals, outcome);
	curl_easy_cleanup(curl);
	curl_slist_free_all(recipients);
	free(from);
	free(mail);
}
