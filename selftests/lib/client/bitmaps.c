// SPDX-License-Identifier: GPL-2.0
/* The bitmaps of the pages of one process; see bitmaps.h. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/bitmaps.h"
#include "memory/pages.h"
#include "unless.h"

#define BLOCK	(PAGE * MEMCENSUS_BLOCK_PAGES)

int bitmaps_take(pid_t pid, uint64_t start, uint64_t end, struct census *census,
		 struct census_error *error)
{
	const uint32_t id = pid;
	const struct census_request request = {
		.pages = true,
		.pids = &id,
		.n_pids = 1,
		.start = start,
		.end = end,
	};

	return census_take(&request, census, error);
}

/* Bit by bit, unlike the reader and the module. */
struct bitmap_counts bitmaps_between(const struct census *census, uint64_t start,
				     uint64_t end)
{
	struct bitmap_counts counts = {};
	const struct census_page_block *b;
	unsigned int i;

	for (b = census->blocks; b < census->blocks + census->n_blocks; b++) {
		for (i = 0; i < MEMCENSUS_BLOCK_PAGES; i++) {
			uint64_t addr = b->address + i * PAGE;

			if (addr < start || addr >= end)
				continue;
			counts.resident += b->resident >> i & 1;
			counts.exclusive += b->exclusive >> i & 1;
			counts.huge += b->huge >> i & 1;
			counts.swap += b->swap >> i & 1;
		}
	}
	return counts;
}

struct census_page_block bitmaps_at(const struct census *census, const void *addr)
{
	const struct census_page_block none = {};
	const struct census_page_block *b;

	for (b = census->blocks; b < census->blocks + census->n_blocks; b++)
		if ((uintptr_t)addr - b->address < BLOCK)
			return *b;
	return none;
}

static const char *disordered(const struct census *census)
{
	uint64_t next = census->pages_start & ~(BLOCK - 1);
	const struct census_page_block *b;

	unless(census->n_pages, "no PAGES message");
	for (b = census->blocks; b < census->blocks + census->n_blocks; b++) {
		unless(!(b->address % BLOCK) && b->address >= next &&
		       b->address < census->pages_end,
		       "block %llx after %llx, all end at %llx", LLU(b->address),
		       LLU(next), LLU(census->pages_end));
		unless(b->resident | b->swap, "block %llx is empty", LLU(b->address));
		unless(!((b->exclusive | b->huge) & ~b->resident) &&
		       !(b->resident & b->swap),
		       "block %llx: resident %llx, exclusive %llx, huge %llx, swap %llx",
		       LLU(b->address), LLU(b->resident), LLU(b->exclusive),
		       LLU(b->huge), LLU(b->swap));
		next = b->address + BLOCK;
	}
	return NULL;
}

static const char *unequal(const char *what, uint64_t at, uint64_t pages,
			   const struct figures *f, unsigned int n)
{
	unless(pages * PAGE == f->value[n] && f->known >> n & 1,
	       "%llx: bits of %s: %llu pages, the figure: %llu", LLU(at), what,
	       LLU(pages), LLU(f->value[n] / PAGE));
	return NULL;
}

static const char *unequal_pages(uint64_t at, const struct bitmap_counts *counts,
				 const struct figures *f)
{
	return unequal("RSS", at, counts->resident, f, MEMCENSUS_F_RSS) ?:
	       unequal("USS", at, counts->exclusive, f, MEMCENSUS_F_USS) ?:
	       unequal("THP", at, counts->huge, f, MEMCENSUS_F_THP) ?:
	       unequal("SWAP", at, counts->swap, f, MEMCENSUS_F_SWAP);
}

static const char *unequal_hugetlb(uint64_t at, const struct bitmap_counts *counts,
				   const struct figures *f)
{
	unless(counts->huge == counts->resident && !counts->swap,
	       "%llx: of %llu hugetlb pages %llu are huge, %llu in swap", LLU(at),
	       LLU(counts->resident), LLU(counts->huge), LLU(counts->swap));
	return unequal("HUGETLB", at, counts->resident, f, MEMCENSUS_F_HUGETLB) ?:
	       unequal("PRIVATE_HUGETLB", at, counts->exclusive, f,
		       MEMCENSUS_F_PRIVATE_HUGETLB);
}

static void add(struct bitmap_counts *to, const struct bitmap_counts *from)
{
	to->resident += from->resident;
	to->exclusive += from->exclusive;
	to->huge += from->huge;
	to->swap += from->swap;
}

const char *bitmaps_unsound(const struct census *census)
{
	struct bitmap_counts pages = {}, hugetlb = {}, all;
	const struct census_vma *vma;
	const char *wrong = disordered(census);

	for (vma = census->vmas; !wrong && vma < census->vmas + census->n_vmas; vma++) {
		struct bitmap_counts counts = bitmaps_between(census, vma->start, vma->end);

		if (vma->flags && strstr(vma->flags, "ht")) {
			wrong = unequal_hugetlb(vma->start, &counts, &vma->f);
			add(&hugetlb, &counts);
		} else {
			wrong = unequal_pages(vma->start, &counts, &vma->f);
			add(&pages, &counts);
		}
	}
	if (wrong)
		return wrong;
	all = bitmaps_between(census, 0, UINT64_MAX);
	unless(all.resident == pages.resident + hugetlb.resident &&
	       all.swap == pages.swap, "pages outside of mappings");
	return unequal_pages(0, &pages, &census->tasks[0].f) ?:
	       unequal_hugetlb(0, &hugetlb, &census->tasks[0].f);
}

#define PM_PRESENT	0x8000000000000000ULL
#define PM_SWAP		0x4000000000000000ULL
#define PM_EXCLUSIVE	0x0100000000000000ULL

const char *bitmaps_unlike_pagemap(const struct census *census, pid_t pid,
				   const void *at, unsigned long pages, bool twice)
{
	const uint64_t first = (uintptr_t)at / PAGE;
	uint64_t entry, i;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY);
	unless(fd >= 0, "cannot open %s", path);
	for (i = 0; i < pages; i++) {
		const char *page = (const char *)at + i * PAGE;
		struct census_page_block b = bitmaps_at(census, page);
		unsigned int bit = (first + i) % MEMCENSUS_BLOCK_PAGES;
		ssize_t n = pread(fd, &entry, sizeof(entry), (first + i) * sizeof(entry));

		if (n == sizeof(entry) && !!(entry & PM_PRESENT) == (b.resident >> bit & 1) &&
		    !!(entry & PM_SWAP) == (b.swap >> bit & 1) &&
		    (twice || !!(entry & PM_EXCLUSIVE) == (b.exclusive >> bit & 1)))
			continue;
		close(fd);
		unless(false, "%p: pagemap %llx; resident %u, exclusive %u, in swap %u",
		       (const void *)page, LLU(entry), (unsigned int)(b.resident >> bit & 1),
		       (unsigned int)(b.exclusive >> bit & 1),
		       (unsigned int)(b.swap >> bit & 1));
	}
	close(fd);
	return NULL;
}
