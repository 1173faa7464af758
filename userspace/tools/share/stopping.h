/* SPDX-License-Identifier: GPL-2.0 */
/* A run of 'share --if-stopped'. */
#ifndef READER_SHARE_STOPPING_H
#define READER_SHARE_STOPPING_H

#include "cli/session.h"
#include "os/process.h"
#include "tools/share/sums.h"

/**
 * struct stopping - the state of a run
 * @pids: the processes that end; with --by, all
 * @own: those of them whose address space ends
 * @snap: census of @own, with their mappings
 * @sums: of its groups
 * @charged: directories of --cgroup, @n_charged of them; owned
 * @left: descriptors that may still be read
 */
struct stopping {
	struct session *session;
	struct ids pids;
	struct ids own;
	struct snapshot *snap;
	struct sums sums;
	char **charged;
	size_t n_charged;
	uint64_t left;
};

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

#endif /* READER_SHARE_STOPPING_H */
