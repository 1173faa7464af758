/* SPDX-License-Identifier: GPL-2.0 */
/* The records of a snapshot that say which cgroups are charged for mapped pages. */
#ifndef _CENSUS_CHARGE_RECORDS_H
#define _CENSUS_CHARGE_RECORDS_H

#include "census/snapshot.h"
#include "count/files.h"
#include "questions/charges.h"

#if CENSUS_WITH_SHARE
int census_payers_finish(struct census_payers *p, const struct census_files *files, u32 limit,
			 struct census_snapshot *snap);
#else
static inline int census_payers_finish(struct census_payers *p, const struct census_files *files,
				       u32 limit, struct census_snapshot *snap)
{
	return 0;
}
#endif

#endif /* _CENSUS_CHARGE_RECORDS_H */
