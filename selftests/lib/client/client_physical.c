// SPDX-License-Identifier: GPL-2.0
/* Receives the answer to a PHYSICAL request; see client_physical.h. */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "client/abi_table.h"
#include "client/client.h"
#include "client/client_parse.h"
#include "client/client_physical.h"

/* Stores integers by number, up to @max. */
struct numbers {
	uint64_t *value;
	uint64_t *known;
	unsigned int max;
};

static int number_attr(const struct nlattr *attr, void *data)
{
	unsigned int type = mnl_attr_get_type(attr);
	struct numbers *to = data;

	if (type > 1 && type <= to->max) {
		to->value[type] = attr_int(attr);
		if (to->known)
			*to->known |= 1ULL << type;
	}
	return MNL_CB_OK;
}

static unsigned int u64s(const struct nlattr *attr, uint64_t *to, unsigned int room)
{
	unsigned int n = mnl_attr_get_payload_len(attr) / sizeof(*to);

	n = n < room ? n : room;
	memcpy(to, mnl_attr_get_payload(attr), n * sizeof(*to));
	return n;
}

static int zone_number(const struct nlattr *attr, void *data)
{
	struct physical_zone *zone = data;
	struct numbers classes = { zone->class, &zone->known, MEMCENSUS_FC_MAX };
	struct numbers states = { zone->state, NULL, MEMCENSUS_FS_MAX };
	unsigned int type = mnl_attr_get_type(attr);

	switch (type) {
	case MEMCENSUS_PZ_PAD:
		return MNL_CB_OK;
	case MEMCENSUS_PZ_NODE:
		zone->node = attr_int(attr);
		return MNL_CB_OK;
	case MEMCENSUS_PZ_NAME:
		attr_copy(attr, zone->name, sizeof(zone->name));
		return MNL_CB_OK;
	case MEMCENSUS_PZ_FREE_BLOCKS:
		zone->n_blocks = u64s(attr, zone->blocks, 64);
		return MNL_CB_OK;
	case MEMCENSUS_PZ_CLASSES:
		return mnl_attr_parse_nested(attr, number_attr, &classes);
	case MEMCENSUS_PZ_STATES:
		return mnl_attr_parse_nested(attr, number_attr, &states);
	default:
		if (type <= MEMCENSUS_PZ_MAX)
			zone->value[type] = attr_int(attr);
		return MNL_CB_OK;
	}
}

static int cgroup_attr(const struct nlattr *attr, void *data)
{
	struct physical_cgroup *c = data;
	struct numbers classes = { c->class, &c->known, MEMCENSUS_FC_MAX };

	switch (mnl_attr_get_type(attr)) {
	case MEMCENSUS_FG_CGROUP:
		c->cgroup = attr_int(attr);
		return MNL_CB_OK;
	case MEMCENSUS_FG_CLASSES:
		return mnl_attr_parse_nested(attr, number_attr, &classes);
	case MEMCENSUS_FG_SHARED:
		c->has_shared = true;
		c->shared = attr_int(attr);
		return MNL_CB_OK;
	case MEMCENSUS_FG_PINNED:
		c->pinned = attr_int(attr);
		return MNL_CB_OK;
	default:
		return MNL_CB_OK;
	}
}

static int cached_system_attr(const struct nlattr *attr, void *data)
{
	struct physical_system *s = data;
	struct numbers numbers = { s->value, &s->known, MEMCENSUS_FY_MAX };

	switch (mnl_attr_get_type(attr)) {
	case MEMCENSUS_FY_TYPE:
		attr_copy(attr, s->type, sizeof(s->type));
		return MNL_CB_OK;
	case MEMCENSUS_FY_SOURCE:
		attr_copy(attr, s->source, sizeof(s->source));
		return MNL_CB_OK;
	default:
		return number_attr(attr, &numbers);
	}
}

static int cached_file_attr(const struct nlattr *attr, void *data)
{
	struct physical_file *f = data;
	struct numbers numbers = { f->value, &f->known, MEMCENSUS_FF_MAX };

	switch (mnl_attr_get_type(attr)) {
	case MEMCENSUS_FF_TYPE:
		attr_copy(attr, f->type, sizeof(f->type));
		return MNL_CB_OK;
	case MEMCENSUS_FF_SOURCE:
		return MNL_CB_OK;
	case MEMCENSUS_FF_PATH:
		attr_copy(attr, f->path, sizeof(f->path));
		return MNL_CB_OK;
	default:
		return number_attr(attr, &numbers);
	}
}

/* A FRAME_BLOCKS message while it is read. */
struct blocks {
	struct physical *p;
	uint64_t first, n;
	const uint64_t *records;
};

static int blocks_attr(const struct nlattr *attr, void *data)
{
	struct blocks *b = data;

	switch (mnl_attr_get_type(attr)) {
	case MEMCENSUS_FB_ORDER:
		b->p->order = attr_int(attr);
		break;
	case MEMCENSUS_FB_FIRST:
		b->first = attr_int(attr);
		b->p->n_numbers++;
		break;
	case MEMCENSUS_FB_RECORDS:
		b->records = mnl_attr_get_payload(attr);
		b->n = mnl_attr_get_payload_len(attr) / sizeof(*b->records);
		break;
	}
	return MNL_CB_OK;
}

static int add_blocks(struct physical *p, const struct nlattr *nest)
{
	struct blocks b = { p };
	uint64_t i;

	if (mnl_attr_parse_nested(nest, blocks_attr, &b) < 0 ||
	    b.n > PHYSICAL_BLOCKS - p->n_blocks)
		return MNL_CB_ERROR;
	for (i = 0; i < b.n; i++) {
		p->blocks[p->n_blocks].pfn = b.first + (i << p->order);
		memcpy(&p->blocks[p->n_blocks++].record, b.records + i, sizeof(*b.records));
	}
	return MNL_CB_OK;
}

static int top_attr(const struct nlattr *attr, void *data)
{
	struct physical *p = data;
	struct numbers own = { p->value, NULL, MEMCENSUS_PHYSICAL_MAX };

	switch (mnl_attr_get_type(attr)) {
	case MEMCENSUS_A_SEQ:
		if (p->seq && p->seq != attr_int(attr))
			return MNL_CB_ERROR;
		p->seq = attr_int(attr);
		return MNL_CB_OK;
	case MEMCENSUS_A_PHYSICAL:
		return mnl_attr_parse_nested(attr, number_attr, &own);
	case MEMCENSUS_A_PHYSICAL_ZONE:
		if (p->n_zones == PHYSICAL_ZONES)
			return MNL_CB_ERROR;
		return mnl_attr_parse_nested(attr, zone_number, &p->zones[p->n_zones++]);
	case MEMCENSUS_A_FRAME_CGROUP:
		if (p->n_cgroups == PHYSICAL_CGROUPS)
			return MNL_CB_ERROR;
		return mnl_attr_parse_nested(attr, cgroup_attr, &p->cgroups[p->n_cgroups++]);
	case MEMCENSUS_A_FRAME_SYSTEM:
		if (p->n_systems == PHYSICAL_SYSTEMS)
			return MNL_CB_ERROR;
		return mnl_attr_parse_nested(attr, cached_system_attr, &p->systems[p->n_systems++]);
	case MEMCENSUS_A_FRAME_FILE:
		if (p->n_files == PHYSICAL_FILES)
			return MNL_CB_ERROR;
		memset(&p->files[p->n_files], 0, sizeof(p->files[0]));
		return mnl_attr_parse_nested(attr, cached_file_attr, &p->files[p->n_files++]);
	case MEMCENSUS_A_FRAME_BLOCKS:
		return add_blocks(p, attr);
	default:
		return MNL_CB_OK;
	}
}

static int message(const struct nlmsghdr *nlh, void *data)
{
	const char *wrong = abi_answer_wrong(nlh);
	struct physical *p = data;

	if (!wrong && mnl_attr_parse(nlh, sizeof(struct genlmsghdr), top_attr, p) >= 0)
		return MNL_CB_OK;
	snprintf(p->wrong, sizeof(p->wrong), "%s", wrong ?: "too many records, or mixed numbers");
	errno = EBADMSG;
	return MNL_CB_ERROR;
}

static void add_zones(struct physical *p)
{
	unsigned int i, n;

	for (i = 0; i < p->n_zones; i++) {
		p->known |= p->zones[i].known;
		for (n = 0; n <= MEMCENSUS_FC_MAX; n++)
			p->class[n] += p->zones[i].class[n];
		for (n = 0; n <= MEMCENSUS_FS_MAX; n++)
			p->state[n] += p->zones[i].state[n];
	}
}

int physical_take_with(struct physical *p, struct physical_ask ask)
{
	struct nlattr *nest;
	char buf[32768];
	struct census_socket s;
	struct nlmsghdr *nlh;
	ssize_t n;
	int ret;

	memset(p, 0, offsetof(struct physical, files));
	ret = census_open(&s);
	if (ret)
		return ret;
	nlh = census_header(&s, buf, MEMCENSUS_CMD_PHYSICAL, NLM_F_DUMP);
	nest = mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST);
	if (ask.order)
		mnl_attr_put_u32(nlh, MEMCENSUS_REQ_ORDER, ask.order);
	if (ask.cgroups)
		mnl_attr_put_u32(nlh, MEMCENSUS_REQ_GROUP_BY, MEMCENSUS_BY_CGROUP);
	if (ask.files)
		mnl_attr_put_u32(nlh, MEMCENSUS_REQ_FILES, ask.files);
	mnl_attr_nest_end(nlh, nest);
	ret = census_send(&s, nlh);
	while (!ret) {
		n = mnl_socket_recvfrom(s.nl, buf, sizeof(buf));
		ret = n < 0 ? -errno : mnl_cb_run(buf, n, s.seq, s.port, message, p);
		if (ret <= 0 && n >= 0) {
			ret = ret < 0 ? -errno : 0;
			break;
		}
		ret = ret < 0 ? ret : 0;
	}
	census_close(&s);
	add_zones(p);
	return ret;
}

bool physical_files_add_up(struct physical *physical)
{
	const uint64_t *class = physical->class;
	uint64_t cached = 0, mapped = 0, all;
	unsigned int i;

	for (i = 0; i < physical->n_systems; i++) {
		cached += physical->systems[i].value[MEMCENSUS_FY_CACHED];
		mapped += physical->systems[i].value[MEMCENSUS_FY_MAPPED];
	}
	all = class[MEMCENSUS_FC_FILE] + class[MEMCENSUS_FC_SHMEM];
	if (mapped != all)
		snprintf(physical->wrong, sizeof(physical->wrong),
			 "mapped: files have %" PRIu64 " bytes, the classes %" PRIu64, mapped, all);
	if (mapped != all)
		return false;
	all += class[MEMCENSUS_FC_FILE_UNMAPPED] + class[MEMCENSUS_FC_SHMEM_UNMAPPED];
	if (cached != all)
		snprintf(physical->wrong, sizeof(physical->wrong),
			 "cached: files have %" PRIu64 " bytes, the classes %" PRIu64, cached, all);
	return cached == all;
}
