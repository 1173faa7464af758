// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/slab.h>

#include "base/memory.h"
#include "base/process.h"
#include "base/visible.h"
#include "census/collect.h"
#include "questions/parents.h"

/**
 * struct place - a process of a record
 * @link: in &struct census_parents.table
 * @pid: of the process; the record has a reference
 * @task: the record
 */
struct place {
	struct census_link link;
	const struct pid *pid;
	const struct census_task *task;
};

static u64 place_key(const struct census_link *link)
{
	return (uintptr_t)container_of(link, struct place, link)->pid;
}

static void add_place(struct census_parents *p, unsigned long *nr, const struct pid *pid,
		      const struct census_task *task)
{
	struct place *place = &p->places[(*nr)++];

	place->pid = pid;
	place->task = task;
	census_table_add(&p->table, &place->link);
}

/**
 * census_parents_begin() - note which record each process is in
 * @p: the caller calls census_parents_end(), also after an error
 * @mms: &struct census_mm, with their records
 * @ns: PID namespace of the caller
 *
 * Return: 0 or -ENOMEM.
 */
int census_parents_begin(struct census_parents *p, const struct list_head *mms,
			 struct pid_namespace *ns)
{
	const struct census_peer *peer;
	const struct census_mm *m;
	unsigned long nr = 0;

	*p = (struct census_parents) { .ns = ns };
	list_for_each_entry(m, mms, link) {
		for (peer = m->task ? m->task->peers : NULL; peer; peer = peer->next)
			nr++;
		nr++;
		cond_resched();
	}
	p->places = census_kvcalloc(nr + 1, sizeof(*p->places));
	if (!p->places || !census_table_init(&p->table, NULL, place_key))
		return -ENOMEM;
	nr = 0;
	list_for_each_entry(m, mms, link) {
		if (m->task && m->task->pid)
			add_place(p, &nr, m->task->pid, m->task);
		for (peer = m->task ? m->task->peers : NULL; peer; peer = peer->next) {
			add_place(p, &nr, peer->pid, m->task);
			cond_resched();
		}
		cond_resched();
	}
	return 0;
}

void census_parents_end(struct census_parents *p)
{
	census_table_free(&p->table);
	kvfree(p->places);
}

static const struct census_task *record_of(const struct census_parents *p, const struct pid *pid)
{
	const struct place *place;
	struct census_link *link;

	for (link = census_table_first(&p->table, (uintptr_t)pid); link; link = link->next) {
		place = container_of(link, struct place, link);
		if (place->pid == pid)
			return place->task;
	}
	return NULL;
}

/* Processes without a record, one above the other.  A user chooses their number. */
#define SKIPPED_MAX 31

/**
 * census_parent() - find the record that contains the parent of a process
 * @p: all records
 * @task: one of them
 *
 * The parent is the one that the process had when it was found.  One that is in no record has no
 * address space, because it exits, or is not requested, or was created after its PID was passed;
 * and one may share the address space of the process.  The parent that such a process has now takes
 * its place.
 *
 * Return: another record, or NULL: the parent is unknown, or the caller may not see it.
 */
const struct census_task *census_parent(const struct census_parents *p,
					const struct census_task *task)
{
	struct pid *next, *pid = get_pid(task->parent);
	const struct census_task *parent = NULL;
	unsigned int skipped = 0;

	while (census_visible_pid(pid, p->ns)) {
		parent = record_of(p, pid);
		if (parent && parent != task)
			break;
		parent = NULL;
		if (skipped++ == SKIPPED_MAX)
			break;
		next = census_process_parent(pid);
		put_pid(pid);
		pid = next;
	}
	put_pid(pid);
	return parent;
}
