// SPDX-License-Identifier: GPL-2.0
/* Draws a chart with gnuplot: a table of its rows, and a script that is always the same. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "lib/memory.h"
#include "lib/result-file.h"
#include "lib/text.h"
#include "tools/chart/draw.h"

/* Longer names leave no room for the picture. */
#define NAME_LETTERS	40

/* Exit status of a shell that finds no program. */
#define NOT_FOUND	127

/* Pixels: a row needs 20, and what is around them 130. */
#define HEIGHT_OF(n)	(20 * (unsigned int)(n) + 130)
#define HEIGHT_LEAST	520

/*
 * The script knows n rows, of which the last one is grey with others; the height; and for bars
 * the number of parts.  Colours are such that colour-blind people can distinguish them.
 */
static const char script_begin[] =
"set encoding utf8\n"
"set datafile separator \"\\t\"\n"
"set style fill solid 1.0 noborder\n"
"set border 3 linecolor '#666666'\n"
"set grid linecolor '#dddddd'\n"
"set tics nomirror textcolor '#333333'\n"
"array colours[18] = [0x4477aa, 0xee6677, 0x228833, 0xccbb44, 0x66ccee, 0xaa3377, 0xee8866, \\\n"
"	0x44bb99, 0xbbcc33, 0x99ddff, 0xffaabb, 0xeedd88, 0x332288, 0x882255, 0x117733, \\\n"
"	0x999933, 0xcc6677, 0x88ccee]\n"
"colour(i) = others && i == n - 1 ? 0xbbbbbb : colours[int(i) % 18 + 1]\n"
"unit(p) = word('KiB MiB GiB TiB', p)\n"
/* For an axis up to a number of bytes, and for one amount. */
"power(b) = b < 2 * 1024.0**2 ? 1 : b < 2 * 1024.0**3 ? 2 : b < 2 * 1024.0**4 ? 3 : 4\n"
"nearest(b) = b < 1023.5 * 1024 ? 1 : b < 1023.5 * 1024**2 ? 2 : b < 1023.5 * 1024.0**3 ? 3 : 4\n"
"amount(b, p) = sprintf(p > 1 && b / 1024.0**p < 100 ? '%.1f %s' : '%.0f %s', \\\n"
"	b / 1024.0**p, unit(p))\n"
"label(b) = amount(b, nearest(b))\n";

/* The columns are the name, what all rows before have, and the parts, in bytes. */
static const char script_bar[] =
"array titles[3] = ['USS: its own', 'PSS - USS: its share of what is shared', 'swap']\n"
"upto(p) = p ? upto(p - 1) + column(p + 2) : 0\n"
"stats ARG1 using (upto(parts)) nooutput name 'all'\n"
"stats ARG1 using (others && $0 == n - 1 ? NaN : upto(parts)) nooutput name 'rows'\n"
/* The sum of the others may be much larger than all rows: its bar is cut off. */
"most = all_max < 2 * rows_max ? all_max : 2 * rows_max\n"
"end(p) = (upto(p) < most ? upto(p) : most) / 1024.0**power(most)\n"
"set yrange [n - 0.5:-0.5]\n"
/* With room for the amount after the longest bar */
"set xrange [0:most > 0 ? most / 1024.0**power(most) * 1.2 : 1]\n"
"set xlabel unit(power(most))\n"
"unset grid\n"
"set grid xtics linecolor '#dddddd'\n"
"set ytics scale 0\n"
"set key below horizontal reverse Left\n"
"plot for [p = 1:parts] ARG1 using (end(p)):0:(end(p - 1)):(end(p)):($0 - 0.4):($0 + 0.4):ytic(1) \\\n"
"	with boxxyerror linecolor rgb colours[p] title parts > 1 ? titles[p] : '', \\\n"
"	ARG1 using (end(parts)):0:(label(upto(parts)).(upto(parts) > most ? ', cut off' : '')) \\\n"
"	with labels left offset 0.7,0 notitle\n";

/* The pie is 400 pixels wide; beside it are all names. */
static const char script_pie[] =
"stats ARG1 using 3 nooutput name 'all'\n"
"part(b) = all_sum > 0 ? b / all_sum : 0\n"
"half = (height - 70) / 400.0\n"
"y(i) = 0.1 * ((n - 1) / 2.0 - i)\n"
"percent(p) = p > 0 && p < 0.001 ? '<0.1%' : sprintf('%.1f%%', 100 * p)\n"
"unset border\n"
"unset tics\n"
"unset grid\n"
"unset key\n"
"set lmargin screen 0\n"
"set rmargin screen 1\n"
"set bmargin screen 0\n"
"set tmargin screen 1 - 70.0 / height\n"
"set xrange [-1.2:3.8]\n"
"set yrange [-half:half]\n"
"set style fill solid 1.0 border linecolor rgb '#ffffff'\n"
"plot ARG1 using (0):(height > 520 ? half - 1.1 : 0):(1):(90 - 360 * part($2 + $3)): \\\n"
"	(90 - 360 * part($2)):(colour($0)) with circles linecolor rgb variable, \\\n"
"	ARG1 using (1.3):(y($0)):(colour($0)) with points pt 5 ps 1.6 linecolor rgb variable, \\\n"
"	ARG1 using (1.4):(y($0)):1 with labels left, \\\n"
"	ARG1 using (3.2):(y($0)):(label($3)) with labels right, \\\n"
"	ARG1 using (3.6):(y($0)):(percent(part($3))) with labels right\n";

/* After a line of names, each line is a time, 0, and the upper edge of each row in bytes. */
static const char script_time[] =
"stats ARG1 skip 1 using 1:(column(n + 2)) nooutput name 'all'\n"
"size = 1024.0**power(all_max_y)\n"
"span = all_max_x - all_min_x\n"
"set yrange [0:*]\n"
"set ylabel unit(power(all_max_y))\n"
"set xtics time format (span > 2 * 86400 ? '%d %b' : span > 7200 ? '%H:%M' : '%H:%M:%S')\n"
"set xlabel zone\n"
"set autoscale xfix\n"
"set grid front linecolor '#dddddd'\n"
"set key outside right top invert reverse Left samplen 1.5\n"
"plot for [i = 1:n] ARG1 using 1:(column(i + 1) / size):(column(i + 2) / size) \\\n"
"	with filledcurves linecolor rgb colour(i - 1) title columnheader(i + 2)\n";

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

bool chart_draws(const char *path, bool *svg)
{
	const char *dot = strrchr(path, '.');

	*svg = dot && !strcmp(dot, ".svg");
	return *svg || (dot && !strcmp(dot, ".png"));
}

/* Writes @text as a string of the script. */
static void put_string(FILE *script, const char *text)
{
	putc('\'', script);
	for (; *text; text++) {
		if (*text == '\'')
			putc('\'', script);
		putc((unsigned char)*text < ' ' ? ' ' : *text, script);
	}
	putc('\'', script);
}

/*
 * Writes one character of a name. gnuplot interprets backslashes in quotes, and
 * fonts seldom have characters beyond the basic multilingual plane.
 */
static void put_letter(FILE *data, const char *at, size_t len, uint32_t c)
{
	size_t i;

	if (*at == '"')
		putc('\'', data);
	else if (*at == '\\')
		fputs("\\\\", data);
	else if (len && c <= 0xffff)
		fwrite(at, 1, len, data);
	else
		for (i = 0; i < (len ? len : 1); i++)
			fprintf(data, "\\\\x%02x", (unsigned char)at[i]);
}

/* Names are only in the data: gnuplot must never run one as script. */
static void put_name(FILE *data, const char *name)
{
	char *text = text_printable(name), *at;
	size_t letters = 0, len;
	uint32_t c = 0;

	putc('"', data);
	for (at = text; *at && letters < NAME_LETTERS; letters++) {
		len = utf8_get(at, &c);
		put_letter(data, at, len, c);
		at += len ? len : 1;
	}
	/* gnuplot does not count an empty string as a field. */
	fputs(*at ? "..." : letters ? "" : " ", data);
	putc('"', data);
	free(text);
}

/* When the chart begins, with the time zone; UTC: it has no local time. */
static struct tm begin_of(const struct chart *chart)
{
	const time_t seconds = (time_t)(chart->first / 1000000000);
	struct tm tm = { .tm_zone = "UTC" };

	localtime_r(&seconds, &tm);
	return tm;
}

static void put_script(const struct chart *chart, bool svg, FILE *script)
{
	unsigned int height = HEIGHT_OF(chart->n);

	if (chart->kind != CHART_BAR && height < HEIGHT_LEAST)
		height = HEIGHT_LEAST;
	fprintf(script, "# gnuplot -d -c THIS DATA >PICTURE\n"
		"set terminal %s size 1000,%u noenhanced background '#ffffff' font 'DejaVu Sans,%d'\n"
		"height = %u\nn = %zu\nothers = %d\nparts = %u\nzone = ", svg ? "svg" : "pngcairo",
		height, svg ? 13 : 10, height, chart->n, chart->others > 0, chart->parts);
	put_string(script, begin_of(chart).tm_zone);
	fputs("\nset title ", script);
	put_string(script, chart->what);
	/* A single-quoted string cannot hold a newline. */
	fputs(".\"\\n\".", script);
	put_string(script, chart->title);
	fputs(" textcolor '#333333'\n", script);
	fputs(script_begin, script);
	fputs(chart->kind == CHART_BAR ? script_bar : chart->kind == CHART_PIE ? script_pie :
	      script_time, script);
}

static void put_rows(const struct chart *chart, FILE *data)
{
	double before = 0;
	unsigned int p;
	size_t i;

	for (i = 0; i < chart->n; i++) {
		put_name(data, chart->rows[i].name);
		fprintf(data, "\t%.0f", before);
		for (p = 0; p < chart->parts; p++)
			fprintf(data, "\t%.0f", chart->rows[i].parts[p]);
		putc('\n', data);
		before += chart_amount(chart, &chart->rows[i]);
	}
}

static void put_times(const struct chart *chart, FILE *data)
{
	const double begin = (double)chart->first / 1e9 + (double)begin_of(chart).tm_gmtoff;
	double level;
	size_t i, k;

	fputs("\"time\"\t\"floor\"", data);
	for (i = 0; i < chart->n; i++) {
		putc('\t', data);
		put_name(data, chart->rows[i].name);
	}
	putc('\n', data);
	for (k = 0; k < chart->times.n; k++) {
		fprintf(data, "%.3f\t0", begin + chart->times.points[k].t);
		for (i = 0, level = 0; i < chart->n; i++) {
			level += chart->rows[i].series.points[k].v;
			fprintf(data, "\t%.0f", level);
		}
		putc('\n', data);
	}
}

/* Lets gnuplot read the script and the data, and writes the picture to @out. */
static int run_gnuplot(FILE *script, FILE *data, FILE *errors, FILE *out, struct failure *why)
{
	char command[128], buf[16384], *c;
	FILE *picture;
	size_t n;
	int status;

	snprintf(command, sizeof(command),
		 "exec gnuplot -d -c /dev/fd/%d /dev/fd/%d </dev/null 2>/dev/fd/%d",
		 fileno(script), fileno(data), fileno(errors));
	picture = popen(command, "re");
	if (!picture)
		return fail(why, FAIL_SYSTEM, "cannot run gnuplot: %s", strerror(errno));
	/* If it fails, the file of the picture stays as it was. */
	while ((n = fread(buf, 1, sizeof(buf), picture)))
		fwrite(buf, 1, n, out);
	status = pclose(picture);
	if (!status)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
		return fail(why, FAIL_SYSTEM,
			    "gnuplot is not installed (apt install gnuplot-nox)");
	rewind(errors);
	buf[fread(buf, 1, 255, errors)] = '\0';
	for (c = buf; *c; c++)
		if (*c == '\n')
			*c = ' ';
	return fail(why, FAIL_SYSTEM, "gnuplot failed: %s", buf);
}

/* Writes what is in @file to @path with @end. */
static int keep_file(FILE *file, const char *path, const char *end, struct failure *why)
{
	char *name = xasprintf("%s%s", path, end);
	struct result_file result;
	int ret = result_file_open(&result, name, RESULT_OVER, why);

	if (!ret)
		ret = result_file_close(&result, true,
					file_copy(result.fd, fileno(file), 0, ftello(file)), why);
	free(name);
	return ret;
}

int chart_draw(const struct chart *chart, const char *path, bool keep, FILE *out,
	       struct failure *why)
{
	FILE *files[3] = { NULL };
	int ret = -1, i;
	bool svg;

	chart_draws(path, &svg);
	/* Without a name; gnuplot inherits them. */
	for (i = 0; i < 3; i++) {
		files[i] = tmpfile();
		if (!files[i]) {
			fail(why, FAIL_SYSTEM, "cannot write a temporary file: %s",
			     strerror(errno));
			goto close;
		}
	}
	put_script(chart, svg, files[0]);
	if (chart->kind == CHART_TIME)
		put_times(chart, files[1]);
	else
		put_rows(chart, files[1]);
	if (fflush(files[0]) || fflush(files[1]) || ferror(files[0]) || ferror(files[1]))
		fail(why, FAIL_SYSTEM, "cannot write what gnuplot reads: %s", strerror(errno));
	else if (!keep || (!keep_file(files[0], path, ".gp", why) &&
			   !keep_file(files[1], path, ".dat", why)))
		ret = run_gnuplot(files[0], files[1], files[2], out, why);
close:
	while (i-- > 0)
		fclose(files[i]);
	return ret;
}
