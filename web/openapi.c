/* openapi.c - puts openapi.json into the program's read-only data. */
#include "web/openapi.h"

/* The assembler looks for the file from where make runs: the top of the source. */
__asm__(".pushsection .rodata\n"
	".type openapi_document, @object\n"
	"openapi_document:\n"
	".incbin \"web/openapi.json\"\n"
	".byte 0\n"
	".size openapi_document, . - openapi_document\n"
	".popsection\n");

extern const char openapi_document[] __attribute__((visibility("hidden")));

const char *openapi_text(void)
{
	return openapi_document;
}
