/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Texts of /proc that are shown without a census: settings and slab caches.
 */
#ifndef READER_PROC_TEXT_H
#define READER_PROC_TEXT_H

#include "cli/session.h"
#include "lib/part.h"

/* Prints what --vm or --slab selects, of this machine or a record. 0, or -1 and @why. */
int proc_text_run(struct session *session, struct failure *why) MAY_BE_LEFT_OUT;

#endif /* READER_PROC_TEXT_H */
