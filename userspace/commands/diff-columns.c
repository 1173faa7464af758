// SPDX-License-Identifier: GPL-2.0
/* The columns of 'diff'. */
#include <stdlib.h>

#include "commands/diff.h"
#include "host/names.h"
#include "model/columns.h"

/* The figures that are compared. */
static const unsigned int compared[] = {
	MEMCENSUS_F_PSS, MEMCENSUS_F_USS, MEMCENSUS_F_RSS, MEMCENSUS_F_SWAP,
};

static const char *const changes[] = {
	[DIFF_UNKNOWN] = "unknown",
	[DIFF_SAME] = "same",
	[DIFF_NEW] = "new",
	[DIFF_GONE] = "gone",
	[DIFF_GROWN] = "grown",
	[DIFF_SHRUNK] = "shrunk",
	[DIFF_CHANGED] = "changed",
};

static const struct task *either(const struct diff_row *row)
{
	return row->after ? row->after : row->before;
}

/* The figure in one census; 0 if the process is not in it.  False: unknown. */
static bool figure(const struct task *task, unsigned int number, int64_t *bytes)
{
	*bytes = task ? (int64_t)task->figures.v[number] : 0;
	return !task || (KNOWN(&task->figures, number) && *bytes >= 0);
}

static bool delta(const struct diff_row *row, unsigned int number, int64_t *bytes)
{
	int64_t before, after;

	if (!figure(row->before, number, &before) || !figure(row->after, number, &after))
		return false;
	*bytes = after - before;
	return row->same_basis || number == MEMCENSUS_F_RSS || number == MEMCENSUS_F_SWAP;
}

enum diff_change diff_change(const struct diff_row *row)
{
	int64_t bytes;
	size_t i;

	if (!row->before)
		return DIFF_NEW;
	if (!row->after)
		return DIFF_GONE;
	for (i = 0; i < ARRAY_SIZE(compared); i++) {
		if (!delta(row, compared[i], &bytes))
			return DIFF_UNKNOWN;
		if (!bytes)
			continue;
		if (compared[i] != MEMCENSUS_F_PSS)
			return DIFF_CHANGED;
		return bytes > 0 ? DIFF_GROWN : DIFF_SHRUNK;
	}
	return DIFF_SAME;
}

DERIVED(get_change, diff_row, number, diff_change(row), true)
DERIVED(get_pid, diff_row, number, either(row)->pid, KNOWN(either(row), MEMCENSUS_TASK_PID))
DERIVED(get_start, diff_row, number, either(row)->start,
	KNOWN(either(row), MEMCENSUS_TASK_START_NS))
DERIVED(get_comm, diff_row, text, either(row)->comm, KNOWN(either(row), MEMCENSUS_TASK_COMM))

static bool get_user(const struct view *view, const void *record,
		     struct value *value)
{
	const struct diff_row *row = record;
	const struct view names = { .snap = row->snap, .numeric = view->numeric };
	const struct task *task = either(row);

	if (!KNOWN(task, MEMCENSUS_TASK_UID))
		return false;
	value->text = name_of_user(&names, task->uid);
	return true;
}

static bool get_size(const struct view *view, const void *record,
		     struct value *value)
{
	int64_t bytes = 0;
	bool known = delta(record, MEMCENSUS_F_PSS, &bytes);

	(void)view;
	value->number = llabs(bytes);
	return known;
}

#define FIGURE(name, num)						\
static bool get_##name(const struct view *view, const void *record,	\
		       struct value *value)				\
{									\
	(void)view;							\
	return delta(record, MEMCENSUS_F_##num, &value->sign);		\
}									\
									\
static bool get_##name##_before(const struct view *view, const void *record, \
				struct value *value)			\
{									\
	const struct diff_row *row = record;				\
									\
	(void)view;							\
	return row->before && figure(row->before, MEMCENSUS_F_##num, &value->sign); \
}									\
									\
static bool get_##name##_after(const struct view *view, const void *record, \
			       struct value *value)			\
{									\
	const struct diff_row *row = record;				\
									\
	(void)view;							\
	return row->after && figure(row->after, MEMCENSUS_F_##num, &value->sign); \
}

FIGURE(swap, SWAP)
FIGURE(uss, USS)
FIGURE(pss, PSS)
FIGURE(rss, RSS)

#define BYTES(name, header, help, get)					\
	{ name, header, help, .kind = KIND_BYTES, .sign = true,		\
	  .total = TOTAL_SUM, .derive = get }
#define THREE(name, header, what)					\
	BYTES(#name, header, "change of its " what, get_##name), \
	BYTES(#name "_before", header "Was", what " in the first census", get_##name##_before), \
	BYTES(#name "_after", header "Is", what " in the second census", get_##name##_after)

static const struct column diff_columns[] = {
	{ "pid", "PID", "first process started in the address space",
	  .kind = KIND_ID, .total = TOTAL_ROWS, .derive = get_pid },
	{ "user", "User", "name of the effective user", .kind = KIND_TEXT,
	  .total = TOTAL_DISTINCT, .derive = get_user },
	{ "comm", "Command", "command name", .kind = KIND_TEXT, .derive = get_comm },
	{ "start", "Start", "start time", .kind = KIND_SINCE_BOOT,
	  .derive = get_start },
	{ "change", "Change",
	  "new, gone, grown or shrunk (PSS), changed, unknown",
	  .kind = KIND_WORD, .words = changes, .n_words = ARRAY_SIZE(changes),
	  .derive = get_change },
	THREE(swap, "Swap", "swap"),
	THREE(uss, "USS", "USS"),
	THREE(pss, "PSS", "PSS"),
	THREE(rss, "RSS", "RSS"),
	{ "size", "Size", "absolute change of PSS",
	  .kind = KIND_BYTES, .derive = get_size },
};

const struct record_type diff_record = {
	.name = "change",
	.derived = { diff_columns, ARRAY_SIZE(diff_columns) },
};
