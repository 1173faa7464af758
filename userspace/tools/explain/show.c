// SPDX-License-Identifier: GPL-2.0
/* Shows what 'explain' gathered. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/text.h"
#include "report/report.h"
#include "tools/explain/show.h"

DERIVED(explained_pid, explaining, number, row->pid, row->pid)
DERIVED(explained_processes, explaining, number, row->explain.processes, true)

#define CHARGED(member_, charge_)							\
	DERIVED(explained_##member_, explaining, number, row->charges.v[charge_],	\
		KNOWN(&row->charges, charge_))
CHARGED(max_events, CHARGE_LIMIT_EVENTS)
CHARGED(high_events, CHARGE_HIGH_EVENTS)
CHARGED(oom_kills, CHARGE_OOM_KILLS)
CHARGED(dying, CHARGE_DYING)
DERIVED(explained_some, explaining, ratio, (double)row->some.bytes / 100, row->some.known)
DERIVED(explained_full, explaining, ratio, (double)row->full.bytes / 100, row->full.known)

#define COUNT(name_, header_, help_)							\
	{ #name_, header_, help_, .kind = KIND_COUNT, .derive = explained_##name_ }

static const struct column explained_columns[] = {
	MEMBER(explaining, "cgroup_path", "CgroupPath", path, TEXT, "path of the cgroup"),
	{ "pid", "PID", "the process that was named", .kind = KIND_ID, .derive = explained_pid },
	COUNT(processes, "Processes", "in it and below it"),
	MEMBER(explaining, "limit_of", "LimitOf", limit_of, TEXT,
	       "path of the cgroup with the least memory.max, of this one and those above"),
	MEMBER(explaining, "high_of", "HighOf", high_of, TEXT, "the same of memory.high"),
	COUNT(max_events, "MaxEvents", "how often memory.max was reached, here or below"),
	COUNT(high_events, "HighEvents", "how often memory.high was exceeded, here or below"),
	COUNT(oom_kills, "OOMKills", "processes killed by the OOM killer, here or below"),
	COUNT(dying, "Dying", "removed cgroups below it that still are charged"),
	{ "some_waited", "Some", "of the last 10 s, while some task waited for memory (PSI)",
	  .kind = KIND_PERCENT, .derive = explained_some },
	{ "all_waited", "All", "of the last 10 s, while all tasks waited at once",
	  .kind = KIND_PERCENT, .derive = explained_full },
	MEMBER(explaining, "peer", "Peer", peer, TEXT,
	       "the cgroup outside that has most in common with one in it"),
	MEMBER_MEMORY(explaining, "in_common", "InCommon", in_common,
		      "mapped memory that these two have in common"),
};

const struct row_type explained_rows = ROWS_OF("cgroup that is explained", explained_columns);

/* struct explain_line - a row as it is shown */
struct explain_line {
	const char *name;
	struct amount amount;
	const char *meaning;
};

static const struct column line_columns[] = {
	MEMBER(explain_line, "row", "Memory", name, TEXT, "what memory it is"),
	MEMBER_AMOUNT(explain_line, "bytes", "Amount", amount, "how much of it"),
	MEMBER(explain_line, "meaning", "Meaning", meaning, TEXT, "what it means"),
};

const struct row_type explain_row_rows = ROWS_OF("memory of a cgroup", line_columns);

static const struct column file_columns[] = {
	MEMBER(explain_file, "file", "File", name, TEXT, "its path in its file system"),
	MEMBER(explain_file, "bytes", "Bytes", bytes, BYTES,
	       "what the cgroup is charged for of it, at least"),
};

const struct row_type explain_file_rows = ROWS_OF("file in memory", file_columns);

/* struct verdict - what the rules say */
struct verdict {
	const char *rule;
	const char *text;
};

static const struct column verdict_columns[] = {
	MEMBER(verdict, "rule", "Rule", rule, TEXT, "the rule that holds"),
	MEMBER(verdict, "text", "Text", text, TEXT, "what it says"),
};

const struct row_type explain_verdict_rows = ROWS_OF("verdict", verdict_columns);

/* The name of a row with @bytes, for a sentence. */
static const char *size_of(struct report *report, struct amount amount)
{
	char number[NUMBER_SIZE];

	if (!amount.known)
		return "-";
	text_size(number, (double)amount.bytes);
	return report_text(report, "%s", number);
}

static const char *times(struct report *report, const struct charges *charges, enum charge number)
{
	return KNOWN(charges, number) ? report_text(report, "%" PRIu64 "x", charges->v[number]) :
					"-";
}

/* Whose limit it is, if it is that of a cgroup above. */
static const char *whose(struct report *report, const struct explaining *x, const char *of)
{
	return !of || !strcmp(of, x->path) ? "" :
	       report_text(report, " of %s", report_name(report, of));
}

static const char *limit_text(struct report *report, const struct explaining *x)
{
	return report_text(report, "memory.max%s%s: reached %s; %s OOM kills",
			   x->limit_of || !x->explain.v[EXPLAIN_USAGE].known ? "" : " (none)",
			   whose(report, x, x->limit_of),
			   times(report, &x->charges, CHARGE_LIMIT_EVENTS),
			   KNOWN(&x->charges, CHARGE_OOM_KILLS) ?
			   report_text(report, "%" PRIu64, x->charges.v[CHARGE_OOM_KILLS]) : "-");
}

static const char *high_text(struct report *report, const struct explaining *x)
{
	const char *waited = "";

	if (x->some.known && x->full.known)
		waited = report_text(report, "; PSI some %.2f%%, full %.2f%%",
				     (double)x->some.bytes / 100, (double)x->full.bytes / 100);
	return report_text(report, "memory.high%s%s: exceeded %s%s",
			   x->high_of || !x->explain.v[EXPLAIN_USAGE].known ? "" : " (none)",
			   whose(report, x, x->high_of),
			   times(report, &x->charges, CHARGE_HIGH_EVENTS), waited);
}

static const char *cache_text(struct report *report, const struct explaining *x)
{
	const struct amount *v = x->explain.v;

	return report_text(report, "page cache: %s mapped, %s not, %s dirty",
			   size_of(report, v[EXPLAIN_MAPPED]),
			   size_of(report, v[EXPLAIN_UNMAPPED]), size_of(report, v[EXPLAIN_DIRTY]));
}

static const char *shmem_text(struct report *report, const struct explaining *x)
{
	const char *help = explain_rows[EXPLAIN_SHMEM].help;

	if (!x->n_files)
		return help;
	return report_text(report, "%s: %s %s", help,
			   size_of(report, amount_of(true, x->files[0].bytes)),
			   report_name(report, x->files[0].name));
}

static const char *kernel_text(struct report *report, const struct explaining *x)
{
	const struct amount *v = x->explain.v;

	return report_text(report, "slab %s (%s reclaimable), tables %s, rest %s",
			   size_of(report, v[EXPLAIN_SLAB]),
			   size_of(report, v[EXPLAIN_SLAB_RECLAIM]),
			   size_of(report, v[EXPLAIN_PAGETABLES]),
			   size_of(report, amount_minus(amount_minus(v[EXPLAIN_KERNEL],
								     v[EXPLAIN_SLAB]),
							v[EXPLAIN_PAGETABLES])));
}

static const char *pss_text(struct report *report, const struct explaining *x)
{
	const char *help = explain_rows[EXPLAIN_PSS].help;

	if (!x->peer)
		return help;
	return report_text(report, "PSS: their share; %s in common with %s",
			   size_of(report, x->in_common), report_name(report, x->peer));
}

static const char *meaning_of(struct report *report, const struct explaining *x,
			      enum explain_number number)
{
	const char *help = explain_rows[number].help;

	switch (number) {
	case EXPLAIN_LIMIT:
		return limit_text(report, x);
	case EXPLAIN_HIGH:
		return high_text(report, x);
	case EXPLAIN_CACHE:
		return cache_text(report, x);
	case EXPLAIN_SHMEM:
		return shmem_text(report, x);
	case EXPLAIN_KERNEL:
		return kernel_text(report, x);
	case EXPLAIN_PSS:
		return pss_text(report, x);
	case EXPLAIN_FOR_OTHERS:
	case EXPLAIN_BY_OTHERS:
		return x->several ? "of several cgroups: share --by cgroup --charged" : help;
	case EXPLAIN_NEITHER:
		return x->explain.v[number].known && x->explain.v[number].bytes < 0 ?
		       "others are charged for what comes back, or counters lag" : help;
	default:
		return help;
	}
}

/* "/system.slice/x: 3 processes" */
static const char *head_text(struct report *report, const struct explaining *x)
{
	return report_text(report, "%s: %" PRIu64 " process%s\n", report_name(report, x->path),
			   x->explain.processes, x->explain.processes == 1 ? "" : "es");
}

static void show_lines(struct report *report, const struct explaining *x)
{
	const bool all = report->options->json || report->options->raw;
	struct explain_line lines[EXPLAIN_ROWS];
	enum explain_number i;
	size_t n = 0;

	for (i = 0; i < EXPLAIN_ROWS; i++) {
		if (!all && !explain_shows(&x->explain, i))
			continue;
		lines[n++] = (struct explain_line){
			.name = all || !explain_rows[i].part ? explain_rows[i].name :
				report_text(report, "  %s", explain_rows[i].name),
			.amount = x->explain.v[i],
			.meaning = all ? explain_rows[i].help : meaning_of(report, x, i) };
	}
	REPORT(report,
	       { "memory", SECTION_KEYED, .type = &explain_row_rows, .rows = ROWS(lines, n),
		 .columns = "row bytes ~meaning", .members = "row bytes" });
}

void explaining_show(const struct explaining *x, struct session *session)
{
	const struct explain_rule *rule = explain_judge(&x->explain);
	char *text = explain_text(&x->explain, rule);
	const struct verdict verdict = { rule->name, text };
	struct report report;

	report_begin(&report, session->options, NULL, session->out);
	REPORT(&report,
	       { "cgroup", SECTION_OBJECT, .type = &explained_rows, .rows = ONE_ROW(x) },
	       { .note = head_text(&report, x) });
	show_lines(&report, x);
	REPORT(&report,
	       { "files", .type = &explain_file_rows, .rows = ROWS(x->files, x->n_files) },
	       { "verdict", SECTION_OBJECT, .type = &explain_verdict_rows,
		 .rows = ONE_ROW(&verdict) },
	       { "lacks", SECTION_TEXT, .text = x->lacks },
	       { .note = report_text(&report, "%s\n", text) });
	report_end(&report);
	fflush(session->out);
	free(text);
}
