/* exchange.h - one request as libmicrohttpd hands it over, piece by piece. Private to
 * web/. */
#ifndef WEB_EXCHANGE_H
#define WEB_EXCHANGE_H

#include <microhttpd.h>

#include "web/inside.h"

/* What the callbacks are told: which door they are behind. */
struct exchange_door {
	struct web *web;
	enum web_door door;
};

/* MHD_OPTION_URI_LOG_CALLBACK: the request line is there; makes the request. */
void *exchange_begin(
	void *closure, const char *address, struct MHD_Connection *connection);

/* MHD_AccessHandlerCallback. */
enum MHD_Result exchange_go_on(void *closure, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version, const char *upload,
	size_t *upload_size, void **context);

/* MHD_OPTION_NOTIFY_COMPLETED: frees the request. */
void exchange_end(void *closure, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code);

/* MHD_OPTION_NOTIFY_CONNECTION. */
void exchange_connection(void *closure, struct MHD_Connection *connection,
	void **socket_context, enum MHD_ConnectionNotificationCode code);

#endif
