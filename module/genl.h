/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family: requests in, a snapshot out. */
#ifndef _CENSUS_GENL_H
#define _CENSUS_GENL_H

int census_genl_init(void);
void census_genl_exit(void);

#endif /* _CENSUS_GENL_H */
