/* SPDX-License-Identifier: GPL-2.0 */
/* Skips tests of a subject that the module was built without, see WITHOUT in Kbuild. */
#ifndef _SUBJECT_H
#define _SUBJECT_H

#include <stdint.h>
#include <linux/memcensus.h>

/* The subjects of the loaded module, MEMCENSUS_SUBJECT_*; all if it does not say so. */
uint32_t subjects_built(void);

/*
 * Whether the loaded module was built without @subject, a MEMCENSUS_SUBJECT_*: then why a test
 * of it is skipped, else NULL.
 */
const char *subject_missing(uint32_t subject);

/* Then ends this program, with one skipped result. */
void subject_required(uint32_t subject);

/* Of a program: all of its tests are of this subject. */
#define PROGRAM_OF(subject)							\
	static void __attribute__((constructor)) program_of_##subject(void)	\
	{									\
		subject_required(MEMCENSUS_SUBJECT_##subject);			\
	}

/* In a test: the rest of it is of this subject. */
#define TEST_OF(subject) do {							\
	const char *__why = subject_missing(MEMCENSUS_SUBJECT_##subject);	\
	if (__why)								\
		SKIP(return, "%s", __why);					\
} while (0)

#endif /* _SUBJECT_H */
