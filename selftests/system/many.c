// SPDX-License-Identifier: GPL-2.0
/*
 * Thousands of processes: each is in the dump once, for any size of the reader's
 * buffer, to which the kernel fits its messages.
 */
#include <signal.h>
#include <sys/prctl.h>

#include "selftest.h"

/* Where the first of them take long, as on a debug kernel, these are enough. */
static const unsigned int wanted = 2000, enough = 400, long_ms = 2500;

FIXTURE(crowd)
{
	pid_t *pids;
	unsigned int n;
};

FIXTURE_SETUP(crowd)
{
	uint64_t begun = now_ms();
	pid_t parent = getpid();

	self->pids = calloc(wanted, sizeof(*self->pids));
	ASSERT_NE(NULL, self->pids);
	while (self->n < wanted && (self->n != enough || now_ms() < begun + long_ms)) {
		pid_t pid = fork();

		ASSERT_LE(0, pid);
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			while (getppid() == parent)
				pause();
			_exit(0);
		}
		self->pids[self->n++] = pid;
	}
	diag("%u processes%s", self->n, self->n < wanted ?
	     ", fewer than 2000: this machine takes long to make more" : "");
}

FIXTURE_TEARDOWN(crowd)
{
	unsigned int i;

	for (i = 0; i < self->n; i++)
		kill(self->pids[i], SIGKILL);
	for (i = 0; i < self->n; i++)
		waitpid(self->pids[i], NULL, 0);
}

static int compare(const void *a, const void *b)
{
	return *(const pid_t *)a - *(const pid_t *)b;
}

/* All PIDs of a census, sorted; CLONE_VM peers too. */
static unsigned int pids_of(const struct census *census, pid_t *pids,
			    unsigned int room)
{
	const struct census_task *task;
	unsigned int n = 0, i;

	for (task = census->tasks; task < census->tasks + census->n_tasks;
	     task++) {
		if (n < room)
			pids[n++] = task->pid;
		for (i = 0; i < task->peers.n && n < room; i++)
			pids[n++] = task->peers.v[i];
	}
	qsort(pids, n, sizeof(*pids), compare);
	return n;
}

/* By PID: the maximum that one request may have. */
static void by_number(struct __test_metadata *_metadata, pid_t *pids,
		      unsigned int n)
{
	struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS,
		.pids = (uint32_t *)pids,
		.n_pids = n < MEMCENSUS_PIDS_MAX ? n : MEMCENSUS_PIDS_MAX,
	};
	struct census census;
	unsigned int i, lost;

	ASSERT_EQ(0, census_take(&request, &census, NULL));
	EXPECT_TRUE(census_is_whole(&census));
	EXPECT_EQ(request.n_pids, census.n_tasks);
	for (lost = i = 0; i < request.n_pids; i++)
		lost += !census_task_of(&census, pids[i]);
	EXPECT_EQ(0, lost);
	census_free(&census);
}

/* Compares the time per process of smaps_rollup and of a scan. */
static void beside_smaps_rollup(const pid_t *pids, unsigned int n,
				uint64_t scan_ns, uint64_t walked)
{
	const unsigned int some = n < 200 ? n : 200;
	uint64_t begun = now_ms();
	char path[64], line[256];
	unsigned int i;

	for (i = 0; i < some; i++) {
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pids[i]);
		file = fopen(path, "r");
		if (!file)
			continue;
		while (fgets(line, sizeof(line), file))
			;
		fclose(file);
	}
	diag("per process: scan %llu us, reading smaps_rollup %llu us",
	     (unsigned long long)(scan_ns / walked / 1000),
	     (unsigned long long)((now_ms() - begun) * 1000 / some));
}

TEST_F_TIMEOUT(crowd, no_loss_and_no_repetition, 120)
{
	const size_t buffers[] = { BUFFER_MIN, 8192, 16384, 32768, 1 << 20 };
	const unsigned int room = 4 * wanted;
	pid_t *pids = calloc(room, sizeof(*pids));
	unsigned int i, j, n, lost, twice;
	struct census census;

	ASSERT_NE(NULL, pids);
	for (i = 0; i < ARRAY_SIZE(buffers); i++) {
		struct census_request request = {
			.buffer = buffers[i],
		};

		ASSERT_EQ(0, census_take(&request, &census, NULL));
		EXPECT_TRUE(census_is_whole(&census));
		n = pids_of(&census, pids, room);
		for (twice = 0, j = 1; j < n; j++)
			twice += pids[j] == pids[j - 1];
		for (lost = j = 0; j < self->n; j++)
			lost += !bsearch(&self->pids[j], pids, n, sizeof(*pids),
					 compare);
		EXPECT_EQ(0, lost);
		EXPECT_EQ(0, twice);
		EXPECT_LE(self->n, census.scan[MEMCENSUS_SCAN_WALKED]);
		EXPECT_EQ(census.n_tasks, census.scan[MEMCENSUS_SCAN_MMS]);
		EXPECT_LT(0, census.n_nodes);
		EXPECT_LT(0, census.n_zones);
		diag("buffer of %zu: %zu records in %u datagrams", buffers[i],
		     census.n_tasks, census.n_datagrams);
		diag("scan took %llu ms, longest lock %llu us",
		     (unsigned long long)census.scan[MEMCENSUS_SCAN_WALL_NS] / 1000000,
		     (unsigned long long)census.scan[MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS] / 1000);
		if (!i)
			beside_smaps_rollup(self->pids, self->n,
					    census.scan[MEMCENSUS_SCAN_WALL_NS],
					    census.scan[MEMCENSUS_SCAN_WALKED]);
		census_free(&census);
	}
	free(pids);
	by_number(_metadata, self->pids, self->n);
}

TEST_HARNESS_MAIN
