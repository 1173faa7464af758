/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a frame is used for, by its struct page.  Nothing keeps the frame as it is: it is
 * copied, and the copy is checked against the frame.  Only the copy is passed to functions
 * of the kernel, some of which stop a debug kernel if a page changes under them.
 */
#ifndef _CENSUS_PHYSICAL_CLASS_H
#define _CENSUS_PHYSICAL_CLASS_H

#include <linux/mm_types.h>
#include <linux/memcensus.h>

/* Flags by which classes differ. */
#define CENSUS_CLASS_FLAGS (BIT(PG_head) | BIT(PG_reserved) | BIT(PG_swapbacked))

/**
 * struct census_frame - a copy of the first struct pages of a frame's compound page
 * @folio: the same memory as a folio
 * @pages: of the compound page; only the first one if it is not compound
 * @page: the first page itself
 * @pfn: of @page
 * @order: of the compound page, or of a free block; 0: one frame
 */
struct census_frame {
	union {
		struct folio folio;
		struct page pages[4];
	};
	struct page *page;
	unsigned long pfn;
	unsigned int order;
};

bool census_class_known(enum memcensus_frame_class class);
bool census_frame_read(struct census_frame *f, struct page *page, unsigned long pfn,
		       u64 *changed);
enum memcensus_frame_class census_frame_class(struct census_frame *f);
bool census_frame_poisoned(const struct census_frame *f, enum memcensus_frame_class class,
			   unsigned long at, unsigned long *nr);
void census_frame_states(const struct census_frame *f, enum memcensus_frame_class class,
			 unsigned long nr, u64 *states);
bool census_frame_unused(struct census_frame *f);

#endif /* _CENSUS_PHYSICAL_CLASS_H */
