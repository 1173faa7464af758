/* SPDX-License-Identifier: GPL-2.0 */
/* What text files have in common: aligned, in KiB, with "-" for unknown values. */
#ifndef _CENSUS_TEXT_H
#define _CENSUS_TEXT_H

#include <linux/mm.h>
#include <linux/seq_file.h>

#include "census/snapshot.h"

#define KIB(bytes)	((unsigned long long)(bytes) >> 10)
#define PAGES_KIB(pages) ((unsigned long long)(pages) << (PAGE_SHIFT - 10))

void census_show_time(struct seq_file *seq, u64 realtime);
void census_show_comm(struct seq_file *seq, const char *comm);
/* A number, or "-" if it is unknown, after a blank. */
void census_show_number(struct seq_file *seq, bool known, s64 number, int width);
void census_show_figure(struct seq_file *seq, const struct census_figures *figures,
			enum memcensus_figure n, int width);
void census_show_node(struct seq_file *seq, const struct census_node *n);

#endif /* _CENSUS_TEXT_H */
