// SPDX-License-Identifier: GPL-2.0
/* Requests and answers of the netlink family; see client.h. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "client/client.h"
#include "client/client_parse.h"

#define REQUEST_SIZE	(1024 + 4 * MEMCENSUS_PIDS_MAX)
/* Bytes that the kernel fills of a dump, or an error with its request. */
#define RECEIVE_SIZE	(32768 + REQUEST_SIZE)

static int family_attr(const struct nlattr *attr, void *data)
{
	uint16_t *family = data;

	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
		*family = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static int family_message(const struct nlmsghdr *nlh, void *data)
{
	return mnl_attr_parse(nlh, sizeof(struct genlmsghdr), family_attr, data);
}

/* Gets the family's number from the kernel's controller, by name. */
static int ask_for_family(struct mnl_socket *nl, uint16_t *family)
{
	char buf[RECEIVE_SIZE];
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;
	ssize_t n;
	int ret;

	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = GENL_ID_CTRL;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = CTRL_CMD_GETFAMILY;
	genl->version = 1;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, MEMCENSUS_GENL_NAME);
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;

	do {
		n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (n < 0)
			return -errno;
		ret = mnl_cb_run(buf, n, 0, 0, family_message, family);
	} while (ret > 0);
	return ret < 0 ? -errno : 0;
}

/*
 * Uses a separate socket: the kernel fits its messages to the largest buffer that
 * a socket has received with, and a later buffer may be smaller.
 */
static int find_family(uint16_t *family)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	int ret;

	if (!nl)
		return -errno;
	ret = ask_for_family(nl, family);
	mnl_socket_close(nl);
	return ret;
}

int census_open(struct census_socket *s)
{
	int on = 1, ret;

	memset(s, 0, sizeof(*s));
	ret = find_family(&s->family);
	if (ret)
		return ret;
	s->nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!s->nl)
		return -errno;
	mnl_socket_setsockopt(s->nl, NETLINK_EXT_ACK, &on, sizeof(on));
	if (mnl_socket_bind(s->nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		ret = -errno;
		census_close(s);
		return ret;
	}
	s->port = mnl_socket_get_portid(s->nl);
	return 0;
}

void census_close(struct census_socket *s)
{
	if (s->nl)
		mnl_socket_close(s->nl);
	s->nl = NULL;
}

struct nlmsghdr *census_header(const struct census_socket *s, void *buf,
			       uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = s->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = MEMCENSUS_GENL_VERSION;
	return nlh;
}

/*
 * Appends a netlink attribute: length with header, type, payload, zeros up to a
 * multiple of four bytes.
 */
static void put_attr(struct nlmsghdr *nlh, uint16_t type, const void *payload,
		     size_t len)
{
	char *at = (char *)nlh + nlh->nlmsg_len;
	const struct nlattr head = {
		.nla_len = NLA_HDRLEN + len,
		.nla_type = type,
	};

	memset(at, 0, NLA_HDRLEN + NLA_ALIGN(len));
	memcpy(at, &head, sizeof(head));
	if (len)
		memcpy(at + NLA_HDRLEN, payload, len);
	nlh->nlmsg_len += NLA_HDRLEN + NLA_ALIGN(len);
}

/*
 * Follows the text of the ABI and does not use the reader's helpers: the options are
 * nested in REQUEST, in any order. The order here is the reverse of the reader's.
 */
struct nlmsghdr *census_request(const struct census_socket *s, void *buf,
				const struct census_request *request)
{
	struct nlmsghdr *nlh = census_header(s, buf, request->share ? MEMCENSUS_CMD_SHARE :
					     MEMCENSUS_CMD_SNAPSHOT, NLM_F_DUMP);
	const uint32_t group_by = request->group_by;
	const uint32_t parts = request->parts && !request->no_owners ?
			       request->parts | MEMCENSUS_PART_OWNERS : request->parts;
	const uint32_t nest_at = nlh->nlmsg_len;
	struct nlattr *nest;

	put_attr(nlh, MEMCENSUS_A_REQUEST | NLA_F_NESTED, NULL, 0);
	if (request->tree)
		put_attr(nlh, MEMCENSUS_REQ_TREE, &request->tree, sizeof(request->tree));
	if (request->max_age)
		put_attr(nlh, MEMCENSUS_REQ_MAX_AGE_MS, &request->max_age,
			 sizeof(request->max_age));
	if (request->restricted) {
		put_attr(nlh, MEMCENSUS_REQ_READER_GID, &request->gid, sizeof(request->gid));
		put_attr(nlh, MEMCENSUS_REQ_READER_UID, &request->uid, sizeof(request->uid));
	}
	if (request->limit)
		put_attr(nlh, MEMCENSUS_REQ_LIMIT, &request->limit, sizeof(request->limit));
	if (request->file)
		put_attr(nlh, MEMCENSUS_REQ_FILE, &request->file, sizeof(request->file));
	if (request->charged)
		put_attr(nlh, MEMCENSUS_REQ_CHARGED, &(uint32_t){ request->charged },
			 sizeof(uint32_t));
	if (group_by)
		put_attr(nlh, MEMCENSUS_REQ_GROUP_BY, &group_by,
			 sizeof(group_by));
	if (request->n_pids)
		put_attr(nlh, MEMCENSUS_REQ_PIDS, request->pids,
			 request->n_pids * sizeof(uint32_t));
	if (parts)
		put_attr(nlh, MEMCENSUS_REQ_PARTS, &parts, sizeof(parts));
	nest = (struct nlattr *)((char *)buf + nest_at);
	nest->nla_len = nlh->nlmsg_len - nest_at;
	return nlh;
}

int census_send(struct census_socket *s, struct nlmsghdr *nlh)
{
	nlh->nlmsg_seq = ++s->seq;
	if (mnl_socket_sendto(s->nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	return 0;
}

static int ext_ack_attr(const struct nlattr *attr, void *data)
{
	struct census_error *error = data;

	switch (mnl_attr_get_type(attr)) {
	case NLMSGERR_ATTR_MSG:
		strncpy(error->text, mnl_attr_get_str(attr),
			sizeof(error->text) - 1);
		break;
	case NLMSGERR_ATTR_OFFS:
		error->offset = mnl_attr_get_u32(attr);
		break;
	}
	return MNL_CB_OK;
}

/*
 * The end of a dump, or an error: an errno, then in an error the request's header,
 * then the extended ack.
 */
static int parse_end(const struct nlmsghdr *nlh, struct census_error *error)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	unsigned int hlen = sizeof(int);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(int))
		return nlh->nlmsg_type == NLMSG_DONE ? 0 : -EBADMSG;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		hlen = sizeof(*err);
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
			hlen += mnl_nlmsg_get_payload_len(&err->msg);
	}
	if (error && nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		mnl_attr_parse(nlh, hlen, ext_ack_attr, error);
	return err->error;
}

int census_datagram(const struct census_socket *s, const void *buf, size_t n,
		    struct census *census, struct census_error *error)
{
	const struct nlmsghdr *nlh = buf;
	int len, ret = 1;

	if (error) {
		error->text[0] = '\0';
		error->offset = -1;
	}
	if (census)
		census->n_datagrams++;
	for (len = n; ret == 1 && mnl_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != s->seq || nlh->nlmsg_pid != s->port)
			ret = -EPROTO;
		else if (nlh->nlmsg_type == NLMSG_ERROR ||
			 nlh->nlmsg_type == NLMSG_DONE)
			ret = parse_end(nlh, error);
		else if (nlh->nlmsg_type != s->family)
			ret = -EPROTO;
		else if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			ret = -EINTR;
		else if (census && census_parse(nlh, census))
			ret = -EBADMSG;
	}
	return ret;
}

int census_receive(struct census_socket *s, struct census *census,
		   size_t buffer, struct census_error *error)
{
	int ret = -ENOMEM;
	ssize_t n;
	char *buf;

	if (!buffer)
		buffer = RECEIVE_SIZE;
	buf = malloc(buffer);
	if (!buf)
		return ret;
	n = mnl_socket_recvfrom(s->nl, buf, buffer);
	ret = n < 0 ? -errno : 0;
	n = census_datagram(s, buf, n < 0 ? 0 : n, census, error);
	free(buf);
	return ret ?: n;
}

int census_talk(struct census_socket *s, struct nlmsghdr *nlh,
		struct census *census, size_t buffer,
		struct census_error *error)
{
	int ret;

	if (census)
		memset(census, 0, sizeof(*census));
	ret = census_send(s, nlh);
	if (ret)
		return ret;
	do {
		ret = census_receive(s, census, buffer, error);
	} while (ret > 0);
	return ret;
}

int census_take(const struct census_request *request, struct census *census,
		struct census_error *error)
{
	char buf[REQUEST_SIZE];
	struct census_socket s;
	int ret;

	if (census)
		memset(census, 0, sizeof(*census));
	ret = census_open(&s);
	if (ret)
		return ret;
	ret = census_talk(&s, census_request(&s, buf, request), census,
			  request->buffer, error);
	census_close(&s);
	return ret;
}

int census_take_pid(pid_t pid, struct census *census,
		    struct census_error *error)
{
	uint32_t id = pid;
	struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS | MEMCENSUS_PART_FLAGS,
		.pids = &id,
		.n_pids = 1,
	};

	return census_take(&request, census, error);
}

const struct census_task *census_task_of(const struct census *census, pid_t pid)
{
	const struct census_task *task;
	unsigned int i;

	for (task = census->tasks; task < census->tasks + census->n_tasks;
	     task++) {
		if (task->pid == (uint32_t)pid)
			return task;
		for (i = 0; i < task->peers.n; i++)
			if (task->peers.v[i] == (uint32_t)pid)
				return task;
	}
	return NULL;
}

const struct census_vma *census_vma_at(const struct census *census,
				       const void *addr)
{
	const struct census_vma *vma;

	for (vma = census->vmas; vma < census->vmas + census->n_vmas; vma++)
		if ((uintptr_t)addr >= vma->start && (uintptr_t)addr < vma->end)
			return vma;
	return NULL;
}

bool census_is_whole(const struct census *census)
{
	return census->seq && !census->mixed && !census->disorder &&
	       !census->incomplete && census->n_infos == 1 &&
	       census->n_scans == 1;
}

uint64_t census_kill_after(const struct census_request *request, uint64_t after_us)
{
	uint64_t begun;
	pid_t pid;

	pid = fork();
	if (!pid) {
		for (;;)
			census_take(request, NULL, NULL);
	}
	usleep(after_us);
	begun = now_us();
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return now_us() - begun;
}
