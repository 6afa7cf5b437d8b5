/* documents.h - JSON documents of a file: one a line, one over many lines, several. */
#ifndef TOOL_DOCUMENTS_H
#define TOOL_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buffer.h"

#define DOCUMENT_LIMIT ((size_t) 64 * 1024 * 1024)

/* Reads a file of any size with one document in memory. */
struct documents {
	FILE *file;
	struct buffer line;	/* read ahead */
	bool has_line;		/* line holds the next one */
	size_t line_number;	/* of the line read last */
	struct buffer document; /* the one that documents_next found */
	size_t first_line;	/* where it begins, from 1 */
	bool is_cut;		/* it ends in the middle, or is larger than
				   DOCUMENT_LIMIT */
};

/* file stays the caller's. */
void documents_init(struct documents *documents, FILE *file);
void documents_finish(struct documents *documents);

/*
 * The next document, in document: lines are joined until braces and brackets are closed.
 * What is no JSON comes too, a line at a time: whoever parses it says what is wrong. A
 * document that never closes does not swallow those behind it. False at the end.
 */
bool documents_next(struct documents *documents);

#endif
