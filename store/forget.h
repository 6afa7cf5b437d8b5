/* forget.h - what forgetting does before the writing thread takes it up. Private to
 * store/. */
#ifndef STORE_FORGET_H
#define STORE_FORGET_H

#include "store/readers.h"
#include "store/store.h"

/*
 * SES's texts name more addresses than those they are about: all recipients of the mail.
 * To look through every text that is kept would hold the writing thread for long, so the
 * caller's thread does it first, in bounded read transactions: fills job->named. What it
 * could not do is left to the job.
 */
void forget_look_ahead(struct readers *readers, struct store_job *job);

#endif
