// SPDX-License-Identifier: GPL-2.0
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>

#include "compat.h"
#include "mapcount.h"
#include "memory.h"
#include "shmem.h"
#include "tally.h"
#include "vma.h"

/* Owner numbers that an address space gets beyond the mappings it has now. */
#define SPARE_OWNERS 64

static void take_swap(struct census_tally *t, const struct census_run *run)
{
	if (run->kind == CENSUS_SWAP) {
		t->sums->swap += (u64)census_run_nr(run) << PAGE_SHIFT;
		census_frames_mark_swap(t->frames, run);
	} else if (run->kind == CENSUS_HOLE) {
		t->sums->swap += census_shmem_swap_range(t->vma, run->pfn,
							 census_run_nr(run));
	}
}

/* The mapcount basis: pages under the page table's lock, then what is left. */

static void mapcount_locked(void *context, const struct census_run *runs,
			    unsigned int nr)
{
	struct census_tally *t = context;
	bool locked = t->vma->vm_flags & VM_LOCKED;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		census_mapcount_take(t->sums, locked, &runs[i]);
		if (runs[i].kind == CENSUS_PRESENT ||
		    runs[i].kind == CENSUS_HUGETLB)
			t->pages += census_run_nr(&runs[i]);
	}
}

static void mapcount_unlocked(void *context, const struct census_run *runs,
			      unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		take_swap(context, &runs[i]);
}

static const struct census_takers mapcount_takers = {
	.bits = CENSUS_YOUNG | CENSUS_DIRTY,
	.locked = mapcount_locked,
	.unlocked = mapcount_unlocked,
};

/* Where only the owners of swap slots are wanted. */
static const struct census_takers swap_takers = {
	.unlocked = mapcount_unlocked,
};

/* The frames basis: nothing under a lock, no struct page. */

static void take_other(struct census_tally *t, const struct census_run *run)
{
	switch (run->kind) {
	case CENSUS_PRESENT:
		break;
	case CENSUS_SPECIAL:
		t->sums->special += (u64)census_run_nr(run) << PAGE_SHIFT;
		break;
	case CENSUS_HUGETLB:
		census_frames_mark_hugetlb(t->frames, run, t->lost);
		t->pages += census_run_nr(run);
		break;
	default:
		take_swap(t, run);
	}
}

static void frames_unlocked(void *context, const struct census_run *runs,
			    unsigned int nr)
{
	struct census_tally *t = context;
	unsigned long pages;
	unsigned int i, taken;

	taken = census_frames_mark_runs(t->frames, t->kind, runs, nr,
					&t->lost[t->kind], &pages);
	t->sums->rss[t->kind] += (u64)pages << PAGE_SHIFT;
	t->pages += pages;
	if (runs[0].bits & CENSUS_PMD)
		t->sums->thp[t->kind] += (u64)pages << PAGE_SHIFT;
	if (taken == nr)
		return;
	for (i = 0; i < nr; i++)
		take_other(t, &runs[i]);
}

static const struct census_takers frames_takers = {
	.unlocked = frames_unlocked,
};

/*
 * A private mapping of a file that was written to: what was copied is
 * anonymous, and only the pages know.  They are read after their table's lock
 * was dropped: a page that is freed and used anew in between is told wrong, as
 * it would be a moment later.
 */
static void mixed_unlocked(void *context, const struct census_run *runs,
			   unsigned int nr)
{
	struct census_tally *t = context;
	enum census_kind_of_thing kind;
	unsigned int i, j;

	for (i = 0; i < nr; i++) {
		if (runs[i].kind != CENSUS_PRESENT) {
			take_other(t, &runs[i]);
			continue;
		}
		for (j = 0; j < census_run_nr(&runs[i]); j++) {
			unsigned long pfn = runs[i].pfn + j;

			kind = t->kind;
			if (folio_test_anon(page_folio(pfn_to_page(pfn))))
				kind = CENSUS_OF_ANON;
			census_frames_mark_page(t->frames, kind, pfn,
						&t->lost[kind]);
			t->sums->rss[kind] += PAGE_SIZE;
			if (runs[i].bits & CENSUS_PMD)
				t->sums->thp[kind] += PAGE_SIZE;
		}
		t->pages += census_run_nr(&runs[i]);
	}
}

static const struct census_takers mixed_takers = {
	.unlocked = mixed_unlocked,
};

/**
 * census_tally_begin() - nothing is counted
 * @t: zeroed; to be ended by census_tally_end(), also after an error
 * @snap: what is asked for is in it
 * @limit: bytes that it may use for counting owners
 *
 * Return: 0 or -ENOMEM.
 */
int census_tally_begin(struct census_tally *t, struct census_snapshot *snap,
		       u64 limit)
{
	t->snap = snap;
	t->basis = snap->basis;
	t->frames = census_frames_begin(limit);
	if (!t->frames)
		return -ENOMEM;
	if (snap->parts & MEMCENSUS_PART_VMAS) {
		t->path_buffer = kmalloc(PATH_MAX, CENSUS_GFP);
		if (!t->path_buffer)
			return -ENOMEM;
	}
	return 0;
}

/**
 * census_tally_end() - give everything back but what is in the snapshot
 * @t: the count
 */
void census_tally_end(struct census_tally *t)
{
	if (t->frames)
		t->snap->cost.memory += t->frames->peak;
	if (t->frames && t->frames->holdings)
		t->snap->cost.memory += census_frames_holdings_size(t->frames);
	census_frames_end(t->frames);
	kfree(t->path_buffer);
}

/**
 * census_tally_mm() - an address space is begun, or gone on with
 * @t: the count
 * @m: nothing of it need be locked
 * @next_owner: where numbers for owners are taken from
 */
void census_tally_mm(struct census_tally *t, struct census_mm *m,
		     atomic_t *next_owner)
{
	t->m = m;
	if (!m->first_owner) {
		m->nr_owners = 1;
		if (t->path_buffer && m->task)
			m->nr_owners = READ_ONCE(m->mm->map_count) +
				       SPARE_OWNERS;
		m->first_owner = atomic_fetch_add(m->nr_owners, next_owner);
		m->next_owner = m->first_owner;
	}
	census_frames_turn(t->frames, m->next_owner, m->first_owner, m->begun);
}

/*
 * Shmem in swap is in no page table.  Where every page of the mapping is the
 * file's, it is counted from the file; a private writable mapping may have
 * copies of its own, so there the file is asked only where nothing is mapped.
 *
 * Return: whether holes are wanted.
 */
static bool begin_shmem(struct census_tally *t, bool resumed)
{
	struct vm_area_struct *vma = t->vma;
	u64 swapped;

	if (!t->m->task || !vma->vm_file ||
	    !shmem_mapping(vma->vm_file->f_mapping))
		return false;
	swapped = census_shmem_swap(vma);
	if (swapped && !(vma->vm_flags & VM_SHARED) &&
	    vma->vm_flags & VM_WRITE)
		return true;
	if (!resumed)
		t->sums->swap += swapped;
	return false;
}

/*
 * The record for what is walked from @addr on.  Where the mapping there is
 * another one than before the pause, the last record ends where the walk
 * paused and the new one begins there, so that no two overlap.
 *
 * A mapping with a record is an owner of its own, of the same address space.
 * If there are more mappings by now than numbers were set aside, the last ones
 * share one and have no shares to show.
 *
 * Return: 0 or -ENOMEM.
 */
static int begin_record(struct census_tally *t, unsigned long addr)
{
	struct vm_area_struct *vma = t->vma;
	struct census_mm *m = t->m;
	struct census_vma *last;

	t->record = NULL;
	t->sums = &m->sums;
	t->lost = m->lost;
	if (!t->path_buffer || !m->task)
		return 0;

	last = list_empty(&m->vmas) ? NULL :
		list_last_entry(&m->vmas, struct census_vma, link);
	if (last && last->start < addr && last->start >= vma->vm_start &&
	    last->end == vma->vm_end) {
		t->record = last;
	} else {
		if (last && last->end > addr)
			last->end = addr;
		t->record = census_vma_alloc(t->snap, vma, t->path_buffer);
		if (!t->record)
			return -ENOMEM;
		if (vma->vm_file)
			t->record->offset += addr - vma->vm_start;
		t->record->start = addr;
		t->record->task = m->task;
		list_add_tail(&t->record->link, &m->vmas);
		if (m->next_owner < m->first_owner + m->nr_owners - 1)
			t->record->owner = m->next_owner++;
	}
	t->sums = &t->record->sums;
	t->lost = t->record->lost;
	census_frames_turn(t->frames, t->record->owner ?:
			   m->first_owner + m->nr_owners - 1,
			   m->first_owner, m->begun);
	return 0;
}

/* What the frames of @vma are, but for what was copied in a private mapping. */
static enum census_kind_of_thing kind_of(const struct vm_area_struct *vma)
{
	if (vma_is_anonymous((struct vm_area_struct *)vma))
		return CENSUS_OF_ANON;
	if (vma->vm_file && shmem_mapping(vma->vm_file->f_mapping))
		return CENSUS_OF_SHMEM;
	return CENSUS_OF_FILE;
}

static const struct census_takers *takers_for(const struct census_tally *t,
					      enum census_kind_of_thing kind)
{
	if (t->basis == MEMCENSUS_BASIS_MAPCOUNT)
		return t->m->task ? &mapcount_takers : &swap_takers;
	if (kind != CENSUS_OF_ANON && t->vma->anon_vma)
		return &mixed_takers;
	return &frames_takers;
}

/* Where the pages of a mapping go besides; heap and stack as maps names them. */
static u64 *heap_or_stack(struct census_tally *t)
{
	if (t->vma->vm_file)
		return NULL;
	if (vma_is_initial_heap(t->vma))
		return &t->sums->heap;
	if (vma_is_initial_stack(t->vma))
		return &t->sums->stack;
	return NULL;
}

/*
 * Runs are gathered as long as nobody asks which mapping they are of: where the
 * next one's go elsewhere, those that wait are handed on before.
 */
static void choose_takers(struct census_tally *t, struct census_walk *walk)
{
	enum census_kind_of_thing kind = kind_of(t->vma);
	const struct census_takers *takers = takers_for(t, kind);
	bool gather = takers == &frames_takers && !t->record && !t->of_heap &&
		      !walk->holes;

	if (!gather || walk->takers != takers || t->kind != kind)
		census_walk_hand_on(walk);
	walk->takers = takers;
	walk->context = t;
	walk->gather = gather;
	t->kind = kind;
}

/**
 * census_tally_vma() - a mapping is begun, or gone on with
 * @t: the count
 * @vma: locked
 * @addr: from where on
 * @walk: told where runs go and whether holes are wanted
 *
 * Return: 0 or -ENOMEM.
 */
int census_tally_vma(struct census_tally *t, struct vm_area_struct *vma,
		     unsigned long addr, struct census_walk *walk)
{
	int err;

	t->vma = vma;
	err = begin_record(t, addr);
	if (err)
		return err;
	t->of_heap = heap_or_stack(t);
	walk->holes = begin_shmem(t, addr != vma->vm_start);
	choose_takers(t, walk);
	if (t->of_heap)
		t->rss_before = census_sums_rss(t->sums);
	return 0;
}

/**
 * census_tally_vma_end() - the mapping was walked, or in part before a pause
 * @t: the count
 */
void census_tally_vma_end(struct census_tally *t)
{
	if (t->of_heap)
		*t->of_heap += census_sums_rss(t->sums) - t->rss_before;
}

/**
 * census_tally_settled() - all owners are known: what they have together
 * @t: the first worker's
 */
void census_tally_settled(struct census_tally *t)
{
	struct census_cost *cost = &t->snap->cost;
	const struct census_frames *f = t->frames;

	cost->sets = f->owners.nr;
	cost->frames = f->total.things << PAGE_SHIFT;
	cost->pss = f->total.share >> (CENSUS_SHARE_SHIFT - PAGE_SHIFT);
	cost->violations = f->violated;
	cost->moved = f->moved << PAGE_SHIFT;
}

static void add_holdings(struct census_holding *to,
			 const struct census_holding *from)
{
	unsigned int kind;

	for (kind = 0; kind < CENSUS_KINDS; kind++) {
		to[kind].things += from[kind].things;
		to[kind].alone += from[kind].alone;
		to[kind].share += from[kind].share;
		to[kind].unsure += from[kind].unsure;
	}
}

static void count_unmarked(struct census_tally *t,
			   const struct census_holding *lost)
{
	unsigned int kind;

	for (kind = CENSUS_OF_ANON; kind <= CENSUS_OF_SHMEM; kind++)
		t->snap->cost.unmarked += lost[kind].things << PAGE_SHIFT;
}

/* What an owner, and what could not be marked for it, come to. */
static void figures_of(struct census_tally *t, const struct census_sums *sums,
		       const struct census_holding *holdings,
		       struct census_figures *figures)
{
	const struct census_holding *swap = &holdings[CENSUS_OF_SWAP];

	if (t->basis == MEMCENSUS_BASIS_MAPCOUNT)
		census_sums_figures(sums, figures);
	else
		census_holdings_figures(sums, holdings, t->frames->hugetlb,
					PAGE_SIZE, figures);
	if (t->frames->swap_lost)
		return;
	census_figure_set(figures, MEMCENSUS_F_SWAP_PSS,
			  swap->share >> (CENSUS_SHARE_SHIFT - PAGE_SHIFT));
	census_figure_set(figures, MEMCENSUS_F_SWAP_USS,
			  swap->alone << PAGE_SHIFT);
}

/**
 * census_tally_figures() - what was counted of an address space, as figures
 * @t: settled
 * @m: walked, to its end or not; it has a record
 */
void census_tally_figures(struct census_tally *t, struct census_mm *m)
{
	struct census_holding all[CENSUS_KINDS] = {}, one[CENSUS_KINDS];
	struct census_vma *v;

	add_holdings(all, m->lost);
	count_unmarked(t, m->lost);
	/* Of all that has no record with a number: all, or what came late. */
	add_holdings(all, census_frames_holdings(t->frames, m->first_owner +
						 m->nr_owners - 1));
	list_for_each_entry(v, &m->vmas, link) {
		memcpy(one, v->lost, sizeof(one));
		count_unmarked(t, one);
		if (v->owner)
			add_holdings(one, census_frames_holdings(t->frames,
								 v->owner));
		add_holdings(all, one);
		census_sums_add(&m->sums, &v->sums);
		if (v->owner)
			figures_of(t, &v->sums, one, &v->figures);
		else
			census_common_figures(&v->sums, &v->figures);
		census_figure_set(&v->figures, MEMCENSUS_F_VSS,
				  v->end - v->start);
	}
	figures_of(t, &m->sums, all, &m->task->figures);
	m->task->basis = t->basis;
	m->task->share = all[CENSUS_OF_ANON].share + all[CENSUS_OF_FILE].share +
			 all[CENSUS_OF_SHMEM].share;
}
