/* SPDX-License-Identifier: GPL-2.0 */
/* The state of a run that asks what ends with processes. */
#ifndef READER_STOPPING_H
#define READER_STOPPING_H

#include "cli/session.h"
#include "model/called-groups.h"
#include "os/process.h"
#include "stopped/sums.h"

/**
 * struct stopping - the state of a run
 * @pids: the processes that end; with --by, all
 * @own: those of them whose address space ends
 * @snap: census of @own, with their mappings
 * @sums: of its groups
 * @called: of the groups by cgroup, containers or pods alone are rows
 * @cgroups: paths of the @n_cgroups cgroups that end too; the caller's
 * @charged: directories of these; owned
 * @left: descriptors that may still be read
 */
struct stopping {
	struct session *session;
	struct ids pids;
	struct ids own;
	struct snapshot *snap;
	struct sums sums;
	enum called_by called;
	char *const *cgroups;
	size_t n_cgroups;
	char **charged;
	size_t n_charged;
	uint64_t left;
};

/* Begins a run with groups by @group_by, enum memcensus_group_by. */
void stopping_begin(struct stopping *s, struct session *session, uint8_t group_by);
void stopping_free(struct stopping *s);

/* Sorts @s->pids.  0, or -1 and @why: they are too many for a request. */
int stopping_sort(struct stopping *s, struct failure *why);

/* Takes a census of @ids into @s->snap.  0, or -1 and @why. */
int stopping_take(struct stopping *s, const struct ids *ids, struct failure *why);

/* @ids is sorted. */
bool ids_have(const struct ids *ids, uint64_t id);

/* Counts threads; 0: it is not known how many. */
void stopping_add_threads(struct stopped *sum, uint32_t threads);

/* Adds a mapping of a process of @group. */
void stopping_add_mapping(struct stopping *s, const struct vma *vma, size_t group);

/*
 * Adds what process @pid of @group has open; of GROUP_NONE, only what others have too.  @ask: one
 * that waits in a socket of @pid may be any.
 */
void stopping_add_descriptors(struct stopping *s, uint32_t pid, size_t group, bool ask);

#endif /* READER_STOPPING_H */
