// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus -g` where the kernel charges otherwise than it mostly does: huge pages of hugetlb
 * too (mount option memory_hugetlb_accounting), or nothing at all (cgroup_disable=memory on the
 * kernel's command line, with which vm/shapes boots a machine for this test).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "json.h"
#include "selftest.h"

#define ROOT	"/sys/fs/cgroup"
#define APP	"/memcensus-accounted"
#define TEXT	65536

/* Huge pages, and small ones of a process whose memory is not charged. */
#define PAGES	20
#define PRIVATE	5000

/* What a process has beside these. */
#define BESIDE	(4L << 20)

/* What the reader prints with @words; its status. */
static int reader(const char *words, char *text)
{
	char command[256];

	snprintf(command, sizeof(command), "memcensus %s", words);
	return WEXITSTATUS(command_output(command, text, TEXT));
}

static void touch_huge(void *arg)
{
	char *at;
	int i;

	need(enter_cgroup(ROOT APP), ROOT APP);
	at = mmap(PLACE(0), PAGES * HUGE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_HUGETLB | MAP_HUGE_SIZE(HUGE), -1,
		  0);
	need(at != MAP_FAILED, "huge pages");
	for (i = 0; i < PAGES; i++)
		at[i * HUGE] = 1;
}

static void touch_private(void *arg)
{
	need(enter_cgroup(ROOT APP), ROOT APP);
	write_pages(map_private(PLACE(0), PRIVATE * PAGE), PRIVATE);
}

static bool remount(const char *options)
{
	return !mount(NULL, ROOT, NULL, MS_REMOUNT, options);
}

static bool has_line(const char *path, const char *key)
{
	FILE *file = fopen(path, "re");
	char line[256];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, key, strlen(key));
	if (file)
		fclose(file);
	return found;
}

FIXTURE(accounted)
{
	pid_t pid;
	long pool;
	char text[TEXT];
};

FIXTURE_SETUP(accounted)
{
	memset(self, 0, sizeof(*self));
	self->pool = read_number(huge_pool(HUGE, "nr_hugepages"));
	write_file(ROOT "/cgroup.subtree_control", "+memory");
	mkdir(ROOT APP, 0700);
}

FIXTURE_TEARDOWN(accounted)
{
	char number[32];

	if (self->pid > 0)
		child_end(self->pid);
	snprintf(number, sizeof(number), "%ld", self->pool);
	write_file(huge_pool(HUGE, "nr_hugepages"), number);
	rmdir(ROOT APP);
}

/* They are a part of what is charged by its own name, and of no other part. */
TEST_F(accounted, hugetlb)
{
	static const char *const parts[] = {
		"charged_anon", "charged_file", "charged_shmem", "charged_kernel", "charged_sock",
		"charged_hugetlb", "charged_rest" };
	int64_t sum = 0;
	char number[32];
	const char *row;
	size_t i;

	if (access(ROOT APP "/memory.stat", R_OK))
		SKIP(return, "no memory controller in cgroups of version 2");
	snprintf(number, sizeof(number), "%ld", self->pool + PAGES);
	write_file(huge_pool(HUGE, "nr_hugepages"), number);
	if (read_number(huge_pool(HUGE, "nr_hugepages")) != self->pool + PAGES)
		SKIP(return, "no memory for %d huge pages", PAGES);
	/* The VM mounts it without options, which this resets. */
	if (!remount("memory_hugetlb_accounting"))
		SKIP(return, "no mount option memory_hugetlb_accounting: %s", strerror(errno));
	/* It is there with the option only. */
	if (!has_line(ROOT APP "/memory.stat", "hugetlb ")) {
		EXPECT_TRUE(remount(""));
		SKIP(return, "the kernel has no hugetlb in memory.stat (since 6.13)");
	}
	self->pid = child_start(touch_huge, NULL);
	EXPECT_EQ(0, reader("-g -J --cgroup " APP, self->text));
	EXPECT_TRUE(remount(""));
	ASSERT_LT(0, self->pid);
	row = strstr(self->text, "\"cgroup_path\":\"" APP "\"");
	ASSERT_NE(NULL, row) TH_LOG("it says\n%s", self->text);
	EXPECT_EQ((int64_t)(PAGES * HUGE), json_number(row, "charged_hugetlb"));
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		sum += json_number(row, parts[i]);
	EXPECT_EQ(json_number(row, "charged"), sum) TH_LOG("it says\n%s", row);
	EXPECT_LE((int64_t)(PAGES * HUGE), sum);
	EXPECT_GT(BESIDE, sum - (int64_t)(PAGES * HUGE)) TH_LOG("it says\n%s", row);
	EXPECT_GT(BESIDE, json_number(row, "charged_kernel"));
}

/* What is charged is unknown and not 0, which one line says; what the census counts stays. */
TEST_F(accounted, switched_off)
{
	const char *row;

	if (system("grep -qw cgroup_disable=memory /proc/cmdline"))
		SKIP(return, "the kernel was not started with cgroup_disable=memory");
	self->pid = child_start(touch_private, NULL);
	ASSERT_LT(0, self->pid);
	EXPECT_EQ(0, reader("-g -J --cgroup " APP " 2>/tmp/memcensus-accounted", self->text));
	row = strstr(self->text, "\"cgroup_path\":\"" APP "\"");
	ASSERT_NE(NULL, row) TH_LOG("it says\n%s", self->text);
	EXPECT_EQ(-1, json_number(row, "charged"));
	EXPECT_EQ(-1, json_number(row, "charged_kernel"));
	EXPECT_EQ(-1, json_number(row, "limit"));
	EXPECT_LE((int64_t)(PRIVATE * PAGE), json_number(row, "uss"));
	EXPECT_GT((int64_t)(PRIVATE * PAGE) + BESIDE, json_number(row, "uss"));
	EXPECT_TRUE(has_line("/tmp/memcensus-accounted",
			     "memcensus: what cgroups are charged is unknown: the memory"));
	EXPECT_EQ(0, system("test $(wc -l </tmp/memcensus-accounted) = 1"));
	EXPECT_EQ(0, reader("export -g 2>/dev/null", self->text));
	EXPECT_NE(NULL, strstr(self->text, "\nmemcensus_cgroup_"));
	EXPECT_EQ(NULL, strstr(self->text, "memcensus_cgroup_charged"));
	/* It says that it did not look there. */
	EXPECT_EQ(3, reader("brief 2>/dev/null", self->text));
	EXPECT_NE(NULL, strstr(self->text, "the memory controller of cgroup v2 is not there"))
		TH_LOG("it says\n%s", self->text);
	unlink("/tmp/memcensus-accounted");
}

TEST_HARNESS_MAIN
