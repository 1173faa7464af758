// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that leaks pages, leaky.ko beside the tests: what it leaks is of class kernel, and of
 * no other, to a few pages, until it is unloaded.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/kernel-page-flags.h>

#include "client/abi_table.h"
#include "client/client_physical.h"
#include "ko.h"
#include "selftest.h"
#include "subject.h"

/* What a second of the system may allocate or free for itself. */
#define NOISE	((int64_t)1024 * (int64_t)PAGE)

/* Pages that are leaked. */
#define LEAKED	16384L

static struct physical before, during, after;

#define ASSERT_PHYSICAL(p)						\
	ASSERT_EQ(0, physical_take(p))					\
		TH_LOG("no answer: %s", (p)->wrong)

static int64_t grew(const struct physical *from, const struct physical *to, unsigned int class)
{
	return (int64_t)(to->class[class] - from->class[class]);
}

static void expect_leak(struct __test_metadata *_metadata, int fd, unsigned int order)
{
	const int64_t leaked = LEAKED * (int64_t)PAGE;
	char params[64];
	unsigned int class;

	snprintf(params, sizeof(params), "count=%ld order=%u", LEAKED >> order, order);
	/* The first pass makes the memory of its result. */
	ASSERT_PHYSICAL(&before);
	during = before;
	after = before;
	ASSERT_PHYSICAL(&before);
	ASSERT_EQ(0, syscall(SYS_finit_module, fd, params, 0))
		TH_LOG("leaky.ko: errno %d", errno);
	ASSERT_PHYSICAL(&during);
	ASSERT_EQ(0, syscall(SYS_delete_module, "leaky", O_NONBLOCK));
	ASSERT_PHYSICAL(&after);
	for (class = MEMCENSUS_FC_PAD + 1; class <= MEMCENSUS_FC_MAX; class++) {
		const int64_t by = grew(&before, &during, class);

		/* They were free, on lists of processors or not. */
		if (class == MEMCENSUS_FC_FREE || class == MEMCENSUS_FC_FREE_PCP)
			continue;
		EXPECT_LE((class == MEMCENSUS_FC_KERNEL ? leaked : 0) - NOISE, by)
			TH_LOG("class %u", class);
		EXPECT_GE((class == MEMCENSUS_FC_KERNEL ? leaked : 0) + NOISE, by)
			TH_LOG("class %u", class);
	}
	EXPECT_GE(NOISE, grew(&before, &after, MEMCENSUS_FC_KERNEL));
	diag("order %u: %ld pages leaked, class kernel grew by %lld, and by %lld after it", order,
	     LEAKED, (long long)grew(&before, &during, MEMCENSUS_FC_KERNEL) / (long long)PAGE,
	     (long long)grew(&before, &after, MEMCENSUS_FC_KERNEL) / (long long)PAGE);
}

static void leak(struct __test_metadata *_metadata, unsigned int order)
{
	int fd = ko_open_leaky();

	if (fd < 0)
		SKIP(return, "no leaky.ko beside the tests");
	expect_leak(_metadata, fd, order);
	close(fd);
}

TEST(pages)
{
	leak(_metadata, 0);
}

/* Only the first page of each block tells its use. */
TEST(blocks)
{
	leak(_metadata, 3);
}

/* Expects that class @name grew by @pages while the driver was loaded. */
#define EXPECT_GREW(pages, name) do {					\
	const int64_t __pages = (int64_t)PAGE * (pages);		\
	const int64_t __by = grew(&before, &during, MEMCENSUS_FC_##name);	\
	EXPECT_LE(__pages - NOISE, __by)				\
		TH_LOG(#name);						\
	EXPECT_GE(__pages + NOISE, __by)				\
		TH_LOG(#name);						\
} while (0)

/* Takes passes before the driver is loaded, and while it is. */
static void tear(struct __test_metadata *_metadata, int fd, const char *params)
{
	/* The first pass makes the memory of its result. */
	ASSERT_PHYSICAL(&before);
	during = before;
	ASSERT_PHYSICAL(&before);
	ASSERT_EQ(0, syscall(SYS_finit_module, fd, params, 0))
		TH_LOG("leaky.ko: errno %d", errno);
	ASSERT_PHYSICAL(&during);
	ASSERT_EQ(0, syscall(SYS_delete_module, "leaky", O_NONBLOCK));
}

/*
 * Of four frames the second is no part of the allocation of the first, so what is behind it is not
 * either, although it is in the same block.
 */
TEST(torn)
{
	int fd = ko_open_leaky();

	if (fd < 0)
		SKIP(return, "no leaky.ko beside the tests");
	tear(_metadata, fd, "count=4096 order=2 torn=2");
	EXPECT_GREW(4096, KERNEL);
	EXPECT_GREW(4096, ANON_UNMAPPED);
	EXPECT_GREW(8192, REMAINDER);
	close(fd);
}

/*
 * Behind a free frame is nothing of it, unless it is on the list of a processor: then it looks as
 * if it were of the same block.
 */
TEST(torn_free)
{
	const int64_t pages = 32768 * (int64_t)PAGE;
	int fd = ko_open_leaky();
	int64_t listed;

	if (fd < 0)
		SKIP(return, "no leaky.ko beside the tests");
	tear(_metadata, fd, "count=32768 order=1 torn=1 torn_free=1");
	listed = during.class[MEMCENSUS_FC_FREE_PCP] / 2;
	EXPECT_GREW(0, KERNEL);
	diag("32768 pages: remainder grew by %lld, at most %lld are on lists of processors",
	     (long long)grew(&before, &during, MEMCENSUS_FC_REMAINDER) / (long long)PAGE,
	     (long long)listed / (long long)PAGE);
	EXPECT_LE(pages - listed - NOISE, grew(&before, &during, MEMCENSUS_FC_REMAINDER));
	close(fd);
}

PROGRAM_OF(PHYSICAL)

TEST_HARNESS_MAIN
