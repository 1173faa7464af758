/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a build may leave out, as WITH in the Makefile says: what is declared so is
 * NULL where its file was not linked, and its callers check.
 */
#ifndef READER_PART_H
#define READER_PART_H

#include "lib/failure.h"

#define MAY_BE_LEFT_OUT	__attribute__((weak))

/* @what is not there: -1, and @why says so. */
#define fail_left_out(why, what)					\
	fail(why, FAIL_USAGE, "%s: left out of this build of memcensus", what)

#endif /* READER_PART_H */
