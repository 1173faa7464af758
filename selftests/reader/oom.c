// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus oom` without a record, by the kernel's log: of a machine most of whose memory is in
 * the pool of hugetlb, what it says adds up and names the pool; of a cgroup that is removed
 * afterwards, its path; of names that look like fields, what they are; and of a memory policy, its
 * node.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json.h"
#include "selftest.h"

#define MIB		((size_t)1 << 20)
#define CGROUP		"/sys/fs/cgroup/"

/* What is left of the machine for a process to take, most of the rest is in the pool. */
#define LEFT		(128 * MIB)
/* Of a cgroup, and what is held in its tmpfs before the process takes more. */
#define LIMIT		(24 * MIB)
#define IN_TMPFS	(6 * MIB)

/* Sets @text to what `memcensus oom -J` says; the caller frees. */
static void read_said(char **text)
{
	FILE *from = popen("memcensus oom -J 2>/dev/null", "r");
	size_t size = 0;

	*text = NULL;
	need(from && getdelim(text, &size, '\0', from) > 0, "memcensus oom -J");
	need(!pclose(from), "memcensus oom -J: status");
}

/* Waits until the newest kill that it knows is of @victim: the log is not written at once. */
static char *said_of(pid_t victim)
{
	char word[64];
	int i;

	snprintf(word, sizeof(word), "\"killed\":[{\"pid\":%d,", victim);
	for (i = 0; i < 100; i++) {
		const char *first;
		char *text;

		read_said(&text);
		first = strstr(text, "\"killed\":[");
		if (first && !strncmp(first, word, strlen(word)))
			return text;
		free(text);
		sleep_ms(100);
	}
	return NULL;
}

/* The row @figure of @array, "memory" or "charged", at the kill, in bytes; -1: unknown. */
static int64_t at_kill(const char *text, const char *array, const char *figure)
{
	char word[64];
	const char *at;

	snprintf(word, sizeof(word), "\"%s\":[", array);
	at = strstr(text, word);
	need(at, word);
	snprintf(word, sizeof(word), "{\"figure\":\"%s\",", figure);
	at = strstr(at, word);
	return at ? json_number(at, "kill") : -1;
}

/* The sum of the rows of "memory" at the kill, without the total. */
static int64_t sum_of_memory(const char *text)
{
	const char *at = strstr(text, "\"memory\":["), *end = strstr(at, "]"), *row;
	int64_t sum = 0, one;

	for (row = at; (row = strstr(row, "{\"figure\":")) && row < end; row++) {
		if (!strncmp(row, "{\"figure\":\"total\"", strlen("{\"figure\":\"total\"")))
			continue;
		one = json_number(row, "kill");
		sum += one > 0 ? one : 0;
	}
	return sum;
}

/* Lets @victim go on until it is killed; false if it ends in another way. */
static bool is_killed(pid_t victim)
{
	int status;

	kill(victim, SIGCONT);
	return waitpid(victim, &status, 0) == victim && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGKILL;
}

static void eat(void *arg)
{
	(void)arg;
	eat_memory(8 * MIB, 0);
}

/* Puts all but LEFT into the pool; returns the size of all pools, in bytes. */
static uint64_t fill_pool(void)
{
	const uint64_t available = meminfo_bytes("MemAvailable");
	char text[32];

	snprintf(text, sizeof(text), "%llu",
		 available > LEFT ? (unsigned long long)(available - LEFT) / HUGE : 0);
	write_file(huge_pool(HUGE, "nr_hugepages"), text);
	return meminfo_bytes("Hugetlb");
}

/* The pool is what the kernel says it is; the total is MemTotal, and the sum of the rows. */
TEST(of_a_machine_whose_memory_is_in_the_pool)
{
	const uint64_t total = meminfo_bytes("MemTotal");
	uint64_t pool;
	pid_t victim;
	char *text;
	bool killed;

	if (access(huge_pool(HUGE, "nr_hugepages"), W_OK))
		SKIP(return, "kernel has no hugetlb");
	victim = child_start(eat, NULL);
	ASSERT_LT(0, victim);
	pool = fill_pool();
	EXPECT_LT(total / 3, pool);
	killed = is_killed(victim);
	write_file(huge_pool(HUGE, "nr_hugepages"), "0");
	ASSERT_TRUE(killed);
	text = said_of(victim);
	ASSERT_NE(NULL, text);
	EXPECT_NE(NULL, strstr(text, "\"scope\":\"machine\""));
	EXPECT_EQ(pool, at_kill(text, "memory", "hugetlb"));
	EXPECT_EQ(total, at_kill(text, "memory", "total"));
	EXPECT_EQ(total, sum_of_memory(text));
	/* Counters of each processor lag. */
	EXPECT_LT(LEFT / 4, at_kill(text, "memory", "anon"));
	EXPECT_GT(total / 8, at_kill(text, "memory", "rest"))
		TH_LOG("%.2000s", strstr(text, "\"memory\":"));
	diag("%llu KiB, of which the pool has %llu and rest %llu", (unsigned long long)total >> 10,
	     (unsigned long long)pool >> 10,
	     (unsigned long long)at_kill(text, "memory", "rest") >> 10);
	free(text);
}

/* Names that look like the fields and the words behind them */
#define TOP		CGROUP "gone,task=x"
#define INNER		TOP "/pid=1,uid=0"
#define NAME		") total-vm:1kB,"

static void eat_in_cgroup(void *arg)
{
	char page[1 << 16] = "x";
	int fd = syscall(SYS_memfd_create, "tmpfs", 0);
	size_t i;

	(void)arg;
	need(enter_cgroup(INNER), INNER);
	need(!prctl(PR_SET_NAME, NAME), "name");
	for (i = 0; i < IN_TMPFS; i += sizeof(page))
		need(write(fd, page, sizeof(page)) == sizeof(page), "memfd");
	eat_memory(MIB, 0);
}

/* What was charged is the limit, and the sum of its kinds; tmpfs is apart. */
TEST(of_a_cgroup_that_is_gone)
{
	int64_t charged, anon, shmem, file, kernel, sock, rest;
	pid_t victim;
	char *text;

	if (!limit_cgroup(TOP, "memory.max", LIMIT))
		SKIP(return, "kernel has no memory cgroups");
	ASSERT_TRUE(write_file(TOP "/cgroup.subtree_control", "+memory"));
	ASSERT_EQ(0, mkdir(INNER, 0755));
	victim = child_start(eat_in_cgroup, NULL);
	ASSERT_LT(0, victim);
	ASSERT_TRUE(is_killed(victim));
	EXPECT_EQ(0, rmdir(INNER));
	EXPECT_EQ(0, rmdir(TOP));
	text = said_of(victim);
	ASSERT_NE(NULL, text);
	EXPECT_NE(NULL, strstr(text, "\"scope\":\"cgroup\""));
	EXPECT_NE(NULL, strstr(text, "\"limited_path\":\"/gone,task=x\""));
	EXPECT_NE(NULL, strstr(text, "\"cgroup_path\":\"/gone,task=x/pid=1,uid=0\""));
	EXPECT_NE(NULL, strstr(text, "\"caller_comm\":\"" NAME "\""));
	EXPECT_NE(NULL, strstr(text, ",\"comm\":\"" NAME "\""));
	EXPECT_EQ(LIMIT, at_kill(text, "charged", "limit"));
	charged = at_kill(text, "charged", "charged");
	anon = at_kill(text, "charged", "anon");
	shmem = at_kill(text, "charged", "shmem");
	file = at_kill(text, "charged", "file");
	kernel = at_kill(text, "charged", "kernel");
	sock = at_kill(text, "charged", "sock");
	rest = at_kill(text, "charged", "rest");
	diag("charged %lld: anon %lld shmem %lld file %lld kernel %lld rest %lld",
	     (long long)charged, (long long)anon, (long long)shmem, (long long)file,
	     (long long)kernel, (long long)rest);
	EXPECT_EQ(charged, anon + shmem + file + kernel + sock + rest);
	/* A page may be charged to a processor, not yet to the counter that was printed. */
	EXPECT_LE(LIMIT - 2 * MIB, charged);
	EXPECT_LE(IN_TMPFS - MIB, shmem);
	EXPECT_GE(IN_TMPFS + MIB, shmem);
	EXPECT_LT(LIMIT / 2, anon);
	EXPECT_GT(2 * MIB, rest);
	free(text);
}

static void eat_on_node_0(void *arg)
{
	const unsigned long mask = 1;

	(void)arg;
	need(!syscall(SYS_set_mempolicy, 2 /* MPOL_BIND */, &mask, 8 * sizeof(mask)), "policy");
	eat_memory(8 * MIB, 0);
}

/* Only the memory of node 0 ran out, and only that is shown. */
TEST(of_a_memory_policy)
{
	const uint64_t total = meminfo_bytes("MemTotal");
	pid_t victim;
	char *text;

	if (access("/sys/devices/system/node/node1/meminfo", R_OK))
		SKIP(return, "machine has one NUMA node");
	victim = child_start(eat_on_node_0, NULL);
	ASSERT_LT(0, victim);
	ASSERT_TRUE(is_killed(victim));
	text = said_of(victim);
	ASSERT_NE(NULL, text);
	EXPECT_NE(NULL, strstr(text, "\"scope\":\"nodes\",\"nodes\":\"0\""));
	EXPECT_LT(0, at_kill(text, "memory", "total"));
	EXPECT_GT(total, at_kill(text, "memory", "total"));
	EXPECT_EQ(at_kill(text, "memory", "total"), sum_of_memory(text));
	free(text);
}

TEST_HARNESS_MAIN
