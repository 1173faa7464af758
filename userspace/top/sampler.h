/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Takes censuses in a thread of its own, so that the caller can go on: the scan
 * runs inside a system call, which may last for seconds and cannot be polled.
 *
 * One census at a time.  The session belongs to the thread from sampler_ask() to
 * sampler_get(), to the caller otherwise.
 */
#ifndef READER_SAMPLER_H
#define READER_SAMPLER_H

#include "cli/session.h"

struct sampler;

/* NULL and @why where there can be none. */
struct sampler *sampler_new(struct session *session, struct failure *why);

/* Ends a census that is being taken, and frees all. */
void sampler_free(struct sampler *sampler);

/* Has a census taken, as @session->request says; not while one is. */
void sampler_ask(struct sampler *sampler);

/* Readable from when a census is there until sampler_get(). */
int sampler_fd(const struct sampler *sampler);

/*
 * What session_take() said: the caller frees *@snap.  False where there is
 * nothing yet.
 */
bool sampler_get(struct sampler *sampler, enum taken *taken, struct snapshot **snap,
		 struct failure *why);

#endif /* READER_SAMPLER_H */
