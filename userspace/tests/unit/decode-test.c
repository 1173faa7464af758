// SPDX-License-Identifier: GPL-2.0
/*
 * Any input: an invalid message gives an error that says so, unknown content is
 * skipped, and nothing crashes.
 */
#include <stdlib.h>
#include <string.h>
#include <linux/genetlink.h>

#include "stream.h"
#include "tap.h"
#include "wire/decode.h"
#include "wire/request.h"

static char request_buf[REQUEST_SIZE] __attribute__((aligned(8)));
static struct nlmsghdr *request;

/* Feeds @s and frees it; the caller owns the snapshot unless @snap is NULL. */
static enum reply_state feed(struct stream *s, struct snapshot **snap,
			     struct failure *why)
{
	struct snapshot *mine = snapshot_new();
	enum reply_state state;

	memset(why, 0, sizeof(*why));
	state = reply_feed(mine, request, s->buf, s->len, why);
	stream_free(s);
	if (snap)
		*snap = mine;
	else
		snapshot_free(mine);
	return state;
}

static void expect_failure(struct stream *s, enum failure_kind kind,
			   const char *text, const char *name)
{
	struct failure why;
	enum reply_state state = feed(s, NULL, &why);

	if (!ok(state == REPLY_FAILED && why.kind == kind && strstr(why.text, text),
		"%s", name))
		printf("# state %d, kind %d: %s\n", state, why.kind, why.text);
}

/* A TASK with one attribute of @len bytes, after a valid head. */
static void bad_task(uint16_t type, const void *data, size_t len,
		     const char *text, const char *name)
{
	struct stream s;
	size_t nest;

	stream_init(&s, request->nlmsg_seq);
	stream_head(&s, 1, MEMCENSUS_ABI);
	stream_begin(&s, 1);
	nest = stream_nest(&s, MEMCENSUS_A_TASK);
	stream_put(&s, type, data, len);
	stream_nest_end(&s, nest);
	stream_end(&s);
	stream_done(&s, 0, NULL, 0);
	expect_failure(&s, FAIL_MALFORMED, text, name);
}

static void test_lengths(void)
{
	static const char zeros[16];
	const struct nlattr outside = { .nla_len = 64, .nla_type = MEMCENSUS_F_PSS };
	const struct nlattr tiny = { .nla_len = 2, .nla_type = MEMCENSUS_F_PSS };
	const struct {
		struct nlattr attr;
		uint32_t value;
	} narrow = { { 8, MEMCENSUS_F_PSS }, 1 };

	bad_task(MEMCENSUS_TASK_PID, zeros, 3, "3 bytes in attribute pid of task",
		 "a u32 of three bytes");
	bad_task(MEMCENSUS_TASK_PID, zeros, 8, "8 bytes in attribute pid",
		 "a u32 of eight bytes");
	bad_task(MEMCENSUS_TASK_STATE, zeros, 0, "0 bytes in attribute state",
		 "a u32 of no bytes");
	bad_task(MEMCENSUS_TASK_START_NS, zeros, 4, "4 bytes in attribute start_ns",
		 "a u64 of four bytes");
	bad_task(MEMCENSUS_TASK_PEERS, zeros, 6, "6 bytes in attribute peers",
		 "an array of one and a half");
	bad_task(MEMCENSUS_TASK_FIGURES, &outside, sizeof(outside),
		 "an attribute of task is truncated", "a figure longer than its nest");
	bad_task(MEMCENSUS_TASK_FIGURES, &tiny, sizeof(tiny),
		 "an attribute of task is truncated", "a figure shorter than its head");
	bad_task(MEMCENSUS_TASK_FIGURES, zeros, 2, "an attribute of task is truncated",
		 "two bytes of figures");
	bad_task(MEMCENSUS_TASK_FIGURES, &narrow, sizeof(narrow),
		 "4 bytes in figure 8 of task", "a figure of four bytes");
}

static void test_frames(void)
{
	struct nlmsghdr *nlh;
	struct stream s;

	stream_init(&s, request->nlmsg_seq);
	stream_head(&s, 1, MEMCENSUS_ABI);
	stream_begin(&s, 2);
	stream_nest_end(&s, stream_nest(&s, MEMCENSUS_A_TASK));
	stream_end(&s);
	expect_failure(&s, FAIL_MALFORMED, "census 2 among those of census 1",
		       "a message of another census");

	stream_init(&s, request->nlmsg_seq);
	stream_head(&s, 1, MEMCENSUS_ABI);
	stream_begin(&s, 0);
	stream_nest_end(&s, stream_nest(&s, MEMCENSUS_A_TASK));
	stream_end(&s);
	expect_failure(&s, FAIL_MALFORMED, "it has no census number",
		       "a message without a number");

	stream_init(&s, request->nlmsg_seq);
	stream_begin(&s, 1);
	stream_end(&s);
	expect_failure(&s, FAIL_MALFORMED, "no record in it",
		       "a message without its nest");

	stream_init(&s, request->nlmsg_seq);
	stream_done(&s, 0, NULL, 0);
	expect_failure(&s, FAIL_MALFORMED, "without INFO and SCAN",
		       "a dump of nothing");

	stream_init(&s, request->nlmsg_seq);
	stream_head(&s, 1, MEMCENSUS_ABI);
	s.len -= 4;
	expect_failure(&s, FAIL_LOST, "truncated", "a datagram that was cut");

	stream_init(&s, request->nlmsg_seq);
	stream_begin(&s, 0);
	stream_end(&s);
	nlh = (struct nlmsghdr *)(void *)s.buf;
	nlh->nlmsg_len = NLMSG_HDRLEN + 2;
	s.len = nlh->nlmsg_len;
	expect_failure(&s, FAIL_MALFORMED, "too short", "half a genetlink head");

	stream_init(&s, request->nlmsg_seq);
	stream_begin(&s, 0);
	nlh = (struct nlmsghdr *)(void *)s.buf;
	nlh->nlmsg_len = 3;
	expect_failure(&s, FAIL_LOST, "truncated", "a length below that of a head");
}

static void test_ends(void)
{
	struct failure why;
	struct stream s;
	/* PARTS follows nlmsghdr, genlmsghdr and the header of the nest. */
	const int parts = NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN;

	stream_init(&s, request->nlmsg_seq);
	stream_head(&s, 1, MEMCENSUS_ABI);
	stream_done(&s, -22, "no such part", parts);
	expect_failure(&s, FAIL_REFUSED, "no such part",
		       "the end of a dump carries an error and its ack");

	stream_init(&s, request->nlmsg_seq);
	stream_done(&s, -3, "process 77 is not there", 0);
	expect_failure(&s, FAIL_NO_PROCESS, "process 77 is not there",
		       "an absent process");

	stream_init(&s, request->nlmsg_seq);
	stream_done(&s, -12, NULL, 0);
	expect_failure(&s, FAIL_MEMORY, "too little memory", "no memory there");

	stream_init(&s, request->nlmsg_seq);
	stream_done(&s, -4, NULL, 0);
	expect_failure(&s, FAIL_INTERRUPTED, "interrupted", "a signal ended it");

	stream_init(&s, request->nlmsg_seq);
	stream_error(&s, -22, "attribute not known", parts, request, 0);
	expect_failure(&s, FAIL_REFUSED, "attribute not known",
		       "an error with the whole request in it");

	stream_init(&s, request->nlmsg_seq);
	stream_error(&s, -34, "out of range", parts, request, 1);
	expect_failure(&s, FAIL_REFUSED, "out of range",
		       "an error that is capped");

	stream_init(&s, request->nlmsg_seq);
	stream_error(&s, -22, NULL, parts, request, 1);
	expect_failure(&s, FAIL_SYSTEM, "the kernel refused: Invalid argument",
		       "an error without words");

	stream_init(&s, request->nlmsg_seq);
	stream_error(&s, -1, "text of the kernel", 0, request, 0);
	expect_failure(&s, FAIL_PRIVILEGE, "run as root", "not root");

	stream_init(&s, request->nlmsg_seq);
	stream_done(&s, -95, "the module was built without oom: load one that has it", 0);
	expect_failure(&s, FAIL_VERSION, "the module was built without oom",
		       "what the module was built without, in its words");

	stream_init(&s, request->nlmsg_seq);
	stream_done(&s, -95, NULL, 0);
	expect_failure(&s, FAIL_VERSION, "load the memcensus.ko",
		       "what an older module does not know");

	stream_init(&s, request->nlmsg_seq + 1);
	stream_done(&s, -22, NULL, 0);
	ok(feed(&s, NULL, &why) == REPLY_MORE, "an answer to another request");
}

/* A message of version 1 of the ABI. */
static void test_version_1(void)
{
	struct snapshot *snap = snapshot_new();
	struct genlmsghdr *genl;
	struct failure why;
	struct stream s;

	stream_init(&s, request->nlmsg_seq);
	stream_head(&s, 1, 1);
	genl = (void *)(s.buf + NLMSG_HDRLEN);
	genl->version = 1;
	ok(decode_message(snap, (void *)s.buf, &why) && why.kind == FAIL_VERSION &&
	   strstr(why.text, "version 1 of the ABI, this reader reads version 3"),
	   "a message of version 1 is refused: %s", why.text);
	stream_free(&s);
	snapshot_free(snap);
}

static void test_newer(void)
{
	struct snapshot *snap;
	struct failure why;
	struct stream s;
	size_t nest;

	stream_init(&s, request->nlmsg_seq);
	stream_head(&s, 1, MEMCENSUS_ABI + 1);
	stream_begin(&s, 1);
	stream_u32(&s, MEMCENSUS_A_MAX + 1, 1);
	stream_end(&s);
	stream_begin(&s, 1);
	stream_u32(&s, MEMCENSUS_A_MAX + 1, 1);
	nest = stream_nest(&s, MEMCENSUS_A_TASK);
	stream_u32(&s, MEMCENSUS_TASK_PID, 5);
	stream_u64(&s, MEMCENSUS_TASK_MAX + 1, 1);
	stream_nest_end(&s, nest);
	stream_end(&s);
	stream_done(&s, 0, NULL, 0);
	ok(feed(&s, &snap, &why) == REPLY_DONE && snap->n_tasks == 1 &&
	   snap->tasks[0].known == 1ULL << MEMCENSUS_TASK_PID &&
	   snap->tasks[0].pid == 5, "what a newer module adds is passed over");
	snapshot_free(snap);
}

static void test_groups(void)
{
	struct snapshot *snap;
	struct failure why;
	struct stream s;

	stream_init(&s, request->nlmsg_seq);
	scene_fill(&s, "users");
	ok(feed(&s, &snap, &why) == REPLY_DONE && snap->n_groups == 2 &&
	   KNOWN(&snap->groups[0], MEMCENSUS_GROUP_UID) &&
	   !KNOWN(&snap->groups[0], MEMCENSUS_GROUP_CGROUP) &&
	   snap->groups[0].uid == 4000000000U && snap->groups[0].mms == 2 &&
	   snap->groups[0].figures.v[MEMCENSUS_F_FRAMES] == 52000 << 10,
	   "groups");
	ok(snap->scan.frames == 52500 << 10 && !snap->scan.violations,
	   "what a census of frames says of itself");
	snapshot_free(snap);
}

/* Changes or truncates bytes of scenes, reproducibly. */
static void test_mutants(void)
{
	static const char *const scenes[] = {
		"small", "unknown", "hostile", "cgroups", "vmas", "refused",
	};
	unsigned int states[REPLY_FAILED + 1] = { 0 };
	struct failure why;
	struct stream s;
	int i, n;

	srand(1);
	for (i = 0; i < 20000; i++) {
		stream_init(&s, request->nlmsg_seq);
		scene_fill(&s, scenes[i % 6]);
		for (n = rand() % 4; n >= 0; n--)
			s.buf[rand() % s.len] = (char)rand();
		if (rand() % 4 == 0)
			s.len = rand() % s.len;
		/* An exact buffer, so that the sanitizer finds reads past its end. */
		s.buf = realloc(s.buf, s.len ? s.len : 1);
		states[feed(&s, NULL, &why)]++;
	}
	ok(states[REPLY_DONE] && states[REPLY_FAILED],
	   "mutants: %u decoded, %u refused, %u without end, none crashed",
	   states[REPLY_DONE], states[REPLY_FAILED], states[REPLY_MORE]);
}

/*
 * A request written by hand from the ABI: the reader's encoder must give the same
 * bytes, and its decoder the same request.
 */
static void test_request(void)
{
	static const uint64_t pids[] = { 1, 4711 };
	const struct request asked = {
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS,
		.pids = { 2, pids },
		.group_by = MEMCENSUS_BY_PIDS,
	};
	struct {
		struct nlmsghdr nlh;
		uint8_t cmd, version;
		uint16_t zero;
		struct nlattr request;
		struct nlattr parts_are;
		uint32_t parts;
		struct nlattr pids_are;
		uint32_t pids[2];
		struct nlattr by_is;
		uint32_t by;
	} wire = {
		{ sizeof(wire), STREAM_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 3, 0 },
		MEMCENSUS_CMD_SNAPSHOT, MEMCENSUS_GENL_VERSION, 0,
		{ sizeof(wire) - 20, MEMCENSUS_A_REQUEST | NLA_F_NESTED },
		{ 8, MEMCENSUS_REQ_PARTS },
		MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS | MEMCENSUS_PART_OWNERS,
		{ 12, MEMCENSUS_REQ_PIDS }, { 1, 4711 },
		{ 8, MEMCENSUS_REQ_GROUP_BY }, MEMCENSUS_BY_PIDS,
	};
	static char buf[REQUEST_SIZE] __attribute__((aligned(8)));
	const struct nlmsghdr *made = request_put(buf, STREAM_FAMILY, 3, &asked);
	struct snapshot *snap = snapshot_new();
	const struct request *got = &snap->asked;
	__typeof__(wire) first = wire;
	struct nlmsghdr answer;
	struct failure why;

	ok(made->nlmsg_len == sizeof(wire) && !memcmp(made, &wire, sizeof(wire)),
	   "a request is written as the ABI has it");
	ok(!decode_message(snap, &wire.nlh, &why) && got->parts == wire.parts &&
	   got->group_by == asked.group_by &&
	   got->pids.n == 2 && got->pids.v[0] == pids[0] && got->pids.v[1] == pids[1],
	   "and is read so");

	/* A number of one byte. */
	first.parts_are.nla_len = 5;
	snapshot_reset(snap);
	ok(decode_message(snap, &first.nlh, &why) && why.kind == FAIL_MALFORMED,
	   "a u32 of one byte is malformed: %s", why.text);

	first = wire;
	answer = wire.nlh;
	answer.nlmsg_flags = NLM_F_MULTI;
	memcpy(&first.nlh, &answer, sizeof(answer));
	snapshot_reset(snap);
	ok(decode_message(snap, &first.nlh, &why) && !got->known,
	   "an answer of this command is no request");
	snapshot_free(snap);
}

/* All else in @asked is of SNAPSHOT requests. */
static void test_share_request(void)
{
	static const uint64_t pids[] = { 4711 };
	const struct request asked = {
		.parts = 1, .pids = { 1, pids },
		.command = MEMCENSUS_CMD_SHARE, .limit = 9, .order = 5,
	};
	struct {
		struct nlmsghdr nlh;
		uint8_t cmd, version;
		uint16_t zero;
		struct nlattr request;
		struct nlattr pids_are;
		uint32_t pids[1];
		struct nlattr limit_is;
		uint32_t limit;
	} wire = {
		{ sizeof(wire), STREAM_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 3, 0 },
		MEMCENSUS_CMD_SHARE, MEMCENSUS_GENL_VERSION, 0,
		{ sizeof(wire) - 20, MEMCENSUS_A_REQUEST | NLA_F_NESTED },
		{ 8, MEMCENSUS_REQ_PIDS }, { 4711 }, { 8, MEMCENSUS_REQ_LIMIT }, 9,
	};
	static char buf[REQUEST_SIZE] __attribute__((aligned(8)));
	const struct nlmsghdr *made = request_put(buf, STREAM_FAMILY, 3, &asked);

	ok(made->nlmsg_len == sizeof(wire) && !memcmp(made, &wire, sizeof(wire)),
	   "a SHARE request is written as the ABI has it");
}

int main(void)
{
	const struct request all = { .parts = MEMCENSUS_PART_TASKS };

	request = request_put(request_buf, STREAM_FAMILY, 11, &all);
	test_request();
	test_lengths();
	test_frames();
	test_ends();
	test_version_1();
	test_newer();
	test_groups();
	test_share_request();
	test_mutants();
	return tap_done();
}
