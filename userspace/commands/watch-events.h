/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prints the events between the rows of watch: a process is found, has a new name,
 * or has ended.
 */
#ifndef READER_WATCH_EVENTS_H
#define READER_WATCH_EVENTS_H

#include "analysis/delta.h"
#include "cli/session.h"
#include "host/exit-watch.h"

/**
 * struct watched - a watched process
 * @pid: as in its record
 * @start: ns since boot; 0: unknown
 * @comm: its last known name
 * @seen: time when it was last seen, ns since 1970
 * @sample: its last known figures
 * @ended: it has ended
 */
struct watched {
	uint32_t pid;
	uint64_t start;
	char comm[4 * MEMCENSUS_NAME_LEN];
	uint64_t seen;
	struct delta_sample sample;
	bool ended;
};

/*
 * Stores @comm as the name of @process.  Prints it if it is the @first one, if it
 * has changed, or if the process has @executed a program.  Returns 0, or -1
 * and @why.
 */
int events_put_name(const struct session *session, struct watched *process,
		    uint64_t realtime, const char *comm, bool first,
		    bool executed, struct failure *why);

/*
 * Prints that @process has ended as @exited says; @realtime is the time of detection.
 * @heir: name of the process that has its PID now, or NULL.
 */
int events_put_end(const struct session *session, const struct watched *process,
		   uint64_t realtime, const struct exit_status *exited, const char *heir,
		   struct failure *why);

#endif /* READER_WATCH_EVENTS_H */
