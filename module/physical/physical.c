// SPDX-License-Identifier: GPL-2.0
/*
 * How a pass over frames is taken, by its caller and in one thread:
 *
 * Each zone with memory is read from its first to its last frame, as struct page says what each is
 * (pass.c, class.c).  So for each zone the sum of all classes, of holes and of frames of other
 * zones is the span.  Nothing keeps frames as they are: what changes during the pass counts as
 * what it was when the pass reached it.
 *
 * If memory was added or removed, the zones have other frames than those that were read, and the
 * pass starts again.  Afterwards it is found out whose the page cache is (files.c), which takes
 * references and locks that the pass itself does not take.
 */
#include <linux/err.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/memory.h"
#include "base/result-memory.h"
#include "physical/pass.h"
#include "physical/physical.h"

static void free_result(struct kref *ref)
{
	struct census_physical *r = container_of(ref, struct census_physical, result.ref);
	u32 i;

	for (i = 0; i < r->nr_zones; i++)
		census_frame_blocks_free(&r->zones[i].contiguous);
	census_index_free(&r->charges);
	census_frame_files_free(&r->files);
	census_budget_give(&census_results, r->bytes);
	kvfree(r);
}

/* Return: a result with room for @room zones, or -ENOMEM or -EDQUOT. */
static struct census_physical *new_result(const struct census_physical_request *req, u32 room)
{
	struct census_physical *r;
	u64 bytes = struct_size(r, zones, room);

	if (!census_budget_take(&census_results, bytes))
		return ERR_PTR(-EDQUOT);
	r = census_kvzalloc(bytes);
	if (!r) {
		census_budget_give(&census_results, bytes);
		return ERR_PTR(-ENOMEM);
	}
	r->bytes = bytes;
	r->req = *req;
	kref_init(&r->result.ref);
	r->result.free = free_result;
	return r;
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

/* Return: 0, -ENOMEM, -EDQUOT or -E2BIG. */
static int add_zones(struct census_physical *r, u32 room)
{
	struct census_physical_zone *z;
	unsigned long end;
	int nid, i, err = 0;
	u64 blocks = 0;

	for_each_online_node(nid) {
		struct zone *zones = NODE_DATA(nid)->node_zones;

		for (i = 0; i < MAX_NR_ZONES && r->nr_zones < room && !err; i++) {
			if (!populated_zone(&zones[i]))
				continue;
			z = &r->zones[r->nr_zones++];
			z->zone = &zones[i];
			z->nid = nid;
			strscpy(z->name, zones[i].name, sizeof(z->name));
			read_span(&zones[i], &z->pfn, &end);
			z->spanned = end - z->pfn;
			z->present = zones[i].present_pages;
			z->managed = zone_managed_pages(&zones[i]);
			err = census_frame_blocks_begin(&z->contiguous, z->pfn, end, r->req.order,
							&blocks);
		}
	}
	return err;
}

/*
 * Checks whether zones have the frames that they had when the pass began.  Those that were added
 * were not read, and those that were taken away count as holes.
 */
static bool spans_changed(const struct census_physical *r)
{
	unsigned long pfn, end;
	u32 populated = 0, i;
	int nid;

	for (i = 0; i < r->nr_zones; i++) {
		read_span(r->zones[i].zone, &pfn, &end);
		if (pfn != r->zones[i].pfn || end != pfn + r->zones[i].spanned)
			return true;
	}
	for_each_online_node(nid)
		for (i = 0; i < MAX_NR_ZONES; i++)
			populated += populated_zone(&NODE_DATA(nid)->node_zones[i]);
	return populated != r->nr_zones;
}

static struct census_physical *take_frames(const struct census_physical_request *req)
{
	u32 room = num_online_nodes() * MAX_NR_ZONES;
	struct census_physical *r = new_result(req, room);
	int err;

	if (IS_ERR(r))
		return r;
	err = add_zones(r, room);
	if (!err)
		err = census_pass(r);
	if (!err && spans_changed(r))
		err = -EBUSY;
	if (!err && req->files)
		err = census_frame_files_finish(&r->files);
	if (err) {
		census_physical_put(r);
		return ERR_PTR(err);
	}
	return r;
}

/* Passes, if memory is added or removed during each of them. */
#define PASSES_MAX 3

/* The caller has the gate. */
static struct census_result *take_pass(const void *req)
{
	static u64 last_seq;
	struct census_cpu_clock clock = census_cpu_clock_start();
	u64 realtime = ktime_get_real_ns();
	struct census_physical *r;
	unsigned int passed = 0;

	do {
		r = take_frames(req);
	} while (r == ERR_PTR(-EBUSY) && ++passed < PASSES_MAX);
	if (IS_ERR(r))
		return ERR_CAST(r);
	r->seq = ++last_seq;
	r->realtime = realtime;
	r->cpu = census_cpu_clock_stop(&clock);
	r->wall = ktime_get_ns() - clock.begin;
	return &r->result;
}

static bool pass_answers(const struct census_result *result, const void *request, bool fresh)
{
	const struct census_physical_request *req = request;
	const struct census_physical *r = container_of(result, struct census_physical, result);

	return fresh && r->req.order == req->order && r->req.cgroups == req->cgroups &&
	       r->req.files == req->files;
}

static struct census_latest passes = {
	.take = take_pass,
	.answers = pass_answers,
	.gate = CENSUS_GATE(passes.gate),
	.drop = __DELAYED_WORK_INITIALIZER(passes.drop, census_latest_drop, 0),
};

/**
 * census_physical_get() - classify all frames, or share a pass
 * @req: what to report
 *
 * A fatal signal ends it.  Frames that change while the pass runs are counted as what they were
 * when it reached them.
 *
 * Return: the result, for census_physical_put(); or -ENOMEM, -EINTR after a fatal signal, -EDQUOT
 * if results use all of max_results, -E2BIG if there are too many blocks, -EBUSY if memory was
 * added or removed during each of several passes.
 */
const struct census_physical *census_physical_get(const struct census_physical_request *req)
{
	struct census_result *r = census_latest_get(&passes, req);

	return IS_ERR(r) ? ERR_CAST(r) : container_of(r, struct census_physical, result);
}

/* No request can arrive any more. */
void census_physical_exit(void)
{
	census_latest_exit(&passes);
}
