/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From counts to figures.  A walk adds up sums, as smaps has them; the owners of pages give
 * holdings; both become figures of a record, in bytes.  It reads no kernel state, so
 * selftests/host tests the same file on the host.
 */
#ifndef _CENSUS_ACCOUNT_H
#define _CENSUS_ACCOUNT_H

#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/memcensus.h>

#include "owners/forked.h"
#include "owners/owners.h"

/**
 * enum census_class - type of a page, from its struct page or its mapping
 * @CENSUS_ANON: anonymous
 * @CENSUS_FILE: page cache of a file
 * @CENSUS_SHMEM: swap backed page cache: shmem, tmpfs, memfd
 * @CENSUS_DEVICE: of a driver or of the kernel, in no page cache: see walk/device.h
 * @CENSUS_DEVICE_UNCOUNTED: the same, and surely in no counter of the kernel; no figure of its own
 * @CENSUS_ZONE_DEVICE: memory that is not in MemTotal; in the figures of @CENSUS_DEVICE
 * @CENSUS_CLASSES: number of classes
 */
enum census_class {
	CENSUS_ANON,
	CENSUS_FILE,
	CENSUS_SHMEM,
	CENSUS_DEVICE,
	CENSUS_DEVICE_UNCOUNTED,
	CENSUS_ZONE_DEVICE,
	CENSUS_CLASSES
};

/**
 * enum census_kind - pages whose owners are counted: each &enum census_class, and
 * @CENSUS_OF_SWAP: swap slots
 * @CENSUS_OF_HUGETLB: hugetlb pages, one kind for each size
 * @CENSUS_KINDS: number of kinds
 */
enum census_kind {
	CENSUS_OF_SWAP = CENSUS_CLASSES,
	CENSUS_OF_HUGETLB,
	CENSUS_KINDS = CENSUS_KINDS_MAX
};

static_assert(CENSUS_ANON == CENSUS_FORKED_KIND);

/* Entries prove that pages of these kinds are exclusive: %CENSUS_ANON to %CENSUS_OF_SWAP. */
#define CENSUS_PROVED_KINDS (CENSUS_OF_SWAP + 1)

#define CENSUS_HUGETLB_SIZES (CENSUS_KINDS - CENSUS_OF_HUGETLB)

/**
 * struct census_sums - results of the walk of an address space or a VMA
 * @rss: mapped bytes, by class; %CENSUS_DEVICE has those of %CENSUS_ZONE_DEVICE too
 * @dirty: in the PTE or the page, bytes, as all members below
 * @referenced: young in the PTE or the page, or referenced
 * @ksm: merged by KSM
 * @lazyfree: freed by MADV_FREE and not written since
 * @thp: mapped by a PMD, by class
 * @swap: swap entries, and shmem pages in swap
 * @unknown_swap: how often shmem pages in swap could not be counted; 0: @swap has all
 * @special: zero pages, PFN maps, devices; not in @rss
 * @vss: addresses that were walked
 * @heap: part of @rss
 * @stack: part of @rss
 */
struct census_sums {
	u64 rss[CENSUS_CLASSES];
	u64 dirty;
	u64 referenced;
	u64 ksm;
	u64 lazyfree;
	u64 thp[CENSUS_CLASSES];
	u64 swap;
	u64 unknown_swap;
	u64 special;
	u64 vss;
	u64 heap;
	u64 stack;
};

static_assert(sizeof(struct census_sums) % sizeof(u64) == 0);

/**
 * struct census_figures - figures by number
 * @known: bit n is set if @value[n] is known
 * @value: bytes, by &enum memcensus_figure
 */
struct census_figures {
	u64 known;
	u64 value[MEMCENSUS_F_MAX + 1];
};

static inline void census_figure_set(struct census_figures *f,
				     enum memcensus_figure n, u64 bytes)
{
	f->known |= 1ULL << n;
	f->value[n] = bytes;
}

static inline bool census_figure_known(const struct census_figures *f,
				       enum memcensus_figure n)
{
	return f->known >> n & 1;
}

u64 census_sums_rss(const struct census_sums *sums);
void census_sums_add(struct census_sums *to, const struct census_sums *from);
void census_sums_figures(const struct census_sums *sums, struct census_figures *figures);
void census_flags_figures(const struct census_sums *sums, struct census_figures *figures);
u64 census_share_bytes(census_share share, u64 page_size);
void census_holdings_add(struct census_holding *to, const struct census_holding *from);
void census_holdings_figures(const struct census_holding *holdings, const unsigned int *hugetlb,
			     u64 page_size, bool owners, struct census_figures *figures);

#endif /* _CENSUS_ACCOUNT_H */
