// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "base/result-memory.h"
#include "base/visible.h"
#include "netlink/dump.h"
#include "physical/class.h"
#include "physical/physical.h"

static int put_u64s(struct sk_buff *skb, int attr, const u64 *values, unsigned int nr)
{
	return nla_put_64bit(skb, attr, nr * sizeof(*values), values, MEMCENSUS_A_PAD);
}

static u64 all_frames(const struct census_physical *r)
{
	u64 frames = 0;
	unsigned int i, class;

	for (i = 0; i < r->nr_zones; i++)
		for (class = 0; class <= MEMCENSUS_FC_MAX; class++)
			frames += r->zones[i].classes[class];
	return frames;
}

static int fill_physical(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_physical *r = record;

	return census_put_u64(skb, MEMCENSUS_PHYSICAL_REALTIME_NS, r->realtime) ||
	       census_put_u64(skb, MEMCENSUS_PHYSICAL_WALL_NS, r->wall) ||
	       census_put_u64(skb, MEMCENSUS_PHYSICAL_CPU_NS, r->cpu) ||
	       census_put_u64(skb, MEMCENSUS_PHYSICAL_FRAMES, all_frames(r)) ||
	       census_put_u64(skb, MEMCENSUS_PHYSICAL_READ, r->read) ||
	       census_put_u64(skb, MEMCENSUS_PHYSICAL_CHANGED, r->changed);
}

static int put_classes(struct sk_buff *skb, int attr, const u64 *classes)
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = MEMCENSUS_FC_PAD + 1; i <= MEMCENSUS_FC_MAX; i++)
		if (census_class_known(i) && census_put_pages(skb, i, classes[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_states(struct sk_buff *skb, const struct census_physical_zone *z)
{
	struct nlattr *nest = nla_nest_start(skb, MEMCENSUS_PZ_STATES);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = MEMCENSUS_FS_PAD + 1; i <= MEMCENSUS_FS_MAX; i++)
		if (census_put_pages(skb, i, z->states[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_zone(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_physical_zone *z = record;

	return nla_put_u32(skb, MEMCENSUS_PZ_NODE, z->nid) ||
	       nla_put_string(skb, MEMCENSUS_PZ_NAME, z->name) ||
	       census_put_pages(skb, MEMCENSUS_PZ_SPANNED, z->spanned) ||
	       census_put_pages(skb, MEMCENSUS_PZ_PRESENT, z->present) ||
	       census_put_pages(skb, MEMCENSUS_PZ_MANAGED, z->managed) ||
	       census_put_pages(skb, MEMCENSUS_PZ_HOLES, z->holes) ||
	       census_put_pages(skb, MEMCENSUS_PZ_OTHER_ZONES, z->others) ||
	       put_u64s(skb, MEMCENSUS_PZ_FREE_BLOCKS, z->blocks, ARRAY_SIZE(z->blocks)) ||
	       put_classes(skb, MEMCENSUS_PZ_CLASSES, z->classes) || put_states(skb, z);
}

static int fill_cgroup(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_charge *c = record;

	return (c->of.key && census_put_u64(skb, MEMCENSUS_FG_CGROUP, c->of.key)) ||
	       put_classes(skb, MEMCENSUS_FG_CLASSES, c->classes) ||
	       (CENSUS_MAPCOUNT_EXACT && census_put_pages(skb, MEMCENSUS_FG_SHARED, c->shared)) ||
	       census_put_pages(skb, MEMCENSUS_FG_PINNED, c->pinned);
}

static int put_dev(struct sk_buff *skb, int major, int minor, dev_t device)
{
	return nla_put_u32(skb, major, MAJOR(device)) || nla_put_u32(skb, minor, MINOR(device));
}

/* The first record, then what was left out, then the others. */
static int fill_system(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_frame_files *c = record;
	u32 index = d->index;
	const struct census_cached_system *s =
		census_index_record(&c->systems, index > 1 ? index - 1 : 0);
	const struct census_cached *cached = index == 1 ? &c->left_out : &s->cached;

	return (index != 1 && census_put_u64(skb, MEMCENSUS_FY_FILES, s->files)) ||
	       (index > 1 && (put_dev(skb, MEMCENSUS_FY_DEV_MAJOR, MEMCENSUS_FY_DEV_MINOR,
					 s->of.key - 1) ||
			      nla_put_string(skb, MEMCENSUS_FY_TYPE, s->type) ||
			      nla_put_string(skb, MEMCENSUS_FY_SOURCE, s->source))) ||
	       census_put_pages(skb, MEMCENSUS_FY_CACHED, cached->frames) ||
	       census_put_pages(skb, MEMCENSUS_FY_MAPPED, cached->mapped) ||
	       ((index < 2 || !s->shmem) &&
		census_put_pages(skb, MEMCENSUS_FY_DIRTY, cached->dirty)) ||
	       census_put_pages(skb, MEMCENSUS_FY_WRITEBACK, cached->writeback);
}

static int fill_identity(struct sk_buff *skb, const struct census_cached_file *file)
{
	const struct census_cached_system *s = file->system;

	return put_dev(skb, MEMCENSUS_FF_DEV_MAJOR, MEMCENSUS_FF_DEV_MINOR, file->device) ||
	       (!file->block && census_put_u64(skb, MEMCENSUS_FF_INODE, file->inode)) ||
	       nla_put_string(skb, MEMCENSUS_FF_TYPE, s->type) ||
	       nla_put_string(skb, MEMCENSUS_FF_SOURCE, s->source) ||
	       (file->path && nla_put_string(skb, MEMCENSUS_FF_PATH, file->path)) ||
	       nla_put_u32(skb, MEMCENSUS_FF_DELETED, file->deleted) ||
	       census_put_u64(skb, MEMCENSUS_FF_SIZE, file->size);
}

static int fill_file(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_cached_file *file = record;
	const struct census_cached *cached = &file->cached;

	return (file->system && fill_identity(skb, file)) ||
	       census_put_pages(skb, MEMCENSUS_FF_CACHED, cached->frames) ||
	       census_put_pages(skb, MEMCENSUS_FF_MAPPED, cached->mapped) ||
	       (!file->shmem && census_put_pages(skb, MEMCENSUS_FF_DIRTY, cached->dirty)) ||
	       census_put_pages(skb, MEMCENSUS_FF_WRITEBACK, cached->writeback) ||
	       (file->cgroup && (census_put_u64(skb, MEMCENSUS_FF_CGROUP, file->cgroup) ||
				 census_put_pages(skb, MEMCENSUS_FF_CHARGED, file->charged)));
}

/* Messages that have the records of the blocks of @z. */
static unsigned int nr_parts(const struct census_physical_zone *z)
{
	return DIV_ROUND_UP(z->contiguous.nr, MEMCENSUS_BLOCK_RECORDS_MAX);
}

/* Return: the zone of message *@index, which becomes its number in the zone; or NULL. */
static const struct census_physical_zone *find_part(const struct census_physical *r,
						    unsigned int *index)
{
	const struct census_physical_zone *z;

	for (z = r->zones; z < r->zones + r->nr_zones; z++) {
		if (*index < nr_parts(z))
			return z;
		*index -= nr_parts(z);
	}
	return NULL;
}

static int compare_records(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/*
 * /proc/zoneinfo shows everybody where a zone begins: a record's place in the order of addresses is
 * a frame number.
 */
static int put_records(struct sk_buff *skb, const struct census_dump *d, const u64 *records, u32 nr)
{
	struct nlattr *attr = nla_reserve_64bit(skb, MEMCENSUS_FB_RECORDS, nr * sizeof(*records),
						MEMCENSUS_A_PAD);

	if (!attr)
		return -EMSGSIZE;
	memcpy(nla_data(attr), records, nr * sizeof(*records));
	if (!d->frame_numbers)
		sort(nla_data(attr), nr, sizeof(*records), compare_records, NULL);
	return 0;
}

static int fill_blocks(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_physical_zone *z = record;
	const struct census_frame_blocks *b = &z->contiguous;
	unsigned int part = d->index;
	u32 from, nr;

	find_part(d->physical, &part);
	from = part * MEMCENSUS_BLOCK_RECORDS_MAX;
	nr = min_t(u32, b->nr - from, MEMCENSUS_BLOCK_RECORDS_MAX);
	if (census_frame_blocks_are_holes(b, from, nr))
		return CENSUS_HIDDEN;
	return nla_put_u32(skb, MEMCENSUS_FB_NODE, z->nid) ||
	       nla_put_string(skb, MEMCENSUS_FB_ZONE, z->name) ||
	       nla_put_u32(skb, MEMCENSUS_FB_ORDER, b->order) ||
	       (d->frame_numbers &&
		census_put_u64(skb, MEMCENSUS_FB_FIRST, b->first + ((u64)from << b->order))) ||
	       put_records(skb, d, b->records + from, nr);
}

static census_fill_fn *const fill[MEMCENSUS_A_MAX + 1] = {
	[MEMCENSUS_A_PHYSICAL] = fill_physical,
	[MEMCENSUS_A_PHYSICAL_ZONE] = fill_zone,
	[MEMCENSUS_A_FRAME_CGROUP] = fill_cgroup,
	[MEMCENSUS_A_FRAME_SYSTEM] = fill_system,
	[MEMCENSUS_A_FRAME_FILE] = fill_file,
	[MEMCENSUS_A_FRAME_BLOCKS] = fill_blocks,
};

static const u8 stages[] = {
	MEMCENSUS_A_PHYSICAL, MEMCENSUS_A_PHYSICAL_ZONE, MEMCENSUS_A_FRAME_CGROUP,
	MEMCENSUS_A_FRAME_SYSTEM, MEMCENSUS_A_FRAME_FILE, MEMCENSUS_A_FRAME_BLOCKS, 0,
};

static const void *next_physical_record(struct census_dump *d, const void *before)
{
	const struct census_physical *r = d->physical;
	unsigned int i = d->index;

	switch (*d->stage) {
	case MEMCENSUS_A_PHYSICAL:
		return i ? NULL : r;
	case MEMCENSUS_A_PHYSICAL_ZONE:
		return i < r->nr_zones ? &r->zones[i] : NULL;
	case MEMCENSUS_A_FRAME_CGROUP:
		return i < r->charges.nr ? census_index_record(&r->charges, i) : NULL;
	case MEMCENSUS_A_FRAME_SYSTEM:
		/* One more: of what was left out. */
		return d->frames.files && i < r->files.systems.nr + 1 ? &r->files : NULL;
	case MEMCENSUS_A_FRAME_FILE:
		return i < r->files.nr ? &r->files.files[i] : NULL;
	case MEMCENSUS_A_FRAME_BLOCKS:
		return find_part(r, &i);
	default:
		return NULL;
	}
}

#define TAKEN (CENSUS_REQ(ORDER) | CENSUS_REQ(GROUP_BY) | CENSUS_REQ(FILES))

/* A caller in another PID namespace may not see cgroups that it has no process of. */
static int parse_group_by(struct census_dump *d, const struct nlattr *by,
			  struct netlink_ext_ack *extack)
{
	if (nla_get_u32(by) != MEMCENSUS_BY_CGROUP) {
		NL_SET_ERR_MSG_ATTR(extack, by,
				    "GROUP_BY: frames are charged to cgroups only: CGROUP");
		return -EINVAL;
	}
	if (!census_sees_all(task_active_pid_ns(current))) {
		NL_SET_ERR_MSG_ATTR(extack, by,
				    "GROUP_BY: all cgroups are sent: only to the initial PID namespace");
		return -EINVAL;
	}
	d->frames.cgroups = true;
	return 0;
}

/* The same of files, which may be of any container. */
static int parse_files(struct census_dump *d, const struct nlattr *files,
		       struct netlink_ext_ack *extack)
{
	if (!census_sees_all(task_active_pid_ns(current))) {
		NL_SET_ERR_MSG_ATTR(extack, files,
				    "FILES: files of all processes are sent: only to the initial PID namespace");
		return -EINVAL;
	}
	d->frames.files = nla_get_u32(files);
	return 0;
}

static int parse_physical(struct census_dump *d, struct nlattr **tb, struct netlink_ext_ack *extack)
{
	int err;

	d->stage = stages;
	err = census_request_refuse(tb, ~TAKEN,
				    "PHYSICAL takes ORDER, GROUP_BY and FILES only", extack);
	if (err)
		return err;
	if (tb[MEMCENSUS_REQ_GROUP_BY]) {
		err = parse_group_by(d, tb[MEMCENSUS_REQ_GROUP_BY], extack);
		if (err)
			return err;
	}
	if (tb[MEMCENSUS_REQ_FILES]) {
		err = parse_files(d, tb[MEMCENSUS_REQ_FILES], extack);
		if (err)
			return err;
	}
	if (tb[MEMCENSUS_REQ_ORDER])
		d->frames.order = nla_get_u32(tb[MEMCENSUS_REQ_ORDER]);
	return 0;
}

/* Bytes of &census_results that @r has, as far as it may be of a caller who does not see all. */
static u64 result_bytes(const struct census_physical *r)
{
	u64 bytes = r->bytes;
	u32 i;

	for (i = 0; i < r->nr_zones; i++)
		bytes += (u64)r->zones[i].contiguous.nr * sizeof(*r->zones[i].contiguous.records);
	return bytes;
}

static int take_pass(struct census_dump *d, struct netlink_ext_ack *extack)
{
	const struct census_physical *r = census_physical_get(&d->frames);
	int err = PTR_ERR_OR_ZERO(r);

	if (!err && !census_results_hold(d->pid_ns, result_bytes(r), &d->held)) {
		census_physical_put(r);
		err = -EDQUOT;
	}
	if (err == -ENOMEM)
		NL_SET_ERR_MSG(extack, "not enough memory for the result: try again");
	if (err == -EDQUOT)
		NL_SET_ERR_MSG(extack, CENSUS_RESULTS_FULL);
	if (err == -EBUSY)
		NL_SET_ERR_MSG(extack, "memory is being added or removed: try again");
	if (err == -E2BIG)
		NL_SET_ERR_MSG(extack,
			       "ORDER: more than 4194304 blocks: request a higher order");
	if (err)
		return err;
	d->physical = r;
	d->seq = r->seq;
	return 0;
}

static void release_physical(struct census_dump *d)
{
	census_physical_put(d->physical);
}

const struct census_dump_ops census_dump_physical = {
	.parse = parse_physical,
	.fill = fill,
	.take = take_pass,
	.next = next_physical_record,
	.release = release_physical,
};
