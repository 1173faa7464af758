// SPDX-License-Identifier: GPL-2.0
/* The pages of one process, from /proc/PID/pagemap. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/page-bits.h"
#include "host/procfs.h"

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
		free(bits->v[i].resident);
		free(bits->v[i].exclusive);
		free(bits->v[i].huge);
	}
	free(bits->v);
	bits->v = NULL;
	bits->n = 0;
}

struct page_area *page_bits_add(struct page_bits *bits, uint64_t start, uint64_t end,
				const char *name)
{
	struct page_area *area;

	/* Grow by doubling. */
	if (!(bits->n & (bits->n - 1))) {
		area = reallocarray(bits->v, bits->n ? 2 * bits->n : 1, sizeof(*area));
		if (!area)
			return NULL;
		bits->v = area;
	}
	area = &bits->v[bits->n];
	*area = (struct page_area){ .start = start, .end = end, .name = strdup(name) };
	if (!area->name)
		return NULL;
	bits->n++;
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

static bool alloc_bits(struct page_area *area, size_t pages)
{
	/* Mappings may be far larger than memory: calloc() touches only what is used. */
	const size_t words = (pages + 63) / 64;

	area->resident = calloc(words, sizeof(*area->resident));
	area->exclusive = calloc(words, sizeof(*area->exclusive));
	area->huge = calloc(words, sizeof(*area->huge));
	return area->resident && area->exclusive && area->huge;
}

/* A run of pages without any bit is read in one system call each BATCH. */
static int read_area(struct page_area *area, uint64_t page, int pagemap, int kpageflags,
		     struct failure *why)
{
	const size_t pages = (size_t)((area->end - area->start) / page);
	uint64_t entries[BATCH], flags;
	size_t i, at, want;
	ssize_t n;

	if (!alloc_bits(area, pages))
		return fail_memory(why);
	for (at = 0; at < pages; at += (size_t)n / sizeof(*entries)) {
		want = pages - at < BATCH ? pages - at : BATCH;
		n = pread(pagemap, entries, want * sizeof(*entries),
			  (off_t)((area->start / page + at) * sizeof(*entries)));
		/* The process has ended, or the mapping is none of user space. */
		if (n < (ssize_t)sizeof(*entries))
			break;
		for (i = 0; i < (size_t)n / sizeof(*entries); i++) {
			if (!(entries[i] & PM_PRESENT))
				continue;
			flags = entries[i] & PM_FILE ? 0 :
				frame_flags(kpageflags, entries[i] & PM_PFN);
			if (flags & KPF_ZERO_PAGE)
				continue;
			page_bit_set(area->resident, at + i);
			if (entries[i] & PM_EXCLUSIVE)
				page_bit_set(area->exclusive, at + i);
			if (flags & KPF_THP)
				page_bit_set(area->huge, at + i);
		}
	}
	return 0;
}

/* Special mappings are not in RSS. */
static bool is_special(const char *name)
{
	return !strcmp(name, "[vdso]") || !strcmp(name, "[vvar]") ||
	       !strcmp(name, "[vvar_vclock]") || !strcmp(name, "[vsyscall]");
}

int page_bits_from_pagemap(void *context, struct page_bits *bits, uint32_t pid,
			   struct failure *why)
{
	char path[64], line[4096 + 128], *name;
	uint64_t start, end, inode;
	struct page_area *area;
	int pagemap, kpageflags, at, ret = 0;
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
	while (!ret && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*x %*x:%*x %" SCNu64 "%n",
			   &start, &end, &inode, &at) != 3)
			continue;
		name = line + at + strspn(line + at, " ");
		name[strcspn(name, "\n")] = '\0';
		if (is_special(name))
			continue;
		area = page_bits_add(bits, start, end, name);
		if (!area) {
			ret = fail_memory(why);
			break;
		}
		area->file = inode;
		ret = read_area(area, bits->page, pagemap, kpageflags, why);
	}
	fclose(maps);
	close(pagemap);
	if (kpageflags >= 0)
		close(kpageflags);
	return ret;
}
