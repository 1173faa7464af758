/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The censuses of an export, and how they are written as metrics.
 */
#ifndef READER_EXPORT_CENSUS_H
#define READER_EXPORT_CENSUS_H

#include "brief/gather.h"
#include "cli/session.h"

/* Kinds of groups: each needs its own census. */
#define EXPORT_KINDS	3

/**
 * struct export - the censuses of one export
 * @quiet: no warnings: it goes on for days
 * @most: groups of each kind with series of their own; 0: any
 * @snaps, @n: the first one has all parts, the others only groups; owned
 * @brief: what stands out in the first one and on the machine; owned
 */
struct export {
	struct session *session;
	bool quiet;
	size_t most;
	struct snapshot *snaps[EXPORT_KINDS];
	size_t n;
	struct brief brief;
};

/* Takes the censuses; of a record, the last one.  Returns 0, or -1 and @why. */
int export_take(struct export *export, struct failure *why);

/* Writes them as metrics. */
void export_write(const struct export *export, FILE *out);

/* Frees the censuses. */
void export_drop(struct export *export);

#endif /* READER_EXPORT_CENSUS_H */
