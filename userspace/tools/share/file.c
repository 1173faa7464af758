// SPDX-License-Identifier: GPL-2.0
/* memcensus share --of: who maps a file, and how much of it is in memory. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/memory.h"
#include "model/amount.h"
#include "report/report.h"
#include "report/warnings.h"
#include "tools/share/file.h"

/**
 * struct mapper - a process that maps the file
 * @task: its figures are those of the file
 * @memory: of the file in memory
 */
struct mapper {
	const struct task *task;
	struct amount memory;
};

static struct amount plus_huge(const struct task *task, unsigned int figure, unsigned int huge)
{
	return amount_plus(amount_figure(&task->figures, figure),
			   amount_figure(&task->figures, huge));
}

static struct amount mapped_of(const struct task *task)
{
	return plus_huge(task, MEMCENSUS_F_FRAMES, MEMCENSUS_F_HUGETLB);
}

static struct amount exclusive_of(const struct task *task)
{
	return plus_huge(task, MEMCENSUS_F_USS, MEMCENSUS_F_PRIVATE_HUGETLB);
}

static bool part_of(const struct mapper *row, struct value *value)
{
	const struct amount mapped = mapped_of(row->task);

	if (!mapped.known || !row->memory.known || row->memory.bytes < mapped.bytes ||
	    !row->memory.bytes)
		return false;
	value->ratio = 100.0 * (double)mapped.bytes / (double)row->memory.bytes;
	return true;
}

#define AMOUNT_OF(name, amount)							\
	DERIVED(mapper_##name, mapper, number, (uint64_t)(amount).bytes, (amount).known)

DERIVED(mapper_pid, mapper, number, row->task->pid, KNOWN(row->task, MEMCENSUS_TASK_PID))
DERIVED(mapper_comm, mapper, text, row->task->comm, KNOWN(row->task, MEMCENSUS_TASK_COMM))
AMOUNT_OF(mapped, mapped_of(row->task))
AMOUNT_OF(exclusive, exclusive_of(row->task))
AMOUNT_OF(pss, plus_huge(row->task, MEMCENSUS_F_PSS, MEMCENSUS_F_HUGETLB_PSS))
AMOUNT_OF(copied, amount_figure(&row->task->figures, MEMCENSUS_F_ANON))
AMOUNT_OF(addresses, amount_figure(&row->task->figures, MEMCENSUS_F_VSS))

DERIVED(mapper_user, mapper, text, KNOWN(row->task, MEMCENSUS_TASK_UID) ?
	name_of_user(view, row->task->uid) : NULL, value->text)
DERIVED(mapper_cgroup, mapper, text, KNOWN(row->task, MEMCENSUS_TASK_CGROUP) ?
	name_of_cgroup(view, row->task->cgroup) : NULL, value->text)
COMPUTED(mapper_part, mapper, part_of(row, value))

#define BYTES_OF(name_, header_, total_, help_)					\
	{ #name_, header_, help_, .kind = KIND_BYTES, .total = total_,		\
	  .derive = mapper_##name_ }

static const struct column mapper_columns[] = {
	{ "pid", "PID", "process", .kind = KIND_ID, .total = TOTAL_ROWS, .derive = mapper_pid },
	{ "user", "User", "its user", .kind = KIND_TEXT, .derive = mapper_user },
	{ "comm", "Command", "command name", .kind = KIND_TEXT, .derive = mapper_comm },
	{ "cgroup_path", "CgroupPath", "path of its cgroup", .kind = KIND_TEXT,
	  .derive = mapper_cgroup },
	BYTES_OF(addresses, "Addresses", TOTAL_NONE, "size of its mappings of the file"),
	BYTES_OF(mapped, "Mapped", TOTAL_NONE, "pages of the file that it maps, each once"),
	{ "%file", "%File", "it in percent of what is in memory", .kind = KIND_PERCENT,
	  .derive = mapper_part },
	BYTES_OF(exclusive, "Exclusive", TOTAL_SUM, "pages that no other process maps"),
	BYTES_OF(pss, "PSS", TOTAL_SUM, "its part: 1/n of a page that n processes map"),
	BYTES_OF(copied, "Copied", TOTAL_SUM, "copies that private mappings have instead"),
};

const struct row_type file_mapper_rows = ROWS_OF("process that maps a file",
						 mapper_columns);

/* struct mapped_file - a file in memory; the columns describe the amounts */
struct mapped_file {
	struct amount size;
	struct amount memory;
	struct amount mapped;
	struct amount unmapped;
	struct amount exclusive;
	struct amount swap;
	uint64_t processes;
};

#define BYTES(name, help)	MEMBER_MEMORY(mapped_file, #name, NULL, name, help)

static const struct column file_columns[] = {
	BYTES(size, "size of the file"),
	BYTES(memory, "pages of the file in memory, mapped or not"),
	BYTES(mapped, "of these, what processes map, each page once"),
	BYTES(unmapped, "of these, what no process maps"),
	BYTES(exclusive, "of what is mapped, what a single process maps"),
	BYTES(swap, "pages of the file in swap: of a file in memory only"),
	MEMBER(mapped_file, "processes", NULL, processes, COUNT,
	       "processes that map it, touched or not"),
};

const struct row_type mapped_file_rows = ROWS_OF("file in memory", file_columns);

int file_open(struct session *session, const char *path, struct failure *why)
{
	const int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat stat;
	int kept;

	if (fd < 0)
		return fail(why, FAIL_SYSTEM, "cannot open '%s': %s", path, strerror(errno));
	if (fstat(fd, &stat) || !(S_ISREG(stat.st_mode) || S_ISBLK(stat.st_mode))) {
		close(fd);
		return fail(why, FAIL_USAGE,
			    "'%s' is no regular file and no block device: only these have pages that are shared",
			    path);
	}
	/* 0 is none in a request. */
	kept = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(fd);
	if (kept < 0)
		return fail(why, FAIL_SYSTEM, "cannot keep the file open: %s", strerror(errno));
	session->request.file = kept;
	return 0;
}

static bool maps_file(const struct task *task)
{
	return KNOWN(&task->figures, MEMCENSUS_F_VSS) && task->figures.v[MEMCENSUS_F_VSS];
}

/* All that is mapped: of hugetlb only the shares of the processes have it, rounded down. */
static struct amount all_mapped(const struct snapshot *snap)
{
	const uint64_t page = snap->info.page_size;
	struct amount mapped = { KNOWN(&snap->scan, MEMCENSUS_SCAN_FRAMES) && page,
				 (int64_t)snap->scan.frames };
	uint64_t huge = 0;
	size_t i;

	for (i = 0; i < snap->n_tasks; i++)
		if (KNOWN(&snap->tasks[i].figures, MEMCENSUS_F_HUGETLB_PSS))
			huge += snap->tasks[i].figures.v[MEMCENSUS_F_HUGETLB_PSS];
	if (mapped.known)
		mapped.bytes += (int64_t)whole_pages(huge, page);
	return mapped;
}

static void sum_up_file(const struct snapshot *snap, int fd, struct mapped_file *sum)
{
	struct held_file held;
	size_t i;

	*sum = (struct mapped_file){
		.mapped = all_mapped(snap), .exclusive = { true, 0 },
	};
	if (held_file_open(&held, fd)) {
		sum->size = amount_of(true, held.size);
		sum->memory = amount_of(held.known, held.memory);
		sum->swap = amount_of(held.known && held.home == FILE_IN_SHMEM, held.swap);
	}
	/* The file may have changed between the census and this. */
	sum->unmapped = amount_minus(sum->memory, sum->mapped);
	sum->unmapped.known &= sum->unmapped.bytes >= 0;
	for (i = 0; i < snap->n_tasks; i++) {
		const struct task *task = &snap->tasks[i];

		if (!maps_file(task))
			continue;
		sum->exclusive = amount_plus(sum->exclusive, exclusive_of(task));
		sum->processes += 1 + (KNOWN(task, MEMCENSUS_TASK_NR_PEERS) ? task->nr_peers : 0);
	}
}

int file_run(struct session *session, struct failure *why)
{
	struct mapped_file sum;
	struct report report;
	struct mapper *mappers;
	struct snapshot *snap;
	enum taken taken;
	size_t i, n;

	session->request.parts = MEMCENSUS_PART_TASKS;
	taken = session_next(session, &snap, why);
	if (taken != TAKE_DONE)
		return taken == TAKE_FAILED ? -1 : 0;
	sum_up_file(snap, session->request.file, &sum);
	mappers = xcalloc(snap->n_tasks + 1, sizeof(*mappers));
	for (i = 0, n = 0; i < snap->n_tasks; i++)
		if (maps_file(&snap->tasks[i]))
			mappers[n++] = (struct mapper){ &snap->tasks[i], sum.memory };
	report_begin(&report, session->options, snap, session->out);
	REPORT(&report,
	       { "scan", .shape = SECTION_SCAN },
	       { "mapped_file", .shape = SECTION_OBJECT, .type = &mapped_file_rows,
		 .described = true, .rows = ONE_ROW(&sum) });
	if (n || session->options->json)
		REPORT(&report,
		       { "mappers", .title = "Who maps it", .chosen = true,
			 .rows = ROWS(mappers, n) });
	report_end(&report);
	fflush(session->out);
	session->partial |= warnings_print(stderr, snap);
	free(mappers);
	snapshot_free(snap);
	return 0;
}
