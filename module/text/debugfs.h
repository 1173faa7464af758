/* SPDX-License-Identifier: GPL-2.0 */
/* The text files: memcensus/ in debugfs, and /proc/memcensus. */
#ifndef _CENSUS_DEBUGFS_H
#define _CENSUS_DEBUGFS_H

int census_debugfs_init(void);
void census_debugfs_exit(void);

#endif /* _CENSUS_DEBUGFS_H */
