/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether a recorded census answers a request, as the kernel would answer it.
 */
#ifndef READER_RECORDED_H
#define READER_RECORDED_H

#include "lib/failure.h"
#include "model/snapshot.h"
#include "wire/source.h"

/*
 * Leaves in @snap what @request asks for.  @asked: what the census was asked
 * for when it was recorded.  0, or -1 and @why, which names what is missing
 * and what 'record' should have been told.
 */
int recorded_answer(struct snapshot *snap, const struct request *asked,
		    const struct request *request, struct failure *why);

#endif /* READER_RECORDED_H */
