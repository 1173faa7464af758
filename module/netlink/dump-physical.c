// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <net/netlink.h>

#include "base/result-memory.h"
#include "base/visible.h"
#include "netlink/dump.h"
#include "netlink/request.h"
#include "physical/cache.h"
#include "physical/class.h"

/* The records of the dump, in order, by the nests that contain them. */
static const u8 stages[] = {
	MEMCENSUS_A_PHYSICAL,
	MEMCENSUS_A_PHYSICAL_ZONE,
	MEMCENSUS_A_KERNEL_FRAMES,
	MEMCENSUS_A_FRAME_CGROUP,
	MEMCENSUS_A_FRAME_SYSTEM,
	MEMCENSUS_A_FRAME_FILE,
	MEMCENSUS_A_FRAME_BLOCKS,
};

/**
 * struct physical_dump - one PHYSICAL dump
 * @dump: of all commands
 * @req: the request
 * @result: of the pass; NULL before it was taken
 */
struct physical_dump {
	struct census_dump dump;
	struct census_physical_request req;
	const struct census_physical *result;
};

static struct physical_dump *physical_dump(struct census_dump *d)
{
	return container_of(d, struct physical_dump, dump);
}

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

static int fill_physical(struct sk_buff *skb, const struct census_physical *r)
{
	return census_put_u64(skb, MEMCENSUS_PHYSICAL_REALTIME_NS, r->realtime) ||
	       census_put_u64(skb, MEMCENSUS_PHYSICAL_WALL_NS, r->wall) ||
	       census_put_u64(skb, MEMCENSUS_PHYSICAL_CPU_NS, r->cpu) ||
	       census_put_u64(skb, MEMCENSUS_PHYSICAL_FRAMES, all_frames(r)) ||
	       census_put_u64(skb, MEMCENSUS_PHYSICAL_READ, r->read) ||
	       census_put_u64(skb, MEMCENSUS_PHYSICAL_CHANGED, r->changed) ||
	       census_put_pages(skb, MEMCENSUS_PHYSICAL_LEFT_OUT, r->kinds.left_out);
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

static int fill_zone(struct sk_buff *skb, const struct census_physical_zone *z)
{
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

static int fill_kernel(struct sk_buff *skb, const struct census_physical *r,
		       const struct census_kernel_frames *k)
{
	const struct census_physical_zone *z = &r->zones[k->key.zone];

	return nla_put_u32(skb, MEMCENSUS_KF_NODE, z->nid) ||
	       nla_put_string(skb, MEMCENSUS_KF_ZONE, z->name) ||
	       nla_put_u32(skb, MEMCENSUS_KF_CLASS, k->key.class) ||
	       census_put_u64(skb, MEMCENSUS_KF_FLAGS, k->key.flags) ||
	       (k->key.type && nla_put_u32(skb, MEMCENSUS_KF_TYPE, k->key.type)) ||
	       (k->key.order && nla_put_u32(skb, MEMCENSUS_KF_ORDER, k->key.order)) ||
	       nla_put_u32(skb, MEMCENSUS_KF_MARKS, k->key.marks) ||
	       census_put_pages(skb, MEMCENSUS_KF_BYTES, k->frames) ||
	       put_u64s(skb, MEMCENSUS_KF_FIRST_FRAMES, k->first, k->nr_first);
}

static int fill_cgroup(struct sk_buff *skb, const struct census_charge *c)
{
	return (c->cgroup && census_put_u64(skb, MEMCENSUS_FG_CGROUP, c->cgroup)) ||
	       put_classes(skb, MEMCENSUS_FG_CLASSES, c->classes) ||
	       (CENSUS_MAPCOUNT_EXACT && census_put_pages(skb, MEMCENSUS_FG_SHARED, c->shared));
}

static const struct census_cached_system *system_of(const struct census_frame_files *c, u32 nr)
{
	return census_index_record(&c->systems, nr);
}

static int put_dev(struct sk_buff *skb, int major, int minor, dev_t device)
{
	return nla_put_u32(skb, major, MAJOR(device)) || nla_put_u32(skb, minor, MINOR(device));
}

/* The first record, then what was left out, then the others. */
static int fill_system(struct sk_buff *skb, const struct census_frame_files *c, u32 index)
{
	const struct census_cached_system *s = system_of(c, index > 1 ? index - 1 : 0);
	const struct census_cached *cached = index == 1 ? &c->left_out : &s->cached;

	return (index != 1 && census_put_u64(skb, MEMCENSUS_FY_FILES, s->files)) ||
	       (index > 1 && (put_dev(skb, MEMCENSUS_FY_DEV_MAJOR, MEMCENSUS_FY_DEV_MINOR,
					 s->key - 1) ||
			      nla_put_string(skb, MEMCENSUS_FY_TYPE, s->type) ||
			      nla_put_string(skb, MEMCENSUS_FY_SOURCE, s->source))) ||
	       census_put_pages(skb, MEMCENSUS_FY_CACHED, cached->frames) ||
	       census_put_pages(skb, MEMCENSUS_FY_MAPPED, cached->mapped) ||
	       ((index < 2 || !s->shmem) &&
		census_put_pages(skb, MEMCENSUS_FY_DIRTY, cached->dirty)) ||
	       census_put_pages(skb, MEMCENSUS_FY_WRITEBACK, cached->writeback);
}

static int fill_identity(struct sk_buff *skb, const struct census_frame_files *c,
			 const struct census_cached_file *file)
{
	const struct census_cached_system *s = system_of(c, file->system);

	return put_dev(skb, MEMCENSUS_FF_DEV_MAJOR, MEMCENSUS_FF_DEV_MINOR, file->device) ||
	       (!file->block && census_put_u64(skb, MEMCENSUS_FF_INODE, file->inode)) ||
	       nla_put_string(skb, MEMCENSUS_FF_TYPE, s->type) ||
	       nla_put_string(skb, MEMCENSUS_FF_SOURCE, s->source) ||
	       (file->path && nla_put_string(skb, MEMCENSUS_FF_PATH, file->path)) ||
	       nla_put_u32(skb, MEMCENSUS_FF_DELETED, file->deleted) ||
	       census_put_u64(skb, MEMCENSUS_FF_SIZE, file->size);
}

static int fill_file(struct sk_buff *skb, const struct census_frame_files *c,
		     const struct census_cached_file *file)
{
	const struct census_cached *cached = &file->cached;

	return (file->system && fill_identity(skb, c, file)) ||
	       census_put_pages(skb, MEMCENSUS_FF_CACHED, cached->frames) ||
	       census_put_pages(skb, MEMCENSUS_FF_MAPPED, cached->mapped) ||
	       (!file->shmem && census_put_pages(skb, MEMCENSUS_FF_DIRTY, cached->dirty)) ||
	       census_put_pages(skb, MEMCENSUS_FF_WRITEBACK, cached->writeback);
}

/* Records of blocks that one message has. */
struct blocks_part {
	const struct census_physical_zone *zone;
	u32 from;
	u32 nr;
};

static unsigned int nr_parts(const struct census_physical_zone *z)
{
	return DIV_ROUND_UP(z->contiguous.nr, MEMCENSUS_BLOCK_RECORDS_MAX);
}

static unsigned int nr_all_parts(const struct census_physical *r)
{
	unsigned int nr = 0, i;

	for (i = 0; i < r->nr_zones; i++)
		nr += nr_parts(&r->zones[i]);
	return nr;
}

/* The part of number @index, below nr_all_parts(). */
static struct blocks_part find_part(const struct census_physical *r, unsigned int index)
{
	const struct census_physical_zone *z = r->zones;
	struct blocks_part part;

	for (; index >= nr_parts(z); z++)
		index -= nr_parts(z);
	part.zone = z;
	part.from = index * MEMCENSUS_BLOCK_RECORDS_MAX;
	part.nr = min_t(u32, z->contiguous.nr - part.from, MEMCENSUS_BLOCK_RECORDS_MAX);
	return part;
}

static int fill_blocks(struct sk_buff *skb, const struct blocks_part *part)
{
	const struct census_physical_zone *z = part->zone;
	const struct census_frame_blocks *b = &z->contiguous;

	return nla_put_u32(skb, MEMCENSUS_FB_NODE, z->nid) ||
	       nla_put_string(skb, MEMCENSUS_FB_ZONE, z->name) ||
	       nla_put_u32(skb, MEMCENSUS_FB_ORDER, b->order) ||
	       census_put_u64(skb, MEMCENSUS_FB_FIRST, b->first + ((u64)part->from << b->order)) ||
	       put_u64s(skb, MEMCENSUS_FB_RECORDS, b->records + part->from, part->nr);
}

/* Return: 0, or nonzero if the buffer is full. */
static int fill_record(struct sk_buff *skb, const struct census_envelope *e,
		       const struct census_snapshot *snap, const void *record)
{
	const struct physical_dump *d = record;
	const struct census_physical *r = d->result;
	unsigned int i = d->dump.index;
	struct blocks_part part;

	switch (census_dump_stage(&d->dump)) {
	case MEMCENSUS_A_PHYSICAL:
		return fill_physical(skb, r);
	case MEMCENSUS_A_PHYSICAL_ZONE:
		return fill_zone(skb, &r->zones[i]);
	case MEMCENSUS_A_FRAME_CGROUP:
		return fill_cgroup(skb, census_charge(&r->charges, i));
	case MEMCENSUS_A_FRAME_SYSTEM:
		return fill_system(skb, &r->files, i);
	case MEMCENSUS_A_FRAME_FILE:
		return fill_file(skb, &r->files, &r->files.files[i]);
	case MEMCENSUS_A_FRAME_BLOCKS:
		part = find_part(r, i);
		return fill_blocks(skb, &part);
	default:
		return fill_kernel(skb, r, &r->kinds.records[i]);
	}
}

/* Records of the current stage. */
static unsigned int nr_records(const struct physical_dump *d)
{
	const struct census_physical *r = d->result;

	switch (census_dump_stage(&d->dump)) {
	case MEMCENSUS_A_PHYSICAL:
		return 1;
	case MEMCENSUS_A_PHYSICAL_ZONE:
		return r->nr_zones;
	case MEMCENSUS_A_FRAME_CGROUP:
		return r->charges.table.records ? r->charges.table.nr : 0;
	case MEMCENSUS_A_FRAME_SYSTEM:
		/* One more: of what was left out. */
		return d->req.files ? r->files.systems.nr + 1 : 0;
	case MEMCENSUS_A_FRAME_FILE:
		return r->files.nr;
	case MEMCENSUS_A_FRAME_BLOCKS:
		return nr_all_parts(r);
	default:
		return r->kinds.nr;
	}
}

/* The record is the dump itself, at its index: fill_record() gets what it needs by the stage. */
static const void *next_physical_record(struct census_dump *dump)
{
	struct physical_dump *d = physical_dump(dump);

	return dump->index < nr_records(d) ? d : NULL;
}

static int add_physical_record(struct sk_buff *skb, struct census_dump *dump, const void *record)
{
	const struct physical_dump *d = record;
	struct blocks_part part;

	if (census_dump_stage(dump) == MEMCENSUS_A_FRAME_BLOCKS) {
		part = find_part(d->result, dump->index);
		if (census_frame_blocks_are_holes(&part.zone->contiguous, part.from, part.nr))
			return 0;
	}
	return census_message_put(skb, &dump->envelope, d->result->seq, census_dump_stage(dump),
				  fill_record, NULL, d);
}

#define TAKEN (CENSUS_REQ(ORDER) | CENSUS_REQ(GROUP_BY) | CENSUS_REQ(FILES))

/* A caller in another PID namespace may not see cgroups that it has no process of. */
static int parse_group_by(struct physical_dump *d, const struct nlattr *by,
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
	d->req.cgroups = true;
	return 0;
}

/* The same of files, which may be of any container. */
static int parse_files(struct physical_dump *d, const struct nlattr *files,
		       struct netlink_ext_ack *extack)
{
	if (!census_sees_all(task_active_pid_ns(current))) {
		NL_SET_ERR_MSG_ATTR(extack, files,
				    "FILES: files of all processes are sent: only to the initial PID namespace");
		return -EINVAL;
	}
	d->req.files = nla_get_u32(files);
	return 0;
}

static int parse_physical(struct census_dump *dump, struct nlattr **tb,
			  struct netlink_ext_ack *extack)
{
	struct physical_dump *d = physical_dump(dump);
	int err;

	census_dump_stages(dump, stages, ARRAY_SIZE(stages));
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
		d->req.order = nla_get_u32(tb[MEMCENSUS_REQ_ORDER]);
	dump->envelope.paths = d->req.files;
	return 0;
}

static int take_pass(struct census_dump *dump, struct netlink_ext_ack *extack)
{
	struct physical_dump *d = physical_dump(dump);
	const struct census_physical *r = census_passes_get(&d->req);
	int err = PTR_ERR_OR_ZERO(r);

	if (err == -ENOMEM)
		NL_SET_ERR_MSG(extack, "not enough memory for the result: try again");
	if (err == -EDQUOT)
		NL_SET_ERR_MSG(extack, CENSUS_RESULTS_FULL);
	if (err == -EBUSY)
		NL_SET_ERR_MSG(extack, "memory is being added or removed: try again");
	if (err == -E2BIG)
		NL_SET_ERR_MSG(extack,
			       "ORDER: more than 4194304 blocks: request a higher order");
	if (!err)
		d->result = r;
	return err;
}

static void release_physical(struct census_dump *dump)
{
	census_passes_put(physical_dump(dump)->result);
}

const struct census_dump_ops census_dump_physical = {
	.size = sizeof(struct physical_dump),
	.parse = parse_physical,
	.take = take_pass,
	.next = next_physical_record,
	.add = add_physical_record,
	.release = release_physical,
};
