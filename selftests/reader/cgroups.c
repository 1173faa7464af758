// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus -g` on cgroups of a known content: two that share memory below one that has a
 * limit, files in a tmpfs that no process maps, and one whose processes have ended.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json.h"
#include "selftest.h"

#define ROOT	"/sys/fs/cgroup"
#define POD	"/memcensus-pod"
#define FILES	"/tmp/memcensus-pod-files"
#define LIMIT	"67108864"

enum { ALL, ONE, TWO, DONE, N_CGROUPS };

/* Each after the one above it. */
static const char *const cgroups[N_CGROUPS] = {
	[ALL] = POD, [ONE] = POD "/one", [TWO] = POD "/two", [DONE] = POD "/done",
};

/* Pages that both members map, and that files have. */
static const unsigned long shared = 300, in_files = 1024;

/* The kernel counts charges by batches for each CPU. */
#define BATCH	(64 * PAGE * sysconf(_SC_NPROCESSORS_ONLN))

/*
 * Pages of the test that both members have by fork are exclusive to them as soon as it
 * writes to them: at most so many.  frames_groups compares each page.
 */
#define FORKED	(16L * PAGE)

struct member {
	const char *cgroup;
	const char *file;
	int fd;
};

/* The numbers of a row; -1: null. */
struct row {
	bool found;
	long mms, uss, pss, charged, charged_shmem, limit, oom_kills;
};

FIXTURE(cgroups)
{
	pid_t one, two;
	struct row rows[N_CGROUPS + 1];
};

static void move_to(const char *cgroup)
{
	char path[128];

	snprintf(path, sizeof(path), ROOT "%s", cgroup);
	need(enter_cgroup(path), path);
}

/* Writes to a file, which stays in the tmpfs. */
static void fill(const char *name)
{
	int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	char page[4096] = "";
	unsigned long i;

	need(fd >= 0, name);
	for (i = 0; i < in_files * PAGE / sizeof(page); i++)
		need(write(fd, page, sizeof(page)) == sizeof(page), name);
	close(fd);
}

static void live(void *arg)
{
	const struct member *member = arg;

	move_to(member->cgroup);
	if (member->file)
		fill(member->file);
	if (member->fd >= 0)
		write_pages(map(PLACE(0), shared * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
				member->fd, 0), shared);
}

/* Does the row in @line have the path @path? */
static bool is_of(const char *line, const char *path)
{
	char name[128];

	snprintf(name, sizeof(name), "\"cgroup_path\":\"%s\"", path);
	return strstr(line, name);
}

/* The rows of cgroups[] and of the root, all of one census, by the reader with @options. */
static void read_rows(const char *options, struct row rows[N_CGROUPS + 1])
{
	char command[200], line[2048];
	unsigned int i;
	FILE *out;

	memset(rows, 0, (N_CGROUPS + 1) * sizeof(*rows));
	snprintf(command, sizeof(command),
		 "memcensus tasks %s -J -c cgroup_path,mms,uss,pss,charged,charged_shmem,limit,oom_kills",
		 options);
	out = popen(command, "r");
	need(out, command);
	while (fgets(line, sizeof(line), out)) {
		for (i = 0; i <= N_CGROUPS; i++) {
			if (!is_of(line, i < N_CGROUPS ? cgroups[i] : "/"))
				continue;
			rows[i] = (struct row){
				.found = true,
				.mms = json_number(line, "mms"),
				.uss = json_number(line, "uss"),
				.pss = json_number(line, "pss"),
				.charged = json_number(line, "charged"),
				.charged_shmem = json_number(line, "charged_shmem"),
				.limit = json_number(line, "limit"),
				.oom_kills = json_number(line, "oom_kills"),
			};
		}
	}
	pclose(out);
}

static void drop_cgroups(void)
{
	unsigned int i, tries;
	char path[128];

	for (i = N_CGROUPS; i-- > 0; ) {
		snprintf(path, sizeof(path), ROOT "%s", cgroups[i]);
		for (tries = 100; rmdir(path) && tries--; )
			sleep_ms(10);
	}
}

FIXTURE_SETUP(cgroups)
{
	struct member one = { POD "/one", FILES "/sleeps", memfd("pod", shared) };
	struct member two = { POD "/two", NULL, one.fd };
	struct member done = { POD "/done", FILES "/stays", -1 };
	char path[128];
	unsigned int i;
	pid_t pid;

	self->one = 0;
	self->two = 0;
	write_file(ROOT "/cgroup.subtree_control", "+memory");
	for (i = 0; i < N_CGROUPS; i++) {
		snprintf(path, sizeof(path), ROOT "%s", cgroups[i]);
		mkdir(path, 0700);
		if (!i)
			write_file(ROOT POD "/cgroup.subtree_control", "+memory");
	}
	if (!write_file(ROOT POD "/memory.max", LIMIT)) {
		drop_cgroups();
		SKIP(return, "no memory controller of version 2");
	}
	mkdir(FILES, 0700);
	ASSERT_EQ(0, mount("none", FILES, "tmpfs", 0, NULL));
	pid = child_start(live, &done);
	ASSERT_LT(0, pid);
	child_end(pid);
	self->one = child_start(live, &one);
	ASSERT_LT(0, self->one);
	self->two = child_start(live, &two);
	ASSERT_LT(0, self->two);
	close(one.fd);
}

FIXTURE_TEARDOWN(cgroups)
{
	if (self->one)
		child_end(self->one);
	if (self->two)
		child_end(self->two);
	umount(FILES);
	drop_cgroups();
}

TEST_F(cgroups, charged)
{
	const long files = in_files * PAGE, all = files + shared * PAGE;
	const struct row *one = &self->rows[ONE], *pod = &self->rows[ALL];

	read_rows("-g", self->rows);
	ASSERT_TRUE(one->found && pod->found);
	EXPECT_EQ(1, one->mms);
	/* The process maps none of the files. */
	EXPECT_GT(files / 4, one->uss);
	EXPECT_LE(files, one->charged);
	EXPECT_LE(all - BATCH, one->charged_shmem);
	EXPECT_GE(all + BATCH, one->charged_shmem);
	EXPECT_EQ(-1, one->limit);
	EXPECT_EQ(0, one->oom_kills);
	EXPECT_EQ(2, pod->mms);
	EXPECT_LE(2 * files, pod->charged);
	EXPECT_EQ(atol(LIMIT), pod->limit);
}

TEST_F(cgroups, without_processes)
{
	const struct row *done = &self->rows[DONE];
	const long files = in_files * PAGE;

	read_rows("-g", self->rows);
	ASSERT_TRUE(done->found);
	EXPECT_EQ(0, done->mms);
	EXPECT_EQ(0, done->uss);
	EXPECT_EQ(0, done->pss);
	EXPECT_LE(files, done->charged);
	EXPECT_LE(files - BATCH, done->charged_shmem);
	EXPECT_GE(files + BATCH, done->charged_shmem);
}

/* What the two share is exclusive to none of them, but to both together. */
TEST_F(cgroups, together)
{
	const struct row *one = &self->rows[ONE], *two = &self->rows[TWO];
	const struct row *pod = &self->rows[ALL], *root = &self->rows[N_CGROUPS];

	read_rows("-g --forest", self->rows);
	ASSERT_TRUE(one->found && two->found && pod->found && root->found);
	EXPECT_LE((long)(shared * PAGE), pod->uss - one->uss - two->uss);
	EXPECT_GE((long)(shared * PAGE) + FORKED, pod->uss - one->uss - two->uss);
	EXPECT_GE(2, labs(pod->pss - one->pss - two->pss));
	EXPECT_LT(pod->pss, root->pss);
	EXPECT_EQ(-1, root->charged);
}

/* The processes of a subtree as one group are its row. */
TEST_F(cgroups, selected)
{
	const struct row *pod = &self->rows[ALL];
	long mms = 0, uss = 0;
	char line[2048];
	FILE *out;

	read_rows("-g --cgroup " POD, self->rows);
	ASSERT_TRUE(pod->found);
	EXPECT_FALSE(self->rows[N_CGROUPS].found);
	out = popen("memcensus tasks --cgroup " POD " --by all -J -c mms,uss", "r");
	ASSERT_NE(NULL, out);
	while (fgets(line, sizeof(line), out))
		if (strstr(line, "\"mms\":") && strstr(line, "\"uss\":")) {
			mms = json_number(line, "mms");
			uss = json_number(line, "uss");
		}
	pclose(out);
	EXPECT_EQ(pod->mms, mms);
	EXPECT_GE(FORKED, labs(pod->uss - uss));
}

/* The number that a shell command prints; -1: none. */
static long number_by(const char *command)
{
	long number = -1;
	FILE *out = popen(command, "r");

	need(out, command);
	if (fscanf(out, "%ld", &number) != 1)
		number = -1;
	pclose(out);
	return number;
}

/* Commands of processes, live and of a record of the subtree, have those of the subtree. */
TEST_F(cgroups, in_other_commands)
{
	static const char mappings[] = "grep -c '^[0-9]*:  '";
	static const char record[] = "/tmp/memcensus-pod.record";
	static const char steady[] = "sed -n 's/.* \\([0-9]*\\) do not grow.*/\\1/p'";
	char command[256];

	unlink(record);
	snprintf(command, sizeof(command), "memcensus map --cgroup " POD " | %s", mappings);
	EXPECT_EQ(2, number_by(command));
	EXPECT_EQ(4, number_by("memcensus --cgroup " POD " 0.1 2 --raw -H | wc -l"));
	snprintf(command, sizeof(command),
		 "memcensus leak --cgroup " POD " --for 0.8 --interval 0.1 | %s", steady);
	EXPECT_EQ(2, number_by(command));
	snprintf(command, sizeof(command),
		 "memcensus record %s --vmas --cgroup " POD " && memcensus -f %s -H | wc -l",
		 record, record);
	EXPECT_EQ(2, number_by(command));
	snprintf(command, sizeof(command), "memcensus map -f %s --cgroup " POD "/one | %s", record,
		 mappings);
	EXPECT_EQ(1, number_by(command));
	unlink(record);
}

/* What `memcensus -g` says of the machine, by a process in a cgroup namespace of its own. */
static void look_from_namespace(void *arg)
{
	static const char says[] = "memcensus -g 2>&1 >/dev/null | grep -c 'cgroup namespace'";
	static const char v1[] = "memcensus -g 2>&1 >/dev/null | grep -c 'cgroups of version 1'";
	long *seen = arg;

	move_to(POD "/one");
	seen[0] = number_by(says);
	need(!unshare(CLONE_NEWCGROUP | CLONE_NEWNS), "unshare");
	need(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
	need(!umount2(ROOT, MNT_DETACH) && !mount("none", ROOT, "cgroup2", 0, NULL), ROOT);
	seen[1] = number_by(says);
	/* As where the hierarchies of version 1 are mounted below a tmpfs. */
	seen[2] = number_by(v1);
	need(!umount2(ROOT, MNT_DETACH) && !mount("none", ROOT, "tmpfs", 0, NULL), ROOT);
	seen[3] = number_by(v1);
}

/* Where cgroups are not told apart by their paths, a line says so. */
TEST_F(cgroups, in_namespace)
{
	long *seen = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	ASSERT_NE(MAP_FAILED, seen);
	pid = child_start(look_from_namespace, seen);
	ASSERT_LT(0, pid);
	EXPECT_EQ(0, seen[0]);
	EXPECT_EQ(1, seen[1]);
	EXPECT_EQ(0, seen[2]);
	EXPECT_EQ(1, seen[3]);
	child_end(pid);
}

TEST_HARNESS_MAIN
