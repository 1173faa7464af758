// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "base/compat.h"
#include "base/memory.h"
#include "count/shmem.h"

/**
 * struct swap_block - up to 64 pages of a file, some of them in swap
 * @node: in &struct census_shmem.blocks
 * @first: number of the first page
 * @mask: bit n is set if page @first + n is in swap
 * @before: number of pages in swap below @first
 */
struct swap_block {
	struct rb_node node;
	pgoff_t first;
	u64 mask;
	u64 before;
};

#define BLOCK_PAGES 64

static_assert(sizeof(struct census_shmem) <= CENSUS_SHMEM_UNITS * CENSUS_UNIT_BYTES);
static_assert(sizeof(struct swap_block) <= CENSUS_SHMEM_BLOCK_UNITS * CENSUS_UNIT_BYTES);

/* Entries of the page cache that are read in one step, in less than 50 us. */
#define STEP_ENTRIES 512

/* Pages of the file of @vma in swap, at any offset. */
unsigned long census_shmem_swapped(const struct vm_area_struct *vma)
{
	return READ_ONCE(SHMEM_I(file_inode(vma->vm_file))->swapped);
}

/* Checks whether @vma maps all of its file. */
bool census_shmem_is_whole(const struct vm_area_struct *vma)
{
	return !vma->vm_pgoff &&
	       vma->vm_end - vma->vm_start >= i_size_read(file_inode(vma->vm_file));
}

/*
 * Finds the next pages in swap, from @first up to @last, among the next @left entries of
 * the page cache.  A swap entry may cover several pages and start before @first.
 *
 * Return: bit n is set if page @first + n, of 64 pages, is in swap, and @first is the first
 * of them.  0 if none is: then @first is the page at which to go on, above @last if the
 * search is complete.
 */
static u64 search(struct address_space *mapping, pgoff_t *first, pgoff_t last,
		  unsigned int *left)
{
	XA_STATE(xas, &mapping->i_pages, *first);
	pgoff_t from = *first, to;
	bool complete = true;
	void *entry;
	u64 mask = 0;

	rcu_read_lock();
	xas_for_each(&xas, entry, last) {
		if (xas_retry(&xas, entry))
			continue;
		if (xa_is_value(entry)) {
			unsigned long nr = census_shmem_entry_pages(&xas);
			pgoff_t base = round_down(xas.xa_index, nr);

			from = max(from, base);
			if (!mask)
				*first = from;
			if (from - *first >= BLOCK_PAGES)
				break;
			to = min3(base + nr - 1, last, *first + BLOCK_PAGES - 1);
			mask |= GENMASK_ULL(to - *first, from - *first);
		} else if (mask && xas.xa_index - *first >= BLOCK_PAGES) {
			break;
		}
		if (xas.xa_index == last)
			break;
		*left -= !!*left;
		/* A block that has begun is read to its end: 63 more entries at most. */
		if (!*left && !mask) {
			complete = false;
			break;
		}
	}
	rcu_read_unlock();
	if (!mask)
		*first = complete ? last + 1 : xas.xa_index + 1;
	return mask;
}

/* Return: what is known of a file's pages in swap: nothing yet; or NULL without memory. */
struct census_shmem *census_shmem_alloc(struct census_pool *pool)
{
	u32 unit = census_pool_take(pool, CENSUS_SHMEM_UNITS);
	struct census_shmem *s;

	if (!unit)
		return NULL;
	s = census_unit(pool, unit);
	memset(s, 0, sizeof(*s));
	spin_lock_init(&s->lock);
	return s;
}

/* Adds a block above all others.  Return: false without memory. */
static bool add_block(struct census_shmem *s, struct census_pool *pool, spinlock_t *pool_lock,
		      pgoff_t first, u64 mask)
{
	struct swap_block *b;
	u32 unit;

	spin_lock(pool_lock);
	unit = census_pool_take(pool, CENSUS_SHMEM_BLOCK_UNITS);
	b = unit ? census_unit(pool, unit) : NULL;
	spin_unlock(pool_lock);
	if (!b)
		return false;
	b->first = first;
	b->mask = mask;
	b->before = s->pages;
	rb_link_node(&b->node, s->last, s->last ? &s->last->rb_right : &s->blocks.rb_node);
	rb_insert_color(&b->node, &s->blocks);
	s->last = &b->node;
	s->pages += census_popcount(mask);
	return true;
}

/**
 * census_shmem_step() - search a part of a file
 * @s: the file; census_shmem_done() is true after the last step
 * @mapping: its page cache; a VMA that maps it is locked
 * @pool: of blocks, for all files
 * @pool_lock: protects @pool
 *
 * The file has no reference between two steps, only a VMA in each.  Nothing is lost if
 * the VMA vanishes: the next VMA of the file continues.  A worker may spin here for a step
 * of another.
 *
 * Return: the number of entries read.
 */
u64 census_shmem_step(struct census_shmem *s, struct address_space *mapping,
		      struct census_pool *pool, spinlock_t *pool_lock)
{
	unsigned int left = STEP_ENTRIES;
	bool done = false;

	spin_lock(&s->lock);
	while (left && !s->done && !done) {
		/* The last page number is never in use, so that this ends. */
		u64 mask = search(mapping, &s->next, ULONG_MAX - 1, &left);

		if (mask && !add_block(s, pool, pool_lock, s->next, mask)) {
			s->unknown = true;
			done = true;
		}
		if (mask)
			s->next += BLOCK_PAGES;
		else
			done = s->next == ULONG_MAX;
	}
	if (done) {
		/* Pairs with census_shmem_done(): its callers read the tree without the lock. */
		smp_store_release(&s->done, true);
	}
	spin_unlock(&s->lock);
	return STEP_ENTRIES - left + 1;
}

/* Return: the last block that begins at page @at or below, or NULL. */
static const struct swap_block *find_block(const struct census_shmem *s, pgoff_t at)
{
	const struct rb_node *node = s->blocks.rb_node;
	const struct swap_block *found = NULL;

	while (node) {
		const struct swap_block *b = rb_entry(node, struct swap_block, node);

		if (b->first <= at) {
			found = b;
			node = node->rb_right;
		} else {
			node = node->rb_left;
		}
	}
	return found;
}

/* Return: the number of pages in swap below page @at. */
static u64 count_below(const struct census_shmem *s, pgoff_t at)
{
	const struct swap_block *b = find_block(s, at);
	u64 mask;

	if (!b)
		return 0;
	mask = at - b->first < BLOCK_PAGES ? BIT_ULL(at - b->first) - 1 : ~0ULL;
	return b->before + census_popcount(b->mask & mask);
}

/*
 * Return: the number of pages, of the swap entry at page @at, that are before (or else
 * after) this page.  smaps counts an entry in a part as a whole.
 */
static unsigned long pages_outside(struct address_space *mapping, pgoff_t at, bool before)
{
	XA_STATE(xas, &mapping->i_pages, at);
	unsigned long nr = 1;

	rcu_read_lock();
	if (xa_is_value(xas_load(&xas)))
		nr = census_shmem_entry_pages(&xas);
	rcu_read_unlock();
	return before ? at & (nr - 1) : nr - 1 - (at & (nr - 1));
}

/**
 * census_shmem_count() - bytes in swap of a range of a file
 * @s: the file, done and not unknown; NULL: up to %CENSUS_SHMEM_DIRECT pages
 * @vma: maps the file; locked
 * @first: first page of the range
 * @nr: number of pages, at least 1
 */
u64 census_shmem_count(const struct census_shmem *s, struct vm_area_struct *vma,
		       pgoff_t first, unsigned long nr)
{
	struct address_space *mapping = vma->vm_file->f_mapping;
	unsigned int left = CENSUS_SHMEM_DIRECT + 1;
	u64 pages = 0, mask;
	pgoff_t at = first;

	if (s)
		pages = count_below(s, first + nr) - count_below(s, first);
	else
		while (at < first + nr && (mask = search(mapping, &at, first + nr - 1, &left))) {
			pages += census_popcount(mask);
			at += BLOCK_PAGES;
		}
	if (pages)
		pages += pages_outside(mapping, first, true) +
			 pages_outside(mapping, first + nr - 1, false);
	return pages << PAGE_SHIFT;
}

/**
 * census_shmem_next() - find the next pages of a file in swap
 * @s: as for census_shmem_count()
 * @vma: maps the file; locked
 * @first: search from this page of the file; set to the first page in swap
 * @last: search up to this page
 *
 * Return: bit n is set if page @first + n, of 64 pages, is in swap; 0 if none is.
 */
u64 census_shmem_next(const struct census_shmem *s, struct vm_area_struct *vma,
		      pgoff_t *first, pgoff_t last)
{
	unsigned int left = CENSUS_SHMEM_DIRECT + 1;
	const struct swap_block *b, *next;
	struct rb_node *node;
	u64 mask;

	if (!s)
		return search(vma->vm_file->f_mapping, first, last, &left);
	b = find_block(s, *first);
	node = b ? rb_next(&b->node) : rb_first(&s->blocks);
	next = rb_entry_safe(node, struct swap_block, node);
	mask = b && *first - b->first < BLOCK_PAGES ? b->mask >> (*first - b->first) : 0;
	if (!mask) {
		if (!next || next->first > last)
			return 0;
		*first = next->first;
		mask = next->mask;
	} else if (next && next->first - *first < BLOCK_PAGES) {
		/* All 64 pages are found, also if they begin inside a block. */
		mask |= next->mask << (next->first - *first);
	}
	if (last - *first < BLOCK_PAGES - 1)
		mask &= GENMASK_ULL(last - *first, 0);
	return mask;
}
