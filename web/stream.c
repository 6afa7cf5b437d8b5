/* stream.c - bodies and answers in pieces. */
#include "web/stream.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "web/connections.h"

/* A client that sends so much gets the time of a whole request for the next. */
#define PROGRESS_BYTES ((size_t) 64 << 10)
#define BLOCK_BYTES ((size_t) 32 << 10)
#define PIECE_MAX ((size_t) 16 << 20)

/* ---- a body ---- */

void stream_take_body(
	struct request *request, const struct stream_sink *sink, void *closure)
{
	request->sink = sink;
	request->sink_closure = closure;
}

void stream_take_piece(struct request *request, const char *bytes, size_t length)
{
	request->streamed += length;
	if (!request->is_refused_early &&
		!request->sink->take(request, request->sink_closure, bytes, length))
		request->is_refused_early = true;
	if (request->streamed < PROGRESS_BYTES)
		return;
	request->streamed = 0;
	connection_begins_request(request->client);
}

/* ---- an answer ---- */

void stream_answer(struct request *request, const char *content_type,
	const struct stream_source *source, void *closure)
{
	if (request->is_http_1_0) {
		source->free(closure);
		reply_problem(request, 505, "http-version",
			"an answer of this length needs HTTP/1.1");
		return;
	}
	buffer_finish(&request->answer);
	request->source = source;
	request->source_closure = closure;
	request->status = 200;
	request->content_type = content_type;
}

struct stream {
	const struct stream_source *source;
	void *closure;
	struct connection *client; /* lives as long as somebody asks for a piece */
	struct buffer piece;
	size_t sent; /* of the piece */
	bool is_end; /* the piece is the last one */
};

/* False: it can't go on. */
static bool next_piece(struct stream *stream)
{
	stream->piece.length = 0;
	stream->sent = 0;
	if (!stream->source->give(stream->closure, &stream->piece, &stream->is_end) ||
		stream->piece.failed) {
		log_error("an answer in pieces can't go on; its connection is broken "
			  "off, so that it does not look complete");
		return false;
	}
	connection_begins_answer(stream->client);
	return true;
}

static ssize_t read_stream(void *closure, uint64_t position, char *bytes, size_t room)
{
	struct stream *stream = closure;
	size_t count;

	(void) position;
	if (stream->sent == stream->piece.length) {
		if (stream->is_end)
			return MHD_CONTENT_READER_END_OF_STREAM;
		if (!next_piece(stream))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		if (stream->piece.length == 0 && stream->is_end)
			return MHD_CONTENT_READER_END_OF_STREAM;
	}
	if (stream->piece.length == 0)
		return 0; /* libmicrohttpd looks at its other connections, and asks again
			   */
	count = stream->piece.length - stream->sent;
	if (count > room)
		count = room;
	memcpy(bytes, stream->piece.bytes + stream->sent, count);
	stream->sent += count;
	return (ssize_t) count;
}

static void free_stream(void *closure)
{
	struct stream *stream = closure;

	stream->source->free(stream->closure);
	buffer_finish(&stream->piece);
	free(stream);
}

struct MHD_Response *stream_response(struct request *request)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	struct MHD_Response *response;

	if (stream == NULL)
		return NULL;
	stream->source = request->source;
	stream->closure = request->source_closure;
	stream->client = request->client;
	buffer_init(&stream->piece, PIECE_MAX);
	request->source = NULL;
	response = MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_stream, stream, free_stream);
	if (response == NULL)
		free_stream(stream);
	return response;
}

void stream_finish(struct request *request)
{
	if (request->sink != NULL)
		request->sink->free(request->sink_closure);
	request->sink = NULL;
	if (request->source != NULL)
		request->source->free(request->source_closure);
	request->source = NULL;
}
