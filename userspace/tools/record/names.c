// SPDX-License-Identifier: GPL-2.0
/* Writes the names of a census as texts of lines "NUMBER NAME". */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/oom.h"
#include "os/names.h"
#include "os/proc-texts.h"
#include "tools/record/names.h"

/* UIDs or cgroup IDs of a census. */
struct ids {
	uint64_t *v;
	size_t n;
};

static void ids_add(struct ids *ids, bool known, uint64_t id)
{
	if (!known)
		return;
	ids->v = array_grow(ids->v, ids->n, sizeof(*ids->v));
	ids->v[ids->n++] = id;
}

/* Adds lines for those of @ids that have a name, one for each, and frees @ids. */
static void write_lines(struct snapshot *snap, enum name_kind kind, const char *name,
			struct ids *ids)
{
	const char *line;
	size_t size, i;
	char *text;
	FILE *out;

	if (ids->n)
		qsort(ids->v, ids->n, sizeof(*ids->v), compare_u64);
	out = xopen_memstream(&text, &size);
	for (i = 0; i < ids->n; i++) {
		line = name_live(snap, kind, ids->v[i], false);
		if ((!i || ids->v[i] != ids->v[i - 1]) &&
		    strcmp(line, name_live(snap, kind, ids->v[i], true)) && !strchr(line, '\n'))
			fprintf(out, "%" PRIu64 " %s\n", ids->v[i], line);
	}
	xfclose(out);
	proc_texts_add_lines(snap, name, text);
	free(text);
	free(ids->v);
}

/* A newline in an argument becomes a blank. */
void cmdlines_write(struct snapshot *snap)
{
	const struct task *task;
	size_t size, i;
	const char *c;
	char *text;
	FILE *out;

	out = xopen_memstream(&text, &size);
	for (i = 0; i < snap->n_tasks; i++) {
		task = &snap->tasks[i];
		if (!task->cmdline || !KNOWN(task, MEMCENSUS_TASK_PID))
			continue;
		fprintf(out, "%" PRIu64 " ", task->pid);
		for (c = task->cmdline; *c; c++)
			putc(*c == '\n' ? ' ' : *c, out);
		putc('\n', out);
	}
	xfclose(out);
	if (!*text)
		proc_texts_add(snap, PROC_TEXTS_CMDLINES, text, 0);
	proc_texts_add_lines(snap, PROC_TEXTS_CMDLINES, text);
	free(text);
}

static void add_ids(const struct snapshot *snap, struct ids *uids, struct ids *cgroups)
{
	size_t i;

	for (i = 0; i < snap->n_tasks; i++) {
		const struct task *task = &snap->tasks[i];

		ids_add(uids, KNOWN(task, MEMCENSUS_TASK_UID), task->uid);
		ids_add(cgroups, KNOWN(task, MEMCENSUS_TASK_CGROUP), task->cgroup);
	}
	for (i = 0; i < snap->n_groups; i++) {
		const struct group *group = &snap->groups[i];

		ids_add(uids, KNOWN(group, MEMCENSUS_GROUP_UID), group->uid);
		ids_add(cgroups, KNOWN(group, MEMCENSUS_GROUP_CGROUP), group->cgroup);
	}
	for (i = 0; i < snap->n_oom_victims; i++) {
		const struct oom_victim *victim = &snap->oom_victims[i];

		ids_add(uids, KNOWN(victim, MEMCENSUS_OOM_VICTIM_UID), victim->uid);
		ids_add(cgroups, KNOWN(victim, MEMCENSUS_OOM_VICTIM_CGROUP), victim->cgroup);
	}
}

void names_write(struct snapshot *snap, struct snapshot *const *others, size_t n)
{
	struct ids uids = { 0 }, cgroups = { 0 };
	size_t i;

	add_ids(snap, &uids, &cgroups);
	for (i = 0; i < n; i++)
		add_ids(others[i], &uids, &cgroups);
	write_lines(snap, NAME_USER, PROC_TEXTS_USERS, &uids);
	write_lines(snap, NAME_CGROUP, PROC_TEXTS_CGROUPS, &cgroups);
}
