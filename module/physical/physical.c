// SPDX-License-Identifier: GPL-2.0
#include <linux/align.h>
#include <linux/err.h>
#include <linux/memory_hotplug.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/vmstat.h>

#include "base/compat.h"
#include "base/memory.h"
#include "base/params.h"
#include "base/result-memory.h"
#include "base/threads.h"
#include "physical/pass.h"
#include "physical/physical.h"

/* Frames that a worker takes at a time: 2^15, whose struct pages it reads in about 0.2 ms. */
#define RANGE_ORDER 15

/* What each frame takes, and one in use in addition, ns, as measured by bench/physical --cpus. */
#define FRAME_NS	2
#define USED_NS		9

static atomic64_t passes;

/**
 * struct zone_ranges - the frames of a zone, dealt out to workers
 * @zone: the zone, which is never freed
 * @pfn: its first frame when the pass began
 * @end: the first one behind it
 * @first: number of its first range
 */
struct zone_ranges {
	struct zone *zone;
	unsigned long pfn;
	unsigned long end;
	unsigned int first;
};

/**
 * struct all_workers - a pass by several workers
 * @req: what to report
 * @result: of worker 0; those of the others are added to it
 * @zones: by index in @result
 * @order: a range begins at a multiple of 2^@order frames, or where its zone begins
 * @nr_ranges: number of all ranges
 * @next: the next range that no worker has taken
 * @stopped: see census_threads_init()
 * @nr: number of @passes in use
 * @threads: run the workers
 * @passes: of each worker; their results are those of the workers
 */
struct all_workers {
	const struct census_physical_request *req;
	struct census_physical *result;
	struct zone_ranges *zones;
	unsigned int order;
	unsigned int nr_ranges;
	atomic_t next;
	bool stopped;
	unsigned int nr;
	struct census_threads threads;
	struct census_pass passes[CENSUS_WORKERS_MAX];
};

/* Return: the result of a worker; -ENOMEM, or -EDQUOT if results use all of max_results. */
static struct census_physical *new_result(u32 room)
{
	struct census_physical *r;
	u64 bytes = struct_size(r, zones, room);

	if (!census_result_memory_take(bytes))
		return ERR_PTR(-EDQUOT);
	r = census_kvzalloc(bytes);
	if (!r) {
		census_result_memory_give(bytes);
		return ERR_PTR(-ENOMEM);
	}
	r->bytes = bytes;
	refcount_set(&r->refs, 1);
	return r;
}

static void free_result(struct census_physical *r)
{
	census_index_free(&r->charges.table);
	census_frame_files_free(&r->files);
	census_result_memory_give(r->bytes);
	kvfree(r);
}

void census_physical_free(struct census_physical *r)
{
	u32 i;

	if (!r)
		return;
	for (i = 0; i < r->nr_zones; i++)
		census_frame_blocks_free(&r->zones[i].contiguous);
	free_result(r);
}

/* Both ends of a zone at one point in time; @end: the first frame behind it. */
static void read_span(struct zone *zone, unsigned long *pfn, unsigned long *end)
{
	unsigned int seq;

	do {
		seq = zone_span_seqbegin(zone);
		*pfn = zone->zone_start_pfn;
		*end = zone_end_pfn(zone);
	} while (zone_span_seqretry(zone, seq));
}

/* Return: 0, or -E2BIG if the zones have more blocks than an answer. */
static int check_blocks(unsigned int order)
{
	unsigned long pfn, end;
	u64 nr = 0;
	int nid, i;

	if (!order)
		return 0;
	for_each_online_node(nid) {
		for (i = 0; i < MAX_NR_ZONES; i++) {
			read_span(&NODE_DATA(nid)->node_zones[i], &pfn, &end);
			nr += census_frame_blocks_nr(pfn, end, order);
		}
	}
	return nr > MEMCENSUS_FRAME_BLOCKS_MAX ? -E2BIG : 0;
}

/* Return: 0, -ENOMEM or -EDQUOT. */
static int add_zone(struct all_workers *all, struct zone *zone)
{
	struct zone_ranges *ranges = &all->zones[all->result->nr_zones];
	struct census_physical_zone *z = &all->result->zones[all->result->nr_zones++];

	z->nid = zone_to_nid(zone);
	strscpy(z->name, zone->name, sizeof(z->name));
	read_span(zone, &ranges->pfn, &ranges->end);
	z->spanned = ranges->end - ranges->pfn;
	z->present = zone->present_pages;
	z->managed = zone_managed_pages(zone);
	ranges->zone = zone;
	ranges->first = all->nr_ranges;
	all->nr_ranges += census_frame_blocks_nr(ranges->pfn, ranges->end, all->order);
	return census_frame_blocks_begin(&z->contiguous, ranges->pfn, ranges->end,
					 all->req->order);
}

static int add_zones(struct all_workers *all, u32 room)
{
	int nid, i, err = check_blocks(all->req->order);

	for_each_online_node(nid) {
		struct zone *zones = NODE_DATA(nid)->node_zones;

		for (i = 0; i < MAX_NR_ZONES && all->result->nr_zones < room && !err; i++)
			if (populated_zone(&zones[i]))
				err = add_zone(all, &zones[i]);
	}
	return err;
}

/*
 * Checks whether zones have the frames that they had when the pass began.  Those that were added
 * are in no range, and those that were taken away count as holes.
 */
static bool spans_changed(const struct all_workers *all)
{
	unsigned long pfn, end;
	u32 populated = 0, i;
	int nid;

	for (i = 0; i < all->result->nr_zones; i++) {
		const struct zone_ranges *z = &all->zones[i];

		read_span(z->zone, &pfn, &end);
		if (pfn != z->pfn || end != z->end)
			return true;
	}
	for_each_online_node(nid)
		for (i = 0; i < MAX_NR_ZONES; i++)
			populated += populated_zone(&NODE_DATA(nid)->node_zones[i]);
	return populated != all->result->nr_zones;
}

/* Adds range number @range, of zone @nr. */
static int take_range(struct all_workers *all, struct census_pass *p, u32 nr, unsigned int range)
{
	const struct zone_ranges *z = &all->zones[nr];
	unsigned long pfn = ALIGN_DOWN(z->pfn, BIT(all->order)) +
			    ((unsigned long)(range - z->first) << all->order);

	return census_pass_add(p, z->zone, nr, &all->result->zones[nr].contiguous,
			       max(pfn, z->pfn), min(pfn + BIT(all->order), z->end));
}

/* Takes ranges until none is left, in the order of the zones and of their frames. */
static int add_ranges(void *context, unsigned int number)
{
	struct all_workers *all = context;
	unsigned int range;
	u64 wanted = 0;
	int err = 0;
	u32 nr = 0;

	while (!err && !census_threads_unwelcome(&wanted) &&
	       (range = atomic_fetch_inc(&all->next)) < all->nr_ranges) {
		while (nr + 1 < all->result->nr_zones && all->zones[nr + 1].first <= range)
			nr++;
		err = take_range(all, &all->passes[number], nr, range);
	}
	return err;
}

static void merge_zone(struct census_physical_zone *to, const struct census_physical_zone *from)
{
	unsigned int i;

	to->holes += from->holes;
	to->others += from->others;
	for (i = 0; i < ARRAY_SIZE(to->classes); i++)
		to->classes[i] += from->classes[i];
	for (i = 0; i < ARRAY_SIZE(to->states); i++)
		to->states[i] += from->states[i];
	for (i = 0; i < ARRAY_SIZE(to->blocks); i++)
		to->blocks[i] += from->blocks[i];
}

/* Adds the result of another worker.  Return: 0, -ENOMEM or -EDQUOT. */
static int merge_pass(struct census_physical *to, struct census_physical *from)
{
	u32 i;

	to->read += from->read;
	to->changed += from->changed;
	for (i = 0; i < to->nr_zones; i++)
		merge_zone(&to->zones[i], &from->zones[i]);
	census_frame_kinds_merge(&to->kinds, &from->kinds);
	return census_charges_merge(&to->charges, &from->charges);
}

/* Prepares worker @number, which is not the caller.  Return: false without memory. */
static bool add_worker(struct all_workers *all, unsigned int number)
{
	struct census_physical *part;

	part = new_result(all->result->nr_zones);
	if (IS_ERR(part))
		return false;
	part->nr_zones = all->result->nr_zones;
	if (!census_pass_begin(&all->passes[number], all->req, part, &all->stopped))
		return true;
	census_pass_end(&all->passes[number]);
	free_result(part);
	return false;
}

/* Return: how many workers there are to be: those that count files share a table. */
static unsigned int most_workers(const struct all_workers *all)
{
	u64 frames = (u64)all->nr_ranges << all->order;
	u64 used = frames - min_t(u64, global_zone_page_state(NR_FREE_PAGES), frames);
	u64 work = frames * FRAME_NS + used * USED_NS;

	return all->req->files ? 1 : min(census_threads_for(work, false), all->nr_ranges);
}

/* Return: 0, -ENOMEM, -EDQUOT, or -EINTR after a fatal signal. */
static int run_workers(struct all_workers *all, unsigned int most)
{
	unsigned int i;
	int err = census_pass_begin(&all->passes[0], all->req, all->result, &all->stopped);

	/* The others only help: without memory for them there are fewer. */
	for (all->nr = 1; !err && all->nr < most && add_worker(all, all->nr); )
		all->nr++;
	census_threads_init(&all->threads, &all->stopped);
	if (!err)
		err = census_threads_run(&all->threads, all->nr, all->nr, add_ranges, all);
	census_threads_end(&all->threads);
	for (i = 1; i < all->nr; i++) {
		if (!err)
			err = merge_pass(all->result, all->passes[i].result);
		census_pass_end(&all->passes[i]);
		free_result(all->passes[i].result);
	}
	census_pass_end(&all->passes[0]);
	return err;
}

/*
 * Prepares @all and its result, and fills it with at most @most workers; 0: as many as are useful.
 * The result is to be freed in any case, if there is one.
 */
static int fill_pass(struct all_workers *all, unsigned int most)
{
	u32 room = num_online_nodes() * MAX_NR_ZONES;
	struct census_physical *r;
	int err;

	all->order = max3((unsigned int)RANGE_ORDER, all->req->order,
			  (unsigned int)CENSUS_RANGE_ORDER_MIN);
	r = new_result(room);
	if (IS_ERR(r))
		return PTR_ERR(r);
	r->req = *all->req;
	all->result = r;
	all->zones = census_kvcalloc(room, sizeof(*all->zones));
	err = all->zones ? 0 : -ENOMEM;
	if (!err)
		err = add_zones(all, room);
	if (!err)
		err = run_workers(all, most ?: most_workers(all));
	if (!err && spans_changed(all))
		err = -EBUSY;
	if (!err && all->req->files)
		err = census_frame_files_finish(&r->files);
	kvfree(all->zones);
	if (!err)
		census_frame_kinds_sort(&r->kinds);
	return err;
}

/* Passes, if memory is added or removed during each of them. */
#define PASSES_MAX 3

static int take_frames(const struct census_physical_request *req, unsigned int most,
		       struct census_physical **result, u64 *cpu)
{
	struct all_workers *all = census_kvzalloc(sizeof(*all));
	unsigned int nr;
	int err;

	if (!all)
		return -ENOMEM;
	all->req = req;
	err = fill_pass(all, most);
	nr = all->nr;
	*cpu += census_threads_cpu(&all->threads);
	*result = all->result;
	kvfree(all);
	if (!err)
		return 0;
	census_physical_free(*result);
	/* Each worker had tables of cgroups of its own. */
	if (nr > 1 && (err == -ENOMEM || err == -EDQUOT))
		return take_frames(req, 1, result, cpu);
	return err;
}

/**
 * census_physical_take() - classify all frames
 * @req: what to report
 *
 * Runs in the caller and in further workers: a fatal signal ends it.  Frames that change while
 * the pass runs are counted as what they were when it reached them.
 *
 * Return: the result, with one reference for census_passes_put(); or -ENOMEM, -EINTR after a fatal
 * signal, -EDQUOT if results use all of max_results, -E2BIG if there are too many blocks, -EBUSY if
 * memory was added or removed during each of several passes.
 */
struct census_physical *census_physical_take(const struct census_physical_request *req)
{
	struct census_cpu_clock clock = census_cpu_clock_start();
	u64 realtime = ktime_get_real_ns(), cpu = 0;
	struct census_physical *r;
	unsigned int passed = 0;
	int err;

	do {
		err = take_frames(req, 0, &r, &cpu);
	} while (err == -EBUSY && ++passed < PASSES_MAX);
	if (err)
		return ERR_PTR(err);
	r->seq = atomic64_inc_return(&passes);
	r->realtime = realtime;
	r->cpu = cpu + census_cpu_clock_stop(&clock);
	r->wall = ktime_get_ns() - clock.begin;
	return r;
}
