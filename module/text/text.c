// SPDX-License-Identifier: GPL-2.0
/*
 * A census as text: aligned, in KiB, with "-" for unknown values.
 *
 * A file of debugfs is one type of text (struct census_text): open() takes the census that it needs
 * and holds it, so that all reads of one open file are of one point in time.  Each line is a row of
 * a seq_file, or a figure by name, which the rows of rows.h name.  summary has the largest
 * processes, which are found at open().
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/printk.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/time64.h>
#include <linux/user_namespace.h>

#include "base/largest.h"
#include "base/memory.h"
#include "base/result-memory.h"
#include "base/visible.h"
#include "census/census.h"
#include "text/text.h"

#define KIB(bytes)	((unsigned long long)(bytes) >> 10)

static const char *const state_names[] = {
	[MEMCENSUS_STATE_WALKED] = "walked",
	[MEMCENSUS_STATE_BUSY] = "busy",
	[MEMCENSUS_STATE_VANISHED] = "vanished",
	[MEMCENSUS_STATE_PARTIAL] = "partial",
};

static const char *const kswapd_names[] = {
	[MEMCENSUS_KSWAPD_NONE] = "none",
	[MEMCENSUS_KSWAPD_ASLEEP] = "asleep",
	[MEMCENSUS_KSWAPD_RUNNING] = "running",
};

/* Rows of processes in the summary: with its other lines, those of a screen or two. */
#define TOP 20

/**
 * struct text_view - an open file
 * @text: type of the file
 * @snap: a reference
 * @held: of census_results_hold()
 * @ns: PID namespace for the PIDs; a reference
 * @top: the tasks with the highest PSS, for the summary, as @sums
 * @entries: of @top
 * @sums: figures of all tasks; unknown if that of a walked one is
 */
struct text_view {
	const struct census_text *text;
	const struct census_snapshot *snap;
	u64 held;
	struct pid_namespace *ns;
	struct census_largest top;
	struct census_ranked entries[TOP];
	struct census_figures sums;
};

/* A process chooses its command name freely: keep it on one line. */
static void show_comm(struct seq_file *seq, const char *comm)
{
	const unsigned char *c;

	for (c = comm; *c; c++) {
		if (isascii(*c) && isprint(*c) && *c != '\\')
			seq_putc(seq, *c);
		else
			seq_printf(seq, "\\x%02x", *c);
	}
}

static void show_number(struct seq_file *seq, bool known, s64 number, int width)
{
	if (known)
		seq_printf(seq, " %*lld", width, number);
	else
		seq_printf(seq, " %*s", width, "-");
}

static void show_figure(struct seq_file *seq, const struct census_figures *figures,
			enum memcensus_figure n, int width)
{
	show_number(seq, census_figure_known(figures, n), KIB(figures->value[n]), width);
}

static void show_node(struct seq_file *seq, const struct census_node *n)
{
	seq_printf(seq, "kswapd%u %s order %u zone %s failures %u, node %s balanced\n", n->id,
		   kswapd_names[n->kswapd], n->kswapd_order, *n->kswapd_zone ? n->kswapd_zone : "-",
		   n->kswapd_failures, n->balanced ? "is" : "is not");
}

static void show_header(struct seq_file *seq, const struct census_snapshot *snap)
{
	struct tm tm;

	time64_to_tm(div_u64(snap->cost.realtime, NSEC_PER_SEC), 0, &tm);
	seq_printf(seq, "# census %llu of %04ld-%02d-%02d %02d:%02d:%02d UTC; KiB where nothing else is said\n",
		   snap->seq, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
		   tm.tm_sec);
}

/* Tasks */

struct task_column {
	const char *name;
	enum memcensus_figure figure;
	int width;
};

static const struct task_column task_columns[] = {
	{ "VSS", MEMCENSUS_F_VSS, 11 },
	{ "RSS", MEMCENSUS_F_RSS, 10 },
	{ "COUNTER", MEMCENSUS_F_RSS_COUNTER, 10 },
	{ "FRAMES", MEMCENSUS_F_FRAMES, 10 },
	{ "USS", MEMCENSUS_F_USS, 10 },
	{ "PSS", MEMCENSUS_F_PSS, 10 },
	{ "SHARED", MEMCENSUS_F_SHARED, 10 },
	{ "ANON", MEMCENSUS_F_ANON, 10 },
	{ "FILE", MEMCENSUS_F_FILE, 10 },
	{ "SHMEM", MEMCENSUS_F_SHMEM, 10 },
	{ "SWAP", MEMCENSUS_F_SWAP, 10 },
	{ "SWAPPSS", MEMCENSUS_F_SWAP_PSS, 10 },
	{ "HUGETLB", MEMCENSUS_F_HUGETLB, 10 },
	{ "THP", MEMCENSUS_F_THP, 10 },
	{ "SPECIAL", MEMCENSUS_F_SPECIAL, 8 },
	{ "TABLES", MEMCENSUS_F_PAGETABLES, 8 },
	{ "HEAP", MEMCENSUS_F_HEAP, 10 },
	{ "STACK", MEMCENSUS_F_STACK, 7 },
	{ "MLOCKED", MEMCENSUS_F_MLOCKED, 10 },
};

static const struct task_column summary_columns[] = {
	{ "SWAP", MEMCENSUS_F_SWAP, 9 },
	{ "USS", MEMCENSUS_F_USS, 9 },
	{ "PSS", MEMCENSUS_F_PSS, 9 },
	{ "RSS", MEMCENSUS_F_RSS, 9 },
	{ "VSS", MEMCENSUS_F_VSS, 11 },
};

static const struct task_column sum_columns[] = {
	{ "PSS", MEMCENSUS_F_PSS },
	{ "USS", MEMCENSUS_F_USS },
	{ "RSS", MEMCENSUS_F_RSS },
	{ "VSS", MEMCENSUS_F_VSS },
	{ "swap", MEMCENSUS_F_SWAP },
	{ "hugetlb", MEMCENSUS_F_HUGETLB },
};

static void show_column_names(struct seq_file *seq,
			      const struct task_column *columns,
			      unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		seq_printf(seq, " %*s", columns[i].width, columns[i].name);
}

static void show_figures(struct seq_file *seq,
			 const struct census_figures *figures,
			 const struct task_column *columns, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		show_figure(seq, figures, columns[i].figure, columns[i].width);
}

static void show_task(struct seq_file *seq, const struct text_view *view,
		      const struct census_task *task, bool all)
{
	pid_t pid = census_task_pid(task, view->ns);
	const struct census_figures *figures = &task->figures;
	bool visible;

	if (!pid)	/* outside of the caller's namespace */
		return;
	/* Of a peer that is visible, the address space is shown, and nothing of its owner. */
	visible = census_visible_pid(task->pid, view->ns);
	seq_printf(seq, "%7d", pid);
	show_number(seq, visible, from_kuid_munged(seq_user_ns(seq), task->uid), 6);
	if (all) {
		seq_printf(seq, " %-8s", state_names[task->state]);
		show_number(seq, visible, task->threads, 7);
		show_figures(seq, figures, task_columns,
			     ARRAY_SIZE(task_columns));
		show_number(seq, visible, task->oom_score_adj, 5);
	} else {
		show_figures(seq, figures, summary_columns,
			     ARRAY_SIZE(summary_columns));
	}
	seq_puts(seq, "  ");
	show_comm(seq, visible ? task->comm : "-");
	seq_putc(seq, '\n');
}

static unsigned int tasks_rows(const struct census_snapshot *snap)
{
	return 1 + snap->nr_tasks;
}

static void tasks_show(struct seq_file *seq, const struct text_view *view,
		       unsigned int row)
{
	if (row) {
		show_task(seq, view, view->snap->tasks[row - 1], true);
		return;
	}
	show_header(seq, view->snap);
	seq_printf(seq, "%7s %6s %-8s %7s", "PID", "UID", "STATE", "THREADS");
	show_column_names(seq, task_columns, ARRAY_SIZE(task_columns));
	seq_printf(seq, " %5s  %s\n", "OOM", "COMMAND");
}

/* Scan */

static unsigned int scan_rows(const struct census_snapshot *snap)
{
	return 1;
}

static void scan_show(struct seq_file *seq, const struct text_view *view,
		      unsigned int row)
{
	const struct census_record_row *r;
	u64 value;

	show_header(seq, view->snap);
	for (r = census_scan_rows; r->name; r++) {
		value = census_record_u64(r, &view->snap->cost);
		seq_printf(seq, "%-20s", r->name);
		show_number(seq, value != CENSUS_UNKNOWN, value, 14);
		seq_putc(seq, '\n');
	}
}

/* Summary */

/* Adds up all tasks, and finds those with the highest PSS.  Return: 0 or -EINTR. */
static int summarize_census(struct text_view *view)
{
	struct census_figures *sums = &view->sums;
	unsigned int i, n;

	sums->known = ~0ULL;
	for (i = 0; i < view->snap->nr_tasks; i++) {
		const struct census_task *task = view->snap->tasks[i];

		for (n = 0; n <= MEMCENSUS_F_MAX; n++)
			sums->value[n] += task->figures.value[n];
		/* Those that were not walked are counted in a line of their own. */
		if (census_figure_known(&task->figures, MEMCENSUS_F_RSS))
			sums->known &= task->figures.known;
		if (census_task_pid(task, view->ns))
			census_largest_add(&view->top, task->figures.value[MEMCENSUS_F_PSS] + 1, i);
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	census_largest_sort(&view->top);
	return 0;
}

static unsigned int summary_rows(const struct census_snapshot *snap)
{
	return 1 + snap->nr_zones + snap->nr_nodes + 1 + TOP;
}

static void show_sums(struct seq_file *seq, const struct census_figures *sums)
{
	unsigned int i;

	seq_puts(seq, "processes:");
	for (i = 0; i < ARRAY_SIZE(sum_columns); i++) {
		seq_puts(seq, i ? "," : "");
		show_figure(seq, sums, sum_columns[i].figure, 0);
		seq_printf(seq, " %s", sum_columns[i].name);
	}
	seq_putc(seq, '\n');
}

static void show_totals(struct seq_file *seq, const struct text_view *view)
{
	const struct census_cost *c = &view->snap->cost;

	seq_printf(seq,
		   "scan: %llu us, %llu us of CPU, longest lock %llu us, %llu KiB used\n",
		   c->wall / 1000, c->cpu / 1000, c->lock_hold_max / 1000,
		   KIB(c->memory));
	seq_printf(seq,
		   "address spaces: %llu, %llu walked, %llu busy, %llu vanished, %llu partial; also %llu kernel threads, %llu zombies\n",
		   c->mms, c->walked, c->busy, c->vanished, c->partial,
		   c->kthreads, c->zombies);
	show_sums(seq, &view->sums);
	if (c->busy + c->partial)
		seq_printf(seq,
			   "incomplete: %llu busy, %llu partial (STATE in tasks): sums of processes lack what was not walked, USS and PSS of tasks that share with them are upper bounds\n",
			   c->busy, c->partial);
	if (c->slices > 1)
		seq_printf(seq,
			   "short of memory: owners counted in %llu slices, each by a pass of its own; raise max_mem\n",
			   c->slices);
}

static void show_zone_line(struct seq_file *seq, const struct census_zone *z)
{
	unsigned int largest = CENSUS_ORDERS;

	while (largest && !z->blocks[largest - 1])
		largest--;
	seq_printf(seq,
		   "node %u zone %s: %llu free, low %llu, managed %llu, largest free block ",
		   z->node, z->name, KIB(z->free), KIB(z->wmark_low), KIB(z->managed));
	if (largest)
		seq_printf(seq, "order %u\n", largest - 1);
	else
		seq_puts(seq, "none\n");
}

static void summary_show(struct seq_file *seq, const struct text_view *view,
			 unsigned int row)
{
	const struct census_snapshot *snap = view->snap;

	if (!row) {
		show_header(seq, snap);
		show_totals(seq, view);
		return;
	}
	row--;
	if (row < snap->nr_zones) {
		show_zone_line(seq, &snap->zones[row]);
		return;
	}
	row -= snap->nr_zones;
	if (row < snap->nr_nodes) {
		show_node(seq, &snap->nodes[row]);
		return;
	}
	row -= snap->nr_nodes;
	if (!row) {
		seq_printf(seq, "the first %u by PSS; all are in tasks\n",
			   view->top.nr);
		seq_printf(seq, "%7s %6s", "PID", "UID");
		show_column_names(seq, summary_columns,
				  ARRAY_SIZE(summary_columns));
		seq_puts(seq, "  COMMAND\n");
	} else if (row - 1 < view->top.nr) {
		show_task(seq, view, snap->tasks[view->top.entries[row - 1].index], false);
	}
}

static void *text_start(struct seq_file *seq, loff_t *pos)
{
	const struct text_view *view = seq->private;

	return *pos < view->text->rows(view->snap) ? pos : NULL;
}

static void *text_next(struct seq_file *seq, void *v, loff_t *pos)
{
	++*pos;
	return text_start(seq, pos);
}

static void text_stop(struct seq_file *seq, void *v)
{
}

static int text_show(struct seq_file *seq, void *v)
{
	const struct text_view *view = seq->private;

	/* One read() may skip all rows of a large census that the reader may not see. */
	cond_resched();
	if (fatal_signal_pending(current))
		return -EINTR;
	view->text->show(seq, view, *(loff_t *)v);
	return 0;
}

static const struct seq_operations text_ops = {
	.start = text_start,
	.next = text_next,
	.stop = text_stop,
	.show = text_show,
};

/* Takes a census.  Return: 0, -EINTR, -ENOMEM, or -EDQUOT if results use all of max_results. */
static int take_census(struct text_view *view, const struct census_text *text)
{
	const struct census_request req = {
		.parts = text->parts | MEMCENSUS_PART_OWNERS,
	};
	struct pid_namespace *ns = task_active_pid_ns(current);
	int err = census_get(&req, &view->snap);

	if (!err && !census_results_hold(ns, census_snapshot_bytes(view->snap), &view->held))
		err = -EDQUOT;
	/* The file has no other way to say why. */
	if (err == -EDQUOT)
		pr_notice_ratelimited("results use all of max_results: close sockets and files that hold a census, or raise max_results\n");
	if (err)
		return err;
	view->text = text;
	view->top = (struct census_largest){ .entries = view->entries, .max = TOP };
	view->ns = get_pid_ns(ns);
	return summarize_census(view);
}

/* Takes the census that a file prints.  Return: 0, -EPERM, or an error of take_census(). */
int census_text_open(struct file *file, const struct census_text *text)
{
	struct text_view *view;
	int err;

	/* The file mode admits root; the content also requires a capability, as a request does. */
	if (!capable(CAP_PERFMON) && !capable(CAP_SYS_PTRACE))
		return -EPERM;
	/* Not __seq_open_private(), which may invoke the OOM killer. */
	view = kzalloc(sizeof(*view), CENSUS_GFP | __GFP_ACCOUNT);
	if (!view)
		return -ENOMEM;
	err = seq_open(file, &text_ops);
	if (err) {
		kfree(view);
		return err;
	}
	((struct seq_file *)file->private_data)->private = view;
	err = take_census(view, text);
	if (err)
		census_text_release(file_inode(file), file);
	return err;
}

int census_text_release(struct inode *inode, struct file *file)
{
	struct text_view *view = ((struct seq_file *)file->private_data)->private;

	census_snapshot_put(view->snap);
	census_results_leave(view->held);
	if (view->ns)
		put_pid_ns(view->ns);
	return seq_release_private(inode, file);
}

#define TEXT(name, parts) { #name, parts, name##_rows, name##_show }

const struct census_text census_texts[CENSUS_TEXTS] = {
	TEXT(summary, MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES | MEMCENSUS_PART_NODES),
	TEXT(tasks, MEMCENSUS_PART_TASKS),
	TEXT(scan, MEMCENSUS_PART_TASKS),
};
