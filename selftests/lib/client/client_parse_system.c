// SPDX-License-Identifier: GPL-2.0
/* Stores zones and nodes in struct census. */
#include <string.h>
#include <libmnl/libmnl.h>

#include "client/client.h"
#include "client/client_parse.h"

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
