/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much of a file is in memory, mapped or not.
 */
#ifndef READER_PAGE_CACHE_H
#define READER_PAGE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Bytes of the @size bytes of file @fd in the page cache, in whole pages, to @bytes: by
 * cachestat(2), else by mincore(2) of a mapping.  False if the kernel answers neither.
 */
bool page_cache_of(int fd, uint64_t size, uint64_t *bytes);

#endif /* READER_PAGE_CACHE_H */
