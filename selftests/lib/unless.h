/* SPDX-License-Identifier: GPL-2.0 */
/* For functions that return an error message, or NULL. */
#ifndef _UNLESS_H
#define _UNLESS_H

#include <stdio.h>

/* The last message of this file's functions. */
static char unless_wrong[256];

/* Returns this message from the function, unless @ok. */
#define unless(ok, fmt, ...) do {					\
	if (!(ok)) {							\
		snprintf(unless_wrong, sizeof(unless_wrong), fmt,	\
			 ##__VA_ARGS__);				\
		return unless_wrong;					\
	}								\
} while (0)

#define LLU(n) ((unsigned long long)(n))

#endif /* _UNLESS_H */
