// SPDX-License-Identifier: GPL-2.0
/* memcensus held: what processes hold by their descriptors. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/subtree.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "os/cgroups.h"
#include "os/names.h"
#include "os/charges.h"
#include "os/descriptors.h"
#include "os/process.h"
#include "os/procfs.h"
#include "report/report.h"
#include "os/open-files.h"
#include "tools/held/files.h"
#include "tools/held/held.h"

/* Files that are shown without --top. */
#define FILES_SHOWN	20
/* Most of them. */
#define FILES_MOST	4096

/**
 * struct held_options - the options of 'held' alone
 * @each: a row for each open file
 * @files: what needs no process instead
 */
struct held_options {
	bool each;
	bool files;
};

/* struct held_kind_sum - open files of a kind; the columns describe the amounts */
struct held_kind_sum {
	enum open_kind kind;
	uint64_t descriptors;
	uint64_t files;
	uint64_t unknown;
	struct amount bytes;
	struct amount objects;
	struct amount most;
	struct amount pinned;
	uint64_t waits;
};

/* What is known of two amounts; of several files, the known ones. */
static struct amount known_of(struct amount a, struct amount b)
{
	return (struct amount){ a.known || b.known,
				(a.known ? a.bytes : 0) + (b.known ? b.bytes : 0) };
}

#define AMOUNT_OF(of, name, amount)						\
	DERIVED(of##_##name, of, number, (uint64_t)(amount).bytes, (amount).known)

AMOUNT_OF(held_kind_sum, held, known_of(row->bytes, row->objects))
AMOUNT_OF(open_file, held, known_of(row->bytes, row->objects))

#define HELD(name_, header_, help_, derive_)					\
	{ name_, header_, help_, .kind = KIND_BYTES, .total = TOTAL_SUM, .derive = derive_ }
#define AMOUNT(of, name_, header_, help_)					\
	{ #name_, header_, help_, .kind = KIND_BYTES, .total = TOTAL_SUM,	\
	  .held = HELD_AMOUNT, .offset = offsetof(struct of, name_) }
#define SUM_OF(of, name_, header_, help_)					\
	{ #name_, header_, help_, .kind = KIND_COUNT, .total = TOTAL_SUM,	\
	  .held = HELD_ALWAYS, .offset = offsetof(struct of, name_) }
#define KIND(of)								\
	{ "kind", "Kind", "what it is", .kind = KIND_WORD, .words = open_kind_names,	\
	  .n_words = OPEN_KINDS, .derive = of##_kind }

#define AMOUNTS(of)								\
	HELD("held", "Held", "what is held: bytes and objects", of##_held),	\
	AMOUNT(of, bytes, "Bytes",						\
	       "what is in pipes and sockets, rings, pages of files without a name, BPF maps"), \
	AMOUNT(of, objects, "Objects",						\
	       "objects of the kernel for these, as they are charged to the cgroup"), \
	AMOUNT(of, most, "Most", "what bytes can become: size of the pipe, limits of the socket"), \
	AMOUNT(of, pinned, "Pinned",						\
	       "pages of processes that it pins, mapped or not: io_uring, XDP"),	\
	SUM_OF(of, waits, "Waits", "descriptors that wait in it to be received")

DERIVED(held_kind_sum_kind, held_kind_sum, number, row->kind, true)
DERIVED(open_file_kind, open_file, number, row->kind, true)
DERIVED(open_file_pid, open_file, number, row->tid, true)
DERIVED(open_file_fd, open_file, number, row->fd, true)

static const struct column kind_columns[] = {
	KIND(held_kind_sum),
	SUM_OF(held_kind_sum, descriptors, "FDs", "descriptors of all these processes"),
	SUM_OF(held_kind_sum, files, "Files", "what they are of, each once"),
	AMOUNTS(held_kind_sum),
	SUM_OF(held_kind_sum, unknown, "Unknown", "of files, those whose bytes are unknown"),
};

const struct row_type open_kind_rows = ROWS_OF("kind of open files", kind_columns);

static const struct column file_columns[] = {
	KIND(open_file),
	{ "pid", "PID", "a process that has it, or its thread with a table of its own",
	  .kind = KIND_ID, .derive = open_file_pid },
	{ "fd", "FD", "its descriptor there", .kind = KIND_ID, .derive = open_file_fd },
	SUM_OF(open_file, descriptors, "FDs", "descriptors of it, of all these processes"),
	AMOUNTS(open_file),
	MEMBER(open_file, "name", "Name", name, TEXT, "what the kernel shows for it"),
};

const struct row_type open_file_rows = ROWS_OF("open file", file_columns);

/**
 * struct holding - the state of a run
 * @pids: the processes
 * @files: what they hold
 * @spaces: numbers of their network namespaces that were asked
 * @groups: @n_groups cgroups that they are in; owned, with their paths
 * @unread: processes of which not all descriptors were read, by enum unread
 * @unasked: why the kernel did not say what sockets of a family have; FAIL_NONE: it did
 */
struct holding {
	const struct options *options;
	struct ids pids;
	struct open_files files;
	struct ids spaces;
	struct group *groups;
	size_t n_groups;
	size_t unread[UNREADS];
	struct failure unasked[SOCKETS_OTHER];
};

/* Sockets are asked for in each network namespace. */
static void ask_sockets(struct holding *h, uint32_t pid)
{
	struct statx space;
	char path[48];

	snprintf(path, sizeof(path), "%" PRIu32 "/ns/net", pid);
	if (procfs_stat(path, &space) && ids_add(&h->spaces, (uint32_t)space.stx_ino))
		open_files_ask_sockets(&h->files, pid, h->unasked);
}

/* Adds the cgroup @path, and what it is charged for. */
static void add_cgroup(struct holding *h, const char *path)
{
	struct stat stat;
	bool there;
	char *dir;
	size_t i;

	for (i = 0; i < h->n_groups; i++)
		if (!strcmp(h->groups[i].path, path))
			return;
	dir = cgroup_file(path, ".");
	there = dir && !lstat(dir, &stat);
	free(dir);
	if (!there)
		return;
	h->groups = array_grow(h->groups, h->n_groups, sizeof(*h->groups));
	h->groups[h->n_groups++] = (struct group){
		.known = 1ULL << MEMCENSUS_GROUP_CGROUP, .cgroup = stat.st_ino,
		.path = xstrdup(path), .charges = charges_of_path(path, NULL),
	};
	cgroup_known(&(struct cgroup_place){ .id = stat.st_ino, .path = path });
}

/* Adds the cgroup that @pid is in. */
static void add_cgroup_of(struct holding *h, uint32_t pid)
{
	char *path = cgroup_of_process(pid);

	if (path)
		add_cgroup(h, path);
	free(path);
}

static void add_to_kind(struct held_kind_sum *sums, const struct open_file *file)
{
	struct held_kind_sum *sum = &sums[file->kind];

	sum->kind = file->kind;
	sum->descriptors += file->descriptors;
	sum->files++;
	sum->unknown += !file->bytes.known;
	sum->bytes = known_of(sum->bytes, file->bytes);
	sum->objects = known_of(sum->objects, file->objects);
	sum->most = known_of(sum->most, file->most);
	sum->pinned = known_of(sum->pinned, file->pinned);
	sum->waits += file->waits;
}

static bool has_files(const void *about, const void *row)
{
	(void)about;
	return ((const struct held_kind_sum *)row)->files;
}

/* What descriptors hold is a part of these. */
#define CHARGED	\
	"charged_kernel charged_slab charged_reclaim charged_sock charged_other charged_shmem"
#define CHARGED_TOO	\
	"charged_tables charged_stacks charged_percpu charged_vmalloc charged_zswap"

static void show(struct holding *h, FILE *out)
{
	const struct held_options *own = h->options->own;
	struct held_kind_sum sums[OPEN_KINDS] = { 0 };
	struct open_file *v = xcalloc(h->files.n + 1, sizeof(*v));
	struct snapshot *names = snapshot_new();
	struct report report;
	size_t i;

	for (i = 0; i < h->files.n; i++) {
		v[i] = *h->files.v[i];
		add_to_kind(sums, &v[i]);
	}
	names_live(names);
	report_begin(&report, h->options, names, out);
	if (own->each)
		REPORT(&report,
		       { "files", .chosen = true, .totals = !h->options->raw,
			 .rows = ROWS(v, h->files.n) });
	else
		REPORT(&report,
		       { "kinds", .chosen = true, .totals = !h->options->raw,
			 .filter = has_files, .rows = ROWS(sums, OPEN_KINDS) });
	if (h->n_groups || h->options->json)
		REPORT(&report,
		       { "cgroups", .title = "What their cgroups are charged for",
			 .type = &group_rows, .columns = "cgroup_name " CHARGED,
			 .members = "cgroup cgroup_path cgroup_name charged " CHARGED " "
				    CHARGED_TOO,
			 .rows = ROWS(h->groups, h->n_groups) });
	report_end(&report);
	snapshot_free(names);
	free(v);
}

#define TEXT_OF(number)		#number
#define NUMBER_TEXT(number)	TEXT_OF(number)

/* A file that waits in a socket has no other sign. */
static void note_waits(const struct holding *h)
{
	uint64_t waits = 0;
	size_t i;

	for (i = 0; i < h->files.n; i++)
		waits += h->files.v[i]->waits;
	if (waits)
		fprintf(stderr, "memcensus: %" PRIu64 " descriptors wait in sockets: %s\n", waits,
			"'memcensus share --if-stopped' has a bound of what they hold");
}

/* Whether some descriptors were not read. */
static bool note_unread(const struct holding *h)
{
	static const char *const reasons[UNREADS] = {
		[UNREAD_DENIED] = "run as root (sudo)",
		[UNREAD_TABLES] = "threads have more tables than are read ("
				  NUMBER_TEXT(DESCRIPTORS_TABLES) ")",
		[UNREAD_COMPARE] = "kcmp() does not say which threads have one table",
		[UNREAD_MOST] = "there are too many",
		[UNREAD_FAILED] = "/proc cannot be read",
	};
	bool any = false;
	size_t i;

	for (i = UNREAD_NONE + 1; i < UNREADS; i++) {
		if (!h->unread[i])
			continue;
		any = true;
		fprintf(stderr,
			"memcensus: the descriptors of %zu process%s were not all read: %s\n",
			h->unread[i], h->unread[i] == 1 ? "" : "es", reasons[i]);
	}
	return any;
}

static int processes_run(struct session *session, struct failure *why)
{
	const struct held_options *own = session->options->own;
	struct holding h = {
		.options = session->options,
		.files = { .named = own->each, .left = DESCRIPTORS_MOST },
	};
	const int ret = subtree_processes(&h.pids, session->options, why);
	size_t i;

	for (i = 0; !ret && i < h.pids.n; i++) {
		h.unread[open_files_add(&h.files, (uint32_t)h.pids.v[i])]++;
		add_cgroup_of(&h, (uint32_t)h.pids.v[i]);
	}
	for (i = 0; !ret && i < h.pids.n; i++)
		ask_sockets(&h, (uint32_t)h.pids.v[i]);
	if (!ret) {
		show(&h, session->out);
		fflush(session->out);
	}
	note_waits(&h);
	session->partial |= note_unread(&h);
	for (i = 0; i < SOCKETS_OTHER; i++) {
		if (h.unasked[i].kind == FAIL_NONE)
			continue;
		fprintf(stderr, "memcensus: %s\n", h.unasked[i].text);
		session->partial = true;
	}
	descriptors_note();
	for (i = 0; i < h.n_groups; i++)
		free((char *)h.groups[i].path);
	free(h.groups);
	ids_free(&h.pids);
	ids_free(&h.spaces);
	open_files_free(&h.files);
	return ret;
}

static size_t files_asked(const struct options *options)
{
	if (!options->has_top)
		return FILES_SHOWN;
	return options->top && options->top < FILES_MOST ? options->top : FILES_MOST;
}

static int held_run(struct session *session, struct failure *why)
{
	const struct held_options *own = session->options->own;

	if (!own->files)
		return processes_run(session, why);
	held_files_show(session, files_asked(session->options));
	return 0;
}

static const struct rows each_rows = {
	&open_file_rows, "kind,pid,fd,descriptors,held,bytes,objects,most,name", "held"
};

static const struct rows files_rows = {
	&memory_file_rows, "kind,uid,held,memory,swap,attached,name", "held"
};

static int held_words(struct options *options, char **words, int n, struct failure *why)
{
	const struct held_options *own = options->own;

	options->no_source = true;
	options->rows = own->each ? &each_rows : own->files ? &files_rows : NULL;
	return own->files ? options_none(options, words, n, why) :
			    options_processes(options, words, n, why);
}

static const struct option_entry option_each_file = {
	0, "each", NULL, "a row for each open file", OWN(FLAG, held_options, each) };

static const struct option_entry option_files = {
	0, "files", NULL, "files and segments that need no process: tmpfs, hugetlbfs, System V",
	OWN(FLAG, held_options, files) };

static const struct option_use held_uses[] = {
	USE(pid), USE_CGROUPS, USE(tree), USE(each_file), USE(files),
	USE_AS(top, "with --files: the N largest, 20; 0: all, up to 4096"),
	USE(columns), USE(all), USE(sort), USE(reverse), USE(totals), USE(numeric),
	USE(output), OPTIONS_OF_TABLES,
};

static const struct option_rule held_rules[] = {
	{ .one = &option_files,
	  .others = { &option_each_file, &option_pid, &option_cgroup, &option_tree } },
	{ .one = &option_top, .others = { &option_files }, .needs = "'--files'" },
	{ }
};

const struct command held_command = {
	.name = "held",
	.words = held_words,
	.about =
	"Prints what processes hold by their descriptors and not by a mapping, by kind: what is\n"
	"in pipes and in the queues of sockets, memfds and deleted files, rings of io_uring, BPF\n"
	"maps, DMA-BUFs, and the kernel's objects for all of these. What several descriptors or\n"
	"processes have counts once. The largest is last. PIDs, --cgroup and --tree add up.\n"
	"Amounts are in KiB; what is unknown is -.\n"
	"\n"
	"Below is what the cgroups of these processes are charged for: their slab is mostly\n"
	"objects, charged_sock and charged_other are mostly bytes. A cgroup is also charged for\n"
	"what has no descriptor: tasks, a connection that was not accepted, a descriptor that\n"
	"waits in a socket.\n"
	"\n"
	"--each has a row for each open file, with a process and a descriptor that have it.\n"
	"\n"
	"--files has what needs no process: the largest files of each tmpfs and hugetlbfs that is\n"
	"mounted here, and System V segments, in memory and in swap; then these file systems with\n"
	"their size and use. Of a file system it looks at 65536 entries, of all at 524288.\n"
	"\n"
	"It needs no module. Sizes of objects need root, as other users' processes do. It opens\n"
	"each pipe for a moment, the same end as the process.\n"
	"\n"
	"Examples:\n"
	"  memcensus held $(pidof nginx | tr ' ' ,) -k      what its descriptors hold\n"
	"  memcensus held --cgroup /system.slice/nginx.service -k  the same of a service\n"
	"  memcensus held 4711 --each | tail                the largest ones\n"
	"  memcensus held --files -k                        who has the swap, and hugetlb pages\n",
	.options = held_uses,
	.rules = held_rules,
	.own_size = sizeof(struct held_options),
	.rows = {
		&open_kind_rows, "kind,descriptors,files,held,bytes,objects,most,unknown", "held"
	},
	.further = (const struct further_rows[]){ { "--each", &open_file_rows },
					      { "--files", &memory_file_rows }, { } },
	.adds_processes = true,
	.run = held_run,
};
