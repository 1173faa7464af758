/* SPDX-License-Identifier: GPL-2.0 */
/* One census for all who wait for one: numbers, shares and forgets them. */
#ifndef _CENSUS_PUBLISH_H
#define _CENSUS_PUBLISH_H

#include "snapshot.h"

int census_get(const struct census_request *req,
	       const struct census_snapshot **snap);
int census_publish_init(void);
void census_publish_exit(void);

#endif /* _CENSUS_PUBLISH_H */
