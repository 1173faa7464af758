// SPDX-License-Identifier: GPL-2.0
/* Shows what ends and what stays. */
#include <inttypes.h>

#include "os/descriptors.h"
#include "os/proc-texts.h"
#include "os/procfs.h"
#include "report/report.h"
#include "report/warnings.h"
#include "tools/share/ends.h"
#include "tools/share/stopped.h"

static const char *const outcomes[] = {
	[OUTCOME_DIES] = "dies",
	[OUTCOME_NAMED] = "named",
	[OUTCOME_HELD] = "held",
	[OUTCOME_SEGMENT] = "segment",
	[OUTCOME_UNKNOWN] = "unknown",
};

DERIVED(file_outcome, stopped_file, number, row->outcome, true)
DERIVED(file_holder, stopped_file, number, row->holder, row->holder)
DERIVED(file_memory, stopped_file, number, row->file.memory + row->unmapped,
	row->read && row->file.known)
DERIVED(file_swap, stopped_file, number, row->file.swap, row->read && row->file.known)

static const struct column file_columns[] = {
	{ "outcome", "Outcome", "dies, or stays: named, held by another process, segment, unknown",
	  .kind = KIND_WORD, .words = outcomes, .n_words = ARRAY_SIZE(outcomes),
	  .derive = file_outcome },
	{ "holder", "Holder", "another process that maps it or has it open",
	  .kind = KIND_ID, .derive = file_holder },
	{ "memory", "Memory", "its pages in memory, mapped or not",
	  .kind = KIND_BYTES, .total = TOTAL_SUM, .derive = file_memory },
	{ "swap", "Swap", "its pages in swap",
	  .kind = KIND_BYTES, .total = TOTAL_SUM, .derive = file_swap },
	MEMBER(stopped_file, "inode", "Inode", mapped.inode, ID, "its inode"),
	MEMBER(stopped_file, "file", "File", name, TEXT,
	       "its name, or what the kernel shows for it"),
};

const struct row_type stopped_file_rows = ROWS_OF("file of processes that end",
						  file_columns);

#define NUMBER(name, header, help)	MEMBER(stopped, #name, header, name, COUNT, help)
#define AMOUNT(id, name_, header_, fate, source, figure, of_one, help_)		\
	{ .name = name_, .header = header_, .help = help_, .held = HELD_AMOUNT,	\
	  .kind = MEMORY_##fate == MEMORY_NUMBER ? KIND_COUNT : KIND_BYTES,	\
	  .offset = offsetof(struct stopped, v[MEMORY_##id]) },

#define STOPPED_COLUMNS								\
	NUMBER(processes, "Procs", "processes that end"),			\
	NUMBER(mms, "MMs", "address spaces that end"),				\
	MEMORY_KINDS_OF(AMOUNT)

static const struct column stopped_columns[] = { STOPPED_COLUMNS };

const struct row_type stopped_sum_rows = ROWS_OF("end of processes", stopped_columns);

/* Its name is in the column of its key, @of_cgroup if that is a cgroup. */
static bool key_of(const struct view *view, const struct group *group, const char *of_cgroup,
		   struct value *value)
{
	const char *const name = KNOWN(group, MEMCENSUS_GROUP_CGROUP) ? of_cgroup :
				 KNOWN(group, MEMCENSUS_GROUP_COMM) ? "comm" :
				 KNOWN(group, MEMCENSUS_GROUP_UID) ? "user" : "name";

	return column_get(column_named(&group_rows, name), view, group, value);
}

DERIVED(group_key, stopped, text, value->text,
	key_of(view, row->group, "cgroup_path", value))
DERIVED(group_called, stopped, text, value->text,
	key_of(view, row->group, "cgroup_name", value))

DERIVED(group_pid, stopped, number, row->group->pid, KNOWN(row->group, MEMCENSUS_GROUP_PID))
DERIVED(kept_why, stopped, number, row->why, row->kept)
DERIVED(kept_holder, stopped, number, row->holder, row->kept && row->holder)
DERIVED(kept_file, stopped, text, row->kept ? row->kept->name : NULL, row->kept)

static const struct column each_columns[] = {
	{ "group", "Group", "the cgroup, user, command, or first command of a tree",
	  .kind = KIND_TEXT, .derive = group_key },
	{ "pid", "PID", "first process of a tree", .kind = KIND_ID, .derive = group_pid },
	STOPPED_COLUMNS
	{ "why", "Why", "why its largest file in memory stays: named, held, segment, unknown",
	  .kind = KIND_WORD, .words = outcomes, .n_words = ARRAY_SIZE(outcomes),
	  .derive = kept_why },
	{ "holder", "Holder", "another process that has this file",
	  .kind = KIND_ID, .derive = kept_holder },
	{ "file", "File", "this file", .kind = KIND_TEXT, .derive = kept_file },
	{ "name", "Name", "the group, but of a cgroup its name: unit, container or pod",
	  .kind = KIND_TEXT, .derive = group_called },
};

const struct row_type stopped_each_rows = ROWS_OF("end of a group", each_columns);

/* Rows with less are one line in a table. */
#define FOLD_BELOW	65536

static bool is_small(struct amount amount)
{
	return !amount.known || amount.bytes < FOLD_BELOW;
}

/* Whether all rows are shown. */
static bool shows_all(const struct stopping *s)
{
	const struct options *options = s->session->options;

	return options->json || options->raw || options->all;
}

/* What is said of @n rows that are not shown, and have @bytes together; NULL: there are none. */
static const char *folded_text(struct report *report, size_t n, int64_t bytes)
{
	return n ? report_text(report, "%zu more, %s\n", n, report_amount(report, bytes)) : NULL;
}

/* A file system is shown if it goes, and a socket if it has memory. */
static bool is_listed(const struct stopped_file *file)
{
	return (!file->is_system || (file->lowest != GROUP_NONE && file->file.memory)) &&
	       (file->kind != OPEN_SOCKET || file->file.home != FILE_IN_KERNEL);
}

static bool is_file_shown(const void *about, const void *row)
{
	const struct stopped_file *file = row;

	return is_listed(file) && (shows_all(about) || !file->read || !file->file.known ||
	       file->file.memory + file->unmapped + file->file.swap >= FOLD_BELOW);
}

static const char *folded_files(const struct stopping *s, struct report *report)
{
	const struct stopped_file *file;
	int64_t bytes = 0;
	size_t i, n = 0;

	for (i = 0; i < s->sums.holders.n_files; i++) {
		file = &s->sums.holders.files[i];
		if (!is_listed(file) || is_file_shown(s, file))
			continue;
		n++;
		bytes += (int64_t)file->file.memory;
	}
	return folded_text(report, n, bytes);
}

void ends_show(const struct stopping *s)
{
	const struct options *options = s->session->options;
	struct report report;

	report_begin(&report, options, s->snap, s->session->out);
	REPORT(&report,
	       { "scan", .shape = SECTION_SCAN },
	       { "if_stopped", .shape = SECTION_OBJECT, .type = &stopped_sum_rows,
		 .described = true, .rows = ONE_ROW(s->sums.v) });
	if (s->sums.holders.n_files || options->json)
		REPORT(&report,
		       { "files", .title = "Files in memory, or deleted", .chosen = true,
			 .filter = is_file_shown, .about = s,
			 .rows = ROWS(s->sums.holders.files, s->sums.holders.n_files),
			 .note = folded_files(s, &report) });
	report_end(&report);
}

/* Says how many files may die too. */
static void note_unknown(const struct stopping *s)
{
	size_t i, n = 0;

	for (i = 0; i < s->sums.holders.n_files; i++)
		n += s->sums.holders.files[i].unknown;
	if (n)
		fprintf(stderr,
			"memcensus: %zu file%s may die too, and count%s as staying: %s\n",
			n, n == 1 ? "" : "s", n == 1 ? "s" : "",
			!procfs_is_mounted() ? "/proc is not mounted" :
			s->sums.in_flight ? "a descriptor may wait in a socket of another process" :
			"in another IPC namespace, or gone during the census");
	if (s->sums.unread)
		fprintf(stderr,
			"memcensus: not all descriptors and mappings were read: a file may be missing, or may die too\n");
	s->session->partial |= n || s->sums.unread;
}

/* Less is not worth a line. */
#define SOCKETS_LEAST	1048576

/* Only a cgroup is charged for sockets: several processes may have one open, or none. */
void ends_note_sockets(const struct stopping *s)
{
	const struct amount all = amount_meminfo(s->snap, PROC_TEXTS_SOCKETS);

	if (!s->sums.v->v[MEMORY_KERNEL].known && all.known && all.bytes >= SOCKETS_LEAST)
		fprintf(stderr, "memcensus: sockets do not count: all together have %" PRId64
			" KiB of buffers\n", all.bytes >> 10);
}

void ends_note(struct stopping *s)
{
	fflush(s->session->out);
	s->session->partial |= warnings_print(stderr, s->snap);
	note_unknown(s);
	descriptors_note();
}

/*
 * Whether @sum is a row: not what a cgroup has beside those below it, which cannot be stopped
 * alone, and not the root, unless it is all.
 */
static bool is_row(const struct stopping *s, const struct stopped *sum)
{
	if (s->called)
		return sum->mms && called_is_row(s->snap, sum->group, s->called);
	return s->session->options->n_cgroups ? sum->named :
	       sum->mms && !sum->group->own &&
	       !(sum->group->contains && s->sums.parents[sum - s->sums.v] == GROUP_NONE);
}

static bool is_folded(const struct stopping *s, const struct stopped *sum)
{
	return is_row(s, sum) && !shows_all(s) && !sum->named && sum->v[MEMORY_MEMORY].known &&
	       is_small(sum->v[MEMORY_MEMORY]) && is_small(sum->v[MEMORY_SWAP]) &&
	       is_small(sum->v[MEMORY_HUGETLB]) &&
	       is_small(sum->v[MEMORY_KEPT_SHMEM]);
}

static bool is_shown(const void *about, const void *row)
{
	return is_row(about, row) && !is_folded(about, row);
}

/* What a group has is in the sum of one that contains it. */
static const char *folded_groups(const struct stopping *s, struct report *report)
{
	int64_t bytes = 0;
	size_t i, n = 0, parent;

	for (i = 0; i < s->sums.n; i++) {
		if (!is_folded(s, &s->sums.v[i]))
			continue;
		n++;
		parent = s->sums.parents[i];
		if (parent == GROUP_NONE || !is_folded(s, &s->sums.v[parent]))
			bytes += s->sums.v[i].v[MEMORY_MEMORY].bytes;
	}
	return folded_text(report, n, bytes);
}

void ends_show_each(const struct stopping *s)
{
	struct report report;

	report_begin(&report, s->session->options, s->snap, s->session->out);
	REPORT(&report,
	       { "scan", .shape = SECTION_SCAN },
	       { "each", .chosen = true, .falling = true, .filter = is_shown, .about = s,
		 .rows = ROWS(s->sums.v, s->sums.n), .note = folded_groups(s, &report) });
	report_end(&report);
}

/* Address spaces of several processes count in the group of one of them. */
void ends_note_peers(const struct snapshot *snap)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < snap->n_tasks; i++)
		n += KNOWN(&snap->tasks[i], MEMCENSUS_TASK_NR_PEERS) && snap->tasks[i].nr_peers;
	if (n)
		fprintf(stderr,
			"memcensus: %" PRIu64 " address space%s of several processes: %s\n",
			n, n == 1 ? "" : "s",
			"if these are not all in one group, less comes back");
}

