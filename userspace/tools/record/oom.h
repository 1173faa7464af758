/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel module knows of OOM events, for a record: asked at its start, and whenever
 * the kernel has killed a process since.
 */
#ifndef READER_RECORD_OOM_H
#define READER_RECORD_OOM_H

#include "cli/session.h"

struct recorder;

/**
 * struct oom_notes - the answers for one census
 * @tap: collects the messages of an answer
 * @messages: all messages so far, @len bytes of @room; owned
 * @answers: the same decoded, @n; owned
 * @asked: an earlier census has all events up to @done
 * @never: the module cannot answer
 * @kills: times that the kernel had killed a process at the last census with answers
 * @done: number of the last event that needs no other answer
 * @next: the same as the two, if this census is recorded
 * @open: something of an event is still to come
 * @narrow: without the processes of the census before
 */
struct oom_notes {
	struct tap tap;
	unsigned char *messages;
	size_t len;
	size_t room;
	struct snapshot **answers;
	size_t n;
	bool asked;
	bool never;
	uint64_t kills;
	uint64_t done;
	struct {
		uint64_t kills;
		uint64_t done;
	} next;
	bool open;
	bool narrow;
};

/* @narrow: the record is of a subtree. */
void oom_notes_begin(struct oom_notes *notes, bool narrow);

/* Asks, if @snap says that there may be something new.  Failures pass: the next census asks. */
void oom_notes_take(struct oom_notes *notes, struct session *session,
		    const struct snapshot *snap);

/* Drops the answers; @recorded: they are in the record. */
void oom_notes_end(struct oom_notes *notes, bool recorded);

#endif /* READER_RECORD_OOM_H */
