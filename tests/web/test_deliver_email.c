/* test_deliver_email.c - mails that are proper, whatever mail brought about them. */
#include "tests/web/telling.h"

#include "base/crypto.h"
#include "base/text.h"
#include "web/mime.h"

static const char *const to[] = {"ops@example.com", "Jörg <joerg@example.org>", NULL};
static const struct web_channel channel = {.name = "post",
	.type = WEB_CHANNEL_EMAIL,
	.from = "SES feedback <alerts@mail.example.com>",
	.to = to};

static char *mail_for(const struct web_channel *used, const char *payload)
{
	struct deliver_order order = order_of(used, payload);
	struct error error = {""};
	char *mail = deliver_email_text(&order, &error);

	assert_string_equal(error.text, "");
	assert_non_null(mail);
	return mail;
}

/* What every mail is: ASCII, lines that end with CRLF and are short. */
static void assert_lines(const char *mail)
{
	size_t length = 0;

	for (const char *byte = mail; *byte != '\0'; byte++, length++) {
		assert_true((unsigned char) *byte < 0x80);
		if (*byte == '\r')
			assert_int_equal(byte[1], '\n');
		if (*byte == '\n') {
			assert_true(byte > mail && byte[-1] == '\r');
			assert_true(length <= 998);
			length = 0;
		}
	}
	assert_true(text_ends(mail, "\r\n"));
}

static void a_mail_has_the_headers_that_it_needs(void **state)
{
	char *mail = mail_for(&channel, FIRED);

	(void) state;
	assert_lines(mail);
	assert_true(text_begins(mail,
		"Date: Tue, 24 Nov 2026 11:59:58 +0000\r\n"
		"Message-ID: <msg_2abcdefghijklmnopqrstuvwxy@mail.example.com>\r\n"
		"From: SES feedback <alerts@mail.example.com>\r\n"
		"To: ops@example.com,\r\n"
		" =?UTF-8?B?SsO2cmc=?= <joerg@example.org>\r\n"
		"Subject: [ses-feedbackd] OVER THE REVIEW LIMIT: bounce rate 5.84 % of "
		"111122223333/eu-west-1\r\n"
		"Auto-Submitted: auto-generated\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=UTF-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
		"612 of 10,476 eligible emails bounced\r\n"));
	assert_has(mail, "What to do: stop the campaign & clean its list\r\n");
	free(mail);
}

static void the_same_message_is_the_same_mail(void **state)
{
	struct deliver_order later = order_of(&channel, FIRED);
	char *one = mail_for(&channel, FIRED), *other;

	(void) state;
	later.now += DAY_MS;
	other = deliver_email_text(&later, NULL);
	assert_string_equal(one, other);
	free(one);
	free(other);
}

static void what_mail_brought_begins_no_header_and_no_line(void **state)
{
	char *mail = mail_for(&channel, HOSTILE), *body = strstr(mail, "\r\n\r\n");

	(void) state;
	assert_lines(mail);
	assert_has_not(mail, "\nBcc");
	assert_has_not(mail, "\n.\r\n");
	assert_has_not(mail, "\nQUIT");
	/* one blank line ends the headers, and it is ours */
	assert_non_null(body);
	*body = '\0';
	assert_has(mail, "Content-Transfer-Encoding");
	assert_has(mail, "Subject: [ses-feedbackd] =?UTF-8?B?");
	free(mail);
}

static void an_address_that_is_none_is_refused(void **state)
{
	static const char *const wrong[] = {"a@b.example\r\nBcc: c@d.example",
		"<a@b.example", "a b@c.example", "A <a@b.example> <c@d.example", "", "<>",
		NULL};
	struct error error;

	(void) state;
	for (size_t i = 0; wrong[i] != NULL; i++) {
		const char *const recipients[] = {wrong[i], NULL};
		struct web_channel used = channel;
		struct deliver_order order = order_of(&used, FIRED);

		used.to = recipients;
		assert_null(deliver_email_text(&order, &error));
		assert_has(error.text, "to is no address");
	}
}

static void an_address_is_what_stands_in_brackets(void **state)
{
	static const struct {
		const char *mailbox, *address;
	} rows[] = {
		{"a@b.example", "a@b.example"},
		{" a@b.example ", "a@b.example"},
		{"A B <a@b.example>", "a@b.example"},
		{"\"A <x>\" <a@b.example>", "a@b.example"},
		{"<a@b.example>", "a@b.example"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *address = mime_address(rows[i].mailbox);

		assert_string_equal(address, rows[i].address);
		free(address);
	}
}

static void assert_words(const char *text, const char *expected)
{
	struct buffer header;

	buffer_init(&header, 10000);
	assert_true(mime_words(&header, text));
	assert_string_equal(header.bytes, expected);
	buffer_finish(&header);
}

/* By Python's email.header.decode_header, which reads them back as they were. */
static void words_that_are_not_ascii_are_encoded(void **state)
{
	(void) state;
	assert_words("plain", "plain");
	assert_words("Grüße", "=?UTF-8?B?R3LDvMOfZQ==?=");
	assert_words("a\r\nBcc: b", "=?UTF-8?B?YSAgQmNjOiBi?=");
	/* else it would be decoded */
	assert_words("=?UTF-8?B?SGk=?=", "=?UTF-8?B?PT9VVEYtOD9CP1NHaz0/PQ==?=");
}

static void encoded_words_are_short_and_divide_no_character(void **state)
{
	char text[600] = "x";
	struct buffer header;
	char *line, *rest;

	(void) state;
	for (size_t i = 0; i < 140; i++)
		memcpy(text + 1 + 4 * i, "😀", 4);
	buffer_init(&header, 10000);
	assert_true(mime_words(&header, text));
	rest = header.bytes;
	while ((line = strsep(&rest, "\n")) != NULL) {
		uint8_t bytes[100];
		size_t length = strcspn(line, "\r"), decoded;
		const char *begin = line + (line[0] == ' ');

		length -= (size_t) (begin - line);
		assert_true(length <= 75 && text_begins(begin, "=?UTF-8?B?"));
		assert_true(base64_decode(
			begin + 10, length - 12, bytes, sizeof(bytes), &decoded));
		assert_true(utf8_is_valid((const char *) bytes, decoded));
	}
	buffer_finish(&header);
}

static void assert_quoted(const char *text, const char *expected)
{
	struct buffer body;

	buffer_init(&body, 10000);
	assert_true(mime_quoted_printable(&body, text, strlen(text)));
	assert_string_equal(body.bytes, expected);
	buffer_finish(&body);
}

static void quoted_printable_is_as_rfc_2045_says(void **state)
{
	(void) state;
	assert_quoted("a = b\n", "a =3D b\r\n");
	assert_quoted("-- \nx \n", "--=20\r\nx=20\r\n");
	assert_quoted("a\r\n", "a=0D\r\n");
	assert_quoted("ü", "=C3=BC");
	assert_quoted("123456789012345678901234567890123456789012345678901234567890"
		      "1234567890123456789\n",
		"123456789012345678901234567890123456789012345678901234567890"
		"123456789012345=\r\n6789\r\n");
}

static void dates_are_as_rfc_5322_says(void **state)
{
	char text[MIME_DATE_SIZE];

	(void) state;
	assert_string_equal(mime_date(NOW, text), "Tue, 24 Nov 2026 12:00:00 +0000");
	assert_string_equal(mime_date(0, text), "Thu, 01 Jan 1970 00:00:00 +0000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_has_the_headers_that_it_needs),
		cmocka_unit_test(the_same_message_is_the_same_mail),
		cmocka_unit_test(what_mail_brought_begins_no_header_and_no_line),
		cmocka_unit_test(an_address_that_is_none_is_refused),
		cmocka_unit_test(an_address_is_what_stands_in_brackets),
		cmocka_unit_test(words_that_are_not_ascii_are_encoded),
		cmocka_unit_test(encoded_words_are_short_and_divide_no_character),
		cmocka_unit_test(quoted_printable_is_as_rfc_2045_says),
		cmocka_unit_test(dates_are_as_rfc_5322_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
