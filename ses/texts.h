/* texts.h - many small texts that are freed at once. Private to ses/. */
#ifndef SES_TEXTS_H
#define SES_TEXTS_H

#include <stddef.h>

struct texts;

/* NULL without memory. */
struct texts *texts_new(void);
/* Takes NULL. Frees every text that was added. */
void texts_free(struct texts *texts);

/* A copy of length bytes and a NUL; belongs to texts. NULL without memory. */
char *texts_add(struct texts *texts, const char *bytes, size_t length);

#endif
