/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who killed when it was not the kernel: services that send a signal before memory runs out, by
 * what they say in the journal of this machine.
 */
#ifndef READER_OOM_KILLERS_H
#define READER_OOM_KILLERS_H

#include "report/report.h"

/**
 * struct killer - a message about a kill
 * @realtime: when, ns since 1970
 * @unit: of the service
 * @message: what it said
 */
struct killer {
	uint64_t realtime;
	const char *unit;
	const char *message;
};

/**
 * struct killers - of the journal
 * @v: the oldest first, @n; owned
 * @text: what they point to; owned
 * @failed: there is a journal, and it could not be read in time
 */
struct killers {
	struct killer *v;
	size_t n;
	char *text;
	bool failed;
};

/* Reads the newest ones; without a journal, there are none. */
struct killers killers_read(void);

/* Their columns. */
extern const struct row_type killer_rows;

/* Shows them; in JSON, the array "killers". */
void killers_report(const struct killers *killers, struct report *report);
void killers_free(struct killers *killers);

/* Replaces the program "journalctl", for tests; NULL: there is none. */
void killers_program(const char *program);

#endif /* READER_OOM_KILLERS_H */
