/* SPDX-License-Identifier: GPL-2.0 */
/* A census as text files.  Only reads a const snapshot; one open file is one census. */
#ifndef _CENSUS_TEXT_H
#define _CENSUS_TEXT_H

#include <linux/fs.h>
#include <linux/seq_file.h>

#include "census/snapshot.h"

struct text_view;

/**
 * struct census_text - one file
 * @name: in debugfs
 * @parts: MEMCENSUS_PART_* that it shows
 * @rows: returns the number of rows of a snapshot
 * @show: prints one row; called again if the buffer was too small
 */
struct census_text {
	const char *name;
	u32 parts;
	unsigned int (*rows)(const struct census_snapshot *snap);
	void (*show)(struct seq_file *seq, const struct text_view *view, unsigned int row);
};

/* The first is the summary, which /proc has too. */
#define CENSUS_TEXTS 3
extern const struct census_text census_texts[CENSUS_TEXTS];

int census_text_open(struct file *file, const struct census_text *text);
int census_text_release(struct inode *inode, struct file *file);

#endif /* _CENSUS_TEXT_H */
