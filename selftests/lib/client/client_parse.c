// SPDX-License-Identifier: GPL-2.0
/* Stores each message of the ABI in struct census. */
#include <stdlib.h>
#include <string.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "client/abi_table.h"
#include "client/client.h"
#include "client/client_parse.h"

_Static_assert(__MEMCENSUS_F_MAX <= 64, "struct figures.known is too short");
_Static_assert((int)__MEMCENSUS_K_MAX <= (int)__MEMCENSUS_F_MAX,
	       "struct figures.value is too short");
_Static_assert((int)MEMCENSUS_K_PAD == (int)MEMCENSUS_F_PAD,
	       "padding has one number in all nests");

uint64_t attr_int(const struct nlattr *attr)
{
	switch (mnl_attr_get_payload_len(attr)) {
	case 1:
		return mnl_attr_get_u8(attr);
	case 2:
		return mnl_attr_get_u16(attr);
	case 4:
		return mnl_attr_get_u32(attr);
	case 8:
		return mnl_attr_get_u64(attr);
	default:
		return UINT64_MAX;
	}
}

void attr_copy(const struct nlattr *attr, char *to, size_t size)
{
	size_t len = mnl_attr_get_payload_len(attr);

	if (len > size - 1)
		len = size - 1;
	memcpy(to, mnl_attr_get_payload(attr), len);
	to[len] = '\0';
}

/**
 * struct kept - a record while it is read
 * @nest: its attributes
 * @known: a struct of abi_records.h, or struct figures: it begins with this bitmap
 */
struct kept {
	const struct abi_nest *nest;
	uint64_t *known;
};

static int figure_attr(const struct nlattr *attr, void *data)
{
	unsigned int n = mnl_attr_get_type(attr);
	const struct kept *kept = data;
	struct figures *f = (struct figures *)kept->known;

	if (n == MEMCENSUS_F_PAD)
		return MNL_CB_OK;
	if (n >= kept->nest->n || mnl_attr_get_payload_len(attr) != 8 || f->known >> n & 1)
		return MNL_CB_ERROR;
	f->known |= 1ULL << n;
	f->value[n] = mnl_attr_get_u64(attr);
	return MNL_CB_OK;
}

static int keep_array(const struct nlattr *attr, struct u32s *to)
{
	size_t len = mnl_attr_get_payload_len(attr);

	to->v = malloc(len);
	if (!to->v)
		return MNL_CB_ERROR;
	memcpy(to->v, mnl_attr_get_payload(attr), len);
	to->n = len / sizeof(*to->v);
	return MNL_CB_OK;
}

static int kept_attr(const struct nlattr *attr, void *data)
{
	unsigned int n = mnl_attr_get_type(attr);
	const struct kept *kept = data;
	const struct abi_attr *is;
	void *member;

	if (n >= kept->nest->n || !kept->nest->attrs[n].offset)
		return MNL_CB_OK;
	if (*kept->known >> n & 1)
		return MNL_CB_ERROR;
	*kept->known |= 1ULL << n;
	is = &kept->nest->attrs[n];
	member = (char *)kept->known + is->offset;
	switch (is->type) {
	case ABI_U32:
	case ABI_S32:
		*(uint32_t *)member = attr_int(attr);
		return MNL_CB_OK;
	case ABI_U64:
		*(uint64_t *)member = attr_int(attr);
		return MNL_CB_OK;
	case ABI_STRING:
		*(char **)member = strndup(mnl_attr_get_payload(attr),
					   mnl_attr_get_payload_len(attr));
		return *(char **)member ? MNL_CB_OK : MNL_CB_ERROR;
	case ABI_U32S:
		return keep_array(attr, member);
	case ABI_NEST:
		return mnl_attr_parse_nested(attr, figure_attr,
					     &(struct kept){ is->nest, member });
	default:
		return MNL_CB_ERROR;
	}
}

/* Frees what kept_attr() allocated. */
static void drop(const struct abi_nest *nest, void *record)
{
	const struct abi_attr *is;

	for (is = nest->attrs; is < nest->attrs + nest->n; is++) {
		void *member = (char *)record + is->offset;

		if (is->type == ABI_STRING)
			free(*(char **)member);
		else if (is->type == ABI_U32S)
			free(((struct u32s *)member)->v);
	}
}

static int scan_attr(const struct nlattr *attr, void *data)
{
	unsigned int n = mnl_attr_get_type(attr);
	struct census *census = data;

	if (n > MEMCENSUS_SCAN_MAX)
		return MNL_CB_OK;
	census->scan_known |= 1ULL << n;
	census->scan[n] = attr_int(attr);
	return MNL_CB_OK;
}

static int info_attr(const struct nlattr *attr, void *data)
{
	unsigned int n = mnl_attr_get_type(attr);
	struct census_info *info = data;

	if (n > MEMCENSUS_INFO_MAX)
		return MNL_CB_OK;
	info->known |= 1U << n;
	switch (n) {
	case MEMCENSUS_INFO_VERSION:
		attr_copy(attr, info->version, sizeof(info->version));
		break;
	case MEMCENSUS_INFO_KERNEL:
		attr_copy(attr, info->kernel, sizeof(info->kernel));
		break;
	default:
		info->value[n] = attr_int(attr);
	}
	return MNL_CB_OK;
}

/* Adds a zeroed entry to an array that grows by doubling. */
static void *grow(void *array, size_t n, size_t size)
{
	if (!(n & (n - 1)))
		array = realloc(array, (n ? 2 * n : 1) * size);
	if (array)
		memset((char *)array + n * size, 0, size);
	return array;
}

/* Appends to @array, of @n records of @size bytes; it moves. */
static int keep(const struct nlattr *attr, const struct abi_nest *nest, void **array, size_t *n,
		size_t size)
{
	struct kept kept = { .nest = nest };

	*array = grow(*array, *n, size);
	if (!*array)
		return MNL_CB_ERROR;
	kept.known = (void *)((char *)*array + (*n)++ * size);
	return mnl_attr_parse_nested(attr, kept_attr, &kept);
}

#define KEEP(nest, array, n)	keep(attr, nest, (void **)&(array), &(n), sizeof(*(array)))

/* Order of the records in a dump; it is not the order of the numbers. */
static const uint8_t places[__MEMCENSUS_A_MAX] = {
	[MEMCENSUS_A_INFO] = 1,
	[MEMCENSUS_A_SCAN] = 2,
	[MEMCENSUS_A_TASK] = 3,
	[MEMCENSUS_A_GROUP] = 5,
	[MEMCENSUS_A_VMA] = 6,
	[MEMCENSUS_A_ZONE] = 7,
	[MEMCENSUS_A_NODE] = 8,
	[MEMCENSUS_A_OWNERS] = 11,
	[MEMCENSUS_A_PAIR] = 12,
	[MEMCENSUS_A_PAYER] = 13,
};

static int nest_attr(const struct nlattr *attr, void *data)
{
	struct census *census = data;
	unsigned int place = 0;

	if (mnl_attr_get_type(attr) < __MEMCENSUS_A_MAX)
		place = places[mnl_attr_get_type(attr)];
	if (place && place < census->last_place)
		census->disorder = true;
	if (place)
		census->last_place = place;

	switch (mnl_attr_get_type(attr)) {
	case MEMCENSUS_A_PAD:
		return MNL_CB_OK;
	case MEMCENSUS_A_SEQ:
		census->seq = mnl_attr_get_u64(attr);
		return MNL_CB_OK;
	case MEMCENSUS_A_INFO:
		census->n_infos++;
		return mnl_attr_parse_nested(attr, info_attr, &census->info);
	case MEMCENSUS_A_SCAN:
		census->n_scans++;
		return mnl_attr_parse_nested(attr, scan_attr, census);
	case MEMCENSUS_A_TASK:
		return KEEP(&abi_task, census->tasks, census->n_tasks);
	case MEMCENSUS_A_GROUP:
		return KEEP(&abi_group, census->groups, census->n_groups);
	case MEMCENSUS_A_VMA:
		return KEEP(&abi_vma, census->vmas, census->n_vmas);
	case MEMCENSUS_A_ZONE:
		census->zones = grow(census->zones, census->n_zones,
				     sizeof(*census->zones));
		if (!census->zones)
			return MNL_CB_ERROR;
		return mnl_attr_parse_nested(attr, zone_attr,
					     &census->zones[census->n_zones++]);
	case MEMCENSUS_A_NODE:
		census->nodes = grow(census->nodes, census->n_nodes,
				     sizeof(*census->nodes));
		if (!census->nodes)
			return MNL_CB_ERROR;
		return mnl_attr_parse_nested(attr, node_attr,
					     &census->nodes[census->n_nodes++]);
	case MEMCENSUS_A_OWNERS:
		return KEEP(&abi_owners, census->owned, census->n_owned);
	case MEMCENSUS_A_PAIR:
		return KEEP(&abi_pair, census->pairs, census->n_pairs);
	case MEMCENSUS_A_PAYER:
		return KEEP(&abi_payer, census->payers, census->n_payers);
	default:
		census->incomplete = true;
		return MNL_CB_OK;
	}
}

static unsigned int nests(const struct census *census)
{
	return census->n_infos + census->n_scans + census->n_tasks +
	       census->n_groups + census->n_vmas + census->n_zones + census->n_nodes +
	       census->n_owned + census->n_pairs + census->n_payers;
}

int census_parse(const struct nlmsghdr *nlh, struct census *census)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	unsigned int before = nests(census), infos = census->n_infos;
	uint64_t seq = census->seq;

	if (genl->cmd >= __MEMCENSUS_CMD_MAX)
		return -1;
	census->seq = 0;
	if (mnl_attr_parse(nlh, sizeof(*genl), nest_attr, census) < 0)
		return -1;
	/* INFO describes the module, not a census, and has no sequence number. */
	if ((census->n_infos == infos && !census->seq) ||
	    nests(census) != before + 1)
		census->incomplete = true;
	if (seq && census->seq && census->seq != seq)
		census->mixed = true;
	if (!census->seq)
		census->seq = seq;
	return 0;
}

void census_free(struct census *census)
{
	size_t i;

	for (i = 0; i < census->n_tasks; i++)
		drop(&abi_task, &census->tasks[i]);
	for (i = 0; i < census->n_groups; i++)
		drop(&abi_group, &census->groups[i]);
	for (i = 0; i < census->n_vmas; i++)
		drop(&abi_vma, &census->vmas[i]);
	free(census->tasks);
	free(census->groups);
	free(census->vmas);
	free(census->zones);
	free(census->nodes);
	free(census->owned);
	free(census->pairs);
	free(census->payers);
	memset(census, 0, sizeof(*census));
}
