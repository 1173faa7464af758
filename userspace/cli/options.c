// SPDX-License-Identifier: GPL-2.0
/* The options that commands share. */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/options.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "os/containers.h"

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
	if (*value == '/')
		return fail(why, FAIL_USAGE, "'%.60s' is not a PID: a cgroup is '--cgroup %.60s'",
			    value, value);
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
	return add_pids(&options->roots, &options->n_roots, value, "--tree", why);
}

/* What --by names: groups of the module, and those that are made of its cgroups. */
static const struct {
	const char *name;
	uint8_t group_by;
	enum called_by called;
} groups[] = {
	{ "user", MEMCENSUS_BY_UID, CALLED_BY_NONE },
	{ "cgroup", MEMCENSUS_BY_CGROUP, CALLED_BY_NONE },
	{ "container", MEMCENSUS_BY_CGROUP, CALLED_BY_CONTAINER },
	{ "pod", MEMCENSUS_BY_CGROUP, CALLED_BY_POD },
	{ "namespace", MEMCENSUS_BY_CGROUP, CALLED_BY_NAMESPACE },
	{ "image", MEMCENSUS_BY_CGROUP, CALLED_BY_IMAGE },
	{ "command", MEMCENSUS_BY_COMM, CALLED_BY_NONE },
	{ "all", MEMCENSUS_BY_PIDS, CALLED_BY_NONE },
	{ "tree", MEMCENSUS_BY_TREE, CALLED_BY_NONE },
	{ "session", MEMCENSUS_BY_SESSION, CALLED_BY_NONE },
};

static int no_groups(const char *value, unsigned int kinds, struct failure *why)
{
	char names[96] = "";
	size_t len = 0, i;

	for (i = 0; i < ARRAY_SIZE(groups); i++)
		if (kinds >> groups[i].group_by & 1)
			len += snprintf(names + len, sizeof(names) - len, " %s", groups[i].name);
	return fail(why, FAIL_USAGE, "no groups by '%.60s'; there are:%s", value, names);
}

int options_group(const struct options *options, unsigned int kinds, struct failure *why)
{
	size_t i;

	if (!options->group_by || kinds >> options->group_by & 1)
		return 0;
	for (i = 0; groups[i].group_by != options->group_by; i++)
		;
	return no_groups(groups[i].name, kinds, why);
}

const char *options_by(const struct options *options)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(groups); i++)
		if (groups[i].group_by == options->group_by &&
		    groups[i].called == options->called_by)
			return groups[i].name;
	return NULL;
}

static int set_by(struct options *options, const char *value, struct failure *why)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(groups); i++)
		if (!strcmp(value, groups[i].name)) {
			options->group_by = groups[i].group_by;
			options->called_by = groups[i].called;
			return 0;
		}
	return no_groups(value, UINT_MAX, why);
}

void options_add_cgroup(struct options *options, const char *path)
{
	size_t i;

	for (i = 0; i < options->n_cgroups; i++)
		if (!strcmp(options->cgroups[i], path))
			return;
	options->cgroups = array_grow(options->cgroups, options->n_cgroups,
				      sizeof(*options->cgroups));
	options->cgroups[options->n_cgroups++] = xstrdup(path);
}

/* Paths from the root of the hierarchy, as a census shows them. */
static int set_cgroup(struct options *options, const char *value, struct failure *why)
{
	static const char *const mounts[] = { "/sys/fs/cgroup/unified", "/sys/fs/cgroup" };
	char *path;
	size_t i, len;

	if (*value != '/')
		return fail(why, FAIL_USAGE, "'%.60s' is not a path of a cgroup: it begins with /",
			    value);
	while ((path = text_next_path(&value))) {
		for (i = len = 0; i < ARRAY_SIZE(mounts) && !len; i++)
			if (text_path_within(path, mounts[i], strlen(mounts[i])))
				len = strlen(mounts[i]);
		options_add_cgroup(options, path[len] ? path + len : "/");
		free(path);
	}
	return 0;
}

static int add_called(struct options *options, const char *name, bool pod, struct failure *why)
{
	if (!*name || (pod && (*name == '/' || name[strlen(name) - 1] == '/')))
		return fail(why, FAIL_USAGE, "'%.60s' is no name of a %s", name,
			    pod ? "pod: NAMESPACE/POD" : "container");
	options->called = array_grow(options->called, options->n_called, sizeof(*options->called));
	options->called[options->n_called++] = (struct called){ name, pod };
	return 0;
}

static int set_container(struct options *options, const char *value, struct failure *why)
{
	return add_called(options, value, false, why);
}

static int set_pod(struct options *options, const char *value, struct failure *why)
{
	return add_called(options, value, true, why);
}

static int set_top(struct options *options, const char *value, struct failure *why)
{
	uint64_t top;

	if (!text_number(value, strlen(value), &top) || top > INT32_MAX)
		return fail(why, FAIL_USAGE, "'%.60s' is not a number of rows", value);
	options->top = top;
	return 0;
}

/* In a container that has the root of its machine mounted elsewhere. */
static int set_host_root(struct options *options, const char *value, struct failure *why)
{
	struct stat st;

	if (stat(value, &st) || !S_ISDIR(st.st_mode))
		return fail(why, FAIL_USAGE, "'%.200s' is no directory", value);
	options->host_root = true;
	containers_root(value);
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

	for (i = 0; i < n; i++)
		if (add_pids(&options->pids, &options->n_pids, words[i], options->name, why))
			return -1;
	return 0;
}

int options_processes(struct options *options, char **words, int n, struct failure *why)
{
	if (options_pids(options, words, n, why))
		return -1;
	return options->n_pids || options->n_roots || options_select_cgroups(options) ? 0 :
	       fail(why, FAIL_USAGE, "'%s' needs a PID, '--cgroup PATH' or '--tree PID'%s",
		    options->name, options->command->program ? ", or '-- COMMAND'" : "");
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
	if (n && options->interval)
		return fail(why, FAIL_USAGE,
			    "the interval is '%.60s' or that of '--interval', not both", words[0]);
	if (n > 0 && read_time(&options->interval, words[0], "an interval", why))
		return -1;
	if (n > 1 && (!text_number(words[1], strlen(words[1]), &options->count) ||
		      !options->count))
		return fail(why, FAIL_USAGE, "'%.60s' is not a count of censuses", words[1]);
	return 0;
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
	's', "sort", "COLUMN", "sort by it, smallest first; -COLUMN: largest first",
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
	'u', "user", NULL, "a row for each user: --by user", .group_by = MEMCENSUS_BY_UID };
const struct option_entry option_cgroups = {
	'g', "cgroups", NULL, "a row for each cgroup: --by cgroup",
	.group_by = MEMCENSUS_BY_CGROUP };
const struct option_entry option_cgroup = {
	0, "cgroup", "PATH,...", "those in these cgroups and below; by name: --container, --pod",
	.set = set_cgroup };
const struct option_entry option_container = {
	0, "container", "NAME", "the same of a container, by name or the first digits of its ID",
	.set = set_container };
const struct option_entry option_pod = {
	0, "pod", "NAMESPACE/POD", "the same of a pod", .set = set_pod };
const struct option_entry option_forest = {
	0, "forest", NULL, "with -g: as a tree", SHARED(FLAG, forest) };
const struct option_entry option_tree = {
	0, "tree", "PID,...", "only these and all their descendants",
	.set = set_tree };
const struct option_entry option_groups_by = {
	0, "by", "KIND", "a row for each user, cgroup, container, pod, image, command, session",
	.set = set_by };
const struct option_entry option_pid = {
	0, "pid", "PID,...", "only these processes; thread IDs are accepted", .set = set_pids };
const struct option_entry option_file = {
	'f', "file", "FILE", "read a record instead of the kernel; -: stdin", SHARED(TEXT, file) };
const struct option_entry option_at = {
	0, "at", "CENSUS", "census of a record: number, time, -10m, first, last",
	SHARED(SELECTION, selection) };
const struct option_entry option_from = {
	0, "from", "CENSUS", "censuses of the record from this one on",
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
const struct option_entry option_bytes = {
	'b', "bytes", NULL, "amounts in bytes", SHARED(FLAG, bytes) };
const struct option_entry option_no_header = {
	'H', "no-header", NULL, "no column names", SHARED(FLAG, no_header) };
const struct option_entry option_raw = {
	0, "raw", NULL, "values separated by one blank, for scripts", SHARED(FLAG, raw) };
const struct option_entry option_json = {
	'J', "json", NULL, "JSON: bytes, nanoseconds, null if unknown", SHARED(FLAG, json) };
const struct option_entry option_host_root = {
	0, "host-root", "DIR", "where the root of this machine is mounted, for names of containers",
	.set = set_host_root };
const struct option_entry option_help = {
	'h', "help", NULL, "print this help", SHARED(FLAG, help) };
const struct option_entry option_version = {
	'V', "version", NULL, "print the version", SHARED(FLAG, version) };
const struct option_entry option_for = {
	0, "for", "TIME", "duration: seconds, or 10m, 2h, 1d", .set = set_duration };
const struct option_entry option_interval = {
	0, "interval", "TIME", "time between two censuses: INTERVAL", .set = set_interval };

const struct option_use options_shared[] = {
	USE(columns), USE(all), USE(sort), USE(reverse), USE(totals), USE(percent), USE(numeric),
	USE(user), USE(cgroups), USE(groups_by), USE(forest), USE(tree), USE_CGROUPS, USE(pid),
	USE(top), USE(for), USE(interval), USE(from), USE(to), OPTIONS_COMMON
};

const struct option_rule options_rules[] = {
	{ .one = &option_json, .others = { &option_raw } },
	{ .one = &option_percent, .others = { &option_abbreviate, &option_bytes } },
	{ .one = &option_abbreviate, .others = { &option_bytes } },
	{ .one = &option_user, .others = { &option_cgroups } },
	{ .one = &option_groups_by, .others = { &option_user, &option_cgroups } },
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
