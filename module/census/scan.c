// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/moduleparam.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/timekeeping.h>

#include "base/fetch.h"
#include "base/gate.h"
#include "base/params.h"
#include "base/threads.h"
#include "census/scan.h"

/*
 * A read of the clock costs as much as the walk of a small VMA.  So it is read only after
 * this many entries, which take tens of microseconds at most.
 */
#define ENTRIES_BETWEEN_LOOKS 2048

/* Fixed cost of a VMA, in entries. */
#define ENTRIES_PER_VMA 32

/* Shortest contended lock hold, from the second contended one on, ns. */
#define PATIENCE_MIN (20 * NSEC_PER_USEC)

/* Checks whether other tasks wait for the lock that is held. */
static bool is_contended(const struct census_worker *w)
{
	return w->vma ? census_vma_is_contended(w->vma) :
			mmap_lock_is_contended(w->tally.m->mm);
}

/*
 * The first contended lock hold ends at once.  If threads of the process map without a
 * pause, each hold would walk only one page table.  So each contended hold doubles the
 * length of the next one, up to lock_hold_us.
 */
static bool time_to_pause(void *context)
{
	struct census_worker *w = context;
	struct census_mm *m = w->tally.m;
	bool contended = is_contended(w);
	u64 held;

	if (need_resched() || census_walk_full(&w->walk) || census_reserve_low() ||
	    (contended && !m->patience))
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

/* Checks whether a VMA starts after the end of the walk, as all VMAs after it do. */
static bool is_beyond(struct census_mm *m, const struct vm_area_struct *vma)
{
	if (!m->stop || vma->vm_start < m->stop)
		return false;
	m->next_addr = m->stop;
	return true;
}

/*
 * Return: 1 if the VMA was walked to its end, 0 for a pause, -EAGAIN if another lock that
 * the VMA needs (i_mmap_rwsem) was not available, or -ENOMEM.
 */
static int walk_vma(struct census_worker *w, struct census_mm *m,
		    struct vm_area_struct *vma)
{
	unsigned long addr = max(m->next_addr, vma->vm_start), end = vma->vm_end;
	int err;

	m->divisible = 0;
	if (is_beyond(m, vma))
		return 0;
	if (m->whole && !census_tally_divisible(&w->tally, vma)) {
		m->refused = true;
		return 0;
	}
	if (!census_files_want(w->tally.files, vma)) {
		m->next_addr = end;
		w->walk.work += ENTRIES_PER_VMA;
		return 1;
	}
	if (m->stop && m->stop < end)
		end = m->stop;
	end = census_tally_vma_stop(vma, addr, end);
	census_walk_fetch(&w->walk, vma, addr, end);
	err = census_tally_vma(&w->tally, vma, addr, &w->walk);
	if (err)
		return min(err, 0);
	m->next_addr = census_walk_vma(&w->walk, vma, addr, end);
	if (w->scan->divides && m->next_addr < end &&
	    census_tally_divisible(&w->tally, vma))
		m->divisible = end;
	census_tally_vma_end(&w->tally, &w->walk, m->next_addr - addr);
	w->walk.work += ENTRIES_PER_VMA;
	if (w->walk.blocked) {
		w->walk.blocked = false;
		return -EAGAIN;
	}
	return m->next_addr >= vma->vm_end;
}

/* Prefetches the memory that a walk of @vma reads first.  @vma may be NULL. */
static void fetch_vma(const struct vm_area_struct *vma)
{
	if (!vma)
		return;
	prefetch(vma);
	prefetch(&vma->vm_file);
}

/*
 * Walks from @m->next_addr until the end or a pause.  The VMA at this address may differ
 * from the one before the pause: split, merged, removed or new.  Addresses only go up, so
 * the walk ends.  Pages that mremap() moves between two holds can be missed or met twice,
 * as in smaps.
 *
 * With VMA locks, this walks only one VMA: the one whose own lock was not available.
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
 * Like walk_locked(), but locks one VMA at a time.  The lock keeps this VMA and the upper
 * page tables below it.  Changes elsewhere in the address space do not wait for this
 * lock.  Changes of this VMA wait, and time_to_pause() sees them.
 *
 * Return: as walk_locked(), or -EAGAIN if the VMA lock was not available.
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
 * Nothing sleeps while a lock of another process is held, and the scheduler does not take the CPU
 * away: its tasks would wait for this one, which may have no time left in its cgroup (cpu.max), a
 * low priority or, with lazy preemption, no need_resched() to see before the next tick.  A hold is
 * short, and ends at need_resched().
 *
 * A kernel with PREEMPT_RT takes page table locks by sleeping: there a hold may be preempted.
 */
static void hold_begin(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_disable();
}

static void hold_end(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_enable();
}

/*
 * One lock hold, under VMA locks or, if they are not available, under mmap_lock.
 * mmap_lock is only tried: a reader that waits would queue behind the lock's holder, and
 * later readers behind this reader.  So a stuck task would stall other tasks because of
 * the census.
 *
 * Return: 1 at the end, 0 for a pause, -EAGAIN if no lock was available, or -ENOMEM or
 * -ENOSPC.
 */
static int walk_hold(struct census_worker *w, struct census_mm *m)
{
	int ret;

	ret = census_tally_lock(&w->tally);
	if (ret)
		return ret;
	ret = -EAGAIN;
	hold_begin();
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
	hold_end();
	census_tally_unlock(&w->tally, &w->walk);
	return census_tally_error(&w->tally) ?: ret;
}

static bool is_stopped(const struct census_worker *w)
{
	return census_stopped(w->tally.frames->budget);
}

/**
 * census_scan_budget() - time that the scan may still spend on unavailable locks
 * @scan: the scan
 *
 * Return: ns; 0: each lock may be tried once more.
 */
u64 census_scan_budget(const struct census_scan *scan)
{
	s64 left = census_params.busy_budget - atomic64_read(&scan->waited);

	return max(left, 0LL);
}

/*
 * A lock that was available once in this census is not stuck: several threads take it in
 * turns, and it is free between two of them.  So spin for up to this time, ns.  A user may
 * have many such processes, so all spins are part of the budget.
 */
#define SPIN_NS (200 * NSEC_PER_USEC)

/* Return: as walk_hold(); @w->waited is increased. */
static int walk_when_free(struct census_worker *w, struct census_mm *m)
{
	int ret = walk_hold(w, m);
	u64 begin, spin;

	if (ret != -EAGAIN || !m->begun)
		return ret;
	begin = w->locked_at;
	spin = min_t(u64, SPIN_NS, census_scan_budget(w->scan));
	while (ret == -EAGAIN && ktime_get_ns() - begin < spin &&
	       !need_resched() && !is_stopped(w)) {
		cpu_relax();
		ret = walk_hold(w, m);
	}
	w->waited += w->locked_at - begin;
	return ret;
}

/*
 * Checks whether all processes of an address space have exited or executed another program: only
 * references on mm_users keep its memory, that of this walk among them.  The OOM killer may wait
 * for this memory and must not wait for a walk.
 *
 * The kernel clears the owner when the last process leaves (mm_update_next_owner() in
 * kernel/exit.c), whoever else has references: another worker, another census, a debugger.
 * Without the memory controller nobody has an owner; then the last reference tells.
 */
static bool is_abandoned(const struct census_mm *m)
{
#ifdef CONFIG_MEMCG
	return !rcu_access_pointer(m->mm->owner);
#else
	return atomic_read(&m->mm->mm_users) == 1;
#endif
}

#ifdef CENSUS_CHECK
static atomic_t parts;

static int get_parts(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%d\n", atomic_read(&parts));
}

static const struct kernel_param_ops parts_ops = {
	.get = get_parts,
};

module_param_cb(parts, &parts_ops, NULL, 0400);
MODULE_PARM_DESC(parts, "number of parts of mappings given to other workers");
#endif

static void count_part(void)
{
#ifdef CENSUS_CHECK
	atomic_inc(&parts);
#endif
}

/* A part of this size takes a hundred times as long as the start of its walk. */
#define PART_MIN (256UL << 20)

/*
 * Gives the upper half of what is left of a mapping to an idle worker.  No lock is held: if
 * the mapping changes, a part is walked up to the first mapping that is not divisible, and the
 * rest of it by the worker of the whole: see walk_rests() in census.c.
 */
static void divide_mm(struct census_scan *scan, struct census_mm *m)
{
	struct census_mm *part;
	unsigned long middle;

	if (!m->divisible || !READ_ONCE(scan->idle) ||
	    m->divisible - m->next_addr < 2 * PART_MIN)
		return;
	/* The mapping was cut since it was divided: what follows, up to @stop, is no part. */
	if (m->stop && m->divisible != m->stop)
		return;
	middle = ALIGN_DOWN(m->next_addr + (m->divisible - m->next_addr) / 2, PMD_SIZE);
	part = census_collect_part(&scan->collection, m, middle, m->divisible);
	if (!part)
		return;
	if (!m->stop)
		m->resume = m->divisible;
	m->stop = middle;
	m->divisible = middle;
	count_part();
	spin_lock(&scan->lock);
	list_add_tail(&part->link, &scan->collection.mms);
	scan->divided = true;
	if (!scan->next)
		scan->next = part;
	spin_unlock(&scan->lock);
	wake_up(&scan->wait);
}

/*
 * Continues after the parts that other workers walk.  Return: true if @m is a part itself, or the
 * rest of one, and ends here.
 */
static bool is_at_end(struct census_mm *m)
{
	if (m->refused)
		return true;
	if (!m->stop || m->next_addr < m->stop)
		return false;
	if (!m->resume)
		return true;
	m->next_addr = max(m->next_addr, m->resume);
	m->stop = 0;
	m->resume = 0;
	return false;
}

/*
 * Walks an address space in several lock holds.
 *
 * mm_users is held only here.  mmput_async() drops it: if it is the last reference, a
 * kernel worker runs exit_mmap(), not the caller.
 *
 * Return: 0 if walked, -EAGAIN if a lock was not available, -ESRCH if the memory is gone,
 * or -EINTR, -ENOMEM or -ENOSPC, which end the scan.
 */
static int visit_mm(struct census_worker *w, struct census_mm *m)
{
	u64 begin = ktime_get_ns(), waited = 0;
	bool resumed = m->begun, advanced = false;
	unsigned long addr;
	int ret;

	if (!m->mm || !mmget_not_zero(m->mm))
		return -ESRCH;
	w->waited = 0;
	ret = census_tally_mm(&w->tally, m);
	if (resumed)
		waited = ktime_get_ns() - begin;
	while (!ret) {
		addr = m->next_addr;
		if (is_stopped(w))
			ret = -EINTR;
		else if (is_abandoned(m))
			ret = -ESRCH;
		else if (is_at_end(m))
			ret = 1;
		else
			ret = walk_when_free(w, m);
		if (!ret)
			divide_mm(w->scan, m);
		advanced |= m->next_addr != addr;
		census_pause();
	}
	if (ret > 0 && m->task && !w->tally.later)
		census_mm_counters(m);
	mmput_async(m->mm);
	/*
	 * A visit in vain is all waiting.  Any other one is bounded by the size of the
	 * address space, except for its spins and the return to its marks.
	 */
	if (ret == -EAGAIN && !advanced)
		waited = ktime_get_ns() - begin;
	else
		waited += w->waited;
	if (waited)
		atomic64_add(waited, &w->scan->waited);
	return min(ret, 0);
}

/* Marks of an address space are in one worker. */
static void check_worker(const struct census_worker *w, const struct census_mm *m)
{
#ifdef CENSUS_CHECK
	WARN_ON_ONCE(m->begun && m->worker != w->number);
#endif
}

/* As visit_mm().  If the memory is gone, what was counted of it is forgotten. */
static int visit_or_forget(struct census_worker *w, struct census_mm *m)
{
	int ret = visit_mm(w, m);

	if (ret == -ESRCH && m->begun)
		census_tally_forget(&w->tally, m);
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

/**
 * census_scan_mm() - scan an address space if its locks are available
 * @w: the worker
 * @m: not visited yet, or its locks were not available before
 *
 * Sets @m->visited if no further visit is needed.
 *
 * Return: 0, or an error that ends the census: -EINTR, -ENOMEM or -ENOSPC.
 */
int census_scan_mm(struct census_worker *w, struct census_mm *m)
{
	int ret;

	check_worker(w, m);
	m->worker = w->number;
	ret = visit_or_forget(w, m);
	if (ret == -ESRCH && !w->tally.later && census_collect_again(&w->scan->collection, m))
		ret = visit_or_forget(w, m);
	if (ret == -EINTR || ret == -ENOMEM || ret == -ENOSPC)
		return ret;
	m->visited = ret != -EAGAIN;
	if (!m->visited)
		WRITE_ONCE(w->scan->left, true);
	if (ret == -ESRCH)
		m->state = MEMCENSUS_STATE_VANISHED;
	else if (m->visited)
		set_state(m, MEMCENSUS_STATE_WALKED);
	return 0;
}

/* The lock of @m was not available, or not until the end of the walk. */
void census_scan_give_up(struct census_mm *m)
{
	set_state(m, m->begun ? MEMCENSUS_STATE_PARTIAL : MEMCENSUS_STATE_BUSY);
}

/* Return: the one after @m, or NULL; @m may be NULL.  Called with the lock of the scan held. */
static struct census_mm *next_of(const struct census_scan *scan, struct census_mm *m)
{
	if (!m || list_is_last(&m->link, &scan->collection.mms))
		return NULL;
	return list_next_entry(m, link);
}

/* Prefetches of an mm_struct what a walk of it reads first.  It may be freed at any time. */
static void fetch_space(const struct mm_struct *mm)
{
	prefetch(&mm->mm_users);
	prefetch(&mm->mmap_lock);
	prefetch(&mm->page_table_lock);
	prefetch(&mm->mm_mt);
	prefetch(&mm->pgd);
	prefetch(&mm->start_code);
	prefetch(&mm->mmap_base);
	census_fetch_owner(mm);
	census_mm_fetch_counters(mm);
}

/*
 * Takes the next address space, and prefetches what the walks of the next two read first.  Each
 * line is elsewhere in memory, and one leads to the other.  What an mm_struct points to may have
 * been freed, but is not read.
 *
 * While the lock is held no worker takes these, so their references on their mm_structs stay.
 * With several workers others walk the next one at once.
 */
static struct census_mm *take_space(struct census_scan *scan)
{
	const struct mm_struct *mm = NULL;
	struct census_mm *m, *next;

	spin_lock(&scan->lock);
	m = scan->next;
	next = next_of(scan, m);
	scan->next = next;
	if (next && next->mm && !next->visited && scan->running == 1)
		census_walk_fetch_roots(next->mm);
	next = next_of(scan, next);
	if (next && !next->visited)
		mm = next->mm;
	next = next_of(scan, next);
	spin_unlock(&scan->lock);
	if (mm)
		fetch_space(mm);
	if (next)
		census_fetch(next, sizeof(*next));
	return m;
}

/* Return: the next address space that was not visited, or NULL. */
static struct census_mm *take_next(struct census_scan *scan)
{
	struct census_mm *m;

	do {
		/* Not one lock hold for all: the owners of swap slots follow many others. */
		cond_resched();
		m = take_space(scan);
	} while (m && m->visited);
	return m;
}

/*
 * Starts at the first address space.  The collection is complete.
 * @divides: large mappings are divided among workers
 * @late: there is one worker at first
 */
void census_scan_begin(struct census_scan *scan, bool divides, bool late)
{
	scan->next = list_first_entry_or_null(&scan->collection.mms,
					      struct census_mm, link);
	scan->divides = divides;
	scan->divided = false;
	scan->left = false;
	scan->finished = false;
	scan->done = 0;
	scan->begun_at = ktime_get_ns();
	scan->late = late;
}

/* The censuses before this one, by basis: their estimates, and what all their threads took, ns. */
static struct {
	spinlock_t lock;	/* protects the next members */
	u64 work[2];
	u64 time[2];
} before = {
	.lock = __SPIN_LOCK_UNLOCKED(before.lock),
};

/**
 * census_scan_estimate() - what it takes one worker to walk and to count
 * @req: the request
 * @work: the same by page tables, mappings and address spaces alone, ns
 *
 * Page tables do not tell how many of their pages are shared.  But a census that is repeated, as
 * monitors do, finds about the same: if the estimates of two differ by less than an eighth, the
 * second one takes as long as the first.  Where that is wrong, because a user wants it to be,
 * helpers are called in vain, or late.
 *
 * Return: ns.
 */
u64 census_scan_estimate(const struct census_request *req, u64 work)
{
	unsigned int basis = req->basis == MEMCENSUS_BASIS_FRAMES;
	u64 last, time = work;

	spin_lock(&before.lock);
	last = before.work[basis];
	if (last && work >= last - last / 8 && work <= last + last / 8)
		time = before.time[basis];
	spin_unlock(&before.lock);
	return time;
}

/**
 * census_scan_learn() - all address spaces are walked, and their pages counted
 * @req: the request
 * @work: as of census_scan_estimate()
 * @time: that all threads together took, ns
 */
void census_scan_learn(const struct census_request *req, u64 work, u64 time)
{
	unsigned int basis = req->basis == MEMCENSUS_BASIS_FRAMES;

	spin_lock(&before.lock);
	before.work[basis] = work;
	before.time[basis] = time;
	spin_unlock(&before.lock);
}

/* Before this time the pace of a worker is not known, ns: the first address spaces are small. */
#define PACE_KNOWN	(NSEC_PER_MSEC / 2)

/*
 * An entry of a page that is shared takes several times as long as one that is exclusive, which
 * only the walk tells.  So the first worker compares its pace with the estimate, and calls helpers
 * if what is left takes long enough at that pace.
 */
static void call_helpers(struct census_scan *scan, const struct census_mm *m)
{
	unsigned int nr;
	u64 time, left;

	scan->done += m->work;
	time = ktime_get_ns() - scan->begun_at;
	if (time < PACE_KNOWN || scan->work <= scan->done)
		return;
	/* In units of 1024 ns: no product exceeds 64 bits. */
	left = (time >> 10) * ((scan->work - scan->done) >> 10);
	left = div64_u64(left, (scan->done >> 10) + 1) << 10;
	nr = census_threads_for(left, false);
	if (nr < 2)
		return;
	scan->late = false;
	census_threads_more(scan->threads, nr);
}

/* A worker that waits looks this often whether the census was stopped. */
#define LOOK_JIFFIES max(HZ / 50, 1)

/* Waits on the processor until there is a part or all workers are idle, for a short time. */
static void stay_for_part(const struct census_worker *w)
{
	struct census_scan *scan = w->scan;
	u64 begin = ktime_get_ns();

	while (!READ_ONCE(scan->next) && !READ_ONCE(scan->finished) &&
	       READ_ONCE(scan->idle) != READ_ONCE(scan->running) && !is_stopped(w) &&
	       census_stay(begin))
		;
	census_stayed(scan->threads, begin);
}

/* Return: true if there is another part to walk; false if all workers are idle. */
static bool wait_for_part(struct census_worker *w)
{
	struct census_scan *scan = w->scan;
	bool wait = true, found = false;
	DEFINE_WAIT(entry);

	if (!scan->divides)
		return false;
	spin_lock(&scan->lock);
	scan->idle++;
	spin_unlock(&scan->lock);
	stay_for_part(w);
	while (wait && !is_stopped(w)) {
		prepare_to_wait(&scan->wait, &entry, CENSUS_WAIT);
		spin_lock(&scan->lock);
		if (scan->idle == scan->running && !scan->next)
			scan->finished = true;
		found = scan->next;
		wait = !found && !scan->finished;
		spin_unlock(&scan->lock);
		if (wait)
			schedule_timeout(LOOK_JIFFIES);
	}
	finish_wait(&scan->wait, &entry);
	spin_lock(&scan->lock);
	scan->idle--;
	spin_unlock(&scan->lock);
	if (!found)
		wake_up_all(&scan->wait);
	return found;
}

/**
 * census_scan_all() - scan address spaces that no worker has started, until none is left
 * @w: the worker; several workers may run at the same time
 *
 * Return: 0, or -EINTR, -ENOMEM or -ENOSPC.
 */
int census_scan_all(struct census_worker *w)
{
	struct census_scan *scan = w->scan;
	struct census_mm *m;
	u64 wanted = 0;
	int err = 0;

	spin_lock(&scan->lock);
	scan->running++;
	spin_unlock(&scan->lock);
	while (!err && !is_stopped(w) && !census_threads_unwelcome(&wanted)) {
		m = take_next(scan);
		if (m) {
			err = census_scan_mm(w, m);
			/* The caller: it was alone when it took this number. */
			if (!w->number && scan->late)
				call_helpers(scan, m);
		} else if (!wait_for_part(w)) {
			break;
		}
	}
	spin_lock(&scan->lock);
	scan->running--;
	spin_unlock(&scan->lock);
	wake_up_all(&scan->wait);
	return err;
}

/**
 * census_worker_begin() - allocate the memory of a worker
 * @w: zeroed; the caller calls census_worker_end(), also after an error
 * @scan: shared by all workers
 * @snap: the snapshot with the request
 * @files: shared by all workers
 * @payers: who pays for pages, then this is the only worker; NULL: not requested
 *
 * Return: 0 or -ENOMEM.
 */
int census_worker_begin(struct census_worker *w, struct census_scan *scan,
			struct census_snapshot *snap, struct census_files *files,
			struct census_payers *payers)
{
	int err;

	w->scan = scan;
	w->walk.pause = time_to_pause;
	w->walk.pause_context = w;
	w->tally.numa = scan->collection.numa;
	w->tally.payers = payers;
	err = census_walk_begin(&w->walk);
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
