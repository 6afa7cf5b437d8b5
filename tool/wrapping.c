/* wrapping.c - SNS messages taken out of what SQS and Lambda put around them. */
#include "tool/wrapping.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* A Lambda event of SQS messages of SNS messages is three deep. */
#define DEPTH_MAX 6

/* SQS's API says Body, its Lambda events say body. */
static const char *body_of(const struct json *document)
{
	const char *body = json_text(document, "Body");

	return body != NULL ? body : json_text(document, "body");
}

enum wrapping wrapping_recognise(const struct json *document)
{
	if (json_is_array(document))
		return WRAPPING_LIST;
	if (!json_is_object(document) || json_text(document, "SigningCertURL") != NULL)
		return WRAPPING_NONE;
	if (json_text(document, "SigningCertUrl") != NULL)
		return WRAPPING_LAMBDA; /* the Sns part of a record alone */
	if (json_is_object(json_member(document, "Sns")) ||
		json_is_array(json_member(document, "Records")))
		return WRAPPING_LAMBDA;
	if (body_of(document) != NULL || json_is_array(json_member(document, "Messages")))
		return WRAPPING_SQS;
	return WRAPPING_NONE;
}

const char *wrapping_words(enum wrapping wrapping)
{
	switch (wrapping) {
	case WRAPPING_NONE:
		return NULL;
	case WRAPPING_SQS:
		return "a message of an SQS queue, with the SNS message inside";
	case WRAPPING_LAMBDA:
		return "a Lambda event, with the SNS message inside";
	case WRAPPING_LIST:
		return "a list of documents, not one SNS message";
	}
	return NULL;
}

static bool print_message(
	const struct json *document, const struct wrapping_reader *reader)
{
	char *text = json_print(document);
	bool goes_on;

	if (text == NULL)
		return reader->refused(reader->closure, "out of memory");
	goes_on = reader->message(reader->closure, text, strlen(text));
	free(text);
	return goes_on;
}

static const char *sns_spelling(const char *name)
{
	if (text_equal(name, "SigningCertUrl"))
		return "SigningCertURL";
	if (text_equal(name, "UnsubscribeUrl"))
		return "UnsubscribeURL";
	return name;
}

static bool open_lambda_record(
	const struct json *sns, const struct wrapping_reader *reader)
{
	struct json *message = json_object();
	bool goes_on;

	for (const struct json *member = json_first(sns); member != NULL;
		member = json_next(member)) {
		/* Lambda adds what SNS had left out. */
		if (text_equal(json_name(member), "Subject") && json_is_null(member))
			continue;
		json_put_copy(message, sns_spelling(json_name(member)), member);
	}
	goes_on = print_message(message, reader);
	json_free(message);
	return goes_on;
}

static bool open_at(
	const struct json *document, const struct wrapping_reader *reader, int depth);

static bool open_list(
	const struct json *list, const struct wrapping_reader *reader, int depth)
{
	for (const struct json *element = json_first(list); element != NULL;
		element = json_next(element))
		if (!open_at(element, reader, depth))
			return false;
	return true;
}

static bool open_body(const char *body, const struct wrapping_reader *reader, int depth)
{
	struct error error;
	struct json *document = json_parse(body, strlen(body), JSON_STRICT, &error);
	bool goes_on;

	if (document == NULL) {
		error_prefix(&error, "the body of the SQS message is no SNS message");
		return reader->refused(reader->closure, error.text);
	}
	goes_on = open_at(document, reader, depth);
	json_free(document);
	return goes_on;
}

static bool open_at(
	const struct json *document, const struct wrapping_reader *reader, int depth)
{
	const struct json *member;

	if (depth > DEPTH_MAX)
		return reader->refused(reader->closure, "wrapped too often");
	switch (wrapping_recognise(document)) {
	case WRAPPING_NONE:
		return print_message(document, reader);
	case WRAPPING_LIST:
		return open_list(document, reader, depth + 1);
	case WRAPPING_LAMBDA:
		if (json_text(document, "SigningCertUrl") != NULL)
			return open_lambda_record(document, reader);
		member = json_member(document, "Sns");
		if (json_is_object(member))
			return open_lambda_record(member, reader);
		return open_list(json_member(document, "Records"), reader, depth + 1);
	case WRAPPING_SQS:
		if (body_of(document) != NULL)
			return open_body(body_of(document), reader, depth + 1);
		return open_list(json_member(document, "Messages"), reader, depth + 1);
	}
	return true;
}

bool wrapping_open(const struct json *document, const struct wrapping_reader *reader)
{
	return open_at(document, reader, 0);
}
