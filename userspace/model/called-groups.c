// SPDX-License-Identifier: GPL-2.0
/* Groups by what their cgroups are called. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/called-groups.h"
#include "model/cgroup-name.h"
#include "model/columns.h"
#include "model/physical.h"
#include "model/share.h"

/* Whether its processes are of one container, or of one virtual machine. */
static bool is_contained(const struct cgroup_name *name)
{
	return name->of == CGROUP_OF_CONTAINER || name->of == CGROUP_OF_MACHINE;
}

bool called_is_row(const struct snapshot *snap, const struct group *group, enum called_by by)
{
	const struct cgroup_name *name = KNOWN(group, MEMCENSUS_GROUP_CGROUP) ?
					 cgroup_name_of(snap, group->cgroup) : NULL;

	if (!name || name->below || group->own)
		return false;
	if (by == CALLED_BY_POD || by == CALLED_BY_NAMESPACE)
		return name->of == CGROUP_OF_POD;
	return is_contained(name);
}

/* Who starts a container says what its image is. */
static const char *image_of(struct snapshot *snap, const struct cgroup_name *name)
{
	const char *image;
	char *text;

	if (!name->image || !name->by_user)
		return name->image;
	text = xasprintf("%.*s: %s", (int)strcspn(name->shown, ":"), name->shown, name->image);
	image = snapshot_text(snap, text, strlen(text));
	free(text);
	return image;
}

/* struct keyed - a group and what it is added to */
struct keyed {
	const char *key;
	struct group *group;
};

static int compare_keys(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;

	/* Those without a key come first. */
	if (!x->key || !y->key)
		return COMPARE(!!x->key, !!y->key) ?: COMPARE(x->group, y->group);
	return strcmp(x->key, y->key) ?: COMPARE(x->group, y->group);
}

static void add_figures(struct figures *to, const struct figures *from)
{
	const struct column_set *set = &group_rows.figures;
	size_t i;

	for (i = 0; i < set->n; i++) {
		if (set->columns[i].group == GROUP_SUM && KNOWN(to, i) && KNOWN(from, i)) {
			to->v[i] += from->v[i];
			continue;
		}
		to->known &= ~(1ULL << i);
		to->v[i] = 0;
	}
}

static bool adds_up(enum charge charge)
{
	return charge != CHARGE_LIMIT && charge != CHARGE_SWAP_LIMIT && charge != CHARGE_HIGH;
}

static void add_charges(struct charges *to, const struct charges *from)
{
	unsigned int i;

	for (i = 0; i < CHARGES; i++) {
		if (adds_up((enum charge)i) && KNOWN(to, i) && KNOWN(from, i)) {
			to->v[i] += from->v[i];
			continue;
		}
		to->known &= ~(1ULL << i);
		to->v[i] = 0;
	}
}

void group_add(struct group *to, const struct group *from)
{
	to->mms += from->mms;
	to->known &= from->known;
	add_figures(&to->figures, &from->figures);
	add_charges(&to->charges, &from->charges);
	to->met_first = (struct group_limit){ };
}

/* The group of a row for a namespace or image: of no cgroup. */
static struct group keyed_group(const struct keyed *first, enum called_by by)
{
	struct group group = *first->group;

	group.known &= ~(1ULL << MEMCENSUS_GROUP_CGROUP | 1ULL << MEMCENSUS_GROUP_PARENT);
	group.called = true;
	group.namespace = by == CALLED_BY_NAMESPACE ? first->key : NULL;
	group.image = by == CALLED_BY_IMAGE ? first->key : NULL;
	return group;
}

static size_t merge(struct group *to, struct keyed *v, size_t n, enum called_by by)
{
	size_t i, kept = 0;

	qsort(v, n, sizeof(*v), compare_keys);
	for (i = 0; i < n; i++) {
		const bool same = i && (v[i].key && v[i - 1].key ?
					!strcmp(v[i].key, v[i - 1].key) :
					!v[i].key && !v[i - 1].key);

		if (same)
			group_add(&to[kept - 1], v[i].group);
		else
			to[kept++] = keyed_group(&v[i], by);
	}
	return kept;
}

/* Drops what is of groups that were dropped. */
static void drop_shares(struct snapshot *snap)
{
	size_t i, n;

	for (i = n = 0; i < snap->n_owners; i++)
		if (group_of(snap, snap->owners[i].group))
			snap->owners[n++] = snap->owners[i];
	snap->n_owners = n;
	for (i = n = 0; i < snap->n_pairs; i++)
		if (group_of(snap, snap->pairs[i].group) &&
		    group_of(snap, snap->pairs[i].peer_group))
			snap->pairs[n++] = snap->pairs[i];
	snap->n_pairs = n;
}

void called_groups(struct snapshot *snap, enum called_by by)
{
	struct group *groups = xcalloc(snap->n_groups + 1, sizeof(*groups)), *group;
	struct keyed *v = xcalloc(snap->n_groups + 1, sizeof(*v));
	const struct cgroup_name *name;
	size_t i, n = 0;

	for (i = 0; i < snap->n_groups; i++) {
		group = &snap->groups[i];
		group->contains = false;
		if (!called_is_row(snap, group, by))
			continue;
		name = cgroup_name_of(snap, group->cgroup);
		v[n++] = (struct keyed){
			by == CALLED_BY_IMAGE ? image_of(snap, name) : name->namespace, group };
	}
	if (by == CALLED_BY_NAMESPACE || by == CALLED_BY_IMAGE)
		n = merge(groups, v, n, by);
	else
		for (i = 0; i < n; i++) {
			groups[i] = *v[i].group;
			groups[i].known &= ~(1ULL << MEMCENSUS_GROUP_PARENT);
		}
	memcpy(snap->groups, groups, n * sizeof(*groups));
	snap->n_groups = n;
	drop_shares(snap);
	free(groups);
	free(v);
}

/* The path of the container or pod that the frames of @name count for; NULL: there is none. */
static char *path_of_row(const struct cgroup_name *name, enum called_by by)
{
	const bool of_pod = by == CALLED_BY_POD || by == CALLED_BY_NAMESPACE;
	struct cgroup_parts parts;
	char *path;

	if (is_contained(name) && !of_pod)
		return xstrdup(name->top);
	if (!of_pod || (name->of != CGROUP_OF_POD && name->of != CGROUP_OF_CONTAINER))
		return NULL;
	path = xstrdup(name->top);
	if (name->of == CGROUP_OF_CONTAINER)
		*strrchr(path, '/') = '\0';
	cgroup_parts_of(&parts, path);
	if (parts.of == CGROUP_OF_POD)
		return path;
	free(path);
	return NULL;
}

/* What the frames of a row are of, and how it is shown; both NULL: of no row. */
static void name_frames(struct snapshot *snap, struct frame_cgroup *row, enum called_by by)
{
	const struct cgroup_name *name = KNOWN(row, MEMCENSUS_FG_CGROUP) ?
					 cgroup_name_of(snap, row->cgroup) : NULL;
	char *path = name ? path_of_row(name, by) : NULL;
	struct cgroup_name *whole;

	row->called_by = (uint8_t)by;
	row->called = NULL;
	row->path = NULL;
	if (!path)
		return;
	if (by == CALLED_BY_CONTAINER || by == CALLED_BY_POD) {
		row->path = snapshot_text(snap, path, strlen(path));
		whole = cgroup_name_make(snap, row->cgroup, path,
					 snap->naming(snap, NAME_CONTAINER, row->cgroup, false));
		row->called = snapshot_text(snap, whole->shown, strlen(whole->shown));
		cgroup_name_free(whole);
	} else {
		row->called = by == CALLED_BY_IMAGE ? image_of(snap, name) : name->namespace;
		row->path = row->called ?: "";
	}
	free(path);
}

static int compare_frames(const void *a, const void *b)
{
	const struct frame_cgroup *x = a, *y = b;

	return strcmp(x->path, y->path) ?: COMPARE(x->cgroup, y->cgroup);
}

static int compare_called(const void *a, const void *b)
{
	const struct frame_cgroup *x = a, *y = b;

	return strcmp(x->called ?: "", y->called ?: "") ?: compare_frames(a, b);
}

static void add_frames(struct frame_cgroup *to, const struct frame_cgroup *from)
{
	unsigned int i;

	for (i = 0; i < FIGURES_MAX; i++)
		to->classes.v[i] += from->classes.v[i];
	to->classes.known |= from->classes.known;
	to->shared += from->shared;
	to->pinned += from->pinned;
}

/* Of two with one name each has its ID, or is shown by its path. */
static void tell_apart(struct snapshot *snap, struct frame_cgroup *row)
{
	const char *id = cgroup_name_of(snap, row->cgroup)->container_id;
	char *text;

	if (row->called_by != CALLED_BY_CONTAINER || !id) {
		row->called = row->path;
		return;
	}
	text = xasprintf("%s (%.12s)", row->called, id);
	row->called = snapshot_text(snap, text, strlen(text));
	free(text);
}

void called_frames(struct snapshot *snap, enum called_by by)
{
	struct frame_cgroup *v = snap->frame_cgroups;
	size_t i, k, n, end;

	for (i = n = 0; i < snap->n_frame_cgroups && snap->naming; i++) {
		name_frames(snap, &v[i], by);
		if (v[i].path)
			v[n++] = v[i];
	}
	qsort(v, n, sizeof(*v), compare_frames);
	for (i = 0, end = n, n = 0; i < end; i++) {
		if (n && !strcmp(v[n - 1].path, v[i].path))
			add_frames(&v[n - 1], &v[i]);
		else
			v[n++] = v[i];
	}
	snap->n_frame_cgroups = n;
	for (i = 0; i < n; i++)
		v[i].known &= ~(1ULL << MEMCENSUS_FG_CGROUP);
	qsort(v, n, sizeof(*v), compare_called);
	for (i = 0; i < n && by <= CALLED_BY_POD; i = end) {
		for (end = i + 1; end < n && !strcmp(v[end].called, v[i].called); end++)
			;
		for (k = i; end - i > 1 && k < end; k++)
			tell_apart(snap, &v[k]);
	}
}
