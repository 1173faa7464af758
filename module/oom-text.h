/* SPDX-License-Identifier: GPL-2.0 */
/* OOM events as text, in KiB, with "-" for unknown values. */
#ifndef _CENSUS_OOM_TEXT_H
#define _CENSUS_OOM_TEXT_H

struct file;
struct inode;

int census_oom_text_open(struct inode *inode, struct file *file);
int census_oom_text_release(struct inode *inode, struct file *file);

#endif /* _CENSUS_OOM_TEXT_H */
