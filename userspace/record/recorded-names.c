// SPDX-License-Identifier: GPL-2.0
/* Names of users, cgroups and containers, and command lines, in a record: lines "NUMBER NAME". */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "os/names.h"
#include "os/proc-texts.h"
#include "os/process.h"
#include "record/recorded-names.h"

/* A struct name begins with its number, so compare_u64() takes both. */
static const char *recorded(const struct snapshot *snap, enum name_kind kind, uint64_t id,
			    bool numeric)
{
	const struct names *names = &snap->names[kind];
	const struct name *name = NULL;

	if (!numeric && names->n)
		name = bsearch(&id, names->v, names->n, sizeof(*names->v), compare_u64);
	if (!name && kind == NAME_CONTAINER)
		return "";
	return name ? name->text : name_live(snap, kind, id, true);
}

/*
 * Finds the next line "NUMBER VALUE" in *@text, which it moves behind that; malformed lines are
 * skipped.  False at the end.
 */
static bool next_line(const char **text, uint64_t *number, const char **value, size_t *len)
{
	const char *line, *end;
	char *after;

	while (*(line = *text)) {
		end = strchrnul(line, '\n');
		*text = end + !!*end;
		if (!isdigit((unsigned char)*line))
			continue;
		*number = strtoull(line, &after, 10);
		*value = after + 1;
		*len = end - *value;
		if (*after == ' ')
			return true;
	}
	return false;
}

static void read_names(struct snapshot *snap, enum name_kind kind, const char *name)
{
	struct names *names = &snap->names[kind];
	size_t room = 0, len, at = 0;
	const char *text, *value;
	struct name *v;

	while ((text = proc_texts_next(snap, name, &at)))
		for (; *text; text = strchrnul(text, '\n'), text += !!*text)
			room++;
	if (!room)
		return;
	v = snapshot_alloc(snap, room * sizeof(*v));
	names->v = v;
	at = 0;
	while ((text = proc_texts_next(snap, name, &at)))
		while (names->n < room && next_line(&text, &v[names->n].id, &value, &len))
			v[names->n++].text = snapshot_text(snap, value, len);
	qsort(v, names->n, sizeof(*v), compare_u64);
}

/* A process by its PID, for compare_u64(). */
struct process {
	uint64_t pid;
	struct task *task;
};

static void read_cmdlines(struct snapshot *snap)
{
	struct process *v = xcalloc(snap->n_tasks + 1, sizeof(*v)), *process;
	const char *text, *value;
	size_t i, len, at = 0;
	uint64_t pid;

	for (i = 0; i < snap->n_tasks; i++)
		v[i] = (struct process){ snap->tasks[i].pid, &snap->tasks[i] };
	qsort(v, snap->n_tasks, sizeof(*v), compare_u64);
	while ((text = proc_texts_next(snap, PROC_TEXTS_CMDLINES, &at))) {
		while (next_line(&text, &pid, &value, &len)) {
			process = bsearch(&pid, v, snap->n_tasks, sizeof(*v), compare_u64);
			if (process)
				process->task->cmdline = snapshot_text(snap, value, len);
		}
	}
	free(v);
}

void names_read(struct snapshot *snap)
{
	if (proc_texts_find(snap, PROC_TEXTS_CMDLINES))
		read_cmdlines(snap);
	snap->naming = recorded;
	read_names(snap, NAME_USER, PROC_TEXTS_USERS);
	read_names(snap, NAME_CGROUP, PROC_TEXTS_CGROUPS);
	read_names(snap, NAME_CONTAINER, PROC_TEXTS_CONTAINERS);
}

static void add_known(struct ids *ids, bool known, uint64_t id)
{
	if (known)
		ids_append(ids, id);
}

/* Adds lines for those of @ids that have a name, one for each, and sorts @ids. */
static void write_lines(struct snapshot *snap, enum name_kind kind, const char *name,
			struct ids *ids)
{
	const char *line;
	size_t size, i;
	char *text;
	FILE *out;

	ids_sort(ids);
	out = xopen_memstream(&text, &size);
	for (i = 0; i < ids->n; i++) {
		line = name_live(snap, kind, ids->v[i], false);
		if (*line && !strchr(line, '\n') &&
		    (kind == NAME_CONTAINER ||
		     strcmp(line, name_live(snap, kind, ids->v[i], true))))
			fprintf(out, "%" PRIu64 " %s\n", ids->v[i], line);
	}
	xfclose(out);
	proc_texts_add_lines(snap, name, text);
	free(text);
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

		add_known(uids, KNOWN(task, MEMCENSUS_TASK_UID), task->uid);
		add_known(cgroups, KNOWN(task, MEMCENSUS_TASK_CGROUP), task->cgroup);
	}
	for (i = 0; i < snap->n_groups; i++) {
		const struct group *group = &snap->groups[i];

		add_known(uids, KNOWN(group, MEMCENSUS_GROUP_UID), group->uid);
		add_known(cgroups, KNOWN(group, MEMCENSUS_GROUP_CGROUP), group->cgroup);
	}
}

void names_write(struct snapshot *snap)
{
	struct ids uids = { NULL, 0 }, cgroups = { NULL, 0 };

	proc_texts_add_recorder(snap, process_own());
	add_ids(snap, &uids, &cgroups);
	write_lines(snap, NAME_USER, PROC_TEXTS_USERS, &uids);
	write_lines(snap, NAME_CGROUP, PROC_TEXTS_CGROUPS, &cgroups);
	write_lines(snap, NAME_CONTAINER, PROC_TEXTS_CONTAINERS, &cgroups);
	free(uids.v);
	free(cgroups.v);
}
