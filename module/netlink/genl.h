/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family: answers a request with a snapshot. */
#ifndef _CENSUS_GENL_H
#define _CENSUS_GENL_H

int census_genl_init(void);
void census_genl_exit(void);

#endif /* _CENSUS_GENL_H */
