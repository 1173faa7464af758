// SPDX-License-Identifier: GPL-2.0
/*
 * Passes over frames by several readers: those that wait share a pass, one that is killed ends its
 * own, and what they hold is bounded.  Reloads the module.
 */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <libmnl/libmnl.h>

#include "client/abi_table.h"
#include "client/client.h"
#include "client/client_physical.h"
#include "ko.h"
#include "selftest.h"
#include "subject.h"

static struct physical alone, several;

static void take(struct __test_metadata *_metadata, struct physical *p, struct physical_ask ask)
{
	ASSERT_EQ(0, physical_take_with(p, ask))
		TH_LOG("no answer: %s", p->wrong);
}

/* Each frame of each zone has one class. */
static void expect_whole(struct __test_metadata *_metadata, const struct physical *p)
{
	unsigned int i, n;

	for (i = 0; i < p->n_zones; i++) {
		uint64_t free = 0;

		EXPECT_EQ(p->zones[i].value[MEMCENSUS_PZ_SPANNED],
			  physical_zone_bytes(&p->zones[i]));
		for (n = 0; n < p->zones[i].n_blocks; n++)
			free += p->zones[i].blocks[n] * (PAGE << n);
		EXPECT_EQ(p->zones[i].class[MEMCENSUS_FC_FREE], free);
	}
}

/* What blocks say is free is what classes say: to the frame, but for what large blocks round. */
static void expect_free_blocks(struct __test_metadata *_metadata, const struct physical *p)
{
	const unsigned int shift = p->order > MEMCENSUS_BLOCK_PARTS_ORDER ?
				   p->order - MEMCENSUS_BLOCK_PARTS_ORDER : 0;
	const uint64_t all = (p->class[MEMCENSUS_FC_FREE] + p->class[MEMCENSUS_FC_FREE_PCP] +
			      p->class[MEMCENSUS_FC_UNACCEPTED]) / PAGE;
	uint64_t free = 0;
	unsigned int i;

	for (i = 0; i < p->n_blocks; i++)
		free += block_free(p->blocks[i].record) << shift;
	EXPECT_LE(free, all)
		TH_LOG("order %u", p->order);
	EXPECT_LE(all, free + p->n_blocks * ((1UL << shift) - 1))
		TH_LOG("order %u", p->order);
}

TEST(blocks)
{
	static const unsigned int orders[] = { 1, 9, 10, 16, 18 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		/* So many blocks that the client cannot keep them. */
		if (meminfo_bytes("MemTotal") / PAGE >> orders[i] > PHYSICAL_BLOCKS / 2)
			continue;
		take(_metadata, &alone, (struct physical_ask){ .order = orders[i] });
		expect_whole(_metadata, &alone);
		expect_free_blocks(_metadata, &alone);
	}
}

static void read_forever(bool cgroups)
{
	struct physical_ask ask = { .cgroups = cgroups };

	while (!physical_take_with(&several, ask))
		;
	_exit(1);
}

/* Readers that are killed at any point, several at a time: the module can be unloaded. */
TEST(killed)
{
	unsigned int i, n;
	pid_t pid[3];
	int status;

	if (!ko_path())
		SKIP(return, "MEMCENSUS_KO names no module to reload");
	for (i = 0; i < 40; i++) {
		for (n = 0; n < ARRAY_SIZE(pid); n++) {
			pid[n] = fork();
			ASSERT_LE(0, pid[n]);
			if (!pid[n])
				read_forever(n);
		}
		usleep(1000 * (i + 1));
		for (n = 0; n < ARRAY_SIZE(pid); n++) {
			ASSERT_EQ(0, kill(pid[n], SIGKILL));
			ASSERT_EQ(pid[n], waitpid(pid[n], &status, 0));
			EXPECT_TRUE(WIFSIGNALED(status));
		}
	}
	take(_metadata, &several, (struct physical_ask){ .cgroups = true });
	expect_whole(_metadata, &several);
	ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(""));
}

/* Readers at a time, and how often. */
#define READERS	6
#define ROUNDS	5

/* Each of several readers that begin together sends the number of its pass. */
static void read_together(const int *go, const int *to)
{
	char c;

	need(read(go[0], &c, 1) == 1, "parent");
	need(!physical_take(&several), several.wrong);
	need(write(to[1], &several.seq, sizeof(several.seq)) == sizeof(several.seq), "parent");
	_exit(0);
}

static unsigned int count_different(const uint64_t *of, unsigned int nr)
{
	unsigned int different = 0, i, j;

	for (i = 0; i < nr; i++) {
		for (j = 0; j < i && of[j] != of[i]; )
			j++;
		different += j == i;
	}
	return different;
}

/* Passes run one after the other, and those who wait share one; a new reader gets a new one. */
TEST(shared)
{
	unsigned int round, i, passes = 0;
	int go[2], seq_fd[2], status;
	uint64_t seq[READERS];
	pid_t pid[READERS];

	ASSERT_EQ(0, physical_take(&alone));
	ASSERT_EQ(0, physical_take(&several));
	EXPECT_LT(alone.seq, several.seq);
	for (round = 0; round < ROUNDS; round++) {
		ASSERT_EQ(0, pipe(go) || pipe(seq_fd));
		for (i = 0; i < READERS; i++) {
			pid[i] = fork();
			ASSERT_LE(0, pid[i]);
			if (!pid[i])
				read_together(go, seq_fd);
		}
		ASSERT_EQ(READERS, write(go[1], "gggggg", READERS));
		for (i = 0; i < READERS; i++)
			ASSERT_EQ(sizeof(seq[i]), read(seq_fd[0], &seq[i], sizeof(seq[i])));
		for (i = 0; i < READERS; i++) {
			ASSERT_EQ(pid[i], waitpid(pid[i], &status, 0));
			EXPECT_EQ(0, status);
		}
		passes += count_different(seq, READERS);
		close(go[0]);
		close(go[1]);
		close(seq_fd[0]);
		close(seq_fd[1]);
	}
	diag("%u readers, %u passes", READERS * ROUNDS, passes);
	EXPECT_LT(passes, READERS * ROUNDS);
}

/* The least of max_results, and results that are held. */
#define MAX_RESULTS	4194304UL
#define HELD		300U

/* Begins to receive an answer.  0 or -errno. */
static int hold_pass(struct census_socket *s, unsigned int order, struct census_error *error)
{
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	char buf[8192];
	int ret;

	ret = census_open(s);
	if (ret)
		return ret;
	nlh = census_header(s, buf, MEMCENSUS_CMD_PHYSICAL, NLM_F_DUMP);
	nest = mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST);
	mnl_attr_put_u32(nlh, MEMCENSUS_REQ_ORDER, order);
	mnl_attr_nest_end(nlh, nest);
	ret = census_send(s, nlh);
	/* The first has INFO, the second needs the pass. */
	if (!ret)
		ret = census_receive(s, NULL, sizeof(buf), error);
	if (ret > 0)
		ret = census_receive(s, NULL, sizeof(buf), error);
	if (ret < 0)
		census_close(s);
	return ret < 0 ? ret : 0;
}

/* All results that readers hold are in max_results, also those without tables. */
TEST(held)
{
	static struct census_socket sockets[HELD];
	struct census_error error = {};
	unsigned int nr = 0, i;
	unsigned long bytes;
	char words[64];
	int ret = 0;

	if (!ko_path())
		SKIP(return, "MEMCENSUS_KO names no module to reload");
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	snprintf(words, sizeof(words), "max_results=%lu", MAX_RESULTS);
	ASSERT_EQ(0, ko_load(words));
	take(_metadata, &alone, (struct physical_ask){ .order = 7 });
	bytes = alone.n_blocks * sizeof(uint64_t);
	while (nr < HELD && !ret) {
		ret = hold_pass(&sockets[nr], 7, &error);
		nr += !ret;
	}
	diag("%u results of %lu bytes: %d: %s", nr, bytes, ret, error.text);
	EXPECT_EQ(-EDQUOT, ret);
	EXPECT_NE(NULL, strstr(error.text, "max_results"));
	EXPECT_LT(0, nr);
	EXPECT_LE(nr * bytes, MAX_RESULTS);
	for (i = 0; i < nr; i++)
		census_close(&sockets[i]);
	take(_metadata, &alone, (struct physical_ask){ .order = 7 });
	ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(""));
}

PROGRAM_OF(PHYSICAL)

TEST_HARNESS_MAIN
