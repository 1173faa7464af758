// SPDX-License-Identifier: GPL-2.0
/*
 * Turns what a walk reports into the figures of an address space or of its VMAs.
 *
 * Masks of pages are marked (count/marks.h) once all locks are dropped, and figures follow when all
 * address spaces are walked.  Where a request wants what only struct page tells
 * (count/flags.h), each page is looked at under the page table lock too.
 *
 * census_tally_vma() prepares one VMA: who owns its pages (the address space, or a record of the
 * VMA), and how pages of shmem in swap are found (swapped.c).  It may ask for a pause instead, and
 * is then called again.  The walk goes on in parts, for most VMAs in one: census_tally_part() says
 * how far it may go, and census_tally_part_end() adds what it has counted.
 *
 * In slices, what does not depend on owners is counted in the first one only (@later).
 */
#include <linux/hugetlb.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>

#include "base/compat.h"
#include "base/memory.h"
#include "census/question.h"
#include "census/tally.h"
#include "census/vma.h"
#include "count/flags.h"
#include "owners/forked.h"
#include "walk/device.h"
#include "walk/exclusive.h"

/*
 * Counts pages or swap slots that an entry proved to be exclusive.  They have no marks,
 * so the current owner, the sums of the slice and of its group get them here.
 */
static void add_exclusive(struct census_tally *t, unsigned int kind, u64 pages)
{
	census_share share = (census_share)pages << CENSUS_SHARE_SHIFT;
	struct census_totals *totals = &t->marks->totals;

	t->holdings[kind].pages += pages;
	t->holdings[kind].exclusive += pages;
	t->holdings[kind].share += share;
	totals->pages[kind] += pages;
	totals->share[kind] += share;
	t->m->exclusive[kind] += pages;
}

/* Removes from the sums of the slice what add_exclusive() added for @m. */
static void forget_exclusive(struct census_tally *t, struct census_mm *m)
{
	struct census_totals *totals = &t->marks->totals;
	unsigned int kind;

	for (kind = 0; kind < CENSUS_PROVED_KINDS; kind++) {
		totals->pages[kind] -= m->exclusive[kind];
		totals->share[kind] -= (census_share)m->exclusive[kind] << CENSUS_SHARE_SHIFT;
		m->exclusive[kind] = 0;
	}
}

/* What each entry maps, if it is looked at. */
static void take_page(void *context, const struct census_place *place)
{
	struct census_tally *t = context;

	if (t->wants_flags)
		census_flags_take(t->sums, place);
	if (CENSUS_WITH_SHARE && t->charges)
		census_charges_page(t, place);
}

/*
 * Checks whether the pages of a mask are marked: in slices not those that an entry proves
 * exclusive, which are only counted, and of one file not the copies in private mappings.
 */
static bool is_marked(const struct census_tally *t, const struct census_mask *mask)
{
	return !(t->files->only ? census_key_is_copy(mask->key) :
				  mask->key & CENSUS_KEY_EXCLUSIVE);
}

/**
 * census_tally_begin() - initialize a count
 * @t: zeroed; the caller calls census_tally_end(), also after an error
 * @snap: the snapshot with the request
 * @files: files that are mapped, with the budget
 *
 * Return: 0 or -ENOMEM.
 */
int census_tally_begin(struct census_tally *t, struct census_snapshot *snap,
		       struct census_files *files)
{
	t->snap = snap;
	t->files = files;
	t->marks = census_marks_begin(files->budget);
	if (!t->marks)
		return -ENOMEM;
	if (snap->parts & CENSUS_PARTS_OF_VMAS) {
		t->path_buffer = kmalloc(PATH_MAX, CENSUS_GFP);
		if (!t->path_buffer)
			return -ENOMEM;
	}
	return 0;
}

/* Frees everything that is not in the snapshot. */
void census_tally_end(struct census_tally *t)
{
	census_marks_end(t->marks);
	census_arena_free(&t->counts);
	kfree(t->path_buffer);
}

/* Return: 0, or -ENOMEM: whether memory of any kind ran out. */
int census_tally_error(const struct census_tally *t)
{
	return t->nameless || census_marks_failed(t->marks) ? -ENOMEM : 0;
}

/*
 * Prepares for an mmap or VMA lock, under which nothing sleeps.  May sleep for the memory that the
 * hold may need.  Return: 0 or -ENOMEM: if 0, census_tally_unlock() follows.
 */
int census_tally_lock(struct census_tally *t)
{
	size_t wanted = t->wanted;

	t->wanted = 0;
	if (wanted && census_vma_reserve(t->snap, &t->counts, wanted))
		return -ENOMEM;
	return census_marks_lock(t->marks) ? 0 : -ENOMEM;
}

/*
 * Reads the names of the files of new records.  A user chooses how long that takes: so the VMAs are
 * not locked, and the caller may be preempted.
 */
static void name_files(struct census_tally *t)
{
	struct census_vma *v = t->unnamed, *last = NULL;

	t->unnamed = NULL;
	if (!v)
		return;
	if (!list_is_first(&v->link, &t->m->vmas))
		last = list_prev_entry(v, link);
	list_for_each_entry_from(v, &t->m->vmas, link) {
		if (v->unnamed && census_vma_name(t->snap, v, last, t->path_buffer))
			t->nameless = true;
		last = v;
		cond_resched();
	}
}

/**
 * census_tally_unlock() - count what the walk has found, after the lock was dropped
 * @t: the count
 * @walk: its masks, which refer to no VMA, are marked
 */
void census_tally_unlock(struct census_tally *t, struct census_walk *walk)
{
	const struct census_mask *from = walk->masks, *to, *end, *last = from + walk->nr_masks;
	const bool all = t->marks->slice.nr == 1 && !t->files->only;

	census_marks_unlock(t->marks);
	name_files(t);
	for (; from < last; from = to) {
		end = from + min_t(size_t, last - from, CENSUS_MASKS_AT_ONCE);
		for (to = all ? end : from; to < end && is_marked(t, to); to++)
			;
		census_marks_add(t->marks, from, to - from);
		if (to < end && !t->files->only)
			add_exclusive(t, census_key_kind(to->key),
				      census_marks_exclusive(t->marks, to));
		to += to < end;
	}
	walk->nr_masks = 0;
}

/**
 * census_tally_mm() - start or continue an address space
 * @t: the count
 * @m: its locks need not be held
 *
 * Return: 0 or -ENOMEM.
 */
int census_tally_mm(struct census_tally *t, struct census_mm *m)
{
	t->m = m;
	t->wants_flags = t->snap->parts & MEMCENSUS_PART_FLAGS && m->task && !t->later;
	return census_owners_turn(&t->marks->owners, m->holdings, m->number, &m->chain) ?
	       0 : -ENOMEM;
}

/**
 * census_tally_forget() - discard the counts of an address space that vanished
 * @t: the count
 * @m: was perhaps walked in part; its records may be freed afterwards
 */
void census_tally_forget(struct census_tally *t, struct census_mm *m)
{
	if (!m->begun)
		return;
	forget_exclusive(t, m);
	census_owners_forget(&t->marks->owners, &m->chain);
}

/*
 * Records that one search passes at most, a cache miss each, so some 50 us: their VMAs may all have
 * been unmapped.
 */
#define SEARCHED_MAX 512

/*
 * Finds the record that the first slice created for @addr, if there is one.  The search
 * continues where it ended, also after a pause or a retry, because addresses only go up.
 *
 * Return: 0, or 1 for a pause.
 */
static int find_record(struct census_tally *t, unsigned long addr, struct census_walk *walk)
{
	struct census_mm *m = t->m;
	unsigned int left = SEARCHED_MAX;

	if (list_empty(&m->vmas))
		return 0;
	if (!m->met)
		m->met = list_first_entry(&m->vmas, struct census_vma, link);
	while (m->met->end <= addr) {
		if (list_is_last(&m->met->link, &m->vmas))
			return 0;
		m->met = list_next_entry(m->met, link);
		walk->work++;
		if (!--left)
			return 1;
	}
	if (m->met->start <= addr)
		t->record = m->met;
	return 0;
}

/* The walk goes on at @addr with another VMA: the last record ends there at the latest. */
static void end_last(struct census_mm *m, unsigned long addr)
{
	struct census_vma *last;

	if (list_empty(&m->vmas))
		return;
	last = list_last_entry(&m->vmas, struct census_vma, link);
	last->end = min(last->end, addr);
}

/*
 * Selects or creates the record for the walk from @addr on.  If the VMA differs from the
 * one before the pause, or another file is mapped in its place, the last record ends where the walk
 * paused and the new one starts there.  So records do not overlap.
 *
 * Return: 0, or 1 if memory is lacking.
 */
static int make_record(struct census_tally *t, unsigned long addr)
{
	struct vm_area_struct *vma = t->vma;
	struct census_mm *m = t->m;
	struct census_vma *last;

	last = list_empty(&m->vmas) ? NULL :
		list_last_entry(&m->vmas, struct census_vma, link);
	if (last && last->start <= addr && census_vma_is_of(last, vma)) {
		t->record = last;
		return 0;
	}
	end_last(m, addr);
	t->record = census_vma_alloc(t->snap, vma, t->path_buffer, &t->counts, &t->wanted);
	if (!t->record)
		return 1;
	t->unnamed = t->unnamed ?: t->record;
	t->wanted = 0;
	if (vma->vm_file)
		t->record->offset += addr - vma->vm_start;
	t->record->start = addr;
	t->record->task = m->task;
	list_add_tail(&t->record->link, &m->vmas);
	return 0;
}

/* Checks whether a record of the VMA is requested. */
static bool is_recorded(const struct census_tally *t)
{
	return t->path_buffer && t->m->task &&
	       (t->snap->parts & MEMCENSUS_PART_VMAS || census_vma_of_memory(t->vma));
}

/*
 * A VMA with a record is a separate owner in the same address space, which owns all others.
 *
 * Return: 0, -ENOMEM, or 1 for a pause.
 */
static int begin_record(struct census_tally *t, unsigned long addr,
			struct census_walk *walk)
{
	const bool recorded = is_recorded(t);
	struct census_mm *m = t->m;

	/* Pending masks belong to the previous owner, and are counted after the lock is dropped. */
	if ((recorded || t->record) && walk->nr_masks)
		return 1;
	t->record = NULL;
	t->holdings = m->holdings;
	t->sums = t->later ? &t->unused : &m->sums;
	if (recorded && (t->later ? find_record(t, addr, walk) : make_record(t, addr)))
		return 1;
	if (t->record)
		t->holdings = t->record->counts->holdings;
	else if (!t->later)
		end_last(m, addr);
	if (t->record && !t->later)
		t->sums = &t->record->counts->sums;
	return census_owners_turn(&t->marks->owners, t->holdings, m->number, &m->chain) ?
	       0 : -ENOMEM;
}

/* Class of the pages of @vma, except for copies in a private mapping. */
static enum census_class class_of(const struct vm_area_struct *vma)
{
	if (vma_is_anonymous((struct vm_area_struct *)vma))
		return CENSUS_ANON;
	if (vma->vm_file && shmem_mapping(vma->vm_file->f_mapping))
		return CENSUS_SHMEM;
	return CENSUS_FILE;
}

/*
 * Checks whether tables that fork() copied may be kept: of pages numbered by frame that no
 * address space maps twice.  KSM merges pages within one, in VM_MERGEABLE mappings.  Such a page
 * that is in swap when MADV_UNMERGEABLE ends that may be mapped twice again, but the address space
 * still has the flag; a child lacks it if fork() had no memory for KSM.
 */
static bool may_have_images(const struct census_tally *t)
{
	return CENSUS_PTES_MAX == CENSUS_FORKED_ENTRIES && !t->wants_flags &&
	       t->class == CENSUS_ANON && !(t->vma->vm_flags & VM_MERGEABLE) &&
	       !mm_flags_test(MMF_VM_MERGEABLE, t->m->mm) && census_marks_may_keep(t->marks);
}

/* Return: the sum of heap or stack, as maps names them, or NULL. */
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

/* Sets how the pages of the VMA are numbered, but for those of its file. */
static void number_pages(const struct census_tally *t, struct census_numbering *in)
{
	struct vm_area_struct *vma = t->vma;
	unsigned long size = vma_is_hugetlb(vma) ? huge_page_size(hstate_vma(vma)) : 0;

	*in = (struct census_numbering) {
		.frames = census_frames_key(t->class),
		.apart = t->marks->slice.nr == 1 ? 0 : CENSUS_KEY_EXCLUSIVE,
		.copies = t->class != CENSUS_ANON && !(vma->vm_flags & VM_SHARED),
		.dirty_is_copy = t->class == CENSUS_FILE,
		.device = t->class == CENSUS_FILE && census_vma_of_device(vma),
		.only_file = t->files->only,
		.writable_is_exclusive = census_vma_proves_exclusive(vma),
		.each_page = t->wants_flags || t->charges,
		.bits = t->wants_flags ? CENSUS_YOUNG | CENSUS_DIRTY : 0,
	};
	in->images = in->writable_is_exclusive && may_have_images(t);
	if (size)
		in->hugetlb = census_marks_hugetlb_key(t->marks, size >> PAGE_SHIFT);
}

/**
 * census_tally_vma() - start or continue a VMA
 * @t: the count
 * @vma: locked, until its last part ends
 * @addr: start address of the walk
 * @walk: is set up for @vma
 *
 * Return: 0, -ENOMEM, or 1 for a pause: nothing is counted, and the VMA at this address is
 * to be started again.
 */
int census_tally_vma(struct census_tally *t, struct vm_area_struct *vma,
		     unsigned long addr, struct census_walk *walk)
{
	int err;

	t->vma = vma;
	t->walk = walk;
	t->class = class_of(vma);
	err = begin_record(t, addr, walk);
	if (err)
		return err;
	t->of_heap = heap_or_stack(t);
	census_swapped_begin(t, addr);
	walk->page = take_page;
	walk->context = t;
	walk->owners = &t->marks->owners;
	number_pages(t, &walk->in);
	return 0;
}

/**
 * census_tally_part() - start a part of a VMA
 * @t: the count, after census_tally_vma() or the part before
 * @addr: start address of the walk
 *
 * Return: where the walk stops.  What it passes is numbered in one way.
 */
unsigned long census_tally_part(struct census_tally *t, unsigned long addr)
{
	struct vm_area_struct *vma = t->vma;
	struct census_walk *walk = t->walk;
	unsigned long end = vma->vm_end;

	if (vma->vm_pgoff + vma_pages(vma) > CENSUS_INDEX_END)
		end = census_files_key_end(vma, t->class, addr, end);
	walk->out = (struct census_mapped) {};
	if (t->of_heap)
		t->rss_before = census_sums_rss(t->sums);
	if (t->class != CENSUS_ANON)
		walk->in.file = census_files_key(t->files, vma, t->class, addr);
	return end;
}

/**
 * census_tally_part_end() - a part was walked to its end or to a pause
 * @t: the count
 * @addr: where the walk started
 * @next: where it stopped
 */
void census_tally_part_end(struct census_tally *t, unsigned long addr, unsigned long next)
{
	const struct census_mapped *out = &t->walk->out;
	struct census_sums *sums = t->sums;

	if (t->swapped.cache)
		t->swapped.end = linear_page_index(t->vma, next);
	t->pages += out->pages + out->hugetlb;
	/* In swap are copies: the file's own pages there are not in page tables. */
	if (!t->files->only) {
		add_exclusive(t, CENSUS_ANON, out->exclusive);
		add_exclusive(t, CENSUS_OF_SWAP, out->exclusive_swap);
		sums->swap += out->swap << PAGE_SHIFT;
	}
	sums->special += out->special << PAGE_SHIFT;
	sums->vss += next - addr;
	sums->rss[t->class] += (out->pages - out->copies - out->device) << PAGE_SHIFT;
	sums->rss[CENSUS_ANON] += out->copies << PAGE_SHIFT;
	sums->rss[CENSUS_DEVICE] += out->device << PAGE_SHIFT;
	sums->thp[t->class] += (out->huge - out->huge_copies) << PAGE_SHIFT;
	sums->thp[CENSUS_ANON] += out->huge_copies << PAGE_SHIFT;
	if (t->of_heap)
		*t->of_heap += census_sums_rss(sums) - t->rss_before;
}

/* Converts the sums and holdings of an owner to figures. */
static void figures_of(struct census_tally *t, const struct census_sums *sums,
		       const struct census_holding *holdings, bool swap_known,
		       struct census_figures *figures)
{
	const struct census_holding *swap = &holdings[CENSUS_OF_SWAP];

	census_sums_figures(sums, figures);
	if (t->snap->parts & MEMCENSUS_PART_FLAGS)
		census_flags_figures(sums, figures);
	census_holdings_figures(holdings, t->marks->hugetlb, PAGE_SIZE, t->snap->owners, figures);
	if (!swap_known || !t->snap->owners)
		return;
	census_figure_set(figures, MEMCENSUS_F_SWAP_PSS,
			  census_share_bytes(swap->share, PAGE_SIZE));
	census_figure_set(figures, MEMCENSUS_F_SWAP_USS,
			  swap->exclusive << PAGE_SHIFT);
}

/**
 * census_tally_figures() - convert the counts of an address space to figures
 * @t: all is finished
 * @m: walked, to its end or in part; it has a record
 * @swap_known: all owners of swap slots were walked
 * @figures: of @m; contain the kernel's counters
 *
 * Return: 0, or -EINTR after a fatal signal.
 */
int census_tally_figures(struct census_tally *t, struct census_mm *m,
			 bool swap_known, struct census_figures *figures)
{
	enum census_class class;
	struct census_vma *v;

	list_for_each_entry(v, &m->vmas, link) {
		census_holdings_add(m->holdings, v->counts->holdings);
		census_sums_add(&m->sums, &v->counts->sums);
		figures_of(t, &v->counts->sums, v->counts->holdings, swap_known, &v->figures);
		census_figure_set(&v->figures, MEMCENSUS_F_VSS, v->end - v->start);
		v->counts = NULL;
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	figures_of(t, &m->sums, m->holdings, swap_known, figures);
	if (t->files->only)
		census_figure_set(figures, MEMCENSUS_F_VSS, m->sums.vss);
	for (class = 0; class < CENSUS_CLASSES; class++)
		m->task->share += m->holdings[class].share;
	return 0;
}
