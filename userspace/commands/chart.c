// SPDX-License-Identifier: GPL-2.0
/* memcensus chart: a picture of memory by owner. */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli/command.h"
#include "cli/options.h"
#include "commands/chart.h"
#include "lib/memory.h"
#include "model/format.h"
#include "model/warnings.h"

#define NSEC_PER_SEC	1000000000ULL
#define USUAL_TIME	(60 * NSEC_PER_SEC)

/* Default numbers of rows that are drawn one by one; --top changes them. */
#define USUAL_TOP	20
#define USUAL_TOP_TIME	10
/* Maximum number of rows: the height of a PNG is at most 32767 pixels. */
#define MOST_ROWS	1000

/* By enum chart_kind. */
static const char *const kinds[] = { "", "bar", "pie", "time" };

static enum chart_kind kind_of(const char *word)
{
	enum chart_kind kind = CHART_TIME;

	while (kind && strcmp(kinds[kind], word))
		kind--;
	return kind;
}

/* Builds the title from machine, kernel and time, if known. */
static void make_title(struct chart *chart, const struct snapshot *snap)
{
	const char *kernel = KNOWN(&snap->info, MEMCENSUS_INFO_KERNEL) ?
			     snap->info.kernel : "";
	char from[TIME_SIZE], to[TIME_SIZE];
	struct utsname uts = { 0 };

	/* A record may come from another machine. */
	if (chart->session->source->ops->live)
		uname(&uts);
	time_text(from, chart->first, true);
	time_text(to, chart->last, true);
	from[strcspn(from, "T")] = ' ';
	to[strcspn(to, "T")] = ' ';
	chart->title = xasprintf("%s%sLinux %s, %s%s%s", uts.nodename,
				 *uts.nodename ? ", " : "", kernel, from,
				 chart->kind == CHART_TIME ? " to " : "",
				 chart->kind == CHART_TIME ? to : "");
}

/* Adds all censuses to a chart over time, only the last one to other charts. */
static int take_censuses(struct chart *chart, struct failure *why)
{
	struct session *session = chart->session;
	struct snapshot *snap, *last = NULL;
	uint64_t count = 0;
	enum taken taken;
	int ret = 0;

	if (session->source->ops->live)
		count = chart->kind == CHART_TIME ?
			session->options->duration / session->options->interval + 1 : 1;
	while (!ret && (!count || session->taken < count)) {
		taken = session_next(session, &snap, why);
		if (taken == TAKE_FAILED)
			ret = -1;
		if (taken != TAKE_DONE)
			break;
		if (chart->kind == CHART_TIME)
			chart_add(chart, snap);
		snapshot_free(last);
		last = snap;
	}
	if (!ret && last) {
		if (chart->kind != CHART_TIME)
			chart_add(chart, last);
		make_title(chart, last);
		session->partial |= warnings_print(stderr, last);
	}
	snapshot_free(last);
	return ret;
}

static int check_rows(const struct chart *chart, struct failure *why)
{
	if (!chart->n)
		return fail(why, FAIL_NO_PROCESS, "nothing to draw: no row has an amount");
	if (chart->kind == CHART_TIME && chart->times.n < 2)
		return fail(why, FAIL_USAGE,
			    "a chart over time needs at least two censuses; there is one");
	return 0;
}

static size_t top_of(const struct chart *chart)
{
	const struct options *options = chart->session->options;

	if (options->has_top)
		return options->top && options->top < MOST_ROWS ? options->top : MOST_ROWS;
	return chart->kind == CHART_TIME ? USUAL_TOP_TIME : USUAL_TOP;
}

static int draw(struct chart *chart, struct failure *why)
{
	const struct options *options = chart->session->options;
	struct plot plot;
	int ret;

	ret = gnuplot_open(&plot, options->output, options->keep, why);
	if (!ret) {
		chart_draw(chart, &plot);
		ret = gnuplot_run(&plot, chart->session->out, why);
	}
	gnuplot_close(&plot);
	return ret;
}

static int chart_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	const struct record_type *type = command_rows(options)->type;
	const char *figure = options->sort ? options->sort : "pss";
	struct chart chart = {
		.kind = options->chart,
		.session = session,
		.column = record_find(type, figure, strlen(figure)),
		.system = options->system,
		.parts = options->chart == CHART_BAR && !options->sort &&
			 !options->system ? 3 : 1,
	};
	int ret;

	if (chart.system)
		session->request.parts |= MEMCENSUS_PART_ZONES;
	ret = take_censuses(&chart, why);
	chart_arrange(&chart, top_of(&chart));
	if (!ret)
		ret = check_rows(&chart, why);
	if (!ret)
		ret = draw(&chart, why);
	if (!ret && chart.unknown)
		fprintf(stderr, "memcensus: %llu values are not known: drawn as they last were\n",
			(unsigned long long)chart.unknown);
	chart_free(&chart);
	return ret;
}

static int check_words(const struct options *options, struct failure *why)
{
	const struct column *column = NULL;
	bool svg;

	if (!options->output || !gnuplot_knows(options->output, &svg))
		return fail(why, FAIL_USAGE,
			    "'chart' needs '-o FILE', with a name that ends in .svg or .png");
	if ((options->interval || options->duration) && options->chart != CHART_TIME)
		return fail(why, FAIL_USAGE, "only 'chart time' has '--for' and '--interval'");
	if (options->sort)
		column = record_find(command_rows(options)->type, options->sort,
				     strlen(options->sort));
	/* An unknown column fails elsewhere, with a list of all columns. */
	if (column && column->kind != KIND_BYTES)
		return fail(why, FAIL_USAGE, "'%.60s' is not a column with an amount of memory",
			    options->sort);
	return 0;
}

static int chart_words(struct options *options, char **words, int n,
		       struct failure *why)
{
	options->chart = n == 1 ? kind_of(words[0]) : 0;
	if (!n)
		return fail(why, FAIL_USAGE, "'chart' needs a kind: bar, pie or time");
	if (n > 1)
		return fail(why, FAIL_USAGE, "'chart' takes no '%.60s'", words[1]);
	if (!options->chart)
		return fail(why, FAIL_USAGE, "no chart '%.60s'; there are: bar pie time",
			    words[0]);
	if (check_words(options, why))
		return -1;
	/* Without an interval, a record is drawn with all its censuses. */
	if (options->chart != CHART_TIME || options->file)
		return 0;
	if (!options->duration)
		options->duration = USUAL_TIME;
	if (!options->interval)
		options->interval = options->duration > USUAL_TIME ?
				    options->duration / 60 : NSEC_PER_SEC;
	return 0;
}

static const struct rows groups[] = {
	[MEMCENSUS_BY_UID] = { &group_record, "user,uss,pss", "pss" },
	[MEMCENSUS_BY_CGROUP] = { &group_record, "cgroup_path,uss,pss", "pss" },
	[MEMCENSUS_BY_COMM] = { &group_record, "comm,uss,pss", "pss" },
	[MEMCENSUS_BY_PIDS] = { &group_record, "uss,pss", "pss" },
};
_Static_assert(sizeof(groups) / sizeof(groups[0]) == MEMCENSUS_BY_MAX + 1,
	       "a kind of group is not shown");

static const struct option_entry option_system = {
	0, "system", NULL, "draw the parts of MemTotal",
	FLAG(system) };
static const struct option_entry option_keep = {
	0, "keep", NULL, "keep script and data beside the picture",
	FLAG(keep) };

static const struct option_use chart_options[] = {
	USE_AS(sort, "draw this one, an amount"),
	USE(user), USE(cgroup), USE(command), USE(pid), USE(basis),
	USE(file), USE(at), USE(output),
	USE(for), USE(interval), USE(top), USE(system), USE(keep),
	USE(abbreviate), OPTIONS_ALWAYS,
};

const struct command chart_command = {
	.name = "chart",
	.args = "bar|pie|time",
	.words = chart_words,
	.summary = "a picture of it, SVG or PNG, by gnuplot",
	.about =
	"Draws a picture to the file of -o. Rows are processes, or groups with -u, -g or\n"
	"--command. The N largest are drawn separately (--top: 20, or 10 over time; 0:\n"
	"all), the others as one. -s selects the amount of memory; the default is PSS.\n"
	"\n"
	"  bar   a bar for each row: USS, the rest of PSS, and swap\n"
	"  pie   the share of each row in the sum of all\n"
	"  time  areas on top of each other, a census every --interval for the time\n"
	"        --for (1 minute)\n"
	"\n"
	"Of a record, bar and pie show the last census, time shows all of them.\n"
	"\n"
	"--system draws the parts of MemTotal instead. An unavailable value is drawn as\n"
	"the last known one, and stderr says so. --keep keeps the data and the gnuplot\n"
	"script beside the picture, as FILE.dat and FILE.gp.\n",
	.options = chart_options,
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_SYSTEM,
	.rows = { &task_record, "pid,comm,uss,pss,swap", "pss" },
	.groups = groups,
	.run = chart_run,
};
