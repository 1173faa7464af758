// SPDX-License-Identifier: GPL-2.0
/* What grew since a record began. */
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "brief/cgroups.h"
#include "brief/facts.h"
#include "brief/growth.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "model/amount.h"
#include "os/charges.h"
#include "os/proc-texts.h"
#include "os/procfs.h"

#define RECORD	"/var/lib/memcensus/memcensus.record"

/* What a cgroup may have grown by: the kinds that its charge and its swap consist of. */
static const struct {
	enum charge charge;
	const char *name;
} kinds[] = {
	{ CHARGE_ANON, "anonymous" },
	{ CHARGE_FILE, "page cache" },
	{ CHARGE_SHMEM, "shmem" },
	{ CHARGE_KERNEL, "kernel" },
	{ CHARGE_SOCK, "sockets" },
	{ CHARGE_HUGETLB, "hugetlb" },
	{ CHARGE_SWAP, "swap" },
};

static uint64_t began(const struct snapshot *snap)
{
	return KNOWN(&snap->scan, MEMCENSUS_SCAN_REALTIME_NS) ? snap->scan.realtime : 0;
}

/* In memory and in swap: what is swapped out is no less there. */
static uint64_t held_by(const struct charges *charges)
{
	return charges->v[CHARGE_TOTAL] + charges->v[CHARGE_SWAP];
}

/* The kind that grew most; NULL: none is known to. */
static const char *kind_that_grew(const struct charges *before, const struct charges *after)
{
	const char *name = NULL;
	uint64_t most = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		const uint64_t was = before ? before->v[kinds[i].charge] : 0;
		const uint64_t is = after->v[kinds[i].charge];

		if (is > was && is - was > most) {
			most = is - was;
			name = kinds[i].name;
		}
	}
	return name;
}

/* struct place - a cgroup of the first census, found by its path: a service that restarts is one */
struct place {
	const char *path;
	const struct charges *charges;
};

static int compare_places(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->path, ((const struct place *)b)->path);
}

static void add_cgroup(struct brief *brief, const struct group *group,
		       const struct charges *before, const struct charges *after, uint64_t since)
{
	const uint64_t was = before ? held_by(before) : 0, is = held_by(after);
	const char *kind = kind_that_grew(before, after);
	char size[NUMBER_SIZE];

	if (is <= was)
		return;
	text_size(size, (double)is);
	brief_add(brief, &(struct brief_fact){
		.rule = BRIEF_GROWN, .amount = is - was, .since = since,
		.who = xstrdup(group->path), .path = xstrdup(group->path),
		.what = kind ? xasprintf("more since the record began, most of it %s: now %s", kind,
					 size) :
			xasprintf("more since the record began: now %s", size) });
}

/* Each without those below it, so that no byte is in two rows. */
static void add_cgroups(struct brief *brief, const struct snapshot *first,
			const struct snapshot *last)
{
	struct charges *before = cgroups_own(first), *after = cgroups_own(last);
	struct place *places = xcalloc(first->n_groups + 1, sizeof(*places));
	const struct group *group;
	size_t n = 0, i;

	for (i = 0; i < first->n_groups; i++)
		if (first->groups[i].path && KNOWN(&before[i], CHARGE_TOTAL))
			places[n++] = (struct place){ first->groups[i].path, &before[i] };
	if (n)
		qsort(places, n, sizeof(*places), compare_places);
	for (i = 0; i < last->n_groups; i++) {
		const struct place key = { .path = last->groups[i].path }, *found;

		group = &last->groups[i];
		if (!group->path || !KNOWN(&after[i], CHARGE_TOTAL))
			continue;
		found = bsearch(&key, places, n, sizeof(*places), compare_places);
		add_cgroup(brief, group, found ? found->charges : NULL, &after[i], began(first));
	}
	free(places);
	free(before);
	free(after);
}

/* What the system gets back if it ends; false: unknown. */
static bool private_of(const struct task *task, uint64_t *bytes)
{
	if (!KNOWN(&task->figures, MEMCENSUS_F_USS))
		return false;
	*bytes = task->figures.v[MEMCENSUS_F_USS];
	if (KNOWN(&task->figures, MEMCENSUS_F_SWAP_USS))
		*bytes += task->figures.v[MEMCENSUS_F_SWAP_USS];
	return true;
}

static void add_processes(struct brief *brief, const struct snapshot *first,
			  const struct snapshot *last)
{
	const struct task **v = xcalloc(first->n_tasks + 1, sizeof(*v)), *task;
	uint64_t was, is;
	size_t i;

	for (i = 0; i < first->n_tasks; i++)
		v[i] = &first->tasks[i];
	qsort(v, first->n_tasks, sizeof(*v), task_compare);
	for (task = last->tasks; task < last->tasks + last->n_tasks; task++) {
		const struct task *const *found =
			bsearch(&task, v, first->n_tasks, sizeof(*v), task_compare);

		was = 0;
		if (!private_of(task, &is) || (found && !private_of(*found, &was)) || is <= was)
			continue;
		brief_add(brief, &(struct brief_fact){
			.rule = BRIEF_GROWN, .amount = is - was, .since = began(first),
			.pid = task->pid, .who = fact_process(task) });
	}
	free(v);
}

static void add_swap(struct brief *brief, const struct snapshot *first,
		     const struct snapshot *last)
{
	const struct amount is = amount_swap_used(last);
	const struct amount more = amount_minus(is, amount_swap_used(first));
	char size[NUMBER_SIZE];

	if (!more.known || more.bytes <= 0)
		return;
	text_size(size, (double)is.bytes);
	brief_add(brief, &(struct brief_fact){
		.rule = BRIEF_SWAPPED, .amount = (uint64_t)more.bytes, .since = began(first),
		.what = xasprintf("more of the swap is used than when the record began: now %s",
				  size) });
}

void facts_of_growth(struct brief *brief, const struct snapshot *first,
		     const struct snapshot *last)
{
	if (proc_texts_find(first, CHARGES_TEXT) && proc_texts_find(last, CHARGES_TEXT))
		add_cgroups(brief, first, last);
	else
		add_processes(brief, first, last);
	add_swap(brief, first, last);
	brief_look(brief, BRIEF_LOOK_RECORD, NULL, NULL);
}

const char *growth_record(void)
{
	return procfs_is_real() && !access(RECORD, R_OK) ? RECORD : NULL;
}
