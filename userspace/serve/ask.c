// SPDX-License-Identifier: GPL-2.0
/* Checks a request of a user. */
#include <stdbool.h>
#include <string.h>
#include <linux/genetlink.h>

#include "serve/ask.h"
#include "wire/attrs.h"
#include "wire/channel.h"

/* What /proc shows each user of the machine, or of their own processes. */
#define PARTS	(MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS | MEMCENSUS_PART_ZONES |	\
		 MEMCENSUS_PART_NODES | MEMCENSUS_PART_OWNERS | MEMCENSUS_PART_FLAGS)

static bool number_of(const struct nlattr *attr, uint32_t *number)
{
	if (attr_len(attr) != sizeof(*number))
		return false;
	memcpy(number, attr_data(attr), sizeof(*number));
	return true;
}

static const char *read_pids(const struct nlattr *attr, struct ask *ask)
{
	size_t i;

	ask->pids = attr_data(attr);
	ask->n_pids = attr_len(attr) / sizeof(*ask->pids);
	if (!ask->n_pids || ask->n_pids > MEMCENSUS_PIDS_MAX ||
	    attr_len(attr) % sizeof(*ask->pids))
		return "PIDS: needs 1 to 16000 processes";
	for (i = 0; i < ask->n_pids; i++)
		if (!ask->pids[i])
			return "PIDS: 0 is not the number of a process";
	return NULL;
}

/* @parts: those that the service does not have. */
static const char *why_not_parts(uint32_t parts)
{
	if (parts & MEMCENSUS_PART_MEMORY_VMAS)
		return "PARTS: what comes back if processes end needs root (sudo)";
	if (parts)
		return "PARTS: a part that the service does not know: this needs root (sudo)";
	return NULL;
}

static const char *read_attribute(const struct nlattr *attr, struct ask *ask)
{
	switch (attr_type(attr)) {
	case MEMCENSUS_REQ_PARTS:
		if (!number_of(attr, &ask->parts))
			return "PARTS: not a number";
		return why_not_parts(ask->parts & ~PARTS);
	case MEMCENSUS_REQ_PIDS:
		return read_pids(attr, ask);
	case MEMCENSUS_REQ_GROUP_BY:
		/* One kind only: for each the module would take a census. */
		if (number_of(attr, &ask->group_by) && ask->group_by == MEMCENSUS_BY_TREE)
			return NULL;
		return "GROUP_BY: groups need root (sudo), except trees: others may be in them";
	case MEMCENSUS_REQ_FILE:
		return "FILE: the memory of a file needs root (sudo)";
	default:
		return "an attribute that the service does not know: this needs root (sudo)";
	}
}

static const char *read_attributes(const struct nlattr *nest, struct ask *ask)
{
	struct attrs attrs = attrs_in(nest);
	const struct nlattr *attr;
	uint64_t seen = 0;
	const char *wrong;

	while ((attr = attrs_next(&attrs))) {
		if (attr_type(attr) > MEMCENSUS_REQ_MAX || seen >> attr_type(attr) & 1)
			return "an attribute is unknown, or there twice";
		seen |= UINT64_C(1) << attr_type(attr);
		wrong = read_attribute(attr, ask);
		if (wrong)
			return wrong;
	}
	return attrs.broken ? "an attribute is longer than the request" : NULL;
}

static const char *read_head(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);

	if (nlh->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN) || nlh->nlmsg_len > ASK_SIZE)
		return "a request is too short, or too long";
	if (nlh->nlmsg_type != SERVICE_FAMILY ||
	    nlh->nlmsg_flags != (NLM_F_REQUEST | NLM_F_DUMP) ||
	    genl->version != MEMCENSUS_GENL_VERSION)
		return "not a request of this service";
	if (genl->cmd != MEMCENSUS_CMD_SNAPSHOT)
		return "this needs root (sudo): memcensus.socket is for a user's own processes";
	return NULL;
}

const char *ask_read(const struct nlmsghdr *nlh, struct ask *ask)
{
	const char *wrong = read_head(nlh);
	const struct nlattr *nest;
	struct attrs attrs;

	*ask = (struct ask) {
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES |
			 MEMCENSUS_PART_NODES | MEMCENSUS_PART_OWNERS,
	};
	if (wrong)
		return wrong;
	attrs = attrs_of_message(nlh);
	nest = attrs_next(&attrs);
	if (!nest || attr_type(nest) != MEMCENSUS_A_REQUEST || attrs.left)
		return "a request has one REQUEST, and nothing else";
	wrong = read_attributes(nest, ask);
	if (wrong)
		return wrong;
	if (ask->group_by && ask->n_pids)
		return "GROUP_BY: trees of named processes need root (sudo)";
	if (ask->parts & (MEMCENSUS_PART_VMAS | MEMCENSUS_PART_FLAGS) && !ask->n_pids)
		return "PARTS: mappings and flags of pages need PIDS: name the processes";
	return NULL;
}
