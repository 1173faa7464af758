// SPDX-License-Identifier: GPL-2.0
/* Writes charts as gnuplot scripts and data. */
#include <stdlib.h>
#include <time.h>

#include "tools/chart/draw.h"

double chart_amount(const struct chart *chart, const struct chart_row *row)
{
	double sum = 0;
	size_t i;

	if (chart->kind != CHART_TIME)
		return row->parts[0] + row->parts[1] + row->parts[2];
	for (i = 0; i < row->series.n; i++)
		sum += row->series.points[i].v;
	return sum / (row->series.n ? (double)row->series.n : 1);
}

#define WIDTH		1000
/* Pixels. */
#define BAR_ROW		20
#define FRAME		130
#define PIE_HEIGHT	520
#define PIE_UNIT	200.0
#define TIME_HEIGHT	520

/* Colours that colour-blind people can distinguish; the row of others is grey. */
static const char *const colours[] = {
	"#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377",
	"#ee8866", "#44bb99", "#bbcc33", "#99ddff", "#ffaabb", "#eedd88",
	"#332288", "#882255", "#117733", "#999933", "#cc6677", "#88ccee",
};
#define COLOUR_OTHERS	"#bbbbbb"
/* The last data field of a plot element is its colour. */
#define OF_COLOUR	"linecolor rgb variable"

#define N_COLOURS	(sizeof(colours) / sizeof(colours[0]))

static const char *colour_of(const struct chart *chart, size_t i)
{
	if (chart->others && i + 1 == chart->n)
		return COLOUR_OTHERS;
	return colours[i % N_COLOURS];
}

static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };

/* A suitable unit for amounts up to @most bytes, and its size. */
static const char *unit_of(double most, double *size)
{
	size_t i = 0;

	for (*size = 1024; i < 3 && most >= 2 * 1024 * *size; *size *= 1024)
		i++;
	return units[i];
}

/* Writes an amount as a label; @cut: its bar is truncated. */
static void put_amount(FILE *data, double bytes, bool cut)
{
	size_t i = 0;

	for (bytes /= 1024; bytes >= 1023.5 && i < 3; i++)
		bytes /= 1024;
	fprintf(data, "\"%.*f %s%s\"", i && bytes < 100 ? 1 : 0, bytes, units[i],
		cut ? ", cut off" : "");
}

/* Writes the title: kind of amounts, machine and time. */
static void put_chart_title(const struct chart *chart, struct plot *plot)
{
	char what[160];

	if (chart->system)
		snprintf(what, sizeof(what), "What MemTotal is made of");
	else if (chart->parts > 1)
		snprintf(what, sizeof(what), "PSS and swap of each");
	else
		snprintf(what, sizeof(what), "%s: %s", column_header(chart->column),
			 chart->column->help);
	fputs("set title ", plot->script);
	gnuplot_string(plot->script, what);
	/* A single-quoted string cannot hold a newline. */
	fputs(".\"\\n\".", plot->script);
	gnuplot_string(plot->script, chart->title);
	fputs(" textcolor '#333333'\n", plot->script);
}

/*
 * Length of the longest bar in bytes.  The sum of the others may be much larger than
 * all rows that are drawn one by one: its bar is then truncated.
 */
static double longest(const struct chart *chart)
{
	double most = 0, others = 0, amount;
	size_t i;

	for (i = 0; i < chart->n; i++) {
		amount = chart_amount(chart, &chart->rows[i]);
		if (chart->others && i + 1 == chart->n)
			others = amount;
		else if (amount > most)
			most = amount;
	}
	return others < 2 * most ? (others > most ? others : most) : 2 * most;
}

static void draw_bar(const struct chart *chart, struct plot *plot)
{
	static const char *const titles[] = {
		"USS: its own", "PSS - USS: its share of what is shared", "swap",
	};
	FILE *script = plot->script;
	double most = longest(chart), size, from, end;
	const char *unit = unit_of(most, &size);
	unsigned int p;
	size_t i;

	gnuplot_begin(plot, WIDTH, (unsigned int)chart->n * BAR_ROW + FRAME);
	put_chart_title(chart, plot);
	fprintf(script, "set yrange [%zu.5:-0.5]\n", chart->n - 1);
	/* Leave room for the amount after the longest bar. */
	fprintf(script, "set xrange [0:%g]\nset xlabel '%s'\n",
		most > 0 ? most / size * 1.2 : 1, unit);
	fputs("unset grid\nset grid xtics linecolor '#dddddd'\nset ytics scale 0\n"
	      "set key below horizontal reverse Left\nplot ", script);
	for (p = 0; p < chart->parts; p++)
		fprintf(script,
			"ARG1 using %u:0:%u:%u:($0-0.4):($0+0.4):ytic(1) with boxxyerror linecolor rgb '%s' %s%s%s, \\\n",
			p + 4, p + 4, p + 5, colours[p], chart->parts > 1 ? "title '" : "notitle",
			chart->parts > 1 ? titles[p] : "", chart->parts > 1 ? "'" : "");
	fputs("ARG1 using 3:0:2 with labels left offset 0.7,0 notitle\n", script);

	for (i = 0; i < chart->n; i++) {
		gnuplot_name(plot->data, chart->rows[i].name);
		putc('\t', plot->data);
		end = chart_amount(chart, &chart->rows[i]);
		put_amount(plot->data, end, end > most);
		fprintf(plot->data, "\t%.9g\t0", (end < most ? end : most) / size);
		for (p = 0, from = 0; p < chart->parts; p++) {
			from += chart->rows[i].parts[p];
			fprintf(plot->data, "\t%.9g", (from < most ? from : most) / size);
		}
		putc('\n', plot->data);
	}
}

/*
 * The pie is 400 pixels wide; all names are listed to its right, with their
 * amounts.
 */
static void draw_pie(const struct chart *chart, struct plot *plot)
{
	double height = (double)chart->n * BAR_ROW + FRAME, sum = 0, part, at = 90, y;
	FILE *script = plot->script, *data = plot->data;
	size_t i;

	if (height < PIE_HEIGHT)
		height = PIE_HEIGHT;
	for (i = 0; i < chart->n; i++)
		sum += chart_amount(chart, &chart->rows[i]);
	gnuplot_begin(plot, WIDTH, (unsigned int)height);
	put_chart_title(chart, plot);
	fprintf(script, "unset border\nunset tics\nunset grid\nunset key\n"
		"set lmargin screen 0\nset rmargin screen 1\n"
		"set bmargin screen 0\nset tmargin screen %g\n"
		"set xrange [-1.2:%g]\nset yrange [-%g:%g]\n"
		"set style fill solid 1.0 border linecolor rgb '#ffffff'\n",
		1 - 70 / height, WIDTH / PIE_UNIT - 1.2, (height - 70) / 2 / PIE_UNIT,
		(height - 70) / 2 / PIE_UNIT);
	/* Next to many names, the pie is at the top. */
	fprintf(script, "plot ARG1 using (0):(%g):(1):3:4:(int($5)) with circles %s, \\\n",
		height > PIE_HEIGHT ? (height - 70) / 2 / PIE_UNIT - 1.1 : 0, OF_COLOUR);
	fputs("ARG1 using (1.3):6:(int($5)) with points pt 5 ps 1.6 " OF_COLOUR ", \\\n"
	      "ARG1 using (1.4):6:1 with labels left, \\\n"
	      "ARG1 using (3.2):6:2 with labels right, \\\n"
	      "ARG1 using (3.6):6:7 with labels right\n", script);
	for (i = 0; i < chart->n; i++) {
		part = sum > 0 ? chart_amount(chart, &chart->rows[i]) / sum : 0;
		y = BAR_ROW / PIE_UNIT * ((double)(chart->n - 1) / 2 - (double)i);
		gnuplot_name(data, chart->rows[i].name);
		putc('\t', data);
		put_amount(data, chart_amount(chart, &chart->rows[i]), false);
		fprintf(data, "\t%.9g\t%.9g\t%ld\t%.9g\t\"%s%.1f%%\"\n", at - 360 * part, at,
			strtol(colour_of(chart, i) + 1, NULL, 16), y,
			part > 0 && part < 0.001 ? "<" : "",
			part > 0 && part < 0.001 ? 0.1 : 100 * part);
		at -= 360 * part;
	}
}

/* The offset of local time from UTC at @realtime, seconds. */
static long ahead_of_utc(uint64_t realtime, const char **zone)
{
	time_t seconds = (time_t)(realtime / 1000000000);
	struct tm tm;

	*zone = "UTC";
	if (!localtime_r(&seconds, &tm))
		return 0;
	*zone = tm.tm_zone;
	return tm.tm_gmtoff;
}

/* Writes a line of names, then for each census its time and the upper edge of each row. */
static void put_times(const struct chart *chart, FILE *data, double size, double begin)
{
	double level;
	size_t i, k;

	fputs("\"time\"\t\"floor\"", data);
	for (i = 0; i < chart->n; i++) {
		putc('\t', data);
		gnuplot_name(data, chart->rows[i].name);
	}
	putc('\n', data);
	for (k = 0; k < chart->times.n; k++) {
		fprintf(data, "%.3f\t0", begin + chart->times.points[k].t);
		for (i = 0, level = 0; i < chart->n; i++) {
			level += chart->rows[i].series.points[k].v / size;
			fprintf(data, "\t%.9g", level);
		}
		putc('\n', data);
	}
}

static void draw_time(const struct chart *chart, struct plot *plot)
{
	double most = 0, level, size, span = chart->times.points[chart->times.n - 1].t;
	unsigned int height = (unsigned int)chart->n * BAR_ROW + FRAME;
	FILE *script = plot->script;
	const char *zone, *unit;
	long ahead;
	size_t i, k;

	for (k = 0; k < chart->times.n; k++) {
		for (i = 0, level = 0; i < chart->n; i++)
			level += chart->rows[i].series.points[k].v;
		if (level > most)
			most = level;
	}
	unit = unit_of(most, &size);
	ahead = ahead_of_utc(chart->first, &zone);
	gnuplot_begin(plot, WIDTH, height > TIME_HEIGHT ? height : TIME_HEIGHT);
	put_chart_title(chart, plot);
	fprintf(script, "set yrange [0:*]\nset ylabel '%s'\n"
		"set xtics time format '%s'\nset xlabel ", unit,
		span > 2 * 86400 ? "%d %b" : span > 7200 ? "%H:%M" : "%H:%M:%S");
	gnuplot_string(script, zone);
	fputs("\nset autoscale xfix\nset grid front linecolor '#dddddd'\n"
	      "set key outside right top invert reverse Left samplen 1.5\nplot ", script);
	for (i = 0; i < chart->n; i++)
		fprintf(script,
			"%sARG1 using 1:%zu:%zu with filledcurves linecolor rgb '%s' title columnheader(%zu)",
			i ? ", \\\n" : "", i + 2, i + 3, colour_of(chart, i), i + 3);
	putc('\n', script);
	put_times(chart, plot->data, size, (double)chart->first / 1e9 + (double)ahead);
}

void chart_draw(const struct chart *chart, struct plot *plot)
{
	if (chart->kind == CHART_BAR)
		draw_bar(chart, plot);
	else if (chart->kind == CHART_PIE)
		draw_pie(chart, plot);
	else
		draw_time(chart, plot);
}
