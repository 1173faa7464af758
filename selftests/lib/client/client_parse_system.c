// SPDX-License-Identifier: GPL-2.0
/* Stores zones, nodes and the system's totals in struct census. */
#include <string.h>
#include <libmnl/libmnl.h>

#include "client/client.h"
#include "client/client_parse.h"

_Static_assert(__MEMCENSUS_S_MAX <= 64, "struct census_values is too short");
_Static_assert(__MEMCENSUS_E_MAX <= 64, "struct census_values is too short");

/* Copies an array with entries of @size bytes, at most @room entries. */
static unsigned int copy_array(const struct nlattr *attr, void *to,
			       size_t size, unsigned int room)
{
	unsigned int n = mnl_attr_get_payload_len(attr) / size;

	memcpy(to, mnl_attr_get_payload(attr), (n < room ? n : room) * size);
	return n;
}

int zone_attr(const struct nlattr *attr, void *data)
{
	struct census_zone *zone = data;
	unsigned int n = mnl_attr_get_type(attr);

	if (n > MEMCENSUS_ZONE_MAX)
		return MNL_CB_OK;
	zone->known |= 1U << n;
	switch (n) {
	case MEMCENSUS_ZONE_NODE:
		zone->node = attr_int(attr);
		break;
	case MEMCENSUS_ZONE_NAME:
		attr_copy(attr, zone->name, sizeof(zone->name));
		break;
	case MEMCENSUS_ZONE_FREE_BLOCKS:
		zone->all.n = copy_array(attr, zone->all.blocks, 8, ORDERS_MAX);
		break;
	case MEMCENSUS_ZONE_LOWMEM_RESERVE:
		zone->n_reserves = copy_array(attr, zone->reserve, 8,
					      RESERVES_MAX);
		break;
	default:
		zone->value[n] = attr_int(attr);
	}
	return MNL_CB_OK;
}

int node_attr(const struct nlattr *attr, void *data)
{
	struct census_node *node = data;
	unsigned int n = mnl_attr_get_type(attr);

	if (n > MEMCENSUS_NODE_MAX)
		return MNL_CB_OK;
	node->known |= 1U << n;
	if (n == MEMCENSUS_NODE_KSWAPD_ZONE)
		attr_copy(attr, node->zone, sizeof(node->zone));
	else
		node->value[n] = attr_int(attr);
	return MNL_CB_OK;
}

static int value_attr(const struct nlattr *attr, void *data)
{
	struct census_values *values = data;
	unsigned int n = mnl_attr_get_type(attr);

	if (n >= 64 || mnl_attr_get_payload_len(attr) > 8)
		return MNL_CB_ERROR;
	if (!mnl_attr_get_payload_len(attr))	/* padding */
		return MNL_CB_OK;
	values->known |= 1ULL << n;
	values->value[n] = attr_int(attr);
	return MNL_CB_OK;
}

int system_attr(const struct nlattr *attr, void *data)
{
	struct census *census = data;

	switch (mnl_attr_get_type(attr)) {
	case MEMCENSUS_SYSTEM_BYTES:
		return mnl_attr_parse_nested(attr, value_attr, &census->bytes);
	case MEMCENSUS_SYSTEM_EVENTS:
		return mnl_attr_parse_nested(attr, value_attr, &census->events);
	}
	return MNL_CB_OK;
}
