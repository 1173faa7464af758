/* SPDX-License-Identifier: GPL-2.0 */
/* One pass over all frames as text, in KiB, with "-" for unknown values. */
#ifndef _CENSUS_PHYSICAL_TEXT_H
#define _CENSUS_PHYSICAL_TEXT_H

struct file;
struct inode;

int census_physical_text_open(struct inode *inode, struct file *file);
int census_physical_text_release(struct inode *inode, struct file *file);

#endif /* _CENSUS_PHYSICAL_TEXT_H */
