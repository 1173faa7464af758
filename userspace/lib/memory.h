/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that is there, or the program ends: "memcensus: out of memory", EXIT_FAILURE;
 * and arrays in it.  What must not be left behind, such as a temporary file, is removed by
 * atexit().
 */
#ifndef READER_MEMORY_H
#define READER_MEMORY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* As the functions of the C library without the x, but never NULL. */
void *xcalloc(size_t n, size_t size) __attribute__((returns_nonnull, malloc));
void *xreallocarray(void *array, size_t n, size_t size) __attribute__((returns_nonnull));
void *xmemdup(const void *from, size_t size) __attribute__((returns_nonnull, malloc));
char *xstrdup(const char *text) __attribute__((returns_nonnull, malloc));
char *xvasprintf(const char *format, va_list args);
char *xasprintf(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * Returns @array of @n elements with a zeroed element after them: its capacity doubles
 * whenever @n is a power of two, so that no member has to keep it.
 */
void *array_grow(void *array, size_t n, size_t size) __attribute__((returns_nonnull));

/* For qsort() and bsearch() of elements that are a uint64_t or begin with one; and for others. */
int compare_u64(const void *a, const void *b);
#define COMPARE(a, b)	(((a) > (b)) - ((a) < (b)))

/* Of @n sorted elements the index of the first one, @i, for which @before is not true; or @n. */
#define FIRST_NOT(n, i, before) ({					\
	size_t low_ = 0, high_ = (n), i;				\
	while (low_ < high_) {						\
		i = low_ + (high_ - low_) / 2;				\
		if (before)						\
			low_ = i + 1;					\
		else							\
			high_ = i;					\
	}								\
	low_;								\
})

/* A stream to memory: xfclose() completes *@text, which the caller frees. */
FILE *xopen_memstream(char **text, size_t *size) __attribute__((returns_nonnull));
void xfclose(FILE *stream);

/* Says that there is no memory, and ends the program. */
_Noreturn void memory_failed(void);

#endif /* READER_MEMORY_H */
