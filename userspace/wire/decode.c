// SPDX-License-Identifier: GPL-2.0
/* Decodes messages of the family into a snapshot, by the arrays of columns. */
#include <string.h>
#include <linux/genetlink.h>

#include "model/columns.h"
#include "model/pages.h"
#include "wire/attrs.h"
#include "wire/decode.h"

/* Context of each step of decoding a message. */
struct decoder {
	struct snapshot *snap;
	struct failure *why;
};

static int malformed(struct decoder *d, const struct record_type *type,
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
	switch (how) {
	case WIRE_U8:
		return 1;
	case WIRE_U32:
	case WIRE_S32:
	case WIRE_U32S:
	case WIRE_S32S:
		return 4;
	default:
		return 8;
	}
}

/* Host byte order; attributes are aligned to 4, so a u64 may be unaligned. */
static uint64_t load(enum wire how, const void *p)
{
	uint64_t u64;
	uint32_t u32;
	int32_t s32;

	switch (how) {
	case WIRE_U8:
		return *(const uint8_t *)p;
	case WIRE_U32:
	case WIRE_U32S:
		memcpy(&u32, p, sizeof(u32));
		return u32;
	case WIRE_S32:
	case WIRE_S32S:
		memcpy(&s32, p, sizeof(s32));
		return (uint64_t)(int64_t)s32;
	default:
		memcpy(&u64, p, sizeof(u64));
		return u64;
	}
}

static int decode_numbers(struct decoder *d, enum wire how,
			  const struct nlattr *attr, struct numbers *numbers)
{
	const unsigned char *p = attr_data(attr);
	size_t size = element_size(how), n = attr_len(attr) / size, i;
	uint64_t *v;

	v = snapshot_alloc(d->snap, n * sizeof(*v));
	if (!v)
		return fail_memory(d->why);
	for (i = 0; i < n; i++)
		v[i] = load(how, p + i * size);
	numbers->n = n;
	numbers->v = v;
	return 0;
}

static int decode_figures(struct decoder *d, const struct record_type *type,
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

static int decode_record(struct decoder *d, const struct record_type *type,
			 const struct nlattr *nest, void *record);

static int decode_zone_type(struct decoder *d, const struct nlattr *nest,
			    struct zone *zone)
{
	struct zone_type *types = zone->types, *type;
	size_t n = zone->n_types;

	/* The array is full whenever @n is a power of two. */
	if (!(n & (n - 1))) {
		types = snapshot_alloc(d->snap, (n ? 2 * n : 1) * sizeof(*types));
		if (!types)
			return fail_memory(d->why);
		if (n)
			memcpy(types, zone->types, n * sizeof(*types));
		zone->types = types;
	}
	type = &types[zone->n_types++];
	memset(type, 0, sizeof(*type));
	return decode_record(d, &zone_type_record, nest, type);
}

static int decode_attr(struct decoder *d, const struct record_type *type,
		       const struct column *column, const struct nlattr *attr,
		       void *record)
{
	unsigned char *member = (unsigned char *)record + column->offset;
	size_t len = attr_len(attr);
	struct numbers numbers;
	uint64_t number;
	const char *text;

	switch (column->wire) {
	case WIRE_NONE:
		return 0;
	case WIRE_U8:
	case WIRE_U32:
	case WIRE_S32:
	case WIRE_U64:
		if (len != element_size(column->wire))
			return malformed(d, type, column, attr);
		number = load(column->wire, attr_data(attr));
		memcpy(member, &number, sizeof(number));
		break;
	case WIRE_STRING:
		text = snapshot_text(d->snap, attr_data(attr), len);
		if (!text)
			return fail_memory(d->why);
		memcpy(member, &text, sizeof(text));
		break;
	case WIRE_U32S:
	case WIRE_S32S:
	case WIRE_U64S:
		if (len % element_size(column->wire))
			return malformed(d, type, column, attr);
		if (decode_numbers(d, column->wire, attr, &numbers))
			return -1;
		memcpy(member, &numbers, sizeof(numbers));
		break;
	case WIRE_FIGURES:
		if (decode_figures(d, type, attr, (struct figures *)member))
			return -1;
		break;
	case WIRE_TYPES:
		if (decode_zone_type(d, attr, record))
			return -1;
		break;
	}
	return 1;
}

static int decode_record(struct decoder *d, const struct record_type *type,
			 const struct nlattr *nest, void *record)
{
	struct attrs attrs = attrs_in(nest);
	const struct nlattr *attr;
	uint64_t *known = record;

	while ((attr = attrs_next(&attrs))) {
		unsigned int number = attr_type(attr);
		int ret;

		if (number >= type->fields.n)
			continue;
		ret = decode_attr(d, type, &type->fields.columns[number], attr,
				  record);
		if (ret < 0)
			return -1;
		if (ret)
			*known |= 1ULL << number;
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
	if (snap->has_scan && seq != snap->seq)
		return fail(d->why, FAIL_MALFORMED,
			    "a message of census %llu among those of census %llu",
			    (unsigned long long)seq,
			    (unsigned long long)snap->seq);
	snap->seq = seq;
	return 0;
}

/**
 * struct message - content of a command's message
 * @nest: its top-level attribute; 0 if this reader does not know it
 * @type: record in that nest
 */
static const struct message {
	unsigned int nest;
	const struct record_type *type;
} messages[] = {
	[MEMCENSUS_CMD_INFO] = { MEMCENSUS_A_INFO, &info_record },
	[MEMCENSUS_CMD_SCAN] = { MEMCENSUS_A_SCAN, &scan_record },
	[MEMCENSUS_CMD_TASK] = { MEMCENSUS_A_TASK, &task_record },
	[MEMCENSUS_CMD_VMA] = { MEMCENSUS_A_VMA, &vma_record },
	[MEMCENSUS_CMD_ZONE] = { MEMCENSUS_A_ZONE, &zone_record },
	[MEMCENSUS_CMD_NODE] = { MEMCENSUS_A_NODE, &node_record },
	[MEMCENSUS_CMD_SYSTEM] = { MEMCENSUS_A_SYSTEM, &bytes_record },
	[MEMCENSUS_CMD_GROUP] = { MEMCENSUS_A_GROUP, &group_record },
	[MEMCENSUS_CMD_PAGES] = { MEMCENSUS_A_PAGES, &pages_record },
};
_Static_assert(sizeof(messages) / sizeof(messages[0]) == MEMCENSUS_CMD_MAX + 1,
	       "a message is not decoded");

const struct record_type *decode_type_of(unsigned int cmd, unsigned int *nest)
{
	if (cmd > MEMCENSUS_CMD_MAX)
		return NULL;
	*nest = messages[cmd].nest;
	return messages[cmd].type;
}

static void *record_for(struct snapshot *snap, unsigned int cmd)
{
	switch (cmd) {
	case MEMCENSUS_CMD_INFO:
		snap->has_info = true;
		return &snap->info;
	case MEMCENSUS_CMD_SCAN:
		snap->has_scan = true;
		return &snap->scan;
	case MEMCENSUS_CMD_TASK:
		return snapshot_add_task(snap);
	case MEMCENSUS_CMD_GROUP:
		return snapshot_add_group(snap);
	case MEMCENSUS_CMD_VMA:
		return snapshot_add_vma(snap);
	case MEMCENSUS_CMD_PAGES:
		return snapshot_add_pages(snap);
	case MEMCENSUS_CMD_ZONE:
		return snapshot_add_zone(snap);
	case MEMCENSUS_CMD_NODE:
		return snapshot_add_node(snap);
	default:
		snap->has_totals = true;
		return &snap->totals;
	}
}

/*
 * The command whose messages carry the nest @type.  All messages of a PAGES dump have
 * that command, so there the nest says what they are; 0: this reader does not know it.
 */
static unsigned int command_of(unsigned int type)
{
	unsigned int cmd;

	for (cmd = 1; cmd <= MEMCENSUS_CMD_MAX; cmd++)
		if (messages[cmd].type && messages[cmd].nest == type)
			return cmd;
	return 0;
}

int decode_message(struct snapshot *snap, const struct nlmsghdr *nlh,
		   struct failure *why)
{
	struct decoder d = { .snap = snap, .why = why };
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);
	const struct nlattr *attr, *nest = NULL, *seq = NULL;
	const struct message *message;
	unsigned int cmd, of_nest;
	struct attrs attrs;
	void *record;

	if (nlh->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
		return fail(why, FAIL_MALFORMED, "malformed message: too short");
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		snap->torn = true;
	if (genl->cmd > MEMCENSUS_CMD_MAX || !messages[genl->cmd].type)
		return 0;
	cmd = genl->cmd;

	attrs = attrs_of((const unsigned char *)genl + GENL_HDRLEN,
			 nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN));
	while ((attr = attrs_next(&attrs))) {
		of_nest = command_of(attr_type(attr));
		if (attr_type(attr) == MEMCENSUS_A_SEQ) {
			seq = attr;
		} else if (genl->cmd == MEMCENSUS_CMD_PAGES && of_nest) {
			cmd = of_nest;
			nest = attr;
		} else if (of_nest == cmd) {
			nest = attr;
		}
	}
	message = &messages[cmd];
	if (attrs.broken)
		return broken(&d, message->type->name);
	if (!nest)
		return fail(why, FAIL_MALFORMED, "malformed message: no %s in it",
			    message->type->name);
	if (cmd != MEMCENSUS_CMD_INFO && decode_seq(&d, seq))
		return -1;

	record = record_for(snap, cmd);
	if (!record)
		return fail_memory(why);
	return decode_record(&d, message->type, nest, record);
}

int decode_finish(const struct snapshot *snap, struct failure *why)
{
	if (!snap->has_info || !snap->has_scan)
		return fail(why, FAIL_MALFORMED,
			    "the census ended without INFO and SCAN");
	/* Without it, nothing has requested pages. */
	return pages_check ? pages_check(snap, why) : 0;
}
