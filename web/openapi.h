/* openapi.h - the OpenAPI document, which is part of the program. Private to web/. */
#ifndef WEB_OPENAPI_H
#define WEB_OPENAPI_H

/* openapi.json, followed by a NUL. */
const char *openapi_text(void);

#endif
