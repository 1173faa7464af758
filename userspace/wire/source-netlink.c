// SPDX-License-Identifier: GPL-2.0
/* A source: the kernel of this machine. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-tree.h"
#include "os/charges.h"
#include "os/kernel-log.h"
#include "os/names.h"
#include "os/proc-texts.h"
#include "os/process.h"
#include "wire/channel.h"
#include "wire/request.h"
#include "wire/source-netlink.h"

/**
 * struct netlink - the module, by netlink or by the service
 * @unfinished: the answer to the last request was not read to the end
 */
struct netlink {
	struct source source;
	struct channel channel;
	bool unfinished;
};

/* Shows the messages at @nlh, all of one dump, to the tap if they belong to this request. */
static void netlink_tap(struct netlink *nl, const struct nlmsghdr *nlh,
			size_t len)
{
	struct tap *tap = nl->source.tap;

	if (tap && len >= sizeof(*nlh) && nlh->nlmsg_seq == nl->channel.seq)
		tap->see(tap, nlh, len);
}

/*
 * Whether to ask the service for all processes of the user instead of the named ones: those are in
 * a census that others may have taken.  Their mappings and flags of their pages are in none.
 */
static bool asks_for_all(const struct netlink *nl, const struct request *request)
{
	return nl->channel.service && request->pids.n && !request->group_by &&
	       !(request->parts & (MEMCENSUS_PART_VMAS | MEMCENSUS_PART_FLAGS));
}

/* Keeps the processes that @request names. */
static int keep_named(struct snapshot *snap, const struct request *request, struct failure *why)
{
	uint64_t *pids = xcalloc(request->pids.n, sizeof(*pids));
	size_t i;

	for (i = 0; i < request->pids.n; i++)
		pids[i] = process_of((uint32_t)request->pids.v[i]);
	snapshot_keep_tasks(snap, pids, request->pids.n);
	free(pids);
	if (snap->n_tasks)
		return 0;
	return fail(why, FAIL_NO_PROCESS,
		    "process %" PRIu64 "%s: ended, or its memory is not yours to read",
		    request->pids.v[0], request->pids.n > 1 ? " and all others" : "");
}

static enum taken netlink_take(struct source *source,
			       const struct request *request,
			       struct snapshot *snap, struct failure *why)
{
	struct netlink *nl = (struct netlink *)source;
	const bool all = asks_for_all(nl, request);
	char buf[REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	enum reply_state state = REPLY_MORE;
	struct request asked = *request;
	struct nlmsghdr *nlh;
	ssize_t n;

	if (all) {
		asked.pids.n = 0;
		asked.named_only = false;
	}

	/* A dump that goes on would refuse the next one. */
	if (nl->unfinished && channel_open(&nl->channel, why))
		return TAKE_FAILED;
	nl->unfinished = true;
	nlh = request_put(buf, nl->channel.family, ++nl->channel.seq, &asked);
	netlink_tap(nl, nlh, nlh->nlmsg_len);
	if (channel_send(&nl->channel, nlh, why))
		return TAKE_FAILED;
	while (state == REPLY_MORE) {
		n = channel_receive(&nl->channel, why);
		if (n < 0)
			return TAKE_FAILED;
		netlink_tap(nl, nl->channel.buf, n);
		state = reply_feed(snap, nlh, nl->channel.buf, n, why);
	}
	if (state == REPLY_FAILED)
		return TAKE_FAILED;
	nl->unfinished = false;
	if (all && keep_named(snap, request, why))
		return TAKE_FAILED;

	names_live(snap);
	if (request->totals || snap->has_physical)
		proc_texts_read(snap);
	proc_texts_apply(snap);
	charges_forget_payers(snap);
	/* Groups of selected processes are no cgroups. */
	if ((request->charges || request->group_by == MEMCENSUS_BY_CGROUP) && !request->pids.n) {
		charges_read(snap, request->charges);
		charges_apply(snap);
	}
	cgroup_tree_link(snap);
	return TAKE_DONE;
}

static void netlink_close(struct source *source)
{
	struct netlink *nl = (struct netlink *)source;

	channel_close(&nl->channel);
	free(nl);
}

static const struct source_ops netlink_ops = {
	.live = true,
	.take = netlink_take,
	.close = netlink_close,
};

/* The program that the kernel itself uses; an empty line: none may be loaded. */
#define MODPROBE	"/proc/sys/kernel/modprobe"

/*
 * Loads the installed module, as root; false if it is not loaded afterwards.  Messages of modprobe
 * are not shown: the reader says what is missing, and why if the module has said it in the kernel's
 * log: it refuses a parameter, or it is what DKMS builds where memcensus does not compile.
 */
static bool load_module(struct failure *why)
{
	char said[sizeof(why->text)];
	char path[256], name[] = "modprobe", quiet[] = "-q", module[] = "memcensus";
	char directories[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *const words[] = { name, quiet, module, NULL };
	char *const environment[] = { directories, NULL };
	posix_spawn_file_actions_t silent;
	int status = 1, log;
	pid_t pid;

	if (geteuid() || !text_line(MODPROBE, path, sizeof(path)) || !*path)
		return false;
	log = kernel_log_open();
	posix_spawn_file_actions_init(&silent);
	posix_spawn_file_actions_addopen(&silent, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&silent, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&silent, 2, "/dev/null", O_WRONLY, 0);
	if (!posix_spawn(&pid, path, &silent, NULL, words, environment))
		TEMP_FAILURE_RETRY(waitpid(pid, &status, 0));
	posix_spawn_file_actions_destroy(&silent);
	if (kernel_log_close(log, "memcensus", said, sizeof(said)) && status)
		fail(why, FAIL_NO_MODULE, "the kernel module does not load: %s", said);
	return !status;
}

/* root's first request loads the module. */
static int netlink_find(struct channel *c, struct failure *why)
{
	if (channel_resolve(c, why) &&
	    (why->kind != FAIL_NO_MODULE || !load_module(why) || channel_resolve(c, why)))
		return -1;
	return channel_permitted(c, why);
}

struct source *source_open_netlink(struct failure *why)
{
	struct netlink *nl = xcalloc(1, sizeof(*nl));

	nl->source.ops = &netlink_ops;
	if (channel_open(&nl->channel, why))
		goto err;
	if (access("/proc/self", F_OK))
		fprintf(stderr, "memcensus: /proc is not mounted: what is read there is unknown\n");

	/* The service may also load the module. */
	if (netlink_find(&nl->channel, why) &&
	    ((why->kind != FAIL_NO_MODULE && why->kind != FAIL_PRIVILEGE) ||
	     channel_connect(&nl->channel)))
		goto err;
	nl->source.shared = nl->channel.service;
	return &nl->source;
err:
	netlink_close(&nl->source);
	return NULL;
}
