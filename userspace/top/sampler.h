/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Takes censuses in a thread of its own, so that who asked can go on: the scan
 * runs inside a system call, which may last for seconds and cannot be polled.
 *
 * One census at a time.  The session belongs to the thread from taker_ask() to
 * taker_get(), to the asker otherwise.
 */
#ifndef READER_SAMPLER_H
#define READER_SAMPLER_H

#include "cli/session.h"

struct taker;

/* NULL and @why where there can be none. */
struct taker *taker_new(struct session *session, struct failure *why);

/* Ends a census that is being taken, and frees all. */
void taker_free(struct taker *taker);

/* Has a census taken, as @session->request says; not while one is. */
void taker_ask(struct taker *taker);

/* Readable from when a census is there until taker_get(). */
int taker_fd(const struct taker *taker);

/*
 * What session_take() said: the asker frees *@snap.  False where there is
 * nothing yet.
 */
bool taker_get(struct taker *taker, enum taken *taken, struct snapshot **snap,
	       struct failure *why);

#endif /* READER_SAMPLER_H */
