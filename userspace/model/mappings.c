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

/* A figure of the sum is known if all members have it; @first: @sum is empty. */
static void add_figures(struct figures *sum, const struct figures *figures,
			bool first)
{
	unsigned int i;

	sum->known = first ? figures->known : sum->known & figures->known;
	for (i = 0; i < FIGURES_MAX; i++)
		sum->v[i] += figures->v[i];
}

/* By name, then by process, so that each process counts once. */
static int compare_names(const void *a, const void *b)
{
	const struct vma *x = *(const struct vma *const *)a;
	const struct vma *y = *(const struct vma *const *)b;
	int order = strcmp(mapping_name(x), mapping_name(y));

	return order ? order : (x->pid > y->pid) - (x->pid < y->pid);
}

static int compare_pids(const void *a, const void *b)
{
	const struct vma *x = *(const struct vma *const *)a;
	const struct vma *y = *(const struct vma *const *)b;

	return (x->pid > y->pid) - (x->pid < y->pid);
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

static void size_up(struct figures *figures, const struct vma *vma)
{
	if (!KNOWN(vma, MEMCENSUS_VMA_START) || !KNOWN(vma, MEMCENSUS_VMA_END) ||
	    figures->known >> MEMCENSUS_F_VSS & 1)
		return;
	figures->known |= 1ULL << MEMCENSUS_F_VSS;
	figures->v[MEMCENSUS_F_VSS] = vma->end - vma->start;
}

void mappings_sum(struct snapshot *snap)
{
	const struct vma **v = sorted(snap, compare_names), *last = NULL;
	struct mapping *mapping = NULL;
	struct figures figures;
	size_t i;

	for (i = 0; i < snap->n_vmas; i++, last = v[i - 1]) {
		if (!last || strcmp(mapping_name(last), mapping_name(v[i]))) {
			mapping = record_add(&mapping_record, snap);
			mapping->name = mapping_name(v[i]);
			mapping->known = MAPPING_ALL;
			last = NULL;
		}
		figures = v[i]->figures;
		size_up(&figures, v[i]);
		add_figures(&mapping->figures, &figures, !last);
		mapping->mms += !last || last->pid != v[i]->pid;
		mapping->vmas++;
	}
	free(v);
}

/* Replaces the figures of @task by the sums over @v, its mappings. */
static void narrow(struct task *task, const struct vma **v, size_t n)
{
	struct figures sum = { 0 }, figures;
	size_t i;

	for (i = 0; i < n; i++) {
		figures = v[i]->figures;
		size_up(&figures, v[i]);
		add_figures(&sum, &figures, !i);
	}
	task->figures = sum;
}

/* Index of the first of the @n mappings in @v whose PID is at least @pid. */
static size_t lower_bound(const struct vma **v, size_t n, uint64_t pid)
{
	size_t low = 0, middle;

	while (low < n) {
		middle = low + (n - low) / 2;
		if (v[middle]->pid < pid)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

void mappings_narrow_tasks(struct snapshot *snap)
{
	const struct vma **v = sorted(snap, compare_pids);
	size_t i, first, n, kept = 0;
	struct task *task;

	for (i = 0; i < snap->n_tasks; i++) {
		task = &snap->tasks[i];
		first = lower_bound(v, snap->n_vmas, task->pid);
		for (n = 0; first + n < snap->n_vmas && v[first + n]->pid == task->pid; n++)
			;
		if (!n)
			continue;
		narrow(task, v + first, n);
		snap->tasks[kept++] = *task;
	}
	snap->n_tasks = kept;
	free(v);
}
