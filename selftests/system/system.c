// SPDX-License-Identifier: GPL-2.0
/* Compares the totals that the reader takes of meminfo and vmstat with these files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "selftest.h"

#include "unused_lines.h"

static const char *const paths[] = { "/proc/meminfo", "/proc/vmstat" };

/* Lines of /proc/meminfo that have a command of their own, or a row of 'system'. */
static const char *const of_reader[] = {
	"SwapTotal", "CommitLimit", "VmallocUsed", "Percpu", "Zswap", "HugePages_", "Hugepagesize",
	"Hugetlb", "HardwareCorrupted", "GPUActive", "GPUReclaim", "WritebackTmp",
};

/**
 * struct figure - a metric
 * @kernel: its name in one of the files; one that ends in _ or * is the sum of all with that prefix
 * @value: that was printed
 * @unit: of the file's number, as the metric has it
 */
struct figure {
	char kernel[64];
	uint64_t value;
	uint64_t unit;
};

static struct figure figures[128];
static unsigned int n_figures;

static bool is_name(const char *name, const char *word)
{
	size_t n = strlen(name);

	return strchr("_*", name[n - 1]) ? !strncmp(name, word, n - (name[n - 1] == '*')) :
					   !strcmp(name, word);
}

/* The sum of what both files say of @name; false: there is no such line. */
static bool sum_of(const char *name, uint64_t *sum)
{
	unsigned long long value;
	char line[256], word[64];
	bool found = false;
	unsigned int i;
	FILE *file;

	*sum = 0;
	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		file = fopen(paths[i], "r");
		need(file, paths[i]);
		while (fgets(line, sizeof(line), file)) {
			if (sscanf(line, "%63[^ :]%*[ :]%llu", word, &value) != 2 ||
			    !is_name(name, word))
				continue;
			found = true;
			*sum += value;
		}
		fclose(file);
	}
	return found;
}

/* Reads the metrics of both files: "# HELP NAME ... (LINE)", later "NAME VALUE". */
static void read_figures(const char *text)
{
	char name[128], number[160];
	const char *help, *line, *end;
	struct figure *figure;
	const char *at = text;

	n_figures = 0;
	while ((help = strstr(at, "# HELP memcensus_"))) {
		at = help + 1;
		end = strchrnul(help, '\n');
		for (line = end - 1; line > help && strncmp(line, " (", 2); line--)
			;
		if (line == help || end[-1] != ')' ||
		    sscanf(help, "# HELP memcensus_%127s", name) != 1 ||
		    (strncmp(name, "meminfo_", 8) && strncmp(name, "vmstat_", 7)))
			continue;
		need(n_figures < ARRAY_SIZE(figures), "room for the metrics");
		figure = &figures[n_figures++];
		snprintf(figure->kernel, sizeof(figure->kernel), "%.*s", (int)(end - line - 3),
			 line + 2);
		figure->unit = !strcmp(figure->kernel, "nr_zspages") ? PAGE :
			       strstr(name, "_bytes") ? 1024 : 1;
		snprintf(number, sizeof(number), "\nmemcensus_%s ", name);
		line = strstr(end, number);
		need(line, name);
		figure->value = strtoull(line + strlen(number), NULL, 10);
	}
}

static char printed[1 << 20];

/* Each is between those of the files before and after; memory changes for a while, events grow. */
TEST(totals)
{
	const uint64_t slack = sysconf(_SC_NPROCESSORS_CONF) * 1024 * PAGE;
	uint64_t before[ARRAY_SIZE(figures)] = { 0 }, after, low, high, extra;
	unsigned int i, compared = 0;

	ASSERT_EQ(0, command_output("memcensus export", printed, sizeof(printed)));
	read_figures(printed);
	for (i = 0; i < n_figures; i++)
		sum_of(figures[i].kernel, &before[i]);
	ASSERT_EQ(0, command_output("memcensus export", printed, sizeof(printed)));
	read_figures(printed);
	for (i = 0; i < n_figures; i++) {
		if (!sum_of(figures[i].kernel, &after)) {
			diag("not compared: %s, no such line", figures[i].kernel);
			continue;
		}
		before[i] *= figures[i].unit;
		after *= figures[i].unit;
		extra = figures[i].unit == 1 ? 0 : slack;
		low = before[i] < after ? before[i] : after;
		high = before[i] < after ? after : before[i];
		EXPECT_LE(low, figures[i].value + extra)
			TH_LOG("%s", figures[i].kernel);
		EXPECT_LE(figures[i].value, high + extra)
			TH_LOG("%s", figures[i].kernel);
		compared++;
	}
	diag("%u figures compared", compared);
	EXPECT_LT(50, compared);
}

static bool have_name(const char *const *names, unsigned int n, const char *word)
{
	unsigned int i;

	for (i = 0; i < n && names[i]; i++)
		if (is_name(names[i], word))
			return true;
	return false;
}

static bool is_known(const char *word)
{
	unsigned int i;

	for (i = 0; i < n_figures; i++)
		if (is_name(figures[i].kernel, word))
			return true;
	for (i = 0; i < ARRAY_SIZE(unused_lines); i++)
		if (have_name(unused_lines[i].names, ARRAY_SIZE(unused_lines[i].names), word))
			return true;
	return have_name(of_reader, ARRAY_SIZE(of_reader), word);
}

/* Each line of the kernel is used, or the list says why not. */
TEST(lines)
{
	char line[256], word[64];
	unsigned int i, lines;
	FILE *file;

	ASSERT_EQ(0, command_output("memcensus export", printed, sizeof(printed)));
	read_figures(printed);
	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		file = fopen(paths[i], "r");
		ASSERT_NE(NULL, file);
		for (lines = 0; fgets(line, sizeof(line), file); lines++) {
			if (sscanf(line, "%63[^ :]", word) != 1)
				continue;
			EXPECT_TRUE(is_known(word))
				TH_LOG("%s has '%s': use it, or say in unused_lines.h why not",
				       paths[i], word);
		}
		diag("%u lines of %s", lines, paths[i]);
		fclose(file);
	}
}

TEST_HARNESS_MAIN
