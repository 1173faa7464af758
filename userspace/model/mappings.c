// SPDX-License-Identifier: GPL-2.0
/* Mappings of many processes, summed by name or by process. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/columns.h"
#include "model/mappings.h"

void mappings_select(struct snapshot *snap, const struct filter *match)
{
	size_t i, n = 0;

	for (i = 0; i < snap->n_vmas; i++)
		if (filter_matches(match, mapping_name(&snap->vmas[i])))
			snap->vmas[n++] = snap->vmas[i];
	snap->n_vmas = n;
}

/*
 * Adds the figures of @vma, and its size if it has none of these.  A figure of the sum is
 * known if all members have it; @first: @sum is empty.
 */
static void add_vma(struct figures *sum, const struct vma *vma, bool first)
{
	struct figures figures = vma->figures;
	unsigned int i;

	if (KNOWN(vma, MEMCENSUS_VMA_START) && KNOWN(vma, MEMCENSUS_VMA_END) &&
	    !KNOWN(&figures, MEMCENSUS_F_VSS)) {
		figures.known |= 1ULL << MEMCENSUS_F_VSS;
		figures.v[MEMCENSUS_F_VSS] = vma->end - vma->start;
	}
	sum->known = first ? figures.known : sum->known & figures.known;
	for (i = 0; i < FIGURES_MAX; i++)
		sum->v[i] += figures.v[i];
}

static int compare_pids(const void *a, const void *b)
{
	const struct vma *x = *(const struct vma *const *)a;
	const struct vma *y = *(const struct vma *const *)b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* By name, then by process, so that each process counts once. */
static int compare_names(const void *a, const void *b)
{
	const struct vma *x = *(const struct vma *const *)a;
	const struct vma *y = *(const struct vma *const *)b;
	int order = strcmp(mapping_name(x), mapping_name(y));

	return order ? order : compare_pids(a, b);
}

/* All mappings, sorted by @compare; the caller frees them. */
static const struct vma **sorted(const struct snapshot *snap,
				 int (*compare)(const void *a, const void *b))
{
	const struct vma **v = xcalloc(snap->n_vmas, sizeof(*v));
	size_t i;

	for (i = 0; i < snap->n_vmas; i++)
		v[i] = &snap->vmas[i];
	qsort(v, snap->n_vmas, sizeof(*v), compare);
	return v;
}

void mappings_sum(struct snapshot *snap)
{
	const struct vma **v = sorted(snap, compare_names), *last = NULL;
	struct mapping *mapping = NULL;
	size_t i;

	for (i = 0; i < snap->n_vmas; i++, last = v[i - 1]) {
		if (!last || strcmp(mapping_name(last), mapping_name(v[i]))) {
			mapping = record_add(&mapping_record, snap);
			mapping->name = mapping_name(v[i]);
			mapping->known = MAPPING_ALL;
			last = NULL;
		}
		add_vma(&mapping->figures, v[i], !last);
		mapping->mms += !last || last->pid != v[i]->pid;
		mapping->vmas++;
	}
	free(v);
}

void mappings_narrow_tasks(struct snapshot *snap)
{
	const struct vma **v = sorted(snap, compare_pids), **end = v + snap->n_vmas, **first;
	const struct vma *like;
	size_t i, n, kept = 0;
	struct task *task;

	for (i = 0; i < snap->n_tasks; i++) {
		task = &snap->tasks[i];
		like = &(struct vma){ .pid = task->pid };
		first = bsearch(&like, v, snap->n_vmas, sizeof(*v), compare_pids);
		if (!first)
			continue;
		while (first > v && first[-1]->pid == task->pid)
			first--;
		task->figures = (struct figures){ 0 };
		for (n = 0; first + n < end && first[n]->pid == task->pid; n++)
			add_vma(&task->figures, first[n], !n);
		snap->tasks[kept++] = *task;
	}
	snap->n_tasks = kept;
	free(v);
}
