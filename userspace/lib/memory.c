// SPDX-License-Identifier: GPL-2.0
/* Allocates memory, or ends the program. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"

void memory_failed(void)
{
	fputs("memcensus: out of memory\n", stderr);
	exit(EXIT_FAILURE);
}

static void *checked(void *p)
{
	if (!p)
		memory_failed();
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	return checked(calloc(n ? n : 1, size));
}

void *xreallocarray(void *array, size_t n, size_t size)
{
	return checked(reallocarray(array, n ? n : 1, size));
}

void *xmemdup(const void *from, size_t size)
{
	void *copy = xcalloc(size, 1);

	return size ? memcpy(copy, from, size) : copy;
}

char *xstrdup(const char *text)
{
	return checked(strdup(text));
}

char *xvasprintf(const char *format, va_list args)
{
	char *text;

	return checked(vasprintf(&text, format, args) < 0 ? NULL : text);
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	return text;
}

FILE *xopen_memstream(char **text, size_t *size)
{
	return checked(open_memstream(text, size));
}

void xfclose(FILE *stream)
{
	if (fclose(stream))
		memory_failed();
}

void *array_grow(void *array, size_t n, size_t size)
{
	if (!(n & (n - 1)))
		array = xreallocarray(array, n ? 2 * n : 1, size);
	memset((char *)array + n * size, 0, size);
	return array;
}

int compare_u64(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return COMPARE(*x, *y);
}
