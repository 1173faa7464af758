/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts that a build may leave out (WITH in the Makefile): a function declared with
 * MAY_BE_LEFT_OUT is NULL if its file is not linked, and its callers check that.
 */
#ifndef READER_PART_H
#define READER_PART_H

#include "lib/failure.h"

#define MAY_BE_LEFT_OUT	__attribute__((weak))

/* Returns -1 and says in @why that @what is left out. */
#define fail_left_out(why, what)					\
	fail(why, FAIL_USAGE, "%s: left out of this build of memcensus", what)

#endif /* READER_PART_H */
