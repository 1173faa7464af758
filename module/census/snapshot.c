// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "base/memory.h"
#include "base/visible.h"
#include "census/snapshot.h"

const struct census_record_row census_scan_rows[] = {
	CENSUS_SCAN_ROWS(CENSUS_ROW)
	CENSUS_SCAN_ROWS_BY_OWNERS(CENSUS_ROW)
	{}
};

const struct census_record_row census_zone_rows[] = { CENSUS_ZONE_ROWS(CENSUS_ROW) {} };
const struct census_record_row census_node_rows[] = { CENSUS_NODE_ROWS(CENSUS_ROW) {} };

/**
 * census_snapshot_memory() - zeroed memory for a part of a snapshot
 * @snap: its cost includes the memory
 * @size: bytes
 *
 * Return: memory that is freed with the snapshot, or NULL.
 */
void *census_snapshot_memory(struct census_snapshot *snap, size_t size)
{
	void *memory = census_arena_alloc(&snap->arena, size);

	if (memory)
		snap->cost.memory += size;
	return memory;
}

/* Checks whether memory was refused because results use all of max_results. */
bool census_snapshot_full(const struct census_snapshot *snap)
{
	return snap->arena.full || snap->vma_arena.full;
}

/* Drops the references of @task, which may be NULL.  Its memory is in an arena. */
void census_task_free(struct census_task *task)
{
	struct census_peer *peer;

	if (!task)
		return;
	for (peer = task->peers; peer; peer = peer->next)
		put_pid(peer->pid);
	put_pid(task->pid);
	put_pid(task->parent);
}

/**
 * census_task_pid() - PID of an address space
 * @task: its record
 * @ns: PID namespace of the caller
 *
 * May sleep: it passes all peers before the first visible one.  Where mappings or pages are
 * requested, each of their records asks again; there the peers that the request names come first.
 *
 * Return: the PID of the first of its processes that is visible in @ns, or 0.  A process
 * that had no address space at the request has the number from the request.
 */
pid_t census_task_pid(const struct census_task *task, struct pid_namespace *ns)
{
	const struct census_peer *peer;
	pid_t pid = task->number ?: census_visible_pid(task->pid, ns);

	/* As many as a user started. */
	for (peer = task->peers; !pid && peer; peer = peer->next) {
		pid = census_visible_pid(peer->pid, ns);
		cond_resched();
	}
	return pid;
}

static void free_snapshot(struct work_struct *work)
{
	struct census_snapshot *snap = container_of(work, typeof(*snap), free_work);
	unsigned int i;

	for (i = 0; i < snap->nr_tasks; i++) {
		census_task_free(snap->tasks[i]);
		cond_resched();
	}
	census_arena_free(&snap->arena);
	census_arena_free(&snap->vma_arena);
	if (snap->pid_ns)
		put_pid_ns(snap->pid_ns);
	kfree(snap);
}

/*
 * What takes long to free is freed here: a reader that is killed must end soon.  Until
 * then the memory counts as that of a result.
 */
static struct workqueue_struct *free_queue;

void census_free_later(struct work_struct *work)
{
	queue_work(free_queue, work);
}

int census_snapshot_init(void)
{
	free_queue = alloc_workqueue("memcensus_free", WQ_UNBOUND, 0);
	return free_queue ? 0 : -ENOMEM;
}

/* Waits until all is freed.  No snapshot is in use. */
void census_snapshot_exit(void)
{
	destroy_workqueue(free_queue);
}

/* A snapshot of more bytes takes milliseconds to free. */
#define FREE_LATER SZ_1M

static void census_snapshot_free(struct kref *ref)
{
	struct census_snapshot *snap = container_of(ref, typeof(*snap), result.ref);

	INIT_WORK(&snap->free_work, free_snapshot);
	if (census_snapshot_bytes(snap) > FREE_LATER)
		census_free_later(&snap->free_work);
	else
		free_snapshot(&snap->free_work);
}

/* Allocates an empty snapshot.  Return: a snapshot with one reference, or NULL. */
struct census_snapshot *census_snapshot_alloc(const struct census_request *req)
{
	struct census_snapshot *snap = kzalloc(sizeof(*snap), CENSUS_GFP);

	if (!snap)
		return NULL;
	kref_init(&snap->result.ref);
	snap->result.free = census_snapshot_free;
	INIT_LIST_HEAD(&snap->vmas);
	INIT_LIST_HEAD(&snap->pairs);
	snap->owners = !req->nr_pids || req->share || req->parts & MEMCENSUS_PART_OWNERS;
	snap->parts = req->parts;
	snap->group_by = req->group_by;
	snap->by_payer = req->charged;
	snap->walked = req->group_by ||
		       req->parts & (MEMCENSUS_PART_TASKS | CENSUS_PARTS_OF_VMAS);
	/* What it will not learn is unknown; without owners also their sums, see census.c. */
	if (!snap->walked)
		memset_after(&snap->cost, 0xff, cpu);
	snap->cost.memory = sizeof(*snap);
	if (req->group_by)
		snap->pid_ns = get_pid_ns(req->pid_ns);
	snap->arena.account = req->nr_pids || req->share;
	snap->vma_arena.account = req->nr_pids;
	return snap;
}

/* The last put frees the snapshot and may sleep.  @snap may be NULL. */
void census_snapshot_put(const struct census_snapshot *snap)
{
	if (snap)
		census_result_put(&snap->result);
}

void census_request_release(struct census_request *req)
{
	unsigned int i;

	for (i = 0; i < req->nr_pids; i++)
		put_pid(req->pids[i].pid);
	kvfree(req->pids);
	req->pids = NULL;
	req->nr_pids = 0;
	if (req->file)
		fput(req->file);
	req->file = NULL;
}
