// SPDX-License-Identifier: GPL-2.0
/* memcensus brief: what stands out on this machine. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "brief/gather.h"
#include "brief/growth.h"
#include "cli/command.h"
#include "lib/memory.h"
#include "record/source-file.h"
#include "report/changes.h"
#include "report/report.h"
#include "report/warnings.h"
#include "tools/brief/brief.h"

/* Lines of a screen, less the prompt; and its columns. */
#define SCREEN_LINES	23
#define SCREEN_COLUMNS	80

/* The options of 'brief' alone. */
struct brief_options {
	bool check;
};

/**
 * struct brief_shown - a fact that stands out
 * @amount: as text, with its unit
 * @more: the whole command; without "memcensus", it is @tail
 */
struct brief_shown {
	const struct brief_fact *fact;
	char *amount;
	char *more;
};

#define RULE(row)	(&brief_rules[(row)->fact->rule])

DERIVED(shown_rule, brief_shown, text, RULE(row)->name, true)
DERIVED(shown_urgency, brief_shown, number, brief_urgency(row->fact), true)
DERIVED(shown_amount, brief_shown, text, row->amount, true)
DERIVED(shown_bytes, brief_shown, number, row->fact->amount, RULE(row)->unit == BRIEF_BYTES)
DERIVED(shown_number, brief_shown, number, row->fact->amount, RULE(row)->unit == BRIEF_NUMBER)
DERIVED(shown_percent, brief_shown, ratio, (double)row->fact->amount / 100,
	RULE(row)->unit == BRIEF_PERCENT)
DERIVED(shown_limit, brief_shown, number, row->fact->limit, RULE(row)->test == BRIEF_OF_LIMIT)
DERIVED(shown_what, brief_shown, text, row->fact->what ?: RULE(row)->says, true)
DERIVED(shown_who, brief_shown, text, row->fact->who, row->fact->who)
DERIVED(shown_pid, brief_shown, number, row->fact->pid, row->fact->pid)
DERIVED(shown_path, brief_shown, text, row->fact->path, row->fact->path)
DERIVED(shown_since, brief_shown, number, row->fact->since, row->fact->since)
DERIVED(shown_more, brief_shown, text, row->more, true)
DERIVED(shown_tail, brief_shown, text, row->more + strlen("memcensus "), true)

static const struct column shown_columns[] = {
	{ "urgency", "Urgency", "urgent: it fails now; soon: it will; note", .kind = KIND_WORD,
	  .words = brief_urgencies, .n_words = BRIEF_URGENCIES, .derive = shown_urgency },
	{ "rule", "Rule", "the rule that it meets", .kind = KIND_TEXT, .derive = shown_rule },
	{ "amount", "Amount", "how much, with its unit", .kind = KIND_TEXT,
	  .derive = shown_amount },
	{ "bytes", "Bytes", "how much memory", .kind = KIND_BYTES, .derive = shown_bytes },
	{ "number", "Number", "how many", .kind = KIND_COUNT, .derive = shown_number },
	{ "percent", "Percent", "how much of the time", .kind = KIND_PERCENT,
	  .derive = shown_percent },
	{ "of", "Of", "the limit, in the unit of the amount", .kind = KIND_COUNT,
	  .derive = shown_limit },
	{ "what", "What", "what it is", .kind = KIND_TEXT, .derive = shown_what },
	{ "who", "Who", "whose it is; -: the machine's", .kind = KIND_TEXT, .derive = shown_who },
	{ "pid", "PID", "the process", .kind = KIND_ID, .derive = shown_pid },
	{ "cgroup_path", "CgroupPath", "the cgroup", .kind = KIND_TEXT, .derive = shown_path },
	{ "since_ns", "Since", "since when, or when it was", .kind = KIND_REALTIME,
	  .derive = shown_since },
	{ "more", "More", "the command that shows more", .kind = KIND_TEXT,
	  .derive = shown_more },
};

const struct row_type brief_shown_rows = ROWS_OF("what stands out", shown_columns);

static const struct column tail_columns[] = {
	{ "tail", "memcensus ...", "the command that shows more, without memcensus",
	  .kind = KIND_TEXT, .derive = shown_tail },
};

static const struct row_type tail_rows = ROWS_OF("command", tail_columns);

/* struct brief_seen - what was looked at, and what of it was not */
struct brief_seen {
	const char *what;
	uint64_t looked;
	const char *lacks;
	char *more;
};

static const struct column seen_columns[] = {
	MEMBER(brief_seen, "what", "What", what, TEXT, "subject"),
	MEMBER(brief_seen, "looked", "Looked", looked, BOOL, "whether it was looked at"),
	MEMBER(brief_seen, "lacks", "Lacks", lacks, TEXT, "what was not looked at, and why"),
	MEMBER(brief_seen, "more", "More", more, TEXT, "the command that looks at it"),
};

const struct row_type brief_seen_rows = ROWS_OF("what was looked at", seen_columns);

/* Which of the facts are shown: of each rule a few, and what fits a screen. */
static size_t choose_shown(const struct brief *brief, const struct options *options,
			   size_t most, struct brief_shown *v)
{
	const char *record = options->file ?: growth_record();
	const bool all = options->all || options->json || options->raw;
	size_t of_rule[BRIEF_RULES] = { 0 }, n = 0, i;

	for (i = 0; i < brief->n; i++) {
		if (!all && (of_rule[brief->facts[i].rule]++ >= BRIEF_OF_RULE ||
			     n >= most))
			continue;
		v[n++] = (struct brief_shown){
			.fact = &brief->facts[i], .amount = brief_amount(&brief->facts[i]),
			.more = brief_more(&brief->facts[i], record) };
	}
	return n;
}

/* "Looked at processes, cgroups, ..." */
static char *looked_text(const struct brief *brief)
{
	size_t size, i, n = 0;
	char *text;
	FILE *out = xopen_memstream(&text, &size);

	for (i = 0; i < BRIEF_LOOKS; i++)
		if (brief->looked[i].done)
			fprintf(out, "%s%s", n++ ? ", " : "Looked at: ", brief_look_names[i]);
	fputs("\n", out);
	for (i = 0, n = 0; i < BRIEF_LOOKS; i++)
		if (brief->looked[i].lacks)
			fprintf(out, "%s%s: %s%s%s%s", n++ ? "; " : "Not: ", brief_look_names[i],
				brief->looked[i].lacks, brief->looked[i].more ? " (memcensus " : "",
				brief->looked[i].more ?: "", brief->looked[i].more ? ")" : "");
	fputs(n ? "\n" : "", out);
	xfclose(out);
	return text;
}

/* The rows of a screen that also has a heading, @looked, and how many rows are left out. */
static size_t most_rows(const char *looked)
{
	size_t lines = 2;

	for (; *looked; looked += strcspn(looked, "\n") + 1)
		lines += (strcspn(looked, "\n") + SCREEN_COLUMNS - 1) / SCREEN_COLUMNS;
	return lines < SCREEN_LINES ? SCREEN_LINES - lines : 1;
}

static const char members[] =
	"urgency rule amount bytes number percent of what who pid cgroup_path since_ns more";

static void show_rows(struct report *report, const struct brief *brief, const char *looked)
{
	struct brief_shown *v = xcalloc(brief->n + 1, sizeof(*v));
	const size_t n = choose_shown(brief, report->options, most_rows(looked), v);
	size_t i;

	if (!brief->n && !report->options->json && !report->options->raw)
		REPORT(report, { .note = "Nothing stands out.\n" });
	else
		REPORT(report,
		       { "rows", .type = &brief_shown_rows, .joins = { SELF(tail_rows) },
			 .rows = ROWS(v, n), .members = members,
			 .columns = report->options->raw ? members :
				    "urgency >amount what who ?since_ns tail" });
	if (n < brief->n)
		REPORT(report,
		       { .note = report_text(report, "%zu more rows: memcensus brief --all\n",
					     brief->n - n) });
	for (i = 0; i < n; i++) {
		free(v[i].amount);
		free(v[i].more);
	}
	free(v);
}

static void show_looked(struct report *report, const struct brief *brief, const char *text)
{
	struct brief_seen seen[BRIEF_LOOKS];
	size_t i;

	for (i = 0; i < BRIEF_LOOKS; i++)
		seen[i] = (struct brief_seen){
			.what = brief_look_names[i], .looked = brief->looked[i].done,
			.lacks = brief->looked[i].lacks,
			.more = brief->looked[i].more ?
				xasprintf("memcensus %s", brief->looked[i].more) : NULL };
	REPORT(report,
	       { "looked", .type = &brief_seen_rows, .rows = ROWS(seen, BRIEF_LOOKS) },
	       { .note = report_text(report, "%s", text) });
	for (i = 0; i < BRIEF_LOOKS; i++)
		free(seen[i].more);
}

static bool any_failed(const struct brief *brief)
{
	size_t i;

	for (i = 0; i < BRIEF_LOOKS; i++)
		if (brief->looked[i].failed)
			return true;
	return false;
}

static void show(struct session *session, const struct snapshot *snap, const struct brief *brief)
{
	char *looked = looked_text(brief);
	struct report report;

	report_begin(&report, session->options, snap, session->out);
	REPORT(&report, { .name = "scan", .shape = SECTION_SCAN });
	show_rows(&report, brief, looked);
	show_looked(&report, brief, looked);
	report_end(&report);
	free(looked);
	fflush(session->out);
}

/* The record of a run; NULL: it has none. */
static const char *record_of(const struct session *session)
{
	return session->source->ops->live ? growth_record() : session->options->file;
}

/*
 * The first census of the record; NULL: it is @last, or a pipe, which is read once.  -1, and @why:
 * it cannot be read, or is of an earlier boot, of which no cgroup and no process is there any more.
 */
static int take_first(const char *record, const struct snapshot *last, struct snapshot **first,
		      struct failure *why)
{
	const struct request request = {
		.parts = MEMCENSUS_PART_TASKS, .totals = true, .any_groups = true };
	struct source *source;
	enum taken taken;
	struct stat st;

	*first = NULL;
	if (!record || !strcmp(record, "-") || stat(record, &st) || !S_ISREG(st.st_mode))
		return 0;
	source = source_open_file(record, (struct selection){ .kind = SELECTION_ALL }, why);
	if (!source)
		return -1;
	*first = snapshot_new();
	taken = source->ops->take(source, &request, *first, why);
	source->ops->close(source);
	if (taken == TAKE_DONE && !changes_one_boot(*first, last))
		taken = fail(why, FAIL_REFUSED, "it began before the machine was booted") ?
			TAKE_FAILED : TAKE_END;
	if (taken == TAKE_DONE && (*first)->scan.realtime != last->scan.realtime)
		return 0;
	snapshot_free(*first);
	*first = NULL;
	return taken == TAKE_FAILED ? -1 : 0;
}

/* Says that the record, which may be another one than was asked for, does not tell what grew. */
static void lack_record(struct brief *brief, const struct failure *why)
{
	brief_look(brief, BRIEF_LOOK_RECORD, xasprintf("what grew: %s", why->text), NULL);
	brief->looked[BRIEF_LOOK_RECORD].done = false;
}

static int brief_run(struct session *session, struct failure *why)
{
	const struct brief_options *own = session->options->own;
	const bool live = session->source->ops->live;
	struct brief_ask ask = { .live = live, .all = session->options->all };
	struct brief brief = { .memory = 0 };
	struct failure no_growth = { .kind = FAIL_NONE };
	struct snapshot *snap, *first;
	enum taken taken;

	session->request.charges = live;
	session->request.any_groups = !live;
	taken = session_next(session, &snap, why);
	if (taken != TAKE_DONE)
		return taken == TAKE_FAILED ? -1 :
		       fail(why, FAIL_SYSTEM, "no census: interrupted, or the record is empty");
	if (take_first(record_of(session), snap, &first, &no_growth))
		lack_record(&brief, &no_growth);
	ask.first = first;
	brief_gather(&brief, snap, &ask);
	brief_judge(&brief);
	show(session, snap, &brief);
	session->partial |= warnings_print(stderr, snap);
	session->partial |= live && any_failed(&brief);
	session->urgent = own->check && brief.n &&
			  brief_urgency(&brief.facts[0]) == BRIEF_URGENT;
	brief_free(&brief);
	snapshot_free(first);
	snapshot_free(snap);
	return 0;
}

static const struct option_entry option_check = {
	0, "check", NULL, "exit with 4 if a row is urgent", OWN(FLAG, brief_options, check) };

static const struct option_use brief_uses[] = {
	USE_AS(all, "all rows, and look at all processes"), USE(check),
	USE(file), USE(at), USE(output), USE(no_header), USE(raw), USE(json), OPTIONS_ALWAYS,
};

const struct command brief_command = {
	.name = "brief",
	.words = options_none,
	.about =
	"Prints what stands out on this machine, and nothing else: the most urgent first, on one\n"
	"screen. Each row says how much of what, whose it is, and which command shows more. It\n"
	"looks at one census, at limits of the machine, of cgroups and processes, at the kernel's\n"
	"log, and at files of /proc and /sys. Below the rows is what it looked at, and what not.\n"
	"\n"
	"Urgent is what fails or stands still now, or was killed in the last day; soon is what\n"
	"will; a note is memory that one would not expect there. The rules and their thresholds\n"
	"are in brief.rst: most notes are of 1% of MemTotal or more, and of 16 MiB at least.\n"
	"\n"
	"It reads at most 2,000 files of /proc beyond the census, those of the largest processes\n"
	"first; --all reads all, and prints all rows. --check ends with status 4 if a row is\n"
	"urgent. Of a record (-f), the rules that need a census alone are applied to the last\n"
	"one, or that of --at, and it says what grew most since the first one.\n"
	"\n"
	"Examples:\n"
	"  memcensus brief                  what stands out\n"
	"  memcensus brief --check || mail  ask somebody to look\n",
	.options = brief_uses,
	.own_size = sizeof(struct brief_options),
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES | MEMCENSUS_PART_NODES,
	.totals = true,
	.run = brief_run,
	.last = true,
};
