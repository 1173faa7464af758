// SPDX-License-Identifier: GPL-2.0
/* The pages of one process, from /proc/PID/pagemap. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/memory.h"
#include "os/page-bits.h"
#include "os/procfs.h"

/* Documentation/admin-guide/mm/pagemap.rst */
#define PM_PRESENT	0x8000000000000000ULL
#define PM_EXCLUSIVE	0x0100000000000000ULL
#define PM_FILE		0x2000000000000000ULL
#define PM_PFN		0x007fffffffffffffULL
#define KPF_THP		0x400000ULL
#define KPF_ZERO_PAGE	0x1000000ULL

/* Entries per read. */
#define BATCH		4096

void page_bits_free(struct page_bits *bits)
{
	size_t i;

	for (i = 0; i < bits->n; i++) {
		free(bits->v[i].name);
		free(bits->v[i].blocks);
	}
	free(bits->v);
	bits->v = NULL;
	bits->n = 0;
}

struct page_area *page_bits_add(struct page_bits *bits, uint64_t start, uint64_t end,
				const char *name)
{
	struct page_area *area;

	bits->v = array_grow(bits->v, bits->n, sizeof(*area));
	area = &bits->v[bits->n++];
	*area = (struct page_area){ .start = start, .end = end, .name = xstrdup(name) };
	return area;
}

/* The flags of page frame @pfn; 0: unknown. */
static uint64_t frame_flags(int kpageflags, uint64_t pfn)
{
	uint64_t flags;

	if (kpageflags < 0 || !pfn ||
	    pread(kpageflags, &flags, sizeof(flags), (off_t)(pfn * sizeof(flags))) != sizeof(flags))
		return 0;
	return flags;
}

struct page_bits_block *page_area_add(struct page_area *area, uint64_t first)
{
	area->blocks = array_grow(area->blocks, area->n, sizeof(*area->blocks));
	area->blocks[area->n].first = first;
	return &area->blocks[area->n++];
}

/* Adds the page @number with the pagemap entry @entry. */
static void add_page(struct page_area *area, uint64_t number, uint64_t entry, int kpageflags)
{
	struct page_bits_block *block = area->n ? &area->blocks[area->n - 1] : NULL;
	const uint64_t flags = entry & PM_FILE ? 0 : frame_flags(kpageflags, entry & PM_PFN);
	const uint64_t bit = 1ULL << number % 64;

	if (!(entry & PM_PRESENT) || flags & KPF_ZERO_PAGE)
		return;
	if (!block || block->first != number / 64 * 64)
		block = page_area_add(area, number / 64 * 64);
	block->resident |= bit;
	block->exclusive |= entry & PM_EXCLUSIVE ? bit : 0;
	block->huge |= flags & KPF_THP ? bit : 0;
}

/**
 * struct region - a range of pages, as the ioctl PAGEMAP_SCAN returns it
 * @start, @end: its addresses
 * @categories: what its pages have
 */
struct region {
	uint64_t start;
	uint64_t end;
	uint64_t categories;
};

/**
 * struct scan_arg - the argument of the ioctl PAGEMAP_SCAN, since Linux 6.7
 * @size: of this struct
 * @flags: none
 * @start, @end: what to scan
 * @walk_end: where it stopped
 * @vec: regions to fill
 * @vec_len: their number
 * @max_pages: 0: no maximum
 * @inverted, @mask, @anyof: what a page must have
 * @wanted: what to return
 */
struct scan_arg {
	uint64_t size;
	uint64_t flags;
	uint64_t start;
	uint64_t end;
	uint64_t walk_end;
	uint64_t vec;
	uint64_t vec_len;
	uint64_t max_pages;
	uint64_t inverted;
	uint64_t mask;
	uint64_t anyof;
	uint64_t wanted;
};

#define SCAN_CALL	_IOWR('f', 16, struct scan_arg)
#define SCAN_PRESENT	8
#define SCAN_REGIONS	256

/* Larger mappings take too long without the ioctl. */
#define READ_MAX	(1024ULL << 30)

static void read_range(struct page_area *area, uint64_t start, uint64_t end, uint64_t page,
		       int pagemap, int kpageflags)
{
	uint64_t entries[BATCH], at, i, want;
	ssize_t n;

	for (at = start / page; at < end / page; at += (size_t)n / sizeof(*entries)) {
		want = end / page - at < BATCH ? end / page - at : BATCH;
		n = pread(pagemap, entries, want * sizeof(*entries),
			  (off_t)(at * sizeof(*entries)));
		/* The process has ended, or the mapping is none of user space. */
		if (n < (ssize_t)sizeof(*entries))
			break;
		for (i = 0; i < (size_t)n / sizeof(*entries); i++)
			add_page(area, at + i, entries[i], kpageflags);
	}
}

static int read_area(struct page_area *area, uint64_t page, int pagemap, int kpageflags,
		     struct failure *why)
{
	struct region regions[SCAN_REGIONS] = { };
	struct scan_arg arg = {
		.size = sizeof(arg), .end = area->end, .walk_end = area->start,
		.vec = (uintptr_t)regions, .vec_len = SCAN_REGIONS,
		.mask = SCAN_PRESENT, .wanted = SCAN_PRESENT,
	};
	int n, i;

	while (arg.walk_end < area->end) {
		arg.start = arg.walk_end;
		n = ioctl(pagemap, SCAN_CALL, &arg);
		if (n < 0 && area->end - arg.start > READ_MAX)
			return fail(why, FAIL_SYSTEM,
				    "a mapping of %" PRIu64 " GiB is too large: load the module",
				    (area->end - area->start) >> 30);
		if (n < 0) {
			read_range(area, arg.start, area->end, page, pagemap, kpageflags);
			break;
		}
		for (i = 0; i < n; i++)
			read_range(area, regions[i].start, regions[i].end, page, pagemap,
				   kpageflags);
		if (arg.walk_end <= arg.start)
			break;
	}
	return 0;
}

/* Special mappings are not in RSS. */
static bool is_special(const char *name)
{
	return !strcmp(name, "[vvar]") ||
	       !strcmp(name, "[vvar_vclock]") || !strcmp(name, "[vsyscall]");
}

int page_bits_from_pagemap(void *context, struct page_bits *bits, uint32_t pid,
			   struct failure *why)
{
	int pagemap, kpageflags, at, ret = 0;
	char path[64], *line = NULL, *name;
	uint64_t start, end, inode;
	struct page_area *area;
	size_t size = 0;
	FILE *maps;

	(void)context;
	bits->page = (uint64_t)sysconf(_SC_PAGESIZE);
	bits->source = "/proc/PID/pagemap";
	snprintf(path, sizeof(path), "%" PRIu32 "/maps", pid);
	maps = procfs_open(path, why);
	if (!maps)
		return -1;
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/pagemap", pid);
	pagemap = open(path, O_RDONLY | O_CLOEXEC);
	if (pagemap < 0) {
		fclose(maps);
		return fail(why, FAIL_SYSTEM, "cannot read %s: %s", path, strerror(errno));
	}
	kpageflags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	while (!ret && getline(&line, &size, maps) > 0) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*x %*x:%*x %" SCNu64 "%n",
			   &start, &end, &inode, &at) != 3)
			continue;
		name = line + at + strspn(line + at, " ");
		name[strcspn(name, "\n")] = '\0';
		if (is_special(name))
			continue;
		area = page_bits_add(bits, start, end, name);
		area->file = inode;
		ret = read_area(area, bits->page, pagemap, kpageflags, why);
	}
	free(line);
	fclose(maps);
	close(pagemap);
	if (kpageflags >= 0)
		close(kpageflags);
	return ret;
}
