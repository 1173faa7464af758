// SPDX-License-Identifier: GPL-2.0
/* What changed from one census to another. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/cgroup-columns.h"
#include "model/cgroup-tree.h"
#include "os/names.h"
#include "report/changes.h"
#include "report/figures.h"

/* ns; within one boot, the clock is assumed to be adjusted by less than this. */
#define SAME_BOOT	60000000000ULL

/* The figures that are compared. */
static const unsigned int compared[] = {
	MEMCENSUS_F_PSS, MEMCENSUS_F_USS, MEMCENSUS_F_RSS, MEMCENSUS_F_SWAP,
};

static const char *const words[] = {
	[DIFF_UNKNOWN] = "unknown",
	[DIFF_SAME] = "same",
	[DIFF_NEW] = "new",
	[DIFF_GONE] = "gone",
	[DIFF_GROWN] = "grown",
	[DIFF_SHRUNK] = "shrunk",
	[DIFF_CHANGED] = "changed",
	[DIFF_MOVED] = "moved",
};

const struct task *change_task(const struct change *row)
{
	return row->after ? row->after : row->before;
}

/* The figure in one census; 0 if the process is not in it. */
static struct amount figure_of_task(const struct task *task, unsigned int number)
{
	struct amount amount = { true, 0 };

	if (task)
		amount = amount_figure(&task->figures, number);
	amount.known &= amount.bytes >= 0;
	return amount;
}

/* Whether it may not have left the cgroup that was selected, or joined it. */
static bool is_unplaced(const struct change *row)
{
	return row->outside && task_is_unplaced(row->outside);
}

static struct amount figure_delta(const struct change *row, unsigned int number)
{
	struct amount delta = amount_minus(figure_of_task(row->after, number),
					   figure_of_task(row->before, number));

	delta.known &= !is_unplaced(row);
	return delta;
}

static enum diff_change diff_change(const struct change *row)
{
	struct amount change;
	size_t i;

	if (row->outside)
		return is_unplaced(row) ? DIFF_UNKNOWN : DIFF_MOVED;
	if (!row->before)
		return DIFF_NEW;
	if (!row->after)
		return DIFF_GONE;
	for (i = 0; i < ARRAY_SIZE(compared); i++) {
		change = figure_delta(row, compared[i]);
		if (!change.known)
			return DIFF_UNKNOWN;
		if (!change.bytes)
			continue;
		if (compared[i] != MEMCENSUS_F_PSS)
			return DIFF_CHANGED;
		return change.bytes > 0 ? DIFF_GROWN : DIFF_SHRUNK;
	}
	return DIFF_SAME;
}

/* Shares of a page differ by a few bytes where another process comes or goes. */
static bool tells(struct amount change)
{
	return !change.known || llabs(change.bytes) >= 1024;
}

bool change_tells(const void *unused, const void *untyped)
{
	const struct change *row = untyped;
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(compared); i++)
		if (tells(figure_delta(row, compared[i])))
			return true;
	return diff_change(row) < DIFF_GROWN || diff_change(row) == DIFF_MOVED;
}

DERIVED(get_change, change, number, diff_change(row), true)
DERIVED(get_pid, change, number, change_task(row)->pid,
	KNOWN(change_task(row), MEMCENSUS_TASK_PID))
DERIVED(get_start, change, number, change_task(row)->start,
	KNOWN(change_task(row), MEMCENSUS_TASK_START_NS))
DERIVED(get_comm, change, text, change_task(row)->comm,
	KNOWN(change_task(row), MEMCENSUS_TASK_COMM))

/* The name of a user or cgroup in the census @snap; false if it is not @known. */
static bool name_in(const struct view *view, const struct snapshot *snap, enum name_kind kind,
		    bool known, uint64_t id, struct value *value)
{
	const struct view names = { .snap = snap, .numeric = view->numeric };

	value->text = known ? view_name(&names, kind, id) : NULL;
	return value->text;
}

COMPUTED(get_user, change,
	 name_in(view, row->snap, NAME_USER, KNOWN(change_task(row), MEMCENSUS_TASK_UID),
		 change_task(row)->uid, value))
COMPUTED(get_cgroup, change,
	 name_in(view, row->snap, NAME_CGROUP, KNOWN(change_task(row), MEMCENSUS_TASK_CGROUP),
		 change_task(row)->cgroup, value))

/* What a cgroup is called in the census @snap. */
static bool called_in(const struct view *view, const struct snapshot *snap, bool known, uint64_t id,
		      struct value *value)
{
	const struct view names = { .snap = snap, .numeric = view->numeric };

	value->text = view_called(&names, known, id);
	return value->text;
}

COMPUTED(get_called, change,
	 called_in(view, row->snap, KNOWN(change_task(row), MEMCENSUS_TASK_CGROUP),
		   change_task(row)->cgroup, value))

static bool is_within(const struct changes *changes, const struct snapshot *snap, uint64_t cgroup)
{
	const struct view view = { .snap = snap };
	const char *path = changes->within ? name_of_cgroup(&view, cgroup) : NULL;

	return !changes->within || (path && cgroup_path_within(path, changes->within));
}

bool change_is_within(const void *changes, const void *row)
{
	const struct change *change = row;
	const struct task *task = change_task(change);

	return KNOWN(task, MEMCENSUS_TASK_CGROUP) ?
	       is_within(changes, change->snap, task->cgroup) :
	       !((const struct changes *)changes)->within;
}

/* With swap: who grows into swap has grown. */
DERIVED(get_size, change, number,
	llabs(figure_delta(row, MEMCENSUS_F_PSS).bytes + figure_delta(row, MEMCENSUS_F_SWAP).bytes),
	figure_delta(row, MEMCENSUS_F_PSS).known && figure_delta(row, MEMCENSUS_F_SWAP).known)

COMPUTED(get_delta, change, value_amount(value, figure_delta(row, column->number)))
COMPUTED(get_before, change,
	 value_amount(value, figure_of_task(row->before, column->number)) && row->before)
COMPUTED(get_after, change,
	 value_amount(value, figure_of_task(row->after, column->number)) && row->after)

#define BYTES(name, header, help, get, num)				\
	{ name, header, help, .kind = KIND_BYTES, .sign = true,		\
	  .total = TOTAL_SUM, .derive = get, .number = MEMCENSUS_F_##num }
#define THREE(name, header, what, num)						\
	BYTES(name, header, "change of its " what, get_delta, num),		\
	BYTES(name "_before", header "Was", what " in the first census", get_before, num), \
	BYTES(name "_after", header "Is", what " in the second census", get_after, num)

static const struct column change_columns[] = {
	{ "pid", "PID", "process that owns the address space",
	  .kind = KIND_ID, .total = TOTAL_ROWS, .derive = get_pid },
	{ "user", "User", "name of the effective user", .kind = KIND_TEXT,
	  .total = TOTAL_DISTINCT, .derive = get_user },
	{ "comm", "Command", "command name", .kind = KIND_TEXT, .derive = get_comm },
	{ "start_ns", "Start", "start time", .kind = KIND_SINCE_BOOT,
	  .derive = get_start },
	{ "change", "Change",
	  "new, gone, moved, grown or shrunk (PSS), changed, unknown",
	  .kind = KIND_WORD, .words = words, .n_words = ARRAY_SIZE(words),
	  .derive = get_change },
	THREE("swap", "Swap", "swap", SWAP),
	THREE("uss", "USS", "USS", USS),
	THREE("pss", "PSS", "PSS", PSS),
	THREE("rss", "RSS", "RSS", RSS),
	{ "size", "Size", "absolute change of PSS and swap",
	  .kind = KIND_BYTES, .derive = get_size },
	{ "cgroup_path", "CgroupPath", "path of its cgroup in the default hierarchy",
	  .kind = KIND_TEXT, .derive = get_cgroup },
	{ "cgroup_name", "CgroupName", "name of its cgroup: unit, container or pod",
	  .kind = KIND_TEXT, .derive = get_called },
};

const struct row_type change_rows = ROWS_OF("change", change_columns);

/* Ends with a NULL; has also those that are outside of the cgroup that was selected. */
static const struct task **sort_tasks(const struct snapshot *snap)
{
	const struct task **sorted = xcalloc(snap->n_tasks + snap->n_outside + 1, sizeof(*sorted));
	size_t n = 0, i;

	for (i = 0; i < snap->n_tasks; i++)
		sorted[n++] = &snap->tasks[i];
	for (i = 0; i < snap->n_outside; i++)
		sorted[n++] = &snap->outside[i];
	qsort(sorted, n, sizeof(*sorted), task_compare);
	return sorted;
}

static bool is_outside(const struct snapshot *snap, const struct task *task)
{
	return task >= snap->outside && task < snap->outside + snap->n_outside;
}

/* Whether only its PID says which process it is, as of a peer of one outside of the namespace. */
static bool has_only_pid(const struct task *task)
{
	return task_is_unplaced(task) && !KNOWN(task, MEMCENSUS_TASK_START_NS);
}

/* Of two censuses: 0: taken as the same process. */
static int compare_both(const struct task *const *before, const struct task *const *after)
{
	if ((*before)->pid == (*after)->pid && (has_only_pid(*before) || has_only_pid(*after)))
		return 0;
	return task_compare(before, after);
}

/* @before or @after may be NULL. */
static void add_row(struct changes *changes, const struct task *before, const struct task *after)
{
	const struct task *outside = NULL;
	struct change *row;

	if (before && is_outside(changes->before, before)) {
		outside = before;
		before = NULL;
	}
	if (after && is_outside(changes->after, after)) {
		outside = after;
		after = NULL;
	}
	if (!before && !after)
		return;
	changes->rows = array_grow(changes->rows, changes->n_rows, sizeof(*row));
	row = &changes->rows[changes->n_rows];
	*row = (struct change){
		.before = before,
		.after = after,
		.outside = outside && !task_is_gone(outside) ? outside : NULL,
		.snap = after ? changes->after : changes->before,
	};
	changes->n_rows += diff_change(row) != DIFF_SAME;
}

void changes_find(struct changes *changes)
{
	const struct task **before = sort_tasks(changes->before);
	const struct task **after = sort_tasks(changes->after);
	const struct snapshot *a = changes->before, *b = changes->after;
	size_t i = 0, k = 0;
	int order;

	if (changes->any_order && a->scan.realtime > b->scan.realtime)
		changes->two_boots = !changes_one_boot(b, a);
	else
		changes->two_boots = !changes_one_boot(a, b);
	while (before[i] || after[k]) {
		if (!before[i] || !after[k] || changes->two_boots)
			order = before[i] ? -1 : 1;
		else
			order = compare_both(&before[i], &after[k]);
		add_row(changes, order <= 0 ? before[i] : NULL,
			order >= 0 ? after[k] : NULL);
		i += order <= 0;
		k += order >= 0;
	}
	free(before);
	free(after);
}

void changes_free(struct changes *changes)
{
	free(changes->rows);
	changes->rows = NULL;
	changes->n_rows = 0;
}

/* The boot time by the machine's clock, ns since 1970. */
static uint64_t booted(const struct snapshot *snap)
{
	return snap->scan.realtime - snap->scan.boottime;
}

bool changes_in_boot(const struct snapshot *snap, uint64_t realtime, uint64_t boottime)
{
	/* A machine may boot again within the minute. */
	const bool again = realtime > snap->scan.realtime && boottime < snap->scan.boottime;

	return !again && booted(snap) - (realtime - boottime) + SAME_BOOT <= 2 * SAME_BOOT;
}

/*
 * Whether a process has the same PID and start time only if it is the same.  PID 1 starts before
 * the kernel has a fine clock, in each boot of a machine at about the same time.
 */
static bool is_identified(const struct task *task)
{
	return KNOWN(task, MEMCENSUS_TASK_PID) && KNOWN(task, MEMCENSUS_TASK_START_NS) &&
	       task->pid != 1;
}

static bool have_one_process(const struct snapshot *a, const struct snapshot *b)
{
	const struct task **of_a = sort_tasks(a), **of_b = sort_tasks(b);
	bool found = false;
	size_t i = 0, k = 0;
	int order;

	while (!found && of_a[i] && of_b[k]) {
		order = task_compare(&of_a[i], &of_b[k]);
		found = !order && is_identified(of_a[i]) && is_identified(of_b[k]);
		i += order <= 0;
		k += order >= 0;
	}
	free(of_a);
	free(of_b);
	return found;
}

bool changes_one_boot(const struct snapshot *a, const struct snapshot *b)
{
	/* The clock may have been set between them, but no process survives a reboot. */
	return changes_in_boot(a, b->scan.realtime, b->scan.boottime) || have_one_process(a, b);
}

/* Cgroups */

COMPUTED(get_name, cgroup_change, called_in(view, row->snap, true, row->id, value))
COMPUTED(get_path, cgroup_change, name_in(view, row->snap, NAME_CGROUP, true, row->id, value))

#define CGROUP(name, header, help)	MEMBER_AMOUNT(cgroup_change, #name, header, name, help)

static const struct column cgroup_columns[] = {
	MEMBER(cgroup_change, "cgroup", "Cgroup", id, ID, "its ID"),
	{ "cgroup_path", "CgroupPath", "its path", .kind = KIND_TEXT, .derive = get_path },
	{ "cgroup_name", "CgroupName", "its name: unit, container or pod", .kind = KIND_TEXT,
	  .derive = get_name },
	CGROUP(before, "Was", "PSS and swap of its processes in the first census"),
	CGROUP(after, "Is", "the same in the second census"),
	CGROUP(growth, "Change", "change of PSS and swap"),
	CGROUP(charged_before, "ChargedWas", "charged in the first census"),
	CGROUP(charged_after, "ChargedIs", "charged in the second census"),
	CGROUP(charged_growth, "ChargedChange", "change of what is charged"),
};

const struct row_type cgroup_change_rows = ROWS_OF("change of a cgroup", cgroup_columns);

/* The cgroup @id of @snap; it has no memory yet. */
static struct cgroup_change cgroup_of(const struct changes *changes, const struct snapshot *snap,
				      uint64_t id)
{
	const struct view view = { .snap = snap };
	const char *path = changes->two_boots ? name_of_cgroup(&view, id) : NULL;

	return (struct cgroup_change){
		.id = id,
		.snap = snap,
		/* Without a path its name is its ID. */
		.path = path && *path == '/' ? path : NULL,
		.rebooted = changes->two_boots && snap == changes->after,
		.before = { true, 0 },
		.after = { true, 0 },
	};
}

/* Each boot numbers cgroups anew: of two, those with one path are one. */
static int compare_cgroups(const void *untyped_a, const void *untyped_b)
{
	const struct cgroup_change *a = untyped_a, *b = untyped_b;

	if (a->path && b->path)
		return strcmp(a->path, b->path);
	return COMPARE(!a->path, !b->path) ?: COMPARE(a->rebooted, b->rebooted) ?:
	       COMPARE(a->id, b->id);
}

/* @key in the first @n of @v, which are sorted; NULL: it is not there. */
static struct cgroup_change *find_change(struct cgroup_change *v, size_t n,
					 const struct cgroup_change *key)
{
	return n ? bsearch(key, v, n, sizeof(*v), compare_cgroups) : NULL;
}

static bool has_cgroup(const struct task *task, uint64_t *id)
{
	*id = task->cgroup;
	return KNOWN(task, MEMCENSUS_TASK_CGROUP);
}

/* Charges are of a cgroup and those below it, not of its own processes. */
static bool is_charged(const struct group *group, uint64_t *id)
{
	*id = group->cgroup;
	return KNOWN(group, MEMCENSUS_GROUP_CGROUP) && !group->own &&
	       KNOWN(&group->charges, CHARGE_TOTAL);
}

/* Whether @snap has what cgroups are charged: then one that is not in it did not exist. */
static bool has_charges(const struct snapshot *snap)
{
	uint64_t ignored;
	size_t i;

	for (i = 0; i < snap->n_groups; i++)
		if (is_charged(&snap->groups[i], &ignored))
			return true;
	return false;
}

/* Adds the cgroups of @snap that are not there. */
static struct cgroup_change *add_cgroups(const struct changes *changes, struct cgroup_change *v,
					 size_t *n, const struct snapshot *snap)
{
	const size_t old = *n;
	struct cgroup_change cgroup;
	uint64_t id = 0;
	size_t i, kept = 0;
	bool known;

	for (i = 0; i < snap->n_tasks + snap->n_groups; i++) {
		/* Those that only have charges too: a tmpfs may be all that they have. */
		known = i < snap->n_tasks ? has_cgroup(&snap->tasks[i], &id) :
			is_charged(&snap->groups[i - snap->n_tasks], &id);
		if (!known)
			continue;
		cgroup = cgroup_of(changes, snap, id);
		if (find_change(v, old, &cgroup))
			continue;
		v = array_grow(v, *n, sizeof(*v));
		v[(*n)++] = cgroup;
	}
	if (*n)
		qsort(v, *n, sizeof(*v), compare_cgroups);
	for (i = 0; i < *n; i++)
		if (!kept || compare_cgroups(&v[kept - 1], &v[i]))
			v[kept++] = v[i];
	*n = kept;
	return v;
}

static void add_memory(const struct changes *changes, struct cgroup_change *v, size_t n,
		       const struct snapshot *snap)
{
	const bool after = snap == changes->after;
	struct cgroup_change *cgroup, key;
	struct amount *sum;
	uint64_t id = 0;
	size_t i;

	for (i = 0; i < snap->n_tasks; i++) {
		const struct task *task = &snap->tasks[i];

		if (!KNOWN(task, MEMCENSUS_TASK_CGROUP))
			continue;
		key = cgroup_of(changes, snap, task->cgroup);
		cgroup = find_change(v, n, &key);
		sum = after ? &cgroup->after : &cgroup->before;
		cgroup->was |= !after;
		cgroup->id = key.id;
		cgroup->snap = snap;
		*sum = amount_plus(*sum, amount_plus(figure_of_task(task, MEMCENSUS_F_PSS),
						     figure_of_task(task, MEMCENSUS_F_SWAP)));
	}
	for (i = 0; i < snap->n_groups; i++) {
		const struct group *group = &snap->groups[i];

		if (!is_charged(group, &id))
			continue;
		key = cgroup_of(changes, snap, id);
		cgroup = find_change(v, n, &key);
		if (!cgroup)
			continue;
		sum = after ? &cgroup->charged_after : &cgroup->charged_before;
		cgroup->was |= !after;
		*sum = amount_charge(&group->charges, CHARGE_TOTAL);
	}
}

/* The larger one of the two growths that are known. */
static struct amount most_grown(const struct cgroup_change *row)
{
	const struct amount charged = row->charged_growth;

	return charged.known && (!row->growth.known || charged.bytes > row->growth.bytes) ?
	       charged : row->growth;
}

static int most_first(const void *a, const void *b)
{
	const struct amount x = most_grown(a), y = most_grown(b);

	if (x.known != y.known)
		return x.known ? -1 : 1;
	return COMPARE(y.bytes, x.bytes);
}

/* Those that grew most, in memory or in what is charged, first. */
static struct cgroup_change *changes_of_cgroups(const struct changes *changes, size_t *n)
{
	struct cgroup_change *v = NULL, *row;
	size_t i, kept = 0;

	*n = 0;
	v = add_cgroups(changes, v, n, changes->before);
	v = add_cgroups(changes, v, n, changes->after);
	add_memory(changes, v, *n, changes->before);
	add_memory(changes, v, *n, changes->after);
	for (row = v; row < v + *n; row++) {
		/* A removed one may still be charged for what it had, or the one above it. */
		if (!row->was && has_charges(changes->before))
			row->charged_before = (struct amount){ true, 0 };
		row->growth = amount_minus(row->after, row->before);
		row->charged_growth = amount_minus(row->charged_after, row->charged_before);
	}
	for (i = 0; i < *n; i++)
		if (is_within(changes, v[i].snap, v[i].id))
			v[kept++] = v[i];
	*n = kept;
	if (*n)
		qsort(v, *n, sizeof(*v), most_first);
	return v;
}

static bool has_changed(const void *about, const void *row)
{
	const struct amount *amounts = ((const struct figure_row *)row)->amounts;

	(void)about;
	return amounts[0].known && amounts[1].known && amounts[0].bytes != amounts[1].bytes;
}

static bool cgroup_has_changed(const void *about, const void *row)
{
	const struct cgroup_change *cgroup = row;

	(void)about;
	return tells(cgroup->growth) ||
	       (cgroup->charged_growth.known && tells(cgroup->charged_growth)) ||
	       (cgroup->charged_before.known && !cgroup->charged_after.known &&
		tells(cgroup->charged_before));
}

void changes_report(const struct changes *changes, size_t most, struct report *report)
{
	const bool json = report->options->json;
	size_t n_cgroups;
	struct cgroup_change *cgroups = changes_of_cgroups(changes, &n_cgroups);
	const struct column_set *set = &bytes_rows.figures;
	const struct figures *const both[] = {
		&changes->before->totals.bytes, &changes->after->totals.bytes,
	};
	struct figure_row *rows = figure_rows_of(set, both, 2);

	REPORT(report,
	       { "cgroups", .type = &cgroup_change_rows, .backwards = !json,
		 .title =
			"Cgroups: PSS and swap of their processes, and what is charged, with those below",
		 .columns =
			 "?before ?after growth ?charged_before ?charged_after ?charged_growth cgroup_name",
		 .members =
			 "cgroup cgroup_path cgroup_name before after growth charged_before charged_after",
		 .rows = ROWS(cgroups, most && most < n_cgroups ? most : n_cgroups),
		 .filter = json ? NULL : cgroup_has_changed });
	if (!changes->within)
		REPORT(report,
		       { "system", SECTION_KEYED, .title = "The whole system",
			 .type = &figure_rows, .members = "figure change",
			 .columns = "figure=Figure 0=Was 1=Is change kernel",
			 .rows = ROWS(rows, set->n), .filter = json ? NULL : has_changed });
	free(cgroups);
	free(rows);
}
