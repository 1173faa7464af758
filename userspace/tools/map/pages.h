/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 'map --pages': where the pages of a process are.
 */
#ifndef READER_PAGES_COMMAND_H
#define READER_PAGES_COMMAND_H

#include "report/report.h"

/**
 * struct map_options - the options of 'map' alone
 * @pages: shows where the pages are, from address @start to @end; 0: to the last
 */
struct map_options {
	bool pages;
	uint64_t start;
	uint64_t end;
};

/*
 * A row for neighbouring pages of one kind, by address; in JSON the member "runs".  Unknown if the
 * process is busy.
 */
void pages_report(struct report *report);

/* Parses START-END, hexadecimal as in maps. 0, or -1 and @why. */
int pages_range(struct options *options, const char *value, struct failure *why);

#endif /* READER_PAGES_COMMAND_H */
