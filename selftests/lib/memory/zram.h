/* SPDX-License-Identifier: GPL-2.0 */
/* Swap in zram. */
#ifndef _ZRAM_H
#define _ZRAM_H

#include <stdbool.h>

/*
 * Sets up 64 MiB of swap in zram0 as the only swap. NULL, or the error; "": the
 * kernel has no zram.
 */
const char *zram_on(void);
bool zram_off(void);

/*
 * In a child: swaps out all @pages pages at @at, up to 1024; ends the process on
 * failure.
 */
void page_out(char *at, unsigned long pages);

#endif /* _ZRAM_H */
