// SPDX-License-Identifier: GPL-2.0
/* How much of a file is in memory. */
#include <linux/magic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "tools/share/page-cache.h"

/* Since Linux 6.5; the headers of this machine may be older. */
#ifndef SYS_cachestat
#define SYS_cachestat	451
#endif

/* As struct cachestat_range and struct cachestat of linux/mman.h. */
struct range {
	uint64_t offset;
	uint64_t length;
};

struct counts {
	uint64_t cached;
	uint64_t dirty;
	uint64_t writeback;
	uint64_t evicted;
	uint64_t recently_evicted;
};

/* mincore() writes a byte for each page: of so many at a time. */
#define PAGES_AT_ONCE	65536

static bool ask_mincore(int fd, uint64_t size, uint64_t page, uint64_t *bytes)
{
	static unsigned char resident[PAGES_AT_ONCE];
	uint64_t at, length, i;
	bool known = true;
	void *map;

	*bytes = 0;
	for (at = 0; known && at < size; at += length) {
		length = PAGES_AT_ONCE * page;
		if (length > size - at)
			length = size - at;
		map = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, (off_t)at);
		if (map == MAP_FAILED)
			return false;
		known = !mincore(map, length, resident);
		for (i = 0; known && i * page < length; i++)
			*bytes += resident[i] & 1 ? page : 0;
		munmap(map, length);
	}
	return known;
}

bool page_cache_of(int fd, uint64_t size, uint64_t *bytes)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	/* Length 0: to the end of the file. */
	const struct range all = { 0, 0 };
	struct counts counts;
	struct statfs fs;

	/* The page cache of a file of overlayfs is that of another file, which it maps. */
	if (fstatfs(fd, &fs) || fs.f_type == OVERLAYFS_SUPER_MAGIC)
		return ask_mincore(fd, size, page, bytes);
	if (!syscall(SYS_cachestat, fd, &all, &counts, 0)) {
		*bytes = counts.cached * page;
		return true;
	}
	return ask_mincore(fd, size, page, bytes);
}
