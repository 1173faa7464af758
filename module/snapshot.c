// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>

#include "memory.h"
#include "pages.h"
#include "snapshot.h"

#define COST(name, scope, attr, member) \
	{ name, CENSUS_COST_##scope, MEMCENSUS_SCAN_##attr, offsetof(struct census_cost, member) }

const struct census_cost_row census_costs[] = {
	COST(NULL, ALWAYS, REALTIME_NS, realtime),
	COST(NULL, ALWAYS, BOOTTIME_NS, boottime),
	COST("wall_ns", ALWAYS, WALL_NS, wall),
	COST("cpu_ns", ALWAYS, CPU_NS, cpu),
	COST("lock_hold_max_ns", WALKED, LOCK_HOLD_MAX_NS, lock_hold_max),
	COST("lock_holds", WALKED, LOCK_HOLDS, lock_holds),
	COST("mms", WALKED, MMS, mms),
	COST("walked", WALKED, WALKED, walked),
	COST("busy", WALKED, BUSY, busy),
	COST("vanished", WALKED, VANISHED, vanished),
	COST("partial", WALKED, PARTIAL, partial),
	COST("kthreads", WALKED, KTHREADS, kthreads),
	COST("zombies", WALKED, ZOMBIES, zombies),
	COST("ptes", WALKED, PTES, ptes),
	COST("pages", WALKED, PAGES, pages),
	COST("memory_bytes", ALWAYS, MEMORY, memory),
	COST("frames_bytes", FRAMES, FRAMES, frames),
	COST("pss_bytes", FRAMES, PSS, pss),
	COST("violations", FRAMES, VIOLATIONS, violations),
	COST("slices", WALKED, SLICES, slices),
};

const unsigned int census_nr_costs = ARRAY_SIZE(census_costs);

/**
 * census_snapshot_alloc() - allocate an empty snapshot
 * @req: the request that it will answer
 *
 * Return: a snapshot with one reference, or NULL.
 */
struct census_snapshot *census_snapshot_alloc(const struct census_request *req)
{
	struct census_snapshot *snap = kzalloc(sizeof(*snap), CENSUS_GFP);

	if (!snap)
		return NULL;
	kref_init(&snap->ref);
	INIT_LIST_HEAD(&snap->vmas);
	snap->basis = req->basis;
	snap->parts = req->parts;
	snap->group_by = req->group_by;
	if (req->group_by)
		snap->pid_ns = get_pid_ns(req->pid_ns);
	snap->cost.memory = sizeof(*snap);
	if (req->pages) {
		snap->pages = census_pages_alloc(req->start, req->end);
		if (!snap->pages) {
			census_snapshot_put(snap);
			return NULL;
		}
	}
	return snap;
}

/**
 * census_snapshot_memory() - zeroed memory for a part of a snapshot
 * @snap: its cost includes the memory
 * @size: bytes
 *
 * Return: memory to be freed by kvfree(), or NULL.
 */
void *census_snapshot_memory(struct census_snapshot *snap, size_t size)
{
	void *memory = census_kvzalloc(size);

	if (memory)
		snap->cost.memory += size;
	return memory;
}

void census_task_drop_peers(struct census_task *task)
{
	struct census_peer *peer, *next;

	for (peer = task->peers; peer; peer = next) {
		next = peer->next;
		put_pid(peer->pid);
		kfree(peer);
	}
	task->peers = NULL;
}

/* @task: not in a snapshot, or NULL. */
void census_task_free(struct census_task *task)
{
	if (!task)
		return;
	census_task_drop_peers(task);
	put_pid(task->pid);
	put_pid(task->parent);
	kvfree(task);
}

/**
 * census_task_pid() - PID of an address space
 * @task: its record
 * @ns: PID namespace of the caller
 *
 * Return: the PID of the first of its processes that is visible in @ns, or 0.  A process
 * that had no address space at the request has the number from the request.
 */
pid_t census_task_pid(const struct census_task *task, struct pid_namespace *ns)
{
	const struct census_peer *peer;
	pid_t pid = task->number ?: pid_nr_ns(task->pid, ns);

	for (peer = task->peers; !pid && peer; peer = peer->next)
		pid = pid_nr_ns(peer->pid, ns);
	return pid;
}

void census_vmas_free(struct list_head *vmas)
{
	struct census_vma *vma, *next;

	list_for_each_entry_safe(vma, next, vmas, link) {
		kfree(vma->name);
		kvfree(vma);
	}
	INIT_LIST_HEAD(vmas);
}

static void census_snapshot_free(struct kref *ref)
{
	struct census_snapshot *snap = container_of(ref, typeof(*snap), ref);
	unsigned int i;

	for (i = 0; i < snap->nr_tasks; i++)
		census_task_free(snap->tasks[i]);
	kvfree(snap->tasks);
	census_vmas_free(&snap->vmas);
	census_pages_free(snap->pages);
	kvfree(snap->groups);
	if (snap->pid_ns)
		put_pid_ns(snap->pid_ns);
	kvfree(snap->zones);
	kvfree(snap->nodes);
	kfree(snap);
}

/* The last put frees the snapshot and may sleep.  @snap may be NULL. */
void census_snapshot_put(const struct census_snapshot *snap)
{
	if (snap)
		kref_put((struct kref *)&snap->ref, census_snapshot_free);
}

void census_request_release(struct census_request *req)
{
	unsigned int i;

	for (i = 0; i < req->nr_pids; i++)
		put_pid(req->pids[i].pid);
	kvfree(req->pids);
	req->pids = NULL;
	req->nr_pids = 0;
}
