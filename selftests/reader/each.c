// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus share --if-stopped -g`: a row for each group, of one census, has the numbers that
 * `--if-stopped` has for this group alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "selftest.h"

#define ROOT		"/sys/fs/cgroup"
#define TOP		"/memcensus-each"
#define FILES		"/tmp/memcensus-each-files"
#define RW		(PROT_READ | PROT_WRITE)
#define MIB_PAGES	((1UL << 20) / PAGE)
/* Columns of both, in the same order. */
#define COLUMNS		23
#define LINES		64

/* MiB of two files: more than a library that a VM has in a tmpfs. */
#define NAMED		20UL
#define KEPT		16UL
/* MiB of a file that a process maps and does not touch. */
#define ASLEEP		88UL

enum { ALL, ONE, TWO, THREE, N_CGROUPS };

/* Each after the one above it. */
static const char *const cgroups[N_CGROUPS] = {
	[ALL] = TOP, [ONE] = TOP "/one", [TWO] = TOP "/two", [THREE] = TOP "/three",
};

/*
 * Files without a name: @alone is open in ONE and not mapped; @brothers is mapped by ONE and TWO;
 * @kept is mapped by THREE, and the test has it open.  @named is in a directory, mapped by TWO.
 * @asleep is mapped by ONE, and by THREE, which touches no page of it.
 */
struct files {
	int alone, brothers, kept, named, asleep;
};

FIXTURE(each)
{
	pid_t pids[N_CGROUPS];
	struct files files;
	char text[LINES][256];
	unsigned int lines;
};

static void move_to(const char *cgroup)
{
	char path[128];

	snprintf(path, sizeof(path), ROOT "%s", cgroup);
	need(enter_cgroup(path), path);
}

static void map_file(unsigned int place, int fd, unsigned long pages)
{
	write_pages(map(PLACE(place), pages * PAGE, RW, MAP_SHARED, fd, 0), pages);
}

/* Takes @private pages of its own and becomes a member of a cgroup. */
static void be(unsigned int cgroup, const char *comm, unsigned long private)
{
	move_to(cgroups[cgroup]);
	prctl(PR_SET_NAME, comm);
	write_pages(map_private(PLACE(0), private * PAGE), private);
}

static void stay(void *arg)
{
	(void)arg;
}

static void be_one(void *arg)
{
	const struct files *files = arg;

	be(ONE, "each-one", 2 * MIB_PAGES);
	map_file(1, files->brothers, 4 * MIB_PAGES);
	map_file(2, files->asleep, ASLEEP * MIB_PAGES);
	/* A child has what it copied, and its parent the rest. */
	need(child_start(stay, NULL) > 0, "child");
	close(files->brothers);
	close(files->kept);
	close(files->named);
	close(files->asleep);
}

static void be_two(void *arg)
{
	const struct files *files = arg;

	be(TWO, "each-two", MIB_PAGES);
	map_file(1, files->brothers, 2 * MIB_PAGES);
	map_file(2, files->named, NAMED * MIB_PAGES);
	close(files->alone);
	close(files->kept);
	close(files->asleep);
}

static void be_three(void *arg)
{
	const struct files *files = arg;

	be(THREE, "each-three", MIB_PAGES / 2);
	map_file(1, files->kept, KEPT * MIB_PAGES);
	map(PLACE(2), ASLEEP * MIB_PAGES * PAGE, RW, MAP_SHARED, files->asleep, 0);
	close(files->alone);
	close(files->brothers);
	close(files->named);
	close(files->asleep);
}

static void fill(int fd, unsigned long pages)
{
	char *at = mmap(NULL, pages * PAGE, RW, MAP_SHARED, fd, 0);

	need(at != MAP_FAILED, "mmap");
	write_pages(at, pages);
	munmap(at, pages * PAGE);
}

static void drop_cgroups(void)
{
	unsigned int i, tries;
	char path[128];

	for (i = N_CGROUPS; i-- > 0; ) {
		snprintf(path, sizeof(path), ROOT "%s", cgroups[i]);
		for (tries = 1000; rmdir(path) && errno == EBUSY && tries--; )
			sleep_ms(10);
	}
}

FIXTURE_SETUP(each)
{
	static void (*const body[N_CGROUPS])(void *) = {
		[ONE] = be_one, [TWO] = be_two, [THREE] = be_three };
	char path[128];
	unsigned int i;

	memset(self, 0, sizeof(*self));
	for (i = 0; i < N_CGROUPS; i++) {
		snprintf(path, sizeof(path), ROOT "%s", cgroups[i]);
		ASSERT_EQ(0, mkdir(path, 0700)) TH_LOG("%s: %s", path, strerror(errno));
	}
	mkdir(FILES, 0700);
	ASSERT_EQ(0, mount("none", FILES, "tmpfs", 0, NULL));
	self->files.alone = memfd("each-alone", 6 * MIB_PAGES);
	self->files.brothers = memfd("each-brothers", 4 * MIB_PAGES);
	self->files.kept = memfd("each-kept", KEPT * MIB_PAGES);
	self->files.asleep = memfd("each-asleep", ASLEEP * MIB_PAGES);
	self->files.named = open(FILES "/named", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ASSERT_EQ(0, ftruncate(self->files.named, NAMED * MIB_PAGES * PAGE));
	fill(self->files.alone, 6 * MIB_PAGES);
	for (i = ONE; i < N_CGROUPS; i++) {
		self->pids[i] = child_start(body[i], &self->files);
		ASSERT_LT(0, self->pids[i]);
	}
	close(self->files.alone);
	close(self->files.brothers);
	close(self->files.named);
	close(self->files.asleep);
}

FIXTURE_TEARDOWN(each)
{
	unsigned int i;

	for (i = ONE; i < N_CGROUPS; i++)
		if (self->pids[i])
			child_end(self->pids[i]);
	umount(FILES);
	rmdir(FILES);
	drop_cgroups();
}

/* The lines of a command. */
static void run(struct _test_data_each *self, const char *options)
{
	char command[400];
	size_t len;
	FILE *out;

	snprintf(command, sizeof(command), "memcensus share --raw -H --if-stopped %s", options);
	out = popen(command, "r");
	need(out, command);
	for (self->lines = 0; self->lines < LINES &&
	     fgets(self->text[self->lines], sizeof(self->text[0]), out); self->lines++) {
		len = strcspn(self->text[self->lines], "\n");
		self->text[self->lines][len] = '\0';
	}
	if (pclose(out))
		diag("'%s' failed", command);
}

/* Splits @line at blanks into at most @most words.  Returns their number. */
static unsigned int words_of(char *line, char **words, unsigned int most)
{
	unsigned int n = 0;
	char *word;

	for (word = strtok(line, " "); word && n < most; word = strtok(NULL, " "))
		words[n++] = word;
	return n;
}

/* The words of the row of @group; 0: there is none. */
static unsigned int row_of(struct _test_data_each *self, const char *group, char **words)
{
	const size_t len = strlen(group);
	unsigned int i;

	for (i = 0; i < self->lines; i++)
		if (!strncmp(self->text[i], group, len) && self->text[i][len] == ' ')
			return words_of(self->text[i], words, COLUMNS + 5);
	return 0;
}

/* @by: of --by; @options: what --if-stopped is asked of the same processes */
static void compare(struct __test_metadata *_metadata, struct _test_data_each *self,
		    const char *by, const char *group, const char *options)
{
	static char copies[COLUMNS + 5][sizeof(self->text[0])];
	char *row[COLUMNS + 5], *of_one[2], command[64];
	unsigned int i, n, turn;

	snprintf(command, sizeof(command), "-a --by %s", by);
	/*
	 * This process has pages in common with its children until it writes them.  In the second
	 * turn it has written all that it writes here.
	 */
	for (turn = 0; turn < 2; turn++) {
		run(self, command);
		n = row_of(self, group, row);
		ASSERT_LE(COLUMNS + 2, n) TH_LOG("no row of '%s'", group);
		for (i = 0; i < n; i++)
			strcpy(copies[i], row[i]);
		run(self, options);
	}
	ASSERT_LE(COLUMNS, self->lines);
	for (i = 0; i < COLUMNS; i++) {
		ASSERT_EQ(2, words_of(self->text[i], of_one, 2));
		/* Parts of huge pages that nothing maps are the machine's, at that time. */
		if (strcmp(of_one[0], "huge_parts"))
			EXPECT_STREQ(of_one[1], copies[i + 2])
				TH_LOG("%s: %s", group, of_one[0]);
	}
}

#define COMPARE(by, group, options)	compare(_metadata, self, by, group, options)

TEST_F_TIMEOUT(each, by_cgroup, 300)
{
	char options[64];
	unsigned int i;

	for (i = 0; i < N_CGROUPS; i++) {
		snprintf(options, sizeof(options), "--cgroup %s", cgroups[i]);
		COMPARE("cgroup", cgroups[i], options);
	}
}

TEST_F_TIMEOUT(each, by_command, 300)
{
	char options[64];

	snprintf(options, sizeof(options), "%d", self->pids[TWO]);
	COMPARE("command", "each-two", options);
}

TEST_F_TIMEOUT(each, by_tree, 300)
{
	char options[64];

	snprintf(options, sizeof(options), "--tree %d", self->pids[ONE]);
	COMPARE("tree", "each-one", options);
}

/* What comes back, what stays and why, from what the files are. */
TEST_F_TIMEOUT(each, amounts, 300)
{
	char *row[COLUMNS + 5];
	static const struct {
		unsigned long shmem, kept;
		const char *why;
	} expected[N_CGROUPS] = {
		[ALL] = { 10 + ASLEEP, NAMED + KEPT, "named" },
		[ONE] = { 6, 2 + ASLEEP, "held" },
		[TWO] = { 0, NAMED, "named" }, [THREE] = { 0, KEPT, "held" },
	};
	char shmem[32], kept[32];
	unsigned int i;

	for (i = 0; i < N_CGROUPS; i++) {
		run(self, "-g -c group,shmem,kept_shmem,why");
		ASSERT_EQ(4, row_of(self, cgroups[i], row)) TH_LOG("no row of %s", cgroups[i]);
		snprintf(shmem, sizeof(shmem), "%lu", expected[i].shmem << 10);
		snprintf(kept, sizeof(kept), "%lu", expected[i].kept << 10);
		EXPECT_STREQ(shmem, row[1]);
		EXPECT_STREQ(kept, row[2]);
		EXPECT_STREQ(expected[i].why, row[3]);
	}
	/* Two by a comma: only these have a row, the largest first. */
	run(self, "-g --cgroup " TOP "/two," TOP "/one -c group");
	ASSERT_EQ(2, self->lines);
	EXPECT_STREQ(TOP "/one", self->text[0]);
	EXPECT_STREQ(TOP "/two", self->text[1]);
	/* Together they give back what only both have. */
	run(self, "--cgroup " TOP "/two," TOP "/one");
	ASSERT_LE(COLUMNS, self->lines);
	EXPECT_STREQ("shmem 10240", self->text[5]);
}

TEST_HARNESS_MAIN
