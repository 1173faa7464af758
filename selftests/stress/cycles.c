// SPDX-License-Identifier: GPL-2.0
/*
 * Loads and unloads the module many times while readers run: whole dumps, files,
 * half-read dumps, and files left open. Part of `make check storm`; CYCLES sets
 * how often (1000).
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "ko.h"
#include "selftest.h"

#define DIR_PATH	"/sys/kernel/debug/memcensus/"
#define READERS		4

/* Counts of a reader. */
struct reader {
	unsigned long whole, absent, wrong;
	int error;
};

static void note(struct reader *r, int ret)
{
	if (ret >= 0) {
		r->whole++;
	} else if (ko_is_absence(-ret)) {
		r->absent++;
	} else {
		r->wrong++;
		r->error = -ret;
	}
}

static const struct census_request requests[] = {
	{},
	{ .group_by = MEMCENSUS_BY_COMM },
};

static int whole_dump(unsigned int turn)
{
	struct census census;
	int ret = census_take(&requests[turn % ARRAY_SIZE(requests)], &census,
			      NULL);

	if (!ret && !census_is_whole(&census))
		ret = -EBADMSG;
	census_free(&census);
	return ret;
}

/* Starts a dump and abandons it before or after the first datagram. */
static int half_dump(unsigned int turn)
{
	struct census_socket s;
	char buf[8192];
	int ret = census_open(&s);

	if (ret)
		return ret;
	ret = census_send(&s, census_request(&s, buf, &requests[turn % 2]));
	if (!ret && turn & 2)
		ret = census_receive(&s, NULL, BUFFER_MIN, NULL);
	if (!ret && turn & 4)
		ret = census_receive(&s, NULL, BUFFER_MIN, NULL);
	census_close(&s);
	return ret;
}

static int a_file(const char *path, bool to_its_end)
{
	char buf[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	do {
		n = read(fd, buf, sizeof(buf));
	} while (n > 0 && to_its_end);
	n = n < 0 ? -errno : 0;
	if (!to_its_end)
		sleep_ms(1);
	close(fd);
	return n;
}

static void read_for_ever(struct reader *r, unsigned int who)
{
	static const char *const paths[] = {
		"/proc/memcensus", DIR_PATH "tasks", DIR_PATH "scan",
	};
	unsigned int turn;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (turn = who; ; turn++) {
		const char *path = paths[turn % ARRAY_SIZE(paths)];
		uint64_t begun = now_ms();

		switch (who) {
		case 0:
			note(r, whole_dump(turn));
			break;
		case 1:
			note(r, half_dump(turn));
			break;
		default:
			note(r, a_file(path, who == 2));
		}
		/* Pause: with a reader at all times no unload would succeed. */
		sleep_ms(1 + (now_ms() - begun) * (READERS - 1));
	}
}

FIXTURE(cycles)
{
	struct reader *readers;
	pid_t pids[READERS];
};

FIXTURE_SETUP(cycles)
{
	unsigned int i;

	self->readers = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->readers);
	for (i = 0; i < READERS; i++) {
		self->pids[i] = fork();
		ASSERT_LE(0, self->pids[i]);
		if (!self->pids[i])
			read_for_ever(&self->readers[i], i);
	}
}

FIXTURE_TEARDOWN(cycles)
{
	unsigned int i;

	for (i = 0; i < READERS; i++)
		child_end(self->pids[i]);
	if (ko_path() && !ko_is_loaded())
		EXPECT_EQ(0, ko_load(""));
}

TEST_F_TIMEOUT(cycles, load_and_unload, 7200)
{
	static const char *const params[] = {
		"", "busy_budget_ms=10", "max_age_ms=1000", "max_mem=1048576",
	};
	const char *text = getenv("CYCLES");
	const unsigned int times = text ? strtoul(text, NULL, 10) : 1000;
	unsigned long whole = 0, absent = 0;
	unsigned int i, refused = 0;
	uint64_t reported = now_ms();
	int ret;

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	for (i = 0; i < times; i++) {
		uint64_t until = now_ms() + 60000;

		sleep_ms(i % 7 * 2);
		while ((ret = ko_unload()) == -EWOULDBLOCK || ret == -EBUSY) {
			refused++;
			ASSERT_LT(now_ms(), until);
			sleep_ms(1);
		}
		ASSERT_EQ(0, ret);
		ASSERT_EQ(0, ko_load(params[i % ARRAY_SIZE(params)]));
		if (now_ms() - reported < 15000)
			continue;
		reported = now_ms();
		diag("so far: %u cycles of %u", i + 1, times);
	}
	for (i = 0; i < READERS; i++) {
		const struct reader *r = &self->readers[i];
		uint64_t until = now_ms() + 20000;

		while (!*(volatile unsigned long *)&r->whole && now_ms() < until)
			sleep_ms(5);
		EXPECT_EQ(0, r->wrong)
			TH_LOG("reader %u: %s", i, strerror(r->error));
		EXPECT_LT(0, r->whole)
			TH_LOG("reader %u", i);
		whole += r->whole;
		absent += r->absent;
	}
	diag("cycles: %u times loaded and unloaded, %u times refused; %lu answers, %lu absent",
	     times, refused, whole, absent);
	EXPECT_LT(0, refused);
	EXPECT_EQ(0, whole_dump(0));
}

TEST_HARNESS_MAIN
