// SPDX-License-Identifier: GPL-2.0
/* Series: consecutive censuses of processes that change. */
#include <string.h>

#include "stream.h"

#define MIB(n)	((uint64_t)(n) << 20)
#define SEC(n)	((uint64_t)(n) * 1000000000)

/**
 * struct state - a process in one census
 * @pid: 0: none
 * @comm: its name; NULL: unknown
 * @start: ns since boot
 * @state: enum memcensus_state
 * @vss, @uss, @shared, @swap: bytes; two processes map @shared; @swap with UNOWNED: its owner is
 *	unknown
 */
struct state {
	uint32_t pid;
	const char *comm;
	uint64_t start;
	uint8_t state;
	uint64_t vss;
	uint64_t uss;
	uint64_t shared;
	uint64_t swap;
};

#define UNOWNED	(UINT64_C(1) << 63)

static void put_state_in(struct stream *s, unsigned int step, const struct state *state,
			 uint64_t cgroup)
{
	size_t task, figures;

	stream_begin(s, 1 + step);
	task = stream_nest(s, MEMCENSUS_A_TASK);
	stream_u32(s, MEMCENSUS_TASK_PID, state->pid);
	if (state->comm)
		stream_string(s, MEMCENSUS_TASK_COMM, state->comm);
	stream_u64(s, MEMCENSUS_TASK_CGROUP, cgroup);
	stream_u64(s, MEMCENSUS_TASK_START_NS, state->start);
	stream_u32(s, MEMCENSUS_TASK_STATE, state->state);
	figures = stream_nest(s, MEMCENSUS_TASK_FIGURES);
	if (state->state == MEMCENSUS_STATE_WALKED) {
		stream_u64(s, MEMCENSUS_F_VSS, state->vss);
		stream_u64(s, MEMCENSUS_F_RSS, state->uss + state->shared);
		stream_u64(s, MEMCENSUS_F_USS, state->uss);
		stream_u64(s, MEMCENSUS_F_PSS, state->uss + state->shared / 2);
		stream_u64(s, MEMCENSUS_F_SWAP, state->swap & ~UNOWNED);
		if (!(state->swap & UNOWNED))
			stream_u64(s, MEMCENSUS_F_SWAP_USS, state->swap);
	}
	stream_nest_end(s, figures);
	stream_nest_end(s, task);
	stream_end(s);
}

static void put_state(struct stream *s, unsigned int step,
		      const struct state *state)
{
	put_state_in(s, step, state, state->pid <= 200 ? 11 : 20);
}

/* One process, one state a second. */
static int put_states(struct stream *s, unsigned int step,
		      const struct state *states, size_t n)
{
	if (step >= n)
		return 1;
	s->moment = SEC(step);
	stream_head(s, 1 + step, MEMCENSUS_ABI);
	if (states[step].pid)
		put_state(s, step, &states[step]);
	stream_done(s, 0, NULL, 0);
	return 0;
}

#define WALKED	MEMCENSUS_STATE_WALKED

/* All kinds of growth, a new name, and a reused PID. */
static int series_life(struct stream *s, unsigned int step)
{
	static const struct state states[] = {
		{ 100, "walk", 1, WALKED, MIB(4), MIB(1), MIB(2), 0 },
		{ 100, "walk", 1, WALKED, MIB(104), MIB(1), MIB(2), 0 },
		{ 100, "walk", 1, WALKED, MIB(104), MIB(11), MIB(2), 0 },
		{ 100, "walk", 1, WALKED, MIB(104), MIB(11), MIB(2), 0 },
		{ 100, "walk", 1, WALKED, MIB(104), MIB(6), MIB(2), MIB(5) },
		{ 100, "walk", 1, MEMCENSUS_STATE_BUSY, 0, 0, 0, 0 },
		{ 100, "walk", 1, WALKED, MIB(124), MIB(16), MIB(2), MIB(5) },
		{ 100, "walk", 1, WALKED, MIB(24), MIB(16), MIB(2), 0 },
		{ 100, "walk", 1, WALKED, MIB(29), MIB(21), MIB(2), 0 },
		{ 100, "new\nname", 1, WALKED, MIB(2), MIB(1), MIB(1), 0 },
		{ 100, "heir", 9, WALKED, MIB(2), MIB(1), MIB(1), 0 },
		{ 100, "heir", 9, WALKED, MIB(2), MIB(1), MIB(1), 0 },
	};

	return put_states(s, step, states, sizeof(states) / sizeof(states[0]));
}

/* A process that starts later and ends. */
static int series_guest(struct stream *s, unsigned int step)
{
	static const struct state states[] = {
		{ 0 },
		{ 100, "guest", 1, WALKED, MIB(4), MIB(1), MIB(2), 0 },
		{ 100, "guest", 1, WALKED, MIB(4), MIB(1), MIB(2), 0 },
		{ 0 },
		{ 0 },
	};

	return put_states(s, step, states, sizeof(states) / sizeof(states[0]));
}

/* A mapping of @pid with @uss bytes. */
static void put_mapping(struct stream *s, unsigned int step, uint32_t pid,
			uint64_t start, uint64_t end, const char *name, uint64_t uss)
{
	size_t vma, figures;

	stream_begin(s, 1 + step);
	vma = stream_nest(s, MEMCENSUS_A_VMA);
	stream_u32(s, MEMCENSUS_VMA_PID, pid);
	stream_u64(s, MEMCENSUS_VMA_START, start);
	stream_u64(s, MEMCENSUS_VMA_END, end);
	stream_string(s, MEMCENSUS_VMA_MODE, "rw-p");
	if (name)
		stream_string(s, MEMCENSUS_VMA_NAME, name);
	figures = stream_nest(s, MEMCENSUS_VMA_FIGURES);
	stream_u64(s, MEMCENSUS_F_USS, uss);
	stream_u64(s, MEMCENSUS_F_SWAP_USS, 0);
	stream_nest_end(s, figures);
	stream_nest_end(s, vma);
	stream_end(s);
}

static void put_available(struct stream *s, uint64_t bytes)
{
	stream_meminfo(s, "MemTotal", MIB(2048));
	stream_meminfo(s, "MemAvailable", bytes);
	stream_meminfo(s, "SwapFree", MIB(100));
}

/* A process of @uss bytes; @busy: its mmap lock was unavailable. */
static void put_holder(struct stream *s, unsigned int step, uint32_t pid,
		       const char *comm, uint64_t uss, int busy)
{
	const struct state state = {
		.pid = pid, .comm = comm, .start = pid,
		.state = busy ? MEMCENSUS_STATE_BUSY : WALKED,
		.vss = 2 * uss, .uss = uss, .shared = MIB(1),
	};

	put_state(s, step, &state);
}

/* The mappings of "heap": [heap] leaks 1 MiB a second; two others do not grow. */
static void put_heap(struct stream *s, unsigned int step)
{
	const uint64_t heap = 0x1000000, stack = 0x7ff000000000;

	put_mapping(s, step, 100, 0x400000, 0x500000, "/usr/bin/heap", MIB(1));
	put_mapping(s, step, 100, heap, heap + MIB(10 + step), "[heap]", MIB(10 + step));
	put_mapping(s, step, 100, stack, stack + MIB(1), "[stack]", MIB(1));
}

/*
 * The mappings of "maps": one grows downwards, and on the way is merged from two and
 * split in two; it has many files far apart, a new one in every second census.
 */
static void put_maps(struct stream *s, unsigned int step)
{
	const uint64_t top = 0x7f8000000000;
	unsigned int i;

	for (i = 0; i <= step / 2; i++)
		put_mapping(s, step, 200, 0x100000000 * (i + 1),
			    0x100000000 * (i + 1) + MIB(1), "/tmp/files", MIB(1));
	if (step < 10) {
		put_mapping(s, step, 200, top - MIB(20 + 2 * step), top - MIB(10) - 4096,
			    NULL, MIB(10 + 2 * step));
		put_mapping(s, step, 200, top - MIB(10), top, NULL, MIB(10));
	} else if (step % 10 == 5) {
		put_mapping(s, step, 200, top - MIB(20 + 2 * step), top - MIB(10), NULL,
			    MIB(10 + 2 * step));
		put_mapping(s, step, 200, top - MIB(10), top, NULL, MIB(10));
	} else {
		put_mapping(s, step, 200, top - MIB(20 + 2 * step), top, NULL,
			    MIB(20 + 2 * step));
	}
}

/* A group by cgroup, as a record that was made with -g has it. */
static void put_cgroup(struct stream *s, unsigned int step, uint32_t id, uint32_t parent,
		       uint64_t cgroup)
{
	size_t group;

	stream_begin(s, 1 + step);
	group = stream_nest(s, MEMCENSUS_A_GROUP);
	stream_u32(s, MEMCENSUS_GROUP_ID, id);
	if (parent)
		stream_u32(s, MEMCENSUS_GROUP_PARENT, parent);
	stream_u64(s, MEMCENSUS_GROUP_CGROUP, cgroup);
	stream_u32(s, MEMCENSUS_GROUP_MMS, 4);
	stream_nest_end(s, group);
	stream_end(s);
}

/* One minute of processes that leak, and of some that do not. */
static int series_leaks(struct stream *s, unsigned int step)
{
	if (step > 60)
		return 1;
	s->moment = SEC(step);
	stream_head(s, 1 + step, MEMCENSUS_ABI);
	put_holder(s, step, 100, "heap", MIB(12 + step), 0);
	put_holder(s, step, 200, "maps", MIB(21 + step / 2 + 2 * step), 0);
	put_holder(s, step, 300, "slow\nstep", MIB(5 + step / 6), step % 5 == 4);
	put_holder(s, step, 400, "steady", MIB(40), 0);
	put_holder(s, step, 500, "cache", MIB(step < 20 ? 2 * step : 40), 0);
	put_holder(s, step, 600, "saw", MIB(5 + step % 12), 0);
	if (step < 30)
		put_holder(s, step, 700, "ends", MIB(step), 0);
	if (step > 54)
		put_holder(s, step, 800, "young", MIB(step), 0);
	/* The one that takes the censuses, and another one with a name of ours */
	put_holder(s, step, 900, "record", MIB(5 + step), 0);
	put_holder(s, step, 1000, "memcensus-x", MIB(5 + step), 0);
	put_cgroup(s, step, 1, 0, 1);
	put_cgroup(s, step, 2, 1, 11);
	put_cgroup(s, step, 3, 1, 20);
	put_heap(s, step);
	put_maps(s, step);
	put_available(s, MIB(1000 - 4 * step));
	stream_done(s, 0, NULL, 0);
	return 0;
}

/* The same point in time twice. */
static int series_twice(struct stream *s, unsigned int step)
{
	if (step > 3)
		return 1;
	s->moment = SEC(step / 2);
	stream_head(s, 1 + step, MEMCENSUS_ABI);
	put_holder(s, step, 100, "heap", MIB(12 + step), 0);
	stream_done(s, 0, NULL, 0);
	return 0;
}

/* Events and free blocks of a second, of which boot @boot has @n behind it. */
static void put_counters(struct stream *s, unsigned int step, unsigned int boot, unsigned int n)
{
	const uint64_t blocks[] = { 100 * boot + n, 40 };
	const uint64_t each = boot * n;
	size_t nest;

	stream_begin(s, 1 + step);
	nest = stream_nest(s, MEMCENSUS_A_ZONE);
	stream_u32(s, MEMCENSUS_ZONE_NODE, 0);
	stream_string(s, MEMCENSUS_ZONE_NAME, "Normal");
	stream_put(s, MEMCENSUS_ZONE_FREE_BLOCKS, blocks, sizeof(blocks));
	stream_u64(s, MEMCENSUS_ZONE_FREE, MIB(100 + n));
	stream_nest_end(s, nest);
	stream_end(s);
	stream_meminfo(s, "MemFree", MIB(100 + n));
	stream_vmstat(s, "pgmajfault", 1000 * each);
	stream_vmstat(s, "pgscan_kswapd", 2000 * each);
	stream_vmstat(s, "pgsteal_kswapd", 1000 * each);
	stream_vmstat(s, "compact_stall", 20 * each);
	stream_vmstat(s, "compact_fail", 10 * each);
}

/*
 * Three censuses, and after a reboot nine.  The second boot counts ten times as many events, and
 * its fourth census is later since boot than the last one of the first.
 */
static int series_reboot(struct stream *s, unsigned int step)
{
	const unsigned int boot = step < 3 ? 1 : 10, n = step < 3 ? step : step - 3;
	const uint64_t uss = MIB(boot == 1 ? 50 : 10 + n);
	/* The PID is the same, the process is not. */
	const struct state leaks = { 100, "leaks", boot, WALKED, 2 * uss, uss, MIB(1), 0 };

	if (step > 11)
		return 1;
	s->moment = SEC(step < 3 ? step : 5000 + n);
	s->booted = step < 3 ? 0 : SEC(5000);
	stream_head(s, 1 + step, MEMCENSUS_ABI);
	put_state(s, step, &leaks);
	put_counters(s, step, boot, 10 + n);
	stream_done(s, 0, NULL, 0);
	return 0;
}

/* PID 1, which starts at the same time in each boot. */
static void put_init(struct stream *s, unsigned int step)
{
	const struct state init = { 1, "init", 4000000, WALKED, MIB(8), MIB(4), MIB(1), 0 };

	put_state(s, step, &init);
}

/* A reboot: the time since boot begins again. */
static int series_restart(struct stream *s, unsigned int step)
{
	if (step > 5)
		return 1;
	s->moment = SEC(10 * step);
	s->booted = step < 3 ? 0 : SEC(1020);
	stream_head(s, 1 + step, MEMCENSUS_ABI);
	put_init(s, step);
	put_holder(s, step, step < 3 ? 100 : 101, "heap", MIB(12 + step), 0);
	stream_done(s, 0, NULL, 0);
	return 0;
}

/* The clock is set back by two minutes. */
static int series_clock(struct stream *s, unsigned int step)
{
	if (step > 7)
		return 1;
	s->moment = SEC(step) + (step < 4 ? SEC(120) : 0);
	s->booted = step < 4 ? SEC(120) : 0;
	stream_head(s, 1 + step, MEMCENSUS_ABI);
	put_holder(s, step, 100, "heap", MIB(12 + step), 0);
	put_available(s, MIB(1000 - 4 * step));
	stream_done(s, 0, NULL, 0);
	return 0;
}

/*
 * The clock is set forward by two hours, as NTP does after boot, by censuses that go on with the
 * same counters.  A process ends before that.
 */
static int series_ahead(struct stream *s, unsigned int step)
{
	const uint64_t set = step < 5 ? 0 : SEC(7200);

	if (step > 9)
		return 1;
	s->moment = SEC(step) + set;
	s->booted = set;
	stream_head(s, 1 + step, MEMCENSUS_ABI);
	put_init(s, step);
	put_holder(s, step, 100, "heap", MIB(12 + step), 0);
	if (step < 5)
		put_holder(s, step, 200, "ends", MIB(5), 0);
	put_counters(s, step, 1, 10 + step);
	stream_done(s, 0, NULL, 0);
	return 0;
}

/*
 * A process moves to another cgroup and ends there, one leaves its PID to another, one stays,
 * and one moves and lives.
 */
static int series_moves(struct stream *s, unsigned int step)
{
	struct state state = { 100, "moves", 1, WALKED, MIB(4), MIB(1), MIB(2), 0 };

	if (step > 5)
		return 1;
	s->moment = SEC(step);
	stream_head(s, 1 + step, MEMCENSUS_ABI);
	if (step < 5)
		put_state_in(s, step, &state, step < 2 ? 11 : 20);
	state.pid = 101;
	state.comm = step < 3 ? "first" : "second";
	state.start = step < 3 ? 1 : 9;
	put_state_in(s, step, &state, step < 3 ? 11 : 20);
	state.pid = 102;
	state.comm = "stays";
	state.start = 1;
	put_state_in(s, step, &state, 11);
	state.pid = 103;
	state.comm = "leaves";
	put_state_in(s, step, &state, step < 2 ? 11 : 20);
	stream_done(s, 0, NULL, 0);
	return 0;
}

/*
 * Processes whose name is unknown, one that is always busy, and so one whose swap may be that
 * one's, of one that begins late only once; one takes an empty name.
 */
static int series_samples(struct stream *s, unsigned int step)
{
	const struct state swapped = {
		.pid = 103, .comm = "swapped", .start = 103, .state = WALKED, .vss = MIB(40),
		.uss = MIB(5 + step), .shared = MIB(1), .swap = MIB(1) | UNOWNED,
	};

	const struct state late = {
		.pid = 105, .comm = "late", .start = 105, .state = WALKED, .vss = MIB(40),
		.uss = MIB(5), .swap = MIB(1) | (step == 8 ? UNOWNED : 0),
	};

	if (step > 9)
		return 1;
	s->moment = SEC(step);
	stream_head(s, 1 + step, MEMCENSUS_ABI);
	put_holder(s, step, 100, "stuck", MIB(5), 1);
	put_holder(s, step, 101, NULL, MIB(5 + step), 0);
	put_holder(s, step, 102, NULL, MIB(5), 0);
	put_state(s, step, &swapped);
	put_holder(s, step, 104, step < 5 ? "full" : "", MIB(5), 0);
	if (step > 5)
		put_state(s, step, &late);
	stream_done(s, 0, NULL, 0);
	return 0;
}

/* So many processes in each census, each of which is in no other one. */
#define BRIEF_NUMBER	100

static int series_brief(struct stream *s, unsigned int step)
{
	struct state state = { 0, "brief", 1, WALKED, MIB(4), MIB(1), MIB(2), 0 };
	unsigned int i;

	s->moment = SEC(step);
	stream_head(s, 1 + step, MEMCENSUS_ABI);
	for (i = 0; i < BRIEF_NUMBER; i++) {
		state.pid = 1 + step * BRIEF_NUMBER + i;
		put_state_in(s, step, &state, 11);
	}
	stream_done(s, 0, NULL, 0);
	return 0;
}

static const struct series {
	const char *name;
	int (*fill)(struct stream *s, unsigned int step);
} all[] = {
	{ "life", series_life },
	{ "guest", series_guest },
	{ "leaks", series_leaks },
	{ "twice", series_twice },
	{ "reboot", series_reboot },
	{ "restart", series_restart },
	{ "clock", series_clock },
	{ "ahead", series_ahead },
	{ "moves", series_moves },
	{ "brief", series_brief },
	{ "samples", series_samples },
};

int series_fill(struct stream *s, const char *name, unsigned int step)
{
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(all[i].name, name))
			return all[i].fill(s, step);
	return -1;
}
