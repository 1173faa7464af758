// SPDX-License-Identifier: GPL-2.0
/* The tree of the groups by cgroup, or of processes. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-tree.h"
#include "model/columns.h"

/* Digits of the ID of a container, and those that docker shows. */
#define ID_DIGITS	64
#define SHORT_DIGITS	12

/* Groups that contain a group: the path of a cgroup has fewer names. */
#define DEPTH_MAX	(PATH_MAX / 2)

#define HEX	"0123456789abcdef"

struct group *group_parent(const struct snapshot *snap, const struct group *group)
{
	struct group *parent = KNOWN(group, MEMCENSUS_GROUP_PARENT) ?
			       group_of(snap, group->parent) : NULL;

	return parent < group ? parent : NULL;
}

/* Whether the @len bytes at @text are the UID of a pod, or its hash if it is static. */
static bool is_pod(const char *text, size_t len)
{
	return (len == 36 && strspn(text, HEX "_-") == len) ||
	       (len == 32 && strspn(text, HEX) == len);
}

/* The UID of the pod in the part @last of a path; NULL if it is no pod. */
static const char *find_pod(const char *last, size_t len)
{
	const char *pod = strncmp(last, "pod", 3) ? strstr(last, "-pod") : last;

	if (pod)
		pod += *pod == '-' ? 4 : 3;
	return pod && pod < last + len && is_pod(pod, last + len - pod) ? pod : NULL;
}

void cgroup_short_name(const char *path, char *name, size_t size)
{
	const char *last = strrchr(path, '/'), *id, *pod;
	size_t len;
	char *c;

	last = last && last[1] ? last + 1 : path;
	len = strlen(last);
	if (len > 6 && (!strcmp(last + len - 6, ".scope") || !strcmp(last + len - 6, ".slice")))
		len -= 6;
	id = len >= ID_DIGITS ? last + len - ID_DIGITS : NULL;
	pod = find_pod(last, len);
	if (id && strspn(id, HEX) == ID_DIGITS && (id == last || id[-1] == '-')) {
		snprintf(name, size, "%.*s", (int)(id - last) + SHORT_DIGITS, last);
	} else if (pod) {
		snprintf(name, size, "pod%.*s", (int)(last + len - pod), pod);
		/* The slice of a pod has _ for -. */
		for (c = name; *c; c++)
			if (*c == '_')
				*c = '-';
	} else {
		snprintf(name, size, "%s", last);
	}
}

static void set_names(struct snapshot *snap, struct group *group, const struct group *parent)
{
	const char *path = snap->naming ?
		snap->naming(snap, NAME_CGROUP, group->cgroup, false) : NULL;
	char *own;

	group->own = parent && parent->cgroup == group->cgroup;
	group->path = NULL;
	group->name = group->own ? "." : NULL;
	if (!path)
		return;
	own = xasprintf("%s/.", strcmp(path, "/") ? path : "");
	group->path = snapshot_text(snap, group->own ? own : path, strlen(own));
	free(own);
}

/*
 * Of the limits of @group and those of its @parent.  Kept when groups were dropped: the cgroup of
 * the limit may be one of them.
 */
static void set_limit(struct snapshot *snap, struct group *group, const struct group *parent)
{
	static const struct {
		enum charge number;
		const char *name;
	} limits[] = {
		{ CHARGE_LIMIT, "memory.max" }, { CHARGE_HIGH, "memory.high" },
	};
	const struct charges *charges = &group->charges;
	struct group_limit *first = &group->met_first;
	const char *name = NULL;
	uint64_t left;
	char *of;
	size_t i;

	if (first->of)
		return;
	if (parent)
		*first = parent->met_first;
	for (i = 0; i < ARRAY_SIZE(limits) && KNOWN(charges, CHARGE_TOTAL); i++) {
		const uint64_t limit = charges->v[limits[i].number];

		left = limit > charges->v[CHARGE_TOTAL] ? limit - charges->v[CHARGE_TOTAL] : 0;
		if (!KNOWN(charges, limits[i].number) || (first->of && left >= first->left))
			continue;
		name = limits[i].name;
		*first = (struct group_limit){ limit, left, name };
	}
	if (!name)
		return;
	of = group->path ? xasprintf("%s %s", name, group->path) :
			   xasprintf("%s %" PRIu64, name, group->cgroup);
	first->of = snapshot_text(snap, of, strlen(of));
	free(of);
}

static uint64_t figure_or_unknown(const struct figures *f, unsigned int number)
{
	return KNOWN(f, number) ? f->v[number] : UINT64_MAX;
}

/* What @group has of its first process. */
static void set_first(struct snapshot *snap, struct group *group)
{
	const bool tree = KNOWN(group, MEMCENSUS_GROUP_PID);
	const uint64_t pid = tree ? group->pid : group->session;
	const struct task *found = task_of(snap, pid);
	char *number = xasprintf("%" PRIu64, pid);

	group->path = snapshot_text(snap, number, strlen(number));
	free(number);
	/* The number of a session is that of no other process, but not of its namespace's. */
	if (!found || !KNOWN(found, MEMCENSUS_TASK_GROUP) || found->group != group->id)
		return;
	group->name = KNOWN(found, MEMCENSUS_TASK_COMM) ? found->comm : NULL;
	if (!tree)
		return;
	group->own_uss = figure_or_unknown(&found->figures, MEMCENSUS_F_USS);
	group->own_pss = figure_or_unknown(&found->figures, MEMCENSUS_F_PSS);
}

/* Names the groups by tree and by session. */
static void set_firsts(struct snapshot *snap)
{
	size_t i;

	for (i = 0; i < snap->n_groups && !snapshot_is_full(snap); i++) {
		struct group *group = &snap->groups[i];

		group->own_uss = UINT64_MAX;
		group->own_pss = UINT64_MAX;
		if (KNOWN(group, MEMCENSUS_GROUP_PID) || KNOWN(group, MEMCENSUS_GROUP_SESSION))
			set_first(snap, group);
	}
}

void cgroup_tree_link(struct snapshot *snap)
{
	struct group *parent;
	size_t i;

	set_firsts(snap);
	for (i = 0; i < snap->n_groups && !snapshot_is_full(snap); i++) {
		struct group *group = &snap->groups[i];

		parent = group_parent(snap, group);
		group->depth = parent ? parent->depth + 1 : 0;
		if (group->depth > DEPTH_MAX) {
			group->known &= ~(1ULL << MEMCENSUS_GROUP_PARENT);
			group->depth = 0;
			parent = NULL;
		}
		group->contains = false;
		if (!KNOWN(group, MEMCENSUS_GROUP_CGROUP))
			continue;
		/* One without processes has no part of what is in its parent. */
		if (parent && KNOWN(group, MEMCENSUS_GROUP_MMS) && group->mms)
			parent->contains = true;
		set_names(snap, group, parent);
		set_limit(snap, group, parent);
	}
}

void rows_nest(const size_t *parents, size_t n, size_t *order, unsigned int *depths)
{
	/* The first row in each, and the next in the same; of number @n those in none. */
	size_t *child = xcalloc(2 * n + 1, sizeof(*child)), *next = child + n + 1;
	unsigned int depth = 0;
	size_t at, i;

	memset(child, 0xff, (n + 1) * sizeof(*child));
	/* Backwards, so that each list keeps the order of the rows. */
	for (i = n; i-- > 0;) {
		size_t *first = &child[parents[i] == ROW_NONE ? n : parents[i]];

		next[i] = *first;
		*first = i;
	}
	for (i = 0, at = child[n]; at != ROW_NONE;) {
		order[i] = at;
		depths[i++] = depth;
		if (child[at] != ROW_NONE) {
			at = child[at];
			depth++;
			continue;
		}
		while (at != ROW_NONE && next[at] == ROW_NONE) {
			at = parents[at];
			depth--;
		}
		if (at != ROW_NONE)
			at = next[at];
	}
	free(child);
}

void groups_nest(const struct snapshot *snap, const void **rows, unsigned int *depths, size_t n)
{
	const void **before = xmemdup(rows, n * sizeof(*rows));
	size_t *row_of = xcalloc(snap->n_groups, sizeof(*row_of));
	size_t *parents = xcalloc(2 * n, sizeof(*parents)), *order = parents + n, i;
	const struct group *parent;

	memset(row_of, 0xff, snap->n_groups * sizeof(*row_of));
	for (i = 0; i < n; i++)
		row_of[(const struct group *)rows[i] - snap->groups] = i;
	for (i = 0; i < n; i++) {
		parent = group_parent(snap, rows[i]);
		parents[i] = parent ? row_of[parent - snap->groups] : ROW_NONE;
	}
	rows_nest(parents, n, order, depths);
	for (i = 0; i < n; i++)
		rows[i] = before[order[i]];
	free(parents);
	free(row_of);
	free(before);
}

bool cgroup_path_within(const char *path, const char *top)
{
	return strcmp(top, "/") ? text_path_within(path, top, strlen(top)) : *path == '/';
}
