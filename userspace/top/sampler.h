/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Takes censuses in a separate thread, so that the caller is not blocked: the scan
 * runs in a system call, which may take seconds and cannot be polled.
 *
 * Takes one census at a time.  The thread owns the session from sampler_ask() to
 * sampler_get(), otherwise the caller does.
 */
#ifndef READER_SAMPLER_H
#define READER_SAMPLER_H

#include "cli/session.h"

struct sampler;

/* Returns NULL and @why on failure. */
struct sampler *sampler_new(struct session *session, struct failure *why);

/* Interrupts a census in progress and frees everything. */
void sampler_free(struct sampler *sampler);

/* Starts a census by @session->request; not allowed during a census. */
void sampler_ask(struct sampler *sampler);

/* Readable from the end of a census until sampler_get(). */
int sampler_fd(const struct sampler *sampler);

/*
 * Returns the result of session_take(); the caller frees *@snap.  False if
 * there is none yet.
 */
bool sampler_get(struct sampler *sampler, enum taken *taken, struct snapshot **snap,
		 struct failure *why);

#endif /* READER_SAMPLER_H */
