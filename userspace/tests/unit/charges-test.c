// SPDX-License-Identifier: GPL-2.0
/* What is charged to cgroups, read from a tree of files that this test makes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/columns.h"
#include "os/cgroups.h"
#include "os/charges.h"
#include "os/proc-texts.h"
#include "tap.h"

/* Cgroups by number, in the order of creation; a number is also an index of ids[]. */
enum { ROOT, FULL, EMPTY, LATE, NONE, OFF, DIRS };

static const char *const dirs[DIRS] = {
	[ROOT] = "",
	[FULL] = "/a b.slice",
	[EMPTY] = "/a b.slice/done",
	[LATE] = "/late",
	[NONE] = "/none",
	[OFF] = "/off",
};

static const struct {
	unsigned int dir;
	const char *name;
	const char *text;
} files[] = {
	/* The root has no memory.current and no cgroup.events. */
	{ ROOT, "memory.stat", "anon 100\nfile 60\nkernel 7\nshmem 20\n" },
	{ FULL, "memory.current", "1300\n" },
	{ FULL, "memory.stat",
	  "anon 300\nfile 900\nkernel 50\nkernel_stack 9\npagetables 6\nsec_pagetables 2\n"
	  "percpu 3\nsock 13\nvmalloc 4\nshmem 700\nhugetlb 16\nhugetlb_new 8\nzswap 5\nzswapped 99\ninactive_file 11\n"
	  "slab_reclaimable 7\nslab_unreclaimable 8\nslab 15\n" },
	{ FULL, "memory.swap.current", "0\n" },
	{ FULL, "memory.max", "max\n" },
	{ FULL, "memory.high", "900\n" },
	{ FULL, "memory.events", "low 9\nhigh 4\nmax 6\noom 8\noom_kill 2\noom_group_kill 7\n" },
	{ FULL, "cgroup.stat", "nr_descendants 3\nnr_dying_descendants 12\n" },
	{ FULL, "cgroup.events", "populated 1\nfrozen 0\n" },
	/* No process is in it, but its tmpfs holds memory. */
	{ EMPTY, "memory.current", "700\n" },
	{ EMPTY, "memory.stat", "anon x\nfile 700\nshmem 700\n" },
	{ EMPTY, "memory.max", "4096\n" },
	{ EMPTY, "cgroup.events", "populated 0\nfrozen 0\n" },
	/* A process was started in it after the census. */
	{ LATE, "memory.current", "4096\n" },
	{ LATE, "cgroup.events", "populated 1\n" },
	{ NONE, "memory.current", "0\n" },
	{ NONE, "cgroup.events", "populated 0\n" },
	/* Its parent does not enable the memory controller for it. */
	{ OFF, "cgroup.events", "populated 0\n" },
};

#define FILES	(sizeof(files) / sizeof(files[0]))

static uint64_t ids[DIRS];
static const char *top;

static const char *path_of(unsigned int dir, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s%s%s%s", top, dirs[dir], *name ? "/" : "", name);
	return path;
}

static bool make_tree(void)
{
	unsigned int i;
	struct stat st;
	FILE *file;

	for (i = 0; i < DIRS; i++) {
		if ((i != ROOT && mkdir(path_of(i, ""), 0700)) || stat(path_of(i, ""), &st))
			return false;
		ids[i] = st.st_ino;
	}
	for (i = 0; i < FILES; i++) {
		file = fopen(path_of(files[i].dir, files[i].name), "w");
		if (!file || fputs(files[i].text, file) < 0 || fclose(file))
			return false;
	}
	return true;
}

static void drop_tree(void)
{
	unsigned int i;

	for (i = 0; i < FILES; i++)
		unlink(path_of(files[i].dir, files[i].name));
	for (i = DIRS; i-- > 0; )
		rmdir(path_of(i, ""));
}

static void add_group(struct snapshot *snap, uint64_t id)
{
	struct group *group = row_add(&group_rows, snap);

	group->known = 1ULL << MEMCENSUS_GROUP_CGROUP | 1ULL << MEMCENSUS_GROUP_MMS;
	group->cgroup = id;
	group->mms = 1;
	group->figures.known = 1ULL << MEMCENSUS_F_USS;
	group->figures.v[MEMCENSUS_F_USS] = 136;
}

static const struct group *find(const struct snapshot *snap, uint64_t id)
{
	const struct group *found = NULL;
	size_t i;

	for (i = 0; i < snap->n_groups; i++)
		if (snap->groups[i].cgroup == id)
			found = &snap->groups[i];
	return found;
}

static bool is(const struct group *group, enum charge charge, uint64_t value)
{
	return group && KNOWN(&group->charges, charge) && group->charges.v[charge] == value;
}

static bool lacks(const struct group *group, enum charge charge)
{
	return group && !KNOWN(&group->charges, charge);
}

static void test_live(struct snapshot *snap)
{
	const struct group *group;
	struct group less;
	struct value value;

	add_group(snap, ids[ROOT]);
	add_group(snap, ids[FULL]);
	charges_read(snap, false);
	charges_apply(snap);

	group = find(snap, ids[ROOT]);
	ok(is(group, CHARGE_ANON, 100) && is(group, CHARGE_FILE, 40) &&
	   is(group, CHARGE_SHMEM, 20) && is(group, CHARGE_KERNEL, 7),
	   "the root: of what, shmem not among the files");
	ok(lacks(group, CHARGE_TOTAL) && lacks(group, CHARGE_LIMIT) &&
	   lacks(group, CHARGE_SWAP) && lacks(group, CHARGE_OOM_KILLS),
	   "the root: what has no file is unknown");
	group = find(snap, ids[FULL]);
	ok(is(group, CHARGE_TOTAL, 1300) && is(group, CHARGE_ANON, 300) &&
	   is(group, CHARGE_FILE, 200) && is(group, CHARGE_SHMEM, 700) &&
	   is(group, CHARGE_KERNEL, 50) && is(group, CHARGE_INACTIVE_FILE, 11),
	   "with processes: its charges");
	ok(is(group, CHARGE_SWAP, 0), "0 is known");
	ok(lacks(group, CHARGE_LIMIT), "\"max\" is no limit");
	ok(is(group, CHARGE_OOM_KILLS, 2), "oom_kill, not oom nor oom_group_kill");
	ok(is(group, CHARGE_SOCK, 13), "sockets");
	ok(is(group, CHARGE_SLAB, 15) && is(group, CHARGE_RECLAIMABLE, 7) &&
	   is(group, CHARGE_STACKS, 9) && is(group, CHARGE_PERCPU, 3) &&
	   is(group, CHARGE_VMALLOC, 4) && is(group, CHARGE_ZSWAP, 5),
	   "memory of the kernel by kind, not those whose name begins alike");
	ok(is(group, CHARGE_PAGETABLES, 8), "page tables, also those of guests");
	ok(column_get(column_named(&group_rows, "charged_other"), &(struct view){ .snap = snap },
		      group, &value) && value.number == 50 - 15 - 8 - 9 - 3 - 4 - 5,
	   "what no kind names");
	ok(!column_get(column_named(&group_rows, "charged_rest"), &(struct view){ .snap = snap },
		       find(snap, ids[ROOT]), &value), "no total: no rest");
	ok(!column_get(column_named(&group_rows, "charged_other"), &(struct view){ .snap = snap },
		       find(snap, ids[ROOT]), &value), "not all kinds are known: unknown");
	ok(is(group, CHARGE_HUGETLB, 16), "hugetlb pages, not a key that begins alike");
	ok(column_get(column_named(&group_rows, "charged_rest"), &(struct view){ .snap = snap },
		      group, &value) && value.number == 1300 - 300 - 900 - 50 - 13 - 16,
	   "the rest of what is charged, hugetlb named");
	less = *group;
	less.charges.v[CHARGE_TOTAL] = 1279;
	ok(column_get(column_named(&group_rows, "charged_rest"), &(struct view){ .snap = snap },
		      &less, &value) && !value.number, "the parts are all: no rest");
	less.charges.v[CHARGE_TOTAL] = 1278;
	ok(!column_get(column_named(&group_rows, "charged_rest"), &(struct view){ .snap = snap },
		       &less, &value), "more parts than the whole: unknown, not below 0");
	ok(is(group, CHARGE_HIGH, 900) && is(group, CHARGE_HIGH_EVENTS, 4) &&
	   is(group, CHARGE_LIMIT_EVENTS, 6), "its other limit, and how often each was reached");
	ok(is(group, CHARGE_DYING, 12), "dying cgroups, not those that live");
	ok(group->mms == 1 && group->figures.v[MEMCENSUS_F_USS] == 136, "its figures stay");

	group = find(snap, ids[EMPTY]);
	ok(is(group, CHARGE_TOTAL, 700) && is(group, CHARGE_SHMEM, 700) &&
	   is(group, CHARGE_LIMIT, 4096), "without processes: its charges");
	ok(lacks(group, CHARGE_ANON) && lacks(group, CHARGE_KERNEL) && lacks(group, CHARGE_SOCK) &&
	   lacks(group, CHARGE_HIGH) && lacks(group, CHARGE_DYING),
	   "no number, or no such key: unknown");
	ok(group && KNOWN(group, MEMCENSUS_GROUP_MMS) && !group->mms &&
	   KNOWN(&group->figures, MEMCENSUS_F_USS) && !group->figures.v[MEMCENSUS_F_USS] &&
	   !KNOWN(&group->figures, MEMCENSUS_F_KSM),
	   "without processes: 0 of what the census counts");
	group = find(snap, ids[LATE]);
	ok(is(group, CHARGE_TOTAL, 4096) && !KNOWN(group, MEMCENSUS_GROUP_MMS) &&
	   !group->figures.known, "a process that the census has not seen: unknown");
	ok(!find(snap, ids[NONE]), "nothing is charged: no row");
	ok(!find(snap, ids[OFF]), "no memory controller: no row");
	ok(snap->n_groups == 4, "no other rows");
}

static void add_task(struct snapshot *snap, uint64_t pid, uint64_t cgroup)
{
	struct task *task = row_add(&task_rows, snap);

	task->known = 1ULL << MEMCENSUS_TASK_PID | 1ULL << MEMCENSUS_TASK_CGROUP;
	task->pid = pid;
	task->cgroup = cgroup;
}

/* Of a census that was not by cgroup. */
static void test_ungrouped(void)
{
	struct snapshot *snap = snapshot_new();
	const struct group *group;

	add_task(snap, 1, ids[FULL]);
	add_task(snap, 2, ids[EMPTY]);
	add_task(snap, 3, ids[EMPTY]);
	add_task(snap, 4, 999999999);
	charges_read(snap, true);
	charges_apply(snap);

	group = find(snap, ids[FULL]);
	ok(snap->n_groups == DIRS && is(group, CHARGE_TOTAL, 1300) && is(group, CHARGE_SLAB, 15),
	   "without groups: one for each cgroup");
	ok(lacks(group, CHARGE_OOM_KILLS) && lacks(group, CHARGE_PERCPU) &&
	   lacks(group, CHARGE_DYING),
	   "neither what only columns show is read, nor whether known processes are in it");
	ok(group && group->mms == 3 && find(snap, ids[ROOT])->mms == 3,
	   "its processes, and those below it");
	group = find(snap, ids[EMPTY]);
	ok(group && group->mms == 2 && KNOWN(&snap->tasks[2], MEMCENSUS_TASK_GROUP) &&
	   snap->tasks[2].group == group->id && !KNOWN(&snap->tasks[3], MEMCENSUS_TASK_GROUP),
	   "processes have its number, but one whose cgroup was removed");
	group = find(snap, ids[LATE]);
	ok(group && !KNOWN(group, MEMCENSUS_GROUP_MMS), "a process that was not seen: unknown");
	group = find(snap, ids[NONE]);
	ok(group && KNOWN(group, MEMCENSUS_GROUP_MMS) && !group->mms, "no process");
	snapshot_free(snap);
}

/* What a record has, as a stranger may write it. */
static void test_hostile(void)
{
	struct snapshot *snap = snapshot_new();
	static const char text[] = "\n5\n5 0\n5 x\n5 0 current\n5 0 =1 current= shmem=x\n"
		"5 0 cur=7 currents=8 current=9 current=10\n"
		"6 0 file=1 shmem=2\n7 0 current=99999999999999999999999999";

	add_group(snap, 5);
	add_group(snap, 6);
	proc_texts_add(snap, CHARGES_TEXT, text, sizeof(text));
	charges_apply(snap);
	ok(is(find(snap, 5), CHARGE_TOTAL, 10) && lacks(find(snap, 5), CHARGE_SHMEM),
	   "malformed words are skipped");
	ok(lacks(find(snap, 6), CHARGE_FILE) && is(find(snap, 6), CHARGE_SHMEM, 2),
	   "more shmem than files: files are unknown");
	ok(is(find(snap, 7), CHARGE_TOTAL, UINT64_MAX), "a number that is too large");
	snapshot_free(snap);

	snap = snapshot_new();
	row_add(&group_rows, snap);
	proc_texts_add(snap, CHARGES_TEXT, text, sizeof(text));
	charges_apply(snap);
	ok(snap->n_groups == 1, "groups that are no cgroups get no rows");
	snapshot_free(snap);
}

/* A text has at most 1 MiB in a record. */
static void test_many(void)
{
	struct snapshot *snap = snapshot_new();
	size_t size, i, lines = 0, longest = 0;
	char path[256], more[300];
	const char *c;

	snprintf(path, sizeof(path), "%s", path_of(OFF, ""));
	for (i = 0; i < 30000; i++) {
		snprintf(more, sizeof(more), "%s/%zu", path, i);
		if (mkdir(more, 0700))
			break;
	}
	charges_read(snap, false);
	for (i = 0; i < snap->n_proc_texts; i++) {
		size = strlen(snap->proc_texts[i].text);
		longest = size > longest ? size : longest;
		for (c = snap->proc_texts[i].text; *c; c++)
			lines += *c == '\n';
	}
	ok(lines == 30000 + DIRS && snap->n_proc_texts > 1 && longest < 1 << 20,
	   "%zu lines in %zu texts of up to %zu bytes", lines, snap->n_proc_texts, longest);
	snapshot_free(snap);
	for (i = 0; i < 30000; i++) {
		snprintf(more, sizeof(more), "%s/%zu", path, i);
		rmdir(more);
	}
}

int main(void)
{
	struct snapshot *snap = snapshot_new();
	char made[] = "/tmp/memcensus-XXXXXX";

	top = mkdtemp(made);
	if (!top || !make_tree())
		return 1;
	cgroups_root(top);
	test_live(snap);
	snapshot_free(snap);
	test_ungrouped();
	test_hostile();
	test_many();
	drop_tree();
	return tap_done();
}
