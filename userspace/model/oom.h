/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of OOM events.
 */
#ifndef READER_OOM_H
#define READER_OOM_H

#include "model/members-oom.h"
#include "model/snapshot.h"

/* @bytes, @after: by enum memcensus_system_bytes */
struct oom {
	uint64_t known;
	OOM_MEMBERS;
	struct figures bytes;
	struct figures after;
};

struct oom_victim {
	uint64_t known;
	OOM_VICTIM_MEMBERS;
};

/* The event that the answer @snap is about, by what was asked; NULL: there is none. */
const struct oom *oom_subject(const struct snapshot *snap);

/*
 * The task that @victim was in the census of @snap, which is the one before its subject; NULL:
 * it was not in it, or is a victim of another event.
 */
const struct task *oom_task(const struct snapshot *snap, const struct oom_victim *victim);

/*
 * How long @oom was after the begin of a census of its boot, ns.  By the time since boot: the
 * clock may have been set between them.
 */
static inline int64_t oom_after(const struct oom *oom, const struct scan *scan)
{
	return (int64_t)(oom->boottime - scan->boottime);
}

/* How @victim ended. */
static inline const char *oom_victim_end(const struct oom_victim *victim)
{
	return victim->dying ? "was dying" : "killed";
}

#endif /* READER_OOM_H */
