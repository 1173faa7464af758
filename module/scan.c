// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/prefetch.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/timekeeping.h>

#include "params.h"
#include "scan.h"

/*
 * Reading the clock costs as much as a small mapping, so it is read only after
 * so many entries, which take tens of microseconds at most.
 */
#define ENTRIES_BETWEEN_LOOKS 2048

/* Fixed cost of a mapping, in entries. */
#define ENTRIES_PER_VMA 32

/* Least length of a contended lock hold, from the second one on. */
#define PATIENCE_MIN (20 * NSEC_PER_USEC)

/* Is the lock that is held contended? */
static bool is_contended(const struct census_worker *w)
{
	return w->vma ? census_vma_is_contended(w->vma) :
			mmap_lock_is_contended(w->tally.m->mm);
}

/*
 * The first contended lock hold ends at once.  If threads map all the time, each
 * hold would walk only one page table, so each contended hold doubles the length of
 * the next one, up to lock_hold_us.
 */
static bool time_to_pause(void *context)
{
	struct census_worker *w = context;
	struct census_mm *m = w->tally.m;
	bool contended = is_contended(w);
	u64 held;

	if (need_resched() || (contended && !m->patience))
		goto pause;
	if (!contended && w->walk.work - w->looked_at < ENTRIES_BETWEEN_LOOKS)
		return false;
	w->looked_at = w->walk.work;
	held = ktime_get_ns() - w->locked_at;
	if (held < census_params.lock_hold &&
	    !(contended && held >= m->patience))
		return false;
pause:
	if (contended)
		m->patience = clamp_t(u64, 2 * m->patience, PATIENCE_MIN,
				      census_params.lock_hold);
	return true;
}

/*
 * Return: 1 the VMA was walked to its end, 0 it is time to pause, -EAGAIN another
 * lock of it is not available, or -ENOMEM.
 */
static int walk_vma(struct census_worker *w, struct census_mm *m,
		    struct vm_area_struct *vma)
{
	unsigned long addr = max(m->next_addr, vma->vm_start);
	int err = census_tally_vma(&w->tally, vma, addr, &w->walk);

	if (err)
		return err;
	m->next_addr = census_walk_vma(&w->walk, vma, addr);
	census_tally_vma_end(&w->tally, &w->walk);
	w->walk.work += ENTRIES_PER_VMA;
	if (w->walk.blocked) {
		w->walk.blocked = false;
		return -EAGAIN;
	}
	return m->next_addr >= vma->vm_end;
}

/* Memory that a walk of @vma, if any, will read first. */
static void fetch_vma(const struct vm_area_struct *vma)
{
	if (!vma)
		return;
	prefetch(vma);
	prefetch(&vma->vm_file);
}

/*
 * What is mapped from @m->next_addr on, until the end or a pause.  The mapping
 * there may be another one than before the pause: split, merged, gone or new.
 * Addresses only go up, so the walk ends; what mremap() moves in between can be
 * missed or met twice, which is true of smaps too.
 *
 * If VMAs have locks, the VMA walked under the mmap lock is one whose own lock was
 * not available.
 *
 * Return: 1 at the end, 0 for a pause, or -ENOMEM.
 */
static int walk_locked(struct census_worker *w, struct census_mm *m)
{
	VMA_ITERATOR(vmi, m->mm, m->next_addr);
	struct vm_area_struct *vma, *next;
	int done;

	m->begun = true;
	for (vma = vma_next(&vmi); vma; vma = next) {
		next = vma_next(&vmi);
		fetch_vma(next);
		done = walk_vma(w, m, vma);
		if (done <= 0)
			return done;
		if (CENSUS_VMA_LOCKS || time_to_pause(w))
			return 0;
	}
	return 1;
}

/*
 * The same with a lock on one mapping at a time: it keeps that mapping, and the
 * upper page tables below it.  Changes elsewhere in the address space do not wait
 * for this lock; changes of this VMA do, and time_to_pause() sees them.
 *
 * Return: as walk_locked(), or -EAGAIN where the mapping could not be locked.
 */
static int walk_each_locked(struct census_worker *w, struct census_mm *m)
{
	struct vm_area_struct *vma;
	bool pause;
	int done;

	for (;;) {
		vma = census_vma_lock(m->mm, m->next_addr);
		if (IS_ERR(vma))
			return PTR_ERR(vma);
		if (!vma)
			return 1;
		m->begun = true;
		w->vma = vma;
		done = walk_vma(w, m, vma);
		pause = time_to_pause(w);
		w->vma = NULL;
		census_vma_unlock(vma);
		if (done <= 0 || pause)
			return min(done, 0);
	}
}

/*
 * One lock hold, under VMA locks or else the mmap lock.  That is only tried: a
 * waiting reader would block behind the lock's holder, and later readers behind it,
 * so that a stuck task would stall its bystanders because of the census.
 *
 * Return: 1 at the end, 0 for a pause, -EAGAIN if no lock was available, or
 * -ENOMEM or -ENOSPC.
 */
static int walk_hold(struct census_worker *w, struct census_mm *m)
{
	int ret = -EAGAIN;

	w->locked_at = ktime_get_ns();
	w->looked_at = w->walk.work;
	if (CENSUS_VMA_LOCKS)
		ret = walk_each_locked(w, m);
	if (ret == -EAGAIN && mmap_read_trylock(m->mm)) {
		ret = walk_locked(w, m);
		mmap_read_unlock(m->mm);
	}
	w->lock_holds += ret != -EAGAIN;
	w->lock_hold_max = max(w->lock_hold_max,
			       ktime_get_ns() - w->locked_at);
	/* Masks that wait for more name no mapping. */
	census_walk_hand_on(&w->walk);
	return census_tally_error(&w->tally) ?: ret;
}

/*
 * A lock that was available once in this census is not stuck: threads take it in
 * turns, and between two of them it is free for a moment.
 */
#define SPIN_NS (200 * NSEC_PER_USEC)

static int walk_when_free(struct census_worker *w, struct census_mm *m)
{
	u64 begin = ktime_get_ns();
	int ret;

	for (;;) {
		ret = walk_hold(w, m);
		if (ret != -EAGAIN || !m->begun || need_resched() ||
		    fatal_signal_pending(current) ||
		    ktime_get_ns() - begin >= SPIN_NS)
			return ret;
		cpu_relax();
	}
}

/*
 * The last mm_users reference is ours: all processes have exited, and dropping it
 * frees their memory.  The OOM killer may wait for that, and must not wait for a walk.
 */
static bool is_abandoned(const struct census_mm *m)
{
	return atomic_read(&m->mm->mm_users) == 1;
}

/*
 * Walk an address space in lock holds.
 *
 * mm_users is held only here, and given back by mmput_async(): were we the last
 * one, exit_mmap() is done by a worker.
 *
 * Return: 0 walked, -EAGAIN lock not available, -ESRCH its memory is gone, or
 * -EINTR, -ENOMEM or -ENOSPC, which end the scan.
 */
static int visit(struct census_worker *w, struct census_mm *m)
{
	int ret;

	if (!m->mm || !mmget_not_zero(m->mm))
		return -ESRCH;
	ret = census_tally_mm(&w->tally, m);
	while (!ret) {
		if (fatal_signal_pending(current) || READ_ONCE(w->scan->stop))
			ret = -EINTR;
		else if (is_abandoned(m))
			ret = -ESRCH;
		else
			ret = walk_when_free(w, m);
		cond_resched();
	}
	if (ret > 0 && m->task && !w->tally.later)
		census_mm_counters(m->mm, &m->task->figures);
	mmput_async(m->mm);
	return min(ret, 0);
}

/* What one slice has walked and another one has not is partial. */
static void set_state(struct census_mm *m, u8 state)
{
	if (m->state != MEMCENSUS_STATE_UNSPEC && m->state != state)
		state = MEMCENSUS_STATE_PARTIAL;
	m->state = state;
}

/**
 * census_scan_mm() - scan an address space, if its locks are available
 * @w: the worker
 * @m: not visited yet, or put off
 *
 * Sets @m->visited where no further visit is needed.
 *
 * Return: 0, or what ends the census: -EINTR, -ENOMEM or -ENOSPC.
 */
int census_scan_mm(struct census_worker *w, struct census_mm *m)
{
	int ret;

	m->worker = w->number;
	ret = visit(w, m);

	if (ret == -ESRCH) {
		if (m->begun)
			census_tally_forget(&w->tally, m);
		if (!w->tally.later &&
		    census_collect_again(&w->scan->collection, m))
			ret = visit(w, m);
	}
	if (ret == -EINTR || ret == -ENOMEM || ret == -ENOSPC)
		return ret;
	m->visited = ret != -EAGAIN;
	if (ret == -ESRCH)
		m->state = MEMCENSUS_STATE_VANISHED;
	else if (m->visited)
		set_state(m, MEMCENSUS_STATE_WALKED);
	return 0;
}

/* Its lock was not available, or not until the end. */
void census_scan_give_up(struct census_mm *m)
{
	set_state(m, m->begun ? MEMCENSUS_STATE_PARTIAL : MEMCENSUS_STATE_BUSY);
}

/* The next address space that was not visited, or NULL. */
static struct census_mm *take_next(struct census_scan *scan)
{
	struct census_mm *m;

	spin_lock(&scan->lock);
	do {
		m = scan->next;
		if (m)
			scan->next = list_is_last(&m->link, &scan->collection.mms) ?
				     NULL : list_next_entry(m, link);
	} while (m && m->visited);
	spin_unlock(&scan->lock);
	return m;
}

/* From the first address space on; the collection is whole. */
void census_scan_begin(struct census_scan *scan)
{
	scan->next = list_first_entry_or_null(&scan->collection.mms,
					      struct census_mm, link);
	scan->stop = false;
}

/**
 * census_scan_all() - scan what others have not begun, until nothing is left
 * @w: the worker; several may do so at once
 *
 * Return: 0, -EINTR, -ENOMEM or -ENOSPC; then the others stop too.
 */
int census_scan_all(struct census_worker *w)
{
	struct census_scan *scan = w->scan;
	struct census_mm *m;
	int err = 0;

	while (!err && !READ_ONCE(scan->stop) && (m = take_next(scan)))
		err = census_scan_mm(w, m);
	if (err)
		WRITE_ONCE(scan->stop, true);
	return err;
}

/**
 * census_worker_begin() - get what a worker needs
 * @w: zeroed; to be ended by census_worker_end(), also after an error
 * @scan: what it shares with the others
 * @snap: has the request
 * @files: of all workers
 *
 * Return: 0 or -ENOMEM.
 */
int census_worker_begin(struct census_worker *w, struct census_scan *scan,
			struct census_snapshot *snap,
			struct census_files *files)
{
	int err;

	w->scan = scan;
	w->walk.pause = time_to_pause;
	w->walk.pause_context = w;
	err = census_walk_begin(&w->walk, snap->pages);
	if (!err)
		err = census_tally_begin(&w->tally, snap, files);
	return err;
}

void census_worker_end(struct census_worker *w, struct census_cost *cost)
{
	cost->lock_hold_max = max(cost->lock_hold_max, w->lock_hold_max);
	cost->lock_holds += w->lock_holds;
	cost->ptes += w->walk.ptes;
	cost->pages += w->tally.pages;
	census_tally_end(&w->tally);
	census_walk_end(&w->walk);
}
