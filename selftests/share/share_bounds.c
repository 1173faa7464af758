// SPDX-License-Identifier: GPL-2.0
/*
 * What a SHARE request may cost: a reader that is killed during one ends within 100 ms, and
 * the results of any number of requests stay within max_results.  Then a request fails with
 * EDQUOT and a text, and works again after sockets are closed.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "ko.h"
#include "selftest.h"
#include "subject.h"

#define RW		(PROT_READ | PROT_WRITE)
#define OTHERS		40
#define PROCESSES_MAX	(MEMCENSUS_SHARE_PIDS_MAX + OTHERS)

/* With KASAN, 256 rows would take minutes. */
#define ROWS_KASAN	64

/* Pages of the file that a process has after each step, one in each block of 64. */
#define STEP		128UL
#define BLOCK		64UL
#define STEPS		24

static const unsigned int limit_ms = 100;

struct crowd {
	int fd;
	unsigned int number;
};

static void member(void *arg)
{
	const struct crowd crowd = *(struct crowd *)arg;
	unsigned long step, i;
	char name[16], *at;

	snprintf(name, sizeof(name), "bound%u", crowd.number);
	prctl(PR_SET_NAME, name);
	at = map(PLACE(0), STEPS * STEP * BLOCK * PAGE, RW, MAP_SHARED, crowd.fd, 0);
	for (step = 0; step < STEPS; step++) {
		for (i = 0; i < STEP; i++)
			at[(step * STEP + i) * BLOCK * PAGE] = 1;
		if (step + 1 < STEPS)
			child_stop();
	}
}

FIXTURE(crowd)
{
	pid_t pids[PROCESSES_MAX];
	uint32_t named[PROCESSES_MAX];
	unsigned int n, rows;
	unsigned long max_results;
	bool reload;
};

FIXTURE_SETUP(crowd)
{
	struct crowd crowd = { .fd = memfd("crowd", STEPS * STEP * BLOCK) };
	char params[64];

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	self->reload = true;
	self->rows = kernel_has("kasan_report") ? ROWS_KASAN : MEMCENSUS_SHARE_PIDS_MAX;
	self->max_results = self->rows == ROWS_KASAN ? 8UL << 20 : 32UL << 20;
	snprintf(params, sizeof(params), "max_results=%lu", self->max_results);
	ASSERT_EQ(0, ko_load(params));
	for (self->n = 0; self->n < self->rows + OTHERS; self->n++) {
		crowd.number = self->n;
		self->pids[self->n] = child_start(member, &crowd);
		ASSERT_LT(0, self->pids[self->n]);
		self->named[self->n] = self->pids[self->n];
	}
	close(crowd.fd);
}

FIXTURE_TEARDOWN(crowd)
{
	while (self->n--)
		child_end(self->pids[self->n]);
	if (!self->reload)
		return;
	EXPECT_EQ(0, ko_unload_patiently(5000));
	EXPECT_EQ(0, ko_load(""));
}

/* Most rows, and a peer of each for every other process. */
#define OF_PROCESSES	{						\
	.share = true, .pids = self->named, .n_pids = self->rows,		\
	.limit = MEMCENSUS_LIMIT_MAX,					\
}

#define OF_GROUPS	{						\
	.share = true, .group_by = MEMCENSUS_BY_COMM, .limit = MEMCENSUS_LIMIT_MAX, \
}

/* How long a request takes, us; 0: it failed. */
static uint64_t duration(const struct census_request *request)
{
	struct census_error error = {};
	uint64_t begun = now_us();

	if (!census_take(request, NULL, &error))
		return now_us() - begun;
	diag("no census: %s", error.text);
	return 0;
}

#define POINTS	10
#define TRIES	3

/* All takes a debug kernel ten times as long: so there it is a part of a census, of @whole us. */
static uint64_t limit_us(uint64_t whole)
{
	return is_debug_kernel() ? whole / 4 : limit_ms * 1000;
}

/* Kills readers at points that are spread over a census of @whole us; returns the longest. */
static uint64_t kill_readers(const struct census_request *request, uint64_t whole)
{
	const uint64_t limit = limit_us(whole);
	uint64_t best, took, max = 0;
	unsigned int i, tries;

	for (i = 0; i < POINTS; i++) {
		best = UINT64_MAX;
		/* The host may stop the VM's CPUs for a while. */
		for (tries = 0; tries < TRIES && best > limit; tries++) {
			took = census_kill_after(request, whole * (2 * i + 1) / (2 * POINTS));
			best = took < best ? took : best;
		}
		max = best > max ? best : max;
	}
	return max;
}

static bool all_next(const pid_t *pids, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!child_next(pids[i]))
			return false;
	return true;
}

TEST_F(crowd, killed)
{
	const struct census_request requests[] = { OF_PROCESSES, OF_GROUPS };
	static const char *const names[] = { "processes", "groups" };
	uint64_t whole[2], longest;
	unsigned int i, step;

	if (!self->reload)
		return;
	/* A census that is shorter than the limit proves nothing. */
	for (step = 1; ; step++) {
		for (i = 0; i < 2; i++) {
			whole[i] = duration(&requests[i]);
			ASSERT_LT(0, whole[i]);
		}
		if ((whole[0] > 3 * limit_ms * 1000 && whole[1] > 3 * limit_ms * 1000) ||
		    step == STEPS)
			break;
		ASSERT_TRUE(all_next(self->pids, self->n));
	}
	if (whole[0] < 2 * limit_ms * 1000 || whole[1] < 2 * limit_ms * 1000)
		SKIP(return, "this machine is too fast: the census ends within the limit");
	for (i = 0; i < 2; i++) {
		longest = kill_readers(&requests[i], whole[i]);
		diag("%s: a census of %llu ms, %u steps; a killed reader ends within %llu us",
		     names[i], (unsigned long long)whole[i] / 1000, step,
		     (unsigned long long)longest);
		EXPECT_GE(limit_us(whole[i]), longest);
	}
}

/* Receives until the census is there, and not its end.  0 or -errno. */
static int hold(struct census_socket *s, struct census_error *error)
{
	int ret = census_receive(s, NULL, BUFFER_MIN, error);

	if (ret > 0)
		ret = census_receive(s, NULL, BUFFER_MIN, error);
	return ret > 0 ? 0 : ret ?: -ENODATA;
}

#define SOCKETS	8

/* All requests are made before the first is answered, and no answer is read to its end. */
TEST_F(crowd, held)
{
	const struct census_request request = OF_PROCESSES;
	struct census_socket sockets[SOCKETS];
	unsigned int i, tries, held = 0, refused = 0, other = 0;
	struct census_error error = {}, why = {};
	long before, used;
	char buf[8192];
	int ret;

	if (!self->reload)
		return;
	ASSERT_LT(0, duration(&request));
	before = memory_used();
	for (i = 0; i < SOCKETS; i++) {
		ASSERT_EQ(0, census_open(&sockets[i]));
		ASSERT_EQ(0, census_send(&sockets[i], census_request(&sockets[i], buf, &request)));
	}
	for (i = 0; i < SOCKETS; i++) {
		ret = hold(&sockets[i], &error);
		held += !ret;
		refused += ret == -EDQUOT;
		other += ret && ret != -EDQUOT;
		if (ret)
			why = error;
	}
	used = memory_used() - before;
	diag("%u results held, %u refused: %ld KiB in use: %s", held, refused, used >> 10,
	     why.text);
	EXPECT_LT(0, held);
	EXPECT_LT(0, refused);
	EXPECT_EQ(0, other);
	EXPECT_NE(NULL, strstr(why.text, "max_results"));
	/* Sockets, their buffers and per-CPU lists are in use too.  KASAN keeps what is freed. */
	if (!kernel_has("kasan_report"))
		EXPECT_GE((long)self->max_results + (12L << 20), used);
	for (i = 0; i < SOCKETS; i++)
		census_close(&sockets[i]);
	/* Large results are freed a little later. */
	for (tries = 0; tries < 50; tries++) {
		ret = census_take(&request, NULL, &error);
		if (ret != -EDQUOT)
			break;
		sleep_ms(20);
	}
	EXPECT_EQ(0, ret) TH_LOG("%s", error.text);
}

#define READERS	5

/* More readers at a time than there is room for get whole answers, or the error. */
TEST_F(crowd, at_once)
{
	const struct census_request request = OF_PROCESSES;
	unsigned int i, tries, *wrong;
	struct census_error error = {};
	struct census census;
	int ret;

	if (!self->reload)
		return;
	wrong = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, wrong);
	for (i = 0; i < READERS; i++) {
		if (fork())
			continue;
		for (tries = 0; tries < 2; tries++) {
			ret = census_take(&request, &census, &error);
			wrong[i] += ret ? ret != -EDQUOT || !strstr(error.text, "max_results") :
					  !census_is_whole(&census) ||
					  census.n_owned != 4 * self->rows;
			census_free(&census);
		}
		_exit(0);
	}
	for (i = 0; i < READERS; i++)
		wait(NULL);
	for (i = 0; i < READERS; i++)
		EXPECT_EQ(0, wrong[i]);
	munmap(wrong, PAGE);
}

/* The matrix of 296 groups is larger than what kmalloc serves: no power of two is taken for it. */
TEST_F(crowd, large_matrix)
{
	const struct census_request request = OF_GROUPS;
	struct census_error error = {};

	ASSERT_EQ(0, ko_reload("max_results=8388608"));
	EXPECT_EQ(0, census_take(&request, NULL, &error));
	diag("%s", error.text);
}

PROGRAM_OF(SHARE)

TEST_HARNESS_MAIN
