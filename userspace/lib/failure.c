// SPDX-License-Identifier: GPL-2.0
/* Describes why an operation failed. */
#include <stdarg.h>
#include <stdio.h>

#include "lib/failure.h"

int fail(struct failure *why, enum failure_kind kind, const char *format, ...)
{
	va_list args;
	char *c;

	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	why->kind = kind;

	/* The text may quote a command line word, which holds any byte. */
	for (c = why->text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return -1;
}
