// SPDX-License-Identifier: GPL-2.0
/* Two or more readers at once: each gets one whole census. */
#include "selftest.h"

static const struct census_request all;

/* Two dumps run at the same time, message by message. */
TEST(interleaved)
{
	struct census_socket sockets[2];
	struct census census[2] = {};
	pid_t crowd[100];
	char buf[8192];
	int more[2] = { 1, 1 };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(crowd); i++) {
		crowd[i] = child_start((void (*)(void *))child_stop, NULL);
		ASSERT_LT(0, crowd[i]);
	}
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, census_open(&sockets[i]));
		ASSERT_EQ(0, census_send(&sockets[i],
					 census_request(&sockets[i], buf, &all)));
	}
	while (more[0] > 0 || more[1] > 0)
		for (i = 0; i < 2; i++)
			if (more[i] > 0)
				more[i] = census_receive(&sockets[i], &census[i],
							 BUFFER_MIN, NULL);
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(0, more[i]);
		EXPECT_TRUE(census_is_whole(&census[i]));
		EXPECT_LT(2, census[i].n_datagrams);
		for (j = 0; j < ARRAY_SIZE(crowd); j++)
			EXPECT_NE(NULL, census_task_of(&census[i], crowd[j]));
		census_close(&sockets[i]);
	}
	EXPECT_LT(census[0].seq, census[1].seq);
	census_free(&census[0]);
	census_free(&census[1]);
	for (i = 0; i < ARRAY_SIZE(crowd); i++)
		child_end(crowd[i]);
}

/* Each later census is a new one, with a higher sequence number. */
TEST(numbers_grow)
{
	struct census census;
	uint64_t seq = 0;
	int i;

	for (i = 0; i < 20; i++) {
		ASSERT_EQ(0, census_take(&all, &census, NULL));
		EXPECT_LT(seq, census.seq);
		seq = census.seq;
		census_free(&census);
	}
}

/* A dump abandoned half-way does not disturb the next one. */
TEST(given_up)
{
	struct census_socket s;
	struct census census = {};
	char buf[8192];
	int i;

	for (i = 0; i < 50; i++) {
		ASSERT_EQ(0, census_open(&s));
		ASSERT_EQ(0, census_send(&s, census_request(&s, buf, &all)));
		if (i & 1)
			census_receive(&s, &census, BUFFER_MIN, NULL);
		census_close(&s);
	}
	census_free(&census);
	ASSERT_EQ(0, census_take(&all, &census, NULL));
	EXPECT_TRUE(census_is_whole(&census));
	census_free(&census);
}

/* A second request on a socket whose dump is not yet read to its end. */
TEST(second_request_during_a_dump)
{
	struct census_socket s;
	struct census census = {};
	pid_t crowd[100];
	char buf[8192];
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(crowd); i++)
		crowd[i] = child_start((void (*)(void *))child_stop, NULL);
	ASSERT_EQ(0, census_open(&s));
	ASSERT_EQ(0, census_send(&s, census_request(&s, buf, &all)));
	ASSERT_EQ(1, census_receive(&s, &census, BUFFER_MIN, NULL));
	ret = census_send(&s, census_request(&s, buf, &all));
	EXPECT_TRUE(ret == 0 || ret == -EBUSY);
	census_close(&s);
	census_free(&census);
	for (i = 0; i < ARRAY_SIZE(crowd); i++)
		child_end(crowd[i]);
}

struct hammer {
	unsigned int taken, wrong, shared;
	uint64_t last;
};

static void hammer(struct hammer *h, unsigned int n)
{
	struct census census;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (census_take(&all, &census, NULL) ||
		    !census_is_whole(&census) || census.seq < h->last ||
		    !census_task_of(&census, getpid()))
			h->wrong++;
		if (census.seq == h->last)
			h->shared++;
		h->last = census.seq;
		h->taken++;
		census_free(&census);
	}
}

TEST(four_at_once)
{
	const unsigned int readers = 4, each = 25;
	struct hammer *h;
	unsigned int i;

	h = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, h);
	for (i = 0; i < readers; i++)
		if (!fork()) {
			hammer(&h[i], each);
			_exit(0);
		}
	for (i = 0; i < readers; i++)
		wait(NULL);
	for (i = 0; i < readers; i++) {
		EXPECT_EQ(each, h[i].taken);
		EXPECT_EQ(0, h[i].wrong);
		/* A reader never gets the same census twice. */
		EXPECT_EQ(0, h[i].shared);
	}
}

TEST_HARNESS_MAIN
