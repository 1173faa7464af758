// SPDX-License-Identifier: GPL-2.0
/*
 * How an OOM kill is recorded:
 *
 * The kernel calls on_oom() when the machine has no memory, which only notes who asked, and the
 * tracepoint mark_victim for each process that it kills or marks, which records the kill.  So a
 * kill that the notifier did not announce is that of a cgroup.
 *
 * An event is one kill, or several of one caller at once.  It has copies of the machine's counters,
 * in memory that was set aside at load, and a reference on the newest census, which cache.c hands
 * over (census_oom_keep()).  A second later a work reads the counters again.  There are few events:
 * a new one replaces the oldest, but kills in cgroups do not replace the last one of the machine.
 *
 * Readers copy the events one by one (census_ooms_get()), so that a kill never waits for them.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/pid_namespace.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include "base/compat.h"
#include "base/memory.h"
#include "base/params.h"
#include "base/result-memory.h"
#include "base/visible.h"
#include "census/kswapd.h"
#include "census/oom.h"
#include "census/system.h"
#include "census/zones.h"

/* Of an event: more are left out, so that memory and time of a kill are bounded. */
#define ZONES_MAX 64U
#define NODES_MAX 32U

/* Part of max_results that a census may have to be kept; up to five are. */
#define KEPT_PART 16

/*
 * References on struct pid that events have, or had before they were replaced.  More kills within
 * an instant have none: only readers in the initial PID namespace learn who it was.
 */
#define PIDS_MAX (4 * MEMCENSUS_OOMS_MAX * (1 + MEMCENSUS_OOM_VICTIMS_MAX))

/* Kills of one task within this time are one event: of a cgroup that is killed as one. */
#define ONE_EVENT NSEC_PER_SEC

/* What came back is read so long after a kill. */
#define DELAY NSEC_PER_SEC

/*
 * Protects @newest, @events and @dropped.  A kill takes it in the middle of an allocation of any
 * kind, with oom_lock of the kernel and mostly task_lock() of the victim held.  So no holder
 * allocates, sleeps or takes another lock, none reads a counter of the machine, and none has a
 * loop over processors.  It is raw because task_lock() and the tracepoint may have disabled
 * preemption.  ZONES_MAX and NODES_MAX bound what a reader copies under it.
 */
static DEFINE_RAW_SPINLOCK(events_lock);

/* The newest census of all processes, a reference, or NULL. */
static const struct census_snapshot *newest;

/* In the order in which they were replaced, see find_replaceable().  @nr_events: since load. */
static struct census_oom events[MEMCENSUS_OOMS_MAX];
static u64 nr_events;

/* The last reference may free a PID namespace, which may sleep: drop_pids() does it. */
static struct pid *dropped[PIDS_MAX];
static unsigned int nr_dropped, nr_pids;

/*
 * What a kill reads of the machine before it takes events_lock.  The notifier and mark_victim run
 * under oom_lock of the kernel, so nothing else protects it.
 */
static struct {
	struct census_oom_cgroup cgroup;
	struct census_system system;
	unsigned int nr_zones;
	struct census_zone *zones;
	unsigned int nr_nodes;
	struct census_node *nodes;
} at_kill;

/* Zones and nodes of all events and of @at_kill, and their number in each. */
static struct census_zone *all_zones;
static struct census_node *all_nodes;
static unsigned int zones_max, nodes_max;

/*
 * The task that ran the notifier last, and when.  The notifier and mark_victim run under
 * oom_lock of the kernel, so nothing else protects them.
 */
static struct census_oom_task global_caller;
static u64 global_time;

/* A kill of the machine follows its notifier within this time, by the same task. */
#define GLOBAL_MAX (10ULL * NSEC_PER_SEC)

static struct tracepoint *mark_victim;

/**
 * census_oom_keep() - remember the newest census, for the next OOM kill
 * @snap: a finished census
 *
 * A census that has no processes, or needs more than a part of max_results, does not replace
 * an older one.
 */
void census_oom_keep(const struct census_snapshot *snap)
{
	const struct census_snapshot *old;

	if (!(snap->parts & MEMCENSUS_PART_TASKS) ||
	    census_snapshot_bytes(snap) > census_params.max_results / KEPT_PART)
		return;
	census_snapshot_get(snap);
	raw_spin_lock(&events_lock);
	old = newest;
	newest = snap;
	raw_spin_unlock(&events_lock);
	census_snapshot_put(old);
}

/* Fills all but the reference. */
static void set_task(struct census_oom_task *to, struct task_struct *task)
{
	to->pid = NULL;
	/* @task is current, or has an address space: its leader was not yet released. */
	to->tgid = task_tgid_nr(task);
	to->start = task->group_leader->start_boottime;
	/* Not get_task_comm(), which takes task_lock(). */
	memcpy(to->comm, task->comm, sizeof(to->comm));
	to->comm[sizeof(to->comm) - 1] = '\0';
}

/* The caller holds events_lock.  @task: see set_task(). */
static void hold_pid(struct census_oom_task *to, struct task_struct *task)
{
	if (nr_pids == PIDS_MAX)
		return;
	rcu_read_lock();
	to->pid = get_pid(task_tgid(task));
	rcu_read_unlock();
	nr_pids += !!to->pid;
}

/* The caller holds events_lock. */
static void drop_pid(struct census_oom_task *task)
{
	if (task->pid)
		dropped[nr_dropped++] = task->pid;
	task->pid = NULL;
}

static void drop_event_pids(struct census_oom *oom)
{
	unsigned int i;

	drop_pid(&oom->caller);
	for (i = 0; i < census_oom_nr_victims(oom); i++)
		drop_pid(&oom->victims[i].task);
}

static void drop_pids(struct work_struct *work)
{
	struct pid *pid;

	do {
		pid = NULL;
		raw_spin_lock(&events_lock);
		if (nr_dropped) {
			pid = dropped[--nr_dropped];
			nr_pids--;
		}
		raw_spin_unlock(&events_lock);
		put_pid(pid);
	} while (pid);
}

static DECLARE_WORK(drop_work, drop_pids);

/*
 * mark_victim also marks a task that exits by itself or by a signal of another process: then the
 * kernel does not kill, and waits for it.  A process that a SIGKILL of anybody ends counts as
 * killed, because the kernel sends one before it marks.
 */
static bool was_dying(const struct task_struct *task)
{
	return READ_ONCE(task->signal->flags) & SIGNAL_GROUP_EXIT &&
	       READ_ONCE(task->signal->group_exit_code) != SIGKILL;
}

static u64 counter(struct mm_struct *mm, int member)
{
	return (u64)get_mm_counter(mm, member) << PAGE_SHIFT;
}

/* @task is alive: the OOM killer holds its task_lock(), or it is current. */
static void add_victim(struct census_oom *oom, struct task_struct *task)
{
	struct mm_struct *mm = task->mm;
	struct census_oom_victim *v;

	if (oom->nr_victims++ >= MEMCENSUS_OOM_VICTIMS_MAX)
		return;
	v = &oom->victims[oom->nr_victims - 1];
	memset(v, 0, sizeof(*v));
	rcu_read_lock();
	set_task(&v->task, task);
	hold_pid(&v->task, task);
	v->uid = __task_cred(task)->euid;
#ifdef CONFIG_CGROUPS
	v->cgroup = cgroup_id(task_dfl_cgroup(task));
#endif
	rcu_read_unlock();
	v->oom = oom->number;
	v->dying = was_dying(task);
	v->oom_score_adj = READ_ONCE(task->signal->oom_score_adj);
	if (!mm)
		return;
	v->vss = (u64)READ_ONCE(mm->total_vm) << PAGE_SHIFT;
	v->anon = counter(mm, MM_ANONPAGES);
	v->file = counter(mm, MM_FILEPAGES);
	v->shmem = counter(mm, MM_SHMEMPAGES);
	v->swap = counter(mm, MM_SWAPENTS);
	v->pagetables = mm_pgtables_bytes(mm);
}

/* The caller holds oom_lock of the kernel, and no lock of ours. */
static void read_machine(struct task_struct *victim)
{
	int nid, i;

	memset(&at_kill.cgroup, 0, sizeof(at_kill.cgroup));
	if (victim)
		census_oom_cgroup_read(&at_kill.cgroup, victim);
	memset(&at_kill.system, 0, sizeof(at_kill.system));
	census_system_glance(&at_kill.system);
	at_kill.nr_zones = 0;
	at_kill.nr_nodes = 0;
	for_each_online_node(nid) {
		struct zone *zones = NODE_DATA(nid)->node_zones;

		if (at_kill.nr_nodes < nodes_max)
			census_node_glance(&at_kill.nodes[at_kill.nr_nodes++], nid);
		for (i = 0; i < MAX_NR_ZONES && at_kill.nr_zones < zones_max; i++)
			if (populated_zone(&zones[i]))
				census_zone_glance(&at_kill.zones[at_kill.nr_zones++], &zones[i]);
	}
}

/* Return: the newest event below @number, of the machine only if @machine, or NULL. */
static struct census_oom *find_event(u64 number, bool machine)
{
	struct census_oom *found = NULL, *oom;

	for (oom = events; oom < events + MEMCENSUS_OOMS_MAX; oom++)
		if (oom->number && oom->number < number &&
		    (!machine || oom->scope == MEMCENSUS_OOM_SCOPE_MACHINE) &&
		    (!found || oom->number > found->number))
			found = oom;
	return found;
}

/*
 * @now is read under events_lock, under which @since was set, so it is not earlier.  If it were,
 * an age of 0 would be wrong by little, one of 2^64 for good.
 */
static u64 elapsed(u64 since, u64 now)
{
	return now > since ? now - since : 0;
}

/* Return: the event of the last kill, if one of @caller at @now belongs to it, or NULL. */
static struct census_oom *same_event(const struct census_oom_task *caller, u8 scope, u64 now)
{
	struct census_oom *oom = find_event(U64_MAX, false);

	if (oom && oom->before == newest && oom->scope == scope &&
	    oom->caller.tgid == caller->tgid && oom->caller.start == caller->start &&
	    elapsed(oom->last, now) < ONE_EVENT)
		return oom;
	return NULL;
}

/*
 * Return: the oldest event, or one that is not used.  Any user who may set the limit of a cgroup
 * can have as many kills in it as he likes: these do not replace the last event of the machine.
 */
static struct census_oom *find_replaceable(u8 scope)
{
	const struct census_oom *keep = NULL;
	struct census_oom *oldest = NULL, *oom;

	if (scope != MEMCENSUS_OOM_SCOPE_MACHINE)
		keep = find_event(U64_MAX, true);
	for (oom = events; oom < events + MEMCENSUS_OOMS_MAX; oom++)
		if (oom != keep && (!oldest || oom->number < oldest->number))
			oldest = oom;
	return oldest;
}

/* Replaces an event by @at_kill, and moves its reference to @old. */
static struct census_oom *new_event(const struct census_oom_task *caller, u8 scope, u64 now,
				    const struct census_snapshot **old)
{
	struct census_oom *oom = find_replaceable(scope);
	struct census_zone *zones = at_kill.zones;
	struct census_node *nodes = at_kill.nodes;

	*old = oom->before;
	drop_event_pids(oom);
	at_kill.zones = oom->zones;
	at_kill.nodes = oom->nodes;
	memset(oom, 0, sizeof(*oom));
	oom->zones = zones;
	oom->nr_zones = at_kill.nr_zones;
	oom->nodes = nodes;
	oom->nr_nodes = at_kill.nr_nodes;
	if (scope == MEMCENSUS_OOM_SCOPE_CGROUP)
		oom->cgroup = at_kill.cgroup;
	oom->system = at_kill.system;
	oom->number = ++nr_events;
	oom->realtime = ktime_get_real_ns();
	oom->boottime = now;
	oom->scope = scope;
	oom->caller = *caller;
	hold_pid(&oom->caller, current);
	if (newest)
		oom->before = census_snapshot_get(newest);
	return oom;
}

static void read_after(struct work_struct *work);
static DECLARE_DELAYED_WORK(after_work, read_after);

/* Completes events that are old enough, and comes back for the others. */
static void read_after(struct work_struct *work)
{
	struct census_system after = {};
	u64 now, wait = 0;
	unsigned int i;

	census_system_glance(&after);
	raw_spin_lock(&events_lock);
	/* Not earlier: a kill that is recorded in between would be in the future. */
	now = ktime_get_boottime_ns();
	for (i = 0; i < MEMCENSUS_OOMS_MAX; i++) {
		struct census_oom *oom = &events[i];
		u64 age = elapsed(oom->last, now);

		if (!oom->number || oom->delay)
			continue;
		if (age < DELAY) {
			wait = max(wait, DELAY - age);
			continue;
		}
		oom->after = after;
		oom->delay = elapsed(oom->boottime, now);
	}
	raw_spin_unlock(&events_lock);
	if (wait)
		queue_delayed_work(system_power_efficient_wq, &after_work,
				   nsecs_to_jiffies(wait) + 1);
}

static bool is_global(const struct census_oom_task *caller, u64 now)
{
	return global_caller.tgid && global_caller.tgid == caller->tgid &&
	       global_caller.start == caller->start && elapsed(global_time, now) < GLOBAL_MAX;
}

/*
 * Adds a kill to the last event if it belongs to it, or with @old to a new one of @at_kill.
 * Return: whether it was added.
 */
static bool add_kill(const struct census_oom_task *caller, struct task_struct *victim,
		     const struct census_snapshot **old)
{
	struct census_oom *oom;
	u8 scope;
	u64 now;

	raw_spin_lock(&events_lock);
	now = ktime_get_boottime_ns();
	scope = is_global(caller, now) ? MEMCENSUS_OOM_SCOPE_MACHINE :
					 MEMCENSUS_OOM_SCOPE_CGROUP;
	oom = old ? new_event(caller, scope, now, old) : same_event(caller, scope, now);
	if (oom) {
		oom->last = now;
		if (victim)
			add_victim(oom, victim);
	}
	raw_spin_unlock(&events_lock);
	return oom;
}

/* @victim: NULL if this kernel does not say who it is.  The caller holds oom_lock. */
static void record_kill(struct task_struct *victim)
{
	const struct census_snapshot *old = NULL;
	struct census_oom_task caller;

	rcu_read_lock();
	set_task(&caller, current);
	rcu_read_unlock();
	if (!add_kill(&caller, victim, NULL)) {
		read_machine(victim);
		add_kill(&caller, victim, &old);
	}
	census_snapshot_put_atomic(old);
	queue_work(system_power_efficient_wq, &drop_work);
	queue_delayed_work(system_power_efficient_wq, &after_work, nsecs_to_jiffies(DELAY) + 1);
}

/*
 * Memory of the machine ran out.  Perhaps a victim of before is still exiting and none is
 * killed now, so this only remembers who calls.
 */
static int on_oom(struct notifier_block *block, unsigned long unused, void *freed)
{
	rcu_read_lock();
	set_task(&global_caller, current);
	rcu_read_unlock();
	global_time = ktime_get_boottime_ns();
	if (!mark_victim)
		record_kill(NULL);
	return NOTIFY_OK;
}

static struct notifier_block oom_notifier = { .notifier_call = on_oom };

#ifdef CONFIG_TRACEPOINTS
static void on_mark_victim(void *data, struct task_struct *task, uid_t uid)
{
	record_kill(task);
}

/* Some kernels pass the number of the task, which stays until this returns. */
static void on_mark_victim_pid(void *data, int pid)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID);
	if (task)
		record_kill(task);
	rcu_read_unlock();
}

static void *mark_victim_probe(void)
{
	return census_mark_victim_has_task() ? (void *)on_mark_victim : (void *)on_mark_victim_pid;
}

static void find_mark_victim(struct tracepoint *tp, void *found)
{
	if (!strcmp(tp->name, "mark_victim"))
		*(struct tracepoint **)found = tp;
}

/* Return: 0, also if the kernel has no such tracepoint, or -ENOMEM. */
static int trace_victims(void)
{
	struct tracepoint *tp = NULL;
	int err = 0;

	for_each_kernel_tracepoint(find_mark_victim, &tp);
	if (tp)
		err = tracepoint_probe_register(tp, mark_victim_probe(), NULL);
	if (!err)
		mark_victim = tp;
	return err;
}

/* No kill is recorded afterwards. */
static void untrace_victims(void)
{
	if (!mark_victim)
		return;
	tracepoint_probe_unregister(mark_victim, mark_victim_probe(), NULL);
	/* A kill may still be in the probe, whose text goes with the module. */
	tracepoint_synchronize_unregister();
}
#else
static int trace_victims(void)
{
	return 0;
}

static void untrace_victims(void)
{
}
#endif

static size_t event_size(void)
{
	return zones_max * sizeof(*all_zones) + nodes_max * sizeof(*all_nodes);
}

/*
 * Copies the newest event below @number, with its zones and nodes, to the memory behind @ooms.
 * One event in a lock hold: a kill that waits for it is in the middle of an allocation.  Events
 * that are added during the copy have higher numbers, so none is copied twice.
 *
 * Return: its number; 0: there is none.
 */
static u64 copy_event(struct census_ooms *ooms, u64 number)
{
	void *memory = (void *)(ooms + 1) + ooms->nr * event_size();
	struct census_oom *to = &ooms->event[ooms->nr];
	const struct census_oom *from;
	unsigned int i;

	raw_spin_lock(&events_lock);
	from = find_event(number, false);
	if (from) {
		*to = *from;
		if (to->before)
			census_snapshot_get(to->before);
		get_pid(to->caller.pid);
		for (i = 0; i < census_oom_nr_victims(to); i++)
			get_pid(to->victims[i].task.pid);
		to->zones = memory;
		to->nodes = memory + zones_max * sizeof(*to->zones);
		memcpy(to->zones, from->zones, from->nr_zones * sizeof(*to->zones));
		memcpy(to->nodes, from->nodes, from->nr_nodes * sizeof(*to->nodes));
		ooms->nr++;
	}
	raw_spin_unlock(&events_lock);
	return from ? to->number : 0;
}

/**
 * census_ooms_get() - copy all events that are kept, the newest first
 *
 * Return: the copies, for census_ooms_put(); -ENOMEM, or -EDQUOT if results use all of
 * max_results.
 */
struct census_ooms *census_ooms_get(void)
{
	u64 size = sizeof(struct census_ooms) + MEMCENSUS_OOMS_MAX * event_size();
	struct census_ooms *ooms;
	u64 number = U64_MAX;

	if (!census_budget_take(&census_results, size))
		return ERR_PTR(-EDQUOT);
	ooms = census_kvzalloc(size);
	if (!ooms) {
		census_budget_give(&census_results, size);
		return ERR_PTR(-ENOMEM);
	}
	ooms->size = size;
	while (ooms->nr < MEMCENSUS_OOMS_MAX && number)
		number = copy_event(ooms, number);
	return ooms;
}

/* @ooms may be NULL. */
void census_ooms_put(struct census_ooms *ooms)
{
	unsigned int i, j;

	if (!ooms)
		return;
	for (i = 0; i < ooms->nr; i++) {
		struct census_oom *oom = &ooms->event[i];

		census_snapshot_put(oom->before);
		put_pid(oom->caller.pid);
		for (j = 0; j < census_oom_nr_victims(oom); j++)
			put_pid(oom->victims[j].task.pid);
	}
	census_budget_give(&census_results, ooms->size);
	kvfree(ooms);
}

/**
 * census_oom_pid() - PID of a process of an event
 * @task: a process of it
 * @ns: PID namespace of the reader
 *
 * Return: the number; 0: the reader may not learn of the process.
 */
pid_t census_oom_pid(const struct census_oom_task *task, struct pid_namespace *ns)
{
	return census_sees_all(ns) ? task->tgid : census_visible_pid(task->pid, ns);
}

/* No kill is recorded any more. */
static void stop_works(void)
{
	unsigned int i;

	cancel_delayed_work_sync(&after_work);
	cancel_work_sync(&drop_work);
	raw_spin_lock(&events_lock);
	for (i = 0; i < MEMCENSUS_OOMS_MAX; i++)
		drop_event_pids(&events[i]);
	raw_spin_unlock(&events_lock);
	drop_pids(NULL);
}

static void free_events(void)
{
	kvfree(all_zones);
	kvfree(all_nodes);
}

int census_oom_init(void)
{
	unsigned int i;
	int err;

	nodes_max = min_t(unsigned int, num_possible_nodes(), NODES_MAX);
	zones_max = min_t(unsigned int, nodes_max * MAX_NR_ZONES, ZONES_MAX);
	all_zones = census_kvcalloc((MEMCENSUS_OOMS_MAX + 1) * zones_max, sizeof(*all_zones));
	all_nodes = census_kvcalloc((MEMCENSUS_OOMS_MAX + 1) * nodes_max, sizeof(*all_nodes));
	if (!all_zones || !all_nodes) {
		free_events();
		return -ENOMEM;
	}
	for (i = 0; i < MEMCENSUS_OOMS_MAX; i++) {
		events[i].zones = all_zones + i * zones_max;
		events[i].nodes = all_nodes + i * nodes_max;
	}
	at_kill.zones = all_zones + MEMCENSUS_OOMS_MAX * zones_max;
	at_kill.nodes = all_nodes + MEMCENSUS_OOMS_MAX * nodes_max;
	err = trace_victims();
	if (err)
		goto no_trace;
	if (!mark_victim)
		pr_notice("this kernel has no tracepoint mark_victim: OOM kills in cgroups are not recorded\n");
	err = register_oom_notifier(&oom_notifier);
	if (err)
		goto no_notifier;
	return 0;

no_notifier:
	untrace_victims();
	/* Of a kill since; no census was published yet. */
	stop_works();
no_trace:
	free_events();
	return err;
}

/* No census is published any more. */
void census_oom_exit(void)
{
	unsigned int i;

	/* Waits for callbacks that are running. */
	unregister_oom_notifier(&oom_notifier);
	untrace_victims();
	stop_works();
	for (i = 0; i < MEMCENSUS_OOMS_MAX; i++)
		census_snapshot_put(events[i].before);
	census_snapshot_put(newest);
	free_events();
}
