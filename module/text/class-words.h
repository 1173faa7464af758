/* SPDX-License-Identifier: GPL-2.0 */
/* Made by scripts/abi from Documentation/netlink/specs/memcensus.yaml: change that. */
#ifndef _CENSUS_CLASS_WORDS_H
#define _CENSUS_CLASS_WORDS_H

/* Initializes an array of words by enum memcensus_frame_class. */
#define FRAME_CLASS_WORDS \
	[MEMCENSUS_FC_FREE] = "free", \
	[MEMCENSUS_FC_FREE_PCP] = "free_pcp", \
	[MEMCENSUS_FC_ANON] = "anon", \
	[MEMCENSUS_FC_ANON_UNMAPPED] = "anon_unmapped", \
	[MEMCENSUS_FC_ANON_TAILS] = "anon_tails", \
	[MEMCENSUS_FC_SWAP_CACHE] = "swap_cache", \
	[MEMCENSUS_FC_SHMEM] = "shmem", \
	[MEMCENSUS_FC_SHMEM_UNMAPPED] = "shmem_unmapped", \
	[MEMCENSUS_FC_FILE] = "file", \
	[MEMCENSUS_FC_FILE_UNMAPPED] = "file_unmapped", \
	[MEMCENSUS_FC_HUGETLB] = "hugetlb", \
	[MEMCENSUS_FC_HUGETLB_FREE] = "hugetlb_free", \
	[MEMCENSUS_FC_PAGE_TABLES] = "page_tables", \
	[MEMCENSUS_FC_SLAB] = "slab", \
	[MEMCENSUS_FC_LARGE_KMALLOC] = "large_kmalloc", \
	[MEMCENSUS_FC_ZSMALLOC] = "zsmalloc", \
	[MEMCENSUS_FC_MOVABLE] = "movable", \
	[MEMCENSUS_FC_PAGE_POOL] = "page_pool", \
	[MEMCENSUS_FC_OFFLINE] = "offline", \
	[MEMCENSUS_FC_GUARD] = "guard", \
	[MEMCENSUS_FC_UNACCEPTED] = "unaccepted", \
	[MEMCENSUS_FC_ZERO] = "zero", \
	[MEMCENSUS_FC_RESERVED] = "reserved", \
	[MEMCENSUS_FC_POISONED] = "poisoned", \
	[MEMCENSUS_FC_KERNEL] = "kernel", \
	[MEMCENSUS_FC_REMAINDER] = "remainder"

#endif /* _CENSUS_CLASS_WORDS_H */
