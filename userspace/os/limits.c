// SPDX-License-Identifier: GPL-2.0
/* Fills the table of limits: of the machine and of cgroups. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-tree.h"
#include "os/cgroups.h"
#include "os/charges.h"
#include "os/hugepages.h"
#include "os/limits.h"
#include "os/proc-texts.h"
#include "os/tmpfs.h"

/* Sizes of pages of pools, at most: arm64 with pages of 64 KiB has four. */
#define POOLS_MOST	8

/* Cgroups above one another that are read: a user may make as many as fit into a path. */
#define DEPTH_MOST	64

void limits_read(struct snapshot *snap)
{
	proc_texts_read_vm(snap);
	hugepages_read(snap);
	tmpfs_read(snap);
}

/* The number behind @key in the text of /proc/sys/vm. */
static struct amount vm_number(const struct snapshot *snap, const char *key)
{
	const char *text = proc_texts_find(snap, PROC_TEXTS_VM);
	uint64_t number;

	text = text ? text_value(text, key) : NULL;
	/* Some are KiB, of a record. */
	if (!text || !text_number(text, strcspn(text, "\n"), &number) || number > INT64_MAX >> 10)
		return amount_of(false, 0);
	return amount_of(true, number);
}

/* A line of meminfo, in bytes, which the census may have instead. */
static struct amount meminfo_bytes(const struct snapshot *snap, const char *key)
{
	const char *text = proc_texts_find(snap, PROC_TEXTS_MEMINFO);

	text = text ? text_value(text, key) : NULL;
	return text ? amount_of(true, strtoull(text, NULL, 10) << 10) : amount_of(false, 0);
}

static void add_commit(struct limits *limits, const struct snapshot *snap)
{
	struct limit_commit commit = {
		.mode = vm_number(snap, PROC_TEXTS_OVERCOMMIT),
		.limit = meminfo_bytes(snap, "CommitLimit:"),
		.committed = amount_total(snap, MEM_COMMITTED),
		.reserve = vm_number(snap, PROC_TEXTS_RESERVE),
	};

	if (!commit.committed.known)
		commit.committed = meminfo_bytes(snap, "Committed_AS:");
	commit.reserve.bytes <<= 10;
	limits_add_commit(limits, &commit);
}

static void add_pools(struct limits *limits, const struct snapshot *snap)
{
	struct limit_pool pools[POOLS_MOST];
	size_t n, i;

	if (!hugepages_pools(snap, pools, POOLS_MOST, &n))
		limits_miss(limits, LIMIT_POOL);
	for (i = 0; i < n; i++)
		limits_add_pool(limits, &pools[i]);
}

static void add_mounts(struct limits *limits, const struct snapshot *snap)
{
	struct tmpfs_list list;
	size_t i;

	if (!tmpfs_of_text(snap, &list) || list.left_out)
		limits_miss(limits, LIMIT_TMPFS);
	for (i = 0; i < list.n; i++)
		limits_add_tmpfs(limits, list.v[i].device, list.v[i].at, list.v[i].size,
				 list.v[i].used);
	tmpfs_free(&list);
}

void limits_of_machine(struct limits *limits, const struct snapshot *snap)
{
	limits_add_memory(limits, amount_total(snap, MEM_TOTAL),
			  amount_total(snap, MEM_AVAILABLE),
			  meminfo_bytes(snap, "SwapTotal:"),
			  amount_total(snap, MEM_SWAP_FREE));
	limits_add_zones(limits, snap);
	add_commit(limits, snap);
	add_pools(limits, snap);
	add_mounts(limits, snap);
}

static struct limit_swap swap_of_machine(const struct snapshot *snap)
{
	const struct amount swap = amount_total(snap, MEM_SWAP_FREE);

	return (struct limit_swap){ swap.known ? (uint64_t)swap.bytes : 0, NULL };
}

/* The first of cgroup @id among those of charges_hugetlb(); NULL: it has no such limits. */
static const struct charge_hugetlb *find_hugetlb(const struct charge_hugetlb *v, size_t n,
						 uint64_t id)
{
	const size_t first = FIRST_NOT(n, i, v[i].cgroup < id);

	return first < n && v[first].cgroup == id ? &v[first] : NULL;
}

static void add_hugetlb(struct limit_cgroup *cgroup, const struct charge_hugetlb *v, size_t n)
{
	const struct charge_hugetlb *one = find_hugetlb(v, n, cgroup->id);

	for (; one && one < v + n && one->cgroup == cgroup->id &&
	     cgroup->n_huge < LIMIT_PAGE_SIZES; one++)
		cgroup->huge[cgroup->n_huge++] = (struct limit_huge){
			.size = one->size, .max = one->max, .current = one->current,
			.rsvd_max = one->rsvd_max, .rsvd_current = one->rsvd_current };
}

void limits_of_groups(struct limits *limits, const struct snapshot *snap)
{
	struct limit_swap *swap = xcalloc(snap->n_groups + 1, sizeof(*swap)), above;
	struct charge_hugetlb *hugetlb;
	const struct group *group, *parent;
	struct limit_cgroup cgroup;
	size_t n_hugetlb, i;

	hugetlb = charges_hugetlb(snap, &n_hugetlb);
	if (!snap->n_groups || !proc_texts_find(snap, CHARGES_TEXT)) {
		for (i = LIMIT_CGROUP_MAX; i <= LIMIT_CGROUP_RSVD; i++)
			limits_miss(limits, i);
	}
	/* A group follows that which contains it. */
	for (i = 0; i < snap->n_groups; i++) {
		group = &snap->groups[i];
		parent = group_parent(snap, group);
		above = parent && parent < group ? swap[parent - snap->groups] :
						   swap_of_machine(snap);
		swap[i] = above;
		if (group->own || !KNOWN(group, MEMCENSUS_GROUP_CGROUP))
			continue;
		cgroup = (struct limit_cgroup){
			.id = group->cgroup, .path = group->path, .charges = group->charges };
		add_hugetlb(&cgroup, hugetlb, n_hugetlb);
		swap[i] = limits_add_cgroup(limits, &cgroup, above);
	}
	free(hugetlb);
	free(swap);
}

static bool has_cgroup(const struct limits *limits, const char *path)
{
	size_t i;

	for (i = 0; i < limits->n; i++)
		if (limit_types[limits->v[i].kind].scope == LIMIT_OF_CGROUP &&
		    limits->v[i].whose && !strcmp(limits->v[i].whose, path))
			return true;
	return false;
}

void limits_of_cgroup(struct limits *limits, const struct snapshot *snap, const char *path)
{
	struct limit_swap swap = swap_of_machine(snap);
	struct limits ignored = { .n = 0 };
	struct charge_hugetlb *hugetlb;
	struct limit_cgroup cgroup;
	/* Those below name those above. */
	char *above[DEPTH_MOST];
	const char *end = path;
	size_t n = 0, n_hugetlb;

	/* Without a directory, it is a number.  The root has no limit. */
	while (*end == '/' && end[1] && n < DEPTH_MOST) {
		end += 1 + strcspn(end + 1, "/");
		above[n] = xasprintf("%.*s", (int)(end - path), path);
		cgroup = (struct limit_cgroup){
			.path = above[n], .charges = charges_of_path(above[n], NULL) };
		hugetlb = charges_hugetlb_of_path(above[n], &n_hugetlb);
		add_hugetlb(&cgroup, hugetlb, n_hugetlb);
		free(hugetlb);
		cgroup_id(above[n], &cgroup.id);
		swap = limits_add_cgroup(has_cgroup(limits, above[n]) ? &ignored : limits,
					 &cgroup, swap);
		n++;
	}
	if (*end == '/' && end[1])
		limits_miss(limits, LIMIT_CGROUP_MAX);
	limits_free(&ignored);
	while (n)
		free(above[--n]);
}
