// SPDX-License-Identifier: GPL-2.0
/* What the parts of brief_gather() share. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "brief/facts.h"
#include "lib/memory.h"
#include "lib/text.h"

char *fact_process(const struct task *task)
{
	return xasprintf("%" PRIu64 " %s", task->pid,
			 KNOWN(task, MEMCENSUS_TASK_COMM) ? task->comm : "?");
}

static uint64_t rss_of(const struct task *task)
{
	return KNOWN(&task->figures, MEMCENSUS_F_RSS) ? task->figures.v[MEMCENSUS_F_RSS] :
	       KNOWN(&task->figures, MEMCENSUS_F_RSS_COUNTER) ?
	       task->figures.v[MEMCENSUS_F_RSS_COUNTER] : 0;
}

static int compare_rss(const void *untyped_a, const void *untyped_b)
{
	const struct task *a = *(const struct task *const *)untyped_a;
	const struct task *b = *(const struct task *const *)untyped_b;

	return COMPARE(rss_of(b), rss_of(a)) ?: COMPARE(a->pid, b->pid);
}

const struct task **facts_largest(const struct snapshot *snap)
{
	const struct task **v = xcalloc(snap->n_tasks + 1, sizeof(*v));
	size_t i;

	for (i = 0; i < snap->n_tasks; i++)
		v[i] = &snap->tasks[i];
	qsort(v, snap->n_tasks, sizeof(*v), compare_rss);
	return v;
}

bool facts_take(struct brief_ask *ask, uint64_t n)
{
	if (ask->left < n)
		return false;
	ask->left -= n;
	return true;
}

void facts_known_unaccounted(struct brief *brief)
{
	struct brief_fact *fact, *rest = NULL;
	char size[NUMBER_SIZE];
	uint64_t known = 0;

	for (fact = brief->facts; fact < brief->facts + brief->n; fact++) {
		if (fact->uncounted)
			known += fact->amount;
		if (fact->rule == BRIEF_UNACCOUNTED)
			rest = fact;
	}
	if (!rest || !known)
		return;
	text_size(size, (double)known);
	rest->amount -= known < rest->amount ? known : rest->amount;
	free(rest->what);
	rest->what = xasprintf("in no counter of the kernel, beside %s by descriptors", size);
}

bool facts_pressure(const char *text, const char *which, uint64_t *hundredths)
{
	const char *line = text_value(text, which);
	unsigned int whole, part;

	if (!line || sscanf(line, " avg10=%u.%2u", &whole, &part) != 2)
		return false;
	*hundredths = whole * 100 + part;
	return true;
}
