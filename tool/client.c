/* client.c - calls to the daemon's admin door, and their failures in words. */
#include "tool/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/text.h"
#include "tool/client_inside.h"
#include "tool/input.h"

void answer_finish(struct answer *answer)
{
	json_free(answer->json);
	answer->json = NULL;
	answer->status = 0;
	buffer_finish(&answer->body);
}

static enum tool_status read_token(struct tool *tool, struct curl_slist **headers)
{
	struct buffer header, file;
	struct curl_slist *list = NULL;
	struct error error;
	const char *token;
	size_t length;
	enum tool_status status = TOOL_DONE;

	buffer_init(&header, 8192);
	buffer_init(&file, 4096);
	if (!input_read_file(tool->token_file, &file, &error)) {
		status = tool_fail(tool, TOOL_USAGE, "--token-file %s: %s",
			tool->token_file, error.text);
		goto out;
	}
	length = file.length;
	token = text_trim(file.bytes == NULL ? "" : file.bytes, &length);
	if (length == 0 || memchr(token, '\n', length) || memchr(token, '\0', length)) {
		status = tool_fail(tool, TOOL_USAGE,
			"--token-file %s: must hold the token and nothing else, on one "
			"line",
			tool->token_file);
		goto out;
	}
	buffer_append_text(&header, "Authorization: Bearer ");
	buffer_append(&header, token, length);
	if (!header.failed)
		list = curl_slist_append(*headers, header.bytes);
	if (list == NULL)
		status = tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	else
		*headers = list;
out:
	buffer_finish(&header);
	buffer_finish(&file);
	return status;
}

static enum tool_status refuse_settings(struct tool *tool)
{
	if (tool->url != NULL && tool->socket_path != NULL)
		return tool_fail(tool, TOOL_USAGE,
			"--socket and --url exclude each other: give one of them");
	if (tool->token_file != NULL && tool->url == NULL)
		return tool_fail(tool, TOOL_USAGE,
			"--token-file goes with --url; the socket asks for no token");
	if (tool->url != NULL && !text_begins(tool->url, "http://") &&
		!text_begins(tool->url, "https://"))
		return tool_fail(tool, TOOL_USAGE,
			"--url %s: write it as http://127.0.0.1:8480", tool->url);
	return TOOL_DONE;
}

enum tool_status client_open(struct tool *tool, struct client **client)
{
	struct client *made;
	enum tool_status status = refuse_settings(tool);

	*client = NULL;
	if (status != TOOL_DONE)
		return status;
	made = calloc(1, sizeof(*made));
	if (made == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	made->tool = tool;
	made->timeout_seconds = CLIENT_TIMEOUT_SECONDS;
	made->curl = curl_easy_init();
	made->base = strdup(tool->url != NULL ? tool->url : "http://localhost");
	made->headers = curl_slist_append(NULL, "Expect:");
	if (made->curl == NULL || made->base == NULL || made->headers == NULL) {
		client_close(made);
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	}
	for (size_t i = strlen(made->base); i > 0 && made->base[i - 1] == '/'; i--)
		made->base[i - 1] = '\0';
	if (tool->token_file != NULL)
		status = read_token(tool, &made->headers);
	if (status != TOOL_DONE) {
		client_close(made);
		return status;
	}
	*client = made;
	return TOOL_DONE;
}

void client_close(struct client *client)
{
	if (client == NULL)
		return;
	curl_easy_cleanup(client->curl);
	curl_slist_free_all(client->headers);
	free(client->base);
	free(client);
}

void client_set_timeout(struct client *client, long seconds)
{
	client->timeout_seconds = seconds;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *closure)
{
	struct buffer *body = closure;

	return buffer_append(body, bytes, size * count) ? size * count : 0;
}

static const char *socket_path(const struct client *client)
{
	const char *path = client->tool->socket_path;

	return path == NULL ? TOOL_SOCKET : path;
}

/* Why a Unix socket can't be reached, and what helps. */
static enum tool_status say_socket_failed(struct client *client, long os_error)
{
	const char *path = socket_path(client);
	struct tool *tool = client->tool;
	struct stat about;

	/* libcurl 7.88 does not always keep the error number of a Unix socket. */
	if (os_error == 0 && stat(path, &about) != 0)
		os_error = errno;
	if (os_error == ENOENT || os_error == ENOTDIR)
		return tool_fail(tool, TOOL_UNREACHABLE,
			"cannot reach the daemon: there is no socket %s; is "
			"ses-feedbackd "
			"running (systemctl status ses-feedbackd)? Its [admin] socket "
			"may be "
			"elsewhere: --socket PATH",
			path);
	if (os_error == EACCES || os_error == EPERM)
		return tool_fail(tool, TOOL_UNREACHABLE,
			"cannot reach the daemon: no permission for the socket %s; run "
			"this "
			"with sudo, or as a member of the socket's group (ls -l %s)",
			path, path);
	if (os_error == ECONNREFUSED)
		return tool_fail(tool, TOOL_UNREACHABLE,
			"cannot reach the daemon: nobody listens on the socket %s; is "
			"ses-feedbackd running (systemctl status ses-feedbackd)?",
			path);
	return tool_fail(tool, TOOL_UNREACHABLE,
		"cannot reach the daemon at the socket %s: %s; is ses-feedbackd running "
		"(systemctl status ses-feedbackd), and may you write to the socket?",
		path, os_error != 0 ? strerror((int) os_error) : client->curl_error);
}

enum tool_status client_say_failed(
	struct client *client, CURLcode code, bool is_too_large, const char *path)
{
	struct tool *tool = client->tool;
	const char *where = tool->url != NULL ? tool->url : socket_path(client);
	long os_error = 0;

	if (is_too_large)
		return tool_fail(tool, TOOL_UNREACHABLE,
			"%s: the answer to %s is larger than 64 MiB", where, path);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return tool_fail(tool, TOOL_UNREACHABLE,
			"no answer from the daemon at %s in time (%s); is it overloaded, "
			"or "
			"is something else listening there?",
			where, client->curl_error);
	if (code != CURLE_COULDNT_CONNECT)
		return tool_fail(tool, TOOL_UNREACHABLE,
			"cannot talk to the daemon at %s: %s", where,
			client->curl_error[0] != '\0' ? client->curl_error
						      : curl_easy_strerror(code));
	curl_easy_getinfo(client->curl, CURLINFO_OS_ERRNO, &os_error);
	if (tool->url == NULL)
		return say_socket_failed(client, os_error);
	return tool_fail(tool, TOOL_UNREACHABLE,
		"cannot reach the daemon at %s: %s; is ses-feedbackd running, and is "
		"this "
		"its [admin] listen address?",
		where, client->curl_error);
}

void client_set_call(
	struct client *client, const char *method, const char *url, struct answer *answer)
{
	CURL *curl = client->curl;

	curl_easy_reset(curl); /* keeps the connection */
	client->curl_error[0] = '\0';
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->curl_error);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 5L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, client->timeout_seconds);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, client->headers);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "ses-feedback/" VERSION);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer->body);
	/* The admin door is not to be looked for through a proxy of the environment. */
	if (client->tool->url == NULL) {
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
		curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket_path(client));
	}
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
}

static void set_body(
	struct client *client, const char *method, const char *body, size_t length)
{
	CURL *curl = client->curl;

	if (body == NULL && !text_equal(method, "POST"))
		return;
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) length);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body == NULL ? "" : body);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
}

void client_take_answer(struct client *client, struct answer *answer)
{
	const char *type = NULL;
	struct error error;

	curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &answer->status);
	curl_easy_getinfo(client->curl, CURLINFO_CONTENT_TYPE, &type);
	if (type != NULL && strcasestr(type, "json") != NULL && answer->body.length > 0)
		answer->json = json_parse(
			answer->body.bytes, answer->body.length, JSON_REPAIR, &error);
}

enum tool_status client_ask(struct client *client, const char *method, const char *path,
	const char *body, size_t length, struct answer *answer)
{
	struct buffer url;
	CURLcode code;

	memset(answer, 0, sizeof(*answer));
	buffer_init(&answer->body, CLIENT_ANSWER_LIMIT);
	buffer_init(&url, 2 * CLIENT_ANSWER_LIMIT);
	buffer_append_text(&url, client->base);
	if (!buffer_append_text(&url, path)) {
		buffer_finish(&url);
		return tool_fail(client->tool, TOOL_UNREACHABLE, "out of memory");
	}
	client_set_call(client, method, url.bytes, answer);
	set_body(client, method, body, body == NULL ? 0 : length);
	code = curl_easy_perform(client->curl);
	buffer_finish(&url);
	if (code != CURLE_OK)
		return client_say_failed(client, code, answer->body.failed, path);
	client_take_answer(client, answer);
	return TOOL_DONE;
}

static enum tool_status say_unauthorised(
	struct client *client, const struct answer *answer, const char *detail)
{
	struct tool *tool = client->tool;

	if (answer->status == 403)
		return tool_fail(tool, TOOL_UNREACHABLE,
			"the daemon refused: %s; use a token whose role in the daemon's "
			"tokens file allows it",
			detail);
	if (tool->token_file == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE,
			"the daemon wants a token over TCP: give --token-file FILE with "
			"one "
			"from its tokens file, or use the socket on its host");
	return tool_fail(tool, TOOL_UNREACHABLE,
		"the daemon does not know the token in %s; is its SHA-256 in the "
		"daemon's "
		"tokens file, and was the daemon reloaded since?",
		tool->token_file);
}

/* The API calls --columns MAP columns=MAP. */
static enum tool_status say_wrong_use(struct tool *tool, const char *detail)
{
	static const char parameter[] = " columns=";
	const char *found = strstr(detail, parameter);

	if (found == NULL)
		return tool_fail(tool, TOOL_USAGE, "%s", detail);
	return tool_fail(tool, TOOL_USAGE, "%.*s --columns %s", (int) (found - detail),
		detail, found + strlen(parameter));
}

enum tool_status client_refused(struct client *client, const struct answer *answer)
{
	struct tool *tool = client->tool;
	const char *detail = json_text(answer->json, "detail");

	if (detail == NULL)
		detail = json_text(answer->json, "title");
	if (detail == NULL)
		detail = "no reason given";
	if (answer->status == 401 || answer->status == 403)
		return say_unauthorised(client, answer, detail);
	if (answer->json == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE,
			"%s answered %ld, not as ses-feedbackd does; is something else "
			"listening there?",
			tool->url != NULL ? tool->url : socket_path(client),
			answer->status);
	if (answer->status == 400)
		return say_wrong_use(tool, detail);
	if (answer->status >= 500)
		return tool_fail(tool, TOOL_UNREACHABLE,
			"the daemon cannot do it now: %s (%ld)", detail, answer->status);
	return tool_fail(tool, TOOL_UNREACHABLE, "the daemon refused: %s (%ld)", detail,
		answer->status);
}

static bool is_answer(const struct answer *answer)
{
	return answer->status < 400 && (answer->json != NULL || answer->status == 204);
}

enum tool_status client_call(struct client *client, const char *method, const char *path,
	const char *body, size_t length, struct answer *answer)
{
	enum tool_status status = client_ask(client, method, path, body, length, answer);

	if (status != TOOL_DONE)
		return status;
	return is_answer(answer) ? TOOL_DONE : client_refused(client, answer);
}

enum tool_status client_find(struct client *client, const char *method, const char *path,
	const char *unknown, struct answer *answer)
{
	enum tool_status status = client_ask(client, method, path, NULL, 0, answer);

	if (status != TOOL_DONE)
		return status;
	if (answer->status == 404 && answer->json != NULL)
		return tool_fail(client->tool, TOOL_NO, "%s", unknown);
	return is_answer(answer) ? TOOL_DONE : client_refused(client, answer);
}

enum tool_status client_get(
	struct client *client, const char *path, struct answer *answer)
{
	return client_call(client, "GET", path, NULL, 0, answer);
}
