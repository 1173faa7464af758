/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The options and the state of flame.
 */
#ifndef READER_FLAME_RUN_H
#define READER_FLAME_RUN_H

#include "cli/session.h"
#include "os/process.h"
#include "tools/flame/moment.h"

/* Values of --mark: at SIGUSR1; at the beginning, below all times. */
#define FLAME_MARK_SIGNAL	UINT64_MAX
#define FLAME_MARK_BEGIN	1

/* @FLAME_FOUND: what grew, of a process that was running before; else what is resident. */
enum flame_by {
	FLAME_FOUND,
	FLAME_RESIDENT,
	FLAME_EXCLUSIVE,
	FLAME_FAULTED,
	FLAME_GROWN,
};

/**
 * struct flame_options - the options of 'flame' alone
 * @by: what is counted
 * @by_mapping: shows mappings between processes and stacks
 * @table: a table of the stacks that grew, for leak
 * @columns: of the terminal that it is for, or 0
 * @frame_pointers: stacks by these, not by DWARF
 * @mark: ns until the mark, FLAME_MARK_SIGNAL or FLAME_MARK_BEGIN; 0: none
 */
struct flame_options {
	enum flame_by by;
	bool by_mapping;
	bool table;
	size_t columns;
	bool frame_pointers;
	uint64_t mark;
};

/**
 * struct flame - the state of a run
 * @pids: the processes that were named or started; owned
 * @record: what the faults have left
 * @mark: the earlier point in time; its time is 0: none yet
 * @end: the later one
 * @begun: ns since 1970
 * @lost: records that the kernel dropped
 */
struct flame {
	struct session *session;
	const struct flame_options *own;
	struct ids pids;
	struct fault_record record;
	struct flame_moment mark;
	struct flame_moment end;
	uint64_t begun;
	uint64_t lost;
};

#endif /* READER_FLAME_RUN_H */
