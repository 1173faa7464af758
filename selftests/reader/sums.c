// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that needs no process, and where the sums of `memcensus system` have it: files of
 * hugetlbfs and a System V segment that keep huge pages, a file of a tmpfs that is in swap, huge
 * pages of which parts are unmapped.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "json.h"
#include "memory/stopping.h"
#include "memory/zram.h"
#include "selftest.h"

#define RW	(PROT_READ | PROT_WRITE)
#define HERE	"/tmp/memcensus-sums"

/* Huge pages: files of one each, and a segment. */
#define FILES	3
#define SEGMENT	2

/* What the reader prints with @words, valid until the next call; "": it failed. */
static const char *reader(const char *words)
{
	static char text[131072];
	char command[256];
	int status;

	snprintf(command, sizeof(command), "memcensus %s 2>/dev/null", words);
	status = command_output(command, text, sizeof(text));
	/* Other tests may have mounted over a tmpfs: it says so by its status. */
	return WEXITSTATUS(status) && WEXITSTATUS(status) != 3 ? "" : text;
}

static void own_mounts(void)
{
	need(!unshare(CLONE_NEWNS | CLONE_NEWIPC), "unshare");
	need(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
	mkdir(HERE, 0700);
}

/* Whether @text, of --raw, has the row "KIND HELD MEMORY SWAP NAME", in KiB. */
static bool has_row(const char *text, const char *kind, size_t memory, size_t swap,
		    const char *name)
{
	char row[256];

	snprintf(row, sizeof(row), "%s %zu %zu %zu %s\n", kind, (memory + swap) / 1024,
		 memory / 1024, swap / 1024, name);
	return strstr(text, row);
}

static void fill_pool(void *arg)
{
	char name[64];
	char *at;
	int i, fd;

	for (i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), HERE "/file%d", i);
		fd = open(name, O_RDWR | O_CREAT, 0600);
		need(fd >= 0, name);
		*map(PLACE(i), HUGE, RW, MAP_SHARED, fd, 0) = 1;
		close(fd);
	}
	at = shmat(*(int *)arg, NULL, 0);
	need(at != (void *)-1, "shmat");
	for (i = 0; i < SEGMENT; i++)
		at[i * HUGE] = 1;
}

/* When the process has ended, the pool is as empty as before, and each page has a name. */
TEST(hugetlb)
{
	const long before = read_number(huge_pool(HUGE, "nr_hugepages"));
	char number[32], name[64];
	const char *text;
	long used;
	pid_t pid;
	int i, id;

	if (before < 0)
		SKIP(return, "no hugetlb pages");
	own_mounts();
	if (mount("none", HERE, "hugetlbfs", 0, NULL))
		SKIP(return, "no hugetlbfs: %s", strerror(errno));
	used = before - read_number(huge_pool(HUGE, "free_hugepages"));
	snprintf(number, sizeof(number), "%ld", before + FILES + SEGMENT);
	write_file(huge_pool(HUGE, "nr_hugepages"), number);
	id = shmget(IPC_PRIVATE, SEGMENT * HUGE, IPC_CREAT | SHM_HUGETLB | 0600);
	if (id < 0)
		SKIP(return, "no huge pages are free");
	pid = child_start(fill_pool, &id);
	ASSERT_LT(0, pid);
	child_end(pid);
	EXPECT_EQ(used + FILES + SEGMENT, read_number(huge_pool(HUGE, "nr_hugepages")) -
		  read_number(huge_pool(HUGE, "free_hugepages")));
	text = reader("held --files --raw -H -c kind,held,memory,swap,name");
	for (i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), HERE "/file%d", i);
		EXPECT_TRUE(has_row(text, "hugetlbfs", HUGE, 0, name)) TH_LOG("%s", text);
	}
	snprintf(name, sizeof(name), "segment\\x20%d", id);
	EXPECT_TRUE(has_row(text, "segment", SEGMENT * HUGE, 0, name)) TH_LOG("%s", text);
	shmctl(id, IPC_RMID, NULL);
	umount2(HERE, MNT_DETACH);
	snprintf(number, sizeof(number), "%ld", before);
	write_file(huge_pool(HUGE, "nr_hugepages"), number);
}

static void swap_out(void *arg)
{
	const size_t pages = *(size_t *)arg;
	int fd = open(HERE "/file", O_RDWR | O_CREAT, 0600);

	need(fd >= 0 && !ftruncate(fd, (off_t)(pages * PAGE)), HERE);
	write_pages(map(PLACE(0), pages * PAGE, RW, MAP_SHARED, fd, 0), pages);
	page_out(PLACE(0), pages);
}

/* The swap of a file is of no process, and 'held --files' names it. */
TEST(swapped)
{
	/* Linux 6.1 and 6.12 keep so many free slots for each CPU (linux/swap_slots.h). */
	const size_t kept = 2 * 64 * (size_t)sysconf(_SC_NPROCESSORS_ONLN);
	size_t pages = 1000;
	const char *text;
	int64_t others;
	pid_t pid;

	own_mounts();
	ASSERT_EQ(0, mount("none", HERE, "tmpfs", 0, "size=16m,huge=never"));
	NEED_ZRAM();
	text = reader("system -J");
	others = json_number(text, "others");
	pid = child_start(swap_out, &pages);
	ASSERT_LT(0, pid);
	child_end(pid);
	text = reader("held --files --raw -H -c kind,held,memory,swap,name");
	EXPECT_TRUE(has_row(text, "tmpfs", 0, pages * PAGE, HERE "/file")) TH_LOG("%s", text);
	text = reader("system -J");
	EXPECT_LE(others + (int64_t)(pages * PAGE), json_number(text, "others"));
	/* What else was swapped during that is of processes. */
	EXPECT_GE(others + (int64_t)((pages + kept) * PAGE), json_number(text, "others"));
	umount2(HERE, MNT_DETACH);
	EXPECT_TRUE(zram_off());
}

/* Of each huge page an eighth stays mapped. */
static void unmap_parts(void *arg)
{
	const size_t pages = *(size_t *)arg;
	char *at = map_private(PLACE(0), pages * HUGE);
	size_t i;

	need(!madvise(at, pages * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	for (i = 0; i < pages; i++)
		at[i * HUGE] = 1;
	child_stop();
	for (i = 0; i < pages; i++)
		need(!madvise(at + i * HUGE + HUGE / 8, HUGE - HUGE / 8, MADV_DONTNEED), "unmap");
}

static int64_t balance(const char *key)
{
	return json_number(strstr(reader("system -J"), "\"balance\""), key);
}

TEST(parts_of_huge_pages)
{
	size_t pages = 16;
	const int64_t parts = (int64_t)(pages * (HUGE - HUGE / 8));
	int64_t before, rest, after, said, free_before;
	char options[64];
	pid_t pid;

	if (!thp_on())
		SKIP(return, "kernel has no THP");
	pid = child_start(unmap_parts, &pages);
	ASSERT_LT(0, pid);
	before = balance("anon_unmapped");
	rest = balance("unaccounted");
	ASSERT_TRUE(child_next(pid));
	after = balance("anon_unmapped");
	EXPECT_LE(parts - parts / 16, after - before);
	EXPECT_GE(parts + parts / 16, after - before);
	/* They are in no other row. */
	EXPECT_GE(parts / 4, balance("unaccounted") - rest);
	/* Other processes may have such parts as well: a bound. */
	snprintf(options, sizeof(options), "share --if-stopped %d -J", pid);
	said = json_number(strstr(reader(options), "\"if_stopped\""), "huge_parts");
	free_before = stable_memory();
	child_end(pid);
	EXPECT_LE(parts - parts / 16, said);
	EXPECT_GE(after + parts / 16, said);
	EXPECT_LE(parts - parts / 16, stable_memory() - free_before);
}

TEST_HARNESS_MAIN
