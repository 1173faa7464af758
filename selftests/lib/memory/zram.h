/* SPDX-License-Identifier: GPL-2.0 */
/* Swap in zram. */
#ifndef _ZRAM_H
#define _ZRAM_H

#include <stdbool.h>

#define ZRAM_BYTES	(64UL << 20)

/*
 * Sets up %ZRAM_BYTES of swap in zram0 as the only swap. NULL, or the error; "": the
 * kernel has no zram.  The environment's SWAP_DEVICE, a block device of that size, replaces zram0.
 */
const char *zram_on(void);
bool zram_off(void);

/* In a test: zram_on(), or skips the test where the kernel has no zram. */
#define NEED_ZRAM() do {							\
	const char *__why = zram_on();						\
	if (__why && !__why[0])							\
		SKIP(return, "kernel has no zram");				\
	ASSERT_EQ(NULL, __why);							\
} while (0)

/*
 * In a child: swaps out all @pages pages at @at, up to 8192; ends the process on
 * failure.
 */
void page_out(char *at, unsigned long pages);

#endif /* _ZRAM_H */
