/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What watch says between its rows: that a process is there, has another name,
 * has ended.
 */
#ifndef READER_WATCH_EVENTS_H
#define READER_WATCH_EVENTS_H

#include "analysis/delta.h"
#include "cli/session.h"
#include "host/exit-watch.h"

/**
 * struct watched - a process that is watched
 * @pid: as in its record
 * @start: ns since boot; 0: not known
 * @comm: its name when it was last seen
 * @seen: when that was, ns since 1970
 * @sample: its figures when they were last known
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
 * Takes over @comm as the name of @process, and says so where it is the
 * @first, another than before, or it has @executed a program.  0, or -1 and
 * @why.
 */
int events_put_name(const struct session *session, struct watched *process,
		    uint64_t realtime, const char *comm, bool first,
		    bool executed, struct failure *why);

/*
 * Says that @process has ended by @exited, which was noticed at @realtime.
 * @heir: name of the process that has its number now, or NULL.
 */
int events_put_end(const struct session *session, const struct watched *process,
		   uint64_t realtime, const struct exit_status *exited, const char *heir,
		   struct failure *why);

/* A time in ns since 1970, null for 0. */
void events_json_time(struct json *json, const char *key, uint64_t realtime);

#endif /* READER_WATCH_EVENTS_H */
