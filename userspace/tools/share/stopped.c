// SPDX-License-Identifier: GPL-2.0
/* memcensus share --if-stopped: what the system gets back if processes end. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/subtree.h"
#include "lib/memory.h"
#include "os/cgroups.h"
#include "os/held-files.h"
#include "os/kernel-stack.h"
#include "os/proc-texts.h"
#include "os/process.h"
#include "os/procfs.h"
#include "report/report.h"
#include "report/warnings.h"
#include "tools/share/mappings.h"
#include "tools/share/stopped.h"

/* What becomes of a file when the processes end. */
enum outcome {
	OUTCOME_DIES,
	OUTCOME_NAMED,		/* a directory has it */
	OUTCOME_HELD,		/* another process maps it or has it open */
	OUTCOME_SEGMENT,		/* a System V segment that is not marked for removal */
	OUTCOME_UNKNOWN,
};

static const char *const outcomes[] = {
	[OUTCOME_DIES] = "dies",
	[OUTCOME_NAMED] = "named",
	[OUTCOME_HELD] = "held",
	[OUTCOME_SEGMENT] = "segment",
	[OUTCOME_UNKNOWN] = "unknown",
};

/**
 * struct stopped_file - a file of the processes that may die with them
 * @file: as /proc shows it
 * @mapped: its number as mappings have it; the file systems of some disks show others by stat()
 * @name: as the kernel shows it; owned
 * @read: @file is filled
 * @share: the proportional share of the processes: all that they map if no other process does
 * @huge: huge pages that a single one of them maps
 * @holder: another process that maps it or has it open; 0: there is none
 * @unsearched: nothing of the kind was found, but not all was read
 */
struct stopped_file {
	struct held_file file;
	struct file_number mapped;
	char *name;
	bool read;
	uint64_t share;
	uint64_t huge;
	uint32_t holder;
	bool unsearched;
};

static enum outcome outcome_of(const struct stopped_file *file)
{
	if (!file->read || file->file.segment == SEGMENT_UNKNOWN)
		return OUTCOME_UNKNOWN;
	if (file->file.named)
		return OUTCOME_NAMED;
	if (file->holder)
		return OUTCOME_HELD;
	if (file->file.segment == SEGMENT_LASTS)
		return OUTCOME_SEGMENT;
	return file->unsearched ? OUTCOME_UNKNOWN : OUTCOME_DIES;
}

DERIVED(file_outcome, stopped_file, number, outcome_of(row), true)
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

/* struct stopped - what ends and what stays; the columns describe the amounts */
struct stopped {
	uint64_t processes;
	uint64_t mms;
	struct amount threads;
	struct amount anon;
	struct amount device;
	struct amount shmem;
	struct amount deleted;
	struct amount pagetables;
	struct amount stacks;
	struct amount memory;
	struct amount swap;
	struct amount in_both;
	struct amount pinned;
	struct amount pipes;
	struct amount sockets;
	struct amount io_urings;
	struct amount hugetlb;
	struct amount cached;
	struct amount kept_shmem;
	struct amount kept_hugetlb;
	struct amount shared;
};

#define NUMBER(name, help)	MEMBER(stopped, #name, NULL, name, COUNT, help)
/* A number that may be unknown. */
#define COUNT(member, help_)						\
	{ #member, .help = help_, .kind = KIND_COUNT, .held = HELD_AMOUNT, \
	  .offset = offsetof(struct stopped, member) }
#define BYTES(name, help)	MEMBER_MEMORY(stopped, #name, NULL, name, help)

static const struct column stopped_columns[] = {
	NUMBER(processes, "processes that end"),
	NUMBER(mms, "address spaces that end"),
	COUNT(threads, "threads that end"),
	BYTES(anon, "anonymous memory that only they have"),
	BYTES(device, "memory of drivers that only they map"),
	BYTES(shmem, "shared memory without a name and another user"),
	BYTES(deleted, "page cache of deleted files without another user"),
	BYTES(pagetables, "page tables"),
	BYTES(stacks, "kernel stacks of the threads"),
	BYTES(memory, "what free memory grows by: the sum of the above"),
	BYTES(swap, "swap that becomes free"),
	BYTES(in_both, "at most: in memory and in swap, so it comes back in both rows"),
	BYTES(pinned, "pinned: what of it is not mapped comes back too"),
	COUNT(pipes, "descriptors of pipes: what these hold may come back too"),
	COUNT(sockets, "descriptors of sockets: the same"),
	COUNT(io_urings, "descriptors of io_uring: the same"),
	BYTES(hugetlb, "huge pages that go back to their pool"),
	BYTES(cached, "stays: files only they map, in the page cache until reclaimed"),
	BYTES(kept_shmem, "stays: shared memory only they map, with a name or another user"),
	BYTES(kept_hugetlb, "stays: huge pages only they map, of such files"),
	BYTES(shared, "stays: memory that other processes map too"),
};

const struct row_type stopped_sum_rows = ROWS_OF("end of processes", stopped_columns);

/**
 * struct stopping - the state of a run
 * @pids: the processes that end
 * @own: those of them whose address space ends
 * @snap: census of @own, with their mappings
 * @files: @n_files of them
 * @held: what they have open beside files; if @held_known
 * @in_flight: descriptors that wait in sockets of other processes
 * @left: descriptors that may still be read
 * @unread: not all descriptors were read
 */
struct stopping {
	struct session *session;
	struct ids pids;
	struct ids own;
	struct snapshot *snap;
	struct stopped_file *files;
	size_t n_files;
	struct held_others held;
	bool held_known;
	uint64_t in_flight;
	uint64_t left;
	bool unread;
};

/* @ids is sorted. */
static bool ids_have(const struct ids *ids, uint64_t id)
{
	return ids->n && bsearch(&id, ids->v, ids->n, sizeof(id), compare_u64);
}

/* The PIDs of the command line, which may be of threads, those of --tree and of @n cgroups. */
static int choose_stopped(struct stopping *s, char *const *cgroups, size_t n, struct failure *why)
{
	const struct options *options = s->session->options;
	size_t i;

	for (i = 0; i < options->n_pids; i++)
		ids_add(&s->pids, process_of(options->pids[i]));
	if (options->n_roots && subtree_processes(&s->pids, options, why))
		return -1;
	for (i = 0; i < n; i++)
		if (cgroup_processes(&s->pids, cgroups[i], why))
			return -1;
	if (s->pids.n > MEMCENSUS_PIDS_MAX)
		return fail(why, FAIL_USAGE, "%zu processes are too many: at most %d", s->pids.n,
			    MEMCENSUS_PIDS_MAX);
	qsort(s->pids.v, s->pids.n, sizeof(*s->pids.v), compare_u64);
	return 0;
}

static int take_while_stopped(struct stopping *s, const struct ids *ids, struct failure *why)
{
	struct request *request = &s->session->request;

	snapshot_free(s->snap);
	s->snap = NULL;
	request->pids = (struct numbers){ ids->n, ids->v };
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
			ids_add(&s->own, (uint32_t)task->pid);
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
	qsort(s->own.v, s->own.n, sizeof(*s->own.v), compare_u64);
	return take_while_stopped(s, &s->own, why);
}

static uint64_t bytes_of(const struct vma *vma, unsigned int figure)
{
	return KNOWN(&vma->figures, figure) ? vma->figures.v[figure] : 0;
}

/* Whether the file of @vma is in memory, or has no name. */
static bool may_die(const struct vma *vma)
{
	return mapping_has_file(vma) &&
	       (bytes_of(vma, MEMCENSUS_F_SHMEM) || bytes_of(vma, MEMCENSUS_F_HUGETLB) ||
		bytes_of(vma, MEMCENSUS_F_SWAP) ||
		held_name_is_deleted(vma->name));
}

static struct stopped_file *add_file(struct stopping *s, const char *name, const char *path)
{
	struct stopped_file *file;

	s->files = array_grow(s->files, s->n_files, sizeof(*s->files));
	file = &s->files[s->n_files++];
	file->name = xstrdup(name);
	file->read = held_file_read(&file->file, path);
	return file;
}

static void add_mapping(struct stopping *s, const struct vma *vma)
{
	const struct file_number number = mapping_file(vma);
	struct stopped_file *file = NULL;
	char path[80];
	size_t i;

	for (i = 0; i < s->n_files && !file; i++)
		if (file_number_same(&s->files[i].mapped, &number))
			file = &s->files[i];
	if (!file) {
		mapping_link(vma, path, sizeof(path));
		file = add_file(s, mapping_name(vma), path);
		file->mapped = number;
	}
	/* Copies of a private mapping are not pages of the file. */
	file->share += bytes_of(vma, MEMCENSUS_F_PSS_FILE) +
		       bytes_of(vma, MEMCENSUS_F_PSS_SHMEM);
	if (KNOWN(vma, MEMCENSUS_VMA_MODE) && strchr(vma->mode, 's')) {
		file->share += bytes_of(vma, MEMCENSUS_F_HUGETLB_PSS);
		file->huge += bytes_of(vma, MEMCENSUS_F_PRIVATE_HUGETLB);
	}
}

static struct stopped_file *find_open(struct stopping *s, const struct file_number *number)
{
	size_t i;

	for (i = 0; i < s->n_files; i++)
		if (s->files[i].read && file_number_same(&s->files[i].file.number, number))
			return &s->files[i];
	return NULL;
}

/* Of a file that cannot be opened, what is mapped is known, and no more. */
static void read_mapped(struct stopping *s)
{
	const uint64_t page = s->snap->info.page_size;
	struct stopped_file *f;

	for (f = s->files; f < s->files + s->n_files; f++)
		if (f->read && f->file.no_open && page) {
			f->file.memory = (f->share + page - 1) / page * page;
			f->file.known = true;
		}
}

static void add_open(void *context, const struct file_number *number, const char *name,
		     const char *path)
{
	struct stopping *s = context;

	if (!find_open(s, number))
		add_file(s, name, path)->mapped = *number;
}

static void add_files(struct stopping *s)
{
	size_t i;

	for (i = 0; i < s->snap->n_vmas; i++)
		if (may_die(&s->snap->vmas[i]))
			add_mapping(s, &s->snap->vmas[i]);
	for (i = 0; i < s->pids.n; i++)
		s->unread |= !held_files_each(s->pids.v[i], add_open, s, &s->held, &s->left);
	s->held_known = !s->unread;
	read_mapped(s);
}

/* Whose open files are read. */
struct holder {
	struct stopping *stopping;
	uint32_t pid;
};

static void note_open(void *context, const struct file_number *number, const char *name,
		      const char *path)
{
	const struct holder *holder = context;
	struct stopped_file *file = find_open(holder->stopping, number);

	(void)name;
	(void)path;
	if (file && !file->holder)
		file->holder = holder->pid;
}

static bool note_mappings(void *context, const struct snapshot *others)
{
	struct stopping *s = context;
	struct file_number number;
	size_t i, k;

	for (i = 0; i < others->n_vmas; i++) {
		number = mapping_file(&others->vmas[i]);
		for (k = 0; k < s->n_files && mapping_has_file(&others->vmas[i]); k++)
			if (file_number_same(&s->files[k].mapped, &number))
				s->files[k].holder = (uint32_t)others->vmas[i].pid;
	}
	return true;
}

static bool some_file_dies(const struct stopping *s)
{
	size_t i;

	for (i = 0; i < s->n_files; i++)
		if (outcome_of(&s->files[i]) == OUTCOME_DIES)
			return true;
	return false;
}

/*
 * The open files of @others, as long as one of them could keep a file that would die.  One that
 * waits in a socket of theirs may be any.
 */
static void note_descriptors(struct stopping *s, const struct ids *others)
{
	struct held_others held = { .ask_in_flight = true };
	bool whole = true;
	size_t i;

	for (i = 0; i < others->n && some_file_dies(s); i++) {
		struct holder holder = { s, (uint32_t)others->v[i] };

		whole &= held_files_each(holder.pid, note_open, &holder, &held, &s->left);
	}
	s->unread |= !whole;
	s->in_flight = held.in_flight;
	for (i = 0; i < s->n_files && (!whole || s->in_flight); i++)
		s->files[i].unsearched = true;
}

/*
 * Finds the other processes that have these files, if a file could die: by a census of
 * their mappings, which a stuck process does not block, and by their open files.
 */
static int find_holders(struct stopping *s, struct failure *why)
{
	struct ids all = { NULL, 0 }, others = { NULL, 0 };
	size_t i;
	int ret;

	if (!some_file_dies(s) || process_all(&all, why))
		return some_file_dies(s) ? -1 : 0;
	others.v = xcalloc(all.n, sizeof(*others.v));
	for (i = 0; i < all.n; i++)
		if (!ids_have(&s->pids, all.v[i]))
			others.v[others.n++] = all.v[i];
	ret = mappings_each(s->session->source, &others, note_mappings, s, why);
	if (!ret)
		note_descriptors(s, &others);
	ids_free(&all);
	ids_free(&others);
	return ret;
}

static struct amount known_bytes(uint64_t bytes)
{
	return (struct amount){ true, (int64_t)bytes };
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

/* What the processes map of @file: each share is rounded down to bytes. */
static uint64_t mapped_of(const struct stopped_file *file, uint64_t page)
{
	const uint64_t pages = page ? (file->share + page - 1) / page : 0;

	return file->read ? least(pages * page, file->file.memory) : 0;
}

/* Adds the files to what dies, and subtracts their mapped pages from what stays. */
static void add_outcomes(const struct stopping *s, struct stopped *sum)
{
	const struct stopped_file *f;
	uint64_t mapped;

	for (f = s->files; f < s->files + s->n_files; f++) {
		const bool dies = outcome_of(f) == OUTCOME_DIES;

		mapped = mapped_of(f, s->snap->info.page_size);
		if (f->read && f->file.home == FILE_IN_HUGETLB) {
			if (!dies)
				sum->kept_hugetlb.bytes += (int64_t)(f->holder ? f->huge : mapped);
			else
				sum->hugetlb.bytes += (int64_t)(f->file.memory - mapped);
			continue;
		}
		if (!dies)
			continue;
		if (f->file.home == FILE_IN_SHMEM) {
			sum->shmem = amount_plus(sum->shmem, (struct amount){
				f->file.known, (int64_t)f->file.memory });
			sum->swap = amount_plus(sum->swap, known_bytes(f->file.swap));
			sum->kept_shmem = rest_without(sum->kept_shmem, mapped);
		} else {
			sum->deleted = amount_plus(sum->deleted, (struct amount){
				f->file.known, (int64_t)f->file.memory });
			sum->cached = rest_without(sum->cached, mapped);
		}
	}
	sum->kept_hugetlb.bytes = (int64_t)least((uint64_t)sum->kept_hugetlb.bytes,
						 (uint64_t)sum->hugetlb.bytes);
	sum->hugetlb = amount_minus(sum->hugetlb, sum->kept_hugetlb);
}

/* What of @own may be in the swap cache, of which only the total is known. */
static struct amount in_both(const struct snapshot *snap, struct amount own)
{
	struct amount all = amount_total(snap, MEMCENSUS_S_SWAP_CACHED);

	return own.known && own.bytes < all.bytes ? own : all;
}

static void sum_up_stopped(const struct stopping *s, struct stopped *sum)
{
	const struct snapshot *snap = s->snap;
	const struct figures none = { 0 };
	const struct figures *f = snap->n_groups ? &snap->groups[0].figures : &none;
	struct amount size = kernel_stack_size(amount_total(snap, MEMCENSUS_S_KERNEL_STACK));
	size_t i;

	*sum = (struct stopped){ .processes = s->pids.n, .threads = { true, 0 } };
	for (i = 0; i < s->pids.n; i++) {
		const uint32_t threads = process_thread_count(s->pids.v[i]);

		sum->threads = amount_plus(sum->threads, (struct amount){ threads, threads });
	}
	for (i = 0; i < snap->n_tasks; i++)
		sum->mms += !task_is_gone(&snap->tasks[i]);
	sum->shmem = known_bytes(0);
	sum->deleted = known_bytes(0);
	sum->kept_hugetlb = known_bytes(0);
	sum->anon = amount_figure(f, MEMCENSUS_F_USS_ANON);
	sum->device = amount_figure(f, MEMCENSUS_F_USS_DEVICE);
	sum->swap = amount_figure(f, MEMCENSUS_F_SWAP_USS);
	sum->pinned = amount_figure(f, MEMCENSUS_F_PINNED);
	sum->pipes = (struct amount){ s->held_known, (int64_t)s->held.pipes };
	sum->sockets = (struct amount){ s->held_known, (int64_t)s->held.sockets };
	sum->io_urings = (struct amount){ s->held_known, (int64_t)s->held.io_urings };
	sum->hugetlb = amount_figure(f, MEMCENSUS_F_PRIVATE_HUGETLB);
	sum->cached = amount_figure(f, MEMCENSUS_F_USS_FILE);
	sum->kept_shmem = amount_figure(f, MEMCENSUS_F_USS_SHMEM);
	sum->shared = amount_figure(f, MEMCENSUS_F_SHARED);
	/* The figure leaves out the page at the top. */
	sum->pagetables = amount_figure(f, MEMCENSUS_F_PAGETABLES);
	sum->pagetables.bytes += (int64_t)(sum->mms * snap->info.page_size);
	sum->stacks = (struct amount){
		size.known && sum->threads.known, size.bytes * sum->threads.bytes };
	add_outcomes(s, sum);
	sum->in_both = in_both(snap, amount_plus(amount_plus(sum->anon, sum->shmem), sum->swap));
	sum->memory = amount_plus(amount_plus(sum->anon, sum->shmem),
				  amount_plus(sum->deleted,
					      amount_plus(sum->pagetables, sum->stacks)));
	/* A module without the figure has them in cached. */
	if (sum->device.known)
		sum->memory = amount_plus(sum->memory, sum->device);
}

static void show_stopped(const struct stopping *s, const struct stopped *sum)
{
	const struct options *options = s->session->options;
	struct report report;

	report_begin(&report, options, s->snap, s->session->out);
	REPORT(&report,
	       { "scan", .shape = SECTION_SCAN },
	       { "if_stopped", .shape = SECTION_OBJECT, .type = &stopped_sum_rows,
		 .described = true, .rows = ONE_ROW(sum) });
	if (s->n_files || options->json)
		REPORT(&report,
		       { "files", .title = "Files in memory, or deleted", .chosen = true,
			 .rows = ROWS(s->files, s->n_files) });
	report_end(&report);
}

/* Says how many files may die too; false: none. */
static bool note_unknown(const struct stopping *s)
{
	size_t i, n = 0;

	for (i = 0; i < s->n_files; i++)
		n += outcome_of(&s->files[i]) == OUTCOME_UNKNOWN;
	if (n)
		fprintf(stderr,
			"memcensus: %zu file%s may die too, and count%s as staying: %s\n",
			n, n == 1 ? "" : "s", n == 1 ? "s" : "",
			!procfs_is_mounted() ? "/proc is not mounted" :
			s->in_flight ? "a descriptor may wait in a socket of another process" :
			"in another IPC namespace, or gone during the census");
	if (s->unread)
		fprintf(stderr,
			"memcensus: not all descriptors were read: a file may be missing, or may die too\n");
	return n || s->unread;
}

/* Buffers of sockets that are charged to the @n cgroups; 0: unknown, or none. */
static uint64_t sockets_of(char *const *cgroups, size_t n)
{
	uint64_t sum = 0, bytes;
	char *name, key[64];
	FILE *file;
	size_t i;

	for (i = 0; i < n; i++) {
		name = cgroup_file(cgroups[i], "memory.stat");
		file = name ? fopen(name, "re") : NULL;
		free(name);
		while (file && fscanf(file, "%63s %" SCNu64, key, &bytes) == 2)
			sum += strcmp(key, "sock") ? 0 : bytes;
		if (file)
			fclose(file);
	}
	return sum;
}

/* Less is not worth a line. */
#define SOCKETS_LEAST	1048576

/* A socket is of no process: several may have it open, or none. */
static void note_sockets(const struct stopping *s, char *const *cgroups, size_t n)
{
	const struct amount all = amount_meminfo(s->snap, PROC_TEXTS_SOCKETS);
	const uint64_t charged = sockets_of(cgroups, n);

	if (charged >= SOCKETS_LEAST)
		fprintf(stderr, "memcensus: sockets do not count: %" PRIu64 " KiB %s\n",
			charged >> 10,
			"of their buffers are charged, and come back if nobody else has them open");
	else if (!n && all.known && all.bytes >= SOCKETS_LEAST)
		fprintf(stderr, "memcensus: sockets do not count: all together have %" PRId64
			" KiB of buffers\n", all.bytes >> 10);
}

static void stopping_free(struct stopping *s)
{
	size_t i;

	for (i = 0; i < s->n_files; i++)
		free(s->files[i].name);
	free(s->files);
	snapshot_free(s->snap);
	ids_free(&s->own);
	ids_free(&s->pids);
}

int stopped_run(struct session *session, char *const *cgroups, size_t n, struct failure *why)
{
	struct stopping s = { .session = session, .left = HELD_MOST };
	struct stopped sum;
	int ret;

	session->request.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS |
				 MEMCENSUS_PART_SYSTEM;
	session->request.group_by = MEMCENSUS_BY_PIDS;
	session->request.basis = MEMCENSUS_BASIS_FRAMES;
	ret = choose_stopped(&s, cgroups, n, why) || count_stopped(&s, why) ? -1 : 0;
	if (!ret) {
		add_files(&s);
		ret = find_holders(&s, why);
	}
	if (!ret) {
		sum_up_stopped(&s, &sum);
		show_stopped(&s, &sum);
		fflush(session->out);
		session->partial |= warnings_print(stderr, s.snap);
		session->partial |= note_unknown(&s);
		note_sockets(&s, cgroups, n);
	}
	stopping_free(&s);
	return ret;
}
