// SPDX-License-Identifier: GPL-2.0
/* The family: who may ask, INFO, and which command is which dump. */
#include <linux/capability.h>
#include <linux/module.h>
#include <net/genetlink.h>

#include "base/memory.h"
#include "netlink/dump.h"
#include "netlink/genl.h"
#include "physical/physical.h"

static struct genl_family census_family;

/* As for smaps, see may_access_mm() in the kernel: CAP_PERFMON only reads. */
static bool is_privileged(const struct sk_buff *skb)
{
	return netlink_capable(skb, CAP_PERFMON) || netlink_capable(skb, CAP_SYS_PTRACE);
}

static int refuse_unprivileged(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack,
		       "the census needs CAP_PERFMON or CAP_SYS_PTRACE in the initial user namespace");
	return -EPERM;
}

static int info_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct census_dump d = {
		.family = &census_family,
		.portid = info->snd_portid,
		.nlseq = info->snd_seq,
		.cmd = MEMCENSUS_CMD_INFO,
	};
	struct sk_buff *reply;
	int err;

	if (!is_privileged(skb))
		return refuse_unprivileged(info->extack);
	reply = genlmsg_new(GENLMSG_DEFAULT_SIZE, CENSUS_GFP);
	if (!reply)
		return -ENOMEM;
	err = census_dump_add(reply, &d, MEMCENSUS_A_INFO, census_fill_info, NULL);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return genlmsg_reply(reply, info);
}

/* By command, of those that a dump answers.  NULL: built without it, see WITHOUT in Kbuild. */
static const struct census_dump_ops *const dumps[] = {
	[MEMCENSUS_CMD_SNAPSHOT] = &census_dump_census,
	[MEMCENSUS_CMD_SHARE] = CENSUS_WITH_SHARE ? &census_dump_census : NULL,
	[MEMCENSUS_CMD_PHYSICAL] = CENSUS_WITH_PHYSICAL ? &census_dump_physical : NULL,
};

static int refuse_without(u8 cmd, struct netlink_ext_ack *extack)
{
	if (cmd == MEMCENSUS_CMD_SHARE)
		NL_SET_ERR_MSG(extack,
			       "the module was built without share: load one that has it");
	else
		NL_SET_ERR_MSG(extack,
			       "the module was built without physical: load one that has it");
	return -EOPNOTSUPP;
}

/*
 * Of the arguments of a dump, which are 0 at its start: the sender may have its answer, and with
 * frame numbers.
 */
#define ALLOWED 1
#define FRAME_NUMBERS 2

/*
 * In the sender's sendmsg().  The first call of dumpit is too, unless the receive buffer is full:
 * then it is in the recvmsg() of the process that reads the socket.  A refusal is reported there,
 * because 6.1 has no extended ack here.
 */
static int census_start(struct netlink_callback *cb)
{
	const struct genlmsghdr *request = nlmsg_data(cb->nlh);

	cb->args[ALLOWED] = is_privileged(cb->skb);
	/* As pagemap_read() has it.  Others are not asked: a security module may log a denial. */
	if (request->cmd == MEMCENSUS_CMD_PHYSICAL)
		cb->args[FRAME_NUMBERS] = netlink_capable(cb->skb, CAP_SYS_ADMIN);
	return 0;
}

static int census_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genlmsghdr *request = nlmsg_data(cb->nlh);
	const struct census_dump_ops *ops = dumps[request->cmd];

	if (cb->args[0])
		return census_dump_continue(skb, cb);
	if (!cb->args[ALLOWED])
		return refuse_unprivileged(cb->extack);
	if (!ops)
		return refuse_without(request->cmd, cb->extack);
	return census_dump_begin(skb, cb, &census_family, ops, cb->args[FRAME_NUMBERS]);
}

#define DUMP(command) {								\
	.cmd = MEMCENSUS_CMD_##command,						\
	.start = census_start,							\
	.dumpit = census_dumpit,						\
	.done = census_dump_done,						\
}

static const struct genl_ops census_ops[] = {
	{ .cmd = MEMCENSUS_CMD_INFO, .doit = info_doit },
	DUMP(SNAPSHOT),
	DUMP(SHARE),
	DUMP(PHYSICAL),
};

/* Without parallel_ops a scan would hold the global mutex of generic netlink. */
static struct genl_family census_family = {
	.name = MEMCENSUS_GENL_NAME,
	.version = MEMCENSUS_GENL_VERSION,
	.maxattr = MEMCENSUS_A_MAX,
	.policy = census_policy,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = census_ops,
	.n_ops = ARRAY_SIZE(census_ops),
	.resv_start_op = MEMCENSUS_CMD_UNSPEC + 1,
};

int census_genl_init(void)
{
	return genl_register_family(&census_family);
}

/* No request is running afterwards. */
void census_genl_exit(void)
{
	genl_unregister_family(&census_family);
	if (CENSUS_WITH_PHYSICAL)
		census_physical_exit();
}
