/* verification.h - V, the unit of the bench. Private to tests/bench/. */
#ifndef BENCH_VERIFICATION_H
#define BENCH_VERIFICATION_H

/* A key and a signature to measure with. */
struct verification;

/* Dies if OpenSSL can't. */
struct verification *verification_new(void);
void verification_free(struct verification *verification);

/* What one bare RSA-2048 verification costs here and now: EVP_PKEY_verify of a digest
 * that is ready, on a context that is used again. Microseconds of processor time, the
 * mean of many. */
double verification_us(struct verification *verification);

#endif
