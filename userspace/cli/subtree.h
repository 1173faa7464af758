/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --cgroup: the processes of a cgroup and of those below it, and --tree PID: a process and its
 * descendants; the same for every command.
 *
 * A census of all processes is narrowed after it was taken, so that shares are counted over
 * all.  What the kernel gives only for named processes (mappings, sums of a selection) needs
 * their PIDs: they are read from the cgroup, or from /proc, before each census.
 */
#ifndef READER_SUBTREE_H
#define READER_SUBTREE_H

#include "cli/session.h"
#include "os/process.h"

/* Whether a subtree is given; PIDs are none. */
static inline bool subtree_given(const struct options *options)
{
	return options_select_cgroups(options) || options->n_roots;
}

/*
 * Adds the cgroups of this machine that --container and --pod name to those of @options.  0, or -1
 * and @why: there is none of one name.
 */
int subtree_find_called(struct options *options, struct failure *why);

/* 0, or -1 and @why: this machine has no cgroup of this path. */
int subtree_check(const struct options *options, struct failure *why);

/*
 * Adds the processes that PIDs, --cgroup and --tree name now.  A thread ID means its process.  0,
 * or -1 and @why: one of them names none.
 */
int subtree_processes(struct ids *ids, const struct options *options, struct failure *why);

/*
 * Puts them into the request, for session->by_subtree. 0, or -1 and @why: FAIL_SYSTEM if they are
 * too many now and were not before.
 */
int subtree_request(struct session *session, struct failure *why);

/*
 * Sets session->by_subtree if the request is for groups that must be counted of these
 * processes alone: all but those by cgroup with --cgroup and those by tree with --tree. 0, or
 * -1 and @why: a record does not have them.
 */
int subtree_prepare(struct session *session, struct failure *why);

/*
 * Drops the processes of @snap that are not in the subtree to @snap->outside, and their
 * mappings, and the groups that are not of it.  Does nothing without a subtree.
 */
void subtree_narrow(const struct session *session, struct snapshot *snap);

/* 0, or -1 and @why: @snap has nothing of the subtree. */
int subtree_found(const struct options *options, const struct snapshot *snap,
		  struct failure *why);

#endif /* READER_SUBTREE_H */
