// SPDX-License-Identifier: GPL-2.0
/* Memory of sockets, by sock_diag. */
#include <errno.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <linux/xdp_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/procfs.h"
#include "os/sockets.h"

#define ALL_STATES	UINT32_MAX
#define ANSWER_SIZE	32768

union request {
	struct inet_diag_req_v2 inet;
	struct unix_diag_req local;
	struct packet_diag_req packet;
	struct netlink_diag_req netlink;
	struct xdp_diag_req xdp;
};

/**
 * struct family - how one kind of sockets is asked for
 * @protocol: its name begins so; the first one that fits is taken
 * @module: what answers in the kernel
 * @request: @request_size bytes of it
 * @header: bytes of an answer before its attributes
 * @inode: offset of the inode in these
 * @memory: number of the attribute with its amounts
 * @rings: the first of two attributes with rings; 0: it has none
 * @registered: that with memory of a process; 0: it has none
 */
struct family {
	const char *protocol;
	const char *module;
	union request request;
	size_t request_size;
	size_t header;
	size_t inode;
	uint16_t memory;
	uint16_t rings;
	uint16_t registered;
};

#define INET(protocol_, module_, family_, number_)					\
	{ .protocol = protocol_, .module = module_,					\
	  .request.inet = { .sdiag_family = family_, .sdiag_protocol = number_,		\
			    .idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),		\
			    .idiag_states = ALL_STATES },				\
	  .request_size = sizeof(struct inet_diag_req_v2),				\
	  .header = sizeof(struct inet_diag_msg),					\
	  .inode = offsetof(struct inet_diag_msg, idiag_inode),				\
	  .memory = INET_DIAG_SKMEMINFO }

static const struct family families[SOCKETS_OTHER] = {
	[SOCKETS_TCP] = INET("TCP", "tcp_diag", AF_INET, IPPROTO_TCP),
	[SOCKETS_TCP6] = INET("TCPv6", "tcp_diag", AF_INET6, IPPROTO_TCP),
	[SOCKETS_UDP] = INET("UDP", "udp_diag", AF_INET, IPPROTO_UDP),
	[SOCKETS_UDP6] = INET("UDPv6", "udp_diag", AF_INET6, IPPROTO_UDP),
	[SOCKETS_UNIX] = {
		.protocol = "UNIX", .module = "unix_diag",
		.request.local = { .sdiag_family = AF_UNIX, .udiag_states = ALL_STATES,
				   .udiag_show = UDIAG_SHOW_MEMINFO },
		.request_size = sizeof(struct unix_diag_req),
		.header = sizeof(struct unix_diag_msg),
		.inode = offsetof(struct unix_diag_msg, udiag_ino),
		.memory = UNIX_DIAG_MEMINFO,
	},
	[SOCKETS_PACKET] = {
		.protocol = "PACKET", .module = "af_packet_diag",
		.request.packet = { .sdiag_family = AF_PACKET,
				    .pdiag_show = PACKET_SHOW_MEMINFO | PACKET_SHOW_RING_CFG },
		.request_size = sizeof(struct packet_diag_req),
		.header = sizeof(struct packet_diag_msg),
		.inode = offsetof(struct packet_diag_msg, pdiag_ino),
		.memory = PACKET_DIAG_MEMINFO,
		.rings = PACKET_DIAG_RX_RING,
	},
	[SOCKETS_NETLINK] = {
		.protocol = "NETLINK", .module = "netlink_diag",
		.request.netlink = { .sdiag_family = AF_NETLINK,
				     .sdiag_protocol = NDIAG_PROTO_ALL,
				     .ndiag_show = NDIAG_SHOW_MEMINFO },
		.request_size = sizeof(struct netlink_diag_req),
		.header = sizeof(struct netlink_diag_msg),
		.inode = offsetof(struct netlink_diag_msg, ndiag_ino),
		.memory = NETLINK_DIAG_MEMINFO,
	},
	[SOCKETS_XDP] = {
		.protocol = "XDP", .module = "xsk_diag",
		.request.xdp = { .sdiag_family = AF_XDP,
				 .xdiag_show = XDP_SHOW_UMEM | XDP_SHOW_MEMINFO },
		.request_size = sizeof(struct xdp_diag_req),
		.header = sizeof(struct xdp_diag_msg),
		.inode = offsetof(struct xdp_diag_msg, xdiag_ino),
		.memory = XDP_DIAG_MEMINFO,
		.registered = XDP_DIAG_UMEM,
	},
};

_Static_assert(PACKET_DIAG_TX_RING == PACKET_DIAG_RX_RING + 1, "the rings are not in a row");

enum socket_family socket_family_of(const char *protocol)
{
	enum socket_family family;

	if (!strncmp(protocol, "UNIX", strlen("UNIX")))
		return SOCKETS_UNIX;
	for (family = 0; family < SOCKETS_OTHER; family++)
		if (!strcmp(protocol, families[family].protocol))
			break;
	return family;
}

struct asking {
	const struct family *family;
	socket_fn *each;
	void *context;
};

/* Data in the write queue of TCP may also be counted as allocated: the larger one has it all. */
static void add_memory(struct socket_memory *memory, const struct nlattr *attr)
{
	const uint32_t *v = mnl_attr_get_payload(attr);
	int32_t ahead;

	if (mnl_attr_get_payload_len(attr) < (SK_MEMINFO_BACKLOG + 1) * sizeof(*v))
		return;
	/* It has a sign: the kernel reserves a little less for a moment. */
	ahead = (int32_t)v[SK_MEMINFO_FWD_ALLOC];
	memory->bytes += (uint64_t)v[SK_MEMINFO_RMEM_ALLOC] + (uint64_t)(ahead > 0 ? ahead : 0) +
			 v[SK_MEMINFO_OPTMEM] + v[SK_MEMINFO_BACKLOG] +
			 (v[SK_MEMINFO_WMEM_ALLOC] > v[SK_MEMINFO_WMEM_QUEUED] ?
			  v[SK_MEMINFO_WMEM_ALLOC] : v[SK_MEMINFO_WMEM_QUEUED]);
	memory->most += (uint64_t)v[SK_MEMINFO_RCVBUF] + v[SK_MEMINFO_SNDBUF];
}

static void add_ring(struct socket_memory *memory, const struct nlattr *attr)
{
	const struct packet_diag_ring *ring = mnl_attr_get_payload(attr);
	uint64_t bytes;

	if (mnl_attr_get_payload_len(attr) < sizeof(*ring))
		return;
	bytes = (uint64_t)ring->pdr_block_size * ring->pdr_block_nr;
	memory->bytes += bytes;
	memory->most += bytes;
}

static void add_registered(struct socket_memory *memory, const struct nlattr *attr)
{
	const struct xdp_diag_umem *umem = mnl_attr_get_payload(attr);

	if (mnl_attr_get_payload_len(attr) < sizeof(*umem))
		return;
	memory->pins = true;
	memory->pinned = umem->size;
}

static int take_answer(const struct nlmsghdr *nlh, void *untyped)
{
	const struct asking *asking = untyped;
	const struct family *family = asking->family;
	struct socket_memory memory = { 0 };
	const struct nlattr *attr;
	bool known = false;
	uint32_t inode;

	if (mnl_nlmsg_get_payload_len(nlh) < family->header)
		return MNL_CB_OK;
	memcpy(&inode, (const char *)mnl_nlmsg_get_payload(nlh) + family->inode, sizeof(inode));
	memory.inode = inode;
	mnl_attr_for_each(attr, nlh, family->header) {
		const uint16_t type = mnl_attr_get_type(attr);

		if (type == family->memory) {
			add_memory(&memory, attr);
			known = true;
		} else if (family->rings &&
			   (type == family->rings || type == family->rings + 1)) {
			add_ring(&memory, attr);
		} else if (family->registered && type == family->registered) {
			add_registered(&memory, attr);
		}
	}
	if (known)
		asking->each(asking->context, &memory);
	return MNL_CB_OK;
}

/* An error is a message of its own, or in the last one if the dump had begun: its first number. */
static int take_end(const struct nlmsghdr *nlh, void *untyped)
{
	int error = 0;

	(void)untyped;
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(error))
		memcpy(&error, mnl_nlmsg_get_payload(nlh), sizeof(error));
	if (error >= 0)
		return MNL_CB_STOP;
	errno = -error;
	return MNL_CB_ERROR;
}

/* False: errno says why. */
static bool ask(struct mnl_socket *nl, struct asking *asking)
{
	static mnl_cb_t ends[NLMSG_DONE + 1] = {
		[NLMSG_ERROR] = take_end, [NLMSG_DONE] = take_end,
	};
	static char buf[ANSWER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	ssize_t n;
	int ret;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	memcpy(mnl_nlmsg_put_extra_header(nlh, asking->family->request_size),
	       &asking->family->request, asking->family->request_size);
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return false;
	do {
		n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		ret = n < 0 ? MNL_CB_ERROR : mnl_cb_run2(buf, (size_t)n, 0, 0, take_answer, asking,
							 ends, NLMSG_DONE + 1);
	} while (ret > MNL_CB_STOP);
	return ret == MNL_CB_STOP;
}

/*
 * Only a socket is opened in the network namespace of @pid, which this thread then leaves.  NULL:
 * @reason says why.
 */
static struct mnl_socket *open_in(uint32_t pid, struct failure *reason)
{
	struct mnl_socket *nl = NULL;
	struct statx own, other;
	int fd, back, error = 0;
	char path[48];

	snprintf(path, sizeof(path), "%" PRIu32 "/ns/net", pid);
	if (procfs_stat("self/ns/net", &own) && procfs_stat(path, &other) &&
	    own.stx_ino == other.stx_ino) {
		nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
		if (!nl)
			fail(reason, FAIL_SYSTEM, "no socket of netlink: %s", strerror(errno));
		return nl;
	}
	fd = procfs_open_file(path);
	back = procfs_open_file("self/ns/net");
	if (fd < 0 || back < 0 || setns(fd, CLONE_NEWNET)) {
		error = errno;
	} else {
		nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
		error = errno;
		/* Where it is does not change what else this program reads. */
		if (setns(back, CLONE_NEWNET) && nl) {
			error = errno;
			mnl_socket_close(nl);
			nl = NULL;
		}
	}
	if (!nl)
		fail(reason, FAIL_SYSTEM, "the network namespace of PID %" PRIu32 ": %s%s", pid,
		     strerror(error),
		     error == EPERM || error == EACCES ? ": run as root (sudo)" : "");
	if (fd >= 0)
		close(fd);
	if (back >= 0)
		close(back);
	return nl;
}

int sockets_each(uint32_t pid, enum socket_family family, socket_fn *each, void *context,
		 struct failure *why)
{
	const char *protocol = families[family].protocol, *module = families[family].module;
	struct asking asking = { &families[family], each, context };
	struct failure reason;
	struct mnl_socket *nl = open_in(pid, &reason);

	if (!nl)
		return fail(why, reason.kind, "what %s sockets hold is unknown: %s", protocol,
			    reason.text);
	errno = 0;
	if (!mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) && ask(nl, &asking)) {
		mnl_socket_close(nl);
		return 0;
	}
	/* Only who may load it is told to. */
	if (errno == ENOENT)
		fail(why, FAIL_NO_MODULE,
		     "what %s sockets hold is unknown: the kernel has not loaded %s%s%s%s",
		     protocol, module, geteuid() ? "" : ": run 'modprobe ",
		     geteuid() ? "" : module, geteuid() ? "" : "'");
	else
		fail(why, FAIL_SYSTEM, "what %s sockets hold is unknown: %s of the kernel: %s",
		     protocol, module, strerror(errno));
	mnl_socket_close(nl);
	return -1;
}
