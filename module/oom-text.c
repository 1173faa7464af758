// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/time64.h>
#include <linux/user_namespace.h>

#include "memory.h"
#include "oom.h"
#include "oom-text.h"
#include "system.h"
#include "text.h"

#define KIB(bytes)	((unsigned long long)(bytes) >> 10)
#define PAGES_KIB(pages) ((unsigned long long)(pages) << (PAGE_SHIFT - 10))

/* Processes of the census before that are shown. */
#define SHOWN 10

/**
 * struct oom_view - an open file
 * @ooms: the events, copied at open
 * @ns: PID namespace for the PIDs; a reference
 * @top: of each event, the tasks of its census with the highest PSS
 * @nr_top: number of them
 */
struct oom_view {
	struct census_ooms *ooms;
	struct pid_namespace *ns;
	const struct census_task *top[MEMCENSUS_OOMS_MAX][SHOWN];
	unsigned int nr_top[MEMCENSUS_OOMS_MAX];
};

static void show_time(struct seq_file *seq, u64 realtime)
{
	struct tm tm;

	time64_to_tm(div_u64(realtime, NSEC_PER_SEC), 0, &tm);
	seq_printf(seq, "%04ld-%02d-%02d %02d:%02d:%02d UTC", tm.tm_year + 1900, tm.tm_mon + 1,
		   tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void show_pid(struct seq_file *seq, const struct oom_view *view,
		     const struct census_oom *oom, const struct census_oom_task *task)
{
	pid_t pid = census_oom_pid(oom, task, view->ns);

	if (pid)
		seq_printf(seq, "%d ", pid);
	else
		seq_puts(seq, "- ");
	census_text_comm(seq, task->comm);
}

static void show_victims(struct seq_file *seq, const struct oom_view *view,
			 const struct census_oom *oom)
{
	unsigned int i, nr = census_oom_nr_victims(oom);

	for (i = 0; i < nr; i++) {
		const struct census_oom_victim *v = &oom->victims[i];

		seq_puts(seq, "  killed ");
		show_pid(seq, view, oom, &v->task);
		seq_printf(seq,
			   ": uid %u cgroup %llu adj %d, anon %llu file %llu shmem %llu swap %llu page tables %llu\n",
			   from_kuid_munged(seq_user_ns(seq), v->uid), v->cgroup,
			   v->oom_score_adj, KIB(v->anon), KIB(v->file), KIB(v->shmem),
			   KIB(v->swap), KIB(v->pagetables));
	}
	if (oom->nr_victims > nr)
		seq_printf(seq, "  and %u more\n", oom->nr_victims - nr);
	if (!oom->nr_victims)
		seq_puts(seq, "  killed: unknown, this kernel does not say whom\n");
}

static void show_zones(struct seq_file *seq, const struct census_oom *oom)
{
	static const char *const states[] = {
		[MEMCENSUS_KSWAPD_NONE] = "none",
		[MEMCENSUS_KSWAPD_ASLEEP] = "asleep",
		[MEMCENSUS_KSWAPD_RUNNING] = "running",
	};
	unsigned int i;

	for (i = 0; i < oom->nr_zones; i++) {
		const struct census_zone *z = &oom->zones[i];

		seq_printf(seq,
			   "  node %u zone %s: %llu free, min %llu, low %llu, high %llu, managed %llu\n",
			   z->nid, z->name, PAGES_KIB(z->free), PAGES_KIB(z->wmark[0]),
			   PAGES_KIB(z->wmark[1]), PAGES_KIB(z->wmark[2]),
			   PAGES_KIB(z->managed));
	}
	for (i = 0; i < oom->nr_nodes; i++) {
		const struct census_node *n = &oom->nodes[i];

		seq_printf(seq, "  kswapd%u %s order %u zone %s failures %u, node %s balanced\n",
			   n->nid, states[n->kswapd], n->order, *n->zone ? n->zone : "-",
			   n->failures, n->balanced ? "is" : "is not");
	}
}

static void show_bytes(struct seq_file *seq, const struct census_system *s, unsigned int n)
{
	if (s && s->bytes_known >> n & 1)
		seq_printf(seq, " %12llu", KIB(s->bytes[n]));
	else
		seq_printf(seq, " %12s", "-");
}

/* Totals that are 0 all the time are left out. */
static void show_totals(struct seq_file *seq, const struct census_oom *oom)
{
	const struct census_snapshot *before = oom->before;
	const struct census_system *then = NULL;
	unsigned int n;

	if (before && before->parts & MEMCENSUS_PART_SYSTEM)
		then = &before->system;
	seq_printf(seq, "  %-20s %12s %12s %12s\n", "", "before", "at the kill", "after");
	for (n = 0; n <= MEMCENSUS_S_MAX; n++) {
		if (!census_bytes_name(n) ||
		    !((then ? then->bytes[n] : 0) | oom->system.bytes[n] | oom->after.bytes[n]))
			continue;
		seq_printf(seq, "  %-20s", census_bytes_name(n));
		show_bytes(seq, then, n);
		show_bytes(seq, &oom->system, n);
		show_bytes(seq, oom->delay ? &oom->after : NULL, n);
		seq_putc(seq, '\n');
	}
}

static void show_figure(struct seq_file *seq, const struct census_figures *figures,
			enum memcensus_figure n)
{
	if (census_figure_known(figures, n))
		seq_printf(seq, " %10llu", KIB(figures->value[n]));
	else
		seq_printf(seq, " %10s", "-");
}

static void show_census(struct seq_file *seq, const struct oom_view *view, unsigned int row)
{
	const struct census_oom *oom = &view->ooms->event[row];
	const struct census_snapshot *before = oom->before;
	struct census_figures figures;
	unsigned int i;

	if (!before) {
		seq_puts(seq,
			 "  no census was taken before it: who held what is unknown\n");
		return;
	}
	seq_printf(seq, "  census %llu, %llu ms before the kill: the first %u by PSS\n",
		   before->seq,
		   div_u64(max_t(s64, oom->boottime - before->cost.boottime, 0), NSEC_PER_MSEC),
		   view->nr_top[row]);
	seq_printf(seq, "%9s %6s %10s %10s %10s  %s\n", "PID", "UID", "SWAP", "USS", "PSS",
		   "COMMAND");
	for (i = 0; i < view->nr_top[row]; i++) {
		const struct census_task *task = view->top[row][i];

		census_figures_unpack(task->figures, &figures);
		seq_printf(seq, "%9d %6u", census_task_pid(task, view->ns),
			   from_kuid_munged(seq_user_ns(seq), task->uid));
		show_figure(seq, &figures, MEMCENSUS_F_SWAP);
		show_figure(seq, &figures, MEMCENSUS_F_USS);
		show_figure(seq, &figures, MEMCENSUS_F_PSS);
		seq_puts(seq, "  ");
		census_text_comm(seq, task->comm);
		seq_putc(seq, '\n');
	}
}

static int oom_show(struct seq_file *seq, void *v)
{
	const struct oom_view *view = seq->private;
	unsigned int row = *(loff_t *)v;
	const struct census_oom *oom;

	if (!view->ooms->nr) {
		seq_puts(seq, "# no OOM kill since the module was loaded\n");
		return 0;
	}
	oom = &view->ooms->event[row];
	seq_printf(seq, "# OOM %llu of ", oom->number);
	show_time(seq, oom->realtime);
	seq_printf(seq, ", %s; KiB where nothing else is said\n",
		   oom->scope == MEMCENSUS_OOM_SCOPE_CGROUP ? "in a cgroup" : "of the machine");
	seq_puts(seq, "  called by ");
	show_pid(seq, view, oom, &oom->caller);
	seq_putc(seq, '\n');
	show_victims(seq, view, oom);
	show_zones(seq, oom);
	show_totals(seq, oom);
	show_census(seq, view, row);
	return 0;
}

static void *oom_start(struct seq_file *seq, loff_t *pos)
{
	const struct oom_view *view = seq->private;

	return *pos < max(view->ooms->nr, 1U) ? pos : NULL;
}

static void *oom_next(struct seq_file *seq, void *v, loff_t *pos)
{
	++*pos;
	return oom_start(seq, pos);
}

static void oom_stop(struct seq_file *seq, void *v)
{
}

static const struct seq_operations oom_ops = {
	.start = oom_start,
	.next = oom_next,
	.stop = oom_stop,
	.show = oom_show,
};

/* Finds the tasks of the census before event @row.  Return: 0 or -EINTR. */
static int find_top(struct oom_view *view, unsigned int row)
{
	const struct census_snapshot *snap = view->ooms->event[row].before;
	const struct census_task **top = view->top[row];
	struct census_figures figures;
	u64 pss, pss_of[SHOWN];
	unsigned int i, j, nr = 0;

	for (i = 0; snap && i < snap->nr_tasks; i++) {
		const struct census_task *task = snap->tasks[i];

		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
		if (!census_task_pid(task, view->ns))
			continue;
		census_figures_unpack(task->figures, &figures);
		pss = figures.value[MEMCENSUS_F_PSS];
		for (j = nr; j && pss_of[j - 1] < pss; j--) {
			if (j == SHOWN)
				continue;
			top[j] = top[j - 1];
			pss_of[j] = pss_of[j - 1];
		}
		if (j == SHOWN)
			continue;
		top[j] = task;
		pss_of[j] = pss;
		nr = min(nr + 1, (unsigned int)SHOWN);
	}
	view->nr_top[row] = nr;
	return 0;
}

static int fill_view(struct oom_view *view)
{
	struct census_ooms *ooms = census_ooms_get();
	unsigned int i;
	int err = 0;

	if (IS_ERR(ooms))
		return PTR_ERR(ooms);
	view->ooms = ooms;
	view->ns = get_pid_ns(task_active_pid_ns(current));
	for (i = 0; i < ooms->nr && !err; i++)
		err = find_top(view, i);
	return err;
}

static void release_view(struct oom_view *view)
{
	census_ooms_put(view->ooms);
	if (view->ns)
		put_pid_ns(view->ns);
}

/* Return: 0, -EPERM, -EINTR, -ENOMEM, or -EDQUOT if results use all of max_results. */
int census_oom_text_open(struct inode *inode, struct file *file)
{
	struct oom_view *view;
	int err;

	/* The file mode admits root; the content also requires CAP_SYS_PTRACE. */
	if (!capable(CAP_SYS_PTRACE))
		return -EPERM;
	/* Not __seq_open_private(), which may invoke the OOM killer. */
	view = kzalloc(sizeof(*view), CENSUS_GFP | __GFP_ACCOUNT);
	if (!view)
		return -ENOMEM;
	err = seq_open(file, &oom_ops);
	if (err) {
		kfree(view);
		return err;
	}
	((struct seq_file *)file->private_data)->private = view;
	err = fill_view(view);
	if (err) {
		release_view(view);
		seq_release_private(inode, file);
	}
	return err;
}

int census_oom_text_release(struct inode *inode, struct file *file)
{
	release_view(((struct seq_file *)file->private_data)->private);
	return seq_release_private(inode, file);
}
