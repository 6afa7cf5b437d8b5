/* access.c - who asks: bearer tokens of the admin door, Basic credentials of the feedback
 * door. */
#include "web/access.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/crypto.h"

#define CREDENTIALS_MAX 512

/* What follows the scheme (its case does not matter: RFC 9110, 11.1), or NULL. */
static const char *after_scheme(const char *authorization, const char *scheme)
{
	size_t length = strlen(scheme);

	if (authorization == NULL || strncasecmp(authorization, scheme, length) != 0 ||
		authorization[length] != ' ')
		return NULL;
	authorization += length;
	return authorization + strspn(authorization, " ");
}

const struct web_token *access_find_token(
	const struct web_rules *rules, const char *authorization)
{
	const char *token = after_scheme(authorization, "Bearer");
	const struct web_token *found = NULL;
	uint8_t digest[SHA256_SIZE];

	if (token == NULL || *token == '\0')
		return NULL;
	crypto_sha256(token, strlen(token), digest);
	for (size_t i = 0; i < rules->token_count; i++) {
		if (crypto_equal(digest, rules->tokens[i].sha256, SHA256_SIZE))
			found = &rules->tokens[i];
	}
	return found;
}

bool access_has_credentials(const struct web_rules *rules, const char *authorization)
{
	const char *encoded = after_scheme(authorization, "Basic");
	uint8_t text[CREDENTIALS_MAX], digest[SHA256_SIZE], wanted[SHA256_SIZE];
	size_t length;
	bool is_right = false;

	if (rules->credential_count == 0)
		return true;
	if (encoded == NULL ||
		!base64_decode(encoded, strlen(encoded), text, sizeof(text), &length))
		return false;
	crypto_sha256(text, length, digest);
	for (size_t i = 0; i < rules->credential_count; i++) {
		const char *entry = rules->credentials[i].name_and_password;

		/* Digests have one length, so the entry's own does not show. */
		crypto_sha256(entry, strlen(entry), wanted);
		if (crypto_equal(digest, wanted, SHA256_SIZE))
			is_right = true;
	}
	explicit_bzero(text, sizeof(text));
	return is_right;
}

void access_name_peer(int fd, char name[ACCESS_NAME_SIZE])
{
	struct passwd entry, *found = NULL;
	socklen_t length = sizeof(struct ucred);
	struct ucred peer;
	char texts[2048];

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) {
		snprintf(name, ACCESS_NAME_SIZE, "unix:unknown");
		return;
	}
	if (getpwuid_r(peer.uid, &entry, texts, sizeof(texts), &found) == 0 &&
		found != NULL)
		snprintf(name, ACCESS_NAME_SIZE, "unix:%s", found->pw_name);
	else
		snprintf(name, ACCESS_NAME_SIZE, "unix:%u", (unsigned) peer.uid);
}
