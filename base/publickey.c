/* publickey.c - RSA keys that verify; counted, with contexts kept per thread. */
#include "base/publickey.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/crypto_digest.h"
#include "base/publickey_parts.h"

struct public_key {
	EVP_PKEY *key;
	atomic_uint owners;
};

/* Making a context ready costs about as much as a tenth of verifying with it. SNS signs
 * with one key per region at a time, two while a new one comes. */
#define SLOTS 4

/* A context ready to verify with key. Holds key, so that no new key can have its address.
 */
struct slot {
	struct public_key *key; /* NULL: the slot is free */
	EVP_PKEY_CTX *context;
	enum digest_kind digest;
};

struct thread_slots {
	struct slot slots[SLOTS];
	unsigned int next; /* the one to give up when all are in use */
};

static pthread_key_t slots_key;
static bool has_slots_key;

struct public_key *public_key_new(EVP_PKEY *key)
{
	struct public_key *public_key = malloc(sizeof(*public_key));

	if (!public_key)
		return NULL;
	if (EVP_PKEY_up_ref(key) != 1) {
		free(public_key);
		return NULL;
	}
	public_key->key = key;
	atomic_init(&public_key->owners, 1);
	return public_key;
}

struct public_key *public_key_hold(struct public_key *key)
{
	atomic_fetch_add_explicit(&key->owners, 1, memory_order_relaxed);
	return key;
}

void public_key_release(struct public_key *key)
{
	if (!key || atomic_fetch_sub_explicit(&key->owners, 1, memory_order_acq_rel) > 1)
		return;
	EVP_PKEY_free(key->key);
	free(key);
}

static void slot_clear(struct slot *slot)
{
	EVP_PKEY_CTX_free(slot->context);
	public_key_release(slot->key);
	slot->context = NULL;
	slot->key = NULL;
}

/* Called by the C library as a thread ends. */
static void thread_slots_free(void *argument)
{
	struct thread_slots *own = argument;

	for (size_t i = 0; i < SLOTS; i++)
		slot_clear(&own->slots[i]);
	free(own);
}

static void make_slots_key(void)
{
	has_slots_key = pthread_key_create(&slots_key, thread_slots_free) == 0;
}

/* The calling thread's slots. NULL without memory. */
static struct thread_slots *thread_slots(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct thread_slots *own;

	pthread_once(&once, make_slots_key);
	if (!has_slots_key)
		return NULL;
	own = pthread_getspecific(slots_key);
	if (own)
		return own;
	own = calloc(1, sizeof(*own));
	if (own && pthread_setspecific(slots_key, own) != 0) {
		free(own);
		return NULL;
	}
	return own;
}

static EVP_PKEY_CTX *new_context(struct public_key *key, enum digest_kind digest)
{
	const EVP_MD *method = crypto_digest(digest);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->key, NULL);

	if (context && method && EVP_PKEY_verify_init(context) == 1 &&
		EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
		EVP_PKEY_CTX_set_signature_md(context, method) == 1)
		return context;
	EVP_PKEY_CTX_free(context);
	return NULL;
}

/* A context of this thread, ready for key and digest; it stays the slot's. */
static EVP_PKEY_CTX *find_context(struct public_key *key, enum digest_kind digest)
{
	struct thread_slots *own = thread_slots();
	EVP_PKEY_CTX *context;
	struct slot *slot;

	if (!own)
		return NULL;
	for (size_t i = 0; i < SLOTS; i++) {
		slot = &own->slots[i];
		if (slot->key == key && slot->digest == digest)
			return slot->context;
	}
	context = new_context(key, digest);
	if (!context)
		return NULL;
	slot = &own->slots[own->next];
	own->next = (own->next + 1) % SLOTS;
	slot_clear(slot);
	slot->key = public_key_hold(key);
	slot->digest = digest;
	slot->context = context;
	return context;
}

enum public_key_answer public_key_verify(struct public_key *key, enum digest_kind digest,
	const void *bytes, size_t length, const uint8_t *signature,
	size_t signature_length)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned int sum_length;
	EVP_PKEY_CTX *context;
	bool is_short;

	errno = 0;
	context = find_context(key, digest);
	is_short = !context || !crypto_sum(digest, bytes, length, sum, &sum_length);
	if (!is_short && EVP_PKEY_verify(context, signature, signature_length, sum,
				 sum_length) == 1)
		return PUBLIC_KEY_MATCHES;
	/* OpenSSL answers 0 for a forgery and for want of memory alike. Without a context
	 * nothing was compared. */
	is_short = is_short || errno == ENOMEM;
	/* Else each forgery would leave its reasons in the thread's queue of errors. */
	ERR_clear_error();
	return is_short ? PUBLIC_KEY_NO_MEMORY : PUBLIC_KEY_DIFFERS;
}
