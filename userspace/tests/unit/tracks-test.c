// SPDX-License-Identifier: GPL-2.0
/* The history of leak: its memory does not grow, and what it follows survives what ends. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "tools/leak/judge.h"

#define MIB	1048576ULL
#define SECOND	1000000000ULL

/* Processes of the first census, and censuses. */
#define FIRST	100
#define CENSUSES	1100

/* With a mapping of each 1 MiB. */
static void put_task(struct snapshot *snap, size_t i, uint32_t pid, const char *comm,
		     uint64_t bytes, unsigned int mappings)
{
	struct task *task = &snap->tasks[i];
	struct vma *vma;

	*task = (struct task){ .pid = pid, .start = pid, .comm = comm,
			       .state = MEMCENSUS_STATE_WALKED };
	task->known = 1ULL << MEMCENSUS_TASK_PID | 1ULL << MEMCENSUS_TASK_START_NS |
		      1ULL << MEMCENSUS_TASK_COMM | 1ULL << MEMCENSUS_TASK_STATE;
	task->figures.known = 1ULL << MEMCENSUS_F_USS | 1ULL << MEMCENSUS_F_SWAP;
	task->figures.v[MEMCENSUS_F_USS] = bytes;
	while (mappings--) {
		vma = &snap->vmas[snap->n_vmas++];
		*vma = (struct vma){ .pid = pid, .start = 4 * MIB * (mappings + 1) };
		vma->end = vma->start + MIB;
		vma->known = 1ULL << MEMCENSUS_VMA_START | 1ULL << MEMCENSUS_VMA_END;
		vma->figures.known = 1ULL << MEMCENSUS_F_USS | 1ULL << MEMCENSUS_F_SWAP;
		vma->figures.v[MEMCENSUS_F_USS] = MIB;
	}
}

/*
 * Census @number: @n processes, of which that with PID 1 leaks, 2 to 10 stay, PID 11 takes the
 * censuses and leaks, and the others are new in each census.  PID 1 has a name of ours.
 */
static void take(struct tracks *tracks, unsigned int number, size_t n, unsigned int mappings)
{
	static struct task tasks[4 * FIRST];
	static struct vma vmas[2 * REGIONS_ALL];
	struct snapshot snap = { .tasks = tasks, .n_tasks = n, .vmas = vmas };
	size_t i;

	snap.scan.known = 1ULL << MEMCENSUS_SCAN_BOOTTIME_NS;
	snap.scan.boottime = (number + 1) * SECOND;
	put_task(&snap, 0, 1, "memcensus-x", (10 + number) * MIB, mappings);
	for (i = 1; i < 10; i++)
		put_task(&snap, i, i + 1, "stays", MIB, 0);
	put_task(&snap, 10, 11, "memcensus-top", (10 + number) * MIB, 0);
	for (i = 11; i < n; i++)
		put_task(&snap, i, 1000 + number * 4 * FIRST + i, "short", MIB, 0);
	tracks_add(tracks, &snap, NULL, 0, true);
	free(snap.by_pid);
}

static void test_history(void)
{
	struct tracks tracks = { .own = 11 };
	struct leak_report report = { .tracks = &tracks };
	size_t before, after, most = 0;
	unsigned int i;

	take(&tracks, 0, FIRST, 10);
	ok(tracks.n == FIRST - 1 && tracks.readers == 1, "all but who takes the censuses: %zu",
	   tracks.n);
	/* Until all tracks are in use, and the series are full. */
	for (i = 1; i <= SERIES_MAX; i++)
		take(&tracks, i, FIRST, 10);
	before = mallinfo2().uordblks + mallinfo2().hblkhd;
	for (; i < CENSUSES; i++) {
		take(&tracks, i, FIRST, 10);
		most = tracks.n > most ? tracks.n : most;
	}
	after = mallinfo2().uordblks + mallinfo2().hblkhd;
	ok(most <= TRACKS_FACTOR * FIRST + TRACKS_MORE, "%zu tracks for %u processes", most,
	   CENSUSES * FIRST);
	ok(after <= before + 4096, "the memory does not grow: from %zu to %zu", before, after);
	ok(!tracks.dropped, "none was left out");
	leak_judge(&report, false);
	ok(report.counts[VERDICT_GROWS] == 1 && report.n && report.v[0].track->pid == 1,
	   "the leak is found, who takes the censuses is not");
	ok(report.counts[VERDICT_STEADY] == 9, "those that stay are followed to the end: %zu",
	   report.counts[VERDICT_STEADY]);
	ok(report.ended == (size_t)(CENSUSES - 1) * (FIRST - 11), "all that ended are counted: %zu",
	   report.ended);
	leak_free(&report);
	tracks_free(&tracks);
}

/* Too much at once: what is followed stays, what is not is counted. */
static void test_bounds(void)
{
	struct tracks tracks = { 0 };
	struct leak_report report = { .tracks = &tracks };
	unsigned int i;

	for (i = 0; i < 20; i++)
		take(&tracks, i, i < 5 ? FIRST : 4 * FIRST, 10);
	ok(tracks.n == tracks.most && tracks.dropped, "more processes than tracks: %zu left out",
	   tracks.dropped);
	leak_judge(&report, false);
	ok(report.counts[VERDICT_GROWS] == 2, "named, who takes the censuses is followed: %zu",
	   report.counts[VERDICT_GROWS]);
	leak_free(&report);
	tracks_free(&tracks);

	tracks = (struct tracks){ 0 };
	for (i = 0; i < 20; i++)
		take(&tracks, i, FIRST, REGIONS_ALL + 10);
	/* One is the sum of all mappings without a name. */
	ok(tracks.dropped == 11, "more mappings than regions: %zu left out", tracks.dropped);
	ok(tracks.v[0]->regions.n == REGIONS_ALL, "the others are followed: %zu",
	   tracks.v[0]->regions.n);
	tracks_free(&tracks);
}

/* One process was not walked: whose the swap slots are is unknown. */
static void test_unknown_swap(void)
{
	const uint64_t swap = 1ULL << MEMCENSUS_F_SWAP, swap_uss = 1ULL << MEMCENSUS_F_SWAP_USS;
	struct vma vmas[2];
	struct task task;
	struct snapshot snap = { .tasks = &task, .n_tasks = 1, .vmas = vmas };
	struct tracks tracks = { 0 };
	const struct track *track;
	unsigned int i;

	snap.scan.known = 1ULL << MEMCENSUS_SCAN_BOOTTIME_NS;
	for (i = 1; i <= 4; i++) {
		snap.scan.boottime = i * SECOND;
		snap.n_vmas = 0;
		put_task(&snap, 0, 1, "swaps", MIB, 1);
		task.figures.v[MEMCENSUS_F_SWAP] = i > 1 ? 8 * MIB : 0;
		task.figures.v[MEMCENSUS_F_SWAP_USS] = 4 * MIB;
		/* With exclusive slots in the second and the fourth alone. */
		task.figures.known |= i % 2 ? 0 : swap_uss;
		vmas[0].figures = task.figures;
		tracks_add(&tracks, &snap, NULL, 0, true);
	}
	track = tracks.v[0];
	ok(track->series.n == 3 && track->regions.times.n == 3,
	   "a census without exclusive swap gives no point: %zu, %zu", track->series.n,
	   track->regions.times.n);
	ok(track->private_now == 5 * MIB && track->series.points[0].v == MIB &&
	   track->series.points[1].v == 5 * MIB, "but without swap it does");
	task.figures.known &= ~(swap | swap_uss);
	snap.scan.boottime = i * SECOND;
	tracks_add(&tracks, &snap, NULL, 0, true);
	ok(track->series.n == 3, "nor does one without swap and exclusive swap");
	free(snap.by_pid);
	tracks_free(&tracks);
}

/* Each kind of memory counts that the system gets back, by an amount of its own. */
static void test_kinds(void)
{
	static const struct {
		unsigned int figure;
		uint64_t mib;
	} figures[] = {
		{ MEMCENSUS_F_USS, 1 + 2 + 4 }, { MEMCENSUS_F_USS_ANON, 1 },
		{ MEMCENSUS_F_USS_FILE, 2 }, { MEMCENSUS_F_USS_SHMEM, 4 },
		{ MEMCENSUS_F_SWAP, 8 + 16 }, { MEMCENSUS_F_SWAP_USS, 8 },
		{ MEMCENSUS_F_HUGETLB, 32 + 64 }, { MEMCENSUS_F_PRIVATE_HUGETLB, 32 },
		{ MEMCENSUS_F_PAGETABLES, 128 },
	};
	struct vma vma;
	struct task task;
	struct snapshot snap = { .tasks = &task, .n_tasks = 1, .vmas = &vma };
	struct tracks tracks = { .stack = { true, 16 << 10 } };
	unsigned int i;

	put_task(&snap, 0, 1, "holds", 0, 0);
	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		task.figures.known |= 1ULL << figures[i].figure;
		task.figures.v[figures[i].figure] = figures[i].mib * MIB;
	}
	task.known |= 1ULL << MEMCENSUS_TASK_THREADS;
	task.threads = 64;
	snap.scan.known = 1ULL << MEMCENSUS_SCAN_BOOTTIME_NS;
	snap.scan.boottime = SECOND;
	tracks_add(&tracks, &snap, NULL, 0, true);
	ok(tracks.v[0]->private_now == (1 + 4 + 8 + 32 + 128 + 1) * MIB,
	   "all that comes back, and no page cache: %llu MiB",
	   (unsigned long long)(tracks.v[0]->private_now / MIB));
	task.figures.known |= 1ULL << MEMCENSUS_F_LAZYFREE;
	task.figures.v[MEMCENSUS_F_LAZYFREE] = MIB / 2;
	snap.scan.boottime = 2 * SECOND;
	tracks_add(&tracks, &snap, NULL, 0, true);
	ok(tracks.v[0]->private_now == 174 * MIB - MIB / 2,
	   "without what MADV_FREE gave back: %llu KiB",
	   (unsigned long long)(tracks.v[0]->private_now / 1024));
	free(snap.by_pid);
	tracks_free(&tracks);
}

/* By each second census, of suspects, from half of the time on; the growth is not lazy, or is. */
static void test_lazy(void)
{
	unsigned int i, grows, lazy;

	for (lazy = 0; lazy < 2; lazy++) {
		struct tracks tracks = { 0 };
		struct leak_report report = { .tracks = &tracks };
		struct task task;
		struct snapshot snap = { .tasks = &task, .n_tasks = 1 };

		for (i = 0; i < 40; i++) {
			snap.scan.known = 1ULL << MEMCENSUS_SCAN_BOOTTIME_NS;
			snap.scan.boottime = (i + 1) * SECOND;
			put_task(&snap, 0, 1, "lazy", (60 + i) * MIB, 0);
			task.figures.known |= 1ULL << MEMCENSUS_F_USS_ANON;
			task.figures.v[MEMCENSUS_F_USS_ANON] = (60 + i) * MIB;
			if (i >= 20 && i % 2) {
				task.figures.known |= 1ULL << MEMCENSUS_F_LAZYFREE;
				task.figures.v[MEMCENSUS_F_LAZYFREE] = (lazy ? 50 + i : 50) * MIB;
			}
			tracks_add(&tracks, &snap, NULL, 0, true);
		}
		leak_judge(&report, false);
		grows = report.counts[VERDICT_GROWS];
		ok(grows == !lazy, "%s is %s a leak", lazy ? "what MADV_FREE gave back" :
		   "growth beside that", grows ? "named" : "no");
		leak_free(&report);
		tracks_free(&tracks);
	}
}

int main(void)
{
	test_history();
	test_bounds();
	test_unknown_swap();
	test_kinds();
	test_lazy();
	return tap_done();
}
