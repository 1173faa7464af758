// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/math64.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>

#include "base/largest.h"
#include "base/visible.h"
#include "census/oom.h"
#include "census/system.h"
#include "text/oom-text.h"
#include "text/text.h"

/* Processes of the census before that are shown. */
#define SHOWN 10

/**
 * struct oom_view - an open file
 * @ooms: the events, copied at open
 * @ns: PID namespace for the PIDs; a reference
 * @top: of each event, the tasks of its census with the highest PSS
 * @entries: of @top
 */
struct oom_view {
	struct census_ooms *ooms;
	struct pid_namespace *ns;
	struct census_largest top[MEMCENSUS_OOMS_MAX];
	struct census_ranked entries[MEMCENSUS_OOMS_MAX][SHOWN];
};

/* Return: whether the reader may learn of @task; then it is shown. */
static bool show_pid(struct seq_file *seq, const struct oom_view *view, const char *before,
		     const struct census_oom_task *task)
{
	pid_t pid = census_oom_pid(task, view->ns);

	if (!pid)
		return false;
	seq_printf(seq, "%s%d ", before, pid);
	census_show_comm(seq, task->comm);
	return true;
}

static void show_victims(struct seq_file *seq, const struct oom_view *view,
			 const struct census_oom *oom)
{
	unsigned int i, nr = census_oom_nr_victims(oom), shown = 0;

	for (i = 0; i < nr; i++) {
		const struct census_oom_victim *v = &oom->victims[i];

		if (!show_pid(seq, view, v->dying ? "  was dying " : "  killed ", &v->task))
			continue;
		shown++;
		seq_printf(seq,
			   ": uid %u cgroup %llu adj %d, anon %llu file %llu shmem %llu swap %llu page tables %llu\n",
			   from_kuid_munged(seq_user_ns(seq), v->uid), v->cgroup,
			   v->oom_score_adj, KIB(v->anon), KIB(v->file), KIB(v->shmem),
			   KIB(v->swap), KIB(v->pagetables));
	}
	if (oom->nr_victims > shown)
		seq_printf(seq, "  and %u more\n", oom->nr_victims - shown);
	if (!oom->nr_victims)
		seq_puts(seq, "  killed: unknown, this kernel does not say whom\n");
}

static void show_zones(struct seq_file *seq, const struct census_oom *oom)
{
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
		seq_puts(seq, "  ");
		census_show_node(seq, &oom->nodes[i]);
	}
}

static void show_bytes(struct seq_file *seq, const struct census_system *s, unsigned int n)
{
	bool known = s && s->bytes_known >> n & 1;

	census_show_number(seq, known, known ? KIB(s->bytes[n]) : 0, 12);
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

static void show_census(struct seq_file *seq, const struct oom_view *view, unsigned int row)
{
	const struct census_oom *oom = &view->ooms->event[row];
	const struct census_largest *top = &view->top[row];
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
		   top->nr);
	seq_printf(seq, "%9s %6s %10s %10s %10s  %s\n", "PID", "UID", "SWAP", "USS", "PSS",
		   "COMMAND");
	for (i = 0; i < top->nr; i++) {
		const struct census_task *task = before->tasks[top->entries[i].index];

		/* As in the summary: a peer is shown without what is the owner's. */
		bool visible = census_visible_pid(task->pid, view->ns);

		census_figures_unpack(task->figures, &figures);
		seq_printf(seq, "%9d", census_task_pid(task, view->ns));
		census_show_number(seq, visible, from_kuid_munged(seq_user_ns(seq), task->uid), 6);
		census_show_figure(seq, &figures, MEMCENSUS_F_SWAP, 10);
		census_show_figure(seq, &figures, MEMCENSUS_F_USS, 10);
		census_show_figure(seq, &figures, MEMCENSUS_F_PSS, 10);
		seq_puts(seq, "  ");
		census_show_comm(seq, visible ? task->comm : "-");
		seq_putc(seq, '\n');
	}
}

static unsigned int oom_count(const void *v)
{
	const struct oom_view *view = v;

	return max(view->ooms->nr, 1U);
}

static void oom_show(struct seq_file *seq, const void *v, unsigned int row)
{
	const struct oom_view *view = v;
	const struct census_oom *oom;

	if (!view->ooms->nr) {
		seq_puts(seq, "# no OOM kill since the module was loaded\n");
		return;
	}
	oom = &view->ooms->event[row];
	seq_printf(seq, "# OOM %llu of ", oom->number);
	census_show_time(seq, oom->realtime);
	seq_printf(seq, ", %s; KiB where nothing else is said\n",
		   oom->scope == MEMCENSUS_OOM_SCOPE_CGROUP ? "in a cgroup" : "of the machine");
	if (show_pid(seq, view, "  called by ", &oom->caller))
		seq_putc(seq, '\n');
	show_victims(seq, view, oom);
	show_zones(seq, oom);
	show_totals(seq, oom);
	show_census(seq, view, row);
}

/* Finds the tasks of the census before event @row.  Return: 0 or -EINTR. */
static int find_top(struct oom_view *view, unsigned int row)
{
	const struct census_snapshot *snap = view->ooms->event[row].before;
	struct census_largest *top = &view->top[row];
	struct census_figures figures;
	unsigned int i;

	*top = (struct census_largest){ .entries = view->entries[row], .max = SHOWN };
	for (i = 0; snap && i < snap->nr_tasks; i++) {
		const struct census_task *task = snap->tasks[i];

		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
		if (!census_task_pid(task, view->ns))
			continue;
		census_figures_unpack(task->figures, &figures);
		census_largest_add(top, figures.value[MEMCENSUS_F_PSS] + 1, i);
	}
	census_largest_sort(top);
	return 0;
}

/* Return: 0, -EINTR, -ENOMEM, or -EDQUOT if results use all of max_results. */
static int oom_fill(void *v, const void *arg)
{
	struct census_ooms *ooms = census_ooms_get();
	struct oom_view *view = v;
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

static void oom_release(void *v)
{
	struct oom_view *view = v;

	census_ooms_put(view->ooms);
	if (view->ns)
		put_pid_ns(view->ns);
}

static const struct census_view oom_rows = {
	.size = sizeof(struct oom_view),
	.fill = oom_fill,
	.release = oom_release,
	.count = oom_count,
	.show = oom_show,
};

const struct census_file census_oom_text = { .name = "oom", .rows = &oom_rows };
