// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of a process by NUMA node: what the reader has of numa_maps is what this test has put on
 * each node, in an amount that no other node has.  With one node, all is there; vm/shapes runs this
 * on machines with several.
 */
#include <linux/mempolicy.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "selftest.h"

#define NODES_MAX	64
#define RW		(PROT_READ | PROT_WRITE)
#define NODE_SYS	"/sys/devices/system/node/"

/* Pages on the node with index i among those with memory: so many times i + 1. */
#define PRIVATE		1000
#define SHARED		300

static unsigned int nodes[NODES_MAX], n_nodes;

/* The nodes with memory. */
static void find_nodes(void)
{
	char path[64], line[128];
	unsigned int node;
	unsigned long kib;
	FILE *file;

	for (node = 0; node < NODES_MAX; node++) {
		snprintf(path, sizeof(path), NODE_SYS "node%u/meminfo", node);
		file = fopen(path, "r");
		if (!file)
			continue;
		if (fgets(line, sizeof(line), file) &&
		    sscanf(line, "Node %*u MemTotal: %lu", &kib) == 1 && kib > 65536)
			nodes[n_nodes++] = node;
		fclose(file);
	}
}

static void bind_to(unsigned int node)
{
	unsigned long mask = 1UL << node;

	need(!syscall(SYS_set_mempolicy, MPOL_BIND, &mask, NODES_MAX), "set_mempolicy");
}

/* numa_maps leaves out pages of the kernel's image, which RSS counts: so they are unmapped. */
static void drop_vdso(void)
{
	unsigned long start[4], end[4], n = 0;
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "r");

	need(maps, "maps");
	while (n < 4 && fgets(line, sizeof(line), maps))
		if (strstr(line, "[vdso]") &&
		    sscanf(line, "%lx-%lx", &start[n], &end[n]) == 2)
			n++;
	fclose(maps);
	while (n--)
		need(!munmap((void *)start[n], end[n] - start[n]), "munmap");
}

/* Which hugetlb pages the child has got: bit i is of the node with index i. */
static unsigned long *huge;

static void have_all(void *arg)
{
	unsigned int i;
	char *at;

	drop_vdso();
	for (i = 0; i < n_nodes; i++) {
		bind_to(nodes[i]);
		write_pages(map_private(PLACE(i), PRIVATE * (i + 1) * PAGE), PRIVATE * (i + 1));
		write_pages(map_shared(PLACE(NODES_MAX + i), SHARED * (i + 1) * PAGE),
			    SHARED * (i + 1));
		at = mmap(PLACE(2 * NODES_MAX + i), HUGE, RW, MAP_PRIVATE | MAP_ANONYMOUS |
			  MAP_FIXED | MAP_HUGETLB | MAP_HUGE_SIZE(HUGE), -1, 0);
		if (at == MAP_FAILED)
			continue;
		at[0] = 1;
		*huge |= 1UL << i;
	}
}

static const char *pool_of(unsigned int node)
{
	static char path[128];

	snprintf(path, sizeof(path), NODE_SYS "node%u/hugepages/hugepages-%zukB/nr_hugepages",
		 node, HUGE >> 10);
	return path;
}

static void set_pool(unsigned int node, long pages)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", pages);
	write_file(pool_of(node), text);
}

FIXTURE(nodes)
{
	pid_t pid;
	long before[NODES_MAX];
};

FIXTURE_SETUP(nodes)
{
	unsigned int i;

	if (access("/proc/self/numa_maps", R_OK))
		SKIP(return, "kernel has no numa_maps");
	find_nodes();
	ASSERT_LT(0, n_nodes);
	for (i = 0; i < n_nodes; i++) {
		self->before[i] = read_number(pool_of(nodes[i]));
		set_pool(nodes[i], self->before[i] + 1);
	}
	huge = (void *)map(PLACE(200), PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	self->pid = child_start(have_all, NULL);
	ASSERT_LT(0, self->pid);
	diag("%u nodes with memory, hugetlb pages on nodes %#lx of them", n_nodes, *huge);
}

FIXTURE_TEARDOWN(nodes)
{
	unsigned int i;

	if (self->pid)
		child_end(self->pid);
	for (i = 0; i < n_nodes; i++)
		if (self->before[i] >= 0)
			set_pool(nodes[i], self->before[i]);
}

/* The bytes that a command prints for a column, and the other words of the line in @rest. */
static long long ask(pid_t pid, const char *columns, char *rest, size_t size)
{
	char command[200], line[512] = "";
	long long bytes = -1;
	FILE *from;
	int n = 0;

	snprintf(command, sizeof(command), "memcensus --pid %d --raw -H -c %s", pid, columns);
	from = popen(command, "r");
	need(from, "popen");
	if (fgets(line, sizeof(line), from) && sscanf(line, "%lld%n", &bytes, &n) == 1 && rest)
		snprintf(rest, size, "%.*s", (int)strcspn(line + n, "\n"), line + n);
	while (fgets(line, sizeof(line), from))
		;
	need(!pclose(from), command);
	return bytes < 0 ? bytes : bytes * 1024;
}

static long long on_node(char letter, pid_t pid, unsigned int node)
{
	char column[16];

	snprintf(column, sizeof(column), "%c%u", letter, node);
	return ask(pid, column, NULL, 0);
}

TEST_F(nodes, each)
{
	long long rss, there, sum = 0;
	unsigned int i;

	if (!self->pid)
		return;
	rss = ask(self->pid, "rss", NULL, 0);
	for (i = 0; i < n_nodes; i++) {
		const long long put = (long long)(PRIVATE + SHARED) * (i + 1) * PAGE;

		there = on_node('n', self->pid, nodes[i]);
		sum += there;
		EXPECT_LE(put, there);
		/* All else that the program has: its code and the C library. */
		EXPECT_GT(put + (long long)(PRIVATE + SHARED) * PAGE, there);
		EXPECT_EQ(*huge >> i & 1 ? (long long)HUGE : 0,
			  on_node('h', self->pid, nodes[i]));
	}
	EXPECT_EQ(rss, sum);
}

/* Of the process, as no mapping has one of its own: that of the last node. */
TEST_F(nodes, policy)
{
	char policy[64] = "", expected[64];

	if (!self->pid)
		return;
	ask(self->pid, "rss,policy", policy, sizeof(policy));
	snprintf(expected, sizeof(expected), " bind:%u", nodes[n_nodes - 1]);
	EXPECT_STREQ(expected, policy);
}

TEST_HARNESS_MAIN
