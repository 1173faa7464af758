// SPDX-License-Identifier: GPL-2.0
/* Records larger than a page, so larger than the first message. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>

#include "selftest.h"

#define DEPTH	14
#define NAME	255

/* Maps a file whose path has nearly the maximum length. */
static void map_deep(void *arg)
{
	char name[NAME + 1] = "";
	int i, fd;

	memset(name, 'x', NAME);
	need(!chdir("/tmp"), "chdir");
	for (i = 0; i < DEPTH; i++) {
		mkdir(name, 0700);
		need(!chdir(name), "chdir");
	}
	fd = open("file", O_RDWR | O_CREAT, 0600);
	need(fd >= 0 && !ftruncate(fd, PAGE), "file");
	write_pages(map(PLACE(0), PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			0), 1);
	unlink("file");
	for (i = 0; i < DEPTH; i++) {
		need(!chdir(".."), "chdir ..");
		rmdir(name);
	}
}

TEST(long_path)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	pid = child_start(map_deep, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	ASSERT_NE(NULL, vma->name);
	EXPECT_EQ(strlen("/tmp") + DEPTH * (NAME + 1) +
		  strlen("/file (deleted)"), strlen(vma->name));
	EXPECT_PAGES(1, vma, RSS);
	EXPECT_EQUAL_SMAPS(pid);
	census_free(&census);
	child_end(pid);
}

/*
 * An address space with very many processes: the record counts all, lists as many
 * as fit into a message, and none has another record.
 */
static const unsigned int peers = 1500;

static int sleeper(void *arg)
{
	for (;;)
		pause();
	return 0;
}

static void spawn(void *arg)
{
	volatile pid_t *pids = arg;
	char *stacks = map_private(PLACE(0), peers * 2 * PAGE);
	unsigned int i;

	for (i = 0; i < peers; i++) {
		pids[i] = clone(sleeper, stacks + (i + 1) * 2 * PAGE,
				CLONE_VM | SIGCHLD, NULL);
		need(pids[i] > 0, "clone");
	}
}

TEST(many_peers)
{
	struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS,
		.buffer = 65536,
	};
	const struct census_task *task;
	struct census census;
	unsigned int i, listed = 0, others = 0;
	pid_t *pids, pid;

	pids = mmap(NULL, peers * sizeof(*pids), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, pids);
	pid = child_start(spawn, pids);
	ASSERT_LT(0, pid);

	ASSERT_EQ(0, census_take(&request, &census, NULL));
	EXPECT_TRUE(census_is_whole(&census));
	task = census_task_of(&census, pid);
	ASSERT_NE(NULL, task);
	EXPECT_EQ(pid, task->pid);
	EXPECT_EQ(peers, task->nr_peers);
	EXPECT_EQ(MEMCENSUS_PEERS_MAX, task->peers.n);
	for (i = 0; i < peers; i++) {
		const struct census_task *of = census_task_of(&census, pids[i]);

		listed += of == task;
		others += of && of != task;
	}
	EXPECT_EQ(MEMCENSUS_PEERS_MAX, listed);
	EXPECT_EQ(0, others);
	census_free(&census);
	for (i = 0; i < peers; i++)
		kill(pids[i], SIGKILL);
	child_end(pid);
}

TEST_HARNESS_MAIN
