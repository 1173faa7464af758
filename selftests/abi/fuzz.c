// SPDX-License-Identifier: GPL-2.0
/*
 * Random requests from the table of the ABI, valid and corrupted, and reads of the
 * text files at odd offsets. The test checks each answer, and then the kernel log.
 * By default it takes about 20 seconds; make check fuzz sets these:
 *
 *	FUZZ_SEED=N	the printed seed of an earlier run
 *	FUZZ_MESSAGES=N	number of messages, without a time limit
 *	FUZZ_WORKERS=N	number of processes (2)
 *	FUZZ_FILES=N	number of operations on each file (300)
 *	FUZZ_WORKER=N FUZZ_ROUND=N	repeat only this datagram
 */
#include <stdlib.h>

#include "owners/counted.h"
#include "fuzz/fuzz.h"
#include "selftest.h"

/* Parameters set the length of a run. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 14400

#define LLU(n)		((unsigned long long)(n))
#define WORKERS_MAX	16
/* With these a dump of all processes needs more than one buffer of 32 KiB. */
#define CROWD		40
/* Without FUZZ_MESSAGES: what a debug kernel under emulation sends in this time. */
#define SHORT_MS	12000
#define SHORT_MESSAGES	16000

struct shared {
	struct fuzz_counts counts;
	struct fuzz_failure failure;
};

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

static uint64_t seed(void)
{
	static uint64_t n;

	if (!n)
		n = number("FUZZ_SEED", now_ms() * 2654435761U % 1000000007);
	return n;
}

static struct shared *map_results(void)
{
	struct shared *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	need(s != MAP_FAILED, "shared memory");
	return s;
}

static void show_counts(const struct fuzz_counts *c)
{
	static const char *const names[] = {
		"EINVAL", "ERANGE", "EOPNOTSUPP", "EBUSY", "ENOENT",
	};
	unsigned int i;

	diag("fuzz: sent: %llu messages in %llu datagrams", LLU(c->messages),
	     LLU(c->datagrams));
	diag("fuzz: received: %llu messages of the family, %llu INFO, %llu acknowledgments",
	     LLU(c->answers), LLU(c->infos), LLU(c->acks));
	diag("fuzz: received: %llu complete dumps, %llu of them of processes",
	     LLU(c->dumps), LLU(c->scans));
	for (i = 0; i < ARRAY_SIZE(names); i++)
		diag("fuzz: received: %llu %s", LLU(c->errors[i]), names[i]);
	diag("fuzz: %llu rounds torn by small buffers, %llu peeks", LLU(c->torn),
	     LLU(c->peeks));
	diag("fuzz: %llu sockets closed in between", LLU(c->closed));
}

static void show_failure(const struct fuzz_failure *f)
{
	size_t i;

	diag("worker %u, round %llu: %s", f->worker, LLU(f->round), f->text);
	diag("again: FUZZ_SEED=%llu FUZZ_WORKER=%u FUZZ_ROUND=%llu",
	     LLU(seed()), f->worker, LLU(f->round));
	fprintf(stderr, "# %zu bytes:", f->len);
	for (i = 0; i < f->len && i < sizeof(f->datagram); i++)
		fprintf(stderr, "%s%02x", i % 4 ? "" : " ", f->datagram[i]);
	fputc('\n', stderr);
}

static void nothing(void *arg)
{
}

typedef bool (*round_fn)(struct fuzz_worker *w, uint64_t round);

/* Runs until all workers have sent @messages, but not after @until_ms; 0: no limit. */
static int run_worker(struct shared *s, unsigned int n, uint64_t messages,
		      uint64_t until_ms, round_fn one)
{
	struct fuzz_worker w = {
		.seed = seed(), .number = n, .counts = &s->counts,
		.failure = &s->failure,
	};
	uint64_t only = number("FUZZ_ROUND", 0), round;

	fuzz_worker_begin(&w);
	if (only)
		return !one(&w, only);
	for (round = 1; s->counts.messages < messages; round++) {
		if (!one(&w, round) || *s->failure.text)
			break;
		if (until_ms && now_ms() >= until_ms)
			break;
		if (!n && !(round & 8191))
			diag("fuzz: so far %llu messages",
			     LLU(s->counts.messages));
	}
	child_end(w.target.alive[2]);
	return !!*s->failure.text;
}

/* Sends one of @part parts of the messages. */
static void run(struct __test_metadata *_metadata, unsigned int part, round_fn one)
{
	uint64_t asked = number("FUZZ_MESSAGES", 0) / part;
	uint64_t messages = asked ? asked : SHORT_MESSAGES / part;
	unsigned int workers = number("FUZZ_WORKERS", 2), i;
	bool only = getenv("FUZZ_WORKER");
	struct shared *s = map_results();
	pid_t pids[WORKERS_MAX], crowd[CROWD];
	int status;

	diag("seed %llu", LLU(seed()));
	ASSERT_LE(workers, WORKERS_MAX);
	for (i = 0; i < CROWD; i++)
		crowd[i] = child_start(nothing, NULL);
	for (i = 0; i < workers; i++) {
		if (only)
			i = number("FUZZ_WORKER", 0);
		pids[only ? 0 : i] = fork();
		if (!pids[only ? 0 : i])
			_exit(run_worker(s, i, messages,
					 asked ? 0 : now_ms() + SHORT_MS / part, one));
		if (only)
			workers = 1;
	}
	for (i = 0; i < workers; i++) {
		ASSERT_EQ(pids[i], waitpid(pids[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	for (i = 0; i < CROWD; i++)
		child_end(crowd[i]);
	if (*s->failure.text)
		show_failure(&s->failure);
	if (one == fuzz_round)
		show_counts(&s->counts);
	else
		diag("fuzz: threads: %llu messages in %llu datagrams on %llu sockets",
		     LLU(s->counts.messages), LLU(s->counts.datagrams),
		     LLU(s->counts.closed));
	EXPECT_LE(asked, s->counts.messages);
	if (only)
		return;
	/* Each result must occur, or the test covers less than it claims. */
	if (one == fuzz_round) {
		EXPECT_LT(0, s->counts.scans);
		for (i = 0; i < 5; i++)
			EXPECT_LT(0, s->counts.errors[i]);
	}
}

TEST(messages)
{
	run(_metadata, 1, fuzz_round);
}

TEST(threads_on_one_socket)
{
	run(_metadata, 10, fuzz_crowd);
}

TEST(files)
{
	static const char *const paths[] = {
		"/proc/memcensus",
		"/sys/kernel/debug/memcensus/summary",
		"/sys/kernel/debug/memcensus/tasks",
		"/sys/kernel/debug/memcensus/scan",
	};
	unsigned int n = number("FUZZ_FILES", 300), i, done, all = 0;

	diag("seed %llu", LLU(seed()));
	for (i = 0; i < ARRAY_SIZE(paths); i++)
		for (done = 0; done < n; done += 300) {
			const char *text = fuzz_file(paths[i],
						     fuzz_mix(seed(), done),
						     300);

			EXPECT_EQ(NULL, text)
				TH_LOG("%s: %s", paths[i], text);
			if (text)
				return;
			all += 300;
		}
	diag("fuzz: files: %u operations on %zu files", all, ARRAY_SIZE(paths));
}

/* After all this, a valid request still gets its answer. */
TEST(still_sound)
{
	struct census census;

	ASSERT_FRAMES_OF_ALL(&census);
	EXPECT_NE(NULL, census_task_of(&census, getpid()));
	census_free(&census);
}

TEST_HARNESS_MAIN
