// SPDX-License-Identifier: GPL-2.0
/* The options that commands share. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <linux/memcensus.h>

#include "cli/options.h"
#include "lib/memory.h"
#include "lib/text.h"

/* Limits of any time, seconds. */
#define TIME_MIN	0.01
#define TIME_MAX	1e6

/* Adds the PIDs of @value to the @n in @pids; @of: what they are for, for messages. */
static int add_pids(uint64_t **pids, size_t *n, const char *value, const char *of,
		    struct failure *why)
{
	uint64_t pid;
	size_t len;

	/* An empty command substitution leaves an empty word, or the next option. */
	if (!*value || (*value == '-' && !isdigit((unsigned char)value[1])))
		return fail(why, FAIL_USAGE,
			    "%s: no PIDs given; if they are the output of a command, it found none",
			    of);
	for (;; value += len + 1) {
		len = strcspn(value, ",");
		if (!text_number(value, len, &pid) || !pid || pid > INT32_MAX)
			return fail(why, FAIL_USAGE, "'%.*s' is not a PID",
				    len > 60 ? 60 : (int)len, value);
		if (*n == MEMCENSUS_PIDS_MAX)
			return fail(why, FAIL_USAGE, "more than %d PIDs at once",
				    MEMCENSUS_PIDS_MAX);
		*pids = array_grow(*pids, *n, sizeof(**pids));
		(*pids)[(*n)++] = pid;
		if (!value[len])
			return 0;
	}
}

static int set_pids(struct options *options, const char *value, struct failure *why)
{
	return add_pids(&options->pids, &options->n_pids, value, "--pid", why);
}

static int set_tree(struct options *options, const char *value, struct failure *why)
{
	if (value)
		return add_pids(&options->roots, &options->n_roots, value, "--tree", why);
	options->tree = true;
	return 0;
}

static int set_by(struct options *options, const char *value, struct failure *why)
{
	options->group_by = !strcmp(value, "tree") ? MEMCENSUS_BY_TREE :
			    !strcmp(value, "session") ? MEMCENSUS_BY_SESSION : 0;
	if (options->group_by)
		return 0;
	return fail(why, FAIL_USAGE,
		    "no groups by '%.60s'; there are: tree session, and -u, -g and --command",
		    value);
}

static int set_basis(struct options *options, const char *value, struct failure *why)
{
	for (options->basis = MEMCENSUS_BASIS_MAX; options->basis; options->basis--)
		if (!strcmp(value, basis_words[options->basis]))
			return 0;
	return fail(why, FAIL_USAGE, "no basis '%.60s'; there are: mapcount frames", value);
}

/* The path from the root of the hierarchy, as a census shows it, without a / at the end. */
static int set_cgroup(struct options *options, const char *value, struct failure *why)
{
	static const char *const mounts[] = { "/sys/fs/cgroup/unified", "/sys/fs/cgroup" };
	char *path = text_clean_path(value, strlen(value));
	size_t i, len = 0;

	if (*path != '/') {
		free(path);
		return fail(why, FAIL_USAGE, "'%.60s' is not a path of a cgroup: it begins with /",
			    value);
	}
	for (i = 0; i < ARRAY_SIZE(mounts) && !len; i++)
		if (text_path_within(path, mounts[i], strlen(mounts[i])))
			len = strlen(mounts[i]);
	free(options->cgroup);
	/* That of the root is "". */
	options->cgroup = xstrdup(strcmp(path + len, "/") ? path + len : "");
	free(path);
	return 0;
}

static int set_top(struct options *options, const char *value, struct failure *why)
{
	uint64_t top;

	if (!text_number(value, strlen(value), &top) || top > INT32_MAX)
		return fail(why, FAIL_USAGE, "'%.60s' is not a number of rows", value);
	options->top = top;
	return 0;
}

int options_none(struct options *options, char **words, int n, struct failure *why)
{
	if (!n)
		return 0;
	return fail(why, FAIL_USAGE, "'%s' takes no '%.60s'", options->name, words[0]);
}

int options_pids(struct options *options, char **words, int n,
		 struct failure *why)
{
	int i;

	if (!n)
		return fail(why, FAIL_USAGE, "'%s' needs a PID", options->name);
	for (i = 0; i < n; i++)
		if (add_pids(&options->pids, &options->n_pids, words[i], options->name, why))
			return -1;
	return 0;
}

/* @what: it is, in a message */
static int read_time(uint64_t *ns, const char *value, const char *what, struct failure *why)
{
	if (text_duration(value, "smhd", TIME_MIN, TIME_MAX, ns))
		return 0;
	return fail(why, FAIL_USAGE,
		    "'%.60s' is not %s: seconds, or 10m, 2h, 1d; from %g to %.0f s",
		    value, what, TIME_MIN, TIME_MAX);
}

int options_interval(struct options *options, char **words, int n,
		     struct failure *why)
{
	if (n > 2)
		return fail(why, FAIL_USAGE, "'%s' takes no '%.60s'",
			    options->name, words[2]);
	if (n > 0 && read_time(&options->interval, words[0], "an interval", why))
		return -1;
	if (n > 1 && (!text_number(words[1], strlen(words[1]), &options->count) ||
		      !options->count))
		return fail(why, FAIL_USAGE, "'%.60s' is not a count of censuses", words[1]);
	return 0;
}

int options_interval_without(struct options *options, char **words, int n, const char *option,
			     struct failure *why)
{
	if (options_interval(options, words, n, why))
		return -1;
	return options->interval && option ?
	       fail(why, FAIL_USAGE, "'--%s' and an interval cannot be combined", option) : 0;
}

int options_time(uint64_t *ns, const char *value, struct failure *why)
{
	return read_time(ns, value, "a time", why);
}

static int set_duration(struct options *options, const char *value, struct failure *why)
{
	return options_time(&options->duration, value, why);
}

static int set_interval(struct options *options, const char *value, struct failure *why)
{
	return options_time(&options->interval, value, why);
}

static int set_sort(struct options *options, const char *value, struct failure *why)
{
	(void)why;
	if (*value != '-' || !value[1])
		return 0;
	options->sort = value + 1;
	options->reverse = true;
	return 0;
}

const struct option_entry option_columns = {
	'c', "columns", "LIST", "show these columns; +LIST adds them, help lists them",
	SHARED(TEXT, columns) };
const struct option_entry option_all = {
	'a', "all", NULL, "show all columns", SHARED(FLAG, all) };
const struct option_entry option_sort = {
	's', "sort", "COLUMN", "sort by this column, smallest first; -COLUMN: largest first",
	SHARED(TEXT, sort), .set = set_sort };
const struct option_entry option_reverse = {
	'r', "reverse", NULL, "reverse the order: largest first", SHARED(FLAG, reverse) };
const struct option_entry option_totals = {
	't', "totals", NULL, "add a row of totals", SHARED(FLAG, totals) };
const struct option_entry option_percent = {
	'p', "percent", NULL, "show amounts in percent of MemTotal", SHARED(FLAG, percent) };
const struct option_entry option_numeric = {
	'n', "numeric", NULL, "show users and cgroups as numbers", SHARED(FLAG, numeric) };
const struct option_entry option_user = {
	'u', "user", NULL, "a row for each user", .group_by = MEMCENSUS_BY_UID };
const struct option_entry option_cgroups = {
	'g', "cgroups", NULL, "a row for each cgroup", .group_by = MEMCENSUS_BY_CGROUP };
const struct option_entry option_cgroup = {
	0, "cgroup", "PATH", "only processes of this cgroup and of those below it",
	.set = set_cgroup };
const struct option_entry option_command = {
	0, "command", NULL, "a row for each command name", .group_by = MEMCENSUS_BY_COMM };
const struct option_entry option_tree = {
	0, "tree", "[PID,...]", "only these processes and their descendants; -g --tree: as a tree",
	.set = set_tree };
const struct option_entry option_groups_by = {
	0, "by", "tree|session", "a row for each process with its descendants, or for each session",
	.set = set_by };
const struct option_entry option_pid = {
	0, "pid", "PID,...", "only these processes; thread IDs are accepted", .set = set_pids };
const struct option_entry option_together = {
	0, "together", NULL, "one row for the processes of --pid or a filter",
	.group_by = MEMCENSUS_BY_PIDS };
const struct option_entry option_basis = {
	0, "basis", "BASIS", "count owners by 'mapcount', as smaps does, or by 'frames'",
	.set = set_basis };
const struct option_entry option_wide = {
	'w', "wide", NULL, "more columns", SHARED(FLAG, wide) };
const struct option_entry option_file = {
	'f', "file", "FILE", "read a record instead of the kernel; -: stdin", SHARED(TEXT, file) };
const struct option_entry option_at = {
	0, "at", "CENSUS", "a census of the record: number, time, -10m, first, last",
	SHARED(SELECTION, selection) };
const struct option_entry option_from = {
	0, "from", "CENSUS", "censuses of the record from this one on: as --at, or -10m",
	SHARED(SELECTION, window.from) };
const struct option_entry option_to = {
	0, "to", "CENSUS", "censuses of the record up to this one",
	SHARED(SELECTION, window.to) };
const struct option_entry option_output = {
	'o', "output", "FILE", "write to FILE, which changes only on success",
	SHARED(TEXT, output) };
const struct option_entry option_top = {
	0, "top", "N", "draw the N largest separately; 0: all", SHARED(FLAG, has_top),
	.set = set_top };
const struct option_entry option_abbreviate = {
	'k', "abbreviate", NULL, "amounts with a suitable unit: 0.5K, 12.3M, 1.5G",
	SHARED(FLAG, suffixes) };
const struct option_entry option_no_header = {
	'H', "no-header", NULL, "no column names", SHARED(FLAG, no_header) };
const struct option_entry option_raw = {
	0, "raw", NULL, "values separated by one blank, for scripts", SHARED(FLAG, raw) };
const struct option_entry option_json = {
	'J', "json", NULL, "JSON: bytes, nanoseconds, null if unknown", SHARED(FLAG, json) };
const struct option_entry option_help = {
	'h', "help", NULL, "print this help", SHARED(FLAG, help) };
const struct option_entry option_version = {
	'V', "version", NULL, "print the version", SHARED(FLAG, version) };
const struct option_entry option_for = {
	0, "for", "TIME", "duration: seconds, or 10m, 2h, 1d", .set = set_duration };
const struct option_entry option_interval = {
	0, "interval", "TIME", "time between two censuses", .set = set_interval };

const struct option_use options_shared[] = {
	USE(columns), USE(all), USE(sort), USE(reverse), USE(totals), USE(percent), USE(numeric),
	USE(user), USE(cgroups), USE(command), USE(tree), USE(cgroup), USE(pid), USE(together),
	USE(basis), USE(wide),
	USE(top), USE(for), USE(interval), USE(from), USE(to), OPTIONS_COMMON
};

const struct option_rule options_rules[] = {
	{ .one = &option_json, .others = { &option_raw } },
	{ .one = &option_percent, .others = { &option_abbreviate } },
	{ .one = &option_user, .others = { &option_cgroups, &option_command, &option_together } },
	{ .one = &option_cgroups, .others = { &option_command, &option_together } },
	{ .one = &option_command, .others = { &option_together } },
	{ .one = &option_cgroup, .others = { &option_pid } },
	{ .one = &option_groups_by, .others = { OPTIONS_OF_GROUPS } },
	{ .one = &option_all, .others = { &option_columns } },
	{ .one = &option_at, .others = { &option_file }, .needs = "'--file'" },
	{ .one = &option_from, .others = { &option_file }, .needs = "'--file'" },
	{ .one = &option_to, .others = { &option_file }, .needs = "'--file'" },
	{ .one = &option_at, .others = { &option_from, &option_to },
	  .because = "it is one census" },
	{ .one = &option_for, .others = { &option_file },
	  .because = "'--from' and '--to' select censuses of a record" },
	{ }
};
