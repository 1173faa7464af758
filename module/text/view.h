/* SPDX-License-Identifier: GPL-2.0 */
/* A text file that prints what was taken when it was opened, row by row. */
#ifndef _CENSUS_VIEW_H
#define _CENSUS_VIEW_H

#include <linux/fs.h>
#include <linux/seq_file.h>

/**
 * struct census_view - what an open file holds, and how it is printed
 * @size: of a view, the private data of an open file, bytes; @fill gets it zeroed
 * @fill: takes what is printed; 0 or -errno
 * @release: frees what @fill took, also of a view that it left in part
 * @count: returns the number of rows
 * @show: prints one row; called again if the buffer was too small
 */
struct census_view {
	size_t size;
	int (*fill)(void *view, const void *arg);
	void (*release)(void *view);
	unsigned int (*count)(const void *view);
	void (*show)(struct seq_file *seq, const void *view, unsigned int row);
};

/**
 * struct census_file - a file for root
 * @name: in debugfs
 * @rows: its content
 * @arg: for @rows->fill
 */
struct census_file {
	const char *name;
	const struct census_view *rows;
	const void *arg;
};

int census_view_open(struct file *file, const struct census_file *type);
int census_view_release(struct inode *inode, struct file *file);

#endif /* _CENSUS_VIEW_H */
