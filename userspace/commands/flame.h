/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The steps of flame: follow page faults, then draw what is still there.
 */
#ifndef READER_FLAME_H
#define READER_FLAME_H

#include "analysis/flame-moment.h"
#include "cli/session.h"

/* Value of --mark: at SIGUSR1. */
#define FLAME_MARK_SIGNAL	UINT64_MAX

enum flame_by {
	FLAME_RESIDENT,
	FLAME_EXCLUSIVE,
	FLAME_FAULTED,
	FLAME_GROWN,
};

/**
 * struct flame - the state of a run
 * @pid: the process that was named or started
 * @source: the module, NULL: none
 * @record: what the faults have left
 * @mark: the earlier point in time; its time is 0: none yet
 * @end: the point in time that is drawn
 * @begun: ns since 1970
 * @lost: records that the kernel dropped
 */
struct flame {
	struct session *session;
	uint32_t pid;
	struct source *source;
	struct fault_record record;
	struct flame_moment mark;
	struct flame_moment end;
	uint64_t begun;
	uint64_t lost;
};

/*
 * The pages of a process, from the module; without it, or if it is too old, from
 * /proc/PID/pagemap.  @context is a struct source, or NULL: no module.
 */
page_bits_fn flame_pages;

/* Follows the faults up to the point in time. 0, or -1 and @why. */
int flame_follow(struct flame *flame, struct failure *why);

/* Writes the picture or the lines, and a summary on stderr. */
void flame_draw(const struct flame *flame);

#endif /* READER_FLAME_H */
