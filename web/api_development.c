/* api_development.c - what `ses-feedback simulate` needs to sign with the development
 * key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/inside.h"
#include "web/server.h"

#define PEM_BYTES_MAX ((size_t) 256 * 1024)

/* The address to post to from this host: where a door listens everywhere, loopback. */
static void write_url(const struct web_rules *rules, const char *address, bool is_tls,
	struct buffer *url)
{
	const char *port = strrchr(address, ':'), *host = address;
	size_t length = port ? (size_t) (port - address) : strlen(address);

	if (text_begins(address, "0.0.0.0:")) {
		host = "127.0.0.1";
		length = strlen(host);
	} else if (text_begins(address, "[::]:")) {
		host = "[::1]";
		length = strlen(host);
	}
	buffer_format(url, "%s://%.*s%s%s", is_tls ? "https" : "http", (int) length, host,
		port ? port : "", rules->feedback_path);
}

/* The first feedback door that a URL can name; NULL if all are Unix sockets. */
static const char *feedback_address(const struct web *web)
{
	for (size_t i = 0; i < web->server_count; i++) {
		const char *address = web_listener_address(web, i);

		if (server_door(web->servers[i]) == WEB_DOOR_FEEDBACK &&
			!text_begins(address, "unix:"))
			return address;
	}
	return NULL;
}

/* Copies the certificates of a PEM text and nothing else: the file can hold the private
 * key, too. */
static void append_certificates(const char *pem, struct buffer *chain)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	static const char end[] = "-----END CERTIFICATE-----";

	while ((pem = strstr(pem, begin)) != NULL) {
		const char *stop = strstr(pem, end);

		if (stop == NULL)
			return;
		stop += strlen(end);
		buffer_append(chain, pem, (size_t) (stop - pem));
		buffer_append_text(chain, "\n");
		pem = stop;
	}
}

/* The chain that the feedback door shows, freed by the caller; NULL if it can't be read.
 */
static char *read_chain(const char *path)
{
	FILE *file = fopen(path, "re");
	char bytes[4096], *text = NULL;
	struct buffer pem, chain;
	size_t length;

	if (file == NULL)
		return NULL;
	buffer_init(&pem, PEM_BYTES_MAX);
	buffer_init(&chain, PEM_BYTES_MAX);
	while ((length = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buffer_append(&pem, bytes, length);
	fclose(file);
	if (pem.bytes != NULL && !pem.failed)
		append_certificates(pem.bytes, &chain);
	if (chain.length > 0)
		text = buffer_take(&chain, &length);
	buffer_finish(&pem);
	buffer_finish(&chain);
	return text;
}

static struct json *certificates_json(struct request *request)
{
	const struct sns_policy *policy = &request->rules->policy;
	struct json *certificates = json_array();

	for (size_t i = 0; i < policy->topic_count; i++) {
		char *url = web_development_url(request->web, policy->topics[i].arn);
		struct json *one = json_object();

		json_put_text(one, "topic", policy->topics[i].arn);
		json_put_text(one, "signing_cert_url", url);
		json_append(certificates, one);
		free(url);
	}
	return certificates;
}

void api_development(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	const struct web *web = request->web;
	const char *address = feedback_address(web);
	struct buffer url;
	struct json *json;
	char *chain = NULL;

	if (!request_query_is_known(request, no_parameters))
		return;
	if (!request->rules->development || web->development_key == NULL) {
		reply_problem(request, 404, "development-off",
			"this daemon trusts no development key; for a trial set "
			"development = yes in section [sns] and reload it");
		return;
	}
	buffer_init(&url, 1024);
	if (address != NULL)
		write_url(request->rules, address, web->feedback_is_tls, &url);
	if (web->feedback_is_tls && request->rules->certificate != NULL)
		chain = read_chain(request->rules->certificate);
	json = json_object();
	json_put_text(json, "private_key", web->development_key);
	json_put(json, "certificates", certificates_json(request));
	json_put_text(json, "feedback", url.bytes);
	json_put_text(json, "certificate", chain);
	reply_json(request, 200, json);
	free(chain);
	buffer_finish(&url);
}
