// SPDX-License-Identifier: GPL-2.0
/* memcensus share --if-stopped: what the system gets back if processes end. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/subtree.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-tree.h"
#include "os/cgroups.h"
#include "os/charges.h"
#include "os/descriptors.h"
#include "os/held-files.h"
#include "os/kernel-stack.h"
#include "os/proc-texts.h"
#include "os/process.h"
#include "os/procfs.h"
#include "report/report.h"
#include "report/warnings.h"
#include "tools/share/holders.h"
#include "tools/share/stopped.h"
#include "wire/mappings.h"

static const char *const outcomes[] = {
	[OUTCOME_DIES] = "dies",
	[OUTCOME_NAMED] = "named",
	[OUTCOME_HELD] = "held",
	[OUTCOME_SEGMENT] = "segment",
	[OUTCOME_UNKNOWN] = "unknown",
};

DERIVED(file_outcome, stopped_file, number, row->outcome, true)
DERIVED(file_holder, stopped_file, number, row->holder, row->holder)
DERIVED(file_memory, stopped_file, number, row->file.memory, row->read && row->file.known)
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

/**
 * struct stopped - what ends and what stays with a group; the columns describe the amounts
 * @group: NULL: the processes that are named
 * @kept: the largest file in memory that stays; NULL: none
 * @why: why it does
 * @holder: who else holds it; 0: no other process
 * @in_flight: descriptors that wait in sockets of its processes
 * @unread: its processes of which not all descriptors were read
 * @named: its cgroup is one that the command line names
 * @share, @huge, @asked: what it maps of the file that is asked about, and whether it holds that
 */
struct stopped {
	const struct group *group;
	uint64_t processes;
	uint64_t mms;
	struct amount threads;
	struct amount anon;
	struct amount device;
	struct amount shmem;
	struct amount deleted;
	struct amount pagetables;
	struct amount stacks;
	struct amount kernel;
	struct amount memory;
	struct amount swap;
	struct amount in_both;
	struct amount pinned;
	struct amount pipes;
	struct amount sockets;
	struct amount io_urings;
	struct amount hugetlb;
	struct amount reclaim;
	struct amount cached;
	struct amount kept_shmem;
	struct amount kept_hugetlb;
	struct amount shared;
	const struct stopped_file *kept;
	enum outcome why;
	uint32_t holder;
	uint64_t in_flight;
	uint64_t unread;
	bool named;
	uint64_t share;
	uint64_t huge;
	bool asked;
};

#define NUMBER(name, header, help)	MEMBER(stopped, #name, header, name, COUNT, help)
/* A number that may be unknown. */
#define COUNT(member, header_, help_)						\
	{ #member, header_, help_, .kind = KIND_COUNT, .held = HELD_AMOUNT,	\
	  .offset = offsetof(struct stopped, member) }
#define BYTES(name, header, help)	MEMBER_MEMORY(stopped, #name, header, name, help)

#define STOPPED_COLUMNS								\
	NUMBER(processes, "Procs", "processes that end"),			\
	NUMBER(mms, "MMs", "address spaces that end"),				\
	COUNT(threads, "Threads", "threads that end"),				\
	BYTES(anon, "Anon", "anonymous memory that only they have"),		\
	BYTES(device, "Device", "memory of drivers that only they map"),	\
	BYTES(shmem, "Shmem", "shared memory without a name and another user"),	\
	BYTES(deleted, "Deleted", "page cache of deleted files without another user"), \
	BYTES(pagetables, "PgTables", "page tables"),				\
	BYTES(stacks, "Stacks", "kernel stacks of the threads"),		\
	BYTES(kernel, "Kernel",							\
	      "charged, of no process: comes back when its last descriptor closes"), \
	BYTES(memory, "Memory", "what free memory grows by: the sum of the above"), \
	BYTES(swap, "Swap", "swap that becomes free"),				\
	BYTES(in_both, "InBoth",						\
	      "at most: in memory and in swap, so it comes back in both rows"),	\
	BYTES(pinned, "Pinned", "pinned: what of it is not mapped comes back too"), \
	COUNT(pipes, "Pipes",							\
	      "descriptors of pipes: what these hold may come back too"),	\
	COUNT(sockets, "Sockets", "descriptors of sockets: the same"),		\
	COUNT(io_urings, "IOUrings", "descriptors of io_uring: the same"),	\
	BYTES(hugetlb, "Hugetlb", "huge pages that go back to their pool"),	\
	BYTES(reclaim, "Reclaim",						\
	      "may stay: dentries and inodes; those of open sockets come back"),	\
	BYTES(cached, "Cached",							\
	      "stays: files only they map, in the page cache until reclaimed"),	\
	BYTES(kept_shmem, "KeptShm",						\
	      "stays: shared memory only they map, with a name or another user"), \
	BYTES(kept_hugetlb, "KeptHtlb", "stays: huge pages only they map, of such files"), \
	BYTES(shared, "Shared", "stays: memory that other processes map too")

static const struct column stopped_columns[] = { STOPPED_COLUMNS };

const struct row_type stopped_sum_rows = ROWS_OF("end of processes", stopped_columns);

/* Its name is in the column of its key. */
static bool group_name(const struct column *column, const struct view *view, const void *row,
		       struct value *value)
{
	const struct group *group = ((const struct stopped *)row)->group;
	const char *const name = KNOWN(group, MEMCENSUS_GROUP_CGROUP) ? "cgroup_path" :
				 KNOWN(group, MEMCENSUS_GROUP_COMM) ? "comm" :
				 KNOWN(group, MEMCENSUS_GROUP_UID) ? "user" : "name";

	(void)column;
	return column_get(column_named(&group_rows, name), view, group, value);
}

DERIVED(group_pid, stopped, number, row->group->pid, KNOWN(row->group, MEMCENSUS_GROUP_PID))
DERIVED(kept_why, stopped, number, row->why, row->kept)
DERIVED(kept_holder, stopped, number, row->holder, row->kept && row->holder)
DERIVED(kept_file, stopped, text, row->kept ? row->kept->name : NULL, row->kept)

static const struct column each_columns[] = {
	{ "group", "Group", "the cgroup, user, command, or first command of a tree",
	  .kind = KIND_TEXT, .derive = group_name },
	{ "pid", "PID", "first process of a tree", .kind = KIND_ID, .derive = group_pid },
	STOPPED_COLUMNS,
	{ "why", "Why", "why its largest file in memory stays: named, held, segment, unknown",
	  .kind = KIND_WORD, .words = outcomes, .n_words = ARRAY_SIZE(outcomes),
	  .derive = kept_why },
	{ "holder", "Holder", "another process that has this file",
	  .kind = KIND_ID, .derive = kept_holder },
	{ "file", "File", "this file", .kind = KIND_TEXT, .derive = kept_file },
};

const struct row_type stopped_each_rows = ROWS_OF("end of a group", each_columns);

/**
 * struct stopping - the state of a run
 * @cgroups: @n_cgroups lists of paths
 * @pids: the processes that end; with --each, all
 * @own: those of them whose address space ends
 * @snap: census of @own, with their mappings
 * @n: number of groups; without --each there is one
 * @parents: of them, by index; owned
 * @sums: of them; owned
 * @holders: their files
 * @in_flight, @unread: as in struct stopped, of all processes
 * @charged: directories of @cgroups, @n_charged of them; owned
 * @left: descriptors that may still be read
 */
struct stopping {
	struct session *session;
	char *const *cgroups;
	size_t n_cgroups;
	struct ids pids;
	struct ids own;
	struct snapshot *snap;
	size_t n;
	size_t *parents;
	struct stopped *sums;
	struct holders holders;
	uint64_t in_flight;
	uint64_t unread;
	char **charged;
	size_t n_charged;
	uint64_t left;
};

/* @ids is sorted. */
static bool ids_have(const struct ids *ids, uint64_t id)
{
	return ids->n && bsearch(&id, ids->v, ids->n, sizeof(id), compare_u64);
}

/*
 * The next path of @list, "/one,/two", which then is the rest; without a / at its end.  NULL: there
 * is none; the caller frees it.
 */
static char *next_path(const char **list)
{
	const char *end = strstr(*list, ",/");
	size_t len = end ? (size_t)(end - *list) : strlen(*list);
	char *path;

	if (!len)
		return NULL;
	path = xasprintf("%.*s", (int)len, *list);
	*list += len + !!end;
	while (len > 1 && path[len - 1] == '/')
		path[--len] = '\0';
	return path;
}

/* Calls @each for all paths until it returns an error, which is returned. */
static int each_path(struct stopping *s,
		     int (*each)(struct stopping *s, const char *path, struct failure *why),
		     struct failure *why)
{
	const char *list;
	int ret = 0;
	size_t i;
	char *path;

	for (i = 0; i < s->n_cgroups; i++) {
		list = s->cgroups[i];
		while (!ret && (path = next_path(&list))) {
			ret = each(s, path, why);
			free(path);
		}
	}
	return ret;
}

static int add_cgroup(struct stopping *s, const char *path, struct failure *why)
{
	return cgroup_processes(&s->pids, path, why);
}

/* The PIDs of the command line, which may be of threads, those of --tree and of cgroups. */
static int choose_stopped(struct stopping *s, struct failure *why)
{
	const struct options *options = s->session->options;
	size_t i;

	for (i = 0; i < options->n_pids; i++)
		ids_add(&s->pids, process_of(options->pids[i]));
	if (options->n_roots && subtree_processes(&s->pids, options, why))
		return -1;
	return each_path(s, add_cgroup, why);
}

static int sort_stopped(struct stopping *s, struct failure *why)
{
	if (s->pids.n > MEMCENSUS_PIDS_MAX)
		return fail(why, FAIL_USAGE,
			    "%zu processes are too many: at most %d; name cgroups that have fewer, without '--each', or see the USS of 'memcensus -g'",
			    s->pids.n, MEMCENSUS_PIDS_MAX);
	ids_sort(&s->pids);
	return 0;
}

static int take_while_stopped(struct stopping *s, const struct ids *ids, struct failure *why)
{
	struct session *session = s->session;

	snapshot_free(s->snap);
	s->snap = NULL;
	/* Those of --tree are not searched again. */
	free(session->pids);
	session->pids = xmemdup(ids->v, ids->n * sizeof(*ids->v));
	session->request.pids = (struct numbers){ ids->n, session->pids };
	return session_take(s->session, &s->snap, why) == TAKE_DONE ? 0 : -1;
}

/*
 * Returns a process that is in the list, or outside of it if @outside, among those that have
 * the address space of @task; 0: there is none.
 */
static uint64_t among(const struct stopping *s, const struct task *task, bool outside)
{
	size_t i;

	if (ids_have(&s->pids, task->pid) != outside)
		return task->pid;
	for (i = 0; KNOWN(task, MEMCENSUS_TASK_PEERS) && i < task->peers.n; i++)
		if (ids_have(&s->pids, task->peers.v[i]) != outside)
			return task->peers.v[i];
	/* A list that is not whole may leave one out. */
	return outside && KNOWN(task, MEMCENSUS_TASK_NR_PEERS) &&
	       task->nr_peers > task->peers.n ? task->pid : 0;
}

/*
 * Counts what the processes have together.  An address space that another process has too
 * does not end: then again without those of the list that have it.
 */
static int count_stopped(struct stopping *s, struct failure *why)
{
	uint64_t other = 0;
	size_t i;

	if (take_while_stopped(s, &s->pids, why))
		return -1;
	for (i = 0; i < s->snap->n_tasks; i++) {
		const struct task *task = &s->snap->tasks[i];
		const uint64_t lives = among(s, task, true);

		if (task_is_gone(task))
			continue;
		if (!lives) {
			ids_append(&s->own, task->pid);
			continue;
		}
		other = lives;
		fprintf(stderr, "memcensus: process %" PRIu64 " shares its address space with %"
			PRIu64 ", which does not end: only its kernel stacks come back\n",
			among(s, task, false), other);
	}
	if (!other)
		return 0;
	if (!s->own.n)
		return fail(why, FAIL_NO_PROCESS,
			    "no address space would end: name process %" PRIu64 " too", other);
	ids_sort(&s->own);
	return take_while_stopped(s, &s->own, why);
}

/* Adds what the processes of @ids have open.  Those of GROUP_NONE add no file. */
struct opening {
	struct stopping *stopping;
	uint32_t pid;
	size_t group;
};

static void note_open(void *context, const struct file_number *number, const char *name,
		      const char *path)
{
	const struct opening *opening = context;

	holders_open(&opening->stopping->holders, number, name, path, opening->pid,
		     opening->group, opening->group != GROUP_NONE);
}

/* @ask: one that waits in a socket of @pid may be any. */
static void add_descriptors(struct stopping *s, uint32_t pid, size_t group, bool ask)
{
	struct opening opening = { s, pid, group };
	struct held_others held = { .ask_in_flight = ask };
	const bool whole = held_files_each(pid, note_open, &opening, &held, &s->left);
	struct stopped *sum;

	s->in_flight += held.in_flight;
	s->unread += !whole;
	if (group == GROUP_NONE)
		return;
	sum = &s->sums[group];
	sum->in_flight += held.in_flight;
	sum->unread += !whole;
	sum->pipes = amount_plus(sum->pipes, amount_of(true, held.pipes));
	sum->sockets = amount_plus(sum->sockets, amount_of(true, held.sockets));
	sum->io_urings = amount_plus(sum->io_urings, amount_of(true, held.io_urings));
}

static bool note_mappings(void *context, const struct snapshot *others)
{
	struct stopping *s = context;
	size_t i;

	for (i = 0; i < others->n_vmas; i++)
		holders_map(&s->holders, &others->vmas[i], GROUP_NONE, false);
	return true;
}

/* Other processes may hold any file. */
static bool is_unsure(const struct stopping *s, size_t group)
{
	return s->in_flight > s->sums[group].in_flight || s->unread > s->sums[group].unread;
}

/* Whether a file from index @at on dies; moves @at there: one that does not never will again. */
static bool some_file_dies(const struct stopping *s, size_t *at)
{
	for (; *at < s->holders.n_files; ++*at)
		if (holders_outcome(&s->holders, &s->holders.files[*at], 0, is_unsure(s, 0)) ==
		    OUTCOME_DIES)
			return true;
	return false;
}

/*
 * Finds the other processes that have these files, if a file could die: by a census of
 * their mappings, which a stuck process does not block, and by their open files.
 */
static int find_others(struct stopping *s, struct failure *why)
{
	struct ids all = { NULL, 0 }, others = { NULL, 0 };
	size_t i, file = 0, unread = 0;
	int ret;

	if (!some_file_dies(s, &file))
		return 0;
	if (process_all(&all, why))
		return -1;
	for (i = 0; i < all.n; i++)
		if (!ids_have(&s->pids, all.v[i]))
			ids_append(&others, all.v[i]);
	ret = mappings_each(s->session->source, MEMCENSUS_PART_MEMORY_VMAS, &others,
			    note_mappings, s, &unread, why);
	s->unread += unread;
	for (i = 0; !ret && i < others.n && some_file_dies(s, &file); i++)
		add_descriptors(s, (uint32_t)others.v[i], GROUP_NONE, true);
	ids_free(&all);
	ids_free(&others);
	return ret;
}

/* What is left of @all without @part, of which another count may have more. */
static struct amount rest_without(struct amount all, uint64_t part)
{
	all.bytes -= all.bytes < (int64_t)part ? all.bytes : (int64_t)part;
	return all;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What the processes of @sum map of @file: each share is rounded down to bytes. */
static uint64_t mapped_of(const struct stopping *s, const struct stopped *sum,
			  const struct stopped_file *file)
{
	const uint64_t share = whole_pages(sum->share, s->snap->info.page_size);

	return file->read ? least(share, file->file.memory) : 0;
}

/* Of a file that cannot be opened, what is mapped is known, and no more. */
static void read_mapped(const struct stopping *s, struct stopped_file *file,
			const struct hold *holds, size_t n)
{
	uint64_t share = 0;

	if (!file->read || !file->file.no_open)
		return;
	while (n--)
		share += holds[n].share;
	file->file.memory = whole_pages(share, s->snap->info.page_size);
	file->file.known = true;
}

/* Adds @file to what dies with @sum, and subtracts its mapped pages from what stays. */
static void add_dying(struct stopped *sum, const struct stopped_file *file, uint64_t mapped)
{
	const struct amount memory = { file->file.known, (int64_t)file->file.memory };

	if (file->file.home == FILE_IN_SHMEM) {
		sum->shmem = amount_plus(sum->shmem, memory);
		sum->swap = amount_plus(sum->swap, amount_of(true, file->file.swap));
		sum->kept_shmem = rest_without(sum->kept_shmem, mapped);
	} else if (file->file.home == FILE_IN_HUGETLB) {
		sum->hugetlb.bytes += memory.bytes - (int64_t)mapped;
	} else {
		sum->deleted = amount_plus(sum->deleted, memory);
		sum->cached = rest_without(sum->cached, mapped);
	}
}

static void add_kept(struct stopped *sum, const struct stopped_file *file, uint64_t mapped)
{
	if (file->read && file->file.home == FILE_ON_DISK)
		return;
	if (file->file.home == FILE_IN_HUGETLB)
		sum->kept_hugetlb.bytes += (int64_t)(file->outcome == OUTCOME_HELD ? sum->huge :
						     mapped);
	if (sum->kept && sum->kept->file.memory >= file->file.memory)
		return;
	sum->kept = file;
	sum->why = file->outcome;
	sum->holder = file->holder;
}

/* A process outside of @group that holds the file of @holds; 0: there is none. */
static uint32_t holder_of(const struct stopping *s, size_t group, const struct hold *holds,
			  size_t n)
{
	while (n--)
		if (!holders_contain(&s->holders, group, holds[n].group))
			return holds[n].pid;
	return 0;
}

/* The file of the @n @holds, for the groups that hold it and for those that contain them. */
static void add_file(struct stopping *s, struct hold *holds, size_t n)
{
	struct stopped_file *file = &s->holders.files[holds->file];
	struct stopped *sum;
	uint64_t mapped;
	size_t i, g;

	read_mapped(s, file, holds, n);
	for (i = 0; i < n; i++) {
		for (g = holds[i].group; g != GROUP_NONE; g = s->parents[g]) {
			s->sums[g].share += holds[i].share;
			s->sums[g].huge += holds[i].huge;
			s->sums[g].asked = true;
		}
	}
	for (i = 0; i < n; i++) {
		for (g = holds[i].group; g != GROUP_NONE && s->sums[g].asked; g = s->parents[g]) {
			sum = &s->sums[g];
			mapped = mapped_of(s, sum, file);
			file->outcome = holders_outcome(&s->holders, file, g, is_unsure(s, g));
			file->holder = holder_of(s, g, holds, n);
			if (file->outcome == OUTCOME_DIES)
				add_dying(sum, file, mapped);
			else
				add_kept(sum, file, mapped);
			file->unknown |= file->outcome == OUTCOME_UNKNOWN;
			sum->share = 0;
			sum->huge = 0;
			sum->asked = false;
		}
	}
}

static void add_files(struct stopping *s)
{
	struct holders *holders = &s->holders;
	size_t i, n;

	holders_sort(holders);
	for (i = 0; i < holders->n_holds; i += n) {
		for (n = 1; i + n < holders->n_holds; n++)
			if (holders->holds[i + n].file != holders->holds[i].file)
				break;
		add_file(s, &holders->holds[i], n);
	}
}

/* What of @own may be in the swap cache, of which only the total is known. */
static struct amount in_both(const struct snapshot *snap, struct amount own)
{
	struct amount all = amount_total(snap, MEMCENSUS_S_SWAP_CACHED);

	return own.known && own.bytes < all.bytes ? own : all;
}

/*
 * Begins with what the census knows of a group; its processes are counted.  @stack: of a thread, in
 * the kernel
 */
static void take_figures(const struct stopping *s, struct stopped *sum, const struct figures *f,
			 struct amount stack)
{
	sum->shmem = amount_of(true, 0);
	sum->deleted = amount_of(true, 0);
	sum->kept_hugetlb = amount_of(true, 0);
	sum->anon = amount_figure(f, MEMCENSUS_F_USS_ANON);
	sum->device = amount_figure(f, MEMCENSUS_F_USS_DEVICE);
	sum->swap = amount_figure(f, MEMCENSUS_F_SWAP_USS);
	sum->pinned = amount_figure(f, MEMCENSUS_F_PINNED);
	sum->hugetlb = amount_figure(f, MEMCENSUS_F_PRIVATE_HUGETLB);
	sum->cached = amount_figure(f, MEMCENSUS_F_USS_FILE);
	sum->kept_shmem = amount_figure(f, MEMCENSUS_F_USS_SHMEM);
	sum->shared = amount_figure(f, MEMCENSUS_F_SHARED);
	/* The figure leaves out the page at the top. */
	sum->pagetables = amount_figure(f, MEMCENSUS_F_PAGETABLES);
	sum->pagetables.bytes += (int64_t)(sum->mms * s->snap->info.page_size);
	sum->stacks = (struct amount){
		stack.known && sum->threads.known, stack.bytes * sum->threads.bytes };
	sum->pipes.known &= !sum->unread;
	sum->sockets.known &= !sum->unread;
	sum->io_urings.known &= !sum->unread;
}

/* Adds up what comes back, after the files. */
static void sum_up_stopped(const struct stopping *s, struct stopped *sum)
{
	sum->kept_hugetlb.bytes = (int64_t)least((uint64_t)sum->kept_hugetlb.bytes,
						 (uint64_t)sum->hugetlb.bytes);
	sum->hugetlb = amount_minus(sum->hugetlb, sum->kept_hugetlb);
	sum->in_both = in_both(s->snap,
			       amount_plus(amount_plus(sum->anon, sum->shmem), sum->swap));
	sum->memory = amount_plus(amount_plus(sum->anon, sum->shmem),
				  amount_plus(sum->deleted,
					      amount_plus(sum->pagetables, sum->stacks)));
	/* Only of cgroups. */
	if (sum->kernel.known)
		sum->memory = amount_plus(sum->memory, sum->kernel);
	/* A module without the figure has them in cached. */
	if (sum->device.known)
		sum->memory = amount_plus(sum->memory, sum->device);
}

/*
 * Adds memory of the kernel that is charged to the cgroup @path, but for page tables and stacks,
 * which the census has.  Inodes and dentries are there for descriptors, or as a cache that stays.
 */
static void add_kernel(struct stopped *sum, const char *path)
{
	const struct charges charges = charges_of_path(path, "memory.stat");
	const struct amount reclaim = amount_charge(&charges, CHARGE_RECLAIMABLE);
	struct amount kernel = amount_plus(amount_charge(&charges, CHARGE_KERNEL),
					   amount_charge(&charges, CHARGE_SOCK));

	kernel = amount_minus(kernel, reclaim);
	kernel = amount_minus(kernel, amount_charge(&charges, CHARGE_PAGETABLES));
	/* The census does not have those of guests, and some kernels do not count them. */
	kernel.bytes += (int64_t)charges.v[CHARGE_SEC_PAGETABLES];
	kernel = amount_minus(kernel, amount_charge(&charges, CHARGE_STACKS));
	sum->kernel = amount_plus(sum->kernel, kernel);
	sum->reclaim = amount_plus(sum->reclaim, reclaim);
}

static void add_threads(struct stopped *sum, uint32_t threads)
{
	sum->threads = amount_plus(sum->threads, amount_of(threads, threads));
}

/* Adds what was counted of processes to the groups that contain theirs. */
static void add_to_parents(struct stopping *s)
{
	struct stopped *sum, *to;
	size_t i;

	for (i = s->n; i-- > 0;) {
		if (s->parents[i] == GROUP_NONE)
			continue;
		sum = &s->sums[i];
		to = &s->sums[s->parents[i]];
		to->processes += sum->processes;
		to->mms += sum->mms;
		to->threads = amount_plus(to->threads, sum->threads);
		to->pipes = amount_plus(to->pipes, sum->pipes);
		to->sockets = amount_plus(to->sockets, sum->sockets);
		to->io_urings = amount_plus(to->io_urings, sum->io_urings);
		to->in_flight += sum->in_flight;
		to->unread += sum->unread;
	}
}

static void begin_sums(struct stopping *s, size_t n)
{
	const struct amount none = { true, 0 };
	size_t i;

	s->n = n;
	s->sums = xcalloc(n, sizeof(*s->sums));
	s->parents = xcalloc(n, sizeof(*s->parents));
	s->holders.parents = s->parents;
	for (i = 0; i < n; i++) {
		s->parents[i] = GROUP_NONE;
		s->sums[i] = (struct stopped){
			.threads = none, .pipes = none, .sockets = none, .io_urings = none };
	}
}

static void end_sums(struct stopping *s)
{
	const struct amount stack =
		kernel_stack_size(amount_total(s->snap, MEMCENSUS_S_KERNEL_STACK));
	const struct figures none = { 0 };
	size_t i;

	add_to_parents(s);
	for (i = 0; i < s->n; i++)
		take_figures(s, &s->sums[i],
			     i < s->snap->n_groups ? &s->snap->groups[i].figures : &none, stack);
	add_files(s);
	for (i = 0; i < s->n; i++)
		sum_up_stopped(s, &s->sums[i]);
}

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

static bool is_file_shown(const void *about, const void *row)
{
	const struct stopped_file *file = row;

	return shows_all(about) || !file->read || !file->file.known ||
	       file->file.memory + file->file.swap >= FOLD_BELOW;
}

static const char *folded_files(const struct stopping *s, struct report *report)
{
	const struct stopped_file *file;
	int64_t bytes = 0;
	size_t n = 0;

	for (file = s->holders.files; file < s->holders.files + s->holders.n_files; file++) {
		if (is_file_shown(s, file))
			continue;
		n++;
		bytes += (int64_t)file->file.memory;
	}
	return folded_text(report, n, bytes);
}

static void show_stopped(const struct stopping *s)
{
	const struct options *options = s->session->options;
	struct report report;

	report_begin(&report, options, s->snap, s->session->out);
	REPORT(&report,
	       { "scan", .shape = SECTION_SCAN },
	       { "if_stopped", .shape = SECTION_OBJECT, .type = &stopped_sum_rows,
		 .described = true, .rows = ONE_ROW(s->sums) });
	if (s->holders.n_files || options->json)
		REPORT(&report,
		       { "files", .title = "Files in memory, or deleted", .chosen = true,
			 .filter = is_file_shown, .about = s,
			 .rows = ROWS(s->holders.files, s->holders.n_files),
			 .note = folded_files(s, &report) });
	report_end(&report);
}

/* Says how many files may die too. */
static void note_unknown(const struct stopping *s)
{
	size_t i, n = 0;

	for (i = 0; i < s->holders.n_files; i++)
		n += s->holders.files[i].unknown;
	if (n)
		fprintf(stderr,
			"memcensus: %zu file%s may die too, and count%s as staying: %s\n",
			n, n == 1 ? "" : "s", n == 1 ? "s" : "",
			!procfs_is_mounted() ? "/proc is not mounted" :
			s->in_flight ? "a descriptor may wait in a socket of another process" :
			"in another IPC namespace, or gone during the census");
	if (s->unread)
		fprintf(stderr,
			"memcensus: not all descriptors and mappings were read: a file may be missing, or may die too\n");
	s->session->partial |= n || s->unread;
}

static int add_charged(struct stopping *s, const char *path, struct failure *why)
{
	char *dir = cgroup_file(path, ".");

	(void)why;
	if (!dir)
		return 0;
	/* Without the "/." at its end. */
	dir[strlen(dir) - 2] = '\0';
	s->charged = array_grow(s->charged, s->n_charged, sizeof(*s->charged));
	s->charged[s->n_charged++] = dir;
	return 0;
}

/* Whether what is charged to directory @number is charged to another one too, which is above it. */
static bool is_in_another(const struct stopping *s, size_t number)
{
	const char *dir = s->charged[number];
	size_t i, len;

	for (i = 0; i < s->n_charged; i++) {
		len = strlen(s->charged[i]);
		if (i != number && !strncmp(dir, s->charged[i], len) &&
		    (dir[len] == '/' || (!dir[len] && i < number)))
			return true;
	}
	return false;
}

/* The cgroups together. */
static void add_charges(struct stopping *s, struct stopped *sum)
{
	size_t i;

	each_path(s, add_charged, NULL);
	sum->kernel.known = s->n_charged;
	sum->reclaim.known = s->n_charged;
	for (i = 0; i < s->n_charged; i++)
		if (!is_in_another(s, i))
			add_kernel(sum, s->charged[i]);
}

/* Less is not worth a line. */
#define SOCKETS_LEAST	1048576

/* Only a cgroup is charged for sockets: several processes may have one open, or none. */
static void note_sockets(const struct stopping *s)
{
	const struct amount all = amount_meminfo(s->snap, PROC_TEXTS_SOCKETS);

	if (!s->sums->kernel.known && all.known && all.bytes >= SOCKETS_LEAST)
		fprintf(stderr, "memcensus: sockets do not count: all together have %" PRId64
			" KiB of buffers\n", all.bytes >> 10);
}

static void stopping_free(struct stopping *s)
{
	size_t i;

	holders_free(&s->holders);
	snapshot_free(s->snap);
	for (i = 0; i < s->n_charged; i++)
		free(s->charged[i]);
	free(s->charged);
	ids_free(&s->own);
	ids_free(&s->pids);
	free(s->parents);
	free(s->sums);
}

/* Behind the tables. */
static void show_end(struct stopping *s)
{
	fflush(s->session->out);
	s->session->partial |= warnings_print(stderr, s->snap);
	note_unknown(s);
	descriptors_note();
}

/* All together. */
static int run_together(struct stopping *s, struct failure *why)
{
	size_t i;

	if (choose_stopped(s, why) || sort_stopped(s, why) || count_stopped(s, why))
		return -1;
	begin_sums(s, 1);
	s->sums->processes = s->pids.n;
	for (i = 0; i < s->snap->n_tasks; i++)
		s->sums->mms += !task_is_gone(&s->snap->tasks[i]);
	for (i = 0; i < s->snap->n_vmas; i++)
		holders_map(&s->holders, &s->snap->vmas[i], 0, true);
	for (i = 0; i < s->pids.n; i++) {
		add_threads(s->sums, process_thread_count(s->pids.v[i]));
		add_descriptors(s, s->pids.v[i], 0, false);
	}
	if (find_others(s, why))
		return -1;
	add_charges(s, s->sums);
	end_sums(s);
	show_stopped(s);
	show_end(s);
	note_sockets(s);
	return 0;
}

/* A process, and its group. */
struct member {
	uint64_t pid;
	size_t group;
};

static int compare_members(const void *a, const void *b)
{
	return COMPARE(((const struct member *)a)->pid, ((const struct member *)b)->pid);
}

/* @members: @n, sorted.  A process that began during the census is in none. */
static size_t group_of_pid(const struct member *members, size_t n, uint64_t pid)
{
	const struct member key = { pid, 0 }, *found;

	found = n ? bsearch(&key, members, n, sizeof(key), compare_members) : NULL;
	return found ? found->group : GROUP_NONE;
}

/* Counts the processes of @task, and adds them to the @n @members. */
static void add_task(struct stopping *s, const struct task *task, struct member *members, size_t *n)
{
	const struct group *group = KNOWN(task, MEMCENSUS_TASK_GROUP) ?
				    group_of(s->snap, task->group) : NULL;
	struct stopped *sum;
	size_t number, i;

	if (task_is_gone(task) || !group)
		return;
	number = (size_t)(group - s->snap->groups);
	sum = &s->sums[number];
	sum->mms++;
	sum->processes += 1 + task->peers.n;
	add_threads(sum, KNOWN(task, MEMCENSUS_TASK_THREADS) ? (uint32_t)task->threads :
			 process_thread_count(task->pid));
	members[(*n)++] = (struct member){ task->pid, number };
	for (i = 0; i < task->peers.n; i++) {
		add_threads(sum, process_thread_count(task->peers.v[i]));
		members[(*n)++] = (struct member){ task->peers.v[i], number };
	}
}

/* The groups with their processes and the files of these. */
static void add_groups(struct stopping *s)
{
	const struct snapshot *snap = s->snap;
	const struct group *parent;
	struct member *members;
	size_t i, n = 0, group;

	begin_sums(s, snap->n_groups);
	for (i = 0; i < snap->n_groups; i++) {
		parent = group_parent(snap, &snap->groups[i]);
		s->sums[i].group = &snap->groups[i];
		/* The charges are those of all below it, too. */
		if (KNOWN(s->sums[i].group, MEMCENSUS_GROUP_CGROUP) && s->sums[i].group->path) {
			s->sums[i].kernel.known = true;
			s->sums[i].reclaim.known = true;
			add_kernel(&s->sums[i], s->sums[i].group->path);
		}
		if (parent)
			s->parents[i] = (size_t)(parent - snap->groups);
	}
	for (i = 0; i < snap->n_tasks; i++)
		n += 1 + snap->tasks[i].peers.n;
	members = xcalloc(n, sizeof(*members));
	for (i = n = 0; i < snap->n_tasks; i++)
		add_task(s, &snap->tasks[i], members, &n);
	qsort(members, n, sizeof(*members), compare_members);
	for (i = 0; i < snap->n_vmas; i++)
		holders_map(&s->holders, &snap->vmas[i],
			    group_of_pid(members, n, snap->vmas[i].pid), true);
	for (i = 0; i < s->pids.n; i++) {
		group = group_of_pid(members, n, s->pids.v[i]);
		if (group != GROUP_NONE)
			add_descriptors(s, s->pids.v[i], group, true);
	}
	/* These can only hold files of the others. */
	for (i = 0; i < s->pids.n; i++)
		if (group_of_pid(members, n, s->pids.v[i]) == GROUP_NONE)
			add_descriptors(s, s->pids.v[i], GROUP_NONE, true);
	free(members);
}

/* Marks the group of the cgroup @path. */
static int name_cgroup(struct stopping *s, const char *path, struct failure *why)
{
	struct stopped *sum;

	for (sum = s->sums; sum < s->sums + s->n; sum++) {
		if (sum->mms && sum->group->path && !strcmp(sum->group->path, path)) {
			sum->named = true;
			return 0;
		}
	}
	return cgroup_check(path, why) ? -1 :
	       fail(why, FAIL_NO_PROCESS, "no process is in the cgroup '%.200s'", path);
}

/*
 * Whether @sum is a row: not what a cgroup has beside those below it, which cannot be stopped
 * alone, and not the root, unless it is all.
 */
static bool is_row(const struct stopping *s, const struct stopped *sum)
{
	return s->n_cgroups ? sum->named :
	       sum->mms && !sum->group->own &&
	       !(sum->group->contains && s->parents[sum - s->sums] == GROUP_NONE);
}

static bool is_folded(const struct stopping *s, const struct stopped *sum)
{
	return is_row(s, sum) && !shows_all(s) && !sum->named && sum->memory.known &&
	       is_small(sum->memory) && is_small(sum->swap) && is_small(sum->hugetlb) &&
	       is_small(sum->kept_shmem);
}

static bool is_shown(const void *about, const void *row)
{
	return is_row(about, row) && !is_folded(about, row);
}

/* What a group has is in the sum of one that contains it. */
static const char *folded_groups(const struct stopping *s, struct report *report)
{
	int64_t bytes = 0;
	size_t i, n = 0;

	for (i = 0; i < s->n; i++) {
		if (!is_folded(s, &s->sums[i]))
			continue;
		n++;
		if (s->parents[i] == GROUP_NONE || !is_folded(s, &s->sums[s->parents[i]]))
			bytes += s->sums[i].memory.bytes;
	}
	return folded_text(report, n, bytes);
}

/* Address spaces of several processes count in the group of one of them. */
static void note_peers(const struct snapshot *snap)
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

/* Each group alone, by one census of all. */
static int run_each(struct stopping *s, struct failure *why)
{
	struct report report;

	s->session->may_end = true;
	if (process_all(&s->pids, why) || sort_stopped(s, why) ||
	    take_while_stopped(s, &s->pids, why))
		return -1;
	add_groups(s);
	end_sums(s);
	if (each_path(s, name_cgroup, why))
		return -1;
	report_begin(&report, s->session->options, s->snap, s->session->out);
	REPORT(&report,
	       { "scan", .shape = SECTION_SCAN },
	       { "each", .chosen = true, .falling = true, .filter = is_shown, .about = s,
		 .rows = ROWS(s->sums, s->n), .note = folded_groups(s, &report) });
	report_end(&report);
	show_end(s);
	note_peers(s->snap);
	return 0;
}

int stopped_run(struct session *session, const struct stopped_ask *ask, struct failure *why)
{
	struct stopping s = {
		.session = session, .cgroups = ask->cgroups, .n_cgroups = ask->n_cgroups,
		.left = DESCRIPTORS_MOST,
	};
	int ret;

	session->request.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_MEMORY_VMAS |
				 MEMCENSUS_PART_SYSTEM;
	session->request.group_by = ask->each ?: MEMCENSUS_BY_PIDS;
	session->request.basis = MEMCENSUS_BASIS_FRAMES;
	ret = ask->each ? run_each(&s, why) : run_together(&s, why);
	stopping_free(&s);
	return ret;
}
