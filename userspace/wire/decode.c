// SPDX-License-Identifier: GPL-2.0
/* Decodes messages of the family into a snapshot, by the arrays of columns. */
#include <inttypes.h>
#include <string.h>
#include <linux/genetlink.h>

#include "lib/memory.h"
#include "model/columns.h"
#include "model/fragmentation.h"
#include "wire/attrs.h"
#include "wire/decode.h"

/* NUMA nodes of x86-64 and arm64: CONFIG_NODES_SHIFT is 10 at most. */
#define NODES_MOST	1024

/* Context of each step of decoding a message. */
struct decoder {
	struct snapshot *snap;
	struct failure *why;
};

static int malformed(struct decoder *d, const struct row_type *type,
		     const struct column *column, const struct nlattr *attr)
{
	return fail(d->why, FAIL_MALFORMED,
		    "malformed message: %zu bytes in attribute %s of %s",
		    attr_len(attr), column->name, type->name);
}

static int broken(struct decoder *d, const char *where)
{
	return fail(d->why, FAIL_MALFORMED,
		    "malformed message: an attribute of %s is truncated", where);
}

static size_t element_size(enum wire how)
{
	return how == WIRE_U32 || how == WIRE_S32 || how == WIRE_U32S ? 4 : 8;
}

/* Host byte order; attributes are aligned to 4, so a u64 may be unaligned. */
static uint64_t load(enum wire how, const void *p)
{
	uint64_t u64;
	uint32_t u32;

	if (element_size(how) == sizeof(u64)) {
		memcpy(&u64, p, sizeof(u64));
		return u64;
	}
	memcpy(&u32, p, sizeof(u32));
	return how == WIRE_S32 ? (uint64_t)(int32_t)u32 : u32;
}

static struct numbers decode_numbers(struct decoder *d, enum wire how,
				     const struct nlattr *attr)
{
	const unsigned char *p = attr_data(attr);
	size_t size = element_size(how), n = attr_len(attr) / size, i;
	uint64_t *v = snapshot_alloc(d->snap, n * sizeof(*v));

	for (i = 0; i < n; i++)
		v[i] = load(how, p + i * size);
	return (struct numbers){ n, v };
}

static int decode_figures(struct decoder *d, const struct row_type *type,
			  const struct nlattr *nest, struct figures *figures)
{
	struct attrs attrs = attrs_in(nest);
	const struct nlattr *attr;

	while ((attr = attrs_next(&attrs))) {
		unsigned int number = attr_type(attr);

		/* 0 and 1 are UNSPEC and PAD in every enum of figures. */
		if (number <= MEMCENSUS_F_PAD || number >= FIGURES_MAX)
			continue;
		if (attr_len(attr) != sizeof(uint64_t))
			return fail(d->why, FAIL_MALFORMED,
				    "malformed message: %zu bytes in figure %u of %s",
				    attr_len(attr), number, type->name);
		figures->v[number] = load(WIRE_U64, attr_data(attr));
		figures->known |= 1ULL << number;
	}
	return attrs.broken ? broken(d, type->name) : 0;
}

static int decode_row(struct decoder *d, const struct row_type *type,
		      const struct nlattr *nest, void *row);

static int decode_attr(struct decoder *d, const struct row_type *type,
		       const struct column *column, const struct nlattr *attr,
		       void *row)
{
	unsigned char *member = (unsigned char *)row + column->offset;
	size_t len = attr_len(attr), size = element_size(column->wire);
	struct numbers numbers;
	uint64_t number;
	const char *text;

	switch (column->wire) {
	case WIRE_NONE:
		break;
	case WIRE_U32:
	case WIRE_S32:
	case WIRE_U64:
		if (len != size)
			return malformed(d, type, column, attr);
		number = load(column->wire, attr_data(attr));
		memcpy(member, &number, sizeof(number));
		break;
	case WIRE_STRING:
		text = snapshot_text(d->snap, attr_data(attr), len);
		memcpy(member, &text, sizeof(text));
		break;
	case WIRE_U32S:
	case WIRE_U64S:
		if (len % size)
			return malformed(d, type, column, attr);
		numbers = decode_numbers(d, column->wire, attr);
		memcpy(member, &numbers, sizeof(numbers));
		break;
	case WIRE_FIGURES:
		return decode_figures(d, type, attr, (struct figures *)member);
	}
	return 0;
}

static int decode_row(struct decoder *d, const struct row_type *type,
		      const struct nlattr *nest, void *row)
{
	struct attrs attrs = attrs_in(nest);
	const struct column *column;
	const struct nlattr *attr;
	uint64_t *known = row;

	while ((attr = attrs_next(&attrs))) {
		if (attr_type(attr) >= type->fields.n)
			continue;
		column = &type->fields.columns[attr_type(attr)];
		if (decode_attr(d, type, column, attr, row))
			return -1;
		if (column->wire != WIRE_NONE)
			*known |= 1ULL << column->number;
	}
	return attrs.broken ? broken(d, type->name) : 0;
}

/* All messages of a census carry its number. */
static int decode_seq(struct decoder *d, const struct nlattr *attr)
{
	struct snapshot *snap = d->snap;
	uint64_t seq;

	if (!attr || attr_len(attr) != sizeof(seq))
		return fail(d->why, FAIL_MALFORMED,
			    "malformed message: it has no census number");
	seq = load(WIRE_U64, attr_data(attr));
	if ((snap->has_scan || snap->has_physical) && seq != snap->seq)
		return fail(d->why, FAIL_MALFORMED,
			    "a message of census %llu among those of census %llu",
			    (unsigned long long)seq,
			    (unsigned long long)snap->seq);
	snap->seq = seq;
	return 0;
}

/* The rows, by the nest of a message that contains them. */
static const struct row_type *const types[] = {
	[MEMCENSUS_A_INFO] = &info_rows,
	[MEMCENSUS_A_SCAN] = &scan_rows,
	[MEMCENSUS_A_TASK] = &task_rows,
	[MEMCENSUS_A_VMA] = &vma_rows,
	[MEMCENSUS_A_ZONE] = &zone_rows,
	[MEMCENSUS_A_NODE] = &node_rows,
	[MEMCENSUS_A_GROUP] = &group_rows,
	[MEMCENSUS_A_OWNERS] = &owners_rows,
	[MEMCENSUS_A_PAIR] = &pair_rows,
	[MEMCENSUS_A_PAYER] = &payer_rows,
	[MEMCENSUS_A_PHYSICAL] = &physical_rows,
	[MEMCENSUS_A_PHYSICAL_ZONE] = &physical_zone_rows,
	[MEMCENSUS_A_FRAME_BLOCKS] = &frame_blocks_rows,
	[MEMCENSUS_A_FRAME_CGROUP] = &frame_cgroup_rows,
	[MEMCENSUS_A_FRAME_SYSTEM] = &frame_system_rows,
	[MEMCENSUS_A_FRAME_FILE] = &frame_file_rows,
};
_Static_assert(sizeof(types) / sizeof(types[0]) == MEMCENSUS_A_MAX + 1,
	       "a nest is not decoded");

const struct row_type *decode_type_of(unsigned int nest)
{
	return nest <= MEMCENSUS_A_MAX ? types[nest] : NULL;
}

/* The node that @row is of; 0: of none. */
static uint64_t node_of(const struct row_type *type, const void *row)
{
	return type == &zone_rows ? ((const struct zone *)row)->node :
	       type == &node_rows ? ((const struct node *)row)->id : 0;
}

/* Messages that belong to no census. */
static bool is_unnumbered(const struct row_type *type)
{
	return type == &info_rows || type == &request_rows;
}

int decode_message(struct snapshot *snap, const struct nlmsghdr *nlh,
		   struct failure *why)
{
	struct decoder d = { .snap = snap, .why = why };
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);
	const struct nlattr *attr, *nest = NULL, *seq = NULL;
	const struct row_type *type = NULL;
	const bool is_request = nlh->nlmsg_flags & NLM_F_REQUEST;
	bool unknown = false;
	struct attrs attrs;
	void *row;

	if (nlh->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
		return fail(why, FAIL_MALFORMED, "malformed message: too short");
	if (genl->version < MEMCENSUS_GENL_VERSION)
		return fail(why, FAIL_VERSION,
			    "version %u of the ABI, this reader reads version %u: use a reader of that version (1 is release 0.1.0)",
			    genl->version, MEMCENSUS_GENL_VERSION);
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		snap->torn = true;

	attrs = attrs_of_message(nlh);
	while ((attr = attrs_next(&attrs))) {
		if (attr_type(attr) == MEMCENSUS_A_SEQ) {
			seq = attr;
		} else if (is_request && attr_type(attr) == MEMCENSUS_A_REQUEST) {
			nest = attr;
			type = &request_rows;
		} else if (decode_type_of(attr_type(attr))) {
			nest = attr;
			type = decode_type_of(attr_type(attr));
		}
		/* Of a newer module. */
		unknown |= attr_type(attr) > MEMCENSUS_A_MAX;
	}
	if (attrs.broken)
		return broken(&d, nest ? type->name : "a message");
	/* A newer module has other commands too. */
	unknown |= genl->cmd != MEMCENSUS_CMD_INFO && genl->cmd != MEMCENSUS_CMD_SNAPSHOT &&
		   genl->cmd != MEMCENSUS_CMD_SHARE && genl->cmd != MEMCENSUS_CMD_PHYSICAL;
	if (!nest && (unknown || is_request))
		return 0;
	if (!nest)
		return fail(why, FAIL_MALFORMED, "malformed message: no record in it");
	if (!is_unnumbered(type) && decode_seq(&d, seq))
		return -1;

	snap->has_info |= type == &info_rows;
	snap->has_scan |= type == &scan_rows;
	snap->has_physical |= type == &physical_rows;
	row = type->size ? row_add(type, snap) : (char *)snap + type->array;
	if (decode_row(&d, type, nest, row))
		return -1;
	if (node_of(type, row) >= NODES_MOST)
		return fail(why, FAIL_MALFORMED, "malformed message: %s of node %" PRIu64,
			    type->name, node_of(type, row));
	if (type == &zone_rows)
		fragmentation_compute(snap, row);
	return 0;
}

int decode_finish(const struct snapshot *snap, unsigned int command, struct failure *why)
{
	unsigned int i;

	if (snap->has_info && snap->has_physical && command == MEMCENSUS_CMD_PHYSICAL)
		return 0;
	if (!snap->has_info || !snap->has_scan)
		return fail(why, FAIL_MALFORMED,
			    "the census ended without INFO and SCAN");
	for (i = 0; i <= MEMCENSUS_A_MAX; i++)
		if (types[i] && types[i]->check && types[i]->check(snap, why))
			return -1;
	return 0;
}
