/* SPDX-License-Identifier: GPL-2.0 */
/* For functions that return what is wrong in words, or NULL. */
#ifndef _UNLESS_H
#define _UNLESS_H

#include <stdio.h>

/* The last words of this file's functions. */
static char unless_wrong[256];

/* Ends the function with these words, unless @ok. */
#define unless(ok, fmt, ...) do {					\
	if (!(ok)) {							\
		snprintf(unless_wrong, sizeof(unless_wrong), fmt,	\
			 ##__VA_ARGS__);				\
		return unless_wrong;					\
	}								\
} while (0)

#define LLU(n) ((unsigned long long)(n))

#endif /* _UNLESS_H */
