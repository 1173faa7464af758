// SPDX-License-Identifier: GPL-2.0
/*
 * How address spaces are scanned:
 *
 * A scan visits each address space of a collection, in the order of collection.  A visit walks the
 * address space in several lock holds (walk_hold()), with a reference on mm_users during each:
 * under the lock of one VMA after the other where modules can take these, else under
 * mmap_lock.  A hold ends when somebody waits for the lock, when the scheduler wants the processor,
 * or after a time; what it has found is marked before the next one.  The next hold goes on at an
 * address: what was mapped there in the meantime is what it finds, up to a number of entries.
 *
 * No lock is waited for.  An address space whose lock is not available is visited again after all
 * others, until the busy budget of the census is used up, which all waits have together.
 *
 * A visit also ends when all processes of the address space have gone.  Then it owns nothing, and
 * what was marked for it is taken back.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/printk.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/timekeeping.h>

#include "base/gate.h"
#include "base/memory.h"
#include "base/params.h"
#include "census/scan.h"

/*
 * A read of the clock costs as much as the walk of a small VMA.  So it is read only after
 * this many entries, which take tens of microseconds at most.
 */
#define ENTRIES_BETWEEN_LOOKS 2048

/* Fixed cost of a VMA, in entries. */
#define ENTRIES_PER_VMA 32

/* Shortest contended lock hold, from the second contended one on, ns: some tables of entries. */
#define PATIENCE_MIN (20 * NSEC_PER_USEC)

/*
 * The first contended lock hold ends at once.  If threads of the process map without a
 * pause, each hold would walk only one page table.  So each contended hold doubles the
 * length of the next one, up to lock_hold_us.
 */
static bool time_to_pause(void *context)
{
	struct census_scan *scan = context;
	struct census_mm *m = scan->tally.m;
	bool contended = scan->vma ? census_vma_is_contended(scan->vma) :
				     mmap_lock_is_contended(m->mm);
	u64 held;

	if (need_resched() || census_walk_full(&scan->walk) || census_reserve_low() ||
	    census_swapped_due(&scan->tally.swapped, &scan->walk) || (contended && !m->patience))
		goto pause;
	if (!contended && scan->walk.work - scan->looked_at < ENTRIES_BETWEEN_LOOKS)
		return false;
	scan->looked_at = scan->walk.work;
	held = ktime_get_ns() - scan->locked_at;
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
 * Return: 1 if the VMA was walked to its end, 0 for a pause, -EAGAIN if another lock that
 * the VMA needs (i_mmap_rwsem) was not available, or -ENOMEM.
 */
static int walk_vma(struct census_scan *scan, struct census_mm *m,
		    struct vm_area_struct *vma)
{
	unsigned long addr = max(m->next_addr, vma->vm_start), end;
	bool pause;
	int err;

	if (!census_files_want(scan->tally.files, vma)) {
		m->next_addr = vma->vm_end;
		scan->walk.work += ENTRIES_PER_VMA;
		return 1;
	}
	census_walk_fetch(&scan->walk, vma, addr, vma->vm_end);
	err = census_tally_vma(&scan->tally, vma, addr, &scan->walk);
	if (err)
		return min(err, 0);
	do {
		end = census_tally_part(&scan->tally, addr);
		m->next_addr = census_walk_vma(&scan->walk, vma, addr, end);
		census_tally_part_end(&scan->tally, addr, m->next_addr);
		addr = m->next_addr;
		pause = addr < end || (addr < vma->vm_end && time_to_pause(scan));
	} while (!pause && addr < vma->vm_end);
	scan->walk.work += ENTRIES_PER_VMA;
	if (scan->walk.blocked) {
		scan->walk.blocked = false;
		return -EAGAIN;
	}
	return !pause;
}

/*
 * Walks from @m->next_addr until the end or a pause, and locks one VMA at a time if @each, else
 * under mmap_lock, which the caller holds.  The lock of a VMA keeps it and the upper page tables
 * below it.  Changes elsewhere in the address space do not wait for this lock; changes of this VMA
 * wait, and time_to_pause() sees them.  Where modules can take these locks, a walk under mmap_lock
 * is of one VMA: the one whose own lock was not available.
 *
 * The VMA at this address may differ from the one before the pause: split, merged, removed or new.
 * Addresses only go up, so the walk ends.  Pages that mremap() moves between two holds, or
 * UFFDIO_MOVE at any time, can be missed or met twice, as in smaps.
 *
 * Return: 1 at the end, 0 for a pause, -EAGAIN if the lock of a VMA was not available, or -ENOMEM.
 */
static int walk_vmas(struct census_scan *scan, struct census_mm *m, bool each)
{
	VMA_ITERATOR(vmi, m->mm, m->next_addr);
	struct vm_area_struct *vma, *next = each ? NULL : vma_next(&vmi);
	bool pause;
	int done;

	do {
		vma = each ? census_vma_lock(m->mm, m->next_addr) : next;
		if (IS_ERR_OR_NULL(vma))
			return vma ? PTR_ERR(vma) : 1;
		if (!each) {
			next = vma_next(&vmi);
			if (next) {
				prefetch(next);
				prefetch(&next->vm_file);
			}
		}
		m->begun = true;
		scan->vma = each ? vma : NULL;
		done = walk_vma(scan, m, vma);
		m->walked += done > 0;
		pause = done <= 0 || (CENSUS_VMA_LOCKS && !each) || time_to_pause(scan);
		scan->vma = NULL;
		if (each)
			census_vma_unlock(vma);
	} while (!pause);
	return min(done, 0);
}

/*
 * One lock hold, under VMA locks or, if they are not available, under mmap_lock.
 * mmap_lock is only tried: a reader that waits would queue behind the lock's holder, and
 * later readers behind this reader.  So a stuck task would stall other tasks because of
 * the census.
 *
 * Nothing sleeps while a lock of another process is held, and the scheduler does not take the CPU
 * away: its tasks would wait for this one, which may have no time left in its cgroup (cpu.max), a
 * low priority or, with lazy preemption, no need_resched() to see before the next tick.  A hold is
 * short, and ends at need_resched().  A kernel with PREEMPT_RT takes page table locks by sleeping:
 * there a hold may be preempted.
 *
 * The RCU section lasts beyond the hold: a file that was mapped may be gone, but its page cache
 * stays to be looked at.
 *
 * Return: 1 at the end, 0 for a pause, -EAGAIN if no lock was available, or -ENOMEM.
 */
static int walk_hold(struct census_scan *scan, struct census_mm *m)
{
	int ret;

	ret = census_tally_lock(&scan->tally);
	if (ret)
		return ret;
	ret = -EAGAIN;
	rcu_read_lock();
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_disable();
	scan->locked_at = ktime_get_ns();
	scan->looked_at = scan->walk.work;
	if (CENSUS_VMA_LOCKS)
		ret = walk_vmas(scan, m, true);
	if (ret == -EAGAIN && mmap_read_trylock(m->mm)) {
		ret = walk_vmas(scan, m, false);
		mmap_read_unlock(m->mm);
	}
	scan->lock_holds += ret != -EAGAIN;
	scan->lock_hold_max = max(scan->lock_hold_max, ktime_get_ns() - scan->locked_at);
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_enable();
	census_swapped_look(&scan->tally);
	rcu_read_unlock();
	census_tally_unlock(&scan->tally, &scan->walk);
	return census_tally_error(&scan->tally) ?: ret;
}

/* Return: time that may still be spent on unavailable locks, ns; 0: each is tried once more. */
static u64 budget_left(const struct census_scan *scan)
{
	s64 left = census_params.busy_budget - scan->waited;

	return max(left, 0LL);
}

/*
 * A lock that was available once in this census is not stuck: several threads take it in
 * turns, and it is free between two of them.  So spin for up to this time, ns.  A user may
 * have many such processes, so all spins are part of the budget.
 */
#define SPIN_NS (200ULL * NSEC_PER_USEC)

/* Tries again to walk after a lock was not available.  Return: as walk_hold(). */
static int walk_when_free(struct census_scan *scan, struct census_mm *m)
{
	u64 begin = scan->locked_at, spin = min(SPIN_NS, budget_left(scan));
	int ret = -EAGAIN;

	while (ret == -EAGAIN && ktime_get_ns() - begin < spin && !need_resched() &&
	       !fatal_signal_pending(current)) {
		cpu_relax();
		ret = walk_hold(scan, m);
	}
	scan->waited += scan->locked_at - begin;
	return ret;
}

/*
 * Checks whether all processes of an address space have exited or executed another program: only
 * references on mm_users keep its memory, that of this walk among them.  The OOM killer may wait
 * for this memory and must not wait for a walk.
 *
 * The kernel clears the owner when the last process leaves (mm_update_next_owner() in
 * kernel/exit.c), also if others have references: another census, a debugger.  Without the memory
 * controller no address space has an owner; then the last reference tells.
 */
static bool is_abandoned(const struct census_mm *m)
{
#ifdef CONFIG_MEMCG
	return !rcu_access_pointer(m->mm->owner);
#else
	return atomic_read(&m->mm->mm_users) == 1;
#endif
}

static void put_last(struct work_struct *work)
{
	mmput(container_of(work, struct mm_struct, async_put_work));
}

/*
 * Drops mm_users.  If this is the last reference, exit_mmap() follows, which takes seconds for a
 * large process: not in the caller, and not in the worker of mmput_async(), which would keep all
 * others of its processor waiting, but in one that is bound to none.
 *
 * mmput_async() uses async_put_work when it has dropped the last reference.  Until put_last() has
 * dropped this one, none is the last.
 */
static void put_mm(struct mm_struct *mm)
{
	if (atomic_add_unless(&mm->mm_users, -1, 1))
		return;
	INIT_WORK(&mm->async_put_work, put_last);
	census_free_later(&mm->async_put_work);
}

/* Entries that a walk may read in any case, and VMAs: a millisecond of either. */
#define PTES_SPARE BIT(20)
#define VMAS_SPARE BIT(10)

/*
 * Checks whether a process moves its memory ahead of the walk.  mremap() moves a GiB in
 * microseconds, with its page tables.  A process that moves all upwards whenever a hold ends has
 * the same entries read until the address space ends, 100,000 times.  Else a walk reads each entry
 * once, and one without a table below it once for each VMA in its range: not more than twice as
 * many as the page tables have had at most, and VMAs.  A shared table of hugetlb is in the size of
 * each address space that has it, as often as that maps it (huge_pmd_share() in mm/hugetlb.c).
 *
 * VMAs that map nothing have no entries, and a record each, with a name that may take longer to
 * read than the VMA to move.
 *
 * Called before each visit: as soon as a hold ends, a process can unmap what was walked in it.
 */
static bool is_evading(struct census_mm *m)
{
	m->tables = max(m->tables, mm_pgtables_bytes(m->mm));
	m->mappings = max(m->mappings, READ_ONCE(m->mm->map_count));
	return m->ptes > PTES_SPARE + 2 * (m->tables / sizeof(pte_t) + m->mappings) ||
	       m->walked > VMAS_SPARE + 2U * m->mappings;
}

/*
 * One lock hold.  mm_users is held only here: if the process exits before or after it, it frees its
 * memory itself, in its cgroup, also if this caller is not given the processor for a while.
 *
 * If the process that was asked has executed a program, what was read since then may not be shown
 * to the reader.  Alone it has taken the address space with it: then this is as if it had done so
 * before the hold.
 *
 * Return: as walk_hold(), -ESRCH if the memory is gone, or -ELOOP if it evades the walk.
 */
static int visit_once(struct census_scan *scan, struct census_mm *m)
{
	struct census_counters before;
	u64 ptes = scan->walk.ptes;
	int ret;

	if (!mmget_not_zero(m->mm))
		return -ESRCH;
	ret = is_abandoned(m) ? -ESRCH : 0;
	if (!ret && !m->begun && !scan->tally.later)
		ret = census_mm_settle(m);
	/*
	 * An exec() that holds exec_update_lock is waited for as for other locks: then the address
	 * space is walked nevertheless, without a reader.
	 */
	if (ret == -EAGAIN && !budget_left(scan))
		ret = 0;
	if (!ret && is_evading(m))
		ret = -ELOOP;
	if (ret)
		goto put;
	before = m->counters;
	ret = walk_hold(scan, m);
	if (ret == -EAGAIN && m->begun)
		ret = walk_when_free(scan, m);
	if (ret > 0 && m->task && !scan->tally.later)
		census_mm_counters(m);
	if (!census_mm_confirm(m)) {
		m->counters = before;
		if (m->task->peers || (ret < 0 && ret != -EAGAIN))
			m->task->reader = CENSUS_NO_READER;
		else
			ret = -ESRCH;
	}
	m->ptes += scan->walk.ptes - ptes;
	m->unknown |= scan->walk.unknown;
	scan->walk.unknown = false;
put:
	put_mm(m->mm);
	return ret;
}

/*
 * An address space that the first slice walked and another slice did not walk is partial.  One that
 * the first slice did not walk is busy: its RSS, swap and others are counted in that slice only.
 */
static void set_state(struct census_mm *m, u8 state)
{
	if (m->state == MEMCENSUS_STATE_BUSY)
		return;
	if (m->state != MEMCENSUS_STATE_UNSPEC && m->state != state)
		state = MEMCENSUS_STATE_PARTIAL;
	m->state = state;
}

/* @m is not walked to its end: it may be an owner of swap slots that is missing, if it has any. */
static void give_up(struct census_scan *scan, struct census_mm *m)
{
	if (census_mm_swapped(m->mm))
		scan->swap_known = false;
	set_state(m, m->begun ? MEMCENSUS_STATE_PARTIAL : MEMCENSUS_STATE_BUSY);
}

/*
 * Notes what a visit has returned.  Sets @m->visited if no further one is needed.
 *
 * Return: 0, or an error that ends the census: -EINTR or -ENOMEM.
 */
static int end_visit(struct census_scan *scan, struct census_mm *m, int ret)
{
	if (ret == -EINTR || ret == -ENOMEM)
		return ret;
	m->visited = ret != -EAGAIN;
	if (ret == -ESRCH)
		m->state = MEMCENSUS_STATE_VANISHED;
	else if (ret == -ELOOP || (m->visited && m->unknown))
		give_up(scan, m);
	else if (m->visited)
		set_state(m, MEMCENSUS_STATE_WALKED);
	/* A kernel to come may have entries that this module cannot count. */
	if (!ret && m->unknown)
		pr_warn_once("an entry of a page table is of a type that this module does not know: its process is partial; use a newer memcensus\n");
	return 0;
}

/*
 * Walks an address space in several lock holds, if its locks are available.  If the memory is gone,
 * what was counted of it is forgotten, and of a process that executed a program what it has now is
 * walked, once.
 *
 * Return: 0, or -EINTR or -ENOMEM, which end the scan.
 */
static int visit_mm(struct census_scan *scan, struct census_mm *m, bool again)
{
	u64 begin = ktime_get_ns(), waited = scan->waited;
	bool resumed = m->begun, advanced = false;
	unsigned long addr;
	int ret;

	ret = !m->mm || !atomic_read(&m->mm->mm_users) ? -ESRCH : census_tally_mm(&scan->tally, m);
	if (resumed)
		scan->waited += ktime_get_ns() - begin;
	while (!ret) {
		addr = m->next_addr;
		ret = fatal_signal_pending(current) ? -EINTR : visit_once(scan, m);
		advanced |= m->next_addr != addr;
		census_pause();
	}
	/*
	 * A visit in vain is all waiting.  Any other one is bounded by the size of the
	 * address space, except for its spins and the return to its marks.
	 */
	if (ret == -EAGAIN && !advanced)
		scan->waited = waited + ktime_get_ns() - begin;
	if (ret == -ESRCH) {
		census_tally_forget(&scan->tally, m);
		if (!again && !scan->tally.later && census_collect_again(&scan->collection, m))
			return visit_mm(scan, m, true);
	}
	return end_visit(scan, m, min(ret, 0));
}

/* Waits for others to drop their locks. */
static void wait_for_locks(struct census_scan *scan)
{
	ktime_t time = 100 * NSEC_PER_USEC;
	u64 begin = ktime_get_ns();

	set_current_state(CENSUS_WAIT);
	schedule_hrtimeout_range(&time, 200 * NSEC_PER_USEC, HRTIMER_MODE_REL);
	scan->waited += ktime_get_ns() - begin;
}

/**
 * census_scan_all() - scan all address spaces that were not visited yet
 * @scan: the collection is complete
 *
 * Then retries those whose locks were not available, until the busy budget is used up, and then
 * once more, without a wait.  Retries look only at these: a round over all would take a time that
 * is not in the budget.
 *
 * Return: 0, -EINTR or -ENOMEM.
 */
int census_scan_all(struct census_scan *scan)
{
	struct census_mm *m, *left = NULL, **at = &left;
	bool last;
	int err;

	list_for_each_entry(m, &scan->collection.mms, link) {
		cond_resched();
		census_fetch(list_next_entry(m, link), sizeof(*m));
		if (m->visited)
			continue;
		err = fatal_signal_pending(current) ? -EINTR : visit_mm(scan, m, false);
		if (err)
			return err;
		if (!m->visited) {
			*at = m;
			at = &m->next_left;
		}
	}
	*at = NULL;
	while (left) {
		last = !budget_left(scan);
		for (at = &left; (m = *at); ) {
			err = visit_mm(scan, m, false);
			if (err)
				return err;
			cond_resched();
			if (m->visited) {
				*at = m->next_left;
				continue;
			}
			at = &m->next_left;
			if (last)
				give_up(scan, m);
		}
		if (last)
			break;
		if (left)
			wait_for_locks(scan);
	}
	return 0;
}

/**
 * census_scan_begin() - allocate the memory of a scan
 * @scan: zeroed except for the collection; the caller calls census_scan_end(), also after an error
 * @snap: the snapshot with the request
 * @files: files that are mapped
 *
 * Return: 0 or -ENOMEM.
 */
int census_scan_begin(struct census_scan *scan, struct census_snapshot *snap,
		      struct census_files *files)
{
	int err;

	scan->walk.pause = time_to_pause;
	scan->walk.pause_context = scan;
	err = census_walk_begin(&scan->walk);
	if (!err)
		err = census_tally_begin(&scan->tally, snap, files);
	return err;
}

void census_scan_end(struct census_scan *scan, struct census_cost *cost)
{
	cost->lock_hold_max = scan->lock_hold_max;
	cost->lock_holds = scan->lock_holds;
	cost->ptes = scan->walk.ptes;
	cost->pages = scan->tally.pages;
	census_tally_end(&scan->tally);
	census_walk_end(&scan->walk);
}
