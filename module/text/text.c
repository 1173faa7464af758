// SPDX-License-Identifier: GPL-2.0
#include <linux/ctype.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "text/text.h"

static const char *const kswapd_names[] = {
	[MEMCENSUS_KSWAPD_NONE] = "none",
	[MEMCENSUS_KSWAPD_ASLEEP] = "asleep",
	[MEMCENSUS_KSWAPD_RUNNING] = "running",
};

/* @realtime: ns since 1970 */
void census_show_time(struct seq_file *seq, u64 realtime)
{
	struct tm tm;

	time64_to_tm(div_u64(realtime, NSEC_PER_SEC), 0, &tm);
	seq_printf(seq, "%04ld-%02d-%02d %02d:%02d:%02d UTC", tm.tm_year + 1900, tm.tm_mon + 1,
		   tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* A process chooses its command name freely: keep it on one line. */
void census_show_comm(struct seq_file *seq, const char *comm)
{
	const unsigned char *c;

	for (c = comm; *c; c++) {
		if (isascii(*c) && isprint(*c) && *c != '\\')
			seq_putc(seq, *c);
		else
			seq_printf(seq, "\\x%02x", *c);
	}
}

void census_show_number(struct seq_file *seq, bool known, s64 number, int width)
{
	if (known)
		seq_printf(seq, " %*lld", width, number);
	else
		seq_printf(seq, " %*s", width, "-");
}

void census_show_figure(struct seq_file *seq, const struct census_figures *figures,
			enum memcensus_figure n, int width)
{
	census_show_number(seq, census_figure_known(figures, n), KIB(figures->value[n]), width);
}

void census_show_node(struct seq_file *seq, const struct census_node *n)
{
	seq_printf(seq, "kswapd%u %s order %u zone %s failures %u, node %s balanced\n", n->nid,
		   kswapd_names[n->kswapd], n->order, *n->zone ? n->zone : "-", n->failures,
		   n->balanced ? "is" : "is not");
}
