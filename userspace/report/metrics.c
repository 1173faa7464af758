// SPDX-License-Identifier: GPL-2.0
/* A snapshot as metrics. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "lib/memory.h"
#include "model/amount.h"
#include "model/breakdown.h"
#include "model/called-groups.h"
#include "model/cgroup-name.h"
#include "model/share.h"
#include "report/listing.h"
#include "report/metrics.h"

#define NAME_SIZE	128
#define HELP_SIZE	256
/* Labels of one row, and the text of those that are numbers. */
#define LABELS_MAX	6
struct labels {
	struct label v[LABELS_MAX];
	size_t n;
	char numbers[LABELS_MAX][24];
};

static void add_text(struct labels *labels, const char *name, const char *value)
{
	labels->v[labels->n++] = (struct label){ name, value };
}

static void add_number(struct labels *labels, const char *name, uint64_t value)
{
	char *text = labels->numbers[labels->n];

	snprintf(text, sizeof(labels->numbers[0]), "%" PRIu64, value);
	add_text(labels, name, text);
}

/*
 * What labels may have of the text that a user chooses: paths of cgroups with up to four KiB, each
 * byte of which is written as five.  Each is in a document as often as a group has metrics.
 */
#define LABEL_MOST	2000
#define LABELS_MOST	1048576UL

/* Adds the path of @cgroup, or its number if the path is too long. */
static void add_cgroup(struct labels *labels, const char *path, uint64_t cgroup)
{
	if (path && exposition_length(path) > LABEL_MOST)
		add_number(labels, "cgroup", cgroup);
	else
		add_text(labels, "cgroup", path);
}

static void add_if_known(struct labels *labels, const char *name, const char *value)
{
	if (value)
		add_text(labels, name, value);
}

/*
 * The labels that kubelet and kube-state-metrics have, so that series of all three join.  What is
 * below the cgroup of a container has none, or sums by container would have it twice; nor have
 * containers of users, who may call them like others.
 */
static void add_called(struct labels *labels, const struct view *view, uint64_t cgroup)
{
	const struct cgroup_name *name = view->numeric ? NULL : cgroup_name_of(view->snap, cgroup);

	if (!name || name->below || name->by_user ||
	    (name->of != CGROUP_OF_CONTAINER && name->of != CGROUP_OF_POD))
		return;
	add_if_known(labels, "namespace", name->namespace);
	add_if_known(labels, "pod", name->pod);
	if (name->of == CGROUP_OF_CONTAINER)
		add_if_known(labels, "container", name->container);
}

/* Adds the labels of @row; false if nothing identifies it.  NULL: it has none. */
typedef bool label_fn(const struct view *view, const void *row,
		      struct labels *labels);

static bool zone_labels(const struct view *view, const void *row,
			struct labels *labels)
{
	const struct zone *zone = row;

	(void)view;
	if (!KNOWN(zone, MEMCENSUS_ZONE_NODE) || !KNOWN(zone, MEMCENSUS_ZONE_NAME))
		return false;
	add_number(labels, "node", zone->node);
	add_text(labels, "zone", zone->name);
	return true;
}

static bool node_labels(const struct view *view, const void *row,
			struct labels *labels)
{
	const struct node *node = row;

	(void)view;
	if (!KNOWN(node, MEMCENSUS_NODE_ID))
		return false;
	add_number(labels, "node", node->id);
	return true;
}

static bool group_labels(const struct view *view, const void *row,
			 struct labels *labels)
{
	const struct group *group = row;

	/* No name of a group can be another label. */
	if (group->others)
		add_text(labels, "others", "all");
	/* Two users may have the same name: the UID tells them apart. */
	else if (KNOWN(group, MEMCENSUS_GROUP_UID)) {
		add_text(labels, "user", name_of_user(view, group->uid));
		add_number(labels, "uid", group->uid);
	} else if (KNOWN(group, MEMCENSUS_GROUP_CGROUP)) {
		add_cgroup(labels, name_of_cgroup(view, group->cgroup), group->cgroup);
		add_called(labels, view, group->cgroup);
	} else if (KNOWN(group, MEMCENSUS_GROUP_COMM)) {
		add_text(labels, "command", group->comm);
	}
	return labels->n && labels->v[0].value;
}

/* No name has a bracket. */
#define UNKNOWN	"(unknown)"

/* Of all cgroups with one @value, NULL: unknown, or of the groups that metrics leave out. */
static bool called_labels(const struct view *view, const struct group *group,
			  struct labels *labels, const char *name, const char *value)
{
	if (group->others)
		return group_labels(view, group, labels);
	add_text(labels, name, value ?: UNKNOWN);
	return true;
}

static bool namespace_labels(const struct view *view, const void *row, struct labels *labels)
{
	const struct group *group = row;

	return called_labels(view, group, labels, "namespace", group->namespace);
}

static bool image_labels(const struct view *view, const void *row, struct labels *labels)
{
	const struct group *group = row;

	return called_labels(view, group, labels, "image", group->image);
}

/* The metrics of groups that are made of those by cgroup. */
static const struct {
	const char *prefix;
	label_fn *label;
} called_metrics[] = {
	[CALLED_BY_CONTAINER] = { "container", group_labels },
	[CALLED_BY_POD] = { "pod", group_labels },
	[CALLED_BY_NAMESPACE] = { "namespace", namespace_labels },
	[CALLED_BY_IMAGE] = { "image", image_labels },
};

static bool task_labels(const struct view *view, const void *row,
			struct labels *labels)
{
	const struct task *task = row;
	const char *user = NULL;

	if (!KNOWN(task, MEMCENSUS_TASK_PID))
		return false;
	add_number(labels, "pid", task->pid);
	if (KNOWN(task, MEMCENSUS_TASK_COMM))
		add_text(labels, "command", task->comm);
	if (KNOWN(task, MEMCENSUS_TASK_UID))
		user = name_of_user(view, task->uid);
	if (user)
		add_text(labels, "user", user);
	return true;
}

/* A sample for each order in @list. */
static void put_orders(struct exposition *om, const struct column *column,
		       const struct numbers *list, struct labels *labels)
{
	const size_t n = labels->n;
	size_t order;

	for (order = 0; order < list->n; order++) {
		labels->n = n;
		add_number(labels, "order", order);
		if (column->kind == KIND_INDEXES)
			exposition_real(om, labels->v, labels->n,
					(int64_t)list->v[order] / 1000.0);
		else if (list->v[order] != BLOCKS_UNKNOWN)
			exposition_unsigned(om, labels->v, labels->n, list->v[order]);
	}
}

static void put_value(struct exposition *om, const struct column *column,
		      const struct value *value, struct labels *labels)
{
	switch (column->kind) {
	case KIND_DURATION:
		exposition_real(om, labels->v, labels->n, value->number / 1e9);
		break;
	case KIND_KIB:
		exposition_unsigned(om, labels->v, labels->n, value->number << 10);
		break;
	case KIND_BLOCKS:
	case KIND_INDEXES:
		put_orders(om, column, &value->list, labels);
		break;
	default:
		if (column->sign)
			exposition_signed(om, labels->v, labels->n, value->sign);
		else
			exposition_unsigned(om, labels->v, labels->n, value->number);
	}
}

static const char *unit_of(const struct column *column)
{
	switch (column->kind) {
	case KIND_BYTES:
	case KIND_KIB:
		return "bytes";
	case KIND_DURATION:
		return "seconds";
	case KIND_INDEXES:
		return "ratio";
	default:
		return NULL;
	}
}

/* @size: length of the name without the unit that a metric does not have. */
static const char *metric_name(const struct column *column, int *size)
{
	const char *name = column->name;

	/* promtool takes "sec" for a unit. */
	if (!strcmp(name, "sec_pagetables"))
		name = "secondary_pagetables";
	*size = strlen(name) - (column->kind == KIND_DURATION ? strlen("_ns") :
				column->kind == KIND_KIB ? strlen("_kib") : 0);
	return name;
}

/* In a list of metrics each help stands alone: it starts with what it is about. */
static const char *help_of(const char *prefix, const struct column *column, char *help)
{
	const bool totals = !strcmp(prefix, "meminfo") || !strcmp(prefix, "vmstat");

	/* Totals of the system have names of ours: say the kernel's. */
	snprintf(help, HELP_SIZE, "%s: %s%s%s%s", prefix, column->metric_help ?:
		 column->help + (column->kind == KIND_KIB ? strlen("KiB ") : 0),
		 totals ? " (" : "", totals ? column->kernel : "", totals ? ")" : "");
	return help;
}

/* The metric memcensus_PREFIX_NAME of @column, with a sample for each row. */
static void put_column(struct exposition *om, const char *prefix,
		       const struct column *column, const struct view *view,
		       struct row_array rows, label_fn *label)
{
	const char *row = rows.v;
	char name[NAME_SIZE], help[HELP_SIZE];
	struct metric metric = {
		.unit = unit_of(column), .help = help_of(prefix, column, help),
		.counter = column->counter,
	};
	struct labels labels;
	struct value value;
	const char *suffix;
	int size;
	size_t i;

	suffix = metric_name(column, &size);
	snprintf(name, sizeof(name), "memcensus_%s_%.*s", prefix, size, suffix);
	metric.name = name;
	exposition_metric(om, &metric);
	for (i = 0; i < rows.n; i++, row += rows.size) {
		labels.n = 0;
		if (column_get(column, view, row, &value) &&
		    (!label || label(view, row, &labels)))
			put_value(om, column, &value, &labels);
	}
}

/* Only numbers: no text, no IDs, nothing derived but indexes. */
static bool is_metric(const struct column *column)
{
	switch (column->kind) {
	case KIND_BYTES:
	case KIND_KIB:
	case KIND_COUNT:
	case KIND_BOOL:
	case KIND_DURATION:
	case KIND_BLOCKS:
	case KIND_INDEXES:
		return !column->derive || column->kind == KIND_INDEXES;
	default:
		return false;
	}
}

/* The columns in @names, in their order; NULL: all that are metrics. */
static void put_metric_columns(struct exposition *om, const char *prefix,
			       const struct row_type *type, const char *names,
			       const struct view *view, struct row_array rows, label_fn *label)
{
	struct columns columns;
	struct failure why;
	size_t i;

	columns_choose(&columns, type, names, NULL, &why);
	for (i = 0; i < columns.n; i++)
		if (names || is_metric(columns.v[i]))
			put_column(om, prefix, columns.v[i], view, rows, label);
	columns_free(&columns);
}

static void put_number(struct exposition *om, const char *name, const char *unit,
		       const char *help, double value)
{
	const struct metric metric = { .name = name, .unit = unit, .help = help };

	exposition_metric(om, &metric);
	exposition_real(om, NULL, 0, value);
}

static void put_info(struct exposition *om, const struct snapshot *snap)
{
	const struct metric metric = {
		.name = "memcensus_module_info",
		.help = "1; versions of the module and of the kernel",
	};
	struct labels labels = { .n = 0 };

	if (!snap->has_info)
		return;
	if (KNOWN(&snap->info, MEMCENSUS_INFO_VERSION))
		add_text(&labels, "version", snap->info.version);
	if (KNOWN(&snap->info, MEMCENSUS_INFO_KERNEL))
		add_text(&labels, "kernel", snap->info.kernel);
	exposition_metric(om, &metric);
	exposition_unsigned(om, labels.v, labels.n, 1);
}

/*
 * The first census, but what makes one incomplete as it was in the worst of them: each gives
 * samples of its own, and an alert asks for any.
 */
static struct scan worst_of(struct snapshot *const *snaps, size_t n)
{
	struct scan worst = snaps[0]->scan;
	size_t i;

	for (i = 1; i < n; i++) {
		const struct scan *one = &snaps[i]->scan;

		worst.lock_hold_max = MAX(worst.lock_hold_max, one->lock_hold_max);
		worst.busy = MAX(worst.busy, one->busy);
		worst.vanished = MAX(worst.vanished, one->vanished);
		worst.partial = MAX(worst.partial, one->partial);
		worst.violations |= one->violations;
	}
	return worst;
}

/* The @n censuses in @snaps as one, and what all of them cost. */
static void put_census(struct exposition *om, const struct view *view,
		       struct snapshot *const *snaps, size_t n)
{
	const struct scan worst = worst_of(snaps, n), *scan = &worst;
	struct amount wall = { true, 0 }, cpu = { true, 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		const struct scan *one = &snaps[i]->scan;

		wall = amount_plus(wall, amount_of(KNOWN(one, MEMCENSUS_SCAN_WALL_NS), one->wall));
		cpu = amount_plus(cpu, amount_of(KNOWN(one, MEMCENSUS_SCAN_CPU_NS), one->cpu));
	}
	if (wall.known)
		put_number(om, "memcensus_census_wall", "seconds",
			   "time that the censuses of this export took", wall.bytes / 1e9);
	if (cpu.known)
		put_number(om, "memcensus_census_cpu", "seconds",
			   "CPU time that the censuses of this export took", cpu.bytes / 1e9);
	put_number(om, "memcensus_censuses", NULL,
		   "censuses of this export: one, and one for each further kind of group", n);
	if (KNOWN(scan, MEMCENSUS_SCAN_REALTIME_NS))
		put_number(om, "memcensus_census_timestamp", "seconds",
			   "start of the census, since 1970", scan->realtime / 1e9);
	put_metric_columns(om, "census", &scan_rows,
			   "lock_hold_max_ns,mms,walked,busy,vanished,partial,kthreads,zombies,ptes,pages,memory,slices,frames,pss,violations",
			   view, rows_of(scan, 1, sizeof(*scan)), NULL);
}

static void put_breakdown(struct exposition *om, const struct snapshot *snap)
{
	static const struct metric metric = {
		.name = "memcensus_memory", .unit = "bytes",
		.help = "parts of MemTotal: the sum of all is memcensus_memory_total_bytes",
	};
	static const struct metric total = {
		.name = "memcensus_memory_total", .unit = "bytes",
		.help = "memory that the kernel manages (MemTotal)",
	};
	const struct breakdown breakdown = breakdown_of(snap);
	const struct amount *row = breakdown.rows;
	struct labels labels;
	unsigned int i;

	exposition_metric(om, &metric);
	for (i = 0; i < BREAKDOWN_ROWS - 1; i++) {
		/* Parts of a row above would count twice in a sum. */
		if (!row[i].known || breakdown_rows[i].of)
			continue;
		labels.n = 0;
		add_text(&labels, "part", breakdown_rows[i].name);
		exposition_signed(om, labels.v, labels.n, row[i].bytes);
	}
	exposition_metric(om, &total);
	if (row[BREAKDOWN_ROWS - 1].known)
		exposition_signed(om, NULL, 0, row[BREAKDOWN_ROWS - 1].bytes);
}

static void put_kswapd(struct exposition *om, const struct view *view)
{
	static const struct metric metric = {
		.name = "memcensus_node_kswapd_running",
		.help = "1 while kswapd of the node reclaims",
	};
	const struct node *node;
	struct labels labels;
	size_t i;

	exposition_metric(om, &metric);
	for (i = 0; i < view->snap->n_nodes; i++) {
		node = &view->snap->nodes[i];
		labels.n = 0;
		if (KNOWN(node, MEMCENSUS_NODE_KSWAPD) && node_labels(view, node, &labels))
			exposition_unsigned(om, labels.v, labels.n,
					    node->kswapd == MEMCENSUS_KSWAPD_RUNNING);
	}
}

/* What /proc/meminfo has and the census has not. */
static void put_meminfo(struct exposition *om, const struct snapshot *snap)
{
	static const struct {
		const char *line;
		struct metric metric;
	} lines[] = {
		{ "SwapTotal", { "memcensus_meminfo_swap_total", "bytes", false,
		  "meminfo: swap, used or not (SwapTotal)" } },
		{ "Slab", { "memcensus_meminfo_slab", "bytes", false,
		  "meminfo: slab, reclaimable or not (Slab)" } },
		{ "CommitLimit", { "memcensus_meminfo_commit_limit", "bytes", false,
		  "meminfo: what overcommit_memory 2 commits to processes (CommitLimit)" } },
		{ "HugePages_Total", { "memcensus_meminfo_hugepages", NULL, false,
		  "meminfo: hugetlb pages of the default size (HugePages_Total)" } },
		{ "HugePages_Free", { "memcensus_meminfo_hugepages_free", NULL, false,
		  "meminfo: hugetlb pages of the default size not in use (HugePages_Free)" } },
		{ "HugePages_Rsvd", { "memcensus_meminfo_hugepages_reserved", NULL, false,
		  "meminfo: free hugetlb pages reserved for mappings (HugePages_Rsvd)" } },
		{ "HugePages_Surp", { "memcensus_meminfo_hugepages_surplus", NULL, false,
		  "meminfo: hugetlb pages beyond the size of the pool (HugePages_Surp)" } },
		{ "Hugepagesize", { "memcensus_meminfo_hugepage_size", "bytes", false,
		  "meminfo: default size of a hugetlb page (Hugepagesize)" } },
		{ "Hugetlb", { "memcensus_meminfo_hugetlb", "bytes", false,
		  "meminfo: hugetlb pages of all sizes (Hugetlb)" } },
		{ "Sockets", { "memcensus_sockets", "bytes", false,
		  "buffers of TCP and UDP sockets (mem of /proc/net/sockstat)" } },
	};
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		for (k = 0; k < snap->n_meminfo; k++)
			if (!strcmp(snap->meminfo[k].name, lines[i].line))
				break;
		/* Without swap or hugetlb pages the kernel may have no such line. */
		if (k == snap->n_meminfo)
			continue;
		exposition_metric(om, &lines[i].metric);
		exposition_unsigned(om, NULL, 0, snap->meminfo[k].value);
	}
}

void metrics_system(struct exposition *om, const struct view *view,
		    struct snapshot *const *snaps, size_t n)
{
	const struct snapshot *snap = view->snap;

	put_info(om, snap);
	if (snap->has_scan)
		put_census(om, view, snaps, n);
	if (snap->has_totals)
		put_breakdown(om, snap);
	put_metric_columns(om, "zone", &zone_rows, NULL, view,
			   rows_in(snap, &zone_rows), zone_labels);
	put_kswapd(om, view);
	put_metric_columns(om, "node", &node_rows, NULL, view,
			   rows_in(snap, &node_rows), node_labels);
	if (!snap->has_totals)
		return;
	put_metric_columns(om, "meminfo", &bytes_rows, NULL, view,
			   rows_of(&snap->totals, 1, sizeof(snap->totals)), NULL);
	put_meminfo(om, snap);
	put_metric_columns(om, "vmstat", &events_rows, NULL, view,
			   rows_of(&snap->totals, 1, sizeof(snap->totals)), NULL);
}

#define SIZES	"uss,pss,frames,rss,swap,swap_uss,hugetlb"
#define CHARGED	"charged,charged_anon,charged_file,charged_shmem,charged_kernel,charged_sock," \
		"charged_hugetlb,charged_rest," \
		"inactive_file,charged_swap,limit,oom_kills,high,high_events,limit_events,"	\
		"dying_cgroups"

/* Of the @n_all groups @all those that contain others, or those that do not: these add up. */
static void put_groups(struct exposition *om, const char *prefix, const struct view *view,
		       const struct group *all, size_t n_all, bool contain, label_fn *label)
{
	struct group *groups = xcalloc(n_all, sizeof(*groups));
	size_t i, n = 0;

	for (i = 0; i < n_all; i++)
		if (all[i].contains == contain)
			groups[n++] = all[i];
	put_metric_columns(om, prefix, &group_rows, SIZES ",mms", view,
			   rows_of(groups, n, sizeof(*groups)), label);
	free(groups);
}

/* Memory of its processes, or charged to it and to those below it, whichever is more. */
static uint64_t size_of_group(const struct group *group)
{
	const struct amount charged = amount_charge(&group->charges, CHARGE_TOTAL);
	const uint64_t pss = KNOWN(&group->figures, MEMCENSUS_F_PSS) ?
			     group->figures.v[MEMCENSUS_F_PSS] : 0;

	return charged.known && (uint64_t)charged.bytes > pss ? (uint64_t)charged.bytes : pss;
}

static int largest_group_first(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return COMPARE(size_of_group(y), size_of_group(x)) ?: COMPARE(x->id, y->id);
}

static int first_group_first(const void *a, const void *b)
{
	return COMPARE(((const struct group *)a)->id, ((const struct group *)b)->id);
}

static size_t exposition_lengths(const struct labels *labels)
{
	size_t text = 0, i;

	for (i = 0; i < labels->n; i++)
		text += exposition_length(labels->v[i].value);
	return text;
}

/*
 * The largest groups, as many as LABELS_MOST and @most allow, in their order, and behind these
 * those that are left out.  The caller frees them.
 */
static struct group *choose_groups(const struct view *view, size_t most, label_fn *label,
				   size_t *n)
{
	const struct snapshot *snap = view->snap;
	struct group *groups = xcalloc(snap->n_groups, sizeof(*groups));
	size_t text = 0, kept;

	memcpy(groups, snap->groups, snap->n_groups * sizeof(*groups));
	qsort(groups, snap->n_groups, sizeof(*groups), largest_group_first);
	for (kept = 0; kept < snap->n_groups && (!most || kept < most); kept++) {
		struct labels labels = { .n = 0 };

		if (label(view, &groups[kept], &labels))
			text += 64 + exposition_lengths(&labels);
		if (text > LABELS_MOST)
			break;
	}
	qsort(groups, kept, sizeof(*groups), first_group_first);
	*n = kept;
	return groups;
}

/*
 * Puts those @groups that contain no others as one into the place of the first, which is not needed
 * any more: their processes are in no other group of the document.  False: there are none.
 */
static bool sum_others(struct group *groups, size_t n)
{
	struct group sum;
	bool any = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (groups[i].contains)
			continue;
		if (any)
			group_add(&sum, &groups[i]);
		else
			sum = groups[i];
		any = true;
	}
	if (!any)
		return false;
	sum.others = true;
	/* Charges are also of those below, so they do not add up. */
	sum.charges.known = 0;
	groups[0] = sum;
	return true;
}

size_t metrics_groups(struct exposition *om, const struct view *view, size_t most,
		      enum called_by by)
{
	label_fn *const label = by ? called_metrics[by].label : group_labels;
	const struct snapshot *snap = view->snap;
	struct labels labels = { .n = 0 };
	const char *prefix;
	struct group *groups;
	bool others;
	size_t n;

	if (!snap->n_groups || !label(view, &snap->groups[0], &labels))
		return 0;
	prefix = by ? called_metrics[by].prefix : labels.v[0].name;
	groups = choose_groups(view, most, label, &n);
	others = most && sum_others(groups + n, snap->n_groups - n);
	put_groups(om, prefix, view, groups, n + others, false, label);
	if (!by && KNOWN(&snap->groups[0], MEMCENSUS_GROUP_CGROUP))
		put_groups(om, "subtree", view, groups, n, true, label);
	if (by || KNOWN(&snap->groups[0], MEMCENSUS_GROUP_CGROUP))
		put_metric_columns(om, prefix, &group_rows, CHARGED, view,
				   rows_of(groups, n, sizeof(*groups)), label);
	free(groups);
	return snap->n_groups - n;
}

void metrics_left_out(struct exposition *om, size_t n)
{
	put_number(om, "memcensus_groups_left_out", NULL,
		   "groups without samples, the smallest: a document does not name more", n);
}

void metrics_tasks(struct exposition *om, const struct view *view, size_t n)
{
	struct task *largest;
	struct listing tasks;
	size_t i;

	listing_fill(&tasks, view, rows_in(view->snap, &task_rows));
	listing_sort(&tasks, &task_rows.figures.columns[MEMCENSUS_F_PSS], true);
	if (n > tasks.n_rows)
		n = tasks.n_rows;
	largest = xcalloc(n, sizeof(*largest));
	for (i = 0; i < n; i++)
		memcpy(&largest[i], tasks.rows[i], sizeof(*largest));
	put_metric_columns(om, "process", &task_rows, SIZES, view,
			   rows_of(largest, n, sizeof(*largest)), task_labels);
	free(largest);
	listing_free(&tasks);
}
