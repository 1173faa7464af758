// SPDX-License-Identifier: GPL-2.0
/* Names of users and cgroups in a record: texts of lines "NUMBER NAME". */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "os/names.h"
#include "os/proc-texts.h"
#include "record/recorded-names.h"

/* A struct name begins with its number, so compare_u64() takes both. */
static const char *recorded(const struct snapshot *snap, enum name_kind kind, uint64_t id,
			    bool numeric)
{
	const struct names *names = &snap->names[kind];
	const struct name *name = NULL;

	if (!numeric && names->n)
		name = bsearch(&id, names->v, names->n, sizeof(*names->v), compare_u64);
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
}
