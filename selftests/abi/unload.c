// SPDX-License-Identifier: GPL-2.0
/* Unloading during a read is refused and never crashes. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

#include "ko.h"
#include "selftest.h"

#define DIR_PATH	"/sys/kernel/debug/memcensus"

static const struct census_request all;

/* The module is loaded before and after each test. */
FIXTURE(module)
{
	bool ready;
};

FIXTURE_SETUP(module)
{
	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	if (!ko_is_loaded())
		ASSERT_EQ(0, ko_load(""));
	self->ready = true;
}

FIXTURE_TEARDOWN(module)
{
	if (self->ready && !ko_is_loaded())
		EXPECT_EQ(0, ko_load(""));
}

static void expect_in_use(struct __test_metadata *_metadata)
{
	int ret = ko_unload();

	EXPECT_TRUE(ret == -EWOULDBLOCK || ret == -EBUSY)
		TH_LOG("%d", ret);
	EXPECT_TRUE(ko_is_loaded());
}

TEST_F(module, half_read_dump)
{
	struct census census = {};
	struct census_socket s;
	pid_t crowd[100];
	char buf[8192];
	unsigned int i;
	int more;

	if (!self->ready)
		return;
	for (i = 0; i < ARRAY_SIZE(crowd); i++)
		crowd[i] = child_start((void (*)(void *))child_stop, NULL);
	ASSERT_EQ(0, census_open(&s));
	ASSERT_EQ(0, census_send(&s, census_request(&s, buf, &all)));
	ASSERT_EQ(1, census_receive(&s, &census, BUFFER_MIN, NULL));
	expect_in_use(_metadata);

	/* The rest of the dump is intact. */
	do {
		more = census_receive(&s, &census, BUFFER_MIN, NULL);
	} while (more > 0);
	EXPECT_EQ(0, more);
	EXPECT_TRUE(census_is_whole(&census));
	census_free(&census);

	/* Once more; this time close the socket during the dump. */
	ASSERT_EQ(0, census_send(&s, census_request(&s, buf, &all)));
	ASSERT_EQ(1, census_receive(&s, &census, BUFFER_MIN, NULL));
	expect_in_use(_metadata);
	census_close(&s);
	census_free(&census);
	EXPECT_EQ(0, ko_unload_patiently(5000));
	EXPECT_EQ(-ENOENT, census_open(&s));
	for (i = 0; i < ARRAY_SIZE(crowd); i++)
		child_end(crowd[i]);
}

TEST_F(module, open_files)
{
	static const char *const paths[] = {
		"/proc/memcensus", DIR_PATH "/summary", DIR_PATH "/tasks",
		DIR_PATH "/scan",
	};
	unsigned int i;
	char byte;

	if (!self->ready)
		return;
	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		int fd = open(paths[i], O_RDONLY);

		if (fd < 0 && i && access(DIR_PATH, F_OK)) {
			diag("no debugfs, no %s", paths[i]);
			continue;
		}
		ASSERT_LE(0, fd);
		ASSERT_EQ(1, read(fd, &byte, 1));
		expect_in_use(_metadata);
		EXPECT_EQ(1, read(fd, &byte, 1));
		close(fd);
	}
	EXPECT_EQ(0, ko_unload_patiently(5000));
	for (i = 0; i < ARRAY_SIZE(paths); i++)
		EXPECT_NE(0, access(paths[i], F_OK));
}

/* Readers that run all the time, each in a different way; and their counts. */
struct reader {
	unsigned long good, absent, wrong;
};

static void count(struct reader *r, int ret)
{
	if (ret >= 0)
		r->good++;
	else if (ko_is_absence(-ret))
		r->absent++;
	else if (!r->wrong++)
		diag("a reader got %s", strerror(-ret));
}

static void read_file_once(struct reader *r, const char *path)
{
	static char buf[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0) {
		count(r, -errno);
		return;
	}
	do {
		n = read(fd, buf, sizeof(buf));
	} while (n > 0);
	count(r, n < 0 ? -errno : 0);
	close(fd);
}

static void read_netlink_once(struct reader *r)
{
	struct census census;
	int ret = census_take(&all, &census, NULL);

	if (!ret && !census_is_whole(&census))
		r->wrong++;
	count(r, ret);
	census_free(&census);
}

static void read_for_ever(struct reader *r, unsigned int kind)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		uint64_t begun = now_ms();

		switch (kind) {
		case 0:
			read_netlink_once(r);
			break;
		case 1:
			read_file_once(r, "/proc/memcensus");
			break;
		default:
			read_file_once(r, DIR_PATH "/tasks");
		}
		/* Pause: with a reader at all times no unload would succeed. */
		sleep_ms(1 + now_ms() - begun);
	}
}

TEST_F_TIMEOUT(module, many_times_with_readers, 600)
{
	const unsigned int times = is_debug_kernel() ? 25 : 10, readers = 3;
	unsigned int i, busy = 0;
	struct reader *r;
	pid_t pids[3];
	int ret;

	if (!self->ready)
		return;
	r = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, r);
	for (i = 0; i < readers; i++) {
		pids[i] = fork();
		if (!pids[i])
			read_for_ever(&r[i], i);
	}
	for (i = 0; i < times; i++) {
		uint64_t until = now_ms() + 20000;

		sleep_ms(i % 5 * 4);
		while ((ret = ko_unload()) == -EWOULDBLOCK || ret == -EBUSY) {
			ASSERT_LT(now_ms(), until);
			/* The readers need processors too. */
			if (++busy % 16)
				sched_yield();
			else
				sleep_ms(1);
		}
		ASSERT_EQ(0, ret);
		/* vm/races.awk relies on this. */
		ASSERT_NE(0, access(DIR_PATH, F_OK));
		ASSERT_NE(0, access("/proc/memcensus", F_OK));
		ASSERT_EQ(0, ko_load(""));
	}
	for (i = 0; i < readers; i++) {
		uint64_t until = now_ms() + 20000;

		while (!*(volatile unsigned long *)&r[i].good && now_ms() < until)
			sleep_ms(5);
		child_end(pids[i]);
		EXPECT_LT(0, r[i].good);
		EXPECT_EQ(0, r[i].wrong);
		diag("reader %u: %lu times good, %lu times nothing there", i,
		     r[i].good, r[i].absent);
	}
	diag("unloaded %u times, refused %u times", times, busy);
	EXPECT_LT(0, busy);
	read_netlink_once(&r[0]);
	EXPECT_EQ(0, r[0].wrong);
}

TEST_HARNESS_MAIN
