/* api_reply.c - answers that several calls of the API give. */
#include "web/api_reply.h"

void api_reply_buffer(struct request *request, unsigned status, const char *content_type,
	struct buffer *buffer)
{
	if (buffer->failed) {
		buffer_finish(buffer);
		api_reply_no_memory(request);
		return;
	}
	buffer->limit = request->answer.limit;
	buffer_finish(&request->answer);
	request->answer = *buffer;
	buffer_init(buffer, 0);
	request->status = status;
	request->content_type = content_type;
}

void api_reply_no_memory(struct request *request)
{
	reply_problem(request, 503, "overload",
		"there is no memory for the answer now, or it is too long");
	reply_header(request, "Retry-After", "5");
}

void api_reply_not_stored(struct request *request)
{
	reply_problem(request, 503, "store-failed",
		"the store can't write now: nothing was changed; the log says why");
	reply_header(request, "Retry-After", "5");
}
