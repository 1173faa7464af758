/* SPDX-License-Identifier: GPL-2.0 */
/* A swap device of compressed memory, and pages that go to it. */
#ifndef _ZRAM_H
#define _ZRAM_H

#include <stdbool.h>

/*
 * 64 MiB of swap in zram0, and no other; NULL, or why there is none. "" is a
 * kernel without zram.
 */
const char *zram_on(void);
bool zram_off(void);

/*
 * In a child: swaps out all @pages pages at @at, up to 1024; ends the process
 * where that cannot be done.
 */
void page_out(char *at, unsigned long pages);

#endif /* _ZRAM_H */
