// SPDX-License-Identifier: GPL-2.0
/* Groups by what their cgroups are called. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/called-groups.h"
#include "model/cgroup-name.h"
#include "model/columns.h"

/* Whether @group is what rows are made of. */
static bool is_of(const struct group *group, const struct cgroup_name *name, enum called_by by)
{
	if (!name || name->below || group->own)
		return false;
	if (by == CALLED_BY_POD || by == CALLED_BY_NAMESPACE)
		return name->of == CGROUP_OF_POD;
	return name->of == CGROUP_OF_CONTAINER || name->of == CGROUP_OF_MACHINE;
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

void called_groups(struct snapshot *snap, enum called_by by)
{
	struct group *groups = xcalloc(snap->n_groups + 1, sizeof(*groups)), *group;
	struct keyed *v = xcalloc(snap->n_groups + 1, sizeof(*v));
	const struct cgroup_name *name;
	size_t i, n = 0;

	for (i = 0; i < snap->n_groups; i++) {
		group = &snap->groups[i];
		group->contains = false;
		name = KNOWN(group, MEMCENSUS_GROUP_CGROUP) ?
		       cgroup_name_of(snap, group->cgroup) : NULL;
		if (is_of(group, name, by))
			v[n++] = (struct keyed){
				by == CALLED_BY_IMAGE ? name->image : name->namespace, group };
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
	free(groups);
	free(v);
}
