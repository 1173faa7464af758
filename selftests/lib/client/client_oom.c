// SPDX-License-Identifier: GPL-2.0
/* Receives the answer to an OOM request; see client_oom.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "client/abi_table.h"
#include "client/client.h"
#include "client/client_oom.h"
#include "client/client_parse.h"

static int number_attr(const struct nlattr *attr, void *data)
{
	unsigned int type = mnl_attr_get_type(attr);
	struct oom_numbers *to = data;

	if (type > 1 && type < 64) {
		to->known |= 1ULL << type;
		to->value[type] = attr_int(attr);
	}
	return MNL_CB_OK;
}

static int event_attr(const struct nlattr *attr, void *data)
{
	struct oom_event *event = data;

	switch (mnl_attr_get_type(attr)) {
	case MEMCENSUS_OOM_CALLER_COMM:
		attr_copy(attr, event->caller, sizeof(event->caller));
		return MNL_CB_OK;
	case MEMCENSUS_OOM_BYTES:
		return mnl_attr_parse_nested(attr, number_attr, &event->bytes);
	case MEMCENSUS_OOM_AFTER:
		return mnl_attr_parse_nested(attr, number_attr, &event->after);
	default:
		return number_attr(attr, &event->own);
	}
}

static int victim_attr(const struct nlattr *attr, void *data)
{
	struct oom_victim *victim = data;

	if (mnl_attr_get_type(attr) != MEMCENSUS_OOM_VICTIM_COMM)
		return number_attr(attr, &victim->own);
	attr_copy(attr, victim->comm, sizeof(victim->comm));
	return MNL_CB_OK;
}

static int oom_zone_attr(const struct nlattr *attr, void *data)
{
	struct ooms *ooms = data;

	if (mnl_attr_get_type(attr) == MEMCENSUS_ZONE_FREE)
		ooms->free += attr_int(attr);
	ooms->pcps += mnl_attr_get_type(attr) == MEMCENSUS_ZONE_PCP;
	return MNL_CB_OK;
}

static int figure_attr(const struct nlattr *attr, void *data)
{
	struct oom_task *task = data;

	if (mnl_attr_get_type(attr) == MEMCENSUS_F_PSS)
		task->pss = attr_int(attr);
	return MNL_CB_OK;
}

static int task_attr(const struct nlattr *attr, void *data)
{
	struct oom_task *task = data;

	if (mnl_attr_get_type(attr) == MEMCENSUS_TASK_PID)
		task->pid = attr_int(attr);
	if (mnl_attr_get_type(attr) == MEMCENSUS_TASK_FIGURES)
		return mnl_attr_parse_nested(attr, figure_attr, task);
	return MNL_CB_OK;
}

static int top_attr(const struct nlattr *attr, void *data)
{
	struct ooms *ooms = data;

	switch (mnl_attr_get_type(attr)) {
	case MEMCENSUS_A_SEQ:
		if (ooms->seq && ooms->seq != attr_int(attr))
			return MNL_CB_ERROR;
		ooms->seq = attr_int(attr);
		return MNL_CB_OK;
	case MEMCENSUS_A_OOM:
		if (ooms->n_events == 16)
			return MNL_CB_ERROR;
		return mnl_attr_parse_nested(attr, event_attr, &ooms->events[ooms->n_events++]);
	case MEMCENSUS_A_OOM_VICTIM:
		if (ooms->n_victims == 64)
			return MNL_CB_ERROR;
		return mnl_attr_parse_nested(attr, victim_attr,
					     &ooms->victims[ooms->n_victims++]);
	case MEMCENSUS_A_OOM_ZONE:
		ooms->zones++;
		return mnl_attr_parse_nested(attr, oom_zone_attr, ooms);
	case MEMCENSUS_A_OOM_NODE:
		ooms->nodes++;
		return MNL_CB_OK;
	case MEMCENSUS_A_SCAN:
		ooms->scans++;
		return MNL_CB_OK;
	case MEMCENSUS_A_SYSTEM:
		ooms->systems++;
		return MNL_CB_OK;
	case MEMCENSUS_A_TASK:
		if (ooms->n_tasks == OOM_TASKS)
			return MNL_CB_ERROR;
		ooms->tasks[ooms->n_tasks].pss = UINT64_MAX;
		return mnl_attr_parse_nested(attr, task_attr, &ooms->tasks[ooms->n_tasks++]);
	default:
		return MNL_CB_OK;
	}
}

static int message(const struct nlmsghdr *nlh, void *data)
{
	const char *wrong = abi_answer_wrong(nlh);
	struct ooms *ooms = data;

	if (!wrong && mnl_attr_parse(nlh, sizeof(struct genlmsghdr), top_attr, ooms) >= 0)
		return MNL_CB_OK;
	snprintf(ooms->wrong, sizeof(ooms->wrong), "%s",
		 wrong ?: "too many records, or mixed numbers");
	errno = EBADMSG;
	return MNL_CB_ERROR;
}

/* The error that ends a dump, negative; 0: none in these @len bytes. */
static int done_error(const void *buf, int len)
{
	const struct nlmsghdr *nlh = buf;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		if (nlh->nlmsg_type == NLMSG_DONE &&
		    mnl_nlmsg_get_payload_len(nlh) >= sizeof(int))
			return *(const int *)mnl_nlmsg_get_payload(nlh);
	return 0;
}

uint64_t oom_pss_before(const struct ooms *ooms, uint32_t pid)
{
	unsigned int i;

	for (i = 0; i < ooms->n_tasks; i++)
		if (ooms->tasks[i].pid == pid)
			return ooms->tasks[i].pss;
	return UINT64_MAX;
}

int ooms_get(uint64_t event, struct ooms *ooms)
{
	char buf[32768];
	struct census_socket s;
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	ssize_t n;
	int ret;

	memset(ooms, 0, sizeof(*ooms));
	ret = census_open(&s);
	if (ret)
		return ret;
	nlh = census_header(&s, buf, MEMCENSUS_CMD_OOM, NLM_F_DUMP);
	nest = mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST);
	if (event)
		mnl_attr_put_u64(nlh, MEMCENSUS_REQ_EVENT, event);
	mnl_attr_nest_end(nlh, nest);
	ret = census_send(&s, nlh);
	while (!ret) {
		n = mnl_socket_recvfrom(s.nl, buf, sizeof(buf));
		ret = n < 0 ? -errno : mnl_cb_run(buf, n, s.seq, s.port, message, ooms);
		if (ret <= 0 && n >= 0) {
			ret = ret < 0 ? -errno : done_error(buf, n);
			break;
		}
		ret = ret < 0 ? ret : 0;
	}
	census_close(&s);
	return ret;
}
