/* texts.c - many small texts that are freed at once. */
#include "ses/texts.h"

#include <stdlib.h>
#include <string.h>

/* Holds the texts of nearly every event in one allocation. */
#define BLOCK_BYTES 2000

struct block {
	struct block *next;
	size_t used, size;
	char bytes[];
};

struct texts {
	struct block *blocks; /* the one that is filled first */
};

static struct block *add_block(struct texts *texts, size_t size)
{
	struct block *block = malloc(sizeof(*block) + size);

	if (!block)
		return NULL;
	block->next = texts->blocks;
	block->used = 0;
	block->size = size;
	texts->blocks = block;
	return block;
}

struct texts *texts_new(void)
{
	return calloc(1, sizeof(struct texts));
}

void texts_free(struct texts *texts)
{
	if (!texts)
		return;
	while (texts->blocks) {
		struct block *next = texts->blocks->next;

		free(texts->blocks);
		texts->blocks = next;
	}
	free(texts);
}

char *texts_add(struct texts *texts, const char *bytes, size_t length)
{
	struct block *block = texts->blocks;
	char *copy;

	if (!block || block->size - block->used <= length) {
		size_t size = length < BLOCK_BYTES ? BLOCK_BYTES : length + 1;

		block = add_block(texts, size);
		if (!block)
			return NULL;
	}
	copy = block->bytes + block->used;
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	block->used += length + 1;
	return copy;
}
