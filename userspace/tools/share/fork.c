// SPDX-License-Identifier: GPL-2.0
/* memcensus share --fork: what relatives still share by fork, and what that can cost. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "model/amount.h"
#include "os/process.h"
#include "report/interval.h"
#include "report/report.h"
#include "report/warnings.h"
#include "tools/share/fork.h"

/*
 * A page of n owners costs n - 1 copies if all of them write to it.  PSS has 1/n of it for
 * each owner, so the part of an owner in these copies is what its PSS lacks of the page.
 */
static struct amount most_of(const struct task *task)
{
	return amount_minus(amount_figure(&task->figures, MEMCENSUS_F_ANON),
			    amount_figure(&task->figures, MEMCENSUS_F_PSS_ANON));
}

static struct amount own_of(const struct task *task)
{
	return amount_figure(&task->figures, MEMCENSUS_F_USS_ANON);
}

static struct amount shared_of(const struct task *task)
{
	return amount_minus(amount_figure(&task->figures, MEMCENSUS_F_ANON), own_of(task));
}

/* How much @before is more than @now, for each second. */
static struct amount rate_of(struct amount before, struct amount now, double seconds)
{
	struct amount rate = amount_minus(before, now);

	rate.known &= seconds > 0;
	if (rate.known)
		rate.bytes = (int64_t)(rate.bytes / seconds);
	return rate;
}

/**
 * struct relative - a process, among its relatives
 * @task: in the last census
 * @before: in the first one; NULL: there is none to compare with
 * @seconds: between the two
 */
struct relative {
	const struct task *task;
	const struct task *before;
	double seconds;
};

static struct amount unshared_of(const struct relative *row)
{
	const struct amount none = { false, 0 };

	return row->before ? rate_of(shared_of(row->before), shared_of(row->task), row->seconds) :
			     none;
}

#define AMOUNT_OF(name, amount)							\
	DERIVED(relative_##name, relative, sign, (amount).bytes, (amount).known)

DERIVED(relative_pid, relative, number, row->task->pid, KNOWN(row->task, MEMCENSUS_TASK_PID))
DERIVED(relative_ppid, relative, number, row->task->ppid, KNOWN(row->task, MEMCENSUS_TASK_PPID))
DERIVED(relative_comm, relative, text, row->task->comm, KNOWN(row->task, MEMCENSUS_TASK_COMM))
AMOUNT_OF(anon, amount_figure(&row->task->figures, MEMCENSUS_F_ANON))
AMOUNT_OF(own, own_of(row->task))
AMOUNT_OF(shared, shared_of(row->task))
AMOUNT_OF(most, most_of(row->task))
AMOUNT_OF(unshared, unshared_of(row))

#define BYTES_OF(name_, header_, total_, help_)					\
	{ #name_, header_, help_, .kind = KIND_BYTES, .sign = true,		\
	  .total = total_, .derive = relative_##name_ }

static const struct column relative_columns[] = {
	{ "pid", "PID", "process", .kind = KIND_ID, .total = TOTAL_ROWS, .derive = relative_pid },
	{ "ppid", "PPID", "its parent", .kind = KIND_ID, .derive = relative_ppid },
	{ "comm", "Command", "command name", .kind = KIND_TEXT, .derive = relative_comm },
	BYTES_OF(anon, "Anon", TOTAL_NONE, "anonymous memory that it maps"),
	BYTES_OF(own, "Own", TOTAL_SUM, "anonymous memory that is exclusive to the process"),
	/* Each of them has it. */
	BYTES_OF(shared, "Shared", TOTAL_NONE,
		 "anonymous memory that others have too: by fork, or merged by KSM"),
	BYTES_OF(most, "Most", TOTAL_SUM,
		 "its part of the copies if all owners write to all of that"),
	{ "unshared_per_second", "Unshared/s", "by how much shared shrank, each second",
	  .kind = KIND_BYTES, .sign = true, .derive = relative_unshared },
};

const struct row_type relative_rows = ROWS_OF("relative", relative_columns);

/* struct relatives - a process and its descendants; the columns describe the amounts */
struct relatives {
	uint64_t processes;
	uint64_t mms;
	struct amount own;
	struct amount shared;
	struct amount most;
	struct amount unshared;
	struct amount copied;
};

#define NUMBER(name, help)	MEMBER(relatives, #name, NULL, name, COUNT, help)
#define BYTES(name, of, help)	MEMBER_AMOUNT(relatives, name, NULL, of, help)

static const struct column relatives_columns[] = {
	NUMBER(processes, "the process and its descendants"),
	NUMBER(mms, "their address spaces"),
	BYTES("own", own, "anonymous memory that only one of them has"),
	BYTES("shared", shared, "anonymous memory that several of them map, and no other; once"),
	BYTES("most", most, "cost at most: the copies if all write to all that is shared"),
	BYTES("unshared_per_second", unshared, "by how much shared shrank, each second"),
	BYTES("copied_per_second", copied, "by how much the most shrank: copied, or unmapped"),
};

const struct row_type relatives_rows = ROWS_OF("relatives", relatives_columns);

/* Fills @found with process @root and all its descendants. */
static int find_relatives(struct ids *found, uint64_t root, struct failure *why)
{
	if (process_trees(found, &root, 1, why))
		return -1;
	if (found->n == 1)
		return fail(why, FAIL_NO_PROCESS,
			    "process %" PRIu64 " has no child: name the parent, perhaps %" PRIu32,
			    root, process_parent((uint32_t)root));
	if (found->n > MEMCENSUS_PIDS_MAX)
		return fail(why, FAIL_USAGE,
			    "the process has too many descendants, %zu with itself: at most %d",
			    found->n, MEMCENSUS_PIDS_MAX);
	return 0;
}

/* Takes a census of the relatives that there are now. */
static enum taken take_with_relatives(struct session *session, struct snapshot **snap,
				      struct failure *why)
{
	struct ids pids = { NULL, 0 };
	enum taken taken = TAKE_FAILED;

	if (!find_relatives(&pids, process_of(session->options->pids[0]), why)) {
		session->request.pids = (struct numbers){ pids.n, pids.v };
		taken = session_take(session, snap, why);
		session->request.pids.n = 0;
	}
	ids_free(&pids);
	if (taken == TAKE_DONE)
		snapshot_drop_gone(*snap);
	return taken;
}

/* The process of @task in @snap; NULL: it was not there, or its PID was that of another. */
static const struct task *same_of(const struct snapshot *snap, const struct task *task)
{
	const struct task *same = task_of(snap, task->pid);

	return same && same->start == task->start ? same : NULL;
}

/* Are both censuses of the same processes? */
static bool same_relatives(const struct snapshot *before, const struct snapshot *now)
{
	size_t i;

	if (before->n_tasks != now->n_tasks)
		return false;
	for (i = 0; i < now->n_tasks; i++)
		if (!same_of(before, &now->tasks[i]))
			return false;
	return true;
}

/* Are all amounts known, and not only lower bounds? */
static bool is_whole(const struct snapshot *snap)
{
	size_t i;

	for (i = 0; i < snap->n_tasks; i++)
		if (task_is_unseen(&snap->tasks[i]))
			return false;
	return !snap->torn;
}

/* Amounts of all of them at one time. */
static void sum_up_relatives(const struct snapshot *snap, struct relatives *sum)
{
	const struct figures none = { 0 };
	const struct figures *group = snap->n_groups ? &snap->groups[0].figures : &none;
	const uint64_t page = snap->info.page_size;
	size_t i;

	*sum = (struct relatives){
		.own = { true, 0 }, .most = { true, 0 },
		.mms = snap->n_tasks,
	};
	for (i = 0; i < snap->n_tasks; i++) {
		const struct task *task = &snap->tasks[i];

		sum->own = amount_plus(sum->own, own_of(task));
		sum->most = amount_plus(sum->most, most_of(task));
		sum->processes += 1 + (KNOWN(task, MEMCENSUS_TASK_NR_PEERS) ? task->nr_peers : 0);
	}
	/* Each PSS is rounded down to bytes. */
	if (page)
		sum->most.bytes -= sum->most.bytes % (int64_t)page;
	sum->shared = amount_minus(amount_figure(group, MEMCENSUS_F_USS_ANON), sum->own);
}

/* @before: NULL: there is one census only, so no rate */
static void show_fork(struct session *session, const struct snapshot *before,
		      const struct snapshot *now)
{
	const double seconds = before ? interval_seconds(before, now) : 0;
	const bool was_whole = before && is_whole(before), whole = was_whole && is_whole(now);
	const bool same = before && same_relatives(before, now), rates = same && whole;
	struct relative *members = xcalloc(now->n_tasks + 1, sizeof(*members));
	struct relatives sum, was;
	struct report report;
	size_t i;

	sum_up_relatives(now, &sum);
	for (i = 0; i < now->n_tasks; i++)
		members[i] = (struct relative){
			&now->tasks[i], rates ? same_of(before, &now->tasks[i]) : NULL, seconds };
	if (rates) {
		sum_up_relatives(before, &was);
		sum.unshared = rate_of(was.shared, sum.shared, seconds);
		sum.copied = rate_of(was.most, sum.most, seconds);
	}
	report_begin(&report, session->options, now, session->out);
	report_window(&report, before, now);
	REPORT(&report,
	       { "family", .shape = SECTION_OBJECT, .type = &relatives_rows, .described = true,
		 .rows = ONE_ROW(&sum) },
	       { "members", .title = "Its processes", .chosen = true,
		 .rows = ROWS(members, now->n_tasks) });
	report_end(&report);
	fflush(session->out);
	if (before && !same)
		fprintf(stderr, "memcensus: no rates: %s\n",
			"descendants started or ended in the interval");
	else if (before && !whole)
		fprintf(stderr, "memcensus: no rates: %s\n",
			"one of the two censuses is partial");
	if (before && !was_whole)
		session->partial |= warnings_print(stderr, before);
	session->partial |= warnings_print(stderr, now);
	free(members);
}

int fork_run(struct session *session, struct failure *why)
{
	struct snapshot *first = NULL, *second = NULL;
	enum taken taken;

	session->request.parts = MEMCENSUS_PART_TASKS;
	session->request.group_by = MEMCENSUS_BY_PIDS;
	session->request.basis = MEMCENSUS_BASIS_FRAMES;
	taken = take_with_relatives(session, &first, why);
	if (taken == TAKE_DONE &&
	    signals_sleep_until(signals_now() + session->options->interval))
		taken = take_with_relatives(session, &second, why);
	if (taken != TAKE_FAILED && first)
		show_fork(session, second ? first : NULL, second ? second : first);
	snapshot_free(first);
	snapshot_free(second);
	return taken == TAKE_FAILED ? -1 : 0;
}
