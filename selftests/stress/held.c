// SPDX-License-Identifier: GPL-2.0
/*
 * Readers that hold results: each asks for a process of many mappings and does not read
 * the answer to its end. All results together stay within max_results; then a request
 * fails with EDQUOT and a text, files too, and works again after sockets are closed. Those of
 * readers in other PID namespaces stay within half of it, so that others are answered.
 *
 * HELD_MAPPINGS and HELD_SOCKETS set the size.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "ko.h"
#include "namespaces.h"
#include "selftest.h"

#define MIB		1048576UL
/* A census of 60,000 mappings takes 31 MiB, and three times as much while it is made. */
#define MAX_RESULTS	(128 * MIB)
#define BUFFER		65536

static unsigned int number_of(const char *name, unsigned int otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

FIXTURE(held)
{
	pid_t pid, small;
	bool reload;
	struct census_socket *sockets;
	unsigned int nr, open;
};

/* A thirtieth of the mappings: such results fill what larger ones leave. */
#define SMALL	30

/* Pages of alternating protection: each is a mapping of its own. */
static void map_many(void *arg)
{
	unsigned int n = *(unsigned int *)arg, i;
	char *at = map_private(PLACE(0), n * PAGE);

	for (i = 0; i < n; i += 2)
		need(!mprotect(at + i * PAGE, PAGE, PROT_READ), "mprotect");
}

FIXTURE_SETUP(held)
{
	unsigned int mappings = number_of("HELD_MAPPINGS", 60000);
	char params[64];

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	snprintf(params, sizeof(params), "max_results=%lu", MAX_RESULTS);
	self->reload = true;
	ASSERT_EQ(0, ko_load(getenv("HELD_PARAMS") ?: params));
	self->nr = number_of("HELD_SOCKETS", 200);
	self->sockets = calloc(self->nr, sizeof(*self->sockets));
	ASSERT_NE(NULL, self->sockets);
	self->pid = child_start(map_many, &mappings);
	ASSERT_LT(0, self->pid);
	mappings /= SMALL;
	self->small = child_start(map_many, &mappings);
	ASSERT_LT(0, self->small);
}

static void close_all(struct census_socket *sockets, unsigned int *open)
{
	while (*open)
		census_close(&sockets[--*open]);
}

FIXTURE_TEARDOWN(held)
{
	if (!self->reload)
		return;
	close_all(self->sockets, &self->open);
	free(self->sockets);
	child_end(self->pid);
	child_end(self->small);
	EXPECT_EQ(0, ko_unload_patiently(5000));
	EXPECT_EQ(0, ko_load(""));
}

/* Opens a socket and receives the first datagrams of a census.  0 or -errno. */
static int hold(struct census_socket *s, pid_t pid, struct census_error *error)
{
	const struct census_request one = {
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS, .no_owners = true,
		.pids = (uint32_t *)&pid, .n_pids = 1,
	};
	char buf[8192];
	int ret;

	ret = census_open(s);
	if (ret)
		return ret;
	ret = census_send(s, census_request(s, buf, &one));
	/* The first has INFO, the second needs the census. */
	if (!ret)
		ret = census_receive(s, NULL, BUFFER, error);
	if (ret > 0)
		ret = census_receive(s, NULL, BUFFER, error);
	if (ret < 0)
		census_close(s);
	return ret < 0 ? ret : 0;
}

TEST_F(held, results)
{
	struct census_error error = {};
	unsigned int results[2] = {}, i, tries;
	const pid_t pids[2] = { self->pid, self->small };
	long before, used;
	char byte;
	int fd, ret;

	if (!self->reload)
		return;
	before = memory_used();
	for (i = 0; i < 2; i++) {
		do {
			ret = hold(&self->sockets[self->open], pids[i], &error);
			self->open += !ret;
			results[i] += !ret;
		} while (!ret && self->open < (i + 1) * self->nr / 2);
		/* The kernel takes its time to free what the refused census had. */
		for (tries = 0; tries < 300; tries++) {
			used = memory_used() - before;
			if (used <= (long)(MAX_RESULTS + 24 * MIB) || is_debug_kernel())
				break;
			sleep_ms(100);
		}
		diag("held: %u and %u results of %u and %u mappings: %ld KiB in use; %d: %s",
		     results[0], results[1], number_of("HELD_MAPPINGS", 60000),
		     number_of("HELD_MAPPINGS", 60000) / SMALL, used >> 10, ret, error.text);
		/* Memory for owners, per-CPU lists and sockets are in use too. */
		if (!is_debug_kernel())
			EXPECT_GE((long)(MAX_RESULTS + 24 * MIB), used);
		ASSERT_EQ(-EDQUOT, ret);
		EXPECT_NE(NULL, strstr(error.text, "max_results"));
	}
	ASSERT_LT(0, results[0]);
	ASSERT_LT(0, results[1]);

	/* Files fill what is left, and then are refused too. */
	for (i = 0, fd = 0; i < 800 && fd >= 0; i++)
		fd = open("/proc/memcensus", O_RDONLY);
	EXPECT_EQ(-1, fd);
	EXPECT_EQ(EDQUOT, errno);
	diag("held: %u open files", i - 1);

	close_all(self->sockets, &self->open);
	/* Large results are freed a little later. */
	for (i = 0; i < 50; i++) {
		fd = open("/proc/memcensus", O_RDONLY);
		if (fd >= 0)
			break;
		sleep_ms(20);
	}
	ASSERT_LE(0, fd);
	EXPECT_EQ(1, read(fd, &byte, 1));
	closefrom(3);
}

/* A byte from the container, when it holds all, and one for it, when it may end. */
static int full[2], leave[2];

/*
 * Process 1 of a PID namespace, with as many mappings as the small one: holds results until no more
 * are given.
 */
static int hold_all(void)
{
	unsigned int mappings = number_of("HELD_MAPPINGS", 60000) / SMALL, n = 0;
	struct census_error error = {};
	struct census_socket *sockets;
	char byte;
	int ret, fd;

	map_many(&mappings);
	sockets = calloc(1000, sizeof(*sockets));
	do
		ret = sockets ? hold(&sockets[n++], 1, &error) : -ENOMEM;
	while (!ret && n < 1000);
	do
		fd = open("/proc/memcensus", O_RDONLY);
	while (fd >= 0 && ++n < 10000);
	diag("a container holds %u results; %d: %s", n, ret, error.text);
	if (write(full[1], "", 1) != 1 || read(leave[0], &byte, 1) != 1)
		return 2;
	return ret != -EDQUOT || !strstr(error.text, "max_results");
}

TEST_F(held, by_a_container)
{
	struct census_socket s;
	struct census_error error = {};
	pid_t pid;
	int status, ret, fd;
	char byte;

	if (!self->reload)
		return;
	ASSERT_FALSE(pipe(full) || pipe(leave));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(in_namespaces(CLONE_NEWPID, hold_all));
	close(full[1]);
	if (read(full[0], &byte, 1) != 1)
		SKIP(return, "no PID namespaces");
	ret = hold(&s, self->small, &error);
	EXPECT_EQ(0, ret)
		TH_LOG("no census beside a container that holds results: %s", error.text);
	if (!ret)
		census_close(&s);
	fd = open("/proc/memcensus", O_RDONLY);
	EXPECT_LE(0, fd);
	if (fd >= 0)
		EXPECT_EQ(1, read(fd, &byte, 1));
	close(fd);
	ASSERT_EQ(1, write(leave[1], "", 1));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
}

TEST_HARNESS_MAIN
