/* metrics.c - writes the Prometheus text format. */
#include "web/metrics.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* HELP escapes backslash and line feed; a label's value the quote, too. */
static void append_escaped(struct buffer *page, const char *text, const char *specials)
{
	while (*text != '\0') {
		size_t plain = strcspn(text, specials);

		buffer_append(page, text, plain);
		text += plain;
		if (*text == '\0')
			return;
		buffer_append_text(page, "\\");
		buffer_append(page, *text == '\n' ? "n" : text, 1);
		text++;
	}
}

void metrics_family(
	struct buffer *page, const char *name, const char *type, const char *help)
{
	buffer_format(page, "# HELP %s ", name);
	append_escaped(page, help, "\\\n");
	buffer_format(page, "\n# TYPE %s %s\n", name, type);
}

static void append_name(
	struct buffer *page, const char *name, const struct metrics_label *labels)
{
	buffer_append_text(page, name);
	if (labels == NULL || labels->name == NULL)
		return;
	for (const struct metrics_label *label = labels; label->name != NULL; label++) {
		buffer_format(page, "%s%s=\"", label == labels ? "{" : ",", label->name);
		append_escaped(page, label->value, "\\\"\n");
		buffer_append_text(page, "\"");
	}
	buffer_append_text(page, "}");
}

void metrics_sample(struct buffer *page, const char *name,
	const struct metrics_label *labels, double value)
{
	append_name(page, name, labels);
	if (isnan(value))
		buffer_append_text(page, " NaN\n");
	else if (isinf(value))
		buffer_append_text(page, value > 0 ? " +Inf\n" : " -Inf\n");
	else
		buffer_format(page, " %.15g\n", value);
}

void metrics_sample_count(struct buffer *page, const char *name,
	const struct metrics_label *labels, int64_t value)
{
	append_name(page, name, labels);
	buffer_format(page, " %" PRId64 "\n", value);
}

void metrics_single(struct buffer *page, const char *name, const char *type,
	const char *help, double value)
{
	metrics_family(page, name, type, help);
	metrics_sample(page, name, NULL, value);
}

void metrics_append_family(struct buffer *page, const char *name, const char *type,
	const char *help, const struct buffer *samples)
{
	metrics_family(page, name, type, help);
	if (samples->length > 0)
		buffer_append(page, samples->bytes, samples->length);
	if (samples->failed)
		page->failed = true;
}
